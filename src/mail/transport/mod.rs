//! Ways out for mails: a mail server, a folder, or memory for tests.

pub mod maildir;
pub mod memory;
pub mod smtp;
#[cfg(test)]
pub mod testing;

use std::fmt;

use futures_util::future::BoxFuture;

use crate::core::text::MailAddress;

/// How much of a server's answer is kept, in characters.
const ANSWER_MAX: usize = 500;

/// Whom the mail server is told, apart from what stands in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Where bounces go (MAIL FROM).
    pub from: MailAddress,
    /// The one recipient (RCPT TO).
    pub to: MailAddress,
}

/// What a mail server said: one line, bounded, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(String);

impl Answer {
    /// Keeps an answer's words.
    #[must_use]
    pub fn new(words: &str) -> Self {
        let words =
            words.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
        Self(words.collect::<Vec<_>>().join(" ").chars().take(ANSWER_MAX).collect())
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The server took the mail.
    Accepted(Answer),
    /// Not now (4xx): try again later.
    Temporary(Answer),
    /// Never (5xx).
    Permanent(Answer),
    /// The connection broke before the content was sent: nothing arrived.
    Unreachable(Answer),
    /// The connection broke or stood still after the content began: it may have arrived.
    InDoubt(Answer),
}

impl SendOutcome {
    /// The server's words, or why there were none.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        let (Self::Accepted(answer)
        | Self::Temporary(answer)
        | Self::Permanent(answer)
        | Self::Unreachable(answer)
        | Self::InDoubt(answer)) = self;
        answer
    }
}

/// Opens sessions.
pub trait Transport: Send + Sync {
    /// A session, within a bound of time.
    ///
    /// # Errors
    /// Why nothing could be reached, as words for people who look after the mail server.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, Answer>>;
}

/// Sends one mail after the other.
pub trait Session: Send {
    /// Sends one mail, within a bound of time.
    fn send<'a>(&'a mut self, envelope: &'a Envelope, mail: &'a [u8]) -> BoxFuture<'a, SendOutcome>;

    /// Whether another mail may be sent.
    fn is_usable(&self) -> bool;

    /// Says goodbye.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}
