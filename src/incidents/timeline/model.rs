//! What a timeline can be narrowed to.

use crate::core::codes::codes;
use crate::core::error::{Error, Result};
use crate::core::ids::AccountId;
use crate::core::text::Fields;
use crate::incidents::model::{Audience, Entry};

/// How many lines of one case stay on top at most: what is always there, nobody reads.
pub const MOST_PINS: i64 = 8;

codes! {
    /// What kind of line it is.
    Group {
        /// What people wrote: notes, messages, mails.
        Words = "worte",
        /// What an organisation stated.
        Reports = "meldungen",
        Tasks = "aufgaben",
        Files = "dateien",
        Escalation = "eskalation",
        /// Where the case stands, and everything else.
        State = "stand",
    }
}

impl Group {
    /// The group of a kind of line.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        match kind {
            "note" | "message" | "mail_in" | "thread_out" | "handover" => Self::Words,
            "filed" | "attached" => Self::Reports,
            "evidence" => Self::Files,
            kind if kind.starts_with("report_") => Self::Reports,
            kind if kind.starts_with("task") || kind.starts_with("playbook_") => Self::Tasks,
            kind if kind.starts_with("step_") => Self::Escalation,
            _ => Self::State,
        }
    }
}

codes! {
    /// Who reads it.
    Reader {
        Team = "team",
        Organisation = "stelle",
        Involved = "alle",
    }
}

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Account(AccountId),
    /// Nobody with an account: the product itself, or a mail.
    Nobody,
}

/// The word for [`Author::Nobody`].
pub const NOBODY: &str = "system";

/// What a timeline is narrowed to; nothing: every line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sift {
    pub group: Option<Group>,
    pub reader: Option<Reader>,
    pub author: Option<Author>,
}

impl Sift {
    /// Reads the fields of the form; an empty one narrows nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] with each field that is refused.
    pub fn read(group: &str, reader: &str, author: &str) -> Result<Self> {
        let mut fields = Fields::default();
        let mut sift = Self::default();
        if !group.is_empty() {
            sift.group = fields.keep("art", Group::parse(group).ok_or("error-choice"));
        }
        if !reader.is_empty() {
            sift.reader = fields.keep("leser", Reader::parse(reader).ok_or("error-choice"));
        }
        sift.author = match author {
            "" => None,
            NOBODY => Some(Author::Nobody),
            id => fields.keep("wer", id.parse().map(Author::Account).map_err(|_| "error-choice")),
        };
        if fields.is_empty() { Ok(sift) } else { Err(Error::Invalid(fields.0)) }
    }

    /// Whether it narrows anything.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }

    /// Whether the line stays.
    #[must_use]
    pub fn holds(&self, entry: &Entry) -> bool {
        let reader = match entry.audience {
            Audience::Team => Reader::Team,
            Audience::Organisation(_) => Reader::Organisation,
            Audience::Involved => Reader::Involved,
        };
        self.group.is_none_or(|group| group == Group::of(&entry.kind))
            && self.reader.is_none_or(|wanted| wanted == reader)
            && self.author.is_none_or(|author| match author {
                Author::Account(account) => entry.account == Some(account),
                Author::Nobody => entry.account.is_none(),
            })
    }
}

/// Whether a line can stay on top: words that people wrote, which each page about the case shows as such.
#[must_use]
pub fn is_pinnable(entry: &Entry) -> bool {
    entry.body.is_some() && Group::of(&entry.kind) == Group::Words
}
