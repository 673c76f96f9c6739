//! Working on a case: triage, assignment, notes, status, waiting, end.

use jiff::Timestamp;
use serde_json::json;

use super::{merge, note, open, queue_at, supplement};
use crate::access::policy::{Action, check, may};
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result, one_row};
use crate::core::event::Event;
use crate::core::ids::{AccountId, AnyId, OrgId};
use crate::core::text::{Line, Prose};
use crate::core::tlp::Tlp;
use crate::incidents::merging::Seen;
use crate::incidents::model::{Audience, Category, Incident, Triage, priority, widest_label};
use crate::incidents::status::{self, CloseReason, Command, Status};
use crate::incidents::tasks::service as tasks;
use crate::incidents::timeline::service as timeline;
use crate::incidents::{notices, store};
use crate::mail::confidential::withdraw;
use crate::store::{At, Tx};

fn step(incident: &Incident, command: Command) -> Result<Status> {
    if incident.merged.is_some() {
        return Err(Error::Conflict("incident-refused-merged"));
    }
    status::next(incident.status, command).map_err(Error::Conflict)
}

fn audit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    incident: &Incident,
    detail: serde_json::Value,
) -> Result<()> {
    let mut entry =
        Entry::new(action, SubjectKind::Incident, incident.id).organisation(incident.organisation);
    if let serde_json::Value::Object(detail) = detail {
        entry.detail = detail;
    }
    record(tx, actor, entry)
}

/// Decides class, category, impact, spread, priority and TLP. `seen` is the version the form showed.
///
/// # Errors
/// [`Error::Stale`] when somebody changed the case since, [`Error::Invalid`] for a label that only the reporter may
/// lower, and what the policy and the status machine refuse.
pub fn triage(tx: &mut Tx<'_>, actor: &Actor, reference: &str, seen: i32, triage: &Triage) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::TriageIncident)?;
    let next = step(&incident, Command::Triage)?;
    check_label(tx, &incident, triage.tlp)?;
    let computed = priority(triage.impact, triage.spread);
    let (decided, reason) = match &triage.priority {
        Some((chosen, reason)) if *chosen != computed => (*chosen, Some(reason.as_str().to_owned())),
        _ => (computed, None),
    };
    let change = store::Change {
        status: Some(next.code()),
        class: Some(triage.class.code()),
        category: Some(Some(triage.category.code())),
        impact: Some(triage.impact.code()),
        spread: Some(triage.spread.code()),
        priority: Some(decided),
        priority_rank: Some(decided),
        tlp: Some(triage.tlp.label()),
        ..store::Change::default()
    };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    let words = store::Words { priority_reason: Some(reason), ..store::Words::default() };
    store::set_words(tx, incident.id, words)?;
    if triage.tlp == Tlp::Red && incident.tlp != Tlp::Red {
        withdraw(tx, AnyId(incident.id.0))?;
    }
    let facts = json!({
        "class": triage.class.code(), "category": triage.category.code(), "priority": decided,
        "impact": triage.impact.code(), "spread": triage.spread.code(), "tlp": triage.tlp.label(),
        "from_tlp": incident.tlp.label(),
        "from": incident.status.code(), "to": next.code(),
    });
    note(tx, actor, &incident, "triaged", Audience::Involved, facts.clone(), None)?;
    audit(tx, actor, "incident.triage", &incident, facts)?;
    if next != incident.status {
        merge::carry(tx, actor, &incident, Seen { status: next, close_reason: None, closed_at: None })?;
    }
    tx.emit(Event::IncidentTriaged(incident.id));
    taken_up(tx, actor, &incident);
    Ok(())
}

/// Tells that somebody works on the case.
fn taken_up(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) {
    if let Some(account) = actor.account {
        tx.emit(Event::IncidentTakenUp(incident.id, account));
    }
}

/// Only the source lowers a label or permits wider sharing (TLP 2.0).
fn check_label(tx: &mut Tx<'_>, incident: &Incident, wanted: Tlp) -> Result<()> {
    if wanted < incident.tlp && wanted < widest_label(super::inform(tx, incident.id)?) {
        return Err(FieldError::new("tlp", "incident-refused-tlp").into());
    }
    Ok(())
}

/// Gives the case to an analyst, or to nobody.
///
/// # Errors
/// [`Error::Invalid`] when the account does not work on cases, [`Error::Stale`] as in [`triage`].
pub fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    seen: i32,
    to: Option<AccountId>,
) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::AssignIncident)?;
    if incident.status == Status::Closed {
        return Err(Error::Conflict("incident-refused-closed"));
    }
    let name = match to {
        Some(account) => Some(assignable(tx, &incident, account)?),
        None => None,
    };
    let change = store::Change { assignee_id: Some(to), ..store::Change::default() };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    note(tx, actor, &incident, "assigned", Audience::Involved, json!({ "to": name }), None)?;
    if to.is_some() {
        taken_up(tx, actor, &incident);
    }
    audit(tx, actor, "incident.assign", &incident, json!({ "assignee": to }))
}

/// The name of an account that may work on this case.
pub(in crate::incidents) fn assignable(
    tx: &mut Tx<'_>,
    incident: &Incident,
    account: AccountId,
) -> Result<String> {
    let refused = || Error::Invalid(vec![FieldError::new("assignee", "error-choice")]);
    let assignee = access::load_actor(tx, account)?.ok_or_else(refused)?;
    let facts = super::case_facts_for(tx, &assignee, incident)?;
    check(tx, &assignee, Action::TriageIncident, facts).map_err(|_| refused())?;
    Ok(assignee.name)
}

/// Moves the case to another status by hand; from closed to in progress is [`reopen`].
///
/// # Errors
/// [`Error::Conflict`] with what the status machine says, [`Error::Stale`] as in [`triage`].
pub fn set_status(tx: &mut Tx<'_>, actor: &Actor, reference: &str, seen: i32, to: Status) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::ChangeStatus)?;
    if (incident.status, to) == (Status::Closed, Status::InProgress) {
        return reopen(tx, actor, reference, seen);
    }
    let next = step(&incident, Command::Set(to))?;
    let change = store::Change { status: Some(next.code()), ..store::Change::default() };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    status_changed(tx, actor, &incident, next, None)
}

/// Ends the case with a reason; also takes it out of the queue.
///
/// # Errors
/// As [`set_status`]; [`Error::Invalid`] for a merge, which says into what ([`super::merge`]).
pub fn close(tx: &mut Tx<'_>, actor: &Actor, reference: &str, seen: i32, reason: CloseReason) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::ChangeStatus)?;
    if reason == CloseReason::Merged {
        return Err(FieldError::new("reason", "incident-refused-merge-into").into());
    }
    end(tx, actor, &incident, seen, reason)
}

/// [`close`] of a case that the policy was asked for.
pub(super) fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    seen: i32,
    reason: CloseReason,
) -> Result<()> {
    let next = step(incident, Command::Close(reason))?;
    let change = store::Change {
        status: Some(next.code()),
        close_reason: Some(Some(reason.code())),
        is_open: Some(false),
        follow_up_at: Some(None),
        deadline_at: Some(None),
        deadline_kind: Some(None),
        closed_at: Some(Some(tx.at())),
        ..store::Change::default()
    };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    store::set_words(tx, incident.id, store::Words { waiting_on: Some(None), ..store::Words::default() })?;
    tx.emit(Event::IncidentClosed(incident.id));
    status_changed(tx, actor, incident, next, Some(reason))
}

/// Takes a closed case up again.
///
/// # Errors
/// As [`set_status`].
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, reference: &str, seen: i32) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::ChangeStatus)?;
    let next = step(&incident, Command::Reopen)?;
    one_row(store::change(tx, incident.id, seen, opened(&incident, next))?)?;
    tx.emit(Event::IncidentReopened(incident.id));
    tasks::again(tx, incident.id)?;
    status_changed(tx, actor, &incident, next, None)
}

/// Takes back that a case was closed: it stands where it stood before.
///
/// # Errors
/// As [`set_status`]; [`Error::Conflict`] for a case that is not closed.
pub fn take_back_closing(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    seen: i32,
    to: Status,
) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::ChangeStatus)?;
    let next = step(&incident, Command::TakeBackClosing(to))?;
    one_row(store::change(tx, incident.id, seen, opened(&incident, next))?)?;
    tx.emit(Event::IncidentReopened(incident.id));
    status_changed(tx, actor, &incident, next, None)
}

/// Sets the category alone, before triage too; `None` takes back one that triage never decided.
///
/// # Errors
/// [`Error::Conflict`] for a closed case, [`Error::Stale`] as in [`triage`].
pub fn categorise(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    seen: i32,
    category: Option<Category>,
) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::TriageIncident)?;
    if incident.status == Status::Closed {
        return Err(Error::Conflict("incident-refused-closed"));
    }
    let code = category.map(Category::code);
    let change = store::Change { category: Some(code), ..store::Change::default() };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    let facts = json!({ "category": code, "from_category": incident.category.map(Category::code) });
    note(tx, actor, &incident, "categorised", Audience::Team, facts.clone(), None)?;
    audit(tx, actor, "incident.categorise", &incident, facts)
}

/// A closed case to which an organisation has something to say is open again, whoever works on it.
pub(super) fn open_again(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) -> Result<()> {
    let next = step(incident, Command::Reopen)?;
    store::touch(tx, incident.id, opened(incident, next))?;
    tx.emit(Event::IncidentReopened(incident.id));
    tasks::again(tx, incident.id)?;
    status_changed(tx, actor, incident, next, None)
}

fn opened(incident: &Incident, next: Status) -> store::Change {
    store::Change {
        status: Some(next.code()),
        close_reason: Some(None),
        is_open: Some(true),
        closed_at: Some(None),
        queue_at: Some(At(queue_at(incident.reported_at, None, None))),
        ..store::Change::default()
    }
}

/// What a line about another status says.
pub(super) fn status_facts(from: Status, to: Status, reason: Option<CloseReason>) -> serde_json::Value {
    let mut facts = json!({ "from": from.code(), "to": to.code() });
    if let Some(reason) = reason {
        facts["reason"] = reason.code().into();
    }
    facts
}

fn status_changed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    next: Status,
    reason: Option<CloseReason>,
) -> Result<()> {
    let facts = status_facts(incident.status, next, reason);
    note(tx, actor, incident, "status", Audience::Involved, facts.clone(), None)?;
    audit(tx, actor, "incident.status", incident, facts)?;
    let closed_at = (next == Status::Closed).then(|| tx.now());
    merge::carry(tx, actor, incident, Seen { status: next, close_reason: reason, closed_at })
}

/// Marks for whom or what the case waits and when it comes back by itself; `None` takes it up again.
///
/// # Errors
/// [`Error::Invalid`] for a follow-up in the past, [`Error::Stale`] as in [`triage`].
pub fn set_waiting(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    seen: i32,
    waiting: Option<(&Line<120>, Timestamp)>,
) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::WaitForSomebody)?;
    if incident.status == Status::Closed {
        return Err(Error::Conflict("incident-refused-closed"));
    }
    if waiting.is_some_and(|(_, until)| until <= tx.now()) {
        return Err(Error::Invalid(vec![FieldError::new("follow_up_at", "error-date-past")]));
    }
    let until = waiting.map(|(_, until)| until);
    let change = store::Change {
        follow_up_at: Some(until.map(At)),
        queue_at: Some(At(queue_at(incident.reported_at, incident.deadline_at, until))),
        ..store::Change::default()
    };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    let on = waiting.map(|(on, _)| on.as_str().to_owned());
    store::set_words(tx, incident.id, store::Words { waiting_on: Some(on), ..store::Words::default() })?;
    let facts = json!({ "until": until.map(|until| until.to_string()) });
    note(tx, actor, &incident, "waiting", Audience::Team, facts.clone(), waiting.map(|(on, _)| on.as_str()))?;
    audit(tx, actor, "incident.wait", &incident, facts)
}

/// Shuts the case off to named persons, or opens it to the whole team and organisation again.
///
/// Whoever restricts a case stays among the named, and names at least one person, be it only themself.
///
/// # Errors
/// [`Error::Invalid`] when nobody is named or somebody without an account is, [`Error::Stale`] as in [`triage`].
pub fn restrict(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    seen: i32,
    named: Option<&[AccountId]>,
) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::RestrictIncident)?;
    let mut accounts = named.unwrap_or_default().to_vec();
    if named.is_some() {
        check_named(tx, &accounts)?;
        accounts.extend(actor.account);
    }
    accounts.sort_unstable();
    accounts.dedup();
    let change = store::Change { is_restricted: Some(named.is_some()), ..store::Change::default() };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    store::set_named(tx, incident.id, &accounts)?;
    if named.is_some() {
        withdraw(tx, AnyId(incident.id.0))?;
    }
    let facts = json!({ "restricted": named.is_some(), "named": accounts.len() });
    note(tx, actor, &incident, "restricted", Audience::Team, facts.clone(), None)?;
    audit(tx, actor, "incident.restrict", &incident, facts)
}

fn check_named(tx: &mut Tx<'_>, named: &[AccountId]) -> Result<()> {
    let refused = |why| Err(FieldError::new("named", why).into());
    if named.is_empty() {
        return refused("error-required");
    }
    let known = access::names(tx, named)?;
    if named.iter().all(|account| known.contains_key(account)) { Ok(()) } else { refused("error-choice") }
}

/// Writes to the timeline for exactly this audience. To one organisation writes the team, and who acts for it; to all
/// involved, and for itself, the team alone: who reports anonymously would tell the others by it who they are.
///
/// # Errors
/// [`Error::Forbidden`] for what only the team writes, [`Error::Invalid`] for an organisation without a part
/// or for which the actor does not act.
pub fn message(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    audience: Audience,
    text: &Prose,
) -> Result<()> {
    let action = match audience {
        Audience::Organisation(_) => Action::WriteToInvolved,
        Audience::Team | Audience::Involved => Action::WriteTeamNote,
    };
    let (incident, sight) = open(tx, actor, reference, action)?;
    let is_team = may(tx, actor, Action::WriteTeamNote, sight.facts);
    if let Audience::Organisation(org) = audience {
        let involved = store::involvements_of(tx, incident.id)?.iter().any(|i| i.organisation == org);
        if !involved || !(is_team || sight.organisations.contains(&org)) {
            return Err(Error::Invalid(vec![FieldError::new("audience", "error-choice")]));
        }
    }
    let (kind, called) = match audience {
        Audience::Team => ("note", timeline::called(tx, actor, &incident, text.as_str())?),
        Audience::Organisation(_) | Audience::Involved => ("message", Vec::new()),
    };
    let mut facts = json!({});
    if !called.is_empty() {
        facts["mentions"] = called.iter().map(|(_, name)| name.as_str()).collect();
        timeline::call(tx, &incident, &called)?;
    }
    note(tx, actor, &incident, kind, audience, facts, Some(text.as_str()))?;
    audit(tx, actor, "incident.message", &incident, json!({ "audience": audience.code() }))?;
    notices::message(tx, actor, &incident, audience, text.as_str())?;
    if is_team { Ok(()) } else { supplement::heard(tx, actor, &incident) }
}

/// The organisation that a message "to the organisation" goes to: the reporter's for the team, one's own otherwise.
///
/// # Errors
/// [`Error::NotFound`] where the case does not exist for the actor, [`Error::Invalid`] where there is none.
pub fn counterpart(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<OrgId> {
    let (incident, sight) = open(tx, actor, reference, Action::WriteToInvolved)?;
    let is_team = may(tx, actor, Action::WriteTeamNote, sight.facts);
    let chosen = if is_team { incident.organisation } else { sight.organisations.first().copied() };
    chosen.ok_or_else(|| FieldError::new("text", "error-choice").into())
}
