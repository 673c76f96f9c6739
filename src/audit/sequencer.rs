//! Numbers, chains and signs what was recorded: one process at a time, in bounded batches, a moment after the commit.
//!
//! Writers never wait at the head of the chain. Rows are found by having no number, so one that a slow transaction
//! commits late is chained late, never skipped. Hashing and signing happen outside the transaction; inside it the
//! lease is checked, so that a process which slept past its time cannot write over its successor's chain.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::trail::{Head, Row};
use super::{notice, store};
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, AuditId};
use crate::crypto::log::{Checkpoint, LogKey};
use crate::queue::runner::is_over;
use crate::store::lease::{self, Lease};
use crate::store::{Db, Tx};

/// Rows in one batch: on SQLite a few milliseconds of the one writer.
const BATCH: i64 = 500;
/// How often is looked for new rows: half of the 200 ms within which they are chained.
const POLL: Duration = Duration::from_millis(100);
/// How often is looked whether the process that chains is gone.
const STANDBY: Duration = Duration::from_secs(2);
/// The wait after a failure.
const PAUSE: Duration = Duration::from_secs(1);
const LEASE: &str = "audit.sequencer";
const LEASE_TTL: SignedDuration = SignedDuration::from_secs(15);
/// A checkpoint is signed when so many rows or so much time passed since the last one. So a busy day has at most
/// 8,640 checkpoints and one more for each thousand rows, and what no signature covers is at most ten seconds old.
const CHECKPOINT_ROWS: u64 = 1000;
const CHECKPOINT_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many rows were chained.
    Chained(usize),
    /// Another process has the lease.
    Standby,
}

/// The one who chains, when it holds the lease.
pub struct Sequencer {
    db: Db,
    key: Arc<LogKey>,
    origin: String,
    holder: AnyId,
    held: Option<Held>,
    /// When to look whether a day's checkpoint is to be mailed.
    next_look: Timestamp,
}

/// What the holder of the lease knows: nobody else moves it.
#[derive(Clone)]
struct Held {
    lease: Lease,
    head: Head,
    signed: Option<Signed>,
}

#[derive(Debug, Clone, Copy)]
struct Signed {
    seq: u64,
    at: Timestamp,
}

/// What one transaction writes.
#[derive(Clone)]
struct Batch {
    rows: Vec<(AuditId, Head)>,
    checkpoint: Option<Checkpoint>,
}

impl Sequencer {
    /// One that holds nothing yet. `origin` names the trail in its checkpoints.
    #[must_use]
    pub fn new(db: Db, key: Arc<LogKey>, origin: &str) -> Self {
        let holder = AnyId(db.env().uuid());
        Self { db, key, origin: origin.to_owned(), holder, held: None, next_look: Timestamp::MIN }
    }

    /// Runs until `stop` becomes true or nobody can say so any more; then chains and signs what is left and gives the lease back.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !is_over(&stop) {
            let wait = match self.step().await {
                Ok(Step::Chained(rows)) if rows >= BATCH as usize => continue,
                Ok(Step::Chained(_)) => POLL,
                Ok(Step::Standby) => STANDBY,
                Err(error) => {
                    tracing::error!(%error, "the audit trail cannot be chained");
                    PAUSE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stop.changed() => {}
            }
        }
        if let Err(error) = self.finish().await {
            tracing::warn!(%error, "the end of the audit trail was left unsigned");
        }
    }

    /// Takes or keeps the lease, chains at most one batch, signs when it is time, and mails the day's checkpoint.
    ///
    /// # Errors
    /// The database's; [`Error::Stale`] when another process took over.
    pub async fn step(&mut self) -> Result<Step> {
        let step = self.advance(false).await?;
        if step != Step::Standby && self.db.env().now() >= self.next_look {
            self.mail_day().await?;
            self.next_look = notice::next_look(self.db.env().now());
        }
        Ok(step)
    }

    /// Chains all that waits, signs the last row and gives the lease back.
    ///
    /// # Errors
    /// As [`Sequencer::step`].
    pub async fn finish(&mut self) -> Result<()> {
        while let Step::Chained(1..) = self.advance(true).await? {}
        if let Some(held) = self.held.take() {
            self.db.write(move |tx| lease::release(tx, &held.lease)).await?;
        }
        Ok(())
    }

    async fn advance(&mut self, sign_now: bool) -> Result<Step> {
        let Some(held) = self.hold().await? else { return Ok(Step::Standby) };
        let rows = self.db.read(|tx| store::unchained(tx, BATCH)).await?;
        let now = self.db.env().now();
        let (key, origin) = (Arc::clone(&self.key), self.origin.clone());
        let batch = prepare(&key, &origin, &held, rows, now, sign_now);
        let count = batch.rows.len();
        let is_renewal_due = held.lease.held_until.duration_since(now) < LEASE_TTL / 2;
        if count == 0 && batch.checkpoint.is_none() && !is_renewal_due {
            return Ok(Step::Chained(0));
        }
        // Whatever goes wrong from here on, the chain's end is read anew.
        self.held = None;
        let head = batch.rows.last().map_or(held.head, |(_, head)| *head);
        let signed = batch.checkpoint.as_ref().map(|it| Signed { seq: it.seq, at: it.at }).or(held.signed);
        let lease = self.db.write(move |tx| write(tx, &held.lease, &batch)).await?;
        self.held = Some(Held { lease, head, signed });
        Ok(Step::Chained(count))
    }

    async fn mail_day(&mut self) -> Result<()> {
        let origin = self.origin.clone();
        let Some(checkpoint) = self.db.read(move |tx| notice::due(tx, &origin)).await? else { return Ok(()) };
        let content = notice::content(&checkpoint)?;
        let Some(held) = self.held.clone() else { return Ok(()) };
        let send = move |tx: &mut Tx<'_>| {
            lease::check(tx, &held.lease)?;
            notice::send(tx, checkpoint.seq, &content)
        };
        self.db.write(send).await
    }

    /// The lease and the chain's end; `None` while another process has it.
    async fn hold(&mut self) -> Result<Option<Held>> {
        if self.held.is_none() {
            let holder = self.holder;
            self.held = self.db.write(move |tx| take(tx, holder)).await?;
        }
        Ok(self.held.clone())
    }
}

fn take(tx: &mut Tx<'_>, holder: AnyId) -> Result<Option<Held>> {
    let Some(lease) = lease::acquire(tx, LEASE, holder, LEASE_TTL)? else { return Ok(None) };
    let head =
        store::head(tx)?.ok_or_else(|| Error::Internal("the audit trail's end is broken".to_owned()))?;
    let last = store::checkpoint_before(tx, Timestamp::MAX)?;
    let signed = last.and_then(|it| it.place()).map(|(seq, at)| Signed { seq, at });
    Ok(Some(Held { lease, head, signed }))
}

fn prepare(key: &LogKey, origin: &str, held: &Held, rows: Vec<Row>, now: Timestamp, sign_now: bool) -> Batch {
    let mut head = held.head;
    let rows = rows
        .into_iter()
        .map(|row| {
            head = head.next(&row);
            (row.id, head)
        })
        .collect();
    let is_time = match held.signed {
        None => true,
        Some(signed) => {
            head.seq.saturating_sub(signed.seq) >= CHECKPOINT_ROWS
                || now.duration_since(signed.at) >= CHECKPOINT_AFTER
                || sign_now
        }
    };
    let is_new = head.seq > held.signed.map_or(0, |signed| signed.seq);
    let checkpoint = (is_time && is_new).then(|| key.sign(origin, head.seq, head.hash, now));
    Batch { rows, checkpoint }
}

fn write(tx: &mut Tx<'_>, lease: &Lease, batch: &Batch) -> Result<Lease> {
    let lease = lease::renew(tx, lease, LEASE_TTL)?;
    if !batch.rows.is_empty() {
        store::chain(tx, &batch.rows)?;
    }
    if let Some(checkpoint) = &batch.checkpoint {
        store::add_checkpoint(tx, checkpoint)?;
    }
    Ok(lease)
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;

    use super::*;
    use crate::audit::AuditSettings;
    use crate::audit::model::{Entry, SubjectKind};
    use crate::audit::verify::{Broken, Sound, Trust, Why, database, file};
    use crate::audit::{export, service};
    use crate::core::actor::Actor;
    use crate::core::env::{Env, ManualClock, SystemRandom};
    use crate::core::text::MailAddress;
    use crate::mail::outbox::{OutboxSettings, count_open};
    use crate::store::testing::{TestDb, databases};
    use crate::store::tx::Provided;

    const ORIGIN: &str = "cert.example";

    fn setup() -> (Vec<TestDb>, Arc<ManualClock>, Arc<LogKey>) {
        let clock = Arc::new(ManualClock::at("2026-11-21T06:40:00Z".parse().unwrap()));
        let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
        let key = Arc::new(LogKey::from_seed(&[9; 32]).unwrap());
        let provided = || {
            let outside_address = Some(MailAddress::parse("aufsicht@outside.example").unwrap());
            let bounces = MailAddress::parse("bounces@cert.example").unwrap();
            Provided::default()
                .with(AuditSettings { outside_address })
                .with(OutboxSettings { domain: "cert.example".into(), bounces })
        };
        (databases(&env, provided), clock, key)
    }

    async fn record(db: &Db, rows: usize) {
        db.write(move |tx| {
            for n in 0..rows {
                let entry = Entry::about_all("incident.view", SubjectKind::Incident).with("n", n);
                service::record(tx, &Actor::system("test"), entry)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    }

    fn verify(db: &Db, key: &LogKey) -> Result<Sound, Broken> {
        database(db, ORIGIN, key.public(), &Trust::default()).unwrap()
    }

    #[tokio::test]
    async fn every_row_is_chained_once_also_one_that_a_slow_transaction_commits_late() {
        let (dbs, clock, key) = setup();
        for TestDb { db, .. } in &dbs {
            let mut sequencer = Sequencer::new(db.clone(), key.clone(), ORIGIN);
            record(db, 1203).await;
            for expected in [500, 500, 203, 0] {
                assert_eq!(sequencer.step().await.unwrap(), Step::Chained(expected));
            }
            // Its id was drawn before those that are chained already.
            clock.advance(SignedDuration::from_secs(-30));
            record(db, 1).await;
            clock.advance(SignedDuration::from_secs(30));
            let sound = verify(db, &key).unwrap();
            assert_eq!((sound.rows, sound.unchained), (1203, 1));
            sequencer.finish().await.unwrap();
            let sound = verify(db, &key).unwrap();
            assert_eq!((sound.rows, sound.unchained, sound.unsigned), (1204, 0, 0));
        }
    }

    #[tokio::test]
    async fn checkpoints_are_signed_every_ten_seconds_and_every_thousand_rows() {
        let (dbs, clock, key) = setup();
        for TestDb { db, .. } in &dbs {
            let mut sequencer = Sequencer::new(db.clone(), key.clone(), ORIGIN);
            let mut counts = Vec::new();
            for (rows, seconds) in [(1, 0), (1, 1), (1, 1), (0, 8), (1, 1), (1000, 0)] {
                clock.advance(SignedDuration::from_secs(seconds));
                record(db, rows).await;
                while let Step::Chained(1..) = sequencer.step().await.unwrap() {}
                let sound = verify(db, &key).unwrap();
                counts.push((sound.checkpoints, sound.unsigned));
            }
            assert_eq!(counts, [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0)]);
        }
    }

    #[tokio::test]
    async fn a_process_that_slept_past_its_lease_cannot_write_over_its_successors_chain() {
        let (dbs, clock, key) = setup();
        for TestDb { db, .. } in &dbs {
            let mut asleep = Sequencer::new(db.clone(), key.clone(), ORIGIN);
            let mut awake = Sequencer::new(db.clone(), key.clone(), ORIGIN);
            record(db, 3).await;
            assert_eq!(asleep.step().await.unwrap(), Step::Chained(3));
            record(db, 2).await;
            assert_eq!(awake.step().await.unwrap(), Step::Standby);
            let stale = asleep.held.clone().unwrap();
            let rows = db.read(|tx| store::unchained(tx, BATCH)).await.unwrap();
            let batch = prepare(&key, ORIGIN, &stale, rows, db.env().now(), true);
            clock.advance(LEASE_TTL + SignedDuration::from_secs(1));
            assert_eq!(awake.step().await.unwrap(), Step::Chained(2));
            let (late, held) = (batch.clone(), stale.clone());
            let refused = db.write(move |tx| write(tx, &held.lease, &late)).await;
            assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
            // Without the lease, the rows and their numbers refuse for themselves.
            assert!(db.write(move |tx| store::chain(tx, &batch.rows)).await.is_err());
            assert!(matches!(asleep.step().await, Err(Error::Stale)));
            assert_eq!(asleep.step().await.unwrap(), Step::Standby);
            assert_eq!(verify(db, &key).unwrap().rows, 5);
        }
    }

    #[tokio::test]
    async fn whatever_is_changed_in_the_database_is_found() {
        let changes = [
            ("UPDATE audit_rows SET action = 'incident.hide' WHERE seq = 7", 7, Why::Changed),
            ("UPDATE audit_rows SET detail = detail || ' ' WHERE seq = 11", 11, Why::Changed),
            ("UPDATE audit_rows SET hash = NULL WHERE seq = 4", 4, Why::Unreadable),
            ("UPDATE audit_rows SET seq = NULL, hash = NULL WHERE seq = 9", 9, Why::OutOfOrder),
            ("DELETE FROM audit_rows WHERE seq = 2", 2, Why::OutOfOrder),
            ("DELETE FROM audit_rows WHERE seq > 15", 16, Why::Truncated),
            ("UPDATE audit_checkpoints SET key_id = 'x'", 20, Why::WrongSignature),
            (
                "UPDATE audit_rows SET seq = -seq WHERE seq IN (5, 6); UPDATE audit_rows SET seq = 5 WHERE seq = -6; \
              UPDATE audit_rows SET seq = 6 WHERE seq = -5",
                5,
                Why::Changed,
            ),
        ];
        for (sql, seq, why) in changes {
            let (dbs, _, key) = setup();
            for TestDb { db, .. } in &dbs {
                record(db, 20).await;
                Sequencer::new(db.clone(), key.clone(), ORIGIN).finish().await.unwrap();
                assert!(verify(db, &key).is_ok());
                db.write(move |tx| Ok(tx.conn.batch_execute(sql)?)).await.unwrap();
                let broken = verify(db, &key).unwrap_err();
                assert_eq!((broken.seq, broken.why), (seq, why), "{sql}");
            }
        }
    }

    #[tokio::test]
    async fn an_auditor_verifies_the_exported_trail_without_the_product() {
        let (dbs, _, key) = setup();
        for TestDb { db, .. } in &dbs {
            record(db, 1500).await;
            Sequencer::new(db.clone(), key.clone(), ORIGIN).finish().await.unwrap();
            let (bytes, written) = export::whole(db, &key, ORIGIN, (1, None), Vec::new()).unwrap();
            let sound = file(bytes.as_slice(), &Trust::default()).unwrap().unwrap();
            assert_eq!((written, sound.rows, sound.unsigned), (1500, 1500, 0));
            let (bytes, written) = export::whole(db, &key, ORIGIN, (700, Some(720)), Vec::new()).unwrap();
            let sound = file(bytes.as_slice(), &Trust::default()).unwrap().unwrap();
            assert_eq!((written, sound.rows, sound.last), (21, 21, 720));
        }
    }

    #[tokio::test]
    async fn each_days_last_checkpoint_is_mailed_outside_once() {
        let (dbs, clock, key) = setup();
        for TestDb { db, .. } in &dbs {
            clock.set("2026-11-21T06:40:00Z".parse().unwrap());
            let mut sequencer = Sequencer::new(db.clone(), key.clone(), ORIGIN);
            let mut mailed = Vec::new();
            record(db, 3).await;
            // Midnight in Thüringen is 23:00 UTC. A second process takes over in between.
            for (hours, takes_over) in
                [(0, false), (16, false), (1, false), (0, true), (1, false), (24, true), (24, false)]
            {
                clock.advance(SignedDuration::from_hours(hours));
                if takes_over {
                    sequencer.finish().await.unwrap();
                    sequencer = Sequencer::new(db.clone(), key.clone(), ORIGIN);
                }
                for _ in 0..3 {
                    sequencer.step().await.unwrap();
                    clock.advance(SignedDuration::from_secs(12));
                }
                mailed.push(db.read(count_open).await.unwrap());
            }
            assert_eq!(mailed, [0, 0, 1, 1, 1, 2, 3]);
            assert!(verify(db, &key).is_ok());
        }
    }

    #[tokio::test]
    async fn whoever_chains_stops_when_nobody_is_left_to_say_so() {
        let (dbs, _, key) = setup();
        for TestDb { db, .. } in &dbs {
            record(db, 3).await;
            let (stop, stopped) = watch::channel(false);
            drop(stop);
            let running = Sequencer::new(db.clone(), key.clone(), ORIGIN).run(stopped);
            tokio::time::timeout(Duration::from_secs(10), running).await.unwrap();
            assert_eq!(verify(db, &key).unwrap().rows, 3);
        }
    }

    #[test]
    fn the_mail_carries_the_checkpoint_as_it_was_signed() {
        let key = LogKey::from_seed(&[9; 32]).unwrap();
        let head = Head::START;
        let checkpoint = key.sign(ORIGIN, 4711, head.hash, "2026-11-21T22:59:58.25Z".parse().unwrap());
        let content = notice::content(&checkpoint).unwrap();
        insta::assert_snapshot!(content.text(crate::core::i18n::Lang::De).unwrap().as_str());
        assert_eq!(content.subject(), "[TLP:CLEAR] Prüfpunkt des Protokolls vom 21.11.2026");
    }
}
