//! What the page of the roster shows.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{present, sees};
use crate::access::policy::{Action, Facts, may};
use crate::access::service as access;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{AccountId, HandoverId, ShiftId};
use crate::escalation::roster::model::{Handover, Slot, Why};
use crate::escalation::roster::rule;
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;

/// How far the page looks.
const AHEAD: SignedDuration = SignedDuration::from_hours(28 * 24);
/// How far gaps are looked for.
const GAPS_AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A time in which the same people are on call.
#[derive(Debug, Clone)]
pub struct Line {
    pub from: Timestamp,
    pub until: Timestamp,
    /// Nobody: whoever leads the CERT is written to.
    pub first: Option<String>,
    pub deputy: Option<String>,
    pub why: Why,
    pub is_own: bool,
}

/// A shift that can be taken off the roster.
#[derive(Debug, Clone)]
pub struct Planned {
    pub id: ShiftId,
    pub name: String,
    pub deputy: Option<String>,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// The duty, offered to somebody who has not accepted it.
#[derive(Debug, Clone)]
pub struct Offer {
    pub id: HandoverId,
    pub giver: String,
    pub taker: String,
    pub from: Timestamp,
    pub until: Timestamp,
    pub note: String,
    pub can_accept: bool,
    pub can_withdraw: bool,
}

/// The roster of the coming four weeks.
#[derive(Debug, Clone)]
pub struct Board {
    /// The first is now.
    pub lines: Vec<Line>,
    /// Of the next 14 days.
    pub gaps: Vec<(Timestamp, Timestamp)>,
    /// What the actor may take off the roster.
    pub shifts: Vec<Planned>,
    /// Those that the actor gave, got, or oversees.
    pub offers: Vec<Offer>,
    /// The team beside the actor.
    pub others: Vec<(AccountId, String)>,
    /// All of the team.
    pub team: Vec<(AccountId, String)>,
    pub can_plan: bool,
    /// Whether the actor has something to hand over.
    pub can_hand_over: bool,
    /// Whether nobody keeps a roster here yet.
    pub is_empty: bool,
}

/// The roster as somebody of the team sees it.
///
/// # Errors
/// The policy's.
pub fn board(tx: &mut Tx<'_>, actor: &Actor) -> Result<Board> {
    let account = sees(tx, actor)?;
    let can_plan = may(tx, actor, Action::PlanRoster, Facts::of(actor));
    let (now, roster) = (tx.now(), present(tx)?);
    let people = roster.shifts.iter().flat_map(|it| [Some(it.account), it.deputy]).flatten();
    let people: Vec<AccountId> =
        people.chain(roster.handovers.iter().flat_map(|it| [it.giver, it.taker])).collect();
    let names = access::names(tx, &people)?;
    let team = worklist::team(tx)?;
    let slots = rule::slots(&roster, now, now + AHEAD);
    let offers = roster.handovers.iter().filter(|it| it.accepted_at.is_none());
    let offers = offers.filter(|it| can_plan || [it.giver, it.taker].contains(&account));
    Ok(Board {
        lines: slots.into_iter().map(|slot| line(&names, slot, account)).collect(),
        gaps: rule::gaps(&roster, now, now + GAPS_AHEAD),
        offers: offers.map(|it| offer(&names, it, account)).collect(),
        shifts: roster
            .shifts
            .iter()
            .filter(|_| can_plan)
            .map(|it| Planned {
                id: it.id,
                name: name(&names, it.account),
                deputy: it.deputy.map(|id| name(&names, id)),
                from: it.from,
                until: it.until,
            })
            .collect(),
        others: team.iter().filter(|(id, _)| *id != account).cloned().collect(),
        team,
        can_plan,
        can_hand_over: roster.shifts.iter().any(|it| it.account == account)
            || roster.handovers.iter().any(|it| it.taker == account && it.accepted_at.is_some()),
        is_empty: roster.shifts.is_empty(),
    })
}

fn name(names: &HashMap<AccountId, String>, id: AccountId) -> String {
    names.get(&id).cloned().unwrap_or_default()
}

fn line(names: &HashMap<AccountId, String>, slot: Slot, account: AccountId) -> Line {
    Line {
        from: slot.from,
        until: slot.until,
        first: slot.on_call.first.map(|id| name(names, id)),
        deputy: slot.on_call.deputy.map(|id| name(names, id)),
        why: slot.on_call.why,
        is_own: slot.on_call.first == Some(account),
    }
}

fn offer(names: &HashMap<AccountId, String>, it: &Handover, account: AccountId) -> Offer {
    Offer {
        id: it.id,
        giver: name(names, it.giver),
        taker: name(names, it.taker),
        from: it.from,
        until: it.until,
        note: it.note.clone(),
        can_accept: it.taker == account,
        can_withdraw: [it.giver, it.taker].contains(&account),
    }
}
