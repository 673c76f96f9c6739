//! What people do with steps: acknowledge, release, take back, start one by hand.

use serde_json::{Map, Value};

use super::advance::{apply, audience, current};
use super::{Found, find, reach, step_facts};
use crate::access::model::Purpose;
use crate::access::policy::{Action, Facts, Relation, check};
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{OrgId, StepId};
use crate::core::text::Line;
use crate::directory::model::Kind;
use crate::directory::service as directory;
use crate::escalation::model::{Acknowledged, NewStep, Refusal};
use crate::escalation::plan::Whom;
use crate::escalation::plans::Plans;
use crate::escalation::rule::Command;
use crate::escalation::store;
use crate::incidents::model::{Audience, Incident, Inform};
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::store::Tx;

/// Takes note of a step, as a signed-in member of whom it reaches.
///
/// # Errors
/// The policy's; [`Error::Conflict`] when the step is over or nobody was told yet.
pub fn acknowledge(tx: &mut Tx<'_>, actor: &Actor, step: StepId) -> Result<()> {
    let Found { incident, stored, number } = find(tx, step)?;
    let facts = step_facts(tx, actor, &incident, stored.step(number)?.1)?;
    check(tx, actor, Action::AcknowledgeStep, facts)?;
    let by = Acknowledged { at: tx.now(), name: actor.name.clone(), account: actor.account };
    apply(tx, actor, &incident, stored, Command::Acknowledge { number, by })
}

/// Takes note of a step with the link of its mail, which is used up. Returns the case's reference.
///
/// # Errors
/// [`Error::NotFound`] for a link that does not hold, otherwise as [`acknowledge`].
pub fn acknowledge_by_link(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<String> {
    let link = access::use_link(tx, Purpose::Step, token)?;
    let step = link.subject.map(|subject| StepId(subject.0)).ok_or(Error::NotFound)?;
    let Found { incident, stored, number } = find(tx, step)?;
    // The link is for exactly this step: whoever holds it is whom the step reaches.
    check(tx, actor, Action::AcknowledgeStep, Facts::of(actor).with(Relation::StepTarget))?;
    let known = match link.account {
        Some(account) => access::names(tx, &[account])?.remove(&account),
        None => None,
    };
    let name =
        known.unwrap_or_else(|| stored.step(number).map_or(String::new(), |(_, step)| step.name.clone()));
    let actor = Actor { name: name.clone(), ..actor.clone() };
    let by = Acknowledged { at: tx.now(), name, account: link.account };
    apply(tx, &actor, &incident, stored, Command::Acknowledge { number, by })?;
    Ok(incident.reference)
}

/// Releases a step that needs a person's approval.
///
/// # Errors
/// The policy's; [`Error::Forbidden`] for whoever asked for the step, [`Error::Conflict`] when it needs no approval now.
pub fn approve(tx: &mut Tx<'_>, actor: &Actor, step: StepId) -> Result<()> {
    let by = actor.account.ok_or(Error::SignInNeeded)?;
    decide(tx, actor, step, |number| Command::Approve { number, by })
}

/// Takes a step back that nobody acknowledged.
///
/// # Errors
/// The policy's; [`Error::Conflict`] when the step is over.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, step: StepId) -> Result<()> {
    decide(tx, actor, step, |number| Command::Withdraw { number })
}

fn decide(tx: &mut Tx<'_>, actor: &Actor, step: StepId, command: impl Fn(i32) -> Command) -> Result<()> {
    let Found { incident, stored, number } = find(tx, step)?;
    let case = incidents::case_facts(tx, actor, incident.id)?;
    check(tx, actor, Action::EscalateIncident, case)?;
    apply(tx, actor, &incident, stored, command(number))
}

/// To whom a person escalates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHandTo {
    StateLeadership,
    Organisation(OrgId),
}

impl ByHandTo {
    /// Reads `state_leadership` or an organisation's id.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(word: &str) -> Result<Self, &'static str> {
        match word {
            "" => Err("error-required"),
            "state_leadership" => Ok(Self::StateLeadership),
            id => id.parse().map(Self::Organisation).map_err(|_| "error-choice"),
        }
    }
}

/// Escalates to the Land's leadership.
///
/// # Errors
/// As [`escalate`].
pub fn escalate_to_state(tx: &mut Tx<'_>, actor: &Actor, reference: &str, reason: &Line<300>) -> Result<()> {
    escalate(tx, actor, reference, ByHandTo::StateLeadership, reason).map(|_| ())
}

/// Escalates by hand, beside the plan. A second person releases what leaves the Land, what the reporter did not allow,
/// what is restricted, and what the configuration says. Returns the step.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for somebody who cannot be chosen; [`Error::Conflict`] when the case is closed, a
/// step to the same place is under way, or nobody there can be reached.
pub fn escalate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    to: ByHandTo,
    reason: &Line<300>,
) -> Result<StepId> {
    let incident = incidents::load_by_reference(tx, reference)?;
    let case = incidents::case_facts(tx, actor, incident.id)?;
    check(tx, actor, Action::EscalateIncident, case)?;
    if incident.status == Status::Closed {
        return Err(super::refused(Refusal::Closed));
    }
    let (whom, org) = target(tx, to)?;
    let new = new_step(tx, actor, &incident, whom, org)?;
    let (incident, stored) = current(tx, incident.id)?;
    let mut facts = Map::new();
    facts.insert("name".to_owned(), Value::from(new.name.as_str()));
    facts.insert("who".to_owned(), Value::from(actor.name.as_str()));
    let to = Audience::Organisation(org);
    incidents::add_system_entry(tx, actor, incident.id, "step_requested", to, facts, Some(reason.as_str()))?;
    let number = stored.chain.steps.last().map_or(1, |step| step.number + 1);
    apply(tx, actor, &incident, stored, Command::ByHand(new))?;
    let stored = store::load(tx, incident.id)?.ok_or(Error::NotFound)?;
    let (id, step) = stored.step(number)?;
    let entry = Entry::new("escalation.request", SubjectKind::Step, id)
        .organisation(Some(org))
        .with("incident", incident.id.to_string())
        .with("needs_approval", step.needs_approval)
        .with("audience", audience(step).code());
    audit::record(tx, actor, entry)?;
    Ok(id)
}

/// Who joins by the municipality's consent only, which nobody records here yet: a Landkreis.
pub(super) fn joins_by_consent(kind: Kind) -> bool {
    kind == Kind::Landkreis
}

/// Who is meant.
fn target(tx: &mut Tx<'_>, to: ByHandTo) -> Result<(Whom, OrgId)> {
    let refuse = |reason| Error::from(FieldError::new("to", reason));
    let land = directory::state_leadership(tx)?;
    let org = match to {
        ByHandTo::StateLeadership => land.ok_or(Error::Conflict("escalation-refused-nobody"))?,
        ByHandTo::Organisation(org) => org,
    };
    let organisation = directory::lookup(tx, org)?.ok_or_else(|| refuse("error-choice"))?;
    if organisation.is_cert {
        return Err(refuse("error-choice"));
    }
    if joins_by_consent(organisation.kind) {
        return Err(refuse("escalation-refused-district"));
    }
    Ok((if Some(org) == land { Whom::StateLeadership } else { Whom::Chosen }, org))
}

fn new_step(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, whom: Whom, org: OrgId) -> Result<NewStep> {
    let by_hand = tx.required::<Plans>()?.by_hand;
    if reach::people_at(tx, incident, org)?.is_empty() {
        return Err(Error::Conflict("escalation-refused-nobody"));
    }
    let needs_approval = by_hand.needs_approval
        || incident.is_restricted
        || reach::leaves_the_land(tx, org)?
        || incidents::inform(tx, incident.id)? == Inform::Nobody;
    Ok(NewStep {
        name: directory::load(tx, org)?.name,
        whom,
        organisation: Some(org),
        patience: by_hand.patience,
        needs_approval,
        requested_by: actor.account,
    })
}
