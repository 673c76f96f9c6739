//! What the queue shows of a case beside its row: when it was last heard of and opened, and what its reports say.

use std::collections::HashSet;

use diesel::prelude::*;

use super::list::{at_status, visible};
use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::incidents::model::{Audience, Filter};
use crate::incidents::policy::Scope;
use crate::store::among::among;
use crate::store::connection::each_backend;
use crate::store::schema::{incident_heard, incident_seen, incidents, reports, timeline_entries};
use crate::store::{At, Conn, Tx};

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

/// Open cases in which one of these authors wrote to these organisations, or to all involved, after the account opened it
/// last: the newest first, at most `limit`, with the time of the newest message.
pub fn written_to(
    tx: &mut Tx<'_>,
    scope: &Scope,
    organisations: &[OrgId],
    account: AccountId,
    authors: &[AccountId],
    limit: usize,
) -> Result<Vec<(String, At)>> {
    /// Messages that are looked at: several may be of one case.
    const MESSAGES: i64 = 200;
    let open = Filter { open: Some(true), ..Filter::default() };
    let own = incident_seen::incident_id.eq(incidents::id).and(incident_seen::account_id.eq(account));
    let to: Vec<_> = organisations.iter().copied().map(Some).collect();
    let by: Vec<_> = authors.iter().copied().map(Some).collect();
    let to_them = timeline_entries::audience
        .eq(Audience::Involved.code())
        .or(timeline_entries::audience_id.eq_any(to).assume_not_null());
    let is_later = timeline_entries::at.nullable().gt(incident_seen::seen_at.nullable()).assume_not_null();
    let rows: Vec<(String, At)> = at_status(visible(scope), scope, &open)
        .inner_join(timeline_entries::table.on(timeline_entries::incident_id.eq(incidents::id)))
        .left_join(incident_seen::table.on(own))
        .filter(timeline_entries::kind.eq("message"))
        .filter(timeline_entries::account_id.eq_any(by).assume_not_null())
        .filter(to_them)
        .filter(incident_seen::seen_at.is_null().or(is_later))
        .order(timeline_entries::id.desc())
        .limit(MESSAGES)
        .select((incidents::reference, timeline_entries::at))
        .load(tx.conn)?;
    let mut newest: Vec<(String, At)> = Vec::new();
    for (reference, at) in rows {
        if newest.len() < limit && newest.iter().all(|(known, _)| *known != reference) {
            newest.push((reference, at));
        }
    }
    Ok(newest)
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
