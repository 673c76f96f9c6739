//! The lead plans shifts.

use jiff::{SignedDuration, Timestamp};

use super::sees;
use crate::access::policy::{Action, Facts, check};
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, ShiftId};
use crate::core::when;
use crate::escalation::roster::{rule, store};
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;

/// The longest shift.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);
/// How many weeks are planned at once at most.
const MOST_WEEKS: u8 = 52;
/// How far ahead somebody is on call at most.
const AHEAD: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// Who stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deputy {
    Nobody,
    /// Whose turn it is next.
    Next,
    Person(AccountId),
}

/// Shifts to be, one a week.
#[derive(Debug, Clone)]
pub struct NewShifts {
    /// Of the first one.
    pub from: Timestamp,
    pub until: Timestamp,
    /// At least 1.
    pub weeks: u8,
    /// Who takes turns; at least one.
    pub people: Vec<AccountId>,
    pub deputy: Deputy,
}

/// Plans shifts: the people take turns, one week each.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for times that are over or do not fit, for people who are not of the team, and for
/// a time in which somebody else is on call, who is named.
pub fn plan(tx: &mut Tx<'_>, actor: &Actor, new: &NewShifts) -> Result<Vec<ShiftId>> {
    sees(tx, actor)?;
    check(tx, actor, Action::PlanRoster, Facts::of(actor))?;
    let refuse = |field, reason| Err(Error::from(FieldError::new(field, reason)));
    let now = tx.now();
    if new.until <= now {
        return refuse("bis", "error-date-past");
    }
    if new.until <= new.from || new.until.duration_since(new.from) > LONGEST {
        return refuse("bis", "roster-error-span");
    }
    if new.weeks == 0 || new.weeks > MOST_WEEKS {
        return refuse("wochen", "roster-error-weeks");
    }
    let times = rule::weekly(new.from, new.until, new.weeks);
    if times.windows(2).any(|two| two[0].1 > two[1].0) {
        return refuse("bis", "roster-error-week");
    }
    if times.last().is_some_and(|(_, until)| until.duration_since(now) > AHEAD) {
        return refuse("von", "roster-error-ahead");
    }
    let team = worklist::team(tx)?;
    let is_of_team = |account: &AccountId| team.iter().any(|(one, _)| one == account);
    if new.people.is_empty() {
        return refuse("wer", "error-required");
    }
    if !new.people.iter().all(is_of_team) {
        return refuse("wer", "error-choice");
    }
    let deputies: Vec<Option<AccountId>> =
        (0..times.len()).map(|week| deputy(new, week)).collect::<Result<_>>()?;
    if !deputies.iter().flatten().all(is_of_team) {
        return refuse("vertretung", "error-choice");
    }
    store::lock(tx)?;
    free(tx, &times)?;
    let mut ids = Vec::with_capacity(times.len());
    for (week, (span, deputy)) in times.into_iter().zip(deputies).enumerate() {
        let account = turn(new, week);
        let id = store::add_shift(tx, account, deputy, span)?;
        let entry = Entry::new("roster.plan", SubjectKind::Account, account)
            .with("shift", id.to_string())
            .with("from", span.0.to_string())
            .with("until", span.1.to_string())
            .with("deputy", deputy.map(|id| id.to_string()));
        record(tx, actor, entry)?;
        ids.push(id);
    }
    Ok(ids)
}

fn turn(new: &NewShifts, week: usize) -> AccountId {
    new.people[week % new.people.len()]
}

fn deputy(new: &NewShifts, week: usize) -> Result<Option<AccountId>> {
    let account = turn(new, week);
    match new.deputy {
        Deputy::Nobody => Ok(None),
        // Who takes turns with nobody has nobody.
        Deputy::Next => Ok(Some(turn(new, week + 1)).filter(|next| *next != account)),
        // Who is on call does not stand in for themself: in their own week the next one does.
        Deputy::Person(person) if person != account => Ok(Some(person)),
        Deputy::Person(_) if new.people.iter().all(|one| *one == account) => {
            Err(FieldError::new("vertretung", "roster-error-same").into())
        }
        Deputy::Person(_) => Ok(new.people.iter().copied().cycle().skip(week).find(|one| *one != account)),
    }
}

/// Refuses times in which somebody is on call already.
fn free(tx: &mut Tx<'_>, times: &[(Timestamp, Timestamp)]) -> Result<()> {
    let shifts = store::shifts(tx)?;
    let other =
        shifts.iter().find(|it| times.iter().any(|(from, until)| it.from < *until && *from < it.until));
    let Some(other) = other else { return Ok(()) };
    let name = access::names(tx, &[other.account])?.remove(&other.account).unwrap_or_default();
    let refused = FieldError::new("von", "roster-error-taken")
        .with("name", name)
        .with("from", when::absolute(other.from))
        .with("until", when::absolute(other.until));
    Err(refused.into())
}

/// Takes a shift off the roster; one that has begun ends now.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for one that is over or was never there.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: ShiftId) -> Result<()> {
    sees(tx, actor)?;
    check(tx, actor, Action::PlanRoster, Facts::of(actor))?;
    let shift = store::shifts(tx)?.into_iter().find(|shift| shift.id == id).ok_or(Error::NotFound)?;
    if shift.from < tx.now() {
        store::end_shift(tx, id)?;
    } else {
        store::remove_shift(tx, id)?;
    }
    let entry = Entry::new("roster.cancel", SubjectKind::Account, shift.account)
        .with("shift", id.to_string())
        .with("from", shift.from.to_string())
        .with("until", shift.until.to_string());
    record(tx, actor, entry)
}
