//! What comes in from forms and JSON alike: strings that become typed values, with every fault named by its field.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::model::{
    Category, Class, Flags, Impact, Inform, NewReport, Observed, Priority, Spread, Times, Triage,
};
use super::status::{CloseReason, Status};
use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::core::text::{Fields, Line, Name, Prose, Refusal, Title};
use crate::core::tlp::Tlp;
use crate::core::when;

/// A report as it was typed or sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = NewIncident)]
pub struct RawReport {
    /// For which organisation; its id.
    pub organisation: String,
    /// Which others it concerns for which you act by register; their ids, at most 200.
    pub affected: Vec<String>,
    /// One line, at most 200 characters.
    pub title: String,
    /// At most 20,000 characters.
    pub description: String,
    /// What was done already.
    pub measures: String,
    /// `encrypted`, `mail`, `account`, `malware`, `outage`, `website`, `data`, `device`, `vulnerability`, `other`.
    pub observed: String,
    pub contact_name: String,
    pub contact_phone: String,
    /// Whom the CERT may inform: `by_name`, `anonymous`, `nobody`.
    pub inform: String,
    pub personal_data: bool,
    pub malicious: bool,
    pub beyond_house: bool,
    pub critical_service: bool,
    /// RFC 3339, or local time as people write it: `21.11.2026 07:40`.
    pub occurred_at: String,
    pub detected_at: String,
    pub aware_at: String,
    /// A trial run without alarm.
    pub drill: bool,
}

impl RawReport {
    /// The typed report.
    ///
    /// # Errors
    /// [`crate::core::error::Error::Invalid`] with every field that was refused.
    pub fn parse(&self) -> Result<NewReport> {
        let mut fields = Fields::default();
        let organisation = fields.keep("organisation", id(&self.organisation));
        let affected = fields.keep("affected", ids(&self.affected));
        let title = fields.keep("title", Title::parse(&self.title));
        let description = fields.keep("description", Prose::parse(&self.description));
        let measures = fields.keep("measures", Prose::parse_optional(&self.measures));
        let observed = fields.keep("observed", choice(Observed::parse, &self.observed));
        let contact_name = fields.keep("contact_name", optional(Name::parse, &self.contact_name));
        let contact_phone = fields.keep("contact_phone", optional(Line::<60>::parse, &self.contact_phone));
        let inform = fields.keep("inform", choice(Inform::parse, &self.inform));
        let occurred = fields.keep("occurred_at", optional(time, &self.occurred_at));
        let detected = fields.keep("detected_at", optional(time, &self.detected_at));
        let aware = fields.keep("aware_at", optional(time, &self.aware_at));
        let report = (|| {
            Some(NewReport {
                organisation: Some(organisation?),
                affected: affected?,
                title: title?,
                description: description?,
                measures: measures?,
                observed: observed?,
                contact_name: contact_name?,
                contact_phone: contact_phone?,
                inform: inform?,
                flags: Flags {
                    personal_data: self.personal_data,
                    malicious: self.malicious,
                    beyond_house: self.beyond_house,
                    critical_service: self.critical_service,
                },
                times: Times { occurred: occurred?, detected: detected?, aware: aware? },
                is_danger: false,
                is_drill: self.drill,
                suggestion: None,
            })
        })();
        fields.done(report)
    }
}

/// A decision of triage as it was typed or sent.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Triage)]
pub struct RawTriage {
    /// The version of the incident that was looked at.
    pub version: i32,
    /// `near_miss`, `event`, `incident`, `significant`.
    pub class: String,
    /// RSIT `class/type`, e.g. `malicious-code/infected-system`.
    pub category: String,
    /// `none`, `low`, `high`, `severe`.
    pub impact: String,
    /// `one_device`, `one_office`, `whole_house`, `several_houses`.
    pub spread: String,
    /// 1 to 4, where another than impact × spread gives is wanted; empty otherwise.
    pub priority: String,
    /// Why; needed with another priority.
    pub priority_reason: String,
    pub tlp: String,
}

impl RawTriage {
    /// The typed decision.
    ///
    /// # Errors
    /// As [`RawReport::parse`].
    pub fn parse(&self) -> Result<Triage> {
        let mut fields = Fields::default();
        let class = fields.keep("class", choice(Class::parse, &self.class));
        let category = fields.keep("category", choice(Category::parse, &self.category));
        let impact = fields.keep("impact", choice(Impact::parse, &self.impact));
        let spread = fields.keep("spread", choice(Spread::parse, &self.spread));
        let tlp = fields.keep("tlp", choice(Tlp::parse, &self.tlp));
        let wanted = fields.keep("priority", optional(priority, &self.priority)).flatten();
        let priority = match wanted {
            Some(wanted) => fields
                .keep("priority_reason", Line::<300>::parse(&self.priority_reason))
                .map(|reason| Some((wanted, reason))),
            None => Some(None),
        };
        let triage = (|| {
            Some(Triage {
                class: class?,
                category: category?,
                impact: impact?,
                spread: spread?,
                priority: priority?,
                tlp: tlp?,
            })
        })();
        fields.done(triage)
    }
}

/// Reads a status by its code.
///
/// # Errors
/// The Fluent key of the refusal.
pub fn status(text: &str) -> Result<Status, Refusal> {
    choice(Status::parse, text)
}

/// Reads a reason for closing by its code.
///
/// # Errors
/// The Fluent key of the refusal.
pub fn close_reason(text: &str) -> Result<CloseReason, Refusal> {
    choice(CloseReason::parse, text)
}

/// Reads an instant: RFC 3339, or local time as people write it.
///
/// # Errors
/// The Fluent key of the refusal.
pub fn time(text: &str) -> Result<Timestamp, Refusal> {
    match text.trim().parse::<Timestamp>() {
        Ok(instant) => when::in_range(instant),
        Err(_) => when::parse(text),
    }
}

fn id(text: &str) -> Result<OrgId, Refusal> {
    text.trim().parse().map_err(|_| if text.trim().is_empty() { "error-required" } else { "error-choice" })
}

/// More than any administration has members.
const MOST_AFFECTED: usize = 200;

fn ids(texts: &[String]) -> Result<Vec<OrgId>, Refusal> {
    if texts.len() > MOST_AFFECTED {
        Err("error-too-long")
    } else {
        texts.iter().map(|text| id(text)).collect()
    }
}

fn choice<T>(parse: impl Fn(&str) -> Option<T>, text: &str) -> Result<T, Refusal> {
    parse(text.trim()).ok_or(if text.trim().is_empty() { "error-required" } else { "error-choice" })
}

fn optional<T>(parse: impl Fn(&str) -> Result<T, Refusal>, text: &str) -> Result<Option<T>, Refusal> {
    if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
}

fn priority(text: &str) -> Result<Priority, Refusal> {
    match text.trim().parse() {
        Ok(number @ 1..=4) => Ok(number),
        _ => Err("error-choice"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::Error;

    fn filled() -> RawReport {
        RawReport {
            organisation: "01980000-0000-7000-8000-000000000001".into(),
            title: "Dateien verschlüsselt".into(),
            description: "Seit heute früh.".into(),
            observed: "encrypted".into(),
            inform: "by_name".into(),
            ..RawReport::default()
        }
    }

    fn refused(raw: &RawReport) -> Vec<&'static str> {
        match raw.parse() {
            Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.field).collect(),
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn a_short_report_is_enough() {
        assert!(filled().parse().is_ok());
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let raw = RawReport {
            detected_at: "gestern".into(),
            contact_name: "a\u{7}b".into(),
            ..RawReport::default()
        };
        assert_eq!(
            refused(&raw),
            ["organisation", "title", "description", "observed", "contact_name", "inform", "detected_at"]
        );
    }

    #[test]
    fn dates_before_1970_and_after_2100_are_refused() {
        for date in ["31.12.1969 10:00", "2100-01-01T00:00:00Z", "01.01.2101 00:00"] {
            assert_eq!(
                refused(&RawReport { occurred_at: date.into(), ..filled() }),
                ["occurred_at"],
                "{date}"
            );
        }
    }

    #[test]
    fn another_priority_needs_its_reason() {
        let raw = RawTriage {
            version: 1,
            class: "incident".into(),
            category: "fraud/phishing".into(),
            impact: "low".into(),
            spread: "one_device".into(),
            priority: "1".into(),
            tlp: "TLP:GREEN".into(),
            ..RawTriage::default()
        };
        match raw.parse() {
            Err(Error::Invalid(fields)) => assert_eq!(fields[0].field, "priority_reason"),
            other => panic!("not refused: {other:?}"),
        }
    }
}
