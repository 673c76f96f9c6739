//! What the pages of threads show.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use jiff::Timestamp;
use serde_json::Value;

use crate::access::guard::Visitor;
use crate::core::error::Result;
use crate::core::i18n::{Lang, has, text};
use crate::core::ids::ThreadId;
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::correspondence::seals::{Seal, in_words};
use crate::correspondence::threads::model::{Direction, Message, PartyKind, State, Thread};
use crate::correspondence::threads::service::{self, Board, Shown};
use crate::incidents::model::{Entry, Incident, shown_title};
use crate::incidents::status::Status;
use crate::mail::outbox::MailState;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The text of a family for a code of the model.
fn word(family: &str, code: &str) -> String {
    let key = format!("{family}-{}", code.replace('_', "-"));
    if has(Lang::De, &key) { text(Lang::De, &key).into_owned() } else { code.to_owned() }
}

/// A thread as a line.
struct Line {
    href: String,
    party: String,
    kind: String,
    subject: String,
    their_reference: String,
    /// Of the case, where that is another one than the page's.
    case: Option<String>,
    is_open: bool,
    is_silent: bool,
    waits_since: Option<Timestamp>,
    remind_at: Option<Timestamp>,
    last_at: Timestamp,
}

fn line((reference, thread): (String, Thread), of: &str) -> Line {
    Line {
        href: format!("/vorgaenge/{reference}/schriftwechsel/{}", thread.id),
        party: thread.shown_party(),
        kind: word("thread-kind", thread.kind.code()),
        case: Some(reference).filter(|reference| reference != of),
        is_open: thread.state == State::Open,
        is_silent: thread.is_silent,
        waits_since: thread.waits_since,
        remind_at: thread.follow_up_at.filter(|_| !thread.is_silent),
        last_at: thread.last_at,
        subject: thread.subject,
        their_reference: thread.their_reference,
    }
}

/// What a text to a third party may be labelled.
fn labels() -> Vec<Choice> {
    let label = |tlp: Tlp| Choice::new(tlp.label(), format!("{tlp}: {}", text(Lang::De, tlp.explained())));
    Tlp::ALL.into_iter().filter(|tlp| tlp.may_travel_in_clear()).map(label).collect()
}

#[derive(Template)]
#[template(path = "correspondence/threads/templates/board.html")]
struct BoardPage {
    sh: Shell,
    form: Form,
    reference: String,
    title: String,
    tlp: Tlp,
    /// Whether a text to a third party may stand below the case's label.
    is_above_clear: bool,
    open: Vec<Line>,
    closed: Vec<Line>,
    kinds: Vec<Choice>,
    labels: Vec<Choice>,
    may: bool,
}

/// All threads of a case, and the form of a new one.
pub(super) async fn board(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    form: Option<Form>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let board = site.db.write(move |tx| service::board(tx, &actor, &reference)).await?;
    let Board { incident, threads, may_write } = board;
    let lines = threads.into_iter().map(|thread| line(thread, &incident.reference));
    let (mut open, closed): (Vec<_>, Vec<_>) = lines.partition(|line| line.is_open);
    // Who is silent stands on top, then who has waited the longest.
    open.sort_by_key(|line| (!line.is_silent, line.waits_since.is_none(), line.waits_since));
    let sh = page_shell(visitor, &incident, status);
    let page = BoardPage {
        form: form.unwrap_or_else(|| fresh(sh.now)),
        sh,
        title: shown_title(&incident.title),
        tlp: incident.tlp,
        is_above_clear: incident.tlp > Tlp::Clear,
        open,
        closed,
        kinds: PartyKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.code(), word("thread-kind", kind.code())))
            .collect(),
        labels: labels(),
        may: may_write && incident.status != Status::Closed,
        reference: incident.reference,
    };
    visitor.answer(status, &page)
}

fn page_shell(visitor: &Visitor, incident: &Incident, status: StatusCode) -> Shell {
    let title = format!("{} · {}", incident.reference, text(Lang::De, "thread-board"));
    let sh = visitor.shell(title).printed(&incident.reference, incident.tlp);
    if status == StatusCode::OK { sh } else { sh.failed() }
}

/// What a form holds before anybody typed: a reminder after a few days.
fn fresh(now: Timestamp) -> Form {
    let later = now.checked_add(jiff::SignedDuration::from_hours(2 * 24)).unwrap_or(now);
    Form::filled(FormData::default().with("remind", when::absolute(when::next_morning(later))))
}

/// A mail of a thread in words.
struct Letter {
    is_ours: bool,
    at: Timestamp,
    author: String,
    label: String,
    text: String,
    /// Where a mail that went out stands.
    stands: String,
    is_lost: bool,
    /// What signatures of one that came in are worth.
    seals: String,
    /// Files that came with it, the mail itself among them.
    files: i64,
}

fn letter((message, entry): (Message, Option<Entry>)) -> Letter {
    let fact = |name: &str| entry.as_ref().and_then(|entry| entry.facts.get(name)).cloned();
    let seals: Vec<Seal> =
        fact("seals").and_then(|seals| serde_json::from_value(seals).ok()).unwrap_or_default();
    Letter {
        is_ours: message.direction == Direction::Out,
        at: message.at,
        label: fact("label").and_then(|label| label.as_str().map(str::to_owned)).unwrap_or_default(),
        files: fact("files").as_ref().and_then(Value::as_i64).unwrap_or_default(),
        seals: if seals.is_empty() { String::new() } else { in_words(&seals) },
        stands: message.stands.map(|state| word("thread-mail", state.code())).unwrap_or_default(),
        is_lost: matches!(message.stands, Some(MailState::Bounced | MailState::Failed)),
        author: entry.as_ref().map(|entry| entry.author.clone()).unwrap_or_default(),
        text: entry
            .and_then(|entry| entry.body)
            .unwrap_or_else(|| text(Lang::De, "thread-erased").into_owned()),
    }
}

#[derive(Template)]
#[template(path = "correspondence/threads/templates/thread.html")]
struct ThreadPage {
    sh: Shell,
    form: Form,
    is_stale: bool,
    reference: String,
    case_title: String,
    tlp: Tlp,
    /// As on the page of all.
    is_above_clear: bool,
    thread: Thread,
    party: String,
    kind: String,
    is_open: bool,
    letters: Vec<Letter>,
    labels: Vec<Choice>,
    may: bool,
}

/// One thread with its mails, and what can be done with it.
pub(super) async fn thread(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    id: ThreadId,
    form: Option<Form>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let shown = site.db.write(move |tx| service::show(tx, &actor, &reference, id)).await?;
    let Shown { incident, thread, messages, may_write } = shown;
    let sh = page_shell(visitor, &incident, status);
    let mut form = form.unwrap_or_else(|| fresh(sh.now));
    if !form.data.has("their_reference") {
        form.data = form.data.with("their_reference", thread.their_reference.clone());
    }
    let page = ThreadPage {
        sh,
        form,
        is_stale: status == StatusCode::CONFLICT,
        case_title: shown_title(&incident.title),
        tlp: incident.tlp,
        is_above_clear: incident.tlp > Tlp::Clear,
        party: thread.shown_party(),
        kind: word("thread-kind", thread.kind.code()),
        is_open: thread.state == State::Open,
        letters: messages.into_iter().map(letter).collect(),
        labels: labels(),
        may: may_write,
        reference: incident.reference,
        thread,
    };
    visitor.answer(status, &page)
}
