//! Whoever gave the password alone is nobody to every page but those that bring the second factor; a town hall reports.

use crate::policy::{Outcome, Row, ask, rows};
use crate::support::app::House;
use crate::support::guide;
use crate::support::town::Town;

/// What is open to whoever gave the password and has no second factor yet, written by hand.
const OPEN: [(&str, &str); 10] = [
    // Leads on to what is missing.
    ("/anmelden/rueckruf", "GET"),
    ("/anmelden/code", "GET"),
    ("/anmelden/code", "POST"),
    ("/konto/zweiter-faktor", "GET"),
    ("/konto/zweiter-faktor", "POST"),
    ("/konto/zweiter-faktor/codes", "GET"),
    ("/konto/zweiter-faktor/codes", "POST"),
    ("/konto/zweiter-faktor/entfernen", "GET"),
    ("/konto/zweiter-faktor/entfernen", "POST"),
    ("/konto/zweiter-faktor/beginnen", "POST"),
];
/// What is open to town halls beside these: to report.
const REPORTING: [(&str, &str); 8] = [
    ("/melden", "GET"),
    ("/melden", "POST"),
    ("/melden/{draft}/verwerfen", "POST"),
    ("/melden/{draft}/pruefen", "GET"),
    ("/melden/{draft}/pruefen", "POST"),
    ("/melden/{draft}/beleg", "GET"),
    ("/melden/{draft}/{schritt}", "GET"),
    ("/melden/{draft}/{schritt}", "POST"),
];

fn is_open(row: &Row) -> bool {
    let is = |(route, method): &(&str, &str)| row.route == *route && row.method == *method;
    OPEN.iter().any(is) || (["reporter", "org_lead"].contains(&row.role) && REPORTING.iter().any(is))
}

#[actix_web::test]
async fn without_a_second_factor_nobody_reads_anything_and_a_town_hall_reports() {
    let house = House::empty();
    let town = Town::build(&house, &house.door().await).await;
    let door = house.guarded_door().await;
    house.leaves("what the requests set off is nobody's matter here");
    let all = rows();
    let of_strangers = |row: &Row| {
        let same = |other: &&Row| {
            (&other.route, &other.variant, &other.method, other.relation)
                == (&row.route, &row.variant, &row.method, row.relation)
        };
        all.iter().filter(same).find(|other| other.role == "anonymous").map(|other| other.expected)
    };
    let (mut wrong, mut asked, mut open) = (Vec::new(), 0, 0);
    let people = all.iter().filter(|row| row.method != "CLI" && !row.route.starts_with("/api/"));
    for row in people.filter(|row| row.role != "anonymous") {
        let expected = if is_open(row) {
            open += 1;
            row.expected
        } else {
            // A relation that no stranger can have is closed like all else.
            of_strangers(row).unwrap_or(Outcome::SignIn)
        };
        let found = ask(&town, &door, &house.app.db, row).await;
        asked += 1;
        if found != expected {
            wrong.push(format!("{row}: expected {expected:?}, found {found:?}"));
        }
    }
    println!("without a second factor: {asked} requests, {open} of them open, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[actix_web::test]
async fn a_town_hall_reports_without_a_second_factor_and_sees_what_it_sent_alone() {
    let house = House::empty();
    let town = Town::build(&house, &house.door().await).await;
    let door = house.guarded_door().await;
    house.leaves("mails of the report");
    let reporter = &town.cast.person("reporter").visitor;
    let draft = guide::write(&door, reporter, town.cast.houses.own, "Alles verschlüsselt").await;
    let sent = guide::send(&door, reporter, &draft).await;
    let arrived = sent.to.expect("the page that says so");
    let page = door.get(reporter, &arrived).await;
    assert!(page.status.is_success() && page.text().contains("TH-2026-"), "{}", page.text());
    let case = door.get(reporter, arrived.trim_end_matches("/eingegangen")).await;
    assert!(
        case.to.is_some_and(|to| to.starts_with("/anmelden?weiter=%2Fvorgaenge")),
        "the case itself is closed"
    );
    let colleague = &town.cast.person("reporter2").visitor;
    let theirs = door.get(colleague, &arrived).await;
    assert!(theirs.to.is_some_and(|to| to.starts_with("/anmelden?weiter=")), "a colleague's is closed");
    let led = door.get(reporter, "/anmelden?weiter=/vorgaenge").await;
    assert_eq!(led.to.as_deref(), Some("/konto/zweiter-faktor?weiter=%2Fvorgaenge"));
    let page = door.get(reporter, "/konto/zweiter-faktor").await.text();
    assert!(
        page.contains("href=\"/melden\"") && !page.contains("href=\"/vorgaenge\""),
        "the way to report: {page}"
    );
    let analyst = &town.cast.person("analyst").visitor;
    assert!(!door.get(analyst, "/konto/zweiter-faktor").await.text().contains("href=\"/melden\""));
}
