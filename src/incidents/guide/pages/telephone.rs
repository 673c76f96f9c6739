//! One screen for the analyst who listens: who calls, all questions in the order in which people tell it, and what helps
//! now; by keyboard alone, saved from the first keystroke.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::Timestamp;

use super::step::{Asked, FOUND, LABELS, is_minimal, stay};
use super::{Waiting, arrived, draft_id, version};
use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::DraftId;
use crate::core::text::Line;
use crate::directory::model::Phone;
use crate::incidents::guide::calls::{self, Registered};
use crate::incidents::guide::check;
use crate::incidents::guide::model::{Field, Measure, Step, TOLD, all_fields, fields};
use crate::incidents::guide::service::Opened;
use crate::store::Tx;
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
    // Who listens writes at once.
    let first = format!("{}#office_name", address(draft_id(&answer.body)?));
    Ok(visitor.redirect(&first, ""))
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
    /// Its place on the page, and the key that leads to it.
    number: usize,
    asked: Vec<Asked>,
    /// What is asked closer after what is observed, where that is asked here.
    closer: Option<Vec<Asked>>,
}

impl Group {
    fn new(opened: &Opened, index: usize) -> Self {
        let (title, steps) = TOLD[index];
        let plain = steps.iter().filter(|step| **step != Step::Closer);
        Self {
            title,
            number: index + 1,
            asked: plain.flat_map(|step| asked(opened, *step)).collect(),
            closer: steps.contains(&Step::Closer).then(|| asked(opened, Step::Closer)),
        }
    }

    /// Whether its questions stand two in a row where there is room: none of them is answered in prose.
    fn is_paired(&self) -> bool {
        self.asked.iter().all(|asked| asked.look == "time" || asked.look == "radios") && self.asked.len() > 1
    }
}

/// Steps whose one choice the guided page asks for by its heading.
const BY_HEADING: [Step; 5] = [Step::Danger, Step::Spread, Step::Data, Step::Intent, Step::Inform];
/// The same among what is asked closer.
const CLOSER_BY_HEADING: [&str; 3] = ["devices", "clicked", "unusable_since"];

/// The inputs of a step, for somebody who knows them: without hints but those that say how something is written, and
/// without a word at what may be left out, which is nearly all. Where the guided page asks by its heading alone, the
/// question stands at the choice itself here.
fn asked(opened: &Opened, step: Step) -> Vec<Asked> {
    let (mut asked, observed) = (Asked::all(opened, step), opened.draft.answers.observed());
    for input in &mut asked {
        input.is_optional = false;
        if input.look != "time" {
            input.hint = String::new();
        }
        if let Some(observed) = observed.filter(|_| CLOSER_BY_HEADING.contains(&input.name)) {
            input.label = format!("guide-question-naeher-{}", observed.code());
        }
    }
    if let Some(only) = asked.first_mut().filter(|_| BY_HEADING.contains(&step)) {
        only.label = format!("guide-question-{}", step.code());
    }
    asked
}

/// What of a call is shown beside its answers.
struct Beside {
    registered: Option<Registered>,
    open: Vec<&'static str>,
    advice: Vec<Measure>,
}

impl Beside {
    fn of(tx: &mut Tx<'_>, actor: &Actor, opened: &Opened) -> Result<Self> {
        let registered = calls::registered(tx, actor, opened)?;
        Ok(Self { registered, open: calls::open_fields(opened), advice: calls::advice(opened) })
    }
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/call.html")]
struct CallPage {
    sh: Shell,
    form: Form,
    /// The organisation's name as it was said, and whom of the register it may mean.
    office_name: Vec<Asked>,
    offices: Vec<Asked>,
    /// How the caller is reached.
    reach: Vec<Asked>,
    groups: Vec<Group>,
    registered: Option<Registered>,
    /// What is missing still, as field and key of its name.
    open: Vec<(&'static str, &'static str)>,
    /// What helps now, as the keys of its heading and of its sentence.
    advice: Vec<(String, String)>,
    /// Whether the caller said the code of the organisation that is meant.
    is_known: bool,
    is_changed: bool,
    action: String,
    version: i32,
    updated_at: Timestamp,
}

impl CallPage {
    fn new(visitor: &Visitor, opened: &Opened, beside: Beside, form: Form) -> Self {
        let (offices, office_name) =
            asked(opened, Step::Office).into_iter().partition(|asked| asked.name == "office");
        let named = |field: &'static str| {
            let label = LABELS.iter().find(|(name, _)| *name == field);
            (field, label.map_or("guide-untitled", |(_, key)| *key))
        };
        let mut sh = visitor.shell_of("guide-call-title");
        sh.failed = form.has_errors();
        Self {
            sh,
            form: form.labelled(LABELS),
            office_name,
            offices,
            reach: asked(opened, Step::Reach),
            groups: (1..TOLD.len()).map(|index| Group::new(opened, index)).collect(),
            registered: beside.registered,
            open: beside.open.into_iter().map(named).collect(),
            advice: beside.advice.into_iter().map(arrived::told).collect(),
            is_known: calls::known_for(opened).is_some(),
            is_changed: false,
            action: address(opened.draft.id),
            version: opened.draft.version,
            updated_at: opened.draft.updated_at,
        }
    }

    /// A number as it is dialled; empty for what is none.
    fn dial(phone: &str) -> String {
        Phone::parse(phone).map(|phone| format!("tel:{}", phone.dial())).unwrap_or_default()
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
    let (opened, beside, measures) = site
        .db
        .read(move |tx| {
            let opened = calls::show(tx, &actor, id)?;
            let is_filed = opened.draft.reference.is_some();
            let measures = if is_filed { calls::measures(tx, &actor, id)? } else { Vec::new() };
            let beside = Beside::of(tx, &actor, &opened)?;
            Ok((opened, beside, measures))
        })
        .await?;
    let Some(reference) = opened.draft.reference.clone() else {
        let form = Form::filled(filled(&opened));
        return visitor.page(&CallPage::new(&visitor, &opened, beside, form));
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
    let (seen, form, minimal) = (version(&typed)?, typed.clone(), is_minimal(&request));
    let (opened, is_slower) = site
        .db
        .write(move |tx| {
            let mut opened = calls::look(tx, &actor, id)?;
            let typed = sent(&form, &opened);
            let saved = match opened.draft.reference {
                Some(_) => Ok(()),
                None => calls::save(tx, &mut opened, seen, &typed),
            };
            // Nothing is shown of what the register finds while somebody types.
            if !minimal {
                opened.guess(tx)?;
            }
            match saved {
                Ok(()) => Ok((opened, false)),
                Err(Error::Stale) => Ok((opened, true)),
                Err(error) => Err(error),
            }
        })
        .await?;
    if minimal {
        let status = if is_slower { StatusCode::CONFLICT } else { StatusCode::NO_CONTENT };
        return Ok(stay(status, &opened));
    }
    if is_slower {
        let page = call_page(&visitor, &site, &opened, Form::filled(typed)).await?;
        return visitor.answer(StatusCode::CONFLICT, &CallPage { is_changed: true, ..page });
    }
    if opened.draft.reference.is_some() {
        return Ok(visitor.redirect(&address(id), ""));
    }
    if typed.get("tun") != "senden"
        && let Err(error) = readable(&opened, &typed)
    {
        return again(&visitor, &site, &opened, typed, error).await;
    }
    match typed.get("tun") {
        "speichern" | "" => Ok(visitor.redirect(&address(id), "guide-call-kept")),
        // Enter: what was typed is kept, and a code is checked.
        "pruefen" | "eingabe" => check_caller(&visitor, &site, &opened, typed).await,
        "senden" => send(&visitor, &site, &opened, typed).await,
        _ => {
            let unknown = FieldError::new("tun", "error-choice");
            again(&visitor, &site, &opened, typed, unknown.into()).await
        }
    }
}

async fn call_page(visitor: &Visitor, site: &Site, opened: &Opened, form: Form) -> Result<CallPage> {
    let (actor, of) = (visitor.require()?.clone(), opened.clone());
    let beside = site.db.read(move |tx| Beside::of(tx, &actor, &of)).await?;
    Ok(CallPage::new(visitor, opened, beside, form))
}

async fn again(
    visitor: &Visitor,
    site: &Site,
    opened: &Opened,
    typed: FormData,
    error: Error,
) -> Result<HttpResponse, Failure> {
    visitor.again(&call_page(visitor, site, opened, Form::refused(typed, error)?).await?)
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
    // Back where the next thing is done.
    let at = |field: &str| format!("{}#{field}", address(id));
    if code.trim().is_empty() {
        let next = if opened.offices.is_empty() { "contact_name" } else { "office" };
        return Ok(visitor.redirect(&at(next), ""));
    }
    match site.db.write(move |tx| calls::check_code(tx, &actor, id, &code)).await {
        Ok(true) => Ok(visitor.redirect(&at("contact_name"), "guide-call-known")),
        Ok(false) => {
            let wrong = FieldError::new("contact_code", "guide-call-code-wrong");
            again(visitor, site, opened, typed, wrong.into()).await
        }
        Err(error) => again(visitor, site, opened, typed, error).await,
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
        return again(visitor, site, opened, typed, error).await;
    }
    match site.db.write(move |tx| calls::send(tx, &actor, id, seen)).await {
        Ok(_) => Ok(visitor.redirect(&address(id), "")),
        Err(error) => again(visitor, site, opened, typed, error).await,
    }
}
