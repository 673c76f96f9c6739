//! Lines of the timeline.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, EntryId, IncidentId, OrgId};
use crate::incidents::model::{Audience, Entry};
use crate::store::schema::{entry_contents, timeline_entries};
use crate::store::{At, Statement as _, Tx};

/// What a timeline entry is made of.
pub struct NewEntry<'a> {
    pub kind: &'a str,
    pub audience: Audience,
    pub account: Option<AccountId>,
    pub author: &'a str,
    pub facts: serde_json::Map<String, serde_json::Value>,
    pub body: Option<&'a str>,
}

pub fn add_entry(tx: &mut Tx<'_>, incident: IncidentId, entry: &NewEntry<'_>) -> Result<EntryId> {
    let id: EntryId = tx.id();
    let audience_id = match entry.audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    };
    diesel::insert_into(timeline_entries::table)
        .values((
            timeline_entries::id.eq(id),
            timeline_entries::incident_id.eq(incident),
            timeline_entries::at.eq(tx.at()),
            timeline_entries::account_id.eq(entry.account),
            timeline_entries::author.eq(entry.author),
            timeline_entries::kind.eq(entry.kind),
            timeline_entries::audience.eq(entry.audience.code()),
            timeline_entries::audience_id.eq(audience_id),
            timeline_entries::facts.eq(serde_json::Value::Object(entry.facts.clone()).to_string()),
        ))
        .run(tx.conn)?;
    if let Some(body) = entry.body {
        diesel::insert_into(entry_contents::table)
            .values((entry_contents::entry_id.eq(id), entry_contents::body.eq(body)))
            .run(tx.conn)?;
    }
    Ok(id)
}

type Columns = (EntryId, At, Option<AccountId>, String, String, String, Option<OrgId>, String);

/// The timeline, newest first, with only what the viewer's audience allows: filtered here, not on the page.
pub fn entries(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    is_team: bool,
    organisations: &[OrgId],
) -> Result<Vec<Entry>> {
    let mut query = timeline_entries::table
        .filter(timeline_entries::incident_id.eq(incident))
        .order(timeline_entries::id.desc())
        .into_boxed();
    if !is_team {
        query = query.filter(
            timeline_entries::audience.eq("involved").or(timeline_entries::audience
                .eq("organisation")
                .and(
                    timeline_entries::audience_id
                        .eq_any(organisations.iter().map(|org| Some(*org)).collect::<Vec<_>>()),
                )
                .assume_not_null()),
        );
    }
    let rows: Vec<Columns> = query
        .select((
            timeline_entries::id,
            timeline_entries::at,
            timeline_entries::account_id,
            timeline_entries::author,
            timeline_entries::kind,
            timeline_entries::audience,
            timeline_entries::audience_id,
            timeline_entries::facts,
        ))
        .load(tx.conn)?;
    let ids: Vec<EntryId> = rows.iter().map(|row| row.0).collect();
    let mut bodies: HashMap<EntryId, String> = entry_contents::table
        .filter(entry_contents::entry_id.eq_any(ids))
        .select((entry_contents::entry_id, entry_contents::body))
        .load::<(EntryId, String)>(tx.conn)?
        .into_iter()
        .collect();
    rows.into_iter()
        .map(|row| {
            let body = bodies.remove(&row.0);
            entry(row, body)
        })
        .collect()
}

/// What people wrote in these cases, for the team, the newest first, at most `limit`.
pub fn said_in(tx: &mut Tx<'_>, ids: &[IncidentId], limit: i64) -> Result<Vec<(IncidentId, Entry)>> {
    let rows: Vec<(IncidentId, Columns, String)> = timeline_entries::table
        .inner_join(entry_contents::table.on(entry_contents::entry_id.eq(timeline_entries::id)))
        .filter(timeline_entries::incident_id.eq_any(ids.to_vec()))
        .order(timeline_entries::id.desc())
        .limit(limit)
        .select((
            timeline_entries::incident_id,
            (
                timeline_entries::id,
                timeline_entries::at,
                timeline_entries::account_id,
                timeline_entries::author,
                timeline_entries::kind,
                timeline_entries::audience,
                timeline_entries::audience_id,
                timeline_entries::facts,
            ),
            entry_contents::body,
        ))
        .load(tx.conn)?;
    rows.into_iter().map(|(incident, row, body)| Ok((incident, entry(row, Some(body))?))).collect()
}

/// These lines, whoever may read them.
pub fn lines(tx: &mut Tx<'_>, ids: &[EntryId]) -> Result<Vec<Entry>> {
    let rows: Vec<(Columns, Option<String>)> = timeline_entries::table
        .left_join(entry_contents::table.on(entry_contents::entry_id.eq(timeline_entries::id)))
        .filter(timeline_entries::id.eq_any(ids.to_vec()))
        .order(timeline_entries::id)
        .select((
            (
                timeline_entries::id,
                timeline_entries::at,
                timeline_entries::account_id,
                timeline_entries::author,
                timeline_entries::kind,
                timeline_entries::audience,
                timeline_entries::audience_id,
                timeline_entries::facts,
            ),
            entry_contents::body.nullable(),
        ))
        .load(tx.conn)?;
    rows.into_iter().map(|(row, body)| entry(row, body)).collect()
}

/// One line, whoever may read it.
pub fn line(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Entry>> {
    let row: Option<Columns> = timeline_entries::table
        .find(id)
        .select((
            timeline_entries::id,
            timeline_entries::at,
            timeline_entries::account_id,
            timeline_entries::author,
            timeline_entries::kind,
            timeline_entries::audience,
            timeline_entries::audience_id,
            timeline_entries::facts,
        ))
        .first(tx.conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let body = entry_contents::table.find(id).select(entry_contents::body).first(tx.conn).optional()?;
    entry(row, body).map(Some)
}

fn entry(row: Columns, body: Option<String>) -> Result<Entry> {
    let (id, at, account, author, kind, audience, audience_id, facts) = row;
    let audience = Audience::of(&audience, audience_id);
    let facts = serde_json::from_str(&facts)
        .map_err(|error| Error::Internal(format!("facts of a timeline entry: {error}")))?;
    Ok(Entry { id, at: at.into(), account, author, kind, audience, facts, body })
}
