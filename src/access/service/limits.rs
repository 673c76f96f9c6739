//! How often somebody may try: counted in the database, so that all processes know.
//!
//! Two neighbouring windows make a sliding one: the earlier counts in proportion to what of it still lies within the
//! span. Counting commits even when the attempt fails, so it is a transaction of its own.

use jiff::Timestamp;
use ring::digest::{SHA256, digest};

pub use crate::access::settings::Limit;
use crate::access::store::limits as store;
use crate::core::error::Result;
use crate::store::Tx;

/// One limit on one thing: what is tried, and by whom or on what.
#[derive(Debug, Clone)]
pub struct Attempt {
    bucket: String,
    limit: Limit,
}

impl Attempt {
    /// `kind` says what is tried, `who` by whom or on what. Only a hash of it is kept.
    #[must_use]
    pub fn new(kind: &str, who: &str, limit: Limit) -> Self {
        let hash = digest(&SHA256, format!("{kind}\0{who}").as_bytes());
        Self { bucket: format!("{kind}:{}", hex::encode(&hash.as_ref()[..16])), limit }
    }
}

/// Counts one attempt against all limits, or against none of them where one is used up: then the answer is how many
/// seconds to wait.
///
/// # Errors
/// The database's.
pub fn attempt(tx: &mut Tx<'_>, attempts: &[Attempt]) -> Result<Option<u32>> {
    let mut slots: Vec<_> =
        attempts.iter().map(|one| (&one.bucket, Window::at(tx.now(), one.limit))).collect();
    let wait = longest_wait(tx, &slots, 0)?;
    if wait.is_some() {
        return Ok(wait);
    }
    // Others may count at the same time. Whoever counts holds the row until the commit, so what it says then is true;
    // all take the rows in the same order, so nobody waits crosswise.
    slots.sort_by_key(|(bucket, _)| *bucket);
    for (bucket, window) in &slots {
        store::count(tx, bucket, window.slot)?;
    }
    let wait = longest_wait(tx, &slots, 1)?;
    if wait.is_some() {
        for (bucket, window) in &slots {
            store::uncount(tx, bucket, window.slot)?;
        }
    }
    Ok(wait)
}

/// The longest wait that one of these counters asks for; `own` of what the running ones hold is the attempt itself.
fn longest_wait(tx: &mut Tx<'_>, slots: &[(&String, Window)], own: i64) -> Result<Option<u32>> {
    let mut wait = None;
    for (bucket, window) in slots {
        let (running, before) = store::hits(tx, bucket, window.slot, window.slot - window.span)?;
        wait = wait.max(window.wait(i64::from(running) - own, before.into()));
    }
    Ok(wait)
}

/// Forgets what was counted, after the attempt succeeded.
///
/// # Errors
/// The database's.
pub fn forget(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<()> {
    store::forget(tx, &attempt.bucket)
}

/// The window that an instant lies in. All in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Its first second, which names it.
    pub slot: i64,
    /// How long it is; the one before it begins that much earlier.
    pub span: i64,
    elapsed: i64,
    allowed: i64,
}

impl Window {
    /// The window of this limit at an instant.
    #[must_use]
    pub fn at(now: Timestamp, limit: Limit) -> Self {
        let span = limit.per.as_secs().max(1);
        let elapsed = now.as_second().rem_euclid(span);
        Self { slot: now.as_second() - elapsed, span, elapsed, allowed: i64::from(limit.hits) }
    }

    /// How many seconds until one more is allowed; `None`: now. `running` were counted in this window, `before` in the
    /// one before it.
    #[must_use]
    pub fn wait(self, running: i64, before: i64) -> Option<u32> {
        let Self { span, elapsed, allowed, .. } = self;
        // Scaled by the span, so that the share of the earlier window is a whole number.
        let used = |running: i64, before: i64, elapsed: i64| before * (span - elapsed) + running * span;
        let room = (allowed - 1).max(0) * span;
        if allowed > 0 && used(running, before, elapsed) <= room {
            return None;
        }
        let left = span - elapsed;
        let seconds = if allowed == 0 {
            span
        } else if running * span <= room {
            // Until enough of the earlier window has passed: before * (span - t) <= room - running * span.
            span - (room - running * span) / before.max(1) - elapsed
        } else {
            // Until enough of this window has passed in the next.
            left + span - room / running.max(1)
        };
        Some(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_eleventh_wrong_password_in_a_quarter_of_an_hour_waits() {
        let window = Window::at(Timestamp::from_second(900 * 1000).expect("an instant"), Limit::new(10, 15));
        assert_eq!(window.wait(9, 0), None);
        assert!(window.wait(10, 0).is_some());
    }

    proptest! {
        #[test]
        fn whoever_waits_as_long_as_told_may_try_again(
            second in 0i64..4_000_000_000, span in 1i64..90_000, hits in 1u32..500, running in 0i64..600, before in 0i64..600
        ) {
            let limit = Limit { hits, per: SignedDuration::from_secs(span) };
            let window = Window::at(Timestamp::from_second(second).expect("an instant"), limit);
            if let Some(seconds) = window.wait(running, before) {
                let later = Window::at(Timestamp::from_second(second + i64::from(seconds)).expect("an instant"), limit);
                let counts = match (later.slot - window.slot) / window.span {
                    0 => (running, before),
                    1 => (0, running),
                    _ => (0, 0),
                };
                prop_assert_eq!(later.wait(counts.0, counts.1), None);
            }
        }
    }
}
