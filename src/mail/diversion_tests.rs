//! What is never written to a mailbox that is not trusted, on every engine at hand.

use std::sync::Mutex;

use super::*;
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::text::Title;
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::mail::content::{Content, LINK, Slots, Template};
use crate::mail::dispatch::{self, LeasedMail};
use crate::mail::message::Recipient;
use crate::mail::outbox::{self, MailStatus, NewMail, OutboxSettings};
use crate::store::testing::{TestDb, databases};
use crate::store::{Db, Provided};

/// Who can be marked while the test runs.
#[derive(Clone, Default)]
struct Marks(Arc<Mutex<Vec<Diversion>>>);

impl Diversions for Marks {
    fn all(&self, _: &mut Tx<'_>) -> Result<Vec<Diversion>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn town(of: AnyId) -> Diversion {
    Diversion {
        of,
        domains: vec!["stadt.example".to_owned()],
        addresses: BTreeSet::new(),
        instead: HashMap::from([
            ("it@stadt.example".to_owned(), address("it@ausweich.example")),
            ("leitung@stadt.example".to_owned(), address("leitung@amt.stadt.example")),
        ]),
    }
}

struct World {
    clock: Arc<ManualClock>,
    marks: Marks,
    dbs: Vec<TestDb>,
    of: AnyId,
}

fn world() -> World {
    let clock = Arc::new(ManualClock::at("2026-11-21T06:40:00Z".parse().unwrap()));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    let (marks, of) = (Marks::default(), AnyId(env.uuid()));
    let settings =
        OutboxSettings { domain: "example.org".to_owned(), bounces: address("bounces@example.org") };
    let given = marks.clone();
    let dbs = databases(&env, move || {
        Provided::default().with(settings.clone()).with(DiversionBook(Arc::new(given.clone())))
    });
    World { clock, marks, dbs, of }
}

impl World {
    fn mark(&self) {
        *self.marks.0.lock().unwrap() = vec![town(self.of)];
    }

    fn lift(&self) {
        self.marks.0.lock().unwrap().clear();
    }
}

fn write(db: &Db, purpose: MailPurpose, to: &'static [&'static str]) -> AnyId {
    let dispatch = AnyId(db.env().uuid());
    db.write_now(move |tx| {
        let content = Content::clear(Tlp::Green, Title::parse("Prüfung").unwrap(), Template::new("Text\n")?)?;
        let body = outbox::add_body(tx, &content)?;
        let mail = |to: &&str| NewMail {
            purpose,
            dispatch: Some(dispatch),
            to: Recipient { address: address(to), name: None },
            urgency: Urgency::Case,
            slots: Slots::from([(LINK.to_owned(), "https://m.example/x".to_owned())]),
        };
        outbox::enqueue_all(tx, body, &to.iter().map(mail).collect::<Vec<_>>())
    })
    .unwrap();
    dispatch
}

fn rows(db: &Db, dispatch: AnyId) -> Vec<(String, MailState)> {
    let all: Vec<MailStatus> = db.read_now(|tx| outbox::list(tx, dispatch)).unwrap();
    all.into_iter().map(|mail| (mail.recipient, mail.state)).collect()
}

fn lease(db: &Db) -> Vec<LeasedMail> {
    db.write_now(|tx| dispatch::lease(tx, 16, SignedDuration::from_secs(60), &[])).unwrap().mails
}

fn is(row: &(String, MailState), recipient: &str, state: MailState) -> bool {
    row.0 == recipient && row.1 == state
}

const TO: &[&str] = &["it@stadt.example", "amt@stadt.example", "leitung@stadt.example", "it@dorf.example"];

fn all_turned(rows: &[(String, MailState)], others: MailState) {
    assert!(is(&rows[0], "it@ausweich.example", others), "{rows:?}");
    assert!(is(&rows[1], "amt@stadt.example", MailState::Failed), "{rows:?}");
    assert!(
        is(&rows[2], "leitung@stadt.example", MailState::Failed),
        "its other address is marked too: {rows:?}"
    );
    assert!(is(&rows[3], "it@dorf.example", others), "{rows:?}");
}

#[test]
fn what_is_written_while_a_mailbox_is_marked_goes_elsewhere_or_is_held() {
    let world = world();
    world.mark();
    for TestDb { db, .. } in &world.dbs {
        let dispatch = write(db, MailPurpose::Incident, TO);
        all_turned(&rows(db, dispatch), MailState::Queued);
        let leased: Vec<_> = lease(db).into_iter().map(|mail| mail.recipient).collect();
        assert_eq!(leased, ["it@ausweich.example", "it@dorf.example"]);
    }
}

#[test]
fn what_waited_before_the_mark_is_turned_with_it_and_counted_before() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        world.lift();
        let dispatch = write(db, MailPurpose::Incident, TO);
        let foreseen = db.read_now(|tx| foresee(tx, &[town(world.of)])).unwrap();
        world.mark();
        let done = db.write_now(turn).unwrap();
        assert_eq!((done, done), (foreseen, Turned { rerouted: 1, held: 2, leaving: 0 }));
        all_turned(&rows(db, dispatch), MailState::Queued);
    }
}

#[test]
fn what_nobody_turned_is_turned_when_a_worker_takes_it_and_nothing_due_is_left_behind() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        world.lift();
        // More than one batch that is held altogether comes before what may go.
        let many: Vec<AnyId> = (0..10)
            .map(|_| write(db, MailPurpose::Incident, &["a@stadt.example", "b@stadt.example"]))
            .collect();
        let dispatch = write(db, MailPurpose::Incident, TO);
        world.mark();
        let leased: Vec<_> = lease(db).into_iter().map(|mail| mail.recipient).collect();
        let mut taken = leased;
        taken.extend(lease(db).into_iter().map(|mail| mail.recipient));
        taken.sort();
        assert_eq!(taken, ["it@ausweich.example", "it@dorf.example"]);
        all_turned(&rows(db, dispatch), MailState::Leased);
        for dispatch in many {
            assert!(rows(db, dispatch).iter().all(|(_, state)| *state == MailState::Failed));
        }
    }
}

#[test]
fn what_a_worker_has_is_counted_as_leaving_and_turned_when_it_comes_back() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        world.lift();
        let dispatch = write(db, MailPurpose::Incident, &["it@stadt.example"]);
        assert_eq!(lease(db).len(), 1);
        world.mark();
        assert_eq!(db.write_now(turn).unwrap(), Turned { leaving: 1, ..Turned::default() });
        world.clock.advance(SignedDuration::from_secs(61));
        db.write_now(|tx| dispatch::reclaim(tx, false)).unwrap();
        assert_eq!(lease(db)[0].recipient, "it@ausweich.example");
        assert_eq!(rows(db, dispatch).len(), 1);
    }
}

#[test]
fn a_link_for_a_new_password_goes_to_no_other_mailbox_and_is_never_sent_afterwards() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        world.mark();
        let dispatch = write(db, MailPurpose::Password, &["it@stadt.example"]);
        assert!(is(&rows(db, dispatch)[0], "it@stadt.example", MailState::Failed));
        world.lift();
        let of = world.of;
        let released = db.write_now(move |tx| release(tx, of)).unwrap();
        assert_eq!(released, Released { sent: 0, overtaken: 1 });
        assert!(lease(db).is_empty());
        let of_it = super::outbox::table.filter(super::outbox::dispatch_id.eq(dispatch));
        let slots: String = db.read_now(|tx| Ok(of_it.select(super::outbox::slots).first(tx.conn)?)).unwrap();
        assert_eq!(slots, "{}", "its link is gone");
    }
}

#[test]
fn held_mail_is_sent_when_its_mailbox_is_trusted_again_unless_it_is_old() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        world.mark();
        let old = write(db, MailPurpose::Incident, &["amt@stadt.example"]);
        world.clock.advance(WORTH_SENDING);
        let young = write(db, MailPurpose::Incident, &["amt@stadt.example"]);
        let (of, since) = (world.of, Timestamp::UNIX_EPOCH);
        let listed = db.read_now(|tx| turned(tx, of, since)).unwrap();
        assert_eq!(listed.len(), 2);
        assert!(listed.iter().all(|mail| mail.instead.is_none() && mail.meant == "amt@stadt.example"));
        world.lift();
        let released = db.write_now(move |tx| release(tx, of)).unwrap();
        assert_eq!(released, Released { sent: 1, overtaken: 1 });
        assert_eq!(lease(db).len(), 1);
        assert!(is(&rows(db, old)[0], "amt@stadt.example", MailState::Failed));
        assert!(is(&rows(db, young)[0], "amt@stadt.example", MailState::Leased));
    }
}

#[test]
fn held_mail_goes_as_soon_as_another_address_is_stated() {
    let world = world();
    for TestDb { db, .. } in &world.dbs {
        world.mark();
        let dispatch = write(db, MailPurpose::Incident, &["amt@stadt.example"]);
        let stated = ("amt@stadt.example".to_owned(), address("amt@ausweich.example"));
        world.marks.0.lock().unwrap()[0].instead.extend([stated]);
        let of = world.of;
        db.write_now(move |tx| reconsider(tx, of)).unwrap();
        assert_eq!(lease(db)[0].recipient, "amt@ausweich.example");
        assert!(is(&rows(db, dispatch)[0], "amt@ausweich.example", MailState::Leased));
    }
}

#[test]
fn a_domain_covers_what_lies_below_it_and_no_lookalike() {
    let town = town(AnyId(uuid::Uuid::nil()));
    assert!(town.covers("IT@Stadt.example") && town.covers("it@amt.stadt.example"));
    assert!(!town.covers("it@nichtstadt.example") && !town.covers("stadt.example"));
}
