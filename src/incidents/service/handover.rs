//! Giving a case to somebody with a note that lies on top until they have read it.

use serde_json::json;

use super::{handle, open};
use crate::access::policy::Action;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::AccountId;
use crate::core::text::Prose;
use crate::incidents::model::{Audience, Handover, Incident};
use crate::incidents::store;
use crate::store::Tx;

/// Gives the case to an analyst, or to nobody, and leaves a note for whoever works on it next. For the new holder the
/// case is unread.
///
/// # Errors
/// As [`handle::assign`].
pub fn hand_over(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    seen: i32,
    to: Option<AccountId>,
    note: Option<&Prose>,
) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::AssignIncident)?;
    handle::assign(tx, actor, reference, seen, to)?;
    if let Some(account) = to.filter(|to| Some(*to) != actor.account) {
        store::unsee(tx, account, incident.id)?;
    }
    let Some(note) = note else { return Ok(()) };
    let entry = store::NewEntry {
        kind: "handover",
        audience: Audience::Team,
        account: actor.account,
        author: &actor.name,
        facts: serde_json::Map::new(),
        body: Some(note.as_str()),
    };
    let entry = store::add_entry(tx, incident.id, &entry)?;
    store::set_handover(tx, incident.id, entry)?;
    let trail = Entry::new("incident.hand_over", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation);
    record(tx, actor, trail.with("assignee", to.map(|id| id.to_string())))
}

/// The note on top of a case that the actor was shown.
///
/// # Errors
/// The database's.
pub fn handover(tx: &mut Tx<'_>, incident: &Incident) -> Result<Option<Handover>> {
    store::handover(tx, incident.id)
}

/// The holder of the case has read the note: it lies on top no longer, and stays on the timeline.
///
/// # Errors
/// The policy's; [`Error::Conflict`] where there is none, or for anybody but the holder.
pub fn acknowledge_handover(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::AssignIncident)?;
    if incident.assignee.is_none() || incident.assignee != actor.account {
        return Err(Error::Conflict("incident-refused-handover"));
    }
    if store::end_handover(tx, incident.id)? == 0 {
        return Err(Error::Conflict("incident-refused-no-handover"));
    }
    super::note(tx, actor, &incident, "handover_read", Audience::Team, json!({}), None)?;
    let trail = Entry::new("incident.hand_over_read", SubjectKind::Incident, incident.id);
    record(tx, actor, trail.organisation(incident.organisation))
}
