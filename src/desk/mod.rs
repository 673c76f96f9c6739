//! The pages that show several features at once: start pages, the triage queue, the incident screen, the audit trail,
//! and what waits or failed in the queues; and what is told to pages that are open.

mod actions;
mod audit;
mod crisis;
mod incident;
mod keys;
mod live;
mod mailbox;
pub mod pages;
mod palette;
mod queue;
mod queues;
mod setup;
mod start;
mod words;

pub use audit::{Trail, permit_export, write_export};
pub use live::Live;
pub use mailbox::{Mailbox, configure as mailbox};
pub use queue::REPEATABLE;
