//! Filing: a report becomes an incident, durably, before anybody is told so.

use super::queue_at;
use crate::access::policy::{Action, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::event::Event;
use crate::core::ids::IncidentId;
use crate::core::when;
use crate::directory::service as directory;
use crate::incidents::model::{Audience, FILED_UNDER, NewReport, Part};
use crate::incidents::{notices, store};
use crate::store::{Tx, reference};

/// What the reporter is told.
#[derive(Debug, Clone)]
pub struct Filed {
    pub id: IncidentId,
    pub reference: String,
}

/// Files a report for an organisation as a new incident.
///
/// A member municipality's report is its own; the administration that runs it acts for it by register.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not report for this organisation, [`Error::Invalid`] for impossible times.
pub fn file(tx: &mut Tx<'_>, actor: &Actor, report: &NewReport) -> Result<Filed> {
    let facts = directory::org_facts(tx, actor, report.organisation)?;
    check(tx, actor, Action::FileIncident, facts)?;
    check_times(tx, report)?;
    let reference = next_reference(tx, report.is_drill)?;
    let id: IncidentId = tx.id();
    let cert = directory::cert(tx)?;
    let new = store::NewIncident {
        id,
        reference: &reference,
        holder: Some(cert),
        tlp: FILED_UNDER,
        queue_at: queue_at(tx.now(), None, None),
        created_by: actor.account,
    };
    store::add(tx, &new, report)?;
    store::add_report(tx, id, actor.account, report)?;
    store::add_involvement(tx, id, report.organisation, Part::Reporter, report.times.aware)?;
    let entry = store::NewEntry {
        kind: "filed",
        audience: Audience::Organisation(report.organisation),
        account: actor.account,
        author: &actor.name,
        facts: serde_json::Map::new(),
        body: Some(report.description.as_str()),
    };
    store::add_entry(tx, id, &entry)?;
    record(
        tx,
        actor,
        Entry::new("incident.file", SubjectKind::Incident, id)
            .organisation(Some(report.organisation))
            .with("reference", reference.as_str())
            .with("observed", report.observed.code()),
    )?;
    notices::received(tx, actor, id, &reference, report)?;
    tx.emit(Event::IncidentFiled(id));
    Ok(Filed { id, reference })
}

/// `TH-2026-00042`, by the year in Thüringen; drills have numbers of their own, `UE-2026-00003`.
fn next_reference(tx: &mut Tx<'_>, is_drill: bool) -> Result<String> {
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
