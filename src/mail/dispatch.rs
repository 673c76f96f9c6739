//! Rows of the outbox as workers see them: taken for a while, sent, recorded.
//!
//! A row that is with a worker may have been sent although nothing says so. Whoever takes it over from a worker that
//! is gone therefore marks it `possibly_duplicate`; only a row that its worker itself gives back untried stays unmarked.

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::content::{self, Content};
use super::outbox::MailState;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{BodyId, MailId};
use crate::queue::backoff;
use crate::store::schema::{mail_bodies, outbox};
use crate::store::{At, Conn, Tx, each_backend};

/// The wait after a first "later"; it doubles up to the second.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// The longest wait while the server cannot be reached at all: when it is back, mails go out soon.
const UNREACHABLE_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// A mail held by this process.
#[derive(Debug, Clone, Queryable)]
pub(super) struct LeasedMail {
    pub id: MailId,
    pub body: Option<BodyId>,
    pub recipient: String,
    pub recipient_name: String,
    pub envelope_from: String,
    pub message_id: String,
    pub slots: String,
    pub attempts: i32,
    pub fence: i64,
    pub created_at: At,
    pub tried_since: Option<At>,
}

/// Mails taken together, and the texts among them that were not known yet.
#[derive(Default)]
pub(super) struct Batch {
    pub mails: Vec<LeasedMail>,
    pub bodies: Vec<(BodyId, Result<Content>)>,
    pub until: Timestamp,
}

/// What became of one held mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Failed,
    /// Try again: the server said "later".
    Later,
    /// Try again for as long as it takes: what is missing is ours, a valid certificate.
    Blocked,
    /// Try again: nothing could be reached.
    Unreachable,
    /// Try again, but it may have arrived.
    InDoubt,
    /// Nobody tried.
    Untried,
}

/// A verdict to be written down.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub mail: LeasedMail,
    pub verdict: Verdict,
    pub answer: String,
}

/// Takes up to `limit` due mails for `ttl`, the most urgent first.
pub(super) fn lease(tx: &mut Tx<'_>, limit: i64, ttl: SignedDuration, known: &[BodyId]) -> Result<Batch> {
    let due = outbox::table
        .filter(outbox::state.eq(MailState::Queued.code()))
        .filter(outbox::next_at.le(tx.at()))
        .order((outbox::priority, outbox::next_at))
        .limit(limit)
        .select((
            outbox::id,
            outbox::body_id,
            outbox::recipient,
            outbox::recipient_name,
            outbox::envelope_from,
            outbox::message_id,
            outbox::slots,
            outbox::attempts,
            outbox::fence,
            outbox::created_at,
            outbox::tried_since,
        ));
    let mut mails: Vec<LeasedMail> = match tx.conn {
        Conn::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    };
    let until = tx.now() + ttl;
    if !mails.is_empty() {
        let ids: Vec<_> = mails.iter().map(|mail| mail.id).collect();
        let held = (
            outbox::state.eq(MailState::Leased.code()),
            outbox::fence.eq(outbox::fence + 1),
            outbox::lease_until.eq(At(until)),
        );
        let update = diesel::update(outbox::table.filter(outbox::id.eq_any(&ids))).set(held);
        each_backend!(tx.conn, c => update.execute(c))?;
    }
    for mail in &mut mails {
        mail.fence += 1;
    }
    let mut wanted: Vec<_> = mails.iter().filter_map(|mail| mail.body).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.retain(|id| !known.contains(id));
    let bodies = if wanted.is_empty() { Vec::new() } else { load_bodies(tx, &wanted)? };
    Ok(Batch { mails, bodies, until })
}

fn load_bodies(tx: &mut Tx<'_>, ids: &[BodyId]) -> Result<Vec<(BodyId, Result<Content>)>> {
    let rows = mail_bodies::table.filter(mail_bodies::id.eq_any(ids)).select((
        mail_bodies::id,
        mail_bodies::tlp,
        mail_bodies::subject,
        mail_bodies::body,
    ));
    let rows: Vec<(BodyId, String, String, String)> = each_backend!(tx.conn, c => rows.load(c))?;
    Ok(rows.into_iter().map(|(id, tlp, subject, body)| (id, Content::load(&tlp, &subject, &body))).collect())
}

/// Writes down what became of held mails, and returns those that somebody else has taken over meanwhile: of them
/// nothing is written.
pub(super) fn record(
    tx: &mut Tx<'_>,
    records: &[Record],
    give_up_after: SignedDuration,
) -> Result<Vec<MailId>> {
    let mut stale = Vec::new();
    for record in records {
        if write_down(tx, record, give_up_after)? == 0 {
            stale.push(record.mail.id);
        }
    }
    Ok(stale)
}

fn write_down(tx: &mut Tx<'_>, record: &Record, give_up_after: SignedDuration) -> Result<usize> {
    let mail = &record.mail;
    let mine = outbox::table
        .filter(outbox::id.eq(mail.id))
        .filter(outbox::fence.eq(mail.fence))
        .filter(outbox::state.eq(MailState::Leased.code()));
    if record.verdict == Verdict::Untried {
        let free = (outbox::state.eq(MailState::Queued.code()), outbox::lease_until.eq(None::<At>));
        return Ok(diesel::update(mine).set(free).execute(tx.conn)?);
    }
    let now = tx.now();
    let since = mail.tried_since.unwrap_or(mail.created_at);
    let given_up = now.duration_since(since.0) >= give_up_after;
    let attempts = mail.attempts + 1;
    let random = u32::from_le_bytes(tx.env().bytes());
    let wait = |cap| backoff::delay(FIRST_WAIT.min(cap), cap, u32::try_from(attempts).unwrap_or(1), random);
    let mut answer = record.answer.clone();
    let (state, next_at) = match record.verdict {
        Verdict::Accepted => (MailState::Accepted, now),
        Verdict::Failed => (MailState::Failed, now),
        Verdict::Later | Verdict::InDoubt | Verdict::Unreachable if given_up => {
            let words = [("answer", record.answer.as_str().into())];
            answer = text_with(Lang::De, "mail-given-up", &words).into_owned();
            (MailState::Failed, now)
        }
        Verdict::Unreachable | Verdict::Blocked => (MailState::Queued, now + wait(UNREACHABLE_WAIT)),
        _ => (MailState::Queued, now + wait(LONGEST_WAIT)),
    };
    let slots = match state {
        MailState::Queued => mail.slots.clone(),
        // A person may send it again; single-use links are not kept longer than they are needed.
        MailState::Failed => content::without_links(&mail.slots)?,
        _ => "{}".to_owned(),
    };
    let tried_since = if record.verdict == Verdict::Blocked { Some(At(now)) } else { mail.tried_since };
    let doubt = record.verdict == Verdict::InDoubt;
    let set = (
        outbox::state.eq(state.code()),
        outbox::attempts.eq(attempts),
        outbox::next_at.eq(At(next_at)),
        outbox::lease_until.eq(None::<At>),
        outbox::answer.eq(Some(answer)),
        outbox::answered_at.eq(Some(At(now))),
        outbox::slots.eq(slots),
        outbox::tried_since.eq(tried_since),
    );
    let changed = diesel::update(mine).set(set).execute(tx.conn)?;
    if doubt && changed == 1 {
        let marked = diesel::update(outbox::table.filter(outbox::id.eq(mail.id)));
        marked.set(outbox::possibly_duplicate.eq(true)).execute(tx.conn)?;
    }
    Ok(changed)
}

/// Whether a mail waits that is due.
pub(super) fn has_due(tx: &mut Tx<'_>) -> Result<bool> {
    let due = outbox::table
        .filter(outbox::state.eq(MailState::Queued.code()))
        .filter(outbox::next_at.le(tx.at()))
        .select(outbox::id);
    Ok(due.first::<MailId>(tx.conn).optional()?.is_some())
}

/// Takes back mails whose worker let its time run out, or all that are with a worker (`all`) where no other process
/// can be. They may have been sent: each is marked.
pub(super) fn reclaim(tx: &mut Tx<'_>, all: bool) -> Result<usize> {
    let held = outbox::table.filter(outbox::state.eq(MailState::Leased.code())).select(outbox::id);
    let until = if all { At(Timestamp::MAX) } else { tx.at() };
    let lost = held.filter(outbox::lease_until.lt(until));
    let ids: Vec<MailId> = match tx.conn {
        Conn::Postgres(c) => lost.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => lost.load(c)?,
    };
    if ids.is_empty() {
        return Ok(0);
    }
    let free = (
        outbox::state.eq(MailState::Queued.code()),
        outbox::possibly_duplicate.eq(true),
        outbox::fence.eq(outbox::fence + 1),
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::lease_until.eq(None::<At>),
    );
    let update = diesel::update(outbox::table.filter(outbox::id.eq_any(&ids))).set(free);
    Ok(each_backend!(tx.conn, c => update.execute(c))?)
}

/// A mail's slots as they were written.
pub(super) fn read_slots(mail: &LeasedMail) -> Result<super::content::Slots> {
    serde_json::from_str(&mail.slots).map_err(|error| Error::Internal(format!("slots: {error}")))
}
