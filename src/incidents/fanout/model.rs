//! A question to all whom a provider serves, and what each of them said.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::codes::codes;
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{AskedId, FanoutId, IncidentId, OrgId};
use crate::core::text::{Block, Name, Prose, Title};
use crate::mail::outbox::MailState;

codes! {
    /// What an organisation says.
    Answer {
        Affected = "affected",
        NotAffected = "not_affected",
        /// It does not know yet.
        Unclear = "unclear",
    }
}

impl Answer {
    /// The Fluent key of its words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Affected => "fanout-answer-affected",
            Self::NotAffected => "fanout-answer-not-affected",
            Self::Unclear => "fanout-answer-unclear",
        }
    }
}

codes! {
    /// By which way it said so.
    AnswerWay {
        /// The link of the mail.
        Link = "link",
        /// The own page.
        Page = "page",
        /// On the telephone; whoever called wrote it down.
        Telephone = "telephone",
        /// The provider, under the organisation's mandate.
        Provider = "provider",
    }
}

impl AnswerWay {
    /// The Fluent key of its words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Link => "fanout-way-link",
            Self::Page => "fanout-way-page",
            Self::Telephone => "fanout-way-telephone",
            Self::Provider => "fanout-way-provider",
        }
    }
}

codes! {
    /// How far those who are silent were followed.
    Stage {
        /// Each was asked.
        Asked = "asked",
        /// The silent ones were asked again, with their deputies and heads.
        Reminded = "reminded",
        /// The silent ones are to be called.
        ToCall = "to_call",
    }
}

codes! {
    /// How much time there is for an answer.
    Patience {
        Hours4 = "4",
        Hours8 = "8",
        Hours24 = "24",
        Hours48 = "48",
    }
}

impl Patience {
    /// The time.
    #[must_use]
    pub fn time(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hours4 => 4,
            Self::Hours8 => 8,
            Self::Hours24 => 24,
            Self::Hours48 => 48,
        })
    }

    /// The Fluent key of its words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Hours4 => "fanout-hours-4",
            Self::Hours8 => "fanout-hours-8",
            Self::Hours24 => "fanout-hours-24",
            Self::Hours48 => "fanout-hours-48",
        }
    }
}

/// Whether somebody is asked for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    First,
    /// Once more, since nobody answered.
    Again,
}

/// What somebody adds to an answer.
pub type Note = Block<2000>;

/// A question as it is to be asked, checked.
#[derive(Debug, Clone)]
pub struct NewFanout {
    /// At whom it happened.
    pub source: OrgId,
    /// Which of its services; all where none is named.
    pub service: Option<Name>,
    pub heading: Title,
    pub notice: Prose,
    /// Whether those who are asked are told at whom it happened.
    pub is_named: bool,
    pub patience: Patience,
    /// Whom beside those that the register knows, each on a line: by name or official key.
    pub others: Option<Prose>,
}

/// A question that was asked.
#[derive(Debug, Clone)]
pub struct Fanout {
    pub id: FanoutId,
    pub incident: IncidentId,
    pub source: OrgId,
    /// Empty: all services.
    pub service: String,
    pub is_named: bool,
    pub stage: Stage,
    pub remind_at: Timestamp,
    pub answer_by: Timestamp,
    pub started_at: Timestamp,
    /// When the question was taken back or settled.
    pub ended_at: Option<Timestamp>,
    /// Empty where they were erased, as the two that follow.
    pub author: String,
    pub heading: String,
    pub notice: String,
}

/// An organisation that is asked, and what it said last.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: AskedId,
    pub organisation: OrgId,
    /// In another Land, whose CERT asks it.
    pub is_abroad: bool,
    /// To how many people a mail went.
    pub told: i32,
    pub answer: Option<Said>,
}

impl Asked {
    /// Whether the CERT waits for it.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        !self.is_abroad && self.answer.is_none()
    }
}

/// What an organisation said.
#[derive(Debug, Clone)]
pub struct Said {
    pub answer: Answer,
    pub way: AnswerWay,
    pub at: Timestamp,
    /// Empty where they were erased, as the next.
    pub author: String,
    pub note: String,
}

/// An answer as it is given.
#[derive(Debug, Clone)]
pub struct NewAnswer {
    pub answer: Answer,
    pub note: Option<Note>,
}

/// What the answers come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Asked by this CERT: the next four together.
    pub asked: usize,
    pub affected: usize,
    pub not_affected: usize,
    pub unclear: usize,
    pub silent: usize,
    /// In another Land.
    pub abroad: usize,
}

impl Counts {
    /// Counts them.
    #[must_use]
    pub fn of<'a>(all: impl IntoIterator<Item = &'a Asked>) -> Self {
        let mut counts = Self::default();
        for asked in all {
            if asked.is_abroad {
                counts.abroad += 1;
                continue;
            }
            counts.asked += 1;
            match asked.answer.as_ref().map(|said| said.answer) {
                Some(Answer::Affected) => counts.affected += 1,
                Some(Answer::NotAffected) => counts.not_affected += 1,
                Some(Answer::Unclear) => counts.unclear += 1,
                None => counts.silent += 1,
            }
        }
        counts
    }

    /// The counts in a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { asked, affected, not_affected, unclear, silent, .. } = *self;
        let counts = [
            ("asked", asked),
            ("affected", affected),
            ("not_affected", not_affected),
            ("unclear", unclear),
            ("silent", silent),
        ];
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let args = counts.map(|(name, count)| (name, number(count).into()));
        text_with(Lang::De, "fanout-counts", &args).into_owned()
    }
}

/// The best that is known of the mails to an organisation.
#[must_use]
pub fn best(states: &[MailState]) -> Option<MailState> {
    use MailState::{Accepted, Bounced, Failed, Leased, Queued};
    [Accepted, Leased, Queued, Bounced, Failed].into_iter().find(|state| states.contains(state))
}

/// Looks after those who are silent.
#[derive(Debug, Serialize, Deserialize)]
pub struct Chase {
    pub fanout: FanoutId,
}
