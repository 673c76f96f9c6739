//! One screen for the analyst who listens: all questions in the order in which people tell it, by keyboard alone, saved
//! from the first keystroke.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::Timestamp;

use super::step::{Asked, FOUND, LABELS, is_minimal, stay};
use super::{Waiting, arrived, draft_id, version};
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::DraftId;
use crate::core::text::Line;
use crate::incidents::guide::model::{Field, Step, TOLD, all_fields, fields};
use crate::incidents::guide::service::Opened;
use crate::incidents::guide::{calls, check};
use crate::web::idempotency::{self, Answer, Key, Sent};
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/telefon").get(list).post(begin))
        .service(web::resource("/telefon/{draft}/verwerfen").post(discard))
        .service(web::resource("/telefon/{draft}").get(show).post(take));
}

/// Where a call is written down.
pub(super) fn address(id: DraftId) -> String {
    format!("/telefon/{id}")
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/calls.html")]
struct CallsPage {
    sh: Shell,
    calls: Vec<Waiting>,
}

async fn list(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let calls = site.db.read(move |tx| calls::list(tx, &actor)).await?;
    let calls = calls.iter().map(Waiting::of_call).collect();
    visitor.page(&CallsPage { sh: visitor.shell_of("guide-calls-title"), calls })
}

/// Begins a call. The button that was pressed twice begins one.
async fn begin(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["once"])?;
    let key = Key::parse(typed.get("once"));
    let key = key.map_err(|reason| Error::from(FieldError::new("once", reason)))?;
    let sent = site
        .db
        .write(move |tx| {
            let account = actor.account.ok_or(Error::SignInNeeded)?;
            idempotency::attempt(tx, account, &key, &[], |tx| {
                Ok(Answer { status: 303, body: calls::begin(tx, &actor)?.to_string() })
            })
        })
        .await?;
    let (Sent::Done(answer) | Sent::Other(answer)) = sent;
    Ok(visitor.redirect(&address(draft_id(&answer.body)?), ""))
}

async fn discard(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    let id = draft_id(&id)?;
    site.db.write(move |tx| calls::discard(tx, &actor, id)).await?;
    Ok(visitor.redirect("/telefon", "guide-discarded"))
}

/// Questions that belong together.
struct Group {
    title: &'static str,
    asked: Vec<Asked>,
    /// Whether it is the one in which the caller says who calls.
    is_caller: bool,
}

/// Steps whose one choice the guided page asks for by its heading.
const BY_HEADING: [Step; 4] = [Step::Danger, Step::Data, Step::Intent, Step::Inform];

/// The inputs of a step. Where the guided page asks by its heading alone, the question stands at the choice itself here.
fn asked(opened: &Opened, step: Step) -> Vec<Asked> {
    let mut asked = Asked::all(opened, step);
    if let Some(only) = asked.first_mut().filter(|_| BY_HEADING.contains(&step)) {
        only.label = format!("guide-question-{}", step.code());
    }
    asked
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/call.html")]
struct CallPage {
    sh: Shell,
    form: Form,
    groups: Vec<Group>,
    has_offices: bool,
    /// Whether the caller said the code of the organisation that is meant.
    is_known: bool,
    is_changed: bool,
    action: String,
    version: i32,
    updated_at: Timestamp,
}

impl CallPage {
    fn new(visitor: &Visitor, opened: &Opened, form: Form) -> Self {
        let group = |(title, steps): &(&'static str, &[Step])| Group {
            title,
            asked: steps.iter().flat_map(|step| asked(opened, *step)).collect(),
            is_caller: steps.contains(&Step::Office),
        };
        let mut sh = visitor.shell_of("guide-call-title");
        sh.failed = form.has_errors();
        Self {
            sh,
            form: form.labelled(LABELS),
            groups: TOLD.iter().map(group).collect(),
            has_offices: !opened.offices.is_empty(),
            is_known: calls::known_for(opened).is_some(),
            is_changed: false,
            action: address(opened.draft.id),
            version: opened.draft.version,
            updated_at: opened.draft.updated_at,
        }
    }
}

/// The stored answers as the form holds them.
fn filled(opened: &Opened) -> FormData {
    let answers = &opened.draft.answers;
    let asked = TOLD.iter().flat_map(|(_, steps)| *steps).flat_map(|step| fields(*step, answers.observed()));
    asked
        .flat_map(|field| answers.all(field.name).iter().map(|value| (field.name, value.as_str())))
        .fold(FormData::default(), |data, (name, value)| data.with(name, value))
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/called.html")]
struct CalledPage {
    sh: Shell,
    reference: String,
    receipt: Option<String>,
    measures: Vec<(String, String)>,
}

async fn show(visitor: Visitor, site: Data<Site>, id: Path<String>) -> Result<HttpResponse, Failure> {
    let (actor, id) = (visitor.require()?.clone(), draft_id(&id)?);
    let (opened, measures) = site
        .db
        .read(move |tx| {
            let opened = calls::show(tx, &actor, id)?;
            let is_filed = opened.draft.reference.is_some();
            let measures = if is_filed { calls::measures(tx, &actor, id)? } else { Vec::new() };
            Ok((opened, measures))
        })
        .await?;
    let Some(reference) = opened.draft.reference.clone() else {
        return visitor.page(&CallPage::new(&visitor, &opened, Form::filled(filled(&opened))));
    };
    let sh = visitor.shell(format!("{reference} · {}", visitor.shell_of("guide-called-title").title));
    let measures = measures.into_iter().map(arrived::told).collect();
    visitor.page(&CalledPage { sh, reference, receipt: opened.draft.receipt, measures })
}

/// Every input of the screen, whatever was observed when it was shown.
fn inputs() -> Vec<Field> {
    TOLD.iter().flat_map(|(_, steps)| *steps).flat_map(|step| all_fields(*step)).collect()
}

/// What was sent of the screen's inputs: those that it shows, and whatever else it sent.
fn sent(typed: &FormData, shown: &Opened) -> Vec<(&'static str, Vec<String>)> {
    let observed = shown.draft.answers.observed();
    let on_screen: Vec<_> =
        TOLD.iter().flat_map(|(_, steps)| *steps).flat_map(|step| fields(*step, observed)).collect();
    let is_meant = |name: &str| typed.has(name) || on_screen.iter().any(|field| field.name == name);
    inputs()
        .into_iter()
        .filter(|field| is_meant(field.name))
        .map(|field| (field.name, typed.all(field.name).map(str::to_owned).collect()))
        .collect()
}

/// Saves, and does what the button says.
async fn take(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    request: HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, id) = (visitor.require()?.clone(), draft_id(&id)?);
    let names: Vec<&str> = inputs().iter().map(|field| field.name).collect();
    typed.only(&[names.as_slice(), &["version", "tun", FOUND, "contact_code"]].concat())?;
    if typed.has(FOUND) && !typed.is(FOUND, "ja") {
        return Err(Error::from(FieldError::new(FOUND, "error-choice")).into());
    }
    let (seen, form) = (version(&typed)?, typed.clone());
    let saved = site
        .db
        .write(move |tx| {
            let mut opened = calls::look(tx, &actor, id)?;
            if opened.draft.reference.is_some() {
                return Ok(Ok(opened));
            }
            let typed = sent(&form, &opened);
            let saved = calls::save(tx, &mut opened, seen, &typed);
            opened.guess(tx)?;
            match saved {
                Ok(()) => Ok(Ok(opened)),
                Err(Error::Stale) => Ok(Err(opened)),
                Err(error) => Err(error),
            }
        })
        .await?;
    let minimal = is_minimal(&request);
    let opened = match saved {
        Err(opened) if minimal => return Ok(stay(StatusCode::CONFLICT, &opened)),
        Err(opened) => {
            let page = CallPage::new(&visitor, &opened, Form::filled(typed));
            return visitor.answer(StatusCode::CONFLICT, &CallPage { is_changed: true, ..page });
        }
        Ok(opened) if minimal => return Ok(stay(StatusCode::NO_CONTENT, &opened)),
        Ok(opened) => opened,
    };
    if opened.draft.reference.is_some() {
        return Ok(visitor.redirect(&address(id), ""));
    }
    if typed.get("tun") != "senden"
        && let Err(error) = readable(&opened, &typed)
    {
        return again(&visitor, &opened, typed, error);
    }
    match typed.get("tun") {
        "speichern" | "" => Ok(visitor.redirect(&address(id), "guide-call-kept")),
        "pruefen" => check_caller(&visitor, &site, &opened, typed).await,
        "senden" => send(&visitor, &site, &opened, typed).await,
        _ => again(&visitor, &opened, typed, FieldError::new("tun", "error-choice").into()),
    }
}

fn again(visitor: &Visitor, opened: &Opened, typed: FormData, error: Error) -> Result<HttpResponse, Failure> {
    visitor.again(&CallPage::new(visitor, opened, Form::refused(typed, error)?))
}

/// Whether what is answered so far can be read; it is kept in any case.
fn readable(opened: &Opened, typed: &FormData) -> Result<()> {
    let steps = TOLD.iter().flat_map(|(_, steps)| steps.iter().copied());
    check::answered(steps, &opened.draft.answers, &opened.context())?;
    one_line(typed)
}

/// A code is one line, whatever is said in it.
fn one_line(typed: &FormData) -> Result<()> {
    let code = typed.get("contact_code");
    let read = if code.trim().is_empty() { Ok(()) } else { Line::<60>::parse(code).map(|_| ()) };
    read.map_err(|reason| FieldError::new("contact_code", reason).into())
}

/// Shows what the register finds, and checks the code where one was typed.
async fn check_caller(
    visitor: &Visitor,
    site: &Site,
    opened: &Opened,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, id) = (visitor.require()?.clone(), opened.draft.id);
    let code = typed.get("contact_code").to_owned();
    if code.trim().is_empty() {
        return Ok(visitor.redirect(&address(id), ""));
    }
    match site.db.write(move |tx| calls::check_code(tx, &actor, id, &code)).await {
        Ok(true) => Ok(visitor.redirect(&address(id), "guide-call-known")),
        Ok(false) => {
            let wrong = FieldError::new("contact_code", "guide-call-code-wrong");
            again(visitor, opened, typed, wrong.into())
        }
        Err(error) => again(visitor, opened, typed, error),
    }
}

async fn send(
    visitor: &Visitor,
    site: &Site,
    opened: &Opened,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, id, seen) = (visitor.require()?.clone(), opened.draft.id, opened.draft.version);
    if let Err(error) = one_line(&typed) {
        return again(visitor, opened, typed, error);
    }
    match site.db.write(move |tx| calls::send(tx, &actor, id, seen)).await {
        Ok(_) => Ok(visitor.redirect(&address(id), "")),
        Err(error) => again(visitor, opened, typed, error),
    }
}
