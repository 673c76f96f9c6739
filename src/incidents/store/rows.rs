//! One case, as rows make it.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use super::list::{ListRow, Predicate};
use super::merges::merge_of;
use crate::core::error::Result;
use crate::core::ids::IncidentId;
use crate::incidents::model::{Impact, Incident, Spread};
use crate::incidents::status::CloseReason;
use crate::store::connection::MultiBackend;
use crate::store::schema::{incident_contents, incident_origins as origins, incidents};
use crate::store::{At, Code, Tx};

/// A case's columns: what a list shows, and the rest.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
struct IncidentRow {
    #[diesel(embed)]
    listed: ListRow,
    close_reason: Option<Code<CloseReason>>,
    impact: Option<Code<Impact>>,
    spread: Option<Code<Spread>>,
    occurred_at: Option<At>,
    detected_at: Option<At>,
    aware_at: Option<At>,
    closed_at: Option<At>,
}

/// The words of a case; all empty where they were erased.
#[derive(Default, Queryable)]
struct Contents {
    title: String,
    priority_reason: Option<String>,
    waiting_on: Option<String>,
}

impl IncidentRow {
    fn into_incident(self, contents: Contents) -> Incident {
        let time = |at: Option<At>| at.map(Timestamp::from);
        let row = self.listed.into_row(Some(contents.title));
        Incident {
            id: row.id,
            reference: row.reference,
            title: row.title,
            organisation: row.organisation,
            status: row.status,
            close_reason: self.close_reason.map(|code| code.0),
            class: row.class,
            category: row.category,
            impact: self.impact.map(|code| code.0),
            spread: self.spread.map(|code| code.0),
            priority: row.priority,
            priority_reason: contents.priority_reason,
            tlp: row.tlp,
            assignee: row.assignee,
            holder: row.holder,
            waiting_on: contents.waiting_on,
            follow_up_at: row.follow_up_at,
            deadline_at: row.deadline_at,
            deadline_kind: row.deadline_kind,
            is_restricted: row.is_restricted,
            is_unconfirmed: row.is_unconfirmed,
            is_drill: row.is_drill,
            occurred_at: time(self.occurred_at),
            detected_at: time(self.detected_at),
            aware_at: time(self.aware_at),
            reported_at: row.reported_at,
            closed_at: time(self.closed_at),
            version: row.version,
            updated_at: row.updated_at,
            merged: None,
        }
    }
}

pub fn lookup(tx: &mut Tx<'_>, reference: &str) -> Result<Option<Incident>> {
    // Anything else is none, and PostgreSQL takes no NUL in a text.
    if !reference.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(None);
    }
    lookup_where(tx, incidents::reference.eq(reference.to_owned()))
}

/// When the case came from elsewhere, where it did.
pub fn imported_at(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Timestamp>> {
    let at: Option<At> = origins::table.find(id).select(origins::imported_at).first(tx.conn).optional()?;
    Ok(at.map(Timestamp::from))
}

pub fn lookup_id(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Incident>> {
    lookup_where(tx, incidents::id.eq(id))
}

fn lookup_where<P>(tx: &mut Tx<'_>, predicate: P) -> Result<Option<Incident>>
where
    P: BoxableExpression<incidents::table, MultiBackend, SqlType = Bool> + 'static,
{
    let predicate: Predicate<'static> = Box::new(predicate);
    let found: Option<IncidentRow> =
        incidents::table.filter(predicate).select(IncidentRow::as_select()).first(tx.conn).optional()?;
    let Some(row) = found else { return Ok(None) };
    let contents: Option<Contents> = incident_contents::table
        .find(row.listed.id)
        .select((incident_contents::title, incident_contents::priority_reason, incident_contents::waiting_on))
        .first(tx.conn)
        .optional()?;
    let mut incident = row.into_incident(contents.unwrap_or_default());
    // No other case pays for the question.
    if incident.close_reason == Some(CloseReason::Merged) {
        incident.merged = merge_of(tx, incident.id)?;
    }
    Ok(Some(incident))
}
