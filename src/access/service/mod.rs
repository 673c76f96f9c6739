//! What can be done with accounts, roles, sessions, links and tokens. Each change asks the policy first and is audited
//! in its own transaction; where a single-use link is the authority, using it up takes the policy's place.

pub mod factors;
pub mod first;
pub mod job;
pub mod letters;
pub mod limits;
pub mod links;
mod lookup;
pub mod passwords;
pub mod people;
pub mod roster;
pub mod sessions;
pub mod sign_in;
pub mod tokens;

use jiff::SignedDuration;
pub use links::{create_link, create_link_to, peek_link, use_link, void_links};
pub use lookup::{by_mail, holders, last_sign_ins, members, names};
pub use people::{load_actor, mail_of};

use super::store;
use crate::core::error::Result;
use crate::store::Tx;
use crate::web::idempotency;

/// Removes what is over: ended sessions, links a month after their end, counters and answers of yesterday.
///
/// # Errors
/// The database's.
pub fn sweep(tx: &mut Tx<'_>) -> Result<usize> {
    let day = SignedDuration::from_hours(24);
    let sessions = store::sessions::sweep(tx)?;
    let links = store::links::sweep(tx, tx.now() - day * 30)?;
    let limits = store::limits::sweep(tx, (tx.now() - day).as_second())?;
    let answers = idempotency::sweep(tx, tx.now() - day)?;
    Ok(sessions + links + limits + answers)
}
