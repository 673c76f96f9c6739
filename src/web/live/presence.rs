//! Who is at what, in the other processes on the same database: each writes down its own for a minute.

use diesel::prelude::*;
use jiff::SignedDuration;
use uuid::Uuid;

use crate::core::error::Result;
use crate::core::ids::{AccountId, AnyId};
use crate::store::schema::live_presences as rows;
use crate::store::{At, Tx, each_backend};

/// How long a row counts that nobody renews: its process is gone.
const HOLDS: SignedDuration = SignedDuration::from_secs(60);

/// Somebody at something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Presence {
    pub subject: Uuid,
    pub account: AccountId,
    pub name: String,
    pub is_writing: bool,
}

#[derive(Insertable)]
#[diesel(table_name = rows, treat_none_as_default_value = false)]
struct NewRow<'a> {
    process_id: AnyId,
    subject_id: AnyId,
    account_id: AccountId,
    name: &'a str,
    is_writing: bool,
    until_at: At,
}

/// Writes down who is at what in this process, instead of what it wrote before, and clears what ended. Each account
/// stands at most once at each thing in `all`.
///
/// # Errors
/// The database's.
pub fn share(tx: &mut Tx<'_>, process: AnyId, all: &[Presence]) -> Result<()> {
    let over = rows::process_id.eq(process).or(rows::until_at.lt(tx.at()));
    diesel::delete(rows::table.filter(over)).execute(tx.conn)?;
    let until_at = At(tx.now() + HOLDS);
    let new: Vec<_> = all
        .iter()
        .map(|one| NewRow {
            process_id: process,
            subject_id: AnyId(one.subject),
            account_id: one.account,
            name: &one.name,
            is_writing: one.is_writing,
            until_at,
        })
        .collect();
    if !new.is_empty() {
        each_backend!(tx.conn, c => diesel::insert_into(rows::table).values(&new).execute(c))?;
    }
    Ok(())
}

/// Who is at what in the other processes.
///
/// # Errors
/// The database's.
pub fn others(tx: &mut Tx<'_>, process: AnyId) -> Result<Vec<Presence>> {
    let found: Vec<(AnyId, AccountId, String, bool)> = rows::table
        .filter(rows::process_id.ne(process).and(rows::until_at.gt(tx.at())))
        .select((rows::subject_id, rows::account_id, rows::name, rows::is_writing))
        .load(tx.conn)?;
    let presence = |(subject, account, name, is_writing): (AnyId, _, _, _)| Presence {
        subject: subject.0,
        account,
        name,
        is_writing,
    };
    Ok(found.into_iter().map(presence).collect())
}
