//! Mails that wait, written in the transaction of the change that causes them, and where each of them stands.

use std::borrow::Cow;
use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use super::content::{Content, Slots, check_slots};
use super::diversion::{self, Diversion, Goes};
use super::message::Recipient;
use crate::core::codes::codes;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, BodyId, MailId};
use crate::core::text::MailAddress;
use crate::core::urgency::Urgency;
use crate::store::schema::{mail_bodies, outbox};
use crate::store::{At, Statement as _, Tx, each_backend};

/// How many rows go into one statement.
const ROWS: usize = 500;

/// What the outbox needs to know, handed in with `Provided`.
#[derive(Debug, Clone)]
pub struct OutboxSettings {
    /// The domain of Message-IDs.
    pub domain: String,
    /// The mailbox that bounces come back to. The mail's id is added to its local part (VERP): `prefix+id@domain`.
    pub bounces: MailAddress,
}

codes! {
    /// What a mail is for.
    MailPurpose {
        Incident = "incident",
        Escalation = "escalation",
        Advisory = "advisory",
        Invitation = "invitation",
        Password = "password",
        Mandate = "mandate",
        Account = "account",
        Contact = "contact",
        Audit = "audit",
    }
}

/// One mail to one recipient.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Pages and logs say it.
    pub purpose: MailPurpose,
    /// What it belongs to, so that its state can be shown there.
    pub dispatch: Option<AnyId>,
    pub to: Recipient,
    /// Among mails that wait the more urgent goes first.
    pub urgency: Urgency,
    pub slots: Slots,
}

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailState {
    /// Waits, for the first or a later try.
    Queued,
    /// A worker has it.
    Leased,
    /// The mail server took it.
    Accepted,
    /// It came back.
    Bounced,
    /// The mail server refused it for good, or it was given up.
    Failed,
}

impl MailState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Leased, Self::Accepted, Self::Bounced, Self::Failed];

    /// The word in the row.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Leased => "leased",
            Self::Accepted => "accepted",
            Self::Bounced => "bounced",
            Self::Failed => "failed",
        }
    }

    /// Reads the word of [`MailState::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl TryFrom<String> for MailState {
    type Error = Error;

    fn try_from(code: String) -> Result<Self> {
        Self::parse(&code).ok_or_else(|| Error::Internal(format!("no such state of a mail: {code}")))
    }
}

/// A mail's state, for people.
#[derive(Debug, Clone, Queryable)]
pub struct MailStatus {
    pub id: MailId,
    pub recipient: String,
    pub recipient_name: String,
    pub message_id: String,
    #[diesel(deserialize_as = String)]
    pub state: MailState,
    pub attempts: i32,
    /// A crash or a broken connection left unknown whether an earlier try arrived.
    pub possibly_duplicate: bool,
    /// The mail server's last answer, or why there was none.
    pub answer: Option<String>,
    pub answered_at: Option<At>,
    pub next_at: At,
    pub created_at: At,
}

/// Keeps a text that several mails share.
///
/// # Errors
/// The database's.
pub fn add_body(tx: &mut Tx<'_>, content: &Content) -> Result<BodyId> {
    let id: BodyId = tx.id();
    let (subject, body) = content.columns();
    let row = (
        mail_bodies::id.eq(id),
        mail_bodies::tlp.eq(content.tlp().label()),
        mail_bodies::subject.eq(subject),
        mail_bodies::body.eq(body),
        mail_bodies::created_at.eq(tx.at()),
    );
    diesel::insert_into(mail_bodies::table).values(row).run(tx.conn)?;
    Ok(id)
}

/// Writes one mail with its own text.
///
/// # Errors
/// [`Error::Internal`] when a slot's value holds control characters; the database's.
pub fn enqueue(tx: &mut Tx<'_>, content: &Content, mail: NewMail) -> Result<MailId> {
    let body = add_body(tx, content)?;
    let ids = enqueue_all(tx, body, std::slice::from_ref(&mail))?;
    ids.first().copied().ok_or_else(|| Error::Internal("no mail was written".to_owned()))
}

#[derive(Insertable)]
// Without defaults a batch is one statement; with them diesel opens a transaction of its own on SQLite.
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
struct NewRow<'a> {
    id: MailId,
    body_id: BodyId,
    purpose: &'a str,
    dispatch_id: Option<AnyId>,
    recipient: Cow<'a, str>,
    recipient_name: &'a str,
    envelope_from: String,
    message_id: String,
    slots: String,
    state: &'a str,
    priority: i32,
    attempts: i32,
    next_at: At,
    fence: i64,
    possibly_duplicate: bool,
    answer: Option<String>,
    answered_at: Option<At>,
    created_at: At,
    diverted_for: Option<AnyId>,
    diverted_from: Option<&'a str>,
    held_at: Option<At>,
}

/// Writes mails that share a text, and returns their ids in the same order.
///
/// # Errors
/// As [`enqueue`].
pub fn enqueue_all(tx: &mut Tx<'_>, body: BodyId, mails: &[NewMail]) -> Result<Vec<MailId>> {
    let settings = tx.required::<OutboxSettings>()?;
    let diversions = diversion::all(tx)?;
    let rows = mails.iter().map(|mail| new_row(tx, settings, body, mail, &diversions));
    let rows = rows.collect::<Result<Vec<_>>>()?;
    let ids = rows.iter().map(|row| row.id).collect();
    if let [row] = rows.as_slice() {
        // A statement for one row is kept prepared, one for several is not.
        diesel::insert_into(outbox::table).values(row).run(tx.conn)?;
    } else {
        for rows in rows.chunks(ROWS) {
            each_backend!(tx.conn, c => diesel::insert_into(outbox::table).values(rows).execute(c))?;
        }
    }
    tx.leave_work();
    Ok(ids)
}

fn new_row<'a>(
    tx: &Tx<'_>,
    settings: &OutboxSettings,
    body: BodyId,
    mail: &'a NewMail,
    diversions: &[Diversion],
) -> Result<NewRow<'a>> {
    check_slots(&mail.slots)?;
    let meant = mail.to.address.as_str();
    let (recipient, diverted_for, is_held) = match diversion::goes(diversions, meant, mail.purpose.code()) {
        Goes::AsWritten => (Cow::Borrowed(meant), None, false),
        Goes::Instead(of, to) => (Cow::Owned(to.as_str().to_owned()), Some(of), false),
        Goes::Held(of) => (Cow::Borrowed(meant), Some(of), true),
    };
    let held_at = is_held.then(|| tx.at());
    let id: MailId = tx.id();
    let (local, domain) = settings.bounces.as_str().split_once('@').unwrap_or_default();
    Ok(NewRow {
        id,
        body_id: body,
        purpose: mail.purpose.code(),
        dispatch_id: mail.dispatch,
        recipient,
        recipient_name: mail.to.name.as_ref().map_or("", |name| name.as_str()),
        envelope_from: format!("{local}+{}@{domain}", id.0.simple()),
        message_id: format!("<{}@{}>", id.0.simple(), settings.domain),
        slots: serde_json::to_string(&mail.slots).map_err(|error| Error::Internal(error.to_string()))?,
        state: if is_held { MailState::Failed } else { MailState::Queued }.code(),
        priority: mail.urgency.number(),
        attempts: 0,
        next_at: tx.at(),
        fence: 0,
        possibly_duplicate: false,
        answer: is_held.then(diversion::held_text),
        answered_at: held_at,
        created_at: tx.at(),
        diverted_for,
        diverted_from: diverted_for.filter(|_| !is_held).map(|_| meant),
        held_at,
    })
}

/// Says where answers to these mails go, and which mail they answer (a Message-ID without brackets).
///
/// # Errors
/// The database's.
pub fn set_thread(
    tx: &mut Tx<'_>,
    mails: &[MailId],
    reply_to: &MailAddress,
    answers: Option<&str>,
) -> Result<()> {
    let rows = outbox::table.filter(outbox::id.eq_any(mails));
    let change = (outbox::reply_to.eq(Some(reply_to.as_str())), outbox::in_reply_to.eq(answers));
    each_backend!(tx.conn, c => diesel::update(rows).set(change).execute(c))?;
    Ok(())
}

/// A mail that was written, by what others know of it.
#[derive(Debug, Clone, Queryable)]
pub struct Written {
    pub id: MailId,
    pub recipient: String,
    pub reply_to: Option<String>,
}

/// The mail with this Message-ID, given without brackets.
///
/// # Errors
/// The database's.
pub fn by_message_id(tx: &mut Tx<'_>, message_id: &str) -> Result<Option<Written>> {
    let row = outbox::table.filter(outbox::message_id.eq(format!("<{message_id}>")));
    Ok(row.select((outbox::id, outbox::recipient, outbox::reply_to)).first(tx.conn).optional()?)
}

/// The Message-ID of a mail that was written, without brackets.
///
/// # Errors
/// [`Error::Internal`] when there is none.
pub fn message_id(tx: &mut Tx<'_>, id: MailId) -> Result<String> {
    let written: String = outbox::table.find(id).select(outbox::message_id).first(tx.conn)?;
    Ok(written.trim_start_matches('<').trim_end_matches('>').to_owned())
}

/// The mail with this id.
///
/// # Errors
/// The database's.
pub fn by_id(tx: &mut Tx<'_>, id: MailId) -> Result<Option<Written>> {
    let row = outbox::table.filter(outbox::id.eq(id));
    Ok(row.select((outbox::id, outbox::recipient, outbox::reply_to)).first(tx.conn).optional()?)
}

/// A mail that a mail server took came back for good, with what is said of it. Whether it was one that counted as taken.
///
/// # Errors
/// The database's.
pub fn set_bounced(tx: &mut Tx<'_>, id: MailId, answer: &str) -> Result<bool> {
    let taken = outbox::table.filter(outbox::id.eq(id)).filter(outbox::state.eq(MailState::Accepted.code()));
    let back = (
        outbox::state.eq(MailState::Bounced.code()),
        outbox::answer.eq(Some(answer)),
        outbox::answered_at.eq(Some(tx.at())),
    );
    Ok(diesel::update(taken).set(back).execute(tx.conn)? == 1)
}

/// The mails of one dispatch, in the order of writing.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, dispatch: AnyId) -> Result<Vec<MailStatus>> {
    let rows = outbox::table.filter(outbox::dispatch_id.eq(dispatch)).order(outbox::id).select(STATUS);
    Ok(rows.load(tx.conn)?)
}

/// How many mails of one dispatch are in each state; states without mails are left out.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx<'_>, dispatch: AnyId) -> Result<Vec<(MailState, i64)>> {
    let rows: Vec<(String, i64)> = outbox::table
        .filter(outbox::dispatch_id.eq(dispatch))
        .group_by(outbox::state)
        .select((outbox::state, diesel::dsl::count_star()))
        .load(tx.conn)?;
    rows.into_iter().map(|(state, count)| Ok((state.try_into()?, count))).collect()
}

/// Where the mails of several dispatches stand.
///
/// # Errors
/// The database's.
pub fn states(tx: &mut Tx<'_>, dispatches: &[AnyId]) -> Result<HashMap<AnyId, Vec<MailState>>> {
    let rows: Vec<(Option<AnyId>, String)> = outbox::table
        .filter(outbox::dispatch_id.eq_any(dispatches.iter().map(|id| Some(*id)).collect::<Vec<_>>()))
        .select((outbox::dispatch_id, outbox::state))
        .load(tx.conn)?;
    let mut all: HashMap<AnyId, Vec<MailState>> = HashMap::new();
    for (dispatch, state) in rows {
        if let Some(dispatch) = dispatch {
            all.entry(dispatch).or_default().push(state.try_into()?);
        }
    }
    Ok(all)
}

/// When a mail to each address last came back, was refused for good or given up, since an instant; what was held or went
/// elsewhere says nothing of an address.
///
/// # Errors
/// The database's.
pub fn failures_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<HashMap<String, Timestamp>> {
    let over = [MailState::Bounced.code(), MailState::Failed.code()];
    let rows = outbox::table
        .filter(outbox::state.eq_any(over).and(outbox::answered_at.gt(At(since))))
        .filter(outbox::diverted_for.is_null())
        .order(outbox::answered_at)
        .select((outbox::recipient, outbox::answered_at.assume_not_null()))
        .load::<(String, At)>(tx.conn)?;
    // The last one wins.
    Ok(rows.into_iter().map(|(recipient, at)| (recipient, at.0)).collect())
}

/// How many mails wait or are with a worker.
///
/// # Errors
/// The database's.
pub fn count_open(tx: &mut Tx<'_>) -> Result<i64> {
    let open = outbox::state.eq(MailState::Queued.code()).or(outbox::state.eq(MailState::Leased.code()));
    Ok(outbox::table.filter(open).count().get_result(tx.conn)?)
}

type StatusColumns = (
    outbox::id,
    outbox::recipient,
    outbox::recipient_name,
    outbox::message_id,
    outbox::state,
    outbox::attempts,
    outbox::possibly_duplicate,
    outbox::answer,
    outbox::answered_at,
    outbox::next_at,
    outbox::created_at,
);

const STATUS: StatusColumns = (
    outbox::id,
    outbox::recipient,
    outbox::recipient_name,
    outbox::message_id,
    outbox::state,
    outbox::attempts,
    outbox::possibly_duplicate,
    outbox::answer,
    outbox::answered_at,
    outbox::next_at,
    outbox::created_at,
);
