//! What a duty looks like in one case, and what people state about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::book::{Content, RuleSet, Stage};
use super::rule::{Applies, Standing};
use crate::core::codes::codes;
use crate::core::error::{FieldError, Result};
use crate::core::ids::{IncidentId, OrgId};
use crate::core::text::{Block, Fields, Line};

codes! {
    /// What happened between an organisation and a recipient.
    Kind {
        /// The report was sent.
        Sent = "sent",
        /// The recipient asked for it.
        Asked = "asked",
    }
}

/// The same as noted by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub rule_set: String,
    pub stage: String,
    pub kind: Kind,
    pub at: Timestamp,
    /// Empty where it was erased.
    pub author: String,
    /// The number that the recipient gave; empty where there is none.
    pub receipt: String,
}

/// The same to be noted, checked.
#[derive(Debug, Clone)]
pub struct NewMark {
    pub kind: Kind,
    pub at: Timestamp,
    pub receipt: Option<Line<100>>,
}

/// Looks at the clocks of a case.
#[derive(Debug, Serialize, Deserialize)]
pub struct Remind {
    pub incident: IncidentId,
}

/// Looks at the clocks of all open cases behind this one, in portions: the rules are others now.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepDuties {
    pub behind: Option<IncidentId>,
}

/// One stage of a duty, as it stands now.
#[derive(Debug, Clone)]
pub struct Step {
    pub stage: Stage,
    pub standing: Standing,
    pub sent: Option<Mark>,
    pub asked: Option<Mark>,
}

/// What one organisation owes one recipient in one case.
#[derive(Debug, Clone)]
pub struct Duty {
    pub organisation: OrgId,
    pub set: RuleSet,
    /// Why the set binds the organisation.
    pub why: String,
    pub applies: Applies,
    /// When the organisation became aware.
    pub aware_at: Timestamp,
    pub steps: Vec<Step>,
}

impl Duty {
    /// Which report is to be sent next, and when; none where the set does not apply any more.
    #[must_use]
    pub fn next(&self) -> Option<(&Step, Timestamp)> {
        let steps = self.steps.iter().filter(|_| self.applies != Applies::No);
        steps.filter_map(|step| Some((step, step.standing.due_at()?))).min_by_key(|(_, due_at)| *due_at)
    }
}

/// The beginning of what stands where only the organisation knows what to say.
pub const OPEN: &str = "[bitte";

/// What the draft of a report says, by content. What says nothing is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Draft(BTreeMap<String, String>);

impl Draft {
    /// Checks what was typed for a stage, each content by its code.
    ///
    /// # Errors
    /// [`crate::core::error::Error::Invalid`] with every content that is too long, or the first where all are empty.
    pub fn read<'a>(stage: &Stage, typed: impl Fn(&'static str) -> &'a str) -> Result<Self> {
        let (mut fields, mut draft) = (Fields::default(), Self::default());
        for content in &stage.contents {
            let name = content.code();
            if let Some(Some(said)) = fields.keep(name, Block::<4000>::parse_optional(typed(name))) {
                draft.set(*content, said.into_string());
            }
        }
        if fields.is_empty() && draft.0.is_empty() {
            let first = stage.contents.first().map_or("", |content| content.code());
            return Err(FieldError::new(first, "error-required").into());
        }
        fields.done(Some(draft))
    }

    /// What it says of a content; empty where nothing.
    #[must_use]
    pub fn get(&self, content: Content) -> &str {
        self.0.get(content.code()).map_or("", String::as_str)
    }

    /// Says something.
    pub fn set(&mut self, content: Content, said: String) {
        self.0.insert(content.code().to_owned(), said);
    }

    /// The contents of a stage that it does not say, or says with an open place.
    #[must_use]
    pub fn missing(&self, stage: &Stage) -> Vec<Content> {
        let is_open = |content: &Content| {
            let said = self.get(*content);
            // Only what comes too late says why.
            said.is_empty() && *content != Content::Delay || said.contains(OPEN)
        };
        stage.contents.iter().copied().filter(is_open).collect()
    }
}
