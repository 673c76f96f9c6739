//! What the words of this feature mean: accounts, grants, links, sessions, tokens.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::core::actor::{Role, Scope};
use crate::core::error::Result;
use crate::core::ids::{AccountId, AnyId, GrantId, LinkId, OrgId, SessionId, TokenId};
use crate::store::Tx;

/// How long an invitation may wait in somebody's mailbox.
pub const INVITATION_VALID: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long a link for a new password holds.
pub const RESET_VALID: SignedDuration = SignedDuration::from_hours(2);
/// How long the links of the first start hold.
pub const FIRST_ADMIN_VALID: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest life of an API token.
pub const TOKEN_LONGEST: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How often "last used" and "last seen" are written at most.
pub const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// So many administrators must remain, or nobody could confirm another one's grant.
pub const ADMINISTRATORS_NEEDED: usize = 2;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Has no password yet.
    Invited,
    /// May sign in.
    Active,
    /// May not; nothing it was given counts.
    Locked,
}

impl AccountState {
    /// The word in the row.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Locked => "locked",
        }
    }

    /// Reads the word of [`AccountState::code`]; what is unknown counts as locked.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "invited" => Self::Invited,
            "active" => Self::Active,
            _ => Self::Locked,
        }
    }
}

/// A person's login.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: AccountId,
    pub mail: String,
    pub name: String,
    pub state: AccountState,
    pub created_at: Timestamp,
}

/// A role of an account at an organisation.
#[derive(Debug, Clone)]
pub struct Grant {
    pub id: GrantId,
    pub account: AccountId,
    pub organisation: OrgId,
    pub role: Role,
    pub granted_by: Option<AccountId>,
    pub granted_at: Timestamp,
    /// From here on it counts: a second administrator confirmed it, or the person accepted the invitation.
    pub confirmed_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl Grant {
    /// Whether it counts now.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.confirmed_at.is_some() && self.ended_at.is_none()
    }

    /// Whether it waits for the second administrator.
    #[must_use]
    pub fn waits_for_confirmation(&self) -> bool {
        self.role.is_privileged() && self.confirmed_at.is_none() && self.ended_at.is_none()
    }
}

/// A grant with the names that people read.
#[derive(Debug, Clone)]
pub struct NamedGrant {
    pub grant: Grant,
    pub organisation: String,
    /// Who gave it; `None` for the operator's command line and the links of the first start.
    pub granted_by: Option<String>,
}

/// What a single-use link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Accept a role; choose a password where there is none yet. The subject is the grant.
    Invite,
    /// Choose a new password.
    Reset,
    /// Become one of the first two administrators. The subject is the CERT's organisation.
    FirstAdmin,
    /// Acknowledge a step of an escalation. The subject is the step.
    Step,
    /// Say whether a report is the own organisation's. The subject is the case.
    Report,
    /// Say that a contact in the register still holds. The subject is the contact.
    Contact,
    /// Say whether what happened at a provider concerns the own organisation. The subject is who is asked.
    Asked,
    /// Read the calendar of somebody's shifts, again and again. The subject is the account.
    Calendar,
}

impl Purpose {
    /// The word in the row.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
            Self::FirstAdmin => "first_admin",
            Self::Step => "step",
            Self::Report => "report",
            Self::Contact => "contact",
            Self::Asked => "asked",
            Self::Calendar => "calendar",
        }
    }
}

/// A link that holds: known, not expired, not used.
#[derive(Debug, Clone)]
pub struct Link {
    pub id: LinkId,
    pub account: Option<AccountId>,
    pub subject: Option<AnyId>,
    pub expires_at: Timestamp,
    /// To whom it was mailed, where only whoever still belongs there may use it.
    pub address: Option<String>,
}

/// Where somebody came from, as sessions remember it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    pub ip: Option<IpAddr>,
    /// The browser's own name for itself, shortened.
    pub agent: String,
}

/// A signed-in browser, as its owner sees it.
#[derive(Debug, Clone)]
pub struct SessionInfo {
    pub id: SessionId,
    pub ip: Option<String>,
    pub agent: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

/// An API token, as its owner sees it; the token itself is not kept.
#[derive(Debug, Clone)]
pub struct TokenInfo {
    pub id: TokenId,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub used_at: Option<Timestamp>,
}

/// What access needs to know of organisations. The directory comes later in the order of features and hands it in.
pub trait Organisations: Send + Sync {
    /// The names of these organisations; unknown ones are left out.
    ///
    /// # Errors
    /// The database's.
    fn names(&self, tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<HashMap<OrgId, String>>;

    /// Those at which somebody may report or lead, by name.
    ///
    /// # Errors
    /// The database's.
    fn choices(&self, tx: &mut Tx<'_>) -> Result<Vec<(OrgId, String)>>;

    /// The CERT's own, at which all other roles are held.
    ///
    /// # Errors
    /// The database's.
    fn cert(&self, tx: &mut Tx<'_>) -> Result<Option<OrgId>>;

    /// Whether the accounts of one of these are not trusted now.
    ///
    /// # Errors
    /// The database's.
    fn is_mistrusted(&self, tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<bool>;
}

/// The organisations, handed in with `Provided::with`.
#[derive(Clone)]
pub struct OrgBook(pub Arc<dyn Organisations>);
