//! What stands in an archive of a case. Words are the codes of the API; instants are RFC 3339 in UTC.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::core::ids::EvidenceId;

/// The version of the form of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    #[serde(rename = "meldekette-case-1")]
    V1,
}

/// The members that every archive has, and the one that it may have.
pub const CASE: &str = "case.json";
pub const AUDIT: &str = "audit.jsonl";
pub const MANIFEST: &str = "manifest.json";
pub const SIGNATURE: &str = "manifest.sig";

/// The member of the file at this place, counted from 0.
#[must_use]
pub fn member(place: usize) -> String {
    format!("files/{:04}", place + 1)
}

/// What `manifest.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: Format,
    /// Whose case: the name of the installation's trail.
    pub origin: String,
    pub reference: String,
    pub tlp: String,
    pub exported_at: Timestamp,
    /// The public key that signed, as in `keys/log.pub`.
    pub key: String,
    /// In the order of the archive, without the manifest and its signature.
    pub members: Vec<Member>,
}

impl Manifest {
    /// The name under which the manifest is signed: no checkpoint of a trail has it.
    #[must_use]
    pub fn signed_as(&self) -> String {
        format!("{} case {}", self.origin, self.reference)
    }
}

/// A member with its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub path: String,
    /// Bytes as they are when read, without encryption.
    pub size: u64,
    /// SHA-256 of the same, in hexadecimal.
    pub sha256: String,
}

/// What `case.json` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    pub format: Format,
    pub origin: String,
    pub exported_at: Timestamp,
    pub exported_by: String,
    pub incident: Case,
    /// Every organisation that is spoken of.
    pub organisations: Vec<Organisation>,
    pub involvements: Vec<Involved>,
    /// The report that opened the case first.
    pub reports: Vec<Stated>,
    /// The newest first.
    pub timeline: Vec<Line>,
    pub tasks: Vec<Step>,
    pub files: Vec<File>,
}

/// The case itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub reference: String,
    /// Empty where it was erased.
    pub title: String,
    /// The local name of an organisation of [`Dossier::organisations`], here and below.
    pub organisation: Option<String>,
    pub holder: Option<String>,
    /// By name.
    pub assignee: Option<String>,
    pub named: Vec<String>,
    pub status: String,
    pub close_reason: Option<String>,
    pub class: Option<String>,
    pub category: Option<String>,
    pub impact: Option<String>,
    pub spread: Option<String>,
    pub priority: Option<i32>,
    pub priority_reason: Option<String>,
    pub tlp: String,
    pub waiting_on: Option<String>,
    pub follow_up_at: Option<Timestamp>,
    pub deadline_at: Option<Timestamp>,
    pub is_restricted: bool,
    pub is_unconfirmed: bool,
    pub is_drill: bool,
    pub occurred_at: Option<Timestamp>,
    pub detected_at: Option<Timestamp>,
    pub aware_at: Option<Timestamp>,
    pub reported_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// An organisation as another register may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// What this archive calls it.
    pub id: String,
    pub name: String,
    /// Its key in the register that it comes from, and that register.
    pub key: Option<String>,
    pub source: String,
    pub ags: Option<String>,
}

/// An organisation's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Involved {
    pub organisation: String,
    pub part: String,
    pub affectedness: String,
    pub added_at: Timestamp,
}

/// What an organisation stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    pub organisation: Option<String>,
    /// What a later report is; none for the one that opened the case.
    pub nature: Option<String>,
    pub stated_at: Timestamp,
    pub observed: String,
    pub inform: String,
    pub title: String,
    pub description: String,
    pub measures: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub personal_data: bool,
    pub malicious: bool,
    pub beyond_house: bool,
    pub critical_service: bool,
    pub is_current: bool,
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub at: Timestamp,
    /// By name; of what the product did by itself, its part that did it.
    pub author: String,
    pub is_system: bool,
    pub kind: String,
    pub audience: Readers,
    pub facts: Map<String, Value>,
    /// None where there never was one or it was erased.
    pub body: Option<String>,
    pub is_pinned: bool,
}

/// Who may read something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readers {
    Team,
    /// The team and this organisation.
    Organisation(String),
    Involved,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub title: String,
    pub body: String,
    pub why: String,
    pub state: String,
    /// By name.
    pub owner: Option<String>,
    pub organisation: Option<String>,
    pub due_at: Option<Timestamp>,
    pub result: String,
    pub answer: Option<String>,
    pub answer_text: String,
    pub answered_by: String,
    pub answered_at: Option<Timestamp>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub id: EvidenceId,
    /// The member that holds it; none where its content was erased.
    pub path: Option<String>,
    pub name: String,
    pub media_type: String,
    pub audience: Readers,
    pub author: String,
    pub taken_in_at: Option<Timestamp>,
    pub size: u64,
    pub sha256: Option<String>,
    pub is_sample: bool,
    pub custody: Vec<Custody>,
}

/// A line of a file's chain of custody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    pub at: Timestamp,
    pub author: String,
    pub kind: String,
    pub sha256: Option<String>,
}
