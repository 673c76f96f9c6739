//! Mail that goes out encrypted: what the product's SMTP sent is opened by openssl and gpg, and what was written stands
//! nowhere else: in no row, no log, not on the wire.

mod program;
mod round;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::prelude::*;
use jiff::SignedDuration;
use meldekette::advisories::service as advisories;
use meldekette::core::actor::Actor;
use meldekette::core::env::Env;
use meldekette::core::ids::{ContactId, OrgId};
use meldekette::core::text::{MailAddress, Name, Prose};
use meldekette::core::tlp::Tlp;
use meldekette::directory::model::{
    AudienceFilter, Certificate, ContactInput, ContactRole, Enrolment, PgpKey,
};
use meldekette::directory::service as directory;
use meldekette::incidents::model::Audience;
use meldekette::incidents::service as incidents;
use meldekette::mail::maildir::Maildir;
use meldekette::mail::receiver::{Receiver, ReceiverSettings};
use meldekette::mail::transport::smtp::{Security, SmtpSettings, SmtpTransport};
use meldekette::store::Tx;
use meldekette::store::schema::{mail_bodies, outbox};
use ring::digest::{SHA256, digest};
use tokio::sync::watch;

use self::program::Program;
use crate::inbound::Scene;
use crate::support::app::House;
use crate::support::town::draft;

/// What the question says.
const WORDS: &str = "KNRversiegelt: Welche Konten sind betroffen? Grüße";

/// A house at the machine's time: openssl and gpg know no other.
async fn scene() -> Scene {
    let scene = Scene::of(House::at(Env::system().now())).await;
    scene.house.work().await;
    let _ = scene.house.mails.take();
    // Certificates that openssl makes meanwhile begin before the house's time.
    scene.house.clock.advance(SignedDuration::from_mins(10));
    scene
}

/// Advisories and what is said of keys go to administrations that are connected.
async fn enrol(scene: &Scene, org: OrgId) {
    let connect = move |tx: &mut Tx<'_>, actor: &Actor| {
        for next in [Enrolment::Invited, Enrolment::Enrolled] {
            let seen = directory::load(tx, org)?.version;
            directory::set_enrolment(tx, actor, org, next, seen)?;
        }
        Ok(())
    };
    scene.house.act(scene.cast.person("analyst").account, connect).await;
}

/// The authority of the CERT's own certificate.
fn ca(scene: &Scene) -> String {
    scene.house.app.keys.demonstration_certificate().unwrap().unwrap()
}

/// A contact of `org` with a key.
pub async fn contact(scene: &Scene, org: OrgId, mail: &str, keys: Keys, is_function: bool) -> ContactId {
    let (mail, now) = (mail.to_owned(), scene.house.app.env.now());
    let analyst = scene.cast.person("analyst").account;
    scene
        .house
        .act(analyst, move |tx, actor| {
            let certificate = keys.certificate.as_deref().map(|pem| Certificate::parse(pem, now).unwrap());
            let pgp = keys.openpgp.as_deref().map(|key| PgpKey::parse(key, "31.12.2090", now).unwrap());
            let input = ContactInput {
                role: ContactRole::Deputy,
                name: Name::parse("Vertretung Amt").unwrap(),
                mail: Some(MailAddress::parse(&mail).unwrap()),
                phone: None,
                out_of_band: None,
                is_function,
                certificate,
                pgp,
            };
            directory::add_contact(tx, actor, org, &input)
        })
        .await
}

/// Keys for a contact.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    pub certificate: Option<String>,
    pub openpgp: Option<String>,
}

/// The team asks the town hall.
pub async fn ask(scene: &Scene, words: &'static str) {
    let (reference, own) = (scene.case.reference.clone(), scene.cast.houses.own);
    let ask = move |tx: &mut Tx<'_>, actor: &Actor| {
        let text = Prose::parse(words).unwrap();
        incidents::message(tx, actor, &reference, Audience::Organisation(own), &text)
    };
    scene.house.act(scene.cast.person("analyst").account, ask).await;
}

/// Sends what waits over SMTP, and returns what arrived for an address as it came over the wire.
async fn wire(scene: &Scene, to: &str) -> Vec<Vec<u8>> {
    let mut all = wires(scene).await;
    all.retain(|mail| String::from_utf8_lossy(mail).contains(&format!("Delivered-To: {to}")));
    all
}

/// The same for all addresses.
async fn wires(scene: &Scene) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let maildir = Maildir::open(folder.path(), scene.house.app.env.clone()).unwrap();
    let listens = "127.0.0.1:0".parse().unwrap();
    let receiver = Receiver::bind(listens, ReceiverSettings::default(), Arc::new(maildir.clone()));
    let receiver = receiver.await.unwrap();
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: receiver.address().unwrap().port(),
        security: Security::None,
        login: None,
        ca_file: None,
        hello: "thueringencert.example".to_owned(),
        bound: Duration::from_secs(10),
    };
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(receiver.run(stopped));
    scene.house.work_with(Arc::new(SmtpTransport::new(settings).unwrap())).await;
    stop.send(true).unwrap();
    running.await.unwrap();
    maildir.list().unwrap().into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Each row's fields that could hold words.
fn rows(scene: &Scene) -> Vec<Vec<u8>> {
    let read = |tx: &mut Tx<'_>| {
        type Body = (String, String, Option<Vec<u8>>);
        let bodies: Vec<Body> = mail_bodies::table
            .select((mail_bodies::subject, mail_bodies::body, mail_bodies::sealed))
            .load(tx.conn)?;
        type Row = (String, Option<String>, Option<String>, Option<Vec<u8>>);
        let mails: Vec<Row> = outbox::table
            .select((outbox::slots, outbox::answer, outbox::way, outbox::sent_hash))
            .load(tx.conn)?;
        let mut all = Vec::new();
        for (subject, body, sealed) in bodies {
            all.extend([subject.into_bytes(), body.into_bytes(), sealed.unwrap_or_default()]);
        }
        for (slots, answer, way, hash) in mails {
            all.extend([slots.into_bytes(), answer.unwrap_or_default().into_bytes()]);
            all.extend([way.unwrap_or_default().into_bytes(), hash.unwrap_or_default()]);
        }
        Ok(all)
    };
    scene.house.app.db.read_now(read).unwrap()
}

/// How the newest mail to an address went out, and its hash.
fn went(scene: &Scene, to: &str) -> (Option<String>, Option<Vec<u8>>) {
    let to = to.to_owned();
    let read = |tx: &mut Tx<'_>| {
        let mine = outbox::table.filter(outbox::recipient.eq(&to)).order(outbox::id.desc());
        Ok(mine.select((outbox::way, outbox::sent_hash)).first(tx.conn)?)
    };
    scene.house.app.db.read_now(read).unwrap()
}

/// How many sealed texts wait.
fn sealed(scene: &Scene) -> i64 {
    let kept = mail_bodies::table.filter(mail_bodies::sealed.is_not_null());
    scene.house.app.db.read_now(|tx| Ok(kept.count().get_result(tx.conn)?)).unwrap()
}

fn tells(bytes: &[u8]) -> bool {
    bytes.windows(13).any(|window| window == b"KNRversiegelt")
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn a_question_goes_to_a_reader_with_a_certificate_encrypted_and_stands_in_clear_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .try_init();
    let scene = scene().await;
    let reader = scene.cast.person("reporter").mail.clone();
    let program = Program::new();
    for name in ["rsa", "p256", "p384"] {
        let pem = program.certificate(name, &reader);
        let id = contact(
            &scene,
            scene.cast.houses.own,
            &reader,
            Keys { certificate: Some(pem), ..Keys::default() },
            false,
        );
        let id = id.await;
        ask(&scene, WORDS).await;
        assert_eq!(sealed(&scene), 1, "{name}");
        assert!(!rows(&scene).iter().any(|field| tells(field)), "{name}: a row tells");
        let mails = wire(&scene, &reader).await;
        let [mail] = mails.as_slice() else { panic!("{name}: {} mails", mails.len()) };
        assert!(!tells(mail), "{name}: the wire tells");
        let head = String::from_utf8_lossy(mail);
        let head = head.split("\r\n\r\n").next().unwrap();
        assert!(head.contains(&format!("Subject: [TLP:AMBER] {}\r\n", scene.case.reference)), "{head}");
        assert!(head.contains("application/pkcs7-mime; smime-type=enveloped-data"), "{head}");
        // Its reader opens it, checks who signed, and reads the true subject.
        let inside = program.smime_decrypt(name, mail);
        let (way, hash) = went(&scene, &reader);
        assert_eq!(way.as_deref(), Some("sealed_smime"));
        assert_eq!(
            hash.as_deref(),
            Some(digest(&SHA256, &inside).as_ref()),
            "{name}: what was sent can be shown"
        );
        program.write("cert-ca.pem", ca(&scene));
        let entity = program.smime_verify(&inside, "cert-ca.pem");
        let read = mail_parser::MessageParser::default().parse(&entity).unwrap();
        let text = program::text(&entity);
        assert!(text.contains(WORDS), "{name}: {text}");
        let subject =
            format!("[TLP:AMBER] {}: Es gibt eine Nachricht zu Ihrem Vorgang", scene.case.reference);
        assert_eq!(read.subject(), Some(subject.as_str()));
        assert!(text.starts_with(&format!("Subject: {subject}\n")), "{text}");
        let entity = String::from_utf8(entity).unwrap();
        assert!(
            entity.contains("hp=\"cipher\"") && entity.contains("HP-Outer: Subject: [TLP:AMBER]"),
            "{entity}"
        );
        // Nobody else does.
        program.certificate("other", "it@anderswo.example");
        assert!(program.try_smime_decrypt("other", mail).is_none(), "{name}");
        assert_eq!(sealed(&scene), 0, "{name}: it is erased when it was taken");
        assert!(!rows(&scene).iter().any(|field| tells(field)));
        end(&scene, id).await;
    }
    let log = log.0.lock().unwrap();
    assert!(log.len() > 1000, "something was logged");
    assert!(!tells(&log), "the log tells");
}

async fn end(scene: &Scene, id: ContactId) {
    let (own, analyst) = (scene.cast.houses.own, scene.cast.person("analyst").account);
    scene.house.act(analyst, move |tx, actor| directory::end_contact(tx, actor, own, id, 1)).await;
}

#[actix_web::test]
async fn a_question_goes_to_a_reader_with_an_openpgp_key_encrypted_and_gpg_opens_it() {
    let scene = scene().await;
    let reader = scene.cast.person("reporter").mail.clone();
    for algorithm in ["rsa3072", "default", "nistp256"] {
        let program = Program::new();
        let key = program.openpgp(&reader, algorithm);
        let keys = Keys { openpgp: Some(key), ..Keys::default() };
        let id = contact(&scene, scene.cast.houses.own, &reader, keys, false).await;
        ask(&scene, WORDS).await;
        assert!(!rows(&scene).iter().any(|field| tells(field)), "{algorithm}: a row tells");
        let mails = wire(&scene, &reader).await;
        let [mail] = mails.as_slice() else { panic!("{algorithm}: {} mails", mails.len()) };
        assert!(!tells(mail), "{algorithm}");
        let whole = String::from_utf8_lossy(mail);
        assert!(whole.contains("multipart/encrypted; protocol=\"application/pgp-encrypted\""), "{whole}");
        let inside = program.gpg_decrypt(mail);
        let (way, hash) = went(&scene, &reader);
        assert_eq!(way.as_deref(), Some("sealed_openpgp"));
        assert_eq!(hash.as_deref(), Some(digest(&SHA256, &inside).as_ref()), "{algorithm}");
        program.write("cert-ca.pem", ca(&scene));
        let entity = program.smime_verify(&inside, "cert-ca.pem");
        let read = mail_parser::MessageParser::default().parse(&entity).unwrap();
        assert!(read.body_text(0).unwrap().contains(WORDS));
        assert_eq!(sealed(&scene), 0);
        end(&scene, id).await;
    }
}

#[actix_web::test]
async fn without_a_key_a_reader_gets_no_content_and_is_told_that_the_key_is_missing() {
    let scene = scene().await;
    let reader = scene.cast.person("reporter").mail.clone();
    let program = Program::new();
    // A key that another organisation entered for the address does not count.
    let pem = program.certificate("p256", &reader);
    let foreign = scene.cast.houses.foreign;
    contact(&scene, foreign, &reader, Keys { certificate: Some(pem), ..Keys::default() }, false).await;
    ask(&scene, WORDS).await;
    assert_eq!(sealed(&scene), 0, "what nobody could open is not kept");
    let mails = wire(&scene, &reader).await;
    let text = program::text(&mails[0]);
    assert!(text.contains("für diese Adresse kein Schlüssel hinterlegt"), "{text}");
    assert_eq!(went(&scene, &reader), (Some("pointer_no_key".to_owned()), None));
    assert!(!mails.iter().any(|mail| tells(mail)) && !rows(&scene).iter().any(|field| tells(field)));
}

#[actix_web::test]
async fn a_key_that_ended_before_the_mail_is_made_closes_it_again() {
    let scene = scene().await;
    let reader = scene.cast.person("reporter").mail.clone();
    let program = Program::new();
    let pem = program.certificate("p256", &reader);
    contact(
        &scene,
        scene.cast.houses.own,
        &reader,
        Keys { certificate: Some(pem), ..Keys::default() },
        false,
    )
    .await;
    ask(&scene, WORDS).await;
    assert_eq!(sealed(&scene), 1);
    // The certificate lasts twenty days; the CERT's own much longer.
    scene.house.clock.advance(SignedDuration::from_hours(24 * 21));
    let mails = wire(&scene, &reader).await;
    let text = program::text(&mails[0]);
    assert!(text.contains("Ihr Zertifikat oder Schlüssel ist abgelaufen"), "{text}");
    assert_eq!(went(&scene, &reader), (Some("pointer_ended".to_owned()), None));
    assert!(!mails.iter().any(|mail| tells(mail)));
    assert_eq!(sealed(&scene), 0, "it is erased all the same");
    // The team sees it.
    let page = scene.later("administrator", "/warteschlangen").await;
    assert!(page.contains("Zertifikat oder Schlüssel ist abgelaufen."), "{page}");
}

#[actix_web::test]
async fn a_key_that_is_too_weak_is_none() {
    let scene = scene().await;
    let reader = scene.cast.person("reporter").mail.clone();
    let program = Program::new();
    let weak = Keys { openpgp: Some(program.openpgp(&reader, "rsa1024")), ..Keys::default() };
    contact(&scene, scene.cast.houses.own, &reader, weak, false).await;
    ask(&scene, WORDS).await;
    let mails = wire(&scene, &reader).await;
    assert_eq!(went(&scene, &reader).0.as_deref(), Some("pointer_unusable"));
    assert!(!mails.is_empty() && !mails.iter().any(|mail| tells(mail)));
}

#[actix_web::test]
async fn of_a_case_that_was_closed_to_named_persons_what_waits_goes_without_content() {
    let scene = scene().await;
    let reader = scene.cast.person("reporter").mail.clone();
    let program = Program::new();
    let pem = program.certificate("p256", &reader);
    let keys = Keys { certificate: Some(pem), ..Keys::default() };
    contact(&scene, scene.cast.houses.own, &reader, keys, false).await;
    ask(&scene, WORDS).await;
    assert_eq!(sealed(&scene), 1);
    let (reference, case) = (scene.case.reference.clone(), scene.case.id);
    let lead = scene.cast.person("cert_lead").account;
    scene
        .house
        .act(lead, move |tx, actor| {
            let seen = incidents::load(tx, case)?.version;
            incidents::restrict(tx, actor, &reference, seen, Some(&[lead]))
        })
        .await;
    assert_eq!(sealed(&scene), 0);
    let mails = wire(&scene, &reader).await;
    assert_eq!(went(&scene, &reader), (Some("pointer_erased".to_owned()), None));
    assert!(!mails.is_empty() && !mails.iter().any(|mail| tells(mail)));
}

#[actix_web::test]
async fn what_is_red_goes_to_no_function_s_mailbox_even_where_it_has_a_key() {
    let scene = scene().await;
    let reader = scene.cast.person("reporter").mail.clone();
    let program = Program::new();
    let pem = program.certificate("p256", &reader);
    contact(&scene, scene.cast.houses.own, &reader, Keys { certificate: Some(pem), ..Keys::default() }, true)
        .await;
    let (id, red) = (scene.case.reference.clone(), Tlp::Red.label());
    scene
        .house
        .write(move |tx| {
            use meldekette::store::schema::incidents::dsl;
            let row = dsl::incidents.filter(dsl::reference.eq(&id));
            diesel::update(row).set(dsl::tlp.eq(red)).execute(tx.conn)?;
            Ok(())
        })
        .await;
    ask(&scene, WORDS).await;
    assert_eq!(sealed(&scene), 0);
    let mails = wire(&scene, &reader).await;
    assert!(program::text(&mails[0]).contains("An ein gemeinsames Postfach senden wir ihn deshalb nicht"));
    assert_eq!(went(&scene, &reader).0.as_deref(), Some("pointer_function"));
    assert!(!mails.iter().any(|mail| tells(mail)));
}

#[actix_web::test]
async fn an_advisory_goes_whole_to_recipients_with_a_key_and_as_a_pointer_to_others() {
    let scene = scene().await;
    let (own, foreign) = (scene.cast.houses.own, scene.cast.houses.foreign);
    let (reader, other) = ("warnung@eigen.example", "warnung@fremd.example");
    let program = Program::new();
    let pem = program.certificate("rsa", reader);
    contact(&scene, own, reader, Keys { certificate: Some(pem), ..Keys::default() }, false).await;
    contact(&scene, foreign, other, Keys::default(), false).await;
    enrol(&scene, own).await;
    enrol(&scene, foreign).await;
    let draft = draft("versiegelt", Tlp::Amber, AudienceFilter::Hand(vec![own, foreign]));
    let written = scene
        .house
        .act(scene.cast.person("analyst").account, move |tx, actor| {
            let version = advisories::create(tx, actor, &draft)?;
            advisories::submit(tx, actor, &version.reference, version.lock)
        })
        .await;
    scene
        .house
        .act(scene.cast.person("approver").account, move |tx, actor| {
            let version = advisories::approve(tx, actor, &written.reference, written.lock, None)?;
            advisories::publish(tx, actor, &written.reference, version.lock)
        })
        .await;
    let mails = wires(&scene).await;
    let to = |address: &str| {
        let address = format!("Delivered-To: {address}");
        mails.iter().find(|mail| String::from_utf8_lossy(mail).contains(&address)).expect("a mail")
    };
    assert!(!mails.iter().any(|mail| tells(mail)), "the wire tells");
    let whole = program.smime_decrypt("rsa", to(reader));
    assert!(tells(program::text(&whole).as_bytes()), "{}", program::text(&whole));
    assert!(program::text(to(other)).contains("für diese Adresse kein Schlüssel hinterlegt"));
    assert_eq!(sealed(&scene), 0);
}

#[actix_web::test]
async fn a_key_near_its_end_is_announced_once_to_the_contact_and_to_the_team() {
    let scene = scene().await;
    let program = Program::new();
    let pem = program.certificate("p256", "schluessel@eigen.example");
    let keys = Keys { certificate: Some(pem), ..Keys::default() };
    contact(&scene, scene.cast.houses.own, "schluessel@eigen.example", keys, false).await;
    enrol(&scene, scene.cast.houses.own).await;
    assert_eq!(scene.house.write(directory::announce_endings).await, 1);
    assert_eq!(scene.house.write(directory::announce_endings).await, 0, "once for each end");
    scene.house.work().await;
    let mails = scene.house.mails.take();
    let to = |address: &str| {
        let mail = mails.iter().find(|(envelope, _)| envelope.to.as_str() == address).expect("a mail");
        program::text(&mail.1)
    };
    assert!(to("schluessel@eigen.example").contains("Der Schlüssel gilt nur bis"));
    let team = to(&scene.cast.person("analyst").mail);
    assert!(team.contains("Vertretung Amt") && team.contains("läuft der letzte Schlüssel ab"), "{team}");
    let page = scene.page("analyst", &format!("/register/{}", scene.cast.houses.own)).await.text();
    assert!(page.contains("endet bald") && page.contains("erhält dieser Kontakt verschlüsselt"), "{page}");
}
