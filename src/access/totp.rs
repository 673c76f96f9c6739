//! One-time passwords by time (RFC 6238), as every authenticator app makes them: HMAC-SHA-1, 30 seconds, six digits.
//!
//! Own code on ring's HMAC, because the step of a code must be known for it never to be taken again (RFC 6238, 5.2),
//! and because a crate for it would link a second SHA-1.

use jiff::Timestamp;
use ring::hmac;
use zeroize::Zeroizing;

/// Bytes of a secret: as many as the hash has (RFC 4226, 4, R6).
pub const SECRET: usize = 20;
/// Seconds of a step.
const STEP_S: i64 = 30;
/// Steps by which the clocks of telephone and server may differ, either way.
const DRIFT: i64 = 1;
/// The alphabet of RFC 4648, 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What server and telephone share. Wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A secret of these bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes, for sealing.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The code of a step.
    fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let hash = tag.as_ref();
        // The last four bits say where the code begins (RFC 4226, 5.3).
        let at = usize::from(hash[hash.len() - 1] & 0xf);
        let word = u32::from_be_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]);
        (word & 0x7fff_ffff) % 1_000_000
    }

    /// The step near `now` that a code belongs to.
    #[must_use]
    pub fn step_of(&self, code: u32, now: Timestamp) -> Option<i64> {
        let present = now.as_second().div_euclid(STEP_S);
        // The latest first: a code that two steps share uses up both.
        (present - DRIFT..=present + DRIFT).rev().find(|step| self.code(*step) == code)
    }

    /// For typing into an app: `JBSW Y3DP …`.
    #[must_use]
    pub fn spelled(&self) -> Zeroizing<String> {
        let letters = base32(&self.0);
        let groups: Vec<_> = letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        Zeroizing::new(groups.join(" "))
    }

    /// For the QR code (the "Key URI Format" that all apps read).
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let word = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let (issuer, account) = (word(issuer).replace('+', "%20"), word(account).replace('+', "%20"));
        let secret = base32(&self.0);
        Zeroizing::new(format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", *secret))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Base32 without padding (RFC 4648, 6).
#[must_use]
pub fn base32(bytes: &[u8]) -> Zeroizing<String> {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |at: usize| (at..at + 5).fold(0, |letter, at| letter << 1 | bit(at));
    let letters = (0..bytes.len() * 8).step_by(5).map(|at| char::from(BASE32[usize::from(letter(at))]));
    Zeroizing::new(letters.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1: the last six of the eight digits.
        let secret = Secret::new(*b"12345678901234567890");
        for (second, code) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(secret.step_of(code, at(second)), Some(second / 30), "at {second}");
        }
    }

    #[test]
    fn a_telephone_may_be_half_a_minute_off_and_no_more() {
        let secret = Secret::new(*b"12345678901234567890");
        let taken = |second: i64| secret.step_of(287_082, at(second)).is_some();
        assert!(taken(0) && taken(89), "one step");
        assert!(!taken(90) && !taken(-1), "two steps");
    }

    #[test]
    fn the_letters_are_those_of_the_standard() {
        // RFC 4648, 10, without the padding.
        for (plain, letters) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
        ] {
            assert_eq!(*base32(plain.as_bytes()), letters);
        }
        let secret = Secret::new(*b"12345678901234567890");
        assert_eq!(*secret.spelled(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            *secret.uri("Meldekette Thüringen", "it@stadt.example"),
            "otpauth://totp/Meldekette%20Th%C3%BCringen:it%40stadt.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Meldekette%20Th%C3%BCringen"
        );
    }

    proptest! {
        #[test]
        fn a_code_holds_in_its_own_step(bytes in proptest::array::uniform20(any::<u8>()), second in 0i64..4_000_000_000) {
            let secret = Secret::new(bytes);
            let step = second / 30;
            prop_assert!(secret.step_of(secret.code(step), at(second)) >= Some(step));
        }
    }
}
