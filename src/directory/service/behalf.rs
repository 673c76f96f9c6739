//! For whom somebody may report beside the own house: under a mandate, or as a provider whose report the organisation
//! has yet to confirm.

use std::collections::HashSet;

use super::{acting_for, names, org_facts, providers_of};
use crate::access::policy::{Facts, Relation};
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{MandateId, OrgId};
use crate::directory::model::{Mandate, today};
use crate::directory::store::{mandates, relations};
use crate::store::Tx;

/// Through whom a report for another organisation comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnBehalf {
    /// The organisation at which the reporter works.
    pub through: OrgId,
    /// The mandate; without one the report is unconfirmed.
    pub mandate: Option<MandateId>,
}

/// By which authority somebody may report for an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Authority {
    /// It is the own house, or one that the own house acts for by register.
    Register,
    /// It granted a mandate that holds today.
    Mandate,
    /// The own house serves it, without a mandate: the report is unconfirmed until the organisation confirms it.
    Service,
}

/// An organisation that somebody may report for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reportable {
    pub organisation: OrgId,
    pub name: String,
    pub authority: Authority,
}

impl Reportable {
    /// The name with what else is to be known of the authority, for a choice.
    #[must_use]
    pub fn label(&self) -> String {
        let marked = |key| text_with(Lang::De, key, &[("name", self.name.as_str().into())]).into_owned();
        match self.authority {
            Authority::Register => self.name.clone(),
            Authority::Mandate => marked("directory-reportable-mandate"),
            Authority::Service => marked("directory-reportable-service"),
        }
    }
}

/// For whom the actor may report today: the strongest authority for each, the own houses first, by name.
///
/// # Errors
/// The database's.
pub fn reportable(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Reportable>> {
    let own = actor.organisations();
    let day = today(tx.now());
    let mut all: Vec<_> = acting_for(tx, actor)?.into_iter().map(|id| (id, Authority::Register)).collect();
    all.extend(held_mandates(tx, actor)?.into_iter().map(|mandate| (mandate.grantor, Authority::Mandate)));
    for provider in own {
        let served = relations::of(tx, provider)?.into_iter().filter(|it| {
            it.provider == provider && it.valid_from <= day && it.valid_until.is_none_or(|until| day < until)
        });
        all.extend(served.map(|it| (it.organisation, Authority::Service)));
    }
    let mut seen = HashSet::new();
    all.retain(|(id, _)| seen.insert(*id));
    let ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    let mut names = names(tx, &ids)?;
    let mut found: Vec<_> = all
        .into_iter()
        .filter_map(|(organisation, authority)| {
            names.remove(&organisation).map(|name| Reportable { organisation, name: name.name, authority })
        })
        .collect();
    found.sort_by(|a, b| (a.authority, &a.name).cmp(&(b.authority, &b.name)));
    Ok(found)
}

/// The mandates that the actor's organisations hold today. A mandate is for the organisation that it names: who
/// administers it by register does not hold it.
///
/// # Errors
/// The database's.
pub fn held_mandates(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Mandate>> {
    let own = actor.organisations();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    Ok(mandates::between(tx, &own, None)?.into_iter().filter(|mandate| mandate.is_valid(now)).collect())
}

/// What the actor is to an organisation that it wants to report for, and through whom, where that is neither the own
/// house nor one that it acts for by register.
///
/// # Errors
/// The database's.
pub fn report_facts(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<(Facts, Option<OnBehalf>)> {
    let facts = org_facts(tx, actor, org)?;
    let own = actor.organisations();
    if own.is_empty() || facts.has(Relation::OrgMember) || facts.has(Relation::OrgLead) {
        return Ok((facts, None));
    }
    let now = tx.now();
    let held = mandates::between(tx, &own, Some(org))?;
    if let Some(mandate) = held.into_iter().find(|mandate| mandate.is_valid(now)) {
        let through = OnBehalf { through: mandate.mandated, mandate: Some(mandate.id) };
        return Ok((facts.with(Relation::Mandated), Some(through)));
    }
    let provider = providers_of(tx, org)?.into_iter().find(|provider| own.contains(provider));
    Ok((
        facts.when(provider.is_some(), Relation::Provider),
        provider.map(|through| OnBehalf { through, mandate: None }),
    ))
}
