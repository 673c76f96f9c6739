//! The town hall's list of its own cases, and what it states later in one of them; how a report without an account finds
//! its organisation, and what its author can ask.

mod attach;
mod later;
mod link;
mod merge;
mod receipt;
mod split;

use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::fanout::service::{self as fanout, Waiting};
use super::model::{Filter, Row, shown_title};
use super::service;
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError};
use crate::core::i18n::{Lang, text};
use crate::core::ids::OrgId;
use crate::directory::model::OrgName;
use crate::directory::service as directory;
use crate::web::site::Site;
use crate::web::{Failure, Query, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/vorgaenge").get(list));
    later::configure(cfg);
    merge::configure(cfg);
    link::configure(cfg);
    split::configure(cfg);
    attach::configure(cfg);
    receipt::configure(cfg);
}

/// Questions of the CERT that are listed at most.
const MOST_ASKED: i64 = 50;

/// A row as the list shows it.
struct Listed {
    reference: String,
    title: String,
    organisation: String,
    status_key: String,
    is_drill: bool,
    reported_at: Timestamp,
}

#[derive(Template)]
#[template(path = "incidents/templates/list.html")]
struct ListPage {
    sh: Shell,
    rows: Vec<Listed>,
    /// What the CERT asks the own houses.
    asked: Vec<Waiting>,
    open: bool,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ListQuery {
    abgeschlossen: String,
    ab: Option<String>,
}

fn listed(row: Row, names: &std::collections::HashMap<OrgId, OrgName>) -> Listed {
    Listed {
        title: shown_title(&row.title),
        organisation: row.organisation.and_then(|id| names.get(&id)).map_or_else(
            || text(Lang::De, "incident-organisation-withheld").into_owned(),
            |name| name.name.clone(),
        ),
        status_key: format!("incident-status-{}", row.status.code().replace('_', "-")),
        is_drill: row.is_drill,
        reference: row.reference,
        reported_at: row.reported_at,
    }
}

async fn list(visitor: Visitor, site: Data<Site>, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let open = match query.abgeschlossen.as_str() {
        "" => true,
        "ja" => false,
        _ => return Err(Error::from(FieldError::new("abgeschlossen", "error-choice")).into()),
    };
    let filter = Filter { open: Some(open), with_waiting: true, ..Filter::default() };
    let cursor = query.ab.clone();
    let (page, asked, names) = site
        .db
        .read(move |tx| {
            let page = service::list(tx, &actor, &filter, cursor.as_deref(), 50)?;
            let ids: Vec<OrgId> = page.rows.iter().filter_map(|row| row.organisation).collect();
            let names = directory::names(tx, &ids)?;
            let mut asked = fanout::list(tx, &actor, MOST_ASKED)?;
            asked.retain(|one| one.is_open == open);
            Ok((page, asked, names))
        })
        .await?;
    let ended = if open { "" } else { "abgeschlossen=ja&" };
    visitor.page(&ListPage {
        sh: visitor.shell_of("incident-list-title"),
        rows: page.rows.into_iter().map(|row| listed(row, &names)).collect(),
        asked,
        open,
        next: page.next.map(|next| format!("/vorgaenge?{ended}ab={next}")),
    })
}
