//! What lies on the disk, and what becomes of it when somebody changes it there.

use std::io::Read as _;

use super::{Scene, drawn, sha256};

#[actix_web::test]
async fn what_lies_on_the_disk_says_nothing_without_the_key_and_comes_back_whole() {
    let scene = Scene::new().await;
    // Two full chunks and a rest.
    let mut content = drawn(9_000_000);
    content[..20].copy_from_slice(b"Passwort: Sommer2026");
    let id = scene.send("reporter", "bildschirm.jpg", &content, &[]).await;
    let chunks = scene.chunks(&id);
    assert_eq!(chunks.len(), 3);
    let mut on_disk = 0;
    for (number, chunk) in chunks.iter().enumerate() {
        let bytes = std::fs::read(chunk).unwrap();
        on_disk += bytes.len();
        let part = &content[number << 22..][..16];
        assert!(!bytes.windows(16).any(|window| window == part || window == b"Passwort: Sommer"));
    }
    assert_eq!(on_disk, content.len() + 3 * 24, "nothing else lies there");
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
    assert!(
        shown.contains("Bitte") && !shown.contains("http://boese.example") && !shown.contains("a()"),
        "{shown}"
    );
    assert!(scene.page("analyst").await.contains("angesehen"), "it stands in the chain of custody");
    assert_eq!(sha256(&scene.download("analyst", &id).await.body), sha256(mail), "and is kept whole");
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
        let read = scene.handed_out(&id).await;
        assert!(read == content[..chunk << 22], "{chunk}, {at}: {} bytes were sent", read.len());
        let page = scene.page("analyst").await;
        let of_file = page.split("<b>").find(|line| line.contains(&format!("{chunk}-{at}.bin")));
        assert!(of_file.is_some_and(|line| line.contains("Beschädigt")), "{page}");
        assert!(page.contains("Schaden festgestellt"));
    }
}

#[actix_web::test]
async fn chunks_that_were_swapped_cut_off_or_appended_are_found() {
    let scene = Scene::new().await;
    let content = drawn(13_000_000);
    let mut names = ["getauscht", "gekuerzt", "verlaengert", "fremd"].into_iter();
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
        let name = names.next().unwrap();
        let id = scene.send("reporter", name, &content, &[]).await;
        spoil(&scene.chunks(&id), &scene.chunks(&other));
        let reply = scene
            .door
            .post(scene.who("analyst"), &format!("{}/{id}/pruefung", scene.path()), &[("", ""); 0])
            .await;
        assert_eq!(reply.status.as_u16(), 303);
        assert!(scene.handed_out(&id).await.len() < content.len(), "{name}");
    }
    let page = scene.page("analyst").await;
    assert_eq!(page.matches(">Beschädigt<").count(), 4);
    let whole = scene
        .door
        .post(scene.who("analyst"), &format!("{}/{other}/pruefung", scene.path()), &[("", ""); 0])
        .await;
    assert_eq!(whole.status.as_u16(), 303);
    assert!(scene.page("analyst").await.contains("geprüft, unverändert"));
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
