//! Whose turn it is to look into the mailbox, and how that went.

use jiff::SignedDuration;

use crate::access::policy::{Action, Facts, check, may};
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::AnyId;
use crate::correspondence::model::{Look, MailboxName, Poll};
use crate::correspondence::store;
use crate::mail::imap::Trouble;
use crate::store::Tx;
use crate::store::lease::{self, Lease};

/// Only one process looks at a time.
const LEASE: &str = "mailbox";
/// How long a process that died keeps the others waiting; longer than one mail takes.
const HELD: SignedDuration = SignedDuration::from_mins(4);

/// Whose turn it is.
#[derive(Debug, Clone)]
pub enum Turn {
    /// And how many looks failed before.
    Ours(Lease, i32),
    /// Later, or somebody else's.
    NotYet,
}

/// Takes the turn if it is time.
///
/// # Errors
/// The policy's.
pub fn take_turn(tx: &mut Tx<'_>, actor: &Actor, holder: AnyId) -> Result<Turn> {
    check(tx, actor, Action::TakeMail, Facts::of(actor))?;
    let (next, failures) = store::next_poll(tx)?;
    if next.is_some_and(|next| next > tx.now()) {
        return Ok(Turn::NotYet);
    }
    let held = lease::acquire(tx, LEASE, holder, HELD)?;
    Ok(held.map_or(Turn::NotYet, |lease| Turn::Ours(lease, failures)))
}

/// Keeps the turn for as long as one mail takes.
///
/// # Errors
/// The policy's; [`crate::core::error::Error::Stale`] when somebody else took it.
pub fn hold_turn(tx: &mut Tx<'_>, actor: &Actor, lease: &Lease) -> Result<()> {
    check(tx, actor, Action::TakeMail, Facts::of(actor))?;
    lease::renew(tx, lease, HELD).map(drop)
}

/// Notes how it went and gives the turn back; the next look is due after `wait`.
///
/// # Errors
/// As [`hold_turn`].
pub fn end_turn(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lease: &Lease,
    looked: &Result<Look, Trouble>,
    wait: SignedDuration,
) -> Result<()> {
    check(tx, actor, Action::TakeMail, Facts::of(actor))?;
    lease::check(tx, lease)?;
    let next = tx.now() + wait;
    store::set_poll(tx, looked, next)?;
    lease::release(tx, lease)
}

/// How the last look into the mailbox went, with its name; none where no mailbox is configured.
///
/// # Errors
/// The policy's: for those who read what comes in, and those who look after what goes out.
pub fn mailbox(tx: &mut Tx<'_>, actor: &Actor) -> Result<Option<(MailboxName, Poll)>> {
    if !may(tx, actor, Action::ReadQueues, Facts::of(actor)) {
        check(tx, actor, Action::ReadMailbox, Facts::of(actor))?;
    }
    let Some(name) = tx.provided::<MailboxName>().cloned() else { return Ok(None) };
    Ok(Some((name, store::poll(tx)?)))
}
