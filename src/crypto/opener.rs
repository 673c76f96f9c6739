//! The private keys that open mail, and the authorities that vouch for others' certificates. The keys stay in the server:
//! a process that reads hostile bytes is handed the key of that one message, never one of these.

use der::oid::db::rfc5912::{ID_RSAES_OAEP, ID_SHA_1, ID_SHA_256, ID_SHA_384, ID_SHA_512, RSA_ENCRYPTION};
use der::{Decode as _, Sequence};
use p256::pkcs8::DecodePrivateKey as _;
use rsa::{Oaep, Pkcs1v15Encrypt};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::agreement::Agreement;
use super::envelope::Wrapped;
use super::keys::{Drawn, PrivateKey};
use super::openpgp::OwnKey;
use super::trust::Anchors;
use crate::core::env::Env;

/// Wrapped keys of one message that are tried: those that name a certificate of ours first.
const TRIES: usize = 8;

/// What opens and checks mails that come in.
#[derive(Debug, Default)]
pub struct Opener {
    keys: Vec<PrivateKey>,
    /// Issuer and serial number (DER) of certificates of ours.
    own: Vec<Vec<u8>>,
    openpgp: Vec<OwnKey>,
    pub anchors: Anchors,
}

impl Opener {
    /// Opens with these keys, of which `own` names the certificates in use.
    #[must_use]
    pub fn new(keys: Vec<PrivateKey>, own: Vec<Vec<u8>>, anchors: Anchors) -> Self {
        Self { keys, own, openpgp: Vec::new(), anchors }
    }

    /// Opens mail that was encrypted for one of these keys, too.
    #[must_use]
    pub fn with_openpgp(self, openpgp: Vec<OwnKey>) -> Self {
        Self { openpgp, ..self }
    }

    /// The keys to a message that may be its own: whoever reads it tries them. None: it is for others.
    ///
    /// Takes some hundredths of a second with RSA: not for async threads.
    #[must_use]
    pub fn unwrap(&self, wrapped: &[Wrapped], env: &Env) -> Vec<Vec<u8>> {
        let is_named = |one: &Wrapped| match one {
            Wrapped::Transport { recipient, .. } | Wrapped::Agreement { recipient, .. } => {
                self.own.contains(recipient)
            }
            Wrapped::OpenPgp(_) => true,
        };
        let (named, others): (Vec<_>, Vec<_>) = wrapped.iter().partition(|one| is_named(one));
        let tried = named.into_iter().chain(others).take(TRIES);
        let keys = |one: &Wrapped| -> Vec<Vec<u8>> {
            match one {
                Wrapped::OpenPgp(packet) => {
                    self.openpgp.iter().filter_map(|key| key.unwrap(packet)).collect()
                }
                one => self.keys.iter().filter_map(|key| unwrap(key, one, env)).collect(),
            }
        };
        tried.flat_map(keys).collect()
    }
}

fn unwrap(key: &PrivateKey, wrapped: &Wrapped, env: &Env) -> Option<Vec<u8>> {
    match wrapped {
        Wrapped::Transport { padding, key: sealed, .. } => {
            let private = rsa::RsaPrivateKey::from_pkcs8_der(key.pkcs8()).ok()?;
            let algorithm = AlgorithmIdentifierOwned::from_der(padding).ok()?;
            let mut drawn = Drawn(env);
            // Nothing is answered to a mail that cannot be opened: there is no oracle for its padding.
            match algorithm.oid {
                RSA_ENCRYPTION => private.decrypt_blinded(&mut drawn, Pkcs1v15Encrypt, sealed).ok(),
                ID_RSAES_OAEP => private.decrypt_blinded(&mut drawn, oaep(&algorithm)?, sealed).ok(),
                _ => None,
            }
        }
        Wrapped::Agreement { point, derivation, salt, key: sealed, .. } => {
            let private = p256::SecretKey::from_pkcs8_der(key.pkcs8()).ok()?;
            let public = p256::PublicKey::from_sec1_bytes(point).ok()?;
            let shared = p256::ecdh::diffie_hellman(private.to_nonzero_scalar(), public.as_affine());
            Agreement::read(derivation)?.unwrap(shared.raw_secret_bytes(), salt.as_deref(), sealed)
        }
        Wrapped::OpenPgp(_) => None,
    }
}

/// RFC 4055, section 4.1; the mask is made with the same hash, as every mail program does.
#[derive(Clone, Debug, Sequence)]
struct OaepParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    label: Option<AlgorithmIdentifierOwned>,
}

fn oaep(algorithm: &AlgorithmIdentifierOwned) -> Option<Oaep> {
    let parameters: OaepParameters = algorithm.parameters.as_ref()?.decode_as().ok()?;
    let inner = |mask: &AlgorithmIdentifierOwned| {
        let hash: AlgorithmIdentifierOwned = mask.parameters.as_ref()?.decode_as().ok()?;
        Some(hash.oid)
    };
    let hash = parameters.hash.map_or(ID_SHA_1, |hash| hash.oid);
    let mask = match &parameters.mask {
        Some(mask) => inner(mask)?,
        None => ID_SHA_1,
    };
    match (hash, mask) {
        (ID_SHA_1, ID_SHA_1) => Some(Oaep::new::<sha1::Sha1>()),
        (ID_SHA_256, ID_SHA_256) => Some(Oaep::new::<rsa::sha2::Sha256>()),
        (ID_SHA_384, ID_SHA_384) => Some(Oaep::new::<rsa::sha2::Sha384>()),
        (ID_SHA_512, ID_SHA_512) => Some(Oaep::new::<rsa::sha2::Sha512>()),
        _ => None,
    }
}
