//! What openssl signs and encrypts is read here.

use std::path::Path;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::envelope::{self, Closed};
use super::keys::{PrivateKey, certificate_names};
use super::opener::Opener;
use super::trust::{Anchors, Voucher};
use super::verify::{Fit, Verified, verify};
use crate::core::env::Env;

const TEXT: &[u8] = b"Content-Type: text/plain\r\n\r\nGuten Tag\r\nTH-2026-00042\r\n";

/// A folder with an authority, keys and certificates.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        std::fs::write(desk.0.path().join("text"), TEXT).unwrap();
        desk.run(
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key && \
                  openssl req -x509 -new -key ca.key -subj /CN=Stelle -days 30 -out ca.pem",
        );
        desk
    }

    fn run(&self, script: &str) {
        let out = Command::new("sh").args(["-ec", script]).current_dir(self.0.path()).output().unwrap();
        assert!(out.status.success(), "{script}: {}", String::from_utf8_lossy(&out.stderr));
    }

    fn party(&self, name: &str, key: &str) {
        self.run(&format!(
            "openssl genpkey {key} -out {name}.key
             printf 'subjectAltName=email:IT@stadt.example\\nextendedKeyUsage=emailProtection\\nbasicConstraints=CA:FALSE\\n\
             keyUsage=digitalSignature,keyEncipherment,keyAgreement\\nsubjectKeyIdentifier=hash\\n' >{name}.ext
             openssl req -new -key {name}.key -subj /CN={name} -out {name}.csr
             openssl x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile {name}.ext -out {name}.pem"
        ));
    }

    fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).unwrap()
    }

    fn certificate(&self, name: &str) -> Vec<u8> {
        CertificateDer::from_pem_slice(&self.file(&format!("{name}.pem"))).unwrap().to_vec()
    }

    fn verified(&self, script: &str, detached: &[&[u8]], known: &[Vec<u8>]) -> Verified {
        self.run(script);
        verify(&self.file("out"), detached, known).unwrap_or_else(|| panic!("{script}: unreadable"))
    }

    fn opener(&self, name: &str) -> Opener {
        let key = PrivateKey::from_pem(&self.file(&format!("{name}.key"))).unwrap();
        let own = certificate_names(&self.file(&format!("{name}.pem"))).unwrap();
        Opener::new(vec![key], own, Anchors::default())
    }
}

fn at(path: &Path) -> Timestamp {
    std::fs::metadata(path).unwrap().modified().unwrap().try_into().unwrap()
}

const RSA: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:3072";
const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
const P384: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384";

#[test]
fn signatures_of_openssl_fit_what_was_signed_and_nothing_that_was_changed() {
    let desk = Desk::new();
    for (name, key, more) in [
        ("rsa", RSA, ""),
        ("pss", RSA, "-keyopt rsa_padding_mode:pss"),
        ("plain", RSA, "-noattr -md sha512"),
        ("p256", P256, "-keyid"),
        ("p384", P384, "-md sha384"),
    ] {
        desk.party(name, key);
        let sign = format!(
            "openssl cms -sign -binary -in text -signer {name}.pem -inkey {name}.key {more} -outform DER -out out"
        );
        let found = desk.verified(&sign, &[b"anders", TEXT], &[]);
        assert_eq!(found.signatures[0].fit, Fit::Fits, "{name}");
        assert_eq!(found.signatures[0].certificate, Some(desk.certificate(name)), "{name}");
        assert_eq!(found.signatures[0].at.is_some(), name != "plain");
        let changed = String::from_utf8_lossy(TEXT).replace("Tag", "tag");
        assert_eq!(
            desk.verified(&sign, &[changed.as_bytes()], &[]).signatures[0].fit,
            Fit::Altered,
            "{name}"
        );
        // Inside, in pieces, as mail programs write it while they read.
        // PSS openssl cannot write so.
        let pieces = if name == "pss" { "" } else { "-stream" };
        let opaque = desk.verified(&format!("{sign} -nodetach {pieces}"), &[], &[]);
        assert_eq!((opaque.content.as_deref(), opaque.signatures[0].fit), (Some(TEXT), Fit::Fits), "{name}");
        // Without its certificate it is checked with the one on file.
        let bare = format!("{sign} -nocerts");
        assert_eq!(desk.verified(&bare, &[TEXT], &[]).signatures[0].fit, Fit::NoCertificate, "{name}");
        let known = [desk.certificate(name)];
        assert_eq!(desk.verified(&bare, &[TEXT], &known).signatures[0].fit, Fit::Fits, "{name}");
    }
    let weak =
        "openssl cms -sign -binary -in text -signer rsa.pem -inkey rsa.key -md sha1 -outform DER -out out";
    assert_eq!(desk.verified(weak, &[TEXT], &[]).signatures[0].fit, Fit::Unsupported);
}

#[test]
fn of_a_signed_structure_no_changed_byte_is_taken_for_good() {
    let desk = Desk::new();
    desk.party("p256", P256);
    desk.run(
        "openssl cms -sign -binary -nodetach -in text -signer p256.pem -inkey p256.key -outform DER -out out",
    );
    let bytes = desk.file("out");
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x20;
        let Some(found) = verify(&changed, &[], &[]) else { continue };
        for signature in found.signatures.iter().filter(|one| one.fit == Fit::Fits) {
            // What is not signed may differ; what was said and who says so may not.
            assert_eq!(found.content.as_deref(), Some(TEXT), "byte {place}");
            if signature.certificate != Some(desk.certificate("p256")) {
                let anchors = Anchors::from_pem(&desk.file("ca.pem")).unwrap();
                let other = signature.certificate.clone().unwrap();
                let now = at(&desk.0.path().join("out"));
                assert_eq!(anchors.vouch(&other, &[], now), Voucher::Unknown, "byte {place}");
            }
        }
    }
}

#[test]
fn an_authority_vouches_for_its_own_certificates_in_their_time_alone() {
    let desk = Desk::new();
    desk.party("p256", P256);
    let anchors = Anchors::from_pem(&desk.file("ca.pem")).unwrap();
    let now = at(&desk.0.path().join("p256.pem")) + SignedDuration::from_secs(1);
    let own = desk.certificate("p256");
    assert_eq!(anchors.vouch(&own, &[], now), Voucher::Vouched);
    assert_eq!(anchors.vouch(&own, &[], now + SignedDuration::from_hours(24 * 21)), Voucher::NotThen);
    assert_eq!(Anchors::default().vouch(&own, &[], now), Voucher::Unknown);
    let other = Desk::new();
    other.party("p256", P256);
    assert_eq!(anchors.vouch(&other.certificate("p256"), &[], now), Voucher::Unknown);
    assert_eq!(anchors.vouch(b"none", &[], now), Voucher::Unknown);
}

#[test]
fn what_openssl_encrypts_for_us_opens_with_our_key_and_with_no_other() {
    let (desk, env) = (Desk::new(), Env::system());
    desk.party("rsa", RSA);
    desk.party("p256", P256);
    desk.party("other", P256);
    for (name, cipher, more) in [
        ("rsa", "-aes-128-cbc", ""),
        ("rsa", "-aes-256-cbc", "-stream"),
        ("rsa", "-des3", ""),
        ("rsa", "-aes-256-gcm", ""),
        ("rsa", "-aes-192-cbc", "-keyopt rsa_padding_mode:oaep"),
        ("rsa", "-aes-256-cbc", "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256"),
        ("p256", "-aes-128-cbc", ""),
        ("p256", "-aes-256-cbc", "-keyopt ecdh_kdf_md:sha256 -stream"),
        ("p256", "-aes-128-gcm", "-keyid"),
    ] {
        let what = format!("{name} {cipher} {more}");
        // The other recipient stands first or second, as it comes.
        desk.run(&format!(
            "openssl cms -encrypt -binary -in text {cipher} -recip {name}.pem {more} -recip other.pem -outform DER -out out"
        ));
        let envelope = envelope::read(&desk.file("out")).unwrap_or_else(|| panic!("{what}: unreadable"));
        let keys = desk.opener(name).unwrap(&envelope.wrapped, &env);
        assert_eq!(envelope.open(&keys).as_deref(), Ok(TEXT), "{what}");
        assert_eq!(envelope.open(&[]), Err(Closed::NotForUs), "{what}");
        desk.run(&format!(
            "openssl cms -encrypt -binary -in text {cipher} -recip other.pem -outform DER -out out"
        ));
        let envelope = envelope::read(&desk.file("out")).unwrap();
        let keys = desk.opener(name).unwrap(&envelope.wrapped, &env);
        assert!(envelope.open(&keys).is_err(), "{what}");
    }
    // What is authenticated shows each change; in older ciphers a change garbles, or breaks the padding at the end.
    desk.run("openssl cms -encrypt -binary -in text -aes-256-gcm -recip p256.pem -outform DER -out out");
    let mut bytes = desk.file("out");
    let envelope = envelope::read(&bytes).unwrap();
    let keys = desk.opener("p256").unwrap(&envelope.wrapped, &env);
    let place = bytes.len() - 40;
    bytes[place] ^= 1;
    assert_eq!(envelope::read(&bytes).unwrap().open(&keys), Err(Closed::Damaged));
}
