//! What the team does with mails that nobody could place.

use super::{For, join, words};
use crate::access::policy::{Action, Facts, Relation, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{EvidenceId, InboundId};
use crate::core::text::{Line, Name, Prose, Title};
use crate::correspondence::model::{Attached, Inbound, Proof, State};
use crate::correspondence::sheet::Sheet;
use crate::correspondence::store;
use crate::correspondence::threads::service as threads;
use crate::directory::service as directory;
use crate::incidents::model::{Flags, Inform, NewReport, Observed, Times, Way};
use crate::incidents::service::{self as incidents, Loose};
use crate::store::Tx;

/// As high as is counted.
const CAP: i64 = 1_000;

/// How many mails lie in each part of the inbox, at most a thousand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub open: i64,
    /// Not read yet.
    pub waiting: i64,
}

fn wanted<'a>(
    states: &'a [State],
    closed: &'a [crate::core::ids::IncidentId],
    before: Option<InboundId>,
) -> store::Wanted<'a> {
    store::Wanted { states, closed, before, one: None }
}

/// How many mails a person has to look at.
///
/// # Errors
/// The policy's.
pub fn counts(tx: &mut Tx<'_>, actor: &Actor) -> Result<Counts> {
    check(tx, actor, Action::ReadMailbox, Facts::of(actor))?;
    let closed = incidents::closed_to(tx, actor)?;
    Ok(Counts {
        open: store::count(tx, &wanted(&[State::Open], &closed, None), CAP)?,
        waiting: store::count(tx, &wanted(&[State::Waiting], &closed, None), CAP)?,
    })
}

/// Mails in these states, the newest first: what surely belongs to a case for named persons, for these alone.
///
/// # Errors
/// The policy's.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    states: &[State],
    before: Option<InboundId>,
    limit: i64,
) -> Result<Vec<Inbound>> {
    check(tx, actor, Action::ReadMailbox, Facts::of(actor))?;
    let closed = incidents::closed_to(tx, actor)?;
    store::list(tx, &wanted(states, &closed, before), limit)
}

/// A mail on its page.
#[derive(Debug, Clone)]
pub struct Shown {
    pub mail: Inbound,
    pub sheet: Option<Sheet>,
    pub files: Vec<Attached>,
    /// The case that it belongs to, or may belong to, and whose part in it that is.
    pub reference: Option<String>,
    pub organisation: Option<String>,
    /// With which third party the thread is that it belongs to there, or may belong to.
    pub thread: Option<String>,
    pub is_blocked: bool,
    pub may_sort: bool,
    /// Whether its bytes still lie here.
    pub is_here: bool,
    /// Whether it came to an address by which mails join a case, and the viewer may renew that.
    pub may_renew: bool,
}

fn load(tx: &mut Tx<'_>, actor: &Actor, id: InboundId, action: Action) -> Result<Inbound> {
    check(tx, actor, Action::ReadMailbox, Facts::of(actor))?;
    let closed = incidents::closed_to(tx, actor)?;
    let wanted = store::Wanted { states: State::ALL, closed: &closed, before: None, one: Some(id) };
    let mail = store::list(tx, &wanted, 1)?.pop().ok_or(Error::NotFound)?;
    check(tx, actor, action, Facts::of(actor))?;
    Ok(mail)
}

/// Shows a mail, and records that it was seen.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn show(tx: &mut Tx<'_>, actor: &Actor, id: InboundId) -> Result<Shown> {
    let mail = load(tx, actor, id, Action::ReadMailbox)?;
    let (sheet, data_key) = store::content(tx, id)?;
    let mut reference = None;
    if let Some(case) = mail.incident {
        let facts = incidents::case_facts(tx, actor, case)?;
        if may(tx, actor, Action::ShowIncident, facts) {
            reference = Some(incidents::load(tx, case)?.reference);
        }
    }
    let thread = match mail.thread.filter(|_| reference.is_some()) {
        Some(thread) => threads::party_of(tx, thread)?,
        None => None,
    };
    let organisation = mail.organisation.filter(|_| reference.is_some());
    let names = directory::names(tx, organisation.as_slice())?;
    let seen = Entry::new("mail.view", SubjectKind::Mail, id);
    record(tx, actor, seen)?;
    Ok(Shown {
        files: store::files_of(tx, id)?,
        is_blocked: store::is_blocked(tx, &mail.sender)?,
        may_sort: may(tx, actor, Action::SortMailbox, Facts::of(actor)),
        is_here: !data_key.is_empty(),
        may_renew: reference.is_some()
            && mail.proof == Some(Proof::Token)
            && mail.organisation.is_some()
            && may(tx, actor, Action::SortMailbox, Facts::of(actor)),
        organisation: organisation.and_then(|org| names.get(&org)).map(|name| name.name.clone()),
        thread,
        mail,
        sheet,
        reference,
    })
}

/// A mail that a person may still decide on.
fn undecided(tx: &mut Tx<'_>, actor: &Actor, id: InboundId, seen: i32) -> Result<Inbound> {
    let mail = load(tx, actor, id, Action::SortMailbox)?;
    match mail.state {
        State::Open | State::Noted | State::Discarded if mail.version == seen => Ok(mail),
        State::Open | State::Noted | State::Discarded => Err(Error::Stale),
        State::Waiting => Err(Error::Conflict("correspondence-refused-unread")),
        State::Joined | State::Filed => Err(Error::Conflict("correspondence-refused-decided")),
    }
}

/// Makes a report of a mail, unconfirmed, and returns its reference. `seen` is the version that was looked at.
///
/// # Errors
/// The policy's; [`Error::Conflict`] for a mail that belongs to a case, [`Error::Stale`].
pub fn file(tx: &mut Tx<'_>, actor: &Actor, id: InboundId, seen: i32) -> Result<String> {
    let mail = undecided(tx, actor, id, seen)?;
    let (sheet, _) = store::content(tx, id)?;
    let broken = |why| Error::Internal(format!("a report of mail {id}: {why}"));
    let title = Title::parse(&mail.subject.chars().take(190).collect::<String>());
    let title =
        title.or_else(|_| Title::parse(&text(Lang::De, "correspondence-no-subject"))).map_err(broken)?;
    let report = NewReport {
        organisation: None,
        affected: Vec::new(),
        title,
        description: Prose::parse(&words(&mail, sheet.as_ref()).chars().take(19_000).collect::<String>())
            .map_err(broken)?,
        measures: None,
        observed: Observed::Other,
        contact_name: Name::parse(&super::who(&mail).chars().take(110).collect::<String>()).ok(),
        contact_phone: None,
        // Nobody said that others may be told.
        inform: Inform::Nobody,
        flags: Flags::default(),
        is_danger: false,
        times: Times::default(),
        is_drill: false,
        suggestion: None,
    };
    let facts = Facts::of(actor).with(Relation::Oneself);
    let loose = Loose { way: Way::Mail, claimed: None, receipt: None };
    let filed = incidents::file_loose(tx, actor, facts, &report, &loose)?;
    join(tx, actor, &mail, filed.id, For::Team, State::Filed)?;
    Ok(filed.reference)
}

/// Who reads a mail that somebody brings into a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    Team,
    /// Also the organisation that it is from.
    Organisation,
    /// The team, as an answer in the thread that it was found to belong to.
    Thread,
}

/// Brings a mail into a case, for the team alone, in a thread with a third party, or also for the organisation that it is
/// from. Returns the reference.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a case that is none for the actor, [`Error::Stale`].
pub fn attach(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InboundId,
    seen: i32,
    reference: &str,
    readers: Readers,
) -> Result<String> {
    let mail = undecided(tx, actor, id, seen)?;
    let none = || Error::from(FieldError::new("vorgang", "correspondence-error-reference"));
    let incident = match incidents::load_by_reference(tx, &reference.trim().to_uppercase()) {
        Err(Error::NotFound) => return Err(none()),
        found => found?,
    };
    let facts = incidents::case_facts(tx, actor, incident.id)?;
    if !may(tx, actor, Action::ShowIncident, facts) {
        return Err(none());
    }
    check(tx, actor, Action::WriteTeamNote, facts)?;
    let surely = mail.organisation.filter(|_| mail.proof.is_some_and(|proof| proof != Proof::Tag));
    let organisation = surely.filter(|_| mail.incident == Some(incident.id)).or(incident.organisation);
    let refused = || Error::from(FieldError::new("an", "error-choice"));
    let whom = match readers {
        Readers::Team => For::Team,
        // What a third party writes no organisation reads.
        Readers::Organisation if mail.thread.is_some() => return Err(refused()),
        Readers::Organisation => match organisation {
            Some(org) if incidents::takes_part(tx, &incident, org)? => For::Organisation(org),
            _ => return Err(refused()),
        },
        // A thread of that case and no other.
        Readers::Thread => {
            check(tx, actor, Action::WriteThread, facts)?;
            For::Thread(mail.thread.filter(|_| mail.incident == Some(incident.id)).ok_or_else(refused)?)
        }
    };
    join(tx, actor, &mail, incident.id, whom, State::Joined)?;
    Ok(incident.reference)
}

/// Nothing is to be done with a mail. It stays, with the reason.
///
/// # Errors
/// As [`file()`].
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: InboundId, seen: i32, why: &Line<300>) -> Result<()> {
    let mail = undecided(tx, actor, id, seen)?;
    store::settle(tx, mail.id, seen, State::Discarded, actor.account, None)?;
    store::set_note(tx, id, why.as_str())?;
    record(tx, actor, Entry::new("mail.discard", SubjectKind::Mail, id))
}

/// Mails of this one's sender need nobody from now on, or do again.
///
/// # Errors
/// The policy's; [`Error::Conflict`] for a mail without a sender.
pub fn block(tx: &mut Tx<'_>, actor: &Actor, id: InboundId, is: bool) -> Result<()> {
    let mail = load(tx, actor, id, Action::SortMailbox)?;
    if mail.sender.is_empty() {
        return Err(Error::Conflict("correspondence-refused-no-sender"));
    }
    store::set_blocked(tx, &mail.sender, actor.account, is)?;
    let action = if is { "mail.block" } else { "mail.unblock" };
    record(tx, actor, Entry::new(action, SubjectKind::Mail, id))
}

/// Whoever knows the address that this mail came to joins no case by it any more: the organisation is given a new one
/// with the next mail.
///
/// # Errors
/// The policy's; [`Error::Conflict`] for a mail that came to no such address.
pub fn renew(tx: &mut Tx<'_>, actor: &Actor, id: InboundId) -> Result<()> {
    let mail = load(tx, actor, id, Action::SortMailbox)?;
    let (Some(case), Some(organisation), Some(Proof::Token)) = (mail.incident, mail.organisation, mail.proof)
    else {
        return Err(Error::Conflict("correspondence-refused-no-address"));
    };
    let facts = incidents::case_facts(tx, actor, case)?;
    check(tx, actor, Action::WriteTeamNote, facts)?;
    store::revoke(tx, case, organisation)?;
    let trail = Entry::new("mail.renew", SubjectKind::Mail, id).organisation(Some(organisation));
    record(tx, actor, trail.with("incident", case.to_string()))
}

/// Bytes that are handed out.
#[derive(Debug, Clone)]
pub struct Download {
    pub id: EvidenceId,
    pub name: String,
    pub data_key: Vec<u8>,
    pub size: u64,
}

/// What a mail's bytes, or an attachment's, are opened with; that they were handed out is recorded.
///
/// # Errors
/// The policy's; [`Error::Conflict`] for what a case has by now, and for a sample, which leaves only from a case.
pub fn download(tx: &mut Tx<'_>, actor: &Actor, id: InboundId, file: Option<EvidenceId>) -> Result<Download> {
    let mail = load(tx, actor, id, Action::ReadMailbox)?;
    let (_, data_key) = store::content(tx, id)?;
    if data_key.is_empty() {
        return Err(Error::Conflict("correspondence-refused-in-case"));
    }
    let found = match file {
        None => Download { id: EvidenceId(id.0), name: "mail.eml".to_owned(), data_key, size: mail.size },
        Some(file) => {
            let all = store::files_of(tx, id)?;
            let one = all.into_iter().find(|it| it.id == file).ok_or(Error::NotFound)?;
            if one.is_sample {
                return Err(Error::Conflict("correspondence-refused-sample"));
            }
            Download { id: one.id, name: one.name, data_key: one.data_key, size: one.size }
        }
    };
    let trail = Entry::new("mail.download", SubjectKind::Mail, id);
    record(tx, actor, trail.with("file", file.map(|file| file.to_string())))?;
    Ok(found)
}
