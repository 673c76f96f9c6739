//! What lists of cases show, and what they are narrowed to.

use jiff::Timestamp;

use super::{Category, Class, Priority};
use crate::core::codes::codes;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::core::tlp::Tlp;
use crate::incidents::status::Status;

/// A row of the queue or of a town hall's list.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: IncidentId,
    pub reference: String,
    pub title: String,
    pub organisation: Option<OrgId>,
    pub holder: Option<OrgId>,
    pub status: Status,
    pub class: Option<Class>,
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    pub tlp: Tlp,
    pub assignee: Option<AccountId>,
    pub deadline_at: Option<Timestamp>,
    pub deadline_kind: Option<String>,
    /// For the team: when a waiting case comes back.
    pub follow_up_at: Option<Timestamp>,
    pub is_restricted: bool,
    pub is_unconfirmed: bool,
    pub is_drill: bool,
    pub reported_at: Timestamp,
    pub updated_at: Timestamp,
    /// As a case's: what a form sends back.
    pub version: i32,
    /// Where the row stands in the viewer's list: what the next page goes on from.
    pub place: Place,
}

/// A row's place in a sorted list; equal ones stand in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What is sorted by before the instant: a priority, a name; empty where nothing is.
    pub key: String,
    pub at: Timestamp,
}

codes! {
    /// What the team's list is sorted by.
    Sort {
        /// What is due next first.
        Due = "frist",
        /// The longest here first.
        Oldest = "alter",
        Newest = "neu",
        /// Within a priority what is due next first; what nobody classed last.
        Priority = "prioritaet",
        /// By its name, within one what is due next first.
        Organisation = "stelle",
        /// What changed last first.
        Changed = "aenderung",
    }
}

/// What a list is narrowed to. `None` and empty mean: everything the viewer may see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Open ones (`Some(true)`), closed ones, or both.
    pub open: Option<bool>,
    pub status: Option<Status>,
    pub priority_at_most: Option<Priority>,
    pub class: Option<Class>,
    pub category: Option<Category>,
    /// `Some(None)`: nobody's.
    pub assignee: Option<Option<AccountId>>,
    /// Only those of one of these accounts.
    pub assignees: Option<Vec<AccountId>>,
    /// Only those to which a note calls this account.
    pub mentioned: Option<AccountId>,
    /// Only those that these organisations reported.
    pub organisations: Option<Vec<OrgId>>,
    /// Deadline before this instant.
    pub due_before: Option<Timestamp>,
    /// For the team: waiting cases whose follow-up lies ahead are left out unless this is set.
    pub with_waiting: bool,
    /// For the team: only those that wait.
    pub waiting_only: bool,
    /// Without drills.
    pub real_only: bool,
    pub drills_only: bool,
    /// Only where people are in danger, or data of people are affected, as the report says.
    pub danger_only: bool,
    pub personal_data_only: bool,
    /// For the team; others' lists begin with the newest.
    pub sort: Option<Sort>,
    /// A part of the reference or title.
    pub text: Option<String>,
}

/// What of a case a filter looks at.
#[derive(Debug, Clone)]
pub struct Brief {
    pub id: IncidentId,
    pub status: Status,
    pub class: Option<Class>,
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    pub organisation: Option<OrgId>,
    pub assignee: Option<AccountId>,
    pub deadline_at: Option<Timestamp>,
    pub follow_up_at: Option<Timestamp>,
    pub is_drill: bool,
    pub is_danger: bool,
    pub has_personal_data: bool,
}

impl Filter {
    /// Whether it is what everybody at the team begins with: all open cases but those that wait.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self { open: Some(true), sort: self.sort, ..Self::default() }
    }

    /// Whether the filter's list for the team holds this open case. Its words are not looked at.
    #[must_use]
    pub fn holds(&self, case: &Brief, now: Timestamp) -> bool {
        let is_back = case.follow_up_at.is_none_or(|at| at <= now);
        let waits =
            if self.waiting_only { case.follow_up_at.is_some() } else { self.with_waiting || is_back };
        waits
            && self.open.unwrap_or(true)
            && self.status.is_none_or(|status| status == case.status)
            && self.priority_at_most.is_none_or(|most| case.priority.is_some_and(|it| it <= most))
            && self.class.is_none_or(|class| case.class == Some(class))
            && self.category.is_none_or(|category| case.category == Some(category))
            && self.assignee.is_none_or(|who| case.assignee == who)
            && self.assignees.as_ref().is_none_or(|all| case.assignee.is_some_and(|one| all.contains(&one)))
            && self
                .organisations
                .as_ref()
                .is_none_or(|all| case.organisation.is_some_and(|one| all.contains(&one)))
            && self.due_before.is_none_or(|before| case.deadline_at.is_some_and(|at| at < before))
            && !(self.real_only && case.is_drill)
            && (!self.drills_only || case.is_drill)
            && (!self.danger_only || case.is_danger)
            && (!self.personal_data_only || case.has_personal_data)
    }
}

/// How many cases are of one category and one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// None where nobody decided it yet.
    pub category: Option<Category>,
    /// None where nobody decided it yet.
    pub class: Option<Class>,
    pub count: i64,
}
