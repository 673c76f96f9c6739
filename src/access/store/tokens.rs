//! API tokens.

use diesel::prelude::*;
use jiff::Timestamp;

use super::{accounts, hash};
use crate::access::model::{AccountState, TokenInfo};
use crate::core::actor::{Role, Scope};
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId, TokenId};
use crate::store::schema::{accounts as account_rows, api_tokens, role_grants};
use crate::store::{At, Tx};

/// A token that holds, with the person behind it.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub id: TokenId,
    pub account: AccountId,
    pub name: String,
    pub roles: Vec<(OrgId, Role)>,
    pub scopes: Vec<Scope>,
    pub used_at: Option<Timestamp>,
}

type Row = ((TokenId, AccountId, String, Option<At>), (String, Option<OrgId>, Option<String>));

fn scopes(words: &str) -> Vec<Scope> {
    words.split(' ').filter_map(Scope::parse).collect()
}

/// The token, if it is neither expired nor revoked and its account is active. One query: it runs per request.
pub fn load(tx: &mut Tx<'_>, token: &str) -> Result<Option<Loaded>> {
    let rows = api_tokens::table
        .inner_join(account_rows::table.on(account_rows::id.eq(api_tokens::account_id)))
        .left_join(
            role_grants::table.on(role_grants::account_id
                .eq(account_rows::id)
                .and(role_grants::confirmed_at.is_not_null())
                .and(role_grants::ended_at.is_null())),
        )
        .filter(
            api_tokens::token_hash
                .eq(hash(token))
                .and(api_tokens::revoked_at.is_null())
                .and(api_tokens::expires_at.gt(tx.at()))
                .and(account_rows::state.eq(AccountState::Active.code())),
        )
        .select((
            (api_tokens::id, account_rows::id, api_tokens::scopes, api_tokens::used_at),
            (account_rows::name, role_grants::organisation_id.nullable(), role_grants::role.nullable()),
        ))
        .load::<Row>(tx.conn)?;
    let Some(((id, account, words, used_at), _)) = rows.first().cloned() else { return Ok(None) };
    let person = accounts::gather(rows.into_iter().map(|(_, person)| person).collect());
    Ok(person.map(|(name, roles)| Loaded {
        id,
        account,
        name,
        roles,
        scopes: scopes(&words),
        used_at: used_at.map(Into::into),
    }))
}

pub fn add(
    tx: &mut Tx<'_>,
    account: AccountId,
    name: &str,
    token: &str,
    scopes: &[Scope],
    expires_at: Timestamp,
) -> Result<TokenId> {
    let id = tx.id::<TokenId>();
    let words: Vec<_> = scopes.iter().map(|scope| scope.code()).collect();
    diesel::insert_into(api_tokens::table)
        .values((
            api_tokens::id.eq(id),
            api_tokens::account_id.eq(account),
            api_tokens::name.eq(name),
            api_tokens::token_hash.eq(hash(token)),
            api_tokens::scopes.eq(words.join(" ")),
            api_tokens::created_at.eq(tx.at()),
            api_tokens::expires_at.eq(At(expires_at)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// The account's tokens, the newest first.
pub fn list(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<TokenInfo>> {
    type Row = (TokenId, String, String, At, At, Option<At>, Option<At>);
    let rows = api_tokens::table
        .filter(api_tokens::account_id.eq(account))
        .order(api_tokens::id.desc())
        .select((
            api_tokens::id,
            api_tokens::name,
            api_tokens::scopes,
            api_tokens::created_at,
            api_tokens::expires_at,
            api_tokens::revoked_at,
            api_tokens::used_at,
        ))
        .load::<Row>(tx.conn)?;
    let info = |(id, name, words, created_at, expires_at, revoked_at, used_at): Row| TokenInfo {
        id,
        name,
        scopes: scopes(&words),
        created_at: created_at.0,
        expires_at: expires_at.0,
        revoked_at: revoked_at.map(Into::into),
        used_at: used_at.map(Into::into),
    };
    Ok(rows.into_iter().map(info).collect())
}

/// Revokes one token of this account; returns how many there were.
pub fn revoke(tx: &mut Tx<'_>, account: AccountId, id: TokenId) -> Result<usize> {
    let own = api_tokens::table.filter(
        api_tokens::id.eq(id).and(api_tokens::account_id.eq(account)).and(api_tokens::revoked_at.is_null()),
    );
    Ok(diesel::update(own).set(api_tokens::revoked_at.eq(tx.at())).execute(tx.conn)?)
}

pub fn touch(tx: &mut Tx<'_>, id: TokenId) -> Result<()> {
    diesel::update(api_tokens::table.find(id)).set(api_tokens::used_at.eq(tx.at())).execute(tx.conn)?;
    Ok(())
}
