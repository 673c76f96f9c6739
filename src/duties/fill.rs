//! What a case suggests for a report to an authority: what it says itself, and open places where only a person knows.
//! Pure.

use super::book::{Content, Stage};
use super::model::Draft;
use super::vcv;
use crate::core::i18n::{Arg, Lang, text, text_with};
use crate::core::when;
use crate::incidents::model::{Incident, Report};
use crate::web::site::Settings;

/// What is known of a case.
pub struct Known<'a> {
    pub case: &'a Incident,
    /// None where its words are not for this organisation.
    pub report: Option<&'a Report>,
    /// What of the report's words may be an attacker's.
    pub observables: &'a [String],
    pub cert: &'a Settings,
    /// Whether the time is over.
    pub is_late: bool,
}

fn say(key: &str) -> String {
    text(Lang::De, key).into_owned()
}

fn say_with(key: &str, args: &[(&str, Arg<'_>)]) -> String {
    text_with(Lang::De, key, args).into_owned()
}

/// The word for a code of a family of words.
fn word(family: &str, code: &str) -> String {
    say(&format!("{family}-{}", code.replace('_', "-")))
}

/// The draft as far as the case says it.
pub fn suggest(stage: &Stage, known: &Known<'_>) -> Draft {
    let mut draft = Draft::default();
    for content in &stage.contents {
        draft.set(*content, content_of(*content, known).join("\n"));
    }
    draft
}

fn content_of(content: Content, known: &Known<'_>) -> Vec<String> {
    let case = known.case;
    let flags = known.report.map(|report| report.flags).unwrap_or_default();
    match content {
        Content::What => what(known),
        Content::Severity => match case.class {
            Some(class) => {
                let class = word("incident-class", class.code());
                vec![say_with("duty-fill-severity", &[("class", class.into())])]
            }
            None => vec![say("duty-fill-severity-open")],
        },
        Content::Impact => {
            let mut lines = Vec::new();
            if let (Some(impact), Some(spread)) = (case.impact, case.spread) {
                let impact = word("incident-impact", impact.code());
                let spread = word("incident-spread", spread.code());
                lines.push(say_with(
                    "duty-fill-impact",
                    &[("impact", impact.into()), ("spread", spread.into())],
                ));
            }
            if flags.critical_service {
                lines.push(say("duty-fill-service"));
            }
            lines.push(say("duty-fill-impact-open"));
            lines
        }
        Content::Observables if known.observables.is_empty() => vec![say("duty-fill-observables-none")],
        Content::Observables => known.observables.to_vec(),
        Content::Malicious => {
            vec![say(if flags.malicious { "duty-fill-malicious" } else { "duty-fill-malicious-open" })]
        }
        Content::CrossBorder => vec![say("duty-fill-cross-border")],
        Content::Cause => vec![say("duty-fill-cause")],
        Content::Measures => {
            let own = known.report.map(|report| report.measures.clone()).filter(|own| !own.is_empty());
            let args = [
                ("cert", known.cert.cert_name.clone().into()),
                ("at", when::absolute(case.reported_at).into()),
                ("reference", case.reference.clone().into()),
            ];
            own.into_iter()
                .chain([text_with(Lang::De, "paper-fill-done-reported", &args).into_owned()])
                .chain([say("duty-fill-measures")])
                .collect()
        }
        Content::Status => {
            let status = word("incident-status", case.status.code());
            vec![say_with("duty-fill-status", &[("status", status.into())]), say("duty-fill-status-open")]
        }
        Content::VcvCategory => vec![match case.category {
            Some(category) => say(vcv::key(vcv::number(category))),
            None => say("duty-fill-vcv-open"),
        }],
        Content::Installation => vec![say("duty-fill-installation")],
        Content::Persons => vec![say("duty-fill-persons")],
        Content::DataOfficer => vec![say("duty-fill-data-officer")],
        Content::Consequences => vec![say("duty-fill-consequences")],
        // What comes in time says nothing of it.
        Content::Delay if !known.is_late => Vec::new(),
        Content::Delay => vec![say("duty-fill-delay")],
    }
}

fn what(known: &Known<'_>) -> Vec<String> {
    let case = known.case;
    let mut lines = Vec::new();
    if let Some(report) = known.report {
        if !case.title.is_empty() {
            lines.push(case.title.clone());
        }
        if !report.description.is_empty() {
            lines.push(report.description.clone());
        }
    }
    if lines.is_empty() {
        lines.push(say("duty-fill-what-open"));
    }
    let times = [("duty-fill-began", case.occurred_at), ("duty-fill-noticed", case.detected_at)];
    for (key, at) in times {
        if let Some(at) = at {
            lines.push(say_with(key, &[("at", when::absolute(at).into())]));
        }
    }
    lines
}
