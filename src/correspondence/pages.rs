//! The inbox: what came in and waits for a person, one mail with the reasons, and what can be done with it.

use std::sync::Arc;

use actix_web::web::{Data, Path, ServiceConfig, resource};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::model::{Inbound, Kind, MailboxName, Poll, State};
use super::seals::may_be_told;
use super::service::{self, Readers, Shown};
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError};
use crate::core::i18n::{Lang, has, text};
use crate::core::ids::{EvidenceId, InboundId};
use crate::core::text::Line;
use crate::incidents::evidence::model::bytes_in_words;
use crate::incidents::evidence::service::Vault;
use crate::web::site::Site;
use crate::web::stream::attachment;
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

/// Mails on one page.
const SHOWN: i64 = 50;

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/posteingang").get(list))
        .service(resource("/posteingang/{mail}").get(show))
        .service(resource("/posteingang/{mail}/datei").get(whole))
        .service(resource("/posteingang/{mail}/anhang/{file}").get(attached))
        .service(resource("/posteingang/{mail}/meldung").post(file))
        .service(resource("/posteingang/{mail}/zuordnung").post(attach))
        .service(resource("/posteingang/{mail}/verwerfen").post(discard))
        .service(resource("/posteingang/{mail}/sperre").post(block))
        .service(resource("/posteingang/{mail}/adresse").post(renew));
}

/// A part of the inbox.
struct Tab {
    key: &'static str,
    href: &'static str,
    states: &'static [State],
}

const TABS: [Tab; 3] = [
    Tab { key: "correspondence-tab-open", href: "/posteingang", states: &[State::Open] },
    Tab {
        key: "correspondence-tab-done",
        href: "/posteingang?zeigen=erledigt",
        states: &[State::Joined, State::Filed, State::Discarded],
    },
    Tab { key: "correspondence-tab-noted", href: "/posteingang?zeigen=automatisch", states: &[State::Noted] },
];

struct Row {
    href: String,
    who: String,
    subject: String,
    kind: String,
    reason: String,
    state: String,
    at: Timestamp,
}

#[derive(Template)]
#[template(path = "correspondence/templates/inbox.html")]
struct InboxPage {
    sh: Shell,
    here: usize,
    open: i64,
    waiting: i64,
    /// Where mails are taken out of a mailbox: which one, and how that goes.
    mailbox: Option<(MailboxName, Poll)>,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "correspondence/templates/inbound.html")]
struct MailPage {
    sh: Shell,
    form: Form,
    it: Shown,
    row: Row,
    reasons: Vec<String>,
    /// What its signatures and its encryption are worth, and whether that is a warning.
    seals: Vec<(String, bool)>,
    size: String,
    to: String,
    files: Vec<File>,
    /// Whether a person may still decide on it.
    is_open: bool,
    /// Whether it was encrypted by who knows whom.
    is_borrowed: bool,
    audiences: Vec<Choice>,
}

struct File {
    href: Option<String>,
    name: String,
    size: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ListQuery {
    zeigen: String,
    vor: String,
}

fn word(family: &str, code: &str) -> String {
    let key = format!("{family}-{}", code.replace('_', "-"));
    if has(Lang::De, &key) { text(Lang::De, &key).into_owned() } else { code.to_owned() }
}

fn row(mail: &Inbound) -> Row {
    let or = |words: &str, key: &str| {
        if words.is_empty() { text(Lang::De, key).into_owned() } else { words.to_owned() }
    };
    let kind = mail.kind.unwrap_or(Kind::Unreadable);
    // A name alone anybody may choose.
    Row {
        href: format!("/posteingang/{}", mail.id),
        who: or(&super::service::who(mail), "correspondence-no-sender"),
        subject: or(&mail.subject, "correspondence-no-subject"),
        kind: word("correspondence-kind", kind.code()),
        reason: mail.reasons.first().map_or(String::new(), |code| word("correspondence-reason", code)),
        state: word("correspondence-state", mail.state.code()),
        at: mail.received_at,
    }
}

async fn list(visitor: Visitor, site: Data<Site>, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let here = match query.zeigen.as_str() {
        "" => 0,
        "erledigt" => 1,
        "automatisch" => 2,
        _ => return Err(Error::from(FieldError::new("zeigen", "error-choice")).into()),
    };
    let before: Option<InboundId> = match query.vor.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Error::from(FieldError::new("vor", "error-cursor")))?),
    };
    let (counts, mailbox, mut mails) = site
        .db
        .read(move |tx| {
            Ok((
                service::counts(tx, &actor)?,
                service::mailbox(tx, &actor)?,
                service::list(tx, &actor, TABS[here].states, before, SHOWN + 1)?,
            ))
        })
        .await?;
    let is_cut = mails.len() as i64 > SHOWN;
    mails.truncate(usize::try_from(SHOWN).unwrap_or_default());
    let next = mails.last().filter(|_| is_cut).map(|last| {
        let sign = if here == 0 { "?" } else { "&" };
        format!("{}{sign}vor={}", TABS[here].href, last.id)
    });
    visitor.page(&InboxPage {
        sh: visitor.shell_of("correspondence-title"),
        here,
        open: counts.open,
        waiting: counts.waiting,
        mailbox,
        rows: mails.iter().map(row).collect(),
        next,
    })
}

fn mail_id(text: &str) -> Result<InboundId, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

async fn page(visitor: &Visitor, site: &Site, id: InboundId, form: Form) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let it = site.db.write(move |tx| service::show(tx, &actor, id)).await?;
    let form = if form.has_errors() { form } else { suggested(&it) };
    let row = row(&it.mail);
    let sh = visitor.shell(row.subject.clone());
    let own: Vec<Choice> = it
        .organisation
        .iter()
        .map(|name| Choice::new("stelle", name.clone()))
        .chain(
            it.organisation.is_none().then(|| Choice::new("stelle", sh.t("correspondence-for-organisation"))),
        )
        .collect();
    let mut audiences = vec![Choice::new("team", sh.t("correspondence-for-team"))];
    let thread = it.thread.as_ref().map(|party| {
        Choice::new("schriftwechsel", sh.tn("correspondence-for-thread", "party", party.as_str()))
    });
    let is_third = thread.is_some();
    audiences.extend(thread);
    audiences.extend(own.into_iter().filter(|_| !is_third));
    let page = MailPage {
        reasons: it.mail.reasons.iter().map(|code| word("correspondence-reason", code)).collect(),
        seals: it
            .sheet
            .iter()
            .flat_map(|sheet| &sheet.seals)
            .map(|seal| (seal.words(), seal.standing.is_warning()))
            .collect(),
        size: bytes_in_words(it.mail.size),
        to: it.mail.envelope.to.join(", "),
        files: it
            .files
            .iter()
            .map(|file| File {
                href: (!file.is_sample).then(|| format!("/posteingang/{id}/anhang/{}", file.id)),
                name: file.name.clone(),
                size: bytes_in_words(file.size),
            })
            .collect(),
        is_borrowed: it.sheet.as_ref().is_some_and(|sheet| !may_be_told(&sheet.seals)),
        is_open: it.may_sort && matches!(it.mail.state, State::Open | State::Noted | State::Discarded),
        audiences,
        sh: if form.has_errors() { sh.failed() } else { sh },
        form,
        row,
        it,
    };
    if page.form.has_errors() { visitor.again(&page) } else { visitor.page(&page) }
}

/// What stands in the form before anybody typed.
fn suggested(it: &Shown) -> Form {
    let reference = it.reference.clone().unwrap_or_default();
    let readers = if it.thread.is_some() { "schriftwechsel" } else { "team" };
    Form::filled(FormData::default().with("vorgang", reference).with("an", readers))
}

async fn show(visitor: Visitor, site: Data<Site>, id: Path<String>) -> Result<HttpResponse, Failure> {
    page(&visitor, &site, mail_id(&id)?, Form::default()).await
}

/// The version that the form showed.
fn seen(typed: &FormData) -> Result<i32, Error> {
    typed.get("version").parse().map_err(|_| FieldError::new("version", "error-number").into())
}

/// Answers a refused form with the page and what was typed.
async fn refused(
    visitor: &Visitor,
    site: &Site,
    id: InboundId,
    typed: FormData,
    error: Error,
) -> Result<HttpResponse, Failure> {
    match error {
        Error::Invalid(errors) => page(visitor, site, id, Form::refused(typed, errors.into())?).await,
        error => Err(error.into()),
    }
}

async fn file(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["version"])?;
    let (id, seen) = (mail_id(&id)?, seen(&typed)?);
    let reference = site.db.write(move |tx| service::file(tx, &actor, id, seen)).await?;
    Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), "correspondence-done-filed"))
}

async fn attach(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["version", "vorgang", "an"])?;
    let (id, seen) = (mail_id(&id)?, seen(&typed)?);
    let (reference, whom) = (typed.get("vorgang").to_owned(), typed.get("an").to_owned());
    let done = site
        .db
        .write(move |tx| {
            let readers = match whom.as_str() {
                "team" => Readers::Team,
                "stelle" => Readers::Organisation,
                "schriftwechsel" => Readers::Thread,
                _ => return Err(FieldError::new("an", "error-choice").into()),
            };
            service::attach(tx, &actor, id, seen, &reference, readers)
        })
        .await;
    match done {
        Ok(reference) => {
            Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), "correspondence-done-joined"))
        }
        Err(error) => refused(&visitor, &site, id, typed, error).await,
    }
}

async fn discard(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["version", "grund"])?;
    let (id, seen) = (mail_id(&id)?, seen(&typed)?);
    let why = typed.get("grund").to_owned();
    let done = site
        .db
        .write(move |tx| {
            let why = Line::parse(&why).map_err(|reason| Error::from(FieldError::new("grund", reason)))?;
            service::discard(tx, &actor, id, seen, &why)
        })
        .await;
    match done {
        Ok(()) => Ok(visitor.redirect("/posteingang", "correspondence-done-discarded")),
        Err(error) => refused(&visitor, &site, id, typed, error).await,
    }
}

async fn block(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["sperren"])?;
    let id = mail_id(&id)?;
    let is = match typed.get("sperren") {
        "ja" => true,
        "nein" => false,
        _ => {
            let error = FieldError::new("sperren", "error-choice").into();
            return refused(&visitor, &site, id, typed, error).await;
        }
    };
    site.db.write(move |tx| service::block(tx, &actor, id, is)).await?;
    let note = if is { "correspondence-done-blocked" } else { "correspondence-done-unblocked" };
    Ok(visitor.redirect(&format!("/posteingang/{id}"), note))
}

async fn renew(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    let id = mail_id(&id)?;
    site.db.write(move |tx| service::renew(tx, &actor, id)).await?;
    Ok(visitor.redirect(&format!("/posteingang/{id}"), "correspondence-done-renewed"))
}

async fn whole(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    hand_out(&visitor, &site, vault.into_inner(), mail_id(&id)?, None).await
}

async fn attached(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let file: EvidenceId = part("file").parse().map_err(|_| Error::NotFound)?;
    hand_out(&visitor, &site, vault.into_inner(), mail_id(part("mail"))?, Some(file)).await
}

/// Never shown by the browser, whatever it holds.
async fn hand_out(
    visitor: &Visitor,
    site: &Site,
    vault: Arc<Vault>,
    id: InboundId,
    file: Option<EvidenceId>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let it = site.db.write(move |tx| service::download(tx, &actor, id, file)).await?;
    let bytes = vault.fetch(it.id, &it.data_key, it.size).await.map_err(Error::from)?;
    Ok(attachment(&it.name).body(bytes))
}
