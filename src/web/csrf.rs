//! Forms are only taken from our own pages: a keyed token in each form, and nothing from foreign sites.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::error::Failure;
use super::layout::Kit;

/// The cookie that anonymous forms are bound to (double submit, signed).
pub(super) const COOKIE: &str = "__Host-mk-form";
/// The name of the hidden field.
pub const FIELD: &str = "csrf";

/// What a token is bound to. The two never stand for each other.
#[derive(Clone, Copy)]
pub(super) enum Bound<'a> {
    /// A secret of the signed-in session.
    Session(&'a str),
    /// The random value in the anonymous cookie.
    Browser(&'a str),
    /// The same value, for what is given back to somebody whose session ended: it holds after signing in again too.
    Kept(&'a str),
}

/// What the tokens of sessions begin with, so that one whose session ended is known as such.
const OF_SESSION: &str = "s-";

impl Bound<'_> {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Session(secret) => [b"session\0", secret.as_bytes()].concat(),
            Self::Browser(nonce) => [b"browser\0", nonce.as_bytes()].concat(),
            Self::Kept(nonce) => [b"kept\0", nonce.as_bytes()].concat(),
        }
    }
}

/// The token of a form.
pub(super) fn token(key: &hmac::Key, bound: Bound<'_>) -> String {
    let mark = if matches!(bound, Bound::Session(_)) { OF_SESSION } else { "" };
    format!("{mark}{}", URL_SAFE_NO_PAD.encode(hmac::sign(key, &bound.bytes())))
}

/// Whether a token belongs to what it should be bound to; takes the same time for every wrong one.
pub(super) fn holds(key: &hmac::Key, bound: Bound<'_>, token: &str) -> bool {
    let bare = if matches!(bound, Bound::Session(_)) { token.strip_prefix(OF_SESSION) } else { Some(token) };
    let given = bare.and_then(|bare| URL_SAFE_NO_PAD.decode(bare).ok());
    given.is_some_and(|given| hmac::verify(key, &bound.bytes(), &given).is_ok())
}

/// Whether a token looks like one that a form of some session had: what to say about it, never whether to take it.
pub(super) fn is_of_session(token: &str) -> bool {
    token.strip_prefix(OF_SESSION).is_some_and(|bare| bare.len() == 43)
}

/// Middleware: refuses changes that a foreign site sends, before anything reads them. `/api` takes bearer tokens,
/// which a browser never adds by itself, and is left alone.
///
/// # Errors
/// What the inner service returns, or 403.
pub async fn same_site<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let changes = !req.method().is_safe() && !super::error::is_api(req.path());
    let own = req
        .app_data::<Data<Kit>>()
        .is_some_and(|kit| kit.public_url.origin().ascii_serialization() == sent_origin(req.headers()));
    if changes && is_foreign(req.headers(), own) {
        return Ok(req.error_response(Failure::foreign()).map_into_right_body());
    }
    Ok(next.call(req).await?.map_into_left_body())
}

fn sent_origin(headers: &HeaderMap) -> &str {
    headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default()
}

/// `Origin: null` says nothing here: it is what our own forms send under `Referrer-Policy: no-referrer` (Fetch, 3.1).
fn is_foreign(headers: &HeaderMap, own_origin: bool) -> bool {
    match headers.get("sec-fetch-site").map(actix_web::http::header::HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => false,
        Some(_) => !own_origin,
        None => !matches!(sent_origin(headers), "" | "null") && !own_origin,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn key() -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[7; 32])
    }

    #[test]
    fn a_token_holds_for_its_own_session_only() {
        let mine = token(&key(), Bound::Session("secret"));
        assert!(holds(&key(), Bound::Session("secret"), &mine));
        assert!(!holds(&key(), Bound::Session("other"), &mine));
        assert!(!holds(&key(), Bound::Browser("secret"), &mine), "an anonymous token is not a session's");
        let given_back = token(&key(), Bound::Kept("secret"));
        assert!(!holds(&key(), Bound::Browser("secret"), &given_back), "nor is one that was given back");
        assert!(is_of_session(&mine) && !is_of_session(&given_back));
        assert!(!holds(&hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]), Bound::Session("secret"), &mine));
    }

    proptest! {
        #[test]
        fn no_guessed_token_holds(guess in ".{0,60}") {
            prop_assert!(!holds(&key(), Bound::Session("secret"), &guess));
        }
    }

    #[test]
    fn posts_of_foreign_sites_are_told_apart_from_our_own() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs
                .iter()
                .map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)))
                .collect::<HeaderMap>()
        };
        assert!(!is_foreign(&headers(&[("sec-fetch-site", "same-origin"), ("origin", "null")]), false));
        assert!(is_foreign(&headers(&[("sec-fetch-site", "cross-site"), ("origin", "null")]), false));
        assert!(is_foreign(&headers(&[("sec-fetch-site", "same-site")]), false));
        assert!(is_foreign(&headers(&[("origin", "https://evil.example")]), false));
        assert!(!is_foreign(&headers(&[("origin", "https://meldekette.example")]), true));
        assert!(!is_foreign(&headers(&[]), false), "an old browser; the token still decides");
    }
}
