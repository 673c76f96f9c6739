//! A dispatch to 500 administrations whose process is killed, or stopped, in the middle.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use meldekette::app::App;
use meldekette::core::ids::AnyId;
use meldekette::mail::outbox::MailState;
use meldekette::store::schema::jobs;

use super::house::House;
use super::mails::{Tally, administrations, dispatch, leased, statuses, wait_for_the_end};
use super::run::{Draw, is_full, is_sqlite};
use super::sink::Sink;

const RECIPIENTS: usize = 500;
const SEED: u64 = 0x4d4b_2026;
/// Leases last four times as long: what a killed process held is free again after four seconds.
const SHORT: (&str, &str) = ("MAIL_TIMEOUT_S", "1");

/// A house with a dispatch that waits, to be copied.
fn prepared() -> (House, AnyId) {
    let house = House::new();
    let app = house.app();
    let id = dispatch(&app, administrations(RECIPIENTS));
    house.settle(app);
    (house, id)
}

/// One kill -9 between the first and the last accept, and the way back. `None` when the kill came too late.
fn killed_once(prepared: &House, id: AnyId, draw: &mut Draw) -> Option<Tally> {
    let house = prepared.copy();
    let sink = Sink::taking(Duration::from_millis(2));
    let mut first = house.work(&sink, &[SHORT]);
    sink.wait_for(1 + draw.below(RECIPIENTS as u64 - 2) as usize, 60);
    std::thread::sleep(Duration::from_micros(draw.below(4000)));
    first.kill();
    if sink.taken().len() >= RECIPIENTS {
        return None;
    }
    let _second = house.work(&sink, &[SHORT]);
    let app = house.app();
    wait_for_the_end(&app, 120);
    Some(Tally::of(&statuses(&app, id), &sink.counts()))
}

#[test]
fn after_kill_9_no_administration_is_without_its_mail_and_every_second_one_is_marked() {
    let (prepared, id) = prepared();
    let rounds = if is_full() { 200 } else { 5 };
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        // On PostgreSQL a round mostly waits for leases to run out.
        for _ in 0..if is_sqlite() { 2 } else { 4 } {
            scope.spawn(|| {
                loop {
                    let round = next.fetch_add(1, Ordering::SeqCst);
                    if round >= rounds {
                        break;
                    }
                    let mut draw = Draw(SEED + ((round as u64) << 8));
                    let tally = std::iter::repeat_with(|| killed_once(&prepared, id, &mut draw))
                        .take(20)
                        .flatten()
                        .next()
                        .expect("a kill in time");
                    let is_true = tally.lost == 0 && tally.strange == 0 && tally.unmarked == 0;
                    assert!(is_true, "round {round}: {tally:?}");
                    total.lock().unwrap().add(&tally);
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    println!(
        "{rounds} times kill -9 in a dispatch to {RECIPIENTS}: {} recipients, lost {}, came twice {}, of these unmarked \
         {}, marked {}",
        total.recipients, total.lost, total.doubled, total.unmarked, total.marked
    );
    assert_eq!(total.recipients, rounds * RECIPIENTS);
}

#[test]
fn a_graceful_stop_in_the_middle_of_a_dispatch_holds_nothing_back_and_sends_nothing_twice() {
    let (prepared, id) = prepared();
    let mut draw = Draw(SEED);
    for round in 0..if is_full() { 20 } else { 2 } {
        let house = prepared.copy();
        let sink = Sink::taking(Duration::from_millis(4));
        let mut first = house.work(&sink, &[]);
        sink.wait_for(1 + draw.below(300) as usize, 60);
        let ended = first.stop();
        assert!(ended.success(), "round {round}: {ended}");
        let app = house.app();
        let sent = sink.taken().len();
        assert!(sent < RECIPIENTS, "round {round}: all was sent before the stop");
        assert_eq!((leased(&app), leased_jobs(&app)), (0, 0), "round {round}");
        let accepted = statuses(&app, id).iter().filter(|mail| mail.state == MailState::Accepted).count();
        assert_eq!(accepted, sent, "round {round}: what was sent is recorded");
        let _second = house.work(&sink, &[]);
        wait_for_the_end(&app, 60);
        let tally = Tally::of(&statuses(&app, id), &sink.counts());
        let expected = Tally { recipients: RECIPIENTS, ..Tally::default() };
        assert_eq!(tally, expected, "round {round}");
        println!("stopped after {sent} of {RECIPIENTS}: leased 0, lost 0, came twice 0, marked 0");
    }
}

fn leased_jobs(app: &App) -> i64 {
    let leased = jobs::table.filter(jobs::state.eq("leased")).count();
    app.db.read_now(|tx| Ok(leased.get_result(tx.conn)?)).unwrap()
}
