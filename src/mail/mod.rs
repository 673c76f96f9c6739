//! Mail that goes out: written with the change that causes it, signed, sent by workers, and never silently lost. And the
//! doors through which mail comes in: a receiver that speaks SMTP and LMTP ([`receiver`]), a reader of mailboxes ([`imap`]).
//!
//! It knows addresses, keys and bytes, not organisations. A feature makes a [`content::Content`] and enqueues it in its
//! own transaction ([`outbox::enqueue`]); a worker leases the row, composes and signs the mail outside of any
//! transaction, sends it over a kept connection and records the server's answer.

pub mod content;
pub mod dead;
mod dispatch;
pub mod imap;
pub mod maildir;
pub mod message;
pub mod outbox;
pub mod receiver;
mod record;
mod tls;
pub mod transport;
pub mod worker;
