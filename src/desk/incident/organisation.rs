//! The incident as an organisation sees it: where it is, what comes next, what was said.

use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;

use super::parts::{DueLine, FileLine, Said, StepLine, author, involved, on_behalf, step_line, withheld};
use super::tasks::TaskLine;
use super::{Case, tasks};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::AccountId;
use crate::desk::words::{Names, told};
use crate::escalation::model::StepState;
use crate::escalation::service as escalation;
use crate::incidents::fanout::model::Counts;
use crate::incidents::model::{Entry, Incident, Part};
use crate::incidents::service::{Abilities, View};
use crate::incidents::status::Status;
use crate::web::markdown::Html;
use crate::web::parts::{ChainState, ChainStep};
use crate::web::{Form, Shell};

struct Message {
    own: bool,
    /// Whether it stays on top.
    is_pinned: bool,
    author: String,
    at: Timestamp,
    body: Html,
}

struct Told {
    text: String,
    at: Timestamp,
}

/// The page as an organisation sees it.
#[derive(Template)]
#[template(path = "desk/templates/case.html")]
pub(super) struct CasePage {
    sh: Shell,
    form: Form,
    title: String,
    chain: Vec<ChainStep>,
    next_line: String,
    next_otherwise: String,
    may: Abilities,
    /// What an organisation's message is addressed to: the CERT and itself.
    own_audience: &'static str,
    messages: Vec<Message>,
    report: Option<Said>,
    /// What was stated later, the newest first.
    later: Vec<Said>,
    /// Whether the CERT wrote last.
    is_asked: bool,
    withheld: Option<&'static str>,
    /// Through whom it was reported.
    on_behalf: Option<String>,
    involved_names: String,
    history: Vec<Told>,
    steps: Vec<StepLine>,
    files: Vec<FileLine>,
    /// What the CERT asks of the organisation.
    asked: Vec<TaskLine>,
    /// What helps next: address, name and purpose of each paper.
    papers: Vec<(&'static str, &'static str, &'static str)>,
    /// What it is to report to others next; none where that is not for the viewer.
    duties: Option<Vec<DueLine>>,
    /// Whether these are of several organisations.
    names_houses: bool,
    /// What the customers said, for the provider at whom it happened.
    customers: Option<Counts>,
    case: Incident,
}

/// The page from what was read, for the account that looks.
pub(super) fn page(sh: Shell, title: String, viewer: Option<AccountId>, case: Case, form: Form) -> CasePage {
    let Case { view, names, steps, files, tasks: board, colleagues, duties, asked: customers, .. } = case;
    let duties = duties.map(|duties| DueLine::all(Some(duties), &names));
    let houses: BTreeSet<&str> = duties.iter().flatten().map(|due| due.house.as_str()).collect();
    let names_houses = houses.len() > 1;
    let to_do = tasks::asked(&board, &names);
    let asked: Vec<Asked> = steps.iter().filter_map(Asked::of).collect();
    let chain = chain(&view, &names, &asked, &sh);
    let (next_line, next_otherwise) = next(&view.incident, &asked, &sh);
    let (said, system): (Vec<&Entry>, Vec<&Entry>) = view
        .entries
        .iter()
        .partition(|entry| entry.body.is_some() && ["message", "mail_in"].contains(&entry.kind.as_str()));
    let is_asked = view.incident.status != Status::Closed && is_asked(&said, &system, &colleagues);
    let (top, rest): (Vec<_>, Vec<_>) = said.into_iter().partition(|entry| view.pinned.contains(&entry.id));
    let mut seeing: Vec<String> = involved(&view.involvements, &names).into_iter().map(|i| i.name).collect();
    seeing.push(sh.hotline().name.clone());
    CasePage {
        title,
        chain,
        next_line,
        next_otherwise,
        own_audience: "organisation",
        messages: top
            .into_iter()
            .chain(rest)
            .map(|entry| Message {
                is_pinned: view.pinned.contains(&entry.id),
                own: entry.account.is_some() && entry.account == viewer,
                author: author(entry),
                at: entry.at,
                body: Html::escaped(entry.body.as_deref().unwrap_or_default()),
            })
            .collect(),
        history: system.into_iter().map(|entry| Told { text: told_with(entry), at: entry.at }).collect(),
        report: view.standing.map(Said::of),
        later: view.later.into_iter().rev().map(Said::of).collect(),
        is_asked,
        withheld: withheld(view.redaction),
        on_behalf: view.behalf.as_ref().map(|behalf| on_behalf(behalf, &names)),
        involved_names: seeing.join(", "),
        steps: steps.into_iter().map(|step| step_line(step, |at| sh.spoken(at))).collect(),
        files: files.into_iter().map(FileLine::of).collect(),
        asked: to_do,
        papers: view.papers.iter().map(|paper| (paper.code(), paper.label(), paper.what())).collect(),
        duties,
        names_houses,
        customers,
        may: view.may,
        form,
        sh,
        case: view.incident,
    }
}

/// What a line tells, with what it is about where that is something the organisation was asked.
fn told_with(entry: &Entry) -> String {
    let what = entry.body.as_deref().filter(|_| entry.kind.starts_with("task_"));
    match what.and_then(|body| body.lines().next()) {
        Some(title) => format!("{}: {title}", told(entry)),
        None => told(entry),
    }
}

/// Whether somebody else wrote after the organisation's own people did: the newest entry comes first in both.
fn is_asked(messages: &[&Entry], others: &[&Entry], colleagues: &[AccountId]) -> bool {
    let is_own = |entry: &&&Entry| entry.account.is_some_and(|account| colleagues.contains(&account));
    let Some(last) = messages.first().filter(|entry| entry.account.is_some() && !is_own(entry)) else {
        return false;
    };
    let stated = others.iter().find(|entry| entry.kind.starts_with("report_") && is_own(entry));
    stated.is_none_or(|stated| stated.at < last.at)
}

/// Somebody beyond the CERT who was told and has not acknowledged yet.
struct Asked {
    who: String,
    by: Timestamp,
}

impl Asked {
    fn of(step: &escalation::StepView) -> Option<Self> {
        let is_open = step.state == StepState::Notified && step.acknowledged_at.is_none();
        step.acknowledge_by.filter(|_| is_open).map(|by| Self { who: step.name.clone(), by })
    }
}

/// The way of the case: who reported, the CERT, who else holds a part; open ends only where they exist.
fn chain(view: &View, names: &Names, asked: &[Asked], sh: &Shell) -> Vec<ChainStep> {
    let incident = &view.incident;
    let step = |state, who: String, what: &str, when: String| ChainStep {
        state,
        who,
        what: text(Lang::De, what).into_owned(),
        when,
    };
    let closed = incident.status == Status::Closed;
    let mut chain = vec![step(
        ChainState::Done,
        names.organisation(incident.organisation),
        "desk-chain-reported",
        sh.spoken(incident.reported_at),
    )];
    let here = if closed { ChainState::Done } else { ChainState::Now };
    let what = if closed { "desk-chain-was-here" } else { "desk-chain-here" };
    let touched =
        |key: &str, at: Timestamp| text_with(Lang::De, key, &[("at", sh.spoken(at).into())]).into_owned();
    let when = match incident.status {
        Status::Closed => String::new(),
        Status::Reported => touched("desk-wait-since", incident.reported_at),
        _ => touched("desk-chain-touched", incident.updated_at),
    };
    chain.push(step(here, sh.hotline().name.clone(), what, when));
    for handler in view.involvements.iter().filter(|i| i.part == Part::Handler) {
        let who = names.organisation(Some(handler.organisation));
        chain.push(step(ChainState::Done, who, "desk-chain-involved", sh.spoken(handler.added_at)));
    }
    if closed {
        let when = incident.closed_at.map(|at| sh.spoken(at)).unwrap_or_default();
        chain.push(step(
            ChainState::Done,
            text(Lang::De, "desk-chain-end").into_owned(),
            "desk-chain-closed",
            when,
        ));
        return chain;
    }
    for one in asked {
        let by = text_with(Lang::De, "desk-wait-by", &[("at", sh.spoken(one.by).into())]).into_owned();
        chain.push(step(ChainState::Next, one.who.clone(), "desk-chain-asked", by));
    }
    if chain.len() == 2 {
        let state = text(Lang::De, "desk-chain-state").into_owned();
        chain.push(step(ChainState::Next, state, "desk-chain-if-needed", String::new()));
    }
    chain
}

/// What comes next, by when, and what happens otherwise.
fn next(incident: &Incident, asked: &[Asked], sh: &Shell) -> (String, String) {
    let words = |key: &str| text(Lang::De, key).into_owned();
    match (incident.status, incident.deadline_at) {
        (Status::Closed, _) => (words("desk-next-closed"), words("desk-next-closed-otherwise")),
        (_, Some(_)) if !asked.is_empty() => {
            let one = &asked[0];
            let args = [("name", one.who.as_str().into()), ("at", sh.spoken(one.by).into())];
            (text_with(Lang::De, "desk-next-asked", &args).into_owned(), words("desk-next-by-otherwise"))
        }
        (_, Some(at)) => (
            text_with(Lang::De, "desk-next-by", &[("at", sh.spoken(at).into())]).into_owned(),
            words("desk-next-by-otherwise"),
        ),
        (Status::Reported, None) => (words("desk-next-triage"), words("desk-next-otherwise")),
        (_, None) => (words("desk-next-work"), words("desk-next-otherwise")),
    }
}
