//! Who somebody is to a case, as facts for the one table; and the same table turned into a scope for lists.

use super::model::{Incident, Involvement, Part};
use super::store;
use crate::access::policy::{Action, Facts, Relation, Table};
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::directory::service as directory;
use crate::store::Tx;

/// What a list may hold, derived from the table so that lists and single cases cannot disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Nothing,
    /// Every case, restricted ones only where the account is named.
    Team {
        account: AccountId,
        sees_restricted: bool,
    },
    /// Cases in which these organisations have one of these parts.
    Organisations {
        account: AccountId,
        organisations: Vec<OrgId>,
        parts: Vec<Part>,
        sees_restricted: bool,
    },
}

/// The facts of one case, and the organisations for which the actor acts in it.
pub(super) struct Sight {
    pub facts: Facts,
    pub organisations: Vec<OrgId>,
}

/// Loads who `actor` is to `incident`.
pub(super) fn sight(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    involvements: &[Involvement],
) -> Result<Sight> {
    let acting = directory::acting_for(tx, actor)?;
    let has = |parts: &[Part]| {
        involvements.iter().any(|i| parts.contains(&i.part) && acting.contains(&i.organisation))
    };
    let party = has(&[Part::Reporter, Part::Affected]);
    let handler = has(&[Part::Handler, Part::Informed]);
    let outside = incident.is_restricted
        && !actor.is_system()
        && match actor.account {
            Some(account) => !store::is_named(tx, incident.id, account)?,
            None => true,
        };
    let facts = Facts::of(actor)
        .when(party, Relation::CaseParty)
        .when(handler, Relation::CaseHandler)
        .when(outside, Relation::OutsideRestricted);
    let organisations = acting
        .into_iter()
        .filter(|org| involvements.iter().any(|involvement| involvement.organisation == *org))
        .collect();
    Ok(Sight { facts, organisations })
}

/// The scope of `actor`'s lists.
pub(super) fn scope(tx: &mut Tx<'_>, actor: &Actor) -> Result<Scope> {
    let table = Table::of(tx);
    let general = Facts::of(actor);
    let allowed = |facts: Facts| table.allows(Action::ShowIncident, facts);
    let Some(account) = actor.account else { return Ok(Scope::Nothing) };
    if allowed(general) {
        let sees_restricted = allowed(general.with(Relation::OutsideRestricted));
        return Ok(Scope::Team { account, sees_restricted });
    }
    let organisations = directory::acting_for(tx, actor)?;
    if organisations.is_empty() {
        return Ok(Scope::Nothing);
    }
    let mut parts = Vec::new();
    let mut sees_restricted = true;
    for (relation, of) in [
        (Relation::CaseParty, [Part::Reporter, Part::Affected]),
        (Relation::CaseHandler, [Part::Handler, Part::Informed]),
    ] {
        if allowed(general.with(relation)) {
            parts.extend(of);
            sees_restricted &= allowed(general.with(relation).with(Relation::OutsideRestricted));
        }
    }
    if parts.is_empty() {
        return Ok(Scope::Nothing);
    }
    Ok(Scope::Organisations { account, organisations, parts, sees_restricted })
}
