//! Who of the team is not there, and who stands in.

use jiff::{SignedDuration, Timestamp};

use super::{account, arrange};
use crate::access::policy::{Action, Facts, check};
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::{AbsenceId, AccountId};
use crate::core::text::Fields;
use crate::incidents::worklist::model::Absence;
use crate::incidents::worklist::store::absences as store;
use crate::store::Tx;

/// The longest absence.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);
/// How many absences one person has ahead, and how many are looked at.
const MOST: usize = 10;
const LOOKED_AT: i64 = 200;

/// Who works on cases, by name.
///
/// # Errors
/// The database's.
pub fn team(tx: &mut Tx<'_>) -> Result<Vec<(AccountId, String)>> {
    access::holders(tx, &[Role::Analyst, Role::CertLead])
}

/// Absences that are not over, the next first.
///
/// # Errors
/// The policy's.
pub fn absences(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Absence>> {
    arrange(tx, actor)?;
    store::running(tx, LOOKED_AT)
}

/// Absences that are not over, for features that say who is there. They ask the policy themselves.
///
/// # Errors
/// The database's.
pub fn running(tx: &mut Tx<'_>) -> Result<Vec<Absence>> {
    store::running(tx, LOOKED_AT)
}

/// The absences of now.
///
/// # Errors
/// [`Error::NotFound`] for who sees no cases.
pub fn absent_now(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Absence>> {
    check(tx, actor, Action::ShowIncident, Facts::of(actor))?;
    now(tx)
}

pub(super) fn now(tx: &mut Tx<'_>) -> Result<Vec<Absence>> {
    let now = tx.now();
    Ok(store::running(tx, LOOKED_AT)?.into_iter().filter(|absence| absence.from <= now).collect())
}

/// Says that the actor is absent from one instant to another, and who stands in.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a time that is over, ends before it begins or is longer than a year, and for a
/// deputy who does not work on cases; [`Error::Conflict`] where there are too many.
pub fn say_absent(
    tx: &mut Tx<'_>,
    actor: &Actor,
    from: Timestamp,
    until: Timestamp,
    deputy: Option<AccountId>,
) -> Result<AbsenceId> {
    let account = arrange(tx, actor)?;
    let mut fields = Fields::default();
    if until <= tx.now() {
        fields.refuse("until", "error-date-past");
    } else if until <= from || until - LONGEST > from {
        fields.refuse("until", "desk-absence-span");
    }
    if let Some(deputy) = deputy
        && (deputy == account || !team(tx)?.iter().any(|(one, _)| *one == deputy))
    {
        fields.refuse("deputy", "error-choice");
    }
    fields.done(Some(()))?;
    if store::running(tx, LOOKED_AT)?.iter().filter(|absence| absence.account == account).count() >= MOST {
        return Err(Error::Conflict("desk-absence-too-many"));
    }
    let id = store::add(tx, account, deputy, from, until)?;
    let entry = Entry::new("queue.absent", SubjectKind::Account, account)
        .with("from", from.to_string())
        .with("until", until.to_string())
        .with("deputy", deputy.map(|id| id.to_string()));
    record(tx, actor, entry)?;
    Ok(id)
}

/// Takes back an absence of the actor's own: they are there after all.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for somebody else's.
pub fn end_absence(tx: &mut Tx<'_>, actor: &Actor, id: AbsenceId) -> Result<()> {
    arrange(tx, actor)?;
    let account = account(actor)?;
    store::remove(tx, account, id).map_err(|error| match error {
        Error::Stale => Error::NotFound,
        error => error,
    })?;
    record(tx, actor, Entry::new("queue.present", SubjectKind::Account, account))
}
