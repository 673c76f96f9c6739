//! What the team's forms of a task say.

use jiff::Timestamp;

use crate::core::actor::Actor;
use crate::core::error::{FieldError, Result};
use crate::core::ids::{EvidenceId, TaskId};
use crate::core::text::{Block, Fields, Title};
use crate::core::when;
use crate::incidents::tasks::model::{Input, Move, Owner, State, Task};
use crate::incidents::tasks::service;
use crate::store::Tx;
use crate::web::FormData;

/// What the summary of refused input calls the fields.
pub const LABELS: &[(&str, &str)] = &[
    ("title", "task-title"),
    ("body", "task-body"),
    ("why", "task-why"),
    ("owner", "task-owner"),
    ("due", "task-due"),
    ("result", "task-result"),
    ("files", "task-files"),
    ("answer", "task-answer"),
    ("text", "task-answer-text"),
    ("playbook", "playbook-which"),
    ("run", "playbook-which"),
    ("stop_reason", "playbook-stop-reason"),
];

/// The version that a form saw.
pub fn version(typed: &FormData) -> Result<i32> {
    typed.get("version").parse().map_err(|_| FieldError::new("version", "error-number").into())
}

/// A task as it was typed. A time that stands as it stood is taken as it is: it may have passed.
pub fn input(typed: &FormData, before: Option<&Task>, now: Timestamp) -> Result<Input> {
    let mut fields = Fields::default();
    let title = fields.keep("title", Title::parse(typed.get("title")));
    let body = fields.keep("body", Block::parse_optional(typed.get("body")));
    let why = fields.keep("why", Block::parse_optional(typed.get("why")));
    let owner = fields.keep("owner", Owner::parse(typed.get("owner")).ok_or("error-choice"));
    let due = fields.keep("due", due(typed.get("due"), before, now));
    let new = (|| {
        Some(Input {
            title: title?,
            body: body?,
            why: why?,
            owner: owner?,
            due: due?,
            needs_evidence: typed.is("evidence", "ja"),
        })
    })();
    fields.done(new)
}

fn due(typed: &str, before: Option<&Task>, now: Timestamp) -> Result<Option<Timestamp>, &'static str> {
    let stood = before.and_then(|task| task.due_at);
    match typed.trim() {
        "" => Ok(None),
        same if stood.is_some_and(|due| when::absolute(due) == same) => Ok(stood),
        other => when::parse_near(other, now).map(Some),
    }
}

/// Which button was pressed, with what belongs to it.
pub enum Act {
    Save(i32, Input),
    Close(i32, State, Option<Block<4000>>, Vec<EvidenceId>),
    Reopen(i32),
    Put(i32, Move),
}

impl Act {
    /// Reads the form; its version first.
    pub fn parse(typed: &FormData, before: &Task, now: Timestamp) -> Result<Self> {
        let seen = version(typed)?;
        match typed.get("tun") {
            "speichern" => Ok(Self::Save(seen, input(typed, Some(before), now)?)),
            "erledigt" => Self::closing(typed, seen, State::Done),
            "unnoetig" => Self::closing(typed, seen, State::NotNeeded),
            "wieder" => Ok(Self::Reopen(seen)),
            "hoch" => Ok(Self::Put(seen, Move::Up)),
            "runter" => Ok(Self::Put(seen, Move::Down)),
            _ => Err(FieldError::new("tun", "error-choice").into()),
        }
    }

    fn closing(typed: &FormData, seen: i32, state: State) -> Result<Self> {
        let mut fields = Fields::default();
        let result = fields.keep("result", Block::parse_optional(typed.get("result")));
        let files: Result<Vec<EvidenceId>, _> = typed.all("files").map(str::parse).collect();
        let files = fields.keep("files", files.map_err(|_| "error-choice"));
        let (result, files) = fields.done(result.zip(files))?;
        Ok(Self::Close(seen, state, result, files))
    }

    /// Does it, and says what the page says of it afterwards.
    pub fn carry_out(
        self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        reference: &str,
        id: TaskId,
    ) -> Result<&'static str> {
        match self {
            Self::Save(seen, new) => {
                service::edit(tx, actor, reference, id, seen, &new)?;
                Ok("task-done-saved")
            }
            Self::Close(seen, state, result, files) => {
                service::close(tx, actor, reference, (id, seen), state, result.as_ref(), &files)?;
                Ok(if state == State::Done { "task-done-done" } else { "task-done-not-needed" })
            }
            Self::Reopen(seen) => {
                service::reopen(tx, actor, reference, id, seen)?;
                Ok("task-done-reopened")
            }
            Self::Put(seen, to) => {
                service::put(tx, actor, reference, id, seen, to)?;
                Ok("task-done-moved")
            }
        }
    }
}
