//! `/warnmeldungen`: for the CERT all of them with their states, for a town hall what was sent to it.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::{choices, steps};
use crate::access::guard::Visitor;
use crate::advisories::machine::State;
use crate::advisories::model::{Filter, Row, WarningStep};
use crate::advisories::service;
use crate::core::error::{Error, FieldError};
use crate::core::ids::VersionId;
use crate::core::page::{self, Page, read_cursor};
use crate::core::text::Fields;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

#[derive(Template)]
#[template(path = "advisories/templates/team_list.html")]
struct TeamList {
    sh: Shell,
    form: Form,
    rows: Vec<Row>,
    next: Option<String>,
    states: Vec<Choice>,
    steps: Vec<Choice>,
    may_write: bool,
}

impl TeamList {
    /// Where a row leads: to what has to be done with it next.
    fn href(row: &&Row) -> String {
        let page = match row.state {
            State::Draft => "/bearbeiten",
            State::InReview | State::Approved => "/freigabe",
            State::Published | State::Superseded | State::Withdrawn => "/zustellung",
        };
        format!("/warnmeldungen/{}{page}", row.reference)
    }
}

#[derive(Template)]
#[template(path = "advisories/templates/list.html")]
struct List {
    sh: Shell,
    rows: Vec<Row>,
    /// Which of them nobody there has opened yet.
    unread: HashSet<VersionId>,
    next: Option<String>,
}

fn chosen(value: &str) -> Option<&str> {
    Some(value).filter(|value| !value.is_empty())
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Narrow {
    zustand: String,
    warnstufe: String,
    ab: Option<String>,
}

impl Narrow {
    fn filter(&self) -> Result<Filter, Error> {
        let mut fields = Fields::default();
        let step = |number: &str| number.parse().ok().and_then(WarningStep::from_number);
        let state = chosen(&self.zustand).map(|code| State::parse(code).ok_or("error-choice"));
        let step = chosen(&self.warnstufe).map(|number| step(number).ok_or("error-choice"));
        let filter = Filter {
            state: state.and_then(|state| fields.keep("zustand", state)),
            step: step.and_then(|step| fields.keep("warnstufe", step)),
        };
        fields.done(Some(filter))
    }

    fn after(&self) -> Result<Option<VersionId>, Error> {
        let read = |cursor: &String| read_cursor(cursor)?.parse().ok();
        let refused = || FieldError::new("ab", "error-cursor").into();
        self.ab.as_ref().map(|cursor| read(cursor).ok_or_else(refused)).transpose()
    }

    fn form(&self) -> Form {
        Form::filled(FormData::default().with("zustand", &self.zustand).with("warnstufe", &self.warnstufe))
    }

    fn next(&self, cursor: Option<&String>) -> Option<String> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("zustand", &self.zustand), ("warnstufe", &self.warnstufe)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        cursor.map(|cursor| format!("/warnmeldungen?{}", query.append_pair("ab", cursor).finish()))
    }
}

/// What the database knows for either list.
struct Found {
    page: Page<Row>,
    unread: HashSet<VersionId>,
    is_team: bool,
    may_write: bool,
}

pub(super) async fn list(
    visitor: Visitor,
    site: Data<Site>,
    narrow: Query<Narrow>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (filter, after) = (narrow.filter()?, narrow.after()?);
    let found = site
        .db
        .read(move |tx| {
            let (is_team, may_write) = (service::is_team(tx, &actor), service::may_write(tx, &actor));
            let page = if is_team {
                service::list(tx, &actor, filter, after, page::limit(None))?
            } else {
                service::list_received(tx, &actor, after, page::limit(None))?
            };
            let unread = if is_team { HashSet::new() } else { service::unread_of(tx, &actor, &page.rows)? };
            Ok(Found { page, unread, is_team, may_write })
        })
        .await?;
    let (sh, next) = (visitor.shell_of("advisory-list-title"), narrow.next(found.page.next.as_ref()));
    if !found.is_team {
        return visitor.page(&List { sh, rows: found.page.rows, unread: found.unread, next });
    }
    visitor.page(&TeamList {
        sh,
        form: narrow.form(),
        rows: found.page.rows,
        next,
        states: choices(State::ALL, |state| state.code().to_owned(), State::label),
        steps: steps(),
        may_write: found.may_write,
    })
}
