//! The pages of what is written with third parties: all threads of a case, and one with its mails. For the team alone.

mod form;
mod parts;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};

use super::service;
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::ThreadId;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, idempotency};
use form::{Act, FIELDS, LABELS};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/vorgaenge/{reference}/schriftwechsel").get(board).post(open))
        .service(resource("/vorgaenge/{reference}/schriftwechsel/{thread}").get(show).post(change));
}

fn thread_id(id: &str) -> Result<ThreadId> {
    id.parse().map_err(|_| Error::NotFound)
}

async fn board(visitor: Visitor, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    parts::board(&visitor, &site, reference.into_inner(), None, StatusCode::OK).await
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    parts::thread(&visitor, &site, path.0.clone(), thread_id(&path.1)?, None, StatusCode::OK).await
}

/// What a refused form leaves to be shown again, and with which status.
fn again(typed: FormData, error: Error) -> Result<(Form, StatusCode), Failure> {
    if matches!(error, Error::Stale) {
        return Ok((Form::filled(typed), StatusCode::CONFLICT));
    }
    let form = Form::refused(typed.clone(), error).map_err(|error| Failure::from(error).keeping(typed))?;
    Ok((form.labelled(LABELS), StatusCode::UNPROCESSABLE_ENTITY))
}

/// A new thread, by its first mail.
async fn open(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(FIELDS)?;
    let (what, sent, now) = (reference.clone(), typed.clone(), visitor.env().now());
    let opened = site
        .db
        .write(move |tx| {
            service::may_open(tx, &actor, &what)?;
            let new = form::new_thread(&sent, now)?;
            let open = |tx: &mut Tx<'_>| service::open(tx, &actor, &what, &new).map(drop);
            idempotency::form(tx, &actor, &what, (&sent, FieldError::new("text", "desk-form-used")), open)
        })
        .await;
    match opened {
        Ok(()) => {
            Ok(visitor.redirect(&format!("/vorgaenge/{reference}/schriftwechsel"), "thread-done-opened"))
        }
        Err(error) => {
            let (form, status) = again(typed, error)?;
            parts::board(&visitor, &site, reference.into_inner(), Some(form), status).await
        }
    }
}

/// Whatever is done with one thread.
async fn change(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (reference, id) = (path.0.clone(), thread_id(&path.1)?);
    typed.only(&["version", "tun", "text", "tlp", "confirm", "remind", "their_reference"])?;
    let (what, sent, now) = (reference.clone(), typed.clone(), visitor.env().now());
    let changed = site
        .db
        .write(move |tx| {
            service::may_change(tx, &actor, &what, id)?;
            Act::parse(&sent, now)?.carry_out(tx, &actor, &what, id)
        })
        .await;
    match changed {
        Ok(note) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/schriftwechsel/{id}"), note)),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            parts::thread(&visitor, &site, reference, id, Some(form), status).await
        }
    }
}
