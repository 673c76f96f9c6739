//! The triage queue as an analyst opens it, beside nginx with a file of the same size, and at many times as many
//! incidents.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use meldekette::core::env::Env;
use meldekette::store::{Db, Provided};
use serde_json::json;

use super::cast::{ANALYST, Cast, INCIDENTS, PASSWORD};
use super::engine::{Engine, Running};
use super::machine::{Meter, Process, free_port, median, now, output, wrk};
use super::server::{Place, Server, agent};
use super::table::{Row, cpu};
use super::{Bench, ROUNDS, many};

/// How often pages of each size take turns in a round: of so many, four may be later than what is told.
const TURNS: usize = 400;
/// How long is looked how often a page is given again, and how often a report comes meanwhile.
const LOOK: Duration = Duration::from_secs(20);
const EVERY: Duration = Duration::from_secs(1);

/// The queue made anew at each request, the queue that nobody changed, and both sizes of it in turn.
pub fn page(bench: &mut Bench, engine: &Running, cast: &Cast) -> Result<()> {
    engine.create("queue", Some("indexed"))?;
    let (server, _) = Server::start(&anew(engine, "queue")?)?;
    let queue = Queue::open(&server)?;
    let nginx = Nginx::start(&bench.folder.join("nginx"), queue.page.as_bytes())?;
    let bound = if engine.engine == Engine::Sqlite { 0.10 } else { 0.05 };
    let row = queue.beside(&nginx, engine, "queue page, made anew", bound)?;
    bench.table.add(row.with(format!(
        "50 of {INCIDENTS} open incidents, signed in; {} bytes, neither side compresses or caches",
        queue.page.len()
    )));
    if many::wanted()? > INCIDENTS {
        bench.table.add(at_many(engine, &queue)?);
    }
    drop(server);

    let (server, _) = Server::start(&Place::new(engine, "queue")?)?;
    let queue = Queue::open(&server)?;
    let row = queue.beside(&nginx, engine, "queue page, unchanged", 0.4)?;
    let hits = hits(&server, &queue, cast)?;
    bench.table.add(row.with(hits));
    Ok(())
}

/// A place whose pages are all made anew.
fn anew(engine: &Running, database: &str) -> Result<Place> {
    let place = Place::new(engine, database)?;
    let config =
        std::fs::read_to_string(&place.config)?.replace("[server]\n", "[server]\nunchanged_mib = 0\n");
    std::fs::write(&place.config, config)?;
    Ok(place)
}

/// An analyst's queue.
struct Queue {
    server: u32,
    url: String,
    cookie: String,
    page: String,
}

impl Queue {
    fn open(server: &Server) -> Result<Self> {
        server.settle()?;
        let (cookie, url) = (server.sign_in(ANALYST, PASSWORD)?, server.url("/eingang"));
        let header = format!("Cookie: {cookie}");
        let page = output(Command::new("curl").args(["--silent", "--fail", "--header", &header, &url]))?;
        let rows = page.matches("/vorgaenge/TH-").count().max(page.matches("vorschau=TH-").count());
        if rows < 50 {
            bail!("the queue shows {rows} incidents instead of 50");
        }
        Ok(Self { server: server.id(), url, cookie, page })
    }

    fn beside(&self, nginx: &Nginx, engine: &Running, what: &str, bound: f64) -> Result<Row> {
        let header = format!("Cookie: {}", self.cookie);
        let (mut product, mut floor, mut used, mut used_floor) = (vec![], vec![], vec![], vec![]);
        for _ in 0..ROUNDS {
            let mut processes = vec![("serve", self.server)];
            processes.extend(engine.server().map(|id| ("PostgreSQL", id)));
            let meter = Meter::begin(&processes);
            product.push(wrk(&self.url, &["--header", &header], &[])?);
            used.push(meter.end());
            let meter = Meter::begin(&[("nginx", nginx.process.id())]);
            floor.push(wrk(&nginx.url, &["--header", &header], &[])?);
            used_floor.push(meter.end());
        }
        let what = format!("{what}, {}", engine.engine.name());
        let row = Row::rates(what, median(product), median(floor), "nginx, static file", Some(bound));
        Ok(row.with(format!("CPU: {}; floor: {}", cpu(&used), cpu(&used_floor))))
    }

    /// Asks once; milliseconds until all of it is there, and whether it was given again.
    fn ask(&self, agent: &ureq::Agent) -> Result<(f64, bool)> {
        let begun = now();
        let answer = agent.get(&self.url).header("cookie", &self.cookie).call()?;
        let is_again = answer.headers().contains_key("cache-status");
        if answer.status() != 200 || answer.into_body().read_to_string()?.len() < self.page.len() / 2 {
            bail!("{} gave no queue", self.url);
        }
        Ok((begun.elapsed().as_secs_f64() * 1000.0, is_again))
    }
}

/// 99 of 100 pages within this, at many incidents and at the usual number, by turns: the median of several rounds, since
/// a single one tells what else the machine did in its four latest moments.
fn at_many(engine: &Running, few: &Queue) -> Result<Row> {
    engine.create("many", Some("indexed"))?;
    let db = Db::open(&engine.url("many"), 2, Env::system(), Provided::default())?;
    let count = many::multiply(&db, many::wanted()?)?;
    if engine.engine == Engine::Postgres {
        engine.ask("many", "VACUUM ANALYZE")?;
    }
    drop(db);
    let (server, _) = Server::start(&anew(engine, "many")?)?;
    let queue = Queue::open(&server)?;
    let agent = agent();
    let (mut late_many, mut late_few, mut at_many, mut at_few) = (vec![], vec![], vec![], vec![]);
    for round in 0..=ROUNDS {
        let (mut many, mut few_ones) = (vec![], vec![]);
        for _ in 0..TURNS {
            many.push(queue.ask(&agent)?.0);
            few_ones.push(few.ask(&agent)?.0);
        }
        // The first round fills the caches of both.
        if round > 0 {
            late_many.push(late(many.clone()));
            late_few.push(late(few_ones.clone()));
            at_many.extend(many);
            at_few.extend(few_ones);
        }
    }
    let halves = (median(at_many), median(at_few));
    let (many, few) = (median(late_many), median(late_few));
    Ok(Row {
        what: format!("queue page at {count}, {}", engine.engine.name()),
        product: format!("p99 {many:.2} ms"),
        floor: format!("p99 {few:.2} ms at {INCIDENTS}"),
        ratio: Some(many / few),
        bound: "≤ 1.5".to_owned(),
        is_met: Some(many / few <= 1.5),
        details: vec![format!(
            "made anew, one after the other, {ROUNDS} rounds of {TURNS}; median {:.2} and {:.2} ms",
            halves.0, halves.1
        )],
    })
}

/// 99 of 100 are at most this.
fn late(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}

/// How often the page was given again while reports come in.
fn hits(server: &Server, queue: &Queue, cast: &Cast) -> Result<String> {
    let body = json!({
        "organisation": cast.organisation.to_string(), "title": "Anhang geöffnet",
        "description": "Ein Anhang wurde geöffnet.", "observed": "mail", "inform": "by_name",
    });
    let (agent, begun) = (agent(), now());
    let (mut asked, mut again, mut filed) = (0_u32, 0, 0);
    let mut next = Duration::ZERO;
    while begun.elapsed() < LOOK {
        if begun.elapsed() >= next {
            server.call(&cast.reporter_token, "/api/v1/incidents", Some(&body))?;
            filed += 1;
            next += EVERY;
        }
        asked += 1;
        again += usize::from(queue.ask(&agent)?.1);
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(format!(
        "given again {again} times of {asked}, asked {:.0} times a second while {filed} reports came in {} s",
        f64::from(asked) / LOOK.as_secs_f64(),
        LOOK.as_secs()
    ))
}

/// nginx with one file.
struct Nginx {
    process: Process,
    url: String,
}

impl Nginx {
    fn start(folder: &Path, page: &[u8]) -> Result<Self> {
        std::fs::create_dir_all(folder.join("logs"))?;
        std::fs::write(folder.join("page.html"), page)?;
        let port = free_port()?;
        // As root, nginx would become somebody who may not read the folder.
        let user = if output(Command::new("id").arg("-u"))?.trim() == "0" { "user root;" } else { "" };
        let folder = folder.display();
        let config = format!(
            "{user} daemon off; worker_processes auto; pid {folder}/pid; error_log {folder}/logs/error.log;
             events {{ worker_connections 64; }}
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type text/html;
               client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
               uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
               server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
        );
        let path = format!("{folder}/nginx.conf");
        std::fs::write(&path, config)?;
        let errors = format!("{folder}/logs/error.log");
        let mut command = Command::new("nginx");
        command.args(["-p", &folder.to_string(), "-c", &path, "-e", &errors]).stdin(Stdio::null());
        let process = Process::start(&mut command)?;
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(Self { process, url: format!("http://127.0.0.1:{port}/page.html") });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(std::io::Error::other("no answer")).context("nginx")
    }
}
