//! What lies on the disk, and what becomes of it when somebody changes it there.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use diesel::prelude::*;
use meldekette::core::env::Env;
use meldekette::crypto::seal::SealingKey;
use meldekette::incidents::evidence::model::Evidence;
use meldekette::incidents::evidence::service::salted;
use meldekette::incidents::evidence::vault::Vault;
use meldekette::store::objects::Objects;
use meldekette::store::schema::{audit_rows, evidence_contents};

use super::{Scene, drawn, sha256, told};

/// Runs of 16 bytes that are looked for wherever they may begin.
struct Wanted {
    runs: Vec<[u8; 16]>,
    /// With which two bytes any of them begins.
    begins: Vec<bool>,
}

impl Wanted {
    /// Some of each chunk of a file: of its beginning, its middle and its end.
    fn of(content: &[u8]) -> Self {
        let mut runs = Vec::new();
        for chunk in content.chunks(4 << 20) {
            for at in [0, 1, 4711, chunk.len() / 2 + 3, chunk.len() - 16] {
                runs.push(*chunk[at..].first_chunk().unwrap());
            }
        }
        let mut begins = vec![false; 1 << 16];
        for run in &runs {
            begins[usize::from(u16::from_le_bytes([run[0], run[1]]))] = true;
        }
        Self { runs, begins }
    }

    fn are_in(&self, bytes: &[u8]) -> bool {
        bytes.windows(16).any(|it| {
            self.begins[usize::from(u16::from_le_bytes([it[0], it[1]]))]
                && self.runs.iter().any(|run| run == it)
        })
    }
}

/// All files below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

/// Files right in the system's folder for temporary ones that were written since an instant.
fn temporary(since: SystemTime) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(std::env::temp_dir()).unwrap().filter_map(Result::ok);
    let is_new = |path: &PathBuf| {
        path.metadata().is_ok_and(|it| it.is_file() && it.modified().is_ok_and(|at| at >= since))
    };
    entries.map(|entry| entry.path()).filter(is_new).collect()
}

#[actix_web::test]
async fn what_lies_on_the_disk_says_nothing_without_the_key_and_comes_back_whole() {
    let begun = SystemTime::from(Env::system().now());
    let scene = Scene::new().await;
    // Two full chunks and a rest.
    let mut content = drawn(9_000_000);
    content[..20].copy_from_slice(b"Passwort: Sommer2026");
    let id = scene.send("reporter", "bildschirm.jpg", &content, &[]).await;
    let chunks = scene.chunks(&id);
    assert_eq!(chunks.len(), 3);
    let on_disk: u64 = chunks.iter().map(|chunk| chunk.metadata().unwrap().len()).sum();
    assert_eq!(on_disk, content.len() as u64 + 3 * 24, "nothing else lies there");
    let wanted = Wanted::of(&content);
    assert!(wanted.are_in(&content[8_000_000..]) && wanted.are_in(b"!Passwort: Sommer"));
    // Beside the files of the house: the database with its log, and what lies around.
    let config = &scene.house.app.config;
    let mut places = below(config.evidence.folder.parent().unwrap());
    assert!(chunks.iter().all(|chunk| places.contains(chunk)));
    if let Some(database) = config.database.url.strip_prefix("sqlite:") {
        let database = below(Path::new(database).parent().unwrap());
        assert!(database.len() > 1, "its log lies beside it");
        places.extend(database);
    }
    places.extend(temporary(begun));
    for place in places {
        // What is not there any more was another process's.
        let bytes = std::fs::read(&place).unwrap_or_default();
        assert!(!wanted.are_in(&bytes), "{}", place.display());
    }
    for who in ["reporter", "org_lead", "analyst", "auditor"] {
        let reply = scene.download(who, &id).await;
        assert_eq!((reply.status.as_u16(), sha256(&reply.body)), (200, sha256(&content)), "{who}");
        let header = |name| reply.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        let named = "attachment; filename=\"bildschirm.jpg\"; filename*=UTF-8''";
        assert!(header("content-disposition").starts_with(named), "{}", header("content-disposition"));
        assert_eq!(header("content-type"), "application/octet-stream");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("content-length"), content.len().to_string());
    }
    let page = scene.page("reporter").await;
    assert!(page.contains(&sha256(&content)) && page.contains("bildschirm.jpg") && page.contains("9,0 MB"));
    assert_eq!(page.matches("heruntergeladen").count(), 4, "each hand-over is in the chain of custody");
    assert_eq!(page.matches("angenommen").count(), 1);
}

#[actix_web::test]
async fn a_stored_file_opens_neither_with_the_key_of_another_installation_nor_with_that_of_another_file() {
    let scene = Scene::new().await;
    let id = scene.send("reporter", "a.bin", &drawn(100), &[]).await;
    let other = scene.send("reporter", "b.bin", &drawn(200), &[]).await;
    let (file, other) = (scene.load(&id).await, scene.load(&other).await);
    let app = &scene.house.app;
    let own = Arc::new(app.vault().unwrap());
    assert_eq!(own.read(&file).unwrap().digest().await.unwrap(), file.sha256.unwrap());
    let objects = Objects::folder(&app.config.evidence.folder).unwrap();
    let sealing = SealingKey::from_bytes(&[9; 32]).unwrap();
    let stranger = Arc::new(Vault::new(objects, sealing, app.env.clone()));
    assert!(stranger.read(&file).is_err());
    assert!(own.read(&Evidence { data_key: other.data_key, ..file }).is_err());
}

#[actix_web::test]
async fn the_trail_binds_a_file_by_a_hash_that_says_nothing_once_the_salt_is_gone() {
    let scene = Scene::new().await;
    let id = scene.send("reporter", "a.bin", b"bekannt", &[]).await;
    let file = scene.load(&id).await;
    let wanted = file.id;
    let (details, salt) = scene
        .house
        .app
        .db
        .read_now(move |tx| {
            let rows = audit_rows::table.filter(audit_rows::action.eq("evidence.add"));
            let details: Vec<String> = rows.select(audit_rows::detail).load(tx.conn)?;
            let salt: Option<Vec<u8>> =
                evidence_contents::table.find(wanted).select(evidence_contents::salt).first(tx.conn)?;
            Ok((details, salt.expect("a salt")))
        })
        .unwrap();
    assert_eq!((details.len(), salt.len()), (1, 32));
    assert!(!details[0].contains(&sha256(b"bekannt")), "{}", details[0]);
    let bound = hex::encode(salted(&salt, &file.sha256.unwrap()));
    assert!(details[0].contains(&bound), "{}", details[0]);
    assert_eq!(bound, sha256(&[salt, file.sha256.unwrap().to_vec()].concat()));
}

#[actix_web::test]
async fn who_else_had_a_shared_file_in_hand_is_known_to_the_team_alone() {
    let scene = Scene::new().await;
    let id = scene.send("analyst", "anleitung.txt", b"So gehen Sie vor.", &[("an", "involved")]).await;
    assert_eq!(scene.download("reporter", &id).await.status.as_u16(), 200);
    let unnamed = async |who| scene.page(who).await.matches("Eine andere beteiligte Person").count();
    assert_eq!((unnamed("org_lead").await, unnamed("reporter").await, unnamed("analyst").await), (1, 0, 0));
    assert_eq!(scene.begin("reporter", "a.txt", 9, &[("an", "involved")]).await.status.as_u16(), 403);
}

#[actix_web::test]
async fn a_mail_is_shown_as_headers_and_text_and_nothing_in_it_is_a_link() {
    let scene = Scene::new().await;
    let mail = b"From: Chef <chef@boese.example>\r\nSubject: Zahlung\r\nContent-Type: text/html\r\n\r\n\
        <p>Bitte <a href=\"http://boese.example\">hier</a><img src=\"http://boese.example/x\"><script>a()</script></p>";
    let id = scene.send("reporter", "phishing.eml", mail, &[]).await;
    let page = scene.page("analyst").await;
    assert!(page.contains(&format!("/beweise/{id}/ansicht")));
    let shown = scene.door.get(scene.who("analyst"), &format!("{}/{id}/ansicht", scene.path())).await.text();
    assert!(
        shown.contains("Chef &lt;chef@boese.example&gt;")
            || shown.contains("Chef &#60;chef@boese.example&#62;")
    );
    // Where the link leads is told, as words: nothing leads there, and nothing is fetched from there.
    assert!(
        shown.contains("Bitte hier\n\n&lt;http://boese.example&gt;")
            || shown.contains("Bitte hier\n\n&#60;http://boese.example&#62;"),
        "{shown}"
    );
    for live in ["=\"http://boese", "='http://boese", "=http://boese", "boese.example/x", "a()"] {
        assert!(!shown.contains(live), "{live}: {shown}");
    }
    assert!(scene.page("analyst").await.contains("angesehen"), "it stands in the chain of custody");
    assert_eq!(sha256(&scene.download("analyst", &id).await.body), sha256(mail), "and is kept whole");
    let endless = format!("Subject: a\r\n{}\r\n{}", "X-A: b\r\n".repeat(202), "t".repeat(50_001));
    let long = scene.send("reporter", "lang.eml", endless.as_bytes(), &[]).await;
    let shown =
        scene.door.get(scene.who("analyst"), &format!("{}/{long}/ansicht", scene.path())).await.text();
    assert!(
        shown.contains("3 weitere Kopfzeilen sind hier nicht gezeigt.")
            && shown.matches("<dt>X-A").count() == 199
    );
    assert!(shown.contains("Hier steht der Anfang des Textes.") && !shown.contains(&"t".repeat(50_001)));
    let other = scene.send("reporter", "kaputt.msg", b"keine Mail", &[]).await;
    let reply = scene.door.get(scene.who("analyst"), &format!("{}/{other}/ansicht", scene.path())).await;
    assert!(reply.status.as_u16() == 409 && reply.text().contains("keine Mail, die wir anzeigen"));
}

/// Files that end whoever reads them: their nesting overflows a stack, their decoding fills a memory.
fn bombs() -> [(&'static str, Vec<u8>); 2] {
    let nested = |levels: usize| "Content-Type: message/rfc822\r\n\r\n".repeat(levels);
    let deep = format!("From: a@b.example\r\n{}\r\nx", nested(100_000));
    let inner = format!("From: a@b.example\r\n{}{}", nested(4_000), "x".repeat(4 << 20));
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, inner);
    let wide = format!(
        "From: a@b.example\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"
    );
    [("tief.eml", deep.into_bytes()), ("breit.eml", wide.into_bytes())]
}

#[actix_web::test]
async fn a_mail_that_ends_its_reader_does_not_end_the_server() {
    let scene = Scene::new().await;
    for (name, bomb) in bombs() {
        let id = scene.send("reporter", name, &bomb, &[]).await;
        let reply = scene.door.get(scene.who("analyst"), &format!("{}/{id}/ansicht", scene.path())).await;
        let text = reply.text();
        assert!(
            reply.status.as_u16() == 409 && text.contains("keine Mail, die wir anzeigen"),
            "{name}: {text}"
        );
        assert_eq!(sha256(&scene.download("analyst", &id).await.body), sha256(&bomb), "kept whole");
    }
}

#[actix_web::test]
async fn a_byte_flipped_on_the_disk_is_found_and_named_wherever_it_lies() {
    let scene = Scene::new().await;
    let content = drawn(9_000_000);
    // In the first chunk: nothing is answered. In a later one: nothing of it, nor behind it, is sent.
    for (chunk, at) in [(0, 0), (0, 100), (1, 4_000_000), (2, 7)] {
        let id = scene.send("reporter", &format!("{chunk}-{at}.bin"), &content, &[]).await;
        let path = &scene.chunks(&id)[chunk];
        let mut bytes = std::fs::read(path).unwrap();
        bytes[at] ^= 1;
        std::fs::write(path, bytes).unwrap();
        let read = scene.handed_out(&id, chunk as u32).await;
        assert!(read == content[..chunk << 22], "{chunk}, {at}: {} bytes were sent", read.len());
        let told = scene.of_file("analyst", &id).await;
        assert!(told.contains(">Beschädigt<"), "{told}");
        let count = |words| told.matches(words).count();
        let custody = ["angenommen", "heruntergeladen", "Schaden festgestellt"].map(count);
        assert_eq!(custody, [1, usize::from(chunk > 0), 1], "{chunk}, {at}");
    }
    // Whoever sends it once more is not told that it is there already.
    let again = told(&scene.begin("reporter", "0-0.bin", content.len(), &[]).await);
    assert_eq!((again["erhalten"].as_u64(), again["fertig"].as_bool()), (Some(0), Some(false)));
}

#[actix_web::test]
async fn chunks_that_were_swapped_cut_off_or_appended_are_found() {
    let scene = Scene::new().await;
    let content = drawn(13_000_000);
    let mut names = [("getauscht", 1), ("gekuerzt", 3), ("verlaengert", 3), ("fremd", 1)].into_iter();
    let other = scene.send("reporter", "anderes.bin", &content, &[]).await;
    for spoil in [
        &(|all: &[std::path::PathBuf], _: &[std::path::PathBuf]| {
            let (one, two) = (std::fs::read(&all[1]).unwrap(), std::fs::read(&all[2]).unwrap());
            std::fs::write(&all[1], two).unwrap();
            std::fs::write(&all[2], one).unwrap();
        }) as &dyn Fn(&[std::path::PathBuf], &[std::path::PathBuf]),
        &|all, _| std::fs::remove_file(&all[3]).unwrap(),
        &|all, _| {
            let mut last = std::fs::read(&all[3]).unwrap();
            last.extend_from_slice(b"mehr");
            std::fs::write(&all[3], last).unwrap();
        },
        &|all, others| std::fs::write(&all[1], std::fs::read(&others[1]).unwrap()).unwrap(),
    ] {
        let (name, damaged) = names.next().unwrap();
        let id = scene.send("reporter", name, &content, &[]).await;
        spoil(&scene.chunks(&id), &scene.chunks(&other));
        assert_eq!(scene.verify(&id).await.status.as_u16(), 303);
        assert!(scene.handed_out(&id, damaged).await == content[..(damaged as usize) << 22], "{name}");
        let told = scene.of_file("analyst", &id).await;
        assert_eq!(
            told.matches("Schaden festgestellt").count(),
            2,
            "{name}: by the check and by the download"
        );
    }
    let page = scene.page("analyst").await;
    assert_eq!(page.matches(">Beschädigt<").count(), 4);
    assert_eq!(scene.verify(&other).await.status.as_u16(), 303);
    assert!(scene.of_file("analyst", &other).await.contains("geprüft, unverändert"));
}

#[actix_web::test]
async fn no_more_files_are_verified_or_packed_at_once_than_the_machine_bears() {
    let mut scene = Scene::new().await;
    let vault = Arc::new(scene.house.app.vault().unwrap());
    scene.door = scene.house.door_on(&vault).await;
    let id = scene.send("reporter", "rechnung.exe", b"MZ", &[("verdacht", "ja")]).await;
    let taken: Vec<_> = std::iter::from_fn(|| vault.verifying().ok()).collect();
    let busy = scene.verify(&id).await;
    assert!(busy.status.as_u16() == 409 && busy.text().contains("in einer Minute noch einmal"));
    assert_eq!(scene.download("analyst", &id).await.status.as_u16(), 200, "that is another work");
    drop(taken);
    assert_eq!(scene.verify(&id).await.status.as_u16(), 303);
    let taken: Vec<_> = std::iter::from_fn(|| vault.packing().ok()).collect();
    let busy = scene.download("analyst", &id).await;
    assert!(busy.status.as_u16() == 409 && busy.text().contains("in einer Minute noch einmal"));
    drop(taken);
    assert_eq!(scene.download("analyst", &id).await.status.as_u16(), 200);
    let told = scene.of_file("analyst", &id).await;
    assert_eq!(told.matches("heruntergeladen").count(), 2, "what was refused is no hand-over");
}

#[actix_web::test]
async fn suspected_malware_leaves_only_in_an_archive_with_a_password() {
    let scene = Scene::new().await;
    let content = drawn(5_000_000);
    let id = scene.send("reporter", "rechnung.exe", &content, &[("verdacht", "ja")]).await;
    let page = scene.page("analyst").await;
    assert!(page.contains("Verdacht auf Schadsoftware") && page.contains("infected"));
    let reply = scene.download("analyst", &id).await;
    let disposition = reply.headers.get("content-disposition").unwrap().to_str().unwrap();
    assert!(disposition.contains("rechnung.exe.zip"), "{disposition}");
    assert!(!reply.body.windows(16).any(|window| window == &content[..16]), "the archive is encrypted");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(reply.body)).unwrap();
    assert!(archive.by_index(0).is_err(), "no password, no file");
    assert!(archive.by_index_decrypt(0, b"falsch").is_err());
    let mut file = archive.by_index_decrypt(0, b"infected").unwrap();
    assert_eq!(file.name().unwrap(), "rechnung.exe");
    let mut out = Vec::new();
    file.read_to_end(&mut out).unwrap();
    assert_eq!(sha256(&out), sha256(&content));
}
