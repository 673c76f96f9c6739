//! Embedded migrations, one pair per change: the same name for both engines.

use diesel::connection::SimpleConnection as _;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;
use crate::core::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// A change of a large table, and waiting for another process's, may take longer than a request; the number is ours.
const LOCK: &str =
    "SET statement_timeout = 0; SET lock_timeout = '10min'; SELECT pg_advisory_lock(7012026112101)";
const UNLOCK: &str =
    "SELECT pg_advisory_unlock(7012026112101); SET statement_timeout = '30s'; SET lock_timeout = '10s'";

/// Brings the schema up to date and returns the names of the migrations that ran. On PostgreSQL one process does so
/// at a time; others wait, and find nothing left to do.
///
/// # Errors
/// [`Error::Unavailable`] with the engine's words when a migration fails.
pub fn run(conn: &mut Conn) -> Result<Vec<String>> {
    let is_shared = !conn.is_sqlite();
    if is_shared {
        conn.batch_execute(LOCK)?;
    }
    let ran = match conn {
        Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(names),
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(names),
    };
    let ran = ran.map_err(|error| Error::Unavailable(format!("migration: {error}")));
    if is_shared {
        conn.batch_execute(UNLOCK)?;
    }
    ran
}

/// Whether migrations wait to be run. Changes nothing, also where none ever ran.
///
/// # Errors
/// [`Error::Unavailable`] when the list of migrations cannot be read.
pub fn is_pending(conn: &mut Conn) -> Result<bool> {
    // diesel makes its list of migrations where there is none: it is taken back.
    conn.batch_execute("BEGIN")?;
    let pending = match conn {
        Conn::Postgres(c) => c.has_pending_migration(POSTGRES),
        Conn::Sqlite(c) => c.has_pending_migration(SQLITE),
    };
    conn.batch_execute("ROLLBACK")?;
    pending.map_err(|error| Error::Unavailable(format!("migrations: {error}")))
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::env::Env;
    use crate::store::testing::empty;

    #[test]
    fn processes_that_start_together_bring_the_schema_up_to_date_once() {
        for test in empty(&Env::system(), Default::default).iter().filter(|test| !test.db.is_sqlite()) {
            let starts: Vec<_> = (0..3)
                .map(|_| {
                    let db = test.db.clone();
                    std::thread::spawn(move || db.with_connection(run).unwrap().len())
                })
                .collect();
            let mut ran: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();
            ran.sort_unstable();
            assert_eq!(ran[..2], [0, 0]);
            assert!(ran[2] > 0);
            assert!(!test.db.with_connection(is_pending).unwrap());
        }
    }
}
