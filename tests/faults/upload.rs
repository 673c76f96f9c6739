//! The server or the browser is killed while a file is sent: no byte that was acknowledged is lost, and the file that
//! lies there in the end is the one that was sent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::house::House;
use super::run::{Draw, is_full};
use super::sink::Sink;
use super::town::{Reporter, Town};

const SLICE: usize = 8 << 20;

#[test]
fn after_kill_9_of_server_or_browser_in_an_upload_every_acknowledged_byte_is_there_and_the_file_comes_whole()
{
    let house = House::new();
    let app = house.app();
    let town = Town::settle(&app);
    house.settle(app);
    let sink = Sink::taking(Duration::ZERO);
    let mut draw = Draw(0x4245);
    // So many of each.
    let (wanted, length) = if is_full() { (25, 200 << 20) } else { (3, 48 << 20) };
    let content: Vec<u8> = (0..length / 8).flat_map(|_| draw.below(u64::MAX).to_le_bytes()).collect();
    let mut process = house.serve(&sink, &[]);
    let (_, filed) = town.client(&process).file("upload", "Datei folgt.").unwrap();
    let path = format!("/vorgaenge/{}/beweise", filed["reference"].as_str().unwrap());
    let mut reporter = Reporter::sign_in(&process);
    // Kills that broke a request off, and those that came between two.
    let (mut kills, mut idle, mut deaths) = (0, 0, 0);
    let (mut files, mut changed) = (0, 0);
    let (mut acknowledged, mut lost) = (0_u64, 0_u64);
    while kills < wanted || deaths < wanted {
        files += 1;
        let size = length.to_string();
        let mark = files.to_string();
        let announced = [("name", "abbild.raw"), ("groesse", size.as_str()), ("marke", mark.as_str())];
        // What the server said last that it has of this file.
        let mut sure = 0_u64;
        let id = loop {
            let (status, told) = reporter.post(&format!("{path}/beginn"), &announced);
            let told: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{status} {told}"));
            let has = told["erhalten"].as_u64().unwrap();
            lost += sure.saturating_sub(has);
            sure = has;
            let id = told["datei"].as_str().unwrap().to_owned();
            if told["fertig"] == true {
                break id;
            }
            if deaths < wanted && draw.below(2) == 0 {
                let rest = &content[sure as usize..];
                // At least one byte of the file comes, and at least one does not.
                let come = 1 + draw.below(rest.len() as u64 - 1) as usize;
                reporter.dies_sending(&format!("{path}/{id}"), sure, rest, come);
                deaths += 1;
                continue;
            }
            let (is_over, mut is_broken_off) = (AtomicBool::new(false), false);
            let after = Duration::from_micros(draw.below(if is_full() { 900_000 } else { 200_000 }));
            std::thread::scope(|scope| {
                if kills < wanted {
                    let (process, is_over) = (&process, &is_over);
                    scope.spawn(move || {
                        std::thread::sleep(after);
                        process.signal("KILL");
                        is_over.store(true, Ordering::SeqCst);
                    });
                }
                loop {
                    let end = content.len().min(sure as usize + SLICE);
                    match reporter.patch(&format!("{path}/{id}"), sure, &content[sure as usize..end]) {
                        Some((200, told)) => {
                            let told: Value = serde_json::from_str(&told).unwrap();
                            let has = told["erhalten"].as_u64().unwrap();
                            acknowledged += has - sure;
                            sure = has;
                            if told["fertig"] == true {
                                break;
                            }
                        }
                        // A request of the dead browser is not over there: it is asked again how far the file came.
                        Some((409, _)) => break,
                        Some((status, told)) => panic!("{status} {told}"),
                        None => {
                            is_broken_off = true;
                            break;
                        }
                    }
                }
            });
            let is_killed = is_over.load(Ordering::SeqCst);
            assert!(is_killed || !is_broken_off, "a living server answers");
            if is_killed {
                let count = if is_broken_off { &mut kills } else { &mut idle };
                *count += 1;
                process.kill();
                process = house.serve(&sink, &[]);
                reporter.moved_to(&process);
            }
        };
        let stored = reporter.download(&format!("{path}/{id}"));
        changed += usize::from(digest(&SHA256, &stored).as_ref() != digest(&SHA256, &content).as_ref());
    }
    println!(
        "{kills} requests of an upload broken off by kill -9 of the server ({idle} more kills between two requests), \
         {deaths} by the death of the browser, while {files} files of {length} bytes are sent: {acknowledged} bytes \
         acknowledged, {lost} of them lost, {changed} files changed"
    );
    assert_eq!((lost, changed), (0, 0));
    assert!(kills > 0 && deaths > 0 && files > 0 && acknowledged > 0);
}

#[test]
fn doctor_puts_a_probe_where_files_lie_and_names_a_place_that_takes_none() {
    let house = House::new();
    let said = |more: &[(&str, &str)]| String::from_utf8(house.run_with(&["doctor"], more).stdout).unwrap();
    assert!(said(&[]).contains("notice evidence: ") && said(&[]).contains("the first start makes it"));
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let told = said(&[("EVIDENCE_FOLDER", place)]);
    assert!(told.contains(&format!("ok     evidence: {place} takes files")), "{told}");
    assert_eq!(std::fs::read_dir(place).unwrap().count(), 0, "nothing of the probe stays");
    let told = said(&[("EVIDENCE_FOLDER", "/proc")]);
    assert!(told.contains("BAD    evidence: /proc") && told.contains("check evidence.folder"), "{told}");
}
