//! What this run of the tests is like.

use std::time::Duration;

/// Whether the large counts are wanted.
pub fn is_full() -> bool {
    std::env::var("MELDEKETTE_TEST_FULL").is_ok_and(|value| !value.is_empty())
}

/// Whether this run tests the embedded engine.
pub fn is_sqlite() -> bool {
    std::env::var("MELDEKETTE_TEST_ENGINE").map_or(true, |engine| engine != "postgres")
}

/// Looks every 20 ms, at most `seconds` long.
pub fn wait_until(seconds: u64, what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..seconds * 50 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("after {seconds} s still not: {what}");
}

/// Numbers that look drawn and are the same in each run (SplitMix64).
pub struct Draw(pub u64);

impl Draw {
    /// A number from `0` to `below - 1`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}
