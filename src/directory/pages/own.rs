//! The way of a town hall to its own entry.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{Site, framed};
use crate::access::guard::Visitor;
use crate::core::error::Error;
use crate::core::ids::OrgId;
use crate::directory::model::OrgName;
use crate::directory::service;
use crate::web::{Failure, Shell};

#[derive(Template)]
#[template(path = "directory/templates/own.html")]
struct Body<'a> {
    sh: &'a Shell,
    all: Vec<(OrgId, OrgName)>,
}

/// `GET /register/meine`: on to the one organisation, or a choice of several.
pub async fn show(site: Site, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let own = visitor.require()?.organisations();
    let ids = own.clone();
    let mut names = site.db.read(move |tx| service::names(tx, &ids)).await?;
    match own.as_slice() {
        [] => Err(Error::NotFound.into()),
        [one] => Ok(visitor.redirect(&format!("/register/{one}"), "")),
        _ => {
            let mut all: Vec<_> = own.into_iter().filter_map(|id| Some((id, names.remove(&id)?))).collect();
            all.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
            let sh = visitor.shell_of("directory-own-title");
            framed(&visitor, StatusCode::OK, &sh, &Body { sh: &sh, all })
        }
    }
}
