//! The Traffic Light Protocol 2.0 (FIRST, August 2022). Labels are never translated; explanations are.

use serde::{Deserialize, Serialize};

/// How far something may be shared, from everybody to named persons only.
///
/// The order is from the widest to the narrowest, so `a > b` reads "a is stricter than b".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tlp {
    #[serde(rename = "TLP:CLEAR")]
    Clear,
    #[serde(rename = "TLP:GREEN")]
    Green,
    #[serde(rename = "TLP:AMBER")]
    Amber,
    #[serde(rename = "TLP:AMBER+STRICT")]
    AmberStrict,
    #[serde(rename = "TLP:RED")]
    Red,
}

impl Tlp {
    /// All labels, widest first.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// The label as FIRST writes it, without any space.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }

    /// Reads a label; only the five of TLP 2.0 are valid.
    #[must_use]
    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tlp| tlp.label() == label)
    }

    /// Whether content under this label may travel in a mail that is not encrypted for its recipient.
    #[must_use]
    pub fn may_travel_in_clear(self) -> bool {
        self <= Self::Green
    }

    /// The class that colours the label on a page; the word itself always stands beside it.
    #[must_use]
    pub fn css(self) -> &'static str {
        match self {
            Self::Clear => "",
            Self::Green => "mk-tlp--green",
            Self::Amber | Self::AmberStrict => "mk-tlp--amber",
            Self::Red => "mk-tlp--red",
        }
    }

    /// The Fluent key of the sentence that explains the label.
    #[must_use]
    pub fn explained(self) -> &'static str {
        match self {
            Self::Clear => "tlp-clear",
            Self::Green => "tlp-green",
            Self::Amber => "tlp-amber",
            Self::AmberStrict => "tlp-amber-strict",
            Self::Red => "tlp-red",
        }
    }
}

impl std::fmt::Display for Tlp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}
