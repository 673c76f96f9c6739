//! Databases on the engine under test.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use meldekette::core::env::Env;

use super::run::{is_sqlite, wait_until};

/// A database that goes away with this value.
pub enum Database {
    Sqlite(PathBuf),
    Postgres { server: String, name: String, tablespace: Option<String> },
}

/// The server on which tests make their databases.
fn server() -> String {
    std::env::var("MELDEKETTE_TEST_POSTGRES").expect("tests on PostgreSQL need MELDEKETTE_TEST_POSTGRES")
}

fn new_name() -> String {
    format!("mk_{}", Env::system().uuid().simple())
}

impl Database {
    /// An empty one, or a copy of `template`, into which nobody may be connected.
    pub fn fresh(folder: &Path, template: Option<&str>) -> Self {
        if is_sqlite() {
            return Self::Sqlite(folder.join("meldekette.db"));
        }
        let (server, name) = (server(), new_name());
        let like = template.map_or(String::new(), |template| format!(" TEMPLATE {template}"));
        let create = format!("CREATE DATABASE {name}{like}");
        // Whoever was connected to the template may still be leaving.
        wait_until(30, "a database was made", || {
            PgConnection::establish(&server).unwrap().batch_execute(&create).is_ok()
        });
        Self::Postgres { server, name, tablespace: None }
    }

    /// An empty one on PostgreSQL whose rows lie in `place`.
    pub fn on_postgres_in(place: &Path) -> Self {
        let (server, name, tablespace) = (server(), new_name(), new_name());
        let mut conn = PgConnection::establish(&server).unwrap();
        // A tablespace wants a folder that belongs to the server: the server makes it.
        let place = place.join("tablespace");
        let make = format!("COPY (SELECT) TO PROGRAM 'mkdir -m 700 {}'", place.display());
        conn.batch_execute(&make).unwrap();
        conn.batch_execute(&format!("CREATE TABLESPACE {tablespace} LOCATION '{}'", place.display()))
            .unwrap();
        conn.batch_execute(&format!("CREATE DATABASE {name} TABLESPACE {tablespace}")).unwrap();
        Self::Postgres { server, name, tablespace: Some(tablespace) }
    }

    /// Whether there is no table, or no file.
    pub fn is_untouched(&self) -> bool {
        match self {
            Self::Sqlite(path) => !path.exists(),
            Self::Postgres { .. } => {
                let is_any = sql::<Bool>("EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public')");
                let mut conn = PgConnection::establish(&self.url()).unwrap();
                !diesel::select(is_any).get_result::<bool>(&mut conn).unwrap()
            }
        }
    }

    /// The address.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres { server, name, .. } => {
                // A socket's URL has no host, which URL parsers refuse: only the path is exchanged.
                let (address, query) = server.split_once('?').unwrap_or((server, ""));
                let (host, _) = address.rsplit_once('/').unwrap();
                format!("{host}/{name}?{query}")
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name, tablespace } = self
            && let Ok(mut conn) = PgConnection::establish(server)
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
            if let Some(tablespace) = tablespace {
                let _ = conn.batch_execute(&format!("DROP TABLESPACE {tablespace}"));
            }
        }
    }
}
