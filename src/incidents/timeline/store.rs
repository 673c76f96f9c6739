//! Rows of what stays on top of a timeline, and of who was called to a case.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::core::error::Result;
use crate::core::ids::{AccountId, EntryId, IncidentId};
use crate::store::Tx;
use crate::store::connection::each_backend;
use crate::store::schema::{incident_mentions, timeline_entries, timeline_pins};

/// The lines of a case that stay on top.
pub fn pinned(tx: &mut Tx<'_>, incident: IncidentId) -> Result<HashSet<EntryId>> {
    let rows: Vec<EntryId> = timeline_pins::table
        .filter(timeline_pins::incident_id.eq(incident))
        .select(timeline_pins::entry_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// Whether the line stands in this case.
pub fn is_of(tx: &mut Tx<'_>, incident: IncidentId, entry: EntryId) -> Result<bool> {
    let same = timeline_entries::table.find(entry).filter(timeline_entries::incident_id.eq(incident));
    Ok(same.select(timeline_entries::id).first::<EntryId>(tx.conn).optional()?.is_some())
}

/// Lets the line stay on top; how many rows that changed.
pub fn pin(tx: &mut Tx<'_>, incident: IncidentId, entry: EntryId, by: Option<AccountId>) -> Result<usize> {
    let at = tx.at();
    let row = (
        timeline_pins::entry_id.eq(entry),
        timeline_pins::incident_id.eq(incident),
        timeline_pins::pinned_by.eq(by),
        timeline_pins::pinned_at.eq(at),
    );
    Ok(each_backend!(tx.conn, c => diesel::insert_into(timeline_pins::table)
        .values(row)
        .on_conflict(timeline_pins::entry_id)
        .do_nothing()
        .execute(c))?)
}

/// Lets the line stand where it belongs again; how many rows that changed.
pub fn unpin(tx: &mut Tx<'_>, entry: EntryId) -> Result<usize> {
    Ok(diesel::delete(timeline_pins::table.find(entry)).execute(tx.conn)?)
}

/// The account is called to the case, until it opens it.
pub fn mention(tx: &mut Tx<'_>, account: AccountId, incident: IncidentId) -> Result<()> {
    let at = tx.at();
    each_backend!(tx.conn, c => diesel::insert_into(incident_mentions::table)
        .values((
            incident_mentions::account_id.eq(account),
            incident_mentions::incident_id.eq(incident),
            incident_mentions::at.eq(at),
        ))
        .on_conflict((incident_mentions::account_id, incident_mentions::incident_id))
        .do_update()
        .set(incident_mentions::at.eq(at))
        .execute(c))?;
    Ok(())
}

/// The account has come.
pub fn met(tx: &mut Tx<'_>, account: AccountId, incident: IncidentId) -> Result<()> {
    diesel::delete(incident_mentions::table.find((account, incident))).execute(tx.conn)?;
    Ok(())
}
