//! Addresses that nobody would type: broken cursors, odd filters, foreign ids in the path.

use std::collections::BTreeSet;

use crate::policy::{Outcome, path, rows, visitor};
use crate::support::app::House;
use crate::support::town::Town;

/// What is put into each parameter.
const ODD: [&str; 12] = [
    "",
    "%00",
    "%ff",
    "abc",
    "-1",
    "99999999999999999999",
    "%27%20OR%201%3D1",
    "%3Cscript%3E",
    "%E2%80%AE",
    "_",
    "e30",
    // A cursor with a NUL inside.
    "MDE5OTk5OTktMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIAA",
];
const PARAMETERS: [&str; 24] = [
    "ab",
    "cursor",
    "limit",
    "q",
    "open",
    "status",
    "priority",
    "assignee",
    "organisation",
    "waiting",
    "f",
    "vorschau",
    "abgeschlossen",
    "zustand",
    "warnstufe",
    "kreis",
    "art",
    "stand",
    "suche",
    "aktion",
    "text",
    "kind",
    "district",
    "weiter",
];

/// Lists that go on at a cursor.
const LISTS: [&str; 9] = [
    "/vorgaenge",
    "/eingang",
    "/register",
    "/protokoll",
    "/konten",
    "/warnmeldungen",
    "/api/v1/incidents",
    "/api/v1/advisories",
    "/api/v1/organisations",
];

#[actix_web::test]
async fn no_address_however_odd_is_a_fault_of_ours() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("dead letters of the town itself");
    let long = "x".repeat(5_000);
    let (mut seen, mut cases, mut cursors, mut faults) = (BTreeSet::new(), 0, 0, Vec::new());
    let rows = rows().into_iter().filter(|row| row.method == "GET" && row.expected == Outcome::Ok);
    for row in rows.filter(|row| seen.insert(row.route.clone())).collect::<Vec<_>>() {
        let (who, good) = (visitor(&town, &door, &row).await, path(&town, &row));
        let mut odd: Vec<String> = PARAMETERS
            .iter()
            .flat_map(|name| ODD.iter().map(move |value| format!("{name}={value}")))
            .chain(PARAMETERS.iter().map(|name| format!("{name}={long}")))
            .chain(["limit=1&limit=2".to_owned(), "&&==&%".to_owned(), long.clone()])
            .map(|query| format!("{good}?{query}"))
            .collect();
        if row.route.contains('{') {
            for value in [
                "%00",
                "%ff",
                "..%2f..%2fetc",
                "TH-2026-99999",
                "%E2%80%AE",
                "TH-2026-00001%0d%0aX",
                long.as_str(),
            ] {
                let parts = row.route.split('/').map(|part| if part.starts_with('{') { value } else { part });
                odd.push(parts.collect::<Vec<_>>().join("/"));
            }
        }
        for address in odd {
            let reply = door.get(&who, &address).await;
            cases += 1;
            if reply.status.is_server_error() || reply.text().contains("<script>alert") {
                faults.push(format!("{:.120}: {}", address, reply.status));
            }
            let cursor = if row.route.starts_with("/api/") { "?cursor=abc" } else { "?ab=abc" };
            if LISTS.contains(&row.route.as_str()) && address.ends_with(cursor) {
                cursors += 1;
                if !reply.status.is_client_error() {
                    faults.push(format!("{address}: a broken cursor is taken: {}", reply.status));
                }
            }
        }
    }
    assert_eq!(cursors, LISTS.len(), "each list was asked for a page that it does not have");
    println!("bad input: {} routes, {cases} odd addresses, {} faults", seen.len(), faults.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
