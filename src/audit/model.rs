//! What one row of the trail says. Never case content: ids, codes and numbers only.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::core::codes::codes;
use crate::core::ids::OrgId;

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
