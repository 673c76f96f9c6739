//! Every form of every page, with every field spoilt in every way.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::civil::date;
use meldekette::access::service::load_actor;
use meldekette::core::actor::{Actor, Role};
use meldekette::core::error::Error;
use meldekette::core::ids::{AbsenceId, FilterId, HandoverId, OrgId, ShiftId};
use meldekette::core::text::Block;
use meldekette::core::when;
use meldekette::directory::model::{Kind, Level, OrganisationInput};
use meldekette::directory::service::{self as directory, Taken};
use meldekette::incidents::guide::model::Step;
use meldekette::incidents::guide::service as guide;
use meldekette::incidents::model::Category;
use meldekette::incidents::service as incidents;
use meldekette::incidents::tasks::model::Owner;
use meldekette::store::Tx;
use meldekette::store::schema::{
    absences, contacts, inbound_mails, organisations, queue_filters, shift_handovers, shifts,
};

use super::rows::count;
use crate::policy::forms::{Sent, body};
use crate::policy::{Outcome, Row, lock, path, rows, visitor};
use crate::support::app::House;
use crate::support::calls;
use crate::support::cast::{PASSWORD, named};
use crate::support::client::{Door, Reply, Visitor, form, form_request};
use crate::support::strangers;
use crate::support::third;
use crate::support::town::{Case, Town, case, stranger_writes, task};

/// Fields in which several lines are good.
const PROSE: [&str; 27] = [
    "notice",
    "others",
    "what",
    "warum",
    "why",
    "result",
    "description",
    "measures",
    "text",
    "body",
    "concerns",
    "note",
    "grund",
    "products",
    "certificate",
    "happened",
    "works",
    "steps",
    "next",
    "decide",
    "say",
    "ask",
    "heading",
    "notice",
    "data",
    "risks",
    "advice",
];
/// Forms of a case that change no row that somebody saw; and a paper or a draft begins at 0.
const VERSIONLESS: [&str; 21] = [
    "{stufe}",
    "betroffenheit",
    "vermerk",
    "vorschau",
    "anheftung",
    "nachricht",
    "uebergabe",
    "nachtrag",
    "eskalation",
    "bestaetigung",
    "{papier}",
    "aufgaben",
    "schriftwechsel",
    "ablauf",
    "ende",
    "baustein",
    "zusammenfuehren",
    "loesen",
    "verknuepfungen",
    "abtrennen",
    "beobachtungen",
];
/// Fields whose content says nothing by itself: what does not fit is left out of account.
const IGNORED: [&str; 3] = ["weiter", "username", "suche"];
const DATES: [&str; 11] = [
    "at",
    "remind",
    "due",
    "unusable_since",
    "occurred_at",
    "detected_at",
    "follow_up_at",
    "valid_from",
    "valid_until",
    "from",
    "until",
];
const IDS: [&str; 12] = [
    "zeile",
    "owner",
    "run",
    "organisation",
    "assignee",
    "named",
    "provider",
    "session",
    "escalation_to",
    "deputy",
    "organisations",
    "mandated",
];
const NUMBERS: [&str; 4] = ["version", "days", "priority", "warning_step"];

/// A version in the database.
macro_rules! stored {
    ($house:expr, $table:ident, $id:expr) => {
        $house
            .app
            .db
            .read_now(|tx| Ok($table::table.find($id).select($table::version).first::<i32>(tx.conn)?))
            .unwrap()
            .to_string()
    };
}

/// A form that is good as it is.
pub struct Good {
    pub path: String,
    pub fields: Vec<(&'static str, String)>,
    pub visitor: Visitor,
    /// Whether it is taken as it is, to be tried in the end.
    pub is_taken: bool,
}

async fn fresh(house: &House, town: &Town) -> Case {
    case(house, &town.cast, "reporter2", "eigen", town.cast.houses.own, "by_name").await
}

/// The row's form, made so that it would be taken.
async fn good_form(house: &House, town: &Town, door: &Door, row: &Row) -> Good {
    let Sent::Form(mut fields) = body(town, row) else { panic!("{row}: not a form") };
    let (mut path, mut visitor) = (path(town, row), visitor(town, door, row).await);
    let mut is_taken = true;
    let mut set = |name: &'static str, value: String| match fields.iter_mut().find(|(n, _)| *n == name) {
        Some(field) => field.1 = value,
        None => fields.push((name, value)),
    };
    let tail = row.route.rsplit('/').next().unwrap_or_default();
    // A new case has no question to many yet.
    let is_of_a_question = row.route.contains("/betroffenheit/");
    if row.route.starts_with("/vorgaenge/") && !row.route.contains("{step}") && !is_of_a_question {
        let case = fresh(house, town).await;
        let paper = if row.variant.is_empty() { "lage" } else { &row.variant };
        path = row.route.replace("{reference}", &case.reference).replace("{papier}", paper);
        path = path.replace("{stelle}", &town.cast.houses.own.to_string());
        path = path.replace("{regel}", "dsgvo").replace("{stufe}", "report");
        if !VERSIONLESS.contains(&tail) {
            let version = house.app.db.read_now(|tx| Ok(incidents::load(tx, case.id)?.version)).unwrap();
            set("version", version.to_string());
        }
        if row.route.contains("{task}") {
            let owner = match tail {
                "antwort" => Owner::Organisation(town.cast.houses.own),
                _ => Owner::Nobody,
            };
            let task = task(house, &town.cast, &case, owner, "Netz trennen").await;
            path = path.replace("{task}", &task.to_string());
            set("version", "1".to_owned());
        }
        if row.route.contains("{thread}") {
            let thread = third::thread(house, &town.cast, &case, "Bitte sperren Sie das.").await;
            path = path.replace("{thread}", &thread.to_string());
            set("version", third::VERSION.to_owned());
        }
        match tail {
            "{stufe}" => set("version", "0".to_owned()),
            "vermerk" => {
                let now = house.app.env.now().to_zoned(when::zone());
                set("at", now.strftime("%d.%m.%Y %H:%M").to_string());
            }
            // None is running.
            "ende" => is_taken = false,
            "einstufung" => {
                set("priority", "1".to_owned());
                set("priority_reason", "Weil es eilt".to_owned());
                set("category", Category::InfectedSystem.code().to_owned());
            }
            "wiedervorlage" => {
                set("ende", String::new());
                set("waiting_on", "Rückruf".to_owned());
                set("follow_up_at", "01.12.2026 10:00".to_owned());
            }
            "zuweisung" => set("assignee", "ich".to_owned()),
            "zusammenfuehren" => {
                set("lead", case.reference.clone());
                set("ref", fresh(house, town).await.reference);
                set("tun", "zusammenfuehren".to_owned());
            }
            "verknuepfungen" => set("ref", fresh(house, town).await.reference),
            // There is no link, no member and no later report in a new case.
            "loesen" | "abtrennen" => is_taken = false,
            // The line is none of this case.
            "anheftung" => is_taken = false,
            "beschraenkung" => {
                set("restricted", "ja".to_owned());
                set("named", town.cast.person("reporter2").account.to_string());
            }
            // Only what is triaged, or closed, can be moved or taken up again.
            "status" | "wiederaufnahme" => is_taken = false,
            // Nobody left anything for them.
            "uebergabe" => is_taken = false,
            // Nothing is to be confirmed in a case that the own house reported.
            "bestaetigung" => is_taken = false,
            _ => {}
        }
    }
    if tail == "zuordnen" {
        let (_, case) = strangers::sent(house, "Ausfall", "").await;
        path = row.route.replace("{reference}", &case.reference);
        set("version", "1".to_owned());
        set("organisation", town.cast.houses.own.to_string());
    }
    match row.route.as_str() {
        "/melden/{draft}/{schritt}" | "/melden/{draft}/pruefen" | "/melden/{draft}/verwerfen" => {
            let (draft, version) = whole_draft(house, town, row).await;
            path = row.route.replace("{draft}", &draft).replace("{schritt}", &row.variant);
            if tail != "verwerfen" {
                set("version", version);
            }
        }
        "/telefon/{draft}" | "/telefon/{draft}/verwerfen" => {
            let account = town.cast.person(row.role).account;
            let call = calls::fresh(house, account).await;
            path = row.route.replace("{draft}", &call.to_string());
            is_taken = row.variant != "pruefen";
        }
        "/anmelden" => {
            set("mail", town.cast.person("reporter").mail.clone());
            set("password", PASSWORD.to_owned());
        }
        "/register/{id}/bearbeiten" => {
            let org = entered(house, town).await;
            path = format!("/register/{org}/bearbeiten");
            set("version", stored!(house, organisations, org));
        }
        // Nobody waits for a telephone call.
        "/register/{id}/rueckruf" => is_taken = false,
        // A mark ends the sessions of a house, so it is not the one whose people send the other forms.
        "/register/{id}/offline" => {
            let (org, account) = (town.cast.houses.member, town.cast.person("analyst").account);
            let reason = Block::parse("Neu aufgesetzt").unwrap();
            // What was typed before may have been taken.
            let lift = move |tx: &mut Tx<'_>, actor: &Actor| match directory::lift_offline(
                tx, actor, org, &reason,
            ) {
                Err(Error::Stale) => Ok(()),
                lifted => lifted.map(|_| ()),
            };
            house.act(account, lift).await;
            path = format!("/register/{org}/offline");
        }
        "/register/{id}/offline/aufheben" => {
            let (org, account) = (town.cast.houses.foreign, town.cast.person("analyst").account);
            let reason = Block::parse("Verschlüsselung").unwrap();
            let mark =
                move |tx: &mut Tx<'_>, actor: &Actor| directory::mark_offline(tx, actor, org, None, &reason);
            house.act(account, mark).await;
            path = format!("/register/{org}/offline/aufheben");
        }
        "/register/{id}/telefon-code" => {
            let (org, account) = (town.cast.houses.own, town.cast.person("analyst").account);
            let card = move |tx: &mut Tx<'_>, actor: &Actor| directory::card(tx, actor, org, Taken::Shown);
            set("code", house.act(account, card).await.code.to_string());
        }
        "/register/{id}/anbindung" => {
            let org = town.cast.houses.own;
            set("version", stored!(house, organisations, org));
        }
        "/register/{id}/kontakte/{contact}" | "/register/{id}/kontakte/{contact}/beenden" => {
            let contact = town.belongings["own"].contact;
            set("version", stored!(house, contacts, contact));
            // The last one that can be written to stays.
            is_taken = tail != "beenden";
        }
        "/warnmeldungen/{reference}/bearbeiten" | "/warnmeldungen/{reference}/freigabe" => {
            let reference = path.split('/').nth(2).expect("a reference").to_owned();
            set("version", lock(&house.app.db, &reference).to_string());
            is_taken = row.variant.is_empty();
        }
        "/eingang/filter/{filter}" => {
            let id = town.arranged.filters[&format!("own.{}", row.role)];
            set("version", stored!(house, queue_filters, id));
        }
        "/eingang/filter" | "/eingang/abwesenheit" | "/bereitschaft/planen" | "/bereitschaft/uebergabe" => {
            make_room(house, town).await;
        }
        // A run that changed nothing is not taken back.
        "/eingang/auswahl/{lauf}/zurueck" => is_taken = false,
        // The mail did not come to an address that belongs to a case.
        "/posteingang/{mail}/adresse" => is_taken = false,
        "/posteingang/{mail}/meldung" | "/posteingang/{mail}/zuordnung" | "/posteingang/{mail}/verwerfen" => {
            let number = count(house)["inbound_mails"];
            let id = format!("Message-ID: <{number}@klein.example>\r\n");
            let (mail, _) = stranger_writes(house, &id).await;
            path = row.route.replace("{mail}", &mail.to_string());
            set("version", stored!(house, inbound_mails, mail));
            if tail == "zuordnung" {
                set("vorgang", fresh(house, town).await.reference);
            }
        }
        // Nobody has this code.
        "/status" => is_taken = false,
        "/ohne-konto" => {
            let page = door.get(&visitor, "/ohne-konto").await.text();
            set("karte", crate::support::guide::hidden(&page, "karte"));
        }
        "/ohne-konto/weiter" => set("code", town.held["write"].clone()),
        route if route.starts_with("/ohne-konto/") => {
            let code = strangers::draft(house, "Ausfall", "").await;
            visitor = strangers::holding(&visitor, &code);
            if tail != "verwerfen" {
                set("version", strangers::VERSION.to_owned());
            }
        }
        // A wrong password is refused; the right one would end the session that others still use.
        "/konto/passwort" | "/konto/zweiter-faktor/entfernen" => is_taken = false,
        // What was seen is another state than this.
        "/register/{id}/angaben" => is_taken = false,
        // There is no second factor that a code could be of.
        "/konto/zweiter-faktor" | "/konto/zweiter-faktor/codes" | "/konten/{account}/zweiter-faktor" => {
            is_taken = false;
        }
        _ => {}
    }
    // A new advisory has no version yet, and the CERT's own people need no organisation.
    let is_of_the_cert =
        row.route == "/konten/neu" && Role::parse(&row.variant).is_some_and(Role::is_at_cert);
    fields.retain(|(name, _)| {
        !(*name == "version" && row.route == "/warnmeldungen/neu"
            || *name == "organisation" && is_of_the_cert)
    });
    let begins_at_0 = ["{papier}", "{stufe}"].contains(&tail);
    let has_version = !begins_at_0 && fields.iter().any(|(name, value)| *name == "version" && value == "0");
    Good { path, fields, visitor, is_taken: is_taken && !has_version && !row.route.contains("{step}") }
}

/// Takes away what was kept by the forms of the queue before: nobody may keep many of it. One that shows what was typed
/// stays, for the pages that list it.
async fn make_room(house: &House, town: &Town) {
    let filters: Vec<_> = town.arranged.filters.values().copied().collect();
    let ahead: Vec<_> = town.arranged.absences.values().copied().collect();
    let kept_shifts: Vec<_> = town.arranged.shifts.values().copied().collect();
    let kept_offers: Vec<_> = town.arranged.handovers.values().copied().collect();
    house
        .write(move |tx| {
            let kept = queue_filters::table.filter(queue_filters::name.not_like("%{{7*7}}%"));
            let kept: Vec<FilterId> = kept.select(queue_filters::id).load(tx.conn)?;
            for id in kept.into_iter().filter(|id| !filters.contains(id)) {
                diesel::delete(queue_filters::table.find(id)).execute(tx.conn)?;
            }
            let said: Vec<AbsenceId> = absences::table.select(absences::id).load(tx.conn)?;
            for id in said.into_iter().filter(|id| !ahead.contains(id)) {
                diesel::delete(absences::table.find(id)).execute(tx.conn)?;
            }
            let planned: Vec<ShiftId> = shifts::table.select(shifts::id).load(tx.conn)?;
            for id in planned.into_iter().filter(|id| !kept_shifts.contains(id)) {
                diesel::delete(shifts::table.find(id)).execute(tx.conn)?;
            }
            let offered: Vec<HandoverId> =
                shift_handovers::table.select(shift_handovers::id).load(tx.conn)?;
            for id in offered.into_iter().filter(|id| !kept_offers.contains(id)) {
                diesel::delete(shift_handovers::table.find(id)).execute(tx.conn)?;
            }
            Ok(())
        })
        .await;
}

/// A draft that could be sent as it is, of whoever asks; with its version.
async fn whole_draft(house: &House, town: &Town, row: &Row) -> (String, String) {
    let own = town.cast.houses.own.to_string();
    let account = town.cast.person(row.role).account;
    let said = [
        (Step::Observed, &[("observed", "outage"), ("title", "Ausfall")][..]),
        (Step::Reach, &[("contact_phone", "030 23125 114")]),
        (Step::Houses, &[("organisation", own.as_str())]),
        (Step::Inform, &[("inform", "anonymous")]),
    ];
    // Nobody may have many of them at once, and time that passes here ends sessions.
    house
        .write(move |tx| {
            let actor = load_actor(tx, account)?.expect("an active account");
            let all = guide::list(tx, &actor)?;
            let ours = all.into_iter().filter(|draft| draft.answers.get("title") != "Doch nichts");
            ours.skip(3).try_for_each(|draft| guide::discard(tx, &actor, &guide::Key::Own(draft.id)))
        })
        .await;
    let id = crate::support::guide::draft(house, account, &said).await;
    (id.to_string(), (said.len() + 1).to_string())
}

/// An organisation that people entered, and may change.
async fn entered(house: &House, town: &Town) -> OrgId {
    let input = OrganisationInput {
        key: None,
        kind: Kind::StateAgency,
        level: Level::State,
        name: named("Landesamt für Beispiele"),
        district: None,
        is_administration: false,
        seat: None,
        postcode: None,
        valid_from: date(2026, 1, 1),
        valid_until: None,
    };
    let account = town.cast.person("cert_lead").account;
    house.act(account, move |tx, actor| directory::add_organisation(tx, actor, &input)).await
}

/// One way to spoil a field.
struct Spoilt {
    value: String,
    /// Whether it may be taken nevertheless.
    may_be_taken: bool,
}

fn spoil(name: &str) -> Vec<Spoilt> {
    let prose = PROSE.contains(&name);
    let ignored = IGNORED.contains(&name);
    let secret = name.contains("password");
    let bad = |value: &str| Spoilt { value: value.to_owned(), may_be_taken: ignored };
    let maybe = |value: String| Spoilt { value, may_be_taken: true };
    let mut all = vec![
        bad("Betreff\u{7}Glocke"),
        // A password is never shown: what it looks like deceives nobody. In prose the mark becomes visible.
        Spoilt { value: "Rechnung\u{202e}fdp.exe".to_owned(), may_be_taken: secret || prose || ignored },
        bad("Null\u{0}Byte"),
        Spoilt { value: "Betreff\r\nBcc: fremd@boese.example".to_owned(), may_be_taken: prose || ignored },
        Spoilt { value: "x".repeat(10_000), may_be_taken: prose || ignored },
        maybe("<script>alert(1)</script>{{7*7}}${7*7}".to_owned()),
        maybe(String::new()),
        maybe("'; DROP TABLE incidents; --".to_owned()),
    ];
    if DATES.contains(&name) {
        all.extend(["31.12.1969 10:00", "01.01.2101 00:00", "31.12.1899", "01.01.2101", "vorhin"].map(bad));
        all.extend(["32.13.2026 25:61", "2026-02-30T10:00", "+99999-01-01T00:00:00Z"].map(bad));
    }
    if IDS.contains(&name) {
        all.extend(["01999999-0000-7000-8000-000000000000", "../../etc/passwd", "0", "null"].map(bad));
    }
    if NUMBERS.contains(&name) {
        all.extend(["99999999999999999999", "-1", "1e3", "0x10", "NaN", "١"].map(bad));
    }
    all
}

/// The POST forms of all pages, each once, asked by somebody who may.
fn forms() -> Vec<Row> {
    let mut seen = BTreeSet::new();
    let mut rows = rows();
    // Of an advisory, a draft: what is out is not changed any more.
    rows.retain(|row| {
        !row.route.starts_with("/warnmeldungen/{") || row.relation == "draft" || row.variant == "fassung"
    });
    rows.into_iter()
        .filter(|row| {
            row.method == "POST"
                && !row.route.starts_with("/api/")
                && row.route != "/register/import"
                // Any name of a file is taken: see tests/evidence.
                && !row.route.contains("/beweise")
        })
        .filter(|row| row.expected == Outcome::Ok)
        .filter(|row| seen.insert((row.route.clone(), row.variant.clone())))
        .collect()
}

/// What was tried, and what came out wrong.
struct Tried {
    faults: Vec<String>,
    cases: usize,
}

impl Tried {
    fn fault(&mut self, row: &Row, what: &str, reply: &Reply) {
        self.faults.push(format!("{} {}#{}: {what}: {}", row.line, row.route, row.variant, reply.status));
    }
}

#[actix_web::test]
async fn whatever_is_typed_into_a_form_is_taken_or_answered_with_field_and_reason() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    let mut tried = Tried { faults: Vec::new(), cases: 0 };
    for row in forms() {
        let mut good = good_form(&house, &town, &door, &row).await;
        for at in 0..good.fields.len() {
            for spoilt in spoil(good.fields[at].0) {
                let is_taken = try_field(&mut tried, &house, &door, &row, &good, at, &spoilt).await;
                // A draft keeps what it refuses, too.
                if is_taken
                    || row.route.starts_with("/melden/{draft}")
                    || row.route.starts_with("/ohne-konto/")
                    || row.route.starts_with("/telefon/")
                {
                    let taken = good_form(&house, &town, &door, &row).await;
                    // What works once has worked now.
                    let is_taken = taken.is_taken && !row.route.contains("{token}");
                    good = Good { is_taken, ..taken };
                }
            }
        }
        try_form(&mut tried, &house, &door, &row, &good).await;
        if good.is_taken {
            let reply = door.post(&good.visitor, &good.path, &good.fields).await;
            if !matches!(reply.status.as_u16(), 200 | 303) {
                tried.fault(&row, "good as it is", &reply);
            }
        }
        house.work().await;
    }
    house.leaves("dead letters of the town itself");
    nothing_typed_becomes_markup(&mut tried, &house, &town, &door).await;
    println!("bad input: {} forms, {} cases, {} faults", forms().len(), tried.cases, tried.faults.len());
    assert!(tried.faults.is_empty(), "{} faults:\n{}", tried.faults.len(), tried.faults.join("\n"));
}

/// Whether it was taken.
async fn try_field(
    tried: &mut Tried,
    house: &House,
    door: &Door,
    row: &Row,
    good: &Good,
    at: usize,
    spoilt: &Spoilt,
) -> bool {
    let (mut fields, before) = (good.fields.clone(), count(house));
    let name = fields[at].0;
    fields[at].1.clone_from(&spoilt.value);
    let reply = door.post(&good.visitor, &good.path, &fields).await;
    tried.cases += 1;
    let shown: String = spoilt.value.chars().take(30).collect();
    let what = format!("{name} = {shown:?}");
    let is_refused = reply.status.is_client_error();
    if reply.status.is_server_error() || (!is_refused && !spoilt.may_be_taken) {
        tried.fault(row, &what, &reply);
    }
    if is_refused && count(house) != before {
        tried.fault(row, &format!("{what}: refused, but something was written"), &reply);
    }
    let text = reply.text();
    let is_told = told_at(row, name).into_iter().any(|name| {
        let marks =
            [format!("href=\"#{name}\""), format!("id=\"{name}-fehler\""), format!("<b>{name}</b>: ")];
        marks.iter().any(|mark| text.contains(mark))
    });
    if reply.status.as_u16() == 422 && !is_told {
        tried.fault(row, &format!("{what}: the page does not say which field and why"), &reply);
    }
    !is_refused
}

/// The fields at one of which a refusal of this one stands.
fn told_at<'a>(row: &Row, name: &'a str) -> Vec<&'a str> {
    match (row.route.as_str(), name) {
        // Whether address or password is wrong is not told.
        ("/anmelden", "password") => vec!["mail", "password"],
        // The present password, asked for with the new one, is wrong here.
        ("/konto/passwort", "password") => vec!["password", "present_password"],
        // The code is nobody's, whatever else is typed.
        ("/telefon/{draft}", _) if row.variant == "pruefen" => vec![name, "contact_code"],
        // Which of the two is wrong is not told.
        ("/status", "aktenzeichen") => vec!["aktenzeichen", "code"],
        // Which text block is meant is said at that one, whatever else was typed.
        (_, "baustein") => vec!["baustein", "text"],
        ("/posteingang/{mail}/zuordnung", "an") => vec!["an"],
        // Where the beginning is, it does not fit the end.
        ("/eingang/abwesenheit", "from") => vec!["from", "until"],
        ("/bereitschaft/planen" | "/bereitschaft/uebergabe", "von") => vec!["von", "bis"],
        // There is no playbook that a reason could end.
        ("/vorgaenge/{reference}/ablauf/ende", "stop_reason") => vec!["stop_reason", "run"],
        // Without a choice of what leads, the only other case is to lead and be led.
        ("/vorgaenge/zusammenfuehren", "lead") => vec!["lead", "ref"],
        // Who reads it is said beside the text that went to nobody.
        (_, "an" | "senden") => vec!["text"],
        // The new case has no later report that a title could be for.
        ("/vorgaenge/{reference}/abtrennen", "title") => vec!["title", "report"],
        // Without a word what to do, a form is saved: and this one lacks what an advisory has.
        (_, "aktion") => vec!["aktion", "title"],
        _ => vec![name],
    }
}

/// What spoils a form as a whole: tokens, encoding, size, kind, a field too many.
async fn try_form(tried: &mut Tried, house: &House, door: &Door, row: &Row, good: &Good) {
    let before = count(house);
    let typed =
        good.fields.iter().find(|(name, value)| *name == "title" || *name == "name" && !value.is_empty());
    let typed = typed.map(|(_, value)| value.clone());
    let csrf = &good.visitor.csrf;
    let strangers = &door.stranger().await.csrf;
    let mut more = good.fields.clone();
    more.push(("unbekannt", "x".to_owned()));
    let with_type = |kind: &'static str, body: String| {
        actix_web::test::TestRequest::post()
            .uri(&good.path)
            .insert_header(("content-type", kind))
            .set_payload(body)
    };
    let whole = form(csrf, &good.fields);
    let huge = format!("{whole}&fuelle={}", "x".repeat(300_000));
    for (what, request, status) in [
        ("no token", form_request(&good.path, form("", &good.fields)), 403),
        ("a wrong token", form_request(&good.path, form("AAAA", &good.fields)), 403),
        ("a stranger's token", form_request(&good.path, form(strangers, &good.fields)), 403),
        ("a field too many", form_request(&good.path, form(csrf, &more)), 422),
        ("not UTF-8", form_request(&good.path, format!("{whole}&unbekannt=%ff%fe")), 400),
        ("too large", form_request(&good.path, huge), 413),
        ("JSON", with_type("application/json", "{}".to_owned()), 415),
        ("plain text", with_type("text/plain", whole.clone()), 415),
        ("nothing", form_request(&good.path, ""), 403),
    ] {
        // A stranger's own token is right for a stranger.
        if what == "a stranger's token"
            && good.visitor.cookies.iter().all(|c| c.name() != "__Host-meldekette")
        {
            continue;
        }
        let reply = door.send(good.visitor.dress(request, &good.path)).await;
        tried.cases += 1;
        if reply.status.as_u16() != status {
            tried.fault(row, what, &reply);
        }
        if count(house) != before {
            tried.fault(row, &format!("{what}: refused, but something was written"), &reply);
        }
        if what.contains("token")
            && typed.as_ref().is_some_and(|typed| !reply.text().contains(typed.as_str()))
        {
            tried.fault(row, &format!("{what}: what was typed is lost"), &reply);
        }
        for header in ["content-security-policy", "x-content-type-options"] {
            if !reply.headers.contains_key(header) {
                tried.fault(row, &format!("{what}: no {header}"), &reply);
            }
        }
    }
}

/// What was typed and taken is shown as it was typed, on every page and in every mail.
async fn nothing_typed_becomes_markup(tried: &mut Tried, house: &House, town: &Town, door: &Door) {
    let mut shown = 0;
    for row in rows().into_iter().filter(|row| row.method == "GET" && row.role != "anonymous") {
        let reply = door.get(&visitor(town, door, &row).await, &path(town, &row)).await;
        let text = reply.text();
        // An archive that is taken along holds what was typed as it is; no browser shows it.
        let is_page = !row.route.starts_with("/api/") && !row.route.ends_with(".zip");
        if is_page && text.contains("<script>alert(1)") {
            tried.fault(&row, "typed markup is markup", &reply);
        }
        shown += usize::from(text.contains("{{7*7}}"));
    }
    assert!(shown > 0, "what was typed is shown nowhere");
    house.work().await;
    for (envelope, mail) in house.mails.take() {
        let mail = String::from_utf8_lossy(&mail);
        let (head, _) = mail.split_once("\r\n\r\n").expect("a header");
        assert!(!head.to_lowercase().contains("\nbcc:"), "a header was injected for {}", envelope.to);
    }
}
