//! One report of a case that turns out to be a case of its own.

use serde_json::json;

use super::{file, note, open};
use crate::access::policy::Action;
use crate::access::service as access;
use crate::audit::model::{Entry as Trail, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::event::Event;
use crate::core::ids::{IncidentId, OrgId, ReportId};
use crate::core::text::{Line, Name, Prose, Title};
use crate::incidents::linking::LinkKind;
use crate::incidents::model::{Audience, Incident, Nature, NewReport, Part, Report, Times};
use crate::incidents::{notices, store};
use crate::store::Tx;

/// A later report that may become a case of its own.
#[derive(Debug, Clone)]
pub struct Separable {
    pub id: ReportId,
    pub report: Report,
}

/// What can be taken out of a case: what organisations stated later, and did not take back.
fn separable(tx: &mut Tx<'_>, case: IncidentId) -> Result<Vec<Separable>> {
    let later = store::later_of(tx, case)?.into_iter();
    let fits = |report: &Report| report.organisation.is_some() && report.nature != Some(Nature::Withdrawal);
    Ok(later.filter(fits).map(|report| Separable { id: report.id, report }).collect())
}

/// A case with what may be taken out of it, for who may do that.
///
/// # Errors
/// The policy's.
pub fn splittable(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Vec<Separable>)> {
    let (incident, _) = open(tx, actor, reference, Action::MergeIncidents)?;
    let found = separable(tx, incident.id)?;
    let seen = Trail::new("incident.view", SubjectKind::Incident, incident.id);
    record(tx, actor, seen.organisation(incident.organisation))?;
    Ok((incident, found))
}

/// Makes a case of its own of a later report: with a reference, a thread and the organisation that stated it, which is
/// told. What was stated stays where it was; the two are linked. Returns the new reference.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a report that is none of these, or became a case before.
pub fn split(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    report: ReportId,
    title: &Title,
) -> Result<String> {
    let (incident, _) = open(tx, actor, reference, Action::MergeIncidents)?;
    let found = separable(tx, incident.id)?.into_iter().find(|one| one.id == report);
    let stated = found.ok_or(FieldError::new("report", "split-refused-gone"))?.report;
    let organisation = stated.organisation.ok_or(Error::NotFound)?;
    let new = new_report(&incident, &stated, organisation, title)?;
    // Whoever stated it then has reported it: whom the mails of the new case reach.
    let author = match store::stated_by(tx, report)? {
        Some(account) => access::load_actor(tx, account)?,
        None => None,
    };
    let author = author.unwrap_or_else(|| actor.clone());
    let (id, new_reference) = file::begin(tx, &author, &new, false)?;
    store::set_split(tx, report, id)?;
    store::add_involvement(tx, id, organisation, Part::Reporter, new.times.aware)?;
    let (account, name) = (author.account, author.name.as_str());
    let audience = Audience::Organisation(organisation);
    let filed = store::NewEntry {
        kind: "filed",
        audience,
        account,
        author: name,
        facts: serde_json::Map::new(),
        body: Some(new.description.as_str()),
    };
    store::add_entry(tx, id, &filed)?;
    keep_apart(tx, &incident, id)?;
    let case = super::load(tx, id)?;
    note(tx, actor, &case, "split_from", audience, json!({ "name": incident.reference }), None)?;
    note(tx, actor, &incident, "split_off", audience, json!({ "name": new_reference }), None)?;
    let (from, to) = if incident.id < id { (incident.id, id) } else { (id, incident.id) };
    let link = store::Link { id: tx.id(), from, to, kind: LinkKind::Related, reason: None };
    store::add_link(tx, &link, actor.account)?;
    for (subject, other) in [(incident.id, id), (id, incident.id)] {
        let trail = Trail::new("incident.split", SubjectKind::Incident, subject);
        record(tx, actor, trail.organisation(Some(organisation)).with("other", other.to_string()))?;
    }
    notices::split_off(tx, &case, organisation)?;
    tx.emit(Event::IncidentFiled(id));
    Ok(new_reference)
}

/// The later report as one that opens a case. It became known when it was stated.
fn new_report(case: &Incident, stated: &Report, organisation: OrgId, title: &Title) -> Result<NewReport> {
    // What was stored once may be longer than what is taken today, or erased.
    let description =
        Prose::parse(&stated.description).map_err(|_| FieldError::new("report", "split-refused-gone"))?;
    Ok(NewReport {
        organisation: Some(organisation),
        affected: Vec::new(),
        title: title.clone(),
        description,
        measures: None,
        observed: stated.observed,
        contact_name: Name::parse(&stated.contact_name).ok(),
        contact_phone: Line::parse(&stated.contact_phone).ok(),
        inform: stated.inform,
        flags: stated.flags,
        is_danger: false,
        times: Times { occurred: None, detected: None, aware: Some(stated.stated_at) },
        is_drill: case.is_drill,
        suggestion: None,
    })
}

/// What comes out of a case is for nobody for whom that one is not: the same named persons, no wider label.
fn keep_apart(tx: &mut Tx<'_>, case: &Incident, new: IncidentId) -> Result<()> {
    let label = super::load(tx, new)?.tlp.max(case.tlp);
    let change = store::Change {
        tlp: Some(label.label()),
        is_restricted: Some(case.is_restricted),
        ..store::Change::default()
    };
    store::touch(tx, new, change)?;
    if case.is_restricted {
        let named = store::named(tx, case.id)?;
        store::set_named(tx, new, &named)?;
    }
    Ok(())
}
