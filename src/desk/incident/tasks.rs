//! The tasks of a case on its page: for the team how far they are and what is next, for an organisation what it is asked.

use jiff::Timestamp;

use crate::core::error::Result;
use crate::core::i18n::{Lang, text};
use crate::core::ids::TaskId;
use crate::desk::words::Names;
use crate::incidents::tasks::model::{Answer, Owner, State, Task};
use crate::incidents::tasks::service::{self, Board};
use crate::store::Tx;
use crate::web::Choice;

/// Open tasks that the panel shows; the rest stands on the page of all.
const NEXT: usize = 5;

/// A task as a line of the panel.
pub(super) struct TaskLine {
    pub id: TaskId,
    pub title: String,
    pub owner: String,
    pub due_at: Option<Timestamp>,
    pub answer: Option<&'static str>,
    pub version: i32,
}

/// What the team's page shows beside the case.
pub(super) struct Panel {
    pub lines: Vec<TaskLine>,
    pub ended: usize,
    pub count: usize,
    /// Key and title of the playbook that fits, while none runs.
    pub suggested: Option<(String, String)>,
    pub may: bool,
}

fn line(task: &Task, names: &Names) -> TaskLine {
    let owner = match task.owner {
        Owner::Nobody => text(Lang::De, "task-nobody").into_owned(),
        Owner::Account(account) => names.account(Some(account)),
        Owner::Organisation(org) => names.organisation(Some(org)),
    };
    TaskLine {
        id: task.id,
        title: task.shown_title(),
        owner,
        due_at: task.due_at,
        answer: task.answer.map(Answer::label),
        version: task.version,
    }
}

/// The team's panel.
pub(super) fn panel(board: Board, names: &Names) -> Panel {
    let open: Vec<&Task> = board.tasks.iter().filter(|task| task.state == State::Open).collect();
    let suggested = board.suggested.filter(|_| board.runs.iter().all(|run| run.stopped_at.is_some()));
    Panel {
        ended: board.tasks.len() - open.len(),
        count: board.tasks.len(),
        lines: open.into_iter().take(NEXT).map(|task| line(task, names)).collect(),
        suggested: suggested.map(|book| (book.key, book.title)),
        may: board.may_manage,
    }
}

/// What the organisation is asked.
pub(super) fn asked(board: &Board, names: &Names) -> Vec<TaskLine> {
    service::asked_of(board).into_iter().map(|task| line(task, names)).collect()
}

/// The text blocks to choose from.
pub(super) fn blocks(tx: &Tx<'_>) -> Result<Vec<Choice>> {
    let blocks = service::library(tx)?.blocks().iter();
    Ok(blocks.map(|block| Choice::new(block.key.as_str(), block.title.as_str())).collect())
}
