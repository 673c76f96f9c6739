//! The audit trail: who, when, what, on what, from where. Records only; reading it is `desk`'s, behind the policy.
//!
//! Rows are written unchained inside the change's own transaction. A sequencer numbers, chains and signs them
//! afterwards in batches, so that writers never wait for each other at the head of the chain.

pub mod export;
pub mod model;
mod notice;
pub mod sequencer;
pub mod service;
mod store;
pub mod trail;
pub mod verify;

pub use notice::AuditSettings;
