//! Keys and what is done with them: S/MIME identities, signed mail, mail that is encrypted for its reader, mail of others that is
//! verified and opened, sealing at rest, the signed log.
//!
//! ring signs, seals and hashes; `cms`, `x509-cert` and rcgen know the structures. Nothing here reads a clock.

mod agreement;
pub mod authority;
pub mod ber;
pub mod chunks;
pub mod encrypt;
pub mod encrypt_pgp;
pub mod envelope;
pub mod keys;
pub mod log;
pub mod opener;
pub mod openpgp;
pub mod seal;
pub mod smime;
pub mod store;
pub mod trust;
pub mod verify;

use std::path::PathBuf;

use jiff::Timestamp;

use crate::core::text::MailAddress;

/// Why a key, a certificate or a sealed file cannot be used. The sentences are for whoever runs the product.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// The private key is not one that can sign here.
    #[error("private key: {0}")]
    Key(String),
    /// The certificate cannot serve as what it is meant for.
    #[error("certificate: {0}")]
    Certificate(String),
    /// The private key is another one than the certificate's.
    #[error(
        "the private key does not belong to this certificate: import the key that the request was made with"
    )]
    Mismatch,
    /// The certificate is another address's than the one that mails come from.
    #[error(
        "the certificate is for {certified}, and mails come from {wanted} (mail.from): ask for one for {wanted}; \
         what was in use before stays in use"
    )]
    Address { certified: MailAddress, wanted: MailAddress },
    /// The certificate's time has not begun or is over.
    #[error("the certificate is valid from {from} to {until}, and now is {now}: import a renewed one")]
    NotValidNow { from: Timestamp, until: Timestamp, now: Timestamp },
    /// What was to be signed is not canonical (RFC 8551, section 3.1).
    #[error("not canonical: {0}")]
    NotCanonical(&'static str),
    /// The sealing key is missing, malformed or kept in the wrong place.
    #[error("sealing key: {0}")]
    SealingKey(String),
    /// A sealed file was changed, or sealed with another key or for another purpose.
    #[error("{0} cannot be opened: it was changed, or sealed with another sealing key")]
    Unsealable(String),
    /// A key that was asked for does not exist.
    #[error("no key in {0}: create one with `meldekette keys`")]
    Missing(PathBuf),
    /// Reading or writing failed.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// A structure could not be made.
    #[error("encoding: {0}")]
    Encoding(String),
}

impl CryptoError {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    fn encoding(error: impl std::fmt::Display) -> Self {
        Self::Encoding(error.to_string())
    }
}

impl From<CryptoError> for crate::core::error::Error {
    fn from(error: CryptoError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// ring signs, and agrees on keys, with its own generator only; everything else draws from `Env`.
#[expect(clippy::disallowed_methods, reason = "ring's API takes no other source of randomness")]
fn signing_random() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}

#[cfg(test)]
mod gpg_tests;
#[cfg(test)]
mod openssl_tests;
