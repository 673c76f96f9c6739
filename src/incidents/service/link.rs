//! Linking cases: part of a larger one or of a campaign, related, duplicate. The team's knowledge, for the team alone.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::merge::MOST;
use super::{note, open};
use crate::access::policy::{Action, check, check_token, may};
use crate::audit::model::{Entry as Trail, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{FieldError, Result};
use crate::core::ids::{IncidentId, LinkedId};
use crate::core::text::Line;
use crate::incidents::linking::{LinkKind, Relation, is_circle};
use crate::incidents::model::{Audience, Incident, Row};
use crate::incidents::{policy, store};
use crate::store::Tx;

/// How deep campaigns may lie in each other.
const DEEPEST: usize = 16;

/// Another case that this one has to do with.
#[derive(Debug, Clone)]
pub struct Linked {
    pub id: LinkedId,
    pub relation: Relation,
    pub other: Row,
    pub reason: Option<String>,
}

/// Links a case to others. What is linked already stays as it is. Returns how many links are new.
///
/// # Errors
/// The policy's; `Error::Invalid` for cases that nobody knows or not this person, for a circle, for a second larger
/// case, for a duplicate without a reason, for a drill with what is real.
pub fn link(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    relation: Relation,
    others: &[String],
    reason: Option<&Line<300>>,
) -> Result<usize> {
    let (incident, _) = open(tx, actor, reference, Action::LinkIncidents)?;
    let (kind, is_first) = relation.stored();
    if kind == LinkKind::Duplicate && reason.is_none() {
        return Err(FieldError::new("reason", "link-refused-reason").into());
    }
    let rows = others_of(tx, actor, &incident, others)?;
    let there = store::links_of(tx, incident.id)?;
    let mut added = 0;
    for row in &rows {
        let (mut from, mut to) = if is_first { (incident.id, row.id) } else { (row.id, incident.id) };
        if kind == LinkKind::Related && to < from {
            std::mem::swap(&mut from, &mut to);
        }
        if there.iter().any(|link| (link.from, link.to, link.kind) == (from, to, kind)) {
            continue;
        }
        if kind == LinkKind::PartOf {
            check_above(tx, from, to, &row.reference)?;
        }
        let reason = reason.map(|reason| reason.as_str().to_owned());
        let link = store::Link { id: tx.id(), from, to, kind, reason };
        store::add_link(tx, &link, actor.account)?;
        tell(tx, actor, &incident, row, relation, "linked", "incident.link")?;
        added += 1;
    }
    Ok(added)
}

fn others_of(tx: &mut Tx<'_>, actor: &Actor, case: &Incident, others: &[String]) -> Result<Vec<Row>> {
    let mut asked: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for other in others.iter().filter(|other| **other != case.reference && !other.is_empty()) {
        if seen.insert(other.as_str()) {
            asked.push(other.clone());
        }
    }
    if asked.is_empty() {
        return Err(FieldError::new("ref", "link-refused-none").into());
    }
    if asked.len() > MOST {
        return Err(FieldError::new("ref", "merge-refused-many").with("most", MOST).into());
    }
    let scope = policy::scope(tx, actor)?;
    let spelled: Vec<String> =
        asked.iter().filter(|one| one.bytes().all(|byte| byte.is_ascii_graphic())).cloned().collect();
    let rows = store::by_references(tx, &scope, &spelled)?;
    let refused = |why, reference: &str| Err(FieldError::new("ref", why).with("reference", reference).into());
    if let Some(unknown) = asked.iter().find(|one| rows.iter().all(|row| row.reference != **one)) {
        return refused("merge-refused-unknown", unknown);
    }
    match rows.iter().find(|row| row.is_drill != case.is_drill) {
        Some(row) => refused("merge-refused-drill", &row.reference),
        None => Ok(rows),
    }
}

/// One case lies in one larger one at most, and never within itself.
fn check_above(tx: &mut Tx<'_>, part: IncidentId, larger: IncidentId, reference: &str) -> Result<()> {
    let refused = |why| Err(FieldError::new("ref", why).with("reference", reference).into());
    if store::larger(tx, part)?.is_some() {
        return refused("link-refused-second");
    }
    let mut above = vec![larger];
    while let Some(next) = above.last().copied().map(|last| store::larger(tx, last)).transpose()?.flatten() {
        if above.len() >= DEEPEST {
            return refused("link-refused-deep");
        }
        above.push(next);
    }
    if is_circle(&part, &above) { refused("link-refused-circle") } else { Ok(()) }
}

/// The trail's row, and a line for the team on both sides; a restricted case is not named where others read.
fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    case: &Incident,
    other: &Row,
    relation: Relation,
    kind: &str,
    action: &'static str,
) -> Result<()> {
    if !case.is_restricted && !other.is_restricted {
        let facts = json!({ "relation": relation.code(), "name": other.reference });
        note(tx, actor, case, kind, Audience::Team, facts, None)?;
        let facts = json!({ "relation": relation.reversed().code(), "name": case.reference });
        let there = super::load(tx, other.id)?;
        note(tx, actor, &there, kind, Audience::Team, facts, None)?;
    }
    let trail = Trail::new(action, SubjectKind::Incident, case.id).organisation(case.organisation);
    record(tx, actor, trail.with("relation", relation.code()).with("other", other.id.to_string()))
}

/// Takes a link away.
///
/// # Errors
/// The policy's; `Error::Invalid` where the case has no such link that the actor sees.
pub fn unlink(tx: &mut Tx<'_>, actor: &Actor, reference: &str, link: LinkedId) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::LinkIncidents)?;
    let linked = linked(tx, actor, incident.id)?.into_iter().find(|one| one.id == link);
    let linked = linked.ok_or(FieldError::new("link", "link-refused-gone"))?;
    store::remove_link(tx, link)?;
    tell(tx, actor, &incident, &linked.other, linked.relation, "unlinked", "incident.unlink")
}

/// A case with its links, for the team, and whether the actor may change them.
///
/// # Errors
/// The policy's.
pub fn links(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Vec<Linked>, bool)> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    check(tx, actor, Action::ReadTeamNotes, sight.facts)?;
    let linked = linked(tx, actor, incident.id)?;
    let seen = Trail::new("incident.view", SubjectKind::Incident, incident.id);
    record(tx, actor, seen.organisation(incident.organisation))?;
    let may_link = may(tx, actor, Action::LinkIncidents, sight.facts);
    Ok((incident, linked, may_link))
}

/// The cases with these references that the actor sees, as a list has them.
///
/// # Errors
/// `Error::Forbidden` for a token that does not reach lists.
pub fn listed(tx: &mut Tx<'_>, actor: &Actor, references: &[String]) -> Result<Vec<Row>> {
    check_token(actor, Action::ShowIncident)?;
    let scope = policy::scope(tx, actor)?;
    let spelled: Vec<String> = references
        .iter()
        .filter(|one| one.bytes().all(|byte| byte.is_ascii_graphic()))
        .take(MOST)
        .cloned()
        .collect();
    store::by_references(tx, &scope, &spelled)
}

/// The links of a case whose other side the actor sees.
pub(super) fn linked(tx: &mut Tx<'_>, actor: &Actor, case: IncidentId) -> Result<Vec<Linked>> {
    let links = store::links_of(tx, case)?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<IncidentId> =
        links.iter().map(|link| if link.from == case { link.to } else { link.from }).collect();
    let scope = policy::scope(tx, actor)?;
    let rows: HashMap<IncidentId, Row> =
        store::list_of(tx, &scope, store::with_ids(&ids))?.into_iter().map(|row| (row.id, row)).collect();
    let read = |link: store::Link| {
        let is_first = link.from == case;
        let other = rows.get(if is_first { &link.to } else { &link.from })?.clone();
        let relation = Relation::read(link.kind, is_first);
        Some(Linked { id: link.id, relation, other, reason: link.reason })
    };
    Ok(links.into_iter().filter_map(read).collect())
}
