//! The pages of tasks: the team's of one case and of one task, one's own over all cases; and for an organisation the page
//! of what it is asked.

mod form;
mod parts;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use serde::Deserialize;

use super::model::Reply;
use super::service;
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{RunId, TaskId};
use crate::core::text::{Fields, Line};
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Query, idempotency};
use form::{Act, LABELS};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/aufgaben").get(mine))
        .service(resource("/vorgaenge/{reference}/aufgaben").get(board).post(add))
        .service(resource("/vorgaenge/{reference}/aufgaben/{task}").get(show).post(change))
        .service(resource("/vorgaenge/{reference}/aufgaben/{task}/antwort").post(answer))
        .service(resource("/vorgaenge/{reference}/ablauf").post(start))
        .service(resource("/vorgaenge/{reference}/ablauf/ende").post(stop));
}

/// Tasks on one page of one's own.
const ROWS: i64 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MineQuery {
    ab: Option<String>,
}

async fn mine(visitor: Visitor, site: Data<Site>, query: Query<MineQuery>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let cursor = query.ab.clone();
    let page = site.db.read(move |tx| service::mine(tx, &actor, cursor.as_deref(), ROWS)).await?;
    visitor.page(&parts::mine(visitor.shell_of("task-mine"), page))
}

fn task_id(id: &str) -> Result<TaskId> {
    id.parse().map_err(|_| Error::NotFound)
}

async fn board(visitor: Visitor, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    parts::board(&visitor, &site, reference.into_inner(), Form::default(), StatusCode::OK).await
}

/// What a refused form leaves to be shown again, and with which status.
fn again(typed: FormData, error: Error) -> Result<(Form, StatusCode), Failure> {
    if matches!(error, Error::Stale) {
        return Ok((Form::filled(typed), StatusCode::CONFLICT));
    }
    let form = Form::refused(typed.clone(), error).map_err(|error| Failure::from(error).keeping(typed))?;
    Ok((form.labelled(LABELS), StatusCode::UNPROCESSABLE_ENTITY))
}

/// A task by hand.
async fn add(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["once", "title", "body", "why", "owner", "due", "evidence"])?;
    let (what, sent, now) = (reference.clone(), typed.clone(), visitor.env().now());
    let added = site
        .db
        .write(move |tx| {
            let new = form::input(&sent, None, now)?;
            let add = |tx: &mut crate::store::Tx<'_>| service::add(tx, &actor, &what, &new).map(|_| ());
            idempotency::form(tx, &actor, &what, (&sent, FieldError::new("title", "desk-form-used")), add)
        })
        .await;
    match added {
        Ok(()) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/aufgaben"), "task-done-added")),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            parts::board(&visitor, &site, reference.into_inner(), form, status).await
        }
    }
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    parts::task(&visitor, &site, path.0.clone(), task_id(&path.1)?, None, StatusCode::OK).await
}

/// Whatever the team does with one task.
async fn change(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (reference, id) = (path.0.clone(), task_id(&path.1)?);
    typed.only(&[
        "version", "tun", "weiter", "title", "body", "why", "owner", "due", "evidence", "result", "files",
    ])?;
    let (what, sent, now) = (reference.clone(), typed.clone(), visitor.env().now());
    let changed = site
        .db
        .write(move |tx| {
            let before = service::before(tx, &actor, &what, id)?;
            Act::parse(&sent, &before, now)?.carry_out(tx, &actor, &what, id)
        })
        .await;
    match changed {
        Ok(note) => {
            let to = match typed.get("weiter") {
                "vorgang" => format!("/vorgaenge/{reference}#aufgaben"),
                "meine" => "/aufgaben".to_owned(),
                _ => format!("/vorgaenge/{reference}/aufgaben"),
            };
            Ok(visitor.redirect(&to, note))
        }
        Err(error) => {
            let (form, status) = again(typed, error)?;
            parts::task(&visitor, &site, reference, id, Some(form), status).await
        }
    }
}

/// What the organisation says to what it is asked.
async fn answer(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (reference, id) = (path.0.clone(), task_id(&path.1)?);
    typed.only(&["version", "answer", "text"])?;
    let (what, sent) = (reference.clone(), typed.clone());
    let answered = site
        .db
        .write(move |tx| {
            let reply = Reply::parse(sent.get("answer"), sent.get("text"))?;
            service::answer(tx, &actor, &what, id, form::version(&sent)?, &reply)
        })
        .await;
    match answered {
        Ok(()) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), "task-done-answered")),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            parts::task(&visitor, &site, reference, id, Some(form), status).await
        }
    }
}

/// A playbook begins.
async fn start(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["once", "playbook", "geben"])?;
    let (what, sent) = (reference.clone(), typed.clone());
    let started = site
        .db
        .write(move |tx| {
            let start = |tx: &mut crate::store::Tx<'_>| {
                service::start(tx, &actor, &what, sent.get("playbook"), sent.is("geben", "ja")).map(|_| ())
            };
            idempotency::form(
                tx,
                &actor,
                &what,
                (&sent, FieldError::new("playbook", "desk-form-used")),
                start,
            )
        })
        .await;
    match started {
        Ok(()) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/aufgaben"), "playbook-done-started")),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            parts::board(&visitor, &site, reference.into_inner(), form, status).await
        }
    }
}

/// A playbook ends before its tasks are done.
async fn stop(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["run", "stop_reason"])?;
    let (what, sent) = (reference.clone(), typed.clone());
    let stopped = site
        .db
        .write(move |tx| {
            let mut fields = Fields::default();
            let run = fields.keep("run", sent.get("run").parse::<RunId>().map_err(|_| "error-choice"));
            let reason = fields.keep("stop_reason", Line::<300>::parse(sent.get("stop_reason")));
            let (run, reason) = fields.done(run.zip(reason))?;
            service::stop(tx, &actor, &what, run, &reason)
        })
        .await;
    match stopped {
        Ok(()) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/aufgaben"), "playbook-done-stopped")),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            parts::board(&visitor, &site, reference.into_inner(), form, status).await
        }
    }
}
