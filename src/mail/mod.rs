//! Mail that goes out: written with the change that causes it, signed, sent by workers, and never silently lost. And the
//! doors through which mail comes in: a receiver that speaks SMTP and LMTP ([`receiver`]), a reader of mailboxes ([`imap`]).
//!
//! It knows addresses, keys and bytes, not organisations. A feature makes a [`content::Content`] and enqueues it in its
//! own transaction ([`outbox::enqueue`]); a worker leases the row, composes and signs the mail outside of any
//! transaction, sends it over a kept connection and records the server's answer.
//!
//! What is above TLP:GREEN goes out encrypted for its reader, or without content: [`way`] is the table, [`keys`] what is on
//! file, [`confidential`] what only sealed mails say. It is decided when the mail is composed, with what is on file then.
//!
//! What is for a mailbox that is not trusted goes elsewhere or is held: [`diversion`].

pub mod confidential;
pub mod content;
pub mod dead;
mod dispatch;
pub mod diversion;
pub mod imap;
pub mod keys;
pub mod maildir;
pub mod message;
pub mod outbox;
pub mod receiver;
mod record;
mod tls;
pub mod transport;
pub mod way;
pub mod worker;
