//! Mails out of a mailbox, on a real Dovecot.

use jiff::SignedDuration;
use meldekette::app;
use meldekette::correspondence::mailbox::{Collector, Plan};
use meldekette::correspondence::model::{LARGEST, Look, MailboxName, Road};
use meldekette::mail::imap::{Fetched, Imap, Protection, Step, Trouble};
use meldekette::store::Db;
use tokio::sync::watch;

use super::{CANARY, Scene, mail};
use crate::support::client::Door;
use crate::support::dovecot::Dovecot;

const BOX: &str = "cert@thueringencert.example";
/// Characters that a quoted string does not take as they are.
const PASSWORD: &str = "geheimes \"Wort\" mit Zähnen";

fn plan() -> Plan {
    Plan {
        folder: "INBOX".to_owned(),
        done: "Meldekette".to_owned(),
        refused: "Meldekette-Rest".to_owned(),
        every: SignedDuration::from_mins(1),
    }
}

/// A scene whose mails come out of a mailbox.
struct Post {
    scene: Scene,
    dovecot: Dovecot,
    collector: Collector,
    db: Db,
    /// A door to a house that knows of the mailbox.
    door: Door,
}

impl Post {
    async fn new() -> Self {
        Self::over(Protection::Implicit, PASSWORD).await
    }

    async fn over(protection: Protection, password: &str) -> Self {
        let scene = Scene::new().await;
        let dovecot = Dovecot::start(&[(BOX, PASSWORD)]);
        let name = MailboxName { name: format!("{BOX}, INBOX"), refused: plan().refused };
        let provided = app::provided(&scene.house.app.config, &scene.house.app.settings).unwrap().with(name);
        let db =
            Db::open(&scene.house.app.config.database.url, 2, scene.house.app.env.clone(), provided).unwrap();
        let door = scene.house.door_to(&db).await;
        let imap = Imap::new(dovecot.settings(BOX, password, protection)).unwrap();
        let env = scene.house.app.env.clone();
        let collector = Collector::new(db.clone(), env, scene.intake.clone(), imap, plan());
        Self { scene, dovecot, collector, db, door }
    }

    /// Some time later: a look, if one is due.
    async fn turn(&mut self, minutes: i64) -> Option<Result<Look, Trouble>> {
        self.scene.house.clock.advance(SignedDuration::from_mins(minutes));
        let (_, seen) = watch::channel(false);
        let looked = self.collector.turn(&seen).await.unwrap();
        self.scene.intake.read_due().await.unwrap();
        looked
    }

    /// The mails in a folder.
    async fn lying(&self, folder: &str) -> usize {
        let imap = Imap::new(self.dovecot.settings(BOX, PASSWORD, Protection::Implicit)).unwrap();
        let mut mailbox = imap.open(folder, false).await.unwrap();
        let numbers = mailbox.list().await.unwrap();
        mailbox.close().await;
        numbers.len()
    }

    async fn page(&self, by: &str, path: &str) -> String {
        self.door.get(&self.scene.cast.person(by).visitor, path).await.text()
    }
}

fn took(taken: usize) -> Option<Result<Look, Trouble>> {
    Some(Ok(Look { taken, refused: 0, is_more: false }))
}

#[actix_web::test]
async fn an_answer_in_the_mailbox_joins_its_case_and_is_put_away_when_it_is_durable() {
    for protection in [Protection::Implicit, Protection::StartTls] {
        let mut post = Post::over(protection, PASSWORD).await;
        let (address, _) = post.scene.written_to("reporter").await;
        let from = post.scene.cast.person("reporter").mail.clone();
        let answer = mail(&from, "AW: Frage", "", &format!("{CANARY} über IMAP"));
        let answer = String::from_utf8(answer).unwrap().replace("To: cert@", &format!("To: {address}, x@"));
        post.dovecot.deliver(&address, answer.as_bytes());
        post.dovecot.deliver(BOX, &mail("amt@klein.example", "Hilfe", "", "x"));
        assert_eq!(post.turn(1).await, took(2));
        assert!(post.scene.case_page("reporter").await.contains(&format!("{CANARY} über IMAP")));
        assert!(!post.scene.case_page("foreign.reporter").await.contains(CANARY));
        assert!(post.page("analyst", "/posteingang").await.contains("Hilfe"));
        assert_eq!((post.lying("INBOX").await, post.lying("Meldekette").await), (0, 2));
        assert_eq!(post.turn(0).await, None, "it is not time yet");
        assert_eq!(post.turn(2).await, took(0));
    }
}

#[actix_web::test]
async fn what_is_too_large_is_put_aside_and_what_comes_behind_it_is_taken() {
    let mut post = Post::new().await;
    let mut large = mail("amt@klein.example", "Riesig", "", "");
    let line = [b'x'; 998];
    while large.len() <= LARGEST {
        large.extend(line);
        large.extend(b"\r\n");
    }
    post.dovecot.deliver(BOX, &large);
    post.dovecot.deliver(BOX, b"\xff\xfe\x00keine Mail");
    post.dovecot.deliver(BOX, &mail("amt@klein.example", "Danach", "", "x"));
    assert_eq!(post.turn(1).await, Some(Ok(Look { taken: 2, refused: 1, is_more: false })));
    assert_eq!((post.lying("INBOX").await, post.lying("Meldekette-Rest").await), (0, 1));
    let inbox = post.page("analyst", "/posteingang").await;
    assert!(inbox.contains("Danach") && !inbox.contains("Riesig"), "{inbox}");
    assert!(inbox.contains("Eine Mail ist zu groß oder nicht abzurufen."), "{inbox}");
    assert!(
        !post.scene.page("analyst", "/posteingang").await.text().contains("zu groß"),
        "no mailbox, no word"
    );
}

#[actix_web::test]
async fn a_crash_between_taking_and_putting_away_makes_a_repeat_and_nothing_else() {
    let mut post = Post::new().await;
    post.dovecot.deliver(BOX, &mail("amt@klein.example", "Einmal", "", CANARY));
    let imap = Imap::new(post.dovecot.settings(BOX, PASSWORD, Protection::Implicit)).unwrap();
    let mut mailbox = imap.open("INBOX", false).await.unwrap();
    let number = mailbox.list().await.unwrap()[0];
    let Fetched::Mail(bytes) = mailbox.fetch(number, LARGEST).await.unwrap() else { panic!("a mail") };
    mailbox.close().await;
    // As far as a process came that then was killed.
    let envelope = meldekette::correspondence::intake::envelope_of(&bytes);
    post.scene.intake.take(Road::Imap, envelope, bytes).await.unwrap();
    post.scene.intake.read_due().await.unwrap();
    assert_eq!(post.turn(1).await, took(1));
    assert_eq!(post.lying("INBOX").await, 0);
    let open = post.page("analyst", "/posteingang").await;
    assert_eq!(open.matches("Einmal").count(), 1, "{open}");
    let noted = post.page("analyst", "/posteingang?zeigen=automatisch").await;
    assert!(noted.contains("Einmal") && noted.contains("Wiederholung"), "{noted}");
}

#[actix_web::test]
async fn a_mailbox_that_cannot_be_read_is_seen_and_asked_ever_more_rarely() {
    let mut post = Post::new().await;
    post.dovecot.deliver(BOX, &mail("amt@klein.example", "Später", "", "x"));
    post.dovecot.stop();
    let Some(Err(trouble)) = post.turn(1).await else { panic!("no server") };
    assert_eq!(trouble.step, Step::Connect);
    assert_eq!(post.turn(1).await, None, "after one failure twice as long, less a quarter");
    assert!(matches!(post.turn(2).await, Some(Err(_))));
    for (by, path) in [("analyst", "/posteingang"), ("administrator", "/warteschlangen")] {
        let page = post.page(by, path).await;
        assert!(page.contains("lässt sich nicht abrufen") && page.contains("2 Versuche"), "{by}: {page}");
    }
    post.dovecot.go_on();
    assert_eq!(post.turn(20).await, took(1));
    assert!(!post.page("analyst", "/posteingang").await.contains("lässt sich nicht abrufen"));
    assert!(post.page("administrator", "/warteschlangen").await.contains("zuletzt abgerufen"));
}

#[actix_web::test]
async fn a_wrong_password_and_a_folder_that_cannot_be_are_named_and_nothing_is_taken() {
    let mut post = Post::over(Protection::StartTls, "falsch").await;
    let Some(Err(trouble)) = post.turn(1).await else { panic!("a wrong password") };
    assert!(
        trouble.step == Step::Login && trouble.words.as_str().contains("Authentication failed"),
        "{trouble}"
    );
    assert!(!trouble.words.as_str().contains("falsch"), "{trouble}");
    assert!(post.page("analyst", "/posteingang").await.contains("Die Anmeldung ist abgelehnt"));
    let mut post = Post::new().await;
    post.dovecot.deliver(BOX, &mail("amt@klein.example", "Bleibt", "", "x"));
    std::fs::write(post.dovecot.maildir(BOX).join(".Meldekette"), "im Weg").unwrap();
    let Some(Err(trouble)) = post.turn(1).await else { panic!("no folder") };
    assert_eq!((trouble.step, post.lying("INBOX").await), (Step::Folder, 1));
    assert!(!post.page("analyst", "/posteingang").await.contains("Bleibt"));
    // A certificate of somebody else.
    let other = Dovecot::start(&[]);
    let mut settings = post.dovecot.settings(BOX, PASSWORD, Protection::Implicit);
    settings.ca_file = Some(other.certificate());
    let refused = Imap::new(settings).unwrap().open("INBOX", true).await;
    assert_eq!(refused.err().map(|trouble| trouble.step), Some(Step::Tls));
}

#[actix_web::test]
async fn of_several_processes_one_looks_at_a_time() {
    let mut post = Post::new().await;
    post.dovecot.deliver(BOX, &mail("amt@klein.example", "Wer zuerst", "", "x"));
    let (env, intake) = (post.scene.house.app.env.clone(), post.scene.intake.clone());
    let imap = Imap::new(post.dovecot.settings(BOX, PASSWORD, Protection::Implicit)).unwrap();
    let mut second = Collector::new(post.db.clone(), env, intake, imap, plan());
    let (_, seen) = watch::channel(false);
    let (first, second) = tokio::join!(post.collector.turn(&seen), second.turn(&seen));
    let looks = [first.unwrap(), second.unwrap()];
    assert_eq!(looks.iter().flatten().count(), 1, "{looks:?}");
    assert!(looks.contains(&took(1)));
}
