//! What gpg signs and encrypts is read here, and gpg takes our key.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::envelope::Closed;
use super::opener::Opener;
use super::openpgp::{Keys, Opened, OwnKey, open, read_clear, verify};
use super::trust::Anchors;
use super::verify::Fit;
use crate::core::env::Env;
use crate::core::text::{MailAddress, Name};

const TEXT: &[u8] = b"Guten Tag\r\n- TH-2026-00042\r\n";
const MOST: u64 = 1 << 20;

/// gpg with a home of its own.
struct Gpg(tempfile::TempDir);

impl Gpg {
    fn new() -> Self {
        let gpg = Self(tempfile::tempdir().unwrap());
        gpg.run("--quick-gen-key amt@stadt.example default default never", b"");
        gpg
    }

    fn run(&self, arguments: &str, input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("gpg")
            .args([
                "--batch",
                "--quiet",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                "",
                "--trust-model",
                "always",
            ])
            .args(arguments.split(' '))
            .env("GNUPGHOME", self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("gpg");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{arguments}: {}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    }

    fn public(&self) -> String {
        String::from_utf8(self.run("--armor --export amt@stadt.example", b"")).unwrap()
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", self.0.path()).status();
    }
}

fn own(env: &Env) -> OwnKey {
    let name = Name::parse("ThüringenCERT").unwrap();
    OwnKey::generate(&name, &MailAddress::parse("cert@example.org").unwrap(), env).unwrap()
}

/// Opens with what `opener` unwraps.
fn opened(bytes: &[u8], opener: &Opener, keys: &Keys, most: u64) -> Option<Opened> {
    let Some(Opened::Locked(wrapped)) = open(bytes, None, keys, most) else { panic!("not locked") };
    open(bytes, Some(&opener.unwrap(&wrapped, &Env::system())), keys, most)
}

fn opener(key: OwnKey) -> Opener {
    Opener::new(Vec::new(), Vec::new(), Anchors::default()).with_openpgp(vec![key])
}

#[test]
fn what_gpg_encrypts_for_our_key_opens_and_says_who_signed_it() {
    let (gpg, env) = (Gpg::new(), Env::system());
    let key = own(&env);
    gpg.run("--import", key.public().unwrap().as_bytes());
    assert!(key.public().unwrap().starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
    let kept = OwnKey::from_bytes(&key.to_bytes().unwrap()).unwrap();
    assert_eq!(kept.fingerprint(), key.fingerprint());
    let (ours, theirs) = (opener(kept), opener(own(&env)));
    let keys = Keys::read(&[String::new(), gpg.public()]);
    let sealed = gpg.run(&format!("--armor --sign --encrypt -r {}", key.fingerprint()), TEXT);
    let Some(Opened::Content { content, was_encrypted, signatures }) = opened(&sealed, &ours, &keys, MOST)
    else {
        panic!("closed")
    };
    assert_eq!((content.as_slice(), was_encrypted), (TEXT, true));
    assert_eq!((signatures[0].fit, signatures[0].signer), (Fit::Fits, Some(1)));
    assert!(signatures[0].at.is_some() && signatures[0].until.is_none());
    // Nobody else's key opens it, and no key makes it good that is not known.
    assert!(matches!(opened(&sealed, &theirs, &keys, MOST), Some(Opened::Closed(Closed::NotForUs))));
    let Some(Opened::Content { signatures, .. }) = opened(&sealed, &ours, &Keys::default(), MOST) else {
        panic!("closed")
    };
    assert_eq!(signatures[0].fit, Fit::NoCertificate);
    // Packed tight, it may be large.
    assert!(opened(&sealed, &ours, &keys, TEXT.len() as u64 - 1).is_none());
    let plain = gpg.run(&format!("--encrypt -r {}", key.fingerprint()), TEXT);
    for place in plain.len() - 30..plain.len() {
        let mut changed = plain.clone();
        changed[place] ^= 1;
        let Some(Opened::Locked(wrapped)) = open(&changed, None, &keys, MOST) else { continue };
        let found = open(&changed, Some(&ours.unwrap(&wrapped, &env)), &keys, MOST);
        assert!(!matches!(found, Some(Opened::Content { .. })), "byte {place}");
    }
    // A key that gpg made, taken over.
    let private = gpg.run("--armor --export-secret-keys amt@stadt.example", b"");
    let taken = opener(OwnKey::from_armored(&String::from_utf8(private).unwrap()).unwrap());
    let sealed = gpg.run("--encrypt -r amt@stadt.example", TEXT);
    assert!(matches!(opened(&sealed, &taken, &keys, MOST), Some(Opened::Content { .. })));
}

#[test]
fn signatures_of_gpg_fit_what_was_signed_and_nothing_that_was_changed() {
    let (gpg, stranger) = (Gpg::new(), Gpg::new());
    let keys = Keys::read(&[gpg.public()]);
    let detached = gpg.run("--armor --detach-sign", TEXT);
    let fit = |signature: &[u8], contents: &[&[u8]], keys: &Keys| verify(signature, contents, keys)[0].fit;
    assert_eq!(fit(&detached, &[b"anders", TEXT], &keys), Fit::Fits);
    assert_eq!(fit(&detached, &[b"Guten tag"], &keys), Fit::Altered);
    assert_eq!(fit(&detached, &[TEXT], &Keys::read(&[stranger.public()])), Fit::NoCertificate);
    assert_eq!(
        fit(&gpg.run("--armor --detach-sign --digest-algo SHA1", TEXT), &[TEXT], &keys),
        Fit::Unsupported
    );
    assert!(verify(b"nothing", &[TEXT], &keys).is_empty());

    let clear = String::from_utf8(gpg.run("--clear-sign", TEXT)).unwrap();
    let (text, signatures) = read_clear(&clear, &keys).unwrap();
    assert_eq!((text.as_bytes().trim_ascii_end(), signatures[0].fit), (TEXT.trim_ascii_end(), Fit::Fits));
    let (_, signatures) = read_clear(&clear.replace("Tag", "tag"), &keys).unwrap();
    assert_eq!(signatures[0].fit, Fit::Altered);

    let Some(Opened::Content { content, was_encrypted, signatures }) =
        open(&gpg.run("--sign", TEXT), None, &keys, MOST)
    else {
        panic!("unreadable")
    };
    assert_eq!((content.as_slice(), was_encrypted, signatures[0].fit), (TEXT, false, Fit::Fits));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let keys = Keys::default();
        let _ = open(&bytes, None, &keys, MOST);
        let _ = verify(&bytes, &[TEXT], &keys);
        let _ = Opener::default().unwrap(&[super::envelope::Wrapped::OpenPgp(bytes)], &Env::system());
    }
}
