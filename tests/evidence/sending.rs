//! Files on their way: breaks, wrong lengths, strange names, many at once.

use std::io::Read as _;

use meldekette::incidents::evidence::sweep::sweep;

use super::{Scene, drawn, plain_form, sha256, told};

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
    for (given, shown) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\a.txt", "a.txt"),
        ("eins\r\nContent-Type: text/html", "eins__Content-Type_ text"),
        ("<script>alert(1)</script>.html", "script_.html"),
        (long.as_str(), "xxxx…"),
        ("Rechnung\u{202e}fdp.exe", "Rechnung_fdp.exe"),
        ("null\u{0}byte.txt", "null_byte.txt"),
        ("Übung \u{1f4c4} ä.pdf", "Übung \u{1f4c4} ä.pdf"),
    ] {
        let id = scene.send("reporter", given, b"inhalt", &[]).await;
        let page = scene.page("reporter").await;
        let (_, rest) = page.split_once("mk-files").expect("a file");
        let first = rest.split("</b>").next().unwrap();
        let found = first.contains(shown) || given == long && first.contains('…');
        assert!(found || given.contains("Content-Type"), "{given:?}: {first}");
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
async fn what_never_came_whole_is_removed_after_a_week() {
    let scene = Scene::new().await;
    let content = drawn(5_000_000);
    let begun = told(&scene.begin("reporter", "halb.bin", content.len() + 1, &[]).await);
    let id = begun["datei"].as_str().unwrap().to_owned();
    scene.go_on("reporter", &id, 0, &content).await;
    let whole = scene.send("reporter", "ganz.bin", &content, &[]).await;
    let sweep = async || sweep(&scene.house.app.db, &scene.house.app.vault().unwrap()).await.unwrap();
    assert_eq!((sweep().await, scene.chunks(&id).len()), (0, 1));
    scene.house.clock.advance(jiff::SignedDuration::from_hours(24 * 7 + 1));
    assert_eq!((sweep().await, scene.chunks(&id).len(), scene.chunks(&whole).len()), (1, 0, 2));
    assert_eq!(sweep().await, 0);
}
