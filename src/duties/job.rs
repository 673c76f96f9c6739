//! The durable timer of the clocks that a case's duties have, and the look at all of them when the rules change.

use super::model::{Remind, SweepDuties};
use super::service;
use crate::core::error::Result;
use crate::core::urgency::Urgency;
use crate::queue::{Dedup, Job};
use crate::store::Tx;

impl Job for Remind {
    const NAME: &'static str = "duty.remind";
    const URGENCY: Urgency = Urgency::Case;
    const DEDUP: Dedup = Dedup::Merge;

    fn dedup_key(&self) -> Option<String> {
        Some(self.incident.to_string())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::remind(tx, self.incident)
    }
}

impl Job for SweepDuties {
    const NAME: &'static str = "duty.sweep";
    const DEDUP: Dedup = Dedup::Merge;

    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::sweep(tx, self.behind)
    }
}
