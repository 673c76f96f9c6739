//! Signing in while the own organisation's accounts are not trusted: it waits for a telephone call.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use askama::Template;

use super::sign_in::Way;
use crate::access::factor::Missing;
use crate::access::guard::{Visitor, local_path};
use crate::access::service::sessions::spoken_code;
use crate::core::error::Error;
use crate::web::{Failure, Query, Shell};

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/anmelden/rueckruf").get(show));
}

#[derive(Template)]
#[template(path = "access/templates/callback.html")]
struct CallbackPage {
    sh: Shell,
    code: String,
    back: String,
}

async fn show(visitor: Visitor, way: Query<Way>) -> Result<HttpResponse, Failure> {
    let back = local_path(&way.weiter);
    visitor.person()?;
    if visitor.missing() != Some(Missing::Release) {
        return Ok(visitor.redirect(&visitor.way_on(back).unwrap_or_else(|| back.to_owned()), ""));
    }
    let code = spoken_code(visitor.session.ok_or(Error::SignInNeeded)?);
    visitor.page(&CallbackPage { sh: visitor.shell_of("callback-title"), code, back: back.to_owned() })
}
