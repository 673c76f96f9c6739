//! Accounts and their roles: inviting, granting, confirming, ending, locking.
//!
//! A role counts only after a second step by another person: a privileged one (analyst, approver, CERT lead,
//! administrator) is confirmed by a second administrator, any other one is accepted by whoever was invited, which the
//! mail's link proves. What the operator's command line grants needs no acceptance, but a privileged role it grants
//! still waits for an administrator.

use super::roster::led_by;
use super::{letters, links};
use crate::access::model::{
    ADMINISTRATORS_NEEDED, Account, AccountState, Grant, INVITATION_VALID, OrgBook, Purpose,
};
use crate::access::policy::{self, Action, Facts, Relation};
use crate::access::store::{accounts, grants, sessions};
use crate::audit;
use crate::audit::model::{Entry, SubjectKind};
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, AnyId, GrantId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::store::Tx;

/// Who acts, with the roles that count now; `None` for an account that is not active. One query.
///
/// # Errors
/// The database's.
pub fn load_actor(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Actor>> {
    let found = accounts::active_with_roles(tx, account)?;
    Ok(found.map(|(name, roles)| Actor {
        account: Some(account),
        name,
        roles,
        via: crate::core::actor::Via::Session,
        ip: None,
        request_id: None,
    }))
}

/// The address with which an account signs in, for features that compare it with a recipient's.
///
/// # Errors
/// The database's.
pub fn mail_of(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<String>> {
    Ok(accounts::lookup(tx, account)?.map(|account| account.mail))
}

/// Somebody to be given a role.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub mail: MailAddress,
    /// How the account is called if there is none yet.
    pub name: Name,
    pub organisation: OrgId,
    pub role: Role,
}

/// Gives somebody a role and writes them. Whether the address had an account before shows nowhere: the person accepts
/// by the link in the mail either way, and the same is done and answered when the role was given already.
///
/// # Errors
/// The policy's and the database's.
pub fn invite(tx: &mut Tx<'_>, actor: &Actor, invitation: &Invitation) -> Result<()> {
    check_grant(tx, actor, invitation.organisation, invitation.role)?;
    let account = match accounts::lookup_by_mail(tx, invitation.mail.as_str())? {
        Some(known) => known,
        None => added(tx, actor, &invitation.mail, &invitation.name)?,
    };
    if actor.account == Some(account.id) {
        return Err(Error::Forbidden("access-error-own-role"));
    }
    let grant = granted(tx, actor, account.id, invitation.organisation, invitation.role, false)?;
    links::void_links(tx, Purpose::Invite, AnyId(grant.0))?;
    let subject = Some(AnyId(grant.0));
    let token = links::create_link(tx, Purpose::Invite, Some(account.id), subject, INVITATION_VALID)?;
    let entry = Entry::new("account.invite", SubjectKind::Account, account.id)
        .organisation(Some(invitation.organisation))
        .with("role", invitation.role.code());
    audit::service::record(tx, actor, entry)?;
    letters::invitation(tx, &account, invitation.organisation, invitation.role, &token)
}

/// What somebody is about to accept.
#[derive(Debug, Clone)]
pub struct Offer {
    pub account: Account,
    pub grant: Grant,
    /// Whether a password must be chosen.
    pub needs_password: bool,
}

/// The offer behind an invitation's link, without using it.
///
/// # Errors
/// [`Error::NotFound`] alike for whatever does not hold, [`Error::Database`].
pub fn offer(tx: &mut Tx<'_>, token: &str) -> Result<Offer> {
    let link = links::peek_link(tx, Purpose::Invite, token)?;
    let (Some(account), Some(grant)) = (link.account, link.subject) else { return Err(Error::NotFound) };
    let account = accounts::lookup(tx, account)?.ok_or(Error::NotFound)?;
    let grant = grants::lookup(tx, GrantId(grant.0))?.ok_or(Error::NotFound)?;
    if account.state == AccountState::Locked || grant.ended_at.is_some() {
        return Err(Error::NotFound);
    }
    let needs_password = !accounts::has_password(tx, account.id)?;
    Ok(Offer { account, grant, needs_password })
}

/// The offer, and the name of the organisation that makes it.
///
/// # Errors
/// As [`offer`].
pub fn named_offer(tx: &mut Tx<'_>, token: &str) -> Result<(Offer, String)> {
    let offer = offer(tx, token)?;
    let organisation = offer.grant.organisation;
    let mut names = tx.required::<OrgBook>()?.0.names(tx, &[organisation])?;
    Ok((offer, names.remove(&organisation).unwrap_or_default()))
}

/// Accepts the offer. `hash` is the new password's, for an account that has none.
///
/// # Errors
/// As [`offer`]; [`Error::Invalid`] when a password is needed and none came.
pub fn accept(tx: &mut Tx<'_>, actor: &Actor, token: &str, hash: Option<&str>) -> Result<AccountId> {
    let offer = offer(tx, token)?;
    let account = offer.account.id;
    if offer.needs_password {
        let hash = hash.ok_or_else(|| FieldError::new("password", "error-required"))?;
        accounts::set_password(tx, account, hash)?;
        accounts::set_state(tx, account, AccountState::Active)?;
    }
    links::use_link(tx, Purpose::Invite, token)?;
    if offer.grant.confirmed_at.is_none() && !offer.grant.role.is_privileged() {
        grants::confirm(tx, offer.grant.id, Some(account))?;
    }
    let entry = Entry::new("account.accept", SubjectKind::Account, account)
        .organisation(Some(offer.grant.organisation))
        .with("role", offer.grant.role.code());
    audit::service::record(tx, actor, entry)?;
    Ok(account)
}

/// Creates an account from the command line, with the hash of a password where it may sign in at once.
///
/// # Errors
/// The policy's and the database's; [`Error::Invalid`] when the address has an account.
pub fn create_account(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mail: &MailAddress,
    name: &Name,
    hash: Option<&str>,
) -> Result<AccountId> {
    policy::check(tx, actor, Action::ManageOrgAccounts, Facts::of(actor))?;
    if accounts::lookup_by_mail(tx, mail.as_str())?.is_some() {
        return Err(FieldError::new("mail", "access-error-account-exists").into());
    }
    let account = added(tx, actor, mail, name)?.id;
    if let Some(hash) = hash {
        accounts::set_password(tx, account, hash)?;
        accounts::set_state(tx, account, AccountState::Active)?;
    }
    Ok(account)
}

/// Gives an account a role without an invitation. It counts at once where the command line gives it and it is not
/// privileged; otherwise it waits for its second person. Given again, it stays as it was.
///
/// # Errors
/// The policy's and the database's; [`Error::NotFound`] for an unknown account.
pub fn grant_role(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account: AccountId,
    organisation: OrgId,
    role: Role,
) -> Result<GrantId> {
    check_grant(tx, actor, organisation, role)?;
    accounts::lookup(tx, account)?.ok_or(Error::NotFound)?;
    if actor.account == Some(account) {
        return Err(Error::Forbidden("access-error-own-role"));
    }
    let at_once = actor.is_system() && !role.is_privileged();
    granted(tx, actor, account, organisation, role, at_once)
}

/// Confirms a privileged role that another administrator gave to a third person.
///
/// # Errors
/// The policy's and the database's; [`Error::Conflict`] when it waits for nothing, [`Error::Stale`] when somebody else
/// was faster.
pub fn confirm_grant(tx: &mut Tx<'_>, actor: &Actor, grant: GrantId) -> Result<()> {
    let found = grants::lookup(tx, grant)?;
    let by = |account: Option<AccountId>| account.is_some() && account == actor.account;
    let facts = Facts::of(actor)
        .when(found.as_ref().is_some_and(|grant| by(grant.granted_by)), Relation::Granter)
        .when(found.as_ref().is_some_and(|grant| by(Some(grant.account))), Relation::Grantee);
    policy::check(tx, actor, Action::ConfirmGrant, facts)?;
    let found = found.ok_or(Error::NotFound)?;
    if !found.waits_for_confirmation() {
        return Err(Error::Conflict("access-error-nothing-to-confirm"));
    }
    grants::confirm(tx, grant, actor.account)?;
    audit::service::record(tx, actor, about("grant.confirm", &found))
}

/// Ends a role, or withdraws one that still waits.
///
/// # Errors
/// The policy's and the database's; [`Error::Conflict`] where too few administrators would remain.
pub fn end_grant(tx: &mut Tx<'_>, actor: &Actor, grant: GrantId) -> Result<()> {
    let Some(found) = grants::lookup(tx, grant)? else { return Err(Error::NotFound) };
    check_grant(tx, actor, found.organisation, found.role)?;
    if found.counts() && found.role == Role::Administrator {
        keep_administrators(tx, actor, found.account)?;
    }
    grants::end(tx, grant)?;
    links::void_links(tx, Purpose::Invite, AnyId(grant.0))?;
    audit::service::record(tx, actor, about("grant.end", &found))
}

/// Locks an account: its sessions end, its tokens and roles count for nothing until it is unlocked.
///
/// # Errors
/// The policy's and the database's; [`Error::Conflict`] where too few administrators would remain.
pub fn lock(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<()> {
    check_lock(tx, actor, account)?;
    accounts::lookup(tx, account)?.ok_or(Error::NotFound)?;
    keep_administrators(tx, actor, account)?;
    accounts::set_state(tx, account, AccountState::Locked)?;
    let ended = sessions::delete_all(tx, account, None)?;
    let entry = Entry::new("account.lock", SubjectKind::Account, account).with("sessions", ended);
    audit::service::record(tx, actor, entry)
}

/// Lets a locked account in again, with the password and roles it had.
///
/// # Errors
/// The policy's and the database's; [`Error::Conflict`] when it is not locked.
pub fn unlock(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<()> {
    check_lock(tx, actor, account)?;
    let found = accounts::lookup(tx, account)?.ok_or(Error::NotFound)?;
    if found.state != AccountState::Locked {
        return Err(Error::Conflict("access-error-not-locked"));
    }
    let has_password = accounts::has_password(tx, account)?;
    let state = if has_password { AccountState::Active } else { AccountState::Invited };
    accounts::set_state(tx, account, state)?;
    audit::service::record(tx, actor, Entry::new("account.unlock", SubjectKind::Account, account))
}

fn check_grant(tx: &Tx<'_>, actor: &Actor, organisation: OrgId, role: Role) -> Result<()> {
    if role.is_at_cert() {
        return policy::check(tx, actor, Action::GrantCertRole, Facts::of(actor));
    }
    let leads = led_by(actor).contains(&organisation);
    let facts = Facts::of(actor).when(leads, Relation::OrgLead);
    policy::check(tx, actor, Action::ManageOrgAccounts, facts)
}

/// What the actor is to an account that is to be locked.
#[must_use]
pub fn lock_facts(actor: &Actor, account: AccountId) -> Facts {
    Facts::of(actor).when(actor.account == Some(account), Relation::Oneself)
}

fn check_lock(tx: &Tx<'_>, actor: &Actor, account: AccountId) -> Result<()> {
    policy::check(tx, actor, Action::LockAccount, lock_facts(actor, account))
}

/// Refuses to take away an administrator where fewer than two would remain. The command line may: it is how an
/// operator gets out of a corner.
fn keep_administrators(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<()> {
    let holders = grants::holders(tx, Role::Administrator)?;
    let leaves = holders.contains(&account) && holders.len() <= ADMINISTRATORS_NEEDED;
    if leaves && !actor.is_system() {
        return Err(Error::Conflict("access-error-last-administrators"));
    }
    Ok(())
}

fn added(tx: &mut Tx<'_>, actor: &Actor, mail: &MailAddress, name: &Name) -> Result<Account> {
    let id = accounts::add(tx, mail.as_str(), name.as_str())?;
    audit::service::record(tx, actor, Entry::new("account.create", SubjectKind::Account, id))?;
    accounts::lookup(tx, id)?.ok_or(Error::NotFound)
}

/// The open grant of this role, a new one where there is none.
fn granted(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account: AccountId,
    organisation: OrgId,
    role: Role,
    at_once: bool,
) -> Result<GrantId> {
    let same = |grant: &Grant| grant.organisation == organisation && grant.role == role;
    if let Some(open) = grants::list_open_of(tx, account)?.into_iter().find(same) {
        if at_once && !open.counts() {
            grants::confirm(tx, open.id, None)?;
            audit::service::record(tx, actor, about("grant.confirm", &open))?;
        }
        return Ok(open.id);
    }
    let id = grants::add(tx, account, organisation, role, actor.account, at_once)?;
    let entry = Entry::new("grant.add", SubjectKind::Account, account)
        .organisation(Some(organisation))
        .with("role", role.code());
    audit::service::record(tx, actor, entry)?;
    Ok(id)
}

fn about(action: &'static str, grant: &Grant) -> Entry {
    Entry::new(action, SubjectKind::Account, grant.account)
        .organisation(Some(grant.organisation))
        .with("role", grant.role.code())
}
