//! One connection type for both engines.

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

impl Conn {
    /// Whether this is the embedded engine, which has one writer.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}
