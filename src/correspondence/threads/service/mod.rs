//! What the team does with threads, and what becomes of an answer. What third parties are written and write is the
//! team's alone; of a case for named persons, theirs.

mod arrive;
mod silence;
mod write;

pub use arrive::{by_subject, by_token, of_sender, party_of, received};
pub use silence::{fall_silent, on_event};
pub use write::{close, open, renew, reopen, set_their_reference, write};

use super::model::{Message, Thread};
use super::store;
use crate::access::policy::{Action, check, may};
use crate::audit::model::{Entry as Trail, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, ThreadId};
use crate::incidents::model::{Entry, Incident};
use crate::incidents::service as incidents;
use crate::mail::outbox;
use crate::store::Tx;

/// Mails of a thread that its page shows, the newest; all of them stand on the timeline.
const SHOWN: i64 = 200;

/// A case, for who may do this in it.
fn find(tx: &mut Tx<'_>, actor: &Actor, reference: &str, action: Action) -> Result<(Incident, bool)> {
    let incident = incidents::load_by_reference(tx, reference)?;
    let facts = incidents::case_facts(tx, actor, incident.id)?;
    check(tx, actor, Action::ShowIncident, facts)?;
    check(tx, actor, action, facts)?;
    let may_write = may(tx, actor, Action::WriteThread, facts);
    Ok((incident, may_write))
}

/// A thread of this case and no other.
fn of_case(tx: &mut Tx<'_>, incident: &Incident, id: ThreadId) -> Result<Thread> {
    store::lookup(tx, id)?.filter(|thread| thread.incident == incident.id).ok_or(Error::NotFound)
}

fn audit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    incident: &Incident,
    thread: ThreadId,
) -> Result<()> {
    let entry = Trail::new(action, SubjectKind::Incident, incident.id).organisation(incident.organisation);
    record(tx, actor, entry.with("thread", thread.to_string()))
}

/// Whether the actor may begin threads in this case: asked before what was typed is judged.
///
/// # Errors
/// The policy's.
pub fn may_open(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<()> {
    find(tx, actor, reference, Action::WriteThread).map(drop)
}

/// Whether the actor may change this thread of this case: asked before what was typed is judged.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for a thread of another case.
pub fn may_change(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: ThreadId) -> Result<()> {
    let (incident, _) = find(tx, actor, reference, Action::WriteThread)?;
    of_case(tx, &incident, id).map(drop)
}

/// The threads of a case.
pub struct Board {
    pub incident: Incident,
    /// With the reference of the case that each belongs to: those of what was merged into it are among them.
    pub threads: Vec<(String, Thread)>,
    pub may_write: bool,
}

/// The threads of a case and of what was merged into it, as far as the actor may see that. That it was looked at is
/// recorded.
///
/// # Errors
/// The policy's.
pub fn board(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Board> {
    let (incident, may_write) = find(tx, actor, reference, Action::ReadTeamNotes)?;
    let (_, parts, _) = incidents::members(tx, actor, reference)?;
    let mut cases = vec![(incident.id, incident.reference.clone())];
    cases.extend(parts.into_iter().map(|row| (row.id, row.reference)));
    let ids: Vec<_> = cases.iter().map(|(id, _)| *id).collect();
    let threads = store::list(tx, &ids)?;
    let of = |thread: Thread| {
        let case = cases.iter().find(|(id, _)| *id == thread.incident);
        (case.map_or_else(String::new, |(_, reference)| reference.clone()), thread)
    };
    Ok(Board { threads: threads.into_iter().map(of).collect(), incident, may_write })
}

/// One thread with its mails.
pub struct Shown {
    pub incident: Incident,
    pub thread: Thread,
    /// The oldest first; without its line where that is gone.
    pub messages: Vec<(Message, Option<Entry>)>,
    pub may_write: bool,
}

/// A thread of a case, and records that it was looked at.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for a thread of another case.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: ThreadId) -> Result<Shown> {
    let (incident, may_write) = find(tx, actor, reference, Action::ReadTeamNotes)?;
    let thread = of_case(tx, &incident, id)?;
    let mut messages = store::messages(tx, id, SHOWN)?;
    let mails = outbox::list(tx, AnyId(id.0))?;
    for message in &mut messages {
        let own = mails.iter().find(|mail| Some(mail.id) == message.mail);
        message.stands = own.map(|mail| mail.state);
    }
    let ids: Vec<_> = messages.iter().map(|message| message.entry).collect();
    let mut lines = incidents::lines(tx, &ids)?;
    let with_line = |message: Message| {
        let at = lines.iter().position(|line| line.id == message.entry);
        (message, at.map(|at| lines.swap_remove(at)))
    };
    let messages = messages.into_iter().map(with_line).collect();
    audit(tx, actor, "incident.view", &incident, id)?;
    Ok(Shown { incident, thread, messages, may_write })
}

/// How many threads of a case wait for an answer, and how many stand open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub open: usize,
    pub waiting: usize,
    /// Of those that wait, where the reminder went off.
    pub silent: usize,
}

/// The same for the page of a case, whose reader the caller has asked the policy for.
///
/// # Errors
/// The database's.
pub fn counts(tx: &mut Tx<'_>, incident: &Incident) -> Result<Counts> {
    use super::model::State;
    let open: Vec<_> = store::list(tx, &[incident.id])?;
    let open: Vec<_> = open.into_iter().filter(|thread| thread.state == State::Open).collect();
    Ok(Counts {
        open: open.len(),
        waiting: open.iter().filter(|thread| thread.waits_since.is_some()).count(),
        silent: open.iter().filter(|thread| thread.is_silent).count(),
    })
}
