//! A fresh database on the engine that `MELDEKETTE_TEST_ENGINE` names: `sqlite` (otherwise) or `postgres`, on the server
//! of `MELDEKETTE_TEST_POSTGRES`.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use meldekette::core::env::Env;
use tempfile::TempDir;

/// A database that goes away with this value.
pub struct Database {
    pub url: String,
    folder: TempDir,
    postgres: Option<(String, String)>,
}

/// In memory where the system has a folder there: these tests ask what is answered, not what survives a power cut.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl Database {
    /// An empty one.
    pub fn fresh() -> Self {
        if std::env::var("MELDEKETTE_TEST_ENGINE").is_ok_and(|engine| engine == "postgres") {
            let server = std::env::var("MELDEKETTE_TEST_POSTGRES")
                .expect("tests on PostgreSQL need MELDEKETTE_TEST_POSTGRES");
            let name = format!("mk_{}", Env::system().uuid().simple());
            PgConnection::establish(&server)
                .unwrap()
                .batch_execute(&format!("CREATE DATABASE {name}"))
                .unwrap();
            // A socket's URL has no host, which URL parsers refuse: only the path is exchanged.
            let (address, query) = server.split_once('?').unwrap_or((&server, ""));
            let (host, _) = address.rsplit_once('/').unwrap();
            let url = format!("{host}/{name}?{query}");
            return Self { url, folder: folder(), postgres: Some((server.clone(), name)) };
        }
        Self::sqlite()
    }

    /// An empty one of the embedded engine, whatever engine is tested.
    pub fn sqlite() -> Self {
        let folder = folder();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self { url, folder, postgres: None }
    }

    /// Whether it is the embedded engine.
    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    /// A copy of a SQLite database whose log was written back before.
    pub fn copy(&self) -> Self {
        assert!(self.is_sqlite(), "only files are copied");
        let copy = folder();
        std::fs::copy(self.folder.path().join("test.db"), copy.path().join("test.db")).unwrap();
        let url = format!("sqlite:{}", copy.path().join("test.db").display());
        Self { url, folder: copy, postgres: None }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres
            && let Ok(mut conn) = PgConnection::establish(server)
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
