//! Tasks that are written, given, moved, done and answered.

use serde_json::json;

use super::run::has_part;
use super::{audience, audit, of_case, of_organisation, open_case};
use crate::access::policy::{Action, check};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{EvidenceId, TaskId};
use crate::core::text::Block;
use crate::incidents::evidence::service as evidence;
use crate::incidents::model::Incident;
use crate::incidents::service::{assignable, heard, note, open};
use crate::incidents::status::Status;
use crate::incidents::tasks::model::{Answer, FallDue, Input, Move, Owner, Reply, State, Task, sort_at};
use crate::incidents::tasks::store::{self, Change};
use crate::incidents::{notices, store as incidents};
use crate::queue;
use crate::store::{At, Tx};

/// Whether the owner may have a task of this case.
fn check_owner(tx: &mut Tx<'_>, incident: &Incident, owner: Owner) -> Result<()> {
    let refused = || Error::from(FieldError::new("owner", "error-choice"));
    match owner {
        Owner::Nobody => Ok(()),
        Owner::Account(account) => assignable(tx, incident, account).map(|_| ()).map_err(|_| refused()),
        Owner::Organisation(org) if has_part(tx, incident, org)? => Ok(()),
        Owner::Organisation(_) => Err(refused()),
    }
}

fn check_due(tx: &Tx<'_>, due: Option<jiff::Timestamp>) -> Result<()> {
    if due.is_some_and(|due| due <= tx.now()) {
        return Err(FieldError::new("due", "error-date-past").into());
    }
    Ok(())
}

/// Adds a task by hand, behind all others; whoever it is asked of is told.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a time that is past or an owner who may not have it.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, reference: &str, new: &Input) -> Result<TaskId> {
    let incident = open_case(tx, actor, reference)?;
    check_due(tx, new.due)?;
    check_owner(tx, &incident, new.owner)?;
    let place = store::next_place(tx, incident.id)?;
    let id = store::add(tx, incident.id, None, place, new)?;
    wake(tx, id, new.due)?;
    let task = of_case(tx, &incident, id)?;
    told(tx, actor, &incident, &task, "task_added")?;
    audit(tx, actor, "incident.task_add", &incident, &task)?;
    Ok(id)
}

fn wake(tx: &mut Tx<'_>, task: TaskId, due: Option<jiff::Timestamp>) -> Result<()> {
    due.map_or(Ok(()), |at| queue::enqueue(tx, &FallDue { task }, at))
}

/// Tells who reads of it: the team, or the organisation of which it is asked, by mail as well.
fn told(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, task: &Task, kind: &str) -> Result<()> {
    let is_asked = task.owner.organisation();
    let kind = if is_asked.is_some() { "task_given" } else { kind };
    note(tx, actor, incident, kind, audience(task.owner), json!({}), Some(&task.title))?;
    is_asked.map_or(Ok(()), |organisation| notices::task(tx, incident, organisation, &[&task.title]))
}

/// Changes what a task says, whose it is and when it is due. `seen` is the version that the form showed.
///
/// # Errors
/// As [`add`]; [`Error::Stale`] when somebody changed it since, [`Error::Conflict`] for one that is not open.
pub fn edit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    id: TaskId,
    seen: i32,
    new: &Input,
) -> Result<()> {
    let incident = open_case(tx, actor, reference)?;
    let before = of_case(tx, &incident, id)?;
    check_open(&before)?;
    if new.due != before.due_at {
        check_due(tx, new.due)?;
    }
    if new.owner != before.owner {
        check_owner(tx, &incident, new.owner)?;
    }
    let is_passed = new.due.is_some_and(|due| due <= tx.now());
    let mut change = Change {
        owner_id: Some(new.owner.account()),
        organisation_id: Some(new.owner.organisation()),
        due_at: Some(new.due.map(At)),
        sort_at: Some(At(sort_at(tx.now(), new.due))),
        needs_evidence: Some(new.needs_evidence),
        is_overdue: Some(before.is_overdue && is_passed),
        ..Change::default()
    };
    if new.owner != before.owner {
        change.answer = Some(None);
        change.answered_at = Some(None);
    }
    store::change(tx, id, seen, change)?;
    store::set_words(tx, id, new)?;
    wake(tx, id, new.due.filter(|due| Some(*due) != before.due_at))?;
    let task = of_case(tx, &incident, id)?;
    if before.owner != task.owner {
        if before.owner.organisation().is_some() {
            let body = Some(before.title.as_str());
            note(tx, actor, &incident, "task_withdrawn", audience(before.owner), json!({}), body)?;
        }
        told(tx, actor, &incident, &task, "task_assigned")?;
    } else if task.owner.organisation().is_some() {
        note(tx, actor, &incident, "task_changed", audience(task.owner), json!({}), Some(&task.title))?;
    }
    audit(tx, actor, "incident.task_edit", &incident, &task)
}

fn check_open(task: &Task) -> Result<()> {
    if task.state == State::Open { Ok(()) } else { Err(Error::Conflict("task-refused-closed")) }
}

/// Ends a task: done with its result and files, or not needed with the reason.
///
/// # Errors
/// As [`edit`]; [`Error::Invalid`] without a reason, without a file where one is needed, or for a file of another case.
pub fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    (id, seen): (TaskId, i32),
    state: State,
    result: Option<&Block<4000>>,
    files: &[EvidenceId],
) -> Result<()> {
    let incident = open_case(tx, actor, reference)?;
    let task = of_case(tx, &incident, id)?;
    check_open(&task)?;
    if state == State::NotNeeded && result.is_none() {
        return Err(FieldError::new("result", "task-reason-required").into());
    }
    check_files(tx, actor, reference, &task, state, files)?;
    store::change(tx, id, seen, Change { state: Some(state.code()), ..Change::default() })?;
    let said = result.map_or("", |result| result.as_str());
    store::set_result(tx, id, said)?;
    store::set_files(tx, id, files)?;
    let ended = Task { state, ..task };
    let kind = if state == State::Done { "task_done" } else { "task_not_needed" };
    note(tx, actor, &incident, kind, audience(ended.owner), json!({}), Some(&ended.title))?;
    audit(tx, actor, "incident.task_close", &incident, &ended)
}

fn check_files(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    task: &Task,
    state: State,
    files: &[EvidenceId],
) -> Result<()> {
    let refused = |why| Err(FieldError::new("files", why).into());
    if state == State::Done && task.needs_evidence && files.is_empty() {
        return refused("task-files-required");
    }
    let there = evidence::list(tx, actor, reference)?;
    if files.iter().all(|file| there.iter().any(|it| it.id == *file)) {
        Ok(())
    } else {
        refused("error-choice")
    }
}

/// Takes a task up again that was ended.
///
/// # Errors
/// As [`edit`]; [`Error::Conflict`] for one that is open.
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: TaskId, seen: i32) -> Result<()> {
    let incident = open_case(tx, actor, reference)?;
    let task = of_case(tx, &incident, id)?;
    if task.state == State::Open {
        return Err(Error::Conflict("task-refused-open"));
    }
    let change = Change {
        state: Some(State::Open.code()),
        answer: Some(None),
        answered_at: Some(None),
        ..Change::default()
    };
    store::change(tx, id, seen, change)?;
    store::set_result(tx, id, "")?;
    wake(tx, id, task.due_at.filter(|due| *due > tx.now()))?;
    let task = Task { state: State::Open, ..task };
    told(tx, actor, &incident, &task, "task_reopened")?;
    audit(tx, actor, "incident.task_reopen", &incident, &task)
}

/// Puts a task one place further up or down among those of its case.
///
/// # Errors
/// As [`edit`]; at the end nothing changes.
pub fn put(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: TaskId, seen: i32, to: Move) -> Result<()> {
    let incident = open_case(tx, actor, reference)?;
    let tasks = store::list(tx, incident.id, None)?;
    let at = tasks.iter().position(|task| task.id == id).ok_or(Error::NotFound)?;
    if tasks[at].version != seen {
        return Err(Error::Stale);
    }
    let other = match to {
        Move::Up => at.checked_sub(1),
        Move::Down => Some(at + 1),
    };
    let Some(other) = other.and_then(|other| tasks.get(other)) else { return Ok(()) };
    let task = &tasks[at];
    // Two that somebody put at the same place are told apart by it.
    let (mine, its) = (task.place, other.place);
    store::change(tx, task.id, task.version, Change { place: Some(its), ..Change::default() })?;
    store::change(tx, other.id, other.version, Change { place: Some(mine), ..Change::default() })?;
    audit(tx, actor, "incident.task_move", &incident, task)
}

/// The organisation answers what is asked of it: done, a question, or that it cannot. The CERT hears of it, and a
/// waiting case comes back.
///
/// # Errors
/// [`Error::NotFound`] for what is not asked of the actor's organisation; [`Error::Conflict`] for what is over.
pub fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    id: TaskId,
    seen: i32,
    reply: &Reply,
) -> Result<()> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    check(tx, actor, Action::AnswerTask, sight.facts)?;
    let task = of_organisation(tx, &incident, &sight, id)?;
    if incident.status == Status::Closed {
        return Err(Error::Conflict("incident-refused-closed"));
    }
    check_open(&task)?;
    let done = (reply.answer == Answer::Done).then(|| State::Done.code());
    let change = Change {
        state: done,
        answer: Some(Some(reply.answer.code())),
        answered_at: Some(Some(tx.at())),
        ..Change::default()
    };
    store::change(tx, id, seen, change)?;
    store::set_answer(tx, id, reply, &actor.name)?;
    let kind = format!("task_answer_{}", reply.answer.code());
    let said = match &reply.text {
        Some(text) => format!("{}\n\n{}", task.title, text.as_str()),
        None => task.title.clone(),
    };
    note(tx, actor, &incident, &kind, audience(task.owner), json!({ "who": actor.name }), Some(&said))?;
    audit(tx, actor, "incident.task_answer", &incident, &task)?;
    // The case is news in the queue.
    incidents::touch(tx, incident.id, incidents::Change::default())?;
    heard(tx, actor, &incident)
}
