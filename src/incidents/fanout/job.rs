//! The durable timer of a question to many.

use super::model::Chase;
use super::service;
use crate::core::error::Result;
use crate::core::urgency::Urgency;
use crate::queue::{Dedup, Job};
use crate::store::Tx;

impl Job for Chase {
    const NAME: &'static str = "fanout.chase";
    const URGENCY: Urgency = Urgency::Case;
    const DEDUP: Dedup = Dedup::Merge;

    fn dedup_key(&self) -> Option<String> {
        Some(self.fanout.to_string())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        service::chase(tx, self.fanout)
    }
}
