//! What may be done with drafts: by whoever writes them, and nobody else. That a draft was begun, discarded or sent is
//! recorded; what is typed on the way is nobody's business yet, and never in the trail.

use jiff::{SignedDuration, Timestamp};

use super::check::{self, Context};
use super::model::{Answers, Draft, House, Step, all_fields};
use super::store;
use crate::access::policy::{Action, Facts, Relation, check as allow, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, DraftId, IncidentId};
use crate::directory::service::{self as directory, Authority};
use crate::incidents::service as incidents;
use crate::store::Tx;

/// How long a draft lies after its last change.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many drafts an account may have at once: nobody writes more, and they fill no disk.
const MOST: usize = 20;

/// When a draft that was last changed then is removed.
#[must_use]
pub fn kept_until(updated: Timestamp) -> Timestamp {
    updated + KEPT
}

/// A draft with what its questions depend on.
#[derive(Debug, Clone)]
pub struct Opened {
    pub draft: Draft,
    pub houses: Vec<House>,
    pub now: Timestamp,
}

impl Opened {
    /// What its answers are checked against.
    pub(super) fn context(&self) -> Context<'_> {
        Context { houses: &self.houses, now: self.now }
    }
}

fn account(actor: &Actor) -> Result<AccountId> {
    actor.account.ok_or(Error::SignInNeeded)
}

/// The houses for which the actor may report, the own ones first, then by name.
///
/// # Errors
/// The database's.
pub fn houses(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<House>> {
    let own = actor.organisations();
    let mut houses = Vec::new();
    for one in directory::reportable(tx, actor)? {
        let facts = match one.authority {
            Authority::Register => directory::org_facts(tx, actor, one.organisation)?,
            Authority::Mandate => Facts::of(actor).with(Relation::Mandated),
            Authority::Service => Facts::of(actor).with(Relation::Provider),
        };
        if may(tx, actor, Action::FileIncident, facts) || may(tx, actor, Action::FileUnconfirmed, facts) {
            houses.push(House { id: one.organisation, name: one.label() });
        }
    }
    // Within each authority they come by name.
    houses.sort_by_key(|house| !own.contains(&house.id));
    Ok(houses)
}

/// The actor's houses, where there is one to report for.
fn some_houses(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<House>> {
    account(actor)?;
    let houses = houses(tx, actor)?;
    if houses.is_empty() { Err(Error::NotFound) } else { Ok(houses) }
}

fn own(tx: &mut Tx<'_>, actor: &Actor, id: DraftId) -> Result<store::Row> {
    account(actor)?;
    let row = store::lookup(tx, id)?.ok_or(Error::NotFound)?;
    let is_own = actor.account == Some(row.account);
    allow(tx, actor, Action::WriteReportDraft, Facts::of(actor).when(is_own, Relation::Oneself))?;
    Ok(row)
}

fn draft(row: store::Row) -> Draft {
    let store::Row { id, is_drill, answers, version, updated_at, reference, receipt, .. } = row;
    Draft { id, is_drill, answers, version, updated_at, reference, receipt }
}

/// The actor's drafts that are not sent.
///
/// # Errors
/// [`Error::NotFound`] for who reports for nobody.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Draft>> {
    some_houses(tx, actor)?;
    let mut drafts = Vec::new();
    for row in store::list(tx, account(actor)?)? {
        drafts.push(draft(own(tx, actor, row.id)?));
    }
    Ok(drafts)
}

/// Begins a draft, with the actor's name as whom to ask for.
///
/// # Errors
/// [`Error::NotFound`] for who reports for nobody, [`Error::Conflict`] where too many lie open.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor, is_drill: bool) -> Result<DraftId> {
    some_houses(tx, actor)?;
    let account = account(actor)?;
    if store::list(tx, account)?.len() >= MOST {
        return Err(Error::Conflict("guide-refused-many"));
    }
    let id: DraftId = tx.id();
    let mut answers = Answers::default();
    answers.set("contact_name", vec![actor.name.clone()]);
    store::add(tx, id, account, is_drill, &answers)?;
    record(tx, actor, Entry::new("incident.draft_begin", SubjectKind::Draft, id).with("drill", is_drill))?;
    Ok(id)
}

/// A draft of the actor's, sent or not.
///
/// # Errors
/// [`Error::NotFound`] for what is not there or not the actor's.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, id: DraftId) -> Result<Opened> {
    let draft = draft(own(tx, actor, id)?);
    Ok(Opened { draft, houses: houses(tx, actor)?, now: tx.now() })
}

/// Whether the actor is who sent the report that became this case.
///
/// # Errors
/// The database's.
pub fn sent(tx: &mut Tx<'_>, actor: &Actor, case: IncidentId) -> Result<bool> {
    store::sent(tx, account(actor)?, case)
}

/// Saves what was typed into a step, whatever it is. `seen` is the version that the form was made from; another device
/// that changed other steps since takes nothing away.
///
/// # Errors
/// [`Error::Stale`] where this step says something else since, [`Error::Conflict`] for a draft that was sent.
pub fn save(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DraftId,
    seen: i32,
    step: Step,
    typed: &[(&'static str, Vec<String>)],
) -> Result<Opened> {
    let mut opened = open(tx, actor, id)?;
    if opened.draft.reference.is_some() {
        return Err(Error::Conflict("guide-refused-sent"));
    }
    let draft = &mut opened.draft;
    let before = draft.answers.clone();
    let fields = all_fields(step);
    for (name, values) in typed {
        let Some(field) = fields.iter().find(|field| field.name == *name) else { continue };
        let values = values.iter().map(|value| check::kept(field, value, opened.now)).collect();
        draft.answers.set(name, values);
    }
    if draft.answers == before {
        return Ok(opened);
    }
    if before.touched_in(step) > seen {
        return Err(Error::Stale);
    }
    draft.answers.touch(step, draft.version + 1);
    store::set(tx, id, draft.version, &draft.answers)?;
    draft.version += 1;
    draft.updated_at = opened.now;
    Ok(opened)
}

/// Sends a draft: files its report and marks it as sent, both or neither. Returns the draft with what it has become,
/// also where it was sent before.
///
/// # Errors
/// [`Error::Stale`] where it says something else than what was seen; [`Error::Invalid`] with every field that a report
/// cannot have; as [`incidents::file`].
pub fn send(tx: &mut Tx<'_>, actor: &Actor, id: DraftId, seen: i32) -> Result<Draft> {
    let opened = open(tx, actor, id)?;
    if opened.draft.reference.is_some() {
        return Ok(opened.draft);
    }
    if opened.draft.version != seen {
        return Err(Error::Stale);
    }
    let report = check::report(&opened.draft.answers, &opened.context(), opened.draft.is_drill)?;
    store::claim(tx, id, seen)?;
    let filed = incidents::file(tx, actor, &report)?;
    store::filed(tx, id, filed.id, filed.receipt.clone())?;
    let sent =
        Entry::new("incident.draft_send", SubjectKind::Draft, id).organisation(Some(report.organisation));
    record(tx, actor, sent.with("reference", filed.reference.as_str()))?;
    Ok(Draft { reference: Some(filed.reference), receipt: filed.receipt, ..opened.draft })
}

/// Throws a draft away. One that was sent stays what it has become.
///
/// # Errors
/// [`Error::NotFound`] for what is not there or not the actor's, [`Error::Conflict`] for a draft that was sent.
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: DraftId) -> Result<()> {
    if own(tx, actor, id)?.reference.is_some() {
        return Err(Error::Conflict("guide-refused-sent"));
    }
    store::remove(tx, id)?;
    record(tx, actor, Entry::new("incident.draft_discard", SubjectKind::Draft, id))
}

/// Removes drafts that nobody changed for thirty days; returns how many.
///
/// # Errors
/// The database's.
pub fn sweep(tx: &mut Tx<'_>) -> Result<usize> {
    let before = tx.now() - KEPT;
    store::sweep(tx, before)
}
