//! Key agreement in CMS (RFC 5753): the key that wraps a message's key, derived from what both sides know (X9.63).

use aes_kw::Kek;
use der::asn1::{ObjectIdentifier, OctetString};
use der::oid::db::rfc5911::{ID_AES_128_WRAP, ID_AES_192_WRAP, ID_AES_256_WRAP};
use der::{Decode as _, Encode as _, Sequence};
use ring::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
use x509_cert::spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

/// dhSinglePass-stdDH and -cofactorDH, which are the same where the cofactor is 1, with their hashes. SHA-1 is OpenSSL's
/// default here; it only mixes a secret.
const DERIVATIONS: [(&str, &str, &Algorithm); 4] = [
    ("1.3.133.16.840.63.0.2", "1.3.133.16.840.63.0.3", &SHA1_FOR_LEGACY_USE_ONLY),
    ("1.3.132.1.11.1", "1.3.132.1.14.1", &SHA256),
    ("1.3.132.1.11.2", "1.3.132.1.14.2", &SHA384),
    ("1.3.132.1.11.3", "1.3.132.1.14.3", &SHA512),
];

/// RFC 5753, section 7.2.
#[derive(Clone, Debug, Sequence)]
struct SharedInfo {
    key_info: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    salt: Option<OctetString>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT")]
    bits: OctetString,
}

/// How the wrapping key comes about, and how it wraps.
pub(super) struct Agreement {
    hash: &'static Algorithm,
    wrap: AlgorithmIdentifierOwned,
    length: usize,
}

impl Agreement {
    /// Reads the algorithm of a message.
    pub(super) fn read(derivation: &[u8]) -> Option<Self> {
        let algorithm = AlgorithmIdentifierOwned::from_der(derivation).ok()?;
        let named = algorithm.oid.to_string();
        let (_, _, hash) =
            DERIVATIONS.iter().find(|(plain, cofactor, _)| named == *plain || named == *cofactor)?;
        let wrap: AlgorithmIdentifierOwned = algorithm.parameters?.decode_as().ok()?;
        let length = key_length(wrap.oid)?;
        Some(Self { hash, wrap, length })
    }

    fn derive(&self, secret: &[u8], salt: Option<&[u8]>) -> Option<Zeroizing<Vec<u8>>> {
        let bits = u32::try_from(self.length * 8).ok()?;
        let info = SharedInfo {
            key_info: self.wrap.clone(),
            salt: salt.map(OctetString::new).transpose().ok()?,
            bits: OctetString::new(bits.to_be_bytes()).ok()?,
        };
        let info = info.to_der().ok()?;
        let mut key = Zeroizing::new(Vec::new());
        for counter in 1_u32.. {
            if key.len() >= self.length {
                break;
            }
            let mut context = Context::new(self.hash);
            context.update(secret);
            context.update(&counter.to_be_bytes());
            context.update(&info);
            key.extend(context.finish().as_ref());
        }
        key.truncate(self.length);
        Some(key)
    }

    /// Wraps a message's key; `secret` is what both sides know.
    pub(super) fn wrap(&self, secret: &[u8], key: &[u8]) -> Option<Vec<u8>> {
        let own = self.derive(secret, None)?;
        match self.length {
            16 => Kek::<aes::Aes128>::try_from(own.as_slice()).ok()?.wrap_vec(key).ok(),
            24 => Kek::<aes::Aes192>::try_from(own.as_slice()).ok()?.wrap_vec(key).ok(),
            _ => Kek::<aes::Aes256>::try_from(own.as_slice()).ok()?.wrap_vec(key).ok(),
        }
    }

    /// The message's key; `secret` is what both sides know.
    pub(super) fn unwrap(&self, secret: &[u8], salt: Option<&[u8]>, wrapped: &[u8]) -> Option<Vec<u8>> {
        let key = self.derive(secret, salt)?;
        match self.length {
            16 => Kek::<aes::Aes128>::try_from(key.as_slice()).ok()?.unwrap_vec(wrapped).ok(),
            24 => Kek::<aes::Aes192>::try_from(key.as_slice()).ok()?.unwrap_vec(wrapped).ok(),
            _ => Kek::<aes::Aes256>::try_from(key.as_slice()).ok()?.unwrap_vec(wrapped).ok(),
        }
    }
}

fn key_length(wrap: ObjectIdentifier) -> Option<usize> {
    match wrap {
        ID_AES_128_WRAP => Some(16),
        ID_AES_192_WRAP => Some(24),
        ID_AES_256_WRAP => Some(32),
        _ => None,
    }
}
