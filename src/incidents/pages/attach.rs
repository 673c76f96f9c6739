//! A report that came without an account finds its organisation: the CERT attaches it, the organisation's contact says
//! by a link, without signing in, whether it is its own.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::access::guard::{Visitor, nowhere};
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::OrgId;
use crate::core::text::Fields;
use crate::incidents::model::{Incident, Report};
use crate::incidents::service::{self, Asked};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/vorgaenge/{reference}/zuordnen").get(choose).post(attach))
        .service(web::resource("/bestaetigung/danke").get(thank))
        .service(web::resource("/bestaetigung/{token}").get(ask).post(decide));
}

/// What is looked for in the register.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Search {
    suche: String,
}

#[derive(Template)]
#[template(path = "incidents/templates/attach.html")]
struct AttachPage {
    sh: Shell,
    form: Form,
    case: Incident,
    report: Report,
    suche: String,
    found: Vec<Choice>,
    is_changed: bool,
}

const LABELS: &[(&str, &str)] = &[("organisation", "incident-attach-which")];

async fn page(
    visitor: &Visitor,
    site: &Site,
    status: StatusCode,
    form: Form,
    reference: String,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let suche: String = form.value("suche").chars().take(100).collect();
    let words = suche.clone();
    let (case, report, found) =
        site.db.write(move |tx| service::attachable(tx, &actor, &reference, &words)).await?;
    let found = found.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let title = visitor.shell_of("incident-attach-title").title;
    let mut sh = visitor.shell(format!("{} · {title}", case.reference));
    sh.failed = form.has_errors();
    let (form, is_changed) = (form.labelled(LABELS), status == StatusCode::CONFLICT);
    visitor.answer(status, &AttachPage { sh, form, case, report, suche, found, is_changed })
}

async fn choose(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    query: Query<Search>,
) -> Result<HttpResponse, Failure> {
    let form = Form::filled(FormData::default().with("suche", query.suche.as_str()));
    page(&visitor, &site, StatusCode::OK, form, reference.into_inner()).await
}

async fn attach(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["suche", "organisation", "version"])?;
    let done = match parse(&typed) {
        Ok((to, seen)) => {
            let reference = reference.clone();
            site.db.write(move |tx| service::attach(tx, &actor, &reference, seen, to)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(asked) => {
            let note = if asked > 0 { "incident-attached" } else { "incident-attached-nobody" };
            Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), note))
        }
        Err(Error::Stale) => {
            page(&visitor, &site, StatusCode::CONFLICT, Form::filled(typed), reference).await
        }
        Err(error) => {
            let form = Form::refused(typed, error)?;
            page(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form, reference).await
        }
    }
}

fn parse(typed: &FormData) -> Result<(OrgId, i32)> {
    let mut fields = Fields::default();
    let to = match typed.get("organisation") {
        "" => Err("incident-attach-required"),
        id => id.parse().map_err(|_| "error-choice"),
    };
    let to = fields.keep("organisation", to);
    let seen = typed.get("version").parse().ok().filter(|seen: &i32| *seen >= 0);
    let seen = fields.keep("version", seen.ok_or("error-number"));
    fields.done(to.zip(seen))
}

#[derive(Template)]
#[template(path = "incidents/templates/confirm.html")]
struct ConfirmPage {
    sh: Shell,
    form: Form,
    asked: Asked,
    /// What was said of whom the CERT may inform.
    answer: String,
}

#[derive(Template)]
#[template(path = "incidents/templates/confirmed.html")]
struct ConfirmedPage {
    sh: Shell,
    is_gone: bool,
}

async fn gone(request: &HttpRequest, visitor: &Visitor, error: Error) -> Result<HttpResponse, Failure> {
    nowhere(request, visitor, error, "incident-confirm-gone", |sh| ConfirmedPage { sh, is_gone: true }).await
}

async fn ask(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Failure> {
    question(&visitor, &site, &request, token.into_inner(), Form::default()).await
}

async fn question(
    visitor: &Visitor,
    site: &Site,
    request: &HttpRequest,
    token: String,
    form: Form,
) -> Result<HttpResponse, Failure> {
    let holder = visitor.link_holder();
    match site.db.write(move |tx| service::peek(tx, &holder, &token)).await {
        Ok(asked) => {
            let mut sh = visitor.shell_of("incident-confirm-title");
            sh.failed = form.has_errors();
            let status = if sh.failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let answer =
                sh.t(&format!("incident-inform-{}", asked.inform.code().replace('_', "-"))).into_owned();
            visitor.answer(status, &ConfirmPage { sh, form, asked, answer })
        }
        Err(error) => gone(request, visitor, error).await,
    }
}

async fn decide(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["antwort"])?;
    let is_ours = match typed.get("antwort") {
        "ja" => true,
        "nein" => false,
        _ => {
            let form = Form::refused(typed, FieldError::new("antwort", "error-choice").into())?;
            return question(&visitor, &site, &request, token.into_inner(), form).await;
        }
    };
    let holder = visitor.link_holder();
    match site.db.write(move |tx| service::decide_by_link(tx, &holder, &token, is_ours)).await {
        Ok(()) => Ok(visitor.redirect("/bestaetigung/danke", "")),
        Err(error) => gone(&request, &visitor, error).await,
    }
}

async fn thank(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let sh = visitor.shell_of("incident-confirm-thanks");
    visitor.page(&ConfirmedPage { sh, is_gone: false })
}
