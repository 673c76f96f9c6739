//! What the link in a step's mail opens (GET shows, POST acknowledges), and what the team does with steps of a case.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;

use super::service::{self, LinkView};
use crate::access::guard::Visitor;
use crate::access::service::limits::{self, Attempt};
use crate::access::settings::{AccessSettings, RateLimits};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::StepId;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, FormData, Shell};

type Settings = Option<Data<AccessSettings>>;

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

/// What a link led to. Whoever tries links that do not hold is counted by address.
async fn counted<T>(visitor: &Visitor, site: &Site, handed_in: Settings, found: Result<T>) -> Result<T> {
    if matches!(found, Err(Error::NotFound)) {
        let limit =
            handed_in.map_or_else(RateLimits::default, |settings| settings.limits.clone()).link_address;
        let attempt = Attempt::new("link", &visitor.limited_as(), limit);
        let wait = site.db.write(move |tx| limits::attempt(tx, std::slice::from_ref(&attempt))).await?;
        if let Some(retry_after_s) = wait {
            return Err(Error::RateLimited { retry_after_s });
        }
    }
    found
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
) -> Result<HttpResponse, Failure> {
    let found = site.db.read(move |tx| service::peek_link(tx, &token)).await;
    let view = counted(&visitor, &site, handed_in, found).await?;
    let sh = visitor.shell(view.reference.clone());
    visitor.page(&LinkPage { sh, view })
}

async fn acknowledge(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let holder = visitor.link_holder();
    let done = site.db.write(move |tx| service::acknowledge_by_link(tx, &holder, &token)).await;
    counted(&visitor, &site, handed_in, done).await?;
    Ok(visitor.redirect("/eskalation/bestaetigt", ""))
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
