//! Reference numbers: unique and rising. A sequence per year on PostgreSQL, where a counter row would make writers
//! wait for each other's commit; a counter row on SQLite, where there is only one writer anyway.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::connection::Conn;
use super::schema::reference_counters;
use super::tx::Tx;
use crate::core::error::{Error, Result};

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = Nullable<BigInt>)]
    value: Option<i64>,
}

/// The next number of `name` in `year`, beginning with 1. Numbers may have gaps on PostgreSQL, where a transaction fails.
///
/// # Errors
/// The database's.
pub fn next(tx: &mut Tx<'_>, name: &'static str, year: i16) -> Result<i64> {
    match tx.conn {
        Conn::Postgres(conn) => next_in_sequence(conn, name, year),
        Conn::Sqlite(conn) => {
            let value = diesel::insert_into(reference_counters::table)
                .values((
                    reference_counters::name.eq(name),
                    reference_counters::year.eq(i32::from(year)),
                    reference_counters::value.eq(1),
                ))
                .on_conflict((reference_counters::name, reference_counters::year))
                .do_update()
                .set(reference_counters::value.eq(reference_counters::value + 1))
                .returning(reference_counters::value)
                .get_result(conn)?;
            Ok(value)
        }
    }
}

fn next_in_sequence(conn: &mut PgConnection, name: &'static str, year: i16) -> Result<i64> {
    // Names come from the code, never from outside.
    let sequence = format!("reference_{name}_{year}");
    let ask = format!("SELECT nextval(to_regclass('{sequence}')) AS value");
    let next: Next = diesel::sql_query(&ask).get_result(conn)?;
    if let Some(value) = next.value {
        return Ok(value);
    }
    // The first of the year makes the sequence; the lock lets a second one wait instead of failing.
    diesel::sql_query("SELECT pg_advisory_xact_lock(7305001)").execute(conn)?;
    diesel::sql_query(format!("CREATE SEQUENCE IF NOT EXISTS {sequence}")).execute(conn)?;
    let next: Next = diesel::sql_query(&ask).get_result(conn)?;
    next.value.ok_or_else(|| Error::Internal(format!("no sequence {sequence}")))
}
