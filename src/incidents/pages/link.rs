//! Linking cases: by reference, many at once, or found by the words of their titles.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use askama::Template;

use super::merge::{Chosen, Line, field, line, names_of, sought};
use crate::access::guard::Visitor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::text::Line as Words;
use crate::incidents::linking::Relation;
use crate::incidents::model::Incident;
use crate::incidents::service;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/vorgaenge/{reference}/verknuepfungen").get(show).post(add))
        .service(resource("/vorgaenge/{reference}/verknuepfungen/loesen").post(remove));
}

const LABELS: &[(&str, &str)] = &[
    ("relation", "link-relation"),
    ("ref", "link-which"),
    ("suche", "link-search"),
    ("reason", "link-reason"),
];
/// What a person chooses: the other direction of a duplicate is said on the other case's page.
const CHOICES: [Relation; 4] =
    [Relation::Related, Relation::PartOf, Relation::Comprises, Relation::DuplicateOf];

/// A link as the page lists it.
struct LinkLine {
    id: String,
    relation: String,
    reason: Option<String>,
    other: Line,
}

#[derive(Template)]
#[template(path = "incidents/templates/links.html")]
struct LinksPage {
    sh: Shell,
    form: Form,
    case: Incident,
    may_link: bool,
    links: Vec<LinkLine>,
    relations: Vec<Choice>,
    found: Vec<Line>,
    is_searched: bool,
}

fn word(relation: Relation) -> String {
    text(Lang::De, &format!("link-is-{}", relation.code().replace('_', "-"))).into_owned()
}

async fn page(
    visitor: &Visitor,
    site: &Site,
    status: StatusCode,
    form: Form,
    reference: String,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let chosen = Chosen::of(&form.data);
    let is_searched = !chosen.words.is_empty();
    let (case, linked, found, names, may_link) = site
        .db
        .write(move |tx| {
            let (case, linked, may_link) = service::links(tx, &actor, &reference)?;
            let mut found = service::listed(tx, &actor, &chosen.references)?;
            found.extend(sought(tx, &actor, &chosen.words)?);
            found.retain(|row| row.id != case.id);
            let names = names_of(tx, linked.iter().map(|one| &one.other).chain(&found))?;
            Ok((case, linked, found, names, may_link))
        })
        .await?;
    let title = text_with(Lang::De, "link-window", &[("reference", case.reference.as_str().into())]);
    let mut sh = visitor.shell(title.into_owned());
    sh.failed = form.has_errors();
    let links = linked
        .iter()
        .map(|one| LinkLine {
            id: one.id.to_string(),
            relation: word(one.relation),
            reason: one.reason.clone(),
            other: line(&one.other, &names),
        })
        .collect();
    let found = found
        .iter()
        .map(|row| Line { is_chosen: chosen_of(&form, &row.reference), ..line(row, &names) })
        .collect();
    let relations = CHOICES.into_iter().map(|one| Choice::new(one.code(), word(one))).collect();
    let form = form.labelled(LABELS);
    visitor.answer(status, &LinksPage { sh, form, case, may_link, links, relations, found, is_searched })
}

fn chosen_of(form: &Form, reference: &str) -> bool {
    form.is("ref", reference) || form.value("suche").to_uppercase().contains(reference)
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    request: actix_web::HttpRequest,
) -> Result<HttpResponse, Failure> {
    let asked = FormData::parse(request.query_string().as_bytes())?;
    asked.only(&["ref", "suche", "relation", "reason"])?;
    page(&visitor, &site, StatusCode::OK, Form::filled(asked), reference.into_inner()).await
}

async fn add(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["ref", "suche", "relation", "reason", "tun"])?;
    match typed.get("tun") {
        "verknuepfen" => {}
        "suchen" => return page(&visitor, &site, StatusCode::OK, Form::filled(typed), reference).await,
        _ => return refused(visitor, site, reference, typed, field("tun", "error-choice")).await,
    }
    let (form, about) = (typed.clone(), reference.clone());
    let done = site
        .db
        .write(move |tx| {
            let relation = Relation::parse(form.get("relation"));
            let relation = relation.ok_or_else(|| field("relation", "link-refused-relation"))?;
            let reason = Some(form.get("reason")).filter(|reason| !reason.trim().is_empty());
            let reason = reason.map(Words::<300>::parse).transpose().map_err(|why| field("reason", why))?;
            let others = Chosen::of(&form).references;
            service::link(tx, &actor, &about, relation, &others, reason.as_ref())
        })
        .await;
    match done {
        Ok(_) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/verknuepfungen"), "link-done")),
        Err(error) => refused(visitor, site, reference, typed, error).await,
    }
}

async fn refused(
    visitor: Visitor,
    site: Data<Site>,
    reference: String,
    typed: FormData,
    error: Error,
) -> Result<HttpResponse, Failure> {
    let form = Form::refused(typed.clone(), error).map_err(|error| Failure::from(error).keeping(typed))?;
    page(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form, reference).await
}

async fn remove(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["link"])?;
    let link = typed.get("link").parse().map_err(|_| field("link", "error-choice"));
    let about = reference.clone();
    let done = match link {
        Ok(link) => site.db.write(move |tx| service::unlink(tx, &actor, &about, link)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/verknuepfungen"), "link-gone")),
        Err(error) => refused(visitor, site, reference, typed, error).await,
    }
}
