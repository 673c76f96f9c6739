//! Rows of shifts, hand-overs and the gaps that were told.

use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Handover, Shift};
use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, HandoverId, ShiftId};
use crate::store::schema::{shift_handovers, shifts};
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
    let rows: Vec<HandoverRow> = shift_handovers::table
        .filter(shift_handovers::until_at.gt(tx.at()))
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
