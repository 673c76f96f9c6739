//! Filing: policy, validation, idempotency, case, timeline, audit and the confirmation in the outbox are one transaction,
//! durable before the answer. On PostgreSQL beside pgbench with the same statements, on SQLite beside a bare loop with
//! one durable commit a row.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};

use super::cast::Cast;
use super::dispatch::sink;
use super::engine::{Engine, Running};
use super::machine::{Meter, median, now, output, wrk};
use super::server::{Place, Server};
use super::table::{Row, cpu};
use super::{Bench, CONNECTIONS, ROUNDS, TURN_S};

/// Bytes of a row of the bare loop: about a report's.
const ROW: usize = 600;
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/speed");

type Used = Vec<(&'static str, f64)>;

pub fn durable(bench: &mut Bench, engine: &Running, cast: &Cast) -> Result<()> {
    engine.create("filing", Some("prepared"))?;
    let place = Place::new(engine, "filing")?;
    let floor = Floor::new(engine, cast)?;
    let (server, _) = Server::start(&place)?;
    let (mut product, mut bare, mut used, mut used_bare) = (vec![], vec![], vec![], vec![]);
    let before = engine.rows("filing")?;
    let mut filed = 0.0;
    for round in 0..ROUNDS {
        let (rate, cpu) = file(engine, &server, cast, round)?;
        filed += rate * TURN_S as f64;
        product.push(rate);
        used.push(cpu);
        let (rate, cpu) = floor.run(engine)?;
        bare.push(rate);
        used_bare.push(cpu);
    }
    let after = engine.rows("filing")?;
    let bound = if engine.engine == Engine::Sqlite { 0.8 } else { 0.35 };
    let what = format!("filing, {}", engine.engine.name());
    let (product, bare) = (median(product), median(bare));
    let mut row = Row::rates(what, product, bare, floor.name(), Some(bound))
        .with("API with token and Idempotency-Key, request of 676 bytes of JSON, not compressed; mail server unreachable")
        .with(format!("CPU: {}; floor: {}", cpu(&used), cpu(&used_bare)));
    if engine.engine == Engine::Postgres {
        row = row.with(format!("rows a filing: {}", per(&before, &after, filed)));
        row = row.with(format!("floor's:       {}", floor.rows(engine)?));
    }
    bench.table.add(row);
    // The same while the confirmations go out: what a filing costs in the end.
    let _sink = sink(place.smtp, None)?;
    let (mut rates, mut used) = (vec![], vec![]);
    for round in 0..ROUNDS {
        let (rate, cpu) = file(engine, &server, cast, ROUNDS + round)?;
        rates.push(rate);
        used.push(cpu);
    }
    let what = format!("the same, mails going out, {}", engine.engine.name());
    let row = Row::rates(what, median(rates), bare, floor.name(), None);
    bench.table.add(
        row.with(format!("each confirmation signed and sent to smtp-sink meanwhile; CPU: {}", cpu(&used))),
    );
    Ok(())
}

/// One turn of filing.
fn file(engine: &Running, server: &Server, cast: &Cast, round: usize) -> Result<(f64, Used)> {
    let mut processes = vec![("serve", server.id())];
    processes.extend(engine.server().map(|id| ("PostgreSQL", id)));
    let meter = Meter::begin(&processes);
    let script = format!("{SCRIPTS}/filing.lua");
    let envs = [
        ("TOKEN", cast.reporter_token.as_str()),
        ("ORGANISATION", &cast.organisation.to_string()),
        ("RUN", &format!("run{round}")),
    ];
    let rate = wrk(&server.url(""), &["--script", &script], &envs)?;
    Ok((rate, meter.end()))
}

/// How many rows each filing adds, by table.
fn per(before: &[(String, f64)], after: &[(String, f64)], filed: f64) -> String {
    let grown =
        after.iter().zip(before).map(|((table, after), (_, before))| (table, (after - before) / filed));
    let named: Vec<_> =
        grown.filter(|(_, each)| *each > 0.3).map(|(table, each)| format!("{table} {each:.1}")).collect();
    named.join(", ")
}

/// What is done without the product.
enum Floor {
    /// A file of its own with one table.
    Loop(PathBuf),
    /// A copy of the database, and the statements with the ids that stand in it.
    Pgbench { script: PathBuf, before: Vec<(String, f64)>, done: std::cell::Cell<f64> },
}

impl Floor {
    fn new(engine: &Running, cast: &Cast) -> Result<Self> {
        if engine.engine == Engine::Sqlite {
            return Ok(Self::Loop(engine.folder.join("bare.db")));
        }
        engine.create("bare", Some("prepared"))?;
        engine.ask("bare", "CREATE SEQUENCE bench_id")?;
        let text = std::fs::read_to_string(Path::new(SCRIPTS).join("filing.pgbench"))?
            .replace("{reporter}", &cast.reporter.to_string())
            .replace("{organisation}", &cast.organisation.to_string())
            .replace("{cert}", &cast.cert.to_string());
        let script = engine.folder.join("filing.pgbench");
        std::fs::write(&script, text)?;
        Ok(Self::Pgbench { script, before: engine.rows("bare")?, done: std::cell::Cell::new(0.0) })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Loop(_) => "a row a commit",
            Self::Pgbench { .. } => "pgbench",
        }
    }

    fn run(&self, engine: &Running) -> Result<(f64, Used)> {
        match self {
            Self::Loop(file) => bare_loop(file),
            Self::Pgbench { script, done, .. } => {
                let meter = Meter::begin(&[("PostgreSQL", engine.server().unwrap_or_default())]);
                let clients = CONNECTIONS.to_string();
                let said = output(
                    Command::new("pgbench")
                        .args([
                            "--no-vacuum",
                            "--protocol=prepared",
                            "-c",
                            &clients,
                            "-T",
                            &TURN_S.to_string(),
                        ])
                        .args([Path::new("-f"), script])
                        .arg(engine.url("bare")),
                )?;
                let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
                let rate = rate.and_then(|rest| rest.split(' ').next()).and_then(|rate| rate.parse().ok());
                let rate: f64 = rate.with_context(|| said.clone())?;
                if !said.contains("number of failed transactions: 0 ") {
                    bail!("pgbench: {said}");
                }
                done.set(done.get() + rate * TURN_S as f64);
                Ok((rate, meter.end()))
            }
        }
    }

    fn rows(&self, engine: &Running) -> Result<String> {
        match self {
            Self::Loop(_) => Ok(String::new()),
            Self::Pgbench { before, done, .. } => Ok(per(before, &engine.rows("bare")?, done.get())),
        }
    }
}

/// Inserts row after row, each with its own commit, with the product's settings of durability.
fn bare_loop(file: &Path) -> Result<(f64, Used)> {
    diesel::table! { bare (id) { id -> BigInt, body -> Text, } }
    use diesel::ExpressionMethods as _;
    let mut conn = SqliteConnection::establish(&file.display().to_string())?;
    conn.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    )?;
    let body = "x".repeat(ROW);
    let meter = Meter::begin(&[("loop", std::process::id())]);
    let (begun, mut rows) = (now(), 0);
    while begun.elapsed().as_secs() < TURN_S {
        diesel::insert_into(bare::table).values(bare::body.eq(&body)).execute(&mut conn)?;
        rows += 1;
    }
    Ok((f64::from(rows) / begun.elapsed().as_secs_f64(), meter.end()))
}
