//! What becomes of mails that came in. Each function asks the policy first; bytes are the vault's, rules are [`super::judge`]'s.

mod place;
mod polls;
mod sort;

pub use place::Threads;
pub use polls::{Turn, end_turn, hold_turn, mailbox, take_turn};
pub use sort::{Download, Readers, Shown, attach, block, counts, discard, download, file, list, renew, show};

use serde_json::{Map, Value};

use super::judge::{BounceClass, Found, Outcome, Party, Returned, Verdict};
use super::model::{Attached, Envelope, Inbound, MailInSettings, Proof, Road, State};
use super::seals::{Known, may_be_told};
use super::sheet::Sheet;
use super::store;
use super::threads::service as threads;
use crate::access::policy::{Action, Facts, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{EvidenceId, InboundId, IncidentId, OrgId, ThreadId};
use crate::directory::model::{Certificate, Contact};
use crate::directory::service as directory;
use crate::incidents::evidence::model::{FileName, Kept};
use crate::incidents::evidence::service as evidence;
use crate::incidents::model::Audience;
use crate::incidents::service as incidents;
use crate::mail::outbox;
use crate::store::Tx;

/// Characters of a mail's text that stand on a timeline; all of it is among the files.
const TOLD: usize = 20_000;

/// Writes a mail down whose bytes are durable: when this is committed, it is accepted.
///
/// # Errors
/// The policy's.
pub fn register(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kept: &Kept,
    road: Road,
    envelope: &Envelope,
) -> Result<InboundId> {
    check(tx, actor, Action::TakeMail, Facts::of(actor))?;
    let id = store::add(tx, &store::New { kept, road, envelope })?;
    let trail =
        Entry::new("mail.take", SubjectKind::Mail, id).with("way", road.code()).with("size", kept.size);
    record(tx, actor, trail)?;
    tx.leave_work();
    Ok(id)
}

/// A mail that is to be read, and what is needed for that.
#[derive(Debug, Clone)]
pub struct Due {
    pub mail: Inbound,
    pub data_key: Vec<u8>,
    pub sha256: [u8; 32],
}

/// Whether a mail waits to be read.
///
/// # Errors
/// The database's.
pub fn has_due(tx: &mut Tx<'_>) -> Result<bool> {
    store::has_due(tx)
}

/// Takes mails that nobody read yet, for as long as reading one may take.
///
/// # Errors
/// The policy's.
pub fn claim(tx: &mut Tx<'_>, actor: &Actor, limit: i64) -> Result<Vec<Due>> {
    check(tx, actor, Action::TakeMail, Facts::of(actor))?;
    let until = tx.now() + jiff::SignedDuration::from_mins(5);
    let ids = store::claim(tx, limit, until)?;
    ids.into_iter().map(|id| due(tx, id)).collect()
}

fn due(tx: &mut Tx<'_>, id: InboundId) -> Result<Due> {
    let wanted = store::Wanted { states: &[State::Waiting], closed: &[], before: None, one: Some(id) };
    let mail = store::list(tx, &wanted, 1)?.pop().ok_or(Error::NotFound)?;
    let (_, data_key) = store::content(tx, id)?;
    Ok(Due { mail, data_key, sha256: store::sha256(tx, id)? })
}

/// What the house knows of a mail; `id` where it is one that was written down.
///
/// # Errors
/// The policy's.
pub fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Option<InboundId>,
    sha256: &[u8],
    envelope: &Envelope,
    sheet: &Sheet,
) -> Result<Found> {
    check(tx, actor, Action::TakeMail, Facts::of(actor))?;
    place::found(tx, id, sha256, envelope, sheet)
}

/// The keys that are on file for an address; where the contact stands.
///
/// # Errors
/// The database's.
pub fn keys_of(tx: &mut Tx<'_>, address: &str) -> Result<Vec<Known>> {
    let contacts = directory::speakers_at(tx, address)?;
    let organisations: Vec<_> = contacts.iter().map(|contact| contact.organisation).collect();
    let names = directory::names(tx, &organisations)?;
    let known = |contact: Contact| {
        let place = names.get(&contact.organisation).map_or("", |name| name.name.as_str());
        let parts = [contact.name.as_str(), place].into_iter().filter(|part| !part.is_empty());
        Known {
            name: parts.collect::<Vec<_>>().join(", "),
            certificate: contact.certificate.as_deref().and_then(Certificate::der_of),
            openpgp: contact.pgp_key,
            openpgp_until: contact.pgp_until,
        }
    };
    Ok(contacts.into_iter().map(known).collect())
}

/// Carries out what was decided of a mail, with what was read of it and what was attached.
///
/// # Errors
/// [`Error::Stale`] when somebody else read it meanwhile.
pub fn conclude(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mail: &Inbound,
    sheet: Option<&Sheet>,
    files: &[Attached],
    (verdict, found): (&Verdict, &Found),
) -> Result<()> {
    check(tx, actor, Action::TakeMail, Facts::of(actor))?;
    let (state, place) = match &verdict.outcome {
        Outcome::Join(place, proof) => (State::Open, (Some(place.incident), Some(place.party), Some(*proof))),
        Outcome::Propose(case, party, proof) => (State::Open, (Some(*case), *party, Some(*proof))),
        Outcome::Show => (State::Open, (None, None, None)),
        Outcome::Note => (State::Noted, noted(found)),
    };
    let read = store::Read {
        seen: mail.version,
        state,
        kind: verdict.kind,
        reasons: verdict.reasons.join(" "),
        place,
        sheet,
    };
    store::set_read(tx, mail.id, &read)?;
    for file in files {
        store::add_file(tx, mail.id, file)?;
    }
    if let (Some(BounceClass::Permanent), Some(returned)) = (verdict.bounce, &found.bounced) {
        let fates = sheet.map(|sheet| sheet.fates.as_slice()).unwrap_or_default();
        let said = fates.iter().find(|fate| fate.is_final());
        let words = said.map(|fate| format!("{} {}", fate.status, fate.why)).unwrap_or_default();
        let answer = text_with(Lang::De, "correspondence-came-back", &[("answer", words.trim().into())]);
        let is_ours = outbox::set_bounced(tx, returned.mail, &answer)?;
        if is_ours {
            came_back(tx, actor, returned, words.trim())?;
        }
        let trail = Entry::new("mail.bounce", SubjectKind::Mail, returned.mail).with("counted", is_ours);
        record(tx, actor, trail)?;
    }
    if let (Outcome::Join(place, _), Some(sheet)) = (&verdict.outcome, sheet) {
        let mail = Inbound {
            sender: sheet.from.clone(),
            sender_name: sheet.from_name.clone(),
            subject: sheet.subject.clone(),
            version: mail.version + 1,
            ..mail.clone()
        };
        let whom = match place.party {
            Party::Organisation(organisation) if may_be_told(&sheet.seals) => For::Organisation(organisation),
            Party::Organisation(organisation) => For::Sealed(organisation),
            Party::Thread(thread) => For::Thread(thread),
        };
        join(tx, actor, &mail, place.incident, whom, State::Joined)?;
    }
    let trail = Entry::new("mail.read", SubjectKind::Mail, mail.id).with("kind", verdict.kind.code());
    record(tx, actor, trail.with("reasons", verdict.reasons.join(" ")))
}

/// Tells the team, in the case that a mail was about, that its recipient did not get it.
fn came_back(tx: &mut Tx<'_>, actor: &Actor, returned: &Returned, words: &str) -> Result<()> {
    let address = outbox::by_id(tx, returned.mail)?.and_then(|written| written.reply_to);
    let settings = tx.required::<MailInSettings>()?;
    let Some(token) = address.and_then(|address| settings.token(&address)) else { return Ok(()) };
    let house = store::thread_by_token(tx, &token)?.map(|thread| thread.incident);
    let party = threads::by_token(tx, &token)?.map(|thread| thread.incident);
    let Some(case) = house.or(party) else { return Ok(()) };
    let facts = Map::from_iter([("name".to_owned(), Value::from(returned.recipient.as_str()))]);
    let body = Some(words).filter(|words| !words.is_empty());
    incidents::add_system_entry(tx, actor, case, "mail_back", Audience::Team, facts, body).map(|_| ())
}

/// The case of what a machine answered, so that it is found from there.
fn noted(found: &Found) -> (Option<IncidentId>, Option<Party>, Option<Proof>) {
    let sure = found.token.as_ref().map(|place| (place, Proof::Token));
    match sure.or_else(|| found.answer.as_ref().map(|place| (place, Proof::Answer))) {
        Some((place, proof)) => (Some(place.incident), Some(place.party), Some(proof)),
        None => (None, None, None),
    }
}

/// For whom a mail comes into a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Team,
    /// The team and this organisation.
    Organisation(OrgId),
    /// The team; its organisation is told that it came, and not what it says.
    Sealed(OrgId),
    /// The team, as an answer in this thread.
    Thread(ThreadId),
}

impl For {
    fn audience(self) -> Audience {
        match self {
            Self::Team | Self::Sealed(_) | Self::Thread(_) => Audience::Team,
            Self::Organisation(organisation) => Audience::Organisation(organisation),
        }
    }
}

/// Brings a mail into a case: a line of the timeline, and its bytes and attachments as evidence.
fn join(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mail: &Inbound,
    case: IncidentId,
    whom: For,
    state: State,
) -> Result<()> {
    let audience = whom.audience();
    let (sheet, data_key) = store::content(tx, mail.id)?;
    let sha256 = store::sha256(tx, mail.id)?;
    // Whoever says to have written it stands beside what they wrote; the trail says who brought it in.
    let writer = Actor { account: None, name: who(mail), ..actor.clone() };
    let kept = Kept { id: EvidenceId(mail.id.0), data_key, size: mail.size, sha256 };
    let name = FileName::new("mail.eml")?;
    evidence::adopt(tx, &writer, case, &kept, (&name, "message/rfc822", false), audience)?;
    let files = store::files_of(tx, mail.id)?;
    for file in &files {
        let sha256 = file.sha256.as_slice().try_into();
        let sha256 = sha256.map_err(|_| Error::Internal(format!("file {}: sha256", file.id)))?;
        let kept = Kept { id: file.id, data_key: file.data_key.clone(), size: file.size, sha256 };
        let name = FileName::new(&file.name)?;
        evidence::adopt(tx, &writer, case, &kept, (&name, &file.media_type, file.is_sample), audience)?;
    }
    store::give_away(tx, mail.id)?;
    if state == State::Joined {
        let mut facts = Map::from_iter([("files".to_owned(), Value::from(files.len() + 1))]);
        if let Some(sheet) = sheet.as_ref().filter(|sheet| !sheet.seals.is_empty()) {
            facts.insert("seals".to_owned(), serde_json::to_value(&sheet.seals).unwrap_or_default());
        }
        let body = words(mail, sheet.as_ref());
        let line = incidents::add_system_entry(tx, &writer, case, "mail_in", audience, facts, Some(&body))?;
        if let For::Thread(thread) = whom {
            let message_id = sheet.as_ref().and_then(|it| it.message_id.as_deref());
            threads::received(tx, thread, line, mail.id, message_id)?;
        }
        if let For::Sealed(org) = whom {
            let (theirs, body) = (Audience::Organisation(org), text(Lang::De, "correspondence-told-sealed"));
            incidents::add_system_entry(tx, &writer, case, "mail_in", theirs, Map::new(), Some(&body))?;
        }
        match whom {
            For::Thread(_) => incidents::hear_of(tx, case)?,
            For::Team | For::Organisation(_) | For::Sealed(_) => incidents::hear(tx, actor, case)?,
        }
    }
    if let (For::Organisation(org) | For::Sealed(org), Some(id)) =
        (whom, sheet.as_ref().and_then(|it| it.message_id.as_ref()))
    {
        store::set_last(tx, case, org, id)?;
    }
    store::settle(tx, mail.id, mail.version, state, actor.account, Some(case))?;
    let trail = Entry::new("mail.join", SubjectKind::Mail, mail.id)
        .with("incident", case.to_string())
        .with("audience", audience.code());
    let thread = match whom {
        For::Thread(thread) => Some(thread.to_string()),
        For::Team | For::Organisation(_) | For::Sealed(_) => None,
    };
    record(tx, actor, trail.with("thread", thread))
}

/// Who says to have written it.
pub(super) fn who(mail: &Inbound) -> String {
    match (mail.sender_name.as_str(), mail.sender.as_str()) {
        ("", "") => text(Lang::De, "correspondence-no-sender").into_owned(),
        ("", address) => address.to_owned(),
        (name, "") => name.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}

/// A mail as a timeline tells it.
fn words(mail: &Inbound, sheet: Option<&Sheet>) -> String {
    let subject =
        text_with(Lang::De, "correspondence-told-subject", &[("subject", mail.subject.as_str().into())]);
    let said = sheet.map(|sheet| sheet.letter.text.trim()).unwrap_or_default();
    let said = if said.is_empty() { text(Lang::De, "correspondence-no-text") } else { said.into() };
    evidence::legible(&format!("{subject}\n\n{said}"), TOLD).0
}
