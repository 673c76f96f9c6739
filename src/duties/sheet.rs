//! Drafts as files: a sheet of paper, and the same for machines.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::service::Opened;
use crate::core::i18n::{Lang, text, text_with};
use crate::core::when;
use crate::web::emphasis::Run;
use crate::web::pdf::{Facts, Frame, Paper, Sheet};

fn say(key: &str) -> String {
    text(Lang::De, key).into_owned()
}

/// Its name as a heading, which also says that it is a drill.
pub fn title(opened: &Opened) -> String {
    let name = opened.stage.name.clone();
    if opened.case.is_drill {
        text_with(Lang::De, "paper-drill", &[("title", name.into())]).into_owned()
    } else {
        name
    }
}

/// The Fluent key of a content's heading.
pub fn heading(code: &str) -> String {
    format!("duty-content-{}", code.replace('_', "-"))
}

/// As a sheet of paper. `at`: of when it is.
pub fn sheet(opened: &Opened, at: Timestamp) -> Sheet {
    let case = &opened.case;
    let args = [
        ("reference", (&case.reference).into()),
        ("house", (&opened.house).into()),
        ("at", when::absolute(at).into()),
    ];
    let frame = Frame {
        reference: text_with(Lang::De, "paper-lage-reference", &args).into_owned(),
        tlp: Some(case.tlp),
        foot: say("duty-foot"),
        under: String::new(),
    };
    let mut sheet = Sheet::new(Paper::A4, frame);
    sheet.title(&title(opened));
    let mut facts = vec![
        (say("duty-recipient"), opened.duty.set.recipient.clone()),
        (say("duty-law"), opened.stage.source.clone()),
        (say("duty-house"), opened.house.clone()),
        (say("duty-aware"), when::absolute(opened.duty.aware_at)),
    ];
    facts.extend(opened.due_at().map(|due_at| (say("duty-due"), when::absolute(due_at))));
    sheet.facts(&facts, Facts::Plain);
    for content in &opened.stage.contents {
        sheet.heading(&say(&heading(content.code())));
        let said = opened.draft.get(*content);
        let said = if said.is_empty() { say("duty-nothing-said") } else { said.to_owned() };
        for line in said.lines().map(str::trim).filter(|line| !line.is_empty()) {
            sheet.paragraph(&[Run::plain(line)]);
        }
    }
    sheet
}

/// A report as machines read it. Codes are the configuration's.
#[derive(Debug, Serialize)]
pub struct Structured<'a> {
    rule_set: &'a str,
    stage: &'a str,
    recipient: &'a str,
    source: &'a str,
    reference: &'a str,
    organisation_id: Uuid,
    organisation: &'a str,
    is_drill: bool,
    tlp: String,
    aware_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    class: Option<&'static str>,
    category: Option<&'static str>,
    contents: serde_json::Map<String, serde_json::Value>,
    /// What is not said yet, by code.
    missing: Vec<&'static str>,
}

/// The same for machines.
pub fn structured(opened: &Opened) -> Structured<'_> {
    let said = opened
        .stage
        .contents
        .iter()
        .map(|content| (content.code().to_owned(), serde_json::Value::from(opened.draft.get(*content))));
    Structured {
        rule_set: &opened.duty.set.key,
        stage: &opened.stage.key,
        recipient: &opened.duty.set.recipient,
        source: &opened.stage.source,
        reference: &opened.case.reference,
        organisation_id: opened.duty.organisation.into(),
        organisation: &opened.house,
        is_drill: opened.case.is_drill,
        tlp: opened.case.tlp.to_string(),
        aware_at: opened.duty.aware_at,
        due_at: opened.due_at(),
        class: opened.case.class.map(|class| class.code()),
        category: opened.case.category.map(|category| category.code()),
        contents: said.collect(),
        missing: opened.draft.missing(&opened.stage).into_iter().map(|content| content.code()).collect(),
    }
}
