//! The two engines: a file, or a PostgreSQL server of the bench's own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use super::machine::{Process, output};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn name(self) -> &'static str {
        if self == Self::Sqlite { "SQLite" } else { "PostgreSQL" }
    }

    pub fn word(self) -> &'static str {
        if self == Self::Sqlite { "sqlite" } else { "postgres" }
    }

    /// Makes it ready. The server keeps PostgreSQL's own settings, of durability too, and ends with the answer.
    pub fn start(self, folder: &Path, root: &Path) -> Result<Running> {
        let folder = folder.join(self.word());
        std::fs::create_dir_all(&folder)?;
        let mut running = Running { engine: self, folder, url: String::new(), server: None };
        if self == Self::Postgres {
            let mut process = Process::start(
                Command::new(root.join("tests/support/with-postgres"))
                    .args(["sh", "-c", "echo \"$MELDEKETTE_TEST_POSTGRES\"; exec sleep infinity"])
                    .env("TMPDIR", &running.folder)
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped()),
            )?;
            let said = process.0.stdout.take().context("no output")?;
            BufReader::new(said).read_line(&mut running.url)?;
            if running.url.trim().is_empty() {
                bail!("no PostgreSQL server: sudo apt-get install --no-install-recommends postgresql");
            }
            running.server = Some(process);
        }
        Ok(running)
    }
}

/// An engine that takes databases.
pub struct Running {
    pub engine: Engine,
    pub folder: PathBuf,
    url: String,
    server: Option<Process>,
}

impl Running {
    /// The database of this name.
    pub fn url(&self, name: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!("sqlite:{}", self.file(name).display()),
            Engine::Postgres => self.url.trim().replacen("/postgres?", &format!("/{name}?"), 1),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.db"))
    }

    /// An empty database, or a copy of another that nobody uses.
    pub fn create(&self, name: &str, like: Option<&str>) -> Result<()> {
        match (self.engine, like) {
            (Engine::Sqlite, None) => {}
            (Engine::Sqlite, Some(like)) => {
                let mut conn = SqliteConnection::establish(&self.file(like).display().to_string())?;
                // Whoever filled it may still be closing it.
                conn.batch_execute("PRAGMA busy_timeout = 10000")?;
                conn.batch_execute(&format!("VACUUM INTO '{}'", self.file(name).display()))?;
            }
            (Engine::Postgres, like) => {
                self.ask(
                    "postgres",
                    &format!("CREATE DATABASE {name} TEMPLATE {}", like.unwrap_or("template1")),
                )?;
                self.ask(name, "VACUUM ANALYZE")?;
                self.ask(name, "CHECKPOINT")?;
            }
        }
        Ok(())
    }

    /// What psql says, without headings.
    pub fn ask(&self, name: &str, sql: &str) -> Result<String> {
        let mut command = Command::new("psql");
        command.args(["--no-psqlrc", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", &self.url(name), "-c", sql]);
        Ok(output(&mut command)?.trim().to_owned())
    }

    /// How many rows each table of a PostgreSQL database has.
    pub fn rows(&self, name: &str) -> Result<Vec<(String, f64)>> {
        const COUNTS: &str = "SELECT table_name, (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c \
            FROM %I', table_name), false, true, '')))[1]::text FROM information_schema.tables \
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1";
        if self.engine == Engine::Sqlite {
            return Ok(Vec::new());
        }
        let said = self.ask(name, COUNTS)?;
        let rows = said.lines().filter_map(|line| line.split_once('|'));
        rows.map(|(table, count)| Ok((table.to_owned(), count.parse()?))).collect()
    }

    /// The process that the server's processes belong to.
    pub fn server(&self) -> Option<u32> {
        self.server.as_ref().map(Process::id)
    }

    /// Engine and what makes a commit durable.
    pub fn settings(&self) -> Result<String> {
        if self.engine == Engine::Sqlite {
            let version = output(Command::new(env!("CARGO_BIN_EXE_meldekette")).arg("--version"))?;
            return Ok(format!("SQLite inside {}: WAL, synchronous FULL", version.trim()));
        }
        let show = |name: &str| self.ask("postgres", &format!("SHOW {name}"));
        let mut said = format!("PostgreSQL {} on a Unix socket:", show("server_version")?);
        for name in ["fsync", "synchronous_commit", "wal_sync_method", "full_page_writes", "shared_buffers"] {
            said.push_str(&format!(" {name} {},", show(name)?));
        }
        Ok(said.trim_end_matches(',').to_owned())
    }
}
