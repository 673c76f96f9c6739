//! Filling the index with cases that were there before it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store;
use crate::core::error::Result;
use crate::core::ids::IncidentId;
use crate::incidents::digest;
use crate::queue::{self, Dedup, Job};
use crate::store::Tx;

/// Cases that are read in one transaction.
const BATCH: i64 = 20;

/// Reads the texts of all cases, the oldest first. Enqueued at a start that meets an empty index; what it does not end,
/// a later process goes on with.
#[derive(Debug, Serialize, Deserialize)]
pub struct FillIndex {
    /// All cases up to here are in.
    pub behind: IncidentId,
}

impl Default for FillIndex {
    fn default() -> Self {
        Self { behind: IncidentId(Uuid::nil()) }
    }
}

impl Job for FillIndex {
    const NAME: &'static str = "incidents.fill_search";
    // It enqueues the next one while it runs.
    const DEDUP: Dedup = Dedup::Keep;

    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        let next = store::behind(tx, self.behind, BATCH)?;
        for incident in &next {
            let pieces = digest::pieces(tx, *incident)?;
            super::refresh(tx, *incident, &pieces)?;
        }
        let Some(behind) = next.last() else { return Ok(()) };
        let now = tx.now();
        queue::enqueue(tx, &Self { behind: *behind }, now)
    }
}

/// Has the index filled where it is empty.
///
/// # Errors
/// The database's.
pub fn fill(tx: &mut Tx<'_>) -> Result<()> {
    if !store::is_empty(tx)? {
        return Ok(());
    }
    let now = tx.now();
    queue::enqueue(tx, &FillIndex::default(), now)
}
