//! 200 open queues of analysts: what they cost while nothing happens and while cases change, and how soon they know.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use super::Bench;
use super::cast::{ANALYST, Cast, PASSWORD};
use super::engine::Running;
use super::machine::{Meter, median, now};
use super::server::{Place, Server};
use super::table::Row;

const PAGES: usize = 200;
/// How long is looked while nothing happens, and while cases are filed; shorter than a connection lives.
const LOOK: Duration = Duration::from_secs(20);
/// One report in this time.
const EVERY: Duration = Duration::from_secs(1);

pub fn open_pages(bench: &mut Bench, engine: &Running, cast: &Cast) -> Result<()> {
    engine.create("live", Some("indexed"))?;
    let place = Place::new(engine, "live")?;
    let config = std::fs::read_to_string(&place.config)?
        .replace("[server]\n", &format!("[server]\nlive_per_account = {PAGES}\n"));
    std::fs::write(&place.config, config)?;
    let (server, _) = Server::start(&place)?;
    let cookie = server.sign_in(ANALYST, PASSWORD)?;
    server.settle()?;
    let before = resident(&server)?;
    let alone = used(&server, || std::thread::sleep(LOOK))?;
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        pages.push(open(&place.address, &cookie)?);
    }
    let after = resident(&server)?;
    let quiet = used(&server, || std::thread::sleep(LOOK))?;

    let begun = now();
    let (mut sent, mut refused, mut waits) = (Vec::new(), None, Vec::new());
    let busy = std::thread::scope(|scope| -> Result<f64> {
        let readers: Vec<_> =
            pages.into_iter().map(|page| scope.spawn(move || listen(page, begun))).collect();
        let busy = used(&server, || {
            while begun.elapsed() < LOOK && refused.is_none() {
                sent.push(begun.elapsed());
                refused = file(&server, cast).err();
                std::thread::sleep(EVERY);
            }
        })?;
        if let Some(error) = refused.take() {
            return Err(error.context("a report was refused"));
        }
        for reader in readers {
            let heard = reader.join().map_err(|_| anyhow::anyhow!("a page ended"))?;
            // Each report is told once: what was heard last belongs to what was sent last, however late it came.
            ensure!(
                heard.len() == sent.len(),
                "{} reports, and a page was told {} times",
                sent.len(),
                heard.len()
            );
            waits.extend(
                heard.iter().zip(&sent).map(|(at, sent)| (at.as_secs_f64() - sent.as_secs_f64()) * 1000.0),
            );
        }
        Ok(busy)
    })?;
    let (told, filed) = (waits.len(), sent.len());
    ensure!(waits.iter().all(|wait| *wait >= 0.0), "a page was told of a report before it was sent");
    waits.sort_by(f64::total_cmp);
    let late = waits[waits.len() * 99 / 100];
    let row = Row::at_most(
        format!("memory of {PAGES} open pages, {}", engine.engine.name()),
        after - before,
        "MiB",
        10.0,
    );
    bench.table.add(
        row.with(format!("{before:.1} MiB before, {after:.1} MiB with them"))
            .with(format!(
                "CPU of one core: {:.1} % without them, {:.1} % with them while nothing happens, {:.1} % while {filed} \
                 reports come in {} s (with filing)",
                alone,
                quiet,
                busy,
                LOOK.as_secs(),
            ))
            .with(format!(
                "told {told} times; after the report was sent: median {:.0} ms, 99 % within {late:.0} ms",
                median(waits),
            )),
    );
    Ok(())
}

/// Resident memory, in MiB.
fn resident(server: &Server) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS is missing")?;
    let kib: f64 = line.split_whitespace().next().context("VmRSS is empty")?.parse()?;
    Ok(kib / 1024.0)
}

/// Per cent of one core that the server used meanwhile.
fn used(server: &Server, during: impl FnOnce()) -> Result<f64> {
    let meter = Meter::begin(&[("serve", server.id())]);
    during();
    Ok(meter.end().first().context("a process")?.1)
}

fn open(address: &str, cookie: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET /eingang/live HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n")?;
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer)?;
    if !answer[..read].starts_with(b"HTTP/1.1 200") {
        bail!("a page was refused: {}", String::from_utf8_lossy(&answer[..read]));
    }
    Ok(stream)
}

/// When the page was told, since `begun`.
fn listen(mut page: TcpStream, begun: Instant) -> Vec<Duration> {
    // An event may come in two pieces.
    let (mut heard, mut said, mut buffer) = (Vec::new(), Vec::new(), [0; 4096]);
    let _ = page.set_read_timeout(Some(Duration::from_millis(500)));
    while begun.elapsed() < LOOK + Duration::from_secs(2) {
        match page.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                said.extend_from_slice(&buffer[..read]);
                let events = String::from_utf8_lossy(&said).matches("event: liste\n").count();
                heard.resize(events, begun.elapsed());
            }
            Err(_) => {}
        }
    }
    heard
}

fn file(server: &Server, cast: &Cast) -> Result<()> {
    let body = json!({
        "organisation": cast.organisation.to_string(), "title": "Anhang geöffnet",
        "description": "Ein Anhang wurde geöffnet.", "observed": "mail", "inform": "by_name",
    });
    server.call(&cast.reporter_token, "/api/v1/incidents", Some(&body)).map(|_| ())
}
