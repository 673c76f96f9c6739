//! The kit as an application uses it: middleware in order, one page with a form.

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
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use url::Url;

use super::parts::{Audience, ChainState, ChainStep, Entry};
use super::{
    Choice, Failure, Form, FormData, Hotline, Link, Shell, SignedIn, Site, Upload, Visit, csrf, error,
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

fn site() -> Site {
    let now = when::parse("19.11.2026 15:28").expect("a date");
    let env = Env::new(Arc::new(ManualClock::at(now)), Arc::new(Sevens));
    let hotline = Hotline {
        name: "ThüringenCERT".to_owned(),
        phone: "030 23125 001".to_owned(),
        dial: "+493023125001".to_owned(),
    };
    let url = Url::parse("https://meldekette.example").expect("a url");
    let mut site = Site::new(env, url, hotline, &[1; 32]);
    site.footer.push(Link::new("/impressum", "web-to-start"));
    site.demo = true;
    site.form_limit = 4096;
    site.body_patience = Duration::from_millis(50);
    site
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

async fn fails(path: web::Path<String>) -> Result<HttpResponse, Failure> {
    Err(Failure::from(match path.as_str() {
        "forbidden" => Error::Forbidden("web-demo"),
        "signin" => Error::SignInNeeded,
        "invalid" => Error::Invalid(vec![FieldError::new("title", "error-required")]),
        "conflict" => Error::Conflict("web-demo"),
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
    let app = init_service(
        App::new()
            .app_data(Data::new(site()))
            .configure(super::routes)
            .service(web::resource("/melden").get(show).post(file))
            .service(web::resource("/eingang").get(dense))
            .service(web::resource("/eingang/{id}").get(by_id))
            .service(web::resource("/liste").post(upload))
            .service(web::resource("/fails/{how}").get(fails).post(fails))
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

fn anonymous_post(body: &str) -> TestRequest {
    let site = site();
    let token = csrf::token(&site.form_key, csrf::Bound::Browser(&site.env.token()));
    TestRequest::post()
        .uri("/melden")
        .cookie(actix_web::cookie::Cookie::new(csrf::COOKIE, site.env.token()))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(format!("csrf={token}&{body}"))
}

/// Hashes change with every version of a package; a page is compared without them.
fn without_hashes(html: &str) -> String {
    html.split('"')
        .map(|part| match part.strip_prefix("/assets/").and_then(|name| name.split_once('.')) {
            Some((stem, _)) => format!("/assets/{stem}"),
            None => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\"")
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

#[actix_web::test]
async fn a_page_for_the_town_hall_has_its_frame_and_every_input() {
    let got = send(TestRequest::get().uri("/melden")).await;
    assert_eq!(got.status, StatusCode::OK);
    assert_clean(&got.body);
    insta::assert_snapshot!("calm", without_hashes(&got.body));
}

#[actix_web::test]
async fn a_page_of_the_cert_has_the_bar_and_says_where_one_is() {
    let cookie = actix_web::cookie::Cookie::new("session", "1");
    let got = send(TestRequest::get().uri("/eingang").cookie(cookie)).await;
    assert_clean(&got.body);
    insta::assert_snapshot!("cert", without_hashes(&got.body));
}

#[actix_web::test]
async fn every_page_comes_with_the_strict_headers_and_is_not_kept() {
    let got = send(TestRequest::get().uri("/melden")).await;
    assert_eq!(
        got.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    assert_eq!(got.header("cache-control"), "no-store");
    assert_eq!(got.header("strict-transport-security"), "max-age=63072000");
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert_eq!(got.header("referrer-policy"), "no-referrer");
    assert_eq!(got.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(got.header("cross-origin-resource-policy"), "same-origin");
    let asset = send(TestRequest::get().uri(super::assets::url("meldekette.js"))).await;
    assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(asset.header("x-content-type-options"), "nosniff");
}

#[actix_web::test]
async fn a_refused_form_gives_every_word_back_and_names_both_faults_twice() {
    let typed = "title=&text=%3Cb%3EZwei%0D%0AZeilen&noticed=31.11.2026+07%3A40&kind=ja&sure=nein&parts=ja&parts=nein&consent=ja";
    let got = send(anonymous_post(typed)).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_clean(&got.body);
    assert!(
        got.body.contains("<title>Fehler: Vorfall &#60;melden&#62; · Meldekette</title>"),
        "{}",
        got.body
    );
    assert!(got.body.contains("Bitte 2 Angaben prüfen"));
    assert!(got.body.contains("<a href=\"#title\">Bitte füllen Sie dieses Feld aus.</a>"));
    assert!(got.body.contains("<a href=\"#noticed\">Ihre Angaben: Bitte geben Sie Datum und Uhrzeit"));
    assert!(got.body.contains("aria-describedby=\"noticed-fehler noticed-hinweis\""));
    assert!(got.body.contains("value=\"31.11.2026 07:40\""));
    assert!(got.body.contains("\n&#60;b&#62;Zwei\r\nZeilen</textarea>"));
    assert!(got.body.contains("value=\"ja\" selected"));
    assert_eq!(got.body.matches(" checked").count(), 4, "one radio, two boxes, one consent");
}

#[actix_web::test]
async fn a_filed_form_leads_on_and_says_once_what_was_done() {
    let got = send(anonymous_post("title=Verschl%C3%BCsselt&noticed=19.11.2026+07:40")).await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/eingang"));
    let note = got.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert_eq!(note, "__Host-mk-note=web-demo");
    let next = send(TestRequest::get().uri("/eingang").insert_header(("cookie", note))).await;
    assert!(next.body.contains("role=\"status\""));
    let gone = next.headers.get_all("set-cookie").any(|c| c.to_str().is_ok_and(|c| c.contains("mk-note=;")));
    assert!(gone, "shown once");
}

#[actix_web::test]
async fn a_form_with_a_wrong_token_is_refused_and_gives_back_what_was_typed() {
    let post = |body: &'static str| {
        TestRequest::post()
            .uri("/melden")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body)
    };
    let got = send(post("csrf=falsch&title=Bauamt+%22%3E%3Cscript%3E&password=geheim")).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert_clean(&got.body);
    assert!(got.body.contains("Formular abgelaufen"));
    assert!(got.body.contains("name=\"title\" value=\"Bauamt &#34;&#62;&#60;script&#62;\""), "{}", got.body);
    assert!(!got.body.contains("geheim"), "a password is never shown");
    assert!(got.header("set-cookie").starts_with("__Host-mk-form="), "a fresh token to try again with");
    // The token of an anonymous visitor is worth nothing in a session.
    let session = actix_web::cookie::Cookie::new("session", "1");
    let got = send(anonymous_post("title=x&noticed=19.11.2026+07:40").cookie(session)).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_foreign_site_cannot_file_anything_even_with_a_token() {
    let post = anonymous_post("title=x&noticed=19.11.2026+07:40");
    let got = send(post.insert_header(("sec-fetch-site", "cross-site"))).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert!(got.body.contains("fremden Seite") && !got.body.contains("Noch einmal senden"));
    let post = anonymous_post("title=x&noticed=19.11.2026+07:40");
    let got = send(post.insert_header(("origin", "https://evil.example"))).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    let post = anonymous_post("title=x&noticed=19.11.2026+07:40");
    let got = send(post.insert_header(("origin", "https://meldekette.example"))).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn bodies_that_are_too_long_broken_or_strange_are_answered_with_the_reason() {
    let got = send(anonymous_post(&format!("title={}", "x".repeat(5000)))).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    let got = send(anonymous_post("title=%ff%fe")).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
    assert!(got.body.contains("UTF-8"));
    let got = send(anonymous_post("title=x&admin=1")).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.body.contains("Das Feld „admin“ kennt dieses Formular nicht."));
    let json = anonymous_post("").insert_header(("content-type", "application/json"));
    assert_eq!(send(json).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[actix_web::test]
async fn a_body_that_never_ends_is_answered_in_time_whatever_it_is() {
    let post = |to: &str, kind: &str| TestRequest::post().uri(to).insert_header(("content-type", kind));
    let session = actix_web::cookie::Cookie::new("session", "1");
    for (req, kind) in [
        (anonymous_post(""), "text/html; charset=utf-8"),
        (post("/liste", "multipart/form-data; boundary=x").cookie(session), "text/html; charset=utf-8"),
        (post("/api/v1/incidents", "application/json"), "application/problem+json"),
    ] {
        let body = stream::once(async { Ok(web::Bytes::from_static(b"--x")) }).chain(stream::pending());
        let answer = send_body(req, Some(Payload::Stream { payload: Box::pin(body) }));
        let got = tokio::time::timeout(Duration::from_secs(5), answer).await.expect("an answer in time");
        assert_eq!((got.status, got.header("content-type")), (StatusCode::REQUEST_TIMEOUT, kind));
        assert!(got.body.contains("Zu langsam"), "{}", got.body);
    }
}

#[actix_web::test]
async fn every_failure_is_a_page_that_says_what_happened_and_nothing_internal() {
    for (how, status) in [
        ("missing", 404),
        ("forbidden", 403),
        ("invalid", 422),
        ("conflict", 409),
        ("stale", 409),
        ("limited", 429),
        ("down", 503),
        ("internal", 500),
    ] {
        let got = send(TestRequest::get().uri(&format!("/fails/{how}"))).await;
        assert_eq!(got.status.as_u16(), status, "{how}");
        assert_clean(&got.body);
        assert!(got.body.contains("<title>Fehler: ") && got.body.contains("tel:+493023125001"), "{how}");
        assert!(!got.body.contains("web-error-"), "{how}: a text is missing");
        assert!(!got.body.contains("secret detail") && !got.body.contains("10.0.0.7"), "{how}");
    }
    assert_eq!(send(TestRequest::get().uri("/fails/limited")).await.header("retry-after"), "30");
}

#[actix_web::test]
async fn somebody_who_is_not_signed_in_is_led_to_sign_in_and_back() {
    let got = send(TestRequest::get().uri("/fails/signin?x=1")).await;
    assert_eq!(
        (got.status, got.header("location")),
        (StatusCode::SEE_OTHER, "/anmelden?weiter=%2Ffails%2Fsignin%3Fx%3D1")
    );
    let got = send(TestRequest::post().uri("/fails/signin")).await;
    assert_eq!(got.status, StatusCode::UNAUTHORIZED);
    assert!(got.body.contains("In neuem Fenster anmelden"));
}

#[actix_web::test]
async fn unknown_pages_wrong_methods_and_odd_ids_are_told_apart() {
    assert_eq!(send(TestRequest::get().uri("/nirgends")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(TestRequest::get().uri("/eingang/keine-id")).await.status, StatusCode::NOT_FOUND);
    let got = send(TestRequest::delete().uri("/melden")).await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(got.body.contains("So geht das nicht"));
    let got = send(TestRequest::get().uri("/api/v1/nowhere")).await;
    assert_eq!(got.header("content-type"), "application/problem+json");
}

#[actix_web::test]
async fn a_program_gets_problem_details_with_field_and_reason() {
    let got = send(TestRequest::get().uri("/api/v1/fails/invalid")).await;
    insta::assert_snapshot!(got.body, @r#"{"type":"/probleme/field","title":"Angaben prüfen","status":422,"detail":"Einige Angaben passen nicht.","errors":[{"field":"title","reason":"Bitte füllen Sie dieses Feld aus."}]}"#);
    assert_eq!(
        send(TestRequest::get().uri("/api/v1/fails/signin")).await.header("www-authenticate"),
        "Bearer"
    );
    let post = |body: &'static str| {
        TestRequest::post()
            .uri("/api/v1/incidents")
            .insert_header(("content-type", "application/json"))
            .set_payload(body)
    };
    for (body, status, told) in [
        (
            "{\"title\":\"x\",\"admin\":true}",
            StatusCode::UNPROCESSABLE_ENTITY,
            "{\"field\":\"admin\",\"reason\":\"Dieses Feld kennt das Formular nicht.\"}",
        ),
        (
            "{}",
            StatusCode::UNPROCESSABLE_ENTITY,
            "{\"field\":\"title\",\"reason\":\"Bitte füllen Sie dieses Feld aus.\"}",
        ),
        (
            "{\"title\":7}",
            StatusCode::UNPROCESSABLE_ENTITY,
            "{\"field\":\"title\",\"reason\":\"Diese Angabe hat die falsche Form.\"}",
        ),
        ("{\"title\":", StatusCode::BAD_REQUEST, "Der Inhalt ist kein gültiges JSON."),
    ] {
        let got = send(post(body)).await;
        assert_eq!(got.status, status, "{body}");
        assert_eq!(got.header("content-type"), "application/problem+json");
        assert!(got.body.contains(told), "{body} gave {}", got.body);
    }
}
