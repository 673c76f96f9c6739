//! What the queue shows of a case beside its row: when it was last heard of and opened, and what its reports say.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId};
use crate::store::among::among;
use crate::store::connection::each_backend;
use crate::store::schema::{incident_heard, incident_seen, reports};
use crate::store::{Conn, Tx};

/// Somebody outside of the team said something now.
pub fn heard(tx: &mut Tx<'_>, id: IncidentId) -> Result<()> {
    let at = tx.at();
    each_backend!(tx.conn, c => diesel::insert_into(incident_heard::table)
        .values((incident_heard::incident_id.eq(id), incident_heard::heard_at.eq(at)))
        .on_conflict(incident_heard::incident_id)
        .do_update()
        .set(incident_heard::heard_at.eq(at))
        .execute(c))?;
    Ok(())
}

/// The account has opened the case now.
pub fn mark_seen(tx: &mut Tx<'_>, account: AccountId, id: IncidentId) -> Result<()> {
    let at = tx.at();
    each_backend!(tx.conn, c => diesel::insert_into(incident_seen::table)
        .values((
            incident_seen::account_id.eq(account),
            incident_seen::incident_id.eq(id),
            incident_seen::seen_at.eq(at),
        ))
        .on_conflict((incident_seen::account_id, incident_seen::incident_id))
        .do_update()
        .set(incident_seen::seen_at.eq(at))
        .execute(c))?;
    Ok(())
}

/// As if the account had never opened it.
pub fn unsee(tx: &mut Tx<'_>, account: AccountId, id: IncidentId) -> Result<()> {
    diesel::delete(incident_seen::table.find((account, id))).execute(tx.conn)?;
    Ok(())
}

/// Of these, the cases of which a report says that people are in danger.
pub fn in_danger(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<HashSet<IncidentId>> {
    let said = reports::table.filter(reports::danger).select(reports::incident_id);
    let rows: Vec<IncidentId> = match tx.conn {
        Conn::Sqlite(c) => said.filter(among!(reports::incident_id, ids)).load(c)?,
        Conn::Postgres(c) => said.filter(reports::incident_id.eq_any(ids)).load(c)?,
    };
    Ok(rows.into_iter().collect())
}

/// Of these, the cases whose report in force says that data of people are affected.
pub fn with_personal_data(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<HashSet<IncidentId>> {
    let said =
        reports::table.filter(reports::is_current.and(reports::personal_data)).select(reports::incident_id);
    let rows: Vec<IncidentId> = match tx.conn {
        Conn::Sqlite(c) => said.filter(among!(reports::incident_id, ids)).load(c)?,
        Conn::Postgres(c) => said.filter(reports::incident_id.eq_any(ids)).load(c)?,
    };
    Ok(rows.into_iter().collect())
}
