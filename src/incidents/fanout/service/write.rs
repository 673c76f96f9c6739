//! What is written with those who are asked: one with the CERT, or the CERT with all of them.

use serde_json::{Map, Value, json};

use super::{audit, open_asked, open_team, still_open};
use crate::access::policy::Action;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::OrgId;
use crate::core::text::Prose;
use crate::incidents::fanout::model::{Asked, Fanout};
use crate::incidents::fanout::store;
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service::{hear, note};
use crate::incidents::store as cases;
use crate::incidents::{digest, notices};
use crate::store::Tx;

/// An organisation that is asked writes to the CERT.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for another organisation; [`Error::Conflict`] where the question is over.
pub fn say(tx: &mut Tx<'_>, actor: &Actor, reference: &str, organisation: OrgId, text: &Prose) -> Result<()> {
    let (incident, fanout, asked) = open_asked(tx, actor, reference, Action::AnswerAsked)?;
    still_open(&incident, &fanout)?;
    if !asked.iter().any(|one| one.organisation == organisation) {
        return Err(FieldError::new("stelle", "error-choice").into());
    }
    message(tx, actor, &incident, organisation, text)?;
    hear(tx, actor, incident.id)
}

/// The team writes to one organisation that is asked.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for an organisation that is not asked; [`Error::Conflict`] where the question is over.
pub fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    organisation: OrgId,
    text: &Prose,
) -> Result<()> {
    let (incident, fanout) = open_team(tx, actor, reference)?;
    still_open(&incident, &fanout)?;
    super::asked_of(tx, &fanout, &[organisation])?.pop().ok_or(Error::NotFound)?;
    message(tx, actor, &incident, organisation, text)?;
    notices::message(tx, actor, &incident, Audience::Organisation(organisation), text.as_str())
}

fn message(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    organisation: OrgId,
    text: &Prose,
) -> Result<()> {
    let audience = Audience::Organisation(organisation);
    note(tx, actor, incident, "message", audience, json!({}), Some(text.as_str()))?;
    audit(
        tx,
        actor,
        "incident.message",
        incident,
        Some(organisation),
        &[("audience", audience.code().into())],
    )
}

/// The team writes to all who are asked, and to whoever has a part in the case beside them. Returns to how many
/// organisations.
///
/// # Errors
/// The policy's; [`Error::Conflict`] where the question is over.
pub fn broadcast(tx: &mut Tx<'_>, actor: &Actor, reference: &str, text: &Prose) -> Result<usize> {
    let (incident, fanout) = open_team(tx, actor, reference)?;
    still_open(&incident, &fanout)?;
    let asked = reached(tx, &fanout)?;
    let entry = cases::NewEntry {
        kind: "message",
        audience: Audience::Involved,
        account: actor.account,
        author: &actor.name,
        facts: Map::from_iter([("broadcast".to_owned(), Value::from(asked.len()))]),
        body: Some(text.as_str()),
    };
    let entry = cases::add_entry(tx, incident.id, &entry)?;
    digest::again(tx, incident.id)?;
    // Whoever has a part in the case hears of it as of every message there.
    let parts = cases::involvements_of(tx, incident.id)?;
    let told: Vec<OrgId> =
        asked.iter().copied().filter(|id| !parts.iter().any(|part| part.organisation == *id)).collect();
    notices::broadcast(tx, &incident, entry, &told)?;
    notices::message(tx, actor, &incident, Audience::Involved, text.as_str())?;
    let detail = [("audience", Value::from("broadcast")), ("asked", Value::from(asked.len()))];
    audit(tx, actor, "incident.message", &incident, None, &detail)?;
    Ok(asked.len())
}

fn reached(tx: &mut Tx<'_>, fanout: &Fanout) -> Result<Vec<OrgId>> {
    let asked: Vec<Asked> = store::asked_of(tx, fanout.id, None)?;
    Ok(asked.into_iter().filter(|one| !one.is_abroad).map(|one| one.organisation).collect())
}
