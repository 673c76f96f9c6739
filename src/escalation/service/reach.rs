//! Whom a step reaches: from whom it names to the people who get a mail.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::access::service as access;
use crate::core::actor::Role;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::core::tlp::Tlp;
use crate::directory::model::{ContactRole, Kind, Level};
use crate::directory::service as directory;
use crate::escalation::plan::Whom;
use crate::escalation::roster::service as roster;
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
    /// Who is on call, by name, where the step is for that one.
    pub on_call: Option<String>,
    /// Whether the step is for whoever is on call, and nobody is: who leads the CERT is reached.
    pub is_unattended: bool,
}

/// When a step is told, and whether it was told before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub at: Timestamp,
    pub is_again: bool,
}

/// Finds whom a step reaches now. Of a restricted case only the named persons are reached.
pub(super) fn reach(
    tx: &mut Tx<'_>,
    incident: &Incident,
    whom: &Whom,
    chosen: Option<OrgId>,
    moment: Moment,
) -> Result<Reached> {
    let organisation = match whom {
        Whom::CertTeam => return team(tx, incident, Role::Analyst),
        Whom::CertLead => return team(tx, incident, Role::CertLead),
        Whom::OnCall => return on_call(tx, incident, moment),
        whom => organisation(tx, incident, whom, chosen)?,
    };
    let people = match organisation {
        Some(org) => people_at(tx, incident, org)?,
        None => Vec::new(),
    };
    Ok(Reached { organisation, people, on_call: None, is_unattended: false })
}

/// The organisation that a step names.
pub(super) fn organisation(
    tx: &mut Tx<'_>,
    incident: &Incident,
    whom: &Whom,
    chosen: Option<OrgId>,
) -> Result<Option<OrgId>> {
    Ok(match whom {
        Whom::CertTeam | Whom::CertLead | Whom::OnCall => None,
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
    let people = people.into_values().collect();
    Ok(Reached { organisation: None, people, on_call: None, is_unattended: false })
}

/// Whoever is on call, the deputy as well where nobody answered; who leads the CERT where nobody can be reached so.
fn on_call(tx: &mut Tx<'_>, incident: &Incident, moment: Moment) -> Result<Reached> {
    let on_call = roster::on_call(tx, moment.at)?;
    let asked: Vec<AccountId> =
        [on_call.first, on_call.deputy.filter(|_| moment.is_again)].into_iter().flatten().collect();
    let named = incidents::named(tx, incident)?;
    let names = access::names(tx, &asked)?;
    let mut people = BTreeMap::new();
    for account in asked.iter().filter(|account| !incident.is_restricted || named.contains(account)) {
        add(tx, &mut people, *account, names.get(account).map_or("", String::as_str))?;
    }
    if people.is_empty() {
        return Ok(Reached { is_unattended: true, ..team(tx, incident, Role::CertLead)? });
    }
    let first = asked.first().and_then(|first| names.get(first)).cloned();
    let people = people.into_values().collect();
    Ok(Reached { organisation: None, people, on_call: first, is_unattended: false })
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
