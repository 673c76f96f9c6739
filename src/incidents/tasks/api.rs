//! `/api/v1/incidents/…/tasks`: the same services as the pages, as JSON.

use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::model::{Input, Owner, Reply, State, Task};
use super::service;
use crate::access::guard::Bearer;
use crate::core::actor::Actor;
use crate::core::error::Error;
use crate::core::ids::{EvidenceId, TaskId};
use crate::core::text::{Block, Fields, Title};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Json};

/// The routes of this feature.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/api/v1/incidents/{reference}/tasks").get(list).post(add))
        .service(web::resource("/api/v1/incidents/{reference}/tasks/{task}/state").post(set_state))
        .service(web::resource("/api/v1/incidents/{reference}/tasks/{task}/answer").post(answer));
}

/// The part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list, add, set_state, answer))]
pub struct ApiDoc;

/// A task as this caller may see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TaskJson {
    #[schema(value_type = String, format = Uuid)]
    id: TaskId,
    title: String,
    body: String,
    why: String,
    /// Empty, `konto:ID` or `stelle:ID`.
    owner: String,
    /// `open`, `done`, `not_needed`.
    state: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<jiff::Timestamp>,
    overdue: bool,
    needs_evidence: bool,
    result: String,
    /// `done`, `question`, `cannot`; absent until the organisation answered.
    answer: Option<&'static str>,
    answer_text: String,
    #[schema(value_type = Vec<String>)]
    files: Vec<EvidenceId>,
    /// To be sent back with a change.
    version: i32,
}

impl From<Task> for TaskJson {
    fn from(task: Task) -> Self {
        Self {
            id: task.id,
            owner: task.owner.to_string(),
            state: task.state.code(),
            due_at: task.due_at,
            overdue: task.is_overdue,
            needs_evidence: task.needs_evidence,
            answer: task.answer.map(|answer| answer.code()),
            version: task.version,
            title: task.title,
            body: task.body,
            why: task.why,
            result: task.result,
            answer_text: task.answer_text,
            files: task.files,
        }
    }
}

/// Lists the tasks in their order: for the CERT's team all, for an organisation what it is asked.
#[utoipa::path(get, path = "/api/v1/incidents/{reference}/tasks", responses((status = 200, body = Vec<TaskJson>), (status = 404)))]
async fn list(who: Bearer, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    let board = site.db.write(move |tx| service::open_of(tx, &who.actor, &reference)).await?;
    Ok(HttpResponse::Ok().json(board.tasks.into_iter().map(TaskJson::from).collect::<Vec<_>>()))
}

/// A new task.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    title: String,
    #[serde(default)]
    body: String,
    /// Why an organisation is asked.
    #[serde(default)]
    why: String,
    /// Empty, `konto:ID` or `stelle:ID`.
    #[serde(default)]
    owner: String,
    /// RFC 3339.
    due: Option<String>,
    #[serde(default)]
    needs_evidence: bool,
}

impl NewTask {
    fn parse(&self) -> Result<Input, Error> {
        let mut fields = Fields::default();
        let title = fields.keep("title", Title::parse(&self.title));
        let body = fields.keep("body", Block::parse_optional(&self.body));
        let why = fields.keep("why", Block::parse_optional(&self.why));
        let owner = fields.keep("owner", Owner::parse(&self.owner).ok_or("error-choice"));
        let due = self.due.as_deref().map(|due| due.parse().map_err(|_| "error-date")).transpose();
        let due = fields.keep("due", due.and_then(|due| due.map(crate::core::when::in_range).transpose()));
        let new = (|| {
            let needs_evidence = self.needs_evidence;
            Some(Input { title: title?, body: body?, why: why?, owner: owner?, due: due?, needs_evidence })
        })();
        fields.done(new)
    }
}

/// Adds a task behind all others.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/tasks", request_body = NewTask, responses((status = 201, body = TaskJson), (status = 404), (status = 422)))]
async fn add(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<NewTask>,
) -> Result<HttpResponse, Failure> {
    let new = body.parse()?;
    let added = site
        .db
        .write(move |tx| {
            let id = service::add(tx, &who.actor, &reference, &new)?;
            service::before(tx, &who.actor, &reference, id)
        })
        .await?;
    Ok(HttpResponse::Created().json(TaskJson::from(added)))
}

/// Where a task stands now.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaskState {
    version: i32,
    /// `done`, `not_needed`; `open` takes an ended one up again.
    state: String,
    /// What came of it, or why it is not needed.
    #[serde(default)]
    result: String,
    /// Files of the incident that prove it.
    #[serde(default)]
    files: Vec<String>,
}

fn task_id(id: &str) -> Result<TaskId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

/// Runs a change and answers with the task as it is afterwards.
async fn changed(
    who: Bearer,
    site: Data<Site>,
    (reference, id): (String, TaskId),
    change: impl Fn(&mut Tx<'_>, &Actor, &str) -> Result<(), Error> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let task = site
        .db
        .write(move |tx| {
            change(tx, &who.actor, &reference)?;
            Ok(service::asked(tx, &who.actor, &reference, id)?.task)
        })
        .await?;
    Ok(HttpResponse::Ok().json(TaskJson::from(task)))
}

/// Ends a task for the CERT's team, or takes it up again.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/tasks/{task}/state", request_body = NewTaskState, responses((status = 200, body = TaskJson), (status = 404), (status = 409), (status = 422)))]
async fn set_state(
    who: Bearer,
    site: Data<Site>,
    path: Path<(String, String)>,
    body: Json<NewTaskState>,
) -> Result<HttpResponse, Failure> {
    let (reference, id) = (path.0.clone(), task_id(&path.1)?);
    let mut fields = Fields::default();
    let state = fields.keep("state", State::parse(&body.state).ok_or("error-choice"));
    let result = fields.keep("result", Block::parse_optional(&body.result));
    let files: Result<Vec<EvidenceId>, _> = body.files.iter().map(|id| id.parse()).collect();
    let files = fields.keep("files", files.map_err(|_| "error-choice"));
    let read = (|| Some((state?, result?, files?)))();
    let (state, result, files) = fields.done(read)?;
    changed(who, site, (reference, id), move |tx, actor, reference| match state {
        State::Open => service::reopen(tx, actor, reference, id, body.version),
        ended => service::close(tx, actor, reference, (id, body.version), ended, result.as_ref(), &files),
    })
    .await
}

/// What an organisation answers.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaskAnswer {
    version: i32,
    /// `done`, `question`, `cannot`; the last two need a text.
    answer: String,
    #[serde(default)]
    text: String,
}

/// Answers what the CERT asks of the caller's organisation.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/tasks/{task}/answer", request_body = NewTaskAnswer, responses((status = 200, body = TaskJson), (status = 404), (status = 409), (status = 422)))]
async fn answer(
    who: Bearer,
    site: Data<Site>,
    path: Path<(String, String)>,
    body: Json<NewTaskAnswer>,
) -> Result<HttpResponse, Failure> {
    let (reference, id) = (path.0.clone(), task_id(&path.1)?);
    let reply = Reply::parse(&body.answer, &body.text)?;
    changed(who, site, (reference, id), move |tx, actor, reference| {
        service::answer(tx, actor, reference, id, body.version, &reply)
    })
    .await
}
