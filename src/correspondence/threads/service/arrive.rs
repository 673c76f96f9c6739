//! To which thread an answer belongs, and what it changes there.

use crate::core::error::Result;
use crate::core::ids::{EntryId, InboundId, IncidentId, ThreadId};
use crate::correspondence::threads::model::{State, Thread, keys_in};
use crate::correspondence::threads::store::{self, By, Change};
use crate::store::Tx;

/// The thread of a token; one that was renewed has the new one alone.
///
/// # Errors
/// The database's.
pub fn by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Thread>> {
    store::by_token(tx, token)
}

/// The one thread whose counterpart's reference number stands in a subject. Anybody may write that: it is a proposal.
///
/// # Errors
/// The database's.
pub fn by_subject(tx: &mut Tx<'_>, subject: &str) -> Result<Option<(ThreadId, IncidentId)>> {
    let keys = keys_in(subject);
    if keys.is_empty() {
        return Ok(None);
    }
    let mut found = store::by_keys(tx, &keys, 2)?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// With whom a thread is, for whoever may see its case.
///
/// # Errors
/// The database's.
pub fn party_of(tx: &mut Tx<'_>, id: ThreadId) -> Result<Option<String>> {
    Ok(store::lookup(tx, id)?.map(|thread| thread.shown_party()))
}

/// The one thread of a case with whoever has this address.
///
/// # Errors
/// The database's.
pub fn of_sender(tx: &mut Tx<'_>, incident: IncidentId, address: &str) -> Result<Option<ThreadId>> {
    let mut theirs = store::list(tx, &[incident])?;
    theirs.retain(|thread| thread.is_of(address));
    Ok(if theirs.len() == 1 { theirs.pop().map(|thread| thread.id) } else { None })
}

/// An answer came, which stands on the timeline as `line`: nothing is awaited any more, and a closed thread is open.
///
/// # Errors
/// The database's.
pub fn received(
    tx: &mut Tx<'_>,
    id: ThreadId,
    line: EntryId,
    mail: InboundId,
    message_id: Option<&str>,
) -> Result<()> {
    store::add_message(tx, id, line, By::In(mail))?;
    let change = Change {
        state: Some(State::Open.code()),
        follow_up_at: Some(None),
        is_silent: Some(false),
        waits_since: Some(None),
        last_at: Some(tx.at()),
        last_message_id: message_id.map(Some),
        ..Change::default()
    };
    store::touch(tx, id, change)
}
