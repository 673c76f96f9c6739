//! Whoever calls the API.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::address::limited_as;
use super::enter;
use super::tries::count;
use crate::access::service::limits::Attempt;
use crate::access::service::tokens;
use crate::access::settings::AccessSettings;
use crate::core::actor::{Actor, Via};
use crate::core::error::{Error, Result};
use crate::store::Tx;
use crate::web::Failure;
use crate::web::site::Site;

/// Whoever calls the API with a token that holds. Everybody else gets 401 as problem details.
#[derive(Debug)]
pub struct Bearer {
    pub actor: Actor,
}

impl FromRequest for Bearer {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = req.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(bearer).map(str::to_owned);
        let stranger = enter::stranger(req).actor;
        let settings = req.app_data::<Data<AccessSettings>>().cloned();
        let site = enter::site(req);
        Box::pin(async move {
            let token = token.ok_or(Error::SignInNeeded)?;
            let settings = settings.unwrap_or_else(|| Data::new(AccessSettings::default()));
            let actor = identify(&*site?, &settings, stranger, token).await?;
            Ok(Self { actor })
        })
    }
}

/// The token of `Bearer TOKEN` (RFC 6750, 2.1; the scheme in any case, RFC 9110, 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

async fn identify(site: &Site, settings: &AccessSettings, stranger: Actor, token: String) -> Result<Actor> {
    let load = move |tx: &mut Tx<'_>| {
        let Some(found) = tokens::load(tx, &token)? else { return Ok(None) };
        let is_stopped = tokens::is_stopped(tx, &found)?;
        Ok(Some((found, is_stopped)))
    };
    let Some((found, is_stopped)) = site.db.read_one(load).await? else {
        let ip = stranger.ip.map(limited_as).map(|ip| ip.to_string()).unwrap_or_default();
        let attempt = Attempt::new("token", &ip, settings.limits.token_address);
        count(&site.db, vec![attempt]).await?;
        return Err(Error::SignInNeeded);
    };
    if is_stopped {
        return Err(Error::Forbidden("error-token-offline"));
    }
    if tokens::wants_touch(&found, site.db.env().now()) {
        let id = found.id;
        if let Err(error) = site.db.write(move |tx| tokens::touch(tx, id)).await {
            tracing::warn!(%error, "a token's last use was not written");
        }
    }
    Ok(Actor {
        account: Some(found.account),
        name: found.name,
        roles: found.roles,
        via: Via::Token { id: found.id, scopes: found.scopes },
        ..stranger
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_tokens_are_read() {
        assert_eq!(bearer("Bearer mk_abc"), Some("mk_abc"));
        assert_eq!(bearer("bearer  mk_abc"), Some("mk_abc"));
        assert_eq!(bearer("Basic dXNlcjpwYXNz"), None);
        assert_eq!(bearer("Bearer "), None);
        assert_eq!(bearer("mk_abc"), None);
    }
}
