//! Who acts: a signed-in person, a token, a link holder, nobody known, or the product itself.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::ids::{AccountId, OrgId, TokenId};

/// What an account may be at an organisation. Granting the last four takes a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Reporter,
    OrgLead,
    Analyst,
    Approver,
    CertLead,
    Auditor,
    Administrator,
}

impl Role {
    /// All roles, the least privileged first.
    pub const ALL: [Self; 7] = [
        Self::Reporter,
        Self::OrgLead,
        Self::Analyst,
        Self::Approver,
        Self::CertLead,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The word in the database and the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::OrgLead => "org_lead",
            Self::Analyst => "analyst",
            Self::Approver => "approver",
            Self::CertLead => "cert_lead",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// Reads the word of [`Role::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether one administrator alone may not grant it, or four eyes would be one pair.
    #[must_use]
    pub fn is_privileged(self) -> bool {
        matches!(self, Self::Analyst | Self::Approver | Self::CertLead | Self::Administrator)
    }

    /// Whether it only exists at the CERT itself.
    #[must_use]
    pub fn is_at_cert(self) -> bool {
        !matches!(self, Self::Reporter | Self::OrgLead)
    }
}

/// By which way an actor came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A browser session.
    Session,
    /// An API token with what it may do.
    Token { id: TokenId, scopes: Vec<Scope> },
    /// A single-use link from a mail, which stands for nobody in particular.
    Link,
    /// A worker or the command line; `name` says which.
    System { name: &'static str },
    /// Nobody known.
    Anonymous,
}

/// What an API token may be used for; it never exceeds what its account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    #[serde(rename = "incidents:read")]
    IncidentsRead,
    #[serde(rename = "incidents:write")]
    IncidentsWrite,
    #[serde(rename = "advisories:read")]
    AdvisoriesRead,
    #[serde(rename = "advisories:write")]
    AdvisoriesWrite,
    #[serde(rename = "directory:read")]
    DirectoryRead,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 5] = [
        Self::IncidentsRead,
        Self::IncidentsWrite,
        Self::AdvisoriesRead,
        Self::AdvisoriesWrite,
        Self::DirectoryRead,
    ];

    /// The word in the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::IncidentsRead => "incidents:read",
            Self::IncidentsWrite => "incidents:write",
            Self::AdvisoriesRead => "advisories:read",
            Self::AdvisoriesWrite => "advisories:write",
            Self::DirectoryRead => "directory:read",
        }
    }

    /// Reads the word of [`Scope::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.code() == code)
    }
}

/// Who acts, with everything the policy and the audit trail need to know of them.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The account, where there is one.
    pub account: Option<AccountId>,
    /// The name shown beside what was done.
    pub name: String,
    /// Confirmed roles at organisations.
    pub roles: Vec<(OrgId, Role)>,
    pub via: Via,
    /// The peer's address, where there is one.
    pub ip: Option<IpAddr>,
    /// The request that caused it, for the log and the audit trail.
    pub request_id: Option<uuid::Uuid>,
}

impl Actor {
    /// The product itself; `name` is the worker or command.
    #[must_use]
    pub fn system(name: &'static str) -> Self {
        Self {
            account: None,
            name: name.to_owned(),
            roles: Vec::new(),
            via: Via::System { name },
            ip: None,
            request_id: None,
        }
    }

    /// Somebody without an account.
    #[must_use]
    pub fn anonymous(ip: Option<IpAddr>) -> Self {
        Self {
            account: None,
            name: String::new(),
            roles: Vec::new(),
            via: Via::Anonymous,
            ip,
            request_id: None,
        }
    }

    /// Whether it is the product itself.
    #[must_use]
    pub fn is_system(&self) -> bool {
        matches!(self.via, Via::System { .. })
    }

    /// Whether the account holds `role` anywhere.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|(_, held)| *held == role)
    }

    /// The organisations for which the account reports or leads.
    #[must_use]
    pub fn organisations(&self) -> Vec<OrgId> {
        let mut orgs: Vec<_> =
            self.roles.iter().filter(|(_, role)| !role.is_at_cert()).map(|(org, _)| *org).collect();
        orgs.sort_unstable();
        orgs.dedup();
        orgs
    }

    /// Whether the account works at the CERT in any role.
    #[must_use]
    pub fn is_cert(&self) -> bool {
        self.roles.iter().any(|(_, role)| role.is_at_cert())
    }
}
