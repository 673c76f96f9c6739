//! Accounts, and the roles that count.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::access::model::{Account, AccountState};
use crate::core::actor::Role;
use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, OrgId};
use crate::store::schema::{accounts, role_grants};
use crate::store::{At, Tx};

type Row = (AccountId, String, String, String, At);

/// Roles at organisations.
pub type Roles = Vec<(OrgId, Role)>;

const COLUMNS: (accounts::id, accounts::mail, accounts::name, accounts::state, accounts::created_at) =
    (accounts::id, accounts::mail, accounts::name, accounts::state, accounts::created_at);

fn account((id, mail, name, state, created_at): Row) -> Account {
    Account { id, mail, name, state: AccountState::parse(&state), created_at: created_at.0 }
}

pub fn lookup(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Account>> {
    Ok(accounts::table.find(id).select(COLUMNS).first::<Row>(tx.conn).optional()?.map(account))
}

pub fn lookup_by_mail(tx: &mut Tx<'_>, mail: &str) -> Result<Option<Account>> {
    let row = accounts::table.filter(accounts::mail.eq(mail)).select(COLUMNS).first::<Row>(tx.conn);
    Ok(row.optional()?.map(account))
}

pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Account>> {
    let rows = accounts::table.order(accounts::mail).select(COLUMNS).load::<Row>(tx.conn)?;
    Ok(rows.into_iter().map(account).collect())
}

pub fn list_by_id(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<Vec<Account>> {
    let rows = accounts::table
        .filter(accounts::id.eq_any(ids))
        .order(accounts::mail)
        .select(COLUMNS)
        .load::<Row>(tx.conn)?;
    Ok(rows.into_iter().map(account).collect())
}

/// The stored hash of an account that may sign in.
pub fn password_hash(tx: &mut Tx<'_>, mail: &str) -> Result<Option<(AccountId, String)>> {
    let row = accounts::table
        .filter(accounts::mail.eq(mail).and(accounts::state.eq(AccountState::Active.code())))
        .select((accounts::id, accounts::password_hash))
        .first::<(AccountId, Option<String>)>(tx.conn)
        .optional()?;
    Ok(row.and_then(|(id, hash)| hash.map(|hash| (id, hash))))
}

/// Whether the account has a password.
pub fn has_password(tx: &mut Tx<'_>, id: AccountId) -> Result<bool> {
    let hash = accounts::table.find(id).select(accounts::password_hash);
    Ok(hash.first::<Option<String>>(tx.conn).optional()?.flatten().is_some())
}

pub fn add(tx: &mut Tx<'_>, mail: &str, name: &str) -> Result<AccountId> {
    let id = tx.id::<AccountId>();
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(id),
            accounts::mail.eq(mail),
            accounts::name.eq(name),
            accounts::state.eq(AccountState::Invited.code()),
            accounts::created_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

pub fn set_password(tx: &mut Tx<'_>, id: AccountId, hash: &str) -> Result<()> {
    let changed = diesel::update(accounts::table.find(id))
        .set((accounts::password_hash.eq(hash), accounts::password_at.eq(tx.at())))
        .execute(tx.conn)?;
    one_row(changed)
}

/// Signed in just now.
pub fn signed_in(tx: &mut Tx<'_>, id: AccountId) -> Result<()> {
    let set = accounts::signed_in_at.eq(tx.at());
    one_row(diesel::update(accounts::table.find(id)).set(set).execute(tx.conn)?)
}

/// When each address was last signed in with.
pub fn last_sign_ins(tx: &mut Tx<'_>) -> Result<HashMap<String, Timestamp>> {
    let rows = accounts::table
        .filter(accounts::signed_in_at.is_not_null())
        .select((accounts::mail, accounts::signed_in_at.assume_not_null()))
        .load::<(String, At)>(tx.conn)?;
    Ok(rows.into_iter().map(|(mail, at)| (mail, at.0)).collect())
}

pub fn set_state(tx: &mut Tx<'_>, id: AccountId, state: AccountState) -> Result<()> {
    one_row(diesel::update(accounts::table.find(id)).set(accounts::state.eq(state.code())).execute(tx.conn)?)
}

/// Name and counting roles of an account that is active; `None` for all others. One query: it runs per request.
pub fn active_with_roles(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<(String, Roles)>> {
    let rows = accounts::table
        .left_join(
            role_grants::table.on(role_grants::account_id
                .eq(accounts::id)
                .and(role_grants::confirmed_at.is_not_null())
                .and(role_grants::ended_at.is_null())),
        )
        .filter(accounts::id.eq(id).and(accounts::state.eq(AccountState::Active.code())))
        .select((accounts::name, role_grants::organisation_id.nullable(), role_grants::role.nullable()))
        .load::<(String, Option<OrgId>, Option<String>)>(tx.conn)?;
    Ok(gather(rows))
}

/// Folds the joined rows of one account; a role that this version does not know counts for nothing.
pub fn gather(rows: Vec<(String, Option<OrgId>, Option<String>)>) -> Option<(String, Roles)> {
    let name = rows.first()?.0.clone();
    let roles = rows.into_iter().filter_map(|(_, org, role)| Some((org?, Role::parse(&role?)?))).collect();
    Some((name, roles))
}
