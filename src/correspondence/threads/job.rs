//! The durable timer of a thread.

use super::model::FallSilent;
use super::service;
use crate::core::error::Result;
use crate::core::urgency::Urgency;
use crate::queue::{Dedup, Job};
use crate::store::Tx;

impl Job for FallSilent {
    const NAME: &'static str = "thread.silent";
    const URGENCY: Urgency = Urgency::Case;
    const DEDUP: Dedup = Dedup::Merge;

    fn dedup_key(&self) -> Option<String> {
        Some(self.thread.to_string())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::fall_silent(tx, self.thread)
    }
}
