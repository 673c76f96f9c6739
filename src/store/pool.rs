//! How connections are opened: the engine that the address names, each set up in the same way.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{ManageConnection, Pool};
use diesel::{Connection as _, PgConnection, SqliteConnection};

use super::connection::Conn;
use crate::core::error::{Error, Result};

/// How long anybody waits for a connection.
const CONNECTION_WAIT: Duration = Duration::from_secs(10);

/// Whoever answers this is alive.
pub(super) const PROBE: &str = "SELECT 1";

// FULL: a commit is on the disk before anybody is told so. Pages are cached, 4 MiB for each connection, not mapped:
// a mapped page is parsed anew at each use.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;";
// Plans are kept: planning the queue's list anew at each request takes as long as running it. Nothing here runs long
// enough to be worth compiling or sharing among workers, which PostgreSQL would do where it expects many rows and a page
// needs fifty: to start the workers alone takes ten milliseconds.
const POSTGRES_SETUP: &str = "SET TIME ZONE 'UTC'; SET lock_timeout = '10s'; SET statement_timeout = '30s'; \
     SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'warning'; \
     SET plan_cache_mode = 'force_generic_plan'; SET jit = off; \
     SET max_parallel_workers_per_gather = 0;";

/// A pooled connection that remembers whether it may be used again.
pub(super) struct Pooled {
    pub conn: Conn,
    pub broken: bool,
}

/// Opens connections for the engine that the URL names; never falls from one engine to the other.
pub(super) struct Manager {
    url: String,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    fn connect(&self) -> Result<Pooled> {
        Ok(Pooled { conn: connect(&self.url)?, broken: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<()> {
        Ok(pooled.conn.batch_execute(PROBE)?)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken
    }
}

/// A connection that is set up, in no pool.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub(super) fn connect(url: &str) -> Result<Conn> {
    let refused = |error: &dyn std::fmt::Display| Error::Unavailable(format!("database: {error}"));
    let mut conn = match url.strip_prefix("sqlite:") {
        Some(path) => Conn::Sqlite(SqliteConnection::establish(path).map_err(|e| refused(&e))?),
        None => Conn::Postgres(PgConnection::establish(url).map_err(|e| refused(&e))?),
    };
    let setup = if conn.is_sqlite() { SQLITE_SETUP } else { POSTGRES_SETUP };
    conn.batch_execute(setup).map_err(|e| refused(&e))?;
    Ok(conn)
}

/// A pool of at most `connections` connections to `url` (`sqlite:PATH` or `postgres://…`), one of them open.
///
/// # Errors
/// [`Error::Unavailable`] with what to do when the database cannot be reached.
pub(super) fn open(url: &str, connections: u32) -> Result<Pool<Manager>> {
    check_url(url)?;
    if let Some(path) = url.strip_prefix("sqlite:") {
        make_private(path)?;
    }
    Pool::builder()
        .max_size(connections.max(2))
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(CONNECTION_WAIT)
        .build(Manager { url: url.to_owned() })
        .map_err(|error| Error::Unavailable(format!("database: {error}")))
}

/// Makes the file of a new database, which its account alone may read. What SQLite puts beside gets the same mode.
fn make_private(path: &str) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Error::Unavailable(format!("database {path}: {error}")))
        }
        _ => Ok(()),
    }
}

fn check_url(url: &str) -> Result<()> {
    let refuse = |why: &str| Err(Error::Unavailable(why.to_owned()));
    if url.starts_with("sqlite:") {
        return Ok(());
    }
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return refuse("database.url must begin with sqlite: or postgres://");
    }
    let wants_tls =
        ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode));
    if wants_tls && cfg!(feature = "bundled-libpq") {
        return refuse(
            "this build has no TLS to PostgreSQL: build with --no-default-features --features system-libpq, \
             or connect through a local socket",
        );
    }
    Ok(())
}
