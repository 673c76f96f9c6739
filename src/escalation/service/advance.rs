//! Moving a case's chain: what the rule decided is written, told, audited, and the next timer set, in one transaction.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::notify;
use super::reach::{self, Moment};
use crate::access::model::Purpose;
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::event::Event;
use crate::core::ids::{AccountId, AnyId, IncidentId, StepId};
use crate::directory::service as directory;
use crate::escalation::model::{Acknowledged, Advance, Chain, Happened, NewStep, Outcome, Step, StepState};
use crate::escalation::plan::{Of, Plan, Whom};
use crate::escalation::plans::Plans;
use crate::escalation::rule::Command;
use crate::escalation::store::{self, Stored};
use crate::incidents::model::{Audience, Incident, Inform, Part};
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::queue;
use crate::store::Tx;

/// Wakes the case's timer when something happened to the case; the worker compares chain and case then. So filing pays
/// for one row only, and the same event twice changes nothing. Whoever takes the case up acknowledges for the CERT's
/// team at once.
///
/// # Errors
/// The database's.
pub fn on_event(tx: &mut Tx<'_>, event: Event) -> Result<()> {
    match event {
        Event::IncidentFiled(incident)
        | Event::IncidentTriaged(incident)
        | Event::IncidentClosed(incident)
        | Event::IncidentReopened(incident)
        | Event::IncidentMerged { member: incident, .. }
        | Event::IncidentDetached { member: incident, .. } => {
            queue::enqueue(tx, &Advance { incident }, tx.now())
        }
        Event::IncidentTakenUp(incident, account) => taken_up(tx, incident, account),
        Event::IncidentRead(_) | Event::IncidentAnswered(_) => Ok(()),
    }
}

/// Ends the open step of the CERT's team, so that nobody is mailed again about a case that somebody works on. The plan of
/// a new priority comes afterwards, and leaves out who knows.
fn taken_up(tx: &mut Tx<'_>, id: IncidentId, account: AccountId) -> Result<()> {
    let Some(stored) = store::load(tx, id)? else { return Ok(()) };
    if stored.chain.is_closed || !stored.chain.steps.iter().any(Step::waits_for_team) {
        return Ok(());
    }
    let incident = incidents::load(tx, id)?;
    let name = access::names(tx, &[account])?.remove(&account).unwrap_or_default();
    let actor = Actor { account: Some(account), name: name.clone(), ..system() };
    let by = Acknowledged { at: tx.now(), name, account: Some(account) };
    apply(tx, &actor, &incident, stored, Command::TakenUp { by })
}

/// Brings the chain in line with the case and the time: begins it, puts another plan in its place, moves it on, ends it.
///
/// # Errors
/// The database's.
pub fn advance(tx: &mut Tx<'_>, id: IncidentId) -> Result<()> {
    let incident = incidents::load(tx, id)?;
    match catch_up(tx, &incident)? {
        Some(stored) => apply(tx, &system(), &incident, stored, Command::Tick),
        None => Ok(()),
    }
}

/// The chain, in line with the case: what a person does to it never comes before what the case did already. Time is not
/// looked at, so that somebody who is late but faster than the timer is still in time.
pub(super) fn current(tx: &mut Tx<'_>, id: IncidentId) -> Result<(Incident, Stored)> {
    let incident = incidents::load(tx, id)?;
    if let Some(stored) = catch_up(tx, &incident)? {
        return Ok((incident, stored));
    }
    // What was written just now may have put another deadline into the case.
    let incident = incidents::load(tx, id)?;
    let stored = store::load(tx, id)?.ok_or(Error::NotFound)?;
    Ok((incident, stored))
}

/// Begins, replaces or ends the chain as the case demands; gives it back where nothing was to be done, and it goes on.
fn catch_up(tx: &mut Tx<'_>, incident: &Incident) -> Result<Option<Stored>> {
    let is_over = incident.status == Status::Closed;
    let Some(stored) = store::load(tx, incident.id)? else {
        return if is_over { Ok(None) } else { begin(tx, &system(), incident).map(|()| None) };
    };
    let command = match (is_over, stored.chain.is_closed) {
        (true, true) => return Ok(None),
        (true, false) => {
            let beyond: Vec<Step> =
                stored.chain.steps.iter().filter(|step| goes_beyond(step)).cloned().collect();
            apply(tx, &system(), incident, stored, Command::Close)?;
            if let Some(merged) = incident.merged {
                hand_over(tx, incident, beyond, merged.lead)?;
            }
            return Ok(None);
        }
        (false, is_closed) => match other_plan(tx, incident, &stored)? {
            None if !is_closed => return Ok(Some(stored)),
            other => {
                let plan = other.map_or_else(|| plan_for(tx, incident), Ok)?;
                freeze(tx, &system(), incident, "escalation.replace", &plan)?;
                Command::Replace(plan)
            }
        },
    };
    apply(tx, &system(), incident, stored, command).map(|()| None)
}

/// The plan that takes the place of the present one: where the case is another one now, and another plan is for it. What
/// the configuration says since the case began to use its plan changes nothing.
fn other_plan(tx: &mut Tx<'_>, incident: &Incident, stored: &Stored) -> Result<Option<Plan>> {
    let present = &stored.chain.plan;
    let Some(of) = &present.of else {
        let is_same = stored.priority == incident.priority;
        return if is_same { Ok(None) } else { plan_for(tx, incident).map(Some) };
    };
    let now = of_case(tx, incident)?;
    if *of == now {
        return Ok(None);
    }
    // A drill has no plan, whatever it is.
    let is_same = incident.is_drill
        || of.priority == now.priority
            && tx.required::<Plans>()?.choose(&now).is_some_and(|file| file.key == present.key);
    if is_same { Ok(None) } else { plan_for(tx, incident).map(Some) }
}

/// What decides which plan the case uses.
pub(super) fn of_case(tx: &mut Tx<'_>, incident: &Incident) -> Result<Of> {
    let kind = match incident.organisation {
        Some(org) => Some(directory::load(tx, org)?.kind.code().to_owned()),
        None => None,
    };
    Ok(Of { priority: incident.priority, class: incident.class.map(|class| class.code().to_owned()), kind })
}

/// Whether somebody beyond the CERT and the reporter was to hear of the case, and has not taken note yet.
fn goes_beyond(step: &Step) -> bool {
    step.is_active() && step.whom.is_beyond()
}

/// The case goes on in another, whose own plan tells the CERT. Whom the merged one was to reach beyond the CERT waits
/// there for a person: what its reporter allowed says nothing of the other organisation's case.
fn hand_over(tx: &mut Tx<'_>, merged: &Incident, steps: Vec<Step>, lead: IncidentId) -> Result<()> {
    for step in steps {
        let there = reach::organisation(tx, merged, &step.whom, step.organisation)?;
        // Who serves one organisation serves not the other: from here on it is this one.
        let whom = match (&step.whom, there) {
            (Whom::Provider, Some(_)) => Whom::Chosen,
            (Whom::Provider, None) => continue,
            (whom, _) => whom.clone(),
        };
        if incidents::load(tx, lead)?.status == Status::Closed {
            return Ok(());
        }
        let (incident, stored) = current(tx, lead)?;
        let is_there = |one: &Step| one.reaches(&whom, there) && one.state != StepState::Withdrawn;
        if stored.chain.steps.iter().any(is_there) {
            continue;
        }
        let new = NewStep {
            name: step.name,
            organisation: there.filter(|_| whom == Whom::Chosen),
            whom,
            patience: step.patience,
            needs_approval: true,
            requested_by: step.requested_by,
        };
        apply(tx, &system(), &incident, stored, Command::ByHand(new))?;
    }
    Ok(())
}

fn system() -> Actor {
    Actor::system("escalation")
}

fn begin(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) -> Result<()> {
    let plan = plan_for(tx, incident)?;
    freeze(tx, actor, incident, "escalation.begin", &plan)?;
    let outcome = Chain::begin(plan, tx.now());
    let stored = store::add(tx, incident.id, incident.priority, outcome.chain)?;
    carry_out(tx, actor, incident, stored, outcome.happened)
}

/// Records which plan holds for the case from now on, whatever becomes of the configuration; without the steps' names,
/// which people wrote.
fn freeze(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    action: &'static str,
    plan: &Plan,
) -> Result<()> {
    let mut steps =
        serde_json::to_value(&plan.steps).map_err(|error| Error::Internal(format!("a plan: {error}")))?;
    for step in steps.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        step.remove("name");
    }
    let entry = Entry::new(action, SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("priority", incident.priority)
        .with("name", plan.key.as_str())
        .with("plan", steps);
    audit::record(tx, actor, entry)
}

/// What the rule makes of the command, with all that follows from it.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    stored: Stored,
    command: Command,
) -> Result<()> {
    // The priority kept beside the chain is the one whose plan it follows: only another plan changes it.
    let priority = if matches!(command, Command::Replace(_)) { incident.priority } else { stored.priority };
    let Outcome { chain, happened, .. } = stored.chain.apply(command, tx.now()).map_err(super::refused)?;
    let stored = store::save(tx, stored, priority, chain)?;
    carry_out(tx, actor, incident, stored, happened)
}

fn carry_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    mut stored: Stored,
    happened: Vec<Happened>,
) -> Result<()> {
    let mut happened = VecDeque::from(happened);
    let mut is_overtaken = false;
    while let Some(event) = happened.pop_front() {
        if let Happened::Notified { number, again } = event {
            if !notified(tx, actor, incident, &mut stored, number, again)? {
                // Nobody there to be told: waiting for them would help nobody.
                let more =
                    stored.chain.apply(Command::Unreachable { number }, tx.now()).map_err(super::refused)?;
                let priority = stored.priority;
                stored = store::save(tx, stored, priority, more.chain)?;
                happened.extend(more.happened);
            }
        } else {
            is_overtaken |= matches!(event, Happened::Overtaken(_));
            ended(tx, actor, incident, &stored, event)?;
        }
    }
    if is_overtaken && !stored.chain.steps.iter().any(Step::is_active) {
        fell_silent(tx, incident)?;
    }
    let deadline = stored.chain.deadline().map(|(kind, at)| (kind.code(), at));
    if deadline.map(|(_, at)| at) != incident.deadline_at
        || deadline.map(|(kind, _)| kind) != incident.deadline_kind.as_deref()
    {
        incidents::set_deadline(tx, incident.id, deadline)?;
    }
    // A timer that is set for nothing finds nothing to do; one taken back might be the wake of something that just happened.
    match stored.chain.steps.iter().filter_map(Step::wakes_at).min() {
        Some(wake) => queue::enqueue(tx, &Advance { incident: incident.id }, wake),
        None => Ok(()),
    }
}

/// The plan is over and its last step was answered by nobody: the team sees that among what is due.
fn fell_silent(tx: &mut Tx<'_>, incident: &Incident) -> Result<()> {
    let team = Audience::Team;
    incidents::add_system_entry(tx, &system(), incident.id, "escalation_silent", team, Map::new(), None)?;
    incidents::come_up(tx, incident, "escalation-silent-waits")
}

/// The plan of the case's priority, as it is frozen with the case. A drill alarms nobody; beyond CERT and reporter a
/// person releases each step that leaves the Land or that the reporter did not allow.
pub(super) fn plan_for(tx: &mut Tx<'_>, incident: &Incident) -> Result<Plan> {
    let of = of_case(tx, incident)?;
    if incident.is_drill {
        return Ok(Plan { of: Some(of), ..Plan::default() });
    }
    let mut plan = tx.required::<Plans>()?.plan(of);
    let is_confined = incident.is_restricted || incidents::inform(tx, incident.id)? == Inform::Nobody;
    for step in plan.steps.iter_mut().filter(|step| step.whom.is_beyond() && !step.needs_approval) {
        let there = reach::organisation(tx, incident, &step.whom, None)?;
        let leaves = there.map_or(Ok(false), |org| reach::leaves_the_land(tx, org))?;
        step.needs_approval = is_confined || leaves;
    }
    Ok(plan)
}

/// Tells whom the step reaches; `false` when there is nobody.
fn notified(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    stored: &mut Stored,
    number: i32,
    again: bool,
) -> Result<bool> {
    let (_, step) = stored.step(number)?;
    let moment = Moment { at: tx.now(), is_again: again };
    let reached = reach::reach(tx, incident, &step.whom, step.organisation, moment)?;
    if stored.step(number)?.1.organisation != reached.organisation {
        store::set_organisation(tx, stored, number, reached.organisation)?;
    }
    let (id, step) = stored.step(number)?;
    let is_reached = !reached.people.is_empty();
    if is_reached {
        notify::send(tx, incident, id, step, &reached)?;
        if let Some(org) = reached.organisation.filter(|_| step.whom.is_beyond()) {
            incidents::involve(tx, incident.id, org, Part::Informed)?;
        }
    }
    let kind = match (is_reached, again) {
        (false, _) => "step_unreachable",
        (true, false) => "step_notified",
        (true, true) => "step_reminded",
    };
    if reached.is_unattended {
        tell(tx, actor, incident, step, "step_unattended")?;
    }
    tell(tx, actor, incident, step, kind)?;
    let entry = audited("escalation.notify", incident, id, step)
        .with("mails", reached.people.len())
        .with("attempt", step.attempts);
    let entry = match tx.late_since() {
        Some(since) => entry.with("late_since", since.to_string()),
        None => entry,
    };
    audit::record(tx, actor, entry)?;
    Ok(is_reached)
}

/// What follows from everything else that happens to a step.
fn ended(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    stored: &Stored,
    event: Happened,
) -> Result<()> {
    let (number, action, kind) = match event {
        Happened::Notified { .. } => return Ok(()),
        Happened::Planned(number) => {
            let (_, step) = stored.step(number)?;
            let waits = step.waits_for_approval();
            return if waits { tell(tx, actor, incident, step, "step_waits") } else { Ok(()) };
        }
        Happened::Approved(number) => (number, "escalation.approve", "step_approved"),
        Happened::Acknowledged(number) => (number, "escalation.acknowledge", "step_acknowledged"),
        Happened::Overtaken(number) => (number, "escalation.overtake", "step_overtaken"),
        Happened::Withdrawn(number) if incident.merged.is_some() => {
            (number, "escalation.withdraw", "step_merged")
        }
        Happened::Withdrawn(number) => (number, "escalation.withdraw", "step_withdrawn"),
    };
    let (id, step) = stored.step(number)?;
    if !step.is_active() {
        access::void_links(tx, Purpose::Step, AnyId(id.0))?;
    }
    if matches!(event, Happened::Acknowledged(_))
        && let Some(org) = step.organisation.filter(|_| step.whom.is_beyond())
    {
        incidents::involve(tx, incident.id, org, Part::Handler)?;
    }
    // What was withdrawn before anybody was told needs no line.
    if step.notified_at.is_some() || !matches!(event, Happened::Withdrawn(_)) || step.requested_by.is_some() {
        tell(tx, actor, incident, step, kind)?;
    }
    audit::record(tx, actor, audited(action, incident, id, step))
}

fn audited(action: &'static str, incident: &Incident, id: StepId, step: &Step) -> Entry {
    Entry::new(action, SubjectKind::Step, id)
        .organisation(step.organisation)
        .with("incident", incident.id.to_string())
        .with("number", step.number)
        .with("whom", step.whom.to_string())
}

/// Who reads on the timeline what happens to a step.
pub(super) fn audience(step: &Step) -> Audience {
    match (&step.whom, step.organisation) {
        (Whom::CertTeam | Whom::CertLead | Whom::OnCall, _) => Audience::Team,
        (Whom::ReporterOrganisation, Some(org)) => Audience::Organisation(org),
        _ if step.notified_at.is_some() => Audience::Involved,
        _ => Audience::Team,
    }
}

fn tell(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, step: &Step, kind: &str) -> Result<()> {
    let who = step.acknowledged.as_ref().map_or(actor.name.as_str(), |by| by.name.as_str());
    let mut facts = Map::new();
    facts.insert("name".to_owned(), Value::from(step.name.as_str()));
    facts.insert("who".to_owned(), Value::from(who));
    facts.insert("number".to_owned(), Value::from(step.number));
    if let Some(since) = tx.late_since() {
        facts.insert("late_since".to_owned(), Value::from(since.to_string()));
    }
    let to = audience(step);
    incidents::add_system_entry(tx, actor, incident.id, kind, to, facts, None).map(drop)
}
