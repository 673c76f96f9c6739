//! What pages and programs show of tasks.

use jiff::Timestamp;

use super::{library, of_case, of_organisation};
use crate::access::policy::{Action, Facts, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{IncidentId, TaskId};
use crate::core::page::{Page, read_cursor};
use crate::incidents::model::Incident;
use crate::incidents::policy;
use crate::incidents::service::open;
use crate::incidents::status::Status;
use crate::incidents::tasks::model::{Mine, Run, State, Task};
use crate::incidents::tasks::playbook::Playbook;
use crate::incidents::tasks::store::{self, Whose};
use crate::store::Tx;

/// The tasks of a case for one viewer.
#[derive(Debug, Clone)]
pub struct Board {
    pub incident: Incident,
    /// For the team all; for others what is asked of their organisations.
    pub tasks: Vec<Task>,
    /// For the team.
    pub runs: Vec<Run>,
    /// The playbook that fits the case's category, for who may start one.
    pub suggested: Option<Playbook>,
    pub is_team: bool,
    pub may_manage: bool,
    pub may_answer: bool,
}

fn board_of(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Board> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    let is_team = may(tx, actor, Action::ReadTeamNotes, sight.facts);
    let only = if is_team { None } else { Some(sight.organisations.as_slice()) };
    let mut tasks = store::list(tx, incident.id, only)?;
    if !is_team {
        tasks = tasks.into_iter().map(Task::as_asked).collect();
    }
    let runs = if is_team { store::runs_of(tx, incident.id)? } else { Vec::new() };
    let is_open = incident.status != Status::Closed;
    let may_manage = is_open && may(tx, actor, Action::ManageTasks, sight.facts);
    let suggested = if may_manage { library(tx)?.suggested(incident.category).cloned() } else { None };
    let may_answer = is_open && may(tx, actor, Action::AnswerTask, sight.facts);
    Ok(Board { incident, tasks, runs, suggested, is_team, may_manage, may_answer })
}

fn seen(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) -> Result<()> {
    let entry = Entry::new("incident.view", SubjectKind::Incident, incident.id);
    record(tx, actor, entry.organisation(incident.organisation).with("part", "tasks"))
}

/// All tasks of a case, for features that ask the policy themselves whether somebody may have the whole case.
///
/// # Errors
/// The database's.
pub(in crate::incidents) fn all_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Task>> {
    store::list(tx, incident, None)
}

/// The tasks of a case for the case's own page, which asks and records by itself.
///
/// # Errors
/// [`Error::NotFound`] where the case does not exist for the actor.
pub fn summary(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Board> {
    board_of(tx, actor, reference)
}

/// All tasks of a case, for the team's page of them.
///
/// # Errors
/// The policy's.
pub fn board(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Board> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    check(tx, actor, Action::ReadTeamNotes, sight.facts)?;
    seen(tx, actor, &incident)?;
    board_of(tx, actor, reference)
}

/// The tasks that the actor may see, for a program.
///
/// # Errors
/// [`Error::NotFound`] where the case does not exist for the actor.
pub fn open_of(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Board> {
    let board = board_of(tx, actor, reference)?;
    seen(tx, actor, &board.incident)?;
    Ok(board)
}

/// One task for who looks at it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub incident: Incident,
    pub task: Task,
    pub is_team: bool,
    pub may_manage: bool,
    pub may_answer: bool,
}

/// One task, for the team or for the organisation of which it is asked.
///
/// # Errors
/// [`Error::NotFound`] for everybody else.
pub fn asked(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: TaskId) -> Result<Asked> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    let is_team = may(tx, actor, Action::ReadTeamNotes, sight.facts);
    let task = if is_team {
        of_case(tx, &incident, id)?
    } else {
        of_organisation(tx, &incident, &sight, id)?.as_asked()
    };
    seen(tx, actor, &incident)?;
    let is_open = incident.status != Status::Closed;
    let may_manage = is_open && may(tx, actor, Action::ManageTasks, sight.facts);
    let may_answer = is_open && task.state == State::Open && may(tx, actor, Action::AnswerTask, sight.facts);
    Ok(Asked { incident, task, is_team, may_manage, may_answer })
}

/// A task as it stands, for whoever is about to change it.
///
/// # Errors
/// The policy's.
pub fn before(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: TaskId) -> Result<Task> {
    let (incident, _) = open(tx, actor, reference, Action::ManageTasks)?;
    of_case(tx, &incident, id)
}

/// What is asked of the actor's organisations in a case and still open, what is due first first.
#[must_use]
pub fn asked_of(board: &Board) -> Vec<&Task> {
    if board.is_team || board.incident.status == Status::Closed {
        return Vec::new();
    }
    let mut asked: Vec<&Task> = board.tasks.iter().filter(|task| task.state == State::Open).collect();
    asked.sort_by_key(|task| (task.due_at.is_none(), task.due_at, task.place));
    asked
}

/// The actor's open tasks over all cases, what is due first first.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a cursor that is none.
pub fn mine(tx: &mut Tx<'_>, actor: &Actor, cursor: Option<&str>, limit: i64) -> Result<Page<Mine>> {
    check(tx, actor, Action::ManageTasks, Facts::of(actor))?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let after = cursor.map(parse_cursor).transpose()?;
    let rows = store::mine(tx, &Whose::Account(account), after, limit + 1)?;
    Ok(Page::cut(rows, limit, |row| format!("{}_{}", row.sort_at.as_microsecond(), row.id)))
}

/// What is asked of the actor's own organisations over all cases, what is due first first; nothing for the CERT.
///
/// # Errors
/// The database's.
pub fn asked_of_houses(tx: &mut Tx<'_>, actor: &Actor, limit: i64) -> Result<Vec<Mine>> {
    match policy::scope(tx, actor)? {
        policy::Scope::Organisations { account, organisations, .. } if !organisations.is_empty() => {
            store::mine(tx, &Whose::Organisations(account, &organisations), None, limit)
        }
        _ => Ok(Vec::new()),
    }
}

fn parse_cursor(cursor: &str) -> Result<(Timestamp, TaskId)> {
    let refused = || Error::Invalid(vec![FieldError::new("ab", "error-cursor")]);
    let text = read_cursor(cursor).ok_or_else(refused)?;
    let (micros, id) = text.split_once('_').ok_or_else(refused)?;
    let at = micros.parse().ok().and_then(|micros| Timestamp::from_microsecond(micros).ok());
    match (at, id.parse()) {
        (Some(at), Ok(id)) => Ok((at, id)),
        _ => Err(refused()),
    }
}
