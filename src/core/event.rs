//! What happened, told to later features inside the same transaction (`app.rs` registers who listens).

use super::ids::{AccountId, IncidentId};

/// A domain event. It carries ids only: a listener loads what it needs from the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A report was filed as a new incident.
    IncidentFiled(IncidentId),
    /// Class, category or priority were decided or changed.
    IncidentTriaged(IncidentId),
    /// Somebody of the CERT works on it now: this account triaged it or gave it to somebody.
    IncidentTakenUp(IncidentId, AccountId),
    /// The incident was closed.
    IncidentClosed(IncidentId),
    /// A closed incident was taken up again.
    IncidentReopened(IncidentId),
}
