//! The durable timer that moves escalations on.

use serde::{Deserialize, Serialize};

use super::service;
use crate::core::error::Result;
use crate::core::ids::IncidentId;
use crate::queue::{Dedup, Job};
use crate::store::Tx;

/// Looks at one case: begins, moves on or ends its escalation, and sets the next timer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Advance {
    pub incident: IncidentId,
}

impl Job for Advance {
    const NAME: &'static str = "escalation.advance";
    const PRIORITY: i32 = 10;
    const DEDUP: Dedup = Dedup::Replace;

    fn dedup_key(&self) -> Option<String> {
        Some(self.incident.to_string())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::advance(tx, self.incident)
    }
}
