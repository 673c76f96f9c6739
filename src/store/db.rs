//! Reading and writing on both engines. Reads take a connection from the pool, and so do PostgreSQL's writes; SQLite's
//! go to its one `Writer`.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::{Semaphore, SemaphorePermit, broadcast, watch};

use super::around::{Around, Listener};
use super::connection::Conn;
use super::mark::{Mark, Marker};
use super::pool::{self, Manager, PROBE};
use super::tx::{Provided, Tx};
use super::writer::Writer;
use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::event::Change;

/// How long anybody waits for a turn.
const TURN_WAIT: Duration = Duration::from_secs(10);
/// How often a PostgreSQL transaction is tried when it loses against another.
const TRIES: u32 = 4;

struct Inner {
    pool: Pool<Manager>,
    /// Present on SQLite.
    writer: Option<Writer>,
    marker: Marker,
    around: Arc<Around>,
    /// Whose turn it is in [`Db::read_soon`].
    turns: Semaphore,
}

/// The database, cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

const SQLITE_READ: &str = "BEGIN DEFERRED";
const POSTGRES_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl Db {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`) with at most `connections` connections.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with what to do when the database cannot be reached.
    pub fn open(url: &str, connections: u32, env: Env, provided: Provided) -> Result<Self> {
        let pool = pool::open(url, connections)?;
        let around = Arc::new(Around::new(env, provided));
        let writer = if url.starts_with("sqlite:") {
            Some(Writer::start(pool::connect(url)?, Arc::clone(&around))?)
        } else {
            None
        };
        let turns = Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from) + 2);
        Ok(Self(Arc::new(Inner { pool, writer, marker: Marker::new(url), around, turns })))
    }

    /// Registers who acts on events inside each transaction. Only the first call counts.
    pub fn listen(&self, listener: Box<Listener>) {
        self.0.around.listen(listener);
    }

    /// Changes when this process has committed something that a worker can do at once ([`Tx::leave_work`]): nobody
    /// needs to wait until it looks again. What other processes commit is found by looking.
    #[must_use]
    pub fn work(&self) -> watch::Receiver<()> {
        self.0.around.work.subscribe()
    }

    /// What this process changes from now on, each told after its commit. What other processes change is in the trail.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.around.changes.subscribe()
    }

    /// What stands in the database now: while the mark stays the same, nobody has committed anything.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database cannot be reached.
    pub async fn mark(&self) -> Result<Mark> {
        self.0.marker.mark().await
    }

    /// Whether the engine is the embedded one, with one process and one writer.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.0.writer.is_some()
    }

    /// Clock and randomness.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.0.around.env
    }

    /// Reads in one transaction: what it sees does not change meanwhile. Runs on the blocking pool.
    ///
    /// # Errors
    /// What the closure returns, or [`Error::Unavailable`].
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        blocking(move || db.read_now(f)).await
    }

    /// Reads with a single statement, by key, as each request needs: no transaction around it. On SQLite, with a
    /// connection free, it runs on the calling thread: to change threads twice costs more than such a read.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_one<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(pooled) = self.free() {
            return self.read_bare(pooled, f);
        }
        let db = self.clone();
        blocking(move || db.read_bare(db.take()?, f)).await
    }

    /// Reads for lists on pages that are looked at all day, where a name that changes between two statements harms nobody:
    /// the cheapest way on each engine. On PostgreSQL without a transaction, whose two statements more would be a quarter
    /// of its work; on SQLite with one, since each statement alone locks and unlocks the file. Runs on the blocking pool.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_apart<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        blocking(move || if db.is_sqlite() { db.read_now(f) } else { db.read_bare(db.take()?, f) }).await
    }

    /// [`Db::read_apart`] for what indexes answer within milliseconds, as a list from its beginning: on SQLite it runs on
    /// the calling thread, as [`Db::read_one`] does, since to change threads twice is a tenth of such an answer. Where
    /// it does not, few run at once: more than there are processors make each other slower.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_soon<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(mut pooled) = self.free() {
            if pooled.conn.batch_execute(SQLITE_READ).is_ok() {
                return self.finish_read(pooled, f);
            }
            pooled.broken = true;
        }
        let _turn = self.turn().await?;
        self.read_apart(f).await
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        let turn = tokio::time::timeout(TURN_WAIT, self.0.turns.acquire()).await;
        turn.ok()
            .and_then(|turn| turn.ok())
            .ok_or_else(|| Error::Unavailable("database: no turn in time".to_owned()))
    }

    /// A connection to SQLite that nobody uses now.
    fn free(&self) -> Option<PooledConnection<Manager>> {
        self.is_sqlite().then(|| self.0.pool.try_get()).flatten()
    }

    fn read_bare<T>(
        &self,
        mut pooled: PooledConnection<Manager>,
        mut f: impl FnMut(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let outcome = self.0.around.read(&mut pooled.conn, &mut f);
        let failed = matches!(outcome, Err(Error::Database(_) | Error::Unavailable(_)));
        pooled.broken = failed && pooled.conn.batch_execute(PROBE).is_err();
        if !pooled.broken {
            return outcome;
        }
        // The connection died since it was used last.
        drop(pooled);
        self.read_now(f)
    }

    /// Writes in one transaction; when this returns `Ok`, the change is durable. The closure may run twice.
    ///
    /// # Errors
    /// What the closure or a listener returns (nothing is changed then), or [`Error::Unavailable`].
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(writer) = &self.0.writer {
            return writer.write(f).await;
        }
        let db = self.clone();
        blocking(move || db.write_now(f)).await
    }

    /// [`Db::read`] on the calling thread.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_now<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let begin = if self.is_sqlite() { SQLITE_READ } else { POSTGRES_READ };
        self.finish_read(self.begin(begin)?, f)
    }

    /// Reads where a transaction has begun.
    fn finish_read<T>(
        &self,
        mut pooled: PooledConnection<Manager>,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let outcome = self.0.around.read(&mut pooled.conn, f);
        pooled.broken =
            pooled.conn.batch_execute("COMMIT").is_err() && pooled.conn.batch_execute("ROLLBACK").is_err();
        outcome
    }

    /// [`Db::write`] on the calling thread.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_now<T, F>(&self, mut f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(writer) = &self.0.writer {
            return writer.write_now(f);
        }
        let mut tries = 1;
        loop {
            match self.write_once(&mut f) {
                Err(Error::Database(error)) if tries < TRIES && lost_a_race(&error) => tries += 1,
                outcome => return outcome,
            }
        }
    }

    fn write_once<T>(&self, f: &mut impl FnMut(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let mut pooled = self.begin("BEGIN")?;
        let outcome = self.0.around.run(&mut pooled.conn, f);
        let ended = match &outcome {
            Ok(_) => pooled.conn.batch_execute("COMMIT"),
            Err(_) => pooled.conn.batch_execute("ROLLBACK"),
        };
        pooled.broken = ended.is_err();
        ended?;
        let done = outcome?;
        if done.leaves_work {
            self.0.around.work.send_replace(());
        }
        self.0.around.told(&done.changes);
        Ok(done.value)
    }

    /// A connection outside any transaction, for migrations and checks.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when none comes free in time.
    pub fn with_connection<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut pooled = self.begin(PROBE)?;
        // Whoever fails may leave a transaction open.
        pooled.broken = true;
        let value = f(&mut pooled.conn)?;
        pooled.broken = false;
        Ok(value)
    }

    /// A connection that has run `begin`, its first statement. A pooled one may have died since it was used last (the
    /// server was restarted): here nothing is lost by that, and another is taken.
    fn begin(&self, begin: &str) -> Result<PooledConnection<Manager>> {
        let mut dead = 0;
        loop {
            let mut pooled = self.take()?;
            let Err(error) = pooled.conn.batch_execute(begin) else { return Ok(pooled) };
            pooled.broken = true;
            dead += 1;
            // All that the pool held may have died: the one after them is new.
            if dead > self.0.pool.max_size() {
                return Err(error.into());
            }
        }
    }

    fn take(&self) -> Result<PooledConnection<Manager>> {
        self.0.pool.get().map_err(|error| Error::Unavailable(format!("database: {error}")))
    }
}

/// Whether another transaction was faster. What it wrote is seen on the next try: a row that must be the only one of
/// its kind is then refused by its rule, with its reason, and not by the database.
fn lost_a_race(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind::{SerializationFailure, UniqueViolation};
    use diesel::result::Error::DatabaseError;
    match error {
        DatabaseError(SerializationFailure | UniqueViolation, _) => true,
        DatabaseError(_, info) => info.message().contains("deadlock detected"),
        _ => false,
    }
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f)
        .await
        .unwrap_or_else(|error| Err(Error::Internal(format!("blocking task: {error}"))))
}
