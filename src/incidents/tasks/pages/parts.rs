//! What the pages of tasks show.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use jiff::Timestamp;

use crate::access::guard::Visitor;
use crate::access::service as access;
use crate::core::actor::{Actor, Role};
use crate::core::error::Result;
use crate::core::i18n::{Lang, text};
use crate::core::ids::{EvidenceId, TaskId};
use crate::core::page::Page;
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::directory::service as directory;
use crate::incidents::evidence::model::Evidence;
use crate::incidents::evidence::service as evidence;
use crate::incidents::model::{Incident, shown_title};
use crate::incidents::service as incidents;
use crate::incidents::tasks::model::{Answer, Mine, Owner, Run, State, Task};
use crate::incidents::tasks::service::{self, Asked, Board};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, Shell};

/// Who a task may be given to, and the names of who has one.
pub(super) struct People {
    choices: Vec<Choice>,
    names: BTreeMap<String, String>,
}

impl People {
    fn of(&self, owner: Owner) -> String {
        let nobody = || text(Lang::De, "task-nobody").into_owned();
        self.names.get(&owner.to_string()).cloned().unwrap_or_else(nobody)
    }
}

fn people(tx: &mut Tx<'_>, incident: &Incident, tasks: &[Task]) -> Result<People> {
    let mut names = BTreeMap::new();
    let mut choices = Vec::new();
    let mut seen = BTreeSet::new();
    for (account, name) in access::holders(tx, &[Role::Analyst, Role::CertLead])? {
        if seen.insert(account) {
            choices.push(Choice::new(Owner::Account(account).to_string(), name));
        }
    }
    let parts: BTreeSet<_> =
        incidents::parts_of(tx, incident.id)?.into_iter().map(|part| part.organisation).collect();
    let parts: Vec<_> = parts.into_iter().collect();
    for (id, name) in directory::names(tx, &parts)? {
        choices.push(Choice::new(Owner::Organisation(id).to_string(), name.name));
    }
    choices.sort_by(|a, b| (&a.value[..6], &a.label).cmp(&(&b.value[..6], &b.label)));
    let accounts: Vec<_> = tasks.iter().filter_map(|task| task.owner.account()).collect();
    let organisations: Vec<_> = tasks.iter().filter_map(|task| task.owner.organisation()).collect();
    for (id, name) in access::names(tx, &accounts)? {
        names.insert(Owner::Account(id).to_string(), name);
    }
    for (id, name) in directory::names(tx, &organisations)? {
        names.insert(Owner::Organisation(id).to_string(), name.name);
    }
    Ok(People { choices, names })
}

/// A task as a line.
struct Line {
    id: TaskId,
    title: String,
    owner: String,
    state: &'static str,
    is_open: bool,
    due_at: Option<Timestamp>,
    needs_evidence: bool,
    answer: Option<&'static str>,
    version: i32,
}

fn line(task: &Task, people: &People) -> Line {
    Line {
        id: task.id,
        title: task.shown_title(),
        owner: people.of(task.owner),
        state: task.state.label(),
        is_open: task.state == State::Open,
        due_at: task.due_at,
        needs_evidence: task.needs_evidence,
        answer: task.answer.map(Answer::label),
        version: task.version,
    }
}

#[derive(Template)]
#[template(path = "incidents/tasks/templates/board.html")]
struct BoardPage {
    sh: Shell,
    form: Form,
    reference: String,
    title: String,
    open: Vec<Line>,
    ended: Vec<Line>,
    count: usize,
    runs: Vec<Run>,
    books: Vec<Choice>,
    owners: Vec<Choice>,
    has_organisation: bool,
    may: bool,
}

/// The team's page of a case's tasks.
pub(super) async fn board(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    mut form: Form,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let read = move |tx: &mut Tx<'_>| {
        let board = service::board(tx, &actor, &reference)?;
        let people = people(tx, &board.incident, &board.tasks)?;
        let books: Vec<_> = service::library(tx)?
            .playbooks()
            .iter()
            .map(|book| Choice::new(book.key.as_str(), book.title.as_str()))
            .collect();
        Ok((board, people, books))
    };
    let (board, people, books) = site.db.write(read).await?;
    let Board { incident, tasks, runs, suggested, may_manage, .. } = board;
    if let Some(book) = suggested.filter(|_| !form.data.has("playbook")) {
        form.data = form.data.with("playbook", book.key).with("geben", "ja");
    }
    let mut sh = page_shell(visitor, &incident.reference, "task-board", incident.tlp);
    sh.failed = status != StatusCode::OK;
    let (open, ended): (Vec<_>, Vec<_>) =
        tasks.iter().map(|task| line(task, &people)).partition(|line| line.is_open);
    let page = BoardPage {
        sh,
        form,
        title: shown_title(&incident.title),
        reference: incident.reference,
        count: open.len() + ended.len(),
        open,
        ended,
        runs,
        books,
        owners: people.choices,
        has_organisation: incident.organisation.is_some(),
        may: may_manage,
    };
    visitor.answer(status, &page)
}

fn page_shell(visitor: &Visitor, reference: &str, key: &str, tlp: Tlp) -> Shell {
    visitor.shell(format!("{reference} · {}", text(Lang::De, key))).printed(reference, tlp)
}

#[derive(Template)]
#[template(path = "incidents/tasks/templates/task.html")]
struct TaskPage {
    sh: Shell,
    form: Form,
    is_stale: bool,
    reference: String,
    case_title: String,
    task: Task,
    title: String,
    owner: String,
    state: &'static str,
    answer: Option<&'static str>,
    owners: Vec<Choice>,
    files: Vec<Choice>,
    linked: Vec<(EvidenceId, String)>,
    may: bool,
}

#[derive(Template)]
#[template(path = "incidents/tasks/templates/asked.html")]
struct AskedPage {
    sh: Shell,
    form: Form,
    is_stale: bool,
    reference: String,
    task: Task,
    title: String,
    answer: Option<&'static str>,
    answers: Vec<Choice>,
    may: bool,
}

/// One task: for the team to change, for the organisation to answer.
pub(super) async fn task(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    id: TaskId,
    form: Option<Form>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (found, people, files) = site.db.write(move |tx| found(tx, &actor, &reference, id)).await?;
    let mut sh = page_shell(visitor, &found.incident.reference, "task-one", found.incident.tlp);
    sh.failed = status != StatusCode::OK;
    let is_stale = status == StatusCode::CONFLICT;
    if found.is_team {
        return visitor.answer(status, &team(sh, found, &people, files, form, is_stale));
    }
    let answers = [
        (Answer::Done, "task-say-done"),
        (Answer::Question, "task-say-question"),
        (Answer::Cannot, "task-say-cannot"),
    ];
    let page = AskedPage {
        is_stale,
        form: form.unwrap_or_default(),
        reference: found.incident.reference,
        title: found.task.shown_title(),
        answer: found.task.answer.map(Answer::label),
        answers: answers.map(|(answer, key)| Choice::new(answer.code(), text(Lang::De, key))).to_vec(),
        may: found.may_answer,
        task: found.task,
        sh,
    };
    visitor.answer(status, &page)
}

fn found(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    id: TaskId,
) -> Result<(Asked, People, Vec<Evidence>)> {
    let found = service::asked(tx, actor, reference, id)?;
    let people = if found.is_team {
        people(tx, &found.incident, std::slice::from_ref(&found.task))?
    } else {
        People { choices: Vec::new(), names: BTreeMap::new() }
    };
    let files = if found.is_team { evidence::list(tx, actor, reference)? } else { Vec::new() };
    Ok((found, people, files))
}

/// What both forms of the team's page hold before anybody typed.
fn stored(task: &Task) -> [(&'static str, String); 7] {
    [
        ("title", task.title.clone()),
        ("body", task.body.clone()),
        ("why", task.why.clone()),
        ("owner", task.owner.to_string()),
        ("due", task.due_at.map(when::absolute).unwrap_or_default()),
        ("result", task.result.clone()),
        ("evidence", if task.needs_evidence { "ja".to_owned() } else { String::new() }),
    ]
}

fn team(
    sh: Shell,
    found: Asked,
    people: &People,
    files: Vec<Evidence>,
    form: Option<Form>,
    is_stale: bool,
) -> TaskPage {
    let Asked { incident, task, may_manage, .. } = found;
    let mut form = form.unwrap_or_default();
    let saves = form.data.is("tun", "speichern");
    for (name, value) in stored(&task) {
        // A box that was left empty is not sent.
        if !(form.data.has(name) || saves && name == "evidence") {
            form.data = form.data.with(name, value);
        }
    }
    if !form.data.has("files") {
        for file in &task.files {
            form.data = form.data.with("files", file.to_string());
        }
    }
    let linked = files
        .iter()
        .filter(|file| task.files.contains(&file.id))
        .map(|file| (file.id, file.name.clone()))
        .collect();
    TaskPage {
        sh,
        form,
        is_stale,
        reference: incident.reference,
        case_title: shown_title(&incident.title),
        title: task.shown_title(),
        owner: people.of(task.owner),
        state: task.state.label(),
        answer: task.answer.map(Answer::label),
        owners: people.choices.clone(),
        files: files.into_iter().map(|file| Choice::new(file.id.to_string(), file.name)).collect(),
        linked,
        may: may_manage,
        task,
    }
}

/// A task of one's own.
struct Own {
    href: String,
    title: String,
    reference: String,
    case_title: String,
    due_at: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "incidents/tasks/templates/mine.html")]
pub(super) struct MinePage {
    sh: Shell,
    late: Vec<Own>,
    rows: Vec<Own>,
    next: Option<String>,
}

/// One's own tasks over all cases: what is late first.
pub(super) fn mine(sh: Shell, page: Page<Mine>) -> MinePage {
    let own = |task: Mine| Own {
        href: format!("/vorgaenge/{}/aufgaben/{}", task.reference, task.id),
        title: task.shown_title(),
        case_title: shown_title(&task.case_title),
        reference: task.reference,
        due_at: task.due_at,
    };
    let now = sh.now;
    let (late, rows) =
        page.rows.into_iter().map(own).partition(|task: &Own| task.due_at.is_some_and(|due| due <= now));
    MinePage { sh, late, rows, next: page.next.map(|next| format!("/aufgaben?ab={next}")) }
}
