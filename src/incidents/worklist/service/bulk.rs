//! Changing many cases at once. Each is changed in a transaction of its own, by the same services as on its page, so
//! that one that was changed meanwhile keeps none of the others from it; and for a while all can be taken back.

use jiff::{SignedDuration, Timestamp};

use super::{account, arrange};
use crate::access::policy::Action;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::BulkId;
use crate::core::text::Line;
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::incidents::store as cases;
use crate::incidents::worklist::model::{Before, BulkAction, CHANGED, Command, Item, Mark, Run};
use crate::incidents::worklist::store::bulk as store;
use crate::store::{At, Tx};

/// How long a run can be taken back.
pub const UNDO: SignedDuration = SignedDuration::from_mins(10);
/// How long it is kept, to be looked at.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Begins a run; the actor's old ones go.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for an account that works on no cases.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor, command: &Command) -> Result<BulkId> {
    let account = arrange(tx, actor)?;
    if let Command::Assign(Some(to)) = command
        && !super::team(tx)?.iter().any(|(one, _)| one == to)
    {
        return Err(FieldError::new("assignee", "error-choice").into());
    }
    store::sweep(tx, account, tx.now() - KEPT)?;
    store::add_run(tx, account, command.action())
}

/// Changes one case and notes it in the run. What is refused changes nothing and notes nothing: see [`refused`].
///
/// # Errors
/// What the service of the change refuses.
pub fn step(
    tx: &mut Tx<'_>,
    actor: &Actor,
    run: BulkId,
    ordinal: i32,
    mark: &Mark,
    command: &Command,
) -> Result<()> {
    arrange(tx, actor)?;
    let reference = mark.reference.as_str();
    // Before anything is said of it: what may not be seen is not there.
    let (before, _) = incidents::open(tx, actor, reference, Action::ShowIncident)?;
    match command {
        Command::Assign(to) => incidents::hand_over(tx, actor, reference, mark.version, *to, None)?,
        Command::Take => {
            let account = account(actor)?;
            // What a colleague works on is not taken away in passing.
            match before.assignee {
                Some(holder) if holder != account => return Err(Error::Conflict("desk-bulk-held")),
                Some(_) => return Err(Error::Conflict("desk-bulk-held-by-you")),
                None => incidents::assign(tx, actor, reference, mark.version, Some(account))?,
            }
        }
        Command::Wait(on, until) => {
            incidents::set_waiting(tx, actor, reference, mark.version, Some((on, *until)))?;
        }
        Command::Close(reason) => incidents::close(tx, actor, reference, mark.version, *reason)?,
        Command::Categorise(category) => {
            incidents::categorise(tx, actor, reference, mark.version, Some(*category))?;
        }
        // A note changes nothing that somebody saw.
        Command::Note(text) => incidents::message(tx, actor, reference, Audience::Team, text)?,
    }
    let after = cases::lookup(tx, reference)?.ok_or(Error::NotFound)?;
    store::add_item(
        tx,
        run,
        &Item {
            ordinal,
            reference: reference.to_owned(),
            outcome: CHANGED.to_owned(),
            undone: None,
            version: Some(after.version),
            before: Some(Before::of(&before, &after)),
        },
    )
}

/// Notes why a case was not changed, by the key of [`told`].
///
/// # Errors
/// The policy's.
pub fn refused(
    tx: &mut Tx<'_>,
    actor: &Actor,
    run: BulkId,
    ordinal: i32,
    mark: &Mark,
    why: &'static str,
) -> Result<()> {
    arrange(tx, actor)?;
    store::add_item(
        tx,
        run,
        &Item {
            ordinal,
            reference: mark.reference.clone(),
            outcome: why.to_owned(),
            undone: None,
            version: None,
            before: None,
        },
    )
}

/// The key of the sentence that says why; what does not exist and what may not be seen are told alike.
///
/// # Errors
/// The error itself where it is no refusal.
pub fn told(error: Error) -> Result<&'static str> {
    match error {
        Error::Stale => Ok("desk-bulk-stale"),
        Error::NotFound => Ok("desk-bulk-none"),
        Error::Conflict(key) | Error::Forbidden(key) => Ok(key),
        Error::Invalid(fields) if !fields.is_empty() => Ok(fields[0].reason),
        error => Err(error),
    }
}

/// The actor's own run.
///
/// # Errors
/// [`Error::NotFound`] for somebody else's, and for one that is no longer kept.
pub fn run(tx: &mut Tx<'_>, actor: &Actor, id: BulkId) -> Result<Run> {
    let account = arrange(tx, actor)?;
    store::run(tx, account, id)?.ok_or(Error::NotFound)
}

/// Until when a run can be taken back; none where it cannot.
#[must_use]
pub fn undo_until(run: &Run, now: Timestamp) -> Option<Timestamp> {
    let until = run.at + UNDO;
    let has_any = run.items.iter().any(|item| item.outcome == CHANGED);
    let can = run.action != BulkAction::Note && run.undone_at.is_none() && has_any && now < until;
    can.then_some(until)
}

/// Begins to take a run back.
///
/// # Errors
/// As [`run`]; [`Error::Conflict`] where that is over or was done.
pub fn begin_undo(tx: &mut Tx<'_>, actor: &Actor, id: BulkId) -> Result<Run> {
    let run = run(tx, actor, id)?;
    if undo_until(&run, tx.now()).is_none() {
        return Err(Error::Conflict("desk-bulk-too-late"));
    }
    store::begin_undo(tx, id)?;
    Ok(run)
}

/// Takes one case of a run back, if nothing changed in it since.
///
/// # Errors
/// [`Error::Stale`] where something did, and what the service of the change refuses.
pub fn undo_step(tx: &mut Tx<'_>, actor: &Actor, run: &Run, item: &Item) -> Result<()> {
    arrange(tx, actor)?;
    let (Some(version), Some(before)) = (item.version, item.before.as_ref()) else {
        return Err(Error::Conflict("desk-bulk-too-late"));
    };
    let reference = item.reference.as_str();
    let (case, _) = incidents::open(tx, actor, reference, Action::ShowIncident)?;
    // What an organisation says raises no version, and may bring a case back.
    if case.version != version || case.follow_up_at != before.follow_up_after {
        return Err(Error::Stale);
    }
    match run.action {
        BulkAction::Take | BulkAction::Assign => {
            incidents::hand_over(tx, actor, reference, version, before.assignee, None)?;
        }
        BulkAction::Wait => wait_as_before(tx, actor, &case, run, before)?,
        BulkAction::Close => {
            let status = before.status.as_deref().and_then(Status::parse);
            let status = status.ok_or_else(|| Error::Internal("a case as it was: status".to_owned()))?;
            incidents::take_back_closing(tx, actor, reference, version, status)?;
            let case = cases::lookup(tx, reference)?.ok_or(Error::NotFound)?;
            if before.follow_up.is_some() {
                wait_as_before(tx, actor, &case, run, before)?;
            }
        }
        BulkAction::Categorise => {
            let category = before.category.as_deref().and_then(crate::incidents::model::Category::parse);
            incidents::categorise(tx, actor, reference, version, category)?;
        }
        BulkAction::Note => return Err(Error::Conflict("desk-bulk-too-late")),
    }
    store::set_undone(tx, run.id, item.ordinal, CHANGED)
}

/// A case waits as it did before the run; one whose date has come since waits no longer.
fn wait_as_before(tx: &mut Tx<'_>, actor: &Actor, case: &Incident, run: &Run, before: &Before) -> Result<()> {
    let until = before.follow_up.filter(|until| *until > tx.now());
    let Some(until) = until else {
        return incidents::set_waiting(tx, actor, &case.reference, case.version, None);
    };
    let words = cases::waited_for(tx, case.id, At(run.at))?.unwrap_or_default();
    let on = Line::<120>::parse(&words).or_else(|_| Line::parse("–"));
    let on = on.map_err(|reason| Error::Internal(format!("what a case waited for: {reason}")))?;
    incidents::set_waiting(tx, actor, &case.reference, case.version, Some((&on, until)))
}

/// Notes why a case was not taken back.
///
/// # Errors
/// As [`refused`].
pub fn not_undone(
    tx: &mut Tx<'_>,
    actor: &Actor,
    run: BulkId,
    ordinal: i32,
    why: &'static str,
) -> Result<()> {
    arrange(tx, actor)?;
    store::set_undone(tx, run, ordinal, why)
}
