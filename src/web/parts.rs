//! What the macros of `parts.html` draw: the chain of who holds a case, a timeline, facts.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::web::markdown::Html;

/// One holder on the way of a case, in the order in which it travels.
#[derive(Debug, Clone)]
pub struct ChainStep {
    pub state: ChainState,
    /// Who: `Stadt Bergrode`.
    pub who: String,
    /// What happened there or may happen, ready to read.
    pub what: String,
    /// Since or until when, ready to read.
    pub when: String,
}

impl ChainStep {
    /// Whether the case was here and went on.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == ChainState::Done
    }

    /// Whether the case lies here.
    #[must_use]
    pub fn is_now(&self) -> bool {
        self.state == ChainState::Now
    }

    /// Whether the case may come here.
    #[must_use]
    pub fn is_next(&self) -> bool {
        self.state == ChainState::Next
    }
}

/// Where the case is, seen from one holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainState {
    /// Was here.
    Done,
    /// Lies here now.
    Now,
    /// May come here.
    Next,
}

/// Who reads an entry; internal and visible ones must look unmistakably different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The CERT alone.
    Internal,
    /// Others too; the entry's `readers` names them.
    Visible,
    /// Written by the product: a change of state, a step taken.
    System,
}

impl Audience {
    /// The class of the entry.
    #[must_use]
    pub fn css(self) -> &'static str {
        match self {
            Self::Internal => "in",
            Self::Visible => "out",
            Self::System => "sys",
        }
    }
}

/// One line of a timeline.
#[derive(Debug, Clone)]
pub struct Entry {
    pub audience: Audience,
    /// Who can read it, ready to read; empty for [`Audience::System`].
    pub readers: Cow<'static, str>,
    pub author: String,
    pub at: Timestamp,
    pub body: Html,
    /// What is said of it beside its body, ready to read; empty for nothing.
    pub aside: String,
    /// The entry's id, where it can stay on top or does.
    pub pin: Option<String>,
    /// Where it stands, of a line from another case.
    pub origin: Option<Origin>,
}

/// The case that a line comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    pub href: String,
    pub label: String,
}

impl Entry {
    /// Whether the CERT alone reads it.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.audience == Audience::Internal
    }

    /// Whether the product wrote it.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.audience == Audience::System
    }
}
