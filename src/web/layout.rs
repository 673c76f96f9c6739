//! What every page shares: the facts of the house and the shell around a page, from which layouts and macros draw.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::web::Data;
use jiff::Timestamp;
use ring::hmac;
use url::Url;

use super::visit::SignedIn;
use super::{assets, print};
use crate::core::env::Env;
use crate::core::i18n::{self, Arg, Lang};
use crate::core::tlp::Tlp;
use crate::core::when;

/// Facts of this installation that pages need, as application data (`web::Data<Kit>`).
pub struct Kit {
    /// Clock and randomness.
    pub env: Env,
    /// Where people reach the product; `https` switches on HSTS, the origin is compared with foreign ones.
    pub public_url: Url,
    /// Whom people call; on every page.
    pub hotline: Hotline,
    /// Whether everything shown is an example, which each page then says.
    pub demo: bool,
    /// Largest body of a form, in bytes.
    pub form_limit: usize,
    /// How long a body may take to arrive.
    pub body_patience: Duration,
    /// Links at the foot: imprint, privacy, accessibility.
    pub footer: Vec<Link>,
    /// Signs form tokens; the same in all processes and across restarts, or open forms go stale.
    pub form_key: hmac::Key,
}

impl Kit {
    /// A kit with the usual limits; `secret` is at least 32 unpredictable bytes.
    #[must_use]
    pub fn new(env: Env, public_url: Url, hotline: Hotline, secret: &[u8]) -> Self {
        Self {
            env,
            public_url,
            hotline,
            demo: false,
            form_limit: 256 * 1024,
            body_patience: Duration::from_secs(60),
            footer: Vec::new(),
            form_key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }
}

impl fmt::Debug for Kit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kit").field("public_url", &self.public_url.as_str()).finish_non_exhaustive()
    }
}

/// The CERT's telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hotline {
    /// The CERT's name as people say it.
    pub name: String,
    /// The number as people read it: `030 23125 001`.
    pub phone: String,
    /// The number as dialled (RFC 3966): `+493023125001`.
    pub dial: String,
}

/// A place to go: path and Fluent key of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub key: &'static str,
}

impl Link {
    /// A link to `href`, named by the text of `key`.
    #[must_use]
    pub fn new(href: &str, key: &'static str) -> Self {
        Self { href: href.to_owned(), key }
    }
}

/// The frame around a page. Every page template has it as its field `sh`.
#[derive(Debug, Clone)]
pub struct Shell {
    pub lang: Lang,
    /// What the window's title starts with: `TH-2026-00042 · Verschlüsselte Dateien`.
    pub title: String,
    /// Whether the page shows refused input: the title then begins with `Fehler:`.
    pub failed: bool,
    /// Who is signed in.
    pub who: Option<SignedIn>,
    /// The token of this page's forms, for `ui::csrf`.
    pub csrf: String,
    /// Fluent key of what was just done, shown once.
    pub note: Option<String>,
    /// The instant of the page.
    pub now: Timestamp,
    pub(super) path: String,
    pub(super) print: Option<String>,
    pub(super) kit: Data<Kit>,
}

impl Shell {
    /// Marks the page as one that shows refused input.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.failed = true;
        self
    }

    /// Prints with reference and label on each sheet.
    #[must_use]
    pub fn printed(mut self, reference: &str, tlp: Tlp) -> Self {
        self.print = Some(print::url(reference, tlp, self.now));
        self
    }

    /// The text of a Fluent key.
    #[must_use]
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        i18n::text(self.lang, key)
    }

    /// The text of a key with one argument.
    #[must_use]
    pub fn tn(&self, key: &str, name: &str, value: impl IntoArg) -> Cow<'static, str> {
        i18n::text_with(self.lang, key, &[(name, value.into_arg())])
    }

    /// The text of a key with two arguments.
    #[must_use]
    pub fn tn2(
        &self,
        key: &str,
        n1: &str,
        v1: impl IntoArg,
        n2: &str,
        v2: impl IntoArg,
    ) -> Cow<'static, str> {
        i18n::text_with(self.lang, key, &[(n1, v1.into_arg()), (n2, v2.into_arg())])
    }

    /// A token of its own for one form, for `ui::once`.
    #[must_use]
    pub fn fresh(&self) -> String {
        self.kit.env.token()
    }

    /// The path of an embedded file.
    #[must_use]
    pub fn asset(&self, logical: &str) -> &'static str {
        assets::url(logical)
    }

    /// The style sheet for printing, where the page is a document.
    #[must_use]
    pub fn print(&self) -> Option<&str> {
        self.print.as_deref()
    }

    /// Whether the link leads to this page or to a page above it.
    #[must_use]
    pub fn is_here(&self, href: &str) -> bool {
        self.path == href
            || (href != "/" && self.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The sections of whoever is signed in.
    #[must_use]
    pub fn nav(&self) -> &[Link] {
        self.who.as_ref().map_or(&[], |who| &who.nav)
    }

    /// Whether whoever is signed in has the CERT's list of cases, and so the box to search them.
    #[must_use]
    pub fn reads_cases(&self) -> bool {
        self.nav().iter().any(|link| link.href == "/eingang")
    }

    /// The links at the foot.
    #[must_use]
    pub fn footer(&self) -> &[Link] {
        &self.kit.footer
    }

    /// Whether everything shown is an example.
    #[must_use]
    pub fn demo(&self) -> bool {
        self.kit.demo
    }

    /// Whom to call.
    #[must_use]
    pub fn hotline(&self) -> &Hotline {
        &self.kit.hotline
    }

    /// `21.11.2026, 07:40 Uhr`.
    #[must_use]
    pub fn absolute(&self, at: impl AsInstant) -> String {
        when::absolute(at.instant())
    }

    /// `heute, 07:40 Uhr`.
    #[must_use]
    pub fn spoken(&self, at: impl AsInstant) -> String {
        when::spoken(at.instant(), self.now)
    }

    /// `21.11. 07:40`, with the year where it is not this one.
    #[must_use]
    pub fn dense(&self, at: impl AsInstant) -> String {
        when::dated(at.instant(), self.now)
    }

    /// How long ago, or how long until: `12 min`, `3 h`, `5 Tg`.
    #[must_use]
    pub fn span(&self, at: impl AsInstant) -> String {
        let at = at.instant();
        when::span(at.min(self.now), at.max(self.now))
    }

    /// Whether the instant has passed.
    #[must_use]
    pub fn is_past(&self, at: impl AsInstant) -> bool {
        at.instant() < self.now
    }

    /// The instant with its zone, for the attributes `datetime` and `data-due` (RFC 3339, UTC).
    #[must_use]
    pub fn machine(&self, at: impl AsInstant) -> String {
        at.instant().to_string()
    }
}

/// An instant, however often a template borrowed it on the way.
pub trait AsInstant {
    /// The instant.
    fn instant(&self) -> Timestamp;
}

impl AsInstant for Timestamp {
    fn instant(&self) -> Timestamp {
        *self
    }
}

impl<T: AsInstant + ?Sized> AsInstant for &T {
    fn instant(&self) -> Timestamp {
        (**self).instant()
    }
}

/// What a template may hand to a text: words and numbers, by value or by any reference.
pub trait IntoArg {
    /// The argument of the text.
    fn into_arg(self) -> Arg<'static>;
}

impl<T: ToArg + ?Sized> IntoArg for &T {
    fn into_arg(self) -> Arg<'static> {
        self.to_arg()
    }
}

/// How a value becomes an argument of a text.
pub trait ToArg {
    /// The argument.
    fn to_arg(&self) -> Arg<'static>;
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> Arg<'static> {
        (**self).to_arg()
    }
}

impl ToArg for str {
    fn to_arg(&self) -> Arg<'static> {
        Arg::from(self.to_owned())
    }
}

macro_rules! words {
    ($($ty:ty),+) => {$(
        impl ToArg for $ty { fn to_arg(&self) -> Arg<'static> { Arg::from(self.to_string()) } }
        impl IntoArg for $ty { fn into_arg(self) -> Arg<'static> { self.to_arg() } }
    )+};
}
words!(String, Cow<'_, str>, Tlp, char);

macro_rules! numbers {
    ($($ty:ty),+) => {$(
        impl ToArg for $ty {
            fn to_arg(&self) -> Arg<'static> { Arg::Number(i64::try_from(*self).unwrap_or(i64::MAX)) }
        }
        impl IntoArg for $ty { fn into_arg(self) -> Arg<'static> { self.to_arg() } }
    )+};
}
numbers!(i16, i32, i64, u8, u16, u32, u64, usize);
