//! What decides who learns that cases changed, for a handful of cases at once.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::incidents::model::{Audience, Part};
use crate::store::schema::{behalf_reports, incident_named, incidents, involvements, timeline_entries};
use crate::store::{At, Code, Tx};

/// One case that changed, as far as it decides who may know.
#[derive(Debug, Clone)]
pub struct Trace {
    pub incident: IncidentId,
    pub is_restricted: bool,
    pub named: Vec<AccountId>,
    pub parts: Vec<(OrgId, Part)>,
    /// Through whom it was reported, and for whom.
    pub behalf: Option<(OrgId, OrgId)>,
    /// Who reads what was written on the timeline, by the instant of the change that wrote it.
    pub audiences: Vec<(Timestamp, Audience)>,
}

/// The cases that exist of these. What only matters to organisations is read `with_houses` alone: for a team's queue
/// this is one statement, and a second where a case is restricted.
pub fn traces(tx: &mut Tx<'_>, changed: &[(IncidentId, Timestamp)], with_houses: bool) -> Result<Vec<Trace>> {
    let ids: Vec<IncidentId> = changed.iter().map(|(id, _)| *id).collect();
    let rows: Vec<(IncidentId, bool)> = incidents::table
        .filter(incidents::id.eq_any(ids.clone()))
        .select((incidents::id, incidents::is_restricted))
        .load(tx.conn)?;
    let empty = |(incident, is_restricted)| Trace {
        incident,
        is_restricted,
        named: Vec::new(),
        parts: Vec::new(),
        behalf: None,
        audiences: Vec::new(),
    };
    let mut traces: HashMap<IncidentId, Trace> = rows.into_iter().map(|row| (row.0, empty(row))).collect();
    if traces.values().any(|trace| trace.is_restricted) {
        let named: Vec<(IncidentId, AccountId)> = incident_named::table
            .filter(incident_named::incident_id.eq_any(ids.clone()))
            .select((incident_named::incident_id, incident_named::account_id))
            .load(tx.conn)?;
        for (id, account) in named {
            traces.entry(id).and_modify(|trace| trace.named.push(account));
        }
    }
    if with_houses {
        add_houses(tx, &ids, &mut traces)?;
        add_audiences(tx, changed, &mut traces)?;
    }
    Ok(traces.into_values().collect())
}

fn add_houses(tx: &mut Tx<'_>, ids: &[IncidentId], traces: &mut HashMap<IncidentId, Trace>) -> Result<()> {
    let parts: Vec<(IncidentId, OrgId, Code<Part>)> = involvements::table
        .filter(involvements::incident_id.eq_any(ids.to_vec()))
        .filter(involvements::ended_at.is_null())
        .select((involvements::incident_id, involvements::organisation_id, involvements::part))
        .load(tx.conn)?;
    for (id, org, part) in parts {
        traces.entry(id).and_modify(|trace| trace.parts.push((org, part.0)));
    }
    let behalf: Vec<(IncidentId, Option<OrgId>, Option<OrgId>)> = behalf_reports::table
        .filter(behalf_reports::incident_id.eq_any(ids.to_vec()))
        .select((behalf_reports::incident_id, behalf_reports::through_id, behalf_reports::organisation_id))
        .load(tx.conn)?;
    for (id, through, organisation) in behalf {
        traces.entry(id).and_modify(|trace| trace.behalf = through.zip(organisation));
    }
    Ok(())
}

fn add_audiences(
    tx: &mut Tx<'_>,
    changed: &[(IncidentId, Timestamp)],
    traces: &mut HashMap<IncidentId, Trace>,
) -> Result<()> {
    let ids: Vec<IncidentId> = changed.iter().map(|(id, _)| *id).collect();
    let instants: Vec<At> = changed.iter().map(|(_, at)| At(*at)).collect();
    let entries: Vec<(IncidentId, At, String, Option<OrgId>)> = timeline_entries::table
        .filter(timeline_entries::incident_id.eq_any(ids))
        .filter(timeline_entries::at.eq_any(instants))
        .select((
            timeline_entries::incident_id,
            timeline_entries::at,
            timeline_entries::audience,
            timeline_entries::audience_id,
        ))
        .load(tx.conn)?;
    for (id, at, audience, org) in entries {
        if !changed.contains(&(id, at.0)) {
            continue;
        }
        let audience = match (audience.as_str(), org) {
            ("involved", _) => Audience::Involved,
            ("organisation", Some(org)) => Audience::Organisation(org),
            _ => Audience::Team,
        };
        traces.entry(id).and_modify(|trace| trace.audiences.push((at.0, audience)));
    }
    Ok(())
}

/// When something was written on a case's timeline after an instant, and by whom.
pub fn lines_since(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    since: Timestamp,
) -> Result<Vec<(Timestamp, Option<AccountId>)>> {
    let rows: Vec<(At, Option<AccountId>)> = timeline_entries::table
        .filter(timeline_entries::incident_id.eq(incident).and(timeline_entries::at.gt(At(since))))
        .select((timeline_entries::at, timeline_entries::account_id))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(at, by)| (at.0, by)).collect())
}
