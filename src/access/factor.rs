//! The second factor: who needs one, how far one comes without it, and what is kept of it.
//!
//! Filing needs no second factor, reading does. Whoever has given the password and not yet the code is nobody to every
//! page but those of the second factor; somebody of a town hall may report nevertheless.

use jiff::Timestamp;

use super::settings::SecondFactorSettings;
use super::totp::{Secret, base32};
use crate::core::actor::Role;
use crate::core::env::Env;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::Refusal;
use crate::crypto::CryptoError;
use crate::crypto::seal::SealingKey;

/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;
/// Bytes of one: 16 letters.
const RECOVERY_BYTES: usize = 10;
const RECOVERY_LETTERS: usize = 16;

/// What a session lacks before it is a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The code of the second factor that the account has.
    Code,
    /// A second factor at all.
    Factor,
    /// A telephone call: the organisation's own accounts are not trusted now.
    Release,
}

/// What is missing of a session with these roles; `has_factor` says whether the account has a second factor,
/// `is_verified` whether it was shown in this session.
#[must_use]
pub fn missing(
    roles: &[(OrgId, Role)],
    has_factor: bool,
    is_verified: bool,
    settings: &SecondFactorSettings,
) -> Option<Missing> {
    match (has_factor, is_verified) {
        (true, true) => None,
        (true, false) => Some(Missing::Code),
        (false, _) => is_needed(roles, settings).then_some(Missing::Factor),
    }
}

/// Whether one of these roles takes a second factor.
#[must_use]
pub fn is_needed(roles: &[(OrgId, Role)], settings: &SecondFactorSettings) -> bool {
    roles.iter().any(|(_, role)| settings.required_for.contains(role))
}

/// Whether somebody with these roles may open a page while something is missing: to report, for a town hall.
#[must_use]
pub fn is_open(roles: &[(OrgId, Role)], path: &str) -> bool {
    let reports = path == "/melden" || path.starts_with("/melden/");
    // What comes after sending: the page itself shows it to whoever sent it, and to nobody else.
    let arrived = path
        .strip_prefix("/vorgaenge/")
        .and_then(|rest| rest.strip_suffix("/eingegangen"))
        .is_some_and(|reference| !reference.contains('/'));
    (reports || arrived) && roles.iter().all(|(_, role)| !role.is_at_cert())
}

/// What somebody typed as a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// Of the app.
    Time(u32),
    /// From the list, as its letters.
    Recovery(String),
}

impl Code {
    /// Reads a code, with or without spaces and hyphens.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let plain: String =
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '–')).collect();
        if plain.is_empty() {
            return Err("access-code-missing");
        }
        if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
            return plain.parse().map(Self::Time).map_err(|_| "access-code-form");
        }
        let letters = plain.to_ascii_uppercase();
        let is_letter = |b: u8| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b);
        if letters.len() == RECOVERY_LETTERS && letters.bytes().all(is_letter) {
            return Ok(Self::Recovery(letters));
        }
        Err("access-code-form")
    }
}

/// Fresh recovery codes, as people read them (`ABCD-EFGH-…`). [`Code::parse`] reads them back.
#[must_use]
pub fn recovery_codes(env: &Env) -> Vec<String> {
    let spelled = |letters: &str| {
        let groups: Vec<_> = letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        groups.join("-")
    };
    (0..RECOVERY_CODES).map(|_| spelled(&base32(&env.bytes::<RECOVERY_BYTES>()))).collect()
}

/// Seals the secrets of second factors, each for its account alone. Handed to pages as `web::Data<FactorSeal>`.
pub struct FactorSeal(SealingKey);

impl FactorSeal {
    /// With a key of 256 bits, which itself lies sealed.
    ///
    /// # Errors
    /// [`CryptoError::SealingKey`] when it has another length.
    pub fn new(key: &[u8]) -> Result<Self, CryptoError> {
        let wrong = |_| CryptoError::SealingKey("of second factors: not 256 bits".to_owned());
        SealingKey::from_bytes(key.try_into().map_err(wrong)?).map(Self)
    }

    /// The secret, sealed.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`].
    pub fn seal(&self, account: AccountId, secret: &Secret, env: &Env) -> Result<Vec<u8>, CryptoError> {
        self.0.seal(&context(account), secret.bytes(), env)
    }

    /// The sealed secret of this account.
    ///
    /// # Errors
    /// [`CryptoError::Unsealable`] when it was changed or is another account's.
    pub fn open(&self, account: AccountId, sealed: &[u8]) -> Result<Secret, CryptoError> {
        Ok(Secret::new(self.0.open(&context(account), sealed)?.to_vec()))
    }
}

fn context(account: AccountId) -> String {
    format!("second-factor/{account}")
}

/// What somebody has of a second factor.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Since when it is asked for.
    pub since: Option<Timestamp>,
    /// The sealed secret of one that was begun, or is in use.
    pub sealed: Option<Vec<u8>>,
    /// Recovery codes that were not used.
    pub codes_left: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(role: Role) -> Vec<(OrgId, Role)> {
        vec![(OrgId(uuid::Uuid::from_u128(1)), role)]
    }

    #[test]
    fn everybody_needs_one_and_a_town_hall_reports_without() {
        let settings = SecondFactorSettings::default();
        for role in Role::ALL {
            assert_eq!(missing(&at(role), false, false, &settings), Some(Missing::Factor), "{role:?}");
            assert_eq!(missing(&at(role), true, false, &settings), Some(Missing::Code), "{role:?}");
            assert_eq!(missing(&at(role), true, true, &settings), None, "{role:?}");
            for open in ["/melden", "/melden/x/was", "/vorgaenge/TH-2026-00001/eingegangen"] {
                assert_eq!(is_open(&at(role), open), !role.is_at_cert(), "{role:?} {open}");
            }
            for closed in [
                "/",
                "/meldenx",
                "/vorgaenge/TH-2026-00001/x/eingegangen",
                "/vorgaenge",
                "/vorgaenge/TH-2026-00001",
                "/konto",
                "/register/meine",
            ] {
                assert!(!is_open(&at(role), closed), "{role:?} {closed}");
            }
        }
        let both = [at(Role::Reporter), at(Role::Analyst)].concat();
        assert!(!is_open(&both, "/melden"), "the CERT's role closes it");
    }

    #[test]
    fn where_none_is_required_one_that_was_set_up_is_asked_for_nevertheless() {
        let settings = SecondFactorSettings { required_for: Vec::new() };
        assert_eq!(missing(&at(Role::Administrator), false, false, &settings), None);
        assert_eq!(missing(&at(Role::Reporter), true, false, &settings), Some(Missing::Code));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(Code::parse(" 123 456 "), Ok(Code::Time(123_456)));
        assert_eq!(Code::parse("000001"), Ok(Code::Time(1)));
        assert_eq!(Code::parse("abcd-efgh 2345-6777"), Ok(Code::Recovery("ABCDEFGH23456777".to_owned())));
        assert_eq!(Code::parse("  "), Err("access-code-missing"));
        for bad in ["12345", "1234567", "１２３４５６", "ABCD-EFGH-2345-6780", "12345a", "\u{0}"] {
            assert_eq!(Code::parse(bad), Err("access-code-form"), "{bad:?}");
        }
        let codes = recovery_codes(&Env::system());
        let read: std::collections::BTreeSet<_> =
            codes.iter().map(|code| format!("{:?}", Code::parse(code).unwrap())).collect();
        assert_eq!(read.len(), RECOVERY_CODES);
    }

    #[test]
    fn a_sealed_secret_serves_its_own_account_alone() {
        let (env, seal) = (Env::system(), FactorSeal::new(&[7; 32]).unwrap());
        let (one, other) = (AccountId(env.uuid()), AccountId(env.uuid()));
        let sealed = seal.seal(one, &Secret::new(*b"12345678901234567890"), &env).unwrap();
        assert!(!sealed.windows(20).any(|bytes| bytes == b"12345678901234567890"));
        assert_eq!(seal.open(one, &sealed).unwrap().bytes(), b"12345678901234567890");
        assert!(seal.open(other, &sealed).is_err());
        assert!(FactorSeal::new(b"short").is_err());
    }
}
