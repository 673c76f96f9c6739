//! A mail server that takes nothing.

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use meldekette::mail::transport::{Answer, Envelope, SendOutcome, Session, Transport};

/// Answers every mail with 550.
#[derive(Debug, Clone, Copy)]
pub struct Refusing;

impl Transport for Refusing {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, Answer>> {
        ready(Ok(Box::new(*self) as Box<dyn Session>)).boxed()
    }
}

impl Session for Refusing {
    fn send<'a>(&'a mut self, _: &'a Envelope, _: &'a [u8]) -> BoxFuture<'a, SendOutcome> {
        ready(SendOutcome::Permanent(Answer::new("550 no such mailbox"))).boxed()
    }

    fn is_usable(&self) -> bool {
        true
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}
