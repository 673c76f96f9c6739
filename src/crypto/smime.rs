//! S/MIME signatures (RFC 8551): `multipart/signed` with a detached CMS SignedData (RFC 5652).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier, SignerInfo,
    SignerInfos,
};
use der::asn1::{Any, AnyRef, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::oid::db::rfc5911::{ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME};
use der::oid::db::rfc5912::{ECDSA_WITH_SHA_256, ID_SHA_256, RSA_ENCRYPTION};
use der::{DateTime, Encode as _};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use super::CryptoError;
use super::keys::{Signer, SigningIdentity};
use crate::core::env::Env;

/// The longest line that a mail may hold, without its CRLF (RFC 5322, section 2.1.1).
const MAX_LINE: usize = 998;

/// What is the same in every signature of one identity, made once.
pub(super) struct Prepared {
    template: SignedData,
    signer: SignerIdentifier,
    algorithm: AlgorithmIdentifierOwned,
    digest: AlgorithmIdentifierOwned,
    content_type: Attribute,
}

impl Prepared {
    pub(super) fn new(signer: &Signer, certificates: &[Certificate]) -> Result<Self, CryptoError> {
        let leaf = &certificates[0].tbs_certificate;
        let digest = AlgorithmIdentifierOwned { oid: ID_SHA_256, parameters: None };
        let algorithm = match signer {
            Signer::P256(_) => AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA_256, parameters: None },
            // RFC 3370, section 3.2: rsaEncryption, with NULL.
            Signer::Rsa(_) => {
                AlgorithmIdentifierOwned { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::NULL.into()) }
            }
        };
        let choices: Vec<_> = certificates.iter().cloned().map(CertificateChoices::Certificate).collect();
        let template = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![digest.clone()]).map_err(CryptoError::encoding)?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
            certificates: Some(CertificateSet(SetOfVec::try_from(choices).map_err(CryptoError::encoding)?)),
            crls: None,
            signer_infos: SignerInfos(SetOfVec::new()),
        };
        let signer = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: leaf.issuer.clone(),
            serial_number: leaf.serial_number.clone(),
        });
        let content_type = attribute(ID_CONTENT_TYPE, &ID_DATA)?;
        Ok(Self { template, signer, algorithm, digest, content_type })
    }
}

/// A signed entity: what stands in the message's Content-Type, and the body below the headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub content_type: String,
    pub body: Vec<u8>,
}

/// Signs a MIME entity (its own Content-Type and Content-Transfer-Encoding headers, empty line, content).
///
/// # Errors
/// [`CryptoError::NotCanonical`] unless the entity is 7-bit with CRLF line ends and lines of at most 998 characters,
/// as it must be so that no mail server changes it on its way; [`CryptoError::NotValidNow`] when the certificate has
/// ended: a signature that fails teaches people to ignore signatures.
pub fn sign(identity: &SigningIdentity, env: &Env, entity: &[u8]) -> Result<Signed, CryptoError> {
    check_canonical(entity)?;
    let now = env.now();
    identity.validity().check(now)?;
    let signature = STANDARD.encode(signed_data(identity, entity, now)?);
    // "=_" stands neither in quoted-printable nor in base64.
    let boundary = format!("=_{}", URL_SAFE_NO_PAD.encode(env.bytes::<18>()));

    let mut body = Vec::with_capacity(entity.len() + signature.len() * 80 / 76 + 512);
    body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
    body.extend_from_slice(entity);
    body.extend_from_slice(
        format!(
            "\r\n--{boundary}\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n\
             Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n"
        )
        .as_bytes(),
    );
    for line in signature.as_bytes().chunks(76) {
        body.extend_from_slice(line);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!(
        "multipart/signed; protocol=\"application/pkcs7-signature\";\r\n micalg=sha-256; boundary=\"{boundary}\""
    );
    Ok(Signed { content_type, body })
}

/// The detached signature over `content`, as DER.
fn signed_data(identity: &SigningIdentity, content: &[u8], now: Timestamp) -> Result<Vec<u8>, CryptoError> {
    let prepared = &identity.prepared;
    let digest = OctetString::new(digest(&SHA256, content).as_ref()).map_err(CryptoError::encoding)?;
    let attributes: SignedAttributes = SetOfVec::try_from(vec![
        prepared.content_type.clone(),
        attribute(ID_SIGNING_TIME, &signing_time(now)?)?,
        attribute(ID_MESSAGE_DIGEST, &digest)?,
    ])
    .map_err(CryptoError::encoding)?;
    // Signed is the SET OF itself, not its form inside SignerInfo (RFC 5652, section 5.4).
    let signature = identity.signer.sign(&attributes.to_der().map_err(CryptoError::encoding)?)?;
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: prepared.signer.clone(),
        digest_alg: prepared.digest.clone(),
        signed_attrs: Some(attributes),
        signature_algorithm: prepared.algorithm.clone(),
        signature: OctetString::new(signature).map_err(CryptoError::encoding)?,
        unsigned_attrs: None,
    };
    let mut signed = prepared.template.clone();
    signed.signer_infos = SignerInfos(SetOfVec::try_from(vec![info]).map_err(CryptoError::encoding)?);
    let content = Any::encode_from(&signed).map_err(CryptoError::encoding)?;
    ContentInfo { content_type: ID_SIGNED_DATA, content }.to_der().map_err(CryptoError::encoding)
}

/// UTCTime through 2049, GeneralizedTime afterwards (RFC 5652, section 11.3).
fn signing_time(now: Timestamp) -> Result<Time, CryptoError> {
    let seconds = u64::try_from(now.as_second()).map_err(CryptoError::encoding)?;
    let at = DateTime::from_unix_duration(std::time::Duration::from_secs(seconds))
        .map_err(CryptoError::encoding)?;
    if at.year() > UtcTime::MAX_YEAR {
        return Ok(Time::GeneralTime(der::asn1::GeneralizedTime::from_date_time(at)));
    }
    UtcTime::from_date_time(at).map(Time::UtcTime).map_err(CryptoError::encoding)
}

fn attribute(
    oid: ObjectIdentifier,
    value: &(impl der::EncodeValue + der::Tagged),
) -> Result<Attribute, CryptoError> {
    let value = Any::encode_from(value).map_err(CryptoError::encoding)?;
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value]).map_err(CryptoError::encoding)? })
}

fn check_canonical(entity: &[u8]) -> Result<(), CryptoError> {
    let (mut before, mut length) = (0, 0);
    for byte in entity {
        match (before, *byte) {
            (_, 0 | 128..) => return Err(CryptoError::NotCanonical("the entity is not 7-bit")),
            (b'\r', b'\n') => length = 0,
            (b'\r', _) => return Err(CryptoError::NotCanonical("a carriage return stands alone")),
            (_, b'\n') => return Err(CryptoError::NotCanonical("a line feed stands alone")),
            (_, b'\r') => {}
            _ if length == MAX_LINE => return Err(CryptoError::NotCanonical("a line is too long")),
            _ => length += 1,
        }
        before = *byte;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;
    use std::sync::Arc;

    use super::*;
    use crate::core::env::{ManualClock, SystemRandom};
    use crate::core::text::{MailAddress, Name};
    use crate::crypto::authority::{DemonstrationAuthority, Subject};
    use crate::crypto::keys::{KeyKind, PrivateKey};

    const ENTITY: &[u8] =
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        TLP:GREEN\r\nGr=C3=BC=C3=9Fe\r\n.\r\n";

    fn identity(kind: KeyKind, env: &Env) -> (SigningIdentity, DemonstrationAuthority) {
        let authority = DemonstrationAuthority::create(env).unwrap();
        let key = PrivateKey::generate(kind, env).unwrap();
        let subject = Subject {
            name: Name::parse("ThüringenCERT").unwrap(),
            organisation: Name::parse("Freistaat Thüringen").unwrap(),
            address: MailAddress::parse("cert@example.org").unwrap(),
        };
        let certificate = authority.issue(&key, &subject, env).unwrap();
        (SigningIdentity::new(&key, certificate.as_bytes()).unwrap(), authority)
    }

    fn openssl_accepts(
        directory: &Path,
        authority: &DemonstrationAuthority,
        signed: &Signed,
        body: &[u8],
    ) -> bool {
        let mail =
            [format!("MIME-Version: 1.0\r\nContent-Type: {}\r\n\r\n", signed.content_type).as_bytes(), body]
                .concat();
        std::fs::write(directory.join("mail.eml"), mail).unwrap();
        std::fs::write(directory.join("ca.pem"), authority.certificate_pem()).unwrap();
        let run = Command::new("openssl")
            .args([
                "cms",
                "-verify",
                "-in",
                "mail.eml",
                "-CAfile",
                "ca.pem",
                "-purpose",
                "smimesign",
                "-out",
                "plain",
            ])
            .current_dir(directory)
            .output()
            .unwrap();
        run.status.success() && std::fs::read(directory.join("plain")).unwrap() == ENTITY
    }

    #[test]
    fn openssl_verifies_mails_signed_by_p256_and_by_rsa_and_refuses_a_changed_one() {
        let (directory, env) = (tempfile::tempdir().unwrap(), Env::system());
        for kind in [KeyKind::P256, KeyKind::Rsa3072] {
            let (identity, authority) = identity(kind, &env);
            let signed = sign(&identity, &env, ENTITY).unwrap();
            assert!(openssl_accepts(directory.path(), &authority, &signed, &signed.body), "{kind:?}");

            let text = String::from_utf8(signed.body.clone()).unwrap();
            let changed = text.replace("Gr=C3", "gr=C3");
            assert!(!openssl_accepts(directory.path(), &authority, &signed, changed.as_bytes()), "{kind:?}");
            let (_, stranger) = super::tests::identity(KeyKind::P256, &env);
            assert!(!openssl_accepts(directory.path(), &stranger, &signed, &signed.body), "{kind:?}");
        }
    }

    #[test]
    fn what_a_mail_server_might_change_is_not_signed() {
        let env = Env::system();
        let (identity, _) = identity(KeyKind::P256, &env);
        let long = [b'a'; 999];
        for bad in [&b"a\nb"[..], b"\n", b"a\rb", b"a\r\r\nb", "ü".as_bytes(), b"a\0", &long] {
            assert!(matches!(sign(&identity, &env, bad), Err(CryptoError::NotCanonical(_))), "{bad:?}");
        }
    }

    #[test]
    fn an_ended_certificate_signs_nothing() {
        let env = Env::system();
        let (identity, _) = identity(KeyKind::P256, &env);
        let later = ManualClock::at(identity.expires() + jiff::SignedDuration::from_secs(1));
        let later = Env::new(Arc::new(later), Arc::new(SystemRandom::default()));
        assert!(matches!(sign(&identity, &later, ENTITY), Err(CryptoError::NotValidNow { .. })));
    }
}
