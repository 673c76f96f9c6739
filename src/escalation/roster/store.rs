//! Rows of shifts, hand-overs and the gaps that were told.

use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Handover, Shift};
use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, GapId, HandoverId, ShiftId};
use crate::store::schema::{roster_gaps, shift_handovers, shifts};
use crate::store::{At, Conn, Tx};

/// Rows that are looked at: years of weekly shifts.
const LOOKED_AT: i64 = 1000;

type ShiftRow = (ShiftId, AccountId, Option<AccountId>, At, At);

fn shift((id, account, deputy, from, until): ShiftRow) -> Shift {
    Shift { id, account, deputy, from: from.into(), until: until.into() }
}

/// The shifts that are not over, in order.
pub fn shifts(tx: &mut Tx<'_>) -> Result<Vec<Shift>> {
    let rows: Vec<ShiftRow> = shifts::table
        .filter(shifts::until_at.gt(tx.at()))
        .order((shifts::from_at, shifts::id))
        .limit(LOOKED_AT)
        .select((shifts::id, shifts::account_id, shifts::deputy_id, shifts::from_at, shifts::until_at))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(shift).collect())
}

/// Whoever plans does it alone until this transaction ends: of two plans that overlap one is refused.
pub fn lock(tx: &mut Tx<'_>) -> Result<()> {
    match tx.conn {
        Conn::Postgres(c) => {
            diesel::sql_query("LOCK TABLE shifts IN SHARE ROW EXCLUSIVE MODE").execute(c)?;
        }
        // There is one writer.
        Conn::Sqlite(_) => {}
    }
    Ok(())
}

pub fn add_shift(
    tx: &mut Tx<'_>,
    account: AccountId,
    deputy: Option<AccountId>,
    (from, until): (Timestamp, Timestamp),
) -> Result<ShiftId> {
    let id: ShiftId = tx.id();
    diesel::insert_into(shifts::table)
        .values((
            shifts::id.eq(id),
            shifts::account_id.eq(account),
            shifts::deputy_id.eq(deputy),
            shifts::from_at.eq(At(from)),
            shifts::until_at.eq(At(until)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

pub fn remove_shift(tx: &mut Tx<'_>, id: ShiftId) -> Result<()> {
    one_row(diesel::delete(shifts::table.find(id)).execute(tx.conn)?)
}

/// Ends a shift that has begun.
pub fn end_shift(tx: &mut Tx<'_>, id: ShiftId) -> Result<()> {
    let set = shifts::until_at.eq(tx.at());
    one_row(diesel::update(shifts::table.find(id)).set(set).execute(tx.conn)?)
}

type HandoverRow = (HandoverId, AccountId, AccountId, At, At, String, Option<At>);

/// The hand-overs that are not over, the oldest first.
pub fn handovers(tx: &mut Tx<'_>) -> Result<Vec<Handover>> {
    let now = tx.now();
    handovers_since(tx, now)
}

/// The hand-overs that were not over at an instant, the oldest first.
pub fn handovers_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<Handover>> {
    let rows: Vec<HandoverRow> = shift_handovers::table
        .filter(shift_handovers::until_at.gt(At(since)))
        .order((shift_handovers::asked_at, shift_handovers::id))
        .limit(LOOKED_AT)
        .select((
            shift_handovers::id,
            shift_handovers::giver_id,
            shift_handovers::taker_id,
            shift_handovers::from_at,
            shift_handovers::until_at,
            shift_handovers::note,
            shift_handovers::accepted_at,
        ))
        .load(tx.conn)?;
    let of = |(id, giver, taker, from, until, note, accepted): HandoverRow| Handover {
        id,
        giver,
        taker,
        from: from.into(),
        until: until.into(),
        note,
        accepted_at: accepted.map(Into::into),
    };
    Ok(rows.into_iter().map(of).collect())
}

/// What is to be handed over.
pub struct NewHandover<'a> {
    pub giver: AccountId,
    pub taker: AccountId,
    pub from: Timestamp,
    pub until: Timestamp,
    pub note: &'a str,
}

pub fn add_handover(tx: &mut Tx<'_>, new: &NewHandover<'_>) -> Result<HandoverId> {
    let id: HandoverId = tx.id();
    diesel::insert_into(shift_handovers::table)
        .values((
            shift_handovers::id.eq(id),
            shift_handovers::giver_id.eq(new.giver),
            shift_handovers::taker_id.eq(new.taker),
            shift_handovers::from_at.eq(At(new.from)),
            shift_handovers::until_at.eq(At(new.until)),
            shift_handovers::note.eq(new.note),
            shift_handovers::asked_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

pub fn accept(tx: &mut Tx<'_>, id: HandoverId) -> Result<()> {
    let open = shift_handovers::table.find(id).filter(shift_handovers::accepted_at.is_null());
    one_row(diesel::update(open).set(shift_handovers::accepted_at.eq(tx.at())).execute(tx.conn)?)
}

/// Takes away one that nobody accepted.
pub fn remove_handover(tx: &mut Tx<'_>, id: HandoverId) -> Result<()> {
    let open = shift_handovers::table.find(id).filter(shift_handovers::accepted_at.is_null());
    one_row(diesel::delete(open).execute(tx.conn)?)
}

/// Whether there ever was a shift.
pub fn is_kept(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(shifts::table.select(shifts::id).first::<ShiftId>(tx.conn).optional()?.is_some())
}

/// Whether a gap that begins here was told; then it is told up to this end.
pub fn told_gap(tx: &mut Tx<'_>, from: Timestamp, until: Timestamp) -> Result<bool> {
    let covering = roster_gaps::table
        .filter(roster_gaps::from_at.le(At(from)))
        .filter(roster_gaps::until_at.ge(At(from)))
        .order((roster_gaps::until_at.desc(), roster_gaps::id))
        .select((roster_gaps::id, roster_gaps::until_at))
        .first::<(GapId, At)>(tx.conn)
        .optional()?;
    let Some((id, told)) = covering else { return Ok(false) };
    if told.0 < until {
        let set = roster_gaps::until_at.eq(At(until));
        one_row(diesel::update(roster_gaps::table.find(id)).set(set).execute(tx.conn)?)?;
    }
    Ok(true)
}

/// Notes that a gap is told.
pub fn add_gap(tx: &mut Tx<'_>, from: Timestamp, until: Timestamp) -> Result<()> {
    let id: GapId = tx.id();
    diesel::insert_into(roster_gaps::table)
        .values((
            roster_gaps::id.eq(id),
            roster_gaps::from_at.eq(At(from)),
            roster_gaps::until_at.eq(At(until)),
        ))
        .execute(tx.conn)?;
    Ok(())
}
