//! Who somebody is to a case, as facts for the one table; and the same table turned into a scope for lists.

use std::collections::BTreeMap;

use super::model::{Incident, Involvement, Part};
use super::store;
use crate::access::policy::{Action, Facts, Relation, Table};
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::directory::model::{Mandate, MandateScope};
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
        /// What mandates add.
        mandates: Reach,
        sees_restricted: bool,
    },
}

/// What mandates of today reach beyond the own houses' cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Whose cases may all be read.
    pub all: Vec<OrgId>,
    /// Through which own house cases may be read that it filed for these.
    pub own_reports: BTreeMap<OrgId, Vec<OrgId>>,
}

impl Reach {
    fn of(mandates: Vec<Mandate>) -> Self {
        let mut reach = Self::default();
        for mandate in mandates {
            match mandate.scope {
                MandateScope::Report => {
                    reach.own_reports.entry(mandate.mandated).or_default().push(mandate.grantor);
                }
                MandateScope::Read | MandateScope::Act => reach.all.push(mandate.grantor),
            }
        }
        reach
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.own_reports.is_empty()
    }
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
    let granted = if party { Granted::default() } else { granted(tx, actor, incident, involvements)? };
    let facts = Facts::of(actor)
        .when(!granted.by.is_empty(), Relation::MandateReader)
        .when(granted.may_write, Relation::MandateWriter)
        .when(party, Relation::CaseParty)
        .when(handler, Relation::CaseHandler)
        .when(outside, Relation::OutsideRestricted);
    let organisations = acting
        .into_iter()
        .chain(granted.by)
        .filter(|org| involvements.iter().any(|involvement| involvement.organisation == *org))
        .collect();
    Ok(Sight { facts, organisations })
}

/// The facts of a case with what the actor is to the organisation that it was reported for.
pub(super) fn with_house(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, case: Facts) -> Result<Facts> {
    use Relation::{OrgLead, OrgMember};
    let Some(org) = incident.organisation else { return Ok(case) };
    let house = directory::org_facts(tx, actor, org)?;
    Ok(case.when(house.has(OrgMember), OrgMember).when(house.has(OrgLead), OrgLead))
}

/// What mandates of today say about one case.
#[derive(Default)]
struct Granted {
    /// For whom the case may be read.
    by: Vec<OrgId>,
    may_write: bool,
}

fn granted(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    involvements: &[Involvement],
) -> Result<Granted> {
    let reported_for =
        |org: OrgId| involvements.iter().any(|it| it.part == Part::Reporter && it.organisation == org);
    let mut held = directory::held_mandates(tx, actor)?;
    held.retain(|mandate| reported_for(mandate.grantor));
    if held.iter().any(|mandate| mandate.scope == MandateScope::Report) {
        let behalf = store::behalf_of(tx, incident.id)?;
        held.retain(|mandate| {
            mandate.scope != MandateScope::Report
                || behalf.as_ref().is_some_and(|it| {
                    it.through == Some(mandate.mandated) && it.organisation == Some(mandate.grantor)
                })
        });
    }
    Ok(Granted {
        may_write: held.iter().any(|mandate| mandate.scope == MandateScope::Act),
        by: held.into_iter().map(|mandate| mandate.grantor).collect(),
    })
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
    let mut mandates = Reach::default();
    if allowed(general.with(Relation::MandateReader)) {
        mandates = Reach::of(directory::held_mandates(tx, actor)?);
        let outside = general.with(Relation::MandateReader).with(Relation::OutsideRestricted);
        sees_restricted &= mandates.is_empty() || allowed(outside);
    }
    if parts.is_empty() && mandates.is_empty() {
        return Ok(Scope::Nothing);
    }
    Ok(Scope::Organisations { account, organisations, parts, mandates, sees_restricted })
}
