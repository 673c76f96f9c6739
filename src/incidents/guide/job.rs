//! Forgetting drafts that nobody goes on with.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::service;
use crate::core::error::Result;
use crate::queue::{self, Job};
use crate::store::Tx;

/// How often it is swept.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Removes old drafts, and comes again. Enqueued once at start.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepDrafts {}

impl Job for SweepDrafts {
    const NAME: &'static str = "incidents.sweep_drafts";

    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::sweep(tx)?;
        let next = tx.now() + EVERY;
        queue::enqueue(tx, &self, next)
    }
}
