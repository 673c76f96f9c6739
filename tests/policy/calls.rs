//! From a row to a request: who asks, which thing, which address; and what becomes of it.

use diesel::prelude::*;
use meldekette::access::service::people::{self, Invitation};
use meldekette::access::service::tokens::{self, NewToken};
use meldekette::access::service::{factors, first};
use meldekette::core::actor::{Actor, Role, Scope};
use meldekette::core::error::{Error, Result};
use meldekette::core::ids::{EvidenceId, OrgId};
use meldekette::correspondence::model::{Envelope, Road};
use meldekette::correspondence::service as correspondence;
use meldekette::desk::permit_export;
use meldekette::directory::service::{self as directory, ImportOptions};
use meldekette::escalation::service as escalation;
use meldekette::incidents::dossier::service as dossier;
use meldekette::incidents::evidence::model::Kept;
use meldekette::incidents::importing::service as importing;
use meldekette::incidents::service as incidents;
use meldekette::store::Db;
use meldekette::store::schema::{advisories, advisory_versions as versions};

use super::expected::{Outcome, Row};
use super::forms::{Sent, body, in_version};
use crate::support::cast::{PASSWORD, REGISTER, address, named};
use crate::support::client::{Door, Reply, Visitor, upload_request};
use crate::support::strangers;
use crate::support::town::{Case, Town, canary};

/// Something that is not there.
pub const NOTHING: &str = "01999999-0000-7000-8000-000000000000";

/// The house that a relation is about, seen from "Eigen".
pub fn house(town: &Town, relation: &str) -> OrgId {
    match relation {
        "related" => town.cast.houses.member,
        "foreign" => town.cast.houses.foreign,
        other => town.grantors.get(other).copied().unwrap_or(town.cast.houses.own),
    }
}

/// What the relation calls a house's things.
fn things(relation: &str) -> &str {
    match relation {
        "related" | "foreign" => relation,
        _ => "own",
    }
}

fn case<'a>(town: &'a Town, relation: &str) -> &'a Case {
    &town.cases[if matches!(relation, "above" | "unscoped" | "author") { "own" } else { relation }]
}

/// The name in the cast of who asks.
fn who(row: &Row) -> String {
    match (row.relation, row.role) {
        ("above", "reporter" | "org_lead") => format!("member.{}", row.role),
        ("oneself", "administrator") => "administrator3".to_owned(),
        _ => row.role.to_owned(),
    }
}

/// Whether the request ends the session that it comes in.
fn ends_session(row: &Row) -> bool {
    let links = ["/abmelden", "/passwort/{token}", "/einladung/{token}", "/einladung/erste/{token}"];
    row.method == "POST" && (links.contains(&row.route.as_str()) || row.relation == "oneself")
}

/// Who asks, in whose browser the draft is that the row is about.
pub async fn visitor(town: &Town, door: &Door, row: &Row) -> Visitor {
    let who = asker(town, door, row).await;
    match held(town, row) {
        Some(code) if row.route != "/ohne-konto/weiter" => strangers::holding(&who, code),
        _ => who,
    }
}

/// The code of the draft without an account that the row is about.
pub fn held<'a>(town: &'a Town, row: &Row) -> Option<&'a String> {
    if !row.route.starts_with("/ohne-konto/") || row.relation != "author" {
        return None;
    }
    let key = match (row.method.as_str(), row.route.as_str()) {
        ("POST", "/ohne-konto/pruefen") => format!("send.{}", row.role),
        (_, "/ohne-konto/verwerfen") => format!("discard.{}", row.role),
        (_, "/ohne-konto/beleg") => "sent".to_owned(),
        _ => "write".to_owned(),
    };
    Some(&town.held[&key])
}

async fn asker(town: &Town, door: &Door, row: &Row) -> Visitor {
    if row.role == "anonymous" {
        return town.cast.stranger.clone();
    }
    let person = town.cast.person(&who(row));
    if ends_session(row) {
        return door.sign_in(&person.mail, PASSWORD).await;
    }
    match row.relation {
        "unscoped" if row.route.contains("organisations") => person.cases_only.clone(),
        "unscoped" => person.register_only.clone(),
        _ => person.visitor.clone(),
    }
}

/// The address of the thing that the row is about.
pub fn path(town: &Town, row: &Row) -> String {
    let (route, relation) = (row.route.as_str(), row.relation);
    let is_none = relation == "none";
    if let Some(kind) = [
        ("/passwort/{token}", "reset"),
        ("/einladung/{token}", "invite"),
        ("/einladung/erste/{token}", "first"),
        ("/eskalation/{token}", "step"),
        ("/bestaetigung/{token}", "report"),
        ("/kontakt/{token}", "contact"),
        ("/betroffenheit/{token}", "asked"),
        ("/bereitschaft/kalender/{token}.ics", "calendar"),
    ]
    .iter()
    .find(|(link, _)| *link == route)
    {
        let token = if is_none { "x".repeat(43) } else { town.links[&(kind.1, row.role)].clone() };
        return route.replace("{token}", &token);
    }
    if route == "/ohne-konto/{schritt}" {
        return route.replace("{schritt}", if row.variant.is_empty() { "was" } else { &row.variant });
    }
    if route.contains("{draft}") {
        return draft_path(town, row);
    }
    if route.starts_with("/posteingang/") {
        let (mail, file) = &town.inbound;
        let mail = if is_none { NOTHING.to_owned() } else { mail.to_string() };
        return route.replace("{mail}", &mail).replace("{file}", &file.to_string());
    }
    match route {
        "/assets/{name}" => return town.asset.clone(),
        "/demo/mails/{name}" if !is_none => return route.replace("{name}", &town.kept_mail),
        "/druck/{reference}/{label}/{time}.css" => {
            return "/druck/TH-2026-00001/amber/2026-11-21T0900.css".to_owned();
        }
        "/warteschlangen/mail/{id}" => return route.replace("{id}", &town.failed_mail.to_string()),
        "/warteschlangen/mail/{id}/alle" => return route.replace("{id}", &town.failed_dispatch.to_string()),
        "/beobachtungen/{observable}" if !is_none => {
            return route.replace("{observable}", &town.observable.to_string());
        }
        "/beobachtungen/{observable}" => {
            return route.replace("{observable}", &uuid::Uuid::nil().to_string());
        }
        "/warteschlangen/auftrag/{id}" => return route.replace("{id}", &town.dead_job.to_string()),
        "/konto/tokens/{token}/widerrufen" => {
            let whose = if relation == "own" { row.role } else { "foreign.reporter" };
            let token = town.tokens.get(whose).map_or(NOTHING.to_owned(), ToString::to_string);
            return route.replace("{token}", &token);
        }
        _ => {}
    }
    if let Some(path) = arranged(town, row) {
        return path;
    }
    if route.contains("{step}") {
        return step_path(town, route, relation);
    }
    if ["/suche", "/api/v1/search"].contains(&route) {
        // In quotes it is looked for, and does not lead to the case at once.
        let sought = if is_none { "Nichts" } else { &case(town, relation).reference };
        return format!("{route}?q=%22{sought}%22");
    }
    let mut path = route.to_owned();
    if route.contains("vorgaenge/{reference}") || route.contains("incidents/{reference}") {
        let reference = if is_none { "TH-2026-99999" } else { &case(town, relation).reference };
        path = path.replace("{reference}", reference);
    }
    if route.ends_with("/betroffenheit/{stelle}") {
        // Who is asked there: the own house, or whom it serves.
        let asked = if relation == "asked" { town.cast.houses.own } else { town.grantors["served"] };
        path = path.replace("{stelle}", &asked.to_string());
    }
    // Of a case in which the own house has another part, the duty is that of the house that reported it.
    let reporter = house(town, if relation == "handler" { "foreign" } else { relation });
    path = path
        .replace("{stelle}", &reporter.to_string())
        .replace("{regel}", "dsgvo")
        .replace("{stufe}", "report");
    path = path.replace("{papier}", if row.variant.is_empty() { "lage" } else { &row.variant });
    if path.contains("{reference}") {
        path = path.replace("{reference}", &advisory(town, row));
    }
    let things = &town.belongings[things(relation)];
    let view = if relation == "above" { format!("above.{}", row.role) } else { row.role.to_owned() };
    let of = |id: String| if is_none { NOTHING.to_owned() } else { id };
    let mandate = if route.ends_with("niederlegen") { things.held } else { things.granted };
    if path.contains("{task}") {
        let key = match (row.variant.as_str(), relation) {
            ("team" | "andere", _) => row.variant.as_str(),
            (_, "above" | "unscoped") => "own",
            (_, relation) => relation,
        };
        let task = town.tasks.get(key).map_or(NOTHING.to_owned(), ToString::to_string);
        path = path.replace("{task}", &task);
    }
    if path.contains("{thread}") {
        let key = if matches!(relation, "above") { "own" } else { relation };
        let thread = town.threads.get(key).map_or(NOTHING.to_owned(), ToString::to_string);
        path = path.replace("{thread}", &thread);
    }
    if path.contains("{file}") {
        let key = if row.variant == "team" { "team" } else { relation };
        let key = if matches!(key, "above") { "own" } else { key };
        let file = town.files.get(key).map_or(NOTHING.to_owned(), ToString::to_string);
        path = path.replace("{file}", &file);
    }
    path = path
        .replace("{mandate}", &mandate.to_string())
        .replace("{id}", &of(things.org.to_string()))
        .replace("{contact}", &things.contact.to_string())
        .replace("{asset}", &things.assets[&view].to_string())
        .replace("{relation}", &things.relations[&view].to_string());
    let account = if relation == "oneself" { town.cast.person(&who(row)).account } else { things.extra };
    path = path.replace("{account}", &of(account.to_string()));
    let grant = match (route.ends_with("bestaetigen"), relation) {
        (true, _) => town.waiting_grants[relation],
        (false, "team") => town.cert_grants[row.role],
        (false, _) => things.grants[row.role],
    };
    path.replace("{grant}", &grant.to_string()).replace("{name}", "nichts")
}

/// The address of what somebody arranged in the queue.
fn arranged(town: &Town, row: &Row) -> Option<String> {
    let route = row.route.as_str();
    // Whoever has no queue has arranged nothing in it: an analyst's things stand for theirs.
    let has_queue = ["analyst", "cert_lead"].contains(&row.role);
    let key = match row.relation {
        "own" if has_queue => format!("own.{}", row.role),
        "own" => "own.analyst".to_owned(),
        relation => relation.to_owned(),
    };
    let (part, id) = if route.contains("{filter}") {
        let again = if route.ends_with("entfernen") { "remove." } else { "" };
        ("{filter}", town.arranged.filters.get(&format!("{again}{key}")).map(ToString::to_string))
    } else if route.contains("{absence}") {
        ("{absence}", town.arranged.absences.get(&key).map(ToString::to_string))
    } else if route.contains("{shift}") {
        ("{shift}", town.arranged.shifts.get(row.relation).map(ToString::to_string))
    } else if route.contains("{handover}") {
        let key = if row.relation == "foreign" && has_queue { format!("foreign.{}", row.role) } else { key };
        let key = if key == "foreign" { "foreign.analyst".to_owned() } else { key };
        let again = if route.ends_with("zurueck") && row.relation == "own" { "remove." } else { "" };
        ("{handover}", town.arranged.handovers.get(&format!("{again}{key}")).map(ToString::to_string))
    } else if route.contains("{lauf}") {
        ("{lauf}", town.arranged.runs.get(&key).map(ToString::to_string))
    } else {
        return None;
    };
    Some(route.replace(part, id.as_deref().unwrap_or(NOTHING)))
}

fn draft_path(town: &Town, row: &Row) -> String {
    let key = match row.relation {
        "foreign" if row.route.starts_with("/telefon") => "call.foreign".to_owned(),
        "author" if row.route == "/telefon/{draft}" && row.variant == "senden" => {
            format!("call.send.{}", row.role)
        }
        "author" if row.route == "/telefon/{draft}" => format!("call.{}", row.role),
        "author" if row.route.starts_with("/telefon") => format!("call.discard.{}", row.role),
        "author" if row.route.ends_with("verwerfen") => format!("discard.{}", row.role),
        "author" => row.role.to_owned(),
        "own" => "colleague".to_owned(),
        other => other.to_owned(),
    };
    let id = town.drafts.get(key.as_str()).map_or(NOTHING.to_owned(), ToString::to_string);
    let step = if row.variant.is_empty() { "was" } else { &row.variant };
    row.route.replace("{draft}", &id).replace("{schritt}", step)
}

fn step_path(town: &Town, route: &str, relation: &str) -> String {
    let kind = if route.ends_with("bestaetigung") {
        match relation {
            "above" => "own",
            other => other,
        }
    } else {
        match relation {
            "author" => "waiting.author",
            "unnamed" => "waiting.unnamed",
            _ if route.ends_with("ruecknahme") => "waiting.withdraw",
            _ => "waiting",
        }
    };
    if relation == "none" {
        let reference = &town.cases["own"].reference;
        return route.replace("{reference}", reference).replace("{step}", NOTHING);
    }
    let (case, step) = &town.steps[kind];
    route.replace("{reference}", &case.reference).replace("{step}", &step.to_string())
}

fn advisory(town: &Town, row: &Row) -> String {
    let key = match row.relation {
        "none" => return "TH-CERT-2026-9999".to_owned(),
        "above" | "unscoped" => "own",
        "unnamed" => "named",
        "author" if row.role == "cert_lead" => "author.cert_lead",
        "author" => "author.analyst",
        other => other,
    };
    town.advisories[key].to_string()
}

/// What a list or a timeline holds, where the thing is on it.
fn marker(town: &Town, row: &Row) -> Option<String> {
    if row.variant == "steht" {
        return Some("\"unconfirmed\":false".to_owned());
    }
    if row.method != "GET" || matches!(row.relation, "none" | "unscoped") {
        return None;
    }
    let word = match row.relation {
        "related" => "mitglied",
        "handler" => "beteiligt",
        "named" => "benannt",
        "unnamed" => "unbenannt",
        "foreign" => "fremd",
        "coming" => "mandatkuenftig",
        "beside" => "mandatneben",
        "ended" => "mandatvorbei",
        "revoked" => "mandatwiderrufen",
        "reports" => "mandatmeldet",
        "reads" => "mandatliest",
        "acts" => "mandathandelt",
        "served" => "mandatbedient",
        _ => "eigen",
    };
    match (row.route.as_str(), row.variant.as_str()) {
        ("/vorgaenge" | "/eingang" | "/api/v1/incidents", _) => {
            Some(case(town, row.relation).reference.clone())
        }
        // What was sought stands on the page in any case.
        ("/suche", _) => Some(format!("/vorgaenge/{}", case(town, row.relation).reference)),
        ("/api/v1/search", _) => Some(format!("\"reference\":\"{}\"", case(town, row.relation).reference)),
        ("/warnmeldungen" | "/api/v1/advisories", _) => Some(advisory(town, row)),
        ("/konten", _) => Some(town.belongings[things(row.relation)].extra_mail.clone()),
        ("/vorgaenge/{reference}/aufgaben/{task}", "team") => Some(canary(word, "Teamaufgabe")),
        // What the CERT must report itself.
        ("/vorgaenge/{reference}/pflichten", "cert") => Some("VerwaltungsCERT-Verbund".to_owned()),
        (_, "anruf") => Some(canary(word, "Anrufnotiz")),
        ("/vorgaenge/{reference}/beweise/{file}", "team") => Some(canary(word, "Teambeweis")),
        (_, "team") => Some(canary(word, "Teamnotiz")),
        _ => None,
    }
}

/// The version of an advisory's newest version's row.
pub fn lock(db: &Db, reference: &str) -> i32 {
    let lock = db.read_now(|tx| {
        let same = advisories::table.filter(advisories::reference.eq(reference)).select(advisories::id);
        let newest =
            versions::table.filter(versions::advisory_id.eq_any(same)).order(versions::number.desc());
        Ok(newest.select(versions::version).first::<i32>(tx.conn)?)
    });
    lock.unwrap_or(0)
}

/// The present version, for what only pages do: they answer a stale form with the page, which says who sees it.
fn version(town: &Town, db: &Db, row: &Row) -> Option<i32> {
    let (tail, relation) = (row.route.rsplit('/').next()?, row.relation);
    if relation == "none" || row.method != "POST" {
        return None;
    }
    if ["wiedervorlage", "beschraenkung"].contains(&tail) {
        let id = case(town, relation).id;
        return db.read_now(|tx| Ok(incidents::load(tx, id)?.version)).ok();
    }
    if row.variant == "zurueckgeben" {
        return Some(lock(db, &advisory(town, row)));
    }
    None
}

/// What becomes of a row's request.
pub async fn ask(town: &Town, door: &Door, db: &Db, row: &Row) -> Outcome {
    if row.method == "CLI" {
        return said(command(town, db, row).await);
    }
    let (_, reply) = request(town, door, db, row).await;
    match outcome(&reply, marker(town, row).as_deref()) {
        Outcome::Ok if !is_of_draft(row, &reply) => Outcome::Hidden,
        found => found,
    }
}

/// Whether an answer about a draft without an account is about the draft whose code was shown, and not a page for whoever
/// holds none.
fn is_of_draft(row: &Row, reply: &Reply) -> bool {
    match (row.method.as_str(), row.route.as_str()) {
        ("POST", "/ohne-konto/weiter") => {
            reply.to.as_deref().is_some_and(|to| to.starts_with("/ohne-konto/"))
        }
        ("GET", "/ohne-konto/{schritt}" | "/ohne-konto/pruefen") => {
            reply.text().contains(&canary(strangers::WORD, "Titel"))
        }
        _ => true,
    }
}

/// A row's request and answer, with the name of who asks.
pub async fn request(town: &Town, door: &Door, db: &Db, row: &Row) -> (String, Reply) {
    let (visitor, path) = (visitor(town, door, row).await, path(town, row));
    let sent = match version(town, db, row) {
        Some(version) => in_version(body(town, row), version),
        None => body(town, row),
    };
    let reply = match sent {
        Sent::Get => door.get(&visitor, &path).await,
        Sent::Form(fields) => door.post(&visitor, &path, &fields).await,
        Sent::Json(value) => door.json(&visitor, &path, &value).await,
        Sent::Piece(bytes) => {
            let request = actix_web::test::TestRequest::patch().uri(&path);
            let request = request.insert_header(("x-form-token", visitor.csrf.clone()));
            let request = request.insert_header(("upload-offset", "0")).set_payload(bytes);
            door.send(visitor.dress(request, &path)).await
        }
        Sent::File(file) => {
            let request = upload_request(&path, &visitor.csrf, &file);
            door.send(visitor.dress(request, &path)).await
        }
    };
    assert_eq!(reply.route.as_deref(), Some(row.route.as_str()), "{row}: {path} goes elsewhere");
    (who(row), reply)
}

fn outcome(reply: &Reply, marker: Option<&str>) -> Outcome {
    let leads_to_sign_in = reply.to.as_deref().is_some_and(|to| to.starts_with("/anmelden?weiter="));
    match reply.status.as_u16() {
        401 => Outcome::SignIn,
        303 if leads_to_sign_in => Outcome::SignIn,
        403 => Outcome::Forbidden,
        404 => Outcome::Hidden,
        200 | 201 if marker.is_some_and(|marker| !reply.text().contains(marker)) => Outcome::Hidden,
        200..=399 | 409 | 422 => Outcome::Ok,
        other => Outcome::Other(other),
    }
}

fn said<T>(result: Result<T>) -> Outcome {
    match result {
        Ok(_) | Err(Error::Conflict(_) | Error::Invalid(_) | Error::Stale) => Outcome::Ok,
        Err(Error::Forbidden(_)) => Outcome::Forbidden,
        Err(Error::NotFound) => Outcome::Hidden,
        Err(Error::SignInNeeded) => Outcome::SignIn,
        Err(_) => Outcome::Other(500),
    }
}

/// What the command line does as the product itself.
async fn command(town: &Town, db: &Db, row: &Row) -> Result<()> {
    let (houses, account) = (town.cast.houses, town.belongings["own"].extra);
    match (row.route.as_str(), row.relation) {
        ("meldekette directory import", _) => {
            let system = Actor::system("directory");
            let file = REGISTER.as_bytes().to_vec();
            directory::import(db, &system, file, ImportOptions::default()).await.map(|_| ())
        }
        ("meldekette account invite", relation) => {
            let (organisation, role) = match relation {
                "team" => (houses.cert, Role::Analyst),
                _ => (houses.own, Role::Reporter),
            };
            let mail = address("neu-befehl@eigen.example");
            let invitation = Invitation { mail, name: named("Neue Person"), organisation, role };
            db.write(move |tx| people::invite(tx, &Actor::system("account"), &invitation)).await
        }
        ("meldekette account first-links", _) => {
            let first = move |tx: &mut meldekette::store::Tx<'_>| {
                first::first_administrators(tx, &Actor::system("account"), houses.cert)
            };
            db.write(first).await.map(|_| ())
        }
        ("meldekette account lock", _) => {
            db.write(move |tx| people::lock(tx, &Actor::system("account"), account)).await
        }
        ("meldekette account reset-second-factor", _) => {
            db.write(move |tx| factors::reset(tx, &Actor::system("account"), account)).await
        }
        ("meldekette account token", _) => {
            let new = NewToken {
                name: named("Befehl"),
                scopes: vec![Scope::DirectoryRead],
                valid_for: jiff::SignedDuration::from_hours(24),
            };
            db.write(move |tx| tokens::issue(tx, &Actor::system("account"), account, &new)).await.map(|_| ())
        }
        ("meldekette mail-in", _) => {
            let id = EvidenceId(db.env().uuid());
            let kept = Kept { id, data_key: vec![1], size: 1, sha256: [0; 32] };
            let take = move |tx: &mut meldekette::store::Tx<'_>| {
                let actor = Actor::system("mail-in");
                correspondence::register(tx, &actor, &kept, Road::Pipe, &Envelope::default())
            };
            db.write(take).await.map(|_| ())
        }
        ("meldekette case export", relation) => {
            let reference = case(town, relation).reference.clone();
            let gather = move |tx: &mut meldekette::store::Tx<'_>| {
                dossier::gather(tx, &Actor::system("case"), &reference, "cert.example").map(|_| ())
            };
            db.write(gather).await
        }
        ("meldekette escalation explain", relation) => {
            let reference = case(town, relation).reference.clone();
            let explain = move |tx: &mut meldekette::store::Tx<'_>| {
                escalation::explain(tx, &Actor::system("escalation"), &reference).map(|_| ())
            };
            db.write(explain).await
        }
        ("meldekette case import", _) => db.read(|tx| importing::permit(tx, &Actor::system("case"))).await,
        ("meldekette audit export", _) => db.write(|tx| permit_export(tx, &Actor::system("audit"))).await,
        (other, _) => panic!("{other} is no command"),
    }
}
