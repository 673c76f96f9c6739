//! Where certificates come from: a request for a real authority, or an authority of the demonstration's own.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, SanType, SerialNumber,
};

use super::CryptoError;
use super::keys::{KeyKind, PrivateKey};
use crate::core::env::Env;
use crate::core::text::{MailAddress, Name};

/// The demonstration authority's name: nobody can take it for a real one.
pub const DEMONSTRATION_NAME: &str = "Meldekette Demonstration CA";
/// How long the demonstration's certificates last.
const DEMONSTRATION_DAYS: i64 = 730;

/// Whom a certificate is to name.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The name that mail programs show (CN).
    pub name: Name,
    /// The organisation (O).
    pub organisation: Name,
    /// The address that signs (rfc822Name).
    pub address: MailAddress,
}

/// A certificate signing request (PKCS#10, RFC 2986) as PEM, for a real authority.
///
/// # Errors
/// [`CryptoError::Encoding`].
pub fn request(key: &PrivateKey, subject: &Subject) -> Result<String, CryptoError> {
    let pair = key.for_rcgen()?;
    let request = leaf(subject, &pair)?.serialize_request(&pair).map_err(CryptoError::encoding)?;
    request.pem().map_err(CryptoError::encoding)
}

/// An authority for trying the product out. Nobody outside trusts it.
pub struct DemonstrationAuthority {
    key: PrivateKey,
    certificate_pem: String,
}

impl DemonstrationAuthority {
    /// Makes a new one on P-256, valid from now on.
    ///
    /// # Errors
    /// [`CryptoError`] when a key or certificate cannot be made.
    pub fn create(env: &Env) -> Result<Self, CryptoError> {
        let key = PrivateKey::generate(KeyKind::P256, env)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, DEMONSTRATION_NAME);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        set_lifetime(&mut params, env);
        let certificate = params.self_signed(&key.for_rcgen()?).map_err(CryptoError::encoding)?;
        Ok(Self { key, certificate_pem: certificate.pem() })
    }

    /// Takes up one that was made before.
    #[must_use]
    pub fn new(key: PrivateKey, certificate_pem: String) -> Self {
        Self { key, certificate_pem }
    }

    /// Certifies `key` for signing and opening mail as `subject`, and returns the certificate (PEM).
    ///
    /// # Errors
    /// [`CryptoError::Encoding`].
    pub fn issue(&self, key: &PrivateKey, subject: &Subject, env: &Env) -> Result<String, CryptoError> {
        let pair = key.for_rcgen()?;
        let mut params = leaf(subject, &pair)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        set_lifetime(&mut params, env);
        let issuer = Issuer::from_ca_cert_pem(&self.certificate_pem, self.key.for_rcgen()?)
            .map_err(CryptoError::encoding)?;
        let certificate = params.signed_by(&pair, &issuer).map_err(CryptoError::encoding)?;
        Ok(certificate.pem())
    }

    /// The authority's own certificate (PEM), for whoever wants to verify.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The authority's key, for sealing.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }
}

/// For signing mail and, with the same key, for mail that others encrypt.
fn leaf(subject: &Subject, pair: &rcgen::KeyPair) -> Result<CertificateParams, CryptoError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, subject.organisation.as_str());
    params.distinguished_name.push(DnType::CommonName, subject.name.as_str());
    let address = subject.address.as_str().try_into().map_err(CryptoError::encoding)?;
    params.subject_alt_names = vec![SanType::Rfc822Name(address)];
    let opens = if pair.is_compatible(&rcgen::PKCS_ECDSA_P256_SHA256) {
        KeyUsagePurpose::KeyAgreement
    } else {
        KeyUsagePurpose::KeyEncipherment
    };
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, opens];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    Ok(params)
}

fn set_lifetime(params: &mut CertificateParams, env: &Env) {
    let now = env.now();
    let end = now + SignedDuration::from_hours(24 * DEMONSTRATION_DAYS);
    let mut serial = env.bytes::<16>();
    // A positive number without leading zeros (RFC 5280, section 4.1.2.2).
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let since_1970 =
        |instant: Timestamp| Duration::from_secs(u64::try_from(instant.as_second()).unwrap_or(0));
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + since_1970(now);
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_1970(end);
}
