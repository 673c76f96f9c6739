//! The observables of a case as a page and as a table, and the page of one observable with where it was seen. All of it
//! is the team's. Every value is shown defanged.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use askama::Template;

use super::model::{Observable, Row, Sighting, defanged, harmless_word as harmless, kind_word as kind};
use super::{service, table};
use crate::access::guard::Visitor;
use crate::core::error::Error;
use crate::core::ids::ObservableId;
use crate::core::text::{Fields, Line};
use crate::incidents::model::shown_title;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/vorgaenge/{reference}/beobachtungen").get(show_case).post(add))
        .service(resource("/vorgaenge/{reference}/beobachtungen/tabelle").get(export))
        .service(resource("/beobachtungen/{observable}").get(show).post(judge));
}

#[derive(Template)]
#[template(path = "incidents/templates/observables.html")]
struct CasePage {
    sh: Shell,
    form: Form,
    reference: String,
    rows: Vec<Row>,
}

const LABELS: &[(&str, &str)] = &[("beobachtung", "observable-add-what"), ("grund", "observable-reason")];

async fn case_page(
    visitor: &Visitor,
    site: &Site,
    status: StatusCode,
    form: Form,
    reference: String,
) -> Result<HttpResponse, Failure> {
    let (actor, of) = (visitor.require()?.clone(), reference.clone());
    let listed = site.db.write(move |tx| service::show_case(tx, &actor, &of)).await?;
    let title = visitor.shell_of("observable-title").title;
    let mut sh = visitor.shell(format!("{reference} · {title}"));
    sh.failed = form.has_errors();
    let rows = listed.into_iter().map(Row::from).collect();
    visitor.answer(status, &CasePage { sh, form: form.labelled(LABELS), reference, rows })
}

async fn show_case(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    case_page(&visitor, &site, StatusCode::OK, Form::default(), reference.into_inner()).await
}

async fn add(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["beobachtung"])?;
    let mut fields = Fields::default();
    let line = fields.keep("beobachtung", Line::<2000>::parse(typed.get("beobachtung")));
    let added = match fields.done(line) {
        Ok(line) => {
            let of = reference.clone();
            site.db.write(move |tx| service::add(tx, &actor, &of, &line)).await
        }
        Err(refused) => Err(refused),
    };
    match added {
        Ok(_) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/beobachtungen"), "observable-added")),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            case_page(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form, reference).await
        }
    }
}

async fn export(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (actor, of) = (visitor.require()?.clone(), reference.into_inner());
    let name = format!("{of}-beobachtungen.csv");
    let listed = site.db.write(move |tx| service::export(tx, &actor, &of)).await?;
    Ok(table::of(&listed)?.file(name)?)
}

#[derive(Template)]
#[template(path = "incidents/templates/observable.html")]
struct ObservablePage {
    sh: Shell,
    form: Form,
    kind: String,
    value: String,
    harmless: Option<String>,
    of: Observable,
    seen: Vec<Sighting>,
    may_judge: bool,
}

async fn page(
    visitor: &Visitor,
    site: &Site,
    status: StatusCode,
    form: Form,
    id: ObservableId,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (of, mut seen, may_judge) = site.db.write(move |tx| service::show(tx, &actor, id)).await?;
    for one in &mut seen {
        one.title = shown_title(&one.title);
    }
    let (kind, value, harmless) = (kind(&of), defanged(of.kind, &of.value), harmless(&of));
    let mut sh = visitor.shell(format!("{kind} · {value}"));
    sh.failed = form.has_errors();
    let form = form.labelled(LABELS);
    visitor.answer(status, &ObservablePage { sh, form, kind, value, harmless, of, seen, may_judge })
}

/// What is no id is no observable.
fn read(id: &str) -> Result<ObservableId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

async fn show(visitor: Visitor, site: Data<Site>, id: Path<String>) -> Result<HttpResponse, Failure> {
    visitor.require()?;
    page(&visitor, &site, StatusCode::OK, Form::default(), read(&id)?).await
}

async fn judge(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let id = read(&id)?;
    typed.only(&["grund", "harmlos"])?;
    let reason = if typed.is("harmlos", "nein") {
        Ok(None)
    } else {
        let mut fields = Fields::default();
        let reason = fields.keep("grund", Line::<200>::parse(typed.get("grund")));
        fields.done(reason.map(Some))
    };
    let judged = match reason {
        Ok(reason) => site.db.write(move |tx| service::judge(tx, &actor, id, reason.as_ref())).await,
        Err(refused) => Err(refused),
    };
    match judged {
        Ok(()) => Ok(visitor.redirect(&format!("/beobachtungen/{id}"), "observable-judged")),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            page(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form, id).await
        }
    }
}
