//! Work for later, kept in the database: nothing that a change causes is lost with the process that caused it.
//!
//! A job runs in one transaction with its own removal, so its effects on the database happen exactly once. What
//! reaches outside (mail) goes through the outbox. A timer is a job with a later `run_at`.

pub mod backoff;
pub mod job;
pub mod runner;
pub mod store;

pub use job::{Dedup, Job, Retry};
pub use runner::Runner;
pub use store::{dead_letters, enqueue, revive};
