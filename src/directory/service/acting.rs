//! Who acts for whom by register: a member municipality's administration does, without mandate or expiry.

use std::collections::{HashMap, HashSet};

use crate::access::policy::{Facts, Relation};
use crate::core::actor::{Actor, Role};
use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::directory::store::organisations;
use crate::store::Tx;

/// A municipality that is no more went into a member, which an association administers, and hardly ever further.
const MAX_STEPS: usize = 8;

/// The administration that runs each of these; the organisation itself where it runs its own or none is known.
///
/// # Errors
/// The database's.
pub fn administrations_of(tx: &mut Tx<'_>, orgs: &[OrgId]) -> Result<HashMap<OrgId, OrgId>> {
    let known = administrators(tx, orgs)?;
    Ok(orgs.iter().map(|org| (*org, climb(&known, *org).last().copied().unwrap_or(*org))).collect())
}

/// Who acts for each of these, and for those in turn; `None` for what runs its own administration.
fn administrators(tx: &mut Tx<'_>, orgs: &[OrgId]) -> Result<HashMap<OrgId, Option<OrgId>>> {
    let mut known: HashMap<OrgId, Option<OrgId>> = HashMap::new();
    let mut asked = orgs.to_vec();
    for _ in 0..MAX_STEPS {
        if asked.is_empty() {
            break;
        }
        let found = organisations::administrators(tx, &asked)?;
        known.extend(found.iter().map(|(id, own, by)| (*id, if *own { None } else { *by })));
        asked = found.iter().filter(|(_, own, _)| !own).filter_map(|(_, _, by)| *by).collect();
        asked.retain(|id| !known.contains_key(id));
    }
    Ok(known)
}

/// The organisation and who acts for it, the nearest first.
fn climb(known: &HashMap<OrgId, Option<OrgId>>, org: OrgId) -> Vec<OrgId> {
    let next = |org: &OrgId| known.get(org).copied().flatten();
    std::iter::successors(Some(org), next).take(MAX_STEPS).collect()
}

/// The administration that runs this organisation; itself where it runs its own or none is known.
///
/// # Errors
/// The database's.
pub fn administration_of(tx: &mut Tx<'_>, org: OrgId) -> Result<OrgId> {
    Ok(administrations_of(tx, &[org])?.get(&org).copied().unwrap_or(org))
}

/// For whom the actor acts: its own organisations and those that they administer, those that are no more included.
/// Empty for who works at the CERT only.
///
/// # Errors
/// The database's.
pub fn acting_for(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<OrgId>> {
    let mut all = actor.organisations();
    let mut seen: HashSet<OrgId> = all.iter().copied().collect();
    let mut newest = all.clone();
    while !newest.is_empty() {
        newest = organisations::administered_by(tx, &newest)?;
        newest.retain(|id| seen.insert(*id));
        all.extend(&newest);
    }
    Ok(all)
}

/// What the actor is to this organisation: member or lead there or at the administration that acts for it.
///
/// # Errors
/// The database's.
pub fn org_facts(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<Facts> {
    Ok(facts_of(tx, actor, &[org])?.remove(&org).unwrap_or_default())
}

/// The same for several.
pub(super) fn facts_of(tx: &mut Tx<'_>, actor: &Actor, orgs: &[OrgId]) -> Result<HashMap<OrgId, Facts>> {
    let facts = Facts::of(actor);
    if actor.organisations().is_empty() {
        return Ok(orgs.iter().map(|org| (*org, facts)).collect());
    }
    let known = administrators(tx, orgs)?;
    let of = |org: &OrgId| {
        let above = climb(&known, *org);
        let holds = |role: Role| actor.roles.iter().any(|(at, held)| *held == role && above.contains(at));
        let is_member = holds(Role::Reporter);
        (*org, facts.when(is_member, Relation::OrgMember).when(holds(Role::OrgLead), Relation::OrgLead))
    };
    Ok(orgs.iter().map(of).collect())
}
