//! Signed and encrypted mail that comes in, made by openssl and gpg: what is told of it, to whom it opens, and that a signature
//! opens no case.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use meldekette::core::text::{MailAddress, Name};
use meldekette::correspondence::intake::explain;
use meldekette::correspondence::model::Envelope;
use meldekette::crypto::openpgp::OwnKey;
use meldekette::crypto::trust::Anchors;
use meldekette::directory::model::{AssetValue, Certificate, ContactInput, ContactRole, MailDomain, PgpKey};
use meldekette::directory::service as directory;
use meldekette::incidents::evidence::reader::Reader;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use tempfile::TempDir;

use super::{CANARY, Scene};

/// An authority, and a folder for openssl.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Prüfstelle");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2040, 1, 1);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem, folder: tempfile::tempdir().unwrap() }
    }

    /// A certificate for an address, in `NAME.pem`, with its key in `NAME.key`.
    fn issue(&self, name: &str, address: &str, until: i32) -> String {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.subject_alt_names = vec![SanType::Rfc822Name(address.try_into().unwrap())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyAgreement];
        params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        std::fs::write(self.path().join(format!("{name}.pem")), &pem).unwrap();
        std::fs::write(self.path().join(format!("{name}.key")), key.serialize_pem()).unwrap();
        pem
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn openssl(&self, arguments: &str, input: &[u8]) -> Vec<u8> {
        std::fs::write(self.path().join("in"), input).unwrap();
        let run = Command::new("openssl")
            .args(arguments.split(' '))
            .args(["-in", "in", "-out", "out"])
            .current_dir(self.path())
            .output()
            .expect("openssl");
        assert!(run.status.success(), "{arguments}: {}", String::from_utf8_lossy(&run.stderr));
        std::fs::read(self.path().join("out")).unwrap()
    }

    fn signed(&self, name: &str, entity: &[u8]) -> Vec<u8> {
        self.openssl(&format!("cms -sign -signer {name}.pem -inkey {name}.key"), entity)
    }
}

const ENTITY: &[u8] = b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
    KNReingangspost versiegelt\r\n--y\r\nContent-Type: text/plain; name=\"protokoll.txt\"\r\n\
    Content-Disposition: attachment\r\n\r\nZeile 1\r\n--y--\r\n";

fn from(address: &str, subject: &str, entity: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: Eine Person <{address}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@aussen.example>\r\n"
    );
    [head.as_bytes(), entity].concat()
}

async fn scene() -> (Scene, Authority, String, String) {
    let mut scene = Scene::new().await;
    let authority = Authority::new();
    let anchors = Anchors::from_pem(authority.pem.as_bytes()).unwrap();
    let opener = scene.house.app.keys.opener(anchors).unwrap();
    scene.intake = scene.intake.clone().with_keys(Arc::new(opener));
    std::fs::copy(scene.house.app.config.keys.directory.join("smime.pem"), authority.path().join("cert.pem"))
        .unwrap();
    let (address, _) = scene.written_to("reporter").await;
    let sender = scene.cast.person("reporter").mail.clone();
    let own = scene.cast.houses.own;
    let pem = authority.issue("amt", &sender, 2028);
    let (mail, now) = (sender.clone(), scene.house.app.env.now());
    scene
        .house
        .act(scene.cast.person("analyst").account, move |tx, actor| {
            let contact = ContactInput {
                role: ContactRole::Deputy,
                name: Name::parse("Vertretung Amt").unwrap(),
                mail: Some(MailAddress::parse(&mail).unwrap()),
                phone: None,
                out_of_band: None,
                is_function: false,
                certificate: Some(Certificate::parse(&pem, now).unwrap()),
                pgp: None,
            };
            directory::add_contact(tx, actor, own, &contact)
        })
        .await;
    (scene, authority, address, sender)
}

impl Scene {
    async fn seen(&self, id: &str) -> String {
        self.page("analyst", &format!("/posteingang/{id}")).await.text()
    }
}

#[actix_web::test]
async fn a_signed_answer_says_by_whom_in_inbox_and_case_and_a_changed_one_that_it_was_changed() {
    let (scene, authority, address, sender) = scene().await;
    let signed = authority.signed("amt", ENTITY);
    let id = scene.take(&[&address], &from(&sender, "gut", &signed)).await;
    assert_eq!(scene.state(&id).0, "joined");
    let said = "S/MIME: Unterschrift gültig, von Vertretung Amt";
    let page = scene.seen(&id).await;
    assert!(page.contains(said) && page.contains("versiegelt"), "{page}");
    assert!(scene.case_page("analyst").await.contains(said));
    let files = scene.page("reporter", &format!("/vorgaenge/{}/beweise", scene.case.reference)).await.text();
    assert!(
        files.contains("protokoll.txt") && files.contains("mail.eml") && !files.contains("smime.p7s"),
        "{files}"
    );
    // Line ends as they come over the wire.
    let wire = String::from_utf8(signed.clone()).unwrap().replace("\r\n", "\n").replace('\n', "\r\n");
    let id = scene.take(&[&address], &from(&sender, "draht", wire.as_bytes())).await;
    assert!(scene.seen(&id).await.contains(said));
    let changed = String::from_utf8(signed).unwrap().replace("versiegelt", "verändert!").into_bytes();
    let id = scene.take(&[&address], &from(&sender, "schlecht", &changed)).await;
    let page = scene.seen(&id).await;
    assert!(
        page.contains("Unterschrift ungültig, die Mail wurde verändert") && !page.contains(said),
        "{page}"
    );
}

#[actix_web::test]
async fn a_signature_opens_nothing_that_the_address_of_an_answer_would_not() {
    let (scene, authority, address, sender) = scene().await;
    authority.issue("fremd", "wer@aussen.example", 2028);
    let signed = authority.signed("fremd", ENTITY);
    let id = scene.take(&[&address], &from("wer@aussen.example", "fremd", &signed)).await;
    assert_eq!(scene.state(&id).2, "sender-foreign token-right");
    assert!(scene.seen(&id).await.contains("Unterschrift gültig, von wer@aussen.example"));
    assert!(!scene.case_page("analyst").await.contains(CANARY));
    // In the name of the town hall's person.
    let id = scene.take(&[], &from(&sender, "falsch", &signed)).await;
    assert_eq!(scene.state(&id).0, "open");
    assert!(
        scene.seen(&id).await.contains("Unterschrift gültig, aber von wer@aussen.example statt vom Absender")
    );
    // Signed by the right person, and to no address of a case.
    let id = scene.take(&[], &from(&sender, "richtig", &authority.signed("amt", ENTITY))).await;
    assert_eq!(scene.state(&id).0, "open");
    let stranger = Authority::new();
    stranger.issue("amt", &sender, 2028);
    let id = scene.take(&[], &from(&sender, "unbekannt", &stranger.signed("amt", ENTITY))).await;
    assert!(scene.seen(&id).await.contains("Unterschrift mit unbekanntem Schlüssel"));
    authority.issue("alt", &sender, 2025);
    let id = scene.take(&[], &from(&sender, "alt", &authority.signed("alt", ENTITY))).await;
    assert!(scene.seen(&id).await.contains(&format!("Unterschrift von {sender} mit abgelaufenem Schlüssel")));
}

#[actix_web::test]
async fn what_was_encrypted_for_us_is_read_and_what_was_not_says_so() {
    let (scene, authority, address, sender) = scene().await;
    let signed = authority.signed("amt", ENTITY);
    for (cipher, subject) in [("aes-256-cbc", "cbc"), ("aes-128-gcm", "gcm")] {
        let sealed = authority.openssl(&format!("cms -encrypt -{cipher} -recip cert.pem"), &signed);
        assert!(!String::from_utf8_lossy(&sealed).contains(CANARY));
        let mail = from(&sender, subject, &sealed);
        let id = scene.take(&[&address], &mail).await;
        let page = scene.seen(&id).await;
        assert!(
            page.contains("S/MIME: verschlüsselt, für uns geöffnet")
                && page.contains("S/MIME: Unterschrift gültig, von Vertretung Amt")
                && page.contains("versiegelt"),
            "{page}"
        );
        assert!(scene.case_page("reporter").await.contains(CANARY));
        let opener = Arc::new(scene.house.app.keys.opener(Anchors::default()).unwrap());
        let reader = Reader::new(env!("CARGO_BIN_EXE_meldekette").into());
        let envelope = Envelope { from: String::new(), to: vec![address.clone()] };
        let said = explain(&scene.house.app.db, &reader, &opener, envelope, mail).await.unwrap();
        let said = serde_json::to_value(&said).unwrap();
        assert_eq!(standings(&said), ["smime opened", "smime valid"], "{said}");
        assert_eq!(said["attachments"][0], "protokoll.txt");
    }
    let foreign = authority.openssl("cms -encrypt -aes-256-cbc -recip amt.pem", &signed);
    let id = scene.take(&[], &from(&sender, "fremd", &foreign)).await;
    assert!(scene.seen(&id).await.contains("verschlüsselt, aber nicht für uns"));
    let nested = (0..12).fold(ENTITY.to_vec(), |inside, _| authority.signed("amt", &inside));
    let id = scene.take(&[], &from(&sender, "tief", &nested)).await;
    assert!(scene.seen(&id).await.contains("zu oft ineinander"));
    let part = [
        b"Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nKlartext\r\n--z\r\n",
        signed.as_slice(),
        b"\r\n--z--\r\n",
    ]
    .concat();
    let id = scene.take(&[], &from(&sender, "teil", &part)).await;
    assert!(scene.seen(&id).await.contains("nur ein Teil"));
    let broken = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEH\r\n";
    let id = scene.take(&[], &from(&sender, "kaputt", broken)).await;
    assert!(scene.seen(&id).await.contains("nicht lesbar"));
}

#[actix_web::test]
async fn who_sends_on_what_somebody_else_encrypted_for_us_reads_nothing_of_it() {
    let (scene, authority, address, sender) = scene().await;
    let sealed = |inside: &[u8]| authority.openssl("cms -encrypt -aes-256-cbc -recip cert.pem", inside);
    // Nobody signed it inside: whose it is cannot be told.
    let captured = sealed(ENTITY);
    let around = authority.signed("amt", &captured);
    authority.issue("fremd", "wer@aussen.example", 2028);
    let theirs = sealed(&authority.signed("fremd", ENTITY));
    for (subject, mail) in [("roh", captured), ("umhuellt", around), ("fremd", theirs)] {
        let id = scene.take(&[&address], &from(&sender, subject, &mail)).await;
        assert_eq!(scene.state(&id).0, "joined", "{subject}");
        assert!(scene.seen(&id).await.contains(CANARY), "{subject}");
    }
    let team = scene.case_page("analyst").await;
    assert_eq!(team.matches("KNReingangspost versiegelt").count(), 3, "{team}");
    let own = scene.case_page("reporter").await;
    assert_eq!(own.matches("Ihre verschlüsselte E-Mail ist angekommen.").count(), 3, "{own}");
    assert!(!own.contains(CANARY));
    let files = scene.page("reporter", &format!("/vorgaenge/{}/beweise", scene.case.reference)).await.text();
    assert!(!files.contains("protokoll.txt") && !files.contains("mail.eml"), "{files}");
}

#[actix_web::test]
async fn a_signature_over_something_else_than_what_is_shown_is_none() {
    let (scene, authority, _, sender) = scene().await;
    let opaque = authority.openssl(
        "cms -sign -nodetach -binary -outform DER -signer amt.pem -inkey amt.key",
        b"Content-Type: text/plain\r\n\r\nWas einmal unterschrieben wurde\r\n",
    );
    let forged = format!(
        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=w\r\n\r\n\
         --w\r\nContent-Type: text/plain\r\n\r\nUntergeschoben\r\n--w\r\n\
         Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\
         --w--\r\n",
        base64::engine::general_purpose::STANDARD.encode(opaque)
    );
    let id = scene.take(&[], &from(&sender, "wrap", forged.as_bytes())).await;
    let page = scene.seen(&id).await;
    assert!(page.contains("Untergeschoben") && !page.contains("Unterschrift gültig"), "{page}");
}

#[actix_web::test]
async fn a_key_counts_for_an_address_only_where_its_house_has_the_domain() {
    let (scene, authority, _, sender) = scene().await;
    let (other, admin) = (scene.cast.houses.foreign, scene.cast.person("administrator").account);
    let domain = sender.rsplit_once('@').unwrap().1.to_owned();
    let said = "Unterschrift gültig, von Vertretung Amt";
    let id = scene.take(&[], &from(&sender, "eins", &authority.signed("amt", ENTITY))).await;
    assert!(scene.seen(&id).await.contains(said));
    // Now the register says that the domain is another house's.
    scene
        .house
        .act(admin, move |tx, actor| {
            let domain = AssetValue::MailDomain(MailDomain::parse(&domain).unwrap());
            directory::add_asset(tx, actor, other, &domain)
        })
        .await;
    let id = scene.take(&[], &from(&sender, "zwei", &authority.signed("amt", ENTITY))).await;
    assert!(!scene.seen(&id).await.contains(said));
}

#[actix_web::test]
async fn who_names_several_senders_is_nobody_that_is_known() {
    let (scene, _, address, sender) = scene().await;
    for (subject, head) in [
        ("doppelt", format!("From: wer@aussen.example\r\nFrom: {sender}\r\n")),
        ("verborgen", format!("From: wer@aussen.example\r\nFr om: {sender}\r\n")),
        ("liste", format!("From: wer@aussen.example, {sender}\r\n")),
    ] {
        let mail =
            format!("{head}Subject: {subject}\r\nMessage-ID: <{subject}@aussen.example>\r\n\r\n{CANARY}");
        let id = scene.take(&[&address], mail.as_bytes()).await;
        assert_eq!(
            scene.state(&id),
            ("open".into(), "reply".into(), "sender-foreign token-right".into()),
            "{subject}"
        );
        assert!(scene.seen(&id).await.contains("wer@aussen.example"));
    }
    assert!(!scene.case_page("analyst").await.contains(CANARY));
}

/// gpg with a home and a key of its own.
struct Gpg(TempDir);

impl Gpg {
    fn new(address: &str) -> Self {
        let gpg = Self(tempfile::tempdir().unwrap());
        gpg.run(&format!("--quick-gen-key {address} default default never"), b"");
        gpg
    }

    fn run(&self, arguments: &str, input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("gpg")
            .args(["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""])
            .args(["--trust-model", "always", "--armor"])
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

    /// RFC 3156, section 5.
    fn signed(&self, entity: &[u8]) -> Vec<u8> {
        let signature = self.run("--detach-sign", entity);
        let head = b"Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha512; boundary=s\r\n\r\n--s\r\n";
        let between = b"\r\n--s\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n";
        [&head[..], entity, between, &signature, b"\r\n--s--\r\n"].concat()
    }

    /// RFC 3156, section 4.
    fn sealed(&self, entity: &[u8], to: &str, more: &str) -> Vec<u8> {
        let message = self.run(&format!("--encrypt{more} -r {to}"), entity);
        let head = b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=e\r\n\r\n--e\r\n\
            Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--e\r\n\
            Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n";
        [&head[..], &message, b"\r\n--e--\r\n"].concat()
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", self.0.path()).status();
    }
}

fn standings(said: &serde_json::Value) -> Vec<String> {
    let seals = said["seals"].as_array().unwrap();
    seals
        .iter()
        .map(|it| format!("{} {}", it["method"].as_str().unwrap_or("-"), it["standing"].as_str().unwrap()))
        .collect()
}

#[actix_web::test]
async fn mail_by_openpgp_is_opened_and_says_by_whom_it_was_signed() {
    let (scene, authority, address, sender) = scene().await;
    let env = scene.house.app.env.clone();
    let name = Name::parse("ThüringenCERT").unwrap();
    let ours =
        OwnKey::generate(&name, &MailAddress::parse("cert@thueringencert.example").unwrap(), &env).unwrap();
    scene.house.app.keys.install_openpgp(&ours, &env).unwrap();
    let opener = Arc::new(scene.house.app.keys.opener(Anchors::default()).unwrap());
    let scene = Scene { intake: scene.intake.clone().with_keys(Arc::clone(&opener)), ..scene };
    let (gpg, stranger) = (Gpg::new(&sender), Gpg::new(&sender));
    for one in [&gpg, &stranger] {
        one.run("--import", scene.house.app.keys.openpgp_public().unwrap().unwrap().as_bytes());
    }
    let armored = String::from_utf8(gpg.run(&format!("--export {sender}"), b"")).unwrap();
    let contact = ContactInput {
        role: ContactRole::Hotline,
        name: Name::parse("Zweitschlüssel").unwrap(),
        mail: Some(MailAddress::parse(&sender).unwrap()),
        phone: None,
        out_of_band: None,
        is_function: true,
        certificate: None,
        pgp: Some(PgpKey::parse(&armored, "2026-12-24", env.now()).unwrap()),
    };
    let own = scene.cast.houses.own;
    scene
        .house
        .act(scene.cast.person("analyst").account, move |tx, actor| {
            directory::add_contact(tx, actor, own, &contact)
        })
        .await;

    let to = ours.fingerprint();
    let said = "OpenPGP: Unterschrift gültig, von Zweitschlüssel";
    let opened = "OpenPGP: verschlüsselt, für uns geöffnet";
    let smime = String::from_utf8(authority.signed("amt", ENTITY))
        .unwrap()
        .replace("\r\n", "\n")
        .replace('\n', "\r\n");
    let text =
        [b"\r\n".as_slice(), &gpg.run("--clear-sign", "KNReingangspost versiegelt".as_bytes())].concat();
    let inline = gpg.run(&format!("--sign --encrypt -r {to}"), "KNReingangspost versiegelt".as_bytes());
    let inline = [b"Content-Type: text/plain\r\n\r\n".as_slice(), &inline].concat();
    for (subject, mail, told) in [
        ("signiert", gpg.signed(ENTITY), vec![said]),
        ("versiegelt", gpg.sealed(ENTITY, &to, " --sign"), vec![opened, said]),
        ("beides", gpg.sealed(&gpg.signed(ENTITY), &to, ""), vec![opened, said]),
        (
            "darin",
            gpg.sealed(smime.as_bytes(), &to, ""),
            vec![opened, "S/MIME: Unterschrift gültig, von Vertretung Amt"],
        ),
        ("klar", text.clone(), vec![said]),
        ("darunter", inline, vec![opened, said]),
    ] {
        let id = scene.take(&[&address], &from(&sender, subject, &mail)).await;
        assert_eq!(scene.state(&id).0, "joined", "{subject}");
        let page = scene.seen(&id).await;
        for words in told.into_iter().chain(["KNReingangspost versiegelt"]) {
            assert!(page.contains(words), "{subject} lacks {words}: {page}");
        }
        assert!(!page.contains("-----BEGIN PGP"), "{subject}");
    }
    let changed = String::from_utf8(gpg.signed(ENTITY)).unwrap().replace("versiegelt", "verändert!");
    let around = [b"\r\nDavor steht etwas.\r\n".as_slice(), &text].concat();
    for (subject, mail, told) in [
        ("anders", changed.into_bytes(), "OpenPGP: Unterschrift ungültig, die Mail wurde verändert"),
        ("fremd", stranger.signed(ENTITY), "OpenPGP: Unterschrift mit unbekanntem Schlüssel"),
        ("nicht uns", stranger.sealed(ENTITY, &sender, ""), "OpenPGP: verschlüsselt, aber nicht für uns"),
        ("umgeben", around, "nur ein Teil dieser Mail ist unterschrieben"),
    ] {
        let id = scene.take(&[], &from(&sender, subject, &mail)).await;
        let page = scene.seen(&id).await;
        assert!(page.contains(told) && !page.contains(said), "{subject}: {page}");
    }

    scene.house.clock.advance(jiff::SignedDuration::from_hours(24 * 40));
    let reader = Reader::new(env!("CARGO_BIN_EXE_meldekette").into());
    let mail = from(&sender, "spät", &gpg.signed(ENTITY));
    let late = explain(&scene.house.app.db, &reader, &opener, Envelope::default(), mail).await.unwrap();
    assert_eq!(standings(&serde_json::to_value(&late).unwrap()), ["openpgp expired"]);
}
