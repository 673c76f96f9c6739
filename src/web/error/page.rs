//! A failure as a page: what happened, what was kept, what to do next, and whom to call.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use askama::Template;

use super::Answer;
use crate::core::i18n::Arg;
use crate::web::forms::FormData;
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
    /// What was typed, as a person reads it.
    words: Vec<&'a str>,
    /// What is sent again, where that may help, and where to and with which token.
    again: Vec<(&'a str, &'a str)>,
    target: &'a str,
    csrf: String,
    sign_in: bool,
    request_id: Option<&'a str>,
}

/// Whether a person reads it as their own: codes and ids of the form are sent again, but say nothing.
fn is_words(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let telling = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let is_short_or_long = !(4..=30).contains(&value.len());
    !value.chars().all(plain) || (value.chars().any(telling) && !is_short_or_long)
}

/// Whether the same form may be taken when it is sent again. Where the state has to change first, what was typed is
/// there to be copied.
fn may_help_again(kind: &str, has_words: bool) -> bool {
    match kind {
        "sign-in" | "stale-form" | "unavailable" | "rate-limit" | "timeout" | "internal" => true,
        "conflict" => has_words,
        _ => false,
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
    let typed = answer.kept.map(FormData::shareable).unwrap_or_default();
    let words: Vec<&str> =
        typed.iter().map(|(_, value)| *value).filter(|v| !v.trim().is_empty() && is_words(v)).collect();
    let again = if may_help_again(answer.kind, !words.is_empty()) { typed } else { Vec::new() };
    let rendered = visit.and_then(|visit| {
        let cert = &visit.kit.hotline;
        let call = [("cert", Arg::from(cert.name.as_str())), ("phone", Arg::from(cert.phone.as_str()))];
        let page = ErrorPage {
            sh: visit.shell(answer.say("title")).failed(),
            what: what.clone(),
            detail,
            // What was kept is told only where something was sent.
            kept: if get { String::new() } else { answer.say("kept") },
            next: answer.next.clone().unwrap_or_else(|| answer.say_with("next", &call)),
            fields: &answer.fields,
            words,
            again,
            target,
            csrf: visit.kept_token(),
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
