//! The job that reads the texts of a case.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::store::pieces;
use crate::core::error::Result;
use crate::core::event::Event;
use crate::core::ids::IncidentId;
use crate::incidents::observables::service as observables;
use crate::incidents::{search, similar};
use crate::queue::{self, Dedup, Job};
use crate::store::Tx;

/// A report, its entry and its files come within moments of each other: they are read once.
const GATHERING: SignedDuration = SignedDuration::from_secs(1);

/// Reads all texts of a case. The same case waits once, however often it is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct DigestIncident {
    pub incident: IncidentId,
}

impl Job for DigestIncident {
    const NAME: &'static str = "incidents.digest";
    // What joins the case while the job runs is not forgotten.
    const DEDUP: Dedup = Dedup::Merge;

    fn dedup_key(&self) -> Option<String> {
        Some(self.incident.to_string())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        let pieces = pieces(tx, self.incident)?;
        observables::refresh(tx, self.incident, &pieces)?;
        similar::refresh(tx, self.incident, &pieces)?;
        search::refresh(tx, self.incident, &pieces)?;
        tx.emit(Event::IncidentRead(self.incident));
        Ok(())
    }
}

/// Has the texts of a case read soon: to be called in the transaction in which a text joins or leaves the case, or
/// another audience may read it.
///
/// # Errors
/// The database's.
pub fn again(tx: &mut Tx<'_>, incident: IncidentId) -> Result<()> {
    let soon = tx.now() + GATHERING;
    queue::enqueue(tx, &DigestIncident { incident }, soon)
}
