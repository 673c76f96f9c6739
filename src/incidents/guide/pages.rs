//! The pages of the guided report: its beginning here; the questions, the summary and what comes after sending below.

mod arrived;
mod receipt;
mod review;
mod step;
mod strangers;
mod telephone;

use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::Timestamp;

use super::model::{Draft, Step};
use super::service::{self, Key as Whose, Opened, kept_until};
use super::{check, rules};
use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::DraftId;
use crate::web::idempotency::{self, Answer, Key, Sent};
use crate::web::site::Site;
use crate::web::{Failure, FormData, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/melden").get(start).post(begin))
        .service(web::resource("/melden/{draft}/verwerfen").post(discard))
        .service(web::resource("/melden/{draft}/pruefen").get(review::show).post(review::send))
        .service(web::resource("/melden/{draft}/beleg").get(review::receipt))
        .service(web::resource("/melden/{draft}/{schritt}").get(step::show).post(step::save))
        .service(web::resource("/vorgaenge/{reference}/eingegangen").get(arrived::show));
    strangers::configure(cfg);
    telephone::configure(cfg);
}

/// Who writes a draft, and by what it is found.
#[derive(Clone)]
struct Writer {
    actor: Actor,
    key: Whose,
    /// Without an account: the code with which another device goes on.
    code: Option<String>,
}

impl Writer {
    /// The writer of an own draft.
    fn own(visitor: &Visitor, draft: &str) -> Result<Self> {
        let actor = visitor.require()?.clone();
        Ok(Self { actor, key: Whose::Own(draft_id(draft)?), code: None })
    }

    async fn open(&self, site: &Site) -> Result<Opened> {
        let Self { actor, key, .. } = self.clone();
        let opened = site.db.read(move |tx| service::open(tx, &actor, &key)).await?;
        // A call has a screen of its own.
        if opened.draft.is_call { Err(Error::NotFound) } else { Ok(opened) }
    }
}

/// The window's title; a trial run's begins with what it is.
fn titled(is_drill: bool, title: &str) -> String {
    if is_drill { format!("{} · {title}", text(Lang::De, "incident-drill")) } else { title.to_owned() }
}

/// What does not parse does not exist.
fn draft_id(text: &str) -> Result<DraftId> {
    text.parse().map_err(|_| Error::NotFound)
}

fn version(typed: &FormData) -> Result<i32> {
    let seen = typed.get("version").parse().ok().filter(|seen: &i32| *seen >= 0);
    seen.ok_or_else(|| FieldError::new("version", "error-number").into())
}

/// Where a question of a draft stands.
fn address(draft: &Draft, step: Step) -> String {
    match draft.is_strangers {
        true => format!("{}/{}", home(draft), step.code()),
        false => own_address(draft.id, step),
    }
}

fn own_address(id: DraftId, step: Step) -> String {
    format!("/melden/{id}/{}", step.code())
}

/// Where drafts are begun.
fn home(draft: &Draft) -> &'static str {
    if draft.is_strangers { strangers::HOME } else { "/melden" }
}

/// On to what a sent draft has become: its case, or the receipt for who may not see that.
fn sent_on(visitor: &Visitor, draft: &Draft) -> Option<HttpResponse> {
    let reference = draft.reference.as_deref()?;
    let to = match draft.receipt {
        _ if draft.is_strangers => format!("{}/beleg", home(draft)),
        Some(_) => format!("/melden/{}/beleg", draft.id),
        None => format!("/vorgaenge/{reference}/eingegangen"),
    };
    Some(visitor.redirect(&to, ""))
}

struct Waiting {
    href: String,
    discard: String,
    title: String,
    is_drill: bool,
    updated_at: Timestamp,
    kept_until: Timestamp,
}

impl Waiting {
    /// A call that is not filed yet.
    fn of_call(draft: &Draft) -> Self {
        let href = telephone::address(draft.id);
        Self {
            discard: format!("{href}/verwerfen"),
            href,
            title: draft.answers.get("title").to_owned(),
            is_drill: draft.is_drill,
            updated_at: draft.updated_at,
            kept_until: kept_until(draft),
        }
    }

    fn of(opened: &Opened) -> Self {
        let Opened { draft, .. } = opened;
        let context = opened.context();
        let is_fine = |step| check::step(step, &draft.answers, &context).is_ok();
        Self {
            href: address(draft, rules::resume(&draft.answers, context.asker, is_fine)),
            discard: match draft.is_strangers {
                true => format!("{}/verwerfen", home(draft)),
                false => format!("/melden/{}/verwerfen", draft.id),
            },
            title: draft.answers.get("title").to_owned(),
            is_drill: draft.is_drill,
            updated_at: draft.updated_at,
            kept_until: kept_until(draft),
        }
    }
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/start.html")]
struct StartPage {
    sh: Shell,
    drafts: Vec<Waiting>,
}

async fn start(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let drafts = site
        .db
        .read(move |tx| {
            let houses = service::houses(tx, &actor)?;
            let now = tx.now();
            let drafts = service::list(tx, &actor)?.into_iter();
            let opened = |draft| Opened { draft, houses: houses.clone(), offices: Vec::new(), now };
            Ok(drafts.map(opened).collect::<Vec<_>>())
        })
        .await?;
    let sh = visitor.shell_of("guide-title");
    visitor.page(&StartPage { sh, drafts: drafts.iter().map(Waiting::of).collect() })
}

/// Begins a draft. The button that was pressed twice begins one.
async fn begin(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["once", "art"])?;
    let is_drill = match typed.get("art") {
        "vorfall" => false,
        "probe" => true,
        _ => return Err(Error::from(FieldError::new("art", "error-choice")).into()),
    };
    // Somebody who goes back and presses the other button means another draft.
    let key =
        Key::parse(typed.get("once")).and_then(|_| Key::parse(&format!("{}-{is_drill}", typed.get("once"))));
    let key = key.map_err(|reason| Error::from(FieldError::new("once", reason)))?;
    let sent = site
        .db
        .write(move |tx| {
            let account = actor.account.ok_or(Error::SignInNeeded)?;
            idempotency::attempt(tx, account, &key, &[], |tx| {
                let id = service::begin(tx, &actor, is_drill)?;
                Ok(Answer { status: 303, body: id.to_string() })
            })
        })
        .await?;
    let (Sent::Done(answer) | Sent::Other(answer)) = sent;
    Ok(visitor.redirect(&own_address(draft_id(&answer.body)?, Step::Danger), ""))
}

async fn discard(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let Writer { actor, key, .. } = Writer::own(&visitor, &id)?;
    typed.only(&[])?;
    site.db.write(move |tx| service::discard(tx, &actor, &key)).await?;
    Ok(visitor.redirect("/melden", "guide-discarded"))
}
