//! The case on paper, for a file, a meeting or a court: what its page shows to whoever asks, and nothing else.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use jiff::Timestamp;

use super::parts::{Said, author, involved, on_behalf, step_line, withheld};
use super::{Case, load, team};
use crate::access::guard::Visitor;
use crate::core::i18n::{Lang, text, text_with};
use crate::core::when;
use crate::desk::words::{told, word};
use crate::incidents::evidence::model::{Evidence, bytes_in_words};
use crate::incidents::model::{Entry, Incident, shown_title};
use crate::incidents::service as incidents;
use crate::web::Failure;
use crate::web::emphasis::Run;
use crate::web::pdf::{self, About, Facts, Frame, Paper, Sheet};
use crate::web::site::Site;

/// Gives out the case as a file, which is recorded beside the view.
pub(in crate::desk) async fn download(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let case = site
        .db
        .write(move |tx| {
            incidents::taken_along(tx, &actor, &reference)?;
            load(tx, &actor, &reference)
        })
        .await?;
    let written = visitor.env().now();
    let title = format!("{} · {}", case.view.incident.reference, shown_title(&case.view.incident.title));
    pdf::answer(&case.view.incident.reference.clone(), move || {
        pdf::write(&About { title: title.clone(), written }, vec![sheet(&title, case, written)])
    })
    .await
}

fn say(key: &str) -> Cow<'static, str> {
    text(Lang::De, key)
}

fn frame(case: &Incident, house: &str, written: Timestamp) -> Frame {
    let args = [
        ("reference", (&case.reference).into()),
        ("house", house.into()),
        ("at", when::absolute(written).into()),
    ];
    let reference = text_with(Lang::De, "paper-lage-reference", &args).into_owned();
    Frame {
        reference,
        tlp: Some(case.tlp),
        foot: say("desk-document-foot").into_owned(),
        under: String::new(),
    }
}

fn sheet(title: &str, case: Case, written: Timestamp) -> Sheet {
    let Case { view, names, steps, files, .. } = case;
    let incident = view.incident;
    let house = names.reporter(incident.organisation, incident.is_unconfirmed);
    let mut sheet = Sheet::new(Paper::A4, frame(&incident, &house, written));
    let drill = if incident.is_drill { format!("{}: ", say("desk-drill")) } else { String::new() };
    sheet.title(&format!("{drill}{title}"));

    let mut facts = vec![("desk-fact-organisation", house)];
    if view.may.is_team {
        facts.extend(team::facts(&incident, &view.named, &names).into_iter().map(|it| (it.key, it.value)));
    } else {
        facts.push(("desk-fact-status", word("incident-status", incident.status.code()).into_owned()));
    }
    facts.extend(team::times(&incident).into_iter().map(|it| (it.key, it.value)));
    let facts: Vec<_> = facts.into_iter().map(|(key, value)| (say(key).into_owned(), value)).collect();
    sheet.facts(&facts, Facts::Plain);
    let through = view.behalf.as_ref().map(|behalf| on_behalf(behalf, &names));
    let kept = withheld(view.redaction).map(|key| say(key).into_owned());
    through.into_iter().chain(kept).for_each(|line| paragraph(&mut sheet, &line));

    let reports = view.report.into_iter().chain(view.later);
    for report in reports.map(Said::of) {
        stated(&mut sheet, &report);
    }
    if view.may.is_team {
        let parts = involved(&view.involvements, &names);
        let lines = parts.into_iter().map(|it| format!("{} ({})", it.name, it.parts.join(", ")));
        listed(&mut sheet, "desk-involved", lines);
    }
    listed(&mut sheet, "evidence-title", files.iter().map(file));
    let steps = steps.into_iter().map(|step| step_line(step, when::absolute));
    let steps = steps.map(|step| {
        let (state, when) = (step.state.to_string(), step.when.to_string());
        let how = if when.starts_with(&state) { vec![when] } else { vec![state, when] };
        let how: Vec<_> = how.into_iter().filter(|word| !word.is_empty()).collect();
        format!("{}: {}", step.name, how.join(", "))
    });
    listed(&mut sheet, "desk-escalation", steps);

    sheet.heading(&say("desk-timeline"));
    for entry in view.entries.iter().rev() {
        let readers = view.may.is_team.then(|| names.readers(entry.audience));
        let head = [Some(when::absolute(entry.at).into()), Some(author(entry).into()), readers];
        let head: Vec<Cow<'_, str>> = head.into_iter().flatten().collect();
        sheet.paragraph(&[Run::strong(head.join(" · "))]);
        words(entry)
            .lines()
            .filter(|line| !line.trim().is_empty())
            .for_each(|line| paragraph(&mut sheet, line));
    }
    sheet
}

fn paragraph(sheet: &mut Sheet, line: &str) {
    sheet.paragraph(&[Run::plain(line)]);
}

/// What a line of the timeline says; of a report, which stands above, only that it came.
fn words(entry: &Entry) -> String {
    match &entry.body {
        Some(body) if entry.kind == "message" || entry.kind == "note" => body.clone(),
        Some(body) if entry.kind != "filed" => format!("{}: {body}", told(entry).trim_end_matches('.')),
        _ => told(entry),
    }
}

fn stated(sheet: &mut Sheet, report: &Said) {
    let nature = if report.nature.is_empty() { say("desk-report") } else { report.nature.clone() };
    sheet.heading(&format!("{nature}, {}", when::absolute(report.stated_at)));
    let told = [report.description.as_str(), report.measures.as_str()];
    for line in told.into_iter().flat_map(str::lines).filter(|line| !line.trim().is_empty()) {
        paragraph(sheet, line);
    }
    if !report.contact.is_empty() {
        paragraph(sheet, &format!("{} {}", say("desk-callback"), report.contact));
    }
    if !report.flags.is_empty() {
        paragraph(sheet, &report.flags.join(", "));
    }
}

fn listed(sheet: &mut Sheet, heading: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        sheet.heading(&say(heading));
        lines.iter().for_each(|line| paragraph(sheet, line));
    }
}

/// With the whole digest: who holds the file can check that it is this one.
fn file(file: &Evidence) -> String {
    let digest = file.sha256.as_ref().map(hex::encode).unwrap_or_default();
    let at = when::absolute(file.stored_at.unwrap_or(file.begun_at));
    let size = bytes_in_words(file.size.unwrap_or_default());
    format!("{}, {size}, {}, {at}, SHA-256 {digest}", file.name, file.author)
}
