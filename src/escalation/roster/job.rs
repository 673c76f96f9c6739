//! Looks at the roster each day, and comes again. Enqueued once at start.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::service;
use crate::core::error::Result;
use crate::queue::{self, Job};
use crate::store::Tx;

/// How often it is looked at.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Tells whoever leads the CERT of gaps that are near.
#[derive(Debug, Serialize, Deserialize)]
pub struct WatchRoster {}

impl Job for WatchRoster {
    const NAME: &'static str = "roster.watch";

    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::tell_gaps(tx)?;
        let next = tx.now() + EVERY;
        queue::enqueue(tx, &self, next)
    }
}
