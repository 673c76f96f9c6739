//! One request as a page sees it: who is signed in, which form token holds, what was just done; and its answers.

use std::future::{Ready, ready};

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse};
use askama::Template;

use super::csrf;
use super::error::Failure;
use super::layout::{Kit, Link, Shell};
use crate::core::env::Env;
use crate::core::error::Error;
use crate::core::i18n::{self, Lang};

const NOTE: &str = "__Host-mk-note";
/// Bytes that a page has room for from the start: most have fewer, and one that grows is copied again and again.
const PAGE: usize = 64 << 10;

/// Who is signed in, as pages show it. The session's middleware puts it into the request's extensions.
#[derive(Clone)]
pub struct SignedIn {
    /// The account's name.
    pub name: String,
    /// The organisation for which the account acts.
    pub organisation: String,
    /// The sections this account may enter.
    pub nav: Vec<Link>,
    /// A secret of the session that form tokens are bound to; it changes when the session is renewed.
    pub binding: String,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The template's text.
///
/// # Errors
/// [`Error::Internal`] where the template fails.
pub fn rendered(template: &impl Template) -> Result<String, Error> {
    let mut page = String::with_capacity(PAGE);
    template.render_into(&mut page).map_err(|e| Error::Internal(format!("template: {e}")))?;
    Ok(page)
}

/// The request of a page. An extractor; needs [`Kit`] as application data.
#[derive(Debug)]
pub struct Visit {
    pub(super) kit: Data<Kit>,
    path: String,
    signed_in: Option<SignedIn>,
    /// What anonymous form tokens are bound to, and whether the browser has it already.
    nonce: String,
    nonce_known: bool,
    note: Option<String>,
}

impl Visit {
    /// Reads the request.
    ///
    /// # Errors
    /// [`Error::Internal`] where the application was built without [`Kit`].
    pub fn of(req: &HttpRequest) -> Result<Self, Error> {
        let kit = req
            .app_data::<Data<Kit>>()
            .cloned()
            .ok_or_else(|| Error::Internal("the application has no Kit".to_owned()))?;
        let nonce =
            req.cookie(csrf::COOKIE).map(|cookie| cookie.value().to_owned()).filter(|v| v.len() == 43);
        // A key chosen by the browser is only ever looked up, never shown.
        let note = req.cookie(NOTE).map(|c| c.value().to_owned()).filter(|key| i18n::has(Lang::De, key));
        Ok(Self {
            path: req.path().to_owned(),
            signed_in: req.extensions().get::<SignedIn>().cloned(),
            nonce_known: nonce.is_some(),
            nonce: nonce.unwrap_or_else(|| kit.env.token()),
            note,
            kit,
        })
    }

    /// Clock and randomness.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.kit.env
    }

    /// The shell of a page; `title` is what the window's title starts with.
    #[must_use]
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        Shell {
            lang: Lang::De,
            title: title.into(),
            failed: false,
            who: self.signed_in.clone(),
            csrf: self.token(),
            note: self.note.clone(),
            now: self.kit.env.now(),
            path: self.path.clone(),
            print: None,
            kit: self.kit.clone(),
        }
    }

    /// The shell of a page whose title is the text of a key.
    #[must_use]
    pub fn shell_of(&self, key: &str) -> Shell {
        self.shell(i18n::text(Lang::De, key))
    }

    /// The page, 200.
    ///
    /// # Errors
    /// [`Error::Internal`] where the template fails.
    pub fn page(&self, template: &impl Template) -> Result<HttpResponse, Failure> {
        self.answer(StatusCode::OK, template)
    }

    /// The same page again with what was typed and what was refused, 422.
    ///
    /// # Errors
    /// [`Error::Internal`] where the template fails.
    pub fn again(&self, template: &impl Template) -> Result<HttpResponse, Failure> {
        self.answer(StatusCode::UNPROCESSABLE_ENTITY, template)
    }

    /// A page with a status of one's choice, for example 409 where both versions are shown.
    ///
    /// # Errors
    /// [`Error::Internal`] where the template fails.
    pub fn answer(&self, status: StatusCode, template: &impl Template) -> Result<HttpResponse, Failure> {
        Ok(self.html(status, rendered(template)?))
    }

    /// A page that was made already.
    #[must_use]
    pub fn html(&self, status: StatusCode, html: String) -> HttpResponse {
        let mut answer = HttpResponse::build(status);
        if self.signed_in.is_none() && !self.nonce_known {
            answer.cookie(cookie(csrf::COOKIE, self.nonce.clone()).finish());
        }
        if self.note.is_some() {
            answer.cookie(
                cookie(NOTE, String::new()).max_age(actix_web::cookie::time::Duration::ZERO).finish(),
            );
        }
        answer.insert_header(ContentType::html()).body(html)
    }

    /// On to another page (303), which shows the text of `note` once. An empty key shows nothing.
    #[must_use]
    pub fn redirect(&self, to: &str, note: &str) -> HttpResponse {
        let mut answer = HttpResponse::SeeOther();
        if !note.is_empty() {
            let minute = actix_web::cookie::time::Duration::minutes(1);
            answer.cookie(cookie(NOTE, note.to_owned()).max_age(minute).finish());
        }
        answer.insert_header((LOCATION, to)).finish()
    }

    /// The token that this visit's forms carry.
    pub(super) fn token(&self) -> String {
        match &self.signed_in {
            Some(who) => csrf::token(&self.kit.form_key, csrf::Bound::Session(&who.binding)),
            None => csrf::token(&self.kit.form_key, csrf::Bound::Browser(&self.nonce)),
        }
    }

    /// The token of what is given back on an error page. Where nobody is signed in it still holds in this browser when
    /// somebody is, so that whoever signs in again sends once.
    pub(super) fn kept_token(&self) -> String {
        match &self.signed_in {
            Some(_) => self.token(),
            None => csrf::token(&self.kit.form_key, csrf::Bound::Kept(&self.nonce)),
        }
    }

    /// Whether a form carries the token of this visit.
    pub(super) fn accepts(&self, token: &str) -> bool {
        let holds = |bound| csrf::holds(&self.kit.form_key, bound, token);
        let own = match &self.signed_in {
            Some(who) => holds(csrf::Bound::Session(&who.binding)),
            None => self.nonce_known && holds(csrf::Bound::Browser(&self.nonce)),
        };
        own || (self.nonce_known && holds(csrf::Bound::Kept(&self.nonce)))
    }

    /// Whether a form was made in a session, and nobody is signed in any more.
    pub(super) fn has_lost_session(&self, token: &str) -> bool {
        self.signed_in.is_none() && csrf::is_of_session(token)
    }
}

impl FromRequest for Visit {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(req).map_err(Failure::from))
    }
}

/// A cookie that this site alone sets and reads (RFC 6265bis, 4.1.3.2), for as long as the browser runs.
pub(crate) fn cookie(name: &'static str, value: String) -> actix_web::cookie::CookieBuilder<'static> {
    // Lax, not Strict: a link from webmail must find the token of forms that are open in other tabs.
    Cookie::build(name, value).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}
