//! The loop that runs jobs.

use std::collections::HashMap;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::job::{Job, Retry};
use super::store::{self, Leased};
use crate::core::error::{Error, Result};
use crate::store::{Db, Tx};

/// How many jobs are taken at once.
const BATCH: i64 = 16;
/// How many jobs run at the same time on PostgreSQL; more connections are for those who wait for an answer. SQLite has one
/// writer, which commits together what waits for it.
const TOGETHER: usize = 4;
/// How long a batch is held; each job in it is one short transaction.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How often is looked when nothing is due; what this process itself commits wakes it at once.
const POLL: Duration = Duration::from_millis(500);

type Run = Arc<dyn Fn(&mut Tx<'_>, &str) -> Result<()> + Send + Sync>;

/// Runs the kinds of jobs that were registered.
#[derive(Clone)]
pub struct Runner {
    db: Db,
    kinds: HashMap<&'static str, (Run, Retry)>,
}

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Jobs that ran and are gone.
    pub done: usize,
    /// Jobs that failed and will be tried again.
    pub failed: usize,
    /// Jobs that failed for the last time.
    pub dead: usize,
    /// Jobs that were asked for anew while they were held: they run once more, and what they did is undone.
    pub renewed: usize,
}

impl AddAssign for Round {
    fn add_assign(&mut self, other: Self) {
        self.done += other.done;
        self.failed += other.failed;
        self.dead += other.dead;
        self.renewed += other.renewed;
    }
}

impl Runner {
    /// Knows no kind yet.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, kinds: HashMap::new() }
    }

    /// Runs jobs of kind `J` too.
    #[must_use]
    pub fn register<J: Job>(mut self) -> Self {
        let run: Run = Arc::new(|tx: &mut Tx<'_>, payload: &str| {
            let job: J = serde_json::from_str(payload)
                .map_err(|error| Error::Internal(format!("job {}: {error}", J::NAME)))?;
            job.run(tx)
        });
        self.kinds.insert(J::NAME, (run, J::RETRY));
        self
    }

    /// Runs until `stop` becomes true. A job that runs is finished, those not begun are given back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let alone = self.db.is_sqlite();
        // On SQLite there is one process: what is leased now was left by an earlier one.
        self.reclaim(alone).await;
        let mut work = self.db.work();
        let mut look = tokio::time::interval(POLL);
        while !is_over(&stop) {
            work.mark_unchanged();
            let idle = match self.round(&stop).await {
                Ok(round) => round == Round::default(),
                Err(error) => {
                    tracing::error!(%error, "the queue cannot be read");
                    true
                }
            };
            if idle {
                tokio::select! {
                    _ = look.tick() => self.reclaim(false).await,
                    Ok(()) = work.changed() => {}
                    _ = stop.changed() => {}
                }
            }
        }
    }

    /// Runs everything that is due now, and what that makes due, then returns: for tests and the command line.
    ///
    /// # Errors
    /// The database's.
    pub async fn run_due(&self) -> Result<Round> {
        let (_sender, never) = watch::channel(false);
        let mut total = Round::default();
        loop {
            let round = self.round(&never).await?;
            if round == Round::default() {
                return Ok(total);
            }
            total += round;
        }
    }

    async fn round(&self, stop: &watch::Receiver<bool>) -> Result<Round> {
        let names: Vec<_> = self.kinds.keys().copied().collect();
        // Not later than the lease ends: before it nobody else can have a job of this batch.
        let held_until = self.db.env().now() + LEASE;
        let leased = self.db.write(move |tx| store::lease(tx, &names, BATCH, LEASE)).await?;
        let together = if self.db.is_sqlite() { leased.len().max(1) } else { TOGETHER };
        let mut round = Round::default();
        // None begins while a more urgent one runs.
        for jobs in leased.chunk_by(|one, next| one.priority == next.priority) {
            let runs: Vec<_> =
                jobs.iter().cloned().map(|job| self.run_or_release(job, held_until, stop)).collect();
            let ran: Vec<_> = stream::iter(runs).buffered(together).collect().await;
            for one in ran {
                round += one?;
            }
        }
        Ok(round)
    }

    async fn run_or_release(
        &self,
        job: Leased,
        held_until: Timestamp,
        stop: &watch::Receiver<bool>,
    ) -> Result<Round> {
        if is_over(stop) {
            self.db.write(move |tx| store::release(tx, &job)).await?;
            return Ok(Round::default());
        }
        self.run_one(job, held_until).await
    }

    async fn run_one(&self, job: Leased, held_until: Timestamp) -> Result<Round> {
        let mut round = Round::default();
        let Some((run, retry)) = self.kinds.get(job.name.as_str()).cloned() else { return Ok(round) };
        let this = job.clone();
        let ran = if job.attempts > retry.attempts {
            Err(Error::Internal("its process ended each time that it ran".to_owned()))
        } else {
            let work = move |tx: &mut Tx<'_>| {
                store::finish(tx, &this)?;
                tx.set_due(this.run_at.into());
                run(tx, &this.payload)
            };
            self.db.write(work).await
        };
        let Err(error) = ran else {
            round.done += 1;
            return Ok(round);
        };
        let (name, id, why) = (job.name.clone(), job.id, error.to_string());
        match self.db.write(move |tx| store::fail(tx, &job, retry, &why)).await {
            Ok(true) => {
                round.dead += 1;
                tracing::error!(job = name, %id, %error, "a job is dead");
            }
            Ok(false) => {
                round.failed += 1;
                tracing::warn!(job = name, %id, %error, "a job failed and will be tried again");
            }
            Err(Error::Stale) if self.db.env().now() < held_until => {
                round.renewed += 1;
                tracing::debug!(job = name, %id, "a job was asked for anew while it was held: it runs once more");
            }
            Err(Error::Stale) => {
                tracing::warn!(job = name, %id, "a job took longer than it was held for: another process has it");
            }
            Err(error) => return Err(error),
        }
        Ok(round)
    }

    async fn reclaim(&self, all: bool) {
        match self.db.write(move |tx| store::reclaim(tx, all)).await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(jobs, "jobs were left by a process that is gone"),
            Err(error) => tracing::error!(%error, "jobs cannot be taken back"),
        }
    }
}

/// Whether to stop; so too when whoever could say so is gone.
pub(crate) fn is_over(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::core::env::{Env, ManualClock, SystemRandom};
    use crate::core::ids::AnyId;
    use crate::core::urgency::Urgency;
    use crate::queue::{Dedup, dead_letters, enqueue, revive};
    use crate::store::testing::{TestDb, databases};
    use crate::store::tx::Provided;

    /// A reminder that says its word into the test's ear, or fails when the word is "fail".
    #[derive(Serialize, Deserialize)]
    struct Remind(String);

    type Ear = Arc<Mutex<Vec<String>>>;

    impl Job for Remind {
        const NAME: &'static str = "remind";
        const RETRY: Retry =
            Retry { attempts: 3, first: SignedDuration::from_secs(10), cap: SignedDuration::from_secs(60) };
        const DEDUP: Dedup = Dedup::Merge;

        fn dedup_key(&self) -> Option<String> {
            self.0.split(':').nth(1).map(str::to_owned)
        }

        fn run(self, tx: &mut Tx<'_>) -> Result<()> {
            if self.0 == "fail" {
                return Err(Error::Conflict("error-choice"));
            }
            tx.required::<Ear>()?.lock().unwrap().push(self.0);
            Ok(())
        }
    }

    /// A job that cannot wait behind others.
    #[derive(Serialize, Deserialize)]
    struct Alarm {}

    impl Job for Alarm {
        const NAME: &'static str = "alarm";
        const URGENCY: Urgency = Urgency::Escalation;

        fn run(self, tx: &mut Tx<'_>) -> Result<()> {
            tx.required::<Ear>()?.lock().unwrap().push("alarm".to_owned());
            Ok(())
        }
    }

    fn setup() -> (Vec<TestDb>, Arc<ManualClock>, Ear) {
        let clock = Arc::new(ManualClock::at("2026-11-21T06:40:00Z".parse().unwrap()));
        let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
        let ear = Ear::default();
        let heard = ear.clone();
        (databases(&env, move || Provided::default().with(heard.clone())), clock, ear)
    }

    async fn remind(db: &Db, word: &'static str, in_s: i64) {
        db.write(move |tx| enqueue(tx, &Remind(word.to_owned()), tx.now() + SignedDuration::from_secs(in_s)))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_timer_runs_once_when_its_time_has_come() {
        let (dbs, clock, ear) = setup();
        for TestDb { db, .. } in &dbs {
            let runner = Runner::new(db.clone()).register::<Remind>();
            remind(db, "ring", 60).await;
            assert_eq!(runner.run_due().await.unwrap(), Round::default());
            clock.advance(SignedDuration::from_secs(60));
            assert_eq!(runner.run_due().await.unwrap().done, 1);
            assert_eq!(runner.run_due().await.unwrap(), Round::default());
            assert_eq!(std::mem::take(&mut *ear.lock().unwrap()), ["ring"]);
        }
    }

    #[tokio::test]
    async fn a_timer_can_be_brought_forward_and_is_never_put_off() {
        let (dbs, clock, ear) = setup();
        for TestDb { db, .. } in &dbs {
            let runner = Runner::new(db.clone()).register::<Remind>();
            remind(db, "first:case", 60).await;
            remind(db, "second:case", 0).await;
            remind(db, "third:case", 90).await;
            assert_eq!(runner.run_due().await.unwrap().done, 1);
            clock.advance(SignedDuration::from_secs(90));
            assert_eq!(runner.run_due().await.unwrap(), Round::default());
            assert_eq!(std::mem::take(&mut *ear.lock().unwrap()), ["third:case"]);
        }
    }

    #[tokio::test]
    async fn a_wake_that_comes_while_the_job_sets_its_next_timer_is_not_lost() {
        let (dbs, _, ear) = setup();
        for TestDb { db, .. } in &dbs {
            remind(db, "now:case", 0).await;
            let job = db.write(|tx| store::lease(tx, &["remind"], 16, LEASE)).await.unwrap().remove(0);
            let other = db.clone();
            let event = db.write(move |tx| {
                store::finish(tx, &job)?;
                enqueue(tx, &Remind("later:case".to_owned()), tx.now() + SignedDuration::from_secs(900))?;
                let other = other.clone();
                let event = std::thread::spawn(move || {
                    other.write_now(|tx| enqueue(tx, &Remind("event:case".to_owned()), tx.now()))
                });
                // Long enough for it to come while this transaction is open.
                std::thread::sleep(std::time::Duration::from_millis(300));
                Ok(event)
            });
            event.await.unwrap().join().unwrap().unwrap();
            let runner = Runner::new(db.clone()).register::<Remind>();
            assert_eq!(runner.run_due().await.unwrap().done, 1);
            assert_eq!(std::mem::take(&mut *ear.lock().unwrap()), ["event:case"]);
        }
    }

    /// A job that sets another one's timer.
    #[derive(Serialize, Deserialize)]
    struct Wake {}

    impl Job for Wake {
        const NAME: &'static str = "wake";
        const URGENCY: Urgency = Urgency::Escalation;

        fn run(self, tx: &mut Tx<'_>) -> Result<()> {
            let now = tx.now();
            enqueue(tx, &Remind("new:case".to_owned()), now)
        }
    }

    #[tokio::test]
    async fn a_job_that_is_asked_for_anew_while_it_is_held_runs_once_as_it_was_asked_for_last() {
        let (dbs, _, ear) = setup();
        for TestDb { db, .. } in &dbs {
            remind(db, "old:case", 0).await;
            db.write(|tx| enqueue(tx, &Wake {}, tx.now())).await.unwrap();
            let runner = Runner::new(db.clone()).register::<Remind>().register::<Wake>();
            let expected = Round { done: 2, renewed: 1, ..Round::default() };
            assert_eq!(runner.run_due().await.unwrap(), expected, "nobody took it over");
            assert_eq!(std::mem::take(&mut *ear.lock().unwrap()), ["new:case"]);
        }
    }

    #[tokio::test]
    async fn what_is_more_urgent_runs_first() {
        let (dbs, _, ear) = setup();
        for TestDb { db, .. } in &dbs {
            remind(db, "housekeeping", -60).await;
            db.write(|tx| enqueue(tx, &Alarm {}, tx.now())).await.unwrap();
            let runner = Runner::new(db.clone()).register::<Remind>().register::<Alarm>();
            assert_eq!(runner.run_due().await.unwrap().done, 2);
            assert_eq!(std::mem::take(&mut *ear.lock().unwrap()), ["alarm", "housekeeping"]);
        }
    }

    #[tokio::test]
    async fn a_job_that_keeps_failing_ends_among_the_dead_and_can_be_revived() {
        let (dbs, clock, _) = setup();
        for TestDb { db, .. } in &dbs {
            let runner = Runner::new(db.clone()).register::<Remind>();
            remind(db, "fail", 0).await;
            for expected in [(1, 0), (1, 0), (0, 1), (0, 0)] {
                let round = runner.run_due().await.unwrap();
                assert_eq!((round.failed, round.dead), expected);
                clock.advance(SignedDuration::from_secs(60));
            }
            let dead = db.write(dead_letters).await.unwrap();
            assert_eq!(dead.len(), 1);
            assert_eq!(dead[0].last_error.as_deref(), Some("conflict: error-choice"));
            let id = dead[0].id;
            db.write(move |tx| revive(tx, id)).await.unwrap();
            assert_eq!(runner.run_due().await.unwrap().failed, 1);
        }
    }

    #[tokio::test]
    async fn a_process_that_slept_past_its_lease_cannot_finish_the_job() {
        let (dbs, clock, ear) = setup();
        for TestDb { db, .. } in &dbs {
            remind(db, "ring", 0).await;
            let asleep = db.write(|tx| store::lease(tx, &["remind"], 16, LEASE)).await.unwrap().remove(0);
            let runner = Runner::new(db.clone()).register::<Remind>();
            assert_eq!(runner.run_due().await.unwrap(), Round::default());
            clock.advance(LEASE + SignedDuration::from_secs(1));
            runner.reclaim(false).await;
            assert_eq!(runner.run_due().await.unwrap().done, 1);
            assert!(matches!(db.write(move |tx| store::finish(tx, &asleep)).await, Err(Error::Stale)));
            assert_eq!(std::mem::take(&mut *ear.lock().unwrap()), ["ring"]);
        }
    }

    #[tokio::test]
    async fn only_one_process_holds_a_lease_and_a_woken_one_is_told() {
        use crate::store::lease;
        let (dbs, clock, _) = setup();
        let (one, two) = (AnyId(Env::system().uuid()), AnyId(Env::system().uuid()));
        let ttl = SignedDuration::from_secs(30);
        for TestDb { db, .. } in &dbs {
            let held = db.write(move |tx| lease::acquire(tx, "audit", one, ttl)).await.unwrap().unwrap();
            assert!(db.write(move |tx| lease::acquire(tx, "audit", two, ttl)).await.unwrap().is_none());
            let first = held.clone();
            let held = db.write(move |tx| lease::renew(tx, &first, ttl)).await.unwrap();
            clock.advance(ttl);
            let taken = db.write(move |tx| lease::acquire(tx, "audit", two, ttl)).await.unwrap().unwrap();
            let stale = held.clone();
            assert!(matches!(db.write(move |tx| lease::check(tx, &stale)).await, Err(Error::Stale)));
            assert!(matches!(db.write(move |tx| lease::renew(tx, &held, ttl)).await, Err(Error::Stale)));
            db.write(move |tx| lease::check(tx, &taken).and_then(|()| lease::release(tx, &taken)))
                .await
                .unwrap();
            assert!(db.write(move |tx| lease::acquire(tx, "audit", one, ttl)).await.unwrap().is_some());
        }
    }
}
