//! Contacts: entered by the organisation's lead or by the CERT.

use std::collections::HashMap;

use super::audience::candidates;
use super::{load, org_facts};
use crate::access::model::Purpose;
use crate::access::policy::{Action, check};
use crate::access::service::void_links;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AnyId, ContactId, OrgId};
use crate::core::text::MailAddress;
use crate::directory::model::{
    AssetKind, Contact, ContactInput, ContactRole, Enrolment, MailDomain, OutOfBand, Reach, choose,
};
use crate::directory::store::{assets, contacts};
use crate::store::Tx;

/// The present contacts of an organisation, for features that reach people there.
///
/// # Errors
/// The database's.
pub fn contacts_of(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<Contact>> {
    contacts::of(tx, &[org])
}

/// Of the present contacts with a mail address, given in lower case, those that speak for it: where the register says
/// whose its mail domain is, nobody else can state a key for it. Several where a mailbox is a function's.
///
/// # Errors
/// The database's.
pub fn speakers_at(tx: &mut Tx<'_>, mail: &str) -> Result<Vec<Contact>> {
    if mail.is_empty() {
        return Ok(Vec::new());
    }
    let mut contacts = contacts::at(tx, mail)?;
    let domain = mail.rsplit_once('@').map_or("", |(_, domain)| domain);
    let above = domain.match_indices('.').map(|(at, _)| &domain[at + 1..]);
    let owners = assets::with_domains(tx, &std::iter::once(domain).chain(above).collect::<Vec<_>>())?;
    contacts.retain(|contact| owners.is_empty() || owners.contains(&contact.organisation));
    Ok(contacts)
}

/// Who stands in where the IT security officer does not answer: deputies and heads in the register, by address and name.
///
/// # Errors
/// The database's.
pub fn stand_ins_of(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<(MailAddress, String)>> {
    let administration = super::administration_of(tx, org)?;
    let mut all = contacts_of(tx, administration)?;
    all.retain(|contact| matches!(contact.role, ContactRole::Deputy | ContactRole::Head));
    let reached = all.into_iter().filter_map(|it| Some((MailAddress::parse(&it.mail).ok()?, it.name)));
    Ok(reached.collect())
}

/// By which number each of these is called: a hotline's, else the officer's, the deputy's, the head's.
///
/// # Errors
/// The database's.
pub fn phones(tx: &mut Tx<'_>, orgs: &[OrgId]) -> Result<HashMap<OrgId, String>> {
    let mut all = contacts::of(tx, orgs)?;
    all.retain(|contact| !contact.phone.is_empty());
    all.sort_by_key(|contact| (contact.role != ContactRole::Hotline, contact.role));
    // The last one wins, so the best comes last.
    Ok(all.into_iter().rev().map(|contact| (contact.organisation, contact.phone)).collect())
}

/// A contact of this organisation, for its form.
///
/// # Errors
/// The policy's, [`Error::NotFound`] also for a contact of another organisation.
pub fn load_contact(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, id: ContactId) -> Result<Contact> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditContacts, facts)?;
    own(tx, org, id)
}

fn own(tx: &mut Tx<'_>, org: OrgId, id: ContactId) -> Result<Contact> {
    let contact = contacts::lookup(tx, id)?.filter(|contact| contact.organisation == org);
    contact.filter(|contact| contact.ended_at.is_none()).ok_or(Error::NotFound)
}

/// Adds a contact.
///
/// # Errors
/// The policy's, [`Error::Invalid`] when it cannot be reached as stated, [`Error::NotFound`].
pub fn add_contact(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, input: &ContactInput) -> Result<ContactId> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditContacts, facts)?;
    load(tx, org)?;
    check_input(tx, org, input)?;
    let id = contacts::add(tx, org, input)?;
    super::offline::reconsider(tx, org)?;
    record(tx, actor, "directory.contact_add", org, id, input.role.code())?;
    Ok(id)
}

/// Changes a contact that was seen in version `seen`. Links that were mailed to an address that it had end.
///
/// # Errors
/// As [`add_contact`]; [`Error::Stale`] when somebody was faster; [`Error::Conflict`] when an enrolled administration
/// would have nobody left who can be written to.
pub fn change_contact(
    tx: &mut Tx<'_>,
    actor: &Actor,
    org: OrgId,
    id: ContactId,
    seen: i32,
    input: &ContactInput,
) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditContacts, facts)?;
    let before = own(tx, org, id)?;
    check_input(tx, org, input)?;
    contacts::change(tx, id, seen, input)?;
    if input.mail.as_ref().map_or("", MailAddress::as_str) != before.mail {
        // Who reads the old address does not speak for the new one.
        void_links(tx, Purpose::Contact, AnyId(id.0))?;
    }
    stays_reachable(tx, org)?;
    super::offline::reconsider(tx, org)?;
    record(tx, actor, "directory.contact_change", org, id, input.role.code())
}

/// Ends a contact that was seen in version `seen`.
///
/// # Errors
/// As [`change_contact`].
pub fn end_contact(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, id: ContactId, seen: i32) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditContacts, facts)?;
    let contact = own(tx, org, id)?;
    contacts::end(tx, id, seen)?;
    void_links(tx, Purpose::Contact, AnyId(id.0))?;
    stays_reachable(tx, org)?;
    record(tx, actor, "directory.contact_end", org, id, contact.role.code())
}

fn check_input(tx: &mut Tx<'_>, org: OrgId, input: &ContactInput) -> Result<()> {
    input.check().map_err(|(field, reason)| FieldError::new(field, reason))?;
    let Some(OutOfBand::Mail(outside)) = &input.out_of_band else { return Ok(()) };
    let domains = assets::of(tx, org)?.into_iter().filter(|asset| asset.kind == AssetKind::MailDomain);
    let inside = domains.filter_map(|asset| MailDomain::parse(&asset.value).ok());
    if inside.into_iter().any(|domain| domain.covers(outside)) {
        return Err(FieldError::new("out_of_band", "directory-error-out-of-band").into());
    }
    Ok(())
}

/// Whether somebody there can be written to when something is said to all.
pub(super) fn is_reachable(tx: &mut Tx<'_>, org: OrgId) -> Result<bool> {
    Ok(!choose(candidates(tx, &[org])?, Reach::Anybody).is_empty())
}

/// An enrolled administration that nobody can write to would be left out of every advisory without a sign.
fn stays_reachable(tx: &mut Tx<'_>, org: OrgId) -> Result<()> {
    let organisation = load(tx, org)?;
    if organisation.enrolment == Enrolment::Enrolled && !is_reachable(tx, org)? {
        return Err(Error::Conflict("directory-error-last-contact"));
    }
    Ok(())
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    org: OrgId,
    contact: ContactId,
    role: &'static str,
) -> Result<()> {
    let entry = Entry::new(action, SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(tx, actor, entry.with("contact", contact.to_string()).with("role", role))
}
