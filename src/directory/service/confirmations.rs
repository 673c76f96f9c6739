//! "Stimmt so": somebody of an organisation says that contacts, telephones and networks in the register are right.

use jiff::Timestamp;
use ring::digest::{SHA256, digest};

use super::card::load_with_card;
use super::{load, org_facts};
use crate::access::policy::{Action, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::directory::model::{Asset, Confirmation, Confirmed, Contact, Organisation, today};
use crate::directory::store::{assets, confirmations, contacts, organisations};
use crate::store::Tx;

/// What is to be confirmed.
#[derive(Debug, Clone)]
pub struct ToConfirm {
    pub organisation: Organisation,
    pub contacts: Vec<Contact>,
    pub assets: Vec<Asset>,
    pub confirmed: Option<Confirmation>,
    /// Stands for all that is shown: whoever confirms says so of what they saw.
    pub state: String,
    pub may_edit_contacts: bool,
}

/// What the register knows of an organisation, for whoever may confirm it.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn to_confirm(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<ToConfirm> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::ConfirmOrganisation, facts)?;
    let (organisation, contacts, assets) = (load(tx, org)?, contacts::of(tx, &[org])?, assets::of(tx, org)?);
    Ok(ToConfirm {
        state: state(&contacts, &assets),
        may_edit_contacts: may(tx, actor, Action::EditContacts, facts),
        confirmed: confirmations::latest(tx, org, Confirmed::Data)?,
        organisation,
        contacts,
        assets,
    })
}

/// Records that it is right, as it was seen in `state`.
///
/// # Errors
/// As [`to_confirm`]; [`Error::Stale`] when something was changed since.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, seen: &str) -> Result<()> {
    let shown = to_confirm(tx, actor, org)?;
    if shown.state != seen {
        return Err(Error::Stale);
    }
    confirmations::add(tx, actor, org, Confirmed::Data)?;
    let entry = Entry::new("directory.confirm", SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(
        tx,
        actor,
        entry.with("contacts", shown.contacts.len()).with("networks", shown.assets.len()),
    )
}

/// Records that the emergency card is printed.
///
/// # Errors
/// The policy's, [`Error::NotFound`]; [`Error::Conflict`] for what runs no administration.
pub fn confirm_card(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::ConfirmOrganisation, facts)?;
    let day = today(tx.now());
    load_with_card(tx, org, day)?;
    confirmations::add(tx, actor, org, Confirmed::Card)?;
    let entry = Entry::new("directory.card_printed", SubjectKind::Organisation, org);
    audit::record(tx, actor, entry.organisation(Some(org)))
}

/// One of somebody's own houses, and when what was confirmed of it.
#[derive(Debug, Clone)]
pub struct House {
    pub id: OrgId,
    pub name: String,
    /// Whether it has an emergency card today.
    pub has_card: bool,
    pub data_at: Option<Timestamp>,
    pub card_at: Option<Timestamp>,
}

/// The actor's own houses, in the order of lists.
///
/// # Errors
/// The database's.
pub fn own_houses(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<House>> {
    let (own, day) = (actor.organisations(), today(tx.now()));
    let confirmed = confirmations::latest_of(tx, &own)?;
    let house = |organisation: Organisation| House {
        has_card: organisation.has_card_on(day),
        data_at: confirmed.get(&(organisation.id, Confirmed::Data)).copied(),
        card_at: confirmed.get(&(organisation.id, Confirmed::Card)).copied(),
        id: organisation.id,
        name: organisation.name,
    };
    Ok(organisations::of(tx, &own)?.into_iter().map(house).collect())
}

fn state(contacts: &[Contact], assets: &[Asset]) -> String {
    let contacts = contacts.iter().map(|contact| format!("{}.{}", contact.id, contact.version));
    let all: Vec<_> = contacts.chain(assets.iter().map(|asset| asset.id.to_string())).collect();
    hex::encode(&digest(&SHA256, all.join(" ").as_bytes()).as_ref()[..16])
}
