//! Keeps mails in memory, for tests.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _, ready};

use super::{Answer, Envelope, SendOutcome, Session, Transport};

/// Envelopes and mails, in the order of sending.
pub type Sent = Vec<(Envelope, Vec<u8>)>;

/// Accepts everything. Clones share their mails.
#[derive(Debug, Clone, Default)]
pub struct MemoryTransport(Arc<Mutex<Sent>>);

impl MemoryTransport {
    /// Takes out what was sent so far.
    #[must_use]
    pub fn take(&self) -> Sent {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Transport for MemoryTransport {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, Answer>> {
        ready(Ok(Box::new(self.clone()) as Box<dyn Session>)).boxed()
    }
}

impl Session for MemoryTransport {
    fn send<'a>(&'a mut self, envelope: &'a Envelope, mail: &'a [u8]) -> BoxFuture<'a, SendOutcome> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((envelope.clone(), mail.to_vec()));
        ready(SendOutcome::Accepted(Answer::new("250 kept in memory"))).boxed()
    }

    fn is_usable(&self) -> bool {
        true
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}
