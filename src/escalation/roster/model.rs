//! A roster and what it says of an instant.

use jiff::Timestamp;

use crate::core::ids::{AccountId, HandoverId, ShiftId};

/// When somebody is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    pub id: ShiftId,
    pub account: AccountId,
    /// Who is written to second, and stands in for whoever is absent.
    pub deputy: Option<AccountId>,
    pub from: Timestamp,
    /// From then on it is the next one's.
    pub until: Timestamp,
}

impl Shift {
    /// Whether it covers the instant.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// That the duty goes from one person to another for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    pub id: HandoverId,
    pub giver: AccountId,
    pub taker: AccountId,
    pub from: Timestamp,
    pub until: Timestamp,
    /// What the giver tells the taker.
    pub note: String,
    /// None: the giver is still responsible.
    pub accepted_at: Option<Timestamp>,
}

/// When somebody is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    pub account: AccountId,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// All that decides who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    pub shifts: Vec<Shift>,
    pub handovers: Vec<Handover>,
    pub away: Vec<Away>,
}

/// Why it is this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// The shift is theirs.
    Shift,
    /// They accepted the duty from somebody.
    HandedOver,
    /// They stand in for somebody who is absent.
    StandsIn,
    /// Nobody: all who could are absent.
    AllAway,
    /// Nobody: no shift is planned.
    NoShift,
}

impl Why {
    /// The Fluent key of the sentence; none where nothing is special.
    #[must_use]
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::Shift => None,
            Self::HandedOver => Some("roster-why-handed-over"),
            Self::StandsIn => Some("roster-why-stands-in"),
            Self::AllAway => Some("roster-why-all-away"),
            Self::NoShift => Some("roster-why-no-shift"),
        }
    }
}

/// Who is on call at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnCall {
    pub first: Option<AccountId>,
    /// Who is written to as well when the first does not answer; there and another than the first.
    pub deputy: Option<AccountId>,
    pub why: Why,
}

/// A time in which the same people are on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub from: Timestamp,
    pub until: Timestamp,
    pub on_call: OnCall,
}
