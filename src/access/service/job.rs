//! What access does while nobody waits: password mails, and clearing away what is over.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{passwords, sweep};
use crate::core::error::Result;
use crate::core::text::MailAddress;
use crate::core::urgency::Urgency;
use crate::queue::{self, Job};
use crate::store::Tx;

/// Sends a link for a new password to this address, if it has an account. A job, so that whoever asks is answered
/// alike and after the same work whether it has one. The row goes when it is done.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReset {
    pub mail: String,
}

impl Job for SendReset {
    const NAME: &'static str = "access.send_reset";
    const URGENCY: Urgency = Urgency::Access;

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        match MailAddress::parse(&self.mail) {
            Ok(mail) => passwords::send_reset(tx, &mail),
            Err(_) => Ok(()),
        }
    }
}

/// Clears away ended sessions, old links, counters and idempotency keys, and comes again. Enqueued once at start.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {}

/// How often it is swept.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

impl Job for Sweep {
    const NAME: &'static str = "access.sweep";

    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        sweep(tx)?;
        let next = tx.now() + EVERY;
        queue::enqueue(tx, &self, next)
    }
}
