//! One address floods the form for people without an account while a town hall reports: what a report takes beside the
//! flood, and without it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::cast::Cast;
use super::engine::Running;
use super::machine::{Meter, median, now};
use super::server::{Place, Server, agent};
use super::table::{Row, cpu};
use super::{Bench, ROUNDS};

/// Posts in all, and a second, by all clients of the flood together.
const POSTS: usize = 10_000;
const RATE: u32 = 200;
const CLIENTS: usize = 4;
const FROM: &str = "203.0.113.66";
/// Posts that one address may send a minute, the default.
const ALLOWED: &str = "120";
/// Reports that come from one address before the next one goes on.
const EACH: usize = 60;

pub fn public_form(bench: &mut Bench, engine: &Running, cast: &Cast) -> Result<()> {
    engine.create("flood", Some("prepared"))?;
    let place = Place::new(engine, "flood")?;
    let config = std::fs::read_to_string(&place.config)?
        .replace("[server]\n", "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n")
        .replace("posts_per_address = 1000000000", &format!("posts_per_address = {ALLOWED}"));
    std::fs::write(&place.config, config)?;
    let (server, _) = Server::start(&place)?;
    let reporter = Reporter { server: &server, cast, filed: AtomicUsize::new(0) };
    reporter.report_for(Duration::from_secs(3))?;
    let (mut beside, mut calm, mut used, mut answers) = (vec![], vec![], vec![], BTreeMap::new());
    for round in 0..ROUNDS {
        for flooded in [round % 2 == 0, round % 2 != 0] {
            if flooded {
                let meter = Meter::begin(&[("serve", server.id())]);
                let (took, found) = std::thread::scope(|scope| -> Result<_> {
                    let flood = scope.spawn(|| flood(&server, POSTS / ROUNDS));
                    let took = reporter
                        .report_for(Duration::from_secs((POSTS / ROUNDS) as u64 / u64::from(RATE)))?;
                    Ok((took, flood.join().map_err(|_| anyhow::anyhow!("the flood ended"))??))
                })?;
                used.push(meter.end());
                beside.push(median(took));
                for (status, count) in found {
                    *answers.entry(status).or_insert(0) += count;
                }
            } else {
                let took =
                    reporter.report_for(Duration::from_secs((POSTS / ROUNDS) as u64 / u64::from(RATE)))?;
                calm.push(median(took));
            }
        }
    }
    if answers.keys().any(|status| ![303, 429].contains(status)) {
        bail!("the flood was answered {answers:?}");
    }
    let (beside, calm) = (median(beside), median(calm));
    let row = Row::rates(
        format!("reports beside a flood, {}", engine.engine.name()),
        1.0 / beside,
        1.0 / calm,
        "the same without it",
        Some(0.91),
    );
    bench.table.add(
        row.with(format!(
            "one after the other: {:.2} ms and {:.2} ms each; {POSTS} posts from one address at {RATE} a second by \
             clients on the same machine, answered {answers:?}",
            beside * 1000.0,
            calm * 1000.0,
        ))
        .with(format!("CPU with the flood: {}", cpu(&used))),
    );
    Ok(())
}

/// A town hall's program that reports, from another address each minute or so.
struct Reporter<'a> {
    server: &'a Server,
    cast: &'a Cast,
    filed: AtomicUsize,
}

impl Reporter<'_> {
    /// Files one report after the other; how long each took, in seconds.
    fn report_for(&self, time: Duration) -> Result<Vec<f64>> {
        let (agent, begun, mut took) = (agent(), now(), Vec::new());
        while begun.elapsed() < time {
            let number = self.filed.fetch_add(1, Ordering::SeqCst);
            let body = json!({
                "organisation": self.cast.organisation.to_string(), "title": "Anhang geöffnet",
                "description": "Ein Anhang wurde geöffnet.", "observed": "mail", "inform": "by_name",
            });
            let since = now();
            let answer = agent
                .post(self.server.url("/api/v1/incidents"))
                .header("authorization", format!("Bearer {}", self.cast.reporter_token))
                .header(
                    "x-forwarded-for",
                    format!("198.51.{}.{}", number / EACH / 250, number / EACH % 250 + 1),
                )
                .header("idempotency-key", format!("flood-{number}"))
                .send_json(body)?;
            let status = answer.status();
            let text = answer.into_body().read_to_string()?;
            if status != 201 {
                bail!("a report: {status} {text}");
            }
            took.push(since.elapsed().as_secs_f64());
        }
        Ok(took)
    }
}

/// So many posts; how many were answered how.
fn flood(server: &Server, posts: usize) -> Result<BTreeMap<u16, usize>> {
    let (next, begun) = (AtomicUsize::new(0), now());
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let next = &next;
                scope.spawn(move || -> Result<BTreeMap<u16, usize>> {
                    let (mut flooder, mut answers) = (Flooder::new(server)?, BTreeMap::new());
                    loop {
                        let number = next.fetch_add(1, Ordering::SeqCst);
                        if number >= posts {
                            return Ok(answers);
                        }
                        let due = Duration::from_secs(1) / RATE * u32::try_from(number)?;
                        std::thread::sleep(due.saturating_sub(begun.elapsed()));
                        *answers.entry(flooder.post()?).or_insert(0) += 1;
                    }
                })
            })
            .collect();
        let mut all = BTreeMap::new();
        for client in clients {
            let answers = client.join().map_err(|_| anyhow::anyhow!("a client of the flood ended"))??;
            for (status, count) in answers {
                *all.entry(status).or_insert(0) += count;
            }
        }
        Ok(all)
    })
}

/// A program that begins reports without an account.
struct Flooder {
    agent: ureq::Agent,
    url: String,
    cookie: String,
    fields: [(&'static str, String); 2],
}

impl Flooder {
    fn new(server: &Server) -> Result<Self> {
        let url = server.url("/ohne-konto");
        let mut flooder = Self { agent: agent(), url, cookie: String::new(), fields: Default::default() };
        flooder.look()?;
        Ok(flooder)
    }

    /// Takes a new ticket from the page.
    fn look(&mut self) -> Result<()> {
        let request =
            self.agent.get(&self.url).header("cookie", &self.cookie).header("x-forwarded-for", FROM);
        let mut answer = request.call()?;
        if let Some(cookie) = answer.headers().get("set-cookie") {
            self.cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        }
        let html = answer.body_mut().read_to_string()?;
        self.fields = [("csrf", hidden(&html, "csrf")?), ("karte", hidden(&html, "karte")?)];
        Ok(())
    }

    fn post(&mut self) -> Result<u16> {
        let request =
            self.agent.post(&self.url).header("cookie", &self.cookie).header("x-forwarded-for", FROM);
        let mut answer = request.send_form(self.fields.clone())?;
        let status = answer.status().as_u16();
        answer.body_mut().read_to_vec()?;
        if status == 303 {
            self.look()?;
        }
        Ok(status)
    }
}

fn hidden(html: &str, name: &str) -> Result<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).context("the form has no token")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}
