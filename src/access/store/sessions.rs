//! Sessions of signed-in browsers.

use diesel::prelude::*;
use jiff::Timestamp;

use super::{accounts, hash};
use crate::access::model::{AccountState, Origin, SessionInfo};
use crate::core::actor::Role;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId, SessionId};
use crate::store::connection::each_backend;
use crate::store::schema::{accounts as account_rows, role_grants, sessions};
use crate::store::{At, Tx};

/// A session that holds, with the person behind it.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub id: SessionId,
    pub account: AccountId,
    pub name: String,
    pub roles: Vec<(OrgId, Role)>,
    /// What the session itself remembers, as JSON.
    pub state: String,
    pub origin: Origin,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub ends_at: Timestamp,
    /// When it ends if nobody comes: never behind [`Loaded::ends_at`].
    pub holds_until: Timestamp,
    /// Whether the account has a second factor, and when it was shown in this session.
    pub has_factor: bool,
    pub verified_at: Option<Timestamp>,
    /// When the CERT confirmed this sign-in by telephone, and whether it has still to.
    pub released_at: Option<Timestamp>,
    pub is_held: bool,
}

/// What is written about a session when it begins or gets a new key.
#[derive(Debug, Clone)]
pub struct Saved {
    pub account: AccountId,
    pub state: String,
    pub origin: Origin,
    pub created_at: Timestamp,
    pub idle_until: Timestamp,
    pub ends_at: Timestamp,
    pub verified_at: Option<Timestamp>,
    pub released_at: Option<Timestamp>,
}

/// A sign-in that waits for a telephone call.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub session: SessionId,
    pub account: AccountId,
    pub since: Timestamp,
    pub ip: Option<String>,
}

type Row = (
    (
        SessionId,
        AccountId,
        String,
        Option<String>,
        String,
        At,
        At,
        (At, At),
        (Option<At>, Option<At>),
        Option<At>,
    ),
    (String, Option<OrgId>, Option<String>),
);

/// The session of this key, if neither end has come and its account is active. One query: it runs per request.
pub fn load(tx: &mut Tx<'_>, key: &str) -> Result<Option<Loaded>> {
    let now = tx.at();
    let held = sessions::table
        .inner_join(account_rows::table.on(sessions::account_id.eq(account_rows::id.nullable())))
        .left_join(
            role_grants::table.on(role_grants::account_id
                .eq(account_rows::id)
                .and(role_grants::confirmed_at.is_not_null())
                .and(role_grants::ended_at.is_null())),
        )
        .filter(
            sessions::key_hash
                .eq(hash(key))
                .and(sessions::idle_until.gt(now))
                .and(sessions::ends_at.gt(now))
                .and(account_rows::state.eq(AccountState::Active.code())),
        )
        .select((
            (
                sessions::id,
                account_rows::id,
                sessions::state,
                sessions::ip,
                sessions::agent,
                sessions::created_at,
                sessions::seen_at,
                (sessions::ends_at, sessions::idle_until),
                (sessions::verified_at, sessions::released_at),
                account_rows::second_factor_at,
            ),
            (account_rows::name, role_grants::organisation_id.nullable(), role_grants::role.nullable()),
        ));
    let rows: Vec<Row> = each_backend!(tx.conn, c => held.load(c))?;
    let Some((session, _)) = rows.first().cloned() else { return Ok(None) };
    let (id, account, state, ip, agent, created_at, seen_at, ends, (verified_at, released_at), factor_at) =
        session;
    let (ends_at, idle_until) = (Timestamp::from(ends.0), Timestamp::from(ends.1));
    let person = accounts::gather(rows.into_iter().map(|(_, person)| person).collect());
    Ok(person.map(|(name, roles)| Loaded {
        id,
        account,
        name,
        roles,
        state,
        origin: Origin { ip: ip.and_then(|ip| ip.parse().ok()), agent },
        created_at: created_at.0,
        seen_at: seen_at.0,
        ends_at,
        holds_until: ends_at.min(idle_until),
        has_factor: factor_at.is_some(),
        verified_at: verified_at.map(|at| at.0),
        released_at: released_at.map(|at| at.0),
        is_held: false,
    }))
}

pub fn add(tx: &mut Tx<'_>, key: &str, saved: &Saved) -> Result<SessionId> {
    let id = tx.id::<SessionId>();
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::key_hash.eq(hash(key)),
            sessions::account_id.eq(saved.account),
            sessions::state.eq(&saved.state),
            sessions::ip.eq(saved.origin.ip.map(|ip| ip.to_string())),
            sessions::agent.eq(&saved.origin.agent),
            sessions::created_at.eq(At(saved.created_at)),
            sessions::seen_at.eq(tx.at()),
            sessions::idle_until.eq(At(saved.idle_until)),
            sessions::ends_at.eq(At(saved.ends_at)),
            sessions::verified_at.eq(saved.verified_at.map(At)),
            sessions::released_at.eq(saved.released_at.map(At)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

pub fn set_state(tx: &mut Tx<'_>, key: &str, state: &str) -> Result<()> {
    diesel::update(sessions::table.filter(sessions::key_hash.eq(hash(key))))
        .set(sessions::state.eq(state))
        .execute(tx.conn)?;
    Ok(())
}

pub fn touch(tx: &mut Tx<'_>, id: SessionId, idle_until: Timestamp) -> Result<()> {
    diesel::update(sessions::table.find(id))
        .set((sessions::seen_at.eq(tx.at()), sessions::idle_until.eq(At(idle_until))))
        .execute(tx.conn)?;
    Ok(())
}

pub fn delete_key(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    diesel::delete(sessions::table.filter(sessions::key_hash.eq(hash(key)))).execute(tx.conn)?;
    Ok(())
}

/// Ends one session of this account; returns how many there were.
pub fn delete(tx: &mut Tx<'_>, account: AccountId, id: SessionId) -> Result<usize> {
    let own = sessions::table.filter(sessions::id.eq(id).and(sessions::account_id.eq(account)));
    Ok(diesel::delete(own).execute(tx.conn)?)
}

/// Ends all sessions of this account but one; returns how many there were.
pub fn delete_all(tx: &mut Tx<'_>, account: AccountId, but: Option<SessionId>) -> Result<usize> {
    let all = sessions::account_id.eq(account);
    Ok(match but {
        Some(kept) => {
            diesel::delete(sessions::table.filter(all.and(sessions::id.ne(kept)))).execute(tx.conn)?
        }
        None => diesel::delete(sessions::table.filter(all)).execute(tx.conn)?,
    })
}

/// The account's sessions that hold, the latest used first.
pub fn list(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<SessionInfo>> {
    let now = tx.at();
    let rows = sessions::table
        .filter(
            sessions::account_id.eq(account).and(sessions::idle_until.gt(now)).and(sessions::ends_at.gt(now)),
        )
        .order(sessions::seen_at.desc())
        .select((sessions::id, sessions::ip, sessions::agent, sessions::created_at, sessions::seen_at))
        .load::<(SessionId, Option<String>, String, At, At)>(tx.conn)?;
    let info = |(id, ip, agent, created_at, seen_at): (_, _, _, At, At)| SessionInfo {
        id,
        ip,
        agent,
        created_at: created_at.0,
        seen_at: seen_at.0,
    };
    Ok(rows.into_iter().map(info).collect())
}

/// The sign-ins of these accounts that nobody released, where the second factor was shown or there is none.
pub fn waiting(tx: &mut Tx<'_>, accounts: &[AccountId]) -> Result<Vec<Waiting>> {
    let now = tx.at();
    let rows: Vec<(SessionId, AccountId, At, Option<String>)> = sessions::table
        .inner_join(account_rows::table.on(sessions::account_id.eq(account_rows::id.nullable())))
        .filter(account_rows::id.eq_any(accounts))
        .filter(sessions::released_at.is_null())
        .filter(sessions::idle_until.gt(now).and(sessions::ends_at.gt(now)))
        .filter(sessions::verified_at.is_not_null().or(account_rows::second_factor_at.is_null()))
        .order(sessions::id)
        .select((sessions::id, account_rows::id, sessions::created_at, sessions::ip))
        .load(tx.conn)?;
    let waiting =
        |(session, account, since, ip): (_, _, At, _)| Waiting { session, account, since: since.0, ip };
    Ok(rows.into_iter().map(waiting).collect())
}

/// Notes that one was confirmed by telephone.
pub fn release(tx: &mut Tx<'_>, id: SessionId) -> Result<()> {
    diesel::update(sessions::table.find(id)).set(sessions::released_at.eq(Some(tx.at()))).execute(tx.conn)?;
    Ok(())
}

pub fn sweep(tx: &mut Tx<'_>) -> Result<usize> {
    let over = sessions::idle_until.lt(tx.at()).or(sessions::ends_at.lt(tx.at()));
    Ok(diesel::delete(sessions::table.filter(over)).execute(tx.conn)?)
}
