//! Rows of threads with third parties.

use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Direction, Message, NewThread, PartyKind, State, Thread, key};
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{EntryId, InboundId, IncidentId, MailId, MessageId, ThreadId};
use crate::store::schema::{
    party_messages as messages, party_thread_contents as contents, party_threads as threads,
};
use crate::store::{At, Tx};

#[derive(Queryable, Selectable)]
#[diesel(table_name = threads)]
struct Row {
    id: ThreadId,
    incident_id: IncidentId,
    kind: String,
    state: String,
    token: String,
    follow_up_at: Option<At>,
    is_silent: bool,
    waits_since: Option<At>,
    last_at: At,
    last_message_id: Option<String>,
    version: i32,
}

#[derive(Default, Queryable, Selectable)]
#[diesel(table_name = contents)]
struct Words {
    party: String,
    address: String,
    subject: String,
    their_reference: String,
}

impl Row {
    fn into_thread(self, words: Option<Words>) -> Result<Thread> {
        let odd = |what: &str| Error::Internal(format!("unknown code in party_threads.{what}"));
        let words = words.unwrap_or_default();
        Ok(Thread {
            id: self.id,
            incident: self.incident_id,
            kind: PartyKind::parse(&self.kind).ok_or_else(|| odd("kind"))?,
            state: State::parse(&self.state).ok_or_else(|| odd("state"))?,
            token: self.token,
            follow_up_at: self.follow_up_at.map(Timestamp::from),
            is_silent: self.is_silent,
            waits_since: self.waits_since.map(Timestamp::from),
            last_at: self.last_at.into(),
            last_message_id: self.last_message_id,
            version: self.version,
            party: words.party,
            address: words.address,
            subject: words.subject,
            their_reference: words.their_reference,
        })
    }
}

macro_rules! found {
    ($tx:expr, $filter:expr) => {{
        let rows: Vec<(Row, Option<Words>)> = threads::table
            .left_join(contents::table.on(contents::thread_id.eq(threads::id)))
            .filter($filter)
            .order(threads::id)
            .select((Row::as_select(), Option::<Words>::as_select()))
            .load($tx.conn)?;
        rows.into_iter().map(|(row, words)| row.into_thread(words)).collect::<Result<Vec<_>>>()
    }};
}

/// The threads of these cases, in the order in which they were begun.
pub fn list(tx: &mut Tx<'_>, incidents: &[IncidentId]) -> Result<Vec<Thread>> {
    found!(tx, threads::incident_id.eq_any(incidents.to_vec()))
}

pub fn lookup(tx: &mut Tx<'_>, id: ThreadId) -> Result<Option<Thread>> {
    Ok(found!(tx, threads::id.eq(id))?.pop())
}

pub fn by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Thread>> {
    Ok(found!(tx, threads::token.eq(token))?.pop())
}

/// Threads whose counterpart calls the matter by one of these keys, at most `limit`.
pub fn by_keys(tx: &mut Tx<'_>, keys: &[String], limit: i64) -> Result<Vec<(ThreadId, IncidentId)>> {
    Ok(contents::table
        .inner_join(threads::table.on(threads::id.eq(contents::thread_id)))
        .filter(contents::their_key.ne("").and(contents::their_key.eq_any(keys.to_vec())))
        .order(threads::id)
        .limit(limit)
        .select((threads::id, threads::incident_id))
        .load(tx.conn)?)
}

pub fn add(tx: &mut Tx<'_>, incident: IncidentId, new: &NewThread, token: &str) -> Result<ThreadId> {
    let id: ThreadId = tx.id();
    diesel::insert_into(threads::table)
        .values((
            threads::id.eq(id),
            threads::incident_id.eq(incident),
            threads::kind.eq(new.kind.code()),
            threads::state.eq(State::Open.code()),
            threads::token.eq(token),
            threads::is_silent.eq(false),
            threads::last_at.eq(tx.at()),
            threads::created_at.eq(tx.at()),
            threads::version.eq(1),
        ))
        .execute(tx.conn)?;
    let theirs = new.their_reference.as_ref().map_or("", |reference| reference.as_str());
    diesel::insert_into(contents::table)
        .values((
            contents::thread_id.eq(id),
            contents::party.eq(new.party.as_str()),
            contents::address.eq(new.address.as_str()),
            contents::subject.eq(new.subject.as_str()),
            contents::their_reference.eq(theirs),
            contents::their_key.eq(key(theirs)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// What changes of a thread; `None` stays.
#[derive(Default, AsChangeset)]
#[diesel(table_name = threads)]
pub struct Change<'a> {
    pub state: Option<&'a str>,
    pub token: Option<&'a str>,
    pub follow_up_at: Option<Option<At>>,
    pub is_silent: Option<bool>,
    pub waits_since: Option<Option<At>>,
    pub last_at: Option<At>,
    pub last_message_id: Option<Option<&'a str>>,
}

/// Changes the version that somebody saw.
///
/// # Errors
/// [`Error::Stale`] when it is another one by now.
pub fn change(tx: &mut Tx<'_>, id: ThreadId, seen: i32, change: Change<'_>) -> Result<()> {
    let row = threads::table.filter(threads::id.eq(id)).filter(threads::version.eq(seen));
    let next = threads::version.eq(threads::version + 1);
    one_row(diesel::update(row).set((change, next)).execute(tx.conn)?)
}

/// Changes whatever version there is: what comes from outside waits for nobody's form.
pub fn touch(tx: &mut Tx<'_>, id: ThreadId, change: Change<'_>) -> Result<()> {
    let next = threads::version.eq(threads::version + 1);
    diesel::update(threads::table.find(id)).set((change, next)).execute(tx.conn)?;
    Ok(())
}

pub fn set_their_reference(tx: &mut Tx<'_>, id: ThreadId, reference: &str) -> Result<()> {
    let words = (contents::their_reference.eq(reference), contents::their_key.eq(key(reference)));
    diesel::update(contents::table.find(id)).set(words).execute(tx.conn)?;
    Ok(())
}

/// By which mail a message came or went.
#[derive(Clone, Copy)]
pub enum By {
    Out(MailId),
    In(InboundId),
}

pub fn add_message(tx: &mut Tx<'_>, thread: ThreadId, entry: EntryId, by: By) -> Result<()> {
    let (direction, mail, inbound) = match by {
        By::Out(mail) => (Direction::Out, Some(mail), None),
        By::In(inbound) => (Direction::In, None, Some(inbound)),
    };
    diesel::insert_into(messages::table)
        .values((
            messages::id.eq(tx.id::<MessageId>()),
            messages::thread_id.eq(thread),
            messages::direction.eq(direction.code()),
            messages::at.eq(tx.at()),
            messages::entry_id.eq(entry),
            messages::mail_id.eq(mail),
            messages::inbound_id.eq(inbound),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The newest mails of a thread, the oldest of them first, at most `limit`.
pub fn messages(tx: &mut Tx<'_>, thread: ThreadId, limit: i64) -> Result<Vec<Message>> {
    let rows: Vec<(String, At, EntryId, Option<MailId>)> = messages::table
        .filter(messages::thread_id.eq(thread))
        .order(messages::id.desc())
        .limit(limit)
        .select((messages::direction, messages::at, messages::entry_id, messages::mail_id))
        .load(tx.conn)?;
    let message = |(direction, at, entry, mail): (String, At, EntryId, Option<MailId>)| {
        let odd = || Error::Internal("unknown code in party_messages.direction".to_owned());
        let direction = Direction::parse(&direction).ok_or_else(odd)?;
        Ok(Message { direction, at: at.into(), entry, mail, stands: None })
    };
    rows.into_iter().rev().map(message).collect()
}
