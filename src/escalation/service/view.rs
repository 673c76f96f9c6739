//! What pages show of escalations.

use jiff::Timestamp;

use super::people::joins_by_consent;
use super::step_facts;
use super::{notify, store};
use crate::access::model::Purpose;
use crate::access::policy::{Action, Relation, check, may};
use crate::access::service as access;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::{IncidentId, StepId};
use crate::core::tlp::Tlp;
use crate::directory::service as directory;
use crate::escalation::model::{Step, StepState};
use crate::escalation::plan::Whom;
use crate::incidents::service as incidents;
use crate::store::Tx;

/// How many waiting steps a start page shows at most.
const WAITING: i64 = 20;

/// A step as a viewer sees it, and what the viewer may do with it.
#[derive(Debug, Clone)]
pub struct StepView {
    pub id: StepId,
    pub number: i32,
    pub name: String,
    pub state: StepState,
    pub due_at: Timestamp,
    pub acknowledge_by: Option<Timestamp>,
    pub acknowledged_at: Option<Timestamp>,
    pub acknowledged_by: Option<String>,
    pub waits_for_approval: bool,
    pub can_acknowledge: bool,
    pub can_approve: bool,
    pub can_withdraw: bool,
}

/// The steps of a case in their order: all for the CERT's team, for others those beyond the CERT.
///
/// # Errors
/// The policy's.
pub fn steps_of(tx: &mut Tx<'_>, actor: &Actor, incident: IncidentId) -> Result<Vec<StepView>> {
    let case = incidents::case_facts(tx, actor, incident)?;
    check(tx, actor, Action::ShowIncident, case)?;
    let Some(stored) = store::look(tx, incident)? else { return Ok(Vec::new()) };
    let is_team = may(tx, actor, Action::ReadTeamNotes, case);
    let escalates = may(tx, actor, Action::EscalateIncident, case);
    let loaded = incidents::load(tx, incident)?;
    let mut views = Vec::new();
    for (id, step) in stored.steps() {
        let facts = step_facts(tx, actor, &loaded, step)?;
        if is_team || facts.has(Relation::StepTarget) || (step.whom.is_beyond() && step.notified_at.is_some())
        {
            let can_acknowledge =
                step.state == StepState::Notified && may(tx, actor, Action::AcknowledgeStep, facts);
            views.push(view(id, step, actor, can_acknowledge, escalates));
        }
    }
    Ok(views)
}

fn view(id: StepId, step: &Step, actor: &Actor, can_acknowledge: bool, escalates: bool) -> StepView {
    let is_others = step.requested_by.is_none() || step.requested_by != actor.account;
    StepView {
        id,
        number: step.number,
        name: step.name.clone(),
        state: step.state,
        due_at: step.due_at,
        acknowledge_by: step.acknowledge_by,
        acknowledged_at: step.acknowledged.as_ref().map(|by| by.at),
        acknowledged_by: step.acknowledged.as_ref().map(|by| by.name.clone()),
        waits_for_approval: step.waits_for_approval(),
        can_acknowledge,
        can_approve: escalates && step.waits_for_approval() && is_others,
        can_withdraw: escalates && step.is_active(),
    }
}

/// A step of the plan that is still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    pub name: String,
    pub needs_approval: bool,
}

/// What the plan still holds, for the CERT's team.
///
/// # Errors
/// The policy's.
pub fn upcoming_of(tx: &mut Tx<'_>, actor: &Actor, incident: IncidentId) -> Result<Vec<Upcoming>> {
    let case = incidents::case_facts(tx, actor, incident)?;
    check(tx, actor, Action::ShowIncident, case)?;
    check(tx, actor, Action::ReadTeamNotes, case)?;
    let stored = store::look(tx, incident)?;
    let steps = stored.iter().flat_map(|stored| stored.chain.upcoming());
    Ok(steps.map(|step| Upcoming { name: step.name.clone(), needs_approval: step.needs_approval }).collect())
}

/// A step that waits for somebody.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub reference: String,
    /// The step's.
    pub name: String,
    pub acknowledge_by: Timestamp,
}

/// The steps that wait for the actor's acknowledgement, the most urgent first.
///
/// # Errors
/// The database's.
pub fn waiting_for(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Waiting>> {
    let organisations = directory::acting_for(tx, actor)?;
    let roles = [
        (Role::Analyst, Whom::CertTeam),
        (Role::Analyst, Whom::OnCall),
        (Role::CertLead, Whom::CertLead),
        (Role::CertLead, Whom::OnCall),
    ];
    let targets: Vec<_> =
        roles.iter().filter(|(role, _)| actor.has(*role)).map(|(_, whom)| whom.to_string()).collect();
    let mut waiting = Vec::new();
    for (incident, name, by) in store::waiting(tx, &organisations, &targets, WAITING)? {
        let case = incidents::case_facts(tx, actor, incident)?;
        if !case.has(Relation::OutsideRestricted) {
            let reference = incidents::load(tx, incident)?.reference;
            waiting.push(Waiting { reference, name, acknowledge_by: by.0 });
        }
    }
    Ok(waiting)
}

/// What the holder of a step's link sees before acknowledging.
#[derive(Debug, Clone)]
pub struct LinkView {
    pub reference: String,
    pub step: String,
    pub priority: Option<i32>,
    pub tlp: Tlp,
    /// Where the label allows it.
    pub title: Option<String>,
    pub is_drill: bool,
    pub reported_at: Timestamp,
    pub acknowledge_by: Timestamp,
}

/// What a link is about, without using it.
///
/// # Errors
/// [`Error::NotFound`] alike for an unknown, expired or used one.
pub fn peek_link(tx: &mut Tx<'_>, token: &str) -> Result<LinkView> {
    let link = access::peek_link(tx, Purpose::Step, token)?;
    let id = link.subject.map(|subject| StepId(subject.0)).ok_or(Error::NotFound)?;
    let (incident, number) = store::place(tx, id)?.ok_or(Error::NotFound)?;
    let stored = store::look(tx, incident)?.ok_or(Error::NotFound)?;
    let incident = incidents::load(tx, incident)?;
    let (_, step) = stored.step(number)?;
    let title = notify::tellable_title(tx, &incident, step)?;
    Ok(LinkView {
        title,
        step: step.name.clone(),
        acknowledge_by: step.acknowledge_by.ok_or(Error::NotFound)?,
        reference: incident.reference,
        priority: incident.priority,
        tlp: incident.tlp,
        is_drill: incident.is_drill,
        reported_at: incident.reported_at,
    })
}

/// To whom a person can escalate a case.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// Value and name: the Land first, then who serves the reporter, then other providers.
    pub open: Vec<(String, String)>,
    /// The names of those whom [`super::escalate`] refuses without the municipality's consent.
    pub by_consent: Vec<String>,
}

/// To whom a person can escalate a case, and to whom not.
///
/// # Errors
/// The policy's.
pub fn choices(tx: &mut Tx<'_>, actor: &Actor, incident: IncidentId) -> Result<Targets> {
    let case = incidents::case_facts(tx, actor, incident)?;
    check(tx, actor, Action::EscalateIncident, case)?;
    let mut targets = Targets::default();
    if let Some(land) = directory::state_leadership(tx)? {
        targets.open.push(("state_leadership".to_owned(), directory::load(tx, land)?.name));
    }
    let serving = match incidents::load(tx, incident)?.organisation {
        Some(org) => directory::providers_of(tx, org)?,
        None => Vec::new(),
    };
    let mut providers = directory::providers(tx)?;
    providers.sort_by_key(|(id, ..)| !serving.contains(id));
    for (id, kind, name) in providers {
        if joins_by_consent(kind) {
            targets.by_consent.push(name);
        } else {
            targets.open.push((id.to_string(), name));
        }
    }
    Ok(targets)
}
