//! Migrations: all of them make, on either engine, the tables that the code says; and all of them can be taken back.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use regex::Regex;

use crate::support::database::Database;

const SQLITE: &str = "SELECT m.name AS of, c.name AS name, c.\"notnull\" = 0 AND c.pk = 0 AS is_optional
    FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'";
const SQLITE_REST: &str = "SELECT type AS of, name, false AS is_optional FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'";
const POSTGRES: &str =
    "SELECT table_name::text AS of, column_name::text AS name, is_nullable = 'YES' AS is_optional
    FROM information_schema.columns WHERE table_schema = 'public'";
const POSTGRES_REST: &str = "SELECT 'relation' AS of, relname::text AS name, false AS is_optional
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'function', proname::text, false FROM pg_proc WHERE pronamespace = 'public'::regnamespace";

/// The words that are searched: SQLite has an index with tables of its own for them, PostgreSQL a column of a type of its own.
const ENGINES_OWN: &str = "search_words";

/// A column of a table, or anything else that stands in a database.
#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_optional: bool,
}

/// Columns by table and name; whether each may be empty.
type Schema = BTreeMap<(String, String), bool>;

/// The tables as the code says them.
fn said() -> Schema {
    let text = include_str!("../../src/store/schema.rs");
    let table = Regex::new(r"^    (\w+) \([\w, ]+\) \{$").unwrap();
    let column = Regex::new(r"^        (\w+) -> (Nullable<)?").unwrap();
    let (mut schema, mut of) = (Schema::new(), String::new());
    for line in text.lines() {
        if let Some(found) = table.captures(line) {
            of = found[1].to_owned();
        } else if let Some(found) = column.captures(line) {
            schema.insert((of.clone(), found[1].to_owned()), found.get(2).is_some());
        }
    }
    schema
}

/// Up, down and up again; how many migrations there are.
fn walk<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    engine: &str,
    ask: impl Fn(&mut C, bool) -> Vec<Found>,
) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let all = || FileBasedMigrations::from_path(&folder).unwrap();
    let made = |conn: &mut C| -> Schema {
        let columns = ask(conn, false).into_iter();
        let columns =
            columns.filter(|found| !found.of.contains("__diesel") && !found.of.starts_with(ENGINES_OWN));
        columns.map(|found| ((found.of, found.name), found.is_optional)).collect()
    };
    let count = conn.run_pending_migrations(all()).unwrap().len();
    assert_eq!(made(conn), said(), "{engine}: what the migrations make is what the code says");
    assert_eq!(conn.revert_all_migrations(all()).unwrap().len(), count);
    let left: Vec<_> =
        ask(conn, true).into_iter().map(|found| format!("{} {}", found.of, found.name)).collect();
    let left: Vec<_> = left.into_iter().filter(|found| !found.contains("__diesel")).collect();
    assert!(left.is_empty(), "{engine}: not taken back: {left:?}");
    assert_eq!(conn.run_pending_migrations(all()).unwrap().len(), count);
    assert_eq!(made(conn), said(), "{engine}: the second time");
    count
}

#[test]
fn every_migration_can_be_taken_back_and_all_make_what_the_code_says() {
    let database = Database::fresh();
    let (engine, count) = if database.is_sqlite() {
        let mut conn = SqliteConnection::establish(database.url.trim_start_matches("sqlite:")).unwrap();
        let ask = |conn: &mut SqliteConnection, rest: bool| {
            diesel::sql_query(if rest { SQLITE_REST } else { SQLITE }).load(conn).unwrap()
        };
        ("sqlite", walk(&mut conn, "sqlite", ask))
    } else {
        let mut conn = PgConnection::establish(&database.url).unwrap();
        let ask = |conn: &mut PgConnection, rest: bool| {
            diesel::sql_query(if rest { POSTGRES_REST } else { POSTGRES }).load(conn).unwrap()
        };
        ("postgres", walk(&mut conn, "postgres", ask))
    };
    println!(
        "migrations, {engine}: {count} up, down and up again, {} columns as the code says",
        said().len()
    );
}
