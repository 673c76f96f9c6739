//! What the link in a step's mail opens (GET shows, POST acknowledges), what the team does with steps of a case, and
//! what will become of one if nobody answers.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;

use super::foresight::Foreseen;
use super::service::{self, Expected, LinkView};
use super::words;
use crate::access::guard::{Visitor, nowhere};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::StepId;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, FormData, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/eskalation/bestaetigt").get(thank))
        .service(web::resource("/eskalation/{token}").get(show).post(acknowledge))
        .service(web::resource("/vorgaenge/{reference}/eskalation/plan").get(explain))
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

/// A line of what will happen.
struct ExpectedLine {
    at: Timestamp,
    name: String,
    whom: String,
    /// The Fluent keys of what happens, and its tone.
    what: (&'static str, &'static str),
    acknowledge_by: Option<Timestamp>,
    people: usize,
    /// Whether nobody can be told of it today.
    is_nobody: bool,
}

#[derive(Template)]
#[template(path = "escalation/templates/plan.html")]
struct PlanPage {
    sh: Shell,
    reference: String,
    plan: String,
    why: String,
    is_in_use: bool,
    is_drill: bool,
    lines: Vec<ExpectedLine>,
}

async fn explain(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (actor, of) = (visitor.require()?.clone(), reference.into_inner());
    let explained = site.db.write(move |tx| service::explain(tx, &actor, &of)).await?;
    let why = explained.of.as_ref().map(words::why).unwrap_or_default();
    let line = |one: Expected| ExpectedLine {
        at: one.told.at,
        whom: words::whom(&one.told.whom, one.named.as_deref()),
        what: words::foreseen(one.told.what),
        acknowledge_by: one.told.acknowledge_by,
        is_nobody: one.people == 0 && matches!(one.told.what, Foreseen::Notified | Foreseen::Again),
        people: one.people,
        name: one.told.name,
    };
    let title = text(Lang::De, "escalation-plan-title");
    let reference = explained.case.reference;
    let page = PlanPage {
        sh: visitor.shell(format!("{reference} · {title}")).printed(&reference, explained.case.tlp),
        plan: explained.plan,
        why,
        is_in_use: explained.is_in_use,
        is_drill: explained.case.is_drill,
        lines: explained.steps.into_iter().map(line).collect(),
        reference,
    };
    visitor.page(&page)
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
