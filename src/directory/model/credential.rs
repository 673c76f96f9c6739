//! What mail to a contact is encrypted for: an S/MIME certificate (RFC 8550) or an OpenPGP key.

use der::asn1::ObjectIdentifier;
use der::{Decode as _, Encode as _, EncodePem as _};
use jiff::Timestamp;
use jiff::civil::{Date, time};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use x509_cert::time::Time;

use crate::core::text::Refusal;
use crate::core::when;
use crate::crypto::trust::mail_addresses;

/// emailProtection and anyExtendedKeyUsage (RFC 5280, 4.2.1.12).
const FOR_MAIL: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"), ObjectIdentifier::new_unwrap("2.5.29.37.0")];
/// No certificate and no key is longer.
const MAX_BYTES: usize = 20_000;

/// A certificate that mail can be encrypted for at the time it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// As it is kept: nothing but the certificate.
    pub pem: String,
    pub until: Timestamp,
    /// The mail addresses it was issued for, lower case.
    pub addresses: Vec<String>,
}

impl Certificate {
    /// Reads a PEM certificate and checks that it is for mail, somebody's own, and valid at `now`.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, Refusal> {
        let certificate = read(text)?;
        let tbs = &certificate.tbs_certificate;
        let validity = &tbs.validity;
        if instant(validity.not_before)? > now {
            return Err("directory-error-certificate-early");
        }
        let until = instant(validity.not_after)?;
        if until <= now {
            return Err("directory-error-certificate-expired");
        }
        check_purpose(&certificate)?;
        let pem = certificate.to_pem(der::pem::LineEnding::LF).map_err(|_| "directory-error-certificate")?;
        Ok(Self { pem, until, addresses: mail_addresses(&certificate) })
    }

    /// The mail addresses of a certificate that is on file.
    #[must_use]
    pub fn addresses_of(pem: &str) -> Vec<String> {
        read(pem).map(|certificate| mail_addresses(&certificate)).unwrap_or_default()
    }

    /// A certificate that is on file, as DER.
    #[must_use]
    pub fn der_of(pem: &str) -> Option<Vec<u8>> {
        read(pem).ok()?.to_der().ok()
    }
}

fn read(text: &str) -> Result<x509_cert::Certificate, Refusal> {
    if text.contains("PRIVATE KEY") {
        return Err("directory-error-private-key");
    }
    if text.len() > MAX_BYTES {
        return Err("error-too-long");
    }
    // Not `from_pem`: der 0.7 reads a certificate that was cut off for ever.
    match der::pem::decode_vec(text.trim().as_bytes()) {
        Ok(("CERTIFICATE", bytes)) => {
            x509_cert::Certificate::from_der(&bytes).map_err(|_| "directory-error-certificate")
        }
        _ => Err("directory-error-certificate"),
    }
}

fn check_purpose(certificate: &x509_cert::Certificate) -> Result<(), Refusal> {
    let tbs = &certificate.tbs_certificate;
    let unreadable = |_| "directory-error-certificate";
    let constraints = tbs.get::<BasicConstraints>().map_err(unreadable)?;
    let usage = tbs.get::<KeyUsage>().map_err(unreadable)?;
    let purposes = tbs.get::<ExtendedKeyUsage>().map_err(unreadable)?;
    let is_authority = constraints.is_some_and(|(_, constraints)| constraints.ca);
    let encrypts = usage.is_none_or(|(_, usage)| usage.key_encipherment() || usage.key_agreement());
    let mails = purposes.is_none_or(|(_, purposes)| purposes.0.iter().any(|oid| FOR_MAIL.contains(oid)));
    if !is_authority && encrypts && mails { Ok(()) } else { Err("directory-error-certificate-purpose") }
}

fn instant(time: Time) -> Result<Timestamp, Refusal> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_err(|_| "directory-error-certificate")
}

/// An OpenPGP public key as somebody pasted it, with the expiry that they state: the key itself is not opened yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PgpKey {
    pub armored: String,
    pub until: Timestamp,
}

impl PgpKey {
    /// Checks the armor (RFC 9580, 6.2) and that the stated last day is still to come.
    ///
    /// # Errors
    /// The field (`pgp_key` or `pgp_until`) and the Fluent key of the reason.
    pub fn parse(key: &str, until: &str, now: Timestamp) -> Result<Self, (&'static str, Refusal)> {
        let key = key.trim().replace("\r\n", "\n");
        if key.contains("PRIVATE KEY") {
            return Err(("pgp_key", "directory-error-private-key"));
        }
        let armored = key.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n")
            && key.ends_with("-----END PGP PUBLIC KEY BLOCK-----");
        let plain = key.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte));
        if !armored || !plain || key.len() > MAX_BYTES {
            return Err(("pgp_key", "directory-error-pgp"));
        }
        let until = last_moment(parse_day(until).map_err(|reason| ("pgp_until", reason))?)
            .map_err(|reason| ("pgp_until", reason))?;
        if until <= now {
            return Err(("pgp_until", "directory-error-pgp-expired"));
        }
        Ok(Self { armored: key, until })
    }
}

/// Reads a day as `31.12.2027` or `2027-12-31`, from 1970 to 2099.
///
/// # Errors
/// The Fluent key of the reason.
pub fn parse_day(text: &str) -> Result<Date, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err("error-required");
    }
    let day = ["%d.%m.%Y", "%Y-%m-%d"].iter().find_map(|form| Date::strptime(form, text).ok());
    let day = day.ok_or("directory-error-day")?;
    if (1970..2100).contains(&day.year()) { Ok(day) } else { Err("error-date-range") }
}

fn last_moment(day: Date) -> Result<Timestamp, Refusal> {
    let moment = day.to_datetime(time(23, 59, 59, 0)).to_zoned(when::zone());
    moment.map(|moment| moment.timestamp()).map_err(|_| "directory-error-day")
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().expect("an instant")
    }

    fn issue(purpose: ExtendedKeyUsagePurpose, from: i32, until: i32) -> String {
        let mut params = CertificateParams::new(Vec::new()).expect("params");
        params.subject_alt_names = vec![SanType::Rfc822Name("IT@stadt.example".try_into().expect("ascii"))];
        params.extended_key_usages = vec![purpose];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyAgreement];
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().expect("key");
        params.self_signed(&key).expect("certificate").pem()
    }

    #[test]
    fn a_mail_certificate_shows_its_address_and_its_end() {
        let pem = issue(ExtendedKeyUsagePurpose::EmailProtection, 2026, 2028);
        let read =
            Certificate::parse(&format!("  {}\n", pem.replace('\n', "\r\n")), now()).expect("accepted");
        assert_eq!(read.addresses, ["it@stadt.example"]);
        assert_eq!(read.until.to_string(), "2028-01-01T00:00:00Z");
        assert_eq!(Certificate::addresses_of(&read.pem), read.addresses);
    }

    #[test]
    fn a_certificate_that_cannot_serve_is_refused_with_the_reason() {
        let mail = ExtendedKeyUsagePurpose::EmailProtection;
        let refused = |pem: &str| Certificate::parse(pem, now()).expect_err("refused");
        assert_eq!(refused(&issue(mail.clone(), 2020, 2026)), "directory-error-certificate-expired");
        assert_eq!(refused(&issue(mail, 2027, 2028)), "directory-error-certificate-early");
        let server = issue(ExtendedKeyUsagePurpose::ServerAuth, 2026, 2028);
        assert_eq!(refused(&server), "directory-error-certificate-purpose");
        let key = KeyPair::generate().expect("key").serialize_pem();
        assert_eq!(refused(&key), "directory-error-private-key");
        assert_eq!(refused("Zertifikat liegt im Schrank"), "directory-error-certificate");
        assert_eq!(refused(&"A".repeat(MAX_BYTES + 1)), "error-too-long");
    }

    #[test]
    fn an_openpgp_key_needs_a_last_day_that_is_still_to_come() {
        let key =
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nxjMEZ\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n";
        let read = PgpKey::parse(key, "31.12.2027", now()).expect("accepted");
        assert_eq!(read.until.to_string(), "2027-12-31T22:59:59Z");
        assert_eq!(PgpKey::parse(key, "", now()), Err(("pgp_until", "error-required")));
        assert_eq!(
            PgpKey::parse(key, "2026-11-20", now()),
            Err(("pgp_until", "directory-error-pgp-expired"))
        );
        let private = key.replace("PUBLIC", "PRIVATE");
        assert_eq!(
            PgpKey::parse(&private, "31.12.2027", now()),
            Err(("pgp_key", "directory-error-private-key"))
        );
        assert_eq!(PgpKey::parse("0xDEADBEEF", "31.12.2027", now()), Err(("pgp_key", "directory-error-pgp")));
    }
}
