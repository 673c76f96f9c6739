//! What the link in a contact's mail opens: GET shows, POST says that the contact still holds.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::Site;
use crate::access::guard::{Visitor, nowhere};
use crate::core::error::Error;
use crate::directory::model::Contact;
use crate::directory::service;
use crate::web::{Failure, FormData, Shell};

#[derive(Template)]
#[template(path = "directory/templates/alive.html")]
struct AlivePage {
    sh: Shell,
    contact: Contact,
    organisation: String,
}

#[derive(Template)]
#[template(path = "directory/templates/alive_thanks.html")]
struct ThanksPage {
    sh: Shell,
    is_gone: bool,
}

async fn gone(request: &HttpRequest, visitor: &Visitor, error: Error) -> Result<HttpResponse, Failure> {
    nowhere(request, visitor, error, "directory-alive-gone", |sh| ThanksPage { sh, is_gone: true }).await
}

/// `GET /kontakt/{token}`.
pub async fn show(
    visitor: Visitor,
    site: Site,
    request: HttpRequest,
    token: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let holder = visitor.link_holder();
    match site.db.read(move |tx| service::peek_contact(tx, &holder, &token)).await {
        Ok((contact, organisation)) => {
            visitor.page(&AlivePage { sh: visitor.shell_of("directory-alive-title"), contact, organisation })
        }
        Err(error) => gone(&request, &visitor, error).await,
    }
}

/// `POST /kontakt/{token}`.
pub async fn confirm(
    visitor: Visitor,
    site: Site,
    request: HttpRequest,
    token: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let holder = visitor.link_holder();
    match site.db.write(move |tx| service::confirm_contact(tx, &holder, &token)).await {
        Ok(()) => Ok(visitor.redirect("/kontakt/bestaetigt", "")),
        Err(error) => gone(&request, &visitor, error).await,
    }
}

/// `GET /kontakt/bestaetigt`.
pub async fn thank(visitor: Visitor) -> Result<HttpResponse, Failure> {
    visitor.page(&ThanksPage { sh: visitor.shell_of("directory-alive-thanks"), is_gone: false })
}
