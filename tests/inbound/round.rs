//! The whole way round: a question leaves the product for a real Postfix, lies in a mailbox of a real Dovecot, is read
//! and answered there, and the answer stands in its case, whichever way Postfix hands it over.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use jiff::SignedDuration;
use mail_parser::MessageParser;
use meldekette::core::env::Env;
use meldekette::core::text::Prose;
use meldekette::correspondence::mailbox::{Collector, Plan};
use meldekette::correspondence::model::{LARGEST, Road};
use meldekette::incidents::model::Audience;
use meldekette::incidents::service as incidents;
use meldekette::mail::imap::{Fetched, Imap, Protection};
use meldekette::mail::receiver::{Protocol, Receiver, ReceiverSettings};
use meldekette::mail::transport::smtp::{Security, SmtpSettings, SmtpTransport};
use meldekette::store::schema::inbound_mails;
use tempfile::TempDir;
use tokio::sync::watch;

use super::{CANARY, Scene};
use crate::support::app::House;
use crate::support::dovecot::{Dovecot, account};
use crate::support::postfix::{Postfix, Way};

const BOX: &str = "cert@thueringencert.example";
pub const PASSWORD: &str = "geheim";

/// How an answer is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Plain,
    /// Signed by openssl.
    Smime,
    /// Signed by gpg.
    Pgp,
}

const ALL: [Made; 3] = [Made::Plain, Made::Smime, Made::Pgp];

/// What a mail program of the town hall has: keys to sign with.
struct Program(TempDir);

impl Program {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("mk").tempdir_in("/tmp").unwrap())
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).env("GNUPGHOME", self.0.path());
        let done = command.output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.0.path().join(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// A mail's content with its headers, as this way makes it of a text.
    fn content(&self, made: Made, from: &str, text: &str) -> String {
        let entity = format!(
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        );
        self.write("entity", &entity);
        match made {
            Made::Plain => format!("MIME-Version: 1.0\r\n{entity}"),
            Made::Smime => {
                let subject = format!("/CN=Rathaus/emailAddress={from}");
                let new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &subject];
                self.run("openssl", &[new.as_slice(), &["-keyout", "key.pem", "-out", "cert.pem"]].concat());
                let sign = ["smime", "-sign", "-crlfeol", "-signer", "cert.pem", "-inkey", "key.pem"];
                self.run("openssl", &[sign.as_slice(), &["-in", "entity", "-out", "signed"]].concat());
                self.read("signed").replace("\r\n", "\n").replace('\n', "\r\n")
            }
            Made::Pgp => {
                let quiet = ["--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""];
                self.run("gpg", &[quiet.as_slice(), &["--quick-gen-key", from, "ed25519", "sign"]].concat());
                let sign = ["--armor", "--digest-algo", "sha256", "--output", "signature", "--detach-sign"];
                self.run("gpg", &[quiet.as_slice(), &sign, &["entity"]].concat());
                self.run("gpgconf", &["--kill", "all"]);
                let signature = self.read("signature").replace('\n', "\r\n");
                format!(
                    "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=pgp; micalg=pgp-sha256;\r\n\
                     \tprotocol=\"application/pgp-signature\"\r\n\r\n--pgp\r\n{entity}\r\n--pgp\r\n\
                     Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n{signature}\r\n--pgp--\r\n"
                )
            }
        }
    }
}

/// A script that hands its input to the product's `mail-in`, as an account that may read this house's files.
fn pipe(house: &House, folder: &Path) -> String {
    let (user, group) = account();
    let config = &house.app.config;
    let program = folder.join("meldekette");
    let built = env!("CARGO_BIN_EXE_meldekette");
    // Where it was built that account may not look.
    std::fs::hard_link(built, &program).or_else(|_| std::fs::copy(built, &program).map(drop)).unwrap();
    let key = config.keys.directory.with_file_name("demonstration-sealing.key");
    std::fs::copy(key, folder.join("sealing.key")).unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut own = Command::new("chown");
    own.arg("-R").arg(format!("{user}:{group}")).arg(folder.join("sealing.key"));
    own.arg(config.keys.directory.parent().unwrap());
    if let Some(path) = config.database.url.strip_prefix("sqlite:") {
        own.arg(Path::new(path).parent().unwrap());
    }
    assert!(own.status().unwrap().success());
    let set = [
        ("DATABASE_URL", config.database.url.clone()),
        ("KEYS_DIRECTORY", config.keys.directory.display().to_string()),
        ("KEYS_SEALING_FILE", folder.join("sealing.key").display().to_string()),
        ("EVIDENCE_FOLDER", config.evidence.folder.display().to_string()),
        ("MAIL_FROM", config.mail.from.clone()),
        ("MAIL_BOUNCE_DOMAIN", config.mail.bounce_domain.clone()),
        ("MAIL_INBOUND_ADDRESS", config.mail.inbound.address.clone()),
    ];
    let set: String =
        set.iter().map(|(name, value)| format!("export MELDEKETTE_{name}='{value}'\n")).collect();
    format!("#!/bin/sh\n{set}exec '{}' mail-in \"$@\"\n", program.display())
}

/// The mails in a mailbox.
pub async fn mails(dovecot: &Dovecot, user: &str, folder: &str) -> Vec<Vec<u8>> {
    let imap = Imap::new(dovecot.settings(user, PASSWORD, Protection::Implicit)).unwrap();
    let mut mailbox = imap.open(folder, false).await.unwrap();
    let mut found = Vec::new();
    for number in mailbox.list().await.unwrap() {
        let Fetched::Mail(mail) = mailbox.fetch(number, LARGEST).await.unwrap() else { panic!("a mail") };
        found.push(mail);
    }
    mailbox.close().await;
    found
}

/// Waits for servers that work in their own time.
macro_rules! wait_for {
    ($what:expr, $log:expr, $is_so:expr) => {{
        let mut turns = 0;
        while !$is_so {
            turns += 1;
            assert!(turns < 600, "after 30 s still not: {}\n{}", $what, $log);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }};
}

/// The mails that came in by this way.
fn came(scene: &Scene, road: Road) -> i64 {
    let rows = inbound_mails::table.filter(inbound_mails::way.eq(road.code()));
    scene.house.app.db.read_now(|tx| Ok(rows.count().get_result(tx.conn)?)).unwrap()
}

async fn goes_round(road: Road) {
    assert!(Postfix::can_start());
    // The pipe's process knows the time by itself.
    let scene = Scene::of(House::at(Env::system().now())).await;
    let reporter = scene.cast.person("reporter").mail.clone();
    let dovecot = Dovecot::start(&[(&reporter, PASSWORD), (BOX, PASSWORD)]);
    let settings =
        ReceiverSettings { protocol: Protocol::Lmtp, max_size: LARGEST, ..ReceiverSettings::default() };
    let receiver = Receiver::bind("127.0.0.1:0".parse().unwrap(), settings, Arc::new(scene.intake.clone()));
    let receiver = receiver.await.unwrap();
    let listens = receiver.address().unwrap().port();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(receiver.run(stopped.clone()));
    let folder = tempfile::Builder::new().prefix("mk").tempdir_in("/tmp").unwrap();
    let way = match road {
        Road::Lmtp => Way::Lmtp(listens),
        Road::Pipe => Way::Pipe(pipe(&scene.house, folder.path())),
        Road::Imap => Way::Mailbox,
    };
    let postfix = Postfix::start("thueringencert.example", &way, dovecot.lmtp);

    // A question goes out.
    let (reference, own) = (scene.case.reference.clone(), scene.cast.houses.own);
    let analyst = scene.cast.person("analyst").account;
    let ask = move |tx: &mut meldekette::store::Tx<'_>, actor: &meldekette::core::actor::Actor| {
        let text = Prose::parse("Welche Konten sind betroffen?").unwrap();
        incidents::message(tx, actor, &reference, Audience::Organisation(own), &text)
    };
    scene.house.act(analyst, ask).await;
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

    // It is read in the town hall, and answered three times.
    let subject = format!("[TLP:AMBER] {}", scene.case.reference);
    wait_for!("the question is in the mailbox", postfix.log(), {
        let mails = mails(&dovecot, &reporter, "INBOX").await;
        mails.iter().any(|mail| String::from_utf8_lossy(mail).contains("neue Nachricht zu Ihrem Vorgang"))
    });
    let found = mails(&dovecot, &reporter, "INBOX").await;
    let asks = |mail: &&Vec<u8>| String::from_utf8_lossy(mail).contains("neue Nachricht zu Ihrem Vorgang");
    let question = found.iter().find(asks).unwrap();
    let question = MessageParser::default().parse(question).unwrap();
    assert_eq!(question.subject(), Some(subject.as_str()));
    let text = question.body_text(0).unwrap();
    assert!(text.contains("Sie können auf diese E-Mail antworten."), "{text}");
    let to = question.reply_to().unwrap().first().unwrap().address().unwrap().to_owned();
    let program = Program::new();
    for made in ALL {
        let content = program.content(made, &reporter, &format!("{CANARY} Nur das Postfach, {made:?}."));
        let answer = format!(
            "From: Rathaus <{reporter}>\r\nTo: {to}\r\nSubject: Re: {subject}\r\nMessage-ID: <{made:?}@eigen.example>\r\n\
             In-Reply-To: <{}>\r\n{content}",
            question.message_id().unwrap()
        );
        postfix.submit(&reporter, &to, answer.as_bytes());
    }

    // It comes back.
    if road == Road::Imap {
        wait_for!(
            "the answers are in the mailbox",
            postfix.log(),
            mails(&dovecot, BOX, "INBOX").await.len() == 3
        );
        let imap = Imap::new(dovecot.settings(BOX, PASSWORD, Protection::Implicit)).unwrap();
        let plan = Plan {
            folder: "INBOX".to_owned(),
            done: "Meldekette".to_owned(),
            refused: "Meldekette-Rest".to_owned(),
            every: SignedDuration::from_mins(1),
        };
        let (db, env) = (scene.house.app.db.clone(), scene.house.app.env.clone());
        let mut collector = Collector::new(db, env, scene.intake.clone(), imap, plan);
        let looked = collector.turn(&stopped).await.unwrap().unwrap().unwrap();
        assert_eq!(looked.taken, 3);
        assert_eq!(mails(&dovecot, BOX, "Meldekette").await.len(), 3);
    }
    wait_for!("the answers came in", postfix.log(), came(&scene, road) == 3);
    scene.house.clock.advance(SignedDuration::from_mins(10));
    scene.intake.read_due().await.unwrap();
    for by in ["reporter", "analyst"] {
        let page = scene.case_page(by).await;
        for made in ALL {
            assert!(
                page.contains(&format!("{CANARY} Nur das Postfach, {made:?}.")),
                "{by}, {made:?}: {page}"
            );
        }
    }
    // Postfix changed nothing of what was signed. Whose keys these are nobody knows here.
    let page = scene.case_page("analyst").await;
    for how in ["S/MIME", "OpenPGP"] {
        assert!(page.contains(&format!("{how}: Unterschrift mit unbekanntem Schlüssel")), "{how}: {page}");
    }
    assert!(!page.contains("die Mail wurde verändert"), "{page}");
    assert!(!scene.case_page("foreign.reporter").await.contains(CANARY));
    stop.send(true).unwrap();
    running.await.unwrap();
}

#[actix_web::test]
#[ignore = "Postfix starts as root only"]
async fn an_answer_comes_round_over_lmtp() {
    goes_round(Road::Lmtp).await;
}

#[actix_web::test]
#[ignore = "Postfix starts as root only"]
async fn an_answer_comes_round_through_the_pipe() {
    goes_round(Road::Pipe).await;
}

#[actix_web::test]
#[ignore = "Postfix starts as root only"]
async fn an_answer_comes_round_out_of_a_mailbox() {
    goes_round(Road::Imap).await;
}
