//! Rows of tasks and of the playbooks that made them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Input, Mine, Owner, Reply, Run, State, Task, sort_at};
use super::playbook::Playbook;
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, EvidenceId, IncidentId, OrgId, RunId, TaskId};
use crate::incidents::store::open_tasks;
use crate::store::schema::{
    incident_contents, incidents, involvements, playbook_run_contents as run_contents, playbook_runs as runs,
    task_contents as contents, task_files, tasks,
};
use crate::store::{At, Statement as _, Tx};

#[derive(Queryable, Selectable)]
#[diesel(table_name = tasks)]
struct Row {
    id: TaskId,
    incident_id: IncidentId,
    run_id: Option<RunId>,
    place: i32,
    owner_id: Option<AccountId>,
    organisation_id: Option<OrgId>,
    state: String,
    due_at: Option<At>,
    needs_evidence: bool,
    is_overdue: bool,
    answer: Option<String>,
    answered_at: Option<At>,
    version: i32,
}

#[derive(Default, Queryable, Selectable)]
#[diesel(table_name = contents)]
struct Words {
    title: String,
    body: String,
    why: String,
    result: String,
    answer: String,
    answered_by: String,
}

impl Row {
    fn into_task(self, words: Option<Words>, files: Vec<EvidenceId>) -> Result<Task> {
        let odd = |what: &str| Error::Internal(format!("unknown code in tasks.{what}"));
        let words = words.unwrap_or_default();
        let owner = match (self.owner_id, self.organisation_id) {
            (_, Some(org)) => Owner::Organisation(org),
            (Some(account), None) => Owner::Account(account),
            (None, None) => Owner::Nobody,
        };
        let answer = self.answer.map(|code| super::model::Answer::parse(&code).ok_or_else(|| odd("answer")));
        Ok(Task {
            id: self.id,
            incident: self.incident_id,
            run: self.run_id,
            place: self.place,
            owner,
            state: State::parse(&self.state).ok_or_else(|| odd("state"))?,
            due_at: self.due_at.map(Timestamp::from),
            needs_evidence: self.needs_evidence,
            is_overdue: self.is_overdue,
            answer: answer.transpose()?,
            answered_at: self.answered_at.map(Timestamp::from),
            version: self.version,
            title: words.title,
            body: words.body,
            why: words.why,
            result: words.result,
            answer_text: words.answer,
            answered_by: words.answered_by,
            files,
        })
    }
}

/// The tasks of a case in their order; `only` keeps those that are asked of these organisations.
pub fn list(tx: &mut Tx<'_>, incident: IncidentId, only: Option<&[OrgId]>) -> Result<Vec<Task>> {
    let mut query = tasks::table.filter(tasks::incident_id.eq(incident)).into_boxed();
    if let Some(organisations) = only {
        query = query.filter(tasks::organisation_id.assume_not_null().eq_any(organisations.to_vec()));
    }
    let rows: Vec<Row> = query.order((tasks::place, tasks::id)).select(Row::as_select()).load(tx.conn)?;
    with_words(tx, rows)
}

pub fn lookup(tx: &mut Tx<'_>, id: TaskId) -> Result<Option<Task>> {
    let row: Option<Row> = tasks::table.find(id).select(Row::as_select()).first(tx.conn).optional()?;
    Ok(with_words(tx, row.into_iter().collect())?.pop())
}

fn with_words(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Task>> {
    let ids: Vec<TaskId> = rows.iter().map(|row| row.id).collect();
    let words: Vec<(TaskId, Words)> = contents::table
        .filter(contents::task_id.eq_any(ids.clone()))
        .select((contents::task_id, Words::as_select()))
        .load(tx.conn)?;
    let mut words: BTreeMap<TaskId, Words> = words.into_iter().collect();
    let linked: Vec<(TaskId, EvidenceId)> = task_files::table
        .filter(task_files::task_id.eq_any(ids))
        .order(task_files::evidence_id)
        .select((task_files::task_id, task_files::evidence_id))
        .load(tx.conn)?;
    let mut files: BTreeMap<TaskId, Vec<EvidenceId>> = BTreeMap::new();
    for (task, file) in linked {
        files.entry(task).or_default().push(file);
    }
    rows.into_iter()
        .map(|row| {
            let id = row.id;
            row.into_task(words.remove(&id), files.remove(&id).unwrap_or_default())
        })
        .collect()
}

/// The place behind the last task of a case.
pub fn next_place(tx: &mut Tx<'_>, incident: IncidentId) -> Result<i32> {
    let last: Option<i32> = tasks::table
        .filter(tasks::incident_id.eq(incident))
        .select(diesel::dsl::max(tasks::place))
        .first(tx.conn)?;
    Ok(last.unwrap_or(0) + 1)
}

pub fn add(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    run: Option<RunId>,
    place: i32,
    new: &Input,
) -> Result<TaskId> {
    let (id, at): (TaskId, At) = (tx.id(), tx.at());
    diesel::insert_into(tasks::table)
        .values((
            tasks::id.eq(id),
            tasks::incident_id.eq(incident),
            tasks::run_id.eq(run),
            tasks::place.eq(place),
            tasks::owner_id.eq(new.owner.account()),
            tasks::organisation_id.eq(new.owner.organisation()),
            tasks::state.eq(State::Open.code()),
            tasks::due_at.eq(new.due.map(At)),
            tasks::sort_at.eq(At(sort_at(at.into(), new.due))),
            tasks::needs_evidence.eq(new.needs_evidence),
            tasks::is_overdue.eq(false),
            tasks::version.eq(1),
            tasks::created_at.eq(at),
            tasks::updated_at.eq(at),
        ))
        .run(tx.conn)?;
    let words = (
        contents::task_id.eq(id),
        contents::title.eq(new.title.as_str()),
        contents::body.eq(new.body.as_ref().map_or("", |body| body.as_str())),
        contents::why.eq(new.why.as_ref().map_or("", |why| why.as_str())),
        contents::result.eq(""),
        contents::answer.eq(""),
        contents::answered_by.eq(""),
    );
    diesel::insert_into(contents::table).values(words).run(tx.conn)?;
    Ok(id)
}

/// A change of the skeleton. Only what is `Some` changes; `Some(None)` empties.
#[derive(Default, AsChangeset)]
#[diesel(table_name = tasks)]
pub struct Change {
    pub place: Option<i32>,
    pub owner_id: Option<Option<AccountId>>,
    pub organisation_id: Option<Option<OrgId>>,
    pub state: Option<&'static str>,
    pub due_at: Option<Option<At>>,
    pub sort_at: Option<At>,
    pub needs_evidence: Option<bool>,
    pub is_overdue: Option<bool>,
    pub answer: Option<Option<&'static str>>,
    pub answered_at: Option<Option<At>>,
}

/// Changes a task that still is at `version`.
pub fn change(tx: &mut Tx<'_>, id: TaskId, version: i32, change: Change) -> Result<()> {
    let seen = tasks::table.filter(tasks::id.eq(id)).filter(tasks::version.eq(version));
    let next = (tasks::version.eq(version + 1), tasks::updated_at.eq(tx.at()));
    one_row(diesel::update(seen).set((change, next)).run(tx.conn)?)
}

/// Marks a task as overdue, whatever its version is: nobody's form shows that.
pub fn mark_overdue(tx: &mut Tx<'_>, id: TaskId) -> Result<()> {
    one_row(diesel::update(tasks::table.find(id)).set(tasks::is_overdue.eq(true)).run(tx.conn)?)
}

pub fn set_words(tx: &mut Tx<'_>, id: TaskId, new: &Input) -> Result<()> {
    let words = (
        contents::title.eq(new.title.as_str()),
        contents::body.eq(new.body.as_ref().map_or("", |body| body.as_str())),
        contents::why.eq(new.why.as_ref().map_or("", |why| why.as_str())),
    );
    diesel::update(contents::table.find(id)).set(words).run(tx.conn)?;
    Ok(())
}

pub fn set_result(tx: &mut Tx<'_>, id: TaskId, result: &str) -> Result<()> {
    diesel::update(contents::table.find(id)).set(contents::result.eq(result)).run(tx.conn)?;
    Ok(())
}

pub fn set_answer(tx: &mut Tx<'_>, id: TaskId, reply: &Reply, by: &str) -> Result<()> {
    let text = reply.text.as_ref().map_or("", |text| text.as_str());
    let words = (contents::answer.eq(text), contents::answered_by.eq(by));
    diesel::update(contents::table.find(id)).set(words).run(tx.conn)?;
    Ok(())
}

pub fn set_files(tx: &mut Tx<'_>, id: TaskId, files: &[EvidenceId]) -> Result<()> {
    diesel::delete(task_files::table.filter(task_files::task_id.eq(id))).execute(tx.conn)?;
    for file in files {
        let row = (task_files::task_id.eq(id), task_files::evidence_id.eq(*file));
        diesel::insert_into(task_files::table).values(row).run(tx.conn)?;
    }
    Ok(())
}

/// Freezes a playbook with the case that uses it.
pub fn add_run(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    by: Option<AccountId>,
    book: &Playbook,
) -> Result<RunId> {
    let id: RunId = tx.id();
    let version =
        i32::try_from(book.version).map_err(|_| Error::Internal("a playbook's version".to_owned()))?;
    diesel::insert_into(runs::table)
        .values((
            runs::id.eq(id),
            runs::incident_id.eq(incident),
            runs::playbook.eq(&book.key),
            runs::version.eq(version),
            runs::digest.eq(&book.digest),
            runs::started_at.eq(tx.at()),
            runs::started_by.eq(by),
        ))
        .run(tx.conn)?;
    let frozen = serde_json::to_string(book).map_err(|error| Error::Internal(error.to_string()))?;
    let words =
        (run_contents::run_id.eq(id), run_contents::title.eq(&book.title), run_contents::playbook.eq(frozen));
    diesel::insert_into(run_contents::table).values(words).run(tx.conn)?;
    Ok(id)
}

/// The playbooks of a case, the first that was started first.
pub fn runs_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Run>> {
    type Skeleton = (RunId, String, i32, String, At, Option<At>);
    let rows: Vec<Skeleton> = runs::table
        .filter(runs::incident_id.eq(incident))
        .order(runs::id)
        .select((runs::id, runs::playbook, runs::version, runs::digest, runs::started_at, runs::stopped_at))
        .load(tx.conn)?;
    let ids: Vec<RunId> = rows.iter().map(|row| row.0).collect();
    let words: Vec<(RunId, String, Option<String>)> = run_contents::table
        .filter(run_contents::run_id.eq_any(ids))
        .select((run_contents::run_id, run_contents::title, run_contents::stop_reason))
        .load(tx.conn)?;
    let mut words: BTreeMap<_, _> =
        words.into_iter().map(|(id, title, reason)| (id, (title, reason))).collect();
    let run = |(id, playbook, version, digest, started, stopped): Skeleton| {
        let (title, stop_reason) = words.remove(&id).unwrap_or_default();
        let (started_at, stopped_at) = (started.into(), stopped.map(Timestamp::from));
        Run { id, playbook, version, digest, started_at, stopped_at, title, stop_reason }
    };
    Ok(rows.into_iter().map(run).collect())
}

/// Ends a playbook that still runs.
pub fn stop_run(tx: &mut Tx<'_>, id: RunId, reason: &str) -> Result<()> {
    let running = runs::table.filter(runs::id.eq(id)).filter(runs::stopped_at.is_null());
    one_row(diesel::update(running).set(runs::stopped_at.eq(Some(tx.at()))).run(tx.conn)?)?;
    let words = run_contents::stop_reason.eq(Some(reason));
    diesel::update(run_contents::table.find(id)).set(words).run(tx.conn)?;
    Ok(())
}

/// Whose open tasks are listed.
pub enum Whose<'a> {
    Account(AccountId),
    /// What is asked of these organisations, for this account.
    Organisations(AccountId, &'a [OrgId]),
}

/// A task, its case and the case's reference, when it is due, its version, its place in the order.
type Found = (TaskId, IncidentId, String, Option<At>, i32, At);

/// Open tasks in open cases, what is due first first. Of a restricted case they are found only while the account is
/// named in it, and of an organisation only while it has a part in the case.
fn find(
    tx: &mut Tx<'_>,
    whose: &Whose<'_>,
    after: Option<(Timestamp, TaskId)>,
    limit: i64,
) -> Result<Vec<Found>> {
    let (Whose::Account(account) | Whose::Organisations(account, _)) = whose;
    let mut query = open_tasks!(*account).into_boxed();
    query = match whose {
        Whose::Account(account) => query.filter(tasks::owner_id.assume_not_null().eq(*account)),
        Whose::Organisations(_, organisations) => {
            let parts = involvements::table
                .filter(involvements::organisation_id.eq_any(organisations.to_vec()))
                .filter(involvements::ended_at.is_null())
                .select(involvements::incident_id);
            query
                .filter(tasks::organisation_id.assume_not_null().eq_any(organisations.to_vec()))
                .filter(incidents::id.eq_any(parts))
        }
    };
    if let Some((at, id)) = after {
        query = query.filter(tasks::sort_at.gt(At(at)).or(tasks::sort_at.eq(At(at)).and(tasks::id.gt(id))));
    }
    Ok(query
        .order((tasks::sort_at, tasks::id))
        .select((
            tasks::id,
            tasks::incident_id,
            incidents::reference,
            tasks::due_at,
            tasks::version,
            tasks::sort_at,
        ))
        .limit(limit)
        .load(tx.conn)?)
}

/// What [`find`] has, with titles.
pub fn mine(
    tx: &mut Tx<'_>,
    whose: &Whose<'_>,
    after: Option<(Timestamp, TaskId)>,
    limit: i64,
) -> Result<Vec<Mine>> {
    let rows = find(tx, whose, after, limit)?;
    let ids: Vec<TaskId> = rows.iter().map(|row| row.0).collect();
    let cases: Vec<IncidentId> = rows.iter().map(|row| row.1).collect();
    let titles: Vec<(TaskId, String)> = contents::table
        .filter(contents::task_id.eq_any(ids))
        .select((contents::task_id, contents::title))
        .load(tx.conn)?;
    let case_titles: Vec<(IncidentId, String)> = incident_contents::table
        .filter(incident_contents::incident_id.eq_any(cases))
        .select((incident_contents::incident_id, incident_contents::title))
        .load(tx.conn)?;
    let mut titles: BTreeMap<_, _> = titles.into_iter().collect();
    let case_titles: BTreeMap<_, _> = case_titles.into_iter().collect();
    let mine = |(id, case, reference, due, version, sort): Found| Mine {
        id,
        reference,
        case_title: case_titles.get(&case).cloned().unwrap_or_default(),
        title: titles.remove(&id).unwrap_or_default(),
        due_at: due.map(Timestamp::from),
        version,
        sort_at: sort.into(),
    };
    Ok(rows.into_iter().map(mine).collect())
}
