//! Rows of the outbox as workers see them: taken for a while, and taken back from whoever is gone.
//!
//! A row that is with a worker may have been sent although nothing says so. Whoever takes it over from a worker that
//! is gone therefore marks it `possibly_duplicate`; only a row that its worker itself gives back untried stays unmarked.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::confidential::{ContentSeal, erase_unneeded, filed};
use super::content::Content;
use super::diversion::{self, Diversion, Goes};
use super::keys::Filed;
use super::outbox::MailState;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, BodyId, MailId};
use crate::store::schema::{mail_bodies, outbox};
use crate::store::{At, Conn, Tx, each_backend};

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
    pub reply_to: Option<String>,
    pub in_reply_to: Option<String>,
    /// Whose keys count for the recipient.
    pub key_holder: Option<AnyId>,
    /// How it went out, and the hash of what stands inside: as composing says.
    pub way: Option<String>,
    pub sent_hash: Option<Vec<u8>>,
    purpose: String,
}

/// A text as its row holds it.
pub(super) struct Body {
    pub content: Content,
    /// What is said in an encrypted mail instead, sealed.
    pub sealed: Option<Vec<u8>>,
}

/// Mails taken together, and the texts among them that were not known yet.
#[derive(Default)]
pub(super) struct Batch {
    pub mails: Vec<LeasedMail>,
    pub bodies: Vec<(BodyId, Result<Body>)>,
    /// What is on file now for the recipients of mails that may be encrypted.
    pub filed: HashMap<MailId, Filed>,
    /// What opens sealed texts.
    pub seal: Option<ContentSeal>,
    pub until: Timestamp,
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
            outbox::reply_to,
            outbox::in_reply_to,
            outbox::key_holder,
            outbox::way,
            outbox::sent_hash,
            outbox::purpose,
        ));
    let mut mails: Vec<LeasedMail> = loop {
        let taken: Vec<LeasedMail> = match tx.conn {
            Conn::Postgres(c) => due.for_update().skip_locked().load(c)?,
            Conn::Sqlite(c) => due.load(c)?,
        };
        let is_end = taken.is_empty();
        // Asked behind the rows' locks: a mailbox that was marked meanwhile has waited for these rows, or is seen here.
        let diversions = diversion::all(tx)?;
        let left = divert(tx, taken, &diversions)?;
        if is_end || !left.is_empty() {
            break left;
        }
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
    let mut on_file = HashMap::new();
    for mail in &mails {
        if let Some(holder) = mail.key_holder {
            on_file.insert(mail.id, filed(tx, holder, &mail.recipient)?);
        }
    }
    Ok(Batch { mails, bodies, filed: on_file, seal: tx.provided().cloned(), until })
}

/// Sends mails elsewhere that are for mailboxes which are not trusted, and holds those that have no other way to go.
fn divert(tx: &mut Tx<'_>, taken: Vec<LeasedMail>, diversions: &[Diversion]) -> Result<Vec<LeasedMail>> {
    let mut left = Vec::with_capacity(taken.len());
    for mut mail in taken {
        match diversion::goes(diversions, &mail.recipient, &mail.purpose) {
            Goes::AsWritten => left.push(mail),
            Goes::Instead(of, to) => {
                diversion::reroute(tx, mail.id, of, &mail.recipient, to)?;
                to.as_str().clone_into(&mut mail.recipient);
                left.push(mail);
            }
            Goes::Held(of) => diversion::hold(tx, mail.id, of)?,
        }
    }
    Ok(left)
}

fn load_bodies(tx: &mut Tx<'_>, ids: &[BodyId]) -> Result<Vec<(BodyId, Result<Body>)>> {
    let rows = mail_bodies::table.filter(mail_bodies::id.eq_any(ids)).select((
        mail_bodies::id,
        mail_bodies::tlp,
        mail_bodies::subject,
        mail_bodies::body,
        mail_bodies::sealed,
    ));
    type Row = (BodyId, String, String, String, Option<Vec<u8>>);
    let rows: Vec<Row> = each_backend!(tx.conn, c => rows.load(c))?;
    let read = |(id, tlp, subject, body, sealed): Row| {
        (id, Content::load(&tlp, &subject, &body).map(|content| Body { content, sealed }))
    };
    Ok(rows.into_iter().map(read).collect())
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
/// can be. They may have been sent: each is marked. Sealed texts that no mail needs are erased on this occasion: two workers
/// that end the last two mails of one at the same time each still saw the other's.
pub(super) fn reclaim(tx: &mut Tx<'_>, all: bool) -> Result<usize> {
    erase_unneeded(tx)?;
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
