//! What became of held mails, written down.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use jiff::{SignedDuration, Timestamp};

use super::confidential::erase_unneeded;
use super::content;
use super::dispatch::LeasedMail;
use super::outbox::MailState;
use crate::core::error::Result;
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{Id, MailId};
use crate::queue::backoff;
use crate::store::schema::outbox;
use crate::store::types::Instant;
use crate::store::{At, Conn, Tx};

/// The wait after a first "later"; it doubles up to the second.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// The longest wait while the server cannot be reached at all: when it is back, mails go out soon.
const UNREACHABLE_WAIT: SignedDuration = SignedDuration::from_secs(60);

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

/// What a held mail's row says afterwards.
struct After {
    id: MailId,
    /// The row is this worker's only while it has this one.
    fence: i64,
    state: MailState,
    attempts: i32,
    next_at: At,
    answer: String,
    slots: String,
    tried_since: Option<At>,
    /// It may have arrived although it will be sent again.
    is_in_doubt: bool,
    way: Option<String>,
    sent_hash: Option<Vec<u8>>,
}

impl After {
    fn new(record: &Record, give_up_after: SignedDuration, now: Timestamp, random: u32) -> Result<Self> {
        let mail = &record.mail;
        let since = mail.tried_since.unwrap_or(mail.created_at);
        let given_up = now.duration_since(since.0) >= give_up_after;
        let attempts = mail.attempts + 1;
        let wait =
            |cap| backoff::delay(FIRST_WAIT.min(cap), cap, u32::try_from(attempts).unwrap_or(1), random);
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
        Ok(Self {
            id: mail.id,
            fence: mail.fence,
            state,
            attempts,
            next_at: At(next_at),
            answer,
            slots,
            tried_since,
            is_in_doubt: record.verdict == Verdict::InDoubt,
            way: mail.way.clone(),
            sent_hash: mail.sent_hash.clone(),
        })
    }
}

/// Writes down what became of held mails, and returns those that somebody else has taken over meanwhile: of them
/// nothing is written.
pub(super) fn record(
    tx: &mut Tx<'_>,
    records: &[Record],
    give_up_after: SignedDuration,
) -> Result<Vec<MailId>> {
    let mut rows = Vec::with_capacity(records.len());
    let mut written = HashSet::new();
    for record in records {
        if record.verdict == Verdict::Untried {
            written.extend(give_back(tx, &record.mail)?);
        } else {
            let random = u32::from_le_bytes(tx.env().bytes());
            rows.push(After::new(record, give_up_after, tx.now(), random)?);
        }
    }
    written.extend(write_down(tx, rows)?);
    if records.iter().any(|record| record.mail.key_holder.is_some()) {
        erase_unneeded(tx)?;
    }
    Ok(records.iter().map(|record| record.mail.id).filter(|id| !written.contains(id)).collect())
}

/// Leaves a mail that nobody tried to others; `None` when it is not this worker's any more.
fn give_back(tx: &mut Tx<'_>, mail: &LeasedMail) -> Result<Option<MailId>> {
    let mine = outbox::table
        .filter(outbox::id.eq(mail.id))
        .filter(outbox::fence.eq(mail.fence))
        .filter(outbox::state.eq(MailState::Leased.code()));
    let free = (outbox::state.eq(MailState::Queued.code()), outbox::lease_until.eq(None::<At>));
    Ok((diesel::update(mine).set(free).execute(tx.conn)? == 1).then_some(mail.id))
}

/// Writes the rows that still are this worker's, and returns which. One statement on PostgreSQL, where each is a way to
/// the server and back, and planned anew.
fn write_down(tx: &mut Tx<'_>, rows: Vec<After>) -> Result<Vec<MailId>> {
    let now = tx.at();
    match tx.conn {
        _ if rows.is_empty() => Ok(Vec::new()),
        Conn::Postgres(c) => {
            let written: Vec<Written> = diesel::sql_query(
                "UPDATE outbox SET state = after.state, attempts = after.attempts, next_at = after.next_at, \
                 lease_until = NULL, answer = after.answer, answered_at = $10, slots = after.slots, \
                 tried_since = after.tried_since, way = after.way, sent_hash = after.sent_hash, \
                 possibly_duplicate = outbox.possibly_duplicate OR after.is_in_doubt \
                 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $12, $13) AS after \
                 (id, fence, state, attempts, next_at, answer, slots, tried_since, is_in_doubt, way, sent_hash) \
                 WHERE outbox.id = after.id AND outbox.fence = after.fence AND outbox.state = $11 \
                 RETURNING outbox.id",
            )
            .bind::<Array<Id>, _>(rows.iter().map(|row| row.id).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.fence).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(rows.iter().map(|row| row.state.code()).collect::<Vec<_>>())
            .bind::<Array<Integer>, _>(rows.iter().map(|row| row.attempts).collect::<Vec<_>>())
            .bind::<Array<Instant>, _>(rows.iter().map(|row| row.next_at).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(rows.iter().map(|row| row.answer.as_str()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(rows.iter().map(|row| row.slots.as_str()).collect::<Vec<_>>())
            .bind::<Array<Nullable<Instant>>, _>(rows.iter().map(|row| row.tried_since).collect::<Vec<_>>())
            .bind::<Array<Bool>, _>(rows.iter().map(|row| row.is_in_doubt).collect::<Vec<_>>())
            .bind::<Instant, _>(now)
            .bind::<Text, _>(MailState::Leased.code())
            .bind::<Array<Nullable<Text>>, _>(rows.iter().map(|row| row.way.as_deref()).collect::<Vec<_>>())
            .bind::<Array<Nullable<Binary>>, _>(
                rows.iter().map(|row| row.sent_hash.as_deref()).collect::<Vec<_>>(),
            )
            .load(c)?;
            Ok(written.into_iter().map(|row| row.id).collect())
        }
        Conn::Sqlite(c) => {
            let mut written = Vec::with_capacity(rows.len());
            for row in rows {
                let mine = outbox::table
                    .filter(outbox::id.eq(row.id))
                    .filter(outbox::fence.eq(row.fence))
                    .filter(outbox::state.eq(MailState::Leased.code()));
                let set = (
                    outbox::state.eq(row.state.code()),
                    outbox::attempts.eq(row.attempts),
                    outbox::next_at.eq(row.next_at),
                    outbox::lease_until.eq(None::<At>),
                    outbox::answer.eq(Some(row.answer)),
                    outbox::answered_at.eq(Some(now)),
                    outbox::slots.eq(row.slots),
                    outbox::tried_since.eq(row.tried_since),
                    outbox::way.eq(row.way),
                    outbox::sent_hash.eq(row.sent_hash),
                    outbox::possibly_duplicate
                        .eq(outbox::possibly_duplicate.or(row.is_in_doubt.into_sql::<Bool>())),
                );
                if diesel::update(mine).set(set).execute(c)? == 1 {
                    written.push(row.id);
                }
            }
            Ok(written)
        }
    }
}

/// A row that was written.
#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = Id)]
    id: MailId,
}
