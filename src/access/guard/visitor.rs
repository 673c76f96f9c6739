//! Whoever opens a page.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_session::{Session, SessionExt as _};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use ring::digest::{SHA256, digest};

use super::address::limited_as;
use super::enter::{self, Arrived, Half};
use super::session::{self, Person};
use crate::access::factor::Missing;
use crate::access::model::Origin;
use crate::access::service::sign_in::Welcome;
use crate::core::actor::{Actor, Via};
use crate::core::error::{Error, Result};
use crate::core::ids::SessionId;
use crate::web::{Failure, Visit};

/// Whoever opens a page: the actor, and the kit's [`Visit`] with shell and answers. The actor is anonymous where nobody
/// is signed in.
pub struct Visitor {
    pub actor: Actor,
    /// The session of the request's cookie.
    pub session: Option<SessionId>,
    /// Address and browser, for what is remembered of a sign-in.
    pub origin: Origin,
    half: Option<Half>,
    visit: Visit,
    cookie: Session,
}

impl Visitor {
    /// The actor, where somebody is signed in.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], which becomes the sign-in page, and the way back, for a page that was asked for, and a
    /// page that gives the words back for a form that was sent.
    pub fn require(&self) -> Result<&Actor> {
        if self.is_signed_in() { Ok(&self.actor) } else { Err(Error::SignInNeeded) }
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.actor.account.is_some()
    }

    /// Whoever gave the password, whether or not the second factor is missing: for the pages that bring it, and for
    /// signing out.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`].
    pub fn person(&self) -> Result<&Actor> {
        self.half.as_ref().map_or_else(|| self.require(), |half| Ok(&half.actor))
    }

    /// Where somebody is led who gave the password and misses the second factor; then on to `back`.
    #[must_use]
    pub fn way_on(&self, back: &str) -> Option<String> {
        self.half.as_ref().map(|half| enter::way_on(half.missing, back))
    }

    /// What is missing of this visitor's session.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        self.half.as_ref().map(|half| half.missing)
    }

    /// Remembers that the secret of a second factor was begun in this session.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`] without a session.
    pub fn began(&self, sealed: &[u8]) -> Result<()> {
        let (_, mut kept) = session::read(&self.cookie).ok_or(Error::SignInNeeded)?;
        kept.begun = Some(print(sealed));
        session::keep(&self.cookie, &kept)
    }

    /// Whether this secret was begun in this session. Somebody else who has the password neither reads one that is not
    /// confirmed yet, nor leaves one behind that its owner would take for their own.
    #[must_use]
    pub fn has_begun(&self, sealed: &[u8]) -> bool {
        session::read(&self.cookie).is_some_and(|(_, kept)| kept.begun == Some(print(sealed)))
    }

    /// The second factor was shown: the session is a whole one, under a new key. Open forms stay valid.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`] without a session.
    pub fn verified(&self) -> Result<()> {
        let (mut person, kept) = session::read(&self.cookie).ok_or(Error::SignInNeeded)?;
        person.verified = Some(self.visit.env().now());
        session::renew(&self.cookie, &person, &kept)
    }

    /// The holder of a single-use link, who stands for nobody in particular even when somebody is signed in.
    #[must_use]
    pub fn link_holder(&self) -> Actor {
        Actor { via: Via::Link, ..self.stranger() }
    }

    /// The same visitor as somebody not known: whoever signs in has not done so yet.
    #[must_use]
    pub fn stranger(&self) -> Actor {
        Actor { request_id: self.actor.request_id, ..Actor::anonymous(self.actor.ip) }
    }

    /// What limits count the visitor by.
    #[must_use]
    pub fn limited_as(&self) -> String {
        self.actor.ip.map(|ip| limited_as(ip).to_string()).unwrap_or_default()
    }

    /// Begins a session under a new key; an earlier one of this browser ends.
    ///
    /// # Errors
    /// [`Error::Internal`] when the session cannot be put into words.
    pub fn let_in(&self, welcome: &Welcome) -> Result<()> {
        let person = Person {
            account: welcome.account,
            name: String::new(),
            roles: Vec::new(),
            session: None,
            ip: self.origin.ip,
            agent: self.origin.agent.clone(),
            since: None,
            has_factor: false,
            verified: None,
            released: None,
            is_held: false,
        };
        session::renew(&self.cookie, &person, &enter::first_kept(welcome, self.visit.env().token()))
    }

    /// Gives the running session a new key, with new tokens for its forms.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`] without a session.
    pub fn renew(&self) -> Result<()> {
        let (person, mut kept) = session::read(&self.cookie).ok_or(Error::SignInNeeded)?;
        kept.binding = self.visit.env().token();
        session::renew(&self.cookie, &person, &kept)
    }

    /// Ends the session.
    pub fn let_out(&self) {
        self.cookie.purge();
    }
}

impl Deref for Visitor {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = req.extensions().get::<Arrived>().cloned();
        let Arrived { actor, session, origin, half } = found.unwrap_or_else(|| enter::stranger(req));
        let visit = Visit::of(req).map_err(Failure::from);
        ready(visit.map(|visit| Self { actor, session, origin, half, visit, cookie: req.get_session() }))
    }
}

fn print(sealed: &[u8]) -> String {
    hex::encode(digest(&SHA256, sealed))
}

/// Where somebody wanted to go before signing in; `/` for anything that is not a path of ours.
#[must_use]
pub fn local_path(wanted: &str) -> &str {
    let mut chars = wanted.chars();
    let begins = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let plain = wanted.chars().all(|c| !c.is_control() && c != '\\' && !c.is_whitespace());
    if begins && plain { wanted } else { "/" }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn the_way_back_leads_to_the_page_that_was_wanted() {
        assert_eq!(local_path("/vorgaenge/TH-2026-00042?seite=2"), "/vorgaenge/TH-2026-00042?seite=2");
        for bad in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "evil"]
        {
            assert_eq!(local_path(bad), "/", "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_way_back_leads_to_another_site(wanted in "[/\\\\a-z:@.\\t\\n? #%]{0,24}") {
            let base = Url::parse("https://meldekette.example/anmelden").unwrap();
            let there = base.join(local_path(&wanted)).unwrap();
            prop_assert_eq!(there.origin(), base.origin());
        }
    }
}
