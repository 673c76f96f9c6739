//! The transaction that a service works in: one connection, one instant, one source of randomness, and what happened.

use jiff::Timestamp;
use uuid::Uuid;

use super::connection::Conn;
use super::types::At;
use crate::core::env::Env;
use crate::core::event::Event;

/// A running transaction. Its closure may run twice, so nothing in it may reach outside the database.
pub struct Tx<'a> {
    /// The connection, for stores.
    pub conn: &'a mut Conn,
    env: &'a Env,
    now: Timestamp,
    events: Vec<Event>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, env: &'a Env) -> Self {
        Self { conn, env, now: env.now(), events: Vec::new() }
    }

    /// The instant of this transaction: the same for every row it writes.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The instant of this transaction, for a row.
    #[must_use]
    pub fn at(&self) -> At {
        At(self.now)
    }

    /// A fresh id (UUIDv7).
    #[must_use]
    pub fn id<T: From<Uuid>>(&self) -> T {
        self.env.uuid().into()
    }

    /// The source of randomness, for tokens.
    #[must_use]
    pub fn env(&self) -> &'a Env {
        self.env
    }

    /// Tells later features what happened; they act inside this same transaction, before its commit.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
