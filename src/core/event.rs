//! What happened, told to later features inside the same transaction (`app.rs` registers who listens).

use jiff::Timestamp;

use super::ids::{AccountId, AuditId, IncidentId, SessionId};

/// A domain event. It carries ids only: a listener loads what it needs from the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A report was filed as a new incident.
    IncidentFiled(IncidentId),
    /// Class, category or priority were decided or changed.
    IncidentTriaged(IncidentId),
    /// Somebody of the CERT works on it now: this account triaged it or gave it to somebody.
    IncidentTakenUp(IncidentId, AccountId),
    /// An organisation said whether the case concerns it.
    IncidentAnswered(IncidentId),
    /// Its texts were read anew, after something was stated or written.
    IncidentRead(IncidentId),
    /// The incident was closed.
    IncidentClosed(IncidentId),
    /// A closed incident was taken up again.
    IncidentReopened(IncidentId),
    /// It became part of another, which goes on for it.
    IncidentMerged { member: IncidentId, lead: IncidentId },
    /// It was part of the other, and stands for itself again.
    IncidentDetached { member: IncidentId, lead: IncidentId },
}

/// What changed by something that the trail records. Ids only: whoever shows it asks who may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// A case, by more than being looked at.
    Incident(IncidentId),
    /// What an account may do, or whether it may come in at all.
    Account(AccountId),
    /// A session ended.
    Session(SessionId),
    /// Who acts for which organisation.
    Acting,
}

/// A change that stands: told to this process after the commit, and read from the trail by all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The trail's row, by which a change that comes both ways is told once.
    pub row: AuditId,
    /// The instant of the transaction: that of every row it wrote.
    pub at: Timestamp,
    /// Who did it.
    pub by: Option<AccountId>,
    pub what: Changed,
}
