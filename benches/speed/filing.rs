//! Filing: policy, validation, idempotency, case, timeline, audit and the confirmation in the outbox are one transaction,
//! durable before the answer. On PostgreSQL beside pgbench with the same statements. On SQLite beside two bare loops: one
//! durable commit for one row, and one durable commit for all the rows that a filing writes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use meldekette::core::env::Env;
use rusqlite::Connection;
use uuid::Uuid;

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
    let floors = Floor::all(engine, cast)?;
    let (server, _) = Server::start(&place)?;
    let (mut product, mut used) = (vec![], vec![]);
    let mut bare: Vec<(Vec<f64>, Vec<Used>)> = floors.iter().map(|_| Default::default()).collect();
    let before = engine.rows("filing")?;
    let mut filed = 0.0;
    for round in 0..ROUNDS {
        let (rate, cpu) = file(engine, &server, cast, round)?;
        filed += rate * TURN_S as f64;
        product.push(rate);
        used.push(cpu);
        for (floor, (rates, used)) in floors.iter().zip(&mut bare) {
            let (rate, cpu) = floor.run(engine)?;
            rates.push(rate);
            used.push(cpu);
        }
    }
    let after = engine.rows("filing")?;
    let bound = if engine.engine == Engine::Sqlite { 0.8 } else { 0.35 };
    let what = format!("filing, {}", engine.engine.name());
    let product = median(product);
    for (number, (floor, (rates, used_bare))) in floors.iter().zip(bare.iter().cloned()).enumerate() {
        let (what, bound) = if number == 0 { (what.as_str(), Some(bound)) } else { ("", None) };
        let mut row = Row::rates(what.to_owned(), product, median(rates), floor.name(), bound);
        if number == 0 {
            row = row
                .with("API with token and Idempotency-Key, request of 676 bytes of JSON, not compressed; mail server unreachable")
                .with(format!("CPU: {}", cpu(&used)));
        }
        row = row.with(format!("CPU of the floor: {}", cpu(&used_bare)));
        if let Some(rows) = floor.rows(engine)? {
            row = row.with(format!("rows a filing: {}", per(&before, &after, filed)));
            row = row.with(format!("floor's:       {rows}"));
        }
        bench.table.add(row);
    }
    // The same while the confirmations go out: what a filing costs in the end.
    let _sink = sink(place.smtp, None)?;
    let (mut rates, mut used) = (vec![], vec![]);
    for round in 0..ROUNDS {
        let (rate, cpu) = file(engine, &server, cast, ROUNDS + round)?;
        rates.push(rate);
        used.push(cpu);
    }
    let what = format!("the same, mails going out, {}", engine.engine.name());
    let (first, (floor, _)) = (&floors[0], bare.swap_remove(0));
    let row = Row::rates(what, median(rates), median(floor), first.name(), None);
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
    /// On SQLite, a file of its own with one table.
    Rows(PathBuf),
    /// On SQLite, a copy of the database, and the statements with the ids that stand in it.
    Statements { file: PathBuf, script: String },
    /// On PostgreSQL, the same.
    Pgbench { script: PathBuf, before: Vec<(String, f64)>, done: std::cell::Cell<f64> },
}

impl Floor {
    /// The first is the bound's.
    fn all(engine: &Running, cast: &Cast) -> Result<Vec<Self>> {
        let script = |name: &str, id: &dyn Fn(&str) -> String| -> Result<String> {
            Ok(std::fs::read_to_string(Path::new(SCRIPTS).join(name))?
                .replace("{reporter}", &id(&cast.reporter.to_string()))
                .replace("{organisation}", &id(&cast.organisation.to_string()))
                .replace("{cert}", &id(&cast.cert.to_string())))
        };
        engine.create("bare", Some("prepared"))?;
        if engine.engine == Engine::Sqlite {
            let script = script("filing.sql", &|id| format!("x'{}'", id.replace('-', "")))?;
            let file = engine.folder.join("bare.db");
            return Ok(vec![Self::Rows(engine.folder.join("row.db")), Self::Statements { file, script }]);
        }
        engine.ask("bare", "CREATE SEQUENCE bench_id")?;
        let text = script("filing.pgbench", &str::to_owned)?;
        let script = engine.folder.join("filing.pgbench");
        std::fs::write(&script, text)?;
        Ok(vec![Self::Pgbench { script, before: engine.rows("bare")?, done: std::cell::Cell::new(0.0) }])
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Rows(_) => "one row a commit",
            Self::Statements { .. } => "its statements a commit",
            Self::Pgbench { .. } => "pgbench",
        }
    }

    fn run(&self, engine: &Running) -> Result<(f64, Used)> {
        match self {
            Self::Rows(file) => bare_rows(file),
            Self::Statements { file, script } => bare_statements(file, script),
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

    fn rows(&self, engine: &Running) -> Result<Option<String>> {
        match self {
            Self::Rows(_) | Self::Statements { .. } => Ok(None),
            Self::Pgbench { before, done, .. } => Ok(Some(per(before, &engine.rows("bare")?, done.get()))),
        }
    }
}

/// A connection with the product's settings of durability.
fn durable_connection(file: &Path) -> Result<Connection> {
    let conn = Connection::open(file)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
    Ok(conn)
}

/// Runs `once` again and again for a turn, with the number of the time.
fn turn(mut once: impl FnMut(i64) -> Result<()>) -> Result<(f64, Used)> {
    let meter = Meter::begin(&[("loop", std::process::id())]);
    let (begun, mut done) = (now(), 0);
    while begun.elapsed().as_secs() < TURN_S {
        done += 1;
        once(done)?;
    }
    Ok((done as f64 / begun.elapsed().as_secs_f64(), meter.end()))
}

/// Inserts row after row, each with its own commit.
fn bare_rows(file: &Path) -> Result<(f64, Used)> {
    let conn = durable_connection(file)?;
    conn.execute_batch("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")?;
    let body = "x".repeat(ROW);
    turn(|_| {
        conn.prepare_cached("INSERT INTO bare (body) VALUES (?)")?.execute([&body])?;
        Ok(())
    })
}

/// Runs the statements of one filing after those of another, each filing with its own commit.
fn bare_statements(file: &Path, script: &str) -> Result<(f64, Used)> {
    let conn = durable_connection(file)?;
    let statements: Vec<_> = script
        .lines()
        .filter(|line| !line.starts_with("--"))
        .map(|line| line.trim_end_matches(';').to_owned())
        .collect();
    let first: Uuid = Env::system().uuid();
    turn(|number| {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        for sql in &statements {
            let mut statement = conn.prepare_cached(sql)?;
            for place in 1..=statement.parameter_count() {
                let name = statement.parameter_name(place).unwrap_or_default().to_owned();
                match name.strip_prefix(":id") {
                    Some(which) => {
                        let low = (first.as_u128() & u128::from(u64::MAX)) + number as u128 * 10;
                        let id = (first.as_u128() >> 64 << 64) | (low + which.parse::<u128>()?);
                        statement.raw_bind_parameter(place, id.to_be_bytes())?;
                    }
                    None if name == ":now" => {
                        statement.raw_bind_parameter(place, 1_768_000_000_000_000 + number)?
                    }
                    None => statement.raw_bind_parameter(place, format!("{first}-{number}"))?,
                }
            }
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
        }
        Ok(conn.execute_batch("COMMIT")?)
    })
}
