//! Sending: what was approved, and nothing else, becomes one mail for each recipient.

use super::{check_seen, entry, facts, load, step};
use crate::access::policy::{self, Action};
use crate::advisories::letter::{self, Letter, ORGANISATION};
use crate::advisories::machine::{self, Command};
use crate::advisories::model::{Recipient, Reference, Version};
use crate::advisories::seal;
use crate::advisories::store;
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, DeliveryId};
use crate::core::text::{MailAddress, Name};
use crate::mail;
use crate::mail::confidential::seal_for;
use crate::mail::content::Slots;
use crate::mail::outbox::{self, MailPurpose, NewMail};
use crate::store::Tx;
use crate::web::site::Settings;

/// Publishes an approved version: one mail for each delivery waits in the outbox when this commits, and the version
/// before it is superseded.
///
/// # Errors
/// [`Error::Conflict`] when content, mail or recipients are not what was approved; [`Error::Stale`].
pub fn publish(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference, seen: i32) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::PublishAdvisory, facts)?;
    check_seen(&version, seen)?;
    let letter = letter::compose(&version, tx.required::<Settings>()?)?;
    let deliveries = store::recipients(tx, version.id)?;
    let state = step(&version, Command::Publish, compared(&version, &letter, &deliveries))?;
    store::set_state(tx, &version, state)?;
    store::set_published(tx, version.id)?;
    supersede_previous(tx, actor, &version)?;
    enqueue(tx, &version, &letter, &deliveries)?;
    record(tx, actor, entry("advisory.publish", &version).with("recipients", deliveries.len()))?;
    load(tx, reference)
}

/// Whether what would be sent is what was approved, to the last byte.
fn compared(version: &Version, letter: &Letter, deliveries: &[(DeliveryId, Recipient)]) -> machine::Facts {
    let recipients: Vec<_> = deliveries.iter().map(|(_, recipient)| recipient.clone()).collect();
    let digest = seal::digest(version, letter, &recipients);
    machine::Facts {
        is_as_approved: version.approved_hash.as_deref() == Some(digest.as_slice()),
        ..machine::Facts::default()
    }
}

fn supersede_previous(tx: &mut Tx<'_>, actor: &Actor, version: &Version) -> Result<()> {
    let Some(previous) = store::lookup_previous(tx, version)? else { return Ok(()) };
    match machine::next(previous.state, Command::Supersede, machine::Facts::default()) {
        Ok(state) => {
            store::set_state(tx, &previous, state)?;
            record(tx, actor, entry("advisory.supersede", &previous).with("by", version.number))
        }
        // Withdrawn ones stay so.
        Err(_) => Ok(()),
    }
}

/// One mail for each delivery; the more urgent the warning, the sooner it leaves among those that wait.
fn enqueue(
    tx: &mut Tx<'_>,
    version: &Version,
    letter: &Letter,
    deliveries: &[(DeliveryId, Recipient)],
) -> Result<()> {
    let body = outbox::add_body(tx, &letter.content)?;
    let mails =
        deliveries.iter().map(|(_, recipient)| new_mail(version, recipient)).collect::<Result<Vec<_>>>()?;
    let ids = outbox::enqueue_all(tx, body, &mails)?;
    if let Some(sealed) = &letter.sealed {
        let of = deliveries.iter().map(|(_, recipient)| AnyId(recipient.organisation.0));
        let all: Vec<_> = ids.iter().zip(of).zip(&mails).map(|((id, of), mail)| (*id, of, mail)).collect();
        seal_for(tx, body, version.frame.tlp, &all, sealed)?;
    }
    let carried: Vec<_> = deliveries.iter().map(|(delivery, _)| *delivery).zip(ids).collect();
    store::set_mails(tx, &carried)
}

fn new_mail(version: &Version, recipient: &Recipient) -> Result<NewMail> {
    let address = MailAddress::parse(&recipient.address)
        .map_err(|_| Error::Internal("a stored address is damaged".to_owned()))?;
    Ok(NewMail {
        purpose: MailPurpose::Advisory,
        dispatch: Some(AnyId(version.id.0)),
        to: mail::message::Recipient { address, name: Name::parse(&recipient.name).ok() },
        urgency: version.frame.step.urgency(),
        slots: Slots::from([(ORGANISATION.to_owned(), recipient.name.clone())]),
    })
}
