//! Where to go and which case to open, by a few letters: a page by itself, and with scripts a box over every page.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::keys::teammate;
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError};
use crate::core::text::Line;
use crate::incidents::model::{Filter, Row, shown_title};
use crate::incidents::service as incidents;
use crate::web::site::Site;
use crate::web::{Failure, Query, Shell};

/// How many cases are offered.
const CASES: i64 = 8;
/// Letters from which on cases are looked for.
const SHORTEST: usize = 3;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Ask {
    q: String,
}

struct Case {
    reference: String,
    title: String,
}

#[derive(Template)]
#[template(path = "desk/templates/palette.html")]
struct PalettePage {
    sh: Shell,
    query: String,
    cases: Vec<Case>,
    /// Whether cases were looked for.
    is_search: bool,
}

/// Shows places, and the cases that the words fit, of those that the visitor may see.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    ask: Query<Ask>,
) -> Result<HttpResponse, Failure> {
    let actor = teammate(&visitor)?;
    let query = ask.into_inner().q;
    let is_search = query.trim().chars().count() >= SHORTEST;
    let mut cases = Vec::new();
    if is_search {
        let text = Line::<100>::parse(&query).map_err(|reason| Error::from(FieldError::new("q", reason)))?;
        let filter = Filter { with_waiting: true, text: Some(text.into_string()), ..Filter::default() };
        let page = site.db.read_apart(move |tx| incidents::list(tx, &actor, &filter, None, CASES)).await?;
        let case = |row: Row| Case { title: shown_title(&row.title), reference: row.reference };
        cases.extend(page.rows.into_iter().map(case));
    }
    visitor.page(&PalettePage { cases, is_search, query, sh: visitor.shell_of("palette-title") })
}
