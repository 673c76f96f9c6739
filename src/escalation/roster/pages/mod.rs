//! The roster as the team sees it, planning shifts, and handing the duty over.

mod feed;
mod form;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use jiff::Timestamp;

use super::service::{self, Board, Line};
use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{HandoverId, ShiftId};
use crate::core::when;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, FormData, Shell};

/// Where the roster is.
const HERE: &str = "/bereitschaft";

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/bereitschaft").get(show))
        .service(web::resource("/bereitschaft/kalender").get(feed::show).post(feed::open))
        .service(web::resource("/bereitschaft/kalender/entfernen").post(feed::close))
        .service(web::resource("/bereitschaft/kalender/{token}.ics").get(feed::calendar))
        .service(web::resource("/bereitschaft/planen").get(form::ask_plan).post(form::plan))
        .service(web::resource("/bereitschaft/schichten/{shift}/streichen").post(cancel))
        .service(web::resource("/bereitschaft/uebergabe").get(form::ask_handover).post(form::hand_over))
        .service(web::resource("/bereitschaft/uebergaben/{handover}/annehmen").post(accept))
        .service(web::resource("/bereitschaft/uebergaben/{handover}/zurueck").post(withdraw));
}

#[derive(Template)]
#[template(path = "escalation/roster/templates/board.html")]
struct BoardPage {
    sh: Shell,
    now: Option<Line>,
    next: Option<Line>,
    board: Board,
}

impl BoardPage {
    /// `Mo 23.11. 08:00`.
    fn at(&self, at: &Timestamp) -> String {
        format!("{} {}", when::weekday(*at), self.sh.dense(*at))
    }
}

async fn show(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let board = site.db.read(move |tx| service::board(tx, &actor)).await?;
    let (now, next) = (board.lines.first().cloned(), board.lines.get(1).cloned());
    visitor.page(&BoardPage { sh: visitor.shell_of("roster-title"), now, next, board })
}

async fn cancel(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let id: ShiftId = path.parse().map_err(|_| Error::NotFound)?;
    decide(visitor, site, typed, "roster-done-cancelled", move |tx, actor| service::cancel(tx, actor, id))
        .await
}

async fn accept(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let id: HandoverId = path.parse().map_err(|_| Error::NotFound)?;
    decide(visitor, site, typed, "roster-done-accepted", move |tx, actor| service::accept(tx, actor, id))
        .await
}

async fn withdraw(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let id: HandoverId = path.parse().map_err(|_| Error::NotFound)?;
    decide(visitor, site, typed, "roster-done-withdrawn", move |tx, actor| service::withdraw(tx, actor, id))
        .await
}

async fn decide(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
    note: &str,
    decision: impl Fn(&mut Tx<'_>, &Actor) -> Result<()> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    site.db.write(move |tx| decision(tx, &actor)).await?;
    Ok(visitor.redirect(HERE, note))
}
