//! A file of 1 GiB sent to a case, sealed and durable, beside a plain durable copy of the same file.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::Bench;
use super::cast::{ANALYST, Cast, PASSWORD};
use super::engine::Running;
use super::machine::{Meter, median, now, output};
use super::server::{Place, Server};
use super::table::{Row, cpu};

const MIB: usize = 1 << 20;
const SIZE: usize = 1024;
const TURNS: usize = 3;

pub fn gibibyte(bench: &mut Bench, engine: &Running, _: &Cast) -> Result<()> {
    engine.create("upload", Some("prepared"))?;
    let (server, _) = Server::start(&Place::new(engine, "upload")?)?;
    let cookie = format!("Cookie: {}", server.sign_in(ANALYST, PASSWORD)?);
    let queue = curl(&[&server.url("/eingang"), "--header", &cookie])?;
    let reference = between(&queue, "vorschau=", &['"', '&', '#'])?;
    let files = server.url(&format!("/vorgaenge/{reference}/beweise"));
    let page = curl(&[&files, "--header", &cookie])?;
    let csrf = between(&page, "name=\"csrf\" value=\"", &['"'])?;
    let source = engine.folder.join("gibibyte");
    make(&source)?;
    let (idle, mut peak) = (memory(server.id(), "VmRSS:")?, 0.0_f64);
    let (mut product, mut floor, mut used) = (vec![], vec![], vec![]);
    for turn in 0..TURNS {
        let announced = format!("csrf={csrf}&name=abbild.raw&groesse={}&marke={turn}", (SIZE * MIB) as u64);
        let begun = curl(&[&format!("{files}/beginn"), "--header", &cookie, "--data", &announced])?;
        let id = between(&begun, "\"datei\":\"", &['"'])?;
        std::fs::write(format!("/proc/{}/clear_refs", server.id()), "5")?;
        let meter = Meter::begin(&[("serve", server.id())]);
        let since = now();
        let told = curl(&[
            &format!("{files}/{id}"),
            "--request",
            "PATCH",
            "--upload-file",
            &source.display().to_string(),
            "--header",
            &cookie,
            "--header",
            &format!("X-Form-Token: {csrf}"),
            "--header",
            "Upload-Offset: 0",
        ])?;
        product.push(SIZE as f64 / since.elapsed().as_secs_f64());
        used.push(meter.end());
        peak = peak.max(memory(server.id(), "VmHWM:")? - idle);
        if !told.contains("\"fertig\":true") {
            bail!("the upload ended with {told}");
        }
        let since = now();
        copy(&source, &engine.folder.join("copy"))?;
        floor.push(SIZE as f64 / since.elapsed().as_secs_f64());
    }
    let name = engine.engine.name();
    let row = Row::rates(
        format!("upload of 1 GiB in MiB, {name}"),
        median(product),
        median(floor),
        "copy and fsync",
        None,
    );
    bench.table.add(
        row.with(
            "one request; hashed, sealed in chunks of 4 MiB, each durable with its row before it counts",
        )
        .with(format!("CPU: {}", cpu(&used))),
    );
    let row = Row::at_most(format!("memory above idle, upload, {name}"), peak, "MiB", 64.0);
    bench.table.add(row.with(format!("idle {idle:.0} MiB, the highest of {TURNS} uploads")));
    Ok(())
}

fn curl(arguments: &[&str]) -> Result<String> {
    output(Command::new("curl").args(["--silent", "--fail"]).args(arguments))
}

fn between<'a>(text: &'a str, before: &str, behind: &[char]) -> Result<&'a str> {
    let (_, rest) = text.split_once(before).with_context(|| format!("no {before}"))?;
    rest.split(behind).next().with_context(|| format!("no end behind {before}"))
}

/// Bytes that nothing can pack.
fn make(path: &Path) -> Result<()> {
    let mut file = File::create(path)?;
    std::io::copy(&mut File::open("/dev/urandom")?.take((SIZE * MIB) as u64), &mut file)?;
    Ok(file.sync_all()?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    let mut block = vec![0; 4 * MIB];
    loop {
        match from.read(&mut block)? {
            0 => break,
            length => to.write_all(&block[..length])?,
        }
    }
    Ok(to.sync_all()?)
}

/// A figure of a process, in MiB.
fn memory(process: u32, key: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|word| word.parse::<f64>().ok());
    kib.map(|kib| kib / 1024.0).with_context(|| format!("{key} is missing"))
}
