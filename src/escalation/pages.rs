//! What the link in a step's mail opens (GET shows, POST acknowledges), and what the team does with steps of a case.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::service::{self, LinkView};
use crate::access::guard::{Visitor, nowhere};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::StepId;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, FormData, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/eskalation/bestaetigt").get(thank))
        .service(web::resource("/eskalation/{token}").get(show).post(acknowledge))
        .service(web::resource("/vorgaenge/{reference}/eskalation/{step}/freigabe").post(approve))
        .service(web::resource("/vorgaenge/{reference}/eskalation/{step}/ruecknahme").post(withdraw));
}

#[derive(Template)]
#[template(path = "escalation/templates/link.html")]
struct LinkPage {
    sh: Shell,
    view: LinkView,
}

#[derive(Template)]
#[template(path = "escalation/templates/thanks.html")]
struct ThanksPage {
    sh: Shell,
}

#[derive(Template)]
#[template(path = "escalation/templates/gone.html")]
struct GonePage {
    sh: Shell,
}

/// The same page for a link that is used, whose step is over, or that was never one; all else stays a failure.
async fn gone(request: &HttpRequest, visitor: &Visitor, error: Error) -> Result<HttpResponse, Failure> {
    nowhere(request, visitor, error, "escalation-gone-title", |sh| GonePage { sh }).await
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Failure> {
    let found = site.db.read(move |tx| service::peek_link(tx, &token)).await;
    match found {
        Ok(view) => visitor.page(&LinkPage { sh: visitor.shell(view.reference.clone()), view }),
        Err(error) => gone(&request, &visitor, error).await,
    }
}

async fn acknowledge(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let holder = visitor.link_holder();
    let done = site.db.write(move |tx| service::acknowledge_by_link(tx, &holder, &token)).await;
    match done {
        Ok(_) => Ok(visitor.redirect("/eskalation/bestaetigt", "")),
        Err(error) => gone(&request, &visitor, error).await,
    }
}

async fn thank(visitor: Visitor) -> Result<HttpResponse, Failure> {
    visitor.page(&ThanksPage { sh: visitor.shell_of("escalation-thanks-title") })
}

async fn approve(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    decide(visitor, site, path, typed, "escalation-done-approved", service::approve).await
}

async fn withdraw(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    decide(visitor, site, path, typed, "escalation-done-withdrawn", service::withdraw).await
}

async fn decide(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
    note: &str,
    decision: fn(&mut Tx<'_>, &Actor, StepId) -> Result<()>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    let (reference, step) = path.into_inner();
    let step: StepId = step.parse().map_err(|_| Error::NotFound)?;
    site.db.write(move |tx| decision(tx, &actor, step)).await?;
    Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), note))
}
