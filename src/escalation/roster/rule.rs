//! Who is on call, pure: `(roster, instant) → who`. No database, no wall clock.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Span, Timestamp};

use super::model::{Handover, OnCall, Roster, Slot, Why};
use crate::core::ids::AccountId;
use crate::core::when::zone;

/// Who is on call at an instant. The duty is the shift's person's, or whoever accepted it from them; while that one is
/// absent, the shift's deputy has it.
#[must_use]
pub fn who(roster: &Roster, now: Timestamp) -> OnCall {
    let Some(shift) = roster.shifts.iter().find(|shift| shift.covers(now)) else {
        return OnCall { first: None, deputy: None, why: Why::NoShift };
    };
    let holder = held_by(roster, shift.account, now);
    let is_there = |account: &AccountId| {
        !roster.away.iter().any(|away| away.account == *account && away.from <= now && now < away.until)
    };
    let deputy = shift.deputy.filter(|deputy| *deputy != holder && is_there(deputy));
    if is_there(&holder) {
        let why = if holder == shift.account { Why::Shift } else { Why::HandedOver };
        return OnCall { first: Some(holder), deputy, why };
    }
    OnCall { first: deputy, deputy: None, why: deputy.map_or(Why::AllAway, |_| Why::StandsIn) }
}

/// Whose the duty is after all that was accepted, in the order in which it was.
fn held_by(roster: &Roster, of_shift: AccountId, now: Timestamp) -> AccountId {
    let mut accepted: Vec<&Handover> = roster
        .handovers
        .iter()
        .filter(|it| it.accepted_at.is_some() && it.from <= now && now < it.until)
        .collect();
    accepted.sort_by_key(|it| (it.accepted_at, it.id));
    accepted.iter().fold(of_shift, |holder, it| if it.giver == holder { it.taker } else { holder })
}

/// Who is on call from one instant to another, in order and without holes: neighbours differ.
#[must_use]
pub fn slots(roster: &Roster, from: Timestamp, until: Timestamp) -> Vec<Slot> {
    let shifts = roster.shifts.iter().flat_map(|it| [it.from, it.until]);
    let handovers = roster.handovers.iter().flat_map(|it| [it.from, it.until]);
    let away = roster.away.iter().flat_map(|it| [it.from, it.until]);
    let cuts: BTreeSet<Timestamp> =
        shifts.chain(handovers).chain(away).filter(|at| from < *at && *at < until).chain([from]).collect();
    let mut slots: Vec<Slot> = Vec::new();
    for at in cuts.into_iter().filter(|at| *at < until) {
        let on_call = who(roster, at);
        match slots.last_mut() {
            Some(last) if last.on_call == on_call => {}
            last => {
                if let Some(last) = last {
                    last.until = at;
                }
                slots.push(Slot { from: at, until, on_call });
            }
        }
    }
    slots
}

/// The times in which nobody is on call, whatever the reason.
#[must_use]
pub fn gaps(roster: &Roster, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut gaps: Vec<(Timestamp, Timestamp)> = Vec::new();
    for slot in slots(roster, from, until).into_iter().filter(|slot| slot.on_call.first.is_none()) {
        match gaps.last_mut() {
            Some(last) if last.1 == slot.from => last.1 = slot.until,
            _ => gaps.push((slot.from, slot.until)),
        }
    }
    gaps
}

/// How long from an instant on the duty is this person's without a break, absent or not; none where it is not theirs.
#[must_use]
pub fn held_until(roster: &Roster, account: AccountId, from: Timestamp) -> Option<Timestamp> {
    let roster = Roster { away: Vec::new(), ..roster.clone() };
    let end = roster.shifts.iter().map(|shift| shift.until).max()?;
    let slots = slots(&roster, from, end);
    let own = slots.iter().take_while(|slot| slot.on_call.first == Some(account));
    own.last().map(|slot| slot.until)
}

/// The times of shifts that repeat weekly, at the same local time each week: over a change of the clocks a week is an
/// hour longer or shorter.
#[must_use]
pub fn weekly(from: Timestamp, until: Timestamp, weeks: u8) -> Vec<(Timestamp, Timestamp)> {
    let later = |at: Timestamp, week: u8| {
        at.to_zoned(zone())
            .checked_add(Span::new().weeks(i64::from(week)))
            // Past the end of time nobody is on call.
            .map_or(at + SignedDuration::from_hours(7 * 24) * i32::from(week), |at| at.timestamp())
    };
    (0..weeks).map(|week| (later(from, week), later(until, week))).collect()
}
