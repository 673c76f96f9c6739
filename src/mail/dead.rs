//! Mails that were given up, for the person who looks after them.

use diesel::prelude::*;
use jiff::Timestamp;

use super::outbox::MailState;
use crate::core::error::{Result, one_row};
use crate::core::ids::MailId;
use crate::store::schema::outbox;
use crate::store::{At, Tx};

/// A mail that will not be tried again by itself.
#[derive(Debug, Clone)]
pub struct DeadMail {
    pub id: MailId,
    pub recipient: String,
    pub purpose: String,
    /// What the mail server said last.
    pub answer: Option<String>,
    pub at: Timestamp,
}

/// How many mails are in each state; states without mails are left out.
///
/// # Errors
/// The database's.
pub fn count_all(tx: &mut Tx<'_>) -> Result<Vec<(MailState, i64)>> {
    let rows: Vec<(String, i64)> = outbox::table
        .group_by(outbox::state)
        .select((outbox::state, diesel::dsl::count_star()))
        .load(tx.conn)?;
    rows.into_iter().map(|(state, count)| Ok((state.try_into()?, count))).collect()
}

/// The mails that failed, the newest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<DeadMail>> {
    let rows: Vec<(MailId, String, String, Option<String>, At)> = outbox::table
        .filter(outbox::state.eq(MailState::Failed.code()))
        .order(outbox::id.desc())
        .limit(limit)
        .select((outbox::id, outbox::recipient, outbox::purpose, outbox::answer, outbox::created_at))
        .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, recipient, purpose, answer, at)| DeadMail {
            id,
            recipient,
            purpose,
            answer,
            at: at.into(),
        })
        .collect())
}

/// Puts a failed mail back in the queue, due at once.
///
/// A mail whose single-use links were wiped when it ended goes out without them; its sender makes a new one instead.
///
/// # Errors
/// [`crate::core::error::Error::Stale`] when the mail is not among the failed ones.
pub fn revive(tx: &mut Tx<'_>, id: MailId) -> Result<()> {
    let dead = outbox::table.filter(outbox::id.eq(id)).filter(outbox::state.eq(MailState::Failed.code()));
    let fresh = (
        outbox::state.eq(MailState::Queued.code()),
        outbox::attempts.eq(0),
        outbox::next_at.eq(tx.at()),
        outbox::answered_at.eq(None::<At>),
    );
    tx.leave_work();
    one_row(diesel::update(dead).set(fresh).execute(tx.conn)?)
}

/// Drops the mails of one purpose that wait, and returns how many: for a past that is replayed, whose mails nobody
/// expects any more.
///
/// # Errors
/// The database's.
pub fn drop_queued(tx: &mut Tx<'_>, purpose: &str) -> Result<usize> {
    let waiting = outbox::table
        .filter(outbox::state.eq(MailState::Queued.code()))
        .filter(outbox::purpose.eq(purpose.to_owned()));
    Ok(diesel::delete(waiting).execute(tx.conn)?)
}
