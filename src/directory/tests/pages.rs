//! The register's pages and API, as a browser or a program meets them.

use std::pin::Pin;
use std::rc::Rc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, dev::ServiceRequest};

use super::*;
use crate::access::guard::arrive;
use crate::access::service::{people, tokens};
use crate::core::actor::Scope;
use crate::web::error;
use crate::web::testing::{Page, house};

impl Page {
    /// Fails unless it is a page that shows all of these.
    fn shows(&self, all: &[&str]) -> &Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.html);
        for text in all {
            assert!(self.html.contains(text), "{text} is missing in {}", self.html);
        }
        self
    }
}

/// The application of this feature, entered by one person or by nobody.
type Entered = Box<dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = Page>>>>;

/// Makes it; a macro, because its service's type cannot be named.
macro_rules! app {
    ($test:expr, $actor:expr) => {{
        let (test, actor): (&TestDb, Option<Actor>) = ($test, $actor);
        let service = init_service(
            App::new()
                .configure(house(&test.db))
                .configure(crate::directory::pages::configure)
                .configure(crate::directory::api::configure)
                .wrap(from_fn(move |req: ServiceRequest, next: Next<_>| {
                    if let Some(actor) = &actor {
                        arrive(&req, actor.clone());
                    }
                    next.call(req)
                }))
                .wrap(from_fn(error::render)),
        )
        .await;
        let service = Rc::new(service);
        let send = move |request: TestRequest| -> Pin<Box<dyn Future<Output = Page>>> {
            let service = Rc::clone(&service);
            Box::pin(async move {
                Page::of(call_service(&*service, request.to_request()).await.into_parts().1).await
            })
        };
        Box::new(send) as Entered
    }};
}

async fn get(app: &Entered, path: &str) -> Page {
    app(TestRequest::get().uri(path)).await
}

/// Opens `form` for its token and posts the fields to `path`.
async fn post(app: &Entered, form: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let opened = app(TestRequest::get().uri(form)).await;
    let all = [&[("csrf", opened.csrf())], fields].concat();
    app(TestRequest::post().uri(path).set_form(all)).await
}

const CONTACT: [(&str, &str); 9] = [
    ("role", "it_security_officer"),
    ("nature", "function"),
    ("name", "IT-Leitstelle <b>"),
    ("mail", "it@goessnitz.example"),
    ("phone", "034493 12345"),
    ("out_of_band", ""),
    ("certificate", ""),
    ("pgp_key", ""),
    ("pgp_until", ""),
];

#[actix_web::test]
async fn an_analyst_narrows_the_list_and_pages_on() {
    for test in registers() {
        let app = app!(&test, Some(person(cert(&test), Role::Analyst)));
        let first = get(&app, "/register?verwaltung=ja").await;
        first.shows(&["206 Stellen", "Stadt Altenburg", "Landkreis Altenburger Land"]);
        let (_, more) = first.html.split_once("class=\"mk-btn\" href=\"").expect("a way on");
        let next = more.split('"').next().expect("a link").replace("&#38;", "&");
        let second = get(&app, &next).await;
        second.shows(&["206 Stellen"]);
        assert!(!second.html.contains("Stadt Altenburg"));
        get(&app, "/register?q=goessnitz").await.shows(&["Stadt Gößnitz", "Eine Stelle"]);
        get(&app, "/register?q=Atlantis").await.shows(&["keine Stelle"]);
        assert_eq!(get(&app, "/register?art=dorf").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(get(&app, "/register/keine-kennung").await.status, StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn whoever_looks_an_administration_up_reads_its_seat_or_else_its_postcode_alone() {
    for test in registers() {
        let app = app!(&test, Some(person(cert(&test), Role::Analyst)));
        let page = async |known| get(&app, &format!("/register/{}", key(&test, known))).await;
        page(ASSOCIATION).await.shows(&["<dt>Sitz</dt><dd>37339 Teistungen</dd>"]);
        let member = page(MEMBER).await;
        member.shows(&["<dt>Postleitzahl</dt><dd>37339</dd>"]);
        assert!(!member.html.contains("<dt>Sitz"));
    }
}

#[actix_web::test]
async fn an_organisations_lead_enters_a_contact_changes_it_and_is_told_when_somebody_was_faster() {
    for test in registers() {
        let org = key(&test, LEADING);
        let app = app!(&test, Some(person(org, Role::OrgLead)));
        let (page, new) = (format!("/register/{org}"), format!("/register/{org}/kontakte/neu"));
        assert_eq!(get(&app, "/register/meine").await.to, page);
        get(&app, &page).await.shows(&["Stadt Gößnitz", "Noch kein Kontakt", "Gemeinde Heyersdorf"]);
        let bad: Vec<_> =
            CONTACT.iter().map(|(n, v)| if *n == "mail" { (*n, "it@") } else { (*n, *v) }).collect();
        let refused = post(&app, &new, &new, &bad).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.html.contains("Fehler:") && refused.html.contains("value=\"034493 12345\""));
        assert_eq!(post(&app, &new, &new, &CONTACT).await.to, page);
        let shown = get(&app, &page).await;
        shown.shows(&["it@goessnitz.example", "tel:+493449312345", "IT-Leitstelle &#60;b&#62;"]);
        assert!(!shown.html.contains("IT-Leitstelle <b>"));

        let contact = read(&test, |tx| service::contacts_of(tx, org)).remove(0);
        let form = format!("/register/{org}/kontakte/{}", contact.id);
        let mut changed = CONTACT.to_vec();
        changed.push(("version", "1"));
        changed[4].1 = "034493 99999";
        assert_eq!(post(&app, &form, &form, &changed).await.to, page);
        changed[4].1 = "034493 77777";
        let late = post(&app, &form, &form, &changed).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.html.contains("034493 99999") && late.html.contains("034493 77777"), "both versions");
        assert!(late.html.contains("name=\"version\" value=\"2\""));
    }
}

#[actix_web::test]
async fn nobody_meets_another_organisations_page_or_the_certs_lists() {
    for test in registers() {
        let (own, foreign) = (key(&test, ASSOCIATION), key(&test, LEADING));
        let lead = app!(&test, Some(person(own, Role::OrgLead)));
        let reporter = app!(&test, Some(person(own, Role::Reporter)));
        let stranger = app!(&test, None);
        let pages = ["", "/kontakte/neu", "/netze/neu", "/dienstleister/neu", "/anruf", "/bearbeiten"];
        for path in pages.map(|page| format!("/register/{foreign}{page}")) {
            assert_eq!(get(&lead, &path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert!(get(&stranger, &path).await.to.starts_with("/anmelden"), "{path}");
        }
        for path in ["/register", "/register/anbindung", "/register/import", "/register/neu"] {
            assert_eq!(get(&lead, path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let forbidden = get(&reporter, &format!("/register/{own}/kontakte/neu")).await;
        assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
        let page = get(&reporter, &format!("/register/{own}")).await;
        assert!(!page.html.contains("/kontakte/neu") && !page.html.contains("name=\"stand\""));
    }
}

#[actix_web::test]
async fn the_cert_calls_enrols_and_enters_networks_and_providers() {
    for test in registers() {
        let org = key(&test, LEADING);
        let provider = key(&test, "16077").to_string();
        let app = app!(&test, Some(person(cert(&test), Role::CertLead)));
        let analyst = app!(&test, Some(person(cert(&test), Role::Analyst)));
        let page = format!("/register/{org}");
        let at = |rest: &str| format!("{page}/{rest}");
        let call = [("outcome", "call_back"), ("note", "morgen um zehn")];
        assert_eq!(post(&analyst, &at("anruf"), &at("anruf"), &call).await.to, page);
        get(&analyst, "/register/anbindung").await.shows(&[
            "206 Verwaltungen",
            "morgen um zehn",
            "Rückruf vereinbart",
        ]);
        let step = |stand: &'static str, version: &'static str| [("stand", stand), ("version", version)];
        assert_eq!(post(&analyst, &page, &at("anbindung"), &step("invited", "1")).await.to, page);
        let early = post(&analyst, &page, &at("anbindung"), &step("enrolled", "2")).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(early.html.contains("fehlt ein Kontakt"), "{}", early.html);
        assert_eq!(post(&analyst, &at("kontakte/neu"), &at("kontakte/neu"), &CONTACT).await.to, page);
        assert_eq!(post(&analyst, &page, &at("anbindung"), &step("enrolled", "2")).await.to, page);
        get(&analyst, "/register/anbindung").await.shows(&["205 Verwaltungen"]);

        let asset = [("kind", "mail_domain"), ("value", "goessnitz.example")];
        assert_eq!(post(&app, &at("netze/neu"), &at("netze/neu"), &asset).await.to, page);
        let twice = post(&app, &at("netze/neu"), &at("netze/neu"), &asset).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let served = [
            ("provider", provider.as_str()),
            ("service", "Rechenzentrum"),
            ("valid_from", "01.01.2026"),
            ("valid_until", ""),
        ];
        let new = at("dienstleister/neu");
        assert_eq!(post(&app, &new, &new, &served).await.to, page);
        get(&app, &page).await.shows(&[
            "goessnitz.example",
            "Rechenzentrum",
            "Landkreis Altenburger Land",
            "angebunden",
        ]);
    }
}

#[actix_web::test]
async fn an_organisation_entered_by_hand_can_be_changed_an_imported_one_cannot() {
    for test in registers() {
        let app = app!(&test, Some(person(cert(&test), Role::Administrator)));
        let input = [
            ("name", "Landesrechenzentrum (Beispiel)"),
            ("kind", "state_agency"),
            ("level", "state"),
            ("district", ""),
            ("key", "landesrechenzentrum"),
            ("administration", "ja"),
            ("postcode", "99084"),
            ("seat", "Erfurt"),
            ("valid_from", "01.01.2026"),
            ("valid_until", ""),
        ];
        let added = post(&app, "/register/neu", "/register/neu", &input).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.html);
        let twice = post(&app, "/register/neu", "/register/neu", &input).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "its key is taken");
        let edit = format!("{}/bearbeiten", added.to);
        let mut changed = input.to_vec();
        changed.push(("version", "1"));
        changed[0].1 = "Rechenzentrum des Landes (Beispiel)";
        assert_eq!(post(&app, &edit, &edit, &changed).await.to, added.to);
        get(&app, &added.to).await.shows(&["Rechenzentrum des Landes (Beispiel)", "99084 Erfurt"]);
        let late = post(&app, &edit, &edit, &changed).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "somebody else was faster");
        let imported = get(&app, &format!("/register/{}/bearbeiten", key(&test, LEADING))).await;
        assert_eq!(imported.status, StatusCode::CONFLICT);
    }
}

/// A form with a file, as a browser sends it (RFC 7578).
fn upload(csrf: &str, file: &[u8]) -> (String, Vec<u8>) {
    let mut body =
        format!("--grenze\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n").into_bytes();
    let head = "--grenze\r\nContent-Disposition: form-data; name=\"datei\"; filename=\"register.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--grenze--\r\n");
    ("multipart/form-data; boundary=grenze".to_owned(), body)
}

#[actix_web::test]
async fn an_administrator_uploads_a_file_and_sees_what_it_did_or_every_fault() {
    for test in registers() {
        let app = app!(&test, Some(person(cert(&test), Role::Administrator)));
        let form = get(&app, "/register/import").await;
        let send = |file: Vec<u8>, csrf: &str| {
            let (kind, body) = upload(csrf, &file);
            let request = TestRequest::post().uri("/register/import").insert_header((CONTENT_TYPE, kind));
            app(request.set_payload(body))
        };
        let done = send(PROVIDERS.to_vec(), form.csrf()).await;
        done.shows(&["Die Datei ist eingelesen", "beispiel-dienstleister"]);
        let broken = String::from_utf8(PROVIDERS.to_vec()).expect("utf-8").replace(",yes,", ",vielleicht,");
        let refused = send(broken.into_bytes(), form.csrf()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.html.contains("Spalte example") && refused.html.contains("Nichts wurde geändert"));
        let empty = send(Vec::new(), form.csrf()).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let whole = String::from_utf8(REGISTER.to_vec()).expect("utf-8");
        let cut: String = whole.lines().take(60).flat_map(|line| [line, "\n"]).collect();
        let asked = send(cut.into_bytes(), form.csrf()).await;
        assert_eq!(asked.status, StatusCode::CONFLICT, "{}", asked.html);
        assert!(asked.html.contains("name=\"vollstaendig\""));
        let foreign = send(PROVIDERS.to_vec(), "x").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let analyst = app!(&test, Some(person(cert(&test), Role::Analyst)));
        assert_eq!(get(&analyst, "/register/import").await.status, StatusCode::FORBIDDEN);
    }
}

/// A token of a new account with that role.
fn token(test: &TestDb, org: OrgId, role: Role, scope: Scope) -> String {
    let made = write(test, move |tx| {
        let mail = MailAddress::parse(&format!("{}@cert.example", tx.env().uuid())).expect("an address");
        let name = Name::parse("Skriptbetreuung").expect("a name");
        let account = people::create_account(tx, &system(), &mail, &name, Some("hash"))?;
        people::grant_role(tx, &system(), account, org, role)?;
        let oneself = Actor { account: Some(account), ..person(org, role) };
        let name = Name::parse("Skript").expect("a name");
        let new =
            tokens::NewToken { name, scopes: vec![scope], valid_for: jiff::SignedDuration::from_hours(24) };
        tokens::issue(tx, &oneself, account, &new)
    });
    made.expect("a token")
}

#[actix_web::test]
async fn a_program_reads_the_register_page_by_page_and_only_with_the_right_token() {
    for test in registers() {
        let org = key(&test, LEADING);
        let app = app!(&test, None);
        let ask = async |path: &str, token: &str| {
            let request =
                TestRequest::get().uri(path).insert_header((AUTHORIZATION, format!("Bearer {token}")));
            app(request).await
        };
        let auditor = token(&test, cert(&test), Role::Auditor, Scope::DirectoryRead);
        let first = ask("/api/v1/organisations?administration=true&limit=100", &auditor).await;
        let body: serde_json::Value = serde_json::from_str(&first.html).expect("json");
        assert_eq!(
            (body["total"].as_i64(), body["organisations"].as_array().map(Vec::len)),
            (Some(206), Some(100))
        );
        let next = body["next"].as_str().expect("a cursor");
        let second =
            ask(&format!("/api/v1/organisations?administration=true&limit=200&cursor={next}"), &auditor)
                .await;
        let body: serde_json::Value = serde_json::from_str(&second.html).expect("json");
        assert_eq!((body["organisations"].as_array().map(Vec::len), body.get("next")), (Some(106), None));
        let one = ask(&format!("/api/v1/organisations/{org}"), &auditor).await;
        let body: serde_json::Value = serde_json::from_str(&one.html).expect("json");
        assert_eq!(
            (body["second_key"].as_str(), body["members"].as_array().map(Vec::len)),
            (Some(LEADING), Some(2))
        );

        assert_eq!(
            ask("/api/v1/organisations?kind=dorf", &auditor).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            ask("/api/v1/organisations?farbe=rot", &auditor).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let narrow = token(&test, cert(&test), Role::Auditor, Scope::IncidentsRead);
        assert_eq!(ask("/api/v1/organisations", &narrow).await.status, StatusCode::FORBIDDEN);
        let reporter = token(&test, org, Role::Reporter, Scope::DirectoryRead);
        assert_eq!(ask("/api/v1/organisations", &reporter).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ask(&format!("/api/v1/organisations/{org}"), &reporter).await.status, StatusCode::OK);
        assert_eq!(ask("/api/v1/organisations", "mk_falsch").await.status, StatusCode::UNAUTHORIZED);
    }
}
