//! Keys of contacts that end: said to the contact and to the team a month before, once for each end.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::names;
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Arg, Lang, text, text_with};
use crate::core::ids::AnyId;
use crate::core::text::{Line, MailAddress, Title};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::core::when;
use crate::directory::model::Contact;
use crate::directory::store::{contacts, lapses};
use crate::mail::content::{Content, Slots, Template};
use crate::mail::message::Recipient;
use crate::mail::outbox::{MailPurpose, NewMail, enqueue};
use crate::store::Tx;
use crate::web::site::Settings;

/// So long before its end a key is announced.
pub const ENDS_SOON: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Ends that one run announces at most.
const A_DAY: usize = 100;

/// Announces the ends that are due. How many they were.
///
/// # Errors
/// The database's.
pub fn announce_endings(tx: &mut Tx<'_>) -> Result<usize> {
    let enrolled = lapses::enrolled(tx)?;
    let told = lapses::endings_told(tx)?;
    let now = tx.now();
    let is_news = |contact: &Contact, end: Timestamp| told.get(&contact.id) != Some(&end);
    let due: Vec<_> = contacts::of(tx, &enrolled)?
        .into_iter()
        .filter_map(|contact| Some((ending(&contact, now)?, contact)))
        .filter(|(end, contact)| is_news(contact, *end))
        .take(A_DAY)
        .collect();
    if due.is_empty() {
        return Ok(0);
    }
    let names = names(tx, &due.iter().map(|(_, contact)| contact.organisation).collect::<Vec<_>>())?;
    let mut list = String::new();
    for (end, contact) in &due {
        let name = names.get(&contact.organisation).map(|name| name.name.clone()).unwrap_or_default();
        let _ = writeln!(list, "- {name}, {}: {}", contact.name, when::absolute(*end));
        lapses::tell_ending(tx, contact.id, *end)?;
        to_contact(tx, contact, &name, *end)?;
        let entry = Entry::new("directory.key_end_tell", SubjectKind::Organisation, contact.organisation);
        let entry = entry.organisation(Some(contact.organisation)).with("contact", contact.id.to_string());
        audit::record(tx, &Actor::system("contacts"), entry)?;
    }
    to_team(tx, &list)?;
    Ok(due.len())
}

/// The end of the last key of a contact, where that is near or over.
fn ending(contact: &Contact, now: Timestamp) -> Option<Timestamp> {
    let end = contact.certificate_until.max(contact.pgp_until)?;
    (end.duration_since(now) <= ENDS_SOON).then_some(end)
}

fn to_contact(tx: &mut Tx<'_>, contact: &Contact, organisation: &str, end: Timestamp) -> Result<()> {
    let Ok(address) = MailAddress::parse(&contact.mail) else { return Ok(()) };
    let settings = tx.required::<Settings>()?;
    let link = format!("{}/register/{}", settings.public_url, contact.organisation);
    let args = [
        ("organisation", Arg::from(organisation)),
        ("contact", contact.name.as_str().into()),
        ("until", when::absolute(end).into()),
        ("link", link.into()),
        ("cert", settings.cert_name.as_str().into()),
        ("phone", settings.phone.as_str().into()),
    ];
    let to = Recipient { address, name: Line::parse(&contact.name).ok() };
    write(tx, contact.id.0.into(), to, ("directory-key-end-mail-subject", "directory-key-end-mail"), &args)
}

fn to_team(tx: &mut Tx<'_>, list: &str) -> Result<()> {
    let keys = ("directory-key-end-team-mail-subject", "directory-key-end-team-mail");
    for (account, name) in access::holders(tx, &[Role::Analyst, Role::CertLead])? {
        let mail = access::mail_of(tx, account)?;
        let Some(address) = mail.and_then(|mail| MailAddress::parse(&mail).ok()) else { continue };
        let to = Recipient { address, name: Line::parse(&name).ok() };
        write(tx, account.0.into(), to, keys, &[("list", Arg::from(list.trim_end()))])?;
    }
    Ok(())
}

fn write(
    tx: &mut Tx<'_>,
    about: AnyId,
    to: Recipient,
    (subject, body): (&'static str, &'static str),
    args: &[(&str, Arg<'_>)],
) -> Result<()> {
    let subject = Title::parse(&text(Lang::De, subject))
        .map_err(|why| Error::Internal(format!("a mail about a key: {why}")))?;
    let content = Content::clear(Tlp::Green, subject, Template::new(&text_with(Lang::De, body, args))?)?;
    let mail = NewMail {
        purpose: MailPurpose::Contact,
        dispatch: Some(about),
        to,
        urgency: Urgency::Housekeeping,
        slots: Slots::new(),
    };
    enqueue(tx, &content, mail).map(|_| ())
}
