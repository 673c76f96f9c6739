//! Who is on call; planning shifts, and handing the duty over.

mod board;
mod feed;
mod gaps;
mod handover;
mod plan;

pub use board::{Board, Line, Offer, Planned, board};
pub use feed::{Whose, close_feed, feed, open_feed};
pub use gaps::tell_gaps;
pub use handover::{NewHandover, accept, hand_over, withdraw};
pub use plan::{Deputy, NewShifts, cancel, plan};

use jiff::Timestamp;

use super::model::{Away, OnCall, Roster};
use super::{rule, store};
use crate::access::policy::{Action, Facts, check};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::AccountId;
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;

/// All that decides who is on call from now on.
pub(super) fn roster(tx: &mut Tx<'_>) -> Result<Roster> {
    let away = worklist::running(tx)?;
    let away = away.into_iter().map(|it| Away { account: it.account, from: it.from, until: it.until });
    Ok(Roster { shifts: store::shifts(tx)?, handovers: store::handovers(tx)?, away: away.collect() })
}

/// Who is on call at an instant that is not over. Whoever has left the team is not.
///
/// # Errors
/// The database's.
pub fn on_call(tx: &mut Tx<'_>, at: Timestamp) -> Result<OnCall> {
    Ok(rule::who(&present(tx)?, at))
}

/// The roster without those who have left the team: a shift of theirs is its deputy's.
fn present(tx: &mut Tx<'_>) -> Result<Roster> {
    let mut roster = roster(tx)?;
    let team: Vec<AccountId> = worklist::team(tx)?.into_iter().map(|(id, _)| id).collect();
    let on_roster = roster.shifts.iter().flat_map(|it| [Some(it.account), it.deputy]).flatten();
    let mut gone: Vec<AccountId> = on_roster
        .chain(roster.handovers.iter().map(|it| it.taker))
        .filter(|account| !team.contains(account))
        .collect();
    gone.sort_unstable();
    gone.dedup();
    let (from, until) = (Timestamp::MIN, Timestamp::MAX);
    roster.away.extend(gone.into_iter().map(|account| Away { account, from, until }));
    Ok(roster)
}

/// Asks whether the actor sees the roster; the account.
fn sees(tx: &Tx<'_>, actor: &Actor) -> Result<AccountId> {
    check(tx, actor, Action::ShowRoster, Facts::of(actor))?;
    actor.account.ok_or(Error::SignInNeeded)
}
