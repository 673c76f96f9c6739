//! Leases: who of several processes does a thing that only one may do at a time.
//!
//! Each taking over counts the fence up. Whoever writes under a lease calls [`check`] in the same transaction, so that
//! a process which slept past its time and wakes cannot write over its successor's work.

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::types::At;
use super::{Conn, Tx};
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::AnyId;
use crate::store::schema::leases;

/// A lease that was held when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    /// The process that holds it.
    pub holder: AnyId,
    /// Counts the takings; a greater one makes this one void.
    pub fence: i64,
    pub held_until: Timestamp,
}

/// Takes the lease `name` for `ttl`, when nobody holds it, its time is over, or `holder` has it already.
///
/// # Errors
/// The database's.
pub fn acquire(tx: &mut Tx<'_>, name: &str, holder: AnyId, ttl: SignedDuration) -> Result<Option<Lease>> {
    let now = tx.now();
    let until = now + ttl;
    let Some((held_by, fence, held_until)) = locked(tx, name)? else {
        let row = (
            leases::name.eq(name),
            leases::holder.eq(holder),
            leases::fence.eq(1),
            leases::held_until.eq(At(until)),
        );
        let insert = diesel::insert_into(leases::table).values(row).on_conflict_do_nothing();
        let added = match tx.conn {
            Conn::Postgres(c) => insert.execute(c)?,
            Conn::Sqlite(c) => insert.execute(c)?,
        };
        return Ok((added == 1).then(|| Lease {
            name: name.to_owned(),
            holder,
            fence: 1,
            held_until: until,
        }));
    };
    if held_by != holder && held_until.0 > now {
        return Ok(None);
    }
    let lease = Lease { name: name.to_owned(), holder, fence: fence + 1, held_until: until };
    diesel::update(leases::table.filter(leases::name.eq(name)))
        .set((leases::holder.eq(holder), leases::fence.eq(lease.fence), leases::held_until.eq(At(until))))
        .execute(tx.conn)?;
    Ok(Some(lease))
}

/// Holds on for another `ttl`.
///
/// # Errors
/// [`Error::Stale`] when somebody else took it meanwhile.
pub fn renew(tx: &mut Tx<'_>, lease: &Lease, ttl: SignedDuration) -> Result<Lease> {
    let held_until = tx.now() + ttl;
    let mine = leases::table.filter(leases::name.eq(&lease.name)).filter(leases::fence.eq(lease.fence));
    one_row(diesel::update(mine).set(leases::held_until.eq(At(held_until))).execute(tx.conn)?)?;
    Ok(Lease { held_until, ..lease.clone() })
}

/// Gives it back; nothing happens when somebody else has it.
///
/// # Errors
/// The database's.
pub fn release(tx: &mut Tx<'_>, lease: &Lease) -> Result<()> {
    let mine = leases::table.filter(leases::name.eq(&lease.name)).filter(leases::fence.eq(lease.fence));
    diesel::update(mine).set(leases::held_until.eq(tx.at())).execute(tx.conn)?;
    Ok(())
}

/// Makes sure, until this transaction ends, that the lease is still this one.
///
/// # Errors
/// [`Error::Stale`] when somebody else took it, or its time is over.
pub fn check(tx: &mut Tx<'_>, lease: &Lease) -> Result<()> {
    match locked(tx, &lease.name)? {
        Some((_, fence, held_until)) if fence == lease.fence && held_until.0 > tx.now() => Ok(()),
        _ => Err(Error::Stale),
    }
}

/// The row, which nobody else changes before this transaction ends.
fn locked(tx: &mut Tx<'_>, name: &str) -> Result<Option<(AnyId, i64, At)>> {
    let row = leases::table.filter(leases::name.eq(name)).select((
        leases::holder,
        leases::fence,
        leases::held_until,
    ));
    Ok(match tx.conn {
        Conn::Postgres(c) => row.for_update().first(c).optional()?,
        Conn::Sqlite(c) => row.first(c).optional()?,
    })
}
