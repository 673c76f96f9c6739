//! API tokens: shown once, kept as a hash, scoped, expiring, revocable.

use jiff::{SignedDuration, Timestamp};

use crate::access::model::{TOKEN_LONGEST, TOUCH_EVERY, TokenInfo};
use crate::access::policy::{self, Action, Facts, Relation};
pub use crate::access::store::tokens::Loaded;
use crate::access::store::{accounts, tokens as store};
use crate::audit;
use crate::audit::model::{Entry, SubjectKind};
use crate::core::actor::{Actor, Scope, Via};
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, TokenId};
use crate::core::text::Name;
use crate::store::Tx;

/// What every token begins with, so that scanners find lost ones.
pub const PREFIX: &str = "mk_";

/// A token that somebody wants: what it is called, what it may do, how long.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub name: Name,
    pub scopes: Vec<Scope>,
    pub valid_for: SignedDuration,
}

/// Makes a token for the account and returns it, which is the only time that anybody sees it.
///
/// # Errors
/// The policy's, the database's, [`Error::Invalid`] without a scope or for longer than [`TOKEN_LONGEST`].
pub fn issue(tx: &mut Tx<'_>, actor: &Actor, account: AccountId, new: &NewToken) -> Result<String> {
    policy::check(tx, actor, Action::ManageTokens, facts(actor, account))?;
    if new.scopes.is_empty() {
        return Err(FieldError::new("scopes", "access-token-no-scope").into());
    }
    if new.valid_for <= SignedDuration::ZERO || new.valid_for > TOKEN_LONGEST {
        return Err(FieldError::new("days", "access-token-days").into());
    }
    accounts::lookup(tx, account)?.ok_or(Error::NotFound)?;
    let token = format!("{PREFIX}{}", tx.env().token());
    let expires_at = tx.now() + new.valid_for;
    let id = store::add(tx, account, new.name.as_str(), &token, &new.scopes, expires_at)?;
    let scopes: Vec<_> = new.scopes.iter().map(|scope| scope.code()).collect();
    let entry = Entry::new("token.issue", SubjectKind::Account, account)
        .with("token", id.to_string())
        .with("scopes", scopes.join(" "));
    audit::service::record(tx, actor, entry)?;
    Ok(token)
}

/// The account's tokens, the newest first.
///
/// # Errors
/// The policy's and the database's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<Vec<TokenInfo>> {
    policy::check(tx, actor, Action::ManageTokens, facts(actor, account))?;
    store::list(tx, account)
}

/// Makes a token useless.
///
/// # Errors
/// The policy's, the database's, [`Error::NotFound`] when it is another's or revoked already.
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, account: AccountId, token: TokenId) -> Result<()> {
    policy::check(tx, actor, Action::ManageTokens, facts(actor, account))?;
    if store::revoke(tx, account, token)? == 0 {
        return Err(Error::NotFound);
    }
    let entry = Entry::new("token.revoke", SubjectKind::Account, account).with("token", token.to_string());
    audit::service::record(tx, actor, entry)
}

/// Whether the token's person is at an organisation whose accounts are not trusted now.
///
/// # Errors
/// The database's.
pub fn is_stopped(tx: &mut Tx<'_>, token: &Loaded) -> Result<bool> {
    super::sessions::is_mistrusted(tx, &token.roles)
}

/// The token that a request carries, with the person behind it; `None` when it does not hold.
///
/// # Errors
/// The database's.
pub fn load(tx: &mut Tx<'_>, token: &str) -> Result<Option<Loaded>> {
    if token.starts_with(PREFIX) { store::load(tx, token) } else { Ok(None) }
}

/// Who holds a token that a command is given.
///
/// # Errors
/// [`Error::SignInNeeded`] when it does not hold; the database's.
pub fn holder(tx: &mut Tx<'_>, token: &str) -> Result<Actor> {
    let found = load(tx, token.trim())?.ok_or(Error::SignInNeeded)?;
    Ok(Actor {
        account: Some(found.account),
        name: found.name,
        roles: found.roles,
        via: Via::Token { id: found.id, scopes: found.scopes },
        ..Actor::anonymous(None)
    })
}

/// Whether "last used" is old enough to be written again.
#[must_use]
pub fn wants_touch(token: &Loaded, now: Timestamp) -> bool {
    token.used_at.is_none_or(|used| now.duration_since(used) >= TOUCH_EVERY)
}

/// Remembers that the token is in use.
///
/// # Errors
/// The database's.
pub fn touch(tx: &mut Tx<'_>, token: TokenId) -> Result<()> {
    store::touch(tx, token)
}

fn facts(actor: &Actor, account: AccountId) -> Facts {
    Facts::of(actor).when(actor.account == Some(account), Relation::Oneself)
}
