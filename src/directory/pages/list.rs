//! The list of organisations.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::{Site, choices, district_choices};
use crate::access::guard::Visitor;
use crate::core::error::Result;
use crate::core::i18n::grouped;
use crate::core::page;
use crate::core::text::Fields;
use crate::directory::model::{Enrolment, Filter, Kind, Organisation};
use crate::directory::service::{self, Listed};
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

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
    may_print: bool,
}

impl ListPage {
    fn grouped(number: &i32) -> String {
        grouped(*number)
    }

    fn day(day: &jiff::civil::Date) -> String {
        super::german(*day)
    }

    fn keys(organisation: &Organisation) -> String {
        let keys = [&organisation.ags, &organisation.ars, &organisation.second_key];
        keys.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// What the list is narrowed to, and where it begins.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    q: String,
    art: String,
    kreis: String,
    stand: String,
    verwaltung: String,
    beendet: String,
    ab: String,
}

impl ListQuery {
    /// The filter as it was typed.
    fn typed(&self) -> [(&'static str, &str); 6] {
        [
            ("art", &self.art),
            ("beendet", &self.beendet),
            ("kreis", &self.kreis),
            ("q", &self.q),
            ("stand", &self.stand),
            ("verwaltung", &self.verwaltung),
        ]
    }
}

/// `GET /register`, narrowed by the filter, from `ab` on.
pub async fn show(site: Site, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let filter = read(&query)?;
    let (actor, cursor) = (visitor.actor.clone(), chosen(&query.ab).map(str::to_owned));
    let (listed, districts, (may_add, may_import), may_print) = site
        .db
        .read(move |tx| {
            let listed = service::list(tx, &actor, &filter, cursor.as_deref(), page::limit(None))?;
            let may_print = service::may_print_cards(tx, &actor);
            Ok((listed, service::districts(tx)?, service::may_edit(tx, &actor), may_print))
        })
        .await?;
    visitor.page(&ListPage {
        sh: visitor.shell_of("directory-list-title"),
        next: listed.page.next.as_deref().map(|next| link(&query, next)),
        form: Form::filled(
            query.typed().into_iter().fold(FormData::default(), |form, (name, value)| form.with(name, value)),
        ),
        kinds: choices(Kind::ALL, Kind::code, Kind::label),
        states: choices(Enrolment::ALL, Enrolment::code, Enrolment::label),
        districts: district_choices(districts),
        listed,
        may_add,
        may_import,
        may_print,
    })
}

fn chosen(value: &str) -> Option<&str> {
    Some(value.trim()).filter(|value| !value.is_empty())
}

fn read(query: &ListQuery) -> Result<Filter> {
    let mut fields = Fields::default();
    let kind = chosen(&query.art).map(|code| Kind::parse(code).ok_or("error-choice"));
    let district = chosen(&query.kreis).map(|id| id.parse().map_err(|_| "error-choice"));
    let enrolment = chosen(&query.stand).map(|code| Enrolment::parse(code).ok_or("error-choice"));
    let ticked = |value: &str| match chosen(value) {
        None => Ok(false),
        Some("ja") => Ok(true),
        Some(_) => Err("error-choice"),
    };
    let filter = Filter {
        kind: kind.and_then(|kind| fields.keep("art", kind)),
        district: district.and_then(|district| fields.keep("kreis", district)),
        enrolment: enrolment.and_then(|enrolment| fields.keep("stand", enrolment)),
        administrations: fields.keep("verwaltung", ticked(&query.verwaltung)).unwrap_or_default(),
        text: query.q.trim().chars().take(200).collect(),
        ended: fields.keep("beendet", ticked(&query.beendet)).unwrap_or_default(),
    };
    fields.done(Some(filter))
}

/// The same list from the cursor on.
fn link(query: &ListQuery, next: &str) -> String {
    let typed = query.typed().into_iter().filter(|(_, value)| !value.is_empty());
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(typed.chain([("ab", next)]))
        .finish();
    format!("/register?{query}")
}
