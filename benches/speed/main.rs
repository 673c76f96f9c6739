//! `cargo bench`: what the product exists for, each figure beside its floor from the same run.
//!
//! The product is the real program on a real database; the floor is what the same work costs without it: pgbench with
//! the same statements, a bare loop of durable commits, nginx with a file of the same size, Postfix's `smtp-source`.
//! Product and floor take turns, medians are compared. Nothing here is asserted: figures depend on the machine, so a
//! bound is printed as met or missed.
//!
//! `cargo bench -- sqlite start` runs only what the words name (`sqlite`, `postgres`; `filing`, `queue`, `dispatch`,
//! `start`, `upload`, `flood`, `live`, `search`, `mail-in`, `observables`, `memory`).

mod cast;
mod dispatch;
mod engine;
mod filing;
mod flood;
mod live;
mod machine;
mod mail_in;
mod many;
mod observables;
mod queue;
mod search;
mod server;
mod start;
mod table;
mod upload;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use cast::Cast;
use engine::Engine;
use table::Table;

/// How often product and floor take turns.
const ROUNDS: usize = 5;
/// How long each turn takes, in seconds.
const TURN_S: u64 = 5;
/// Clients at the same time.
const CONNECTIONS: usize = 8;

/// What every measurement is given.
struct Bench {
    folder: PathBuf,
    wanted: Vec<String>,
    table: Table,
}

impl Bench {
    /// Whether the words on the command line leave this one in.
    fn wants(&self, kind: &str, word: &str) -> bool {
        let kinds: &[&str] = match kind {
            "engine" => &["sqlite", "postgres"],
            _ => &[
                "filing",
                "queue",
                "dispatch",
                "start",
                "upload",
                "flood",
                "live",
                "search",
                "memory",
                "mail-in",
                "observables",
            ],
        };
        let mut named = self.wanted.iter().filter(|wanted| kinds.contains(&wanted.as_str())).peekable();
        named.peek().is_none() || named.any(|wanted| wanted == word)
    }
}

fn main() -> Result<()> {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        bail!("another TLS provider is installed already");
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("speed");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    machine::refuse_memory(&folder)?;
    machine::need(&[
        ("curl", "curl"),
        ("wrk", "wrk"),
        ("nginx", "nginx-light"),
        ("smtp-sink", "postfix"),
        ("smtp-source", "postfix"),
    ])?;
    let mut bench = Bench { table: Table::new(machine::describe(&folder)?), folder, wanted };
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if bench.wants("engine", engine.word()) {
            measure(&mut bench, engine, root)?;
        }
    }
    if bench.wants("what", "memory") {
        eprintln!("memory …");
        start::memory(&mut bench)?;
    }
    if bench.wants("what", "observables") {
        eprintln!("observables …");
        observables::extraction(&mut bench, root)?;
    }
    bench.table.print();
    std::fs::remove_dir_all(&bench.folder).context("removing what the bench made")
}

fn measure(bench: &mut Bench, engine: Engine, root: &Path) -> Result<()> {
    let running = engine.start(&bench.folder, root)?;
    bench.table.note(running.settings()?);
    eprintln!("{}: a register, 1,000 recipients and {} incidents …", engine.name(), cast::INCIDENTS);
    let cast: Cast = cast::prepare(&running)?;
    if ["queue", "live", "mail-in"].iter().any(|word| bench.wants("what", word)) {
        eprintln!("{}: what is made of the past …", engine.name());
        cast::index(&running)?;
    }
    for (word, run) in [
        ("start", start::first_answer as fn(&mut Bench, &engine::Running, &Cast) -> Result<()>),
        ("queue", queue::page),
        ("search", search::box_of_all_words),
        ("dispatch", dispatch::advisory),
        ("filing", filing::durable),
        ("upload", upload::gibibyte),
        ("flood", flood::public_form),
        ("live", live::open_pages),
        ("mail-in", mail_in::intake),
    ] {
        if bench.wants("what", word) {
            eprintln!("{}: {word} …", engine.name());
            run(bench, &running, &cast)?;
        }
    }
    Ok(())
}
