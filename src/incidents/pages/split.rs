//! Taking a later report out of a case: it becomes one of its own.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use askama::Template;

use crate::access::guard::Visitor;
use crate::core::error::Result;
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{OrgId, ReportId};
use crate::core::text::{Fields, Title};
use crate::directory::service as directory;
use crate::incidents::model::Incident;
use crate::incidents::service;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The routes of this page.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/vorgaenge/{reference}/abtrennen").get(ask).post(split));
}

const LABELS: &[(&str, &str)] = &[("report", "split-which"), ("title", "split-new-title")];
/// How much of a report's words stands beside its choice.
const EXCERPT: usize = 160;

#[derive(Template)]
#[template(path = "incidents/templates/split.html")]
struct SplitPage {
    sh: Shell,
    form: Form,
    case: Incident,
    reports: Vec<Choice>,
}

async fn page(
    visitor: &Visitor,
    site: &Site,
    status: StatusCode,
    form: Form,
    reference: String,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (case, found, names) = site
        .db
        .write(move |tx| {
            let (case, found) = service::splittable(tx, &actor, &reference)?;
            let ids: Vec<OrgId> = found.iter().filter_map(|one| one.report.organisation).collect();
            let names = directory::names(tx, &ids)?;
            Ok((case, found, names))
        })
        .await?;
    let title = text_with(Lang::De, "split-window", &[("reference", case.reference.as_str().into())]);
    let mut sh = visitor.shell(title.into_owned());
    sh.failed = form.has_errors();
    let reports = found
        .into_iter()
        .map(|one| {
            let org = one.report.organisation.and_then(|id| names.get(&id)).map(|name| name.name.clone());
            let nature = one.report.nature.map_or("news", |nature| nature.code());
            let nature = text(Lang::De, &format!("incident-stated-{nature}"));
            let said: String = one.report.description.chars().take(EXCERPT).collect();
            let at = sh.absolute(one.report.stated_at);
            let label = format!("{nature}, {at}, {}: {said}", org.unwrap_or_default());
            Choice::new(one.id.to_string(), label)
        })
        .collect();
    visitor.answer(status, &SplitPage { sh, form: form.labelled(LABELS), case, reports })
}

async fn ask(visitor: Visitor, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    page(&visitor, &site, StatusCode::OK, Form::default(), reference.into_inner()).await
}

fn parse(typed: &FormData) -> Result<(ReportId, Title)> {
    let mut fields = Fields::default();
    let report = match typed.get("report") {
        "" => Err("split-refused-none"),
        id => id.parse().map_err(|_| "error-choice"),
    };
    let report = fields.keep("report", report);
    let title = fields.keep("title", Title::parse(typed.get("title")));
    fields.done(report.zip(title))
}

async fn split(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["report", "title"])?;
    let done = match parse(&typed) {
        Ok((report, title)) => {
            let about = reference.clone();
            site.db.write(move |tx| service::split(tx, &actor, &about, report, &title)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(new) => Ok(visitor.redirect(&format!("/vorgaenge/{new}"), "split-done")),
        Err(error) => {
            let form =
                Form::refused(typed.clone(), error).map_err(|error| Failure::from(error).keeping(typed))?;
            page(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form, reference).await
        }
    }
}
