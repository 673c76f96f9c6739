//! Embedded migrations, one pair per change: the same name for both engines.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;
use crate::core::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the schema up to date and returns the names of the migrations that ran.
///
/// # Errors
/// [`Error::Unavailable`] with the engine's words when a migration fails.
pub fn run(conn: &mut Conn) -> Result<Vec<String>> {
    let ran = match conn {
        Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(names),
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(names),
    };
    ran.map_err(|error| Error::Unavailable(format!("migration: {error}")))
}

/// Whether migrations wait to be run.
///
/// # Errors
/// [`Error::Unavailable`] when the list of migrations cannot be read.
pub fn is_pending(conn: &mut Conn) -> Result<bool> {
    let pending = match conn {
        Conn::Postgres(c) => c.has_pending_migration(POSTGRES),
        Conn::Sqlite(c) => c.has_pending_migration(SQLITE),
    };
    pending.map_err(|error| Error::Unavailable(format!("migrations: {error}")))
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}
