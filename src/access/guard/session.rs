//! The store behind the session cookie: rows in the database, under the hash of the key.
//!
//! Only people who signed in have a session; forms of strangers are guarded by the kit's own cookie. A load brings the
//! person and the roles that count now in the same query, so that nothing else is asked to know who comes in; while
//! nothing was committed it is not asked again ([`Held`]).

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_session::{Session, SessionMiddleware};
use actix_web::HttpMessage as _;
use actix_web::body::MessageBody;
use actix_web::cookie::Key;
use actix_web::cookie::time::Duration;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::held::Held;
use crate::access::model::Origin;
use crate::access::service::sessions::{self as service, Loaded, Since};
use crate::access::settings::SessionSettings;
use crate::core::actor::Role;
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, OrgId, SessionId};
use crate::store::{Db, Mark};
use crate::web::Failure;

/// Whose session it is, as the row says.
const PERSON: &str = "person";
/// What the session remembers, kept in the row as JSON.
const KEPT: &str = "kept";

/// Whose session it is and since when. Loaded with the session; what a sign-in leaves out is filled by the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Person {
    pub account: AccountId,
    pub name: String,
    pub roles: Vec<(OrgId, Role)>,
    pub session: Option<SessionId>,
    pub ip: Option<std::net::IpAddr>,
    pub agent: String,
    pub since: Option<Timestamp>,
    /// Whether the account has a second factor, and when it was shown in this session.
    pub has_factor: bool,
    pub verified: Option<Timestamp>,
    /// When the CERT confirmed this sign-in by telephone, and whether it has still to.
    pub released: Option<Timestamp>,
    pub is_held: bool,
}

/// What a session remembers by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// What the tokens of its forms are bound to.
    pub binding: String,
    /// The roles that it began with: when they change, the session gets a new key.
    pub roles: String,
    /// For whom the person acts, as pages show it.
    pub organisation: String,
    /// The digest of the second factor's secret that was begun in this session.
    #[serde(default)]
    pub begun: Option<String>,
}

/// Person and memory of a session, where somebody is signed in.
pub(super) fn read(session: &Session) -> Option<(Person, Kept)> {
    Some((session.get(PERSON).ok()??, session.get(KEPT).ok()??))
}

/// Replaces what a session remembers, under the same key.
pub(super) fn keep(session: &Session, kept: &Kept) -> Result<()> {
    session.insert(KEPT, kept).map_err(|error| Error::Internal(error.to_string()))
}

/// Begins a session or gives one a new key: the old key stops working.
pub(super) fn renew(session: &Session, person: &Person, kept: &Kept) -> Result<()> {
    let failed = |error: actix_session::SessionInsertError| Error::Internal(error.to_string());
    session.clear();
    session.insert(PERSON, person).map_err(failed)?;
    session.insert(KEPT, kept).map_err(failed)?;
    session.renew();
    Ok(())
}

/// The session middleware on this database; see [`crate::web::session::middleware`] for the key.
pub fn sessions(
    db: &Db,
    settings: SessionSettings,
    key: Key,
    held: &Arc<Held>,
) -> SessionMiddleware<Sessions> {
    let (settings, held) = (Arc::new(settings), Arc::clone(held));
    crate::web::session::middleware(Sessions { db: db.clone(), settings, held }, key)
}

/// Sessions as rows.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    settings: Arc<SessionSettings>,
    held: Arc<Held>,
}

type State = HashMap<String, String>;

tokio::task_local! {
    /// What went wrong in the store during this request: the session's own middleware would say 500 to everything.
    static TROUBLE: Cell<Option<Error>>;
    /// Whether the request was made by the page itself and not by a person: it keeps nobody signed in.
    static BY_ITSELF: bool;
    /// What stood in the database when the request came, where somebody asked already.
    static STOOD: Cell<Option<Mark>>;
}

/// The header of what an open page fetches by itself.
const LIVE: &str = "x-live";

fn is_by_itself(req: &ServiceRequest) -> bool {
    req.path().ends_with("/live") || req.headers().contains_key(LIVE)
}

/// Keeps the cause for [`tell_trouble`].
fn noted(error: Error) -> anyhow::Error {
    let words = error.to_string();
    let _ = TROUBLE.try_with(|trouble| trouble.set(Some(error)));
    anyhow::anyhow!(words)
}

/// Middleware around the session's: where its store failed, the answer is what that failure deserves, so 503 while
/// the database is in trouble.
///
/// # Errors
/// What the inner service returns, or the store's error as a [`Failure`].
pub async fn tell_trouble<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let by_itself = is_by_itself(&req);
    let stood = Cell::new(req.extensions().get::<Mark>().cloned());
    let call = async {
        let outcome = next.call(req).await;
        (outcome, TROUBLE.with(Cell::take))
    };
    let call = BY_ITSELF.scope(by_itself, STOOD.scope(stood, TROUBLE.scope(Cell::new(None), call)));
    match call.await {
        (Err(_), Some(error)) => Err(Failure::from(error).into()),
        (outcome, _) => outcome,
    }
}

impl Sessions {
    /// The session of a key: as it was read before, where nothing was committed since.
    async fn find(&self, key: &str) -> Result<Option<Loaded>> {
        let stood = match STOOD.try_with(Cell::take).ok().flatten() {
            Some(mark) => Some(mark),
            // Where that cannot be said, it is read.
            None => self.db.mark().await.ok(),
        };
        let now = self.db.env().now();
        if let Some(session) = stood.as_ref().and_then(|mark| self.held.again(key, mark, now)) {
            return Ok(Some(session));
        }
        let text = key.to_owned();
        let found = self.db.read_one(move |tx| service::load(tx, &text)).await?;
        if let (Some(session), Some(mark)) = (&found, stood) {
            self.held.keep(key, mark, session.clone());
        }
        Ok(found)
    }

    /// "Last seen" is written at most once a minute, where a person asked, and a session works on while it cannot be written.
    async fn touch(&self, session: &Loaded) {
        let by_itself = BY_ITSELF.try_with(|by_itself| *by_itself).unwrap_or(false);
        if by_itself || !service::wants_touch(session, self.db.env().now()) {
            return;
        }
        let (session, settings) = (session.clone(), Arc::clone(&self.settings));
        if let Err(error) = self.db.write(move |tx| service::touch(tx, &session, &settings)).await {
            tracing::warn!(%error, "a session's last use was not written");
        }
    }
}

impl SessionStore for Sessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let found = self.find(key.as_ref()).await;
        let Some(session) = found.map_err(|error| LoadError::Other(noted(error)))? else { return Ok(None) };
        self.touch(&session).await;
        state(session).map(Some).map_err(|error| LoadError::Deserialization(error.into()))
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let key = self.db.env().token();
        let person: Person = state
            .get(PERSON)
            .ok_or_else(|| Error::Internal("a session without a person".to_owned()))
            .map_err(|error| SaveError::Other(error.into()))
            .and_then(|json| {
                serde_json::from_str(json).map_err(|error| SaveError::Serialization(error.into()))
            })?;
        let kept = state.get(KEPT).cloned().unwrap_or_default();
        let (text, settings) = (key.clone(), Arc::clone(&self.settings));
        let save = move |tx: &mut crate::store::Tx<'_>| {
            let origin = Origin { ip: person.ip, agent: person.agent.clone() };
            let since =
                Since { signed_in: person.since, verified: person.verified, released: person.released };
            service::save(tx, &text, person.account, &kept, &origin, since, &settings)
        };
        self.db.write(save).await.map_err(|error| SaveError::Other(noted(error)))?;
        SessionKey::try_from(key).map_err(|error| SaveError::Other(error.into()))
    }

    async fn update(&self, key: SessionKey, state: State, _: &Duration) -> Result<SessionKey, UpdateError> {
        let (text, kept) = (key.as_ref().to_owned(), state.get(KEPT).cloned().unwrap_or_default());
        let written = self.db.write(move |tx| service::set_state(tx, &text, &kept)).await;
        written.map(|()| key).map_err(|error| UpdateError::Other(noted(error)))
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let text = key.as_ref().to_owned();
        self.db.write(move |tx| service::delete(tx, &text)).await.map_err(noted)
    }
}

fn state(session: Loaded) -> serde_json::Result<State> {
    let person = Person {
        account: session.account,
        name: session.name,
        roles: session.roles,
        session: Some(session.id),
        ip: session.origin.ip,
        agent: session.origin.agent,
        since: Some(session.created_at),
        has_factor: session.has_factor,
        verified: session.verified_at,
        released: session.released_at,
        is_held: session.is_held,
    };
    Ok(State::from([(PERSON.to_owned(), serde_json::to_string(&person)?), (KEPT.to_owned(), session.state)]))
}
