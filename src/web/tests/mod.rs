//! The kit as an application uses it: middleware in order, one page with a form.

mod failures;
mod pages;
mod posts;

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{self, Data};
use actix_web::{App, HttpMessage as _, HttpResponse};
use askama::Template;
use serde::Deserialize;
use url::Url;

use super::parts::{Audience, ChainState, ChainStep, Entry};
use super::{
    Choice, Failure, Form, FormData, Hotline, Kit, Link, Shell, SignedIn, Upload, Visit, csrf, error,
    headers, patience,
};
use crate::core::env::{Env, ManualClock, Random};
use crate::core::error::{Error, FieldError};
use crate::core::text::{Fields, Title};
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::web::markdown;

/// The same bytes every time, so that pages can be compared.
struct Sevens;

impl Random for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn kit() -> Kit {
    let now = when::parse("19.11.2026 15:28").expect("a date");
    let env = Env::new(Arc::new(ManualClock::at(now)), Arc::new(Sevens));
    let hotline = Hotline {
        name: "ThüringenCERT".to_owned(),
        phone: "030 23125 001".to_owned(),
        dial: "+493023125001".to_owned(),
    };
    let url = Url::parse("https://meldekette.example").expect("a url");
    let mut kit = Kit::new(env, url, hotline, &[1; 32]);
    kit.footer.push(Link::new("/impressum", "web-to-start"));
    kit.demo = true;
    kit.form_limit = 4096;
    kit.body_patience = Duration::from_millis(50);
    kit
}

fn analyst() -> SignedIn {
    SignedIn {
        name: "Analyse 1".to_owned(),
        organisation: "ThüringenCERT".to_owned(),
        nav: vec![Link::new("/eingang", "web-to-start"), Link::new("/register", "web-more")],
        binding: "session secret".to_owned(),
    }
}

/// Every macro once, on the calm layout.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "web/templates/calm.html" %}
{% import "web/templates/form.html" as ui %}
{% import "web/templates/parts.html" as part %}
{% block main %}
{{ ui::summary(sh, form) }}
<h1 class="kern-heading-large">{{ sh.tn("web-check-fields", "count", choices.len()) }}</h1>
<form method="post" action="/melden" novalidate>{{ ui::csrf(sh) }}{{ ui::hidden("version", 3) }}
{{ ui::text(sh, form, "title", "web-typed", "web-datetime-hint") }}
{{ ui::text(sh, form, "password", "web-typed", kind = "password", autocomplete = "current-password") }}
{{ ui::textarea(sh, form, "text", "web-typed", optional = true) }}
{{ ui::select(sh, form, "kind", "web-typed", choices) }}
{{ ui::radios(sh, form, "sure", "web-typed", choices) }}
{{ ui::checkboxes(sh, form, "parts", "web-typed", choices) }}
{{ ui::check(sh, form, "consent", "web-typed") }}
{{ ui::datetime(sh, form, "noticed", "web-typed") }}
{{ ui::file(sh, form, "file", "web-typed") }}
{{ ui::submit(sh, "web-send-again", confirm = "Wirklich?") }}</form>
{{ part::tlp(tlp) }}{{ part::tlp_line(sh, tlp) }}{{ part::prio(sh, 1) }}{{ part::tag("neu", "warn") }}{{ part::step("Warnstufe 3", 3) }}
{{ part::due(sh, past) }}{{ part::chain(steps) }}{{ part::timeline(sh, entries) }}
{{ part::empty(sh, "web-demo") }}{{ part::more(sh, "?ab=x") }}{{ part::keys(sh) }}
{% endblock %}"#
)]
struct Sample {
    sh: Shell,
    form: Form,
    choices: Vec<Choice>,
    tlp: Tlp,
    past: jiff::Timestamp,
    steps: Vec<ChainStep>,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "web/templates/cert.html" %}{% block main %}<h1>{{ sh.title }}</h1>{% endblock %}"#
)]
struct Dense {
    sh: Shell,
}

fn sample(visit: &Visit, form: Form) -> Sample {
    let sh = visit.shell("Vorfall <melden>").printed("TH-2026-00042", Tlp::Amber);
    let now = sh.now;
    let step = |state, who: &str| ChainStep {
        state,
        who: who.to_owned(),
        what: "Gemeldet".to_owned(),
        when: "heute".to_owned(),
    };
    let entry = |audience, readers: &'static str| Entry {
        audience,
        readers: readers.into(),
        author: "Analyse 1".to_owned(),
        at: now,
        body: markdown::html("Bitte *nichts* löschen.", 2),
        aside: String::new(),
        pin: None,
        origin: None,
    };
    Sample {
        sh: if form.has_errors() { sh.failed() } else { sh },
        form,
        choices: vec![Choice::new("ja", "Ziemlich genau"), Choice::new("nein", "Weiß ich nicht")],
        tlp: Tlp::AmberStrict,
        past: now - jiff::SignedDuration::from_mins(25),
        steps: vec![
            step(ChainState::Done, "Stadt Bergrode"),
            step(ChainState::Now, "ThüringenCERT"),
            step(ChainState::Next, "Land"),
        ],
        entries: vec![
            entry(Audience::Internal, "Nur ThüringenCERT"),
            entry(Audience::Visible, "Sichtbar für: Stadt Bergrode"),
            entry(Audience::System, ""),
        ],
    }
}

async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.page(&sample(&visit, Form::default()))
}

async fn file(visit: Visit, typed: FormData) -> Result<HttpResponse, Failure> {
    let known =
        ["version", "title", "password", "text", "kind", "sure", "parts", "consent", "noticed", "file"];
    typed.only(&known)?;
    let mut fields = Fields::default();
    let title = fields.keep("title", Title::parse(typed.get("title")));
    fields.keep("noticed", when::parse(typed.get("noticed")));
    match fields.done(title) {
        Ok(_) => Ok(visit.redirect("/eingang", "web-demo")),
        Err(error) => {
            visit.again(&sample(&visit, Form::refused(typed, error)?.labelled(&[("noticed", "web-typed")])))
        }
    }
}

async fn dense(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.page(&Dense { sh: visit.shell("Eingang · 50 offene Vorgänge") })
}

/// Takes a form and fails at it.
async fn takes(path: web::Path<String>, _: FormData) -> Result<HttpResponse, Failure> {
    fails(path).await
}

async fn fails(path: web::Path<String>) -> Result<HttpResponse, Failure> {
    Err(Failure::from(match path.as_str() {
        "forbidden" => Error::Forbidden("error-not-allowed"),
        "signin" => Error::SignInNeeded,
        "invalid" => Error::Invalid(vec![FieldError::new("title", "error-required")]),
        "conflict" => Error::Conflict("web-demo"),
        "advised" => Error::Conflict("mail-error-link-gone"),
        "stale" => Error::Stale,
        "limited" => Error::RateLimited { retry_after_s: 30 },
        "down" => Error::Unavailable("postgres at 10.0.0.7 refused".to_owned()),
        "internal" => Error::Internal("secret detail".to_owned()),
        _ => Error::NotFound,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[expect(dead_code, reason = "only read by serde")]
    title: String,
}

async fn api(_: super::Json<Body>) -> HttpResponse {
    HttpResponse::NoContent().finish()
}

async fn upload(_: Upload) -> HttpResponse {
    HttpResponse::NoContent().finish()
}

async fn by_id(_: web::Path<uuid::Uuid>) -> HttpResponse {
    HttpResponse::Ok().body("found")
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ascii"))
    }
}

/// One request through the application's order of middleware. A cookie stands in for the session.
async fn send(req: TestRequest) -> Got {
    send_body(req, None).await
}

/// The same with a body that is still on its way.
async fn send_body(req: TestRequest, body: Option<Payload>) -> Got {
    send_to(kit(), req, body).await
}

async fn send_to(kit: Kit, req: TestRequest, body: Option<Payload>) -> Got {
    let app = init_service(
        App::new()
            .app_data(Data::new(kit))
            .configure(super::routes)
            .service(web::resource("/melden").get(show).post(file))
            .service(web::resource("/eingang").get(dense))
            .service(web::resource("/eingang/{id}").get(by_id))
            .service(web::resource("/liste").post(upload))
            .service(web::resource("/fails/{how}").get(fails).post(fails))
            .service(web::resource("/takes/{how}").post(takes))
            .service(web::resource("/api/v1/incidents").post(api))
            .service(web::resource("/api/v1/fails/{how}").get(fails))
            .wrap(from_fn(patience::limit))
            .wrap(from_fn(csrf::same_site))
            .wrap(from_fn(|req: actix_web::dev::ServiceRequest, next: actix_web::middleware::Next<_>| {
                if req.cookie("session").is_some() {
                    req.extensions_mut().insert(analyst());
                }
                next.call(req)
            }))
            .wrap(from_fn(error::render))
            .wrap(from_fn(headers::secure)),
    )
    .await;
    let mut req = req.to_request();
    if let Some(body) = body {
        req = req.replace_payload(body).0;
    }
    let res = call_service(&app, req).await;
    let (status, headers) = (res.status(), res.headers().clone());
    Got { status, headers, body: String::from_utf8(read_body(res).await.to_vec()).expect("utf-8") }
}

/// What the content security policy would refuse, and what axe would.
fn assert_clean(html: &str) {
    for bad in [" style=", "<style", "javascript:", " onclick", " onload", " onsubmit", "http://"] {
        assert!(!html.contains(bad), "{bad} in {html}");
    }
    assert_eq!(html.matches("<script ").count(), html.matches("<script src=\"/assets/").count());
    assert_eq!(html.matches("<h1").count(), 1, "one h1: {html}");
    assert_eq!(html.matches("<main ").count(), 1);
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id twice");
    for (attribute, mark) in [("for", " for=\""), ("aria-describedby", " aria-describedby=\"")] {
        for target in html.split(mark).skip(1).filter_map(|rest| rest.split('"').next()) {
            for id in target.split(' ') {
                assert!(ids.contains(&id), "{attribute} names {id}, which is missing");
            }
        }
    }
}
