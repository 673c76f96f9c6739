//! When the victim is offline: an organisation whose own mail and accounts are not trusted any more.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::{load, org_facts};
use crate::access::policy::{Action, check, may};
use crate::access::service::{self as access, sessions};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, AnyId, IncidentId, OrgId, SessionId};
use crate::core::text::{Block, MailAddress};
use crate::directory::model::{AssetKind, Compromise, Contact, OutOfBand};
use crate::directory::store::{assets, compromises, contacts, organisations};
use crate::mail::diversion::{self, Diversion, Diversions, Goes, Released, Turned, Turning};
use crate::mail::outbox::MailPurpose;
use crate::store::Tx;

/// Which mailboxes are not trusted, for `DiversionBook`.
#[derive(Debug, Clone, Copy)]
pub struct Mistrusted;

impl Diversions for Mistrusted {
    fn all(&self, tx: &mut Tx<'_>) -> Result<Vec<Diversion>> {
        let marked = compromises::present(tx)?;
        marked.into_iter().map(|org| diversion_of(tx, org)).collect()
    }
}

/// Which mailboxes of an organisation are not trusted while it is marked: all in its own mail domains. Where the register
/// has none, those of its contacts and accounts, but for the addresses that are stated for an emergency.
fn diversion_of(tx: &mut Tx<'_>, org: OrgId) -> Result<Diversion> {
    let domains = assets::of(tx, org)?.into_iter().filter(|asset| asset.kind == AssetKind::MailDomain);
    let domains: Vec<String> = domains.map(|asset| asset.value).collect();
    let mut houses = organisations::administered_by(tx, &[org])?;
    houses.push(org);
    let mut instead: HashMap<String, MailAddress> = HashMap::new();
    let mut addresses = BTreeSet::new();
    let known = contacts::of(tx, &houses)?;
    for contact in known.iter().filter(|contact| !contact.mail.is_empty()) {
        let mail = contact.mail.to_lowercase();
        if let Ok(OutOfBand::Mail(outside)) = OutOfBand::parse(&contact.out_of_band) {
            instead.entry(mail.clone()).or_insert(outside);
        }
        if domains.is_empty() && contact.organisation == org {
            addresses.insert(mail);
        }
    }
    if domains.is_empty() {
        addresses.extend(accounts_at(tx, org)?.into_iter().map(|(_, _, mail)| mail.to_lowercase()));
        for contact in known.iter().filter(|contact| contact.organisation == org) {
            addresses.remove(&contact.out_of_band.to_lowercase());
        }
    }
    Ok(Diversion { of: AnyId(org.0), domains, addresses, instead })
}

/// Who reports for or leads an organisation: account, name and mail address.
fn accounts_at(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<(AccountId, String, String)>> {
    let mut all = Vec::new();
    for (account, name) in access::members(tx, org)? {
        let mail = access::mail_of(tx, account)?.unwrap_or_default();
        all.push((account, name, mail));
    }
    Ok(all)
}

/// How a contact is reached while its organisation is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// Its mailbox is elsewhere and stays trusted.
    AsBefore,
    /// By mail to this address instead.
    ByMail(MailAddress),
    /// By telephone: the number for an emergency, otherwise the usual one; perhaps none is known.
    ByTelephone(String),
}

/// What marking an organisation leads to, before anybody does it.
#[derive(Debug, Clone)]
pub struct Preview {
    pub contacts: Vec<(Contact, Reached)>,
    /// Whose sign-in will need a telephone call, with their mail address.
    pub accounts: Vec<(String, String)>,
    /// What becomes of the mails that wait now.
    pub turned: Turned,
}

/// All that is known of an organisation's marks.
#[derive(Debug, Clone)]
pub struct Offline {
    /// The present mark.
    pub present: Option<Compromise>,
    /// Earlier ones, the latest first.
    pub earlier: Vec<Compromise>,
    pub preview: Preview,
    /// What was written to it since the present mark, the newest first.
    pub turned: Vec<Turning>,
    pub may_mark: bool,
    /// Who signs in there and waits for a telephone call.
    pub sign_ins: Vec<SignIn>,
    pub may_release: bool,
}

/// A sign-in of one of its accounts that waits for a telephone call.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub session: SessionId,
    pub name: String,
    pub mail: String,
    /// What that person reads aloud.
    pub code: String,
    pub since: Timestamp,
    pub ip: Option<String>,
}

/// An organisation's marks, what they lead to, and what was written to it meanwhile.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn offline(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<Offline> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::ShowCrisis, facts)?;
    load(tx, org)?;
    let (present, earlier): (Vec<_>, Vec<_>) =
        compromises::of(tx, org)?.into_iter().partition(|one| one.lifted.is_none());
    let present = present.into_iter().next();
    let turned = match &present {
        Some(mark) => diversion::turned(tx, AnyId(org.0), mark.since)?,
        None => Vec::new(),
    };
    let may_mark = may(tx, actor, Action::MarkOffline, facts);
    let may_release = may(tx, actor, Action::ReleaseSignIn, facts);
    let sign_ins = if present.is_some() { sign_ins(tx, org)? } else { Vec::new() };
    Ok(Offline { present, earlier, preview: preview(tx, org)?, turned, may_mark, sign_ins, may_release })
}

/// The sign-ins at an organisation that wait for a telephone call.
fn sign_ins(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<SignIn>> {
    let accounts = accounts_at(tx, org)?;
    let ids: Vec<AccountId> = accounts.iter().map(|(id, ..)| *id).collect();
    let waiting = sessions::waiting(tx, &ids)?.into_iter().filter_map(|one| {
        let (_, name, mail) = accounts.iter().find(|(id, ..)| *id == one.account)?.clone();
        let code = sessions::spoken_code(one.session);
        Some(SignIn { session: one.session, name, mail, code, since: one.since, ip: one.ip })
    });
    Ok(waiting.collect())
}

/// Lets somebody in who was spoken to on the telephone: for this one session.
///
/// # Errors
/// The policy's, [`Error::NotFound`]; [`Error::Stale`] where that sign-in does not wait there any more.
pub fn release_sign_in(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, session: SessionId) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::ReleaseSignIn, facts)?;
    let is_marked = !compromises::present_of(tx, &[org])?.is_empty();
    if !is_marked || !sign_ins(tx, org)?.iter().any(|one| one.session == session) {
        return Err(Error::Stale);
    }
    sessions::release(tx, session)?;
    let entry = Entry::new("session.release", SubjectKind::Session, session).organisation(Some(org));
    audit::record(tx, actor, entry)
}

fn preview(tx: &mut Tx<'_>, org: OrgId) -> Result<Preview> {
    let all = [diversion_of(tx, org)?];
    let reached = |contact: Contact| {
        let way = match diversion::goes(&all, &contact.mail, MailPurpose::Incident.code()) {
            Goes::AsWritten if !contact.mail.is_empty() => Reached::AsBefore,
            Goes::Instead(_, to) => Reached::ByMail(to.clone()),
            _ => Reached::ByTelephone(telephone_of(&contact)),
        };
        (contact, way)
    };
    let contacts = contacts::of(tx, &[org])?.into_iter().map(reached).collect();
    let accounts = accounts_at(tx, org)?.into_iter().map(|(_, name, mail)| (name, mail)).collect();
    Ok(Preview { contacts, accounts, turned: diversion::foresee(tx, &all)? })
}

/// The number for an emergency, otherwise the usual one.
fn telephone_of(contact: &Contact) -> String {
    match OutOfBand::parse(&contact.out_of_band) {
        Ok(OutOfBand::Phone(phone)) => phone.as_str().to_owned(),
        _ => contact.phone.clone(),
    }
}

/// What marking an organisation did.
#[derive(Debug, Clone, Copy)]
pub struct Marked {
    pub turned: Turned,
    /// How many sessions of its accounts were ended.
    pub sessions: usize,
}

/// Marks an organisation: from the commit on nothing is written to its own mailboxes, and its accounts need a telephone call.
///
/// # Errors
/// The policy's, [`Error::NotFound`]; [`Error::Conflict`] for the CERT itself, and where it is marked already.
pub fn mark_offline(
    tx: &mut Tx<'_>,
    actor: &Actor,
    org: OrgId,
    incident: Option<IncidentId>,
    reason: &Block<2000>,
) -> Result<Marked> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::MarkOffline, facts)?;
    if load(tx, org)?.is_cert {
        return Err(Error::Conflict("offline-error-cert"));
    }
    if !compromises::present_of(tx, &[org])?.is_empty() {
        return Err(Error::Conflict("offline-error-already"));
    }
    compromises::add(tx, actor, org, incident, reason.as_str())?;
    let turned = diversion::turn(tx)?;
    let mut ended = 0;
    for (account, ..) in accounts_at(tx, org)? {
        ended += sessions::end_all_of(tx, account)?;
    }
    let entry = Entry::new("directory.offline", SubjectKind::Organisation, org).organisation(Some(org));
    let entry = entry.with("rerouted", turned.rerouted).with("held", turned.held).with("sessions", ended);
    audit::record(tx, actor, entry)?;
    Ok(Marked { turned, sessions: ended })
}

/// Lifts the mark: somebody made sure that the organisation's own mail works again and is its own. Gives the case that it
/// was marked from, and what becomes of held mails.
///
/// # Errors
/// The policy's, [`Error::NotFound`]; [`Error::Stale`] where it is not marked.
pub fn lift_offline(
    tx: &mut Tx<'_>,
    actor: &Actor,
    org: OrgId,
    reason: &Block<2000>,
) -> Result<(Option<IncidentId>, Released)> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::MarkOffline, facts)?;
    let mark = compromises::present_of(tx, &[org])?.pop().ok_or(Error::Stale)?;
    compromises::lift(tx, actor, mark.id, reason.as_str())?;
    let released = diversion::release(tx, AnyId(org.0))?;
    let entry = Entry::new("directory.online", SubjectKind::Organisation, org).organisation(Some(org));
    let entry = entry.with("sent", released.sent).with("overtaken", released.overtaken);
    audit::record(tx, actor, entry)?;
    Ok((mark.incident, released))
}

/// Asks again where held mails go, after somebody stated another way to reach a contact.
pub(super) fn reconsider(tx: &mut Tx<'_>, org: OrgId) -> Result<()> {
    if compromises::present_of(tx, &[org])?.is_empty() {
        Ok(())
    } else {
        diversion::reconsider(tx, AnyId(org.0))
    }
}

/// Which of these are marked, and since when: for banners of the team. Who may not see it sees none.
///
/// # Errors
/// The database's.
pub fn marked_among(tx: &mut Tx<'_>, actor: &Actor, orgs: &[OrgId]) -> Result<Vec<(OrgId, Timestamp)>> {
    let mut marked = Vec::new();
    for mark in compromises::present_of(tx, orgs)? {
        let facts = org_facts(tx, actor, mark.organisation)?;
        if may(tx, actor, Action::ShowCrisis, facts) {
            marked.push((mark.organisation, mark.since));
        }
    }
    Ok(marked)
}

/// Whether one of these is marked now, for features that ask on their own behalf.
///
/// # Errors
/// The database's.
pub fn is_any_marked(tx: &mut Tx<'_>, orgs: &[OrgId]) -> Result<bool> {
    Ok(!orgs.is_empty() && !compromises::present_of(tx, orgs)?.is_empty())
}
