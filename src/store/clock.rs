//! What time the database thinks it is: a check for operators, never for a rule.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiff::Timestamp;

use super::connection::Conn;
use crate::core::error::{Error, Result};

#[derive(QueryableByName)]
struct Seconds {
    #[diesel(sql_type = BigInt)]
    seconds: i64,
}

/// The database's clock, in whole seconds. On SQLite it is this machine's.
///
/// # Errors
/// The database's.
pub fn database_now(conn: &mut Conn) -> Result<Timestamp> {
    let ask = if conn.is_sqlite() {
        "SELECT CAST(strftime('%s', 'now') AS INTEGER) AS seconds"
    } else {
        "SELECT extract(epoch FROM clock_timestamp())::bigint AS seconds"
    };
    let now: Seconds = diesel::sql_query(ask).get_result(conn)?;
    Timestamp::from_second(now.seconds).map_err(|error| Error::Internal(error.to_string()))
}
