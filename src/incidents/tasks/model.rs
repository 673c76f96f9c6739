//! What a task is: a step with an owner and a due time; and the playbook that made it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::codes::codes;
use crate::core::error::{FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AccountId, EvidenceId, IncidentId, OrgId, RunId, TaskId};
use crate::core::text::{Block, Fields, Title};

codes! {
    /// Where a task stands.
    State {
        Open = "open",
        Done = "done",
        NotNeeded = "not_needed",
    }
}

codes! {
    /// What an organisation says to a task.
    Answer {
        Done = "done",
        Question = "question",
        Cannot = "cannot",
    }
}

impl State {
    /// The Fluent key of its word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "task-state-open",
            Self::Done => "task-state-done",
            Self::NotNeeded => "task-state-not-needed",
        }
    }
}

impl Answer {
    /// The Fluent key of what was answered.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Done => "task-answered-done",
            Self::Question => "task-answered-question",
            Self::Cannot => "task-answered-cannot",
        }
    }
}

/// Whose a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Of the team, and nobody's yet.
    Nobody,
    Account(AccountId),
    /// It is asked of an organisation that has a part in the case.
    Organisation(OrgId),
}

impl Owner {
    /// Reads what [`std::fmt::Display`] writes: nothing, `konto:ID`, `stelle:ID`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word.is_empty() {
            return Some(Self::Nobody);
        }
        match word.split_once(':')? {
            ("konto", id) => id.parse().ok().map(Self::Account),
            ("stelle", id) => id.parse().ok().map(Self::Organisation),
            _ => None,
        }
    }

    /// The organisation, where it is one's.
    #[must_use]
    pub fn organisation(self) -> Option<OrgId> {
        match self {
            Self::Organisation(org) => Some(org),
            Self::Nobody | Self::Account(_) => None,
        }
    }

    /// The account, where it is one's.
    #[must_use]
    pub fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::Nobody | Self::Organisation(_) => None,
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nobody => Ok(()),
            Self::Account(id) => write!(f, "konto:{id}"),
            Self::Organisation(id) => write!(f, "stelle:{id}"),
        }
    }
}

/// What somebody writes into a task, checked.
#[derive(Debug, Clone)]
pub struct Input {
    pub title: Title,
    pub body: Option<Block<4000>>,
    pub why: Option<Block<1000>>,
    pub owner: Owner,
    pub due: Option<Timestamp>,
    pub needs_evidence: bool,
}

/// What an organisation answers, checked.
#[derive(Debug, Clone)]
pub struct Reply {
    pub answer: Answer,
    pub text: Option<Block<4000>>,
}

impl Reply {
    /// Reads an answer. Only what is done needs no words.
    ///
    /// # Errors
    /// [`crate::core::error::Error::Invalid`] by field.
    pub fn parse(answer: &str, text: &str) -> Result<Self> {
        let mut fields = Fields::default();
        let answer = fields.keep("answer", Answer::parse(answer).ok_or("task-answer-required"));
        let said = fields.keep("text", Block::parse_optional(text)).flatten();
        if answer.is_some_and(|answer| answer != Answer::Done) && said.is_none() && fields.is_empty() {
            return Err(FieldError::new("text", "task-answer-words").into());
        }
        fields.done(answer.map(|answer| Self { answer, text: said }))
    }
}

/// A task as it stands.
#[derive(Debug, Clone)]
pub struct Task {
    pub id: TaskId,
    pub incident: IncidentId,
    pub run: Option<RunId>,
    /// Where it stands among the tasks of its case.
    pub place: i32,
    pub owner: Owner,
    pub state: State,
    pub due_at: Option<Timestamp>,
    pub needs_evidence: bool,
    /// The timer has said that its time passed.
    pub is_overdue: bool,
    pub answer: Option<Answer>,
    pub answered_at: Option<Timestamp>,
    /// Rises with each change; a form sends back the one it saw.
    pub version: i32,
    pub title: String,
    pub body: String,
    pub why: String,
    /// What came of it, or why it is not needed.
    pub result: String,
    pub answer_text: String,
    pub answered_by: String,
    pub files: Vec<EvidenceId>,
}

impl Task {
    /// The title, or what stands for one that was erased.
    #[must_use]
    pub fn shown_title(&self) -> String {
        shown(&self.title)
    }

    /// As the organisation has it of which it is asked: how the team ended it is the team's word.
    #[must_use]
    pub fn as_asked(self) -> Self {
        Self { result: String::new(), files: Vec::new(), ..self }
    }
}

fn shown(title: &str) -> String {
    if title.is_empty() { text(Lang::De, "task-erased").into_owned() } else { title.to_owned() }
}

/// A playbook that was started on a case.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: RunId,
    pub playbook: String,
    pub version: i32,
    pub digest: String,
    pub started_at: Timestamp,
    pub stopped_at: Option<Timestamp>,
    pub title: String,
    pub stop_reason: Option<String>,
}

/// Where a task is moved among its case's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
}

/// A task of a list over several cases.
#[derive(Debug, Clone)]
pub struct Mine {
    pub id: TaskId,
    pub reference: String,
    /// Of the case; empty where it was erased.
    pub case_title: String,
    pub title: String,
    pub due_at: Option<Timestamp>,
    pub version: i32,
    /// Where it stands in the list.
    pub sort_at: Timestamp,
}

impl Mine {
    /// As [`Task::shown_title`].
    #[must_use]
    pub fn shown_title(&self) -> String {
        shown(&self.title)
    }
}

/// Wakes when a task falls due.
#[derive(Debug, Serialize, Deserialize)]
pub struct FallDue {
    pub task: TaskId,
}

/// Behind all that is due: what a task without a time is sorted by.
const BEHIND_ALL: SignedDuration = SignedDuration::from_hours(24 * 36_500);

/// What a task is sorted by in lists over several cases.
#[must_use]
pub fn sort_at(created: Timestamp, due: Option<Timestamp>) -> Timestamp {
    due.unwrap_or_else(|| created.checked_add(BEHIND_ALL).unwrap_or(created))
}
