//! What the link of a mail opens: GET shows, POST answers. No password is needed.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::{self, LABELS};
use super::show::answers;
use crate::access::guard::{Visitor, nowhere};
use crate::core::error::Error;
use crate::incidents::fanout::service::{self, Peeked};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "incidents/fanout/templates/link.html")]
struct LinkPage {
    sh: Shell,
    form: Form,
    it: Peeked,
    answers: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "incidents/fanout/templates/thanks.html")]
struct ThanksPage {
    sh: Shell,
    is_gone: bool,
}

/// The same page for a link that is used, over, or that was never one; all else stays a failure.
async fn gone(request: &HttpRequest, visitor: &Visitor, error: Error) -> Result<HttpResponse, Failure> {
    nowhere(request, visitor, error, "fanout-gone-title", |sh| ThanksPage { sh, is_gone: true }).await
}

async fn question(
    visitor: &Visitor,
    site: &Site,
    request: &HttpRequest,
    token: String,
    form: Form,
) -> Result<HttpResponse, Failure> {
    let holder = visitor.link_holder();
    match site.db.write(move |tx| service::peek(tx, &holder, &token)).await {
        Ok(it) => {
            let mut sh = visitor.shell_of("fanout-house-title");
            sh.failed = form.has_errors();
            let status = if sh.failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let answers = answers(&sh);
            visitor.answer(status, &LinkPage { sh, form: form.labelled(LABELS), it, answers })
        }
        Err(error) => gone(request, visitor, error).await,
    }
}

pub(super) async fn ask(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Failure> {
    question(&visitor, &site, &request, token.into_inner(), Form::default()).await
}

pub(super) async fn answer(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["antwort", "note"])?;
    let new = match form::said(&typed) {
        Ok(new) => new,
        Err(refused) => {
            let form = Form::refused(typed, refused)?;
            return question(&visitor, &site, &request, token.into_inner(), form).await;
        }
    };
    let holder = visitor.link_holder();
    match site.db.write(move |tx| service::answer_by_link(tx, &holder, &token, &new)).await {
        Ok(()) => Ok(visitor.redirect("/betroffenheit/danke", "")),
        Err(error) => gone(&request, &visitor, error).await,
    }
}

pub(super) async fn thank(visitor: Visitor) -> Result<HttpResponse, Failure> {
    visitor.page(&ThanksPage { sh: visitor.shell_of("fanout-thanks-title"), is_gone: false })
}
