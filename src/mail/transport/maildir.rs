//! Keeps mails in a folder instead of sending them.

use futures_util::future::{BoxFuture, FutureExt as _, ready};

use super::{Answer, Envelope, SendOutcome, Session, Transport};
use crate::mail::maildir::Maildir;

/// Delivers into one Maildir, whoever the recipient is.
#[derive(Clone)]
pub struct MaildirTransport(pub Maildir);

impl Transport for MaildirTransport {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, Answer>> {
        ready(Ok(Box::new(self.clone()) as Box<dyn Session>)).boxed()
    }
}

impl Session for MaildirTransport {
    fn send<'a>(&'a mut self, envelope: &'a Envelope, mail: &'a [u8]) -> BoxFuture<'a, SendOutcome> {
        let (maildir, envelope, mail) = (self.0.clone(), envelope.clone(), mail.to_vec());
        async move {
            let kept = tokio::task::spawn_blocking(move || {
                maildir.deliver(Some(&envelope.from), &envelope.to, &mail)
            });
            match kept.await {
                Ok(Ok(_)) => SendOutcome::Accepted(Answer::new("250 kept in the folder")),
                Ok(Err(error)) => SendOutcome::Temporary(Answer::new(&format!("folder: {error}"))),
                Err(error) => SendOutcome::InDoubt(Answer::new(&error.to_string())),
            }
        }
        .boxed()
    }

    fn is_usable(&self) -> bool {
        true
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}
