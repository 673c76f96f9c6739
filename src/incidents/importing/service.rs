//! Bringing a case from elsewhere in, once.

use super::model::{Foreign, Origin, Outcome, Stated, Taken};
use super::store;
use crate::access::policy::{Action, Facts, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::event::Event;
use crate::core::ids::IncidentId;
use crate::directory::service as directory;
use crate::incidents::evidence::service as evidence;
use crate::incidents::model::{Audience, Behalf, BehalfState, Inform, Part};
use crate::incidents::service::next_reference;
use crate::incidents::status::Status;
use crate::incidents::timeline::service as timeline;
use crate::incidents::{digest, store as cases};
use crate::store::Tx;

/// Whether the actor may bring cases in at all.
///
/// # Errors
/// The policy's.
pub fn permit(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    check(tx, actor, Action::ImportCase, Facts::of(actor))
}

/// The reference here of a case from elsewhere, where it came before.
///
/// # Errors
/// The database's.
pub fn here(tx: &mut Tx<'_>, origin: &Origin) -> Result<Option<String>> {
    store::here(tx, origin)
}

/// The references here of cases that are called so elsewhere, however it is spelled. Who may see them, the caller asks.
///
/// # Errors
/// The database's.
pub(in crate::incidents) fn called(tx: &mut Tx<'_>, typed: &str) -> Result<Vec<String>> {
    // Each has a number in it, wherever cases come from: words alone are asked for in vain.
    if !typed.contains(|c: char| c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    store::called(tx, &typed.trim().to_uppercase())
}

/// Writes the case with everything that is in it. `alarm`: its escalation begins now, as of a report that comes in; of a
/// closed one never.
///
/// # Errors
/// The policy's, the database's.
pub fn bring(tx: &mut Tx<'_>, actor: &Actor, case: &Foreign, alarm: bool) -> Result<Outcome> {
    permit(tx, actor)?;
    if let Some(reference) = store::here(tx, &case.origin)? {
        return Ok(Outcome::Here(reference));
    }
    let id: IncidentId = tx.id();
    let reference = next_reference(tx, case.is_drill)?;
    let cert = directory::cert(tx)?;
    let name = case.organisation.map(|org| directory::order_of(tx, org)).transpose()?;
    store::add(tx, (id, &reference), cert, name.as_deref().unwrap_or_default(), case)?;
    store::add_origin(tx, id, &case.origin)?;
    if case.organisation.is_none() {
        let behalf = Behalf {
            organisation: None,
            through: None,
            way: case.way,
            claimed: case.claimed,
            state: BehalfState::Loose,
            inform: Inform::Nobody,
        };
        cases::add_behalf(tx, id, &cases::NewBehalf { behalf, mandate: None, receipt: None })?;
    }
    cases::set_named(tx, id, &case.named)?;
    reports(tx, id, case)?;
    parts(tx, id, case)?;
    for line in &case.lines {
        let entry = store::add_line(tx, id, line)?;
        if line.is_pinned {
            timeline::keep_on_top(tx, id, entry)?;
        }
    }
    let entry = cases::NewEntry {
        kind: "imported",
        audience: Audience::Team,
        account: actor.account,
        author: &actor.name,
        facts: serde_json::Map::new(),
        body: Some(&case.told),
    };
    cases::add_entry(tx, id, &entry)?;
    let incident = crate::incidents::service::load(tx, id)?;
    for file in &case.files {
        evidence::bring_in(tx, actor, &incident, file)?;
    }
    let trail = Entry::new("incident.import", SubjectKind::Incident, id)
        .organisation(case.organisation)
        .with("reference", reference.as_str())
        .with("system", case.origin.system.code())
        .with("origin", case.origin.name.as_str())
        .with("there", case.origin.reference.as_str())
        .with("sha256", case.origin.digest.map(hex::encode))
        .with("lines", case.lines.len())
        .with("files", case.files.len());
    record(tx, actor, trail)?;
    digest::again(tx, id)?;
    if alarm && case.status != Status::Closed {
        tx.emit(Event::IncidentFiled(id));
    }
    Ok(Outcome::New(reference))
}

/// Of all that was stated one holds today: the last that says so, otherwise the first.
fn reports(tx: &mut Tx<'_>, id: IncidentId, case: &Foreign) -> Result<()> {
    let holds = case.reports.iter().rposition(|report| report.is_current).unwrap_or(0);
    for (place, report) in case.reports.iter().enumerate() {
        store::add_report(tx, id, &Stated { is_current: place == holds, ..report.clone() })?;
    }
    Ok(())
}

/// Each part once; whoever it was reported for has one in any case.
fn parts(tx: &mut Tx<'_>, id: IncidentId, case: &Foreign) -> Result<()> {
    let mut parts: Vec<Taken> = Vec::new();
    for taken in &case.parts {
        if !parts.iter().any(|it| it.organisation == taken.organisation && it.part == taken.part) {
            parts.push(taken.clone());
        }
    }
    if let Some(organisation) = case.organisation
        && !parts.iter().any(|it| it.organisation == organisation && it.part == Part::Reporter)
    {
        let added_at = case.reported_at;
        parts.insert(0, Taken { organisation, part: Part::Reporter, affectedness: "affected", added_at });
    }
    parts.iter().try_for_each(|taken| store::add_part(tx, id, taken))
}
