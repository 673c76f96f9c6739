//! A case as another system knew it, checked, with the organisations of this register in the place of its own.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::core::codes::codes;
use crate::core::ids::{AccountId, OrgId};
use crate::core::tlp::Tlp;
use crate::incidents::evidence::model::{Custody, Kept, Sha256};
use crate::incidents::model::{
    Audience, Category, Class, Flags, Impact, Inform, Nature, Observed, Part, Priority, Spread, Way,
};
use crate::incidents::status::{CloseReason, Status};

codes! {
    /// What kind of system a case came from.
    System {
        Meldekette = "meldekette",
        Rt = "rt",
    }
}

/// Whose case it was: one of these is imported once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub system: System,
    /// The name of the installation: its host.
    pub name: String,
    /// What the case is called there.
    pub reference: String,
    /// SHA-256 of the archive that it came in.
    pub digest: Option<Sha256>,
}

/// A case that comes from elsewhere.
#[derive(Debug, Clone)]
pub struct Foreign {
    pub origin: Origin,
    /// Empty where it was erased.
    pub title: String,
    /// None where only people can say which organisation of the register is meant.
    pub organisation: Option<OrgId>,
    /// Of one without organisation: how it came, and whom it may be about.
    pub way: Way,
    pub claimed: Option<OrgId>,
    /// Who may read it, where it is restricted.
    pub named: Vec<AccountId>,
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    pub class: Option<Class>,
    pub category: Option<Category>,
    pub impact: Option<Impact>,
    pub spread: Option<Spread>,
    pub priority: Option<Priority>,
    pub priority_reason: Option<String>,
    pub tlp: Tlp,
    pub waiting_on: Option<String>,
    pub follow_up_at: Option<Timestamp>,
    pub is_restricted: bool,
    pub is_drill: bool,
    pub occurred_at: Option<Timestamp>,
    pub detected_at: Option<Timestamp>,
    pub aware_at: Option<Timestamp>,
    pub reported_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// The one that opened the case first.
    pub reports: Vec<Stated>,
    pub parts: Vec<Taken>,
    /// The oldest first.
    pub lines: Vec<Line>,
    pub files: Vec<File>,
    /// What the team reads of where it came from.
    pub told: String,
}

/// What an organisation stated.
#[derive(Debug, Clone)]
pub struct Stated {
    pub organisation: Option<OrgId>,
    pub nature: Option<Nature>,
    pub stated_at: Timestamp,
    pub observed: Observed,
    pub inform: Inform,
    pub flags: Flags,
    pub title: String,
    pub description: String,
    pub measures: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub is_current: bool,
}

/// An organisation's part.
#[derive(Debug, Clone)]
pub struct Taken {
    pub organisation: OrgId,
    pub part: Part,
    pub affectedness: &'static str,
    pub added_at: Timestamp,
}

/// A line of the timeline.
#[derive(Debug, Clone)]
pub struct Line {
    pub at: Timestamp,
    /// With where they are from.
    pub author: String,
    pub kind: String,
    pub audience: Audience,
    pub facts: Map<String, Value>,
    pub body: Option<String>,
    pub is_pinned: bool,
}

/// A file whose bytes lie in the vault already.
#[derive(Debug, Clone)]
pub struct File {
    pub kept: Kept,
    pub name: String,
    pub media_type: String,
    pub audience: Audience,
    pub author: String,
    pub taken_in_at: Timestamp,
    pub is_sample: bool,
    /// What was done with it before it came here.
    pub custody: Vec<Handled>,
}

/// A line of a file's chain of custody before it came here.
#[derive(Debug, Clone)]
pub struct Handled {
    pub at: Timestamp,
    pub author: String,
    pub kind: Custody,
    pub sha256: Option<Sha256>,
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A new case with this reference.
    New(String),
    /// It came before, as this case; nothing was changed.
    Here(String),
}

/// A name from elsewhere as it stands here: nobody takes them for one of the own people.
#[must_use]
pub fn from_there(name: &str, origin: &str) -> String {
    // Who came through several installations is of the first.
    if name.ends_with(')') { name.to_owned() } else { format!("{name} ({origin})") }
}
