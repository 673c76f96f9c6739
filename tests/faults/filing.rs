//! A process that is killed while town halls report: what was confirmed is there, what is there is whole.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::house::House;
use super::run::{Draw, is_full};
use super::sink::Sink;
use super::town::{Town, whole_incidents};

const CLIENTS: usize = 8;

#[test]
fn after_kill_9_every_confirmed_report_is_there_and_none_is_half_written() {
    let prepared = House::new();
    let app = prepared.app();
    let town = Town::settle(&app);
    prepared.settle(app);
    let sink = Sink::taking(Duration::ZERO);
    let (rounds, mut draw) = (if is_full() { 20 } else { 3 }, Draw(0x4d4b));
    let (mut confirmed, mut unknown) = (0, 0);
    for round in 0..rounds {
        let house = prepared.copy();
        let mut first = house.serve(&sink, &[]);
        let answers = Mutex::new(HashMap::new());
        let (begun, wanted) = (AtomicUsize::new(0), 20 + draw.below(200) as usize);
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (answers, begun, process) = (&answers, &begun, &first);
                let town = &town;
                scope.spawn(move || {
                    let http = town.client(process);
                    for number in 0.. {
                        let key = format!("{client}-{number}");
                        begun.fetch_add(1, Ordering::SeqCst);
                        let answer = http.file(&key, "Anhang geöffnet.").ok();
                        let is_over = answer.is_none();
                        answers.lock().unwrap().insert(key, answer);
                        if is_over {
                            break;
                        }
                    }
                });
            }
            while begun.load(Ordering::SeqCst) < wanted {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(draw.below(5000)));
            first.signal("KILL");
        });
        first.kill();
        let answers = answers.into_inner().unwrap();
        let app = house.app();
        let there = whole_incidents(&app);
        for (key, answer) in &answers {
            if let Some((status, body)) = answer {
                let reference = body["reference"].as_str().unwrap_or_default();
                assert_eq!(*status, 201, "{key}: {body}");
                assert!(there.iter().any(|it| it == reference), "round {round}: {reference} is lost");
            }
        }
        let second = house.serve(&sink, &[]);
        let http = town.client(&second);
        // Whoever got no answer asks again under the same key; nothing is filed twice.
        for (key, answer) in &answers {
            let (status, body) = http.file(key, "Anhang geöffnet.").unwrap();
            assert_eq!(status, 201, "{key}: {body}");
            if let Some((_, before)) = answer {
                assert_eq!(&body, before, "{key}");
            }
        }
        assert_eq!(whole_incidents(&app).len(), answers.len(), "round {round}");
        confirmed += answers.values().flatten().count();
        unknown += answers.values().filter(|answer| answer.is_none()).count();
    }
    println!(
        "{rounds} times kill -9 while {CLIENTS} clients report: {confirmed} confirmed, lost 0, half written 0; {unknown} \
         without an answer, sent again, filed twice 0"
    );
    assert!(confirmed > 0 && unknown > 0);
}
