//! Two processes on one PostgreSQL share a dispatch.

use std::collections::HashMap;
use std::time::Duration;

use meldekette::mail::outbox::MailStatus;

use super::house::House;
use super::mails::{Tally, administrations, dispatch, statuses, wait_for_the_end};
use super::run::{is_sqlite, wait_until};
use super::sink::{Sink, Taken};

const RECIPIENTS: usize = 1000;
/// What a worker logs of each answer that comes too late.
const REFUSED: &str = "another worker took this mail over";

/// How many mails each process has sent, by the name in its EHLO.
fn shares(taken: &[Taken]) -> HashMap<&str, usize> {
    let mut shares = HashMap::new();
    for taken in taken {
        *shares.entry(taken.client.as_str()).or_default() += 1;
    }
    shares
}

#[test]
fn two_processes_share_a_dispatch_and_each_administration_gets_one_mail() {
    if is_sqlite() {
        return only_one_process();
    }
    let house = House::new();
    let app = house.app();
    let sink = Sink::taking(Duration::from_millis(4));
    let names = ["one.example", "two.example"];
    let workers = names.map(|name| house.work(&sink, &[("MAIL_BOUNCE_DOMAIN", name)]));
    for worker in &workers {
        worker.wait_for_log(60, "working");
    }
    let id = dispatch(&app, administrations(RECIPIENTS));
    wait_for_the_end(&app, 120);
    let taken = sink.taken();
    assert_eq!(taken.len(), RECIPIENTS, "one accepted mail each");
    let tally = Tally::of(&statuses(&app, id), &sink.counts());
    assert_eq!(tally, Tally { recipients: RECIPIENTS, ..Tally::default() });
    let shares = shares(&taken);
    assert!(names.iter().all(|name| shares.get(name).is_some_and(|share| *share > 0)), "{shares:?}");
    println!(
        "two processes, {RECIPIENTS} recipients: {} accepted mails, shares {shares:?}, marked 0",
        taken.len()
    );
}

/// On SQLite there is one process, and a second one is told so.
fn only_one_process() {
    let refused = House::new().run(&["work"]);
    assert!(!refused.status.success());
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(words.contains("needs PostgreSQL"), "{words}");
}

/// The states as far as a late writer could change them.
fn facts(statuses: &[MailStatus]) -> Vec<(String, String, i32, bool, Option<String>)> {
    let fact = |mail: &MailStatus| {
        let at = mail.answered_at.map(|at| at.0.to_string());
        (mail.message_id.clone(), mail.state.code().to_owned(), mail.attempts, mail.possibly_duplicate, at)
    };
    statuses.iter().map(fact).collect()
}

#[test]
fn a_process_that_slept_past_its_lease_changes_nothing_when_it_wakes() {
    if is_sqlite() {
        return;
    }
    let house = House::new();
    let app = house.app();
    let sink = Sink::taking(Duration::from_millis(10));
    let start = |name| house.work(&sink, &[("MAIL_BOUNCE_DOMAIN", name), ("MAIL_TIMEOUT_S", "1")]);
    let (sleeper, awake) = (start("sleeper.example"), start("awake.example"));
    for worker in [&sleeper, &awake] {
        worker.wait_for_log(60, "working");
    }
    let id = dispatch(&app, administrations(RECIPIENTS));
    sink.wait_for(RECIPIENTS / 5, 60);
    sleeper.signal("STOP");
    // If it was stopped within a transaction, PostgreSQL ends that after a minute.
    wait_for_the_end(&app, 180);
    let before = facts(&statuses(&app, id));
    let by_sleeper = |taken: &[Taken]| shares(taken).get("sleeper.example").copied().unwrap_or(0);
    let asleep = by_sleeper(&sink.taken());
    sleeper.signal("CONT");
    let mut refused = 0;
    wait_until(60, "all late answers were refused", || {
        let before = std::mem::replace(&mut refused, sleeper.logged(REFUSED).len());
        std::thread::sleep(Duration::from_secs(2));
        refused > 0 && refused == before
    });
    let late = by_sleeper(&sink.taken()) - asleep;
    let statuses = statuses(&app, id);
    assert_eq!(facts(&statuses), before, "a late answer changed a state");
    let tally = Tally::of(&statuses, &sink.counts());
    assert_eq!((tally.lost, tally.strange, tally.unmarked), (0, 0, 0), "{tally:?}");
    // Four connections, each with one mail in flight at most when it fell asleep.
    assert!(late <= 4, "{late} mails went out after waking");
    println!(
        "one of two slept: {} recipients, lost 0, came twice {}, of these unmarked 0, marked {}; after waking {late} mails \
         in flight went out and {refused} late answers were refused",
        tally.recipients, tally.doubled, tally.marked
    );
}
