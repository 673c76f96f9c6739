//! Sessions: what the cookie's store reads and writes, and what their owner may do with them.

use jiff::Timestamp;
use ring::digest::{SHA256, digest};

use crate::access::model::{OrgBook, Origin, Purpose, SessionInfo, TOUCH_EVERY};
use crate::access::policy::{self, Action, Facts, Relation};
use crate::access::settings::SessionSettings;
pub use crate::access::store::sessions::{Loaded, Waiting};
use crate::access::store::{links, sessions as store};
use crate::audit;
use crate::audit::model::{Entry, SubjectKind};
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, OrgId, SessionId};
use crate::store::Tx;

/// The session of this key, with the person behind it; `None` when it does not hold.
///
/// # Errors
/// The database's.
pub fn load(tx: &mut Tx<'_>, key: &str) -> Result<Option<Loaded>> {
    let Some(mut session) = store::load(tx, key)? else { return Ok(None) };
    session.is_held = session.released_at.is_none() && is_mistrusted(tx, &session.roles)?;
    Ok(Some(session))
}

/// Whether one of these roles is at an organisation whose accounts are not trusted now.
pub(super) fn is_mistrusted(tx: &mut Tx<'_>, roles: &[(OrgId, Role)]) -> Result<bool> {
    let houses: Vec<OrgId> =
        roles.iter().filter(|(_, role)| !role.is_at_cert()).map(|(org, _)| *org).collect();
    match tx.provided::<OrgBook>().cloned() {
        Some(book) if !houses.is_empty() => book.0.is_mistrusted(tx, &houses),
        _ => Ok(false),
    }
}

/// The sign-ins of these accounts that wait for a telephone call, for a feature that asks its own policy.
///
/// # Errors
/// The database's.
pub fn waiting(tx: &mut Tx<'_>, accounts: &[AccountId]) -> Result<Vec<Waiting>> {
    store::waiting(tx, accounts)
}

/// Lets one of them in, for a feature that asks its own policy.
///
/// # Errors
/// The database's.
pub fn release(tx: &mut Tx<'_>, session: SessionId) -> Result<()> {
    store::release(tx, session)
}

/// What whoever waits says on the telephone, so that both speak of the same sign-in: six digits of a hash of its id.
#[must_use]
pub fn spoken_code(session: SessionId) -> String {
    let hash = digest(&SHA256, session.0.as_bytes());
    let number =
        hash.as_ref().iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) % 1_000_000;
    format!("{:03} {:03}", number / 1000, number % 1000)
}

/// Whether "last seen" is old enough to be written again.
#[must_use]
pub fn wants_touch(session: &Loaded, now: Timestamp) -> bool {
    now.duration_since(session.seen_at) >= TOUCH_EVERY
}

/// Moves the idle end; never beyond the absolute one.
///
/// # Errors
/// The database's.
pub fn touch(tx: &mut Tx<'_>, session: &Loaded, settings: &SessionSettings) -> Result<()> {
    store::touch(tx, session.id, (tx.now() + settings.idle).min(session.ends_at))
}

/// When a session began, and when the second factor was shown in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Since {
    /// `None`: now.
    pub signed_in: Option<Timestamp>,
    pub verified: Option<Timestamp>,
    /// When the CERT confirmed it by telephone.
    pub released: Option<Timestamp>,
}

/// Keeps a session under a new key, which prolongs nothing.
///
/// # Errors
/// The database's.
pub fn save(
    tx: &mut Tx<'_>,
    key: &str,
    account: AccountId,
    state: &str,
    origin: &Origin,
    since: Since,
    settings: &SessionSettings,
) -> Result<()> {
    let created_at = since.signed_in.unwrap_or(tx.now());
    let ends_at = created_at + settings.longest;
    let idle_until = (tx.now() + settings.idle).min(ends_at);
    let saved = store::Saved {
        account,
        state: state.to_owned(),
        origin: origin.clone(),
        created_at,
        idle_until,
        ends_at,
        verified_at: since.verified,
        released_at: since.released,
    };
    store::add(tx, key, &saved).map(|_| ())
}

/// Replaces what a session remembers.
///
/// # Errors
/// The database's.
pub fn set_state(tx: &mut Tx<'_>, key: &str, state: &str) -> Result<()> {
    store::set_state(tx, key, state)
}

/// Ends the session of this key.
///
/// # Errors
/// The database's.
pub fn delete(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    store::delete_key(tx, key)
}

/// The account's sessions that hold.
///
/// # Errors
/// The policy's and the database's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<Vec<SessionInfo>> {
    policy::check(tx, actor, Action::ManageSessions, facts(actor, account))?;
    store::list(tx, account)
}

/// Ends one session of an account.
///
/// # Errors
/// The policy's, the database's, [`Error::NotFound`] when it is over or another's.
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, account: AccountId, session: SessionId) -> Result<()> {
    policy::check(tx, actor, Action::ManageSessions, facts(actor, account))?;
    if store::delete(tx, account, session)? == 0 {
        return Err(Error::NotFound);
    }
    audit::service::record(tx, actor, Entry::new("session.revoke", SubjectKind::Session, session))
}

/// Ends all sessions of an account, but for the one that asks, and says how many.
///
/// # Errors
/// The policy's and the database's.
pub fn revoke_all(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account: AccountId,
    but: Option<SessionId>,
) -> Result<usize> {
    policy::check(tx, actor, Action::ManageSessions, facts(actor, account))?;
    let ended = store::delete_all(tx, account, but)?;
    let entry = Entry::new("session.revoke_all", SubjectKind::Account, account).with("ended", ended);
    audit::service::record(tx, actor, entry)?;
    Ok(ended)
}

/// Records that somebody signed out.
///
/// # Errors
/// The database's.
pub fn signed_out(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    match actor.account {
        Some(account) => {
            let entry = Entry::new("account.sign_out", SubjectKind::Account, account);
            audit::service::record(tx, actor, entry)
        }
        None => Ok(()),
    }
}

/// Ends every session of an account, and its links for a new password: for a feature that asked its own policy.
///
/// # Errors
/// The database's.
pub fn end_all_of(tx: &mut Tx<'_>, account: AccountId) -> Result<usize> {
    links::void(tx, Purpose::Reset, Some(account))?;
    store::delete_all(tx, account, None)
}

fn facts(actor: &Actor, account: AccountId) -> Facts {
    Facts::of(actor).when(actor.account == Some(account), Relation::Oneself)
}
