//! Changing and resetting a password. Both end all other sessions: whoever knew the old one is out.

use super::links;
use crate::access::model::{Account, AccountState, Purpose, RESET_VALID};
use crate::access::policy::{self, Action, Facts, Relation};
use crate::access::service::letters;
use crate::access::store::{accounts, links as link_rows, sessions};
use crate::audit;
use crate::audit::model::{Entry, SubjectKind};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, SessionId};
use crate::core::text::MailAddress;
use crate::store::Tx;

/// The actor's own account and the hash against which the present password is verified.
///
/// # Errors
/// The policy's and the database's.
pub fn own_account(tx: &mut Tx<'_>, actor: &Actor) -> Result<Account> {
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    policy::check(tx, actor, Action::ManageSessions, Facts::of(actor).with(Relation::Oneself))?;
    accounts::lookup(tx, account)?.ok_or(Error::NotFound)
}

/// Sets the actor's own password, after the present one was verified against `seen`.
///
/// # Errors
/// The policy's and the database's; [`Error::Stale`] when the password was changed in between.
pub fn change(tx: &mut Tx<'_>, actor: &Actor, seen: &str, hash: &str, keep: Option<SessionId>) -> Result<()> {
    let account = own_account(tx, actor)?;
    match accounts::password_hash(tx, &account.mail)? {
        Some((_, now)) if now == seen => {}
        _ => return Err(Error::Stale),
    }
    set(tx, actor, account.id, hash, keep, "account.password")
}

/// Sends a link for a new password to an address, if an active account has it. Never called while somebody waits for
/// the answer: it takes longer where there is an account.
///
/// # Errors
/// The database's.
pub fn send_reset(tx: &mut Tx<'_>, mail: &MailAddress) -> Result<()> {
    let Some(account) = accounts::lookup_by_mail(tx, mail.as_str())? else { return Ok(()) };
    if account.state != AccountState::Active {
        return Ok(());
    }
    link_rows::void(tx, Purpose::Reset, Some(account.id))?;
    let token = links::create_link(tx, Purpose::Reset, Some(account.id), None, RESET_VALID)?;
    letters::reset(tx, &account, &token)?;
    let entry = Entry::new("account.reset_sent", SubjectKind::Account, account.id);
    audit::service::record(tx, &Actor::system("access.reset"), entry)
}

/// The account behind a reset's link, without using it.
///
/// # Errors
/// [`Error::NotFound`] alike for whatever does not hold.
pub fn peek_reset(tx: &mut Tx<'_>, token: &str) -> Result<Account> {
    let link = links::peek_link(tx, Purpose::Reset, token)?;
    let account = accounts::lookup(tx, link.account.ok_or(Error::NotFound)?)?.ok_or(Error::NotFound)?;
    if account.state == AccountState::Active { Ok(account) } else { Err(Error::NotFound) }
}

/// Sets the password of the account behind a reset's link.
///
/// # Errors
/// As [`peek_reset`].
pub fn reset(tx: &mut Tx<'_>, actor: &Actor, token: &str, hash: &str) -> Result<AccountId> {
    let account = peek_reset(tx, token)?;
    links::use_link(tx, Purpose::Reset, token)?;
    set(tx, actor, account.id, hash, None, "account.reset")?;
    Ok(account.id)
}

fn set(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account: AccountId,
    hash: &str,
    keep: Option<SessionId>,
    action: &'static str,
) -> Result<()> {
    accounts::set_password(tx, account, hash)?;
    link_rows::void(tx, Purpose::Reset, Some(account))?;
    let ended = sessions::delete_all(tx, account, keep)?;
    let entry = Entry::new(action, SubjectKind::Account, account).with("sessions", ended);
    audit::service::record(tx, actor, entry)
}
