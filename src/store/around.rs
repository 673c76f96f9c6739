//! What surrounds a closure that works in a transaction: what it is given, who listens to what it did, and that its
//! panic harms nobody else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use tokio::sync::{broadcast, watch};

use super::connection::Conn;
use super::tx::{Provided, Tx};
use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::event::{Change, Event};

/// Where a later feature listens to what earlier ones did. Runs inside the transaction.
pub type Listener = dyn Fn(&mut Tx<'_>, Event) -> Result<()> + Send + Sync;

/// What every transaction is given: clock, settings, and who listens.
pub(super) struct Around {
    pub env: Env,
    provided: Provided,
    listener: OnceLock<Box<Listener>>,
    /// Changes after each commit that left something to do at once.
    pub work: watch::Sender<()>,
    /// What changed, after each commit.
    pub changes: broadcast::Sender<Change>,
}

/// How many changes wait for who shows them live before the oldest are dropped, which is noticed there.
const CHANGES: usize = 1024;

/// What a closure gave, whether there is something to do for workers once it is committed, and what changed then.
pub(super) struct Done<T> {
    pub value: T,
    pub leaves_work: bool,
    pub changes: Vec<Change>,
}

impl Around {
    pub fn new(env: Env, provided: Provided) -> Self {
        Self {
            env,
            provided,
            listener: OnceLock::new(),
            work: watch::Sender::new(()),
            changes: broadcast::Sender::new(CHANGES),
        }
    }

    /// Only the first call counts.
    pub fn listen(&self, listener: Box<Listener>) {
        let _ = self.listener.set(listener);
    }

    /// Tells what stands since a commit. Nobody need be there to hear it.
    pub fn told<'c>(&self, changes: impl IntoIterator<Item = &'c Change>) {
        if self.changes.receiver_count() > 0 {
            for change in changes {
                let _ = self.changes.send(*change);
            }
        }
    }

    /// The closure alone, for reading.
    pub fn read<T>(&self, conn: &mut Conn, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        caught(|| f(&mut self.begin(conn)))
    }

    /// The closure, and then whoever listens to what it did, until nothing new happens. Begins and ends no transaction.
    pub fn run<T>(
        &self,
        conn: &mut Conn,
        f: &mut (impl FnMut(&mut Tx<'_>) -> Result<T> + ?Sized),
    ) -> Result<Done<T>> {
        caught(|| {
            let mut tx = self.begin(conn);
            let value = f(&mut tx)?;
            loop {
                let events = tx.take_events();
                let Some(listener) = self.listener.get().filter(|_| !events.is_empty()) else {
                    return Ok(Done { value, leaves_work: tx.leaves_work(), changes: tx.take_changes() });
                };
                for event in events {
                    listener(&mut tx, event)?;
                }
            }
        })
    }

    fn begin<'a>(&'a self, conn: &'a mut Conn) -> Tx<'a> {
        Tx::new(conn, &self.env, &self.provided)
    }
}

fn caught<T>(f: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(f))
        .unwrap_or_else(|_| Err(Error::Internal("a transaction panicked".to_owned())))
}
