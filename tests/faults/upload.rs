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
    let (wanted, length) = if is_full() { (50, 200 << 20) } else { (6, 48 << 20) };
    let content: Vec<u8> = (0..length / 8).flat_map(|_| draw.below(u64::MAX).to_le_bytes()).collect();
    let mut process = house.serve(&sink, &[]);
    let (_, filed) = town.client(&process).file("upload", "Datei folgt.").unwrap();
    let path = format!("/vorgaenge/{}/beweise", filed["reference"].as_str().unwrap());
    let mut reporter = Reporter::sign_in(&process);
    let (mut kills, mut deaths, mut files, mut acknowledged) = (0, 0, 0, 0_u64);
    while kills + deaths < wanted {
        files += 1;
        let size = length.to_string();
        let mark = files.to_string();
        let announced = [("name", "abbild.raw"), ("groesse", size.as_str()), ("marke", mark.as_str())];
        // What the server said last that it has of this file.
        let mut sure = 0;
        let id = loop {
            let (status, told) = reporter.post(&format!("{path}/beginn"), &announced);
            let told: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{status} {told}"));
            let has = told["erhalten"].as_u64().unwrap();
            assert!(has >= sure, "{has} of {sure} acknowledged bytes are there");
            sure = has;
            let id = told["datei"].as_str().unwrap().to_owned();
            if told["fertig"] == true {
                break id;
            }
            if kills + deaths < wanted && draw.below(2) == 0 {
                let rest = &content[sure as usize..];
                let come = draw.below(rest.len() as u64) as usize;
                reporter.dies_sending(&format!("{path}/{id}"), sure, rest, come);
                deaths += 1;
                continue;
            }
            let is_over = AtomicBool::new(false);
            let after = Duration::from_micros(draw.below(if is_full() { 900_000 } else { 200_000 }));
            std::thread::scope(|scope| {
                if kills + deaths < wanted {
                    let (process, is_over) = (&process, &is_over);
                    scope.spawn(move || {
                        std::thread::sleep(after);
                        process.signal("KILL");
                        is_over.store(true, Ordering::SeqCst);
                    });
                }
                while let Some((200, told)) = {
                    let end = content.len().min(sure as usize + SLICE);
                    reporter.patch(&format!("{path}/{id}"), sure, &content[sure as usize..end])
                } {
                    let told: Value = serde_json::from_str(&told).unwrap();
                    sure = told["erhalten"].as_u64().unwrap();
                    acknowledged = acknowledged.max(sure);
                    if told["fertig"] == true {
                        break;
                    }
                }
            });
            if is_over.load(Ordering::SeqCst) {
                kills += 1;
                process.kill();
                process = house.serve(&sink, &[]);
                reporter.moved_to(&process);
            }
        };
        let stored = reporter.download(&format!("{path}/{id}"));
        assert!(
            digest(&SHA256, &stored).as_ref() == digest(&SHA256, &content).as_ref(),
            "another file of {} bytes came back",
            stored.len()
        );
    }
    println!(
        "{kills} times kill -9 of the server, {deaths} deaths of the browser while {files} files of {length} bytes are sent: acknowledged bytes lost 0, files changed 0"
    );
    assert!(acknowledged > 0);
}
