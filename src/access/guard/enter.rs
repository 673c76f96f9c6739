//! Middleware inside the session's: says who arrived, to handlers and to the page kit.

use actix_session::SessionExt as _;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::USER_AGENT;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage as _, HttpRequest};
use ring::digest::{SHA256, digest};
use tracing_actix_web::RequestId;
use uuid::Uuid;

use super::address::client_ip;
use super::nav;
use super::session::{self, Kept, Person};
use crate::access::factor::{self, Missing};
use crate::access::model::Origin;
use crate::access::service::sign_in::{Welcome, welcome};
use crate::access::settings::AccessSettings;
use crate::core::actor::{Actor, Role, Via};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{OrgId, SessionId};
use crate::web::site::Site;
use crate::web::{Failure, SignedIn};

/// Characters of a browser's name for itself that are kept.
const AGENT_CHARS: usize = 160;

/// Who arrived, for the extractors.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    pub actor: Actor,
    pub session: Option<SessionId>,
    pub origin: Origin,
    /// Whoever gave the password, where the second factor is missing: to all other pages this is nobody.
    pub half: Option<Half>,
}

/// Somebody whose session is not a whole one.
#[derive(Debug, Clone)]
pub(super) struct Half {
    pub actor: Actor,
    pub missing: Missing,
}

/// Middleware: puts who arrived into the request. A session whose roles have changed gets a new key.
///
/// # Errors
/// What the inner service returns; the database's, as a [`Failure`].
pub async fn enter<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let session = req.get_session();
    let mut arrived = stranger(req.request());
    if let Some((person, kept)) = session::read(&session) {
        let kept = if kept.roles == fingerprint(&person.roles) {
            kept
        } else {
            let kept = relabelled(req.request(), &person, kept).await.map_err(Failure::from)?;
            session::renew(&session, &person, &kept).map_err(Failure::from)?;
            kept
        };
        let missing = missing_of(req.request(), &person);
        let actor = Actor {
            account: Some(person.account),
            name: person.name,
            roles: person.roles,
            via: Via::Session,
            ..arrived.actor.clone()
        };
        req.extensions_mut().insert(SignedIn {
            name: actor.name.clone(),
            organisation: kept.organisation,
            nav: nav::sections(&actor, missing.is_none()),
            binding: kept.binding,
        });
        arrived.session = person.session;
        // Whose account is not trusted reports as somebody without one.
        if missing.is_none() || !person.is_held && factor::is_open(&actor.roles, req.path()) {
            arrived.actor = actor.clone();
        }
        arrived.half = missing.map(|missing| Half { actor, missing });
    }
    req.extensions_mut().insert(arrived);
    next.call(req).await
}

/// What is missing of somebody's session.
fn missing_of(req: &HttpRequest, person: &Person) -> Option<Missing> {
    let settings = req.app_data::<Data<AccessSettings>>().map(|settings| settings.second_factor.clone());
    let settings = settings.unwrap_or_default();
    // A second factor that is set up by whoever has the password comes behind the telephone call.
    match factor::missing(&person.roles, person.has_factor, person.verified.is_some(), &settings) {
        Some(Missing::Code) => Some(Missing::Code),
        _ if person.is_held => Some(Missing::Release),
        missing => missing,
    }
}

/// Where what is missing is brought; then on to `back`.
pub(super) fn way_on(missing: Missing, back: &str) -> String {
    let page = match missing {
        Missing::Code => "/anmelden/code",
        Missing::Factor => "/konto/zweiter-faktor",
        Missing::Release => "/anmelden/rueckruf",
    };
    let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    format!("{page}?weiter={back}")
}

/// Puts somebody into a request as if signed in, for tests of pages.
#[cfg(test)]
pub fn arrive(req: &ServiceRequest, actor: Actor) {
    let binding = "session secret".to_owned();
    let nav = nav::sections(&actor, true);
    let signed_in = SignedIn { name: actor.name.clone(), organisation: String::new(), nav, binding };
    let arrived = Arrived { actor, ..stranger(req.request()) };
    req.extensions_mut().insert(signed_in);
    req.extensions_mut().insert(arrived);
}

/// Somebody not known, with address and request id.
pub(super) fn stranger(req: &HttpRequest) -> Arrived {
    let settings = req.app_data::<Data<AccessSettings>>();
    let ip = client_ip(req, settings.map_or(&[], |settings| &settings.trusted_proxies));
    let agent = req.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let agent = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect();
    let mut actor = Actor::anonymous(ip);
    actor.request_id = req.extensions().get::<RequestId>().map(|id| Uuid::from(*id));
    Arrived { actor, session: None, origin: Origin { ip, agent }, half: None }
}

/// What a session begins with.
pub(super) fn first_kept(welcome: &Welcome, binding: String) -> Kept {
    let organisation = label(&welcome.organisations);
    Kept { binding, roles: fingerprint(&welcome.roles), organisation, begun: None }
}

/// The same for changed roles. Open forms stay valid.
async fn relabelled(req: &HttpRequest, person: &Person, kept: Kept) -> Result<Kept> {
    let account = person.account;
    let found = site(req)?.db.read(move |tx| welcome(tx, account)).await?.ok_or(Error::SignInNeeded)?;
    let Kept { binding, begun, .. } = kept;
    Ok(Kept { roles: fingerprint(&person.roles), begun, ..first_kept(&found, binding) })
}

pub(super) fn site(req: &HttpRequest) -> Result<Data<Site>> {
    let site = req.app_data::<Data<Site>>().cloned();
    site.ok_or_else(|| Error::Internal("the application has no Site".to_owned()))
}

/// The same text for the same roles, in whatever order.
fn fingerprint(roles: &[(OrgId, Role)]) -> String {
    let mut words: Vec<_> = roles.iter().map(|(org, role)| format!("{org}:{}", role.code())).collect();
    words.sort_unstable();
    hex::encode(&digest(&SHA256, words.join(",").as_bytes()).as_ref()[..8])
}

/// For whom somebody acts, in few words.
fn label(organisations: &[String]) -> String {
    match organisations {
        [] => String::new(),
        [one] => one.clone(),
        [first, more @ ..] => {
            let args = [("name", first.into()), ("more", more.len().into())];
            text_with(Lang::De, "access-several-organisations", &args).into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::env::Env;

    #[test]
    fn a_session_notices_changed_roles_but_not_their_order() {
        let (a, b) = (OrgId(Env::system().uuid()), OrgId(Env::system().uuid()));
        let both = fingerprint(&[(a, Role::Reporter), (b, Role::OrgLead)]);
        assert_eq!(both, fingerprint(&[(b, Role::OrgLead), (a, Role::Reporter)]));
        assert_ne!(both, fingerprint(&[(a, Role::Reporter)]));
        assert_ne!(both, fingerprint(&[(a, Role::OrgLead), (b, Role::Reporter)]));
    }
}
