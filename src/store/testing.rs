//! Fresh, migrated databases for unit tests: SQLite always, PostgreSQL where `MELDEKETTE_TEST_POSTGRES` names a server;
//! only one of them where `MELDEKETTE_TEST_ENGINE` says `sqlite` or `postgres`.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::{Db, Tx, migrate, tx::Provided};
use crate::core::env::Env;
use crate::core::error::Result;

/// How many connections each has.
pub const CONNECTIONS: u32 = 4;

/// A database that goes away with this value.
pub struct TestDb {
    pub db: Db,
    _directory: TempDir,
    postgres: Option<(String, String)>,
}

/// One fresh database per engine at hand.
pub fn databases(env: &Env, provided: impl Fn() -> Provided) -> Vec<TestDb> {
    let all = empty(env, provided);
    for test in &all {
        test.db.with_connection(migrate::run).unwrap();
    }
    all
}

/// The same before their schema is made.
pub fn empty(env: &Env, provided: impl Fn() -> Provided) -> Vec<TestDb> {
    let engine = std::env::var("MELDEKETTE_TEST_ENGINE").unwrap_or_default();
    let server = std::env::var("MELDEKETTE_TEST_POSTGRES").ok().filter(|_| engine != "sqlite");
    assert!(engine != "postgres" || server.is_some(), "tests on PostgreSQL need MELDEKETTE_TEST_POSTGRES");
    let open = |url: &str, postgres| (Db::open(url, CONNECTIONS, env.clone(), provided()).unwrap(), postgres);
    let directory = || tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    if engine != "postgres" {
        let file = directory();
        let (db, postgres) = open(&format!("sqlite:{}", file.path().join("test.db").display()), None);
        all.push(TestDb { db, _directory: file, postgres });
    }
    if let Some(server) = server {
        let name = format!("mk_{}", Env::system().uuid().simple());
        PgConnection::establish(&server).unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        // A socket's URL has no host, which URL parsers refuse: only the path is exchanged.
        let (address, query) = server.split_once('?').unwrap_or((&server, ""));
        let (host, _) = address.rsplit_once('/').unwrap();
        let (db, postgres) = open(&format!("{host}/{name}?{query}"), Some((server.clone(), name)));
        all.push(TestDb { db, _directory: directory(), postgres });
    }
    all
}

/// Writes from a thread of its own: a test that drives a runtime may not block it.
///
/// # Errors
/// What `f` ends with.
pub fn try_write<T, F>(db: &Db, f: F) -> Result<T>
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let db = db.clone();
    std::thread::spawn(move || db.write_now(f)).join().unwrap()
}

/// The same where nothing may fail.
pub fn write<T, F>(db: &Db, f: F) -> T
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    try_write(db, f).unwrap()
}

impl TestDb {
    /// Ends every session, as a restart of the server does. SQLite has none.
    pub fn end_sessions(&self) {
        if let Some((server, name)) = &self.postgres {
            let end = format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
            );
            PgConnection::establish(server).unwrap().batch_execute(&end).unwrap();
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres
            && let Ok(mut conn) = PgConnection::establish(server)
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
