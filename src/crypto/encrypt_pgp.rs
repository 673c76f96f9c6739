//! Mail encrypted for one reader by OpenPGP (RFC 9580), in the form that every program opens: version 4 keys, AES-256 with
//! an integrity check (SEIPD version 1). rPGP checks no policy, so which part of a key may be used now is decided here.

use jiff::Timestamp;
use pgp::composed::{ArmorOptions, Deserializable as _, MessageBuilder, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::types::{EcdhPublicParams, KeyDetails as _, KeyVersion, PublicParams};
use rsa::traits::PublicKeyParts as _;

use super::CryptoError;
use super::encrypt::Lack;
use super::keys::Drawn;
use super::openpgp::until;
use crate::core::env::Env;

/// The part of a reader's key that mail is encrypted for.
#[derive(Debug, Clone)]
pub struct PgpReader(Box<SignedPublicSubKey>);

/// What encrypts for some years to come: RSA from 2,048 bits on, as for S/MIME, and the curves that we can write to.
fn is_strong(part: &SignedPublicSubKey) -> bool {
    match part.public_params() {
        PublicParams::RSA(rsa) => rsa.key.size() >= 256,
        PublicParams::X25519(_) | PublicParams::X448(_) => true,
        PublicParams::ECDH(curve) => !matches!(curve, EcdhPublicParams::Unsupported { .. }),
        _ => false,
    }
}

impl PgpReader {
    /// Reads an armored public key that is to be used at `now`.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn read(armored: &str, now: Timestamp) -> Result<Self, Lack> {
        let (key, _) = SignedPublicKey::from_string(armored).map_err(|_| Lack::Unusable)?;
        key.verify_bindings().map_err(|_| Lack::Unusable)?;
        if key.version() != KeyVersion::V4 {
            return Err(Lack::Unusable);
        }
        if now < instant(key.created_at().as_secs())? {
            return Err(Lack::NotYet);
        }
        if until(&key).is_some_and(|until| until <= now) {
            return Err(Lack::Ended);
        }
        let encrypts = |part: &&SignedPublicSubKey| {
            newest(part).is_some_and(|it| it.key_flags().encrypt_comms() || it.key_flags().encrypt_storage())
        };
        let parts: Vec<_> =
            key.public_subkeys.iter().filter(encrypts).filter(|part| is_strong(part)).collect();
        // The newest that holds now.
        let mut good: Vec<_> = parts.iter().filter(|part| lack(part, now).is_none()).collect();
        good.sort_by_key(|part| part.created_at().as_secs());
        match (good.last(), parts.first()) {
            (Some(part), _) => Ok(Self(Box::new((**part).clone()))),
            (None, Some(part)) => Err(lack(part, now).unwrap_or(Lack::Unusable)),
            (None, None) => Err(Lack::Unusable),
        }
    }

    /// Encrypts content for this reader alone, armored.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`] when the key refuses.
    pub fn encrypt(&self, content: &[u8], env: &Env) -> Result<String, CryptoError> {
        let mut message = MessageBuilder::from_bytes("", content.to_vec())
            .seipd_v1(Drawn(env), SymmetricKeyAlgorithm::AES256);
        message.encrypt_to_key(Drawn(env), &*self.0).map_err(CryptoError::encoding)?;
        message.to_armored_string(Drawn(env), ArmorOptions::default()).map_err(CryptoError::encoding)
    }
}

/// What the owner said last of a part.
fn newest(part: &SignedPublicSubKey) -> Option<&Signature> {
    let bound = part.signatures.iter().filter(|it| it.typ() == Some(SignatureType::SubkeyBinding));
    bound.max_by_key(|it| it.created().map(|at| at.as_secs()))
}

fn lack(part: &SignedPublicSubKey, now: Timestamp) -> Option<Lack> {
    let is_revoked = part.signatures.iter().any(|it| it.typ() == Some(SignatureType::SubkeyRevocation));
    let born = i64::from(part.created_at().as_secs());
    if is_revoked {
        return Some(Lack::Ended);
    }
    if now.as_second() < born {
        return Some(Lack::NotYet);
    }
    let lasts = newest(part)?.key_expiration_time().map(|lasts| i64::from(lasts.as_secs()));
    lasts.filter(|lasts| *lasts > 0 && born + lasts <= now.as_second()).map(|_| Lack::Ended)
}

fn instant(seconds: u32) -> Result<Timestamp, Lack> {
    Timestamp::from_second(i64::from(seconds)).map_err(|_| Lack::Unusable)
}
