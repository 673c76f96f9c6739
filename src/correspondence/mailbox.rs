//! Mails out of a mailbox (IMAP): a look every so often, by one process at a time.
//!
//! A mail is put away only after it is durable. Who falls between the two finds the same mail again, which is known as
//! a repeat ([`super::judge`]). What is too large, or breaks the connection again and again, is put aside: it blocks
//! nothing behind it, and the inbox says how many of those there are.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;

use super::intake::{Intake, envelope_of};
use super::model::{LARGEST, Look, Road};
use super::service::{self, Turn};
use crate::core::actor::Actor;
use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::ids::AnyId;
use crate::mail::imap::{Fetched, Imap, Mailbox, Step, Trouble};
use crate::store::Db;
use crate::store::lease::Lease;

/// Mails that one look takes at most; the next one follows at once.
const BATCH: usize = 50;
/// So often a mail may break the connection before it is put aside.
const TRIES: u32 = 3;
/// The longest pause after failures, and after none if that is longer.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// How long it is waited before the database is asked again whether a look is due.
const ASK: Duration = Duration::from_secs(20);

/// Where mails lie, and how often it is looked.
#[derive(Debug, Clone)]
pub struct Plan {
    pub folder: String,
    /// Where mails go that were taken.
    pub done: String,
    /// Where mails go that were not.
    pub refused: String,
    pub every: SignedDuration,
}

/// What takes mails out of a mailbox.
pub struct Collector {
    db: Db,
    env: Env,
    intake: Intake,
    imap: Imap,
    plan: Plan,
    holder: AnyId,
    known: Known,
}

/// What this process knows of mails that still lie there, for as long as their numbers hold.
#[derive(Debug, Default)]
struct Known {
    validity: u32,
    /// Taken, and not put away.
    taken: HashSet<u32>,
    /// How often each broke the connection.
    broken: HashMap<u32, u32>,
}

/// The pause before the next look, after so many failures in a row; `chance` spreads processes and houses by a quarter.
fn pause(every: SignedDuration, failures: i32, chance: u8) -> SignedDuration {
    let grown = every.saturating_mul(1 << failures.clamp(0, 10));
    let whole = grown.min(LONGEST.max(every));
    let quarter = whole.as_millis() / 4;
    let spread = i64::try_from(quarter * 2 * i128::from(chance) / 255 - quarter).unwrap_or_default();
    whole.saturating_add(SignedDuration::from_millis(spread))
}

fn actor() -> Actor {
    Actor::system("mailbox")
}

impl Collector {
    /// Hands what it finds to `intake`.
    #[must_use]
    pub fn new(db: Db, env: Env, intake: Intake, imap: Imap, plan: Plan) -> Self {
        let holder = AnyId(env.uuid());
        Self { db, env, intake, imap, plan, holder, known: Known::default() }
    }

    /// Looks, if it is time and nobody else does: what was found, or why nothing could be.
    ///
    /// # Errors
    /// The database's.
    pub async fn turn(&mut self, stop: &watch::Receiver<bool>) -> Result<Option<Result<Look, Trouble>>> {
        let holder = self.holder;
        let Turn::Ours(lease, failures) =
            self.db.write(move |tx| service::take_turn(tx, &actor(), holder)).await?
        else {
            return Ok(None);
        };
        let looked = self.look(&lease, stop).await;
        let [chance] = self.env.bytes::<1>();
        let wait = match &looked {
            Ok(look) if look.is_more => SignedDuration::ZERO,
            Ok(_) => pause(self.plan.every, 0, chance),
            Err(_) => pause(self.plan.every, failures + 1, chance),
        };
        match &looked {
            Ok(look) => tracing::debug!(taken = look.taken, refused = look.refused, "the mailbox was read"),
            Err(trouble) => tracing::warn!(%trouble, wait_s = wait.as_secs(), "the mailbox cannot be read"),
        }
        let said = looked.clone();
        self.db.write(move |tx| service::end_turn(tx, &actor(), &lease, &said, wait)).await?;
        Ok(Some(looked))
    }

    async fn look(&mut self, lease: &Lease, stop: &watch::Receiver<bool>) -> Result<Look, Trouble> {
        let mut mailbox = self.imap.open(&self.plan.folder, true).await?;
        let looked = self.empty(&mut mailbox, lease, stop).await;
        mailbox.close().await;
        looked
    }

    async fn empty(
        &mut self,
        mailbox: &mut Mailbox,
        lease: &Lease,
        stop: &watch::Receiver<bool>,
    ) -> Result<Look, Trouble> {
        if self.known.validity != mailbox.validity {
            self.known = Known { validity: mailbox.validity, ..Known::default() };
        }
        // Both are there before anything is taken: what cannot be put away would be taken again and again.
        mailbox.count(&self.plan.done).await?;
        mailbox.count(&self.plan.refused).await?;
        let mut numbers = mailbox.list().await?;
        self.known.taken.retain(|number| numbers.binary_search(number).is_ok());
        self.known.broken.retain(|number, _| numbers.binary_search(number).is_ok());
        // What broke a connection before comes last, so that the others are taken first.
        numbers.sort_by_key(|number| self.known.broken.get(number).copied().unwrap_or_default());
        let mut look = Look { is_more: numbers.len() > BATCH, ..Look::default() };
        for number in numbers.into_iter().take(BATCH) {
            if *stop.borrow() {
                break;
            }
            self.hold(lease).await?;
            look.taken += usize::from(self.take(mailbox, number).await?);
        }
        look.refused = mailbox.count(&self.plan.refused).await?;
        Ok(look)
    }

    /// Nobody else looks meanwhile.
    async fn hold(&self, lease: &Lease) -> Result<(), Trouble> {
        let lease = lease.clone();
        let held = self.db.write(move |tx| service::hold_turn(tx, &actor(), &lease)).await;
        held.map_err(|error| Trouble::new(Step::Keep, &error.to_string()))
    }

    /// Takes one mail and puts it away; whether it was taken.
    async fn take(&mut self, mailbox: &mut Mailbox, number: u32) -> Result<bool, Trouble> {
        if self.known.taken.contains(&number) {
            self.put(mailbox, number).await?;
            return Ok(false);
        }
        if self.known.broken.get(&number).is_some_and(|tries| *tries >= TRIES) {
            tracing::warn!(number, folder = self.plan.refused, "a mail that cannot be fetched is put aside");
            mailbox.put(number, &self.plan.refused).await?;
            return Ok(false);
        }
        // Counted before: what breaks the connection takes the answer with it.
        *self.known.broken.entry(number).or_default() += 1;
        let mail = match mailbox.fetch(number, LARGEST).await? {
            Fetched::Mail(mail) => mail,
            Fetched::TooLarge => {
                tracing::warn!(number, folder = self.plan.refused, "a mail is too large and is put aside");
                mailbox.put(number, &self.plan.refused).await?;
                return Ok(false);
            }
            Fetched::Nothing => return Ok(false),
        };
        self.known.broken.remove(&number);
        let envelope = envelope_of(&mail);
        match self.intake.take(Road::Imap, envelope, mail).await {
            Ok(_) => {
                self.known.taken.insert(number);
                self.put(mailbox, number).await?;
                Ok(true)
            }
            Err(Error::Invalid(_)) => {
                mailbox.put(number, &self.plan.refused).await?;
                Ok(false)
            }
            Err(error) => {
                tracing::error!(%error, "a mail out of the mailbox could not be kept");
                Err(Trouble::new(Step::Keep, "the mail could not be kept"))
            }
        }
    }

    async fn put(&mut self, mailbox: &mut Mailbox, number: u32) -> Result<(), Trouble> {
        mailbox.put(number, &self.plan.done).await?;
        self.known.taken.remove(&number);
        Ok(())
    }

    /// Looks again and again until `stop` becomes true.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let seen = stop.clone();
            let wait = match self.turn(&seen).await {
                Ok(Some(Ok(look))) if look.is_more => Duration::ZERO,
                Ok(_) => ASK.min(self.plan.every.unsigned_abs()),
                Err(error) => {
                    tracing::warn!(%error, "whether the mailbox is to be read cannot be asked");
                    ASK
                }
            };
            tokio::select! {
                _ = stop.wait_for(|stopped| *stopped) => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_failures_to_a_quarter_of_an_hour_and_are_spread() {
        let minute = SignedDuration::from_mins(1);
        let seconds = |failures, chance| pause(minute, failures, chance).as_secs();
        assert_eq!([seconds(0, 0), seconds(0, 255)], [45, 75]);
        let grown: Vec<i64> = (0..7).map(|failures| seconds(failures, 128) / 60).collect();
        assert_eq!(grown, [1, 2, 4, 8, 15, 15, 15]);
        let hour = SignedDuration::from_hours(1);
        assert_eq!(pause(hour, 5, 0).as_mins(), 45, "never more often than without failures");
    }
}
