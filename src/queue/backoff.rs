//! How long to wait before the next try.

use jiff::SignedDuration;

/// The wait before try `attempt + 1` (1 = after the first failure): `first`, doubled each time up to `cap`, of which
/// `random` cuts away up to half, so that what failed together does not come back together.
#[must_use]
pub fn delay(first: SignedDuration, cap: SignedDuration, attempt: u32, random: u32) -> SignedDuration {
    let doublings = attempt.saturating_sub(1).min(30);
    let full = first.saturating_mul(1 << doublings).min(cap);
    let cut = full.as_millis() / 2 * i128::from(random) / i128::from(u32::MAX);
    full - SignedDuration::from_millis(i64::try_from(cut).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_lies_between_half_and_whole_and_never_above_the_cap(attempt in 0_u32.., random: u32) {
            let (first, cap) = (SignedDuration::from_secs(30), SignedDuration::from_mins(30));
            let wait = delay(first, cap, attempt, random);
            prop_assert!(wait >= first / 2 && wait <= cap);
            prop_assert!(delay(first, cap, attempt, 0) >= wait);
        }
    }

    #[test]
    fn waits_double() {
        let wait = |attempt| {
            delay(SignedDuration::from_secs(30), SignedDuration::from_mins(30), attempt, 0).as_secs()
        };
        assert_eq!([1, 2, 3, 7, 99].map(wait), [30, 60, 120, 1800, 1800]);
    }
}
