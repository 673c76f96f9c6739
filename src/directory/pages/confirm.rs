//! "Stimmt so": what the register knows of an organisation, to be confirmed by somebody there.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Site, framed, id};
use crate::access::guard::Visitor;
use crate::core::error::Error;
use crate::core::ids::OrgId;
use crate::directory::service::{self, ToConfirm};
use crate::web::{Failure, FormData, Shell};

#[derive(Template)]
#[template(path = "directory/templates/confirm.html")]
struct Body<'a> {
    sh: &'a Shell,
    all: ToConfirm,
    is_changed: bool,
}

async fn page(site: &Site, visitor: &Visitor, org: OrgId, is_changed: bool) -> Result<HttpResponse, Failure> {
    let actor = visitor.actor.clone();
    let all = site.db.read(move |tx| service::to_confirm(tx, &actor, org)).await?;
    let title = visitor.shell_of("directory-confirm-title").title;
    let mut sh = visitor.shell(format!("{title} · {}", all.organisation.name));
    sh.failed = is_changed;
    let status = if is_changed { StatusCode::CONFLICT } else { StatusCode::OK };
    framed(visitor, status, &sh, &Body { sh: &sh, all, is_changed })
}

/// `GET /register/{id}/angaben`.
pub async fn show(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    page(&site, &visitor, id(&path)?, false).await
}

/// `POST /register/{id}/angaben`.
pub async fn confirm(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&["stand"])?;
    let (actor, seen) = (visitor.actor.clone(), typed.get("stand").to_owned());
    match site.db.write(move |tx| service::confirm(tx, &actor, org, &seen)).await {
        Ok(()) => Ok(visitor.redirect("/", "directory-note-confirmed")),
        Err(Error::Stale) => page(&site, &visitor, org, true).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /register/{id}/notfallkarte/gedruckt`.
pub async fn card_printed(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&[])?;
    let actor = visitor.actor.clone();
    site.db.write(move |tx| service::confirm_card(tx, &actor, org)).await?;
    Ok(visitor.redirect("/", "directory-note-card-printed"))
}
