//! Mails that were given up, for the person who looks after them.

use diesel::prelude::*;
use jiff::Timestamp;

use super::content::{Content, Slots};
use super::outbox::{MailPurpose, MailState};
use super::way::Why;
use crate::core::error::{Error, Result, one_row};
use crate::core::i18n::Lang;
use crate::core::ids::{AnyId, MailId};
use crate::store::schema::{mail_bodies, outbox};
use crate::store::{At, Tx};

/// A mail that will not be tried again by itself.
#[derive(Debug, Clone)]
pub struct DeadMail {
    pub id: MailId,
    pub recipient: String,
    pub recipient_name: String,
    pub purpose: String,
    /// What it belongs to.
    pub dispatch: Option<AnyId>,
    /// What the mail server said last.
    pub answer: Option<String>,
    pub at: Timestamp,
}

impl DeadMail {
    /// Whether both belong to the same and failed for the same reason.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.purpose == other.purpose && self.dispatch == other.dispatch && self.answer == other.answer
    }
}

/// How many mails, the newest, are put back at once at most.
pub const ALIKE: i64 = 2_000;

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
    type Columns = (MailId, (String, String), String, Option<AnyId>, Option<String>, At);
    let rows: Vec<Columns> = outbox::table
        .filter(outbox::state.eq(MailState::Failed.code()))
        .order(outbox::id.desc())
        .limit(limit)
        .select((
            outbox::id,
            (outbox::recipient, outbox::recipient_name),
            outbox::purpose,
            outbox::dispatch_id,
            outbox::answer,
            outbox::created_at,
        ))
        .load(tx.conn)?;
    let mail = |(id, (recipient, recipient_name), purpose, dispatch, answer, at): Columns| DeadMail {
        id,
        recipient,
        recipient_name,
        purpose,
        dispatch,
        answer,
        at: at.into(),
    };
    Ok(rows.into_iter().map(mail).collect())
}

/// Why mails wait that were tried before: the last answers and how many mails had each, the most frequent first.
///
/// # Errors
/// The database's.
pub fn list_waiting(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String, i64)>> {
    let count = diesel::dsl::count_star();
    let rows: Vec<(Option<String>, i64)> = outbox::table
        .filter(outbox::state.eq(MailState::Queued.code()))
        .filter(outbox::answer.is_not_null())
        .group_by(outbox::answer)
        .order(count.desc())
        .limit(limit)
        .select((outbox::answer, count))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(answer, count)| (answer.unwrap_or_default(), count)).collect())
}

/// A mail that went out without content although a key was on file.
#[derive(Debug, Clone)]
pub struct Unsealed {
    pub recipient: String,
    pub why: Why,
    pub at: Timestamp,
}

/// Mails since an instant that went out without content although a key was on file, the newest first: it had ended, did
/// not hold yet, or could not be used.
///
/// # Errors
/// The database's.
pub fn list_unsealed(tx: &mut Tx<'_>, since: Timestamp, limit: i64) -> Result<Vec<Unsealed>> {
    let whys = [Why::Ended, Why::NotYet, Why::Unusable, Why::Erased];
    let rows: Vec<(String, Option<String>, At)> = outbox::table
        .filter(outbox::created_at.ge(At(since)))
        .filter(outbox::key_holder.is_not_null())
        .filter(outbox::way.eq_any(whys.map(Why::code)))
        .order(outbox::id.desc())
        .limit(limit)
        .select((outbox::recipient, outbox::way, outbox::created_at))
        .load(tx.conn)?;
    let read = |(recipient, way, at): (String, Option<String>, At)| {
        let why = whys.into_iter().find(|why| Some(why.code()) == way.as_deref())?;
        Some(Unsealed { recipient, why, at: at.into() })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Puts a failed mail back in the queue, due at once and tried as long as a new one.
///
/// A mail that held a single-use link cannot go out again: the link was wiped when the mail failed, and whoever sent
/// it makes a new one instead.
///
/// # Errors
/// [`Error::Conflict`] when its link or its text is gone; [`Error::Stale`] when the mail is not among the failed ones.
pub fn revive(tx: &mut Tx<'_>, id: MailId) -> Result<()> {
    check_whole(tx, id)?;
    let dead = outbox::table.filter(outbox::id.eq(id)).filter(outbox::state.eq(MailState::Failed.code()));
    let fresh = (
        outbox::state.eq(MailState::Queued.code()),
        outbox::attempts.eq(0),
        outbox::next_at.eq(tx.at()),
        outbox::answered_at.eq(None::<At>),
        outbox::held_at.eq(None::<At>),
        outbox::tried_since.eq(Some(tx.at())),
    );
    tx.leave_work();
    one_row(diesel::update(dead).set(fresh).execute(tx.conn)?)
}

/// [`revive`] for this mail and all that belong to the same dispatch and failed for the same reason, at most
/// [`ALIKE`]. Returns which; those that cannot go out again stay where they are.
///
/// # Errors
/// As [`revive`], for this mail.
pub fn revive_alike(tx: &mut Tx<'_>, id: MailId) -> Result<Vec<MailId>> {
    let failed = list(tx, ALIKE)?;
    let like = failed.iter().find(|mail| mail.id == id).ok_or(Error::Stale)?;
    revive(tx, id)?;
    let mut revived = vec![id];
    for mail in failed.iter().filter(|mail| mail.id != id && mail.is_like(like)) {
        match revive(tx, mail.id) {
            Ok(()) => revived.push(mail.id),
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(revived)
}

/// Refuses a mail that lacks its text or something that the text has a place for.
fn check_whole(tx: &mut Tx<'_>, id: MailId) -> Result<()> {
    type Text = (String, String, String);
    let row: Option<(String, Option<Text>)> = outbox::table
        .left_join(mail_bodies::table.on(outbox::body_id.eq(mail_bodies::id.nullable())))
        .filter(outbox::id.eq(id))
        .select((outbox::slots, (mail_bodies::tlp, mail_bodies::subject, mail_bodies::body).nullable()))
        .first(tx.conn)
        .optional()?;
    let Some((slots, body)) = row else { return Err(Error::Stale) };
    let (tlp, subject, body) = body.ok_or(Error::Conflict("mail-error-content-gone"))?;
    let slots: Slots =
        serde_json::from_str(&slots).map_err(|error| Error::Internal(format!("slots: {error}")))?;
    let text = Content::load(&tlp, &subject, &body)?.text(Lang::De)?;
    if text.slots().all(|name| slots.contains_key(name)) {
        Ok(())
    } else {
        Err(Error::Conflict("mail-error-link-gone"))
    }
}

/// Drops the mails of one purpose that wait, and returns how many: for a past that is replayed, whose mails nobody
/// expects any more.
///
/// # Errors
/// The database's.
pub fn drop_queued(tx: &mut Tx<'_>, purpose: MailPurpose) -> Result<usize> {
    let waiting = outbox::table
        .filter(outbox::state.eq(MailState::Queued.code()))
        .filter(outbox::purpose.eq(purpose.code()));
    Ok(diesel::delete(waiting).execute(tx.conn)?)
}
