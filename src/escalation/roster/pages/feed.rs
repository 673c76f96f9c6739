//! The calendar for programs, and its secret address.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::access::guard::Visitor;
use crate::core::error::Error;
use crate::escalation::roster::service::{self, Whose};
use crate::web::site::Site;
use crate::web::{Failure, FormData, Shell};

#[derive(Template)]
#[template(path = "escalation/roster/templates/feed.html")]
struct FeedPage {
    sh: Shell,
    /// Just made; shown this once and kept nowhere.
    address: Option<String>,
}

/// `GET /bereitschaft/kalender`.
pub(super) async fn show(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    site.db.read(move |tx| service::board(tx, &actor)).await?;
    visitor.page(&FeedPage { sh: visitor.shell_of("roster-calendar"), address: None })
}

/// `POST /bereitschaft/kalender`: answers with the page itself instead of sending the browser on, since the address is
/// shown this once.
pub(super) async fn open(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    let token = site.db.write(move |tx| service::open_feed(tx, &actor)).await?;
    let address = format!("{}/bereitschaft/kalender/{token}.ics", site.settings.public_url);
    visitor.page(&FeedPage { sh: visitor.shell_of("roster-calendar"), address: Some(address) })
}

/// `POST /bereitschaft/kalender/entfernen`.
pub(super) async fn close(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    site.db.write(move |tx| service::close_feed(tx, &actor)).await?;
    Ok(visitor.redirect("/bereitschaft/kalender", "roster-done-feed-closed"))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    /// `ja`: the shifts of everybody.
    #[serde(default)]
    alle: String,
}

/// `GET /bereitschaft/kalender/{token}.ics`, by a calendar program that knows nothing but the address.
pub(super) async fn calendar(
    visitor: Visitor,
    site: Data<Site>,
    token: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let whose = match asked.alle.as_str() {
        "" | "nein" => Whose::Own,
        "ja" => Whose::Everybody,
        _ => return Err(Error::NotFound.into()),
    };
    let holder = visitor.link_holder();
    let text = site.db.read(move |tx| service::feed(tx, &holder, &token, whose)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"bereitschaft.ics\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}
