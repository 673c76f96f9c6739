//! Numbers, chains and signs what was recorded: one process at a time, in bounded batches, a moment after the commit.
//!
//! Writers never wait at the head of the chain. Rows are found by having no number, so one that a slow transaction
//! commits late is chained late, never skipped. Hashing and signing happen outside the transaction; inside it the
//! lease is checked, so that a process which slept past its time cannot write over its successor's chain.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::store;
use super::trail::{Head, Row};
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, AuditId};
use crate::crypto::log::{Checkpoint, LogKey};
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
        Self { db, key, origin: origin.to_owned(), holder, held: None }
    }

    /// Runs until `stop` becomes true; then chains and signs what is left and gives the lease back.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
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

    /// Takes or keeps the lease, chains at most one batch and signs when it is time.
    ///
    /// # Errors
    /// The database's; [`Error::Stale`] when another process took over.
    pub async fn step(&mut self) -> Result<Step> {
        self.advance(false).await
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
    let head = store::head(tx)?.ok_or_else(|| Error::Internal("the audit trail's end is broken".to_owned()))?;
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
