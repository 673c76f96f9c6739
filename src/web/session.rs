//! The session cookie: one shape for every store. What it holds is only a random key, signed.

use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_session::storage::SessionStore;
use actix_web::cookie::{Key, SameSite};

/// The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain` (RFC 6265bis, 4.1.3.2).
pub const COOKIE: &str = "__Host-meldekette";

/// The middleware for a store. The key is the same in all processes and across restarts, or everybody is signed out.
///
/// `Lax`, not `Strict`: whoever follows a link from a mail is to arrive signed in.
pub fn middleware<S: SessionStore>(store: S, key: Key) -> SessionMiddleware<S> {
    SessionMiddleware::builder(store, key)
        .cookie_name(COOKIE.to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .cookie_secure(true)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_domain(None)
        .session_lifecycle(BrowserSession::default())
        .build()
}
