//! What may be done with tasks. The team plans and does; what is asked of an organisation only that one sees, and who
//! writes for it.

mod change;
mod lookup;
mod run;
mod timer;

pub use change::{add, answer, close, edit, put, reopen};
pub(in crate::incidents) use lookup::all_of;
pub use lookup::{Asked, Board, asked, asked_of, asked_of_houses, before, board, mine, open_of, summary};
pub use run::{fill, start, stop};
pub(in crate::incidents) use timer::again;
pub use timer::fall_due;

use super::model::{Owner, Task};
use super::playbook::Library;
use super::store;
use crate::access::policy::Action;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::TaskId;
use crate::incidents::model::{Audience, Incident};
use crate::incidents::policy::Sight;
use crate::incidents::service::open;
use crate::incidents::status::Status;
use crate::store::Tx;

/// The files in force.
///
/// # Errors
/// [`Error::Internal`] where none were handed in.
pub fn library<'a>(tx: &Tx<'a>) -> Result<&'a Library> {
    tx.required::<Library>()
}

/// A case that is worked on, for who works on it.
fn open_case(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Incident> {
    let (incident, _) = open(tx, actor, reference, Action::ManageTasks)?;
    if incident.status == Status::Closed {
        return Err(Error::Conflict("incident-refused-closed"));
    }
    Ok(incident)
}

/// A task of this case and no other.
fn of_case(tx: &mut Tx<'_>, incident: &Incident, id: TaskId) -> Result<Task> {
    store::lookup(tx, id)?.filter(|task| task.incident == incident.id).ok_or(Error::NotFound)
}

/// A task that is asked of an organisation for which the actor acts in this case; every other does not exist for them.
fn of_organisation(tx: &mut Tx<'_>, incident: &Incident, sight: &Sight, id: TaskId) -> Result<Task> {
    let task = of_case(tx, incident, id)?;
    match task.owner.organisation() {
        Some(org) if sight.organisations.contains(&org) => Ok(task),
        _ => Err(Error::NotFound),
    }
}

/// Who reads of a task on the timeline.
fn audience(owner: Owner) -> Audience {
    owner.organisation().map_or(Audience::Team, Audience::Organisation)
}

fn audit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    incident: &Incident,
    task: &Task,
) -> Result<()> {
    let entry = Entry::new(action, SubjectKind::Incident, incident.id).organisation(incident.organisation);
    let entry = entry.with("task", task.id.to_string()).with("state", task.state.code());
    record(tx, actor, entry)
}
