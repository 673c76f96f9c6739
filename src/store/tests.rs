//! What pooled connections outlive.

use std::sync::Barrier;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::testing::{CONNECTIONS, TestDb, empty};
use super::{Conn, Tx};
use crate::core::env::Env;
use crate::core::error::{Error, Result};

fn seven(conn: &mut Conn) -> Result<i64> {
    Ok(diesel::select(7_i64.into_sql::<BigInt>()).get_result(conn)?)
}

fn read_seven(tx: &mut Tx<'_>) -> Result<i64> {
    seven(tx.conn)
}

/// Has every connection of the pool in use at once, and then ends all their sessions.
fn use_and_end_sessions(test: &TestDb) {
    let all = Barrier::new(CONNECTIONS as usize);
    let wait = |conn: &mut Conn| {
        all.wait();
        seven(conn)
    };
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| test.db.with_connection(wait).unwrap());
        }
    });
    test.end_sessions();
}

#[tokio::test]
async fn after_the_server_ended_every_session_the_next_read_of_each_kind_succeeds() {
    for test in empty(&Env::system(), Default::default) {
        use_and_end_sessions(&test);
        assert_eq!(test.db.read_one(read_seven).await.unwrap(), 7);
        use_and_end_sessions(&test);
        assert_eq!(test.db.read_apart(read_seven).await.unwrap(), 7);
        use_and_end_sessions(&test);
        assert_eq!(test.db.read_soon(read_seven).await.unwrap(), 7);
        use_and_end_sessions(&test);
        assert_eq!(test.db.read(read_seven).await.unwrap(), 7);
    }
}

#[test]
fn after_the_server_ended_every_session_the_next_check_succeeds() {
    for test in empty(&Env::system(), Default::default) {
        use_and_end_sessions(&test);
        assert_eq!(test.db.with_connection(seven).unwrap(), 7);
    }
}

#[test]
fn what_a_failed_check_leaves_open_does_not_harm_the_next() {
    for test in empty(&Env::system(), Default::default) {
        let fail = |conn: &mut Conn| -> Result<()> {
            conn.batch_execute("BEGIN")?;
            Err(Error::NotFound)
        };
        for _ in 0..2 {
            assert!(matches!(test.db.with_connection(fail), Err(Error::NotFound)));
        }
    }
}
