//! Recording, and reading for those whom the caller has asked the policy about.

use super::model::Entry;
use super::store;
pub use super::store::{Filter, Listed, Stretch};
use super::trail::Head;
use crate::core::actor::{Actor, Via};
use crate::core::error::Result;
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
    store::add(tx, actor, &via, entries)
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
