//! What the register does by itself.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::service::{announce_endings, ask};
use crate::core::error::Result;
use crate::queue::{self, Job};
use crate::store::Tx;

/// Asks contacts whether they still hold, announces the ends of their keys, and comes again. Enqueued once at start.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskContacts {}

impl Job for AskContacts {
    const NAME: &'static str = "directory.ask_contacts";

    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        ask(tx)?;
        announce_endings(tx)?;
        let next = tx.now() + SignedDuration::from_hours(24);
        queue::enqueue(tx, &self, next)
    }
}
