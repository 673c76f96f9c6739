//! Recording.

use super::model::Entry;
use super::store;
use crate::core::actor::{Actor, Via};
use crate::core::error::Result;
use crate::store::Tx;

/// Records what `actor` does, in the transaction that does it.
///
/// # Errors
/// The database's.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, entry: Entry) -> Result<()> {
    let via = match &actor.via {
        Via::Session => "session".to_owned(),
        Via::Token { id, .. } => format!("token:{id}"),
        Via::Link => "link".to_owned(),
        Via::System { name } => format!("system:{name}"),
        Via::Anonymous => "anonymous".to_owned(),
    };
    store::add(tx, actor, &via, &entry)
}
