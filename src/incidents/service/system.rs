//! What later features ask of a case inside their own transactions, after their own policy check.

use jiff::Timestamp;

use super::{queue_at, supplement};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AccountId, EntryId, IncidentId, OrgId};
use crate::directory::service as directory;
use crate::incidents::fanout::service as fanout;
use crate::incidents::model::{Audience, Entry, Incident, Inform, Involvement, Part, Report, Tally};
use crate::incidents::status::Status;
use crate::incidents::{digest, notices, policy, store};
use crate::store::{At, Tx};

/// The case.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn load(tx: &mut Tx<'_>, id: IncidentId) -> Result<Incident> {
    store::lookup_id(tx, id)?.ok_or(Error::NotFound)
}

/// The case with this reference, for features that ask the policy themselves.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn load_by_reference(tx: &mut Tx<'_>, reference: &str) -> Result<Incident> {
    store::lookup(tx, reference)?.ok_or(Error::NotFound)
}

/// The named persons of a restricted case; empty for one that is not.
///
/// # Errors
/// The database's.
pub fn named(tx: &mut Tx<'_>, incident: &Incident) -> Result<Vec<AccountId>> {
    if incident.is_restricted { store::named(tx, incident.id) } else { Ok(Vec::new()) }
}

/// Whom the reporter allowed to be informed; nobody where nothing is stated.
///
/// # Errors
/// The database's.
pub fn inform(tx: &mut Tx<'_>, id: IncidentId) -> Result<Inform> {
    Ok(store::informs(tx, &[id])?.get(&id).copied().unwrap_or(Inform::Nobody))
}

/// Sets what is due next, by the code of what that is; the queue sorts by it.
///
/// # Errors
/// [`Error::Stale`] when the case changes at the same time.
pub fn set_deadline(tx: &mut Tx<'_>, id: IncidentId, deadline: Option<(&str, Timestamp)>) -> Result<()> {
    let incident = load(tx, id)?;
    let at = deadline.map(|(_, at)| at);
    let change = store::Change {
        deadline_at: Some(at.map(At)),
        deadline_kind: Some(deadline.map(|(kind, _)| kind.to_owned())),
        queue_at: Some(At(queue_at(incident.reported_at, at, incident.follow_up_at))),
        ..store::Change::default()
    };
    store::touch(tx, id, change)
}

/// Adds a line that later features write: `kind` names what happened, `facts` holds codes and names, `body` what a
/// person wrote. Returns the line.
///
/// # Errors
/// The database's.
pub fn add_system_entry(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: IncidentId,
    kind: &str,
    audience: Audience,
    facts: serde_json::Map<String, serde_json::Value>,
    body: Option<&str>,
) -> Result<EntryId> {
    let entry = store::NewEntry { kind, audience, account: actor.account, author: &actor.name, facts, body };
    let line = store::add_entry(tx, id, &entry)?;
    if body.is_some() {
        digest::again(tx, id)?;
    }
    Ok(line)
}

/// These lines with their words, whoever may read them: for features that wrote them and ask the policy themselves.
///
/// # Errors
/// The database's.
pub fn lines(tx: &mut Tx<'_>, ids: &[EntryId]) -> Result<Vec<Entry>> {
    store::lines(tx, ids)
}

/// A case whose follow-up is now stands among what is due, and says why in the words of `why`; an earlier deadline stays
/// where it is.
///
/// # Errors
/// The database's.
pub fn come_up(tx: &mut Tx<'_>, incident: &Incident, why: &'static str) -> Result<()> {
    let now = tx.now();
    if incident.follow_up_at.is_some_and(|at| at <= now) {
        return Ok(());
    }
    let place = incident.deadline_at.map_or(now, |deadline| deadline.min(now));
    let change = store::Change {
        follow_up_at: Some(Some(At(now))),
        queue_at: Some(At(place)),
        ..store::Change::default()
    };
    store::touch(tx, incident.id, change)?;
    let why = text(Lang::De, why).into_owned();
    store::set_words(tx, incident.id, store::Words { waiting_on: Some(Some(why)), ..store::Words::default() })
}

/// Who has a part in the case.
///
/// # Errors
/// The database's.
pub fn parts_of(tx: &mut Tx<'_>, id: IncidentId) -> Result<Vec<Involvement>> {
    store::involvements_of(tx, id)
}

/// The open cases and those that are part of another, in the order of their ids, at most so many behind this one.
///
/// # Errors
/// The database's.
pub fn open_cases(tx: &mut Tx<'_>, behind: Option<IncidentId>, limit: i64) -> Result<Vec<IncidentId>> {
    store::open_cases(tx, behind, limit)
}

/// The cases that are an organisation's own and open, or part of another, the newest first, at most so many.
///
/// # Errors
/// The database's.
pub fn open_cases_of(tx: &mut Tx<'_>, organisation: OrgId, limit: i64) -> Result<Vec<IncidentId>> {
    store::open_cases_of(tx, organisation, limit)
}

/// How many cases of each category and class came between two instants, as far as they exist for the actor: without
/// drills, false alarms and what is part of another case.
///
/// # Errors
/// The database's.
pub fn counted(tx: &mut Tx<'_>, actor: &Actor, from: Timestamp, until: Timestamp) -> Result<Vec<Tally>> {
    let scope = policy::scope(tx, actor)?;
    store::counted(tx, &scope, from, until)
}

/// All that was stated in the case, the report that opened it first.
///
/// # Errors
/// The database's.
pub fn reports_of(tx: &mut Tx<'_>, id: IncidentId) -> Result<Vec<Report>> {
    store::reports_of(tx, id)
}

/// Tells an organisation by one mail that clocks run out, one line for each; `false` where nobody can be written to.
///
/// # Errors
/// The database's.
pub fn remind_of_duties(
    tx: &mut Tx<'_>,
    incident: &Incident,
    organisation: OrgId,
    lines: &[String],
) -> Result<bool> {
    notices::duties(tx, incident, organisation, lines)
}

/// Tells the team by mail that clocks of the CERT's own run out: who works on the case, otherwise all.
///
/// # Errors
/// The database's.
pub fn remind_team(tx: &mut Tx<'_>, incident: &Incident) -> Result<()> {
    notices::duties_of_team(tx, incident)
}

/// When the case came from elsewhere, where it did.
///
/// # Errors
/// The database's.
pub fn imported_at(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Timestamp>> {
    store::imported_at(tx, id)
}

/// The cases that were merged into this one and are still part of it.
///
/// # Errors
/// The database's.
pub fn merged_into(tx: &mut Tx<'_>, lead: IncidentId) -> Result<Vec<IncidentId>> {
    store::parts_of_lead(tx, lead)
}

/// The CERT hears of what came for a case from outside of the portal: as of what an organisation wrote there.
///
/// # Errors
/// The database's.
pub fn hear(tx: &mut Tx<'_>, actor: &Actor, id: IncidentId) -> Result<()> {
    let incident = load(tx, id)?;
    supplement::heard(tx, actor, &incident)
}

/// The team hears of what came from somebody who has no part in the case. No state changes by it, so no organisation sees
/// anything of it.
///
/// # Errors
/// The database's.
pub fn hear_of(tx: &mut Tx<'_>, id: IncidentId) -> Result<()> {
    let incident = load(tx, id)?;
    let stands = match &incident.merged {
        Some(merged) => load(tx, merged.lead)?,
        None => incident,
    };
    store::heard(tx, stands.id)?;
    if stands.status != Status::Closed {
        supplement::come_back(tx, &stands)?;
    }
    notices::heard(tx, &stands)
}

/// Whether an organisation has a part in the case today, or is asked whether it is affected; one that has yet to say that the report is its own has none.
///
/// # Errors
/// The database's.
pub fn takes_part(tx: &mut Tx<'_>, incident: &Incident, organisation: OrgId) -> Result<bool> {
    let parts = store::involvements_of(tx, incident.id)?;
    if parts.iter().any(|part| part.organisation == organisation) {
        return Ok(!incident.is_unconfirmed);
    }
    fanout::is_asked(tx, incident.id, &[organisation])
}

/// To whom at an organisation mails about the case go, in lower case; of a restricted case, the named persons alone.
///
/// # Errors
/// The database's.
pub fn correspondents(tx: &mut Tx<'_>, incident: &Incident, organisation: OrgId) -> Result<Vec<String>> {
    let mut people = notices::readers(tx, incident, organisation)?;
    if !incident.is_restricted {
        people.extend(directory::people_of(tx, organisation)?);
    }
    Ok(people.into_iter().map(|(mail, _)| mail.as_str().to_owned()).collect())
}

/// The restricted cases in which the actor is not named.
///
/// # Errors
/// The database's.
pub fn closed_to(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<IncidentId>> {
    store::restricted_without(tx, actor.account)
}

/// Gives an organisation a part in the case; the same part twice stays one.
///
/// # Errors
/// The database's.
pub fn involve(tx: &mut Tx<'_>, id: IncidentId, organisation: OrgId, part: Part) -> Result<()> {
    let there = store::involvements_of(tx, id)?;
    if there.iter().any(|i| i.organisation == organisation && i.part == part) {
        return Ok(());
    }
    store::add_involvement(tx, id, organisation, part, None)?;
    if part == Part::Handler {
        store::touch(
            tx,
            id,
            store::Change { holder_id: Some(Some(organisation)), ..store::Change::default() },
        )?;
    }
    Ok(())
}
