//! Names and addresses of accounts.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::core::actor::Role;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::store::schema::{accounts, role_grants};
use crate::store::{Conn, Tx, among};

pub fn names(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<HashMap<AccountId, String>> {
    let named = accounts::table.select((accounts::id, accounts::name));
    let rows: Vec<(AccountId, String)> = match tx.conn {
        Conn::Sqlite(c) => named.filter(among!(accounts::id, ids)).load(c)?,
        Conn::Postgres(c) => named.filter(accounts::id.eq_any(ids)).load(c)?,
    };
    Ok(rows.into_iter().collect())
}

/// Active accounts with a role that counts, as [`crate::access::model::Grant::counts`] has it.
pub fn holders(
    tx: &mut Tx<'_>,
    organisation: Option<OrgId>,
    roles: &[Role],
) -> Result<Vec<(AccountId, String)>> {
    let mut query = role_grants::table
        .inner_join(accounts::table.on(accounts::id.eq(role_grants::account_id)))
        .filter(role_grants::role.eq_any(roles.iter().map(|role| role.code()).collect::<Vec<_>>()))
        .filter(role_grants::ended_at.is_null())
        .filter(role_grants::confirmed_at.is_not_null())
        .filter(accounts::state.eq("active"))
        .select((accounts::id, accounts::name))
        .order(accounts::name)
        .distinct()
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(role_grants::organisation_id.eq(organisation));
    }
    Ok(query.load(tx.conn)?)
}
