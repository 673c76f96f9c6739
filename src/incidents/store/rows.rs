//! One case and its report, as rows make them.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use super::list::{ListRow, Predicate};
use crate::core::error::{Error, Result};
use crate::core::ids::{IncidentId, OrgId, ReportId};
use crate::incidents::model::{
    Category, Class, Flags, Impact, Incident, Inform, Observed, Report, Spread, Suggestion,
};
use crate::incidents::status::CloseReason;
use crate::store::connection::MultiBackend;
use crate::store::schema::{incident_contents, incidents, report_contents, reports};
use crate::store::{At, Tx};

/// A case's columns: what a list shows, and the rest.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
struct IncidentRow {
    #[diesel(embed)]
    listed: ListRow,
    close_reason: Option<String>,
    class: Option<String>,
    impact: Option<String>,
    spread: Option<String>,
    occurred_at: Option<At>,
    detected_at: Option<At>,
    aware_at: Option<At>,
    closed_at: Option<At>,
    version: i32,
}

/// A code that the database holds and the code no longer knows is a fault of ours, not the reader's.
pub(super) fn known<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| Error::Internal(format!("unknown code in incidents.{what}")))
}

pub(super) fn known_opt<T>(
    code: Option<String>,
    parse: fn(&str) -> Option<T>,
    what: &str,
) -> Result<Option<T>> {
    code.map(|code| known(parse(&code), what)).transpose()
}

/// The words of a case; all empty where they were erased.
#[derive(Default, Queryable)]
struct Contents {
    title: String,
    priority_reason: Option<String>,
    waiting_on: Option<String>,
}

impl IncidentRow {
    fn into_incident(self, contents: Contents) -> Result<Incident> {
        let time = |at: Option<At>| at.map(Timestamp::from);
        let row = self.listed.into_row(Some(contents.title))?;
        Ok(Incident {
            id: row.id,
            reference: row.reference,
            title: row.title,
            organisation: row.organisation,
            status: row.status,
            close_reason: known_opt(self.close_reason, CloseReason::parse, "close_reason")?,
            class: known_opt(self.class, Class::parse, "class")?,
            category: row.category,
            impact: known_opt(self.impact, Impact::parse, "impact")?,
            spread: known_opt(self.spread, Spread::parse, "spread")?,
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
            version: self.version,
            updated_at: row.updated_at,
        })
    }
}

pub fn lookup(tx: &mut Tx<'_>, reference: &str) -> Result<Option<Incident>> {
    // Anything else is none, and PostgreSQL takes no NUL in a text.
    if !reference.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(None);
    }
    lookup_where(tx, incidents::reference.eq(reference.to_owned()))
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
    row.into_incident(contents.unwrap_or_default()).map(Some)
}

/// The report that opened the case.
pub fn first_report(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Report>> {
    type Columns = (ReportId, Option<OrgId>, String, String, bool, bool, bool, bool, At);
    let head: Option<Columns> = reports::table
        .filter(reports::incident_id.eq(incident))
        .order(reports::id)
        .select((
            reports::id,
            reports::organisation_id,
            reports::observed,
            reports::inform,
            reports::personal_data,
            reports::malicious,
            reports::beyond_house,
            reports::critical_service,
            reports::stated_at,
        ))
        .first(tx.conn)
        .optional()?;
    let Some((
        id,
        organisation,
        observed,
        inform,
        personal_data,
        malicious,
        beyond_house,
        critical_service,
        stated_at,
    )) = head
    else {
        return Ok(None);
    };
    let content: Option<(String, String, String, String, String)> = report_contents::table
        .filter(report_contents::report_id.eq(id))
        .select((
            report_contents::title,
            report_contents::description,
            report_contents::measures,
            report_contents::contact_name,
            report_contents::contact_phone,
        ))
        .first(tx.conn)
        .optional()?;
    let (title, description, measures, contact_name, contact_phone) = content.unwrap_or_default();
    let suggestion = suggestion(tx, id)?;
    Ok(Some(Report {
        organisation,
        observed: known(Observed::parse(&observed), "observed")?,
        inform: known(Inform::parse(&inform), "inform")?,
        flags: Flags { personal_data, malicious, beyond_house, critical_service },
        stated_at: stated_at.into(),
        title,
        description,
        measures,
        contact_name,
        contact_phone,
        suggestion,
    }))
}

fn suggestion(tx: &mut Tx<'_>, report: ReportId) -> Result<Option<Suggestion>> {
    type Columns = (Option<String>, Option<String>, Option<String>, Option<String>);
    let (class, category, impact, spread): Columns = reports::table
        .find(report)
        .select((
            reports::suggested_class,
            reports::suggested_category,
            reports::suggested_impact,
            reports::suggested_spread,
        ))
        .first(tx.conn)?;
    let class = known_opt(class, Class::parse, "class")?;
    let category = known_opt(category, Category::parse, "category")?;
    let impact = known_opt(impact, Impact::parse, "impact")?;
    let spread = known_opt(spread, Spread::parse, "spread")?;
    Ok((|| Some(Suggestion { class: class?, category: category?, impact: impact?, spread: spread? }))())
}
