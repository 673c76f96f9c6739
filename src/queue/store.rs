//! Rows of the queue.

use diesel::dsl::{case_when, exists};
use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::{SignedDuration, Timestamp};

use super::backoff;
use super::job::{Dedup, Job, Retry};
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::JobId;
use crate::store::schema::jobs;
use crate::store::{At, Conn, Statement as _, Tx, each_backend};

/// Adds a job to be run at `run_at` or soon after. What becomes of it when one with the same key waits already, its
/// kind says ([`Job::DEDUP`]). A dead one makes room: its key must not block the living.
///
/// # Errors
/// The database's.
pub fn enqueue<J: Job>(tx: &mut Tx<'_>, job: &J, run_at: Timestamp) -> Result<()> {
    let key = job.dedup_key();
    if let (Some(key), Dedup::Keep) = (&key, J::DEDUP) {
        let same = jobs::table.filter(jobs::name.eq(J::NAME)).filter(jobs::dedup_key.eq(key));
        diesel::delete(same.filter(jobs::state.eq("dead"))).execute(tx.conn)?;
    }
    let row = (
        jobs::id.eq(tx.id::<JobId>()),
        jobs::name.eq(J::NAME),
        jobs::payload.eq(serde_json::to_string(job).map_err(|error| Error::Internal(error.to_string()))?),
        jobs::dedup_key.eq(key.as_deref()),
        jobs::priority.eq(J::URGENCY.number()),
        jobs::run_at.eq(At(run_at)),
        jobs::state.eq("waiting"),
        jobs::attempts.eq(0),
        jobs::fence.eq(0_i64),
        jobs::created_at.eq(tx.at()),
    );
    let insert = diesel::insert_into(jobs::table).values(row);
    match J::DEDUP {
        Dedup::Keep => {
            insert.on_conflict_do_nothing().run(tx.conn)?;
        }
        // A merge is prepared anew each time, a plain insertion is not.
        Dedup::Merge if is_surely_new(tx, J::NAME, key.as_deref())? => {
            insert.run(tx.conn)?;
        }
        // One statement, which waits for a transaction that is just putting a row under this key: a deletion before an
        // insertion would not see that row, and the wake would be lost.
        Dedup::Merge => {
            let waits_earlier = jobs::state.ne("dead").and(jobs::run_at.lt(excluded(jobs::run_at)));
            let merge = insert.on_conflict((jobs::name, jobs::dedup_key)).do_update().set((
                jobs::payload.eq(excluded(jobs::payload)),
                jobs::priority.eq(excluded(jobs::priority)),
                jobs::run_at.eq(case_when(waits_earlier, jobs::run_at).otherwise(excluded(jobs::run_at))),
                jobs::state.eq(excluded(jobs::state)),
                jobs::attempts.eq(0),
                // Whoever runs the former one cannot finish it: what it saw may be older than this.
                jobs::fence.eq(jobs::fence + 1),
                jobs::lease_until.eq(None::<At>),
            ));
            each_backend!(tx.conn, c => merge.execute(c))?;
        }
    }
    if run_at <= tx.now() {
        tx.leave_work();
    }
    Ok(())
}

/// Whether no job has this key, and none can get it before this transaction ends: SQLite has one writer.
fn is_surely_new(tx: &mut Tx<'_>, name: &str, key: Option<&str>) -> Result<bool> {
    let Conn::Sqlite(conn) = tx.conn else { return Ok(false) };
    let same = jobs::table.filter(jobs::name.eq(name)).filter(jobs::dedup_key.eq(key));
    Ok(!diesel::select(exists(same)).get_result::<bool>(conn)?)
}

/// A job whose tries are used up.
#[derive(Debug, Clone, Queryable)]
pub struct DeadJob {
    pub id: JobId,
    pub name: String,
    pub payload: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: At,
}

/// The dead jobs, oldest first, at most 200.
///
/// # Errors
/// The database's.
pub fn dead_letters(tx: &mut Tx<'_>) -> Result<Vec<DeadJob>> {
    let dead = jobs::table.filter(jobs::state.eq("dead")).order(jobs::id).limit(200).select((
        jobs::id,
        jobs::name,
        jobs::payload,
        jobs::attempts,
        jobs::last_error,
        jobs::created_at,
    ));
    Ok(dead.load(tx.conn)?)
}

/// Gives a dead job all its tries again, from now on.
///
/// # Errors
/// [`Error::Stale`] when it is not dead any more.
pub fn revive(tx: &mut Tx<'_>, id: JobId) -> Result<()> {
    let dead = jobs::table.filter(jobs::id.eq(id)).filter(jobs::state.eq("dead"));
    let fresh = (jobs::state.eq("waiting"), jobs::attempts.eq(0), jobs::run_at.eq(tx.at()));
    tx.leave_work();
    one_row(diesel::update(dead).set(fresh).execute(tx.conn)?)
}

/// A job held by this process.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Leased {
    pub id: JobId,
    pub name: String,
    pub payload: String,
    pub attempts: i32,
    pub fence: i64,
    /// When it was to run.
    pub run_at: At,
    /// The lower the more urgent.
    pub priority: i32,
}

/// Takes due jobs of the kinds `names`, the most urgent first. A taken job counts as tried: one that takes the whole
/// process down ends too.
pub(super) fn lease(tx: &mut Tx<'_>, names: &[&str], limit: i64, ttl: SignedDuration) -> Result<Vec<Leased>> {
    let due = jobs::table
        .filter(jobs::state.eq("waiting"))
        .filter(jobs::run_at.le(tx.at()))
        .filter(jobs::name.eq_any(names))
        .order((jobs::priority, jobs::run_at, jobs::id))
        .limit(limit)
        .select((
            jobs::id,
            jobs::name,
            jobs::payload,
            jobs::attempts,
            jobs::fence,
            jobs::run_at,
            jobs::priority,
        ));
    let mut leased: Vec<Leased> = match tx.conn {
        Conn::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    };
    let ids: Vec<_> = leased.iter().map(|job| job.id).collect();
    let held = (
        jobs::state.eq("leased"),
        jobs::attempts.eq(jobs::attempts + 1),
        jobs::fence.eq(jobs::fence + 1),
        jobs::lease_until.eq(At(tx.now() + ttl)),
    );
    let update = diesel::update(jobs::table.filter(jobs::id.eq_any(&ids))).set(held);
    each_backend!(tx.conn, c => update.execute(c))?;
    for job in &mut leased {
        job.attempts += 1;
        job.fence += 1;
    }
    Ok(leased)
}

/// Removes a job that is about to run in this transaction.
///
/// # Errors
/// [`Error::Stale`] when another process took it meanwhile.
pub(super) fn finish(tx: &mut Tx<'_>, job: &Leased) -> Result<()> {
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::fence.eq(job.fence));
    one_row(diesel::delete(mine).run(tx.conn)?)
}

/// Puts a failed job back, or among the dead when its tries are used up. `true` when it is dead now.
///
/// # Errors
/// [`Error::Stale`] when another process took it meanwhile.
pub(super) fn fail(tx: &mut Tx<'_>, job: &Leased, retry: Retry, why: &str) -> Result<bool> {
    let dead = job.attempts >= retry.attempts;
    let random = u32::from_le_bytes(tx.env().bytes());
    let attempt = u32::try_from(job.attempts).unwrap_or(0);
    let next = tx.now() + backoff::delay(retry.first, retry.cap, attempt, random);
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::fence.eq(job.fence));
    let changed = diesel::update(mine)
        .set((
            jobs::state.eq(if dead { "dead" } else { "waiting" }),
            jobs::run_at.eq(At(next)),
            jobs::lease_until.eq(None::<At>),
            jobs::last_error.eq(why.chars().take(500).collect::<String>()),
        ))
        .execute(tx.conn)?;
    one_row(changed).map(|()| dead)
}

/// Gives jobs back that were not begun.
pub(super) fn release(tx: &mut Tx<'_>, job: &Leased) -> Result<()> {
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::fence.eq(job.fence));
    diesel::update(mine)
        .set((
            jobs::state.eq("waiting"),
            jobs::attempts.eq(job.attempts - 1),
            jobs::lease_until.eq(None::<At>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Puts jobs back whose holder let the lease run out, or all leased ones (`all`) where no other process can be.
pub(super) fn reclaim(tx: &mut Tx<'_>, all: bool) -> Result<usize> {
    let lost = jobs::table.filter(jobs::state.eq("leased"));
    let free = (jobs::state.eq("waiting"), jobs::fence.eq(jobs::fence + 1), jobs::lease_until.eq(None::<At>));
    Ok(if all {
        diesel::update(lost).set(free).execute(tx.conn)?
    } else {
        diesel::update(lost.filter(jobs::lease_until.lt(tx.at()))).set(free).execute(tx.conn)?
    })
}
