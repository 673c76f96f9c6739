//! What a kind of job says about itself.

use jiff::SignedDuration;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::core::error::Result;
use crate::core::urgency::Urgency;
use crate::store::Tx;

/// What happens when a job with the same key waits already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dedup {
    /// The one that waits stays as it is.
    Keep,
    /// They become one: the new payload, at the earlier of both times, so that no wake is ever put off.
    Merge,
}

/// How often a failing job is tried, and how far apart.
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    /// Tries until it counts as dead.
    pub attempts: i32,
    /// The wait after the first failure; it doubles.
    pub first: SignedDuration,
    /// The longest wait.
    pub cap: SignedDuration,
}

impl Retry {
    /// Eight tries within about an hour.
    pub const DEFAULT: Self =
        Self { attempts: 8, first: SignedDuration::from_secs(15), cap: SignedDuration::from_mins(30) };
}

/// A kind of job. Its value is the payload, kept as JSON: ids and codes, never content.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The word in the row; never changed once rows exist.
    const NAME: &'static str;
    /// Among due jobs the more urgent goes first.
    const URGENCY: Urgency = Urgency::Housekeeping;
    const RETRY: Retry = Retry::DEFAULT;
    const DEDUP: Dedup = Dedup::Keep;

    /// Jobs of this kind with the same key are one. `None`: each is its own.
    fn dedup_key(&self) -> Option<String> {
        None
    }

    /// Does the work, in the transaction that also removes the job. May run twice when the first try is rolled back.
    ///
    /// # Errors
    /// Whatever went wrong: everything is undone, and the job is tried again.
    fn run(self, tx: &mut Tx<'_>) -> Result<()>;
}
