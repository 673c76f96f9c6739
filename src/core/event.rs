//! What happened, told to later features inside the same transaction (`app.rs` registers who listens).

use super::ids::{IncidentId, StepId, VersionId};

/// A domain event. It carries ids only: a listener loads what it needs from the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A report was filed as a new incident.
    IncidentFiled(IncidentId),
    /// Class, category or priority were decided or changed.
    IncidentTriaged(IncidentId),
    /// The incident was closed.
    IncidentClosed(IncidentId),
    /// A closed incident was taken up again.
    IncidentReopened(IncidentId),
    /// A step of an escalation was acknowledged.
    StepAcknowledged(StepId),
    /// A version was approved: content and recipients are fixed.
    AdvisoryApproved(VersionId),
    /// A version is to be delivered.
    AdvisoryPublished(VersionId),
}
