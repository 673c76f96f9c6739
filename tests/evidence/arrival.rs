//! A whole case in another installation: the same words, files and times, once; and what is refused.

use std::io::{Cursor, Seek as _, Write as _};
use std::sync::Arc;

use diesel::dsl::count_star;
use diesel::prelude::*;
use meldekette::core::actor::Actor;
use meldekette::core::ids::IncidentId;
use meldekette::core::text::{Line, Prose};
use meldekette::crypto::log::{ChainHash, LogKey, LogPublicKey};
use meldekette::incidents::dossier::model::{Dossier, Readers};
use meldekette::incidents::dossier::service::{self as dossier, Archive, Refusal, Tools, Wishes, check};
use meldekette::incidents::importing::model::Outcome;
use meldekette::incidents::model::Audience;
use meldekette::incidents::service as incidents;
use meldekette::incidents::status::CloseReason;
use meldekette::store::schema::{
    audit_rows, escalations, evidence, incidents as cases, jobs, outbox, timeline_entries,
};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::dossier::{Members, members, packed};
use super::{Scene, drawn, sha256};
use crate::support::app::House;
use crate::support::town::case;

const THERE: &str = "https://anderswo.example";

/// Imports as the command does.
async fn import(
    house: &House,
    archive: &[u8],
    key: &LogPublicKey,
    wishes: Wishes,
) -> Result<Outcome, Refusal> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(archive).unwrap();
    file.rewind().unwrap();
    let archive = Arc::new(Archive::open(file, key)?);
    let (db, vault) = (house.app.db.clone(), Arc::new(house.app.vault().unwrap()));
    let wishes = Wishes { here: house.app.origin(), ..wishes };
    let handle = tokio::runtime::Handle::current();
    let import = move || dossier::import(&archive, &wishes, &Actor::system("case"), &db, &vault, &handle);
    tokio::task::spawn_blocking(import).await.unwrap()
}

/// The archive of a case, as the command writes it.
async fn export(house: &House, reference: &str) -> Vec<u8> {
    let app = &house.app;
    let (reference, origin) = (reference.to_owned(), app.origin());
    let gather = move |tx: &mut meldekette::store::Tx<'_>| {
        dossier::gather(tx, &Actor::system("case"), &reference, &origin)
    };
    let contents = house.write(gather).await;
    let vault = Arc::new(app.vault().unwrap());
    let tools = Tools { vault, db: app.db.clone(), key: Arc::clone(&app.log_key) };
    let handle = tokio::runtime::Handle::current();
    let write = move || dossier::write(Vec::new(), &contents, &tools, &handle);
    tokio::task::spawn_blocking(write).await.unwrap().unwrap()
}

fn read(archive: &[u8]) -> Dossier {
    check(Cursor::new(archive), None).unwrap_or_else(|broken| panic!("{broken}")).dossier
}

fn new(outcome: Result<Outcome, Refusal>) -> String {
    match outcome {
        Ok(Outcome::New(reference)) => reference,
        other => panic!("{other:?}"),
    }
}

fn refused(outcome: Result<Outcome, Refusal>) -> String {
    outcome.map(|done| panic!("{done:?}")).unwrap_err().to_string()
}

/// What stands in the tables, and how many files lie in the store.
fn counts(house: &House) -> ([i64; 7], usize) {
    let rows = house.app.db.read_now(|tx| {
        Ok([
            cases::table.select(count_star()).first(tx.conn)?,
            timeline_entries::table.select(count_star()).first(tx.conn)?,
            evidence::table.select(count_star()).first(tx.conn)?,
            audit_rows::table.select(count_star()).first(tx.conn)?,
            jobs::table.select(count_star()).first(tx.conn)?,
            outbox::table.select(count_star()).first(tx.conn)?,
            escalations::table.select(count_star()).first(tx.conn)?,
        ])
    });
    let files = std::fs::read_dir(house.app.config.evidence.folder.join("evidence"));
    (rows.unwrap(), files.map_or(0, Iterator::count))
}

/// Does what is due, also what waits a moment for more of its kind.
async fn settle(house: &House) {
    house.clock.advance(jiff::SignedDuration::from_secs(3));
    house.work().await;
}

fn key(house: &House) -> LogPublicKey {
    house.app.log_key.public()
}

/// A case with words, files and a pinned note, which is closed.
async fn written() -> Scene {
    let mut scene = Scene::at(House::elsewhere(THERE)).await;
    // A number that the other installation has not come to yet.
    for _ in 0..5 {
        let (house, cast) = (&scene.house, &scene.cast);
        scene.case = case(house, cast, "reporter", "eigen", cast.houses.own, "by_name").await;
    }
    let own = Audience::Organisation(scene.cast.houses.own);
    scene.says("analyst", Audience::Team, "Kontakt zu 203.0.113.77 gesehen").await;
    scene.says("analyst", own, "Bitte ziehen Sie das Kabel").await;
    scene.send("reporter", "protokoll.log", &drawn(700_000), &[]).await;
    scene.send("analyst", "anhang.bin", &drawn(5_000), &[("verdacht", "ja")]).await;
    let reference = scene.case.reference.clone();
    let close = move |tx: &mut meldekette::store::Tx<'_>, actor: &Actor| {
        let seen = incidents::show(tx, actor, &reference)?.incident.version;
        incidents::close(tx, actor, &reference, seen, CloseReason::Resolved)
    };
    scene.house.act(scene.cast.person("analyst").account, close).await;
    settle(&scene.house).await;
    scene
}

/// What an import must keep: words, times and readers of every line, and digests of every file.
fn kept(dossier: &Dossier) -> (Vec<Value>, Vec<Value>, Value) {
    let house = |readers: &Readers| match readers {
        Readers::Organisation(id) => {
            let of = dossier.organisations.iter().find(|org| org.id == *id);
            of.map_or_else(String::new, |org| org.name.clone())
        }
        other => format!("{other:?}"),
    };
    let said = |kind: &str| !["exported", "imported"].contains(&kind);
    let lines = dossier.timeline.iter().filter(|line| said(&line.kind)).map(|line| {
        serde_json::json!([line.at, line.kind, line.body, line.is_pinned, house(&line.audience)])
    });
    let own = |name: &str| {
        !["case.json", "audit.jsonl", "manifest.json", "manifest.sig"].iter().any(|it| name.ends_with(it))
    };
    let files = dossier.files.iter().filter(|file| own(&file.name)).map(|file| {
        let first = &file.custody[0];
        serde_json::json!([
            file.name,
            file.media_type,
            file.size,
            file.sha256,
            file.is_sample,
            file.taken_in_at,
            first.at,
            first.kind,
            first.sha256,
            house(&file.audience)
        ])
    });
    let case = &dossier.incident;
    let of = dossier.organisations.iter().find(|org| Some(&org.id) == case.organisation.as_ref()).unwrap();
    let reports: Vec<_> =
        dossier.reports.iter().map(|it| (&it.description, &it.measures, it.stated_at)).collect();
    let case = serde_json::json!([
        case.title,
        case.status,
        case.close_reason,
        case.class,
        case.category,
        case.impact,
        case.spread,
        case.priority,
        case.priority_reason,
        case.tlp,
        case.waiting_on,
        case.occurred_at,
        case.detected_at,
        case.aware_at,
        case.reported_at,
        case.closed_at,
        of.name,
        reports
    ]);
    (lines.collect(), files.collect(), case)
}

#[actix_web::test]
async fn a_case_goes_to_another_installation_and_on_with_every_word_file_and_time_and_comes_there_once() {
    let there = written().await;
    let first = export(&there.house, &there.case.reference).await;
    let said = read(&first);

    let here = Scene::new().await;
    settle(&here.house).await;
    let before = counts(&here.house);
    let (mails, steps) = (before.0[5], before.0[6]);
    let reference = new(import(&here.house, &first, &key(&there.house), Wishes::default()).await);
    settle(&here.house).await;
    assert_ne!(reference, here.case.reference);
    let after = counts(&here.house);
    assert_eq!(
        (after.0[0], after.0[5], after.0[6]),
        (before.0[0] + 1, mails, steps),
        "no mail, no escalation"
    );

    for _ in 0..2 {
        let again = import(&here.house, &first, &key(&there.house), Wishes::default()).await;
        assert!(matches!(&again, Ok(Outcome::Here(it)) if *it == reference), "{again:?}");
    }
    let later = export(&there.house, &there.case.reference).await;
    let again = import(&here.house, &later, &key(&there.house), Wishes::default()).await;
    assert!(matches!(&again, Ok(Outcome::Here(it)) if *it == reference), "another archive of it: {again:?}");
    assert_eq!(counts(&here.house), after, "the same case again changes nothing");

    let second = export(&here.house, &reference).await;
    let told = read(&second);
    assert_eq!(kept(&told), kept(&said));
    let bytes = |archive: &[u8]| -> Vec<String> {
        let files = members(archive).into_iter().filter(|(name, _)| name.starts_with("files/"));
        files.map(|(_, bytes)| sha256(&bytes)).collect()
    };
    assert_eq!(bytes(&second)[..2], bytes(&first)[..2]);
    let proofs: Vec<&str> = told.files[2..].iter().map(|file| file.name.as_str()).collect();
    let of = |name: &str| format!("{} {name}", there.case.reference);
    assert_eq!(proofs, ["case.json", "audit.jsonl", "manifest.json", "manifest.sig"].map(of));
    assert!(told.files[2..].iter().all(|file| file.audience == Readers::Team));
    let note = told.timeline.iter().find(|line| line.kind == "imported").unwrap().body.clone().unwrap();
    for word in [&there.case.reference, "anderswo.example", &sha256(&first), &key(&there.house).to_string()] {
        assert!(note.contains(word), "{note}");
    }
    let authors: Vec<_> = told.timeline.iter().map(|line| line.author.as_str()).collect();
    assert!(authors.contains(&"Analyse Eins (anderswo.example)"), "{authors:?}");

    let page = here.door.get(here.who("analyst"), &format!("/vorgaenge/{reference}")).await.text();
    assert!(
        page.contains("Analyse Eins (anderswo.example)") && page.contains("203[.]0[.]113[.]77"),
        "{page}"
    );
    let found = here.door.get(here.who("analyst"), &format!("/suche?q={}", there.case.reference)).await;
    assert_eq!(found.to, Some(format!("/vorgaenge/{reference}")), "{}", found.text());
    let house = here.door.get(here.who("reporter"), &format!("/suche?q={}", there.case.reference)).await;
    assert!(
        house.to.is_none() && !house.text().contains(&reference),
        "that name is the team's: {}",
        house.text()
    );

    let third = House::elsewhere("https://drittes.example");
    let scene = Scene::at(third).await;
    let reference = new(import(&scene.house, &second, &key(&here.house), Wishes::default()).await);
    settle(&scene.house).await;
    let last = read(&export(&scene.house, &reference).await);
    assert_eq!(kept(&last), kept(&said), "through two installations");
}

#[actix_web::test]
async fn a_look_before_changes_nothing_and_whoever_is_not_in_the_register_is_asked_for() {
    let there = written().await;
    let archive = export(&there.house, &there.case.reference).await;
    let here = House::empty();
    let door = here.door().await;
    let cast = crate::support::cast::Cast::play(&here, &door).await;
    here.leaves("invitations of the cast");
    let before = counts(&here);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&archive).unwrap();
    let opened = Archive::open(file, &key(&there.house)).unwrap();
    let plan = |wishes: Wishes| {
        here.app
            .db
            .read_now(|tx| Ok(dossier::plan(tx, &Actor::system("case"), &opened, &[], &wishes)))
            .unwrap()
    };
    let found = plan(Wishes::default()).unwrap();
    assert_eq!((found.here, found.organisation.unwrap().0), (None, cast.houses.own));
    let other = Wishes { organisation: Some("160510000000".to_owned()), ..Wishes::default() };
    assert_eq!(plan(other).unwrap().organisation.unwrap().0, cast.houses.foreign);
    let nobody = Wishes { organisation: Some("gibt-es-nicht".to_owned()), ..Wishes::default() };
    assert!(plan(nobody).unwrap_err().to_string().contains("no organisation with the key gibt-es-nicht"));
    let analyst = door.get(&cast.person("analyst").visitor, "/vorgaenge/TH-2026-00001").await;
    assert_eq!((counts(&here), analyst.status.as_u16()), (before, 404), "a look changes nothing");

    let empty = House::elsewhere("https://leer.example");
    empty.leaves("nothing is in it");
    let name = empty.app.settings.cert_name.clone();
    empty
        .write(move |tx| meldekette::directory::service::ensure_cert(tx, &Actor::system("test"), &name))
        .await;
    let before = counts(&empty);
    let said = refused(import(&empty, &archive, &key(&there.house), Wishes::default()).await);
    assert!(
        said.contains("no organisation with the key 160615001000") && said.contains("--organisation"),
        "{said}"
    );
    assert_eq!(counts(&empty), before);
}

/// Signs changed members again, as somebody could who has the key.
fn signed(whole: &Members, key: &LogKey, change: impl Fn(&mut Value)) -> Members {
    let mut members: Members = whole.clone();
    let at = |members: &Members, name: &str| members.iter().position(|(it, _)| it == name).unwrap();
    let place = at(&members, "case.json");
    let mut case: Value = serde_json::from_slice(&members[place].1).unwrap();
    change(&mut case);
    members[place].1 = serde_json::to_vec(&case).unwrap();
    let (size, sha) = (members[place].1.len(), sha256(&members[place].1));
    let place = at(&members, "manifest.json");
    let mut manifest: Value = serde_json::from_slice(&members[place].1).unwrap();
    let listed =
        manifest["members"].as_array_mut().unwrap().iter_mut().find(|it| it["path"] == "case.json").unwrap();
    listed["size"] = size.into();
    listed["sha256"] = sha.into();
    manifest["key"] = key.public().to_string().into();
    members[place].1 = serde_json::to_vec(&manifest).unwrap();
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &members[place].1).as_ref());
    let origin =
        format!("{} case {}", manifest["origin"].as_str().unwrap(), manifest["reference"].as_str().unwrap());
    let exported = manifest["exported_at"].as_str().unwrap().parse().unwrap();
    let count = manifest["members"].as_array().unwrap().len() as u64;
    let signature = key.sign(&origin, count, ChainHash(hash), exported).to_string();
    let place = at(&members, "manifest.sig");
    members[place].1 = signature.into_bytes();
    members
}

#[actix_web::test]
async fn what_was_changed_nobody_trusts_or_cannot_be_is_refused_with_the_reason_and_leaves_nothing() {
    let there = written().await;
    let archive = export(&there.house, &there.case.reference).await;
    let here = Scene::new().await;
    settle(&here.house).await;
    let before = counts(&here.house);
    let whole = members(&archive);
    let trusted = key(&there.house);
    let with = |name: &str, bytes: &[u8]| {
        let mut members = whole.clone();
        match members.iter_mut().find(|(it, _)| it == name) {
            Some(member) => member.1 = bytes.to_vec(),
            None => members.push((name.to_owned(), bytes.to_vec())),
        }
        packed(&members)
    };
    let own = LogKey::from_seed(&[7; 32]).unwrap();
    let resigned = |change: &dyn Fn(&mut Value)| packed(&signed(&whole, &there.house.app.log_key, change));
    // The same members, of which the first says that it is packed tight.
    let mut bomb = packed(&whole);
    let list = bomb.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    bomb[8] = 8;
    bomb[list + 10] = 8;
    // The list at the end claims that a member is larger than the archive.
    let mut claims = packed(&whole);
    let list = claims.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    claims[list + 20..list + 28].copy_from_slice(&[0xf0; 8]);
    let version = with("manifest.json", &{
        let (_, bytes) = whole.iter().find(|(name, _)| name == "manifest.json").unwrap();
        String::from_utf8(bytes.clone())
            .unwrap()
            .replacen("meldekette-case-1", "meldekette-case-2", 1)
            .into_bytes()
    });
    let without: Members = whole.iter().filter(|(name, _)| name != "files/0001").cloned().collect();
    for (bytes, why) in [
        (with("files/0001", &drawn(700_000)[1..]), "files/0001 is not what was signed"),
        (with("../../etc/passwd", b"x"), "no name that a member has"),
        (with("/etc/passwd", b"x"), "no name that a member has"),
        (packed(&without), "files/0001 is missing"),
        (bomb, "is compressed"),
        (claims, ""),
        (version, "manifest.json cannot be read"),
        (packed(&signed(&whole, &own, |_| {})), "which nobody here trusts"),
        (resigned(&|case| case["incident"]["status"] = "vielleicht".into()), "status in case.json is none"),
        (
            resigned(&|case| case["incident"]["reported_at"] = "-000500-01-01T00:00:00Z".into()),
            "reported_at in case.json cannot be",
        ),
        (resigned(&|case| case["incident"]["title"] = "a\u{0}b".into()), "title in case.json cannot be"),
        (resigned(&|case| case["incident"]["is_restricted"] = true.into()), "say --named"),
        (resigned(&|case| case["unbekannt"] = true.into()), "case.json cannot be read"),
    ] {
        let said = refused(import(&here.house, &bytes, &trusted, Wishes::default()).await);
        assert!(said.contains(why), "{why}: {said}");
        assert_eq!(counts(&here.house), before, "{said}");
    }
    let said = refused(import(&here.house, &archive, &key(&here.house), Wishes::default()).await);
    assert!(said.contains(&trusted.to_string()) && said.contains("--key"), "{said}");

    let restricted = resigned(&|case| case["incident"]["is_restricted"] = true.into());
    let named = Wishes { named: vec!["analyst@pruefung.example".to_owned()], ..Wishes::default() };
    let reference = new(import(&here.house, &restricted, &trusted, named).await);
    let path = format!("/vorgaenge/{reference}");
    let sees = |who: &'static str| here.door.get(here.who(who), &path);
    assert_eq!(sees("analyst").await.status.as_u16(), 200);
    assert_eq!(sees("analyst2").await.status.as_u16(), 404, "who is not named does not see it");
}

#[actix_web::test]
async fn an_open_case_alarms_nobody_until_somebody_here_triages_it_or_the_operator_says_so() {
    let there = Scene::at(House::elsewhere(THERE)).await;
    let archive = export(&there.house, &there.case.reference).await;
    let steps = |house: &House, id: IncidentId| -> i64 {
        let of = escalations::table.filter(escalations::incident_id.eq(id)).select(count_star());
        house.app.db.read_now(|tx| Ok(of.first(tx.conn)?)).unwrap()
    };
    let id = |house: &House, reference: &str| -> IncidentId {
        let of = cases::table.filter(cases::reference.eq(reference)).select(cases::id);
        house.app.db.read_now(|tx| Ok(of.first(tx.conn)?)).unwrap()
    };
    let quiet = Scene::new().await;
    settle(&quiet.house).await;
    let mails = counts(&quiet.house).0[5];
    let reference = new(import(&quiet.house, &archive, &key(&there.house), Wishes::default()).await);
    settle(&quiet.house).await;
    let case = id(&quiet.house, &reference);
    assert_eq!((steps(&quiet.house, case), counts(&quiet.house).0[5]), (0, mails));
    let (of, line) = (reference.clone(), Line::<300>::parse("schon dort dringend").unwrap());
    let triage = move |tx: &mut meldekette::store::Tx<'_>, actor: &Actor| {
        use meldekette::incidents::model::{Category, Class, Impact, Spread, Triage};
        let seen = incidents::show(tx, actor, &of)?.incident.version;
        let triage = Triage {
            class: Class::Incident,
            category: Category::Phishing,
            impact: Impact::Low,
            spread: Spread::OneOffice,
            priority: Some((2, line.clone())),
            tlp: meldekette::core::tlp::Tlp::Amber,
        };
        incidents::triage(tx, actor, &of, seen, &triage)
    };
    quiet.house.act(quiet.cast.person("analyst").account, triage).await;
    settle(&quiet.house).await;
    assert_eq!(steps(&quiet.house, case), 1, "whoever triages it begins its plan");

    let loud = Scene::new().await;
    let alarm = Wishes { alarm: true, ..Wishes::default() };
    let reference = new(import(&loud.house, &archive, &key(&there.house), alarm).await);
    settle(&loud.house).await;
    assert_eq!(steps(&loud.house, id(&loud.house, &reference)), 1);
    let answer = Prose::parse("Wir kümmern uns").unwrap();
    let own = Audience::Organisation(loud.cast.houses.own);
    let write = move |tx: &mut meldekette::store::Tx<'_>, actor: &Actor| {
        incidents::message(tx, actor, &reference, own, &answer)
    };
    loud.house.act(loud.cast.person("analyst").account, write).await;
}
