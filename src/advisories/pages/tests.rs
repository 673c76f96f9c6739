//! The pages and the API of this feature as browsers and programs meet them, on each engine at hand.

use actix_web::body::BoxBody;
use actix_web::cookie::Key;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{self, Data, Path};
use actix_web::{App, HttpResponse};
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::access::guard::{self, Visitor};
use crate::access::service::sign_in::Welcome;
use crate::access::service::tokens;
use crate::access::testing::relaxed;
use crate::advisories::testing::{House, everywhere};
use crate::core::actor::{Actor, Role, Scope};
use crate::core::ids::{AccountId, GrantId, OrgId};
use crate::core::text::Line;
use crate::core::tlp::Tlp;
use crate::store::schema::{accounts, role_grants};
use crate::web::testing::{self as web_testing, Browser, Page};
use crate::web::{Failure, error};

/// Lets an account in without a password: signing in is another feature's story.
async fn let_in(visitor: Visitor, path: Path<(AccountId, OrgId, String)>) -> Result<HttpResponse, Failure> {
    let (account, organisation, role) = path.into_inner();
    let roles = Role::parse(&role).map(|role| (organisation, role)).into_iter().collect();
    visitor.let_in(&Welcome { account, roles, organisations: vec!["Stelle".into()] })?;
    Ok(HttpResponse::Ok().body("in"))
}

/// The application, as far as this feature goes: a macro, because the request type of its service cannot be named.
macro_rules! app {
    ($house:expr) => {{
        let house: &House = $house;
        let db = house.db().clone();
        let access = relaxed();
        let sessions = guard::sessions(&db, access.sessions, Key::from(&[9; 64]), &std::sync::Arc::default());
        init_service(
            App::new()
                .configure(web_testing::house(&db))
                .app_data(Data::new(access))
                .configure(super::configure)
                .configure(crate::advisories::api::configure)
                .service(web::resource("/herein/{account}/{organisation}/{role}").get(let_in))
                .wrap(from_fn(guard::enter))
                .wrap(sessions)
                .wrap(from_fn(error::render)),
        )
        .await
    }};
}

impl<'a, S, R> Browser<'a, S, R>
where
    S: Service<R, Response = ServiceResponse<BoxBody>, Error = actix_web::Error>,
{
    async fn of(app: &'a S, request: fn(TestRequest) -> R, actor: &Actor) -> Self {
        let mut browser = Self::new(app, request);
        let (organisation, role) = actor.roles[0];
        let account = actor.account.expect("an account");
        let page = browser.get(&format!("/herein/{account}/{organisation}/{}", role.code())).await;
        assert_eq!(page.status, StatusCode::OK);
        browser
    }

    /// Opens `path`, keeps what stands hidden in its forms, and posts the fields there.
    async fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        self.fill_again(path, &page, fields).await
    }

    /// Posts the fields with what stands hidden in a page that was opened before.
    async fn fill_again(&mut self, path: &str, page: &Page, fields: &[(&str, &str)]) -> Page {
        let approves = fields.contains(&("aktion", "freigeben"));
        let kept = ["version", "stand"].into_iter().filter(|name| *name != "stand" || approves);
        let kept: Vec<_> = kept.filter_map(|name| Some((name, page.hidden(name)?))).collect();
        self.post_from(page, path, &[&kept, fields].concat()).await
    }
}

/// An account that may sign in with its one role.
fn enter(house: &House, actor: &Actor) {
    let (actor, account) = (actor.clone(), actor.account.expect("an account"));
    let db = house.db().clone();
    let write = move || {
        db.write_now(move |tx| {
            let (organisation, role) = actor.roles[0];
            if accounts::table.find(account).select(accounts::id).load::<AccountId>(tx.conn)?.is_empty() {
                diesel::insert_into(accounts::table)
                    .values((
                        accounts::id.eq(account),
                        accounts::mail.eq(format!("{account}@cert.example")),
                        accounts::name.eq(&actor.name),
                        accounts::state.eq("active"),
                        accounts::created_at.eq(tx.at()),
                    ))
                    .execute(tx.conn)?;
            }
            diesel::insert_into(role_grants::table)
                .values((
                    role_grants::id.eq(tx.id::<GrantId>()),
                    role_grants::account_id.eq(account),
                    role_grants::organisation_id.eq(organisation),
                    role_grants::role.eq(role.code()),
                    role_grants::granted_at.eq(tx.at()),
                    role_grants::confirmed_at.eq(Some(tx.at())),
                ))
                .execute(tx.conn)?;
            Ok(())
        })
    };
    write().expect("an account");
}

/// A story of async steps on each engine. What prepares it runs before the runtime starts.
fn played<P>(prepare: impl Fn(&House) -> P, story: impl AsyncFn(&House, P)) {
    everywhere(|house| {
        let prepared = prepare(house);
        actix_web::rt::System::new().block_on(story(house, prepared));
    });
}

const DRAFT: [(&str, &str); 11] = [
    ("title", "Kritische Lücke in NetPforte"),
    ("concerns", "Das betrifft **alle** vor 9.4.2."),
    ("measures", "1. Version prüfen\n2. Update einspielen"),
    ("body", "Fremde Konten heißen `svc_np`. <script>alert(1)</script>"),
    ("products", "NetPforte Secure Access"),
    ("cves", "CVE-2026-99901"),
    ("tlp", "TLP:GREEN"),
    ("warning_step", "3"),
    ("severity", "critical"),
    ("audience", "all"),
    ("version", ""),
];

fn typed<'a>(change: &[(&'a str, &'a str)], action: &'a str) -> Vec<(&'a str, &'a str)> {
    let kept = DRAFT
        .iter()
        .copied()
        .filter(|(name, _)| *name != "version" && change.iter().all(|(other, _)| other != name));
    kept.chain(change.iter().copied()).chain([("aktion", action)]).collect()
}

fn in_order(html: &str, words: &[&str]) {
    let mut at = 0;
    for word in words {
        let found = html[at..].find(word);
        assert!(found.is_some(), "„{word}“ is missing or out of order in:\n{html}");
        at += found.unwrap_or(0);
    }
}

/// Two towns, an author, an approver, and a reporter in each town.
struct Cast {
    author: Actor,
    approver: Actor,
    here: Actor,
    there: Actor,
    bergrode: OrgId,
}

fn cast(house: &House) -> Cast {
    let bergrode = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
    let altenau = house.town("Gemeinde Altenau", &[("it@altenau.example", true)]);
    let cast = Cast {
        author: house.author(),
        approver: house.approver(),
        here: house.reporter(201, "x@bergrode.example", bergrode),
        there: house.reporter(202, "x@altenau.example", altenau),
        bergrode,
    };
    for actor in [&cast.author, &cast.approver, &cast.here, &cast.there] {
        enter(house, actor);
    }
    cast
}

#[test]
fn a_warning_is_written_reviewed_sent_and_read_without_any_script() {
    played(cast, async |house, cast| {
        let app = app!(house);
        let mut author = Browser::of(&app, TestRequest::to_request, &cast.author).await;
        let preview = author.fill("/warnmeldungen/neu", &typed(&[], "vorschau")).await;
        assert_eq!(preview.status, StatusCode::OK);
        in_order(
            &preview.html,
            &[
                "2 Verwaltungen",
                "Gemeinde Altenau",
                "Stadt Bergrode",
                "So lesen es die Empfänger",
                "<strong>alle</strong>",
            ],
        );
        let typing =
            author.fill("/warnmeldungen/neu", &typed(&[("title", ""), ("tlp", "")], "mitlesen")).await;
        assert_eq!(typing.status, StatusCode::OK);
        in_order(
            &typing.html,
            &["<title>Neue Warnmeldung", "Dann stehen hier Zahl", "Die Vorschau erscheint"],
        );
        assert!(!typing.html.contains("Bitte füllen Sie"), "nobody is told off while typing");
        let typing = author.fill("/warnmeldungen/neu", &typed(&[], "mitlesen")).await;
        in_order(&typing.html, &["2 Verwaltungen", "<strong>alle</strong>"]);
        assert!(
            author.get("/warnmeldungen").await.html.contains("Keine Warnmeldung passt"),
            "a preview saves nothing"
        );

        let to_bergrode = [("audience", "hand"), ("organisations", &*cast.bergrode.to_string())];
        let submitted = author.fill("/warnmeldungen/neu", &typed(&to_bergrode, "pruefung")).await;
        assert_eq!(
            (submitted.status, submitted.to.as_str()),
            (StatusCode::SEE_OTHER, "/warnmeldungen/TH-CERT-2026-0001/freigabe")
        );
        let own = author.get(&submitted.to).await;
        assert!(
            own.html.contains("mitgeschrieben") && !own.html.contains("value=\"freigeben\""),
            "{}",
            own.html
        );

        let mut approver = Browser::of(&app, TestRequest::to_request, &cast.approver).await;
        let page = approver.get(&submitted.to).await;
        in_order(
            &page.html,
            &[
                "[TLP:GREEN] TH-CERT-2026-0001",
                "für: Stadt Bergrode",
                "BETRIFFT UNS DAS?",
                "Genau diese Seite",
                "Was müssen wir heute tun?",
                "Für eine Verwaltung freigeben",
                "erste Fassung",
                "it@bergrode.example",
            ],
        );
        let approved = approver.fill_again(&submitted.to, &page, &[("aktion", "freigeben")]).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.html);
        let sent = approver.fill(&submitted.to, &[("aktion", "veroeffentlichen")]).await;
        assert_eq!(sent.to, "/warnmeldungen/TH-CERT-2026-0001/zustellung");
        let board = approver.get(&sent.to).await;
        in_order(&board.html, &["viewBox=\"0 0 1 10\"", "Summe 1 von 1", "Wen anrufen: 0", "Stadt Bergrode"]);

        let mut here = Browser::of(&app, TestRequest::to_request, &cast.here).await;
        let marked =
            |html: &str| html.contains("Neu</span> <b><a href=\"/warnmeldungen/TH-CERT-2026-0001\">");
        assert!(marked(&here.get("/warnmeldungen").await.html));
        let read = here.get("/warnmeldungen/TH-CERT-2026-0001").await;
        assert_eq!(read.status, StatusCode::OK);
        in_order(
            &read.html,
            &[
                "<title>TH-CERT-2026-0001 · Kritische",
                "Für: Stadt Bergrode",
                "TLP:GREEN",
                "Betrifft uns das?",
                "Was müssen wir heute tun?",
                "Wie bestätigen wir?",
                "030 23125 001",
                "CVE-2026-99901",
            ],
        );
        assert!(!read.html.contains("<script>alert"), "{}", read.html);
        let list = here.get("/warnmeldungen").await;
        assert!(list.html.contains("Kritische Lücke") && !marked(&list.html), "{}", list.html);
        for path in ["/bearbeiten", "/freigabe", "/zustellung"] {
            assert_eq!(
                here.get(&format!("/warnmeldungen/TH-CERT-2026-0001{path}")).await.status,
                StatusCode::NOT_FOUND
            );
        }
        let mut there = Browser::of(&app, TestRequest::to_request, &cast.there).await;
        assert_eq!(there.get("/warnmeldungen/TH-CERT-2026-0001").await.status, StatusCode::NOT_FOUND);
        let list = there.get("/warnmeldungen").await;
        assert!(!list.html.contains("Kritische") && list.html.contains("Noch keine Warnmeldungen"));
    });
}

#[test]
fn refused_input_is_named_at_its_field_and_given_back_word_for_word() {
    played(cast, async |house, cast| {
        let app = app!(house);
        let mut author = Browser::of(&app, TestRequest::to_request, &cast.author).await;
        let bad = [("title", ""), ("cves", "CVE-1"), ("audience", "kinds"), ("warning_step", "7")];
        let page = author.fill("/warnmeldungen/neu", &typed(&bad, "speichern")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in [
            "<title>Fehler:",
            "href=\"#title\"",
            "href=\"#cves\"",
            "href=\"#audience\"",
            "href=\"#warning_step\"",
            "value=\"CVE-1\"",
            "2. Update einspielen",
        ] {
            assert!(page.html.contains(words), "„{words}“ is missing in:\n{}", page.html);
        }
        let incomplete = author.fill("/warnmeldungen/neu", &typed(&[("measures", "")], "pruefung")).await;
        assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(incomplete.html.contains("href=\"#measures\""));
        assert!(
            author.get("/warnmeldungen").await.html.contains("Keine Warnmeldung passt"),
            "nothing half saved"
        );
        let unknown = author.fill("/warnmeldungen/neu", &typed(&[("state", "published")], "speichern")).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn who_chooses_all_and_ticks_some_is_asked_which_of_the_two_holds() {
    played(cast, async |house, cast| {
        let app = app!(house);
        let mut author = Browser::of(&app, TestRequest::to_request, &cast.author).await;
        let bergrode = cast.bergrode.to_string();
        let ticked = ("organisations", &*bergrode);
        for (fields, words) in [
            (vec![("audience", "all"), ticked], "Gewählt sind alle Verwaltungen"),
            (vec![("audience", "all"), ("kinds", "gemeinde")], "Gewählt sind alle Verwaltungen"),
            (vec![("audience", "kinds"), ("kinds", "gemeinde"), ticked], "Angekreuzt ist auch etwas"),
        ] {
            for action in ["vorschau", "speichern", "pruefung"] {
                let page = author.fill("/warnmeldungen/neu", &typed(&fields, action)).await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
                assert_eq!(page.html.matches(words).count(), 2, "above and at the field: {}", page.html);
                let kept = format!("value=\"{}\" checked", fields.last().unwrap().1);
                assert!(page.html.contains(&kept) && page.html.contains("2. Update einspielen"));
            }
        }
        assert!(author.get("/warnmeldungen").await.html.contains("Keine Warnmeldung passt"));
    });
}

#[test]
fn a_form_that_is_sent_twice_makes_one_advisory_and_another_text_under_it_is_asked_about() {
    played(cast, async |house, cast| {
        let app = app!(house);
        let mut author = Browser::of(&app, TestRequest::to_request, &cast.author).await;
        let page = author.get("/warnmeldungen/neu").await;
        let once = page.hidden("once").expect("the form's own token").to_owned();
        let first = [("once", &*once)];
        for _ in 0..2 {
            let saved = author.fill_again("/warnmeldungen/neu", &page, &typed(&first, "speichern")).await;
            assert_eq!(saved.to, "/warnmeldungen/TH-CERT-2026-0001/bearbeiten", "{}", saved.html);
        }
        let second = [("once", &*once), ("title", "Noch eine Lücke")];
        let asked = author.fill_again("/warnmeldungen/neu", &page, &typed(&second, "pruefung")).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        in_order(
            &asked.html,
            &["<title>Fehler:", "ist schon TH-CERT-2026-0001 entstanden", "Noch eine Lücke"],
        );
        let fresh = asked.hidden("once").expect("a fresh token").to_owned();
        assert_ne!(fresh, once);
        let second = [("once", &*fresh), ("title", "Noch eine Lücke")];
        let saved = author.fill_again("/warnmeldungen/neu", &asked, &typed(&second, "pruefung")).await;
        assert_eq!(saved.to, "/warnmeldungen/TH-CERT-2026-0002/freigabe");
        let list = author.get("/warnmeldungen").await.html;
        assert!(!list.contains("TH-CERT-2026-0003"), "{list}");
    });
}

#[test]
fn when_a_colleague_saved_in_between_both_versions_are_shown_and_nothing_is_lost() {
    let drafted = |house: &House| {
        let lead = house.lead();
        enter(house, &lead);
        enter(house, &house.author());
        house.draft(Tlp::Green);
        lead
    };
    played(drafted, async |house, lead| {
        let app = app!(house);
        let path = "/warnmeldungen/TH-CERT-2026-0001/bearbeiten";
        let mut author = Browser::of(&app, TestRequest::to_request, &house.author()).await;
        let mut colleague = Browser::of(&app, TestRequest::to_request, &lead).await;
        let opened = author.get(path).await;
        let saved = colleague.fill(path, &typed(&[("title", "Titel der Leitung")], "speichern")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        let mine = typed(&[("title", "Mein Titel")], "speichern");
        let stale = author.fill_again(path, &opened, &mine).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        in_order(
            &stale.html,
            &["Inzwischen hat jemand anderes gespeichert", "Titel der Leitung", "value=\"Mein Titel\""],
        );
        let settled = author.fill_again(path, &stale, &mine).await;
        assert_eq!(settled.status, StatusCode::SEE_OTHER, "the page that shows both can be saved");
        assert!(author.get(path).await.html.contains("value=\"Mein Titel\""));
    });
}

#[test]
fn an_approval_of_what_is_no_longer_there_is_not_given() {
    let reviewed = |house: &House| {
        let cast = cast(house);
        house.in_review(Tlp::Green);
        cast
    };
    played(reviewed, async |house, cast| {
        let app = app!(house);
        let path = "/warnmeldungen/TH-CERT-2026-0001/freigabe";
        let mut approver = Browser::of(&app, TestRequest::to_request, &cast.approver).await;
        let mut page = approver.get(path).await;
        let stand = page.hidden("stand").expect("a hash").to_owned();
        page.html = page.html.replace(&stand, &"0".repeat(64));
        let refused = approver.fill_again(path, &page, &[("aktion", "freigeben")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.html.contains("Es hat sich etwas geändert") && refused.html.contains(&stand));
        let empty = approver.fill(path, &[("aktion", "zurueckgeben"), ("grund", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let back = approver.fill(path, &[("aktion", "zurueckgeben"), ("grund", "Schritt 2 fehlt.")]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        assert!(approver.get(path).await.html.contains("Schritt 2 fehlt."));
    });
}

#[test]
fn a_program_drafts_and_sees_as_far_as_its_token_reaches() {
    let equipped = |house: &House| {
        let cast = cast(house);
        let token = |actor: &Actor, scopes: Vec<Scope>| {
            let (actor, account) = (actor.clone(), actor.account.expect("an account"));
            house
                .write(move |tx| {
                    let name = Line::parse("Programm").expect("name");
                    let valid_for = SignedDuration::from_hours(24);
                    let new = tokens::NewToken { name, scopes: scopes.clone(), valid_for };
                    tokens::issue(tx, &actor, account, &new)
                })
                .expect("a token")
        };
        let both = vec![Scope::AdvisoriesRead, Scope::AdvisoriesWrite];
        [
            token(&cast.author, both.clone()),
            token(&cast.author, vec![Scope::AdvisoriesRead]),
            token(&cast.approver, both.clone()),
            token(&cast.here, both),
        ]
    };
    played(equipped, async |house, [author, reader, approver, here]| {
        let app = app!(house);
        let send = async |request: TestRequest, token: &str| {
            let request = request.insert_header((AUTHORIZATION, format!("Bearer {token}")));
            let response = call_service(&app, request.to_request()).await;
            let status = response.status().as_u16();
            let body = read_body(response).await;
            (status, serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default())
        };
        let all = "/api/v1/advisories";
        let one = "/api/v1/advisories/TH-CERT-2026-0001";
        let draft = serde_json::json!({
            "title": "Lücke", "concerns": "Alle", "measures": "Prüfen", "cves": ["CVE-2026-99901"],
            "tlp": "TLP:AMBER", "warning_step": 3, "severity": "high", "audience": {"by": "all"},
        });
        let post = |path: &str, body: &serde_json::Value| TestRequest::post().uri(path).set_json(body);
        assert_eq!(send(post(all, &draft), &reader).await.0, 403, "a token for reading does not write");
        assert_eq!(send(post(all, &draft), &here).await.0, 404, "a town hall writes no advisories");
        let mut wrong = draft.clone();
        wrong["tlp"] = "TLP:WHITE".into();
        wrong["cves"] = serde_json::json!(["x"]);
        let (status, problem) = send(post(all, &wrong), &author).await;
        let fields: Vec<_> =
            problem["errors"].as_array().expect("errors").iter().map(|e| e["field"].clone()).collect();
        assert_eq!((status, fields), (422, vec!["cves".into(), "tlp".into()]));

        let (status, made) = send(post(all, &draft), &author).await;
        assert_eq!((status, &made["reference"]), (201, &"TH-CERT-2026-0001".into()));
        let seen = |answer: &serde_json::Value| serde_json::json!({ "version": answer["team"]["version"] });
        let (_, review) = send(post(&format!("{one}/submit"), &seen(&made)), &author).await;
        assert_eq!(review["state"], "in_review");
        assert_eq!(send(post(&format!("{one}/approve"), &seen(&review)), &author).await.0, 403);
        assert_eq!(send(post(&format!("{one}/approve"), &seen(&made)), &approver).await.0, 409, "stale");
        let mut approval = seen(&review);
        approval["hash"] = review["team"]["approval_hash"].clone();
        let (status, approved) = send(post(&format!("{one}/approve"), &approval), &approver).await;
        assert_eq!((status, &approved["team"]["recipients"]), (200, &2.into()));
        assert_eq!(send(TestRequest::get().uri(one), &here).await.0, 404, "not published yet");
        let (status, _) = send(post(&format!("{one}/publish"), &seen(&approved)), &author).await;
        assert_eq!(status, 200);
        let (_, board) = send(TestRequest::get().uri(&format!("{one}/deliveries")), &reader).await;
        assert_eq!((&board["total"], &board["counts"]["queued"]), (&2.into(), &2.into()));
        let (status, read) = send(TestRequest::get().uri(one), &here).await;
        assert_eq!(
            (status, &read["measures"], &read["team"]),
            (200, &"Prüfen".into(), &serde_json::Value::Null)
        );
        let (_, list) = send(TestRequest::get().uri(all), &here).await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(send(TestRequest::get().uri(&format!("{one}/deliveries")), &here).await.0, 404);
    });
}

#[test]
fn whoever_approves_is_told_who_is_missing_before_an_approval_for_nobody_is_offered() {
    let prepare = |house: &House| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        enter(house, &house.approver());
        house.in_review(Tlp::Red)
    };
    played(prepare, async |house, version| {
        let app = app!(house);
        let mut approver = Browser::of(&app, TestRequest::to_request, &house.approver()).await;
        let page = approver.get(&format!("/warnmeldungen/{}/freigabe", version.reference)).await.html;
        in_order(&page, &["Freigeben geht noch nicht", "Stadt Bergrode"]);
        assert!(!page.contains("value=\"freigeben\""), "{page}");
        assert!(page.contains("value=\"zurueckgeben\""), "{page}");
    });
}
