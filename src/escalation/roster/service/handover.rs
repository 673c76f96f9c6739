//! Handing the duty over: the giver stays responsible until the other person accepts.

use jiff::Timestamp;

use super::{roster, sees};
use crate::access::policy::{Action, Facts, Relation, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, HandoverId};
use crate::escalation::roster::model::Handover;
use crate::escalation::roster::{rule, store};
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;

/// Offers that are open at once of one person at most.
const MOST: usize = 10;

/// What is to be handed over.
#[derive(Debug, Clone)]
pub struct NewHandover {
    pub to: AccountId,
    /// None: from now on.
    pub from: Option<Timestamp>,
    /// None: to the end of what is the giver's without a break.
    pub until: Option<Timestamp>,
    /// What the other person must know.
    pub note: String,
}

/// Offers the duty to another person of the team.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a time in which the duty is not the actor's, and for whoever is not of the team;
/// [`Error::Conflict`] where too much is offered already.
pub fn hand_over(tx: &mut Tx<'_>, actor: &Actor, new: &NewHandover) -> Result<HandoverId> {
    let giver = sees(tx, actor)?;
    check(tx, actor, Action::HandOverDuty, Facts::of(actor).with(Relation::Oneself))?;
    let refuse = |field, reason| Err(Error::from(FieldError::new(field, reason)));
    if new.to == giver || !worklist::team(tx)?.iter().any(|(one, _)| *one == new.to) {
        return refuse("wem", "error-choice");
    }
    let now = tx.now();
    let from = new.from.unwrap_or(now).max(now);
    let roster = roster(tx)?;
    let Some(end) = rule::held_until(&roster, giver, from) else {
        return refuse("von", "roster-error-not-yours");
    };
    let until = new.until.unwrap_or(end);
    if until <= from {
        return refuse("bis", "roster-error-span");
    }
    if until > end {
        return refuse("bis", "roster-error-not-yours");
    }
    let open = roster.handovers.iter().filter(|it| it.giver == giver && it.accepted_at.is_none());
    if open.count() >= MOST {
        return Err(Error::Conflict("roster-error-too-many"));
    }
    let row = store::NewHandover { giver, taker: new.to, from, until, note: &new.note };
    let id = store::add_handover(tx, &row)?;
    audited(tx, actor, "roster.offer", id, (giver, new.to), (from, until))?;
    Ok(id)
}

/// Takes the duty that another person offered: from now on it is the actor's.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for what was offered to somebody else or is over; [`Error::Conflict`] where it is no
/// longer the giver's.
pub fn accept(tx: &mut Tx<'_>, actor: &Actor, id: HandoverId) -> Result<()> {
    let account = sees(tx, actor)?;
    let offer = find(tx, id)?;
    let facts = Facts::of(actor).when(offer.taker == account, Relation::Oneself);
    check(tx, actor, Action::AcceptDuty, facts)?;
    let from = offer.from.max(tx.now());
    if rule::held_until(&roster(tx)?, offer.giver, from).is_none_or(|end| end < offer.until) {
        return Err(Error::Conflict("roster-error-no-longer"));
    }
    store::accept(tx, id)?;
    audited(tx, actor, "roster.accept", id, (offer.giver, offer.taker), (from, offer.until))
}

/// Takes an offer back that nobody accepted, or declines it.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for other people's.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: HandoverId) -> Result<()> {
    let account = sees(tx, actor)?;
    let offer = find(tx, id)?;
    let is_own = offer.giver == account || offer.taker == account;
    check(tx, actor, Action::HandOverDuty, Facts::of(actor).when(is_own, Relation::Oneself))?;
    store::remove_handover(tx, id)?;
    let action = if offer.giver == account { "roster.withdraw" } else { "roster.decline" };
    audited(tx, actor, action, id, (offer.giver, offer.taker), (offer.from, offer.until))
}

fn find(tx: &mut Tx<'_>, id: HandoverId) -> Result<Handover> {
    let open = store::handovers(tx)?.into_iter().filter(|it| it.accepted_at.is_none());
    open.into_iter().find(|it| it.id == id).ok_or(Error::NotFound)
}

/// What happened to an offer; never what was written with it.
fn audited(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    id: HandoverId,
    (giver, taker): (AccountId, AccountId),
    (from, until): (Timestamp, Timestamp),
) -> Result<()> {
    let entry = Entry::new(action, SubjectKind::Account, taker)
        .with("handover", id.to_string())
        .with("giver", giver.to_string())
        .with("from", from.to_string())
        .with("until", until.to_string());
    record(tx, actor, entry)
}
