//! The papers, their parts, and what somebody wrote into them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::codes::codes;
use crate::core::error::{FieldError, Result};
use crate::core::text::{Block, Fields};
use crate::core::tlp::Tlp;
use crate::incidents::model::Flags;

codes! {
    /// A paper. The code is the last part of its address.
    Paper {
        /// For the mayor, on one page.
        Situation = "lage",
        /// For everybody, on the organisation's own website.
        Notice = "hinweis",
        /// To the people whose data are affected (GDPR Art. 34).
        Letter = "benachrichtigung",
        /// To the mayor of each member municipality that it concerns.
        Members = "gemeinden",
    }
}

/// A part by the name of its input, with the Fluent key of its heading.
type Part = (&'static str, &'static str);

const SITUATION: &[Part] = &[
    ("happened", "paper-lage-happened"),
    ("works", "paper-lage-works"),
    ("steps", "paper-lage-done"),
    ("next", "paper-lage-next"),
    ("decide", "paper-lage-decide"),
    ("say", "paper-lage-say"),
    ("ask", "paper-lage-ask"),
];
const NOTICE: &[Part] = &[("heading", "paper-hinweis-heading"), ("notice", "paper-hinweis-notice")];
const LETTER: &[Part] = &[
    ("happened", "paper-benachrichtigung-happened"),
    ("data", "paper-benachrichtigung-data"),
    ("risks", "paper-benachrichtigung-risks"),
    ("steps", "paper-benachrichtigung-done"),
    ("advice", "paper-benachrichtigung-advice"),
    ("ask", "paper-benachrichtigung-ask"),
];

const MEMBERS: &[Part] = &[
    ("happened", "paper-gemeinden-happened"),
    ("works", "paper-gemeinden-works"),
    ("steps", "paper-gemeinden-done"),
    ("advice", "paper-gemeinden-advice"),
    ("ask", "paper-gemeinden-ask"),
];

impl Paper {
    /// Its parts in their order.
    #[must_use]
    pub fn parts(self) -> &'static [Part] {
        match self {
            Self::Situation => SITUATION,
            Self::Notice => NOTICE,
            Self::Letter => LETTER,
            Self::Members => MEMBERS,
        }
    }

    /// Whether a case needs it. Only people whose data are affected are written to, and only mayors whom it concerns.
    #[must_use]
    pub fn fits(self, flags: Flags, has_members: bool) -> bool {
        match self {
            Self::Situation | Self::Notice => true,
            Self::Letter => flags.personal_data,
            Self::Members => has_members,
        }
    }

    /// The Fluent key of its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Situation => "paper-lage",
            Self::Notice => "paper-hinweis",
            Self::Letter => "paper-benachrichtigung",
            Self::Members => "paper-gemeinden",
        }
    }

    /// The Fluent key of what it is for.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Situation => "paper-lage-what",
            Self::Notice => "paper-hinweis-what",
            Self::Letter => "paper-benachrichtigung-what",
            Self::Members => "paper-gemeinden-what",
        }
    }

    /// Whether it is made for paper.
    #[must_use]
    pub fn is_printed(self) -> bool {
        self != Self::Notice
    }

    /// Whether it is made to be copied to somewhere else.
    #[must_use]
    pub fn is_copied(self) -> bool {
        matches!(self, Self::Notice | Self::Letter)
    }

    /// Whether it is a letter, with a greeting.
    #[must_use]
    pub fn is_letter(self) -> bool {
        matches!(self, Self::Letter | Self::Members)
    }
}

/// The beginning of what stands where only the organisation knows what to say.
pub const OPEN: &str = "[bitte";

/// What a paper says, by part. Parts that say nothing are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<String, String>);

impl Text {
    /// Checks what was typed, each part by its name.
    ///
    /// # Errors
    /// [`crate::core::error::Error::Invalid`] with every part that is too long, or the first where all are empty.
    pub fn read<'a>(paper: Paper, typed: impl Fn(&'static str) -> &'a str) -> Result<Self> {
        let (mut fields, mut text) = (Fields::default(), Self::default());
        for (name, _) in paper.parts() {
            if let Some(Some(said)) = fields.keep(name, Block::<4000>::parse_optional(typed(name))) {
                text.set(name, said.into_string());
            }
        }
        if fields.is_empty() && text.0.is_empty() {
            return Err(FieldError::new(paper.parts()[0].0, "error-required").into());
        }
        fields.done(Some(text))
    }

    /// What a part says; empty where it says nothing.
    #[must_use]
    pub fn get(&self, part: &str) -> &str {
        self.0.get(part).map_or("", String::as_str)
    }

    /// Says something in a part.
    pub(super) fn set(&mut self, part: &str, said: String) {
        self.0.insert(part.to_owned(), said);
    }

    /// How many places only the organisation can fill in.
    #[must_use]
    pub fn open_places(&self) -> usize {
        self.0.values().map(|said| said.matches(OPEN).count()).sum()
    }
}

/// A version that was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Rises with each change; a form sends back the one it saw.
    pub version: i32,
    pub at: Timestamp,
    pub author: String,
}

/// What the papers of a case say of it, beside their words.
#[derive(Debug, Clone)]
pub struct Head {
    pub paper: Paper,
    pub reference: String,
    /// Of whom the paper is.
    pub house: String,
    /// To which members it goes, each with a letter of its own; none of another paper.
    pub members: Vec<String>,
    pub tlp: Tlp,
    pub is_drill: bool,
    /// Of when the paper is: of its saving, or of now.
    pub at: Timestamp,
}

/// A paper as it stands.
#[derive(Debug, Clone)]
pub struct Opened {
    pub head: Head,
    pub text: Text,
    /// None where the text is only what the case suggests.
    pub saved: Option<Saved>,
}
