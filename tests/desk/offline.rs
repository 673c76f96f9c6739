//! When the victim is offline: its accounts, from the mark to its end.

use actix_web::http::StatusCode;

use crate::support::app::House;
use crate::support::cast::{Cast, PASSWORD};
use crate::support::client::{Door, Visitor};

/// Signs in by the page, wherever that leads.
async fn knock(door: &Door, mail: &str) -> Visitor {
    let mut browser = door.stranger().await;
    let typed = [("mail", mail), ("password", PASSWORD), ("weiter", "/konto")];
    browser.cookies = door.post(&browser, "/anmelden", &typed).await.cookies;
    browser
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before} in {page}"));
    rest.split(after).next().unwrap_or_default()
}

#[actix_web::test]
async fn whoever_signs_in_at_a_marked_house_is_let_in_by_a_telephone_call_for_that_session_alone() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast");
    let (own, foreign) = (cast.houses.own, cast.houses.foreign);
    let (analyst, reporter) = (&cast.person("analyst").visitor, cast.person("reporter"));
    assert_eq!(door.get(&reporter.visitor, "/konto").await.status, StatusCode::OK);
    assert_eq!(door.get(&reporter.visitor, "/api/v1/incidents").await.status, StatusCode::OK);

    let marked = door.post(analyst, &format!("/register/{own}/offline"), &[("warum", "Verschlüsselt")]).await;
    assert_eq!(marked.status, StatusCode::SEE_OTHER, "{}", marked.text());
    let out = door.get(&reporter.visitor, "/konto").await;
    assert!(out.to.as_deref().is_some_and(|to| to.starts_with("/anmelden")), "its sessions are over");
    let stopped = door.get(&reporter.visitor, "/api/v1/incidents").await;
    assert_eq!(stopped.status, StatusCode::FORBIDDEN, "its programs stop");
    assert!(stopped.text().contains("als angegriffen gemeldet"), "and are told why: {}", stopped.text());
    let other = &cast.person("foreign.reporter").visitor;
    assert_eq!(door.get(other, "/konto").await.status, StatusCode::OK, "nobody else's");

    let browser = knock(&door, &reporter.mail).await;
    for path in ["/konto", "/", "/konto/zweiter-faktor", "/vorgaenge/TH-2026-00001"] {
        let held = door.get(&browser, path).await;
        let leads = held.to.as_deref().is_some_and(|to| to.starts_with("/anmelden"));
        assert!(leads, "{path}: {} {:?}", held.status, held.to);
    }
    let page = door.get(&browser, "/anmelden/rueckruf").await.text();
    let code = between(&page, "<b class=\"mk-code\">", "</b>").to_owned();
    assert_eq!(code.len(), 7, "{code}");
    let crisis = door.get(analyst, &format!("/register/{own}/krise")).await.text();
    assert!(crisis.contains(&code), "the team sees the same code: {crisis}");
    let session = between(&crisis, "name=\"anmeldung\" value=\"", "\"").to_owned();

    let fields = [("anmeldung", session.as_str())];
    let elsewhere = door.post(analyst, &format!("/register/{foreign}/rueckruf"), &fields).await;
    assert_eq!(elsewhere.status, StatusCode::CONFLICT, "it does not wait there");
    let released = door.post(analyst, &format!("/register/{own}/rueckruf"), &fields).await;
    assert_eq!(released.status, StatusCode::SEE_OTHER, "{}", released.text());
    assert_eq!(door.get(&browser, "/konto").await.status, StatusCode::OK, "let in");
    let second = knock(&door, &reporter.mail).await;
    assert_ne!(door.get(&second, "/konto").await.status, StatusCode::OK, "for that session alone");

    let lift = format!("/register/{own}/offline/aufheben");
    let unsure = door.post(analyst, &lift, &[("warum", "Neu aufgesetzt")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody made sure");
    let lifted = door.post(analyst, &lift, &[("warum", "Neu aufgesetzt"), ("works", "ja")]).await;
    assert_eq!(lifted.status, StatusCode::SEE_OTHER, "{}", lifted.text());
    assert_eq!(door.get(&second, "/konto").await.status, StatusCode::OK, "as ever");
    assert_eq!(door.get(&reporter.visitor, "/api/v1/incidents").await.status, StatusCode::OK);
}
