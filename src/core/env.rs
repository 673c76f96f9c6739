//! Time and randomness, handed in: nothing else in the crate reads a clock or draws random bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use ring::rand::SecureRandom;
use uuid::Uuid;

/// Where "now" comes from. Implementations return UTC instants of microsecond precision.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// Where random bytes come from.
pub trait Random: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock, cut to microseconds so that both databases give back what was stored.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    fn now(&self) -> Timestamp {
        to_micros(Timestamp::now())
    }
}

/// A clock that stands still until it is moved: for replaying a past (demonstration data) and for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.as_microsecond()))
    }

    /// Moves to `instant`, forwards or backwards.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.as_microsecond(), Ordering::SeqCst);
    }

    /// Moves on by `span`.
    pub fn advance(&self, span: jiff::SignedDuration) {
        self.0.fetch_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// The operating system's generator, through ring.
#[derive(Debug, Clone)]
pub struct SystemRandom(ring::rand::SystemRandom);

impl Default for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place where the generator is opened")]
    fn default() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // ring fails here only when the kernel has no generator; going on would make guessable tokens.
        assert!(self.0.fill(bytes).is_ok(), "the operating system gave no random bytes");
    }
}

/// Clock and randomness together, cheap to clone.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Millisecond and counter of the last id, as 52 and 12 bits.
    last_id: Arc<AtomicU64>,
}

impl Env {
    /// The real clock and generator.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemRandom::default()))
    }

    /// With parts of one's choice.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random, last_id: Arc::default() }
    }

    /// The present instant, in microseconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` unpredictable bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// An unguessable token of 256 bits, as 43 characters of URL-safe base64.
    #[must_use]
    pub fn token(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A fresh UUIDv7, rising with time so that indexes stay dense, and within one millisecond by a counter (RFC 9562,
    /// 6.2, method 1) so that what one transaction writes keeps its order.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        let next = |last: u64| if last >> 12 == millis { last + 1 } else { millis << 12 };
        let last = self.last_id.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        let id = next(last.unwrap_or_else(|last| last));
        let mut tail = self.bytes::<10>();
        tail[..2].copy_from_slice(&((id & 0xfff) as u16).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(id >> 12, &tail).into_uuid()
    }
}

fn to_micros(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_the_order_in_which_they_were_made() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
        let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
        let mut ids: Vec<_> = (0..3000).map(|_| env.uuid()).collect();
        clock.advance(jiff::SignedDuration::from_millis(1));
        ids.extend((0..3000).map(|_| env.uuid()));
        assert!(ids.is_sorted() && ids.iter().all(|id| id.get_version_num() == 7));
        clock.advance(jiff::SignedDuration::from_secs(-60));
        assert!(env.uuid() < ids[0], "a clock that is set back makes earlier ids");
    }
}
