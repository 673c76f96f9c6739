//! Recording, and reading for those whom the caller has asked the policy about.

use uuid::Uuid;

use super::model::{Entry, SubjectKind, changed, named_case};
use super::store;
pub use super::store::{Filter, Listed, Stretch};
use super::trail::{Extract, Head};
use crate::core::actor::{Actor, Via};
use crate::core::error::{Error, Result};
use crate::core::event::Change;
use crate::core::ids::AccountId;
use crate::core::page::Page;
use crate::store::Tx;

/// Records what `actor` does, in the transaction that does it.
///
/// # Errors
/// The database's.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, entry: Entry) -> Result<()> {
    record_all(tx, actor, &[entry])
}

/// [`record`] for many things that are done at once, in few statements.
///
/// # Errors
/// The database's.
pub fn record_all(tx: &mut Tx<'_>, actor: &Actor, entries: &[Entry]) -> Result<()> {
    let via = match &actor.via {
        Via::Session => "session".to_owned(),
        Via::Token { id, .. } => format!("token:{id}"),
        Via::Link => "link".to_owned(),
        Via::System { name } => format!("system:{name}"),
        Via::Anonymous => "anonymous".to_owned(),
    };
    let rows = store::add(tx, actor, &via, entries)?;
    let at = tx.now();
    for (row, entry) in rows.into_iter().zip(entries) {
        let case = named_case(&entry.detail);
        if let Some(what) = changed(entry.action, entry.subject_kind, entry.subject, case) {
            tx.tell(Change { row, at, by: actor.account, what });
        }
    }
    Ok(())
}

/// The number of the trail's last row, from which [`news`] goes on.
///
/// # Errors
/// The database's.
pub fn last_seq(tx: &mut Tx<'_>) -> Result<i64> {
    store::last_seq(tx)
}

/// What changed by up to `limit` rows after the number `after`, and the number of the last row that was read: how a
/// process learns what others have committed.
///
/// # Errors
/// The database's.
pub fn news(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<(Vec<Change>, i64)> {
    let rows = store::news(tx, after, limit)?;
    let last = rows.last().and_then(|row| row.0).unwrap_or(after);
    let change = |(_, row, at, by, action, kind, subject, detail): store::About| {
        let case = serde_json::from_str(&detail).ok().as_ref().and_then(named_case);
        let what = changed(&action, SubjectKind::parse(&kind)?, subject.map(|id| id.0), case)?;
        Some(Change { row, at: at.0, by: by.map(|id| AccountId(id.0)), what })
    };
    Ok((rows.into_iter().filter_map(change).collect(), last))
}

/// The rows that the filter lets through, the newest first. `cursor` is a former page's `next`.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, cursor: Option<&str>, limit: i64) -> Result<Page<Listed>> {
    store::list(tx, filter, cursor, limit)
}

/// Up to `limit` chained rows after the number `after`, in order, with the checkpoints among them.
///
/// # Errors
/// The database's.
pub fn stretch(tx: &mut Tx<'_>, after: u64, limit: i64) -> Result<Stretch> {
    store::stretch(tx, after, limit)
}

/// Up to `limit` chained rows about one of these after the number `after`, in order, each with the hash before it.
///
/// # Errors
/// The database's; [`Error::Internal`] where the chain is broken.
pub fn extract(tx: &mut Tx<'_>, subjects: &[Uuid], after: u64, limit: i64) -> Result<Vec<Extract>> {
    let rows = store::about(tx, subjects, after, limit)?;
    let broken =
        || Error::Internal("the audit trail is broken: `meldekette audit verify` says where".to_owned());
    rows.into_iter()
        .map(|row| {
            let row = row.chained().ok_or_else(broken)?;
            let before = store::head_at(tx, row.seq.saturating_sub(1))?.ok_or_else(broken)?;
            Ok(Extract { previous: before.hash, row })
        })
        .collect()
}

/// The chain up to and with the row numbered `seq`; `None` when there is no such row. Zero is before the first.
///
/// # Errors
/// The database's.
pub fn head_at(tx: &mut Tx<'_>, seq: u64) -> Result<Option<Head>> {
    store::head_at(tx, seq)
}

/// How many rows wait for their number.
///
/// # Errors
/// The database's.
pub fn count_unchained(tx: &mut Tx<'_>) -> Result<u64> {
    store::count_unchained(tx)
}
