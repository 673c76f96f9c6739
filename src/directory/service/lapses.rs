//! Contacts that may not hold any more: nobody signed in for half a year, or a mail came back. They are asked by mail
//! and say so by one press behind a link, without a password; who does not answer is called.

use jiff::Timestamp;

use super::{load, names};
use crate::access::model::Purpose;
use crate::access::policy::{Action, Facts, Relation, check};
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Arg, Lang, text, text_with};
use crate::core::ids::{AnyId, ContactId};
use crate::core::text::{Line, MailAddress, Title};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::core::when;
use crate::directory::model::{ASKED_AT_MOST, Contact, Due, LAPSES_AFTER, LINK_VALID, OrgName, Signs};
use crate::directory::store::{contacts, lapses};
use crate::mail::content::{Content, LINK, Slots, Template, slot};
use crate::mail::message::Recipient;
use crate::mail::outbox::{MailPurpose, NewMail, enqueue, failures_since};
use crate::store::Tx;
use crate::web::site::Settings;

/// Mails of one run at most: a register whose contacts were all entered on one day is not asked on one day.
const A_DAY: usize = 100;

/// A contact that does not answer.
#[derive(Debug, Clone)]
pub struct Silent {
    pub contact: Contact,
    pub organisation: OrgName,
    /// The latest sign of life.
    pub alive: Timestamp,
}

/// The contacts of enrolled administrations that have a mail address, with what is known of them.
fn all(tx: &mut Tx<'_>) -> Result<Vec<(Contact, Signs)>> {
    let enrolled = lapses::enrolled(tx)?;
    let failed = failures_since(tx, tx.now() - LAPSES_AFTER)?;
    let signed_in = access::last_sign_ins(tx)?;
    let mut found = contacts::of(tx, &enrolled)?;
    found.retain(|contact| !contact.mail.is_empty());
    let signs = |contact: &Contact| {
        let signs = [Some(contact.updated_at), contact.confirmed_at, signed_in.get(&contact.mail).copied()];
        Signs {
            alive: signs.into_iter().flatten().max().unwrap_or(contact.updated_at),
            failed: failed.get(&contact.mail).copied(),
            asked: contact.asked,
            asked_at: contact.asked_at,
        }
    };
    Ok(found.into_iter().map(|contact| (signs(&contact), contact)).map(|(signs, it)| (it, signs)).collect())
}

/// Asks those who are due. How many were asked.
///
/// # Errors
/// The database's.
pub fn ask(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let due: Vec<_> =
        all(tx)?.into_iter().filter(|(_, signs)| signs.due(now) == Due::Ask).take(A_DAY).collect();
    for (contact, signs) in &due {
        // What was asked before the last sign of life does not count.
        let before = signs.asked_at.filter(|asked_at| *asked_at > signs.alive).map_or(0, |_| signs.asked);
        lapses::asked(tx, contact.id, before + 1)?;
        let token = access::create_link(tx, Purpose::Contact, None, Some(AnyId(contact.id.0)), LINK_VALID)?;
        write(tx, contact, before + 1, &token)?;
        let entry = about("directory.contact_ask", contact).with("times", before + 1);
        audit::record(tx, &Actor::system("contacts"), entry)?;
    }
    Ok(due.len())
}

/// Who was asked often enough and does not answer, by organisation: to be called.
///
/// # Errors
/// The policy's and the database's.
pub fn silent(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Silent>> {
    check(tx, actor, Action::ListOrganisations, Facts::of(actor))?;
    let now = tx.now();
    let mut silent = all(tx)?;
    silent.retain(|(_, signs)| signs.due(now) == Due::Call);
    let names = names(tx, &silent.iter().map(|(contact, _)| contact.organisation).collect::<Vec<_>>())?;
    let mut all: Vec<_> = silent
        .into_iter()
        .map(|(contact, signs)| Silent {
            organisation: names.get(&contact.organisation).cloned().unwrap_or_default(),
            alive: signs.alive,
            contact,
        })
        .collect();
    all.sort_by(|a, b| a.organisation.name.cmp(&b.organisation.name));
    Ok(all)
}

/// The contact behind a link, with its organisation's name; nothing is used up.
///
/// # Errors
/// [`Error::NotFound`] alike for whatever does not hold; the policy's.
pub fn peek_contact(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<(Contact, String)> {
    let link = access::peek_link(tx, Purpose::Contact, token)?;
    check(tx, actor, Action::ConfirmContact, Facts::of(actor).with(Relation::LinkHolder))?;
    let id = ContactId(link.subject.ok_or(Error::NotFound)?.0);
    let contact = contacts::lookup(tx, id)?.filter(|contact| contact.ended_at.is_none());
    let contact = contact.ok_or(Error::NotFound)?;
    let name = load(tx, contact.organisation)?.name;
    Ok((contact, name))
}

/// Says that the contact still holds: whoever holds the link reads its mails.
///
/// # Errors
/// As [`peek_contact`].
pub fn confirm_contact(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<()> {
    let (contact, _) = peek_contact(tx, actor, token)?;
    access::use_link(tx, Purpose::Contact, token)?;
    lapses::confirmed(tx, contact.id)?;
    audit::record(tx, actor, about("directory.contact_confirm", &contact))
}

fn about(action: &'static str, contact: &Contact) -> Entry {
    let entry = Entry::new(action, SubjectKind::Organisation, contact.organisation);
    entry.organisation(Some(contact.organisation)).with("contact", contact.id.to_string())
}

fn write(tx: &mut Tx<'_>, contact: &Contact, times: i32, token: &str) -> Result<()> {
    let settings = tx.required::<Settings>()?;
    let organisation = load(tx, contact.organisation)?.name;
    let args = [
        ("organisation", Arg::from(organisation)),
        ("contact", contact.name.as_str().into()),
        ("role", text(Lang::De, contact.role.label()).into_owned().into()),
        ("times", i64::from(times).into()),
        ("most", i64::from(ASKED_AT_MOST).into()),
        ("until", when::absolute(tx.now() + LINK_VALID).into()),
        ("cert", settings.cert_name.as_str().into()),
        ("phone", settings.phone.as_str().into()),
        ("link", slot(LINK).into()),
    ];
    let unreadable = |why| Error::Internal(format!("a mail to a contact: {why}"));
    let subject = Title::parse(&text(Lang::De, "directory-alive-mail-subject")).map_err(unreadable)?;
    let body = Template::new(&text_with(Lang::De, "directory-alive-mail", &args))?;
    let mail = NewMail {
        purpose: MailPurpose::Contact,
        dispatch: Some(AnyId(contact.id.0)),
        to: Recipient {
            address: MailAddress::parse(&contact.mail).map_err(unreadable)?,
            name: Line::parse(&contact.name).ok(),
        },
        urgency: Urgency::Housekeeping,
        slots: Slots::from([(LINK.to_owned(), format!("{}/kontakt/{token}", settings.public_url))]),
    };
    enqueue(tx, &Content::clear(Tlp::Green, subject, body)?, mail).map(|_| ())
}
