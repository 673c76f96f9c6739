//! What one row of the trail says. Never case content: ids, codes and numbers only.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::core::codes::codes;
use crate::core::event::Changed;
use crate::core::ids::{AccountId, IncidentId, OrgId, SessionId};

codes! {
    /// What kind of thing was acted on.
    SubjectKind {
        Incident = "incident",
        Advisory = "advisory",
        Organisation = "organisation",
        Mandate = "mandate",
        Account = "account",
        Step = "step",
        Evidence = "evidence",
        Observable = "observable",
        Mail = "mail",
        Job = "job",
        Audit = "audit",
        Session = "session",
        Draft = "draft",
    }
}

/// One thing that was done, to be recorded in the transaction that does it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What was done, as `feature.verb`, e.g. `incident.triage`.
    pub action: &'static str,
    pub subject_kind: SubjectKind,
    pub subject: Option<Uuid>,
    /// The organisation it concerns.
    pub organisation: Option<OrgId>,
    /// Codes and numbers; never what people wrote.
    pub detail: Map<String, Value>,
}

impl Entry {
    /// An entry without details.
    pub fn new(action: &'static str, subject_kind: SubjectKind, subject: impl Into<Uuid>) -> Self {
        Self { action, subject_kind, subject: Some(subject.into()), organisation: None, detail: Map::new() }
    }

    /// An entry about no particular thing, such as a list or an export.
    #[must_use]
    pub fn about_all(action: &'static str, subject_kind: SubjectKind) -> Self {
        Self { action, subject_kind, subject: None, organisation: None, detail: Map::new() }
    }

    /// Names the organisation it concerns.
    #[must_use]
    pub fn organisation(mut self, organisation: Option<OrgId>) -> Self {
        self.organisation = organisation;
        self
    }

    /// Adds a code or number.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

/// What a row of the trail says that changed for those who look: nothing where somebody only looked, signed in, or
/// wrote what is their own house's alone. `case` is what the detail names as the incident.
#[must_use]
pub fn changed(
    action: &str,
    kind: SubjectKind,
    subject: Option<Uuid>,
    case: Option<IncidentId>,
) -> Option<Changed> {
    let verb = action.rsplit('.').next().unwrap_or_default();
    let is_look = ["view", "download", "verify"].iter().any(|look| verb.ends_with(look));
    let is_own = verb.starts_with("paper_") || verb == "duty_draft_save";
    if is_look || is_own {
        return None;
    }
    match (kind, subject) {
        (SubjectKind::Incident, Some(id)) => Some(Changed::Incident(IncidentId(id))),
        (SubjectKind::Account, Some(_)) if verb.starts_with("sign_in") => None,
        (SubjectKind::Account, Some(id)) => Some(Changed::Account(AccountId(id))),
        (SubjectKind::Session, Some(id)) => Some(Changed::Session(SessionId(id))),
        (SubjectKind::Mandate | SubjectKind::Organisation, _) => Some(Changed::Acting),
        _ => case.map(Changed::Incident),
    }
}

/// The incident that a detail names.
#[must_use]
pub fn named_case(detail: &Map<String, Value>) -> Option<IncidentId> {
    detail.get("incident")?.as_str()?.parse().ok().map(IncidentId)
}
