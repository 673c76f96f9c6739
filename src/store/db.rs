//! Reading and writing: pools on both engines, and on SQLite one writer that commits in groups.
//!
//! SQLite allows one writer. Instead of letting connections fight for the lock, one thread runs the waiting closures,
//! each in a savepoint of its own, commits when the queue is empty, at 256 jobs or after 20 ms, and answers after the
//! commit. So a commit's fsync is shared, and a failed closure harms nobody else.

use std::any::Any;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection as _, PgConnection, SqliteConnection};
use tokio::sync::{oneshot, watch};

use super::connection::Conn;
use super::tx::{Provided, Tx};
use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::event::Event;

/// Where a later feature listens to what earlier ones did. Runs inside the transaction.
pub type Listener = dyn Fn(&mut Tx<'_>, Event) -> Result<()> + Send + Sync;

/// How many closures share one commit at most.
const GROUP_JOBS: usize = 256;
/// How long a group may grow, in milliseconds.
const GROUP_MS: i64 = 20;
/// How many closures may wait for the writer before new ones are refused.
const WRITER_QUEUE: usize = 4096;
/// How long anybody waits for a connection.
const CONNECTION_WAIT: Duration = Duration::from_secs(10);
/// How often a PostgreSQL transaction is tried when it loses against another.
const TRIES: u32 = 4;

type Outcome = Result<Box<dyn Any + Send>>;
type Job = Box<dyn FnMut(&mut Tx<'_>) -> Outcome + Send>;

struct Waiting {
    job: Job,
    answer: oneshot::Sender<Outcome>,
}

struct Inner {
    pool: Pool<Manager>,
    /// Present on SQLite.
    writer: Option<SyncSender<Waiting>>,
    around: Arc<Around>,
}

/// What every transaction is given: clock, settings, and who listens.
struct Around {
    env: Env,
    provided: Provided,
    listener: OnceLock<Box<Listener>>,
    /// Changes after each commit that left something to do at once.
    work: watch::Sender<()>,
}

/// The database, cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

/// A pooled connection that remembers whether it may be used again.
pub struct Pooled {
    conn: Conn,
    broken: bool,
}

/// Opens connections for the engine that the URL names; never falls from one engine to the other.
pub struct Manager {
    url: String,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    fn connect(&self) -> Result<Pooled> {
        let refused = |error: &dyn std::fmt::Display| Error::Unavailable(format!("database: {error}"));
        let mut conn = match self.url.strip_prefix("sqlite:") {
            Some(path) => Conn::Sqlite(SqliteConnection::establish(path).map_err(|e| refused(&e))?),
            None => Conn::Postgres(PgConnection::establish(&self.url).map_err(|e| refused(&e))?),
        };
        let setup = if conn.is_sqlite() { SQLITE_SETUP } else { POSTGRES_SETUP };
        conn.batch_execute(setup).map_err(|e| refused(&e))?;
        Ok(Pooled { conn, broken: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<()> {
        Ok(pooled.conn.batch_execute(PROBE)?)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken
    }
}

// FULL: a commit is on the disk before anybody is told so. Pages are cached, 4 MiB for each connection, not mapped:
// a mapped page is parsed anew at each use.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;";
// Plans are kept: planning the queue's list anew at each request takes as long as running it.
const POSTGRES_SETUP: &str = "SET TIME ZONE 'UTC'; SET lock_timeout = '10s'; SET statement_timeout = '30s'; \
     SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'warning'; \
     SET plan_cache_mode = 'force_generic_plan';";

/// Whoever answers this is alive.
const PROBE: &str = "SELECT 1";
const SQLITE_READ: &str = "BEGIN DEFERRED";
const POSTGRES_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl Around {
    fn begin<'a>(&'a self, conn: &'a mut Conn) -> Tx<'a> {
        Tx::new(conn, &self.env, &self.provided)
    }
}

impl Db {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`) with at most `connections` connections.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with what to do when the database cannot be reached.
    pub fn open(url: &str, connections: u32, env: Env, provided: Provided) -> Result<Self> {
        check_url(url)?;
        if let Some(path) = url.strip_prefix("sqlite:") {
            make_private(path)?;
        }
        let pool = Pool::builder()
            .max_size(connections.max(2))
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(CONNECTION_WAIT)
            .build(Manager { url: url.to_owned() })
            .map_err(|error| Error::Unavailable(format!("database: {error}")))?;
        let around =
            Arc::new(Around { env, provided, listener: OnceLock::new(), work: watch::Sender::new(()) });
        let writer = match url.strip_prefix("sqlite:") {
            Some(_) => {
                Some(start_writer(Manager { url: url.to_owned() }.connect()?.conn, Arc::clone(&around))?)
            }
            None => None,
        };
        Ok(Self(Arc::new(Inner { pool, writer, around })))
    }

    /// Registers who acts on events inside each transaction. Only the first call counts.
    pub fn listen(&self, listener: Box<Listener>) {
        let _ = self.0.around.listener.set(listener);
    }

    /// Changes when this process has committed something that a worker can do at once ([`Tx::leave_work`]): nobody
    /// needs to wait until it looks again. What other processes commit is found by looking.
    #[must_use]
    pub fn work(&self) -> watch::Receiver<()> {
        self.0.around.work.subscribe()
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
        if let Some(pooled) = self.is_sqlite().then(|| self.0.pool.try_get()).flatten() {
            return self.read_bare(pooled, f);
        }
        self.read_apart(f).await
    }

    /// Reads without a transaction around it: each statement sees what is committed when it begins. For lists on pages
    /// that are looked at all day, where a name that changes between two statements harms nobody, and two more
    /// statements to begin and end would be a quarter of PostgreSQL's work. Runs on the blocking pool.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_apart<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        blocking(move || db.read_bare(db.take()?, f)).await
    }

    fn read_bare<T>(
        &self,
        mut pooled: PooledConnection<Manager>,
        mut f: impl FnMut(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let outcome = caught(|| f(&mut self.0.around.begin(&mut pooled.conn)));
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
            let answer = enqueue(writer, f)?;
            return unpack(answer.await.map_err(|_| writer_gone())?);
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
        let outcome = caught(|| f(&mut self.0.around.begin(&mut pooled.conn)));
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
            return unpack(enqueue(writer, f)?.blocking_recv().map_err(|_| writer_gone())?);
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
        let outcome = caught(|| run(&mut pooled.conn, &self.0.around, f));
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

/// Makes the file of a new database, which its account alone may read. What SQLite puts beside gets the same mode.
fn make_private(path: &str) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Error::Unavailable(format!("database {path}: {error}")))
        }
        _ => Ok(()),
    }
}

fn check_url(url: &str) -> Result<()> {
    let refuse = |why: &str| Err(Error::Unavailable(why.to_owned()));
    if url.starts_with("sqlite:") {
        return Ok(());
    }
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return refuse("database.url must begin with sqlite: or postgres://");
    }
    let wants_tls =
        ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode));
    if wants_tls && cfg!(feature = "bundled-libpq") {
        return refuse(
            "this build has no TLS to PostgreSQL: build with --no-default-features --features system-libpq, \
             or connect through a local socket",
        );
    }
    Ok(())
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

fn caught<T>(f: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(f))
        .unwrap_or_else(|_| Err(Error::Internal("a transaction panicked".to_owned())))
}

/// What a closure gave, and whether there is something to do for workers once it is committed.
struct Done<T> {
    value: T,
    leaves_work: bool,
}

/// The closure, and then whoever listens to what it did, until nothing new happens.
fn run<T>(
    conn: &mut Conn,
    around: &Around,
    f: &mut (impl FnMut(&mut Tx<'_>) -> Result<T> + ?Sized),
) -> Result<Done<T>> {
    let mut tx = around.begin(conn);
    let value = f(&mut tx)?;
    loop {
        let events = tx.take_events();
        let Some(listener) = around.listener.get().filter(|_| !events.is_empty()) else {
            return Ok(Done { value, leaves_work: tx.leaves_work() });
        };
        for event in events {
            listener(&mut tx, event)?;
        }
    }
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f)
        .await
        .unwrap_or_else(|error| Err(Error::Internal(format!("blocking task: {error}"))))
}

fn writer_gone() -> Error {
    Error::Unavailable("the writer stopped".to_owned())
}

fn enqueue<T, F>(writer: &SyncSender<Waiting>, mut f: F) -> Result<oneshot::Receiver<Outcome>>
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let job: Job = Box::new(move |tx| f(tx).map(|value| Box::new(value) as Box<dyn Any + Send>));
    let (answer, receiver) = oneshot::channel();
    match writer.try_send(Waiting { job, answer }) {
        Ok(()) => Ok(receiver),
        Err(TrySendError::Full(_)) => Err(Error::Unavailable("too many writes wait".to_owned())),
        Err(TrySendError::Disconnected(_)) => Err(writer_gone()),
    }
}

fn unpack<T: 'static>(outcome: Outcome) -> Result<T> {
    outcome?
        .downcast::<T>()
        .map(|value| *value)
        .map_err(|_| Error::Internal("answer of another type".to_owned()))
}

fn start_writer(conn: Conn, around: Arc<Around>) -> Result<SyncSender<Waiting>> {
    let (sender, receiver) = sync_channel(WRITER_QUEUE);
    std::thread::Builder::new()
        .name("sqlite-writer".to_owned())
        .spawn(move || write_groups(conn, &around, &receiver))
        .map_err(|error| Error::Unavailable(format!("writer thread: {error}")))?;
    Ok(sender)
}

fn write_groups(mut conn: Conn, around: &Around, waiting: &Receiver<Waiting>) {
    while let Ok(first) = waiting.recv() {
        let begun = around.env.now();
        if let Err(error) = conn.batch_execute("BEGIN IMMEDIATE") {
            refuse_all(first, waiting, &format!("database: {error}"));
            continue;
        }
        let mut answers = Vec::new();
        let mut next = Some(first);
        let mut stands = true;
        while let Some(Waiting { mut job, answer }) = next.take() {
            let outcome = in_savepoint(&mut conn, around, &mut *job, &mut stands);
            answers.push((answer, outcome));
            let full = answers.len() >= GROUP_JOBS
                || around.env.now().duration_since(begun).as_millis() >= GROUP_MS.into();
            if stands && !full {
                next = waiting.try_recv().ok();
            }
        }
        let committed = conn.batch_execute("COMMIT").map_err(|error| {
            let _ = conn.batch_execute("ROLLBACK");
            error.to_string()
        });
        if committed.is_ok()
            && answers.iter().any(|(_, outcome)| matches!(outcome, Ok(done) if done.leaves_work))
        {
            around.work.send_replace(());
        }
        for (answer, outcome) in answers {
            let outcome = outcome.map(|done| done.value);
            // A failed commit undoes what the group did: nobody may be told that it stands.
            let outcome = match &committed {
                Ok(()) => outcome,
                Err(why) => outcome.and_then(|_| Err(Error::Unavailable(format!("commit: {why}")))),
            };
            let _ = answer.send(outcome);
        }
    }
}

/// Whoever waits has waited for the same lock: nobody waits for another's wait too.
fn refuse_all(first: Waiting, waiting: &Receiver<Waiting>, why: &str) {
    for Waiting { answer, .. } in std::iter::once(first).chain(waiting.try_iter()) {
        let _ = answer.send(Err(Error::Unavailable(why.to_owned())));
    }
}

/// Runs a job in its own savepoint. `stands` becomes false when the savepoint is gone: then SQLite has rolled back the
/// whole transaction (as on a full disk), and nothing more may run in it.
fn in_savepoint(
    conn: &mut Conn,
    around: &Around,
    job: &mut (dyn FnMut(&mut Tx<'_>) -> Outcome + Send),
    stands: &mut bool,
) -> Result<Done<Box<dyn Any + Send>>> {
    *stands = false;
    conn.batch_execute("SAVEPOINT job")?;
    let outcome = caught(|| run(conn, around, job));
    let ended = match &outcome {
        Ok(_) => conn.batch_execute("RELEASE job"),
        Err(_) => conn.batch_execute("ROLLBACK TO job; RELEASE job"),
    };
    *stands = ended.is_ok();
    outcome.and_then(|done| Ok(ended.map(|()| done)?))
}
