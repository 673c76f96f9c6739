//! Files on their way: breaks, wrong lengths, strange names, many at once.

use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

use actix_web::web::Bytes;
use diesel::prelude::*;
use futures_util::{StreamExt as _, stream};
use meldekette::core::actor::Actor;
use meldekette::core::error::Error;
use meldekette::core::ids::EvidenceId;
use meldekette::incidents::evidence::intake::Sender;
use meldekette::incidents::evidence::model::{Limits, NewFile};
use meldekette::incidents::evidence::service;
use meldekette::incidents::evidence::sweep;
use meldekette::store::Tx;
use meldekette::store::schema::{evidence, evidence_contents};
use meldekette::web::Failure;

use super::{Scene, drawn, plain_form, sha256, told};
use crate::support::town::a_file;

#[actix_web::test]
async fn after_a_break_a_file_goes_on_where_the_server_says() {
    let scene = Scene::new().await;
    let content = drawn(10_000_000);
    let begun = told(&scene.begin("reporter", "protokoll.evtx", content.len(), &[]).await);
    let id = begun["datei"].as_str().unwrap().to_owned();
    // Five million bytes come: one chunk is whole, the rest is not counted.
    let part = told(&scene.go_on("reporter", &id, 0, &content[..5_000_000]).await);
    assert_eq!((part["erhalten"].as_u64(), part["fertig"].as_bool()), (Some(4 << 20), Some(false)));
    // A wrong offset is told the right one, and nothing is written.
    let wrong = scene.go_on("reporter", &id, 5_000_000, &content[5_000_000..]).await;
    assert_eq!((wrong.status.as_u16(), told(&wrong)["erhalten"].as_u64()), (409, Some(4 << 20)));
    assert!(scene.page("reporter").await.contains("41 % angekommen"));
    assert!(!scene.page("org_lead").await.contains("protokoll.evtx"), "nobody else sees half a file");
    // Another process, or the same after a restart, knows only what is stored; the same file is asked for again.
    let scene = Scene { door: scene.house.door().await, ..scene };
    let again = told(&scene.begin("reporter", "protokoll.evtx", content.len(), &[]).await);
    assert_eq!((again["datei"].as_str(), again["erhalten"].as_u64()), (Some(id.as_str()), Some(4 << 20)));
    let end = told(&scene.go_on("reporter", &id, 4 << 20, &content[4 << 20..]).await);
    assert_eq!(end["fertig"], true);
    assert_eq!(sha256(&scene.download("analyst", &id).await.body), sha256(&content));
    assert!(scene.page("analyst").await.contains(&sha256(&content)));
    // Whoever lost the last answer asks once more, and nothing is sent twice.
    let known = told(&scene.begin("reporter", "protokoll.evtx", content.len(), &[]).await);
    assert_eq!((known["datei"].as_str(), known["fertig"].as_bool()), (Some(id.as_str()), Some(true)));
    assert_eq!(scene.go_on("reporter", &id, 0, b"x").await.status.as_u16(), 409);
}

#[actix_web::test]
async fn nobody_goes_on_with_the_file_of_another() {
    let scene = Scene::new().await;
    let begun = told(&scene.begin("reporter", "a.bin", 10, &[]).await);
    let id = begun["datei"].as_str().unwrap();
    for who in ["org_lead", "analyst", "foreign.reporter"] {
        assert_eq!(scene.go_on(who, id, 0, b"0123456789").await.status.as_u16(), 404, "{who}");
    }
    let mut other = scene.who("reporter").clone();
    other.csrf = "falsch".to_owned();
    let path = format!("{}/{id}", scene.path());
    let request = actix_web::test::TestRequest::patch().uri(&path).insert_header(("upload-offset", "0"));
    assert_eq!(scene.door.send(other.dress(request, &path)).await.status.as_u16(), 403, "no token");
    assert!(scene.chunks(id).is_empty());
}

#[actix_web::test]
async fn what_is_not_taken_is_refused_with_name_and_reason() {
    let scene = Scene::new().await;
    for (name, size, reason) in [
        ("leer.txt", 0, "„leer.txt“ ist leer."),
        ("gross.iso", 20_000_001, "„gross.iso“ ist größer als 20,0 MB"),
        ("Verknuepfung.LNK", 10, "„Verknuepfung.LNK“: Dateien mit der Endung „.lnk“"),
    ] {
        let reply = scene.begin("reporter", name, size, &[]).await;
        let why = told(&reply)["grund"].as_str().unwrap_or_default().to_owned();
        assert_eq!(reply.status.as_u16(), 422, "{name}");
        assert!(why.contains(reason), "{why}");
    }
    let begun = told(&scene.begin("reporter", "kurz.txt", 4, &[]).await);
    let id = begun["datei"].as_str().unwrap();
    let long = scene.go_on("reporter", id, 0, b"zu lang").await;
    assert_eq!(long.status.as_u16(), 422, "more than was announced");
    let short = told(&scene.go_on("reporter", id, 0, b"zu").await);
    assert_eq!((short["erhalten"].as_u64(), short["fertig"].as_bool()), (Some(0), Some(false)));
    for size in ["-1", "1e3", "99999999999999999999999", ""] {
        let fields = [("name", "x.txt"), ("groesse", size)];
        let reply =
            scene.door.post(scene.who("reporter"), &format!("{}/beginn", scene.path()), &fields).await;
        assert_eq!(reply.status.as_u16(), 422, "{size}");
    }
    assert!(scene.chunks(id).is_empty());
}

#[actix_web::test]
async fn a_browser_without_a_script_sends_several_files_in_one_form() {
    let scene = Scene::new().await;
    let large = drawn(9_000_000);
    let files: [(&str, &[u8]); 6] = [
        ("foto.jpg", b"ein Foto"),
        ("", b""),
        ("gross.bin", &large),
        ("leer.txt", b""),
        ("shell.lnk", b"boese"),
        ("zu-gross.iso", &drawn(20_000_001)),
    ];
    let (who, path) = (scene.who("reporter"), scene.path());
    let form = plain_form(&path, &who.csrf, &[("an", "organisation")], &files);
    let reply = scene.door.send(who.dress(form, &path)).await;
    assert_eq!(reply.status.as_u16(), 422);
    let page = reply.text();
    for told in [
        "„leer.txt“ ist leer.",
        "„shell.lnk“: Dateien",
        "„zu-gross.iso“ ist größer",
        "foto.jpg",
        &sha256(&large),
    ] {
        assert!(page.contains(told), "{told}");
    }
    let stored = walk(&scene.house.app.config.evidence.folder);
    assert_eq!(stored, 1 + 3, "nothing is left of what was refused");
    let form = plain_form(&path, &who.csrf, &[], &[("noch.txt", b"eins")]);
    assert_eq!(scene.door.send(who.dress(form, &path)).await.status.as_u16(), 303);
    let form = plain_form(&path, "falsch", &[], &[("noch.txt", b"zwei")]);
    assert_eq!(scene.door.send(who.dress(form, &path)).await.status.as_u16(), 403);
    let form = plain_form(&path, &who.csrf, &[("unbekannt", "x")], &[("noch.txt", b"drei")]);
    assert_eq!(scene.door.send(who.dress(form, &path)).await.status.as_u16(), 422);
    let form = plain_form(&path, &who.csrf, &[], &[("", b"")]);
    let reply = scene.door.send(who.dress(form, &path)).await;
    assert!(reply.status.as_u16() == 422 && reply.text().contains("mindestens eine Datei"));
}

/// How many files lie below a folder.
fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

#[actix_web::test]
async fn strange_names_are_shown_harmless_and_two_hundred_files_come_at_once() {
    let scene = Scene::new().await;
    let long = format!("{}.txt", "x".repeat(500));
    let cut = format!("{}…{}.txt", "x".repeat(99), "x".repeat(16));
    for (given, shown) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\a.txt", "a.txt"),
        ("eins\r\nContent-Type: text/html", "html"),
        ("<script>alert(1)</script>.html", "script_.html"),
        (long.as_str(), cut.as_str()),
        ("Rechnung\u{202e}fdp.exe", "Rechnung_fdp.exe"),
        ("null\u{0}byte.txt", "null_byte.txt"),
        ("Übung \u{1f4c4} ä.pdf", "Übung \u{1f4c4} ä.pdf"),
    ] {
        let id = scene.send("reporter", given, b"inhalt", &[]).await;
        let told = scene.of_file("reporter", &id).await;
        assert!(told.starts_with(&format!("<b>{shown}</b>")), "{given:?}: {told}");
        let reply = scene.download("analyst", &id).await;
        assert_eq!(reply.status.as_u16(), 200, "{given:?}");
        let disposition = reply.headers.get("content-disposition").unwrap().to_str().unwrap();
        assert!(disposition.starts_with("attachment; ") && !disposition.contains(['/', '\\', '\n']));
    }
    let refused = scene.begin("reporter", &"x".repeat(5000), 5, &[]).await;
    assert_eq!(refused.status.as_u16(), 422);
    let names: Vec<String> = (0..200).map(|n| format!("datei-{n}.log")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
    let (who, path) = (scene.who("reporter"), scene.path());
    let form = plain_form(&path, &who.csrf, &[], &files);
    assert_eq!(scene.door.send(who.dress(form, &path)).await.status.as_u16(), 303);
    let page = scene.page("analyst").await;
    assert!(names.iter().all(|name| page.contains(&sha256(name.as_bytes()))));
}

#[actix_web::test]
async fn an_archive_that_bursts_is_kept_as_it_came_and_a_polyglot_is_never_shown() {
    let scene = Scene::new().await;
    let bomb = bomb();
    let mut page = b"GIF89a/*".to_vec();
    page.extend_from_slice(
        b"*/=1;</script><script>alert(document.domain)</script><svg onload=alert(1)>%PDF-1.7",
    );
    page.extend_from_slice(&bomb);
    for (name, content, art) in [
        ("bombe.gz", &bomb, "application/gzip"),
        ("bild.gif", &page, "image/gif"),
        ("bild.html", &page, "text/html"),
        ("bild.svg", &page, "image/svg+xml"),
    ] {
        let id = scene.send("reporter", name, content, &[("art", art)]).await;
        let on_disk: u64 = scene.chunks(&id).iter().map(|chunk| chunk.metadata().unwrap().len()).sum();
        assert_eq!(on_disk, content.len() as u64 + 24, "nothing of {name} is unpacked");
        let reply = scene.download("analyst", &id).await;
        let header = |name| reply.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        assert!(reply.body == *content, "{name} comes back as it came");
        assert_eq!(header("content-type"), "application/octet-stream", "{name}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-disposition").starts_with("attachment; "));
        assert!(header("content-security-policy").contains("default-src 'none'"));
    }
    let page = scene.page("analyst").await;
    assert!(!page.contains("alert(document.domain)") && page.contains("bombe.gz"));
}

/// A hundred million zeros in an archive of some hundred kilobytes.
fn bomb() -> Vec<u8> {
    let zeros = std::io::repeat(0).take(100_000_000);
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(zeros, flate2::Compression::best()).read_to_end(&mut packed).unwrap();
    packed
}

#[actix_web::test]
async fn a_case_takes_so_many_files_of_the_types_that_the_configuration_names() {
    let scene = Scene::new().await;
    scene.send("reporter", "eins.txt", b"1", &[]).await;
    let few = Scene { door: scene.door_where(|it| it.files_per_case = 2).await, ..scene };
    few.send("reporter", "zwei.txt", b"2", &[]).await;
    let refused = few.begin("reporter", "drei.txt", 1, &[]).await;
    let why = told(&refused)["grund"].as_str().unwrap().to_owned();
    assert!(refused.status.as_u16() == 422 && why.contains("gehören schon 2 Dateien"), "{why}");
    assert_eq!(told(&few.begin("reporter", "zwei.txt", 1, &[]).await)["fertig"], true, "it is here already");
    let door = few.door_where(|it| it.allowed_types = vec!["PDF".to_owned(), "eml".to_owned()]).await;
    let scene = Scene { door, ..few };
    for (name, ending) in [("a.txt", ".txt"), ("pdf", "."), ("a.pdf.exe", ".exe"), ("shell.lnk", ".lnk")] {
        let refused = scene.begin("reporter", name, 1, &[]).await;
        let why = told(&refused)["grund"].as_str().unwrap().to_owned();
        assert_eq!(refused.status.as_u16(), 422, "{name}");
        assert!(why.contains(&format!("Endung „{ending}“")), "{why}");
    }
    scene.send("reporter", "a.Pdf", b"%PDF", &[]).await;
    scene.send("reporter", "a.eml", b"Subject: a", &[]).await;
}

#[actix_web::test]
async fn words_that_no_form_has_are_refused_and_what_a_browser_says_of_a_file_is_kept_short_and_plain() {
    let scene = Scene::new().await;
    for an in ["alle", "TEAM", "organisation ", "team,involved"] {
        let refused = scene.begin("reporter", "a.txt", 3, &[("an", an)]).await;
        assert_eq!(refused.status.as_u16(), 422, "{an}");
        assert!(told(&refused)["grund"].as_str().is_some_and(|why| !why.is_empty()));
    }
    assert_eq!(scene.begin("reporter", "a.txt", 3, &[("an", "team")]).await.status.as_u16(), 403);
    let unknown = scene.begin("reporter", "a.txt", 3, &[("konto", "x")]).await;
    assert_eq!(unknown.status.as_u16(), 422);
    let form =
        plain_form(&scene.path(), &scene.who("reporter").csrf, &[("an", "alle")], &[("a.txt", b"eins")]);
    let reply = scene.door.send(scene.who("reporter").dress(form, &scene.path())).await;
    assert_eq!(reply.status.as_u16(), 422);
    let art = format!("text/html\r\nSet-Cookie: ä\u{202e}{}", "x".repeat(500));
    let id = scene.send("reporter", "a.txt", b"abc", &[("art", &art)]).await;
    let kept = scene.load(&id).await.media_type;
    assert_eq!(kept, format!("text/htmlSet-Cookie: {}", "x".repeat(79)));
    // The mark tells files of one name apart, in the characters that are kept of it.
    let mark = format!("\r\n{}ä", "7".repeat(60));
    let path = format!("{}/beginn", scene.path());
    let begin = async |mark: &str| {
        let fields = [("name", "b.txt"), ("groesse", "3"), ("marke", mark)];
        told(&scene.door.post(scene.who("reporter"), &path, &fields).await)
    };
    let first = begin(&mark).await;
    assert_eq!(begin(&"7".repeat(40)).await["datei"], first["datei"]);
    assert_ne!(begin("8").await["datei"], first["datei"]);
    assert_ne!(
        begin("").await["datei"],
        begin("").await["datei"],
        "without a mark each is a file of its own"
    );
}

#[actix_web::test]
async fn nobody_leaves_more_than_twenty_files_unfinished_in_a_case() {
    let scene = Scene::new().await;
    for n in 0..20 {
        let begun = scene.begin("reporter", &format!("{n}.bin"), 3, &[]).await;
        assert_eq!(begun.status.as_u16(), 200, "{n}");
    }
    let refused = scene.begin("reporter", "zu-viel.bin", 3, &[]).await;
    let why = told(&refused)["grund"].as_str().unwrap().to_owned();
    assert!(refused.status.as_u16() == 422 && why.contains("warten schon 20 Ihrer Dateien"), "{why}");
    assert_eq!(scene.begin("org_lead", "anderes.bin", 3, &[]).await.status.as_u16(), 200, "another's count");
    // What was begun is gone on with, and makes room.
    scene.send("reporter", "7.bin", b"abc", &[]).await;
    assert_eq!(scene.begin("reporter", "zu-viel.bin", 3, &[]).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn a_file_that_is_gone_on_with_elsewhere_is_read_once_at_its_end_and_damage_is_found_there() {
    let mut scene = Scene::new().await;
    let content = drawn(13_000_000);
    let begun = told(&scene.begin("reporter", "abbild.raw", content.len(), &[]).await);
    let id = begun["datei"].as_str().unwrap().to_owned();
    scene.go_on("reporter", &id, 0, &content[..5_000_000]).await;
    let first = scene.chunks(&id).remove(0);
    let mut bytes = std::fs::read(&first).unwrap();
    bytes[100] ^= 1;
    std::fs::write(first, bytes).unwrap();
    // A process that did not see the first chunk come reads nothing of it yet.
    scene.door = scene.house.door().await;
    let part = told(&scene.go_on("reporter", &id, 4 << 20, &content[4 << 20..9_000_000]).await);
    assert_eq!(part["erhalten"].as_u64(), Some(8 << 20));
    assert_eq!(scene.go_on("reporter", &id, 8 << 20, &content[8 << 20..]).await.status.as_u16(), 409);
    assert!(scene.chunks(&id).is_empty(), "nobody can go on with it");
    let again = scene.send("reporter", "abbild.raw", &content, &[]).await;
    assert_ne!(again, id);
    assert_eq!(sha256(&scene.download("analyst", &again).await.body), sha256(&content));
}

#[actix_web::test]
async fn a_file_in_custody_loses_no_byte_when_only_the_answer_to_its_commit_was_lost() {
    let scene = Scene::new().await;
    let vault = Arc::new(scene.house.app.vault().unwrap());
    let (id, key) = vault.draw().unwrap();
    let (account, reference) = (scene.cast.person("reporter").account, scene.case.reference.clone());
    let begin = move |tx: &mut Tx<'_>, actor: &Actor| {
        let new = NewFile { size: None, ..a_file("a.bin", 0) };
        let file = service::begin(tx, actor, &reference, (id, key.as_slice()), &new)?;
        Ok((actor.clone(), file, tx.required::<Limits>()?.clone()))
    };
    let (actor, file, limits) = scene.house.act(account, begin).await;
    let db = &scene.house.app.db;
    let sender = Sender { db, vault: &vault, actor: &actor, reference: &scene.case.reference };
    // The row says that it is in custody, and the request is told that it failed.
    let fails = async || -> Result<Bytes, Failure> {
        let row = move |tx: &mut Tx<'_>| {
            let stored = evidence::state.eq("stored");
            Ok(diesel::update(evidence::table.find(id)).set(stored).execute(tx.conn)?)
        };
        assert_eq!(db.write(row).await.unwrap(), 1);
        Err(Failure::from(Error::Unavailable("the connection was lost".to_owned())))
    };
    let bytes = stream::iter([Ok(drawn(5_000_000).into())]).chain(stream::once(fails()));
    assert!(sender.take_whole(&file, &limits, bytes).await.is_err());
    assert_eq!(scene.chunks(&id.to_string()).len(), 1);
    assert!(!sweep::give_up(db, &vault, id).await.unwrap(), "nor does anybody else give it up");
    assert_eq!(scene.chunks(&id.to_string()).len(), 1);
}

#[actix_web::test]
async fn what_was_given_up_is_removed_also_when_the_process_died_in_between_or_another_file_cannot_be_removed()
 {
    let scene = Scene::new().await;
    let mut ids = Vec::new();
    for name in ["fest.bin", "gestorben.bin"] {
        let begun = told(&scene.begin("reporter", name, 9_000_000, &[]).await);
        let id = begun["datei"].as_str().unwrap().to_owned();
        scene.go_on("reporter", &id, 0, &drawn(5_000_000)).await;
        let given_up: EvidenceId = id.parse().unwrap();
        assert!(scene.house.write(move |tx| service::give_up(tx, given_up)).await);
        assert_eq!(scene.chunks(&id).len(), 1, "here the process dies");
        ids.push(id);
    }
    let left: i64 =
        scene.house.app.db.read_now(|tx| Ok(evidence_contents::table.count().get_result(tx.conn)?)).unwrap();
    assert_eq!(left, 0, "names and keys are gone");
    // A name that the store cannot read keeps it from listing, and so from removing.
    let folder = scene.chunks(&ids[0])[0].parent().unwrap().to_owned();
    let odd = folder.join(std::ffi::OsStr::from_bytes(b"\xff"));
    std::fs::write(&odd, b"").unwrap();
    let sweep = async || sweep::sweep(&scene.house.app.db, &scene.house.app.vault().unwrap()).await.unwrap();
    assert_eq!((sweep().await, scene.chunks(&ids[1]).len()), (1, 0));
    std::fs::remove_file(odd).unwrap();
    assert_eq!((sweep().await, scene.chunks(&ids[0]).len(), sweep().await), (1, 0, 0));
}

#[actix_web::test]
async fn what_never_came_whole_is_removed_a_week_after_its_last_byte() {
    let scene = Scene::new().await;
    let content = drawn(5_000_000);
    let begun = told(&scene.begin("reporter", "halb.bin", content.len() + 1, &[]).await);
    let id = begun["datei"].as_str().unwrap().to_owned();
    scene.go_on("reporter", &id, 0, &content).await;
    let whole = scene.send("reporter", "ganz.bin", &content, &[]).await;
    let begun = told(&scene.begin("reporter", "langsam.bin", content.len(), &[]).await);
    let slow = begun["datei"].as_str().unwrap().to_owned();
    scene.go_on("reporter", &slow, 0, &content[..4_500_000]).await;
    let sweep = async || sweep::sweep(&scene.house.app.db, &scene.house.app.vault().unwrap()).await.unwrap();
    assert_eq!((sweep().await, scene.chunks(&id).len()), (0, 1));
    let hours = |hours| scene.house.clock.advance(jiff::SignedDuration::from_hours(hours));
    hours(24 * 6);
    let last: EvidenceId = slow.parse().unwrap();
    scene.house.write(move |tx| service::advance(tx, last, 4 << 20, 4_300_000)).await;
    hours(25);
    assert_eq!((sweep().await, scene.chunks(&id).len(), scene.chunks(&whole).len()), (1, 0, 2));
    assert_eq!((sweep().await, scene.chunks(&slow).len()), (0, 1), "something of it came yesterday");
    hours(24 * 6);
    assert_eq!((sweep().await, scene.chunks(&slow).len(), scene.chunks(&whole).len()), (1, 0, 2));
    assert_eq!(sweep().await, 0);
}
