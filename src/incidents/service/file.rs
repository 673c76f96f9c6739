//! Filing: a report becomes an incident, durably, before anybody is told so.

use std::collections::BTreeSet;

use super::{behalf, queue_at};
use crate::access::policy::{Action, Relation, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::event::Event;
use crate::core::ids::{IncidentId, OrgId};
use crate::core::when;
use crate::directory::service::{self as directory, OnBehalf};
use crate::incidents::model::{Audience, FILED_UNDER, Inform, NewReport, Part};
use crate::incidents::{digest, notices, store};
use crate::store::{Tx, reference};

/// What the reporter is told.
#[derive(Debug, Clone)]
pub struct Filed {
    pub id: IncidentId,
    pub reference: String,
    /// Of an unconfirmed report: what shows its status, told this once.
    pub receipt: Option<String>,
}

/// Files a report for an organisation as a new incident.
///
/// A member municipality's report is its own; the administration that runs it acts for it by register. Under a mandate
/// the report stands as well; by a provider without one it is unconfirmed.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not report for this organisation, [`Error::Invalid`] for impossible times and
/// for others affected for which the actor does not act by register.
pub fn file(tx: &mut Tx<'_>, actor: &Actor, report: &NewReport) -> Result<Filed> {
    let organisation = report.organisation.ok_or(Error::NotFound)?;
    let (facts, through) = directory::report_facts(tx, actor, organisation)?;
    let is_unconfirmed = behalf::is_unconfirmed(tx, actor, facts);
    check(tx, actor, if is_unconfirmed { Action::FileUnconfirmed } else { Action::FileIncident }, facts)?;
    let affected = affected(tx, actor, report, organisation)?;
    let (id, reference) = begin(tx, actor, report, is_unconfirmed)?;
    store::add_involvement(tx, id, organisation, Part::Reporter, report.times.aware)?;
    for other in &affected {
        store::add_involvement(tx, id, *other, Part::Affected, report.times.aware)?;
    }
    let entry = store::NewEntry {
        kind: "filed",
        audience: Audience::Organisation(organisation),
        account: actor.account,
        author: &actor.name,
        facts: behalf::told(tx, organisation, through)?,
        body: Some(report.description.as_str()),
    };
    store::add_entry(tx, id, &entry)?;
    let mut trail = Entry::new("incident.file", SubjectKind::Incident, id)
        .organisation(Some(organisation))
        .with("reference", reference.as_str())
        .with("observed", report.observed.code());
    if let Some(OnBehalf { through, mandate }) = through {
        trail = trail.with("through", through.to_string());
        trail = trail.with("mandate", mandate.map(|id| id.to_string()));
    }
    if !affected.is_empty() {
        trail = trail.with("affected", affected.iter().map(OrgId::to_string).collect::<Vec<_>>());
    }
    record(tx, actor, trail)?;
    let place = notices::Place { id, reference: &reference };
    let receipt = match through {
        Some(through) => behalf::filed(tx, &place, report, through, is_unconfirmed)?,
        None => None,
    };
    notices::received(tx, actor, &place, report, is_unconfirmed)?;
    tx.emit(Event::IncidentFiled(id));
    Ok(Filed { id, reference, receipt })
}

/// Which others take part as affected, each once. Whoever is served or mandated speaks for itself.
fn affected(
    tx: &mut Tx<'_>,
    actor: &Actor,
    report: &NewReport,
    organisation: OrgId,
) -> Result<BTreeSet<OrgId>> {
    let mut others = BTreeSet::new();
    for other in report.affected.iter().copied().filter(|other| *other != organisation) {
        let facts = directory::org_facts(tx, actor, other)?;
        let is_ours = facts.has(Relation::OrgMember) || facts.has(Relation::OrgLead);
        if !is_ours || !may(tx, actor, Action::FileIncident, facts) {
            return Err(FieldError::new("affected", "error-choice").into());
        }
        others.insert(other);
    }
    Ok(others)
}

/// The case and its report, before anybody takes part in it.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    actor: &Actor,
    report: &NewReport,
    is_unconfirmed: bool,
) -> Result<(IncidentId, String)> {
    check_times(tx, report)?;
    let reference = next_reference(tx, report.is_drill)?;
    let id: IncidentId = tx.id();
    let cert = directory::cert(tx)?;
    let name = report.organisation.map(|organisation| directory::order_of(tx, organisation)).transpose()?;
    let new = store::NewIncident {
        id,
        reference: &reference,
        holder: Some(cert),
        tlp: FILED_UNDER,
        queue_at: queue_at(tx.now(), None, None),
        created_by: actor.account,
        is_unconfirmed,
        organisation_name: name.as_deref().unwrap_or_default(),
    };
    store::add(tx, &new, report)?;
    if is_unconfirmed {
        // Nobody else may permit that the organisation is named.
        let kept = NewReport { inform: Inform::Nobody, ..report.clone() };
        store::add_report(tx, id, actor.account, &kept)?;
    } else {
        store::add_report(tx, id, actor.account, report)?;
    }
    digest::again(tx, id)?;
    Ok((id, reference))
}

/// `TH-2026-00042`, by the year in Thüringen; drills have numbers of their own, `UE-2026-00003`.
pub(in crate::incidents) fn next_reference(tx: &mut Tx<'_>, is_drill: bool) -> Result<String> {
    let year = tx.now().to_zoned(when::zone()).year();
    let (prefix, name) = if is_drill { ("UE", "drill") } else { ("TH", "incident") };
    let number = reference::next(tx, name, year)?;
    Ok(format!("{prefix}-{year}-{number:05}"))
}

/// Nothing is known before it happened, and nothing happens in the future (a clock may be five minutes off).
fn check_times(tx: &Tx<'_>, report: &NewReport) -> Result<()> {
    let mut fields = crate::core::text::Fields::default();
    let latest = tx.now() + jiff::SignedDuration::from_mins(5);
    let times = [
        ("occurred_at", report.times.occurred),
        ("detected_at", report.times.detected),
        ("aware_at", report.times.aware),
    ];
    for (field, time) in times {
        if time.is_some_and(|time| time > latest) {
            fields.refuse(field, "error-date-future");
        }
    }
    if let (Some(occurred), Some(detected)) = (report.times.occurred, report.times.detected)
        && detected < occurred
    {
        fields.refuse("detected_at", "error-date-order");
    }
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid(fields.0)) }
}
