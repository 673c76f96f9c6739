//! Keys of those who are written to. Mail knows addresses; whose they are, the register knows, which is handed in.

use std::sync::Arc;

use jiff::Timestamp;

use super::way::{OnFile, Way, way};
use crate::core::env::Env;
use crate::core::error::Result;
use crate::core::ids::AnyId;
use crate::core::tlp::Tlp;
use crate::crypto::CryptoError;
use crate::crypto::encrypt::{Lack, SmimeReader};
use crate::crypto::encrypt_pgp::PgpReader;
use crate::store::Tx;

/// What is on file for one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filed {
    /// Several people may read what comes there.
    pub is_function: bool,
    /// PEM of the S/MIME certificate.
    pub certificate: Option<String>,
    /// The armored OpenPGP key, and until when it may be used by what a person stated.
    pub openpgp: Option<(String, Timestamp)>,
}

/// Who knows what is on file.
pub trait Keys: Send + Sync {
    /// For an address of `holder`: keys that others entered for the same address do not count.
    ///
    /// # Errors
    /// The database's.
    fn filed(&self, tx: &mut Tx<'_>, holder: AnyId, address: &str) -> Result<Filed>;
}

/// The register, handed in with `Provided`.
#[derive(Clone)]
pub struct KeyBook(pub Arc<dyn Keys>);

/// A key that mail can be encrypted for now.
#[derive(Debug, Clone)]
pub enum ReaderKey {
    Smime(SmimeReader),
    OpenPgp(PgpReader),
}

impl ReaderKey {
    /// The word in the mail's row.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Smime(_) => "sealed_smime",
            Self::OpenPgp(_) => "sealed_openpgp",
        }
    }
}

impl Filed {
    /// The key that is used at `now`: S/MIME where both are good. Otherwise what is wrong with what is there.
    ///
    /// # Errors
    /// [`OnFile`], never [`OnFile::Valid`].
    pub fn key(&self, now: Timestamp) -> Result<ReaderKey, OnFile> {
        let smime = self.certificate.as_deref().map(|pem| SmimeReader::read(pem, now));
        let openpgp = self.openpgp.as_ref().map(|(armored, until)| {
            if *until <= now { Err(Lack::Ended) } else { PgpReader::read(armored, now) }
        });
        match (smime, openpgp) {
            (Some(Ok(key)), _) => Ok(ReaderKey::Smime(key)),
            (_, Some(Ok(key))) => Ok(ReaderKey::OpenPgp(key)),
            (Some(Err(lack)), _) | (None, Some(Err(lack))) => Err(OnFile::Lacking(lack)),
            (None, None) => Err(OnFile::Nothing),
        }
    }

    /// How a mail under this label goes out at `now`, and the key where it is sealed.
    #[must_use]
    pub fn way(&self, tlp: Tlp, now: Timestamp) -> (Way, Option<ReaderKey>) {
        match self.key(now) {
            Ok(key) => (way(tlp, self.is_function, OnFile::Valid), Some(key)),
            Err(on_file) => (way(tlp, self.is_function, on_file), None),
        }
    }

    /// How it goes out where the key on file turned out to encrypt nothing.
    #[must_use]
    pub(super) fn without(&self, tlp: Tlp) -> Way {
        way(tlp, self.is_function, OnFile::Lacking(Lack::Unusable))
    }
}

/// An encrypted entity: what stands in the message's headers from Content-Type on, and the body below them.
pub(super) struct Encrypted {
    pub headers: String,
    pub body: Vec<u8>,
}

/// Encrypts a MIME entity for its reader.
pub(super) fn encrypt(key: &ReaderKey, entity: &[u8], env: &Env) -> Result<Encrypted, CryptoError> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    match key {
        ReaderKey::Smime(reader) => {
            let encoded = STANDARD.encode(reader.encrypt(entity, env)?);
            let mut body = Vec::with_capacity(encoded.len() * 78 / 76 + 2);
            for line in encoded.as_bytes().chunks(76) {
                body.extend_from_slice(line);
                body.extend_from_slice(b"\r\n");
            }
            // RFC 8551, section 3.3.
            let headers = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\r\n\
                           Content-Transfer-Encoding: base64\r\n\
                           Content-Disposition: attachment; filename=\"smime.p7m\"\r\n";
            Ok(Encrypted { headers: headers.to_owned(), body })
        }
        ReaderKey::OpenPgp(reader) => {
            let armored = reader.encrypt(entity, env)?.replace("\r\n", "\n").replace('\n', "\r\n");
            let boundary = format!("=_{}", URL_SAFE_NO_PAD.encode(env.bytes::<18>()));
            // RFC 3156, section 4.
            let headers = format!(
                "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n boundary=\"{boundary}\"\r\n"
            );
            let body = format!(
                "--{boundary}\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--{boundary}\r\n\
                 Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\
                 Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n{armored}\r\n--{boundary}--\r\n"
            );
            Ok(Encrypted { headers, body: body.into_bytes() })
        }
    }
}
