//! Identifiers that cannot be mixed up: each kind of thing has its own type over a UUIDv7.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The SQL type of all ids: `uuid` on PostgreSQL, 16 bytes on SQLite. Its conversions live in `store::types`.
#[derive(Debug, Clone, Copy, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Id;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow)]
        #[serde(transparent)]
        #[diesel(sql_type = Id)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self { Self(uuid) }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
    )+
        /// Calls a macro with the names of all id types.
        macro_rules! for_each_id { ($callback:ident) => { $callback! { $($name),+ } }; }
        pub(crate) use for_each_id;
    };
}

ids! {
    /// A person's login.
    AccountId,
    /// A role of an account at an organisation.
    GrantId,
    /// A signed-in browser.
    SessionId,
    /// A single-use link.
    LinkId,
    /// An API token.
    TokenId,
    /// A body in the register.
    OrgId,
    /// A function or person at an organisation.
    ContactId,
    /// Who serves whom.
    ServiceRelationId,
    /// What one organisation lets another do in its name.
    MandateId,
    /// A network or mail domain of an organisation.
    AssetId,
    /// That what the register knows of an organisation is right.
    ConfirmationId,
    /// A call to an administration that is to be enrolled.
    CallId,
    /// A time during which an organisation's own mail is not trusted.
    CompromiseId,
    /// The one case that all work hangs on.
    IncidentId,
    /// What an organisation stated at one moment.
    ReportId,
    /// A report that is being written.
    DraftId,
    /// What an organisation makes of its case for others to read.
    PaperId,
    /// What happened between an organisation and the recipient of a report that it owes.
    MarkId,
    /// The draft of such a report.
    DutyDraftId,
    /// A question to all whom a provider serves.
    FanoutId,
    /// An organisation that is asked so.
    AskedId,
    /// An organisation's part in an incident.
    InvolvementId,
    /// That two incidents have to do with each other.
    LinkedId,
    /// A line of a timeline.
    EntryId,
    /// A file that belongs to an incident.
    EvidenceId,
    /// A line of a file's chain of custody.
    CustodyId,
    /// A playbook that was started on an incident.
    RunId,
    /// A step of the work on an incident.
    TaskId,
    /// A filter of the queue that somebody keeps.
    FilterId,
    /// When somebody of the team is not there.
    AbsenceId,
    /// A change of many cases at once.
    BulkId,
    /// A trace that attackers leave behind.
    ObservableId,
    /// A text of a case in which one stands.
    SightingId,
    /// A step of an escalation.
    StepId,
    /// When somebody of the team is on call.
    ShiftId,
    /// That the duty goes from one person to another.
    HandoverId,
    /// A time in which nobody is on call.
    GapId,
    /// A warning to many.
    AdvisoryId,
    /// One version of an advisory.
    VersionId,
    /// One recipient of one version.
    DeliveryId,
    /// A mail that waits or was sent.
    MailId,
    /// The text that several mails share.
    BodyId,
    /// A mail that came in.
    InboundId,
    /// Under which address somebody answers in a case; what is written with them there.
    ThreadId,
    /// A mail of what is written with a third party.
    MessageId,
    /// A piece of work for later.
    JobId,
    /// A row of the audit trail.
    AuditId,
    /// Whatever a row points to, where it may be things of several kinds.
    AnyId,
}
