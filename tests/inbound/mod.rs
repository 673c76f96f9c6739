//! Mail that comes in: what joins a case and for whom, what waits in the inbox, what no mail does to the product.

pub mod hostile;
mod lines;
mod mailbox;
pub mod round;
mod sealed;
mod third;

use std::sync::Arc;

use diesel::prelude::*;
use mail_parser::MessageParser;
use meldekette::correspondence::intake::Intake;
use meldekette::correspondence::model::{Envelope, Road};
use meldekette::incidents::evidence::reader::Reader;
use meldekette::incidents::evidence::vault::Vault;
use meldekette::store::schema::{inbound_mails, outbox};

use crate::support::app::House;
use crate::support::cast::{Cast, PASSWORD};
use crate::support::client::{Door, Reply, Visitor};
use crate::support::town::{Case, case};

/// A word that stands in mails alone.
const CANARY: &str = "KNReingangspost";

/// A case of the town hall "Eigen", and mails about it.
pub struct Scene {
    pub house: House,
    pub door: Door,
    pub cast: Cast,
    pub case: Case,
    pub intake: Intake,
}

impl Scene {
    pub async fn new() -> Self {
        Self::of(House::empty()).await
    }

    /// In this house.
    pub async fn of(house: House) -> Self {
        let vault: Arc<Vault> = Arc::new(house.app.vault().unwrap());
        let door = house.door_on(&vault).await;
        let cast = Cast::play(&house, &door).await;
        let case = case(&house, &cast, "reporter", "eigen", cast.houses.own, "by_name").await;
        let reader = Reader::new(env!("CARGO_BIN_EXE_meldekette").into());
        let intake = Intake::new(house.app.db.clone(), vault, reader);
        house.leaves("invitations of the cast, and what was told of the case");
        Self { house, door, cast, case, intake }
    }

    fn who(&self, key: &str) -> &Visitor {
        &self.cast.person(key).visitor
    }

    /// Sends what waits; where the town hall's person answers, and the Message-ID of that mail.
    async fn written_to(&self, key: &str) -> (String, String) {
        self.house.work().await;
        let mail = &self.cast.person(key).mail;
        for (envelope, bytes) in self.house.mails.take().iter().rev() {
            let read = MessageParser::default().parse(bytes).expect("a mail");
            if envelope.to.as_str() == mail
                && let Some(to) = read.reply_to().and_then(|to| to.first()).and_then(|to| to.address())
            {
                return (to.to_owned(), read.message_id().expect("an id").to_owned());
            }
        }
        panic!("{key} was told nowhere to answer to")
    }

    /// A mail comes in and is read.
    pub async fn take(&self, to: &[&str], mail: &[u8]) -> String {
        let to = to.iter().map(|it| (*it).to_owned()).collect();
        let envelope = Envelope { from: "absender@aussen.example".to_owned(), to };
        let id = self.intake.take(Road::Lmtp, envelope, mail.to_vec()).await.expect("accepted");
        self.intake.read_due().await.expect("read");
        id.to_string()
    }

    /// Where a mail stands, what it is, and why.
    pub fn state(&self, id: &str) -> (String, String, String) {
        let id: meldekette::core::ids::InboundId = id.parse().unwrap();
        let row = inbound_mails::table.find(id);
        self.house
            .app
            .db
            .read_now(|tx| {
                let row = row.select((inbound_mails::state, inbound_mails::kind, inbound_mails::reasons));
                Ok(row.first(tx.conn)?)
            })
            .unwrap()
    }

    pub async fn page(&self, by: &str, path: &str) -> Reply {
        self.door.get(self.who(by), path).await
    }

    /// The same for somebody who signs in anew: time that passed ended the session.
    pub async fn later(&self, by: &str, path: &str) -> String {
        let visitor = self.door.sign_in(&self.cast.person(by).mail, PASSWORD).await;
        let reply = self.door.get(&visitor, path).await;
        assert_eq!(reply.status.as_u16(), 200, "{by}: {path}");
        reply.text()
    }

    async fn case_page(&self, by: &str) -> String {
        self.page(by, &format!("/vorgaenge/{}", self.case.reference)).await.text()
    }

    async fn place(&self, id: &str, version: &str, reference: &str, whom: &str) -> Reply {
        let fields = [("version", version), ("vorgang", reference), ("an", whom)];
        self.decide("analyst", id, "zuordnung", &fields).await
    }

    async fn decide(&self, by: &str, id: &str, what: &str, fields: &[(&str, &str)]) -> Reply {
        self.door.post(self.who(by), &format!("/posteingang/{id}/{what}"), fields).await
    }
}

/// A plain mail.
pub fn mail(from: &str, subject: &str, more: &str, text: &str) -> Vec<u8> {
    let id =
        subject.bytes().chain(text.bytes()).fold(7_u64, |sum, b| sum.wrapping_mul(31).wrapping_add(b.into()));
    format!(
        "Received: from mx.aussen.example\r\nFrom: Eine Person <{from}>\r\nTo: cert@thueringencert.example\r\n\
         Subject: {subject}\r\nMessage-ID: <{id}@aussen.example>\r\n{more}MIME-Version: 1.0\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

pub fn with_files(from: &str) -> Vec<u8> {
    format!(
        "From: {from}\r\nSubject: =?utf-8?Q?R=C3=BCckfrage?=\r\nMessage-ID: <mit@aussen.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <html><script>alert('{CANARY}skript')</script><p>{CANARY} im Text<img src=\"http://spion.example/pixel\"></p>\r\n\
         --x\r\nContent-Type: text/plain; name=\"protokoll.txt\"\r\nContent-Disposition: attachment\r\n\r\nZeile 1\r\n\
         --x\r\nContent-Type: application/octet-stream; name=\"Rechnung.pdf.exe\"\r\nContent-Disposition: attachment\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAA=\r\n--x--\r\n"
    )
    .into_bytes()
}

#[actix_web::test]
async fn an_answer_to_the_address_that_a_town_hall_was_given_joins_the_case_for_it_and_the_team_alone() {
    let scene = Scene::new().await;
    let (address, _) = scene.written_to("reporter").await;
    assert!(address.starts_with("cert+v1-") && address.ends_with("@thueringencert.example"), "{address}");
    let from = scene.cast.person("reporter").mail.clone();
    let id = scene.take(&[&address.to_uppercase()], &with_files(&from)).await;
    assert_eq!(scene.state(&id), ("joined".into(), "reply".into(), "token-right sender-known".into()));
    for by in ["analyst", "auditor", "reporter", "reporter2", "org_lead"] {
        let page = scene.case_page(by).await;
        assert!(page.contains(&format!("{CANARY} im Text")), "{by}");
        assert!(
            !page.contains("skript") && !page.contains("spion.example"),
            "{by} gets what the mail would load"
        );
    }
    for by in [
        "foreign.reporter",
        "foreign.org_lead",
        "provider.reporter",
        "land.org_lead",
        "administrator",
        "approver",
    ] {
        assert!(!scene.case_page(by).await.contains(CANARY), "{by}");
    }
    let files = scene.page("reporter", &format!("/vorgaenge/{}/beweise", scene.case.reference)).await.text();
    for name in ["mail.eml", "protokoll.txt", "Rechnung.pdf.exe"] {
        assert!(files.contains(name), "{name}: {files}");
    }
    let inbox = scene.page("analyst", "/posteingang").await.text();
    assert!(!inbox.contains(&id), "what joined waits for nobody");
    // The team hears of it, and no mail says what it says.
    scene.house.work().await;
    let mails = scene.house.mails.take();
    assert!(!mails.is_empty());
    assert!(mails.iter().all(|(_, mail)| !String::from_utf8_lossy(mail).contains(CANARY)));
    // What goes out next answers what came in.
    let text = [("text", "Danke."), ("audience", "organisation"), ("an", "organisation")];
    let reference = scene.case.reference.clone();
    let own = scene.cast.houses.own;
    scene
        .house
        .act(scene.cast.person("analyst").account, move |tx, actor| {
            let text = meldekette::core::text::Prose::parse(text[0].1).unwrap();
            let audience = meldekette::incidents::model::Audience::Organisation(own);
            meldekette::incidents::service::message(tx, actor, &reference, audience, &text)
        })
        .await;
    scene.house.work().await;
    let sent = scene.house.mails.take();
    let answer =
        sent.iter().find(|(envelope, _)| envelope.to.as_str() == from).expect("a mail to the town hall");
    let read = MessageParser::default().parse(&answer.1).unwrap();
    assert_eq!(read.in_reply_to().as_text(), Some("mit@aussen.example"));
}

#[actix_web::test]
async fn an_answer_to_a_mail_is_found_by_the_mail_it_answers_where_the_address_was_changed() {
    let scene = Scene::new().await;
    let (_, message) = scene.written_to("reporter").await;
    let from = scene.cast.person("reporter").mail.clone();
    let answers = format!("In-Reply-To: <{message}>\r\n");
    let id = scene.take(&["cert@thueringencert.example"], &mail(&from, "AW: Frage", &answers, CANARY)).await;
    assert_eq!(scene.state(&id).0, "joined");
    // Somebody else who quotes the same mail does not get in.
    let foreign = mail("wer@aussen.example", "AW: Frage", &answers, "KNRfremdpost");
    let id = scene.take(&["cert@thueringencert.example"], &foreign).await;
    assert_eq!(scene.state(&id), ("open".into(), "reply".into(), "sender-foreign answers-our-mail".into()));
    assert!(!scene.case_page("reporter").await.contains("KNRfremdpost"));
}

#[actix_web::test]
async fn the_right_address_from_a_foreign_sender_waits_for_a_person_and_says_so() {
    let scene = Scene::new().await;
    let (address, _) = scene.written_to("reporter").await;
    let id = scene.take(&[&address], &mail("wer@aussen.example", "Frage", "", CANARY)).await;
    assert_eq!(scene.state(&id), ("open".into(), "reply".into(), "sender-foreign token-right".into()));
    assert!(
        !scene.case_page("analyst").await.contains(CANARY)
            && !scene.case_page("reporter").await.contains(CANARY)
    );
    let page = scene.page("analyst", &format!("/posteingang/{id}")).await.text();
    assert!(
        page.contains("Der Absender gehört nicht zur Stelle.") && page.contains(&scene.case.reference),
        "{page}"
    );
    let joined = scene.place(&id, "3", &scene.case.reference, "stelle");
    let joined = joined.await;
    assert_eq!(joined.status.as_u16(), 303, "{}", joined.text());
    assert!(scene.case_page("reporter").await.contains(CANARY));
    assert!(!scene.case_page("foreign.reporter").await.contains(CANARY));
}

#[actix_web::test]
async fn a_guessed_reference_is_a_proposal_and_brings_nothing_into_the_case_unseen() {
    let scene = Scene::new().await;
    let subject = format!("Re: [{}] weiter", scene.case.reference);
    let from = scene.cast.person("reporter").mail.clone();
    let forged = "cert+v1-00000000000000000000000000000000@thueringencert.example";
    let id = scene.take(&[forged], &mail(&from, &subject, "", CANARY)).await;
    assert_eq!(scene.state(&id), ("open".into(), "reply".into(), "token-wrong subject-names-case".into()));
    assert!(!scene.case_page("analyst").await.contains(CANARY));
    let page = scene.page("analyst", &format!("/posteingang/{id}")).await.text();
    assert!(page.contains("Könnte gehören zu") && page.contains(CANARY));
    let wrong = scene.place(&id, "3", "TH-2026-99999", "team");
    let wrong = wrong.await;
    assert!(
        wrong.status.as_u16() == 422
            && wrong.text().contains("Einen Vorgang mit diesem Aktenzeichen gibt es nicht.")
    );
    let stale = scene.place(&id, "1", &scene.case.reference, "team");
    assert_eq!(stale.await.status.as_u16(), 409);
    let joined = scene.place(&id, "3", &scene.case.reference, "team");
    assert_eq!(joined.await.status.as_u16(), 303);
    assert!(scene.case_page("analyst").await.contains(CANARY));
    assert!(!scene.case_page("reporter").await.contains(CANARY), "the team chose to keep it");
}

#[actix_web::test]
async fn of_a_case_for_named_persons_only_they_see_what_surely_belongs_to_it() {
    let scene = Scene::new().await;
    let (address, _) = scene.written_to("reporter").await;
    let reference = scene.case.reference.clone();
    let named = [scene.cast.person("analyst").account, scene.cast.person("reporter").account];
    scene
        .house
        .act(named[0], move |tx, actor| {
            let seen = meldekette::incidents::service::show(tx, actor, &reference)?.incident.version;
            meldekette::incidents::service::restrict(tx, actor, &reference, seen, Some(&named))
        })
        .await;
    let id = scene.take(&[&address], &mail("wer@aussen.example", "Frage", "", CANARY)).await;
    let path = format!("/posteingang/{id}");
    assert_eq!(scene.page("analyst", &path).await.status.as_u16(), 200);
    for by in ["analyst2", "auditor", "cert_lead"] {
        assert_eq!(scene.page(by, &path).await.status.as_u16(), 404, "{by}");
        assert!(!scene.page(by, "/posteingang").await.text().contains(&id), "{by}");
    }
    // A colleague who is not named is foreign to it.
    let colleague = scene.cast.person("reporter2").mail.clone();
    let id = scene.take(&[&address], &mail(&colleague, "Ich auch", "", CANARY)).await;
    assert_eq!(scene.state(&id).2, "sender-foreign token-right");
    // By a reference alone no mail hides from the team.
    let subject = format!("[{}]", scene.case.reference);
    let id = scene.take(&[], &mail("wer@aussen.example", &subject, "", "x")).await;
    let page = scene.page("analyst2", &format!("/posteingang/{id}")).await;
    assert!(page.status.as_u16() == 200 && !page.text().contains("Könnte gehören zu"));
}

#[actix_web::test]
async fn what_a_stranger_writes_becomes_a_report_when_an_analyst_says_so() {
    let scene = Scene::new().await;
    let text = format!("Bei uns geht nichts mehr. {CANARY}");
    let id =
        scene.take(&["cert@thueringencert.example"], &mail("amt@klein.example", "Hilfe", "", &text)).await;
    assert_eq!(scene.state(&id), ("open".into(), "report".into(), "sender-answers-nothing".into()));
    let inbox = scene.page("analyst", "/posteingang").await.text();
    assert!(inbox.contains("Hilfe") && inbox.contains("(1)"), "{inbox}");
    assert_eq!(scene.decide("auditor", &id, "meldung", &[("version", "3")]).await.status.as_u16(), 403);
    let filed = scene.decide("analyst", &id, "meldung", &[("version", "3")]).await;
    let to = filed.to.clone().expect("a case");
    let page = scene.page("analyst", &to).await.text();
    assert!(
        page.contains(CANARY) && page.contains("per E-Mail") && page.contains("Gemeldet ohne Konto"),
        "{page}"
    );
    assert!(scene.page("analyst", &format!("{to}/beweise")).await.text().contains("mail.eml"));
    assert_eq!(scene.page("reporter", &to).await.status.as_u16(), 404);
    let again = scene.decide("analyst", &id, "meldung", &[("version", "4")]).await;
    assert_eq!(again.status.as_u16(), 409, "once");
    // Nobody is answered, so nothing can go back and forth.
    let before = scene.house.left().1;
    let other = scene.take(&[], &mail("amt@klein.example", "Noch eins", "", "x")).await;
    assert_eq!(scene.house.left().1, before);
    let discarded =
        scene.decide("analyst", &other, "verwerfen", &[("version", "3"), ("grund", "Werbung")]).await;
    assert_eq!(discarded.status.as_u16(), 303);
    assert!(scene.page("auditor", "/posteingang?zeigen=erledigt").await.text().contains("Noch eins"));
    let blocked = scene.decide("analyst", &other, "sperre", &[("sperren", "ja")]).await;
    assert_eq!(blocked.status.as_u16(), 303);
    let third = scene.take(&[], &mail("amt@klein.example", "Und noch eins", "", "y")).await;
    assert_eq!(scene.state(&third), ("noted".into(), "blocked".into(), "sender-blocked".into()));
}

#[actix_web::test]
async fn a_mail_that_came_back_is_counted_as_such_and_one_that_is_late_is_not() {
    let scene = Scene::new().await;
    scene.house.work().await;
    let sent = scene.house.mails.take();
    let reporter = &scene.cast.person("reporter").mail;
    let about_the_case = sent.iter().rev().find(|(envelope, bytes)| {
        let read = MessageParser::default().parse(bytes.as_slice()).expect("a mail");
        envelope.to.as_str() == reporter && read.reply_to().is_some()
    });
    let (envelope, _) = about_the_case.expect("a mail was sent");
    let back = |action: &str, status: &str| {
        format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.aussen.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nNicht angekommen.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.aussen.example\r\n\r\n\
             Final-Recipient: rfc822; {}\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: smtp; 550 {status} User unknown\r\n--b--\r\n",
            envelope.to
        )
    };
    let state = || {
        let mine = outbox::table.filter(outbox::envelope_from.eq(envelope.from.as_str()));
        let row = mine.select((outbox::state, outbox::answer));
        scene.house.app.db.read_now(|tx| Ok(row.first::<(String, Option<String>)>(tx.conn)?)).unwrap()
    };
    let id = scene.take(&[envelope.from.as_str()], back("delayed", "4.2.0").as_bytes()).await;
    assert_eq!((scene.state(&id).1.as_str(), state().0.as_str()), ("bounce", "accepted"));
    let id = scene.take(&[envelope.from.as_str()], back("failed", "5.1.1").as_bytes()).await;
    let (kept, kind, why) = scene.state(&id);
    assert_eq!((kept.as_str(), kind.as_str()), ("noted", "bounce"));
    assert!(why.contains("of-our-mail"), "{why}");
    let (state, answer) = state();
    assert_eq!(state, "bounced");
    // Who works on the case reads it there, and nobody else.
    let said = format!("Eine Mail an {} kam zurück", envelope.to);
    assert!(scene.case_page("analyst").await.contains(&said));
    assert!(!scene.case_page("reporter").await.contains("kam zurück"));
    assert!(answer.is_some_and(|answer| answer.contains("5.1.1 550 5.1.1 User unknown")));
}

#[actix_web::test]
async fn machines_are_heard_and_never_answered_and_two_of_them_do_not_talk_for_ever() {
    let scene = Scene::new().await;
    let (address, message) = scene.written_to("reporter").await;
    let from = scene.cast.person("reporter").mail.clone();
    let away = mail(&from, "Abwesend", "Auto-Submitted: auto-replied (vacation)\r\n", CANARY);
    let id = scene.take(&[&address], &away).await;
    assert_eq!(scene.state(&id), ("noted".into(), "auto_reply".into(), "auto-submitted".into()));
    assert!(!scene.case_page("analyst").await.contains(CANARY));
    let own = format!("From: x@aussen.example\r\nMessage-ID: <{message}>\r\nSubject: y\r\n\r\nz\r\n");
    let id = scene.take(&[&address], own.as_bytes()).await;
    assert_eq!(scene.state(&id), ("noted".into(), "loop".into(), "own-mail".into()));
    let hops = "Received: from a.example\r\n".repeat(60);
    let id = scene.take(&[&address], &[hops.as_bytes(), &mail(&from, "rund", "", "x")].concat()).await;
    assert_eq!(scene.state(&id).2, "many-hops");
    let twice = mail(&from, "Zweimal", "", "dasselbe");
    scene.take(&[&address], &twice).await;
    let id = scene.take(&[&address], &twice).await;
    assert_eq!(scene.state(&id), ("noted".into(), "repeat".into(), "same-bytes".into()));
    // An autoresponder that does not say that it is one.
    let mut states = Vec::new();
    for number in 0..32 {
        let id =
            scene.take(&[&address], &mail(&from, &format!("Ihre Nachricht {number}"), "", "kam an")).await;
        states.push(scene.state(&id));
    }
    assert_eq!(states[0].0, "joined");
    // It joins nothing any more; but nothing that somebody wrote is put away, whoever else writes in their name.
    assert_eq!(states[31], ("open".into(), "reply".into(), "too-often token-right sender-known".into()));
}
