//! What organisations stated: the report that opened a case, and the later ones. None is ever changed; which of the
//! reporting organisation's is in force is marked beside it.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, IncidentId, OrgId, ReportId};
use crate::incidents::model::{
    Category, Class, Flags, Impact, Incident, Inform, Nature, NewReport, Observed, Report, Spread,
    Suggestion, Supplement,
};
use crate::store::connection::each_backend;
use crate::store::schema::{report_contents, reports};
use crate::store::{At, Code, Statement as _, Tx};

/// A report's columns.
#[derive(Queryable, Selectable)]
#[diesel(table_name = reports)]
struct ReportRow {
    id: ReportId,
    organisation_id: Option<OrgId>,
    observed: Code<Observed>,
    inform: Code<Inform>,
    personal_data: bool,
    malicious: bool,
    beyond_house: bool,
    critical_service: bool,
    stated_at: At,
    suggested_class: Option<Code<Class>>,
    suggested_category: Option<Code<Category>>,
    suggested_impact: Option<Code<Impact>>,
    suggested_spread: Option<Code<Spread>>,
    nature: Option<Code<Nature>>,
    is_current: bool,
}

/// A report's words; empty where they were erased.
#[derive(Queryable, Selectable, Default)]
#[diesel(table_name = report_contents)]
struct ReportWords {
    title: String,
    description: String,
    measures: String,
    contact_name: String,
    contact_phone: String,
}

impl ReportRow {
    fn into_report(self, words: ReportWords) -> Report {
        let suggestion = self.suggestion();
        let ReportWords { title, description, measures, contact_name, contact_phone } = words;
        Report {
            id: self.id,
            organisation: self.organisation_id,
            observed: self.observed.0,
            inform: self.inform.0,
            flags: Flags {
                personal_data: self.personal_data,
                malicious: self.malicious,
                beyond_house: self.beyond_house,
                critical_service: self.critical_service,
            },
            stated_at: self.stated_at.into(),
            title,
            description,
            measures,
            contact_name,
            contact_phone,
            suggestion,
            nature: self.nature.map(|code| code.0),
            is_current: self.is_current,
        }
    }

    fn suggestion(&self) -> Option<Suggestion> {
        Some(Suggestion {
            class: self.suggested_class?.0,
            category: self.suggested_category?.0,
            impact: self.suggested_impact?.0,
            spread: self.suggested_spread?.0,
        })
    }
}

/// All reports of a case, the one that opened it first.
pub fn reports_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Report>> {
    Ok(reports_of_each(tx, &[incident])?.remove(&incident).unwrap_or_default())
}

/// The same of several cases.
pub fn reports_of_each(
    tx: &mut Tx<'_>,
    incidents: &[IncidentId],
) -> Result<HashMap<IncidentId, Vec<Report>>> {
    let of_each = reports::table
        .left_join(report_contents::table.on(report_contents::report_id.eq(reports::id)))
        .filter(reports::incident_id.eq_any(incidents.to_vec()))
        .order(reports::id);
    let rows: Vec<(IncidentId, ReportRow, Option<ReportWords>)> = each_backend!(tx.conn, c => of_each
        .select((reports::incident_id, ReportRow::as_select(), Option::<ReportWords>::as_select()))
        .load(c))?;
    let mut reports: HashMap<IncidentId, Vec<Report>> = HashMap::new();
    for (incident, row, words) in rows {
        reports.entry(incident).or_default().push(row.into_report(words.unwrap_or_default()));
    }
    Ok(reports)
}

/// What was stated later in a case and did not become a case of its own, the oldest first.
pub fn later_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Report>> {
    let rows: Vec<(ReportRow, Option<ReportWords>)> = reports::table
        .left_join(report_contents::table.on(report_contents::report_id.eq(reports::id)))
        .filter(reports::incident_id.eq(incident))
        .filter(reports::kind.ne("initial"))
        .filter(reports::split_into_id.is_null())
        .order(reports::id)
        .select((ReportRow::as_select(), Option::<ReportWords>::as_select()))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(row, words)| row.into_report(words.unwrap_or_default())).collect())
}

/// Who stated a report.
pub fn stated_by(tx: &mut Tx<'_>, report: ReportId) -> Result<Option<AccountId>> {
    Ok(reports::table
        .find(report)
        .select(reports::account_id)
        .first::<Option<AccountId>>(tx.conn)
        .optional()?
        .flatten())
}

/// Keeps which case a report became; `Error::Stale` where it became one before.
pub fn set_split(tx: &mut Tx<'_>, report: ReportId, into: IncidentId) -> Result<()> {
    let whole = reports::table.find(report).filter(reports::split_into_id.is_null());
    one_row(diesel::update(whole).set(reports::split_into_id.eq(Some(into))).execute(tx.conn)?)
}

/// Whom these cases' reporters allow to be informed, by what they stated last.
pub fn informs(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<HashMap<IncidentId, Inform>> {
    let rows: Vec<(IncidentId, Code<Inform>)> = reports::table
        .filter(reports::incident_id.eq_any(ids.to_vec()))
        .filter(reports::is_current)
        .select((reports::incident_id, reports::inform))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(id, inform)| (id, inform.0)).collect())
}

pub fn add_report(
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
            reports::danger.eq(report.is_danger),
            reports::stated_at.eq(tx.at()),
            reports::suggested_class.eq(report.suggestion.map(|s| s.class.code())),
            reports::suggested_category.eq(report.suggestion.map(|s| s.category.code())),
            reports::suggested_impact.eq(report.suggestion.map(|s| s.impact.code())),
            reports::suggested_spread.eq(report.suggestion.map(|s| s.spread.code())),
        ))
        .run(tx.conn)?;
    diesel::insert_into(report_contents::table)
        .values((
            report_contents::report_id.eq(id),
            report_contents::title.eq(report.title.as_str()),
            report_contents::description.eq(report.description.as_str()),
            report_contents::measures.eq(text(&report.measures)),
            report_contents::contact_name.eq(report.contact_name.as_ref().map_or("", |n| n.as_str())),
            report_contents::contact_phone.eq(report.contact_phone.as_ref().map_or("", |p| p.as_str())),
        ))
        .run(tx.conn)?;
    Ok(())
}

/// Keeps what an organisation states later. `in_force`: it is the reporting organisation, so its earlier statement is
/// in force no longer.
pub fn add_later(
    tx: &mut Tx<'_>,
    incident: &Incident,
    before: &Report,
    account: Option<AccountId>,
    organisation: OrgId,
    later: &Supplement,
    in_force: bool,
) -> Result<()> {
    if in_force {
        diesel::update(reports::table.filter(reports::incident_id.eq(incident.id)))
            .set(reports::is_current.eq(false))
            .execute(tx.conn)?;
    }
    let id: ReportId = tx.id();
    let Flags { personal_data, malicious, beyond_house, critical_service } = later.flags;
    diesel::insert_into(reports::table)
        .values((
            reports::id.eq(id),
            reports::incident_id.eq(incident.id),
            reports::organisation_id.eq(organisation),
            reports::account_id.eq(account),
            reports::kind.eq(later.nature.kind()),
            reports::observed.eq(before.observed.code()),
            reports::inform.eq(later.inform.code()),
            reports::personal_data.eq(personal_data),
            reports::malicious.eq(malicious),
            reports::beyond_house.eq(beyond_house),
            reports::critical_service.eq(critical_service),
            reports::stated_at.eq(tx.at()),
            reports::nature.eq(later.nature.code()),
            reports::is_current.eq(in_force),
        ))
        .execute(tx.conn)?;
    let phone = later.contact_phone.as_ref().map_or(before.contact_phone.as_str(), |phone| phone.as_str());
    diesel::insert_into(report_contents::table)
        .values((
            report_contents::report_id.eq(id),
            report_contents::title.eq(incident.title.as_str()),
            report_contents::description.eq(later.text.as_str()),
            report_contents::measures.eq(""),
            report_contents::contact_name.eq(before.contact_name.as_str()),
            report_contents::contact_phone.eq(phone),
        ))
        .execute(tx.conn)?;
    Ok(())
}
