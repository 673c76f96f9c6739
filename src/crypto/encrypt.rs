//! Mail encrypted for one reader by S/MIME: CMS EnvelopedData (RFC 5652, RFC 8551), the content by AES-256-CBC, its key by
//! RSA (RFC 3370, 4.2.1) or agreed on P-256 and P-384 (RFC 5753).
//!
//! CBC and PKCS#1 v1.5 are what every mail program opens, smart cards and gateways too. What is encrypted is signed inside,
//! so that a changed mail is noticed, and is plain text, which loads nothing.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockEncryptMut as _, KeyIvInit as _};
use cms::cert::IssuerAndSerialNumber;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{
    EncryptedContentInfo, KeyTransRecipientInfo, OriginatorIdentifierOrKey, OriginatorPublicKey,
    RecipientIdentifier,
};
use der::asn1::{Any, AnyRef, BitString, ObjectIdentifier, OctetString, SetOfVec};
use der::oid::db::rfc5911::{ID_AES_256_CBC, ID_AES_256_WRAP, ID_DATA, ID_ENVELOPED_DATA};
use der::oid::db::rfc5912::{ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1};
use der::{Decode as _, Encode as _, Tagged as _};
use jiff::Timestamp;
use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Encrypt, RsaPublicKey};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::Certificate;
use x509_cert::ext::pkix::KeyUsage;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;
use zeroize::Zeroizing;

use super::agreement::Agreement;
use super::envelope::{AgreedKey, EnvelopedData, KEY_AGREEMENT, KeyAgreement};
use super::keys::Drawn;
use super::{CryptoError, signing_random};
use crate::core::env::Env;

/// Bytes of the shortest RSA key that mail is encrypted for: 2,048 bits, as long as cards have them.
const RSA_MIN_BYTES: usize = 256;

/// dhSinglePass-stdDH with SHA-256 (RFC 5753, 7.1.4).
const AGREE_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.1.11.1");
/// The same with SHA-384.
const AGREE_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.1.11.2");

/// Why nothing is encrypted for a key that is on file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Its time is over, or it was revoked.
    Ended,
    /// Its time has not begun.
    NotYet,
    /// It cannot be read, does not encrypt, is too short, or of a kind that is not known here.
    Unusable,
}

/// A reader's certificate that mail is encrypted for.
#[derive(Debug, Clone)]
pub struct SmimeReader {
    name: IssuerAndSerialNumber,
    key: Key,
}

#[derive(Debug, Clone)]
enum Key {
    Rsa(RsaPublicKey),
    Curve { curve: &'static agreement::Algorithm, scheme: ObjectIdentifier, point: Vec<u8> },
}

impl SmimeReader {
    /// Reads a PEM certificate that is to be used at `now`.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn read(pem: &str, now: Timestamp) -> Result<Self, Lack> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| Lack::Unusable)?;
        let certificate = Certificate::from_der(&der).map_err(|_| Lack::Unusable)?;
        let tbs = &certificate.tbs_certificate;
        if now < instant(tbs.validity.not_before)? {
            return Err(Lack::NotYet);
        }
        if now > instant(tbs.validity.not_after)? {
            return Err(Lack::Ended);
        }
        let key = key(&certificate).ok_or(Lack::Unusable)?;
        let usage = tbs.get::<KeyUsage>().map_err(|_| Lack::Unusable)?;
        let may = usage.is_none_or(|(_, usage)| match key {
            Key::Rsa(_) => usage.key_encipherment(),
            Key::Curve { .. } => usage.key_agreement(),
        });
        let name =
            IssuerAndSerialNumber { issuer: tbs.issuer.clone(), serial_number: tbs.serial_number.clone() };
        if may { Ok(Self { name, key }) } else { Err(Lack::Unusable) }
    }

    /// Encrypts content for this reader alone, as DER.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`] when the key refuses.
    pub fn encrypt(&self, content: &[u8], env: &Env) -> Result<Vec<u8>, CryptoError> {
        let key = Zeroizing::new(env.bytes::<32>());
        let iv = env.bytes::<16>();
        let encrypted = cbc::Encryptor::<aes::Aes256>::new_from_slices(&*key, &iv)
            .map_err(CryptoError::encoding)?
            .encrypt_padded_vec_mut::<Pkcs7>(content);
        // RFC 5652, section 6.1: the version follows from the kind of recipient.
        let (version, recipient) = match &self.key {
            Key::Rsa(public) => (CmsVersion::V0, self.transported(public, &*key, env)?),
            Key::Curve { curve, scheme, point } => {
                (CmsVersion::V2, self.agreed(curve, *scheme, point, &*key)?)
            }
        };
        let iv = OctetString::new(iv).map_err(CryptoError::encoding)?;
        let data = EnvelopedData {
            version,
            originator_info: None,
            recip_infos: SetOfVec::try_from(vec![recipient]).map_err(CryptoError::encoding)?,
            encrypted_content: EncryptedContentInfo {
                content_type: ID_DATA,
                content_enc_alg: AlgorithmIdentifierOwned {
                    oid: ID_AES_256_CBC,
                    parameters: Some(Any::encode_from(&iv).map_err(CryptoError::encoding)?),
                },
                encrypted_content: Some(OctetString::new(encrypted).map_err(CryptoError::encoding)?),
            },
            unprotected_attrs: None,
        };
        let content = Any::encode_from(&data).map_err(CryptoError::encoding)?;
        ContentInfo { content_type: ID_ENVELOPED_DATA, content }.to_der().map_err(CryptoError::encoding)
    }

    fn transported(&self, public: &RsaPublicKey, key: &[u8], env: &Env) -> Result<Any, CryptoError> {
        let wrapped = public.encrypt(&mut Drawn(env), Pkcs1v15Encrypt, key).map_err(CryptoError::encoding)?;
        let info = KeyTransRecipientInfo {
            version: CmsVersion::V0,
            rid: RecipientIdentifier::IssuerAndSerialNumber(self.name.clone()),
            key_enc_alg: AlgorithmIdentifierOwned {
                oid: RSA_ENCRYPTION,
                parameters: Some(AnyRef::NULL.into()),
            },
            enc_key: OctetString::new(wrapped).map_err(CryptoError::encoding)?,
        };
        Any::encode_from(&info).map_err(CryptoError::encoding)
    }

    fn agreed(
        &self,
        curve: &'static agreement::Algorithm,
        scheme: ObjectIdentifier,
        point: &[u8],
        key: &[u8],
    ) -> Result<Any, CryptoError> {
        let refused = |_| CryptoError::Encoding("no key could be agreed on".to_owned());
        let own = EphemeralPrivateKey::generate(curve, &signing_random()).map_err(refused)?;
        let public = own.compute_public_key().map_err(refused)?;
        let wrap = AlgorithmIdentifierOwned { oid: ID_AES_256_WRAP, parameters: None };
        let algorithm = AlgorithmIdentifierOwned {
            oid: scheme,
            parameters: Some(Any::encode_from(&wrap).map_err(CryptoError::encoding)?),
        };
        let agreement = Agreement::read(&algorithm.to_der().map_err(CryptoError::encoding)?);
        let wrapped = agree_ephemeral(own, &UnparsedPublicKey::new(curve, point), |secret| {
            agreement.and_then(|agreement| agreement.wrap(secret, key))
        })
        .map_err(refused)?
        .ok_or_else(|| CryptoError::Encoding("the key cannot be wrapped".to_owned()))?;
        let info = KeyAgreement {
            version: CmsVersion::V3,
            originator: OriginatorIdentifierOrKey::OriginatorKey(OriginatorPublicKey {
                algorithm: AlgorithmIdentifierOwned { oid: ID_EC_PUBLIC_KEY, parameters: None },
                public_key: BitString::from_bytes(public.as_ref()).map_err(CryptoError::encoding)?,
            }),
            ukm: None,
            key_enc_alg: algorithm,
            recipient_enc_keys: vec![AgreedKey {
                rid: Any::encode_from(&self.name).map_err(CryptoError::encoding)?,
                enc_key: OctetString::new(wrapped).map_err(CryptoError::encoding)?,
            }],
        };
        let info = Any::encode_from(&info).map_err(CryptoError::encoding)?;
        debug_assert_eq!(info.tag(), der::Tag::Sequence);
        Any::new(KEY_AGREEMENT, info.value()).map_err(CryptoError::encoding)
    }
}

fn key(certificate: &Certificate) -> Option<Key> {
    let info = &certificate.tbs_certificate.subject_public_key_info;
    let bytes = info.subject_public_key.raw_bytes();
    match info.algorithm.oid {
        RSA_ENCRYPTION => {
            let key = RsaPublicKey::from_pkcs1_der(bytes).ok()?;
            (key.size() >= RSA_MIN_BYTES).then_some(Key::Rsa(key))
        }
        ID_EC_PUBLIC_KEY => {
            let named: ObjectIdentifier = info.algorithm.parameters.as_ref()?.decode_as().ok()?;
            let (curve, scheme) = match named {
                SECP_256_R_1 => (&agreement::ECDH_P256, AGREE_SHA_256),
                SECP_384_R_1 => (&agreement::ECDH_P384, AGREE_SHA_384),
                _ => return None,
            };
            Some(Key::Curve { curve, scheme, point: bytes.to_vec() })
        }
        _ => None,
    }
}

fn instant(time: Time) -> Result<Timestamp, Lack> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_err(|_| Lack::Unusable)
}
