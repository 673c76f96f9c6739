//! What people do with advisories. Each function asks the policy first and works in one transaction.

mod board;
mod draft;
mod publish;
mod review;
mod sight;

pub use board::{Board, BoardRow, Tally, deliveries};
pub use draft::{Draft, begin, create, edit, reload, revise, take_up};
pub use publish::publish;
pub use review::{Proposal, approve, give_back, proposal, submit};
pub use sight::{Received, audience, is_team, list, list_received, may_write, open, show, unread, unread_of};

use super::machine::{self, Command, State};
use super::model::{Recipient, Reference, Version};
use super::store;
use crate::access::policy::{Facts, Relation};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::tlp::Tlp;
use crate::directory;
use crate::directory::model::{AudienceFilter, Reach};
use crate::store::Tx;

/// Who gets it, and who would but cannot under this label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// In the order in which the register lists places.
    pub recipients: Vec<Recipient>,
    /// Names of administrations in the audience that have no address the label may go to.
    pub left_out: Vec<String>,
}

/// The newest version.
fn load(tx: &mut Tx<'_>, reference: &Reference) -> Result<Version> {
    store::lookup(tx, reference)?.ok_or(Error::NotFound)
}

/// What the actor is to a version at the CERT.
fn facts(tx: &mut Tx<'_>, actor: &Actor, version: &Version) -> Result<Facts> {
    let is_author = match actor.account {
        Some(account) => store::authors(tx, version.id)?.contains(&account),
        None => false,
    };
    Ok(Facts::of(actor).when(is_author, Relation::Author))
}

/// Refuses a form that was made for an older version of the row.
fn check_seen(version: &Version, seen: i32) -> Result<()> {
    if version.lock == seen { Ok(()) } else { Err(Error::Stale) }
}

fn step(version: &Version, command: Command, facts: machine::Facts) -> Result<State> {
    machine::next(version.state, command, facts).map_err(Error::Conflict)
}

/// The audience as recipients: one address for each enrolled administration, for TLP:RED a named person's.
fn resolve(tx: &mut Tx<'_>, audience: &AudienceFilter, tlp: Tlp) -> Result<Resolved> {
    let reach = if tlp == Tlp::Red { Reach::NamedPersons } else { Reach::Anybody };
    let found = directory::service::audience(tx, audience, reach)?;
    let recipients = found
        .recipients
        .into_iter()
        .map(|found| Recipient {
            organisation: found.org,
            contact: found.contact,
            name: found.org_name,
            address: found.address,
        })
        .collect();
    Ok(Resolved { recipients, left_out: found.without.into_iter().map(|(_, org)| org.name).collect() })
}

fn audit(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, version: &Version) -> Result<()> {
    record(tx, actor, entry(action, version))
}

fn entry(action: &'static str, version: &Version) -> Entry {
    Entry::new(action, SubjectKind::Advisory, version.advisory).with("number", version.number)
}

#[cfg(test)]
mod offline_tests;
#[cfg(test)]
mod tests;
