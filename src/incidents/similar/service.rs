//! What a case is like, for whoever judges it.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::model::{Reason, Similar};
use super::{store, words};
use crate::access::policy::{Action, check};
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{IncidentId, OrgId};
use crate::directory::service as directory;
use crate::incidents::digest::{Piece, Source};
use crate::incidents::guide::service::own_words;
use crate::incidents::model::Incident;
use crate::incidents::{policy, service as incidents, store as cases};
use crate::store::Tx;

/// Less alike than this is chance, or the words that all use.
const PERCENT: u32 = 40;
/// Cases whose signatures are compared.
const COMPARED: i64 = 500;
/// Houses of one provider whose reports are further apart have nothing to do with each other.
const APART: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Cases of the same provider that are named.
const OF_PROVIDER: i64 = 10;
/// Cases that are named in all.
const NAMED: usize = 12;

/// Keeps what a case is found by: what its reporter wrote, without the answers to our questions, which are the same words
/// in every report.
///
/// # Errors
/// The database's.
pub fn refresh(tx: &mut Tx<'_>, incident: IncidentId, pieces: &[Piece]) -> Result<()> {
    let told = pieces.iter().filter(|piece| matches!(piece.source, Source::Title | Source::Report));
    let text = told.map(|piece| own_words(&piece.text)).collect::<Vec<_>>().join("\n");
    let new = words::signature(&text);
    if store::signature(tx, incident)? == new {
        return Ok(());
    }
    store::keep(tx, incident, new.as_ref())
}

/// The cases that look like this one, within what the actor sees: the likest first, with the reasons.
///
/// # Errors
/// The policy's; the database's.
pub fn similar(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) -> Result<Vec<Similar>> {
    let facts = incidents::case_facts(tx, actor, incident.id)?;
    check(tx, actor, Action::ShowIncident, facts)?;
    check(tx, actor, Action::ReadTeamNotes, facts)?;
    let mut reasons: HashMap<IncidentId, Vec<Reason>> = HashMap::new();
    if let Some(own) = store::signature(tx, incident.id)? {
        for (id, other) in store::alike(tx, &own, COMPARED)? {
            let percent = words::percent(&own, &other);
            if percent >= PERCENT {
                reasons.entry(id).or_default().push(Reason::Words { percent });
            }
        }
    }
    if let Some(org) = incident.organisation {
        for (id, provider) in of_provider(tx, org, incident.reported_at)? {
            reasons.entry(id).or_default().push(Reason::Provider(provider));
        }
    }
    reasons.remove(&incident.id);
    let ids: Vec<IncidentId> = reasons.keys().copied().collect();
    let scope = policy::scope(tx, actor)?;
    let rows = cases::list_of(tx, &scope, cases::with_ids(&ids))?;
    let mut found: Vec<Similar> = rows
        .into_iter()
        .filter_map(|row| Some(Similar { reasons: reasons.remove(&row.id)?, row }))
        .filter(|found| found.row.is_drill == incident.is_drill)
        .collect();
    let weight = |found: &Similar| found.reasons.iter().map(|reason| reason.weight()).sum::<u32>();
    found.sort_by_key(|found| (std::cmp::Reverse(weight(found)), std::cmp::Reverse(found.row.id)));
    found.truncate(NAMED);
    Ok(found)
}

/// Open cases of other houses that the same provider serves, from about the same time.
fn of_provider(tx: &mut Tx<'_>, org: OrgId, at: Timestamp) -> Result<Vec<(IncidentId, OrgId)>> {
    let span = (at - APART, at + APART);
    let mut found = Vec::new();
    for provider in directory::providers_of(tx, org)? {
        let mut houses = directory::served_by(tx, provider)?;
        houses.retain(|house| *house != org);
        houses.push(provider);
        let cases = store::reported_between(tx, &houses, span, OF_PROVIDER)?;
        found.extend(cases.into_iter().map(|(id, _)| (id, provider)));
    }
    Ok(found)
}
