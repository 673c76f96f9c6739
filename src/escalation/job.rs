//! The durable timer that moves escalations on.

use super::model::Advance;
use super::service;
use crate::core::error::Result;
use crate::core::urgency::Urgency;
use crate::queue::{Dedup, Job};
use crate::store::Tx;

impl Job for Advance {
    const NAME: &'static str = "escalation.advance";
    const URGENCY: Urgency = Urgency::Escalation;
    const DEDUP: Dedup = Dedup::Merge;

    fn dedup_key(&self) -> Option<String> {
        Some(self.incident.to_string())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::advance(tx, self.incident)
    }
}
