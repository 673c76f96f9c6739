//! Who serves whom, as people enter it.

use super::{load, org_facts};
use crate::access::policy::{Action, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{OrgId, ServiceRelationId};
use crate::directory::model::{Kind, Relation, RelationInput, today};
use crate::directory::store::{lists, organisations, relations};
use crate::store::Tx;

/// Who may be chosen as a provider, with kind and name.
///
/// # Errors
/// The database's.
pub fn providers(tx: &mut Tx<'_>) -> Result<Vec<(OrgId, Kind, String)>> {
    let day = today(tx.now());
    lists::providers(tx, day)
}

/// Who serves this organisation, or the administration that acts for it, today; the longest known first.
///
/// # Errors
/// The database's.
pub fn providers_of(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<OrgId>> {
    let day = today(tx.now());
    let mut found = relations::of(tx, org)?;
    let administration = super::administration_of(tx, org)?;
    if administration != org {
        found.extend(relations::of(tx, administration)?);
    }
    found.retain(|it| {
        it.provider != org
            && it.provider != administration
            && it.valid_from <= day
            && it.valid_until.is_none_or(|until| day < until)
    });
    found.sort_by_key(|it| it.id);
    let mut seen = std::collections::HashSet::new();
    Ok(found.into_iter().map(|it| it.provider).filter(|provider| seen.insert(*provider)).collect())
}

/// Whom a provider serves today, with the municipalities that are administered by them.
///
/// # Errors
/// The database's.
pub fn served_by(tx: &mut Tx<'_>, provider: OrgId) -> Result<Vec<OrgId>> {
    let mut served: Vec<OrgId> = running(tx, provider)?.into_iter().map(|it| it.organisation).collect();
    served.extend(organisations::administered_by(tx, &served)?);
    served.sort_unstable();
    served.dedup();
    Ok(served)
}

/// States that a provider serves an organisation; one that had ended begins again.
///
/// # Errors
/// The policy's; [`Error::Invalid`] when it is its own provider, ends before it begins, or is stated already.
pub fn add_relation(tx: &mut Tx<'_>, actor: &Actor, input: &RelationInput) -> Result<ServiceRelationId> {
    let org = input.organisation;
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditServiceRelations, facts)?;
    load(tx, org)?;
    let known = providers(tx)?.iter().any(|(provider, ..)| *provider == input.provider);
    if !known || input.provider == org {
        return Err(FieldError::new("provider", "error-choice").into());
    }
    if input.valid_until.is_some_and(|until| until <= input.valid_from) {
        return Err(FieldError::new("valid_until", "directory-error-ends-before").into());
    }
    let day = today(tx.now()).to_string();
    let Some(id) = relations::add(tx, input, &day)? else {
        return Err(FieldError::new("service", "directory-error-already-there").into());
    };
    record(tx, actor, "directory.relation_add", org, id)?;
    Ok(id)
}

/// Ends a relation of this organisation today.
///
/// # Errors
/// The policy's; [`Error::NotFound`] also for a relation of another organisation or one that has ended.
pub fn end_relation(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, id: ServiceRelationId) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditServiceRelations, facts)?;
    relations::lookup(tx, id)?.filter(|relation| relation.organisation == org).ok_or(Error::NotFound)?;
    let day = today(tx.now()).to_string();
    if !relations::end(tx, id, &day)? {
        return Err(Error::NotFound);
    }
    record(tx, actor, "directory.relation_end", org, id)
}

/// Whom a provider serves today, as the administrations that run them, each once; where a service is named, by that alone.
///
/// # Errors
/// The database's.
pub fn customers(tx: &mut Tx<'_>, provider: OrgId, service: Option<&str>) -> Result<Vec<OrgId>> {
    let mut served = running(tx, provider)?;
    served.retain(|it| service.is_none_or(|service| it.service == service));
    let ids: Vec<OrgId> = served.into_iter().map(|it| it.organisation).collect();
    let mut all: Vec<OrgId> = super::administrations_of(tx, &ids)?.into_values().collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|id| *id != provider);
    Ok(all)
}

/// What a provider runs for others today, by name.
///
/// # Errors
/// The database's.
pub fn services_of(tx: &mut Tx<'_>, provider: OrgId) -> Result<Vec<String>> {
    let mut services: Vec<String> = running(tx, provider)?.into_iter().map(|it| it.service).collect();
    services.sort_unstable();
    services.dedup();
    Ok(services)
}

/// What a provider does for others today.
fn running(tx: &mut Tx<'_>, provider: OrgId) -> Result<Vec<Relation>> {
    let day = today(tx.now());
    let mut all = relations::of(tx, provider)?;
    all.retain(|it| {
        it.provider == provider && it.valid_from <= day && it.valid_until.is_none_or(|end| day < end)
    });
    Ok(all)
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    org: OrgId,
    id: ServiceRelationId,
) -> Result<()> {
    let entry = Entry::new(action, SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(tx, actor, entry.with("relation", id.to_string()))
}
