//! What the team does with lines of a timeline: keeps some on top, and calls a colleague to a case with a note.

use std::collections::HashSet;

use crate::access::policy::{Action, check, may};
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, EntryId, IncidentId};
use crate::incidents::model::Incident;
use crate::incidents::service::{self as incidents, open};
use crate::incidents::timeline::{mention, model, store};
use crate::incidents::{notices, store as cases};
use crate::store::Tx;

/// Lets a line of the case stay on top for everybody who may read it, or no longer. Twice the same is once.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a line of another case, [`Error::Conflict`] for one that nobody wrote, and where
/// there are too many.
pub fn pin(tx: &mut Tx<'_>, actor: &Actor, reference: &str, entry: EntryId, stays: bool) -> Result<()> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    check(tx, actor, Action::PinEntry, sight.facts)?;
    let refused = || FieldError::new("zeile", "error-choice");
    if !store::is_of(tx, incident.id, entry)? {
        return Err(refused().into());
    }
    let changed = if stays {
        let line = cases::line(tx, entry)?.ok_or_else(refused)?;
        if !model::is_pinnable(&line) {
            return Err(Error::Conflict("timeline-refused-pin"));
        }
        let pinned = store::pinned(tx, incident.id)?;
        let count = i64::try_from(pinned.len()).unwrap_or(i64::MAX);
        if !pinned.contains(&entry) && count >= model::MOST_PINS {
            return Err(Error::Conflict("timeline-refused-pins"));
        }
        store::pin(tx, incident.id, entry, actor.account)?
    } else {
        store::unpin(tx, entry)?
    };
    if changed == 0 {
        return Ok(());
    }
    let action = if stays { "incident.pin" } else { "incident.unpin" };
    let trail = Entry::new(action, SubjectKind::Incident, incident.id).organisation(incident.organisation);
    record(tx, actor, trail.with("entry", entry.to_string()))
}

/// The team's accounts that a note in this case may call, without the actor's own: those that may work on it.
///
/// # Errors
/// The policy's.
pub fn mentionable(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Vec<(AccountId, String)>> {
    let (incident, _) = open(tx, actor, reference, Action::WriteTeamNote)?;
    callable(tx, actor, &incident)
}

fn callable(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) -> Result<Vec<(AccountId, String)>> {
    let mut callable: Vec<(AccountId, String)> = Vec::new();
    for (account, name) in access::holders(tx, &[Role::Analyst, Role::CertLead])? {
        if Some(account) == actor.account || callable.iter().any(|(known, _)| *known == account) {
            continue;
        }
        let Some(colleague) = access::load_actor(tx, account)? else { continue };
        let facts = incidents::case_facts(tx, &colleague, incident.id)?;
        if may(tx, &colleague, Action::WriteTeamNote, facts) {
            callable.push((account, name));
        }
    }
    Ok(callable)
}

/// Whom a note calls, with their names; what is behind `@` otherwise is a word like others.
pub(in crate::incidents) fn called(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    text: &str,
) -> Result<Vec<(AccountId, String)>> {
    if !text.contains('@') {
        return Ok(Vec::new());
    }
    let people = callable(tx, actor, incident)?;
    let called = mention::mentioned(text, &people);
    Ok(people.into_iter().filter(|(account, _)| called.contains(account)).collect())
}

/// Calls them: the case is unread in their queue and says why, and they get a mail.
pub(in crate::incidents) fn call(
    tx: &mut Tx<'_>,
    incident: &Incident,
    people: &[(AccountId, String)],
) -> Result<()> {
    for (account, _) in people {
        store::mention(tx, *account, incident.id)?;
        cases::unsee(tx, *account, incident.id)?;
    }
    notices::mentioned(tx, incident, people)
}

/// The account has opened the case.
pub(in crate::incidents) fn met(tx: &mut Tx<'_>, account: AccountId, incident: IncidentId) -> Result<()> {
    store::met(tx, account, incident)
}

/// A line of a case that came from elsewhere stays on top, as it did there.
pub(in crate::incidents) fn keep_on_top(tx: &mut Tx<'_>, incident: IncidentId, entry: EntryId) -> Result<()> {
    store::pin(tx, incident, entry, None).map(|_| ())
}

/// Which lines of the case stay on top.
pub(in crate::incidents) fn pinned(tx: &mut Tx<'_>, incident: IncidentId) -> Result<HashSet<EntryId>> {
    store::pinned(tx, incident)
}
