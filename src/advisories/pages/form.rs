//! The editor's form: what was typed becomes a draft, and a draft fills the form.

use crate::advisories::model::{Content, Frame, Severity, Typed, WarningStep};
use crate::advisories::service::Draft;
use crate::core::error::Result;
use crate::core::text::{Fields, Refusal};
use crate::core::tlp::Tlp;
use crate::directory::model::{AudienceFilter, Kind};
use crate::web::FormData;

pub(super) const FIELDS: [&str; 16] = [
    "once",
    "version",
    "title",
    "concerns",
    "measures",
    "body",
    "products",
    "cves",
    "tlp",
    "warning_step",
    "severity",
    "audience",
    "kinds",
    "districts",
    "organisations",
    "aktion",
];

/// How the fields are called, for the summary of what was refused.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("title", "advisory-field-title"),
    ("concerns", "advisory-field-concerns"),
    ("measures", "advisory-field-measures"),
    ("body", "advisory-field-body"),
    ("products", "advisory-field-products"),
    ("cves", "advisory-field-cves"),
    ("tlp", "advisory-field-tlp"),
    ("warning_step", "advisory-field-step"),
    ("severity", "advisory-field-severity"),
    ("audience", "advisory-field-audience"),
];

/// The boxes that belong to each way of choosing recipients; to "all" belong none.
const BOXES: [(&str, &str); 3] = [("kinds", "kinds"), ("districts", "districts"), ("hand", "organisations")];

/// What was typed, checked. Every fault is noted.
pub(super) fn read(typed: &FormData) -> Result<Draft> {
    let mut fields = Fields::default();
    let content = Content::read(
        Typed {
            title: typed.get("title"),
            concerns: typed.get("concerns"),
            measures: typed.get("measures"),
            body: typed.get("body"),
            products: typed.get("products"),
            cves: typed.get("cves"),
        },
        &mut fields,
    );
    let frame = read_frame(typed, &mut fields);
    let draft = (|| Some(Draft { content: content?, frame: frame? }))();
    fields.done(draft)
}

pub(super) fn read_frame(typed: &FormData, fields: &mut Fields) -> Option<Frame> {
    let choice = "error-choice";
    let step = typed.get("warning_step").parse().ok().and_then(WarningStep::from_number);
    let tlp = fields.keep("tlp", Tlp::parse(typed.get("tlp")).ok_or(choice));
    let step = fields.keep("warning_step", step.ok_or(choice));
    let severity = fields.keep("severity", Severity::parse(typed.get("severity")).ok_or(choice));
    let audience = fields.keep("audience", read_audience(typed));
    Some(Frame { tlp: tlp?, step: step?, severity: severity?, audience: audience? })
}

fn read_audience(typed: &FormData) -> Result<AudienceFilter, Refusal> {
    fn chosen<T>(typed: &FormData, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Refusal> {
        let all: Option<Vec<T>> = typed.all(name).map(read).collect();
        all.filter(|all| !all.is_empty()).ok_or("advisory-error-audience")
    }
    let by = typed.get("audience");
    // What is ticked for another choice was meant for something: nobody guesses which of the two holds.
    if BOXES.iter().any(|(other, boxes)| *other != by && typed.has(boxes)) {
        return Err(if by == "all" {
            "advisory-error-audience-all"
        } else {
            "advisory-error-audience-other"
        });
    }
    match by {
        "all" => Ok(AudienceFilter::All),
        "kinds" => chosen(typed, "kinds", Kind::parse).map(AudienceFilter::Kinds),
        "districts" => chosen(typed, "districts", |id| id.parse().ok()).map(AudienceFilter::Districts),
        "hand" => chosen(typed, "organisations", |id| id.parse().ok()).map(AudienceFilter::Hand),
        _ => Err("advisory-error-audience"),
    }
}

/// The form as it is filled at first.
pub(super) fn filled(frame: &Frame, content: &Content) -> FormData {
    let mut data = FormData::default()
        .with("title", &content.title)
        .with("concerns", &content.concerns)
        .with("measures", &content.measures)
        .with("body", &content.body)
        .with("products", content.products.join("\n"))
        .with("cves", content.cves.join(", "))
        .with("tlp", frame.tlp.label())
        .with("warning_step", frame.step.number().to_string())
        .with("severity", frame.severity.code());
    let (by, field, values): (_, _, Vec<String>) = match &frame.audience {
        AudienceFilter::All => ("all", "", Vec::new()),
        AudienceFilter::Kinds(kinds) => {
            ("kinds", "kinds", kinds.iter().map(|kind| kind.code().into()).collect())
        }
        AudienceFilter::Districts(ids) => {
            ("districts", "districts", ids.iter().map(ToString::to_string).collect())
        }
        AudienceFilter::Hand(ids) => ("hand", "organisations", ids.iter().map(ToString::to_string).collect()),
    };
    data = data.with("audience", by);
    values.into_iter().fold(data, |data, value| data.with(field, value))
}
