//! The pages that show several features at once: start pages, the triage queue, the incident screen, the audit trail,
//! and what waits or failed in the queues.

mod actions;
mod audit;
mod incident;
mod mailbox;
pub mod pages;
mod queue;
mod queues;
mod setup;
mod start;
mod words;

pub use audit::{Trail, permit_export, write_export};
pub use mailbox::{Mailbox, configure as mailbox};
