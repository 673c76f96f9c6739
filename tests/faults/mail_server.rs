//! A mail server that refuses, asks for patience, falls silent or hangs up: what stands at each recipient is true.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use meldekette::app::App;
use meldekette::mail::outbox::{MailState, MailStatus};
use meldekette::store::At;
use meldekette::store::schema::outbox;

use super::house::House;
use super::mails::{Tally, administrations, dispatch, statuses, wait_for_the_end};
use super::run::wait_until;
use super::sink::{Manner, Sink};

/// How each of these is treated at the first try. Later ones are taken.
const MANNERS: [(&str, Manner); 6] = [
    ("nimmt", Manner::Take),
    ("verweigert", Manner::Refuse),
    ("spaeter", Manner::Later),
    ("schweigt", Manner::FallSilent),
    ("legt-auf", Manner::HangUp),
    ("nimmt-und-legt-auf", Manner::TakeAndHangUp),
];
const EACH: usize = 3;

/// The server hangs up until it is friendly: how often it does so depends on which connections are kept.
fn plan(is_friendly: &AtomicBool, address: &str, tried: usize) -> Manner {
    let host = address.split_once('@').map_or("", |(_, host)| host);
    let (_, manner) = MANNERS.iter().find(|(name, _)| host == format!("{name}.example")).unwrap();
    match manner {
        Manner::Refuse => Manner::Refuse,
        Manner::HangUp if !is_friendly.load(Ordering::SeqCst) => Manner::HangUp,
        manner if tried == 1 => *manner,
        _ => Manner::Take,
    }
}

/// Makes every mail that waits due now, instead of waiting half a minute.
fn hurry(app: &App) {
    app.db
        .write_now(|tx| {
            let now = tx.at();
            let waiting = outbox::table.filter(outbox::state.eq(MailState::Queued.code()));
            diesel::update(waiting).set(outbox::next_at.eq(now)).execute(tx.conn)?;
            Ok(())
        })
        .unwrap();
}

fn at<'a>(statuses: &'a [MailStatus], name: &str) -> Vec<&'a MailStatus> {
    let host = format!("@{name}.example");
    let found: Vec<_> = statuses.iter().filter(|mail| mail.recipient.ends_with(&host)).collect();
    assert_eq!(found.len(), EACH);
    found
}

#[test]
fn what_the_mail_server_did_stands_at_each_recipient_and_all_is_tried_again_that_may_be() {
    let house = House::new();
    let app = house.app();
    let is_friendly = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_friendly);
    let sink = Sink::start(Duration::ZERO, move |address, tried| plan(&flag, address, tried));
    let to = MANNERS.iter().flat_map(|(name, _)| (0..EACH).map(move |n| format!("it-{n}@{name}.example")));
    let id = dispatch(&app, to.collect());
    let worker = house.work(&sink, &[("MAIL_TIMEOUT_S", "1")]);
    wait_until(60, "every mail was tried", || {
        statuses(&app, id).iter().all(|mail| mail.attempts >= 1 && mail.state != MailState::Leased)
    });
    let now = At(app.env.now());
    let tried = statuses(&app, id);
    let expected = [
        ("nimmt", MailState::Accepted, false, "250"),
        ("verweigert", MailState::Failed, false, "550"),
        ("spaeter", MailState::Queued, false, "451"),
        ("schweigt", MailState::Queued, true, ""),
        ("legt-auf", MailState::Queued, false, ""),
        ("nimmt-und-legt-auf", MailState::Queued, true, ""),
    ];
    for (name, state, is_marked, code) in expected {
        for mail in at(&tried, name) {
            let answer = mail.answer.as_deref().unwrap_or_default();
            assert_eq!((mail.state, mail.possibly_duplicate), (state, is_marked), "{mail:?}");
            assert!(answer.starts_with(code) && !answer.is_empty(), "{mail:?}");
            assert!(state != MailState::Queued || mail.next_at > now, "not at once: {mail:?}");
        }
    }
    is_friendly.store(true, Ordering::SeqCst);
    hurry(&app);
    wait_for_the_end(&app, 60);
    drop(worker);
    let (ended, counts) = (statuses(&app, id), sink.counts());
    for (name, manner) in MANNERS {
        for mail in at(&ended, name) {
            let (state, times) = match manner {
                Manner::Refuse => (MailState::Failed, 0),
                Manner::TakeAndHangUp => (MailState::Accepted, 2),
                _ => (MailState::Accepted, 1),
            };
            let taken = counts.get(&mail.message_id).copied().unwrap_or(0);
            assert_eq!((mail.state, taken), (state, times), "{mail:?}");
        }
    }
    let tally = Tally::of(&ended, &counts);
    assert_eq!(
        (tally.lost, tally.strange, tally.unmarked),
        (EACH, 0, 0),
        "the refused ones alone: {tally:?}"
    );
    println!(
        "mail server refuses, delays, is silent, hangs up: {} recipients, {EACH} refused for good, came twice {}, marked {}",
        tally.recipients, tally.doubled, tally.marked
    );
}

#[test]
fn a_mail_server_that_is_away_or_says_nothing_costs_time_and_no_mail() {
    let house = House::new();
    let app = house.app();
    let sink = Sink::taking(Duration::ZERO);
    sink.set_mute(true);
    let id = dispatch(&app, administrations(40));
    let _worker = house.work(&sink, &[("MAIL_TIMEOUT_S", "1")]);
    wait_until(60, "every mail was tried", || {
        statuses(&app, id).iter().all(|mail| mail.attempts >= 1 && mail.state == MailState::Queued)
    });
    let waiting = statuses(&app, id);
    assert!(waiting.iter().all(|mail| !mail.possibly_duplicate && mail.answer.is_some()), "nothing was sent");
    sink.set_mute(false);
    hurry(&app);
    wait_for_the_end(&app, 60);
    let tally = Tally::of(&statuses(&app, id), &sink.counts());
    assert_eq!(tally, Tally { recipients: 40, ..Tally::default() });
}
