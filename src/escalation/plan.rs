//! What a plan says: its steps, whom each reaches, how long, and what comes next.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::office::OfficeHours;
use crate::core::text::Name;

/// The longest time of a step.
const WEEK_IN_MINUTES: u32 = 7 * 24 * 60;
/// How often a step may be sent again at most.
const MOST_REPEATS: u32 = 10;
/// Characters of a step's key.
const LONGEST_KEY: usize = 40;

/// Whom a step reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Whom {
    /// Everybody who analyses at the CERT.
    CertTeam,
    /// Who leads the CERT.
    CertLead,
    /// Whoever is on call at the CERT; when the step is sent again, the deputy as well. Nobody on call: who leads the CERT.
    OnCall,
    ReporterOrganisation,
    /// Whoever serves the organisation that reported.
    Provider,
    /// The Land.
    StateLeadership,
    /// An organisation by its key in the register.
    Key(String),
    /// The organisation that a person chose; the step names it.
    Chosen,
}

impl Whom {
    /// Whether the step goes beyond the CERT and who reported.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        !matches!(self, Self::CertTeam | Self::CertLead | Self::OnCall | Self::ReporterOrganisation)
    }

    /// Reads the word of `Display`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "cert_team" => Self::CertTeam,
            "cert_lead" => Self::CertLead,
            "on_call" => Self::OnCall,
            "reporter_organisation" => Self::ReporterOrganisation,
            "provider" => Self::Provider,
            "state_leadership" => Self::StateLeadership,
            "chosen" => Self::Chosen,
            _ => Self::Key(word.strip_prefix("key:").filter(|key| !key.is_empty())?.to_owned()),
        })
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CertTeam => "cert_team",
            Self::CertLead => "cert_lead",
            Self::OnCall => "on_call",
            Self::ReporterOrganisation => "reporter_organisation",
            Self::Provider => "provider",
            Self::StateLeadership => "state_leadership",
            Self::Chosen => "chosen",
            Self::Key(key) => return write!(f, "key:{key}"),
        })
    }
}

impl TryFrom<String> for Whom {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Self::parse(&word).ok_or_else(|| format!("{word:?} is nobody that a step can reach"))
    }
}

impl From<Whom> for String {
    fn from(whom: Whom) -> Self {
        whom.to_string()
    }
}

/// A time in whole minutes, at most a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Minutes(u32);

impl Minutes {
    /// As a duration.
    #[must_use]
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.0))
    }
}

impl TryFrom<u32> for Minutes {
    type Error = String;

    fn try_from(minutes: u32) -> Result<Self, String> {
        if minutes <= WEEK_IN_MINUTES {
            Ok(Self(minutes))
        } else {
            Err(format!("{minutes} minutes are more than a week"))
        }
    }
}

impl From<Minutes> for u32 {
    fn from(minutes: Minutes) -> Self {
        minutes.0
    }
}

/// How long a step waits for its acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// How long there is to acknowledge, each time.
    pub acknowledge: Minutes,
    /// How often it is sent again when nobody does.
    pub repeat: u32,
}

impl Patience {
    fn new(acknowledge: Minutes, repeat: u32) -> Result<Self, String> {
        if acknowledge.0 == 0 {
            return Err("acknowledge_minutes must be at least 1".to_owned());
        }
        if repeat > MOST_REPEATS {
            return Err(format!("repeat must be at most {MOST_REPEATS}"));
        }
        Ok(Self { acknowledge, repeat })
    }
}

/// Which hours count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// Day and night.
    #[default]
    Always,
    /// While people are at work.
    Office,
}

/// What comes after a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Then {
    Next,
    Stop,
    /// The step of this key.
    Step(String),
}

impl TryFrom<String> for Then {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match (word.as_str(), word.strip_prefix("step:")) {
            ("next", _) => Ok(Self::Next),
            ("stop", _) => Ok(Self::Stop),
            (_, Some(key)) if !key.is_empty() => Ok(Self::Step(key.to_owned())),
            _ => Err(format!("{word:?} is neither next nor stop nor step:KEY")),
        }
    }
}

impl From<Then> for String {
    fn from(then: Then) -> Self {
        match then {
            Then::Next => "next".to_owned(),
            Then::Stop => "stop".to_owned(),
            Then::Step(key) => format!("step:{key}"),
        }
    }
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StepWords", into = "StepWords")]
pub struct PlanStep {
    /// Its name in the plan; empty in plans of an earlier version.
    pub key: String,
    /// How people call it.
    pub name: String,
    pub whom: Whom,
    /// Which hours its times run in.
    pub hours: Hours,
    /// Wait before the step.
    pub due: Minutes,
    pub patience: Patience,
    pub acknowledged: Then,
    pub silent: Then,
    pub needs_approval: bool,
}

/// A step as a file or a frozen plan says it, unchecked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepWords {
    #[serde(default)]
    key: String,
    name: String,
    whom: Whom,
    #[serde(default)]
    hours: Hours,
    #[serde(default)]
    due_minutes: Minutes,
    acknowledge_minutes: Minutes,
    #[serde(default)]
    repeat: u32,
    #[serde(default = "stop")]
    acknowledged: Then,
    #[serde(default = "next")]
    silent: Then,
    #[serde(default)]
    needs_approval: bool,
}

fn stop() -> Then {
    Then::Stop
}

fn next() -> Then {
    Then::Next
}

impl TryFrom<StepWords> for PlanStep {
    type Error = String;

    fn try_from(words: StepWords) -> Result<Self, String> {
        let name =
            Name::parse(&words.name).map_err(|_| "name must be a line of 1 to 120 characters".to_owned())?;
        if words.whom == Whom::Chosen {
            return Err("whom: \"chosen\" is for steps that a person starts".to_owned());
        }
        let is_key = words.key.len() <= LONGEST_KEY
            && words.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_key {
            return Err("key must be of small letters, digits and underscores".to_owned());
        }
        Ok(Self {
            key: words.key,
            name: name.into_string(),
            whom: words.whom,
            hours: words.hours,
            due: words.due_minutes,
            patience: Patience::new(words.acknowledge_minutes, words.repeat)?,
            acknowledged: words.acknowledged,
            silent: words.silent,
            needs_approval: words.needs_approval,
        })
    }
}

impl From<PlanStep> for StepWords {
    fn from(step: PlanStep) -> Self {
        Self {
            key: step.key,
            name: step.name,
            whom: step.whom,
            hours: step.hours,
            due_minutes: step.due,
            acknowledge_minutes: step.patience.acknowledge,
            repeat: step.patience.repeat,
            acknowledged: step.acknowledged,
            silent: step.silent,
            needs_approval: step.needs_approval,
        }
    }
}

/// What holds for escalations that a person starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ByHandWords")]
pub struct ByHand {
    pub patience: Patience,
    pub needs_approval: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ByHandWords {
    acknowledge_minutes: Minutes,
    #[serde(default)]
    repeat: u32,
    #[serde(default)]
    needs_approval: bool,
}

impl TryFrom<ByHandWords> for ByHand {
    type Error = String;

    fn try_from(words: ByHandWords) -> Result<Self, String> {
        let patience = Patience::new(words.acknowledge_minutes, words.repeat)?;
        Ok(Self { patience, needs_approval: words.needs_approval })
    }
}

/// What decides which plan a case uses, in the words of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Of {
    /// None before triage.
    pub priority: Option<i32>,
    pub class: Option<String>,
    /// Of the organisation that reported.
    pub kind: Option<String>,
}

/// A plan as a case uses it: frozen with the case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The name of its file; empty where no file says it.
    #[serde(default)]
    pub key: String,
    /// For what it was chosen; none in plans of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Of>,
    pub steps: Vec<PlanStep>,
    /// The hours in which people are at work, where a step needs them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeHours>,
}

impl Plan {
    /// The place of a step.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.key == key)
    }

    /// When a time is over that began with an instant.
    #[must_use]
    pub fn after(&self, from: Timestamp, hours: Hours, wait: Minutes) -> Timestamp {
        let wait = wait.duration();
        let office = self.office.as_ref().filter(|_| hours == Hours::Office);
        // Hours that never end are refused where they are read: better too early than never.
        office.and_then(|office| office.end(from, wait).ok()).unwrap_or(from + wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_reads_back_as_it_was_frozen_also_one_of_an_earlier_version() {
        let old = r#"{"steps":[{"name":"Team","whom":"cert_team","due_minutes":0,"acknowledge_minutes":15,
            "repeat":1,"acknowledged":"next","silent":"stop","needs_approval":false}]}"#;
        let plan: Plan = serde_json::from_str(old).unwrap();
        assert_eq!((plan.steps[0].hours, &plan.steps[0].acknowledged), (Hours::Always, &Then::Next));
        assert!(plan.of.is_none() && plan.office.is_none());
        let mut step = plan.steps[0].clone();
        (step.hours, step.silent, step.key) = (Hours::Office, Then::Step("lead".into()), "team".into());
        let office = Some(OfficeHours::parse(super::super::office::DEFAULTS).unwrap());
        let of = Some(Of { priority: Some(2), class: Some("incident".into()), kind: None });
        let plan = Plan { key: "priority-2".into(), of, steps: vec![step], office };
        let frozen = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&frozen).unwrap(), plan);
        let on_call = frozen.replace("cert_team", "on_call");
        let plan: Plan = serde_json::from_str(&on_call).unwrap();
        assert_eq!((&plan.steps[0].whom, serde_json::to_string(&plan).unwrap()), (&Whom::OnCall, on_call));
    }
}
