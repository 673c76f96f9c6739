//! The first two administrators: nobody is there to grant or confirm their role, so the operator hands them two links.

use super::links;
use crate::access::model::{ADMINISTRATORS_NEEDED, AccountState, FIRST_ADMIN_VALID, Link, Purpose};
use crate::access::store::{accounts, grants, links as link_rows};
use crate::audit;
use crate::audit::model::{Entry, SubjectKind};
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, AnyId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::store::Tx;

/// Tokens for the administrators that are still missing until there have been two, for `/einladung/erste/{token}`.
/// Earlier ones stop working. Empty once two accounts have ever held the role, whatever became of them.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but the product itself, and the database's.
pub fn first_administrators(tx: &mut Tx<'_>, actor: &Actor, cert: OrgId) -> Result<Vec<String>> {
    if !actor.is_system() {
        return Err(Error::Forbidden("error-not-allowed"));
    }
    let missing = ADMINISTRATORS_NEEDED.saturating_sub(grants::count_ever(tx, Role::Administrator)?);
    if missing == 0 {
        return Ok(Vec::new());
    }
    link_rows::void(tx, Purpose::FirstAdmin, None)?;
    let link = |tx: &mut Tx<'_>| {
        links::create_link(tx, Purpose::FirstAdmin, None, Some(AnyId(cert.0)), FIRST_ADMIN_VALID)
    };
    (0..missing).map(|_| link(tx)).collect()
}

/// The link, without using it.
///
/// # Errors
/// [`Error::NotFound`] alike for whatever does not hold.
pub fn peek_first(tx: &mut Tx<'_>, token: &str) -> Result<Link> {
    links::peek_link(tx, Purpose::FirstAdmin, token)
}

/// Makes whoever holds the link an administrator, with a new account.
///
/// # Errors
/// As [`peek_first`]; [`Error::Invalid`] when the address has an account.
pub fn become_administrator(
    tx: &mut Tx<'_>,
    actor: &Actor,
    token: &str,
    mail: &MailAddress,
    name: &Name,
    hash: &str,
) -> Result<AccountId> {
    let link = links::use_link(tx, Purpose::FirstAdmin, token)?;
    let cert = link.subject.ok_or(Error::NotFound)?;
    if accounts::lookup_by_mail(tx, mail.as_str())?.is_some() {
        return Err(FieldError::new("mail", "access-error-account-exists").into());
    }
    let account = accounts::add(tx, mail.as_str(), name.as_str())?;
    accounts::set_password(tx, account, hash)?;
    accounts::set_state(tx, account, AccountState::Active)?;
    grants::add(tx, account, OrgId(cert.0), Role::Administrator, None, true)?;
    let entry = Entry::new("account.first_administrator", SubjectKind::Account, account);
    audit::service::record(tx, actor, entry)?;
    Ok(account)
}
