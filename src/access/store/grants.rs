//! Roles at organisations.

use diesel::prelude::*;

use crate::access::model::{AccountState, Grant};
use crate::core::actor::Role;
use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, GrantId, OrgId};
use crate::store::schema::{accounts, role_grants};
use crate::store::{At, Tx};

type Row = (GrantId, AccountId, OrgId, String, Option<AccountId>, At, Option<At>, Option<At>);

const COLUMNS: (
    role_grants::id,
    role_grants::account_id,
    role_grants::organisation_id,
    role_grants::role,
    role_grants::granted_by,
    role_grants::granted_at,
    role_grants::confirmed_at,
    role_grants::ended_at,
) = (
    role_grants::id,
    role_grants::account_id,
    role_grants::organisation_id,
    role_grants::role,
    role_grants::granted_by,
    role_grants::granted_at,
    role_grants::confirmed_at,
    role_grants::ended_at,
);

fn grant(
    (id, account, organisation, role, granted_by, granted_at, confirmed_at, ended_at): Row,
) -> Option<Grant> {
    Some(Grant {
        id,
        account,
        organisation,
        role: Role::parse(&role)?,
        granted_by,
        granted_at: granted_at.0,
        confirmed_at: confirmed_at.map(Into::into),
        ended_at: ended_at.map(Into::into),
    })
}

pub fn lookup(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Grant>> {
    Ok(role_grants::table.find(id).select(COLUMNS).first::<Row>(tx.conn).optional()?.and_then(grant))
}

/// Every grant that has not ended, the oldest first.
pub fn list_open(tx: &mut Tx<'_>) -> Result<Vec<Grant>> {
    let rows = role_grants::table
        .filter(role_grants::ended_at.is_null())
        .order(role_grants::id)
        .select(COLUMNS)
        .load::<Row>(tx.conn)?;
    Ok(rows.into_iter().filter_map(grant).collect())
}

/// The grants at these organisations that have not ended.
pub fn list_open_at(tx: &mut Tx<'_>, organisations: &[OrgId]) -> Result<Vec<Grant>> {
    let rows = role_grants::table
        .filter(role_grants::ended_at.is_null().and(role_grants::organisation_id.eq_any(organisations)))
        .order(role_grants::id)
        .select(COLUMNS)
        .load::<Row>(tx.conn)?;
    Ok(rows.into_iter().filter_map(grant).collect())
}

/// The account's grants that have not ended.
pub fn list_open_of(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Grant>> {
    let rows = role_grants::table
        .filter(role_grants::ended_at.is_null().and(role_grants::account_id.eq(account)))
        .order(role_grants::id)
        .select(COLUMNS)
        .load::<Row>(tx.conn)?;
    Ok(rows.into_iter().filter_map(grant).collect())
}

pub fn add(
    tx: &mut Tx<'_>,
    account: AccountId,
    organisation: OrgId,
    role: Role,
    granted_by: Option<AccountId>,
    counts_at_once: bool,
) -> Result<GrantId> {
    let id = tx.id::<GrantId>();
    diesel::insert_into(role_grants::table)
        .values((
            role_grants::id.eq(id),
            role_grants::account_id.eq(account),
            role_grants::organisation_id.eq(organisation),
            role_grants::role.eq(role.code()),
            role_grants::granted_by.eq(granted_by),
            role_grants::granted_at.eq(tx.at()),
            role_grants::confirmed_at.eq(counts_at_once.then(|| tx.at())),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

pub fn confirm(tx: &mut Tx<'_>, id: GrantId, by: Option<AccountId>) -> Result<()> {
    let open = role_grants::table
        .find(id)
        .filter(role_grants::confirmed_at.is_null().and(role_grants::ended_at.is_null()));
    let changed = diesel::update(open)
        .set((role_grants::confirmed_at.eq(tx.at()), role_grants::confirmed_by.eq(by)))
        .execute(tx.conn)?;
    one_row(changed)
}

pub fn end(tx: &mut Tx<'_>, id: GrantId) -> Result<()> {
    let open = role_grants::table.find(id).filter(role_grants::ended_at.is_null());
    one_row(diesel::update(open).set(role_grants::ended_at.eq(tx.at())).execute(tx.conn)?)
}

/// Active accounts that hold the role now.
pub fn holders(tx: &mut Tx<'_>, role: Role) -> Result<Vec<AccountId>> {
    Ok(role_grants::table
        .inner_join(accounts::table.on(accounts::id.eq(role_grants::account_id)))
        .filter(
            role_grants::role
                .eq(role.code())
                .and(role_grants::confirmed_at.is_not_null())
                .and(role_grants::ended_at.is_null())
                .and(accounts::state.eq(AccountState::Active.code())),
        )
        .select(role_grants::account_id)
        .distinct()
        .load(tx.conn)?)
}

/// How many accounts ever held the role, however it ended.
pub fn count_ever(tx: &mut Tx<'_>, role: Role) -> Result<usize> {
    let accounts: Vec<AccountId> = role_grants::table
        .filter(role_grants::role.eq(role.code()).and(role_grants::confirmed_at.is_not_null()))
        .select(role_grants::account_id)
        .distinct()
        .load(tx.conn)?;
    Ok(accounts.len())
}
