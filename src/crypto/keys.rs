//! Private keys and the S/MIME identity that signs every mail.

use cms::cert::IssuerAndSerialNumber;
use der::oid::db::rfc5280::ID_KP_EMAIL_PROTECTION;
use der::pem::LineEnding;
use der::{Decode as _, Encode as _, EncodePem as _};
use jiff::Timestamp;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::EncodePrivateKey as _;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_cert::Certificate;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName};
use zeroize::Zeroizing;

use super::{CryptoError, signing_random};
use crate::core::env::Env;
use crate::core::text::MailAddress;

/// Bits of the shortest RSA key that may sign (BSI TR-02102-1 asks for 3,000).
const RSA_MIN_BITS: usize = 3072;

/// The kinds of keys that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA on P-256: fast, small signatures, understood by every mail program of the last ten years.
    P256,
    /// RSA with 3,072 bits, PKCS#1 v1.5.
    Rsa3072,
    /// RSA with 4,096 bits, PKCS#1 v1.5.
    Rsa4096,
}

/// A private key as PKCS#8 (RFC 5958). Wiped from memory when dropped, never shown by `Debug`.
#[derive(Clone)]
pub struct PrivateKey(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PrivateKey {
    /// Makes a key. RSA takes seconds: call it from the command line or the blocking pool.
    ///
    /// # Errors
    /// [`CryptoError::Key`] when the generator fails.
    pub fn generate(kind: KeyKind, env: &Env) -> Result<Self, CryptoError> {
        let failed = |error: &dyn std::fmt::Display| CryptoError::Key(format!("cannot be made: {error}"));
        let bits = match kind {
            KeyKind::P256 => {
                let pair =
                    rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(|e| failed(&e))?;
                return Self::from_pkcs8(pair.serialize_der());
            }
            KeyKind::Rsa3072 => 3072,
            KeyKind::Rsa4096 => 4096,
        };
        let key = rsa::RsaPrivateKey::new(&mut Drawn(env), bits).map_err(|e| failed(&e))?;
        Self::from_pkcs8(key.to_pkcs8_der().map_err(|e| failed(&e))?.as_bytes().to_vec())
    }

    /// Takes PKCS#8 as it stands and checks that it can sign.
    ///
    /// # Errors
    /// [`CryptoError::Key`] with what is wrong.
    pub fn from_pkcs8(der: Vec<u8>) -> Result<Self, CryptoError> {
        let key = Self(Zeroizing::new(der));
        Signer::new(&key)?;
        Ok(key)
    }

    /// Reads an unencrypted PEM key, PKCS#8 or RSA's own form.
    ///
    /// # Errors
    /// [`CryptoError::Key`] with what is wrong and the command that mends it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CryptoError> {
        let text = String::from_utf8_lossy(pem);
        if text.contains("ENCRYPTED") {
            return Err(CryptoError::Key(
                "is encrypted: decrypt it with `openssl pkcs8 -in KEY -out PLAIN`, import that, then delete it".to_owned(),
            ));
        }
        match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs8(der)) => Self::from_pkcs8(der.secret_pkcs8_der().to_vec()),
            Ok(PrivateKeyDer::Pkcs1(der)) => {
                let key = rsa::RsaPrivateKey::from_pkcs1_der(der.secret_pkcs1_der())
                    .map_err(|error| CryptoError::Key(error.to_string()))?;
                let der = key.to_pkcs8_der().map_err(|error| CryptoError::Key(error.to_string()))?;
                Self::from_pkcs8(der.as_bytes().to_vec())
            }
            Ok(_) => Err(CryptoError::Key(
                "is in the older EC form: convert it with `openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY8`"
                    .to_owned(),
            )),
            Err(_) => Err(CryptoError::Key("no PEM block `PRIVATE KEY` found".to_owned())),
        }
    }

    /// The PKCS#8 bytes, for sealing.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.0
    }

    /// Tells keys apart: the first eight bytes of the public key's SHA-256, in hexadecimal.
    ///
    /// # Errors
    /// [`CryptoError::Key`].
    pub fn id(&self) -> Result<String, CryptoError> {
        Ok(key_id(Signer::new(self)?.public()))
    }

    /// The same key for rcgen, which writes requests and certificates.
    pub(super) fn for_rcgen(&self) -> Result<rcgen::KeyPair, CryptoError> {
        let algorithm = match Signer::new(self)? {
            Signer::P256(_) => &rcgen::PKCS_ECDSA_P256_SHA256,
            Signer::Rsa(_) => &rcgen::PKCS_RSA_SHA256,
        };
        rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&self.pkcs8().into(), algorithm)
            .map_err(CryptoError::encoding)
    }
}

/// `Env` for the `rsa` crate.
pub(super) struct Drawn<'a>(pub(super) &'a Env);

impl rsa::rand_core::RngCore for Drawn<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.bytes())
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for chunk in dest.chunks_mut(64) {
            chunk.copy_from_slice(&self.0.bytes::<64>()[..chunk.len()]);
        }
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}
impl rsa::rand_core::CryptoRng for Drawn<'_> {}

/// A key that ring signs with.
pub(super) enum Signer {
    P256(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

impl Signer {
    fn new(key: &PrivateKey) -> Result<Self, CryptoError> {
        if let Ok(pair) =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.pkcs8(), &signing_random())
        {
            return Ok(Self::P256(Box::new(pair)));
        }
        let pair = RsaKeyPair::from_pkcs8(key.pkcs8()).map_err(|error| {
            CryptoError::Key(format!("neither ECDSA on P-256 nor RSA with 3072 to 4096 bits ({error})"))
        })?;
        let bits = pair.public().modulus_len() * 8;
        if bits < RSA_MIN_BITS {
            return Err(CryptoError::Key(format!(
                "RSA with {bits} bits is too short: at least {RSA_MIN_BITS} are needed"
            )));
        }
        Ok(Self::Rsa(Box::new(pair)))
    }

    fn public(&self) -> &[u8] {
        match self {
            Self::P256(pair) => pair.public_key().as_ref(),
            Self::Rsa(pair) => pair.public_key().as_ref(),
        }
    }

    /// Signs with SHA-256.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let failed = |_| CryptoError::Key("refused to sign".to_owned());
        match self {
            Self::P256(pair) => Ok(pair.sign(&signing_random(), message).map_err(failed)?.as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &signing_random(), message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

/// What a signing certificate that is not valid now is met with.
pub const CERTIFICATE_ENDED: &str = "every mail waits: ask for a new certificate (`meldekette keys request`), take it \
                                     into use (`meldekette keys import`) and start the service again";

/// From when until when a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Validity {
    /// Whether `now` is within it.
    ///
    /// # Errors
    /// [`CryptoError::NotValidNow`].
    pub fn check(self, now: Timestamp) -> Result<(), CryptoError> {
        let Self { from, until } = self;
        if (from..=until).contains(&now) {
            Ok(())
        } else {
            Err(CryptoError::NotValidNow { from, until, now })
        }
    }
}

/// Who signs: the private key, its certificate with the chain above it, and the mail address that it certifies.
pub struct SigningIdentity {
    pub(super) signer: Signer,
    pub(super) prepared: super::smime::Prepared,
    address: MailAddress,
    subject: String,
    fingerprint: String,
    missing_issuer: Option<String>,
    validity: Validity,
}

impl std::fmt::Debug for SigningIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningIdentity")
            .field("subject", &self.subject)
            .field("fingerprint", &self.fingerprint)
            .finish()
    }
}

impl SigningIdentity {
    /// Puts a key and its certificate (PEM, with the chain above it, in any order) together. Checks that they belong together
    /// and that the certificate is for signing mail (RFC 8550); whether it is valid at an instant is
    /// [`Validity::check`]'s question.
    ///
    /// # Errors
    /// [`CryptoError::Mismatch`], or [`CryptoError::Certificate`] with what is wrong.
    pub fn new(key: &PrivateKey, certificates_pem: &[u8]) -> Result<Self, CryptoError> {
        let mut certificates = read_certificates(certificates_pem)?;
        let signer = Signer::new(key)?;
        let is_leaf = |certificate: &Certificate| public_key(certificate) == signer.public();
        let place = certificates.iter().position(is_leaf).ok_or(CryptoError::Mismatch)?;
        certificates[..=place].rotate_right(1);
        let leaf = &certificates[0];
        check_purpose(leaf)?;
        let address = certified_address(leaf)?;
        let der = leaf.to_der().map_err(CryptoError::encoding)?;
        let validity = leaf.tbs_certificate.validity;
        let issuer = &leaf.tbs_certificate.issuer;
        let is_there = certificates.iter().any(|above| above.tbs_certificate.subject == *issuer);
        Ok(Self {
            missing_issuer: (!is_there).then(|| issuer.to_string()),
            prepared: super::smime::Prepared::new(&signer, &certificates)?,
            signer,
            address,
            subject: leaf.tbs_certificate.subject.to_string(),
            fingerprint: hex::encode(ring::digest::digest(&ring::digest::SHA256, &der)),
            validity: Validity { from: instant(validity.not_before)?, until: instant(validity.not_after)? },
        })
    }

    /// Who issued the certificate (RFC 4514), where the issuer's own certificate is not among the chain: mail programs
    /// that do not know it cannot check a signature.
    #[must_use]
    pub fn missing_issuer(&self) -> Option<&str> {
        self.missing_issuer.as_deref()
    }

    /// When the certificate is valid.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The address in the certificate: every mail's From.
    #[must_use]
    pub fn address(&self) -> &MailAddress {
        &self.address
    }

    /// The certificate's subject (RFC 4514).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// SHA-256 over the certificate, in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// When the certificate ends.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.validity.until
    }
}

/// [`PrivateKey::id`] of each key that one of these certificates certifies.
pub(super) fn certified_key_ids(certificates_pem: &[u8]) -> Result<Vec<String>, CryptoError> {
    Ok(read_certificates(certificates_pem)?.iter().map(|found| key_id(public_key(found))).collect())
}

/// The certificates of a file (PEM) without what else may stand in it, such as a private key.
pub(super) fn certificates_alone(pem: &[u8]) -> Result<String, CryptoError> {
    let certificates = read_certificates(pem)?;
    certificates.iter().map(|found| found.to_pem(LineEnding::LF).map_err(CryptoError::encoding)).collect()
}

/// How encrypted mail names the certificates of a file (PEM): issuer and serial number, as DER.
pub(super) fn certificate_names(pem: &[u8]) -> Result<Vec<Vec<u8>>, CryptoError> {
    let name = |found: &Certificate| {
        let tbs = &found.tbs_certificate;
        let name =
            IssuerAndSerialNumber { issuer: tbs.issuer.clone(), serial_number: tbs.serial_number.clone() };
        name.to_der().map_err(CryptoError::encoding)
    };
    read_certificates(pem)?.iter().map(name).collect()
}

fn key_id(public: &[u8]) -> String {
    hex::encode(&ring::digest::digest(&ring::digest::SHA256, public).as_ref()[..8])
}

fn public_key(certificate: &Certificate) -> &[u8] {
    certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes()
}

fn read_certificates(pem: &[u8]) -> Result<Vec<Certificate>, CryptoError> {
    let broken = |error: &dyn std::fmt::Display| CryptoError::Certificate(format!("cannot be read: {error}"));
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .map(|der| {
            let der = der.map_err(|error| broken(&error))?;
            let certificate = Certificate::from_der(&der).map_err(|error| broken(&error))?;
            // What is re-encoded differently would not verify any more.
            if certificate.to_der().map_err(|error| broken(&error))? != der.as_ref() {
                return Err(broken(&"it is not in distinguished encoding (DER)"));
            }
            Ok(certificate)
        })
        .collect::<Result<_, _>>()?;
    if certificates.is_empty() {
        return Err(CryptoError::Certificate("no PEM block `CERTIFICATE` found".to_owned()));
    }
    Ok(certificates)
}

fn check_purpose(leaf: &Certificate) -> Result<(), CryptoError> {
    let wrong = |why: &str| Err(CryptoError::Certificate(why.to_owned()));
    let certificate = &leaf.tbs_certificate;
    if certificate
        .get::<BasicConstraints>()
        .map_err(CryptoError::encoding)?
        .is_some_and(|(_, constraints)| constraints.ca)
    {
        return wrong(
            "is a certification authority's; the key must belong to the certificate that signs mail",
        );
    }
    let usage = certificate.get::<KeyUsage>().map_err(CryptoError::encoding)?;
    if usage.is_some_and(|(_, usage)| !usage.digital_signature() && !usage.non_repudiation()) {
        return wrong("its key usage does not include digitalSignature");
    }
    let purposes = certificate.get::<ExtendedKeyUsage>().map_err(CryptoError::encoding)?;
    let Some((_, ExtendedKeyUsage(purposes))) = purposes else {
        return wrong("has no extended key usage; emailProtection is needed");
    };
    if !purposes.contains(&ID_KP_EMAIL_PROTECTION) {
        return wrong("is not for signing mail: its extended key usage lacks emailProtection");
    }
    Ok(())
}

fn certified_address(leaf: &Certificate) -> Result<MailAddress, CryptoError> {
    let names = leaf.tbs_certificate.get::<SubjectAltName>().map_err(CryptoError::encoding)?;
    let address = names.iter().flat_map(|(_, names)| &names.0).find_map(|name| match name {
        GeneralName::Rfc822Name(address) => Some(address.as_str()),
        _ => None,
    });
    let Some(address) = address else {
        return Err(CryptoError::Certificate("names no mail address (rfc822Name)".to_owned()));
    };
    MailAddress::parse(address)
        .map_err(|_| CryptoError::Certificate(format!("its mail address {address:?} is not valid")))
}

pub(super) fn instant(time: x509_cert::time::Time) -> Result<Timestamp, CryptoError> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds.min(Timestamp::MAX.as_second())).map_err(CryptoError::encoding)
}
