//! Counters of attempts, shared by all processes.

use diesel::prelude::*;

use crate::core::error::Result;
use crate::store::schema::rate_limits;
use crate::store::{Tx, each_backend};

/// Hits of two slots: the running one and the one before it. A slot is named by its first second.
pub fn hits(tx: &mut Tx<'_>, bucket: &str, slot: i64, before: i64) -> Result<(i32, i32)> {
    let rows = rate_limits::table
        .filter(rate_limits::bucket.eq(bucket).and(rate_limits::slot.eq_any([before, slot])))
        .select((rate_limits::slot, rate_limits::hits))
        .load::<(i64, i32)>(tx.conn)?;
    let of = |wanted: i64| rows.iter().find(|(slot, _)| *slot == wanted).map_or(0, |(_, hits)| *hits);
    Ok((of(slot), of(before)))
}

/// One hit more in a slot.
pub fn count(tx: &mut Tx<'_>, bucket: &str, slot: i64) -> Result<()> {
    each_backend!(tx.conn, c => diesel::insert_into(rate_limits::table)
        .values((rate_limits::bucket.eq(bucket), rate_limits::slot.eq(slot), rate_limits::hits.eq(1)))
        .on_conflict((rate_limits::bucket, rate_limits::slot))
        .do_update()
        .set(rate_limits::hits.eq(rate_limits::hits + 1))
        .execute(c)?);
    Ok(())
}

/// Takes one back that was counted.
pub fn uncount(tx: &mut Tx<'_>, bucket: &str, slot: i64) -> Result<()> {
    diesel::update(rate_limits::table.find((bucket, slot)))
        .set(rate_limits::hits.eq(rate_limits::hits - 1))
        .execute(tx.conn)?;
    Ok(())
}

/// Forgets all hits of a bucket.
pub fn forget(tx: &mut Tx<'_>, bucket: &str) -> Result<()> {
    diesel::delete(rate_limits::table.filter(rate_limits::bucket.eq(bucket))).execute(tx.conn)?;
    Ok(())
}

/// Removes slots that began before this second; returns how many there were.
pub fn sweep(tx: &mut Tx<'_>, begun_before: i64) -> Result<usize> {
    Ok(diesel::delete(rate_limits::table.filter(rate_limits::slot.lt(begun_before))).execute(tx.conn)?)
}
