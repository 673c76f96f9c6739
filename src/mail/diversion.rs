//! Mail for mailboxes that somebody else may be reading: it goes elsewhere, or is held until they are trusted again.
//!
//! Mail knows addresses; which of them are not trusted the register knows, which is handed in. It is asked in the
//! transaction that writes a row, in the one that marks a mailbox, and once more in the one that gives a row to a worker:
//! whatever a feature does, a row that a worker holds has an address that was trusted at that moment. A held row is
//! `failed`, so that every page says that nobody got it, and has `held_at`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::content;
use super::outbox::{MailPurpose, MailState};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AnyId, MailId};
use crate::core::text::MailAddress;
use crate::store::schema::{mail_bodies, outbox};
use crate::store::{At, Conn, Tx, each_backend};

/// How long a held mail still says something new: what is older is not sent when its mailbox is trusted again.
pub const WORTH_SENDING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Mails that are listed at most.
const LISTED: i64 = 500;

/// The mailboxes of one holder that are not trusted.
#[derive(Debug, Clone)]
pub struct Diversion {
    /// Whose they are.
    pub of: AnyId,
    /// Mail domains, lower case; what lies below them counts too.
    pub domains: Vec<String>,
    /// Single addresses.
    pub addresses: BTreeSet<String>,
    /// Where mail for an address goes instead.
    pub instead: HashMap<String, MailAddress>,
}

/// Where a mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes<'a> {
    /// Where it was to go.
    AsWritten,
    /// To another mailbox of the same reader.
    Instead(AnyId, &'a MailAddress),
    /// Nowhere yet.
    Held(AnyId),
}

/// Who knows which mailboxes are not trusted now.
pub trait Diversions: Send + Sync {
    /// All of them.
    ///
    /// # Errors
    /// The database's.
    fn all(&self, tx: &mut Tx<'_>) -> Result<Vec<Diversion>>;
}

/// The register, handed in with `Provided`.
#[derive(Clone)]
pub struct DiversionBook(pub Arc<dyn Diversions>);

impl Diversion {
    /// Whether mail for this address is not to go there.
    #[must_use]
    pub fn covers(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_below = |own: &String| {
            domain.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.addresses.contains(&address) || self.domains.iter().any(is_below)
    }
}

/// Where a mail for `address` goes. A link for a new password goes to no other mailbox than the account's own.
#[must_use]
pub fn goes<'a>(all: &'a [Diversion], address: &str, purpose: &str) -> Goes<'a> {
    let mut covering = all.iter().filter(|one| one.covers(address));
    let Some(first) = covering.clone().next() else { return Goes::AsWritten };
    let trusted = |one: &'a Diversion| {
        let instead = one.instead.get(&address.to_lowercase())?;
        (!all.iter().any(|one| one.covers(instead.as_str()))).then_some(Goes::Instead(one.of, instead))
    };
    let instead = covering.find_map(trusted).filter(|_| purpose != MailPurpose::Password.code());
    instead.unwrap_or(Goes::Held(first.of))
}

/// The mailboxes that are not trusted now.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Diversion>> {
    match tx.provided::<DiversionBook>().cloned() {
        Some(book) => book.0.all(tx),
        None => Ok(Vec::new()),
    }
}

/// What is said of a held mail, where the mail server's answer stands.
pub(super) fn held_text() -> String {
    text(Lang::De, "mail-held").into_owned()
}

/// Sends one row elsewhere.
pub(super) fn reroute(tx: &mut Tx<'_>, id: MailId, of: AnyId, from: &str, to: &MailAddress) -> Result<()> {
    let change = (
        outbox::recipient.eq(to.as_str()),
        outbox::diverted_for.eq(Some(of)),
        outbox::diverted_from.eq(Some(from)),
    );
    diesel::update(outbox::table.find(id)).set(change).execute(tx.conn)?;
    Ok(())
}

/// Holds one row.
pub(super) fn hold(tx: &mut Tx<'_>, id: MailId, of: AnyId) -> Result<()> {
    let change = (
        outbox::state.eq(MailState::Failed.code()),
        outbox::diverted_for.eq(Some(of)),
        outbox::held_at.eq(Some(tx.at())),
        outbox::answer.eq(Some(held_text())),
        outbox::answered_at.eq(Some(tx.at())),
        outbox::lease_until.eq(None::<At>),
    );
    diesel::update(outbox::table.find(id)).set(change).execute(tx.conn)?;
    Ok(())
}

/// How many mails go elsewhere, are held, or are with a worker and cannot be called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turned {
    pub rerouted: usize,
    pub held: usize,
    pub leaving: usize,
}

type Waiting = (MailId, String, String, String);

fn waiting(tx: &mut Tx<'_>, is_changed: bool) -> Result<Vec<Waiting>> {
    let open = [MailState::Queued.code(), MailState::Leased.code()];
    let rows = outbox::table.filter(outbox::state.eq_any(open)).select((
        outbox::id,
        outbox::recipient,
        outbox::purpose,
        outbox::state,
    ));
    Ok(match tx.conn {
        // A row that is just being leased is waited for and read anew.
        Conn::Postgres(c) if is_changed => rows.for_update().load(c)?,
        Conn::Postgres(c) => rows.load(c)?,
        Conn::Sqlite(c) => rows.load(c)?,
    })
}

/// What [`turn`] would do with the mails that wait now.
///
/// # Errors
/// The database's.
pub fn foresee(tx: &mut Tx<'_>, all: &[Diversion]) -> Result<Turned> {
    let mut turned = Turned::default();
    for (_, recipient, purpose, state) in waiting(tx, false)? {
        match goes(all, &recipient, &purpose) {
            Goes::AsWritten => {}
            _ if state == MailState::Leased.code() => turned.leaving += 1,
            Goes::Instead(..) => turned.rerouted += 1,
            Goes::Held(_) => turned.held += 1,
        }
    }
    Ok(turned)
}

/// Sends every mail that waits for a mailbox which is not trusted elsewhere, or holds it: in the transaction that marks it.
/// What is with a worker already goes out as it is, or is looked at again when the worker gives it back.
///
/// # Errors
/// The database's.
pub fn turn(tx: &mut Tx<'_>) -> Result<Turned> {
    let all = all(tx)?;
    let mut turned = Turned::default();
    if all.is_empty() {
        return Ok(turned);
    }
    for (id, recipient, purpose, state) in waiting(tx, true)? {
        match goes(&all, &recipient, &purpose) {
            Goes::AsWritten => {}
            _ if state == MailState::Leased.code() => turned.leaving += 1,
            Goes::Instead(of, to) => {
                reroute(tx, id, of, &recipient, to)?;
                turned.rerouted += 1;
            }
            Goes::Held(of) => {
                hold(tx, id, of)?;
                turned.held += 1;
            }
        }
    }
    Ok(turned)
}

/// How many held mails were put back into the queue, and how many came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Released {
    pub sent: usize,
    pub overtaken: usize,
}

/// Lets held mails go: young ones wait in the queue again, older ones are overtaken, and so is every link for a new
/// password. The next lease asks again where each of them goes.
///
/// # Errors
/// The database's.
pub fn release(tx: &mut Tx<'_>, of: AnyId) -> Result<Released> {
    let held = outbox::table
        .filter(outbox::diverted_for.eq(Some(of)))
        .filter(outbox::held_at.is_not_null())
        .select((outbox::id, outbox::purpose, outbox::created_at, outbox::slots));
    let held: Vec<(MailId, String, At, String)> = held.load(tx.conn)?;
    let mut released = Released::default();
    for (id, purpose, created_at, slots) in held {
        let row = outbox::table.find(id);
        let is_young = tx.now().duration_since(created_at.0) < WORTH_SENDING;
        if is_young && purpose != MailPurpose::Password.code() {
            let change = (
                outbox::state.eq(MailState::Queued.code()),
                outbox::held_at.eq(None::<At>),
                outbox::answer.eq(None::<String>),
                outbox::answered_at.eq(None::<At>),
                outbox::next_at.eq(tx.at()),
                outbox::tried_since.eq(Some(tx.at())),
            );
            diesel::update(row).set(change).execute(tx.conn)?;
            released.sent += 1;
        } else {
            let change = (
                outbox::held_at.eq(None::<At>),
                outbox::answer.eq(Some(text(Lang::De, "mail-overtaken").into_owned())),
                outbox::answered_at.eq(Some(tx.at())),
                outbox::slots.eq(content::without_links(&slots)?),
            );
            diesel::update(row).set(change).execute(tx.conn)?;
            released.overtaken += 1;
        }
    }
    if released.sent > 0 {
        tx.leave_work();
    }
    Ok(released)
}

/// Lets the next lease ask again where held mails go: somebody stated another way to reach their reader.
///
/// # Errors
/// The database's.
pub fn reconsider(tx: &mut Tx<'_>, of: AnyId) -> Result<()> {
    let held = outbox::table
        .filter(outbox::diverted_for.eq(Some(of)))
        .filter(outbox::held_at.is_not_null())
        .filter(outbox::purpose.ne(MailPurpose::Password.code()));
    let change = (
        outbox::state.eq(MailState::Queued.code()),
        outbox::held_at.eq(None::<At>),
        outbox::next_at.eq(tx.at()),
        outbox::tried_since.eq(Some(tx.at())),
    );
    if each_backend!(tx.conn, c => diesel::update(held).set(change).execute(c))? > 0 {
        tx.leave_work();
    }
    Ok(())
}

/// A mail that went elsewhere or is held.
#[derive(Debug, Clone)]
pub struct Turning {
    pub id: MailId,
    /// Where it was to go.
    pub meant: String,
    /// Where it goes instead; none for a held one.
    pub instead: Option<String>,
    pub name: String,
    /// As it stands outside of an envelope: above TLP:GREEN label and reference alone.
    pub subject: String,
    pub state: MailState,
    pub written_at: Timestamp,
}

/// The mails of one holder that were turned since an instant, the newest first.
///
/// # Errors
/// The database's.
pub fn turned(tx: &mut Tx<'_>, of: AnyId, since: Timestamp) -> Result<Vec<Turning>> {
    type Row = (MailId, (String, Option<String>, String), String, Option<At>, At, Option<String>);
    let rows: Vec<Row> = outbox::table
        .left_join(mail_bodies::table.on(outbox::body_id.eq(mail_bodies::id.nullable())))
        .filter(outbox::diverted_for.eq(Some(of)))
        .filter(outbox::created_at.ge(At(since)).or(outbox::answered_at.ge(At(since)).assume_not_null()))
        .order(outbox::id.desc())
        .limit(LISTED)
        .select((
            outbox::id,
            (outbox::recipient, outbox::diverted_from, outbox::recipient_name),
            outbox::state,
            outbox::held_at,
            outbox::created_at,
            mail_bodies::subject.nullable(),
        ))
        .load(tx.conn)?;
    let read = |(id, (recipient, from, name), state, _, at, subject): Row| {
        let (meant, instead) = match from {
            Some(from) => (from, Some(recipient)),
            None => (recipient, None),
        };
        let state = MailState::parse(&state)
            .ok_or_else(|| Error::Internal(format!("no such state of a mail: {state}")))?;
        let subject = subject.unwrap_or_default();
        Ok(Turning { id, meant, instead, name, subject, state, written_at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

#[cfg(test)]
#[path = "diversion_tests.rs"]
mod tests;
