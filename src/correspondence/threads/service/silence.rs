//! What happens when a counterpart does not answer.

use serde_json::Map;

use super::audit;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::event::Event;
use crate::core::ids::{IncidentId, ThreadId};
use crate::correspondence::threads::model::{FallSilent, State, Thread};
use crate::correspondence::threads::store::{self, Change};
use crate::incidents::model::Audience;
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::queue;
use crate::store::Tx;

/// Says once that a counterpart is silent, and brings the case up in the queue; where the case is part of another, that
/// one. What was answered, put off or closed is left alone, and so is what belongs to a closed case.
///
/// # Errors
/// The database's.
pub fn fall_silent(tx: &mut Tx<'_>, id: ThreadId) -> Result<()> {
    let Some(thread) = store::lookup(tx, id)? else { return Ok(()) };
    let Some(due) = waits(&thread) else { return Ok(()) };
    if due > tx.now() {
        return queue::enqueue(tx, &FallSilent { thread: id }, due);
    }
    let incident = incidents::load(tx, thread.incident)?;
    let stands = match &incident.merged {
        Some(merged) => incidents::load(tx, merged.lead)?,
        None => incident.clone(),
    };
    if stands.status == Status::Closed {
        return Ok(());
    }
    store::touch(tx, id, Change { is_silent: Some(true), ..Change::default() })?;
    let actor = Actor::system("threads");
    let party = thread.shown_party();
    let team = Audience::Team;
    incidents::add_system_entry(tx, &actor, incident.id, "thread_silent", team, Map::new(), Some(&party))?;
    incidents::come_up(tx, &stands, "thread-silent-waits")?;
    audit(tx, &actor, "incident.thread_silent", &incident, id)?;
    if stands.id == incident.id { Ok(()) } else { audit(tx, &actor, "incident.thread_silent", &stands, id) }
}

/// When its reminder goes off, if it still does.
fn waits(thread: &Thread) -> Option<jiff::Timestamp> {
    thread.follow_up_at.filter(|_| thread.state == State::Open && !thread.is_silent)
}

/// A case that is worked on again: the reminders of its threads run again, of what was merged into it, too.
///
/// # Errors
/// The database's.
pub fn on_event(tx: &mut Tx<'_>, event: Event) -> Result<()> {
    match event {
        Event::IncidentReopened(incident) => {
            let mut cases: Vec<IncidentId> = incidents::merged_into(tx, incident)?;
            cases.push(incident);
            again(tx, &cases)
        }
        Event::IncidentDetached { member, .. } => again(tx, &[member]),
        Event::IncidentFiled(_)
        | Event::IncidentTriaged(_)
        | Event::IncidentRead(_)
        | Event::IncidentAnswered(_)
        | Event::IncidentTakenUp(..)
        | Event::IncidentClosed(_)
        | Event::IncidentMerged { .. } => Ok(()),
    }
}

fn again(tx: &mut Tx<'_>, cases: &[IncidentId]) -> Result<()> {
    for thread in store::list(tx, cases)? {
        if let Some(due) = waits(&thread) {
            queue::enqueue(tx, &FallSilent { thread: thread.id }, due)?;
        }
    }
    Ok(())
}
