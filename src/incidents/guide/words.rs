//! Answers in German: for the summary before sending, and for the report's own words.

use super::check::Concerned;
use super::model::{ALL_HOUSES, Answers, Asker, Field, House, Kind, NO_OFFICE, Step, all_fields, fields};
use super::rules;
use crate::core::i18n::{Lang, text};

/// The short name of a field.
pub fn short(name: &str) -> String {
    text(Lang::De, &format!("guide-short-{}", name.replace('_', "-"))).into_owned()
}

/// The words of a code.
pub fn answer(name: &str, code: &str) -> String {
    let code = code.replace('_', "-");
    let key = match name {
        "observed" | "inform" => format!("incident-{name}-{code}"),
        _ => format!("guide-answer-{}-{code}", name.replace('_', "-")),
    };
    text(Lang::De, &key).into_owned()
}

/// What was answered to a field, as people read it; codes that do not exist are left out.
pub fn said(field: &Field, answers: &Answers, houses: &[House]) -> String {
    let values = answers.all(field.name);
    let words: Vec<String> = match field.kind {
        Kind::One(codes) | Kind::Any(codes) => {
            let codes = codes();
            let known = values.iter().filter(|value| codes.contains(&value.as_str()));
            known.map(|value| answer(field.name, value)).collect()
        }
        Kind::Houses if values.iter().any(|value| value == ALL_HOUSES) => {
            vec![text(Lang::De, "guide-all-houses").into_owned()]
        }
        Kind::Offices if values.iter().any(|value| value == NO_OFFICE) => {
            vec![text(Lang::De, "guide-no-office").into_owned()]
        }
        Kind::Houses | Kind::Offices => {
            let is_chosen = |house: &&House| values.contains(&house.id.to_string());
            houses.iter().filter(is_chosen).map(|house| house.name.clone()).collect()
        }
        Kind::Line | Kind::Phone | Kind::Prose | Kind::Time => values.to_vec(),
    };
    words.join(", ")
}

/// Whether a field is asked after these answers.
pub fn is_told(answers: &Answers, name: &str) -> bool {
    rules::path(answers, Asker::SeveralHouses)
        .into_iter()
        .any(|step| fields(step, answers.observed()).iter().any(|field| field.name == name))
}

/// The report's words: what somebody wrote, then the other answers that have no place of their own, a line each.
pub fn description(answers: &Answers, concerned: &Concerned<'_>) -> String {
    let line = |name: &str, said: &str| format!("{}: {said}", short(name));
    let mut lines = Vec::new();
    for step in [Step::Danger, Step::Closer, Step::Spread, Step::Data, Step::Intent] {
        for field in fields(step, answers.observed()).iter().filter(|field| is_told(answers, field.name)) {
            let said = said(field, answers, &[]);
            if !said.is_empty() {
                lines.push(line(field.name, &said));
            }
        }
    }
    if !concerned.named.is_empty() {
        let names: Vec<&str> = concerned.named.iter().map(|house| house.name.as_str()).collect();
        lines.push(line("organisation", &names.join(", ")));
    }
    if concerned.filed_for.is_none() {
        lines.push(line("office_name", answers.get("office_name")));
    }
    if !answers.get("contact_other").is_empty() {
        lines.push(line("contact_other", answers.get("contact_other")));
    }
    let told = answers.get("description").trim();
    // A report says something in any case.
    if told.is_empty() && lines.is_empty() {
        lines.push(line("observed", &answer("observed", answers.get("observed"))));
    }
    let lines = lines.join("\n");
    if told.is_empty() { lines } else { format!("{told}\n\n{lines}").trim().to_owned() }
}

/// What somebody wrote in a report, without the lines that `description` makes of other answers.
pub fn own(description: &str) -> String {
    let answered = Step::ALL.iter().flat_map(|step| all_fields(*step)).map(|field| field.name);
    let labels: Vec<String> =
        answered.chain(["office_name", "contact_other"]).map(|name| format!("{}: ", short(name))).collect();
    let is_own = |line: &&str| !labels.iter().any(|label| line.starts_with(label.as_str()));
    description.lines().filter(is_own).collect::<Vec<_>>().join("\n")
}
