//! What happens when a task falls due.

use serde_json::json;

use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{IncidentId, TaskId};
use crate::incidents::model::Audience;
use crate::incidents::service::{come_up, load, note};
use crate::incidents::status::Status;
use crate::incidents::tasks::model::{FallDue, State};
use crate::incidents::tasks::store as tasks;
use crate::queue;
use crate::store::Tx;

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
    come_up(tx, &incident, "task-overdue-waits")?;
    let entry = Entry::new("incident.task_overdue", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("task", id.to_string());
    record(tx, &actor, entry)
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
