//! The whole way round, encrypted: a question leaves the product for a real Postfix, lies in a mailbox of a real Dovecot, is
//! opened by openssl or gpg, and the answer, encrypted for the CERT, stands opened in the thread.

use std::sync::Arc;
use std::time::Duration;

use mail_parser::MessageParser;
use meldekette::correspondence::model::LARGEST;
use meldekette::crypto::trust::Anchors;
use meldekette::mail::receiver::{Protocol, Receiver, ReceiverSettings};
use meldekette::mail::transport::smtp::{Security, SmtpSettings, SmtpTransport};
use tokio::sync::watch;

use super::program::Program;
use super::{Keys, WORDS, ask, contact, tells};
use crate::inbound::round::{PASSWORD, mails};
use crate::support::dovecot::Dovecot;
use crate::support::postfix::{Postfix, Way};

/// What the answer says.
const ANSWER: &str = "KNRantwort: nur das Postfach der Poststelle";

async fn goes_round(is_openpgp: bool) {
    assert!(Postfix::can_start());
    let mut scene = super::scene().await;
    let opener = scene.house.app.keys.opener(Anchors::default()).unwrap();
    scene.intake = scene.intake.clone().with_keys(Arc::new(opener));
    let reader = scene.cast.person("reporter").mail.clone();
    let program = Program::new();
    let keys = if is_openpgp {
        Keys { openpgp: Some(program.openpgp(&reader, "default")), ..Keys::default() }
    } else {
        Keys { certificate: Some(program.certificate("p256", &reader)), ..Keys::default() }
    };
    contact(&scene, scene.cast.houses.own, &reader, keys, false).await;

    let dovecot = Dovecot::start(&[(&reader, PASSWORD)]);
    let settings =
        ReceiverSettings { protocol: Protocol::Lmtp, max_size: LARGEST, ..ReceiverSettings::default() };
    let listens = "127.0.0.1:0".parse().unwrap();
    let receiver = Receiver::bind(listens, settings, Arc::new(scene.intake.clone())).await.unwrap();
    let way = Way::Lmtp(receiver.address().unwrap().port());
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(receiver.run(stopped));
    let postfix = Postfix::start("thueringencert.example", &way, dovecot.lmtp);

    ask(&scene, WORDS).await;
    let out = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: postfix.port,
        security: Security::None,
        login: None,
        ca_file: None,
        hello: "thueringencert.example".to_owned(),
        bound: Duration::from_secs(10),
    };
    scene.house.work_with(Arc::new(SmtpTransport::new(out).unwrap())).await;
    let mut found = Vec::new();
    for _ in 0..600 {
        found = mails(&dovecot, &reader, "INBOX").await;
        if !found.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let [question] = found.as_slice() else { panic!("{} mails: {}", found.len(), postfix.log()) };
    assert!(!tells(question), "what lies in the mailbox tells");

    // It is opened in the town hall, and answered.
    let inside =
        if is_openpgp { program.gpg_decrypt(question) } else { program.smime_decrypt("p256", question) };
    program.write("cert-ca.pem", super::ca(&scene));
    let entity = program.smime_verify(&inside, "cert-ca.pem");
    let said = MessageParser::default().parse(&entity).unwrap().body_text(0).unwrap().into_owned();
    assert!(said.contains(WORDS) && said.contains("Sie können auf diese E-Mail antworten"), "{said}");
    let read = MessageParser::default().parse(question).unwrap();
    let to = read.reply_to().unwrap().first().unwrap().address().unwrap().to_owned();
    let own = std::fs::read(scene.house.app.config.keys.directory.join("smime.pem")).unwrap();
    program.write("cert.pem", own);
    // Who signs inside reads it again in the case; of an answer that anybody could have encrypted they read that it came.
    let signer = (!is_openpgp).then_some("p256");
    let answer = program.smime_encrypt("cert.pem", signer, ANSWER);
    let answer = format!(
        "From: Rathaus <{reader}>\r\nTo: {to}\r\nSubject: Re: {}\r\nMessage-ID: <antwort@eigen.example>\r\n\
         In-Reply-To: <{}>\r\n{answer}",
        read.subject().unwrap(),
        read.message_id().unwrap()
    );
    assert!(!answer.contains("KNRantwort"));
    postfix.submit(&reader, &to, answer.as_bytes());

    // It stands opened in the thread.
    let path = format!("/vorgaenge/{}", scene.case.reference);
    let mut page = String::new();
    for _ in 0..600 {
        scene.intake.read_due().await.unwrap();
        page = scene.page("analyst", &path).await.text();
        if page.contains(ANSWER) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(page.contains(ANSWER), "{page}\n{}", postfix.log());
    let own = scene.page("reporter", &path).await.text();
    assert_eq!(own.contains(ANSWER), signer.is_some(), "{own}");
    assert_eq!(own.contains("Ihre verschlüsselte E-Mail ist angekommen."), signer.is_none(), "{own}");
    assert!(!scene.page("foreign.reporter", &path).await.text().contains(ANSWER));
    stop.send(true).unwrap();
    running.await.unwrap();
    scene.house.leaves("that the team hears of the answer");
}

#[actix_web::test]
#[ignore = "Postfix starts as root only"]
async fn an_encrypted_question_is_opened_by_openssl_and_answered_encrypted() {
    goes_round(false).await;
}

#[actix_web::test]
#[ignore = "Postfix starts as root only"]
async fn an_encrypted_question_is_opened_by_gpg_and_answered_encrypted() {
    goes_round(true).await;
}
