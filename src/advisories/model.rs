//! The words of advisories as types: two scales that are never folded into one, references, CVE ids, content.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::machine::State;
use crate::core::error::{FieldError, Result};
use crate::core::ids::{AccountId, AdvisoryId, ContactId, DeliveryId, OrgId, VersionId};
use crate::core::text::{Block, Fields, Line, Name, Prose, Refusal};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::directory::model::AudienceFilter;

/// An enum with its word in the database and the API and the Fluent key of its German word.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant),+ }
        impl $name {
            /// All, in the order in which pages list them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The word in the database and the API.
            #[must_use]
            pub fn code(self) -> &'static str { match self { $(Self::$variant => $code),+ } }
            /// Reads the word of `code`.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.code() == code) }
            /// The Fluent key of the German word.
            #[must_use]
            pub fn label(self) -> &'static str { match self { $(Self::$variant => $label),+ } }
        }
    };
}
pub(super) use codes;

codes! {
    /// How bad the weakness is in itself. Says nothing about how soon to act: that is the [`WarningStep`].
    Severity {
        Low = "low", "advisory-severity-low";
        Medium = "medium", "advisory-severity-medium";
        High = "high", "advisory-severity-high";
        Critical = "critical", "advisory-severity-critical";
    }
}

codes! {
    /// How soon to act: grey, yellow, orange, red.
    WarningStep {
        Grey = "grey", "advisory-step-grey";
        Yellow = "yellow", "advisory-step-yellow";
        Orange = "orange", "advisory-step-orange";
        Red = "red", "advisory-step-red";
    }
}

impl WarningStep {
    /// 1 (grey) to 4 (red).
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Grey => 1,
            Self::Yellow => 2,
            Self::Orange => 3,
            Self::Red => 4,
        }
    }

    /// How soon its mails leave: the more urgent the warning, the sooner.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        match self {
            Self::Grey => Urgency::AdvisoryGrey,
            Self::Yellow => Urgency::AdvisoryYellow,
            Self::Orange => Urgency::AdvisoryOrange,
            Self::Red => Urgency::AdvisoryRed,
        }
    }

    /// Reads 1 to 4.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| step.number() == number)
    }

    /// The Fluent key of what the step asks for, beside its colour.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Grey => "advisory-step-advice-grey",
            Self::Yellow => "advisory-step-advice-yellow",
            Self::Orange => "advisory-step-advice-orange",
            Self::Red => "advisory-step-advice-red",
        }
    }
}

/// An advisory's reference, `TH-CERT-2026-0007`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

impl Reference {
    /// The `number`-th advisory of `year`.
    #[must_use]
    pub fn new(year: i16, number: i64) -> Self {
        Self(format!("TH-CERT-{year}-{number:04}"))
    }

    /// Reads a reference from an address; `None` where it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.strip_prefix("TH-CERT-")?.split_once('-')?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = year.len() == 4 && (4..=9).contains(&number.len()) && digits(year) && digits(number);
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A title that leaves room for the reference in a mail's subject.
type Title = Line<150>;

/// How many CVE ids or products one advisory names at most.
const MAX_LIST: usize = 50;

/// Checks a CVE id and writes it as CVE does: `CVE-YYYY-NNNN…`, a year from 1999 on and 4 to 19 digits
/// (CVE Record Format 5, `cveId`).
///
/// # Errors
/// The Fluent key of the reason.
pub fn cve(text: &str) -> Result<String, Refusal> {
    let id = text.trim().to_ascii_uppercase();
    let digits = |part: &str, len: std::ops::RangeInclusive<usize>| {
        len.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let valid =
        id.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).is_some_and(|(year, number)| {
            digits(year, 4..=4) && ("1999".."2100").contains(&year) && digits(number, 4..=19)
        });
    if valid { Ok(id) } else { Err("advisory-error-cve") }
}

/// What an advisory says. Read once by [`Content::read`]; from then on its texts hold no control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    pub title: String,
    /// "Wen betrifft das?"; Markdown, empty only in a draft.
    pub concerns: String,
    /// "Was ist heute zu tun?"; Markdown, empty only in a draft.
    pub measures: String,
    /// Details; Markdown, may be empty.
    pub body: String,
    pub products: Vec<String>,
    /// Valid CVE ids, without repetition.
    pub cves: Vec<String>,
}

/// A content as somebody typed it: one product a line, CVE ids apart by commas, spaces or lines.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    pub title: &'a str,
    pub concerns: &'a str,
    pub measures: &'a str,
    pub body: &'a str,
    pub products: &'a str,
    pub cves: &'a str,
}

impl Content {
    /// Checks what was typed; every fault is noted in `fields` under the input's name.
    pub fn read(typed: Typed<'_>, fields: &mut Fields) -> Option<Self> {
        let title = fields.keep("title", Title::parse(typed.title)).map(Line::into_string);
        let concerns = fields.keep("concerns", optional::<2_000>(typed.concerns));
        let measures = fields.keep("measures", optional::<5_000>(typed.measures));
        let body = fields.keep("body", Prose::parse_optional(typed.body));
        let products = fields.keep("products", list(typed.products.split(['\n', '\r']), product));
        let cve_words = typed.cves.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        let cves = fields.keep("cves", list(cve_words, cve));
        Some(Self {
            title: title?,
            concerns: concerns?,
            measures: measures?,
            body: body?.map(Block::into_string).unwrap_or_default(),
            products: products?,
            cves: cves?,
        })
    }

    /// What is missing before somebody can be asked to review it.
    #[must_use]
    pub fn missing(&self) -> Vec<FieldError> {
        [("concerns", &self.concerns), ("measures", &self.measures)]
            .into_iter()
            .filter(|(_, text)| text.is_empty())
            .map(|(field, _)| FieldError::new(field, "error-required"))
            .collect()
    }
}

fn optional<const MAX: usize>(text: &str) -> Result<String, Refusal> {
    Ok(Block::<MAX>::parse_optional(text)?.map(Block::into_string).unwrap_or_default())
}

fn product(text: &str) -> Result<String, Refusal> {
    Name::parse(text).map(Line::into_string)
}

fn list<'a>(
    parts: impl Iterator<Item = &'a str>,
    read: impl Fn(&str) -> Result<String, Refusal>,
) -> Result<Vec<String>, Refusal> {
    let mut found: Vec<String> = Vec::new();
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let value = read(part)?;
        if !found.contains(&value) {
            found.push(value);
        }
    }
    if found.len() > MAX_LIST { Err("error-too-long") } else { Ok(found) }
}

/// What a version is labelled with and for whom it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub tlp: Tlp,
    pub step: WarningStep,
    pub severity: Severity,
    pub audience: AudienceFilter,
}

/// One version of an advisory, with its content.
#[derive(Debug, Clone)]
pub struct Version {
    pub id: VersionId,
    pub advisory: AdvisoryId,
    pub reference: Reference,
    /// 1 for the first version.
    pub number: i32,
    pub state: State,
    pub frame: Frame,
    pub content: Content,
    /// Why the version was last given back to its authors; empty when it never was.
    pub return_reason: String,
    pub created_at: Timestamp,
    pub submitted_at: Option<Timestamp>,
    pub approved_name: Option<String>,
    pub approved_at: Option<Timestamp>,
    pub approved_hash: Option<Vec<u8>>,
    pub published_at: Option<Timestamp>,
    /// Rises with each change; a form sends back the one it saw.
    pub lock: i32,
    pub updated_at: Timestamp,
}

impl Version {
    /// Whether recipients can know of it.
    #[must_use]
    pub fn is_out(&self) -> bool {
        self.state.is_out()
    }
}

/// A row of a list of advisories.
#[derive(Debug, Clone)]
pub struct Row {
    pub version: VersionId,
    pub reference: Reference,
    pub number: i32,
    pub state: State,
    pub title: String,
    pub tlp: Tlp,
    pub step: WarningStep,
    pub severity: Severity,
    pub published_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// What the CERT's list is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub step: Option<WarningStep>,
}

/// One recipient of an approved version, fixed at approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub organisation: OrgId,
    pub contact: ContactId,
    /// The organisation's name, as it will stand in the mail.
    pub name: String,
    pub address: String,
}

/// Who wrote a part of a version.
pub type Authors = Vec<AccountId>;

codes! {
    /// Where a delivery stands. `Waiting` has no mail yet: approved, not published.
    DeliveryState {
        Waiting = "waiting", "advisory-delivery-waiting";
        Queued = "queued", "advisory-delivery-queued";
        Leased = "leased", "advisory-delivery-leased";
        Accepted = "accepted", "advisory-delivery-accepted";
        Bounced = "bounced", "advisory-delivery-bounced";
        Failed = "failed", "advisory-delivery-failed";
    }
}

impl DeliveryState {
    /// Whether nobody there got the mail and somebody has to telephone.
    #[must_use]
    pub fn is_to_be_called(self) -> bool {
        matches!(self, Self::Bounced | Self::Failed)
    }
}

/// A delivery as its page shows it.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: DeliveryId,
    pub organisation: OrgId,
    pub contact: ContactId,
    pub name: String,
    pub address: String,
    pub state: DeliveryState,
    /// A crash left the mail server's answer unknown, so the mail may have gone out twice.
    pub possibly_duplicate: bool,
    pub attempts: i32,
    /// What the mail server answered last.
    pub answer: Option<String>,
    pub answered_at: Option<Timestamp>,
    /// When the next attempt is due, while it waits.
    pub next_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::i18n;

    #[test]
    fn only_real_cve_ids_are_taken() {
        assert_eq!(cve(" cve-2026-99901 "), Ok("CVE-2026-99901".into()));
        for bad in [
            "CVE-26-1234",
            "CVE-2026-123",
            "CVE-1998-1234",
            "CVE-2026-12x4",
            "2026-1234",
            "CVE-2026-",
            "CVE-2100-1234",
        ] {
            assert_eq!(cve(bad), Err("advisory-error-cve"), "{bad}");
        }
    }

    #[test]
    fn an_author_may_write_cve_ids_with_commas_or_lines_and_twice() {
        let mut fields = Fields::default();
        let typed = Typed {
            title: "Lücke",
            cves: "CVE-2026-1111, cve-2026-2222\nCVE-2026-1111",
            products: "NetPforte\r\n\r\nAndere\n",
            ..Typed::default()
        };
        let content = Content::read(typed, &mut fields).expect("valid");
        assert_eq!(content.cves, ["CVE-2026-1111", "CVE-2026-2222"]);
        assert_eq!(content.products, ["NetPforte", "Andere"]);
        assert_eq!(
            content.missing().iter().map(|fault| fault.field).collect::<Vec<_>>(),
            ["concerns", "measures"]
        );
    }

    #[test]
    fn every_fault_of_a_draft_is_named_with_its_field() {
        let mut fields = Fields::default();
        let typed = Typed { title: "a\r\nBcc: x", cves: "CVE-1", body: "\u{7}", ..Typed::default() };
        assert_eq!(Content::read(typed, &mut fields), None);
        let named: Vec<_> = fields.0.iter().map(|fault| fault.field).collect();
        assert_eq!(named, ["title", "body", "cves"]);
    }

    #[test]
    fn references_sort_out_what_cannot_be_one() {
        assert_eq!(Reference::parse("TH-CERT-2026-0007"), Some(Reference::new(2026, 7)));
        assert_eq!(Reference::new(2026, 12_345).as_str(), "TH-CERT-2026-12345");
        for bad in [
            "TH-2026-00042",
            "TH-CERT-2026-7",
            "TH-CERT-2026-0007'",
            "neu",
            "TH-CERT--0007",
            "TH-CERT-20٢6-0007",
        ] {
            assert_eq!(Reference::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_word_on_the_scales_has_a_german_name_and_reads_back() {
        for severity in Severity::ALL {
            assert!(i18n::has(i18n::Lang::De, severity.label()));
            assert_eq!(Severity::parse(severity.code()), Some(*severity));
        }
        for step in WarningStep::ALL {
            assert!(i18n::has(i18n::Lang::De, step.label()) && i18n::has(i18n::Lang::De, step.advice()));
            assert_eq!(WarningStep::from_number(step.number()), Some(*step));
        }
        assert!(WarningStep::ALL.is_sorted_by(|calm, grave| calm.urgency() > grave.urgency()));
        assert!(DeliveryState::ALL.iter().all(|state| i18n::has(i18n::Lang::De, state.label())));
    }
}
