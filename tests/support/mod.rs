//! What integration tests share: the product on a database of its own, a cast of people, and clients.

pub mod app;
pub mod authenticator;
pub mod calls;
pub mod cast;
pub mod client;
pub mod database;
pub mod dovecot;
pub mod fanout;
pub mod guide;
pub mod mandates;
pub mod paper;
pub mod postfix;
pub mod queue;
pub mod refusing;
pub mod rt;
pub mod strangers;
pub mod third;
pub mod town;
