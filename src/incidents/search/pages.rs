//! The page of search, for the CERT and for town halls.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::excerpt::Part;
use super::service::{self, Found, Hit, Named, PAGE};
use crate::access::guard::Visitor;
use crate::core::actor::{Actor, Role};
use crate::core::error::Error;
use crate::core::ids::OrgId;
use crate::directory::model::OrgName;
use crate::directory::service as directory;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Query, Shell};

/// The routes of this page.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/suche").get(show));
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SearchQuery {
    q: String,
    ab: Option<String>,
}

/// A text of a result.
struct Quoted {
    place: String,
    at: Timestamp,
    parts: Vec<Part>,
}

/// A result as the page shows it.
struct Listed {
    reference: String,
    title: Vec<Part>,
    organisation: String,
    status: String,
    is_drill: bool,
    reported_at: Timestamp,
    texts: Vec<Quoted>,
}

/// A query to try, and what it finds.
struct Example {
    query: String,
    href: String,
    what: String,
}

/// What both pages show.
struct Shown {
    form: Form,
    is_asked: bool,
    total: usize,
    is_more: bool,
    named: Option<Named>,
    results: Vec<Listed>,
    next: Option<String>,
    examples: Vec<Example>,
}

#[derive(Template)]
#[template(path = "incidents/search/templates/cert.html")]
struct CertPage {
    sh: Shell,
    page: Shown,
}

#[derive(Template)]
#[template(path = "incidents/search/templates/calm.html")]
struct CalmPage {
    sh: Shell,
    page: Shown,
}

const FOR_CERT: &[(&str, &str)] = &[
    ("search-example-words", "search-example-words-what"),
    ("search-example-status", "search-example-status-what"),
    ("search-example-organisation", "search-example-organisation-what"),
    ("search-example-category", "search-example-category-what"),
    ("search-example-value", "search-example-value-what"),
    ("search-example-cve", "search-example-cve-what"),
    ("search-example-dates", "search-example-dates-what"),
    ("search-example-phrase", "search-example-phrase-what"),
    ("search-example-beginning", "search-example-beginning-what"),
];

const FOR_HOUSES: &[(&str, &str)] = &[
    ("search-example-words", "search-example-words-what"),
    ("search-example-phrase", "search-example-phrase-what"),
    ("search-example-status", "search-example-status-what"),
    ("search-example-dates", "search-example-dates-what"),
    ("search-example-beginning", "search-example-beginning-what"),
];

/// Whether the actor works at the CERT, where pages are dense.
fn is_cert(actor: &Actor) -> bool {
    use Role::{Administrator, Analyst, Approver, Auditor, CertLead};
    [Administrator, Analyst, Approver, Auditor, CertLead].into_iter().any(|role| actor.has(role))
}

fn result(hit: Hit, names: &HashMap<OrgId, OrgName>, sh: &Shell) -> Listed {
    let name = hit.row.organisation.and_then(|id| names.get(&id)).map(|name| name.name.clone());
    Listed {
        title: hit.title,
        organisation: name.unwrap_or_else(|| sh.t("incident-organisation-withheld").into_owned()),
        status: sh.t(&format!("incident-status-{}", hit.row.status.code().replace('_', "-"))).into_owned(),
        is_drill: hit.row.is_drill,
        reported_at: hit.row.reported_at,
        texts: hit
            .texts
            .into_iter()
            .map(|text| Quoted {
                place: sh.t(&format!("search-place-{}", text.place.code())).into_owned(),
                at: text.at,
                parts: text.parts,
            })
            .collect(),
        reference: hit.row.reference,
    }
}

/// `GET /suche?q=`: what was found, or how to search.
async fn show(
    visitor: Visitor,
    site: Data<Site>,
    query: Query<SearchQuery>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let SearchQuery { q, ab } = query.into_inner();
    let is_first = ab.is_none();
    let typed = FormData::default().with("q", &q);
    let asked = service::ask(&site.db, actor.clone(), q.clone(), ab, PAGE).await;
    let (form, found, status) = match asked {
        Ok(found) => (Form::filled(typed), found, StatusCode::OK),
        // A mistake in the query is answered where it was typed.
        Err(Error::Invalid(errors)) if errors.iter().all(|error| error.field == "q") => {
            let form = Form::refused(typed, Error::Invalid(errors))?;
            (form, Found::default(), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(named) = found.named.as_ref().filter(|named| named.is_exact && is_first) {
        return Ok(visitor.redirect(&format!("/vorgaenge/{}", named.reference), ""));
    }
    let ids: Vec<OrgId> = found.hits.iter().filter_map(|hit| hit.row.organisation).collect();
    let names = site.db.read(move |tx| directory::names(tx, &ids)).await?;
    let sh = visitor.shell_of("search-title");
    let sh = if form.has_errors() { sh.failed() } else { sh };
    let page = Shown {
        is_asked: found.is_asked,
        total: found.total,
        is_more: found.is_more,
        named: found.named,
        results: found.hits.into_iter().map(|hit| result(hit, &names, &sh)).collect(),
        next: found.next.map(|next| address(&q, &next)),
        examples: examples(&sh, if is_cert(&actor) { FOR_CERT } else { FOR_HOUSES }),
        form,
    };
    if is_cert(&actor) {
        visitor.answer(status, &CertPage { sh, page })
    } else {
        visitor.answer(status, &CalmPage { sh, page })
    }
}

/// The same search from the cursor on.
fn address(q: &str, next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .append_pair("ab", next)
        .finish();
    format!("/suche?{query}")
}

/// By Fluent keys: the query, and what it finds.
fn examples(sh: &Shell, keys: &[(&str, &str)]) -> Vec<Example> {
    let example = |(query, what): &(&str, &str)| {
        let query = sh.t(query).into_owned();
        let href = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", &query).finish();
        Example { href: format!("/suche?{href}"), query, what: sh.t(what).into_owned() }
    };
    keys.iter().map(example).collect()
}
