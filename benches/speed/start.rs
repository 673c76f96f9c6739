//! How fast the product is there, and how much memory it holds.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::Bench;
use super::cast::Cast;
use super::engine::Running;
use super::machine::{Process, free_port, median, now};
use super::server::{Place, Server, is_ready};
use super::table::Row;

/// From the start of the process to the first 200 of `/readyz`, which asks the database.
pub fn first_answer(bench: &mut Bench, engine: &Running, _: &Cast) -> Result<()> {
    engine.create("starting", Some("prepared"))?;
    let place = Place::new(engine, "starting")?;
    let mut took = Vec::new();
    for _ in 0..7 {
        took.push(Server::start(&place)?.1);
    }
    let slowest = took.iter().copied().fold(0.0, f64::max);
    let row =
        Row::at_most(format!("start to first answer, {}", engine.engine.name()), median(took), "ms", 100.0);
    bench
        .table
        .add(row.with(format!("7 starts, slowest {slowest:.0} ms; migrated database with 20,000 incidents")));
    Ok(())
}

/// What the demonstration holds after its play, while it serves.
pub fn memory(bench: &mut Bench) -> Result<()> {
    let data = bench.folder.join("demo");
    let port = free_port()?.to_string();
    let demo = Process::start(
        Command::new(env!("CARGO_BIN_EXE_meldekette"))
            .args([Path::new("demo"), Path::new("--port"), Path::new(&port), Path::new("--data"), &data])
            .stdin(Stdio::null())
            .stdout(Stdio::null()),
    )?;
    let begun = now();
    while !data.join("access.json").exists() || !is_ready(&format!("127.0.0.1:{port}")) {
        if begun.elapsed() > Duration::from_secs(300) {
            bail!("the demonstration did not come to its end within five minutes");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_secs(2));
    let status = std::fs::read_to_string(format!("/proc/{}/status", demo.id()))?;
    let mib = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        let kib =
            line.and_then(|line| line.split_whitespace().next()).and_then(|word| word.parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0).with_context(|| format!("{key} is missing"))
    };
    let row = Row::at_most("resident memory after the demo".to_owned(), mib("VmRSS:")?, "MiB", 120.0);
    let took = begun.elapsed().as_secs_f64();
    bench
        .table
        .add(row.with(format!("at its highest {:.0} MiB; ready to serve after {took:.1} s", mib("VmHWM:")?)));
    Ok(())
}
