//! The incident as the team sees it: facts, every line of the timeline, and the forms of the work.

use std::borrow::Cow;
use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;

use super::house::House;
use super::merged::{self, LinkLine, Merge, Part};
use super::parts::{
    DueLine, FileLine, Involved, Said, StepLine, author, involved, on_behalf, step_line, withheld,
};
use super::proposal::{Proposal, proposal};
use super::sift::Sifted;
use super::tasks::{Panel, panel};
use super::{Again, Case};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::AccountId;
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::correspondence::threads::service::Counts;
use crate::desk::words::{Names, choices, told, word};
use crate::incidents::fanout::model as fanout;
use crate::incidents::model::{
    Audience, Category, Class, Entry, Handover, Impact, Incident, Spread, Suggestion, shown_title,
};
use crate::incidents::observables::model as observables;
use crate::incidents::service::Abilities;
use crate::incidents::similar::{Reason, Similar};
use crate::incidents::status::{self, CloseReason, Status};
use crate::incidents::timeline::model::is_pinnable;
use crate::web::markdown::{self, Html};
use crate::web::parts;
use crate::web::{Choice, Form, Shell};

pub(super) struct Fact {
    pub key: &'static str,
    pub value: String,
}

/// Another case that looks like this one, and why.
struct Alike {
    reference: String,
    title: String,
    organisation: String,
    status: Cow<'static, str>,
    at: Timestamp,
    why: Vec<String>,
}

/// The page as the team sees it.
#[derive(Template)]
#[template(path = "desk/templates/incident.html")]
pub(super) struct IncidentPage {
    sh: Shell,
    form: Form,
    stale: bool,
    /// Whether the form for triage shows a proposal.
    is_suggested: bool,
    proposal: Option<Proposal>,
    house: Option<House>,
    similar: Vec<Alike>,
    open_form: &'static str,
    title: String,
    organisation: String,
    status: Cow<'static, str>,
    assignee: String,
    deadline: Cow<'static, str>,
    facts: Vec<Fact>,
    times: Vec<Fact>,
    may: Abilities,
    can_take: bool,
    is_open: bool,
    statuses: Vec<Choice>,
    classes: Vec<Choice>,
    categories: Vec<Choice>,
    impacts: Vec<Choice>,
    spreads: Vec<Choice>,
    tlps: Vec<Choice>,
    priorities: Vec<Choice>,
    analysts: Vec<Choice>,
    nameable: Vec<Choice>,
    reasons: Vec<Choice>,
    targets: Vec<Choice>,
    /// Who takes part by consent only: shown, so that nobody looks for them, and not to be chosen.
    by_consent: Vec<String>,
    involved: Vec<Involved>,
    involved_names: String,
    report: Option<Said>,
    withheld: Option<&'static str>,
    /// Through whom it was reported.
    on_behalf: Option<String>,
    /// What stays on top.
    pinned: Vec<parts::Entry>,
    entries: Vec<parts::Entry>,
    sifted: Sifted,
    /// How what was typed will look, and who will read it.
    preview: Option<(Audience, Html)>,
    /// Whom a note can call.
    mentionable: String,
    steps: Vec<StepLine>,
    files: Vec<FileLine>,
    tasks: Panel,
    letters: Counts,
    /// What those said who are asked whether they are affected.
    asked: Option<fanout::Counts>,
    /// What is to be reported next, by whom.
    duties: Vec<DueLine>,
    /// Text blocks for a message to the organisation.
    blocks: Vec<Choice>,
    /// What somebody left for whoever works on it next, and whether the viewer is that one.
    handover: Option<Handover>,
    may_read_handover: bool,
    /// Whether the case is about to be given to somebody who is absent.
    is_absent_refused: bool,
    merge: Merge,
    links: Vec<LinkLine>,
    /// Whose own mail is not trusted: where its crisis page is, its name, since when.
    offline: Vec<(String, String, Timestamp)>,
    /// Where the organisation is marked so, if it is not and somebody works on its case.
    mark: Option<String>,
    /// Most seen elsewhere first.
    observables: Vec<observables::Row>,
    case: Incident,
}

fn people(list: Vec<(AccountId, String)>) -> Vec<Choice> {
    let mut seen = BTreeSet::new();
    list.into_iter()
        .filter(|(id, _)| seen.insert(*id))
        .map(|(id, name)| Choice::new(id.to_string(), name))
        .collect()
}

fn people_names(people: &[(AccountId, String)]) -> String {
    people.iter().map(|(_, name)| format!("@{name}")).collect::<Vec<_>>().join(", ")
}

pub(super) fn facts(incident: &Incident, named: &[AccountId], names: &Names) -> Vec<Fact> {
    let fact = |key, value: String| Fact { key, value };
    let mut facts =
        vec![fact("desk-fact-status", word("incident-status", incident.status.code()).into_owned())];
    if let Some(reason) = incident.close_reason {
        facts.push(fact("desk-close-reason", word("incident-close", reason.code()).into_owned()));
    }
    if let Some(class) = incident.class {
        facts.push(fact("desk-class", word("incident-class", class.code()).into_owned()));
    }
    if let Some(category) = incident.category {
        facts.push(fact("desk-category", text(Lang::De, &category.label()).into_owned()));
    }
    if let (Some(priority), Some(impact), Some(spread)) =
        (incident.priority, incident.impact, incident.spread)
    {
        let why = format!(
            "{priority}: {} × {}",
            word("incident-impact", impact.code()),
            word("incident-spread", spread.code())
        );
        facts.push(fact("desk-fact-priority", why));
    }
    if let Some(reason) = &incident.priority_reason {
        facts.push(fact("desk-priority-reason", reason.clone()));
    }
    facts.push(fact("desk-tlp", incident.tlp.label().to_owned()));
    let assignee = names.account(incident.assignee);
    let held = if assignee.is_empty() { text(Lang::De, "desk-free").into_owned() } else { assignee };
    facts.push(fact("desk-fact-assignee", held));
    facts.push(fact("desk-fact-holder", names.organisation(incident.holder)));
    if let Some(waiting) = &incident.waiting_on {
        let until = incident.follow_up_at.map_or(String::new(), when::absolute);
        facts.push(fact("desk-fact-waiting", format!("{waiting} ({until})")));
    }
    if incident.is_restricted {
        let mut named: Vec<_> = named.iter().map(|account| names.account(Some(*account))).collect();
        named.sort();
        facts.push(fact("desk-fact-named", named.join(", ")));
    }
    facts
}

pub(super) fn times(incident: &Incident) -> Vec<Fact> {
    let at = |key, at: Option<Timestamp>| at.map(|at| Fact { key, value: when::absolute(at) });
    [
        at("desk-time-occurred", incident.occurred_at),
        at("desk-time-detected", incident.detected_at),
        at("desk-time-aware", incident.aware_at),
        at("desk-time-reported", Some(incident.reported_at)),
        at("desk-time-closed", incident.closed_at),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn entry(names: &Names, entry: &Entry, of: Option<Part>, may_pin: bool) -> parts::Entry {
    let audience = match (entry.body.is_some(), entry.audience) {
        (false, _) => parts::Audience::System,
        (true, Audience::Team) => parts::Audience::Internal,
        (true, _) => parts::Audience::Visible,
    };
    let body = match &entry.body {
        // Its words stand above, in the report.
        Some(_) if entry.kind == "filed" => Html::escaped(&told(entry)),
        Some(body)
            if ["waiting", "step_requested", "handover", "mail_back"].contains(&entry.kind.as_str()) =>
        {
            Html::escaped(&format!("{} {body}", told(entry)))
        }
        Some(body)
            if entry.kind.starts_with("report_")
                || entry.kind.starts_with("task_")
                || (entry.kind.starts_with("thread_") && entry.kind != "thread_out")
                || ["playbook_stopped", "fanout_answered"].contains(&entry.kind.as_str()) =>
        {
            Html::escaped(&format!("{}: {body}", told(entry)))
        }
        Some(body) if entry.kind == "note" => markdown::note(body),
        Some(body) => Html::escaped(body),
        None => Html::escaped(&told(entry)),
    };
    parts::Entry {
        audience,
        readers: names.readers(entry.audience),
        author: author(entry),
        at: entry.at,
        body,
        // Of a mail that was signed or encrypted, what that is worth; of one to a third party, its label.
        aside: match entry.facts.contains_key("seals") || entry.kind == "thread_out" {
            true => told(entry),
            false => mentions(entry),
        },
        pin: (may_pin && of.is_none() && is_pinnable(entry)).then(|| entry.id.to_string()),
        origin: of.map(|part| parts::Origin {
            href: format!("/vorgaenge/{}", part.reference),
            label: format!("{}, {}", part.organisation, part.reference),
        }),
    }
}

/// Whom a note called.
fn mentions(entry: &Entry) -> String {
    let Some(names) = entry.facts.get("mentions").and_then(serde_json::Value::as_array) else {
        return String::new();
    };
    let names: Vec<_> = names.iter().filter_map(serde_json::Value::as_str).collect();
    text_with(Lang::De, "timeline-mentions", &[("names", names.join(", ").into())]).into_owned()
}

/// Why a case may be closed by hand; a merge has a page of its own.
fn by_hand() -> impl Iterator<Item = &'static str> {
    CloseReason::ALL.iter().filter(|reason| **reason != CloseReason::Merged).map(|reason| reason.code())
}

/// What the forms of the page hold before anybody typed: the present state, and before triage what the answers of the
/// report suggest. A case that waits for nothing most often begins to wait for the organisation's answer.
fn filled(incident: &Incident, suggested: Option<Suggestion>, now: Timestamp) -> [(&'static str, String); 9] {
    let code = |code: Option<&'static str>| code.unwrap_or_default().to_owned();
    let answer = || text(Lang::De, "desk-waiting-usual").into_owned();
    [
        ("class", code(incident.class.or(suggested.map(|s| s.class)).map(Class::code))),
        ("category", code(incident.category.or(suggested.map(|s| s.category)).map(Category::code))),
        ("impact", code(incident.impact.or(suggested.map(|s| s.impact)).map(Impact::code))),
        ("spread", code(incident.spread.or(suggested.map(|s| s.spread)).map(Spread::code))),
        ("tlp", incident.tlp.label().to_owned()),
        ("priority_reason", incident.priority_reason.clone().unwrap_or_default()),
        ("assignee", incident.assignee.map(|id| id.to_string()).unwrap_or_default()),
        ("waiting_on", incident.waiting_on.clone().unwrap_or_else(answer)),
        ("follow_up_at", when::absolute(incident.follow_up_at.unwrap_or(when::next_morning(now)))),
    ]
}

fn alike(similar: Similar, names: &Names) -> Alike {
    let why = |reason: &Reason| match reason {
        Reason::Words { percent } => {
            text_with(Lang::De, "desk-alike-words", &[("percent", i64::from(*percent).into())]).into_owned()
        }
        Reason::Provider(provider) => {
            let name = names.organisation(Some(*provider));
            text_with(Lang::De, "desk-alike-provider", &[("name", name.into())]).into_owned()
        }
    };
    let row = similar.row;
    Alike {
        why: similar.reasons.iter().map(why).collect(),
        title: shown_title(&row.title),
        organisation: names.reporter(row.organisation, row.is_unconfirmed),
        status: word("incident-status", row.status.code()),
        at: row.reported_at,
        reference: row.reference,
    }
}

/// The page from what was read.
pub(super) fn page(
    sh: Shell,
    title: String,
    viewer: Option<AccountId>,
    case: Case,
    again: Again,
) -> IncidentPage {
    let Case {
        view,
        names,
        steps,
        files,
        tasks,
        blocks,
        people: analysts,
        nameable,
        targets,
        house,
        similar,
        handover,
        threads,
        observables,
        letters,
        asked,
        duties,
        mentionable,
        offline,
        ..
    } = case;
    let mark = view.incident.organisation.filter(|org| {
        view.may.triage && view.incident.status != Status::Closed && !offline.iter().any(|(of, _)| of == org)
    });
    let mark = mark.map(|org| format!("/register/{org}/offline?vorgang={}", view.incident.reference));
    let merge = Merge::of(&view, &names);
    let woven = merged::woven(&view, &threads, &names);
    let sifted = Sifted::of(again.sift, &woven);
    let mut pinned = Vec::new();
    let mut entries = Vec::new();
    for (line, of) in woven.into_iter().filter(|(line, _)| again.sift.holds(line)) {
        let list = if view.pinned.contains(&line.id) { &mut pinned } else { &mut entries };
        list.push(entry(&names, line, of, view.may.pin));
    }
    let links = view.links.iter().map(|link| LinkLine::of(link, &names)).collect();
    let incident = view.incident;
    let involved = involved(&view.involvements, &names);
    let suggested =
        view.report.as_ref().and_then(|report| report.suggestion).filter(|_| incident.class.is_none());
    let mut form = again.form.unwrap_or_default();
    // Beside the form that was sent, the others show what is stored.
    for (name, value) in filled(&incident, suggested, sh.now) {
        if !form.data.has(name) {
            form.data = form.data.with(name, value);
        }
    }
    if !form.data.has("named") {
        for account in &view.named {
            form.data = form.data.with("named", account.to_string());
        }
    }
    let priorities = ["1", "2", "3", "4"].map(|p| Choice::new(p, p)).to_vec();
    IncidentPage {
        stale: again.stale,
        is_suggested: suggested.is_some(),
        proposal: suggested
            .filter(|_| view.may.triage && incident.status != Status::Closed)
            .zip(view.report.as_ref())
            .map(|(suggested, report)| proposal(report, suggested, incident.tlp)),
        house,
        similar: similar.into_iter().map(|similar| alike(similar, &names)).collect(),
        open_form: again.open_form,
        title,
        organisation: names.reporter(incident.organisation, incident.is_unconfirmed),
        status: word("incident-status", incident.status.code()),
        assignee: names.account(incident.assignee),
        deadline: incident
            .deadline_kind
            .as_deref()
            .map(|kind| word("desk-deadline", kind))
            .unwrap_or_default(),
        facts: facts(&incident, &view.named, &names),
        times: times(&incident),
        can_take: incident.assignee.is_none() && incident.status != Status::Closed,
        is_open: incident.status != Status::Closed,
        statuses: choices("desk-status", status::choices(incident.status).into_iter().map(Status::code)),
        classes: choices("incident-class", Class::ALL.iter().map(|v| v.code())),
        categories: Category::ALL.iter().map(|v| Choice::new(v.code(), text(Lang::De, &v.label()))).collect(),
        impacts: choices("incident-impact", Impact::ALL.iter().map(|v| v.code())),
        spreads: choices("incident-spread", Spread::ALL.iter().map(|v| v.code())),
        tlps: Tlp::ALL.iter().map(|v| Choice::new(v.label(), v.label())).collect(),
        priorities,
        analysts,
        is_absent_refused: form.is_refused("assignee"),
        may_read_handover: viewer.is_some() && viewer == incident.assignee,
        handover,
        nameable: people(nameable),
        targets: targets.open.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        by_consent: targets.by_consent,
        reasons: choices("incident-close", by_hand()),
        involved_names: involved.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(", "),
        involved,
        report: view.standing.map(Said::of),
        withheld: withheld(view.redaction),
        on_behalf: view.behalf.as_ref().map(|behalf| on_behalf(behalf, &names)),
        pinned,
        entries,
        sifted,
        preview: again.preview,
        mentionable: people_names(&mentionable),
        merge,
        links,
        steps: steps.into_iter().map(|step| step_line(step, when::dense)).collect(),
        files: files.into_iter().map(FileLine::of).collect(),
        tasks: panel(tasks, &names),
        letters,
        asked,
        duties: DueLine::all(duties, &names),
        blocks,
        offline: offline
            .into_iter()
            .map(|(org, since)| (format!("/register/{org}/krise"), names.organisation(Some(org)), since))
            .collect(),
        mark,
        observables: observables.into_iter().map(observables::Row::from).collect(),
        may: view.may,
        form,
        sh,
        case: incident,
    }
}
