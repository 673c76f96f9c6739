//! Sessions that this process read a moment ago: each request asks for one, and hardly ever has anything changed.

use std::sync::Arc;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use ring::digest::{SHA256, digest};

use crate::access::service::sessions::Loaded;
use crate::store::Mark;

/// How many are kept.
const MOST: usize = 4096;

/// As long as a session reads the same, it holds: nothing was committed since ([`crate::store::Db::mark`]), by this
/// process or any other, so one that was ended and a role that was taken count at once; and neither of its ends has come.
pub struct Held(Cache<Vec<u8>, Arc<(Mark, Loaded)>>);

impl Default for Held {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

/// What a session is kept under; its key itself nobody keeps.
fn name(key: &str) -> Vec<u8> {
    digest(&SHA256, key.as_bytes()).as_ref().to_vec()
}

impl Held {
    /// The session, where it would be read the same now. `mark` is of a moment after it was asked for.
    pub(super) fn again(&self, key: &str, mark: &Mark, now: Timestamp) -> Option<Loaded> {
        let kept = self.0.get(&name(key))?;
        let (then, session) = &*kept;
        (then == mark && now < session.holds_until).then(|| session.clone())
    }

    /// Keeps a session that was read behind `mark`.
    pub(super) fn keep(&self, key: &str, mark: Mark, session: Loaded) {
        self.0.insert(name(key), Arc::new((mark, session)));
    }
}
