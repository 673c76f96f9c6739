//! What the team writes to third parties.

use jiff::Timestamp;
use serde_json::{Map, json};

use super::{audit, find, of_case};
use crate::access::policy::Action;
use crate::audit::model::{Entry as Trail, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{AnyId, ThreadId};
use crate::core::text::{MailAddress, Name, Title};
use crate::core::urgency::Urgency;
use crate::correspondence::model::MailInSettings;
use crate::correspondence::threads::model::{FallSilent, Letter, NewThread, State, TheirReference, Thread};
use crate::correspondence::threads::store::{self, By, Change};
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::mail::content::{Content, Template};
use crate::mail::message::Recipient;
use crate::mail::outbox::{self, MailPurpose, NewMail, enqueue, set_thread};
use crate::queue;
use crate::store::{At, Tx};

/// Begins a thread with a third party by its first mail.
///
/// # Errors
/// The policy's; [`Error::Conflict`] for a closed case; [`Error::Invalid`] for a label that does not travel in clear, one
/// below the case's that nobody confirmed, an address of our own, or a reminder in the past.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, reference: &str, new: &NewThread) -> Result<ThreadId> {
    let (incident, _) = find(tx, actor, reference, Action::WriteThread)?;
    if incident.status == Status::Closed {
        return Err(Error::Conflict("incident-refused-closed"));
    }
    check_letter(tx, &incident, &new.letter)?;
    if tx.provided::<MailInSettings>().is_some_and(|own| own.is_own(new.address.as_str())) {
        return Err(FieldError::new("address", "thread-refused-own-address").into());
    }
    let token = token(tx);
    let id = store::add(tx, incident.id, new, &token)?;
    let thread = of_case(tx, &incident, id)?;
    audit(tx, actor, "incident.thread_open", &incident, id)?;
    send(tx, actor, &incident, &thread, &new.letter)?;
    Ok(id)
}

/// Writes on in a thread, also after its case was closed: third parties go by their own time. `seen` is the version that
/// the form showed.
///
/// # Errors
/// As [`open`]; [`Error::Conflict`] for a thread that is closed or erased, [`Error::Stale`] where an answer came since.
pub fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    (id, seen): (ThreadId, i32),
    letter: &Letter,
) -> Result<()> {
    let (incident, _) = find(tx, actor, reference, Action::WriteThread)?;
    let thread = of_case(tx, &incident, id)?;
    if thread.version != seen {
        return Err(Error::Stale);
    }
    if thread.state == State::Closed || thread.address.is_empty() {
        return Err(Error::Conflict("thread-refused-closed"));
    }
    check_letter(tx, &incident, letter)?;
    send(tx, actor, &incident, &thread, letter)
}

/// Says what the counterpart calls the matter; `None`: nothing any more.
///
/// # Errors
/// The policy's; [`Error::Stale`] where somebody changed the thread since.
pub fn set_their_reference(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    (id, seen): (ThreadId, i32),
    theirs: Option<&TheirReference>,
) -> Result<()> {
    let (incident, thread) = own(tx, actor, reference, id)?;
    store::change(tx, id, seen, Change { last_at: Some(At(thread.last_at)), ..Change::default() })?;
    let theirs = theirs.map_or("", |theirs| theirs.as_str());
    store::set_their_reference(tx, id, theirs)?;
    let told = format!("{}, {theirs}", thread.shown_party());
    note(tx, actor, &incident, &thread, "thread_reference", Some(told.trim_end_matches([',', ' '])))?;
    audit(tx, actor, "incident.thread_reference", &incident, id)
}

/// Ends a thread: nobody is reminded of it any more. An answer opens it again.
///
/// # Errors
/// As [`set_their_reference`]; [`Error::Conflict`] for one that is closed.
pub fn close(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: ThreadId, seen: i32) -> Result<()> {
    let (incident, thread) = own(tx, actor, reference, id)?;
    if thread.state == State::Closed {
        return Err(Error::Conflict("thread-refused-closed"));
    }
    let change = Change {
        state: Some(State::Closed.code()),
        follow_up_at: Some(None),
        waits_since: Some(None),
        is_silent: Some(false),
        ..Change::default()
    };
    store::change(tx, id, seen, change)?;
    note(tx, actor, &incident, &thread, "thread_closed", Some(&thread.shown_party()))?;
    audit(tx, actor, "incident.thread_close", &incident, id)
}

/// Takes a closed thread up again.
///
/// # Errors
/// As [`set_their_reference`]; [`Error::Conflict`] for one that is open.
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: ThreadId, seen: i32) -> Result<()> {
    let (incident, thread) = own(tx, actor, reference, id)?;
    if thread.state == State::Open {
        return Err(Error::Conflict("thread-refused-open"));
    }
    store::change(tx, id, seen, Change { state: Some(State::Open.code()), ..Change::default() })?;
    note(tx, actor, &incident, &thread, "thread_reopened", Some(&thread.shown_party()))?;
    audit(tx, actor, "incident.thread_reopen", &incident, id)
}

/// Whoever knows the address of the thread brings nothing into the case by it any more; the counterpart is given a new
/// one with the next mail.
///
/// # Errors
/// As [`set_their_reference`].
pub fn renew(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: ThreadId, seen: i32) -> Result<()> {
    let (incident, _) = own(tx, actor, reference, id)?;
    let token = token(tx);
    store::change(tx, id, seen, Change { token: Some(&token), ..Change::default() })?;
    audit(tx, actor, "incident.thread_renew", &incident, id)
}

fn own(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: ThreadId) -> Result<(Incident, Thread)> {
    let (incident, _) = find(tx, actor, reference, Action::WriteThread)?;
    let thread = of_case(tx, &incident, id)?;
    Ok((incident, thread))
}

/// 128 random bits: nobody guesses an address under which a mail joins a case.
fn token(tx: &Tx<'_>) -> String {
    hex::encode(tx.env().bytes::<16>())
}

fn check_letter(tx: &Tx<'_>, incident: &Incident, letter: &Letter) -> Result<()> {
    if !letter.tlp.may_travel_in_clear() {
        return Err(FieldError::new("tlp", "thread-refused-label").into());
    }
    if letter.tlp < incident.tlp && !letter.is_confirmed {
        return Err(FieldError::new("confirm", "thread-refused-below").with("label", incident.tlp).into());
    }
    if letter.remind_at.is_some_and(|at| at <= tx.now()) {
        return Err(FieldError::new("remind", "error-date-past").into());
    }
    Ok(())
}

/// What goes out: what the analyst typed, both reference numbers, and nothing else of the case.
fn content(incident: &Incident, thread: &Thread, letter: &Letter) -> Result<Content> {
    let broken = |why| Error::Internal(format!("a letter: {why}"));
    let theirs = thread.their_reference.as_str();
    let tag = match theirs.is_empty() || thread.subject.contains(theirs) {
        true => String::new(),
        false => format!(" [{theirs}]"),
    };
    let subject =
        Title::parse(&format!("{}: {}{tag}", incident.reference, thread.subject)).map_err(broken)?;
    let mut end =
        vec![text_with(Lang::De, "thread-mail-ours", &[("reference", incident.reference.as_str().into())])];
    if !theirs.is_empty() {
        end.push(text_with(Lang::De, "thread-mail-theirs", &[("reference", theirs.into())]));
    }
    let end = end.join("\n");
    let answer = text(Lang::De, "thread-mail-answer");
    let body = Template::new(&format!("{}\n\n{end}\n\n{answer}", letter.text.as_str()))?;
    let content = Content::clear(letter.tlp, subject, body)?;
    if incident.is_drill { content.marked_as_drill() } else { Ok(content) }
}

fn send(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, thread: &Thread, letter: &Letter) -> Result<()> {
    let broken = |why| Error::Internal(format!("a counterpart's address: {why}"));
    let address = MailAddress::parse(&thread.address).map_err(broken)?;
    let mail = NewMail {
        purpose: MailPurpose::Incident,
        dispatch: Some(AnyId(thread.id.0)),
        to: Recipient { address, name: Name::parse(&thread.party).ok() },
        urgency: Urgency::Case,
        slots: Default::default(),
    };
    let mail = enqueue(tx, &content(incident, thread, letter)?, mail)?;
    let reply_to = tx.provided::<MailInSettings>().and_then(|own| own.reply_to(&thread.token));
    if let Some(reply_to) = reply_to {
        set_thread(tx, &[mail], &reply_to, thread.last_message_id.as_deref())?;
    }
    let is_below = letter.tlp < incident.tlp;
    let mut facts = Map::from_iter([("label".to_owned(), letter.tlp.label().into())]);
    if is_below {
        facts.insert("of".to_owned(), incident.tlp.label().into());
    }
    // Without their address: it is no trace that an attacker left.
    let args = [("party", thread.party.as_str().into()), ("subject", thread.subject.as_str().into())];
    let head = text_with(Lang::De, "thread-told-head", &args);
    let body = format!("{head}\n\n{}", letter.text.as_str());
    let line = incidents::add_system_entry(
        tx,
        actor,
        incident.id,
        "thread_out",
        Audience::Team,
        facts,
        Some(&body),
    )?;
    store::add_message(tx, thread.id, line, By::Out(mail))?;
    let message_id = outbox::message_id(tx, mail)?;
    sent(tx, thread, letter.remind_at, &message_id)?;
    let trail = Trail::new("incident.thread_write", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("thread", thread.id.to_string())
        .with("tlp", letter.tlp.label())
        .with("case_tlp", incident.tlp.label())
        .with("confirmed_below", is_below);
    record(tx, actor, trail)
}

/// From now on an answer is awaited, until `remind_at` in silence.
fn sent(tx: &mut Tx<'_>, thread: &Thread, remind_at: Option<Timestamp>, message_id: &str) -> Result<()> {
    let change = Change {
        follow_up_at: Some(remind_at.map(At)),
        is_silent: Some(false),
        waits_since: Some(Some(At(thread.waits_since.unwrap_or_else(|| tx.now())))),
        last_at: Some(tx.at()),
        last_message_id: Some(Some(message_id)),
        ..Change::default()
    };
    store::change(tx, thread.id, thread.version, change)?;
    remind_at.map_or(Ok(()), |at| queue::enqueue(tx, &FallSilent { thread: thread.id }, at))
}

fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    thread: &Thread,
    kind: &str,
    body: Option<&str>,
) -> Result<()> {
    let facts = json!({ "thread": thread.id.to_string() }).as_object().cloned().unwrap_or_default();
    incidents::add_system_entry(tx, actor, incident.id, kind, Audience::Team, facts, body).map(drop)
}
