//! Whose a certificate is: whether one of the configured authorities vouches for it, and for which mail addresses.

use std::time::Duration;

use der::Decode as _;
use der::asn1::{Ia5String, ObjectIdentifier};
use jiff::Timestamp;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage as Purpose, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{KeyUsage, SubjectAltName};

use super::CryptoError;
use super::keys::{Validity, instant};

/// emailProtection (RFC 5280, 4.2.1.12), as it is encoded.
const EMAIL_PROTECTION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 4];
/// The mail address in a subject's name (PKCS #9).
const SUBJECT_MAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// Authorities that vouch for certificates of others.
#[derive(Debug, Clone, Default)]
pub struct Anchors(Vec<TrustAnchor<'static>>);

/// What the authorities say of a certificate at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voucher {
    Vouched,
    /// One of them did, and the certificate's time was over or had not begun.
    NotThen,
    /// None of them knows it, or not as one that signs mail.
    Unknown,
}

impl Anchors {
    /// Reads certificates of authorities (PEM).
    ///
    /// # Errors
    /// [`CryptoError::Certificate`] for what cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CryptoError> {
        let broken =
            |error: &dyn std::fmt::Display| CryptoError::Certificate(format!("of an authority: {error}"));
        let anchors = CertificateDer::pem_slice_iter(pem).map(|der| {
            let der = der.map_err(|error| broken(&error))?;
            Ok(anchor_from_trusted_cert(&der).map_err(|error| broken(&error))?.to_owned())
        });
        anchors.collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of them vouches for `certificate`, over `others` where needed, as one that signs mail.
    #[must_use]
    pub fn vouch(&self, certificate: &[u8], others: &[Vec<u8>], at: Timestamp) -> Voucher {
        let Ok(read) = Certificate::from_der(certificate) else { return Voucher::Unknown };
        let usage = read.tbs_certificate.get::<KeyUsage>();
        let signs = |usage: &KeyUsage| usage.digital_signature() || usage.non_repudiation();
        if !usage.is_ok_and(|usage| usage.is_none_or(|(_, usage)| signs(&usage))) {
            return Voucher::Unknown;
        }
        if self.leads_to(certificate, others, at) {
            return Voucher::Vouched;
        }
        // Would it have been so at its own time?
        match validity(&read) {
            Ok(validity)
                if validity.check(at).is_err() && self.leads_to(certificate, others, validity.until) =>
            {
                Voucher::NotThen
            }
            _ => Voucher::Unknown,
        }
    }

    fn leads_to(&self, certificate: &[u8], others: &[Vec<u8>], at: Timestamp) -> bool {
        let leaf = CertificateDer::from(certificate);
        let Ok(leaf) = EndEntityCert::try_from(&leaf) else { return false };
        let others: Vec<_> = others.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let at = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0)));
        let purpose = Purpose::required_if_present(EMAIL_PROTECTION);
        leaf.verify_for_usage(ALL_VERIFICATION_ALGS, &self.0, &others, at, purpose, None, None).is_ok()
    }
}

/// What a certificate says of itself; believed only where somebody vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The mail addresses that it was issued for, in lower case.
    pub addresses: Vec<String>,
    pub validity: Validity,
    /// SHA-256 over it, in hexadecimal.
    pub fingerprint: String,
}

impl Claims {
    /// Of a certificate as DER. `None`: it cannot be read.
    #[must_use]
    pub fn of(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        Some(Self {
            addresses: mail_addresses(&certificate),
            validity: validity(&certificate).ok()?,
            fingerprint: hex::encode(ring::digest::digest(&ring::digest::SHA256, der)),
        })
    }
}

fn validity(certificate: &Certificate) -> Result<Validity, CryptoError> {
    let validity = certificate.tbs_certificate.validity;
    Ok(Validity { from: instant(validity.not_before)?, until: instant(validity.not_after)? })
}

/// The mail addresses that a certificate was issued for, in lower case.
#[must_use]
pub fn mail_addresses(certificate: &Certificate) -> Vec<String> {
    let tbs = &certificate.tbs_certificate;
    let names = tbs.get::<SubjectAltName>().ok().flatten();
    let alternative = names.into_iter().flat_map(|(_, names)| names.0).filter_map(|name| match name {
        GeneralName::Rfc822Name(address) => Some(address.as_str().to_lowercase()),
        _ => None,
    });
    let parts = tbs.subject.0.iter().flat_map(|part| part.0.iter()).filter(|part| part.oid == SUBJECT_MAIL);
    let in_subject = parts.filter_map(|part| part.value.decode_as::<Ia5String>().ok());
    let mut all: Vec<_> = alternative.chain(in_subject.map(|text| text.as_str().to_lowercase())).collect();
    all.sort();
    all.dedup();
    all
}
