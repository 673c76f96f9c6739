//! Rows of mails that came in, and of the addresses under which organisations answer.

use diesel::prelude::*;
use jiff::Timestamp;

use super::judge::Party;
use super::model::{Attached, Envelope, Inbound, Kind, Look, Poll, Proof, Road, State};
use super::sheet::Sheet;
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, EvidenceId, InboundId, IncidentId, OrgId, ThreadId};
use crate::incidents::evidence::model::{Kept, Sha256};
use crate::mail::imap::Trouble;
use crate::store::schema::{
    blocked_senders as blocked, inbound_contents as contents, inbound_files as files, inbound_mails as mails,
    mail_threads as threads, mailbox_polls as polls,
};
use crate::store::{At, Conn, Statement as _, Tx, each_backend};

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(format!("a mail's row: {error}")))
}

/// The one mailbox.
const MAILBOX: &str = "imap";

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A mail as it comes: sealed, and nothing read of it.
pub struct New<'a> {
    pub kept: &'a Kept,
    pub road: Road,
    pub envelope: &'a Envelope,
}

/// Adds a mail whose bytes are durable, under their name.
pub fn add(tx: &mut Tx<'_>, new: &New<'_>) -> Result<InboundId> {
    let id = InboundId(new.kept.id.0);
    diesel::insert_into(mails::table)
        .values((
            mails::id.eq(id),
            mails::received_at.eq(tx.at()),
            mails::way.eq(new.road.code()),
            mails::size.eq(bytes(new.kept.size)),
            mails::sha256.eq(new.kept.sha256.as_slice()),
            mails::state.eq(State::Waiting.code()),
            mails::kind.eq(""),
            mails::reasons.eq(""),
            mails::attempts.eq(0),
            mails::next_at.eq(tx.at()),
            mails::version.eq(1),
        ))
        .run(tx.conn)?;
    diesel::insert_into(contents::table)
        .values((
            contents::inbound_id.eq(id),
            contents::received_at.eq(tx.at()),
            contents::envelope_from.eq(&new.envelope.from),
            contents::envelope_to.eq(json(&new.envelope.to)?),
            contents::sender.eq(""),
            contents::sender_name.eq(""),
            contents::subject.eq(""),
            contents::sheet.eq("null"),
            contents::data_key.eq(&new.kept.data_key),
            contents::note.eq(""),
        ))
        .run(tx.conn)?;
    Ok(id)
}

/// Takes up to `limit` mails that nobody read yet; somebody else gets them only after `until`.
pub fn claim(tx: &mut Tx<'_>, limit: i64, until: Timestamp) -> Result<Vec<InboundId>> {
    let due = mails::table
        .filter(mails::state.eq(State::Waiting.code()))
        .filter(mails::next_at.le(tx.at()))
        .order(mails::next_at)
        .limit(limit)
        .select(mails::id);
    let ids: Vec<InboundId> = match tx.conn {
        Conn::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    };
    if !ids.is_empty() {
        let held = (
            mails::next_at.eq(At(until)),
            mails::attempts.eq(mails::attempts + 1),
            mails::version.eq(mails::version + 1),
        );
        let update = diesel::update(mails::table.filter(mails::id.eq_any(&ids))).set(held);
        each_backend!(tx.conn, c => update.execute(c))?;
    }
    Ok(ids)
}

/// Whether a mail waits that is due.
pub fn has_due(tx: &mut Tx<'_>) -> Result<bool> {
    let due = mails::table
        .filter(mails::state.eq(State::Waiting.code()))
        .filter(mails::next_at.le(tx.at()))
        .select(mails::id);
    Ok(due.first::<InboundId>(tx.conn).optional()?.is_some())
}

type Skeleton = (
    InboundId,
    At,
    String,
    i64,
    String,
    String,
    String,
    Option<IncidentId>,
    Option<OrgId>,
    Option<String>,
    i32,
    Option<At>,
    i32,
    Option<ThreadId>,
);
type Content = (String, String, String, String, String, String);

fn model(skeleton: Skeleton, content: Option<Content>) -> Result<Inbound> {
    let (
        id,
        received,
        road,
        size,
        state,
        kind,
        reasons,
        incident,
        organisation,
        proof,
        attempts,
        settled,
        version,
        thread,
    ) = skeleton;
    let odd = |what: &str| Error::Internal(format!("mail {id}: {what}"));
    let (from, to, sender, sender_name, subject, note) = content.unwrap_or_default();
    Ok(Inbound {
        id,
        received_at: received.into(),
        road: Road::parse(&road).ok_or_else(|| odd("way"))?,
        size: u64::try_from(size).map_err(|_| odd("size"))?,
        state: State::parse(&state).ok_or_else(|| odd("state"))?,
        kind: Kind::parse(&kind),
        reasons: reasons.split_whitespace().map(str::to_owned).collect(),
        incident,
        organisation,
        thread,
        proof: proof.as_deref().and_then(Proof::parse),
        attempts,
        settled_at: settled.map(Into::into),
        version,
        envelope: Envelope { from, to: serde_json::from_str(&to).unwrap_or_default() },
        sender,
        sender_name,
        subject,
        note,
    })
}

/// What a list holds.
pub struct Wanted<'a> {
    pub states: &'a [State],
    /// Mails that surely belong to one of these cases are left out.
    pub closed: &'a [IncidentId],
    /// Only older ones.
    pub before: Option<InboundId>,
    pub one: Option<InboundId>,
}

macro_rules! wanted {
    ($wanted:expr) => {{
        let wanted = $wanted;
        let codes: Vec<&str> = wanted.states.iter().map(|state| state.code()).collect();
        let closed: Vec<Option<IncidentId>> = wanted.closed.iter().map(|id| Some(*id)).collect();
        let mut query = mails::table
            .left_join(contents::table.on(contents::inbound_id.eq(mails::id)))
            .filter(mails::state.eq_any(codes))
            .into_boxed();
        if !closed.is_empty() {
            // Anybody can write a reference into a subject: by that alone no mail hides.
            let is_open = mails::incident_id
                .is_null()
                .or(mails::proof.eq(Proof::Tag.code()).assume_not_null())
                .or(mails::incident_id.ne_all(closed).assume_not_null());
            query = query.filter(is_open);
        }
        if let Some(before) = wanted.before {
            query = query.filter(mails::id.lt(before));
        }
        if let Some(one) = wanted.one {
            query = query.filter(mails::id.eq(one));
        }
        query
    }};
}

/// Mails, the newest first.
pub fn list(tx: &mut Tx<'_>, wanted: &Wanted<'_>, limit: i64) -> Result<Vec<Inbound>> {
    let rows: Vec<(Skeleton, Option<Content>)> = wanted!(wanted)
        .order(mails::id.desc())
        .limit(limit)
        .select((
            (
                mails::id,
                mails::received_at,
                mails::way,
                mails::size,
                mails::state,
                mails::kind,
                mails::reasons,
                mails::incident_id,
                mails::organisation_id,
                mails::proof,
                mails::attempts,
                mails::settled_at,
                mails::version,
                mails::thread_id,
            ),
            (
                contents::envelope_from,
                contents::envelope_to,
                contents::sender,
                contents::sender_name,
                contents::subject,
                contents::note,
            )
                .nullable(),
        ))
        .load(tx.conn)?;
    rows.into_iter().map(|(skeleton, content)| model(skeleton, content)).collect()
}

/// How many there are, at most `cap`.
pub fn count(tx: &mut Tx<'_>, wanted: &Wanted<'_>, cap: i64) -> Result<i64> {
    let ids: Vec<InboundId> = wanted!(wanted).limit(cap).select(mails::id).load(tx.conn)?;
    Ok(bytes(ids.len() as u64))
}

/// What was read of a mail, and the sealed key to its bytes: empty where a case has it.
pub fn content(tx: &mut Tx<'_>, id: InboundId) -> Result<(Option<Sheet>, Vec<u8>)> {
    let row: Option<(String, Vec<u8>)> =
        contents::table.find(id).select((contents::sheet, contents::data_key)).first(tx.conn).optional()?;
    let (sheet, key) = row.ok_or(Error::NotFound)?;
    Ok((serde_json::from_str(&sheet).unwrap_or_default(), key))
}

/// The digest of a mail.
pub fn sha256(tx: &mut Tx<'_>, id: InboundId) -> Result<Sha256> {
    let digest: Vec<u8> = mails::table.find(id).select(mails::sha256).first(tx.conn)?;
    Sha256::try_from(digest).map_err(|_| Error::Internal(format!("mail {id}: sha256")))
}

/// Whether the same bytes came to the same recipients before, this mail aside.
pub fn is_repeat(tx: &mut Tx<'_>, id: Option<InboundId>, sha256: &[u8], to: &[String]) -> Result<bool> {
    let mut query = mails::table
        .inner_join(contents::table.on(contents::inbound_id.eq(mails::id)))
        .filter(mails::sha256.eq(sha256))
        .filter(mails::state.ne(State::Waiting.code()))
        .select(contents::envelope_to)
        .limit(50)
        .into_boxed();
    if let Some(id) = id {
        query = query.filter(mails::id.ne(id));
    }
    let before: Vec<String> = query.load(tx.conn)?;
    let same = json(&to)?;
    Ok(before.contains(&same))
}

/// How many mails of a sender came since.
pub fn lately(tx: &mut Tx<'_>, sender: &str, since: Timestamp) -> Result<i64> {
    Ok(contents::table
        .filter(contents::sender.eq(sender))
        .filter(contents::received_at.gt(At(since)))
        .count()
        .get_result(tx.conn)?)
}

/// Keeps what was read of a mail and where it stands by that. `seen` is its version.
pub struct Read<'a> {
    pub seen: i32,
    pub state: State,
    pub kind: Kind,
    pub reasons: String,
    pub place: (Option<IncidentId>, Option<Party>, Option<Proof>),
    pub sheet: Option<&'a Sheet>,
}

/// See [`Read`].
pub fn set_read(tx: &mut Tx<'_>, id: InboundId, read: &Read<'_>) -> Result<()> {
    let (incident, party, proof) = read.place;
    let row = mails::table.filter(mails::id.eq(id)).filter(mails::version.eq(read.seen));
    let row = row.filter(mails::state.eq(State::Waiting.code()));
    let change = (
        mails::state.eq(read.state.code()),
        mails::kind.eq(read.kind.code()),
        mails::reasons.eq(&read.reasons),
        mails::incident_id.eq(incident),
        mails::organisation_id.eq(party.and_then(Party::organisation)),
        mails::thread_id.eq(party.and_then(Party::thread)),
        mails::proof.eq(proof.map(Proof::code)),
        mails::version.eq(mails::version + 1),
    );
    one_row(diesel::update(row).set(change).execute(tx.conn)?)?;
    if let Some(sheet) = read.sheet {
        let change = (
            contents::sender.eq(&sheet.from),
            contents::sender_name.eq(&sheet.from_name),
            contents::subject.eq(&sheet.subject),
            contents::sheet.eq(json(sheet)?),
        );
        diesel::update(contents::table.find(id)).set(change).execute(tx.conn)?;
    }
    Ok(())
}

/// A person decided. `seen` is the version that they saw.
pub fn settle(
    tx: &mut Tx<'_>,
    id: InboundId,
    seen: i32,
    state: State,
    account: Option<AccountId>,
    incident: Option<IncidentId>,
) -> Result<()> {
    let row = mails::table.filter(mails::id.eq(id)).filter(mails::version.eq(seen));
    let change = (
        mails::state.eq(state.code()),
        mails::settled_by.eq(account),
        mails::settled_at.eq(Some(tx.at())),
        mails::version.eq(mails::version + 1),
    );
    one_row(diesel::update(row).set(change).execute(tx.conn)?)?;
    if incident.is_some() {
        diesel::update(mails::table.find(id)).set(mails::incident_id.eq(incident)).execute(tx.conn)?;
        // Now a person said so, and it hides with its case.
        let guessed = mails::table.find(id).filter(mails::proof.eq(Proof::Tag.code()).assume_not_null());
        diesel::update(guessed).set(mails::proof.eq(None::<&str>)).execute(tx.conn)?;
    }
    Ok(())
}

/// Keeps why a mail was discarded.
pub fn set_note(tx: &mut Tx<'_>, id: InboundId, note: &str) -> Result<()> {
    diesel::update(contents::table.find(id)).set(contents::note.eq(note)).execute(tx.conn)?;
    Ok(())
}

/// Adds an attachment.
pub fn add_file(tx: &mut Tx<'_>, inbound: InboundId, file: &Attached) -> Result<()> {
    diesel::insert_into(files::table)
        .values((
            files::id.eq(file.id),
            files::inbound_id.eq(inbound),
            files::name.eq(&file.name),
            files::media_type.eq(&file.media_type),
            files::size.eq(bytes(file.size)),
            files::sha256.eq(&file.sha256),
            files::is_sample.eq(file.is_sample),
            files::data_key.eq(&file.data_key),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The attachments of a mail, in their order.
pub fn files_of(tx: &mut Tx<'_>, inbound: InboundId) -> Result<Vec<Attached>> {
    type Row = (EvidenceId, String, String, i64, Vec<u8>, bool, Vec<u8>);
    let rows: Vec<Row> = files::table
        .filter(files::inbound_id.eq(inbound))
        .order(files::id)
        .select((
            files::id,
            files::name,
            files::media_type,
            files::size,
            files::sha256,
            files::is_sample,
            files::data_key,
        ))
        .load(tx.conn)?;
    let file = |(id, name, media_type, size, sha256, is_sample, data_key): Row| {
        let size = u64::try_from(size).map_err(|_| Error::Internal(format!("file {id}: size")))?;
        Ok(Attached { id, name, media_type, size, sha256, is_sample, data_key })
    };
    rows.into_iter().map(file).collect()
}

/// The bytes of a mail and of its attachments are a case's from now on: only it keeps the keys.
pub fn give_away(tx: &mut Tx<'_>, inbound: InboundId) -> Result<()> {
    diesel::delete(files::table.filter(files::inbound_id.eq(inbound))).execute(tx.conn)?;
    let none: &[u8] = &[];
    diesel::update(contents::table.find(inbound)).set(contents::data_key.eq(none)).execute(tx.conn)?;
    Ok(())
}

/// Between whom a token stands, and the case.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Thread {
    pub incident: IncidentId,
    pub organisation: OrgId,
}

/// Where an organisation answers in a case: token, and what it wrote last.
pub fn thread_of(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    organisation: OrgId,
) -> Result<Option<(String, Option<String>)>> {
    Ok(threads::table
        .filter(threads::incident_id.eq(incident))
        .filter(threads::organisation_id.eq(organisation))
        .filter(threads::revoked_at.is_null())
        .select((threads::token, threads::last_message_id))
        .first(tx.conn)
        .optional()?)
}

/// Keeps a new token, unless somebody else gave one meanwhile.
pub fn add_thread(tx: &mut Tx<'_>, incident: IncidentId, organisation: OrgId, token: &str) -> Result<()> {
    let row = (
        threads::id.eq(tx.id::<ThreadId>()),
        threads::incident_id.eq(incident),
        threads::organisation_id.eq(organisation),
        threads::token.eq(token),
        threads::created_at.eq(tx.at()),
    );
    each_backend!(tx.conn, c => diesel::insert_into(threads::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// What a token stands for; one that was revoked stands for nothing.
pub fn thread_by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Thread>> {
    Ok(threads::table
        .filter(threads::token.eq(token))
        .filter(threads::revoked_at.is_null())
        .select((threads::incident_id, threads::organisation_id))
        .first(tx.conn)
        .optional()?)
}

/// Remembers what an organisation wrote last in a case.
pub fn set_last(tx: &mut Tx<'_>, incident: IncidentId, organisation: OrgId, message_id: &str) -> Result<()> {
    let row = threads::table
        .filter(threads::incident_id.eq(incident))
        .filter(threads::organisation_id.eq(organisation))
        .filter(threads::revoked_at.is_null());
    diesel::update(row).set(threads::last_message_id.eq(Some(message_id))).execute(tx.conn)?;
    Ok(())
}

/// Nobody joins the case by this organisation's token any more; mails that go out from now on bear a new one.
pub fn revoke(tx: &mut Tx<'_>, incident: IncidentId, organisation: OrgId) -> Result<()> {
    let row = threads::table
        .filter(threads::incident_id.eq(incident))
        .filter(threads::organisation_id.eq(organisation))
        .filter(threads::revoked_at.is_null());
    diesel::update(row).set(threads::revoked_at.eq(Some(tx.at()))).execute(tx.conn)?;
    Ok(())
}

/// Whether a sender is blocked.
pub fn is_blocked(tx: &mut Tx<'_>, sender: &str) -> Result<bool> {
    Ok(blocked::table.find(sender).count().get_result::<i64>(tx.conn)? > 0)
}

/// Blocks a sender, or lets them be heard again.
pub fn set_blocked(tx: &mut Tx<'_>, sender: &str, account: Option<AccountId>, is: bool) -> Result<()> {
    diesel::delete(blocked::table.find(sender)).execute(tx.conn)?;
    if is {
        diesel::insert_into(blocked::table)
            .values((
                blocked::sender.eq(sender),
                blocked::account_id.eq(account),
                blocked::created_at.eq(tx.at()),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// When the mailbox is looked into next, and how often that failed since it last went well.
pub fn next_poll(tx: &mut Tx<'_>) -> Result<(Option<Timestamp>, i32)> {
    let row: Option<(At, i32)> =
        polls::table.find(MAILBOX).select((polls::next_at, polls::tries)).first(tx.conn).optional()?;
    Ok(row.map_or((None, 0), |(next, tries)| (Some(next.into()), tries)))
}

/// Keeps how a look into the mailbox went.
pub fn set_poll(tx: &mut Tx<'_>, looked: &std::result::Result<Look, Trouble>, next: Timestamp) -> Result<()> {
    let before = poll(tx)?;
    let (polled, failing, tries, refused) = match looked {
        Ok(look) => (Some(tx.now()), None, 0, i64::from(look.refused)),
        Err(_) => {
            let since = before.failing_since.unwrap_or_else(|| tx.now());
            (before.polled_at, Some(since), before.tries.saturating_add(1), before.refused)
        }
    };
    let (step, words) = match looked {
        Ok(_) => ("", ""),
        Err(trouble) => (trouble.step.code(), trouble.words.as_str()),
    };
    let row = (
        polls::name.eq(MAILBOX),
        polls::next_at.eq(At(next)),
        polls::polled_at.eq(polled.map(At)),
        polls::failing_since.eq(failing.map(At)),
        polls::tries.eq(tries),
        polls::step.eq(step),
        polls::words.eq(words),
        polls::refused.eq(refused),
    );
    diesel::delete(polls::table.find(MAILBOX)).execute(tx.conn)?;
    diesel::insert_into(polls::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// How the last look into the mailbox went.
pub fn poll(tx: &mut Tx<'_>) -> Result<Poll> {
    type Row = (Option<At>, Option<At>, i32, String, String, i64);
    let row: Option<Row> = polls::table
        .find(MAILBOX)
        .select((
            polls::polled_at,
            polls::failing_since,
            polls::tries,
            polls::step,
            polls::words,
            polls::refused,
        ))
        .first(tx.conn)
        .optional()?;
    let Some((polled, failing, tries, step, words, refused)) = row else { return Ok(Poll::default()) };
    let (polled_at, failing_since) = (polled.map(Into::into), failing.map(Into::into));
    Ok(Poll { polled_at, failing_since, tries, step, words, refused })
}
