//! The list of organisations.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Site, choices};
use crate::access::guard::Visitor;
use crate::core::error::Result;
use crate::core::page;
use crate::core::text::Fields;
use crate::directory::model::{Enrolment, Filter, Kind, Organisation};
use crate::directory::service::{self, Listed};
use crate::web::{Choice, Failure, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "directory/templates/list.html")]
struct ListPage {
    sh: Shell,
    form: Form,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    districts: Vec<Choice>,
    listed: Listed,
    next: Option<String>,
    may_add: bool,
    may_import: bool,
}

impl ListPage {
    fn grouped(number: &i32) -> String {
        super::grouped(*number)
    }

    fn day(day: &jiff::civil::Date) -> String {
        super::german(*day)
    }

    fn keys(organisation: &Organisation) -> String {
        let keys = [&organisation.ags, &organisation.ars, &organisation.second_key];
        keys.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// `GET /register`, narrowed by `q`, `art`, `kreis`, `stand`, `verwaltung` and `beendet`, from `ab` on.
pub async fn show(
    site: Site,
    visitor: Visitor,
    query: web::Query<HashMap<String, String>>,
) -> Result<HttpResponse, Failure> {
    let query = query.into_inner();
    let filter = read(&query)?;
    let (actor, cursor) = (visitor.actor.clone(), query.get("ab").filter(|ab| !ab.is_empty()).cloned());
    let (listed, districts, (may_add, may_import)) = site
        .db
        .read(move |tx| {
            let listed = service::list(tx, &actor, &filter, cursor.as_deref(), page::limit(None))?;
            Ok((listed, service::districts(tx)?, service::may_edit(tx, &actor)))
        })
        .await?;
    let district = |district: crate::directory::model::District| {
        Choice::new(district.id.to_string(), format!("{} ({})", district.name, district.sign))
    };
    visitor.page(&ListPage {
        sh: visitor.shell_of("directory-list-title"),
        next: listed.page.next.as_deref().map(|next| link(&query, next)),
        form: Form::filled(
            query.iter().fold(FormData::default(), |form, (name, value)| form.with(name, value)),
        ),
        kinds: choices(Kind::ALL, Kind::code, Kind::label),
        states: choices(Enrolment::ALL, Enrolment::code, Enrolment::label),
        districts: districts.into_iter().map(district).collect(),
        listed,
        may_add,
        may_import,
    })
}

fn read(query: &HashMap<String, String>) -> Result<Filter> {
    let mut fields = Fields::default();
    let text = |name: &str| query.get(name).map_or("", |value| value.trim());
    let chosen = |name: &str| Some(text(name)).filter(|value| !value.is_empty());
    let kind = chosen("art").map(|code| Kind::parse(code).ok_or("error-choice"));
    let district = chosen("kreis").map(|id| id.parse().map_err(|_| "error-choice"));
    let enrolment = chosen("stand").map(|code| Enrolment::parse(code).ok_or("error-choice"));
    let filter = Filter {
        kind: kind.and_then(|kind| fields.keep("art", kind)),
        district: district.and_then(|district| fields.keep("kreis", district)),
        enrolment: enrolment.and_then(|enrolment| fields.keep("stand", enrolment)),
        administrations: text("verwaltung") == "ja",
        text: text("q").chars().take(200).collect(),
        ended: text("beendet") == "ja",
    };
    fields.done(Some(filter))
}

/// The same list from the cursor on.
fn link(query: &HashMap<String, String>, next: &str) -> String {
    let mut pairs: Vec<_> = query.iter().filter(|(name, value)| *name != "ab" && !value.is_empty()).collect();
    pairs.sort();
    let pairs = pairs.into_iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.chain([("ab", next)]))
        .finish();
    format!("/register?{query}")
}
