//! Workers against real sockets, on every engine at hand.

use std::process::Command;
use std::sync::atomic::Ordering;

use super::*;
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::ids::{AnyId, MailId};
use crate::core::text::Title;
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::crypto::authority::{DemonstrationAuthority, Subject};
use crate::crypto::keys::{KeyKind, PrivateKey, SigningIdentity};
use crate::mail::content::{Content, LINK, Slots, Template, slot};
use crate::mail::dead;
use crate::mail::maildir::Maildir;
use crate::mail::outbox::{self, MailPurpose, MailState, MailStatus, NewMail, OutboxSettings};
use crate::mail::receiver::{Receiver, ReceiverSettings};
use crate::mail::transport::memory::MemoryTransport;
use crate::mail::transport::smtp::{SmtpSettings, SmtpTransport};
use crate::mail::transport::testing::{Manner, Server};
use crate::store::testing::{TestDb, databases};
use crate::store::tx::Provided;

struct World {
    clock: Arc<ManualClock>,
    env: Env,
    identity: Arc<SigningIdentity>,
    authority: DemonstrationAuthority,
    dbs: Vec<TestDb>,
}

fn world() -> World {
    let clock = Arc::new(ManualClock::at("2026-11-21T06:40:00Z".parse().unwrap()));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    let authority = DemonstrationAuthority::create(&env).unwrap();
    let key = PrivateKey::generate(KeyKind::P256, &env).unwrap();
    let subject = Subject {
        name: Name::parse("ThüringenCERT").unwrap(),
        organisation: Name::parse("Freistaat Thüringen").unwrap(),
        address: MailAddress::parse("cert@example.org").unwrap(),
    };
    let certificate = authority.issue(&key, &subject, &env).unwrap();
    let identity = Arc::new(SigningIdentity::new(&key, certificate.as_bytes()).unwrap());
    let settings = OutboxSettings {
        domain: "example.org".to_owned(),
        bounces: MailAddress::parse("bounces@example.org").unwrap(),
    };
    let dbs = databases(&env, move || Provided::default().with(settings.clone()));
    World { clock, env, identity, authority, dbs }
}

impl World {
    fn worker(&self, db: &Db, transport: impl Transport + 'static) -> Worker {
        let composer =
            Composer::new(self.identity.clone(), &Name::parse("CERT").unwrap(), None, self.env.clone())
                .unwrap();
        let settings = WorkerSettings {
            connections: 4,
            bound: Duration::from_millis(500),
            give_up_after: SignedDuration::from_hours(48),
        };
        Worker::new(db.clone(), Arc::new(transport), composer, settings)
    }
}

fn smtp(server: &Server) -> SmtpTransport {
    SmtpTransport::new(server.settings()).unwrap()
}

/// Mails with a link of each recipient's own.
async fn enqueue(db: &Db, count: usize) -> AnyId {
    let dispatch = AnyId(db.env().uuid());
    let written = db.write(move |tx| {
        let text = Template::new(&format!("Grüße\n{}\n", slot("link")))?;
        let content = Content::clear(Tlp::Green, Title::parse("Prüfung").unwrap(), text)?;
        let body = outbox::add_body(tx, &content)?;
        let mails: Vec<_> = (0..count)
            .map(|number| NewMail {
                purpose: MailPurpose::Incident,
                dispatch: Some(dispatch),
                to: Recipient {
                    address: MailAddress::parse(&format!("it{number}@stadt.example")).unwrap(),
                    name: None,
                },
                urgency: Urgency::Case,
                slots: Slots::from([("link".to_owned(), format!("https://m.example/{number}"))]),
            })
            .collect();
        outbox::enqueue_all(tx, body, &mails).map(|_| ())
    });
    written.await.unwrap();
    dispatch
}

async fn list(db: &Db, dispatch: AnyId) -> Vec<MailStatus> {
    db.read(move |tx| outbox::list(tx, dispatch)).await.unwrap()
}

async fn only(db: &Db, dispatch: AnyId) -> MailStatus {
    let mut all = list(db, dispatch).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn lease(db: &Db) -> Vec<LeasedMail> {
    db.write(|tx| dispatch::lease(tx, 16, SignedDuration::from_secs(60), &[])).await.unwrap().mails
}

async fn slots(db: &Db, id: MailId) -> String {
    use crate::store::schema::outbox::dsl;
    use diesel::prelude::*;
    db.read(move |tx| Ok(dsl::outbox.filter(dsl::id.eq(id)).select(dsl::slots).first(tx.conn)?))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_recipients_each_receive_one_signed_mail_of_their_own() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path(), world.env.clone()).unwrap();
        let receiver = Receiver::bind(
            "127.0.0.1:0".parse().unwrap(),
            ReceiverSettings::default(),
            Arc::new(maildir.clone()),
        )
        .await;
        let receiver = receiver.unwrap();
        let address = receiver.address().unwrap();
        let (_stop, stopped) = watch::channel(false);
        tokio::spawn(receiver.run(stopped));
        let server = Server::at(address);
        let bound = Duration::from_secs(10);
        let transport = SmtpTransport::new(SmtpSettings { bound, ..server.settings() }).unwrap();

        let dispatch = enqueue(db, 200).await;
        world.worker(db, transport).drain().await;

        for mail in list(db, dispatch).await {
            assert_eq!((mail.state, mail.attempts, mail.possibly_duplicate), (MailState::Accepted, 1, false));
            assert_eq!(mail.answer.as_deref(), Some("250 2.0.0 Kept"));
            assert_eq!(slots(db, mail.id).await, "{}", "single-use links are gone");
        }
        let mut recipients = Vec::new();
        for path in maildir.list().unwrap() {
            let mail = std::fs::read_to_string(&path).unwrap();
            let to = mail.split("Delivered-To: it").nth(1).unwrap().split('@').next().unwrap().to_owned();
            assert!(mail.contains(&format!("https://m.example/{to}\r\n")));
            assert!(mail.starts_with("Return-Path: <bounces+"));
            recipients.push(to.parse::<usize>().unwrap());
        }
        recipients.sort_unstable();
        assert_eq!(recipients, (0..200).collect::<Vec<_>>());

        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, world.authority.certificate_pem()).unwrap();
        let verified = Command::new("openssl")
            .args(["cms", "-verify", "-purpose", "smimesign", "-attime"])
            .arg(world.env.now().as_second().to_string())
            .args(["-out", "/dev/null", "-CAfile"])
            .arg(&ca)
            .arg("-in")
            .arg(&maildir.list().unwrap()[7])
            .output()
            .unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_a_later_is_tried_again_until_the_end() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let server = Server::start(Manner::ToRecipient("550 5.1.1 No such user")).await;
        let dispatch = enqueue(db, 1).await;
        world.worker(db, smtp(&server)).drain().await;
        let mail = only(db, dispatch).await;
        assert_eq!((mail.state, mail.answer.as_deref()), (MailState::Failed, Some("550 5.1.1 No such user")));

        let server = Server::start(Manner::ToContent("451 4.7.1 Greylisted")).await;
        let dispatch = enqueue(db, 1).await;
        let worker = world.worker(db, smtp(&server));
        worker.drain().await;
        let mail = only(db, dispatch).await;
        assert_eq!((mail.state, mail.attempts), (MailState::Queued, 1));
        let wait = mail.next_at.0.duration_since(world.env.now()).as_secs();
        assert!((15..=30).contains(&wait), "{wait}");

        worker.drain().await;
        assert_eq!(server.contents.load(Ordering::SeqCst), 1, "not before its time");
        world.clock.advance(SignedDuration::from_hours(48));
        worker.drain().await;
        let mail = only(db, dispatch).await;
        assert_eq!((mail.state, mail.attempts), (MailState::Failed, 2));
        assert!(mail.answer.unwrap().contains("451 4.7.1 Greylisted"));
        assert!(!mail.possibly_duplicate);
    }
}

#[tokio::test]
async fn a_connection_lost_after_the_content_marks_the_mail_and_sends_it_again() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        for manner in [Manner::DropAfterContent, Manner::HangAfterContent] {
            let server = Server::start(manner).await;
            let dispatch = enqueue(db, 1).await;
            let drained = world.worker(db, smtp(&server));
            tokio::time::timeout(Duration::from_secs(5), drained.drain()).await.unwrap();
            let mail = only(db, dispatch).await;
            assert_eq!((mail.state, mail.possibly_duplicate), (MailState::Queued, true));

            world.clock.advance(SignedDuration::from_mins(1));
            world.worker(db, MemoryTransport::default()).drain().await;
            let mail = only(db, dispatch).await;
            assert_eq!((mail.state, mail.possibly_duplicate), (MailState::Accepted, true));
        }
    }
}

#[tokio::test]
async fn a_server_that_is_away_costs_no_mark_and_mails_go_soon_after_it_is_back() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let server = Server::start(Manner::HangAtOnce).await;
        let dispatch = enqueue(db, 20).await;
        let worker = world.worker(db, smtp(&server));
        tokio::time::timeout(Duration::from_secs(10), worker.drain()).await.unwrap();
        assert!(server.connections.load(Ordering::SeqCst) <= 4, "one try for each batch");
        world.clock.advance(SignedDuration::from_secs(61));
        let memory = MemoryTransport::default();
        world.worker(db, memory.clone()).drain().await;
        assert_eq!(memory.take().len(), 20);
        for mail in list(db, dispatch).await {
            assert_eq!((mail.state, mail.attempts, mail.possibly_duplicate), (MailState::Accepted, 2, false));
        }
    }
}

#[tokio::test]
async fn mails_of_a_killed_worker_are_sent_again_and_marked_and_its_late_answer_is_refused() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let dispatch = enqueue(db, 1).await;
        let mail = lease(db).await.remove(0);
        assert!(lease(db).await.is_empty());
        if !db.is_sqlite() {
            let memory = MemoryTransport::default();
            world.worker(db, memory.clone()).drain().await;
            assert!(memory.take().is_empty(), "another process may still have it");
            world.clock.advance(SignedDuration::from_secs(61));
        }
        let memory = MemoryTransport::default();
        world.worker(db, memory.clone()).drain().await;
        assert_eq!(memory.take().len(), 1);

        let late = Record { mail: mail.clone(), verdict: Verdict::Failed, answer: "late".to_owned() };
        let stale =
            db.write(move |tx| record(tx, std::slice::from_ref(&late), SignedDuration::from_hours(48)));
        assert_eq!(stale.await.unwrap(), [mail.id]);
        let mail = only(db, dispatch).await;
        assert_eq!((mail.state, mail.possibly_duplicate), (MailState::Accepted, true));
    }
}

#[tokio::test]
async fn mails_that_a_stopping_worker_gives_back_are_not_marked() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let dispatch = enqueue(db, 1).await;
        let untried: Vec<_> =
            lease(db).await.into_iter().map(|mail| conclude(mail, Verdict::Untried, String::new())).collect();
        db.write(move |tx| record(tx, &untried, SignedDuration::from_hours(48))).await.unwrap();
        let mail = only(db, dispatch).await;
        assert_eq!((mail.state, mail.attempts, mail.possibly_duplicate), (MailState::Queued, 0, false));
    }
}

#[tokio::test]
async fn a_worker_that_runs_sends_what_comes_and_stops_when_told() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let memory = MemoryTransport::default();
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(world.worker(db, memory.clone()).run(stopped));
        let dispatch = enqueue(db, 40).await;
        let all = async {
            while list(db, dispatch).await.iter().any(|mail| mail.state != MailState::Accepted) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), all).await.unwrap();
        stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
        assert_eq!(memory.take().len(), 40);
    }
}

#[tokio::test]
async fn an_ended_certificate_lets_mails_wait_and_erased_content_ends_them() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let waiting = enqueue(db, 1).await;
        let memory = MemoryTransport::default();
        let worker = world.worker(db, memory.clone());
        let now = world.env.now();
        world.clock.set(world.identity.expires() + SignedDuration::from_secs(1));
        let erased = enqueue(db, 1).await;
        worker.drain().await;
        assert_eq!(only(db, erased).await.state, MailState::Queued);
        let mail = only(db, waiting).await;
        assert_eq!(mail.state, MailState::Queued, "however long a valid certificate is missing");
        let reasons = db.read(|tx| dead::list_waiting(tx, 9)).await.unwrap();
        assert_eq!(reasons, [(text(Lang::De, "mail-certificate").into_owned(), 2)]);
        assert!(memory.take().is_empty());

        world.clock.set(now);
        let erased = enqueue(db, 1).await;
        db.write(|tx| {
            diesel::RunQueryDsl::execute(diesel::delete(crate::store::schema::mail_bodies::table), tx.conn)?;
            Ok(())
        })
        .await
        .unwrap();
        world.worker(db, memory.clone()).drain().await;
        assert_eq!(only(db, erased).await.state, MailState::Failed);
        assert!(memory.take().is_empty());
    }
}

#[tokio::test]
async fn the_time_without_a_certificate_does_not_count_as_time_of_trying() {
    let world = world();
    let try_once = async |db: &Db, verdict: Verdict| {
        let mail = lease(db).await.remove(0);
        let late = Record { mail, verdict, answer: "451 Later".to_owned() };
        let give_up_after = SignedDuration::from_hours(48);
        db.write(move |tx| record(tx, std::slice::from_ref(&late), give_up_after)).await.unwrap();
    };
    for TestDb { db, .. } in &world.dbs {
        let dispatch = enqueue(db, 1).await;
        for (hours, verdict, state) in [
            (60, Verdict::Blocked, MailState::Queued),
            (1, Verdict::Later, MailState::Queued),
            (48, Verdict::Later, MailState::Failed),
        ] {
            world.clock.advance(SignedDuration::from_hours(hours));
            try_once(db, verdict).await;
            assert_eq!(only(db, dispatch).await.state, state, "{hours} {verdict:?}");
        }
    }
}

#[tokio::test]
async fn a_failed_mail_goes_out_again_with_the_recipients_own_words_but_never_with_a_wiped_link() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let mut ids = Vec::new();
        for (name, value) in [("organisation", "Stadt Bergrode"), (LINK, "https://m.example/once")] {
            let written = db.write(move |tx| {
                let text = Template::new(&format!("Für {}\n", slot(name)))?;
                let content = Content::clear(Tlp::Green, Title::parse("Warnung").unwrap(), text)?;
                let address = MailAddress::parse("it@stadt.example").unwrap();
                let mail = NewMail {
                    purpose: MailPurpose::Incident,
                    dispatch: None,
                    to: Recipient { address, name: None },
                    urgency: Urgency::Case,
                    slots: Slots::from([(name.to_owned(), value.to_owned())]),
                };
                outbox::enqueue(tx, &content, mail)
            });
            ids.push(written.await.unwrap());
        }
        let server = Server::start(Manner::ToRecipient("550 5.1.1 No such user")).await;
        world.worker(db, smtp(&server)).drain().await;
        let (kept, linked) = (ids[0], ids[1]);
        assert_eq!(slots(db, linked).await, "{}", "a single-use link is not kept");

        // Long after it was written, and the server says "later" first: still not given up.
        world.clock.advance(SignedDuration::from_hours(100));
        let refused = db.write(move |tx| dead::revive(tx, linked)).await;
        assert!(matches!(refused, Err(Error::Conflict("mail-error-link-gone"))), "{refused:?}");
        db.write(move |tx| dead::revive(tx, kept)).await.unwrap();
        let server = Server::start(Manner::ToContent("451 4.7.1 Greylisted")).await;
        world.worker(db, smtp(&server)).drain().await;
        world.clock.advance(SignedDuration::from_mins(1));
        let memory = MemoryTransport::default();
        world.worker(db, memory.clone()).drain().await;
        let sent = memory.take();
        assert_eq!(sent.len(), 1);
        assert!(String::from_utf8_lossy(&sent[0].1).contains("Stadt Bergrode"));

        db.write(|tx| {
            diesel::RunQueryDsl::execute(diesel::delete(crate::store::schema::mail_bodies::table), tx.conn)?;
            Ok(())
        })
        .await
        .unwrap();
        let refused = db.write(move |tx| dead::revive(tx, linked)).await;
        assert!(matches!(refused, Err(Error::Conflict("mail-error-content-gone"))), "{refused:?}");
    }
}

#[tokio::test]
async fn no_mail_is_begun_that_could_outlast_the_time_for_which_it_is_held() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        let worker = world.worker(db, MemoryTransport::default());
        let until = |bounds: u32| {
            let held = worker.0.settings.bound * bounds + Duration::from_millis(1);
            db.env().now() + SignedDuration::try_from(held).unwrap()
        };
        assert!(worker.0.has_time(until(3)));
        assert!(
            !worker.0.has_time(until(2)),
            "a dead kept connection, a new one, and the mail: three bounds"
        );
    }
}
