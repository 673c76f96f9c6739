//! The trail that real use left behind, as a file with a changed byte.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use meldekette::audit::verify::{Trust, file};

use super::house::House;
use super::run::{Draw, is_full};
use super::sink::Sink;
use super::town::Town;

/// Reports and views through the API, and a graceful stop: what an operator would export.
fn used(reports: usize) -> House {
    let house = House::new();
    let app = house.app();
    let town = Town::settle(&app);
    let sink = Sink::taking(Duration::ZERO);
    let mut server = house.serve(&sink, &[]);
    let http = town.client(&server);
    for number in 0..reports {
        let (_, filed) = http.file(&format!("{number}"), "Anhang geöffnet.").unwrap();
        let (status, _) = http.get(&format!("/api/v1/incidents/{}", filed["reference"].as_str().unwrap()));
        assert_eq!(status, 200);
    }
    assert!(server.stop().success());
    house
}

#[test]
fn each_byte_of_an_exported_trail_that_is_changed_is_found() {
    let house = used(if is_full() { 12 } else { 3 });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.jsonl");
    let name = path.to_str().unwrap();
    assert!(house.run(&["audit", "export", name]).status.success());
    assert!(house.run(&["audit", "verify", name]).status.success(), "the trail as it was written");
    let trail = std::fs::read(&path).unwrap();
    let sound = file(trail.as_slice(), &Trust::default()).unwrap().unwrap();

    let (next, found) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut changed = trail.clone();
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let Some(byte) = trail.get(at) else { break };
                    // Any other value; which one is drawn.
                    changed[at] ^= 1 + Draw(at as u64).below(255) as u8;
                    let outcome = file(changed.as_slice(), &Trust::default()).unwrap();
                    assert!(outcome.is_err(), "byte {at}: {byte} became {}", changed[at]);
                    found.fetch_add(1, Ordering::SeqCst);
                    changed[at] = *byte;
                }
            });
        }
    });

    let mut draw = Draw(6);
    for _ in 0..20 {
        let at = draw.below(trail.len() as u64) as usize;
        let mut changed = trail.clone();
        changed[at] ^= 1 + draw.below(255) as u8;
        std::fs::write(&path, changed).unwrap();
        let verified = house.run(&["audit", "verify", name]);
        assert!(!verified.status.success(), "byte {at}");
        assert!(
            String::from_utf8_lossy(&verified.stderr).contains("the trail is broken at row"),
            "byte {at}"
        );
    }
    println!(
        "exported trail: {} rows, {} bytes, each changed once: found {} of {}; by the command 20 of 20",
        sound.rows,
        trail.len(),
        found.load(Ordering::SeqCst),
        trail.len()
    );
    assert_eq!(found.into_inner(), trail.len());
}
