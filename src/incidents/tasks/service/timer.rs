//! What happens when a task falls due.

use serde_json::json;

use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::i18n::{Lang, text};
use crate::core::ids::{IncidentId, TaskId};
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service::{load, note};
use crate::incidents::status::Status;
use crate::incidents::store;
use crate::incidents::tasks::model::{FallDue, State};
use crate::incidents::tasks::store as tasks;
use crate::queue;
use crate::store::{At, Tx};

/// Marks a task whose time has passed, once, and brings its case up in the queue. What is over, or was put off, is left
/// alone.
///
/// # Errors
/// The database's.
pub fn fall_due(tx: &mut Tx<'_>, id: TaskId) -> Result<()> {
    let Some(task) = tasks::lookup(tx, id)? else { return Ok(()) };
    let Some(due) = task.due_at.filter(|_| task.state == State::Open && !task.is_overdue) else {
        return Ok(());
    };
    if due > tx.now() {
        return queue::enqueue(tx, &FallDue { task: id }, due);
    }
    let incident = load(tx, task.incident)?;
    if incident.status == Status::Closed {
        return Ok(());
    }
    tasks::mark_overdue(tx, id)?;
    let actor = Actor::system("tasks");
    note(tx, &actor, &incident, "task_overdue", Audience::Team, json!({}), Some(&task.title))?;
    come_up(tx, &incident)?;
    let entry = Entry::new("incident.task_overdue", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("task", id.to_string());
    record(tx, &actor, entry)
}

/// A case whose follow-up is now stands among what is due, and says why; an earlier deadline stays where it is.
fn come_up(tx: &mut Tx<'_>, incident: &Incident) -> Result<()> {
    let now = tx.now();
    if incident.follow_up_at.is_some_and(|at| at <= now) {
        return Ok(());
    }
    let place = incident.deadline_at.map_or(now, |deadline| deadline.min(now));
    let change = store::Change {
        follow_up_at: Some(Some(At(now))),
        queue_at: Some(At(place)),
        ..store::Change::default()
    };
    store::touch(tx, incident.id, change)?;
    let why = text(Lang::De, "task-overdue-waits").into_owned();
    store::set_words(tx, incident.id, store::Words { waiting_on: Some(Some(why)), ..store::Words::default() })
}

/// A case that is worked on again: its tasks' timers run again.
///
/// # Errors
/// The database's.
pub(in crate::incidents) fn again(tx: &mut Tx<'_>, incident: IncidentId) -> Result<()> {
    for task in tasks::list(tx, incident, None)? {
        if let Some(due) = task.due_at.filter(|_| task.state == State::Open && !task.is_overdue) {
            queue::enqueue(tx, &FallDue { task: task.id }, due)?;
        }
    }
    Ok(())
}
