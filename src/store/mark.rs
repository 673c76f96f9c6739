//! Whether anything was committed since, whoever did it: what was made from the database may be shown again where not.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use diesel::QueryableByName;
use diesel::RunQueryDsl as _;
use diesel::sql_types::{BigInt, SqlType};
use tokio::sync::{mpsc, oneshot};

use super::connection::Conn;
use super::pool;
use crate::core::error::{Error, Result};

/// How many may wait for the next look before more are refused.
const WAITING: usize = 4096;
/// How long anybody waits for a look: whoever gets none reads what they wanted to know.
const LONGEST: Duration = Duration::from_secs(5);

/// What stands in the database at a moment. Two that are equal were taken with no commit between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Numbers of one connection mean nothing on another.
    connection: u64,
    seen: Seen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    /// `PRAGMA data_version`: another number after each commit of another connection, in this process or in others.
    Version(i64),
    /// `pg_current_snapshot()`: which transactions are visible. The server counts those of all its databases.
    Snapshot(String),
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// PostgreSQL's `pg_snapshot`.
#[derive(SqlType)]
pub struct Transactions;

// Prepared once, unlike a text of ours: this is asked with each request.
#[diesel::declare_sql_function]
extern "SQL" {
    fn pg_current_snapshot() -> Transactions;
    #[sql_name = "concat"]
    fn as_text(transactions: Transactions) -> Text;
}

/// A connection that nobody writes on, opened when it is needed.
pub(super) struct Watch {
    url: String,
    conn: Option<Conn>,
    opened: u64,
}

impl Watch {
    fn look(&mut self) -> Result<Mark> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => {
                self.opened += 1;
                pool::connect(&self.url)?
            }
        };
        let seen = match &mut conn {
            Conn::Sqlite(c) => {
                Seen::Version(diesel::sql_query("PRAGMA data_version").get_result::<Version>(c)?.data_version)
            }
            Conn::Postgres(c) => {
                Seen::Snapshot(diesel::select(as_text(pg_current_snapshot())).get_result(c)?)
            }
        };
        // Only a connection that answered is kept.
        self.conn = Some(conn);
        Ok(Mark { connection: self.opened, seen })
    }
}

type Answer = oneshot::Sender<Result<Mark>>;

/// Looks for whoever asks. A server is asked once for all who wait meanwhile, and never for one who came later.
pub(super) enum Marker {
    Sqlite(Mutex<Watch>),
    Postgres { url: String, queue: OnceLock<mpsc::Sender<Answer>> },
}

impl Marker {
    pub fn new(url: &str) -> Self {
        let url = url.to_owned();
        if url.starts_with("sqlite:") {
            Self::Sqlite(Mutex::new(Watch { url, conn: None, opened: 0 }))
        } else {
            Self::Postgres { url, queue: OnceLock::new() }
        }
    }

    /// What stands now.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database cannot be reached or too many ask.
    pub async fn mark(&self) -> Result<Mark> {
        let (url, queue) = match self {
            // Reads a few bytes of shared memory: to change threads takes longer.
            Self::Sqlite(watch) => return watch.lock().unwrap_or_else(PoisonError::into_inner).look(),
            Self::Postgres { url, queue } => (url, queue),
        };
        let (answer, answered) = oneshot::channel();
        let queue = queue.get_or_init(|| start(url.clone()));
        queue.try_send(answer).map_err(|_| Error::Unavailable("too many ask for marks".to_owned()))?;
        let answer = tokio::time::timeout(LONGEST, answered).await;
        let answer = answer.map_err(|_| Error::Unavailable("no mark in time".to_owned()))?;
        answer.map_err(|_| Error::Unavailable("nobody looks for marks".to_owned()))?
    }
}

/// The thread that asks the server, until nobody can ask it any more.
fn start(url: String) -> mpsc::Sender<Answer> {
    let (sender, mut receiver) = mpsc::channel::<Answer>(WAITING);
    let run = move || {
        let mut watch = Watch { url, conn: None, opened: 0 };
        while let Some(first) = receiver.blocking_recv() {
            let mut all = vec![first];
            while let Ok(next) = receiver.try_recv() {
                all.push(next);
            }
            let found = watch.look();
            for answer in all {
                let said = match &found {
                    Ok(mark) => Ok(mark.clone()),
                    Err(error) => Err(Error::Unavailable(error.to_string())),
                };
                let _ = answer.send(said);
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("marks".to_owned()).spawn(run) {
        tracing::warn!(%error, "no thread looks for marks: pages are made anew each time");
    }
    sender
}
