//! A failure as a page: what happened, what was kept, what to do next, and whom to call.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use askama::Template;

use super::Answer;
use crate::web::layout::Shell;
use crate::web::visit::Visit;

#[derive(Template)]
#[template(path = "web/templates/error.html")]
struct ErrorPage<'a> {
    sh: Shell,
    what: String,
    detail: &'a str,
    kept: String,
    next: String,
    fields: &'a [(String, String)],
    /// What was typed, and where to send it again.
    typed: Vec<(&'a str, &'a str)>,
    target: &'a str,
    sign_in: bool,
    request_id: Option<&'a str>,
}

impl ErrorPage<'_> {
    /// Whether a person reads it as their own: codes and ids of the form are sent again, but say nothing.
    fn is_words(value: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let telling = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        let is_short_or_long = !(4..=30).contains(&value.len());
        !value.chars().all(plain) || (value.chars().any(telling) && !is_short_or_long)
    }
}

/// Where somebody who is not signed in may do so, and comes back from.
fn sign_in_path(target: &str) -> String {
    let back: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
    format!("/anmelden?weiter={back}")
}

pub(super) fn response(answer: &Answer<'_>, visit: Option<&Visit>, get: bool, target: &str) -> HttpResponse {
    let sign_in = answer.status == StatusCode::UNAUTHORIZED;
    if sign_in && get {
        return HttpResponse::SeeOther().insert_header((LOCATION, sign_in_path(target))).finish();
    }
    // A refusal by the policy says all in its own sentence; the kind's would say it once more.
    let own = answer.kind == "forbidden" && !answer.detail.is_empty();
    let (what, detail) =
        if own { (answer.detail.clone(), "") } else { (answer.say("what"), answer.detail.as_str()) };
    let rendered = visit.and_then(|visit| {
        let page = ErrorPage {
            sh: visit.shell(answer.say("title")).failed(),
            what: what.clone(),
            detail,
            // What was kept is told only where something was sent.
            kept: if get { String::new() } else { answer.say("kept") },
            next: answer.next.clone().unwrap_or_else(|| answer.say("next")),
            fields: &answer.fields,
            typed: answer.kept.map(|form| form.shareable()).unwrap_or_default(),
            target,
            sign_in,
            request_id: answer.request_id.as_deref(),
        };
        visit.answer(answer.status, &page).ok()
    });
    // Without a site or a working template there is still the sentence.
    rendered.unwrap_or_else(|| {
        HttpResponse::build(answer.status).insert_header(ContentType::plaintext()).body(what)
    })
}
