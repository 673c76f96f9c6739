//! Enrolment: who is connected, and who is still to be called.

use std::collections::HashMap;

use super::contacts::is_reachable;
use super::{load, org_facts};
use crate::access::policy::{Action, Facts, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{CallId, OrgId};
use crate::directory::model::{Call, CallInput, Contact, Enrolment, Filter, Organisation, today};
use crate::directory::store::{calls, contacts, lists, organisations};
use crate::store::Tx;

/// The states that may follow, in the order in which pages offer them.
#[must_use]
pub fn enrolment_steps(organisation: &Organisation) -> Vec<Enrolment> {
    let next = Enrolment::ALL.iter().copied().filter(|next| organisation.enrolment.may_become(*next));
    if organisation.is_administration { next.collect() } else { Vec::new() }
}

/// Moves an administration, seen in version `seen`, to another state.
///
/// # Errors
/// The policy's; [`Error::Conflict`] when the state does not follow, the organisation runs no administration, or nobody
/// there could be written to; [`Error::Stale`] when somebody was faster.
pub fn set_enrolment(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, next: Enrolment, seen: i32) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EnrolOrganisation, facts)?;
    let organisation = load(tx, org)?;
    if organisation.version != seen {
        return Err(Error::Stale);
    }
    if !organisation.is_administration || !organisation.is_valid_on(today(tx.now())) {
        return Err(Error::Conflict("directory-error-no-administration"));
    }
    if !organisation.enrolment.may_become(next) {
        return Err(Error::Conflict("directory-error-enrolment"));
    }
    if next == Enrolment::Enrolled && !is_reachable(tx, org)? {
        return Err(Error::Conflict("directory-error-enrol-unreachable"));
    }
    organisations::set_enrolment(tx, org, seen, next)?;
    let entry = Entry::new("directory.enrol", SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(tx, actor, entry.with("from", organisation.enrolment.code()).with("to", next.code()))
}

/// An administration that somebody still has to call.
#[derive(Debug, Clone)]
pub struct ToCall {
    pub organisation: Organisation,
    /// Those with a telephone.
    pub contacts: Vec<Contact>,
    /// The latest.
    pub call: Option<Call>,
}

/// Known and invited administrations, by district and place.
///
/// # Errors
/// The policy's and the database's.
pub fn to_be_called(tx: &mut Tx<'_>, actor: &Actor, district: Option<OrgId>) -> Result<Vec<ToCall>> {
    check(tx, actor, Action::ListOrganisations, Facts::of(actor))?;
    let day = today(tx.now());
    let filter = Filter { administrations: true, district, ..Filter::default() };
    let mut waiting = lists::all(tx, &filter, day)?;
    waiting.retain(|organisation| organisation.enrolment.is_to_be_called());
    waiting.sort_by(|a, b| a.sign.cmp(&b.sign));
    let ids: Vec<OrgId> = waiting.iter().map(|organisation| organisation.id).collect();
    let mut phones: HashMap<OrgId, Vec<Contact>> = HashMap::new();
    for contact in contacts::of(tx, &ids)?.into_iter().filter(|contact| !contact.phone.is_empty()) {
        phones.entry(contact.organisation).or_default().push(contact);
    }
    let mut latest = calls::latest(tx, &ids)?;
    Ok(waiting
        .into_iter()
        .map(|organisation| ToCall {
            contacts: phones.remove(&organisation.id).unwrap_or_default(),
            call: latest.remove(&organisation.id),
            organisation,
        })
        .collect())
}

/// Notes that somebody called there.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn note_call(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, input: &CallInput) -> Result<CallId> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EnrolOrganisation, facts)?;
    load(tx, org)?;
    let id = calls::add(tx, actor, org, input)?;
    let entry = Entry::new("directory.call", SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(tx, actor, entry.with("outcome", input.outcome.code()))?;
    Ok(id)
}
