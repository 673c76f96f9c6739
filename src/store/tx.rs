//! The transaction that a service works in: one connection, one instant, one source of randomness, and what happened.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::connection::Conn;
use super::types::At;
use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::event::{Change, Event};

/// Settings and tables that services need, by type: handed in once when the product is put together.
#[derive(Default)]
pub struct Provided(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl Provided {
    /// With one more value; a second one of the same type replaces the first.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Box::new(value));
        self
    }
}

/// What comes so much behind its time is late.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// A running transaction. Its closure may run twice, so nothing in it may reach outside the database.
pub struct Tx<'a> {
    /// The connection, for stores.
    pub conn: &'a mut Conn,
    env: &'a Env,
    provided: &'a Provided,
    now: Timestamp,
    events: Vec<Event>,
    changes: Vec<Change>,
    leaves_work: bool,
    due: Option<Timestamp>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, env: &'a Env, provided: &'a Provided) -> Self {
        Self {
            conn,
            env,
            provided,
            now: env.now(),
            events: Vec::new(),
            changes: Vec::new(),
            leaves_work: false,
            due: None,
        }
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

    /// What was handed in of this type.
    #[must_use]
    pub fn provided<T: Any>(&self) -> Option<&'a T> {
        self.provided.0.get(&TypeId::of::<T>()).and_then(|value| value.downcast_ref())
    }

    /// What was handed in of this type and cannot be done without.
    ///
    /// # Errors
    /// [`Error::Internal`] naming the type when the product was put together without it.
    pub fn required<T: Any>(&self) -> Result<&'a T> {
        self.provided()
            .ok_or_else(|| Error::Internal(format!("not provided: {}", std::any::type_name::<T>())))
    }

    /// Tells later features what happened; they act inside this same transaction, before its commit.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Says that what runs in this transaction was to run at this instant.
    pub fn set_due(&mut self, due: Timestamp) {
        self.due = Some(due);
    }

    /// Since when the job of this transaction was due, where it comes late: by a minute or more. Then no worker was there,
    /// or all were behind.
    #[must_use]
    pub fn late_since(&self) -> Option<Timestamp> {
        self.due.filter(|due| self.now.duration_since(*due) >= LATE)
    }

    /// Wakes the workers of this process after the commit: something is due now.
    pub fn leave_work(&mut self) {
        self.leaves_work = true;
    }

    /// Tells whoever shows things live, after the commit ([`crate::store::Db::changes`]).
    pub fn tell(&mut self, change: Change) {
        self.changes.push(change);
    }

    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    pub(super) fn leaves_work(&self) -> bool {
        self.leaves_work
    }

    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
