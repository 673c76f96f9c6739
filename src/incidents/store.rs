//! Rows of incidents. Nothing here decides; what a viewer may see arrives as a [`Scope`] and goes into the innermost SQL.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use super::model::{
    Audience, Entry, Filter, Flags, Incident, Inform, Involvement, NewReport, Observed, Part, Report, Row,
};
use super::policy::Scope;
use super::status::Status;
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, EntryId, IncidentId, InvolvementId, OrgId, ReportId};
use crate::core::tlp::Tlp;
use crate::directory::model::fold;
use crate::store::schema::{
    entry_contents, incident_contents, incident_named, incidents, involvements, report_contents, reports,
    timeline_entries,
};
use crate::store::{At, Tx};

type Boxed<'a> = incidents::BoxedQuery<'a, crate::store::connection::MultiBackend>;

#[derive(Queryable)]
struct IncidentRow {
    id: IncidentId,
    reference: String,
    organisation_id: Option<OrgId>,
    status: String,
    close_reason: Option<String>,
    class: Option<String>,
    category: Option<String>,
    impact: Option<String>,
    spread: Option<String>,
    priority: Option<i32>,
    tlp: String,
    assignee_id: Option<AccountId>,
    holder_id: Option<OrgId>,
    follow_up_at: Option<At>,
    deadline_at: Option<At>,
    deadline_kind: Option<String>,
    _queue_at: At,
    _is_open: bool,
    is_restricted: bool,
    is_unconfirmed: bool,
    is_drill: bool,
    occurred_at: Option<At>,
    detected_at: Option<At>,
    aware_at: Option<At>,
    reported_at: At,
    closed_at: Option<At>,
    _created_by: Option<AccountId>,
    version: i32,
    updated_at: At,
}

/// A code that the database holds and the code no longer knows is a fault of ours, not the reader's.
fn known<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| Error::Internal(format!("unknown code in incidents.{what}")))
}

fn known_opt<T>(code: Option<String>, parse: fn(&str) -> Option<T>, what: &str) -> Result<Option<T>> {
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
        use super::model::{Category, Class, Impact, Spread};
        use super::status::CloseReason;
        let time = |at: Option<At>| at.map(Timestamp::from);
        Ok(Incident {
            id: self.id,
            reference: self.reference,
            title: contents.title,
            organisation: self.organisation_id,
            status: known(Status::parse(&self.status), "status")?,
            close_reason: known_opt(self.close_reason, CloseReason::parse, "close_reason")?,
            class: known_opt(self.class, Class::parse, "class")?,
            category: known_opt(self.category, Category::parse, "category")?,
            impact: known_opt(self.impact, Impact::parse, "impact")?,
            spread: known_opt(self.spread, Spread::parse, "spread")?,
            priority: self.priority,
            priority_reason: contents.priority_reason,
            tlp: known(Tlp::parse(&self.tlp), "tlp")?,
            assignee: self.assignee_id,
            holder: self.holder_id,
            waiting_on: contents.waiting_on,
            follow_up_at: time(self.follow_up_at),
            deadline_at: time(self.deadline_at),
            deadline_kind: self.deadline_kind,
            is_restricted: self.is_restricted,
            is_unconfirmed: self.is_unconfirmed,
            is_drill: self.is_drill,
            occurred_at: time(self.occurred_at),
            detected_at: time(self.detected_at),
            aware_at: time(self.aware_at),
            reported_at: self.reported_at.into(),
            closed_at: time(self.closed_at),
            version: self.version,
            updated_at: self.updated_at.into(),
        })
    }
}

/// Only what a list shows: reading columns is most of a list's work.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
struct ListRow {
    id: IncidentId,
    reference: String,
    organisation_id: Option<OrgId>,
    status: String,
    category: Option<String>,
    priority: Option<i32>,
    tlp: String,
    assignee_id: Option<AccountId>,
    holder_id: Option<OrgId>,
    follow_up_at: Option<At>,
    deadline_at: Option<At>,
    deadline_kind: Option<String>,
    queue_at: At,
    is_restricted: bool,
    is_unconfirmed: bool,
    is_drill: bool,
    reported_at: At,
    updated_at: At,
}

impl ListRow {
    fn into_row(self, title: Option<String>) -> Result<Row> {
        Ok(Row {
            id: self.id,
            reference: self.reference,
            title: title.unwrap_or_default(),
            organisation: self.organisation_id,
            holder: self.holder_id,
            status: known(Status::parse(&self.status), "status")?,
            category: known_opt(self.category, super::model::Category::parse, "category")?,
            priority: self.priority,
            tlp: known(Tlp::parse(&self.tlp), "tlp")?,
            assignee: self.assignee_id,
            deadline_at: self.deadline_at.map(Timestamp::from),
            deadline_kind: self.deadline_kind,
            follow_up_at: self.follow_up_at.map(Timestamp::from),
            is_restricted: self.is_restricted,
            is_unconfirmed: self.is_unconfirmed,
            is_drill: self.is_drill,
            reported_at: self.reported_at.into(),
            updated_at: self.updated_at.into(),
            queue_at: self.queue_at.into(),
        })
    }
}

/// What a new incident's skeleton needs beside the report.
pub(super) struct NewIncident<'a> {
    pub id: IncidentId,
    pub reference: &'a str,
    pub holder: Option<OrgId>,
    pub tlp: Tlp,
    pub queue_at: Timestamp,
    pub created_by: Option<AccountId>,
}

pub(super) fn add(tx: &mut Tx<'_>, new: &NewIncident<'_>, report: &NewReport) -> Result<()> {
    let at = tx.at();
    let time = |t: Option<Timestamp>| t.map(At);
    diesel::insert_into(incidents::table)
        .values((
            incidents::id.eq(new.id),
            incidents::reference.eq(new.reference),
            incidents::organisation_id.eq(report.organisation),
            incidents::status.eq(Status::Reported.code()),
            incidents::tlp.eq(new.tlp.label()),
            incidents::holder_id.eq(new.holder),
            incidents::queue_at.eq(At(new.queue_at)),
            incidents::is_open.eq(true),
            incidents::is_restricted.eq(false),
            incidents::is_unconfirmed.eq(false),
            incidents::is_drill.eq(report.is_drill),
            incidents::occurred_at.eq(time(report.times.occurred)),
            incidents::detected_at.eq(time(report.times.detected)),
            incidents::aware_at.eq(time(report.times.aware)),
            incidents::reported_at.eq(at),
            incidents::created_by.eq(new.created_by),
            incidents::version.eq(1),
            incidents::updated_at.eq(at),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(incident_contents::table)
        .values((
            incident_contents::incident_id.eq(new.id),
            incident_contents::title.eq(report.title.as_str()),
            incident_contents::search.eq(fold(report.title.as_str())),
        ))
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn add_report(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    account: Option<AccountId>,
    report: &NewReport,
) -> Result<()> {
    let id: ReportId = tx.id();
    let text =
        |t: &Option<crate::core::text::Prose>| t.as_ref().map_or(String::new(), |t| t.as_str().to_owned());
    diesel::insert_into(reports::table)
        .values((
            reports::id.eq(id),
            reports::incident_id.eq(incident),
            reports::organisation_id.eq(report.organisation),
            reports::account_id.eq(account),
            reports::kind.eq("initial"),
            reports::observed.eq(report.observed.code()),
            reports::inform.eq(report.inform.code()),
            reports::personal_data.eq(report.flags.personal_data),
            reports::malicious.eq(report.flags.malicious),
            reports::beyond_house.eq(report.flags.beyond_house),
            reports::critical_service.eq(report.flags.critical_service),
            reports::stated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(report_contents::table)
        .values((
            report_contents::report_id.eq(id),
            report_contents::title.eq(report.title.as_str()),
            report_contents::description.eq(report.description.as_str()),
            report_contents::measures.eq(text(&report.measures)),
            report_contents::contact_name.eq(report.contact_name.as_ref().map_or("", |n| n.as_str())),
            report_contents::contact_phone.eq(report.contact_phone.as_ref().map_or("", |p| p.as_str())),
        ))
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn lookup(tx: &mut Tx<'_>, reference: &str) -> Result<Option<Incident>> {
    lookup_where(tx, incidents::reference.eq(reference.to_owned()))
}

pub(super) fn lookup_id(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Incident>> {
    lookup_where(tx, incidents::id.eq(id))
}

fn lookup_where<P>(tx: &mut Tx<'_>, predicate: P) -> Result<Option<Incident>>
where
    P: BoxableExpression<incidents::table, crate::store::connection::MultiBackend, SqlType = Bool> + 'static,
{
    let predicate: Predicate<'static> = Box::new(predicate);
    let found: Option<IncidentRow> = incidents::table.filter(predicate).first(tx.conn).optional()?;
    let Some(row) = found else { return Ok(None) };
    let contents: Option<Contents> = incident_contents::table
        .find(row.id)
        .select((
            incident_contents::title,
            incident_contents::priority_reason,
            incident_contents::waiting_on,
        ))
        .first(tx.conn)
        .optional()?;
    row.into_incident(contents.unwrap_or_default()).map(Some)
}

/// The report that opened the case.
pub(super) fn first_report(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Report>> {
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
    }))
}

pub(super) fn is_named(tx: &mut Tx<'_>, incident: IncidentId, account: AccountId) -> Result<bool> {
    let found = incident_named::table
        .filter(incident_named::incident_id.eq(incident))
        .filter(incident_named::account_id.eq(account))
        .count()
        .get_result::<i64>(tx.conn)?;
    Ok(found > 0)
}

pub(super) fn named(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<AccountId>> {
    Ok(incident_named::table
        .filter(incident_named::incident_id.eq(incident))
        .select(incident_named::account_id)
        .load(tx.conn)?)
}

pub(super) fn set_named(tx: &mut Tx<'_>, incident: IncidentId, accounts: &[AccountId]) -> Result<()> {
    diesel::delete(incident_named::table.filter(incident_named::incident_id.eq(incident)))
        .execute(tx.conn)?;
    for account in accounts {
        diesel::insert_into(incident_named::table)
            .values((
                incident_named::incident_id.eq(incident),
                incident_named::account_id.eq(*account),
                incident_named::added_at.eq(tx.at()),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

pub(super) fn involvements_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Involvement>> {
    let rows: Vec<(OrgId, String, String, At)> = involvements::table
        .filter(involvements::incident_id.eq(incident))
        .filter(involvements::ended_at.is_null())
        .order(involvements::id)
        .select((
            involvements::organisation_id,
            involvements::part,
            involvements::affectedness,
            involvements::added_at,
        ))
        .load(tx.conn)?;
    rows.into_iter()
        .map(|(organisation, part, affectedness, added_at)| {
            Ok(Involvement {
                organisation,
                part: known(Part::parse(&part), "part")?,
                affectedness,
                added_at: added_at.into(),
            })
        })
        .collect()
}

pub(super) fn add_involvement(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    organisation: OrgId,
    part: Part,
    aware_at: Option<Timestamp>,
) -> Result<()> {
    let affectedness = if matches!(part, Part::Reporter | Part::Affected) { "affected" } else { "unclear" };
    diesel::insert_into(involvements::table)
        .values((
            involvements::id.eq(tx.id::<InvolvementId>()),
            involvements::incident_id.eq(incident),
            involvements::organisation_id.eq(organisation),
            involvements::part.eq(part.code()),
            involvements::affectedness.eq(affectedness),
            involvements::aware_at.eq(aware_at.map(At)),
            involvements::added_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What a timeline entry is made of.
pub(super) struct NewEntry<'a> {
    pub kind: &'a str,
    pub audience: Audience,
    pub account: Option<AccountId>,
    pub author: &'a str,
    pub facts: serde_json::Map<String, serde_json::Value>,
    pub body: Option<&'a str>,
}

pub(super) fn add_entry(tx: &mut Tx<'_>, incident: IncidentId, entry: &NewEntry<'_>) -> Result<EntryId> {
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
        .execute(tx.conn)?;
    if let Some(body) = entry.body {
        diesel::insert_into(entry_contents::table)
            .values((entry_contents::entry_id.eq(id), entry_contents::body.eq(body)))
            .execute(tx.conn)?;
    }
    Ok(id)
}

/// The timeline, newest first, with only what the viewer's audience allows: filtered here, not on the page.
pub(super) fn entries(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    is_team: bool,
    organisations: &[OrgId],
) -> Result<Vec<Entry>> {
    type Columns = (EntryId, At, Option<AccountId>, String, String, String, Option<OrgId>, String);
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
        .map(|(id, at, account, author, kind, audience, audience_id, facts)| {
            let audience = match (audience.as_str(), audience_id) {
                ("involved", _) => Audience::Involved,
                ("organisation", Some(org)) => Audience::Organisation(org),
                _ => Audience::Team,
            };
            let facts = serde_json::from_str(&facts)
                .map_err(|error| Error::Internal(format!("facts of a timeline entry: {error}")))?;
            Ok(Entry { id, at: at.into(), account, author, kind, audience, facts, body: bodies.remove(&id) })
        })
        .collect()
}

/// A change of the skeleton. Only what is `Some` changes; `Some(None)` empties.
#[derive(Default, AsChangeset)]
#[diesel(table_name = incidents)]
pub(super) struct Change {
    pub status: Option<&'static str>,
    pub close_reason: Option<Option<&'static str>>,
    pub class: Option<&'static str>,
    pub category: Option<&'static str>,
    pub impact: Option<&'static str>,
    pub spread: Option<&'static str>,
    pub priority: Option<i32>,
    pub tlp: Option<&'static str>,
    pub assignee_id: Option<Option<AccountId>>,
    pub holder_id: Option<Option<OrgId>>,
    pub follow_up_at: Option<Option<At>>,
    pub deadline_at: Option<Option<At>>,
    pub deadline_kind: Option<Option<String>>,
    pub queue_at: Option<At>,
    pub is_open: Option<bool>,
    pub is_restricted: Option<bool>,
    pub closed_at: Option<Option<At>>,
}

/// Changes a row that still is at `version`; returns how many rows that were (0 or 1).
pub(super) fn change(tx: &mut Tx<'_>, id: IncidentId, version: i32, change: Change) -> Result<usize> {
    Ok(diesel::update(incidents::table.filter(incidents::id.eq(id)).filter(incidents::version.eq(version)))
        .set((change, incidents::version.eq(version + 1), incidents::updated_at.eq(tx.at())))
        .execute(tx.conn)?)
}

/// A change of what the team wrote about a case. Only what is `Some` changes; `Some(None)` empties.
#[derive(Default, AsChangeset)]
#[diesel(table_name = incident_contents)]
pub(super) struct Words {
    pub priority_reason: Option<Option<String>>,
    pub waiting_on: Option<Option<String>>,
}

/// Changes at least one of them; nothing where the content was erased.
pub(super) fn set_words(tx: &mut Tx<'_>, id: IncidentId, words: Words) -> Result<()> {
    diesel::update(incident_contents::table.find(id)).set(words).execute(tx.conn)?;
    Ok(())
}

type Predicate<'a> = Box<
    dyn BoxableExpression<incidents::table, crate::store::connection::MultiBackend, SqlType = Bool> + 'a,
>;

/// Of what a list may show, the cases whose viewer may know so much of them: a party everything, others what the
/// reporter allowed to be told, as [`super::service::show`] has it. `None`: all of them.
fn tellable<'a>(scope: &Scope, allowed: &[Inform]) -> Option<Predicate<'a>> {
    let Scope::Organisations { organisations, .. } = scope else { return None };
    let own = involvements::table
        .filter(involvements::organisation_id.eq_any(organisations.clone()))
        .filter(involvements::part.eq_any([Part::Reporter.code(), Part::Affected.code()]))
        .filter(involvements::ended_at.is_null())
        .select(involvements::incident_id);
    let told = reports::table
        .filter(reports::kind.eq("initial"))
        .filter(reports::inform.eq_any(allowed.iter().map(|inform| inform.code()).collect::<Vec<_>>()))
        .select(reports::incident_id);
    Some(Box::new(incidents::id.eq_any(own).or(incidents::id.eq_any(told))))
}

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let mut query = incidents::table.into_boxed();
    match scope {
        Scope::Nothing => query = query.filter(incidents::id.ne(incidents::id)),
        Scope::Team { .. } => {}
        Scope::Organisations { organisations, parts, .. } => {
            let involved = involvements::table
                .filter(involvements::organisation_id.eq_any(organisations.clone()))
                .filter(involvements::part.eq_any(parts.iter().map(|part| part.code()).collect::<Vec<_>>()))
                .filter(involvements::ended_at.is_null())
                .select(involvements::incident_id);
            query = query.filter(incidents::id.eq_any(involved));
        }
    }
    if let Scope::Team { account, sees_restricted: false }
    | Scope::Organisations { account, sees_restricted: false, .. } = scope
    {
        let named = incident_named::table
            .filter(incident_named::account_id.eq(*account))
            .select(incident_named::incident_id);
        query = query.filter(incidents::is_restricted.eq(false).or(incidents::id.eq_any(named)));
    }
    query
}

fn narrowed<'a>(scope: &Scope, filter: &Filter, now: Timestamp) -> Boxed<'a> {
    let mut query = visible(scope);
    if let Some(open) = filter.open {
        query = query.filter(incidents::is_open.eq(open));
    }
    if let Some(status) = filter.status {
        query = query.filter(incidents::status.eq(status.code()));
    }
    if let Some(priority) = filter.priority_at_most {
        query = query.filter(incidents::priority.le(priority).assume_not_null());
    }
    match filter.assignee {
        Some(Some(account)) => query = query.filter(incidents::assignee_id.eq(account).assume_not_null()),
        Some(None) => query = query.filter(incidents::assignee_id.is_null()),
        None => {}
    }
    if let Some(organisations) = &filter.organisations {
        let ids: Vec<Option<OrgId>> = organisations.iter().copied().map(Some).collect();
        query = query.filter(incidents::organisation_id.eq_any(ids).assume_not_null());
        // A filter that matched what the row itself withholds would tell it.
        if let Some(tellable) = tellable(scope, &[Inform::ByName]) {
            query = query.filter(tellable);
        }
    }
    if let Some(before) = filter.due_before {
        query = query.filter(incidents::deadline_at.lt(At(before)).assume_not_null());
    }
    // Whether a case waits is the team's matter: others' lists neither show it nor depend on it.
    if !matches!(scope, Scope::Organisations { .. }) {
        if filter.waiting_only {
            query = query.filter(incidents::follow_up_at.is_not_null());
        } else if !filter.with_waiting {
            let is_back = incidents::follow_up_at.le(At(now)).assume_not_null();
            query = query.filter(incidents::follow_up_at.is_null().or(is_back));
        }
    }
    if let Some(text) = &filter.text {
        let titled = incident_contents::table
            .filter(incident_contents::search.like(containing(&fold(text))).escape('\\'))
            .select(incident_contents::incident_id);
        // References are in capitals: so both engines compare alike.
        let referenced = incidents::reference.like(containing(&text.to_uppercase())).escape('\\');
        query = match tellable(scope, &[Inform::ByName, Inform::Anonymous]) {
            Some(tellable) => query.filter(referenced.or(incidents::id.eq_any(titled).and(tellable))),
            None => query.filter(referenced.or(incidents::id.eq_any(titled))),
        };
    }
    query
}

/// A pattern for LIKE with `\` as escape: anything that holds these characters.
fn containing(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Of these cases, those in which one of these organisations is a party.
pub(super) fn parties(
    tx: &mut Tx<'_>,
    ids: &[IncidentId],
    organisations: &[OrgId],
) -> Result<HashSet<IncidentId>> {
    let rows: Vec<IncidentId> = involvements::table
        .filter(involvements::incident_id.eq_any(ids.to_vec()))
        .filter(involvements::organisation_id.eq_any(organisations.to_vec()))
        .filter(involvements::part.eq_any([Part::Reporter.code(), Part::Affected.code()]))
        .filter(involvements::ended_at.is_null())
        .select(involvements::incident_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// Whom the reports that opened these cases allow to be informed.
pub(super) fn informs(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<HashMap<IncidentId, Inform>> {
    let rows: Vec<(IncidentId, String)> = reports::table
        .filter(reports::incident_id.eq_any(ids.to_vec()))
        .filter(reports::kind.eq("initial"))
        .select((reports::incident_id, reports::inform))
        .load(tx.conn)?;
    rows.into_iter().map(|(id, inform)| Ok((id, known(Inform::parse(&inform), "inform")?))).collect()
}

/// Who filed the report that opened the case, where it was for this organisation.
pub(super) fn reporting_account(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    organisation: OrgId,
) -> Result<Option<AccountId>> {
    let first = reports::table
        .filter(reports::incident_id.eq(incident))
        .filter(reports::kind.eq("initial"))
        .filter(reports::organisation_id.eq(organisation).assume_not_null())
        .select(reports::account_id);
    Ok(first.first::<Option<AccountId>>(tx.conn).optional()?.flatten())
}

/// A page of the list in queue order, from behind `after`, with one row more than `limit` where there are more.
pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &Filter,
    after: Option<(Timestamp, IncidentId)>,
    limit: i64,
) -> Result<Vec<Row>> {
    let mut query = narrowed(scope, filter, tx.now());
    if let Some((at, id)) = after {
        query = query.filter(
            incidents::queue_at.gt(At(at)).or(incidents::queue_at.eq(At(at)).and(incidents::id.gt(id))),
        );
    }
    let rows: Vec<(ListRow, Option<String>)> = query
        .left_join(incident_contents::table.on(incident_contents::incident_id.eq(incidents::id)))
        .select((ListRow::as_select(), incident_contents::title.nullable()))
        .order((incidents::queue_at, incidents::id))
        .limit(limit + 1)
        .load(tx.conn)?;
    rows.into_iter().map(|(row, title)| row.into_row(title)).collect()
}

/// How many rows a list has, at most `cap`.
pub(super) fn count(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter, cap: i64) -> Result<i64> {
    let ids: Vec<IncidentId> =
        narrowed(scope, filter, tx.now()).select(incidents::id).limit(cap).load(tx.conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}

/// Changes a row whatever its version is, without raising it: for what a form does not show.
pub(super) fn touch(tx: &mut Tx<'_>, id: IncidentId, change: Change) -> Result<()> {
    let changed = diesel::update(incidents::table.filter(incidents::id.eq(id)))
        .set((change, incidents::updated_at.eq(tx.at())))
        .execute(tx.conn)?;
    crate::core::error::one_row(changed)
}
