//! One connection type for both engines.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sqlite::Sqlite;

/// A connection to either engine. Services never see it bare: they get a [`super::Tx`].
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}

/// Compiles one expression once per engine, for what the common backend cannot express:
/// `as_returning()`, batch inserts and `on_conflict`.
#[allow(unused_macros)]
macro_rules! each_backend {
    ($conn:expr, $c:ident => $expr:expr) => {
        match $conn {
            $crate::store::Conn::Postgres($c) => $expr,
            $crate::store::Conn::Sqlite($c) => $expr,
        }
    };
}
pub(crate) use each_backend;

/// What changes rows on both engines, and runs for each report and each mail.
pub trait Statement: QueryFragment<Pg> + QueryFragment<Sqlite> + QueryId + Sized {
    /// Runs it on its engine directly; how many rows changed. Through the connection for both engines, diesel writes a
    /// statement's text anew each time, although it is kept prepared.
    ///
    /// # Errors
    /// The database's.
    fn run(self, conn: &mut Conn) -> QueryResult<usize> {
        each_backend!(conn, c => ExecuteDsl::execute(self, c))
    }
}

impl<S: QueryFragment<Pg> + QueryFragment<Sqlite> + QueryId> Statement for S {}

impl Conn {
    /// Whether this is the embedded engine, which has one writer.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}
