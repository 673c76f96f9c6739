//! The emergency card as it is printed, hung up, read aloud and renewed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::Command;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, dev::ServiceRequest};

use super::*;
use crate::access::guard::arrive;
use crate::audit;
use crate::directory::model::{Card, OutOfBand};
use crate::directory::service::Taken;
use crate::web::error;
use crate::web::testing::house;

fn card(test: &TestDb, actor: &Actor, org: OrgId) -> Result<Card> {
    let actor = actor.clone();
    write(test, move |tx| service::card(tx, &actor, org, Taken::Shown))
}

fn says(test: &TestDb, actor: &Actor, org: OrgId, typed: &str) -> Result<bool> {
    let (actor, typed) = (actor.clone(), typed.to_owned());
    write(test, move |tx| service::check_contact_code(tx, &actor, org, &typed))
}

/// The actions in the trail with what they say beside, in order.
fn trail(test: &TestDb) -> Vec<(String, String)> {
    let all = read(test, |tx| audit::service::list(tx, &audit::service::Filter::default(), None, 500));
    let mut rows: Vec<_> =
        all.rows.into_iter().map(|listed| (listed.row.action, listed.row.detail.to_string())).collect();
    rows.reverse();
    rows
}

#[test]
fn a_town_hall_keeps_its_code_for_a_year_and_january() {
    let clock = clock();
    for test in registers_at(clock.clone()) {
        let set = |at: &str| clock.set(at.parse::<Timestamp>().expect("an instant"));
        set("2026-11-21T10:00:00Z");
        let (org, analyst) = (key(&test, LEADING), person(cert(&test), Role::Analyst));
        let member = person(org, Role::Reporter);
        assert!(!says(&test, &analyst, org, "3333-3333").expect("asked"), "no card was ever printed");
        let first = card(&test, &member, org).expect("a card");
        assert_eq!((first.name.as_str(), first.year), ("Stadt Gößnitz", 2026));
        assert_eq!(card(&test, &analyst, org).expect("a card").code, first.code);
        let old = first.code.to_string();
        assert!(says(&test, &analyst, org, &old.to_lowercase().replace('-', " ")).expect("asked"));
        // Half an hour after midnight in Thüringen.
        set("2026-12-31T23:30:00Z");
        let next = card(&test, &member, org).expect("a card");
        assert!(next.year == 2027 && next.code != first.code);
        for code in [&old, &next.code.to_string()] {
            assert!(says(&test, &analyst, org, code).expect("asked"), "both count in January");
        }
        set("2027-01-31T23:00:00Z");
        assert!(!says(&test, &analyst, org, &old).expect("asked"), "the old one has ended");
        assert!(says(&test, &analyst, org, next.code.as_str()).expect("asked"));
        let said = trail(&test);
        let count = |action: &str| said.iter().filter(|(done, _)| done == action).count();
        assert_eq!((count("directory.card_show"), count("directory.code_check")), (3, 6));
        for code in [&first.code, &next.code] {
            assert!(said.iter().all(|(_, detail)| !detail.contains(code.as_str())), "no code in the trail");
        }
    }
}

#[test]
fn a_card_is_for_its_own_house_and_the_cert() {
    for test in registers() {
        let (own, member, foreign) = (key(&test, ASSOCIATION), key(&test, MEMBER), key(&test, LEADING));
        let lead = person(own, Role::OrgLead);
        assert!(card(&test, &lead, own).is_ok());
        assert!(matches!(card(&test, &lead, foreign), Err(Error::NotFound)));
        assert!(matches!(card(&test, &lead, member), Err(Error::Conflict("directory-error-no-card"))));
        let mayor = person(member, Role::OrgLead);
        assert!(matches!(card(&test, &mayor, own), Err(Error::NotFound)));
        let cert = cert(&test);
        for role in [Role::Analyst, Role::Approver, Role::CertLead, Role::Auditor, Role::Administrator] {
            assert!(card(&test, &person(cert, role), foreign).is_ok(), "{role:?}");
        }
        assert!(matches!(says(&test, &lead, own, "x"), Err(Error::Forbidden(_))));
        assert!(matches!(says(&test, &person(cert, Role::Auditor), own, "x"), Err(Error::Forbidden(_))));
        assert!(matches!(card(&test, &Actor::anonymous(None), own), Err(Error::SignInNeeded)));
    }
}

#[test]
fn a_caller_who_guesses_is_stopped_after_twenty_tries() {
    for test in registers() {
        let (org, analyst) = (key(&test, LEADING), person(cert(&test), Role::Analyst));
        let code = card(&test, &analyst, org).expect("a card").code.to_string();
        for _ in 0..20 {
            assert!(!says(&test, &analyst, org, "7777-7777").expect("asked"));
        }
        assert!(matches!(says(&test, &analyst, org, &code), Err(Error::RateLimited { .. })));
        assert!(
            says(&test, &analyst, key(&test, ASSOCIATION), &code).is_ok(),
            "another house's callers go on"
        );
    }
}

#[test]
fn two_who_open_a_card_for_the_first_time_at_once_see_the_same_code() {
    for test in registers() {
        let (org, lead) = (key(&test, LEADING), person(cert(&test), Role::CertLead));
        let codes: BTreeSet<String> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..4)
                .map(|at| {
                    let (test, lead) = (&test, &lead);
                    scope.spawn(move || match at {
                        0 => {
                            let lead = lead.clone();
                            let all = write(test, move |tx| service::cards(tx, &lead, None)).expect("cards");
                            all.into_iter().find(|card| card.organisation == org).expect("among all").code
                        }
                        _ => card(test, lead, org).expect("a card").code,
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().expect("joined").to_string()).collect()
        });
        assert_eq!(codes.len(), 1, "{codes:?}");
    }
}

#[test]
fn the_administrator_prints_all_cards_or_those_of_a_district() {
    for test in registers() {
        let administrator = person(cert(&test), Role::Administrator);
        let print = |district: Option<OrgId>| {
            let administrator = administrator.clone();
            write(&test, move |tx| service::cards(tx, &administrator, district))
        };
        let all = print(None).expect("cards");
        assert_eq!(all.len(), 206);
        let codes: BTreeSet<_> = all.iter().map(|card| card.code.to_string()).collect();
        assert_eq!(codes.len(), 206);
        assert!(all.is_sorted_by_key(|card| card.sign.clone()), "by district");
        let code_of: BTreeMap<_, _> = all.iter().map(|card| (card.organisation, &card.code)).collect();
        let district = print(Some(key(&test, "16077"))).expect("cards");
        assert!((2..40).contains(&district.len()), "{}", district.len());
        for card in &district {
            assert!(card.sign == "ABG" && code_of[&card.organisation] == &card.code);
        }
        assert!(matches!(print(Some(key(&test, LEADING))), Err(Error::Invalid(_))), "no district");
        let analyst = person(cert(&test), Role::Analyst);
        let refused = write(&test, move |tx| service::cards(tx, &analyst, None));
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let exports = trail(&test).into_iter().filter(|(action, _)| action == "directory.cards_export");
        let details: Vec<_> = exports.map(|(_, detail)| detail).collect();
        assert_eq!(details.len(), 2, "one row for each export");
        assert!(details[0].contains("\"drawn\":206") && details[1].contains("\"drawn\":0"), "{details:?}");
    }
}

/// Status, the file's name, and the body.
async fn fetch(test: &TestDb, actor: Actor, path: &str) -> (StatusCode, String, Vec<u8>) {
    let app = init_service(
        App::new()
            .configure(house(&test.db))
            .configure(crate::directory::pages::configure)
            .wrap(from_fn(move |req: ServiceRequest, next: Next<_>| {
                arrive(&req, actor.clone());
                next.call(req)
            }))
            .wrap(from_fn(error::render)),
    )
    .await;
    let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
    let status = answer.status();
    let name = answer.headers().get(CONTENT_DISPOSITION).and_then(|name| name.to_str().ok());
    let name = name.unwrap_or_default().to_owned();
    (status, name, read_body(answer).await.to_vec())
}

/// What Debian's poppler reads in a file.
fn poppler(tool: &str, before: &[&str], file: &[u8], after: &[&str]) -> String {
    let mut path = tempfile::NamedTempFile::new().expect("a file");
    path.write_all(file).expect("written");
    let out = Command::new(tool).args(before).arg(path.path()).args(after).output().expect("poppler-utils");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("text")
}

#[actix_web::test]
async fn a_town_hall_prints_its_card() {
    for test in registers() {
        let org = key(&test, LEADING);
        let lead = person(org, Role::OrgLead);
        let mut officer = contact(ContactRole::ItSecurityOfficer, "it@goessnitz.example");
        officer.out_of_band = OutOfBand::parse("notfall.goessnitz@post.example").ok();
        let who = lead.clone();
        write(&test, move |tx| service::add_contact(tx, &who, org, &officer)).expect("added");
        let code = card(&test, &lead, org).expect("a card").code.to_string();
        let path = format!("/register/{org}/notfallkarte");
        let (status, _, page) = fetch(&test, lead.clone(), &path).await;
        let page = String::from_utf8(page).expect("a page");
        let (pdf_status, name, file) = fetch(&test, lead.clone(), &format!("{path}.pdf")).await;
        assert_eq!((status, pdf_status), (StatusCode::OK, StatusCode::OK));
        assert_eq!(name, "attachment; filename=\"notfallkarte-stadt-goessnitz-2026.pdf\"");
        let text = poppler("pdftotext", &["-layout"], &file, &["-"]);
        for word in [
            "Stadt Gößnitz",
            code.as_str(),
            "030 23125 001",
            "0171 39200 17",
            "Tag und Nacht",
            "cert@cert.example",
            "notfall.goessnitz@post.example",
            "Netzwerkkabel ziehen",
            "TLP:AMBER+STRICT",
        ] {
            assert!(text.contains(word), "{word} is missing on paper: {text}");
            assert!(page.contains(word), "{word} is missing on the page: {page}");
        }
        let info = poppler("pdfinfo", &[], &file, &[]);
        assert!(info.contains("Pages:           1\n") && info.contains("419.528 x 595.276 pts"), "{info}");
        let actions: Vec<_> = trail(&test).into_iter().map(|(action, _)| action).collect();
        assert!(actions.ends_with(&["directory.card_show".to_owned(), "directory.card_download".to_owned()]));
    }
}

#[actix_web::test]
async fn all_cards_are_one_file_with_a_page_for_each_administration() {
    for test in registers() {
        let lead = person(cert(&test), Role::CertLead);
        let (env, path) = (Env::system(), "/register/notfallkarten.pdf");
        let begun = env.now();
        let (status, _, file) = fetch(&test, lead.clone(), path).await;
        let (first, begun) = (env.now().duration_since(begun), env.now());
        fetch(&test, lead.clone(), path).await;
        let again = env.now().duration_since(begun);
        println!(
            "206 cards, one PDF of {} KiB: {first:#} with drawing codes, {again:#} again",
            file.len() / 1024
        );
        assert_eq!(status, StatusCode::OK);
        assert!(poppler("pdfinfo", &[], &file, &[]).contains("Pages:           206\n"));
        let text = poppler("pdftotext", &["-layout"], &file, &["-"]);
        let pages: Vec<_> = text.split_terminator('\u{c}').collect();
        let cards = write(&test, move |tx| service::cards(tx, &lead, None)).expect("cards");
        assert_eq!(pages.len(), cards.len());
        for (page, card) in pages.iter().zip(&cards) {
            assert!(
                page.contains(&card.name) && page.contains(&card.code.to_string()),
                "{}: {page}",
                card.name
            );
        }
    }
}
