//! The sheet that says which keys do what. With scripts it opens over the page on `?`.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::Error;
use crate::web::{Failure, Shell};

/// Keys and the text that says what they do, in groups.
const GROUPS: &[(&str, &[(&str, &str)])] = &[
    (
        "keys-everywhere",
        &[
            ("?", "keys-help"),
            (": · Strg+K", "keys-palette"),
            ("/", "keys-search"),
            ("Esc", "keys-escape"),
            ("Strg+Eingabe", "keys-send"),
            ("g e", "keys-go-queue"),
            ("g u", "keys-go-tasks"),
            ("g m", "keys-go-mailbox"),
            ("g t", "keys-go-calls"),
            ("g w", "keys-go-advisories"),
            ("g r", "keys-go-directory"),
            ("g p", "keys-go-audit"),
            ("g k", "keys-go-account"),
        ],
    ),
    (
        "keys-lists",
        &[
            ("j", "keys-down"),
            ("k", "keys-up"),
            ("o", "keys-open"),
            ("v", "keys-open-accept"),
            ("Leertaste", "keys-mark"),
            ("u · b · f", "keys-marked"),
            ("r", "keys-undo"),
            ("l", "keys-reload"),
        ],
    ),
    (
        "keys-case",
        &[
            ("u", "keys-take"),
            ("v", "keys-accept"),
            ("s", "keys-triage"),
            ("z", "keys-assign"),
            ("b", "keys-block"),
            ("n", "keys-note"),
            ("m", "keys-message"),
            ("i", "keys-begin"),
            ("e", "keys-contained"),
            ("w", "keys-wait"),
            ("a", "keys-close"),
            ("x", "keys-escalate"),
            ("f", "keys-merge"),
            ("j · k", "keys-next"),
            ("l", "keys-show-news"),
        ],
    ),
];

#[derive(Template)]
#[template(path = "desk/templates/keys.html")]
struct KeysPage {
    sh: Shell,
    groups: &'static [(&'static str, &'static [(&'static str, &'static str)])],
}

/// Whoever has the team's pages, on which the keys work.
///
/// # Errors
/// [`Error::SignInNeeded`], and [`Error::NotFound`] for a town hall.
pub(super) fn teammate(visitor: &Visitor) -> Result<Actor, Error> {
    let actor = visitor.require()?;
    if actor.is_cert() { Ok(actor.clone()) } else { Err(Error::NotFound) }
}

/// Shows the sheet.
pub(super) async fn show(visitor: Visitor) -> Result<HttpResponse, Failure> {
    teammate(&visitor)?;
    visitor.page(&KeysPage { groups: GROUPS, sh: visitor.shell_of("keys-title") })
}
