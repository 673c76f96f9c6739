//! Encrypted content: CMS EnvelopedData (RFC 5652) and AuthEnvelopedData (RFC 5083), with key transport by RSA and key
//! agreement on P-256 (RFC 5753).
//!
//! Taken apart in two: who reads the hostile bytes finds the wrapped keys of this one message ([`read`]) and opens it with
//! what is handed back ([`Envelope::open`]); who has the private keys unwraps these alone ([`super::opener`]).

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, KeyIvInit as _};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{
    EncryptedContentInfo, KeyTransRecipientInfo, OriginatorIdentifierOrKey, OriginatorInfo,
    RecipientIdentifier, RecipientInfo,
};
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::oid::db::rfc5911::{
    DES_EDE_3_CBC, ID_AES_128_CBC, ID_AES_128_GCM, ID_AES_192_CBC, ID_AES_256_CBC, ID_AES_256_GCM,
    ID_CT_AUTH_ENVELOPED_DATA, ID_ENVELOPED_DATA,
};
use der::oid::db::rfc5912::{ID_RSAES_OAEP, RSA_ENCRYPTION};
use der::{Decode as _, Encode as _, Sequence, Tag, TagNumber, Tagged as _};
use ring::aead;
use serde::{Deserialize, Serialize};
use x509_cert::attr::Attributes;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::ber;

/// Recipients of one message that are looked at.
const RECIPIENTS: usize = 200;
/// Bytes of a wrapped key and of what belongs to it; no kept procedure needs more.
pub(super) const WRAPPED: usize = 4096;

/// A message's key, wrapped for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrapped {
    /// For an RSA key; `padding` is the algorithm as DER.
    Transport { recipient: Vec<u8>, padding: Vec<u8>, key: Vec<u8> },
    /// Under a key that both sides derive from `point`, the sender's public key for this message.
    Agreement {
        recipient: Vec<u8>,
        point: Vec<u8>,
        /// Key derivation and key wrap, as DER.
        derivation: Vec<u8>,
        salt: Option<Vec<u8>>,
        key: Vec<u8>,
    },
    /// A packet of OpenPGP.
    OpenPgp(Vec<u8>),
}

/// Why a message stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Closed {
    /// It was encrypted for others.
    NotForUs,
    /// It was changed, or damaged on its way.
    Damaged,
    /// By a procedure that is not known here, or not trusted.
    Unsupported,
}

/// RFC 5652, section 6.1. One recipient that cannot be read closes the message to nobody else.
#[derive(Clone, Debug, Sequence)]
pub(super) struct EnvelopedData {
    pub(super) version: CmsVersion,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub(super) originator_info: Option<OriginatorInfo>,
    pub(super) recip_infos: SetOfVec<Any>,
    pub(super) encrypted_content: EncryptedContentInfo,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub(super) unprotected_attrs: Option<Attributes>,
}

/// The tag of a recipient by key agreement.
pub(super) const KEY_AGREEMENT: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber::N1 };

/// RFC 5652, section 6.2.2. The type of `cms` refuses recipients that are named by their key alone.
#[derive(Clone, Debug, Sequence)]
pub(super) struct KeyAgreement {
    pub(super) version: CmsVersion,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) originator: OriginatorIdentifierOrKey,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) ukm: Option<OctetString>,
    pub(super) key_enc_alg: AlgorithmIdentifierOwned,
    pub(super) recipient_enc_keys: Vec<AgreedKey>,
}

/// The same, one recipient.
#[derive(Clone, Debug, Sequence)]
pub(super) struct AgreedKey {
    /// Issuer and serial number, or a key's identifier.
    pub(super) rid: Any,
    pub(super) enc_key: OctetString,
}

/// RFC 5083, section 2.1.
#[derive(Clone, Debug, Sequence)]
struct AuthEnvelopedData {
    version: CmsVersion,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    originator_info: Option<OriginatorInfo>,
    recip_infos: SetOfVec<Any>,
    encrypted_content: EncryptedContentInfo,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    auth_attrs: Option<Attributes>,
    mac: OctetString,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    unauth_attrs: Option<Attributes>,
}

/// RFC 5084, section 3.2; ring knows tags of 16 bytes alone.
#[derive(Clone, Debug, Sequence)]
struct GcmParameters {
    nonce: OctetString,
    #[asn1(default = "twelve")]
    tag_length: u8,
}

fn twelve() -> u8 {
    12
}

/// A message that is encrypted.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub wrapped: Vec<Wrapped>,
    algorithm: AlgorithmIdentifierOwned,
    content: Vec<u8>,
    /// Of an authenticated one: what is authenticated beside the content, and the tag.
    seal: Option<(Vec<u8>, Vec<u8>)>,
}

/// Reads an encrypted message. `None`: this is none.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Envelope> {
    let der = ber::to_der(bytes)?;
    let info = ContentInfo::from_der(&der).ok()?;
    let (recipients, content, seal) = match info.content_type {
        ID_ENVELOPED_DATA => {
            let data: EnvelopedData = info.content.decode_as().ok()?;
            (data.recip_infos, data.encrypted_content, None)
        }
        ID_CT_AUTH_ENVELOPED_DATA => {
            let data: AuthEnvelopedData = info.content.decode_as().ok()?;
            let beside = match &data.auth_attrs {
                Some(attributes) => attributes.to_der().ok()?,
                None => Vec::new(),
            };
            (data.recip_infos, data.encrypted_content, Some((beside, data.mac.into_bytes())))
        }
        _ => return None,
    };
    let wrapped = recipients.iter().take(RECIPIENTS).flat_map(wrapped_for).collect();
    let encrypted = content.encrypted_content.map(OctetString::into_bytes).unwrap_or_default();
    Some(Envelope { wrapped, algorithm: content.content_enc_alg, content: encrypted, seal })
}

fn wrapped_for(info: &Any) -> Vec<Wrapped> {
    let all = if info.tag() == KEY_AGREEMENT {
        let same = Any::new(Tag::Sequence, info.value()).and_then(|any| any.decode_as());
        same.map(|info| agreement(&info)).unwrap_or_default()
    } else {
        match info.to_der().and_then(|der| RecipientInfo::from_der(&der)) {
            Ok(RecipientInfo::Ktri(info)) => transport(&info).into_iter().collect(),
            _ => Vec::new(),
        }
    };
    let is_small = |one: &Wrapped| match one {
        Wrapped::Transport { recipient, padding, key } => {
            recipient.len() + padding.len() + key.len() <= WRAPPED
        }
        Wrapped::Agreement { recipient, point, derivation, salt, key } => {
            let salt = salt.as_ref().map_or(0, Vec::len);
            recipient.len() + point.len() + derivation.len() + salt + key.len() <= WRAPPED
        }
        Wrapped::OpenPgp(packet) => packet.len() <= WRAPPED,
    };
    all.into_iter().filter(is_small).collect()
}

fn transport(info: &KeyTransRecipientInfo) -> Option<Wrapped> {
    if ![RSA_ENCRYPTION, ID_RSAES_OAEP].contains(&info.key_enc_alg.oid) {
        return None;
    }
    let recipient = match &info.rid {
        RecipientIdentifier::IssuerAndSerialNumber(one) => one.to_der().ok()?,
        RecipientIdentifier::SubjectKeyIdentifier(_) => Vec::new(),
    };
    let padding = info.key_enc_alg.to_der().ok()?;
    Some(Wrapped::Transport { recipient, padding, key: info.enc_key.as_bytes().to_vec() })
}

fn agreement(info: &KeyAgreement) -> Vec<Wrapped> {
    let OriginatorIdentifierOrKey::OriginatorKey(sender) = &info.originator else { return Vec::new() };
    let Ok(derivation) = info.key_enc_alg.to_der() else { return Vec::new() };
    let one = |one: &AgreedKey| {
        let is_named = one.rid.tag() == Tag::Sequence;
        Some(Wrapped::Agreement {
            recipient: if is_named { one.rid.to_der().ok()? } else { Vec::new() },
            point: sender.public_key.raw_bytes().to_vec(),
            derivation: derivation.clone(),
            salt: info.ukm.as_ref().map(|salt| salt.as_bytes().to_vec()),
            key: one.enc_key.as_bytes().to_vec(),
        })
    };
    info.recipient_enc_keys.iter().take(RECIPIENTS).filter_map(one).collect()
}

impl Envelope {
    /// Opens it with one of these keys for the content.
    ///
    /// # Errors
    /// Why it stays closed.
    pub fn open(&self, keys: &[Vec<u8>]) -> Result<Vec<u8>, Closed> {
        let length = key_length(self.algorithm.oid).ok_or(Closed::Unsupported)?;
        let mut why = Closed::NotForUs;
        for key in keys.iter().filter(|key| key.len() == length) {
            match self.open_with(key) {
                Ok(content) => return Ok(content),
                Err(closed) => why = closed,
            }
        }
        Err(why)
    }

    fn open_with(&self, key: &[u8]) -> Result<Vec<u8>, Closed> {
        let parameters = self.algorithm.parameters.as_ref().ok_or(Closed::Unsupported)?;
        let unreadable = |_| Closed::Unsupported;
        let Some((beside, tag)) = &self.seal else {
            let iv: OctetString = parameters.decode_as().map_err(unreadable)?;
            return decrypt(self.algorithm.oid, key, iv.as_bytes(), &self.content);
        };
        let parameters: GcmParameters = parameters.decode_as().map_err(unreadable)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(parameters.nonce.as_bytes())
            .map_err(|_| Closed::Unsupported)?;
        let algorithm = match self.algorithm.oid {
            ID_AES_128_GCM => &aead::AES_128_GCM,
            ID_AES_256_GCM => &aead::AES_256_GCM,
            _ => return Err(Closed::Unsupported),
        };
        if tag.len() != algorithm.tag_len() {
            return Err(Closed::Unsupported);
        }
        let key = aead::UnboundKey::new(algorithm, key).map_err(|_| Closed::Unsupported)?;
        let mut content = [self.content.as_slice(), tag].concat();
        let opened = aead::LessSafeKey::new(key)
            .open_in_place(nonce, aead::Aad::from(beside), &mut content)
            .map_err(|_| Closed::Damaged)?
            .len();
        content.truncate(opened);
        Ok(content)
    }
}

/// Bytes of a key of each cipher. Triple DES (RFC 8551: historic) is still read, never written.
fn key_length(cipher: ObjectIdentifier) -> Option<usize> {
    match cipher {
        ID_AES_128_CBC | ID_AES_128_GCM => Some(16),
        ID_AES_192_CBC | DES_EDE_3_CBC => Some(24),
        ID_AES_256_CBC | ID_AES_256_GCM => Some(32),
        _ => None,
    }
}

fn decrypt(cipher: ObjectIdentifier, key: &[u8], iv: &[u8], content: &[u8]) -> Result<Vec<u8>, Closed> {
    macro_rules! cbc {
        ($block:ty) => {
            cbc::Decryptor::<$block>::new_from_slices(key, iv)
                .map_err(|_| Closed::Unsupported)?
                .decrypt_padded_vec_mut::<Pkcs7>(content)
                .map_err(|_| Closed::Damaged)
        };
    }
    match cipher {
        ID_AES_128_CBC => cbc!(aes::Aes128),
        ID_AES_192_CBC => cbc!(aes::Aes192),
        ID_AES_256_CBC => cbc!(aes::Aes256),
        DES_EDE_3_CBC => cbc!(des::TdesEde3),
        _ => Err(Closed::Unsupported),
    }
}
