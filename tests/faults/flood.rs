//! One address floods the form for people without an account while a town hall reports: each report is taken, and the
//! disk stays as it was. How long a report takes meanwhile, `cargo bench -- flood` tells.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use meldekette::store::schema::{rate_limits, report_drafts};

use super::house::House;
use super::process::Process;
use super::run::is_full;
use super::sink::Sink;
use super::town::{Client, Town};

/// Posts a second, by all clients of the flood together.
const RATE: u32 = 200;
const CLIENTS: usize = 4;
const FROM: &str = "203.0.113.66";

#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
fn now() -> Instant {
    Instant::now()
}

fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap().to_owned()
}

/// A program that begins reports as fast as it is let.
struct Flooder {
    agent: ureq::Agent,
    url: String,
    cookie: String,
    fields: [(&'static str, String); 2],
}

impl Flooder {
    fn new(process: &Process) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        let (agent, url) = (ureq::Agent::from(config), process.url("/ohne-konto"));
        let mut flooder = Self { agent, url, cookie: String::new(), fields: Default::default() };
        flooder.look();
        flooder
    }

    /// Takes a new ticket from the page.
    fn look(&mut self) {
        let request =
            self.agent.get(&self.url).header("Cookie", &self.cookie).header("X-Forwarded-For", FROM);
        let mut answer = request.call().unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let html = answer.body_mut().read_to_string().unwrap();
        self.fields = [("csrf", hidden(&html, "csrf")), ("karte", hidden(&html, "karte"))];
    }

    fn post(&mut self) -> u16 {
        let request =
            self.agent.post(&self.url).header("Cookie", &self.cookie).header("X-Forwarded-For", FROM);
        let mut answer = request.send_form(self.fields.clone()).unwrap();
        let status = answer.status().as_u16();
        answer.body_mut().read_to_vec().unwrap();
        if status == 303 {
            self.look();
        }
        status
    }
}

/// So many posts; how many were answered how, and whether the flood is over.
fn flood(process: &Process, posts: usize, is_over: &AtomicBool) -> BTreeMap<u16, usize> {
    let (next, begun) = (AtomicUsize::new(0), now());
    let answers = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (next, begun) = (&next, &begun);
                scope.spawn(move || {
                    let (mut flooder, mut answers) = (Flooder::new(process), BTreeMap::new());
                    loop {
                        let number = next.fetch_add(1, Ordering::SeqCst);
                        if number >= posts {
                            return answers;
                        }
                        let due = Duration::from_secs(1) / RATE * u32::try_from(number).unwrap();
                        std::thread::sleep(due.saturating_sub(begun.elapsed()));
                        *answers.entry(flooder.post()).or_insert(0) += 1;
                    }
                })
            })
            .collect();
        let mut all = BTreeMap::new();
        for client in clients {
            for (status, count) in client.join().unwrap() {
                *all.entry(status).or_insert(0) += count;
            }
        }
        all
    });
    is_over.store(true, Ordering::SeqCst);
    answers
}

/// Files one report after the other until it is told to end; how many.
fn file(client: &Client, round: &str, is_over: impl Fn(usize) -> bool) -> usize {
    let mut filed = 0;
    while !is_over(filed) {
        let (status, body) = client.file(&format!("{round}-{filed}"), "Anhang geöffnet.").unwrap();
        assert_eq!(status, 201, "{body}");
        filed += 1;
    }
    filed
}

#[test]
fn a_flood_of_the_public_form_keeps_no_report_out_and_fills_no_disk() {
    let house = House::new();
    let app = house.app();
    let town = Town::settle(&app);
    let sink = Sink::taking(Duration::ZERO);
    let process =
        house.serve(&sink, &[("LIMITS_POSTS_PER_ADDRESS", "120"), ("SERVER_TRUSTED_PROXIES", "127.0.0.1")]);
    let (rounds, posts) = if is_full() { (10, 1_000) } else { (1, 400) };
    let (mut filed, mut answers) = (0, BTreeMap::new());
    // Whoever reports comes from many addresses, of which none is limited.
    let client = |number: usize| town.client(&process).from(&format!("198.51.100.{number}"));
    for round in 0..rounds {
        let is_over = AtomicBool::new(false);
        let (found, count) = std::thread::scope(|scope| {
            let flood = scope.spawn(|| flood(&process, posts, &is_over));
            let count = file(&client(round), &format!("flood-{round}"), |done| {
                is_over.load(Ordering::SeqCst) || done == 100
            });
            (flood.join().unwrap(), count)
        });
        for (status, count) in found {
            *answers.entry(status).or_insert(0) += count;
        }
        filed += count;
    }
    let (drafts, buckets): (i64, i64) = app
        .db
        .read_now(|tx| {
            let drafts = report_drafts::table.count().get_result(tx.conn)?;
            Ok((drafts, rate_limits::table.count().get_result(tx.conn)?))
        })
        .unwrap();
    println!(
        "flood: {} posts from one address at {RATE} a second, answered {answers:?}; {drafts} drafts and {buckets} \
         counters kept; {filed} reports filed beside it",
        posts * rounds,
    );
    assert!(filed >= 20 * rounds, "{filed} reports beside the flood");
    let begun = answers.get(&303).copied().unwrap_or_default();
    assert!(answers.keys().all(|status| [303, 429].contains(status)), "{answers:?}");
    assert!(
        (1..=20).contains(&begun) && drafts == i64::try_from(begun).unwrap(),
        "{begun} begun, {drafts} kept"
    );
    assert!(buckets < 20, "{buckets}");
}
