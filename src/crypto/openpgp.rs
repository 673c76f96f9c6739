//! OpenPGP (RFC 9580) by rPGP: messages of others opened and checked, and the key of the CERT's own.
//!
//! As with [`super::envelope`], who reads a message has no private key: it finds the wrapped keys of this one message, and
//! opens it with what is handed back.

use std::io::Read as _;

use jiff::Timestamp;
use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, Deserializable as _, DetachedSignature, EncryptionCaps, Esk,
    KeyType, Message, PlainSessionKey, SecretKeyParamsBuilder, SignedPublicKey, SignedPublicSubKey,
    SignedSecretKey, SubkeyParamsBuilder,
};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{Packet, PacketParser, PacketTrait as _, Signature, SignatureType};
use pgp::ser::Serialize as _;
use pgp::types::{DecryptionKey as _, EskType, KeyDetails as _, KeyId, Password, PkeskVersion};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::CryptoError;
use super::envelope::{Closed, Wrapped};
use super::keys::Drawn;
use super::verify::Fit;
use crate::core::env::Env;
use crate::core::text::{MailAddress, Name};

/// Layers inside one message: encryption, compression, signature.
const LAYERS: usize = 8;
/// Wrapped keys in one message that are looked at.
const RECIPIENTS: usize = 100;
/// Signatures in one message that are looked at.
const SIGNATURES: usize = 4;

/// Public keys of others, to check signatures with.
#[derive(Debug, Default)]
pub struct Keys(Vec<(usize, SignedPublicKey)>);

impl Keys {
    /// Reads armored keys; one that cannot be read, or whose parts do not belong together, counts as none.
    #[must_use]
    pub fn read(armored: &[String]) -> Self {
        let read = |(place, text): (usize, &String)| {
            let (key, _) = SignedPublicKey::from_string(text).ok()?;
            key.verify_bindings().ok()?;
            Some((place, key))
        };
        Self(armored.iter().enumerate().filter_map(read).collect())
    }
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub fit: Fit,
    /// The place of who signed among the keys.
    pub signer: Option<usize>,
    /// The fingerprint of the key, in hexadecimal.
    pub key: String,
    pub at: Option<Timestamp>,
    /// Until when the key is good by what stands in it; the beginning of time for one that was revoked.
    pub until: Option<Timestamp>,
}

/// What a message is.
#[derive(Debug)]
pub enum Opened {
    /// Its key is wanted.
    Locked(Vec<Wrapped>),
    Closed(Closed),
    Content {
        content: Vec<u8>,
        was_encrypted: bool,
        signatures: Vec<Signed>,
    },
}

/// Opens a message, armored or not, with the keys to it where they were handed back. `None`: it is none, or holds more
/// than `most` bytes: what is packed tight may be large.
#[must_use]
pub fn open(bytes: &[u8], session: Option<&[Vec<u8>]>, keys: &Keys, most: u64) -> Option<Opened> {
    let Some(session) = session else { return open_with(bytes, None, keys, most) };
    let mut last = Some(Opened::Closed(Closed::NotForUs));
    for key in session.iter().filter_map(|key| session_key(key)) {
        last = open_with(bytes, Some(&key), keys, most);
        if matches!(last, Some(Opened::Content { .. })) {
            break;
        }
    }
    last
}

fn open_with(bytes: &[u8], session: Option<&PlainSessionKey>, keys: &Keys, most: u64) -> Option<Opened> {
    let (mut message, _) = Message::from_reader(bytes).ok()?;
    let mut was_encrypted = false;
    for _ in 0..LAYERS {
        match message {
            Message::Encrypted { ref esk, .. } => {
                let Some(session) = session else { return Some(Opened::Locked(wrapped(esk))) };
                was_encrypted = true;
                message = match message.decrypt_with_session_key(session.clone()) {
                    Ok(message) => message,
                    Err(_) => return Some(Opened::Closed(Closed::Damaged)),
                };
            }
            Message::Compressed { .. } => message = message.decompress().ok()?,
            // A signature may stand around compressed content.
            Message::Signed { .. } => {
                message = message.decompress().ok()?;
                break;
            }
            Message::Literal { .. } => break,
        }
    }
    let mut content = Vec::new();
    let read = (&mut message).take(most + 1).read_to_end(&mut content);
    match read {
        Err(_) if was_encrypted => return Some(Opened::Closed(Closed::Damaged)),
        Err(_) => return None,
        Ok(_) if content.len() as u64 > most => return None,
        Ok(_) => {}
    }
    let signatures = match &message {
        Message::Signed { reader, .. } => {
            let count = reader.num_signatures().min(SIGNATURES);
            let one = |place: usize| {
                let signature = reader.signature(place)?;
                Some(checked(signature, keys, |key| {
                    let fits = match key {
                        Part::Whole(key) => message.verify_nested_explicit(place, key),
                        Part::Subkey(key) => message.verify_nested_explicit(place, key),
                    };
                    fits.is_ok()
                }))
            };
            (0..count).filter_map(one).collect()
        }
        _ => Vec::new(),
    };
    Some(Opened::Content { content, was_encrypted, signatures })
}

/// Checks an armored signature over content: as it came, or as it may have been signed.
#[must_use]
pub fn verify(signature: &[u8], contents: &[&[u8]], keys: &Keys) -> Vec<Signed> {
    let Ok((found, _)) = DetachedSignature::from_armor_many(signature) else { return Vec::new() };
    let found = found.take(SIGNATURES).filter_map(Result::ok);
    found.map(|one| over(&one.signature, contents, keys)).collect()
}

fn over(signature: &Signature, contents: &[&[u8]], keys: &Keys) -> Signed {
    let fits = |key: Part<'_>, content: &[u8]| match key {
        Part::Whole(key) => signature.verify(key, content),
        Part::Subkey(key) => signature.verify(key, content),
    };
    checked(signature, keys, |key| contents.iter().any(|content| fits(key, content).is_ok()))
}

/// Reads signed text that stands in clear (RFC 9580, section 7). `None`: it is none.
#[must_use]
pub fn read_clear(text: &str, keys: &Keys) -> Option<(String, Vec<Signed>)> {
    let (message, _) = CleartextSignedMessage::from_string(text).ok()?;
    let signed = message.signed_text();
    let found = message.signatures().iter().take(SIGNATURES);
    let signatures = found.map(|one| over(one, &[signed.as_bytes()], keys)).collect();
    Some((signed, signatures))
}

/// A key, or a part of it that signs.
#[derive(Clone, Copy)]
enum Part<'a> {
    Whole(&'a SignedPublicKey),
    Subkey(&'a SignedPublicSubKey),
}

impl Part<'_> {
    fn names(self) -> (String, KeyId) {
        match self {
            Self::Whole(key) => (key.fingerprint().to_string(), key.legacy_key_id()),
            Self::Subkey(key) => (key.fingerprint().to_string(), key.legacy_key_id()),
        }
    }
}

/// Finds the key that a signature names, and asks whether it fits.
fn checked(signature: &Signature, keys: &Keys, fits: impl Fn(Part<'_>) -> bool) -> Signed {
    let at = signature.created().and_then(|at| Timestamp::from_second(i64::from(at.as_secs())).ok());
    let named: Vec<String> = signature.issuer_fingerprint().iter().map(|it| it.to_string()).collect();
    let ids = signature.issuer_key_id();
    let mut made = Signed {
        fit: Fit::NoCertificate,
        signer: None,
        key: named.first().cloned().unwrap_or_default(),
        at,
        until: None,
    };
    let is_text = matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text));
    let is_weak = !matches!(
        signature.hash_alg(),
        Some(
            HashAlgorithm::Sha256
                | HashAlgorithm::Sha384
                | HashAlgorithm::Sha512
                | HashAlgorithm::Sha3_256
                | HashAlgorithm::Sha3_512
        )
    );
    if !is_text || is_weak {
        made.fit = Fit::Unsupported;
        return made;
    }
    for (place, whole) in &keys.0 {
        let signs = |subkey: &&SignedPublicSubKey| subkey.signatures.iter().any(|it| it.key_flags().sign());
        let subkeys = whole.public_subkeys.iter().filter(signs).map(Part::Subkey);
        for key in std::iter::once(Part::Whole(whole)).chain(subkeys) {
            let (fingerprint, id) = key.names();
            let is_named = if named.is_empty() { ids.contains(&&id) } else { named.contains(&fingerprint) };
            if !is_named {
                continue;
            }
            made.signer = Some(*place);
            made.key = whole.fingerprint().to_string();
            made.until = until(whole);
            made.fit = if fits(key) { Fit::Fits } else { Fit::Altered };
            if made.fit == Fit::Fits {
                return made;
            }
        }
    }
    made
}

/// Until when a key is good by what its owner wrote into it.
pub(super) fn until(key: &SignedPublicKey) -> Option<Timestamp> {
    if !key.details.revocation_signatures.is_empty() {
        return Some(Timestamp::UNIX_EPOCH);
    }
    let own =
        key.details.users.iter().flat_map(|user| &user.signatures).chain(&key.details.direct_signatures);
    let newest = own.filter(|it| it.created().is_some()).max_by_key(|it| it.created().map(|at| at.as_secs()));
    let lasts = newest.and_then(|it| it.key_expiration_time()).filter(|lasts| lasts.as_secs() > 0)?;
    let end = i64::from(key.created_at().as_secs()) + i64::from(lasts.as_secs());
    Timestamp::from_second(end).ok()
}

fn wrapped(keys: &[Esk]) -> Vec<Wrapped> {
    let packet = |esk: &Esk| {
        let Esk::PublicKeyEncryptedSessionKey(packet) = esk else { return None };
        let mut bytes = Vec::new();
        packet.to_writer_with_header(&mut bytes).ok()?;
        (bytes.len() <= super::envelope::WRAPPED).then_some(Wrapped::OpenPgp(bytes))
    };
    keys.iter().take(RECIPIENTS).filter_map(packet).collect()
}

/// The byte before a key that says for which kind of message it is.
const FOR_V4: u8 = 4;
const FOR_V6: u8 = 6;

fn session_key(bytes: &[u8]) -> Option<PlainSessionKey> {
    match bytes {
        [FOR_V4, algorithm, key @ ..] => {
            Some(PlainSessionKey::V3_4 { sym_alg: SymmetricKeyAlgorithm::from(*algorithm), key: key.into() })
        }
        [FOR_V6, key @ ..] => Some(PlainSessionKey::V6 { key: key.into() }),
        _ => None,
    }
}

/// The CERT's own key.
pub struct OwnKey(SignedSecretKey);

impl std::fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OwnKey({})", self.fingerprint())
    }
}

impl OwnKey {
    /// Makes one on Curve25519, in the form that every program reads (version 4).
    ///
    /// # Errors
    /// [`CryptoError::Key`].
    pub fn generate(name: &Name, address: &MailAddress, env: &Env) -> Result<Self, CryptoError> {
        let failed = |error: &dyn std::fmt::Display| CryptoError::Key(format!("OpenPGP: {error}"));
        let seconds = u32::try_from(env.now().as_second()).map_err(|error| failed(&error))?;
        let now = pgp::types::Timestamp::from_secs(seconds);
        let opens = SubkeyParamsBuilder::default()
            .key_type(KeyType::ECDH(ECCCurve::Curve25519Legacy))
            .can_encrypt(EncryptionCaps::All)
            .created_at(now)
            .build()
            .map_err(|error| failed(&error))?;
        // What would end a user id's address is left out.
        let shown: String = name.as_str().chars().filter(|c| !"<>()\"".contains(*c)).collect();
        let params = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .created_at(now)
            .primary_user_id(format!("{shown} <{address}>"))
            .preferred_symmetric_algorithms(
                vec![SymmetricKeyAlgorithm::AES256, SymmetricKeyAlgorithm::AES128].into(),
            )
            .preferred_hash_algorithms(vec![HashAlgorithm::Sha512, HashAlgorithm::Sha256].into())
            .subkey(opens)
            .build()
            .map_err(|error| failed(&error))?;
        params.generate(Drawn(env)).map(Self).map_err(|error| failed(&error))
    }

    /// Reads an armored private key without a passphrase.
    ///
    /// # Errors
    /// [`CryptoError::Key`] with what is wrong.
    pub fn from_armored(text: &str) -> Result<Self, CryptoError> {
        let wrong = |why: String| CryptoError::Key(format!("OpenPGP: {why}"));
        let (key, _) = SignedSecretKey::from_string(text).map_err(|error| wrong(error.to_string()))?;
        Self::usable(key)
    }

    /// Reads what [`OwnKey::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`CryptoError::Key`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        let key = SignedSecretKey::from_bytes(bytes);
        Self::usable(key.map_err(|error| CryptoError::Key(format!("OpenPGP: {error}")))?)
    }

    fn usable(key: SignedSecretKey) -> Result<Self, CryptoError> {
        let wrong = |why: &str| CryptoError::Key(format!("OpenPGP: {why}"));
        key.verify_bindings().map_err(|error| wrong(&error.to_string()))?;
        let is_locked = key.primary_key.secret_params().is_encrypted()
            || key.secret_subkeys.iter().any(|subkey| subkey.key.secret_params().is_encrypted());
        if is_locked {
            return Err(wrong(
                "has a passphrase: take it off with `gpg --edit-key ID passwd`, then export it again",
            ));
        }
        let opens = |signature: &Signature| signature.key_flags().encrypt_comms();
        if !key.secret_subkeys.iter().any(|subkey| subkey.signatures.iter().any(opens)) {
            return Err(wrong("has no part that mail can be encrypted for"));
        }
        Ok(Self(key))
    }

    /// For sealing.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        self.0.to_bytes().map(Zeroizing::new).map_err(CryptoError::encoding)
    }

    /// The public half, armored, for whoever writes to us.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`].
    pub fn public(&self) -> Result<String, CryptoError> {
        self.0.to_public_key().to_armored_string(ArmorOptions::default()).map_err(CryptoError::encoding)
    }

    /// The fingerprint, in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.primary_key.fingerprint().to_string()
    }

    /// The key of a message that was wrapped for this one, as [`open`] takes it.
    pub(super) fn unwrap(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let packet = PacketParser::new(packet).next()?.ok()?;
        let Packet::PublicKeyEncryptedSessionKey(packet) = packet else { return None };
        let kind = match packet.version() {
            PkeskVersion::V3 => EskType::V3_4,
            PkeskVersion::V6 => EskType::V6,
            PkeskVersion::Other(_) => return None,
        };
        let values = packet.values().ok()?;
        let mine =
            self.0.secret_subkeys.iter().filter(|subkey| packet.match_identity(subkey.key.public_key()));
        let mut found =
            mine.filter_map(|subkey| subkey.key.decrypt(&Password::empty(), values, kind).ok()?.ok());
        match found.next()? {
            PlainSessionKey::V3_4 { sym_alg, ref key } => {
                Some([&[FOR_V4, u8::from(sym_alg)][..], key.as_ref()].concat())
            }
            PlainSessionKey::V6 { ref key } => Some([&[FOR_V6][..], key.as_ref()].concat()),
            PlainSessionKey::V5 { .. } => None,
        }
    }
}
