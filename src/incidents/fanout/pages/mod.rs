//! The pages of a question to all whom a provider serves: the team's, the provider's, that of each organisation, and what
//! the link of a mail opens.

mod form;
mod link;
mod part;
mod show;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};

use super::service;
use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, idempotency};
use form::LABELS;

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/betroffenheit/danke").get(link::thank))
        .service(resource("/betroffenheit/{token}").get(link::ask).post(link::answer))
        .service(resource("/vorgaenge/{reference}/betroffenheit").get(look).post(ask))
        .service(resource("/vorgaenge/{reference}/betroffenheit/laender.csv").get(show::table))
        .service(resource("/vorgaenge/{reference}/betroffenheit/rundmeldung").post(broadcast))
        .service(resource("/vorgaenge/{reference}/betroffenheit/ende").post(end))
        .service(resource("/vorgaenge/{reference}/betroffenheit/antwort").post(answer))
        .service(resource("/vorgaenge/{reference}/betroffenheit/antworten").post(answer_for))
        .service(resource("/vorgaenge/{reference}/betroffenheit/nachricht").post(say))
        .service(resource("/vorgaenge/{reference}/betroffenheit/{stelle}").get(part::look).post(part::note));
}

async fn look(visitor: Visitor, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    show::page(&visitor, &site, reference.into_inner(), Form::default(), StatusCode::OK).await
}

/// What a refused form leaves to be shown again, and with which status.
fn again(typed: FormData, error: Error) -> Result<(Form, StatusCode), Failure> {
    if matches!(error, Error::Stale) {
        return Ok((Form::filled(typed), StatusCode::CONFLICT));
    }
    let form = Form::refused(typed.clone(), error).map_err(|error| Failure::from(error).keeping(typed))?;
    Ok((form.labelled(LABELS), StatusCode::UNPROCESSABLE_ENTITY))
}

/// Whom a question would reach, and then the question.
async fn ask(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["source", "heading", "notice", "is_named", "patience", "others", "anzahl", "tun"])?;
    if typed.get("tun") == "aendern" {
        return show::page(&visitor, &site, reference, Form::filled(typed), StatusCode::OK).await;
    }
    let (sent, of) = (typed.clone(), reference.clone());
    let done = site
        .db
        .write(move |tx| {
            service::sources(tx, &actor, &of)?;
            let new = form::question(&sent)?;
            if form::is_final(&sent)? {
                let expected = sent.get("anzahl").parse().map_err(|_| Error::Stale)?;
                service::start(tx, &actor, &of, &new, expected)?;
                return Ok(None);
            }
            service::plan(tx, &actor, &of, &new).map(Some)
        })
        .await;
    match done {
        Ok(None) => {
            Ok(visitor.redirect(&format!("/vorgaenge/{reference}/betroffenheit"), "fanout-done-asked"))
        }
        Ok(Some(plan)) => show::preview(&visitor, plan, typed),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            show::page(&visitor, &site, reference, form, status).await
        }
    }
}

/// One thing that a form asks for on this page.
async fn carry_out(
    visitor: Visitor,
    site: Data<Site>,
    reference: String,
    typed: FormData,
    note: &'static str,
    what: impl Fn(&mut Tx<'_>, &Actor, &str, &FormData) -> Result<()> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (sent, of) = (typed.clone(), reference.clone());
    match site.db.write(move |tx| what(tx, &actor, &of, &sent)).await {
        Ok(()) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/betroffenheit"), note)),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            show::page(&visitor, &site, reference, form, status).await
        }
    }
}

async fn broadcast(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["once", "text"])?;
    carry_out(visitor, site, reference.into_inner(), typed, "fanout-done-broadcast", |tx, actor, of, sent| {
        service::may_ask(tx, actor, of)?;
        let text = form::text(sent)?;
        let send = |tx: &mut Tx<'_>| service::broadcast(tx, actor, of, &text).map(|_| ());
        idempotency::form(tx, actor, of, (sent, FieldError::new("text", "desk-form-used")), send)
    })
    .await
}

async fn end(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    carry_out(visitor, site, reference.into_inner(), typed, "fanout-done-ended", |tx, actor, of, _| {
        service::end(tx, actor, of)
    })
    .await
}

async fn answer(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["stelle", "antwort", "note"])?;
    carry_out(visitor, site, reference.into_inner(), typed, "fanout-done-answered", |tx, actor, of, sent| {
        service::may_answer(tx, actor, of)?;
        let (house, new) = form::answer(sent)?;
        service::answer(tx, actor, of, house, &new)
    })
    .await
}

async fn answer_for(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["stelle", "antwort", "note"])?;
    carry_out(visitor, site, reference.into_inner(), typed, "fanout-done-answered", |tx, actor, of, sent| {
        service::may_answer_for(tx, actor, of)?;
        let (houses, new) = form::answers(sent)?;
        service::answer_for(tx, actor, of, &houses, &new).map(|_| ())
    })
    .await
}

async fn say(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["once", "stelle", "text"])?;
    carry_out(visitor, site, reference.into_inner(), typed, "fanout-done-said", |tx, actor, of, sent| {
        service::may_answer(tx, actor, of)?;
        let (house, text) = form::message(sent)?;
        let say = |tx: &mut Tx<'_>| service::say(tx, actor, of, house, &text);
        idempotency::form(tx, actor, of, (sent, FieldError::new("text", "desk-form-used")), say)
    })
    .await
}
