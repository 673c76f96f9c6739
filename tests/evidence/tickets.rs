//! Tickets of a real Request Tracker as cases: once, with their words and files; and an RT that does not answer as it should.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use diesel::dsl::count_star;
use diesel::prelude::*;
use meldekette::directory::model::{AssetValue, MailDomain};
use meldekette::directory::service as directory;
use meldekette::incidents::importing::rt::{self, Client, Found, Look, Source, Ticked, Trouble};
use meldekette::incidents::model::{Audience, Category};
use meldekette::incidents::service as incidents;
use meldekette::incidents::status::Status;
use meldekette::store::schema::{audit_rows, evidence, incidents as cases, jobs, outbox, timeline_entries};
use serde_json::json;
use zeroize::Zeroizing;

use super::Scene;
use crate::support::app::House;
use crate::support::rt::Rt;

fn client(house: &House, url: &str, token: &str) -> Client {
    // The program does so at its start.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new(url, Zeroizing::new(token.to_owned()), house.app.env.clone()).unwrap().by(2)
}

async fn run(
    house: &House,
    client: &Client,
    source: &Source,
    look: Look,
) -> (Result<Found, Trouble>, Vec<Ticked>) {
    let (vault, mut all) = (Arc::new(house.app.vault().unwrap()), Vec::new());
    let found = rt::run(client, source, look, (&house.app.db, &vault), |one| all.push(one.clone())).await;
    (found, all)
}

fn counts(house: &House) -> ([i64; 6], usize) {
    let rows = house.app.db.read_now(|tx| {
        Ok([
            cases::table.select(count_star()).first(tx.conn)?,
            timeline_entries::table.select(count_star()).first(tx.conn)?,
            evidence::table.select(count_star()).first(tx.conn)?,
            audit_rows::table.select(count_star()).first(tx.conn)?,
            jobs::table.select(count_star()).first(tx.conn)?,
            outbox::table.select(count_star()).first(tx.conn)?,
        ])
    });
    let files = std::fs::read_dir(house.app.config.evidence.folder.join("evidence"));
    (rows.unwrap(), files.map_or(0, Iterator::count))
}

#[actix_web::test]
async fn tickets_of_a_real_rt_become_cases_once_with_their_words_and_files() {
    let rt = tokio::task::spawn_blocking(|| {
        let rt = Rt::start();
        let fields = json!({ "Classification": ["Phishing"], "IP": ["203.0.113.50"] });
        let first = rt.ticket(
            "Verdächtige Mail",
            "it@amt.eigen.example",
            "Bitte prüfen:\nhxxp://evil.example/x",
            &fields,
        );
        rt.write(
            first,
            "comment",
            "Nur für uns: schon gesehen",
            Some(("mitschnitt.pcap", "aGFsbG8gd2VsdA==")),
        );
        rt.write(first, "correspond", "Bitte sperren Sie die Adresse", None);
        rt.set_status(first, "resolved");
        rt.ticket(
            "Wessen ist das?",
            "jemand@anderswo.example",
            "Hallo",
            &json!({ "Classification": ["Seltsam"] }),
        );
        let third = rt.ticket("Doppelt", "it@amt.eigen.example", "Nochmal", &json!({}));
        rt.set_status(third, "rejected");
        rt
    })
    .await
    .unwrap();
    let scene = Scene::new().await;
    let own = scene.cast.houses.own;
    let domain = AssetValue::MailDomain(MailDomain::parse("eigen.example").unwrap());
    let add = move |tx: &mut meldekette::store::Tx<'_>, actor: &meldekette::core::actor::Actor| {
        directory::add_asset(tx, actor, own, &domain).map(|_| ())
    };
    scene.house.act(scene.cast.person("administrator").account, add).await;
    scene.house.work().await;
    let before = counts(&scene.house);

    let (there, source) = (client(&scene.house, &rt.url, &rt.token), Source::queue("General"));
    let (found, looked) = run(&scene.house, &there, &source, Look::Dry).await;
    let all = Found { read: 3, new: 3, here: 0, without_organisation: 1, files: 1, bytes: 10, problems: 1 };
    assert_eq!(found.unwrap(), all, "{looked:?}");
    assert!(looked[1].problems[0].contains("Seltsam"), "{looked:?}");
    assert_eq!(counts(&scene.house), before, "a look changes nothing");

    let (found, done) = run(&scene.house, &there, &source, Look::Real).await;
    assert_eq!(found.unwrap(), all, "{done:?}");
    scene.house.clock.advance(jiff::SignedDuration::from_secs(3));
    scene.house.work().await;
    let after = counts(&scene.house);
    assert_eq!(after.0[5], before.0[5], "nobody is mailed");
    let (found, again) = run(&scene.house, &there, &source, Look::Real).await;
    assert_eq!(found.unwrap(), Found { read: 3, here: 3, ..Found::default() }, "{again:?}");
    assert_eq!(counts(&scene.house), after, "the same again changes nothing");

    let reference = done[0].here.clone().unwrap();
    let of = reference.clone();
    let show = move |tx: &mut meldekette::store::Tx<'_>, actor: &meldekette::core::actor::Actor| {
        incidents::show(tx, actor, &of)
    };
    let view = scene.house.act(scene.cast.person("analyst").account, show).await;
    let case = &view.incident;
    assert_eq!((case.title.as_str(), case.organisation), ("Verdächtige Mail", Some(own)));
    assert_eq!((case.status, case.category), (Status::Closed, Some(Category::Phishing)));
    assert!(case.closed_at.is_some_and(|at| at >= case.reported_at), "{case:?}");
    let said: Vec<_> =
        view.entries.iter().rev().map(|it| (it.kind.as_str(), it.audience, it.body.as_deref())).collect();
    let to = Audience::Organisation(own);
    for line in [
        ("message", to, Some("Bitte prüfen:\nhxxp://evil.example/x")),
        ("note", Audience::Team, Some("Nur für uns: schon gesehen")),
        ("message", to, Some("Bitte sperren Sie die Adresse")),
    ] {
        assert!(said.contains(&line), "{line:?}: {said:?}");
    }
    let told = said.iter().find(|line| line.0 == "imported").unwrap().2.unwrap();
    assert!(
        told.contains("RT#1") && told.contains("203.0.113.50") && told.contains("it@amt.eigen.example"),
        "{told}"
    );
    let page = scene.door.get(scene.who("analyst"), &format!("/vorgaenge/{reference}")).await.text();
    for shown in ["mitschnitt.pcap", "203[.]0[.]113[.]50", "evil[.]example", "root (127.0.0.1"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let house = scene.door.get(scene.who("reporter"), &format!("/vorgaenge/{reference}")).await.text();
    assert!(
        house.contains("Bitte sperren Sie")
            && !house.contains("schon gesehen")
            && !house.contains("mitschnitt.pcap")
    );
    let found = scene.door.get(scene.who("analyst"), "/suche?q=rt%231").await;
    assert_eq!(found.to, Some(format!("/vorgaenge/{reference}")), "{}", found.text());

    let loose = done[1].here.clone().unwrap();
    let page = scene.door.get(scene.who("analyst"), &format!("/vorgaenge/{loose}/zuordnen")).await;
    assert_eq!(page.status.as_u16(), 200, "people bring it to its organisation");

    let later = Source { query: "id = 2".to_owned() }.since(Some(jiff::civil::date(2090, 1, 1)));
    let (found, _) = run(&scene.house, &there, &later, Look::Dry).await;
    assert_eq!(found.unwrap().read, 0);
    let (refused, _) =
        run(&scene.house, &client(&scene.house, &rt.url, "1-14-falsch"), &source, Look::Dry).await;
    assert!(matches!(refused, Err(Trouble::Unauthorized)), "{refused:?}");
    let (refused, _) = run(&scene.house, &there, &Source { query: "Unsinn".to_owned() }, Look::Dry).await;
    assert!(matches!(&refused, Err(Trouble::Refused(said)) if said.contains("query")), "{refused:?}");
}

/// Answers every request alike, and counts them.
fn answering(answer: Vec<u8>) -> (String, Arc<std::sync::atomic::AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let mut room = [0; 4096];
            let _ = stream.read(&mut room);
            let _ = stream.write_all(&answer);
        }
    });
    (url, asked)
}

#[actix_web::test]
async fn an_rt_that_is_slow_lies_or_floods_ends_the_import_with_the_reason_and_never_gets_the_token_elsewhere()
 {
    let house = House::empty();
    let _door = house.door().await;
    let source = Source::queue("Vorfälle");
    let head =
        |status: &str, body: &str| format!("HTTP/1.1 {status}\r\nConnection: close\r\n{body}").into_bytes();
    let flood = [head("200 OK", "\r\n"), vec![b' '; 20 << 20]].concat();
    let (elsewhere, visited) = answering(head("200 OK", "\r\n{}"));
    let away =
        head(&format!("302 Found\r\nLocation: {elsewhere}/REST/2.0/tickets"), "Content-Length: 0\r\n\r\n");
    for (answer, why, tries) in [
        (head("200 OK", "\r\nkein JSON"), "is not what REST2 says", 1),
        (head("200 OK", "\r\n{\"items\": 7}"), "is not what REST2 says", 1),
        (flood, "is longer than", 1),
        (away, "302", 1),
        (head("503 Service Unavailable", "\r\n"), "503", 4),
        (head("403 Forbidden", "\r\n{\"message\":\"nein\"}"), "RT says: nein", 1),
    ] {
        let (url, asked) = answering(answer);
        let (found, _) = run(&house, &client(&house, &url, "1-14-geheim"), &source, Look::Real).await;
        let said = found.unwrap_err().to_string();
        assert!(said.contains(why), "{why}: {said}");
        assert!(!said.contains("geheim"), "{said}");
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), tries, "{said}");
    }
    assert_eq!(visited.load(std::sync::atomic::Ordering::SeqCst), 0, "nobody follows where it points");
    let env = house.app.env.clone();
    let open = |url: &str| Client::new(url, Zeroizing::new("1-14-x".to_owned()), env.clone()).map(|_| ());
    assert!(matches!(open("http://rt.example"), Err(Trouble::Open)));
    assert!(matches!(open("ftp://127.0.0.1"), Err(Trouble::Open)));
    assert!(open("https://rt.example/rt").is_ok() && open("http://127.0.0.1:8080").is_ok());
    assert_eq!(counts(&house).0[0], 0);
}
