//! Signatures of others: CMS SignedData (RFC 5652) as mail programs make it. Whether a signature fits is said here; whose
//! it is, is [`super::trust`]'s question.

use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{EncapsulatedContentInfo, SignerIdentifier, SignerInfo};
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::oid::db::rfc5911::{ID_CONTENT_TYPE, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME};
use der::oid::db::rfc5912::{
    ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ECDSA_WITH_SHA_512, ID_EC_PUBLIC_KEY, ID_RSASSA_PSS, ID_SHA_256,
    ID_SHA_384, ID_SHA_512, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1, SHA_256_WITH_RSA_ENCRYPTION,
    SHA_384_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
};
use der::{Decode as _, Encode as _, Sequence};
use jiff::Timestamp;
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::{Pss, RsaPublicKey};
use serde::{Deserialize, Serialize};
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use super::ber;

/// Signatures in one structure that are looked at.
const SIGNERS: usize = 4;
/// Certificates beside them.
const CERTIFICATES: usize = 20;

/// Whether a signature fits what it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fit {
    Fits,
    /// Content or signature were changed.
    Altered,
    /// The certificate of who signed is neither in it nor known.
    NoCertificate,
    /// By a procedure that is not trusted any more (SHA-1, MD5), or that is not known here.
    Unsupported,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub fit: Fit,
    /// Of who signed, as DER.
    pub certificate: Option<Vec<u8>>,
    /// When they say that they signed.
    pub at: Option<Timestamp>,
}

/// What a structure of signatures holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What was signed, where it lies inside.
    pub content: Option<Vec<u8>>,
    pub signatures: Vec<Signature>,
    /// Certificates that came along, as DER: the way to an authority may lead over them.
    pub certificates: Vec<Vec<u8>>,
}

/// SignedData (RFC 5652, 5.1); certificates stay as they are, so that one that is odd spoils itself alone.
#[derive(Clone, Debug, Sequence)]
struct SignedData {
    version: CmsVersion,
    digest_algorithms: SetOfVec<AlgorithmIdentifierOwned>,
    encap_content_info: EncapsulatedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    certificates: Option<SetOfVec<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    crls: Option<SetOfVec<Any>>,
    signer_infos: SetOfVec<SignerInfo>,
}

/// Reads a structure of signatures and checks them over what lies inside, or else over `detached`: the same content as it
/// came and as it may have been signed, of which one has to fit. `known`: certificates (DER) that may be missing in it.
///
/// `None`: this is no such structure. Nor is one with a content of its own where `detached` is given: what is shown would
/// not be what was signed.
#[must_use]
pub fn verify(bytes: &[u8], detached: &[&[u8]], known: &[Vec<u8>]) -> Option<Verified> {
    let der = ber::to_der(bytes)?;
    let info = ContentInfo::from_der(&der).ok()?;
    if info.content_type != ID_SIGNED_DATA {
        return None;
    }
    let signed: SignedData = info.content.decode_as().ok()?;
    let kind = signed.encap_content_info.econtent_type;
    let content = match &signed.encap_content_info.econtent {
        Some(content) => Some(content.decode_as::<OctetString>().ok()?.into_bytes()),
        None => None,
    };
    if content.is_some() && !detached.is_empty() {
        return None;
    }
    let sent = signed.certificates.iter().flat_map(|all| all.iter()).take(CERTIFICATES);
    let certificates: Vec<Vec<u8>> = sent.filter_map(|one| one.to_der().ok()).collect();
    let all: Vec<Certificate> =
        certificates.iter().chain(known).filter_map(|der| Certificate::from_der(der).ok()).collect();
    let inside = content.as_deref();
    let candidates: &[&[u8]] = inside.as_ref().map_or(detached, std::slice::from_ref);
    let infos = signed.signer_infos.iter().take(SIGNERS);
    let signatures = infos.map(|info| check(info, kind, candidates, &all)).collect();
    Some(Verified { content, signatures, certificates })
}

fn check(info: &SignerInfo, kind: ObjectIdentifier, contents: &[&[u8]], all: &[Certificate]) -> Signature {
    let signer = all.iter().find(|one| is_of(&info.sid, one));
    let mut found = Signature {
        fit: Fit::NoCertificate,
        certificate: signer.and_then(|one| one.to_der().ok()),
        at: signing_time(info),
    };
    if let Some(signer) = signer {
        let fits = contents.iter().map(|content| fit(info, kind, content, signer));
        found.fit =
            fits.reduce(|best, one| if best == Fit::Fits { best } else { one }).unwrap_or(Fit::Altered);
    }
    found
}

fn is_of(sid: &SignerIdentifier, certificate: &Certificate) -> bool {
    let tbs = &certificate.tbs_certificate;
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(it) => {
            it.issuer == tbs.issuer && it.serial_number == tbs.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(id) => {
            tbs.get::<SubjectKeyIdentifier>().ok().flatten().is_some_and(|(_, own)| own == *id)
        }
    }
}

fn attribute(info: &SignerInfo, oid: ObjectIdentifier) -> Option<&Any> {
    let attributes = info.signed_attrs.as_ref()?;
    let mut found = attributes.iter().filter(|one| one.oid == oid);
    match (found.next(), found.next()) {
        (Some(one), None) if one.values.len() == 1 => one.values.get(0),
        _ => None,
    }
}

fn signing_time(info: &SignerInfo) -> Option<Timestamp> {
    let time = Time::from_der(&attribute(info, ID_SIGNING_TIME)?.to_der().ok()?).ok()?;
    Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
}

fn fit(info: &SignerInfo, kind: ObjectIdentifier, content: &[u8], signer: &Certificate) -> Fit {
    let Some(hash) = hash(info.digest_alg.oid) else { return Fit::Unsupported };
    let Some(algorithm) = algorithm(info, hash, signer) else { return Fit::Unsupported };
    let message = match &info.signed_attrs {
        Some(attributes) => {
            let says = attribute(info, ID_MESSAGE_DIGEST).and_then(|it| it.decode_as::<OctetString>().ok());
            let is_same = says.is_some_and(|says| says.as_bytes() == digest(hash, content).as_ref());
            let names =
                attribute(info, ID_CONTENT_TYPE).and_then(|it| it.decode_as::<ObjectIdentifier>().ok());
            if !is_same || names != Some(kind) {
                return Fit::Altered;
            }
            // Signed is the SET OF itself, not its form inside SignerInfo (RFC 5652, 5.4).
            let Ok(der) = attributes.to_der() else { return Fit::Altered };
            der
        }
        None => content.to_vec(),
    };
    let key = signer.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes();
    match UnparsedPublicKey::new(algorithm, key).verify(&message, info.signature.as_bytes()) {
        Ok(()) => Fit::Fits,
        Err(_) if salted_otherwise(info, hash, key, &message) => Fit::Fits,
        Err(_) => Fit::Altered,
    }
}

/// RFC 4055, section 3.1. The type of `pkcs1` knows no salt of more than 255 bytes.
#[derive(Clone, Debug, Sequence)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_length: Option<u16>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

/// Whether a signature by RSA-PSS fits with the length of salt that it names; ring takes that of the hash alone (RFC
/// 4056 advises it, and `openssl` takes the longest there is room for).
fn salted_otherwise(info: &SignerInfo, hash: &'static Algorithm, key: &[u8], message: &[u8]) -> bool {
    let parameters = info.signature_algorithm.parameters.as_ref();
    let named = parameters.filter(|_| info.signature_algorithm.oid == ID_RSASSA_PSS);
    let salt = named.and_then(|it| it.decode_as::<PssParameters>().ok());
    let salt = salt.map(|it| usize::from(it.salt_length.unwrap_or(20)));
    let (Some(salt), Ok(key)) = (salt, RsaPublicKey::from_pkcs1_der(key)) else { return false };
    let scheme = match hash {
        hash if hash == &SHA256 => Pss::new_with_salt::<Sha256>(salt),
        hash if hash == &SHA384 => Pss::new_with_salt::<Sha384>(salt),
        _ => Pss::new_with_salt::<Sha512>(salt),
    };
    key.verify(scheme, digest(hash, message).as_ref(), info.signature.as_bytes()).is_ok()
}

fn hash(oid: ObjectIdentifier) -> Option<&'static Algorithm> {
    match oid {
        ID_SHA_256 => Some(&SHA256),
        ID_SHA_384 => Some(&SHA384),
        ID_SHA_512 => Some(&SHA512),
        _ => None,
    }
}

/// How ring checks it: by the procedure that is named, the key that is certified, and the hash.
fn algorithm(
    info: &SignerInfo,
    hash: &'static Algorithm,
    signer: &Certificate,
) -> Option<&'static dyn VerificationAlgorithm> {
    let key = &signer.tbs_certificate.subject_public_key_info.algorithm;
    let curve = || key.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok();
    let named = info.signature_algorithm.oid;
    // Where the procedure names a hash of its own, that one counts.
    let hash = match named {
        SHA_256_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_256 => &SHA256,
        SHA_384_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_384 => &SHA384,
        SHA_512_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_512 => &SHA512,
        RSA_ENCRYPTION | ID_RSASSA_PSS | ID_EC_PUBLIC_KEY => hash,
        _ => return None,
    };
    let of = |all: [&'static dyn VerificationAlgorithm; 3]| {
        [&SHA256, &SHA384, &SHA512].iter().position(|one| *one == hash).map(|place| all[place])
    };
    match (key.oid, named) {
        (RSA_ENCRYPTION | ID_RSASSA_PSS, ID_RSASSA_PSS) => of([
            &signature::RSA_PSS_2048_8192_SHA256,
            &signature::RSA_PSS_2048_8192_SHA384,
            &signature::RSA_PSS_2048_8192_SHA512,
        ]),
        (RSA_ENCRYPTION, _) => of([
            &signature::RSA_PKCS1_2048_8192_SHA256,
            &signature::RSA_PKCS1_2048_8192_SHA384,
            &signature::RSA_PKCS1_2048_8192_SHA512,
        ]),
        (ID_EC_PUBLIC_KEY, _) => match (curve()?, hash) {
            (SECP_256_R_1, hash) if hash == &SHA256 => Some(&signature::ECDSA_P256_SHA256_ASN1),
            (SECP_256_R_1, hash) if hash == &SHA384 => Some(&signature::ECDSA_P256_SHA384_ASN1),
            (SECP_384_R_1, hash) if hash == &SHA256 => Some(&signature::ECDSA_P384_SHA256_ASN1),
            (SECP_384_R_1, hash) if hash == &SHA384 => Some(&signature::ECDSA_P384_SHA384_ASN1),
            _ => None,
        },
        _ => None,
    }
}
