//! SQLite's one writer, which commits in groups.
//!
//! SQLite allows one writer. Instead of letting connections fight for the lock, one thread runs the waiting closures,
//! each in a savepoint of its own, commits when the queue is empty, at 256 jobs or after 20 ms, and answers after the
//! commit. So a commit's fsync is shared, a failed closure harms nobody else, and whoever was told that a change stands
//! finds it after a power cut.

use std::any::Any;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use diesel::connection::SimpleConnection as _;
use tokio::sync::oneshot;

use super::around::{Around, Done};
use super::connection::Conn;
use super::tx::Tx;
use crate::core::error::{Error, Result};

/// How many closures share one commit at most.
const GROUP_JOBS: usize = 256;
/// How long a group may grow, in milliseconds.
const GROUP_MS: i64 = 20;
/// How many closures may wait for the writer before new ones are refused.
const WRITER_QUEUE: usize = 4096;

type Outcome = Result<Box<dyn Any + Send>>;
type Job = Box<dyn FnMut(&mut Tx<'_>) -> Outcome + Send>;

struct Waiting {
    job: Job,
    answer: oneshot::Sender<Outcome>,
}

/// Hands closures to the thread that writes, which ends when nobody holds this any more.
pub(super) struct Writer(SyncSender<Waiting>);

impl Writer {
    /// Starts the thread, which keeps the connection.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system gives no thread.
    pub fn start(conn: Conn, around: Arc<Around>) -> Result<Self> {
        let (sender, receiver) = sync_channel(WRITER_QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_groups(conn, &around, &receiver))
            .map_err(|error| Error::Unavailable(format!("writer thread: {error}")))?;
        Ok(Self(sender))
    }

    /// Runs the closure and whoever listens; `Ok` after the commit.
    ///
    /// # Errors
    /// What they return, or [`Error::Unavailable`] when too many wait, the lock is not free, or the commit fails.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        unpack(self.enqueue(f)?.await.map_err(|_| gone())?)
    }

    /// [`Writer::write`] on the calling thread.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn write_now<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        unpack(self.enqueue(f)?.blocking_recv().map_err(|_| gone())?)
    }

    fn enqueue<T, F>(&self, mut f: F) -> Result<oneshot::Receiver<Outcome>>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let job: Job = Box::new(move |tx| f(tx).map(|value| Box::new(value) as Box<dyn Any + Send>));
        let (answer, receiver) = oneshot::channel();
        match self.0.try_send(Waiting { job, answer }) {
            Ok(()) => Ok(receiver),
            Err(TrySendError::Full(_)) => Err(Error::Unavailable("too many writes wait".to_owned())),
            Err(TrySendError::Disconnected(_)) => Err(gone()),
        }
    }
}

fn gone() -> Error {
    Error::Unavailable("the writer stopped".to_owned())
}

fn unpack<T: 'static>(outcome: Outcome) -> Result<T> {
    outcome?
        .downcast::<T>()
        .map(|value| *value)
        .map_err(|_| Error::Internal("answer of another type".to_owned()))
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
        if committed.is_ok() {
            around.told(
                answers.iter().filter_map(|(_, done)| done.as_ref().ok()).flat_map(|done| &done.changes),
            );
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
    let outcome = around.run(conn, job);
    let ended = match &outcome {
        Ok(_) => conn.batch_execute("RELEASE job"),
        Err(_) => conn.batch_execute("ROLLBACK TO job; RELEASE job"),
    };
    *stands = ended.is_ok();
    outcome.and_then(|done| Ok(ended.map(|()| done)?))
}
