//! Whom a step reaches: from whom it names to the people who get a mail.

use std::collections::BTreeMap;

use crate::access::service as access;
use crate::core::actor::Role;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::core::tlp::Tlp;
use crate::directory::model::{ContactRole, Kind, Level};
use crate::directory::service as directory;
use crate::escalation::plan::Whom;
use crate::incidents::model::Incident;
use crate::incidents::service as incidents;
use crate::mail::message::Recipient;
use crate::store::Tx;

/// Somebody who gets the mail; the account where there is one.
pub(super) struct Person {
    pub recipient: Recipient,
    pub account: Option<AccountId>,
}

/// Where a step goes.
pub(super) struct Reached {
    pub organisation: Option<OrgId>,
    /// Nobody twice, in the order of addresses.
    pub people: Vec<Person>,
}

/// Finds whom a step reaches now. Of a restricted case only the named persons are reached.
pub(super) fn reach(
    tx: &mut Tx<'_>,
    incident: &Incident,
    whom: &Whom,
    chosen: Option<OrgId>,
) -> Result<Reached> {
    let organisation = match whom {
        Whom::CertTeam => return team(tx, incident, Role::Analyst),
        Whom::CertLead => return team(tx, incident, Role::CertLead),
        whom => organisation(tx, incident, whom, chosen)?,
    };
    let people = match organisation {
        Some(org) => people_at(tx, incident, org)?,
        None => Vec::new(),
    };
    Ok(Reached { organisation, people })
}

/// The organisation that a step names.
pub(super) fn organisation(
    tx: &mut Tx<'_>,
    incident: &Incident,
    whom: &Whom,
    chosen: Option<OrgId>,
) -> Result<Option<OrgId>> {
    Ok(match whom {
        Whom::CertTeam | Whom::CertLead => None,
        Whom::Chosen => chosen,
        Whom::StateLeadership => directory::state_leadership(tx)?,
        Whom::Key(key) => directory::lookup_by_key(tx, key)?.map(|org| org.id),
        Whom::ReporterOrganisation => match incident.organisation {
            Some(org) => Some(directory::administration_of(tx, org)?),
            None => None,
        },
        Whom::Provider => match incident.organisation {
            Some(org) => directory::providers_of(tx, org)?.into_iter().next(),
            None => None,
        },
    })
}

/// Whether telling this organisation takes the case out of the Land: federal bodies, other CERTs, other Länder.
pub(super) fn leaves_the_land(tx: &mut Tx<'_>, org: OrgId) -> Result<bool> {
    let there = directory::load(tx, org)?;
    Ok(there.level == Level::Federal
        || there.kind == Kind::FederalAgency
        || (there.kind == Kind::Cert && !there.is_cert)
        || directory::abroad(tx, &[org])?.contains(&org))
}

fn team(tx: &mut Tx<'_>, incident: &Incident, role: Role) -> Result<Reached> {
    let named = incidents::named(tx, incident)?;
    let mut people = BTreeMap::new();
    for (account, name) in access::holders(tx, &[role])? {
        if !incident.is_restricted || named.contains(&account) {
            add(tx, &mut people, account, &name)?;
        }
    }
    Ok(Reached { organisation: None, people: people.into_values().collect() })
}

/// The people of an organisation: its accounts, otherwise its contact; a mailbox of a function never for TLP:RED.
pub(super) fn people_at(tx: &mut Tx<'_>, incident: &Incident, org: OrgId) -> Result<Vec<Person>> {
    let named = incidents::named(tx, incident)?;
    let mut people = BTreeMap::new();
    for (account, name) in access::members(tx, org)? {
        if !incident.is_restricted || named.contains(&account) {
            add(tx, &mut people, account, &name)?;
        }
    }
    if people.is_empty() && !incident.is_restricted {
        let mut contacts = directory::contacts_of(tx, org)?;
        contacts.retain(|contact| {
            contact.role != ContactRole::Hotline && (incident.tlp != Tlp::Red || !contact.is_function)
        });
        contacts.sort_by_key(|contact| contact.role);
        let first = contacts.into_iter().find_map(|contact| {
            let address = MailAddress::parse(&contact.mail).ok()?;
            Some(Person {
                recipient: Recipient { address, name: Name::parse(&contact.name).ok() },
                account: None,
            })
        });
        return Ok(first.into_iter().collect());
    }
    Ok(people.into_values().collect())
}

fn add(
    tx: &mut Tx<'_>,
    people: &mut BTreeMap<MailAddress, Person>,
    account: AccountId,
    name: &str,
) -> Result<()> {
    if let Some(address) = access::mail_of(tx, account)?.and_then(|mail| MailAddress::parse(&mail).ok()) {
        let recipient = Recipient { address: address.clone(), name: Name::parse(name).ok() };
        people.entry(address).or_insert(Person { recipient, account: Some(account) });
    }
    Ok(())
}
