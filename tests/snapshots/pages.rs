//! Every page that any route answers with, asked by people of a town hall, of the CERT, and by strangers.

use std::collections::{BTreeMap, BTreeSet};

use meldekette::incidents::guide::model::Step;
use meldekette::incidents::input::RawReport;
use meldekette::incidents::papers::model::Paper;
use meldekette::incidents::service as incidents;

use super::Reviewed;
use crate::policy::{Outcome, Row, request, rows};
use crate::support::app::House;
use crate::support::client::{Door, Reply};
use crate::support::guide;
use crate::support::strangers;
use crate::support::town::{Town, report};

/// Roles by side; the first that may is asked. A page that sides see alike is kept as the first one's: what a stranger or
/// a town hall reads bears their name, and is counted as theirs by `tests/plain`.
const SIDES: [(&str, &[&str]); 3] = [
    ("fremd", &["anonymous"]),
    ("rathaus", &["org_lead", "reporter"]),
    ("cert", &["cert_lead", "administrator", "analyst", "approver", "auditor"]),
];

/// One row for each route, method, variant and side, and another where there is a draft of it.
fn asked() -> Vec<(String, Row)> {
    let mut chosen: BTreeMap<(bool, String, usize), Row> = BTreeMap::new();
    for (rank, (_, roles)) in SIDES.iter().enumerate() {
        for role in *roles {
            for row in rows().into_iter().filter(|row| row.role == *role && is_page(row)) {
                // What only one may of many who ask is a matter of the policy, not of the page.
                let variant = if row.method == "GET" { "" } else { row.variant.as_str() };
                let draft = if row.relation == "draft" { "entwurf" } else { "" };
                let name = [row.method.as_str(), &row.route, variant, draft].join(" ");
                chosen.entry((row.method == "POST", name, rank)).or_insert(row);
            }
        }
    }
    let named = |name: String, rank: usize| super::slug(&format!("{name} {}", SIDES[rank].0));
    chosen.into_iter().map(|((_, name, rank), row)| (named(name, rank), row)).collect()
}

/// Whether the row may be answered with a page of its own.
fn is_page(row: &Row) -> bool {
    let is_gone_link =
        row.route.contains("{token}") && row.role == "anonymous" && row.expected == Outcome::Hidden;
    row.method != "CLI" && !row.route.starts_with("/api/") && (row.expected == Outcome::Ok || is_gone_link)
}

/// The page without what is around it, and what is around it.
fn parts(reply: &Reply) -> Option<(String, String)> {
    let kind = reply.headers.get("content-type")?.to_str().ok()?;
    if !kind.starts_with("text/html") {
        return None;
    }
    let page = reply.text();
    let (before, rest) = page.split_once("<main").expect("a main part");
    let (main, after) = rest.split_once("</main>").expect("its end");
    let (_, title) = before.split_once("<title>").expect("a title");
    let title = title.split("</title>").next().unwrap_or_default();
    let main = format!("{} {title}\n<main{main}</main>", reply.status);
    Some((lines(&main), lines(&format!("{}\n<main></main>{after}", before.replace(title, "TITLE")))))
}

/// Rows of a table, and mails of a queue, that are kept.
const ROWS: usize = 5;

/// A line for each element, so that a difference is short, without the rows that repeat others.
fn lines(html: &str) -> String {
    let (mut kept, mut rows) = (Vec::new(), 0);
    for line in html.replace("><", ">\n<").lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        rows = if line.starts_with("<tbody") { 0 } else { rows + usize::from(line.starts_with("<tr")) };
        if line.starts_with("</tbody") {
            rows = 0;
        }
        if rows <= ROWS {
            kept.push(line.to_owned());
        }
    }
    kept.join("\n")
}

/// Without how many mails the whole town has caused, and without most of them.
fn queue(main: &str) -> String {
    let is_count = |line: &str| {
        let number = line.strip_prefix("<dd>").and_then(|line| line.strip_suffix("</dd>"));
        number.is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
    };
    let (mut kept, mut items) = (Vec::new(), 0);
    for line in main.lines() {
        items = if line.starts_with("</ul") { 0 } else { items + usize::from(line.starts_with("<li")) };
        if items <= ROWS {
            kept.push(if is_count(line) { "<dd>[count]</dd>" } else { line });
        }
    }
    kept.join("\n")
}

#[actix_web::test]
async fn every_page_is_as_it_was_reviewed() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("what the requests set off is nobody's matter here");
    let (mut reviewed, mut shells, mut mains) = (Reviewed::new("pages"), BTreeMap::new(), BTreeSet::new());
    for (name, row) in asked() {
        let (_, reply) = request(&town, &door, &house.app.db, &row).await;
        let Some((main, shell)) = parts(&reply) else { continue };
        let side = name.rsplit('-').next().expect("a side").to_owned();
        shells.entry(side).or_insert(shell);
        // One page that all sides see alike is reviewed once.
        let route = format!("{} {}", row.method, row.route);
        if mains.insert((route, super::unchanging(&main))) {
            reviewed.compare(&name, &if row.route == "/warteschlangen" { queue(&main) } else { main });
        }
    }
    for (side, shell) in shells {
        reviewed.compare(&format!("rahmen-{side}"), &shell);
    }
    questions(&mut reviewed, &house, &door, &town).await;
    without_account(&mut reviewed, &house, &door, &town).await;
    papers(&mut reviewed, &house, &door, &town).await;
    for (name, path) in [("nicht-gefunden", "/nirgends"), ("nicht-erlaubt", "/protokoll")] {
        let reply = door.get(&town.cast.person("reporter").visitor, path).await;
        reviewed.compare(name, &parts(&reply).expect("a page").0);
    }
    reviewed.done();
}

/// Every question of the guided report, the ones that ask closer for each thing observed, and the refused summary.
async fn questions(reviewed: &mut Reviewed, house: &House, door: &Door, town: &Town) {
    let reporter = town.cast.person("reporter");
    for observed in ["encrypted", "mail", "account", "data"] {
        let said = [(Step::Observed, &[("observed", observed), ("title", "Vorfall")][..])];
        let draft = guide::draft(house, reporter.account, &said).await;
        let steps = if observed == "data" { Step::ALL } else { &[Step::Closer] };
        // Whoever has an account is not asked in words for whom.
        for step in steps.iter().filter(|step| **step != Step::Office) {
            let reply = door.get(&reporter.visitor, &format!("/melden/{draft}/{}", step.code())).await;
            let main = parts(&reply).expect("a page").0;
            let name =
                if *step == Step::Closer { format!("naeher-{observed}") } else { step.code().to_owned() };
            reviewed.compare(&format!("frage-{name}"), &main);
        }
        if observed == "data" {
            let review = format!("/melden/{draft}/pruefen");
            let refused = door.post(&reporter.visitor, &review, &[("version", "2")]).await;
            reviewed.compare("frage-pruefen-abgelehnt", &parts(&refused).expect("a page").0);
        }
    }
}

/// What only somebody without an account sees: the choice of what the register has found, and how a report stands.
async fn without_account(reviewed: &mut Reviewed, house: &House, door: &Door, town: &Town) {
    let stranger = strangers::holding(&town.cast.stranger, &strangers::draft(house, "Ausfall", "").await);
    let mut compare = |name: &str, reply: &Reply| reviewed.compare(name, &parts(reply).expect("a page").0);
    let typed = [("version", strangers::VERSION), ("office_name", "Gemeinde Eigen"), ("tun", "weiter")];
    compare("ohne-konto-stelle-gefunden", &door.post(&stranger, "/ohne-konto/stelle", &typed).await);
    compare("ohne-konto-angefangen", &door.get(&stranger, "/ohne-konto").await);
    let sent = strangers::holding(&town.cast.stranger, &town.held["sent"]);
    let receipt = door.get(&sent, "/ohne-konto/beleg").await.text();
    let code = receipt.rsplit_once("mk-code\">").expect("a receipt").1.split('<').next().unwrap_or_default();
    let typed = [("aktenzeichen", town.cases["loose"].reference.as_str()), ("code", code)];
    compare("status-gefunden", &door.post(&town.cast.stranger, "/status", &typed).await);
}

/// Each paper of a case that concerns people's data and a member municipality, as it is suggested.
async fn papers(reviewed: &mut Reviewed, house: &House, door: &Door, town: &Town) {
    let (reporter, houses) = (town.cast.person("reporter"), town.cast.houses);
    let report =
        RawReport { affected: vec![houses.member.to_string()], ..report("eigen", houses.own, "by_name") };
    let report = report.parse().expect("a report");
    let filed = house.act(reporter.account, move |tx, actor| incidents::file(tx, actor, &report)).await;
    for paper in Paper::ALL {
        let path = format!("/vorgaenge/{}/papiere/{}", filed.reference, paper.code());
        let reply = door.get(&reporter.visitor, &path).await;
        let main = parts(&reply).expect("a page").0.replace(&filed.reference, "TH-2026-00000");
        reviewed.compare(&format!("papier-{}", paper.code()), &main);
    }
}
