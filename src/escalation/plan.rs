//! The plans of the configuration: per priority the steps, whom each reaches, how long, and what comes next.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::core::text::Name;

/// The plans that are built in.
pub const DEFAULTS: &str = include_str!("../../config/escalation.toml");

/// The longest time of a step.
const WEEK_IN_MINUTES: u32 = 7 * 24 * 60;
/// How often a step may be sent again at most.
const MOST_REPEATS: u32 = 10;

/// Whom a step reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Whom {
    /// Everybody who analyses at the CERT.
    CertTeam,
    /// Who leads the CERT.
    CertLead,
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
        !matches!(self, Self::CertTeam | Self::CertLead | Self::ReporterOrganisation)
    }

    /// Reads the word of `Display`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "cert_team" => Self::CertTeam,
            "cert_lead" => Self::CertLead,
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

/// What comes after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    Next,
    Stop,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StepWords", into = "StepWords")]
pub struct PlanStep {
    /// How people call it.
    pub name: String,
    pub whom: Whom,
    /// Wait before the step.
    pub due: Minutes,
    pub patience: Patience,
    pub acknowledged: Then,
    pub silent: Then,
    pub needs_approval: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepWords {
    name: String,
    whom: Whom,
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
        Ok(Self {
            name: name.into_string(),
            whom: words.whom,
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
            name: step.name,
            whom: step.whom,
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

/// A plan as a case uses it: frozen with the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub steps: Vec<PlanStep>,
}

/// All plans, handed in with `Provided`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plans {
    pub by_hand: ByHand,
    untriaged: Vec<PlanStep>,
    priority_1: Vec<PlanStep>,
    priority_2: Vec<PlanStep>,
    priority_3: Vec<PlanStep>,
    priority_4: Vec<PlanStep>,
}

/// What is wrong with a file of plans.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct PlanError {
    pub line: usize,
    pub what: String,
}

/// Why there are no plans.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}, {mistake}", path.display())]
    Mistake { path: PathBuf, mistake: PlanError },
    #[error("built-in plans, {0}")]
    BuiltIn(#[from] PlanError),
}

impl Plans {
    /// Reads a text of plans.
    ///
    /// # Errors
    /// [`PlanError`] with the first mistake and its line.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        toml::from_str(text).map_err(|error| {
            let begin = error.span().map_or(0, |span| span.start);
            let line = text.as_bytes().iter().take(begin).filter(|byte| **byte == b'\n').count() + 1;
            PlanError { line, what: error.message().to_owned() }
        })
    }

    /// Reads the file, or the built-in plans for an empty path.
    ///
    /// # Errors
    /// A sentence with the file, the line and the mistake.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        if path.as_os_str().is_empty() {
            return Ok(Self::parse(DEFAULTS)?);
        }
        let unreadable = |source| LoadError::Unreadable { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(&text).map_err(|mistake| LoadError::Mistake { path: path.to_owned(), mistake })
    }

    /// The steps for a priority; without one, those before triage.
    #[must_use]
    pub fn steps(&self, priority: Option<i32>) -> &[PlanStep] {
        match priority {
            Some(..=1) => &self.priority_1,
            Some(2) => &self.priority_2,
            Some(3) => &self.priority_3,
            Some(4..) => &self.priority_4,
            None => &self.untriaged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_plans_begin_with_the_team_and_tell_the_land_of_the_gravest() {
        let plans = Plans::parse(DEFAULTS).unwrap();
        for priority in [None, Some(1), Some(2), Some(3), Some(4)] {
            assert_eq!(plans.steps(priority)[0].whom, Whom::CertTeam, "{priority:?}");
        }
        let last = plans.steps(Some(1)).last().unwrap();
        assert_eq!((&last.whom, last.needs_approval), (&Whom::StateLeadership, false));
        assert!(plans.steps(Some(1)).iter().rev().skip(1).all(|step| step.acknowledged == Then::Next));
    }

    #[test]
    fn an_operator_is_told_the_line_of_a_mistake() {
        let mistakes = [
            ("whom = \"provider\"", "whom = \"mayor\"", "nobody that a step can reach"),
            ("whom = \"provider\"", "whom = \"chosen\"", "chosen"),
            ("whom = \"provider\"", "whom = \"key:\"", "nobody that a step can reach"),
            ("acknowledge_minutes = 20", "acknowledge_minutes = 0", "at least 1"),
            ("acknowledge_minutes = 20", "acknowledge_minutes = 20000", "more than a week"),
            ("acknowledge_minutes = 20", "acknowledge_minute = 20", "acknowledge_minute"),
            ("silent = \"stop\"", "silent = \"perhaps\"", "perhaps"),
            ("[by_hand]\nacknowledge_minutes = 30", "[by_hand]\nacknowledge_minutes = 0", "at least 1"),
            ("name = \"Wer den Betrieb führt\"", "name = \"\"", "1 to 120"),
        ];
        let good = "untriaged = []\npriority_2 = []\npriority_3 = []\npriority_4 = []\n\
                    [by_hand]\nacknowledge_minutes = 30\n[[priority_1]]\nname = \"Wer den Betrieb führt\"\nwhom = \"provider\"\nacknowledge_minutes = 20\nsilent = \"stop\"\n";
        assert_eq!(Plans::parse(good).unwrap().steps(Some(1))[0].whom, Whom::Provider);
        for (right, wrong, expected) in mistakes {
            let error = Plans::parse(&good.replace(right, wrong)).unwrap_err();
            assert!((5..=11).contains(&error.line) && error.what.contains(expected), "{wrong}: {error}");
        }
        let error = Plans::parse("[by_hand]\nacknowledge_minutes = 30\n").unwrap_err();
        assert!(error.what.contains("untriaged"), "{error}");
    }

    #[test]
    fn a_step_reads_back_as_it_was_frozen() {
        for step in Plans::parse(DEFAULTS).unwrap().priority_2 {
            let frozen = serde_json::to_string(&step).unwrap();
            assert_eq!(serde_json::from_str::<PlanStep>(&frozen).unwrap(), step);
        }
    }
}
