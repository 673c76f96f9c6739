//! An organisation whose own mail is not trusted any more.

use jiff::Timestamp;

use crate::core::ids::{CompromiseId, IncidentId, OrgId};

/// A time during which an organisation's own mailboxes and accounts were not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compromise {
    pub id: CompromiseId,
    pub organisation: OrgId,
    /// The case that it was marked from.
    pub incident: Option<IncidentId>,
    pub since: Timestamp,
    pub author: String,
    pub reason: String,
    /// How it ended; none while it lasts.
    pub lifted: Option<Lifted>,
}

/// When somebody said that the organisation's own mail works again, who that was, and on what grounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifted {
    pub at: Timestamp,
    pub by: String,
    pub reason: String,
}
