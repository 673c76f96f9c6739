//! Addresses that nobody would type: broken cursors, odd filters, foreign ids in the path.

use std::collections::BTreeSet;

use crate::policy::{Outcome, path, rows, visitor};
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
const PARAMETERS: [&str; 37] = [
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
    "landkreis",
    "art",
    "stand",
    "suche",
    "aktion",
    "text",
    "kind",
    "district",
    "weiter",
    "filter",
    "s",
    "zeigen",
    "vor",
    "seit",
    "schreibt",
    "leser",
    "wer",
    "ref",
    "lead",
    "relation",
    "reason",
];

/// Lists that go on at a cursor.
const LISTS: [&str; 13] = [
    "/suche",
    "/api/v1/search",
    "/vorgaenge",
    "/eingang",
    "/posteingang",
    "/aufgaben",
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
    let (_house, door, town) = Town::settled().await;
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
            .map(|query| format!("{good}{}{query}", if good.contains('?') { '&' } else { '?' }))
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
            let cursor = match row.route.as_str() {
                "/posteingang" => "vor=abc",
                route if route.starts_with("/api/") => "cursor=abc",
                _ => "ab=abc",
            };
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

#[actix_web::test]
async fn whoever_asks_for_what_a_list_does_not_know_reads_which_parameter_it_is() {
    let (_house, door, town) = Town::settled().await;
    let who = |name: &str| town.cast.person(name).visitor.clone();
    let board = format!("/warnmeldungen/{}/zustellung", town.advisories["own"]);
    let odd: Vec<(&str, String, &str)> = [
        ("analyst", "/api/v1/incidents?limit=abc", "limit"),
        ("analyst", "/api/v1/incidents?unknown=1", "unknown"),
        ("analyst", "/api/v1/incidents?limit=1&limit=2", "limit"),
        ("analyst", "/api/v1/incidents?open=vielleicht", "open"),
        ("analyst", "/api/v1/organisations?ended=7", "ended"),
        ("analyst", "/api/v1/organisations?unknown=1", "unknown"),
        ("analyst", "/api/v1/advisories?warning_step=rot", "warning_step"),
        ("analyst", "/api/v1/advisories?unknown=1", "unknown"),
        ("reporter", "/vorgaenge?abgeschlossen=vielleicht", "abgeschlossen"),
        ("reporter", "/vorgaenge?alt=ja", "alt"),
        ("analyst", "/eingang?f=alles", "f"),
        ("analyst", "/eingang?q=a&q=b", "q"),
        ("analyst", "/suche?seite=2", "seite"),
        ("analyst", "/posteingang?zeigen=alles", "zeigen"),
        ("analyst", "/posteingang?vor=abc", "vor"),
        ("analyst", "/posteingang?seite=2", "seite"),
        ("analyst", "/aufgaben?seite=2", "seite"),
        ("analyst", "/api/v1/search?q=status:zu", "q"),
        ("analyst", "/api/v1/search?limit=7", "limit"),
        ("analyst", "/register?art=burg", "art"),
        ("analyst", "/register?beendet=nein", "beendet"),
        ("analyst", "/register?seite=2", "seite"),
        ("cert_lead", "/register/notfallkarten.pdf?kreis=Gotha", "kreis"),
        ("cert_lead", "/register/notfallkarten.pdf?seite=2", "seite"),
        ("analyst", "/warnmeldungen?zustand=alt", "zustand"),
        ("analyst", "/warnmeldungen?warnstufe=9", "warnstufe"),
        ("auditor", "/protokoll?seite=2", "seite"),
        ("administrator", "/konten?rolle=alle", "rolle"),
    ]
    .map(|(name, address, field)| (name, address.to_owned(), field))
    .into_iter()
    .chain(["zustand", "kreis", "seite"].map(|field| ("analyst", format!("{board}?{field}=alt"), field)))
    .collect();
    for (name, address, field) in odd {
        let reply = door.get(&who(name), &address).await;
        let said = if address.starts_with("/api/") {
            format!("\"errors\":[{{\"field\":\"{field}\",\"reason\":\"")
        } else {
            format!("<b>{field}</b>: ")
        };
        assert_eq!(reply.status.as_u16(), 422, "{address}: {}", reply.text());
        assert!(reply.text().contains(&said), "{address}: {}", reply.text());
    }
}
