//! Second factors and recovery codes.

use diesel::prelude::*;
use jiff::Timestamp;

use super::hash;
use crate::core::error::{Result, one_row};
use crate::core::ids::AccountId;
use crate::store::schema::{accounts, recovery_codes, second_factors};
use crate::store::{At, Tx, each_backend};

/// Keeps a sealed secret; an earlier one that was not confirmed is replaced.
pub fn put(tx: &mut Tx<'_>, account: AccountId, sealed: &[u8]) -> Result<()> {
    let at = tx.at();
    each_backend!(tx.conn, c => diesel::insert_into(second_factors::table)
        .values((
            second_factors::account_id.eq(account),
            second_factors::secret.eq(sealed),
            second_factors::created_at.eq(at),
            second_factors::last_step.eq(0),
        ))
        .on_conflict(second_factors::account_id)
        .do_update()
        .set((
            second_factors::secret.eq(sealed),
            second_factors::created_at.eq(at),
            second_factors::last_step.eq(0),
        ))
        .execute(c)?);
    Ok(())
}

/// The sealed secret of the account, begun or in use.
pub fn lookup(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Vec<u8>>> {
    let secret = second_factors::table.find(account).select(second_factors::secret);
    Ok(secret.first(tx.conn).optional()?)
}

/// Since when the account is asked for a second factor.
pub fn since(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Timestamp>> {
    let since = accounts::table.find(account).select(accounts::second_factor_at);
    Ok(since.first::<Option<At>>(tx.conn).optional()?.flatten().map(|at| at.0))
}

/// Says since when the account is asked for a second factor; `None`: no longer.
pub fn set_since(tx: &mut Tx<'_>, account: AccountId, since: Option<Timestamp>) -> Result<()> {
    let set = accounts::second_factor_at.eq(since.map(At));
    one_row(diesel::update(accounts::table.find(account)).set(set).execute(tx.conn)?)
}

/// Uses up a step of this secret and all before it. Whether this call was the first.
pub fn take_step(tx: &mut Tx<'_>, account: AccountId, sealed: &[u8], step: i64) -> Result<bool> {
    let before = second_factors::table
        .find(account)
        .filter(second_factors::secret.eq(sealed).and(second_factors::last_step.lt(step)));
    Ok(diesel::update(before).set(second_factors::last_step.eq(step)).execute(tx.conn)? == 1)
}

/// Uses up a recovery code. Whether this call was the first.
pub fn take_code(tx: &mut Tx<'_>, account: AccountId, code: &str) -> Result<bool> {
    let open = recovery_codes::table
        .find(hash(code))
        .filter(recovery_codes::account_id.eq(account).and(recovery_codes::used_at.is_null()));
    Ok(diesel::update(open).set(recovery_codes::used_at.eq(tx.at())).execute(tx.conn)? == 1)
}

/// Puts new recovery codes in the place of all earlier ones.
pub fn set_codes(tx: &mut Tx<'_>, account: AccountId, codes: &[String]) -> Result<()> {
    let all = recovery_codes::table.filter(recovery_codes::account_id.eq(account));
    diesel::delete(all).execute(tx.conn)?;
    for code in codes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::code_hash.eq(hash(code)),
                recovery_codes::account_id.eq(account),
                recovery_codes::created_at.eq(tx.at()),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// How many recovery codes were not used.
pub fn codes_left(tx: &mut Tx<'_>, account: AccountId) -> Result<usize> {
    let open = recovery_codes::table
        .filter(recovery_codes::account_id.eq(account).and(recovery_codes::used_at.is_null()));
    Ok(usize::try_from(open.count().get_result::<i64>(tx.conn)?).unwrap_or_default())
}

/// Takes secret and codes away. Whether there was a secret.
pub fn delete(tx: &mut Tx<'_>, account: AccountId) -> Result<bool> {
    set_codes(tx, account, &[])?;
    Ok(diesel::delete(second_factors::table.find(account)).execute(tx.conn)? == 1)
}
