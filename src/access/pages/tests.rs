//! The pages and the guard, as a browser or a program meets them.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, Key, SameSite};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse};
use jiff::SignedDuration;

use crate::access::factor::FactorSeal;
use crate::access::guard::{self, Bearer, Try, Visitor, count_try};
use crate::access::model::TOUCH_EVERY;
use crate::access::service::{first, people};
use crate::access::settings::{AccessSettings, Limit, SessionSettings};
use crate::access::testing::relaxed;
use crate::access::tests::{BERGRODE, CERT, GOOD, TALHAUSEN, account, house, links};
use crate::core::actor::{Actor, Role};
use crate::store::Db;
use crate::store::testing::{CONNECTIONS, write};
use crate::web::testing::{self, Browser, Page};
use crate::web::{Failure, error};

async fn whoami(bearer: Bearer) -> HttpResponse {
    HttpResponse::Ok().body(bearer.actor.name)
}

/// Where somebody without an account types a code.
async fn tried(request: HttpRequest, visitor: Visitor) -> Result<HttpResponse, Failure> {
    count_try(&request, &visitor, Try::Code).await?;
    Ok(HttpResponse::Ok().finish())
}

/// The application, as far as this feature goes: a macro, because the request type of its service cannot be named.
macro_rules! app {
    ($db:expr, $limits:expr) => {{
        let (db, limits): (&Db, AccessSettings) = ($db, $limits);
        let sessions = guard::sessions(db, limits.sessions, Key::from(&[9; 64]), &std::sync::Arc::default());
        init_service(
            App::new()
                .configure(testing::house(db))
                .app_data(Data::new(limits))
                .app_data(Data::new(FactorSeal::new(&[7; 32]).unwrap()))
                .app_data(Data::new(guard::Crowd::default()))
                .configure(crate::access::pages::configure)
                .service(web::resource("/").get(async || HttpResponse::Ok().body("start")))
                .service(web::resource("/api/v1/me").get(whoami))
                .service(web::resource("/fremder-code").get(tried))
                .wrap(from_fn(guard::enter))
                .wrap(sessions)
                .wrap(from_fn(guard::tell_trouble))
                .wrap(from_fn(guard::limit_posts))
                .wrap(from_fn(error::render)),
        )
        .await
    }};
}

impl<'a, S, R> Browser<'a, S, R>
where
    S: Service<R, Response = ServiceResponse<BoxBody>, Error = actix_web::Error>,
{
    /// The browser of somebody who has just signed in.
    async fn signed_in(app: &'a S, request: fn(TestRequest) -> R, address: &str) -> Self {
        let mut browser = Self::new(app, request);
        browser.sign_in(address).await;
        browser
    }

    async fn sign_in(&mut self, address: &str) -> Page {
        self.post("/anmelden", "/anmelden", &[("mail", address), ("password", GOOD)]).await
    }

    fn session(&self) -> Option<Cookie<'static>> {
        self.cookies.iter().find(|cookie| cookie.name() == crate::web::session::COOKIE).cloned()
    }
}

/// A page without what differs each time: tokens of forms.
fn plain(page: &Page) -> String {
    page.html.replace(page.csrf(), "")
}

#[actix_web::test]
async fn a_person_signs_in_with_a_cookie_that_no_script_and_no_other_site_can_use() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let app = app!(&test.db, relaxed());
        let mut browser = Browser::new(&app, TestRequest::to_request);
        let asked = browser.get("/konto").await;
        assert_eq!(asked.to, "/anmelden?weiter=%2Fkonto");
        let fields = [("mail", "Person@Bergrode.example"), ("password", GOOD), ("weiter", "/konto")];
        let inside = browser.post("/anmelden", "/anmelden", &fields).await;
        assert_eq!((inside.status, inside.to.as_str()), (StatusCode::SEE_OTHER, "/konto"));
        let cookie = browser.session().expect("a session");
        assert!(cookie.name().starts_with("__Host-"));
        assert_eq!((cookie.secure(), cookie.http_only()), (Some(true), Some(true)));
        assert_eq!(
            (cookie.same_site(), cookie.path(), cookie.domain()),
            (Some(SameSite::Lax), Some("/"), None)
        );
        let page = browser.get("/konto").await;
        assert!(page.html.contains("Test Person") && page.html.contains("Stadt Bergrode"), "{}", page.html);
        let out = browser.post("/konto", "/abmelden", &[]).await;
        assert_eq!(out.to, "/anmelden");
        browser.cookies.push(cookie);
        assert_eq!(browser.get("/konto").await.status, StatusCode::SEE_OTHER, "the old key is worth nothing");
    }
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[]);
        let locked = account(&test.db, "locked@bergrode.example", &[]);
        write(&test.db, move |tx| people::lock(tx, &Actor::system("cli"), locked));
        let app = app!(&test.db, relaxed());
        let mut pages = Vec::new();
        for (address, password) in [
            ("person@bergrode.example", "falsch"),
            ("niemand@bergrode.example", "falsch"),
            ("locked@bergrode.example", GOOD),
        ] {
            let mut browser = Browser::new(&app, TestRequest::to_request);
            let page =
                browser.post("/anmelden", "/anmelden", &[("mail", address), ("password", password)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(browser.session().is_none());
            assert!(
                page.html.contains(address) && !page.html.contains(password),
                "address kept, password not"
            );
            pages.push(plain(&page).replace(address, "…"));
        }
        assert_eq!(pages[0], pages[1]);
        assert_eq!(pages[0], pages[2]);
    }
}

#[actix_web::test]
async fn whoever_guesses_waits_and_is_told_how_long() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[]);
        let mut limits = relaxed();
        limits.limits.sign_in = Limit::new(3, 15);
        let app = app!(&test.db, limits);
        let mut browser = Browser::new(&app, TestRequest::to_request);
        let wrong = [("mail", "person@bergrode.example"), ("password", "falsch")];
        for _ in 0..3 {
            assert_eq!(
                browser.post("/anmelden", "/anmelden", &wrong).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        let page = browser.sign_in("person@bergrode.example").await;
        assert_eq!((page.status, page.retry_after), (StatusCode::TOO_MANY_REQUESTS, true));
        assert!(page.html.contains("Zu viele Versuche"));
    }
}

#[actix_web::test]
async fn who_mistypes_codes_of_the_app_shuts_nobody_out_who_has_no_account_and_the_same_address() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let mut limits = relaxed();
        limits.limits.code_address = Limit::new(2, 15);
        let app = app!(&test.db, limits);
        let mut browser = Browser::signed_in(&app, TestRequest::to_request, "person@bergrode.example").await;
        for _ in 0..5 {
            let page = "/konto/zweiter-faktor";
            let refused = browser.post(page, page, &[("code", "123456")]).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "none was begun");
        }
        let mut stranger = Browser::new(&app, TestRequest::to_request);
        for _ in 0..2 {
            assert_eq!(stranger.get("/fremder-code").await.status, StatusCode::OK);
        }
        assert_eq!(
            stranger.get("/fremder-code").await.status,
            StatusCode::TOO_MANY_REQUESTS,
            "it is counted"
        );
    }
}

#[actix_web::test]
async fn a_crowd_of_posts_from_one_address_is_stopped_before_anything_is_read() {
    let house = house();
    let mut limits = relaxed();
    limits.limits.post_address = Limit::new(2, 1);
    let app = app!(&house.dbs[0].db, limits);
    let mut browser = Browser::new(&app, TestRequest::to_request);
    let fields = [("mail", "x"), ("password", "x")];
    for _ in 0..2 {
        assert_eq!(
            browser.post("/anmelden", "/anmelden", &fields).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let page = browser.post("/anmelden", "/anmelden", &fields).await;
    assert_eq!((page.status, page.retry_after), (StatusCode::TOO_MANY_REQUESTS, true));
    assert_eq!(browser.get("/anmelden").await.status, StatusCode::OK, "reading goes on");
}

#[actix_web::test]
async fn asking_for_a_new_password_tells_nobody_whether_there_is_an_account() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[]);
        let app = app!(&test.db, relaxed());
        let mut answers = Vec::new();
        for address in ["person@bergrode.example", "niemand@bergrode.example"] {
            let mut browser = Browser::new(&app, TestRequest::to_request);
            let sent = browser.post("/passwort-vergessen", "/passwort-vergessen", &[("mail", address)]).await;
            assert_eq!(sent.to, "/anmelden");
            answers.push(plain(&browser.get("/anmelden").await));
        }
        assert_eq!(answers[0], answers[1]);
        assert!(answers[0].contains("Wenn es zu dieser E-Mail-Adresse ein Konto gibt"));
        assert!(links(&test.db, "person@bergrode.example").is_empty(), "nothing was looked up yet");
        let runner =
            crate::queue::Runner::new(test.db.clone()).register::<crate::access::service::job::SendReset>();
        assert_eq!(runner.run_due().await.unwrap().done, 2);
        let link = links(&test.db, "person@bergrode.example").remove(0);
        let path = link.strip_prefix("https://meldekette.example").unwrap();

        let mut browser = Browser::new(&app, TestRequest::to_request);
        let short = browser.post(path, path, &[("password", "kurz")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        let set = browser.post(path, path, &[("password", "vier Kühe im Rathaus")]).await;
        assert_eq!(set.to, "/anmelden");
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "once");
        assert_eq!(browser.sign_in("person@bergrode.example").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("mail", "person@bergrode.example"), ("password", "vier Kühe im Rathaus")];
        assert_eq!(browser.post("/anmelden", "/anmelden", &fields).await.status, StatusCode::SEE_OTHER);
    }
}

#[actix_web::test]
async fn the_first_administrators_invite_an_analyst_and_both_are_needed() {
    let house = house();
    for test in &house.dbs {
        let db = &test.db;
        let app = app!(db, relaxed());
        let tokens = write(db, |tx| first::first_administrators(tx, &Actor::system("cli"), CERT));
        let mut chiefs = Vec::new();
        for (n, token) in tokens.iter().enumerate() {
            let path = format!("/einladung/erste/{token}");
            let address = format!("admin{n}@cert.example");
            let mut browser = Browser::new(&app, TestRequest::to_request);
            let fields = [("name", "Chefin"), ("mail", address.as_str()), ("password", GOOD)];
            assert_eq!(browser.post(&path, &path, &fields).await.to, "/konten");
            assert_eq!(
                Browser::new(&app, TestRequest::to_request).get(&path).await.status,
                StatusCode::NOT_FOUND,
                "once"
            );
            chiefs.push(browser);
        }
        let fields = [
            ("mail", "analyse@cert.example"),
            ("name", "Analyse"),
            ("role", "analyst"),
            ("organisation", ""),
        ];
        let sent = chiefs[0].post("/konten/neu", "/konten/neu", &fields).await;
        assert_eq!(sent.to, "/konten", "{}", sent.html);
        let own = chiefs[0].get("/konten").await.html;
        assert!(own.contains("wartet auf eine andere Person") && !own.contains("/bestaetigen"));

        let link = links(db, "analyse@cert.example").remove(0);
        let path = link.strip_prefix("https://meldekette.example").unwrap();
        let mut analyst = Browser::new(&app, TestRequest::to_request);
        let shown = analyst.get(path).await;
        assert!(shown.html.contains("ThüringenCERT lädt Sie ein. Ihre Rolle: Analyse."), "{}", shown.html);
        assert_eq!(analyst.post(path, path, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
        let before = analyst.session().expect("signed in");
        assert!(analyst.get("/konto").await.html.contains("gilt noch nicht"));

        let list = chiefs[1].get("/konten").await.html;
        let (_, rest) = list.split_once("/konten/rollen/").expect("something to confirm");
        let grant = rest.split('/').next().unwrap().to_owned();
        let refused = chiefs[0].post("/konten", &format!("/konten/rollen/{grant}/bestaetigen"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let confirmed = chiefs[1].post("/konten", &format!("/konten/rollen/{grant}/bestaetigen"), &[]).await;
        assert_eq!(confirmed.to, "/konten", "{}", confirmed.html);

        assert!(!analyst.get("/konto").await.html.contains("gilt noch nicht"));
        let after = analyst.session().expect("still signed in");
        assert_ne!(before.value(), after.value(), "more rights, another key");
        let mut thief = Browser::new(&app, TestRequest::to_request);
        thief.cookies.push(before);
        assert_eq!(thief.get("/konto").await.status, StatusCode::SEE_OTHER);
        assert_eq!(analyst.get("/konten").await.status, StatusCode::NOT_FOUND, "not an analyst's page");
    }
}

#[actix_web::test]
async fn a_person_ends_a_session_that_was_left_open_elsewhere() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let app = app!(&test.db, relaxed());
        let mut here = Browser::signed_in(&app, TestRequest::to_request, "person@bergrode.example").await;
        let mut there = Browser::signed_in(&app, TestRequest::to_request, "person@bergrode.example").await;
        let ended = here.post("/konto", "/konto/sitzungen", &[("session", "alle")]).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER);
        assert_eq!(here.get("/konto").await.status, StatusCode::OK);
        assert_eq!(there.get("/konto").await.status, StatusCode::SEE_OTHER);
        there.sign_in("person@bergrode.example").await;
        let fields = [("present_password", GOOD), ("password", "vier Kühe im Rathaus")];
        let before = here.session().unwrap();
        assert_eq!(here.post("/konto", "/konto/passwort", &fields).await.status, StatusCode::SEE_OTHER);
        assert_ne!(here.session().unwrap().value(), before.value(), "a new password, another key");
        assert_eq!(here.get("/konto").await.status, StatusCode::OK);
        assert_eq!(there.get("/konto").await.status, StatusCode::SEE_OTHER);
        let wrong = [("present_password", "falsch"), ("password", "fünf Kühe im Rathaus")];
        let refused = here.post("/konto", "/konto/passwort", &wrong).await;
        assert!(refused.html.contains("Das ist nicht Ihr jetziges Passwort."));
        assert!(!refused.html.contains("Kühe"), "passwords are never given back");
    }
}

#[actix_web::test]
async fn a_form_of_a_session_that_ran_out_gives_the_words_back_and_leads_to_sign_in() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "leitung@bergrode.example", &[(BERGRODE, Role::OrgLead)]);
        let settings = AccessSettings {
            sessions: SessionSettings { idle: SignedDuration::from_mins(5), ..SessionSettings::default() },
            ..relaxed()
        };
        let app = app!(&test.db, settings);
        let mut browser = Browser::signed_in(&app, TestRequest::to_request, "leitung@bergrode.example").await;
        let form = browser.get("/konten/neu").await;
        assert!(form.html.contains("Stadt Bergrode") && !form.html.contains("Talhausen"));
        let csrf = form.csrf().to_owned();
        house.wait(SignedDuration::from_mins(6));
        let fields = [("csrf", csrf.as_str()), ("mail", "neu@bergrode.example"), ("name", "Neue Vertretung")];
        let page = browser.send(TestRequest::post().uri("/konten/neu").set_form(fields)).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(
            page.html.contains("href=\"/anmelden\""),
            "the session ran out: first sign in, then send again"
        );
        assert!(page.html.contains("Neue Vertretung") && page.html.contains("neu@bergrode.example"));
        assert!(page.html.contains("action=\"/konten/neu\""));
    }
}

#[actix_web::test]
async fn a_program_comes_in_with_its_token_until_it_is_revoked() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let app = app!(&test.db, relaxed());
        let mut browser = Browser::signed_in(&app, TestRequest::to_request, "person@bergrode.example").await;
        let missing =
            browser.post("/konto", "/konto/tokens", &[("name", "Anbindung <b>"), ("days", "400")]).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(missing.html.contains("Anbindung &#60;b&#62;"), "kept, and harmless");
        let fields = [("name", "Anbindung"), ("scopes", "incidents:read"), ("days", "30")];
        let made = browser.post("/konto", "/konto/tokens", &fields).await;
        let (_, rest) = made.html.split_once("id=\"token\">").expect("a token");
        let token = rest.split('<').next().unwrap().to_owned();
        assert!(!browser.get("/konto").await.html.contains(&token), "shown once");

        let call = async |token: &str| {
            let header = (AUTHORIZATION, format!("Bearer {token}"));
            let request = TestRequest::get().uri("/api/v1/me").insert_header(header).to_request();
            call_service(&app, request).await
        };
        let inside = call(&token).await;
        assert_eq!(inside.status(), StatusCode::OK);
        assert_eq!(inside.into_body().try_into_bytes().unwrap(), "Test Person");
        house.wait(TOUCH_EVERY);
        call(&token).await;
        assert!(browser.get("/konto").await.html.contains("zuletzt benutzt"));

        let page = browser.get("/konto").await.html;
        let (_, rest) = page.split_once("/konto/tokens/").expect("a row");
        let id = rest.split('/').next().unwrap().to_owned();
        browser.post("/konto", &format!("/konto/tokens/{id}/widerrufen"), &[]).await;
        let outside = call(&token).await;
        assert_eq!(outside.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(outside.headers().get(WWW_AUTHENTICATE).unwrap(), "Bearer");
        assert_eq!(outside.headers().get("content-type").unwrap(), "application/problem+json");
    }
}

#[actix_web::test]
async fn an_organisation_lead_manages_the_own_people_only() {
    let house = house();
    for test in &house.dbs {
        let db = &test.db;
        account(db, "leitung@bergrode.example", &[(BERGRODE, Role::OrgLead)]);
        let own = account(db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let foreign = account(db, "person@talhausen.example", &[(TALHAUSEN, Role::Reporter)]);
        let app = app!(db, relaxed());
        let mut lead = Browser::signed_in(&app, TestRequest::to_request, "leitung@bergrode.example").await;
        let list = lead.get("/konten").await.html;
        assert!(list.contains("person@bergrode.example") && !list.contains("talhausen"));
        assert_eq!(lead.get(&format!("/konten/{own}")).await.status, StatusCode::OK);
        assert_eq!(lead.get(&format!("/konten/{foreign}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(lead.get("/konten/kein-konto").await.status, StatusCode::NOT_FOUND);
        let locked = lead.post("/konten", &format!("/konten/{own}/sperren"), &[]).await;
        assert_eq!(locked.status, StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn whoever_is_signed_in_is_told_to_come_back_when_no_connection_comes_free() {
    let house = house();
    for test in &house.dbs {
        account(&test.db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let app = app!(&test.db, relaxed());
        let mut browser = Browser::signed_in(&app, TestRequest::to_request, "person@bergrode.example").await;
        let (free, wait) = std::sync::mpsc::channel::<()>();
        let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
        let (taken, all_taken) = std::sync::mpsc::channel();
        for _ in 0..CONNECTIONS {
            let (db, wait, taken) = (test.db.clone(), wait.clone(), taken.clone());
            std::thread::spawn(move || {
                let hold = |_: &mut crate::store::Conn| {
                    taken.send(()).unwrap();
                    let _ = wait.lock().unwrap().recv();
                    Ok(())
                };
                db.with_connection(hold)
            });
        }
        (0..CONNECTIONS).for_each(|_| all_taken.recv().unwrap());
        let page = browser.get("/konto").await;
        assert_eq!((page.status, page.retry_after), (StatusCode::SERVICE_UNAVAILABLE, true));
        assert!(page.html.contains("Gerade nicht erreichbar"), "{}", page.html);
        drop(free);
        assert_eq!(browser.get("/konto").await.status, StatusCode::OK, "still signed in");
    }
}
