//! Passwords: which ones are good enough, and how they are kept.
//!
//! Long rather than odd: no composition rules (NIST SP 800-63B-4, 3.1.1.2), but nothing that everybody tries first.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::text::Refusal;

/// Characters that a password has at least.
pub const SHORTEST: usize = 12;
/// Characters that a password has at most: a passphrase fits, a denial of service does not.
pub const LONGEST: usize = 200;

// OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two iterations, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
/// How many passwords are hashed at a time, or a crowd at the door would take all memory.
const AT_A_TIME: usize = 4;

/// What is verified against where there is no account: of the same parameters, of nobody's password.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$jXnLDR5PLXZhEtJ28qyYdA$B1heyP5qqTmqN/rUIeGdXJ1QpwDSJIc7YjHmhvTefvs";

static HASHERS: Semaphore = Semaphore::const_new(AT_A_TIME);

/// What people try first and what is long enough nevertheless.
const COMMON: &[&str] = &[
    "passwort1234",
    "passwort12345",
    "passwort123456",
    "passwortpasswort",
    "password1234",
    "password12345",
    "passwordpassword",
    "123456789012",
    "1234567890123",
    "12345678901234",
    "1234567890ab",
    "qwertzuiopasdf",
    "qwertyuiopasdf",
    "qwertz123456",
    "qwerty123456",
    "abcdefghijkl",
    "abcdefghijklm",
    "administrator",
    "administrator1",
    "willkommen123",
    "willkommen1234",
    "willkommen2025",
    "willkommen2026",
    "hallohallohallo",
    "meldekette123",
    "meldekette1234",
    "meldekette2026",
    "thueringen2026",
    "geheimgeheim",
    "schatzschatz",
    "iloveyou1234",
];

/// A password as typed, in one Unicode form (NFKC), wiped from memory when dropped. Not yet judged.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes what was typed.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self(Zeroizing::new(text.nfkc().collect()))
    }

    /// Judges a new password for the account with this mail address.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn for_account(self, mail: &str) -> Result<Self, Refusal> {
        let length = self.0.chars().count();
        if length < SHORTEST {
            return Err("access-password-short");
        }
        if length > LONGEST {
            return Err("access-password-long");
        }
        if self.0.chars().any(char::is_control) {
            return Err("error-control-characters");
        }
        let folded = Zeroizing::new(self.0.to_lowercase());
        let local = mail.split('@').next().unwrap_or(mail);
        if folded.contains(&mail.to_lowercase()) || *folded == local.to_lowercase() {
            return Err("access-password-mail");
        }
        let first = folded.chars().next();
        if COMMON.contains(&folded.as_str()) || folded.chars().all(|c| Some(c) == first) {
            return Err("access-password-common");
        }
        Ok(self)
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

fn argon() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash to keep, as a PHC string. Takes tens of milliseconds: never inside a transaction.
///
/// # Errors
/// [`Error::Internal`] when there is no memory for it.
pub fn hash_now(password: &Password, env: &Env) -> Result<String> {
    let hash: PasswordHash = argon()
        .hash_password_with_salt(password.0.as_bytes(), &env.bytes::<16>())
        .map_err(|error| Error::Internal(format!("password hash: {error}")))?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. Without a hash the answer is no and takes as long.
#[must_use]
pub fn verify_now(password: &Password, hash: Option<&str>) -> bool {
    let matches = argon().verify_password(password.0.as_bytes(), hash.unwrap_or(NOBODYS)).is_ok();
    matches && hash.is_some()
}

/// [`hash_now`] on the blocking pool, a few at a time.
///
/// # Errors
/// As [`hash_now`].
pub async fn hash(password: Password, env: Env) -> Result<String> {
    blocking(move || hash_now(&password, &env)).await?
}

/// [`verify_now`] on the blocking pool, a few at a time.
///
/// # Errors
/// [`Error::Internal`] when the pool is gone.
pub async fn verify(password: Password, hash: Option<String>) -> Result<bool> {
    blocking(move || verify_now(&password, hash.as_deref())).await
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("password hash: {error}"));
    let _turn = HASHERS.acquire().await.map_err(|error| failed(&error))?;
    tokio::task::spawn_blocking(f).await.map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(text: &str) -> Result<(), Refusal> {
        Password::typed(text).for_account("it@stadt.example").map(|_| ())
    }

    #[test]
    fn a_sentence_is_a_good_password() {
        assert_eq!(judged("drei Kühe im Rathaus"), Ok(()));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        assert_eq!(judged("kurz"), Err("access-password-short"));
        assert_eq!(judged(&"lang".repeat(60)), Err("access-password-long"));
        assert_eq!(judged("Passwort1234"), Err("access-password-common"));
        assert_eq!(judged("aaaaaaaaaaaaaa"), Err("access-password-common"));
        assert_eq!(judged("IT@Stadt.example"), Err("access-password-mail"));
        assert_eq!(judged("it@stadt.example!"), Err("access-password-mail"));
    }

    #[test]
    fn only_the_password_itself_opens_and_no_account_never_does() {
        let env = Env::system();
        let hash = hash_now(&Password::typed("drei Kühe im Rathaus"), &env).expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_now(&Password::typed("drei Kühe im Rathaus"), Some(&hash)));
        assert!(verify_now(&Password::typed("drei Ku\u{308}he im Rathaus"), Some(&hash)), "another keyboard");
        assert!(!verify_now(&Password::typed("vier Kühe im Rathaus"), Some(&hash)));
        assert!(!verify_now(&Password::typed("nobody"), None), "the stand-in hash opens nothing");
    }

    #[test]
    fn whoever_has_no_account_waits_as_long_as_whoever_has_one() {
        let cost = |hash: &str| hash.rsplitn(3, '$').nth(2).map(str::to_owned);
        let hash = hash_now(&Password::typed("nobody"), &Env::system()).expect("a hash");
        assert_eq!(cost(NOBODYS), cost(&hash), "the same parameters");
        assert!(verify_now(&Password::typed("nobody"), Some(NOBODYS)), "a hash that is really computed");
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_long_enough_and_short_enough(text in "\\PC{0,220}") {
            if judged(&text).is_ok() {
                let length = text.nfkc().count();
                prop_assert!((SHORTEST..=LONGEST).contains(&length));
            }
        }
    }
}
