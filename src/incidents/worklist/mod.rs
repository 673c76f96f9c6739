//! How the team works through its queue: filters that are kept and how many cases each has, columns, what is unread, who is
//! absent, and changes of many cases at once.

pub mod model;
pub mod service;
mod store;

pub use service::Memo;
