//! The second factor of an account: set up, shown at sign-in, renewed, taken away.
//!
//! Secrets are opened and codes compared outside any transaction; what arrives here is what was found: a step, or a
//! recovery code. Taking it uses it up, so that of two who come with the same code one comes in.

use crate::access::factor::{Own, RECOVERY_CODES};
use crate::access::model::Account;
use crate::access::policy::{self, Action, Facts, Relation};
use crate::access::service::letters;
use crate::access::store::{accounts, factors as store, sessions};
use crate::audit;
use crate::audit::model::{Entry, SubjectKind};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, SessionId};
use crate::store::Tx;

/// What somebody proves the second factor with.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The time step of a right code, and the sealed secret that it is of.
    Step { step: i64, sealed: Vec<u8> },
    /// A recovery code, as its letters.
    Recovery(String),
}

/// The second factor of the actor's own account.
///
/// # Errors
/// The policy's and the database's.
pub fn own(tx: &mut Tx<'_>, actor: &Actor) -> Result<Own> {
    let account = check(tx, actor)?;
    Ok(Own {
        since: store::since(tx, account)?,
        sealed: store::lookup(tx, account)?,
        codes_left: store::codes_left(tx, account)?,
    })
}

/// Keeps a sealed secret until a first code confirms it.
///
/// # Errors
/// The policy's and the database's; [`Error::Conflict`] where a second factor is in use.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor, sealed: &[u8]) -> Result<()> {
    let account = check(tx, actor)?;
    if store::since(tx, account)?.is_some() {
        return Err(Error::Conflict("access-factor-in-use"));
    }
    store::put(tx, account, sealed)?;
    audit::service::record(tx, actor, about("account.factor_begin", account))
}

/// Confirms the secret by a first code of it: from now on it is asked for at every sign-in. `codes` are the letters of
/// the recovery codes.
///
/// # Errors
/// The policy's and the database's; [`Error::Conflict`] where a second factor is in use, [`Error::Invalid`] for a code
/// that was used or is of another secret.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, proof: &Proof, codes: &[String]) -> Result<()> {
    let account = check(tx, actor)?;
    if store::since(tx, account)?.is_some() {
        return Err(Error::Conflict("access-factor-in-use"));
    }
    if matches!(proof, Proof::Recovery(_)) {
        return Err(FieldError::new("code", "access-code-six").into());
    }
    take(tx, account, proof)?;
    store::set_since(tx, account, Some(tx.now()))?;
    store::set_codes(tx, account, codes)?;
    audit::service::record(tx, actor, about("account.factor_set", account))?;
    tell(tx, account, "access-mail-factor-set")
}

/// Shows the second factor at sign-in. Whoever used a recovery code is told by mail how many are left.
///
/// # Errors
/// The policy's and the database's; [`Error::Invalid`] for a code that was used.
pub fn pass(tx: &mut Tx<'_>, actor: &Actor, proof: &Proof) -> Result<()> {
    let account = check(tx, actor)?;
    store::since(tx, account)?.ok_or(Error::Conflict("access-factor-none"))?;
    take(tx, account, proof)?;
    let by_recovery = matches!(proof, Proof::Recovery(_));
    let entry = about("account.factor_shown", account).with("recovery", by_recovery);
    audit::service::record(tx, actor, entry)?;
    if by_recovery { tell(tx, account, "access-mail-recovery-used") } else { Ok(()) }
}

/// Records a code that was not right.
///
/// # Errors
/// The policy's and the database's.
pub fn refused(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let account = check(tx, actor)?;
    audit::service::record(tx, actor, about("account.factor_refused", account))
}

/// Puts new recovery codes in the place of the old ones.
///
/// # Errors
/// As [`pass`].
pub fn renew_codes(tx: &mut Tx<'_>, actor: &Actor, proof: &Proof, codes: &[String]) -> Result<()> {
    let account = check(tx, actor)?;
    store::since(tx, account)?.ok_or(Error::Conflict("access-factor-none"))?;
    take(tx, account, proof)?;
    store::set_codes(tx, account, codes)?;
    audit::service::record(tx, actor, about("account.factor_codes", account))?;
    tell(tx, account, "access-mail-factor-codes")
}

/// Takes the actor's own second factor away, after the password was verified against `seen`. All other sessions end.
///
/// # Errors
/// As [`pass`]; [`Error::Stale`] when the password was changed in between.
pub fn turn_off(
    tx: &mut Tx<'_>,
    actor: &Actor,
    proof: &Proof,
    seen: &str,
    keep: Option<SessionId>,
) -> Result<()> {
    let id = check(tx, actor)?;
    store::since(tx, id)?.ok_or(Error::Conflict("access-factor-none"))?;
    let account = accounts::lookup(tx, id)?.ok_or(Error::NotFound)?;
    if accounts::password_hash(tx, &account.mail)?.is_none_or(|(_, now)| now != seen) {
        return Err(Error::Stale);
    }
    take(tx, id, proof)?;
    let ended = remove(tx, id, keep)?;
    audit::service::record(tx, actor, about("account.factor_off", id).with("sessions", ended))?;
    tell(tx, id, "access-mail-factor-off")
}

/// Takes the second factor of somebody else away, who lost telephone and recovery codes. The person is told by mail and
/// sets up a new one at the next sign-in, which still takes the password.
///
/// # Errors
/// The policy's and the database's; [`Error::Conflict`] where there is none.
pub fn reset(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<()> {
    policy::check(tx, actor, Action::ResetSecondFactor, reset_facts(actor, account))?;
    accounts::lookup(tx, account)?.ok_or(Error::NotFound)?;
    store::since(tx, account)?.ok_or(Error::Conflict("access-factor-none-other"))?;
    let ended = remove(tx, account, None)?;
    audit::service::record(tx, actor, about("account.factor_reset", account).with("sessions", ended))?;
    tell(tx, account, "access-mail-factor-reset")
}

/// What the actor is to an account whose second factor is to be taken away.
#[must_use]
pub fn reset_facts(actor: &Actor, account: AccountId) -> Facts {
    Facts::of(actor).when(actor.account == Some(account), Relation::Oneself)
}

/// Whether the actor may take the account's second factor away, and there is one.
///
/// # Errors
/// The database's.
pub fn may_reset(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<bool> {
    let may = policy::may(tx, actor, Action::ResetSecondFactor, reset_facts(actor, account));
    Ok(may && store::since(tx, account)?.is_some())
}

fn check(tx: &Tx<'_>, actor: &Actor) -> Result<AccountId> {
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    policy::check(tx, actor, Action::ManageSecondFactor, Facts::of(actor).with(Relation::Oneself))?;
    Ok(account)
}

fn take(tx: &mut Tx<'_>, account: AccountId, proof: &Proof) -> Result<()> {
    let (taken, reason) = match proof {
        Proof::Step { step, sealed } => (store::take_step(tx, account, sealed, *step)?, "access-code-used"),
        Proof::Recovery(code) => (store::take_code(tx, account, code)?, "access-recovery-wrong"),
    };
    if taken { Ok(()) } else { Err(FieldError::new("code", reason).into()) }
}

fn remove(tx: &mut Tx<'_>, account: AccountId, keep: Option<SessionId>) -> Result<usize> {
    store::delete(tx, account)?;
    store::set_since(tx, account, None)?;
    sessions::delete_all(tx, account, keep)
}

fn about(action: &'static str, account: AccountId) -> Entry {
    Entry::new(action, SubjectKind::Account, account)
}

fn tell(tx: &mut Tx<'_>, account: AccountId, key: &str) -> Result<()> {
    let account: Account = accounts::lookup(tx, account)?.ok_or(Error::NotFound)?;
    let left = store::codes_left(tx, account.id)?;
    letters::notice(tx, &account, key, &[("left", left.into()), ("all", RECOVERY_CODES.into())])
}
