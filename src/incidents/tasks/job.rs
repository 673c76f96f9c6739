//! The durable timer of a task.

use super::model::FallDue;
use super::service;
use crate::core::error::Result;
use crate::core::urgency::Urgency;
use crate::queue::{Dedup, Job};
use crate::store::Tx;

impl Job for FallDue {
    const NAME: &'static str = "task.due";
    const URGENCY: Urgency = Urgency::Case;
    const DEDUP: Dedup = Dedup::Merge;

    fn dedup_key(&self) -> Option<String> {
        Some(self.task.to_string())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::fall_due(tx, self.task)
    }
}
