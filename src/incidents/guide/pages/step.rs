//! One question: shown, saved, and on to the next one.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;

use super::{Writer, address, home, sent_on, titled, version};
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, has, text, text_with};
use crate::incidents::guide::check::{self, Context};
use crate::incidents::guide::model::{
    ALL_HOUSES, Answers, Asker, Danger, Draft, Field, Kind, NO_OFFICE, Step, all_fields, fields,
};
use crate::incidents::guide::service::{self, Opened, kept_until};
use crate::incidents::guide::{rules, words};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// An input as the page shows it.
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) look: &'static str,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) choices: Vec<Choice>,
    pub(super) is_optional: bool,
}

impl Asked {
    fn of(field: &Field, opened: &Opened) -> Self {
        let key = |family: &str| format!("guide-{family}-{}", field.name.replace('_', "-"));
        let choice = |code: &&str| Choice::new(*code, words::answer(field.name, code));
        let (look, choices) = match field.kind {
            Kind::One(codes) => ("radios", codes().iter().map(choice).collect()),
            Kind::Any(codes) => ("boxes", codes().iter().map(choice).collect()),
            Kind::Houses => ("boxes", houses(opened)),
            Kind::Offices => ("radios", offices(opened)),
            Kind::Line => ("line", Vec::new()),
            Kind::Phone => ("phone", Vec::new()),
            Kind::Prose => ("prose", Vec::new()),
            Kind::Time => ("time", Vec::new()),
        };
        Self {
            name: field.name,
            look,
            label: key("ask"),
            hint: Some(key("hint")).filter(|key| has(Lang::De, key)).unwrap_or_default(),
            choices,
            is_optional: !is_needed(field, opened.asker()),
        }
    }

    /// The inputs of a step; a choice without anything to choose is none.
    pub(super) fn all(opened: &Opened, step: Step) -> Vec<Self> {
        let fields = fields(step, opened.draft.answers.observed()).iter();
        let is_shown = |field: &&Field| !matches!(field.kind, Kind::Offices) || !opened.offices.is_empty();
        fields.filter(is_shown).map(|field| Self::of(field, opened)).collect()
    }
}

/// One way to be reached is needed, and the page asks for the telephone first; whom nobody knows says a name as well.
fn is_needed(field: &Field, asker: Asker) -> bool {
    let is_asked_for =
        field.name == "contact_phone" || (field.name == "contact_name" && asker == Asker::Stranger);
    field.is_required || is_asked_for
}

fn offices(opened: &Opened) -> Vec<Choice> {
    let none = Choice::new(NO_OFFICE, text(Lang::De, "guide-no-office"));
    let each = opened.offices.iter().map(|office| Choice::new(office.id.to_string(), office.name.clone()));
    each.chain([none]).collect()
}

fn houses(opened: &Opened) -> Vec<Choice> {
    let all = Choice::new(ALL_HOUSES, text(Lang::De, "guide-all-houses"));
    let each = opened.houses.iter().map(|house| Choice::new(house.id.to_string(), house.name.clone()));
    each.chain([all]).collect()
}

/// What another device saved meanwhile.
struct Other {
    label: String,
    said: String,
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/step.html")]
struct StepPage {
    sh: Shell,
    form: Form,
    question: String,
    lead: String,
    asked: Vec<Asked>,
    number: usize,
    count: usize,
    is_first: bool,
    /// Whether people were just said to be in danger.
    alarm: bool,
    /// What another device said instead, where it was faster.
    others: Vec<Other>,
    action: String,
    is_drill: bool,
    updated_at: Timestamp,
    kept_until: Timestamp,
    /// With which another device goes on, where nobody is signed in.
    code: Option<String>,
}

/// The key of a step's text; the step that asks closer has one for each thing observed.
fn key(family: &str, step: Step, answers: &Answers) -> String {
    match (step, answers.observed()) {
        (Step::Closer, Some(observed)) => format!("guide-{family}-naeher-{}", observed.code()),
        _ => format!("guide-{family}-{}", step.code()),
    }
}

impl StepPage {
    fn new(visitor: &Visitor, writer: &Writer, opened: &Opened, step: Step, form: Form) -> Self {
        let Draft { is_drill, answers, updated_at, .. } = &opened.draft;
        let path = rules::path(answers, opened.asker());
        let number = path.iter().filter(|other| **other <= step).count();
        let count = path.len() - 1;
        let question = text(Lang::De, &key("question", step, answers)).into_owned();
        let args = [("number", number.into()), ("count", count.into())];
        let place = text_with(Lang::De, "guide-progress", &args);
        let lead = Some(key("lead", step, answers)).filter(|key| has(Lang::De, key));
        Self {
            sh: visitor.shell(titled(*is_drill, &format!("{question} · {place}"))),
            form: form.labelled(LABELS),
            question,
            lead: lead.map_or(String::new(), |key| text(Lang::De, &key).into_owned()),
            asked: Asked::all(opened, step),
            number,
            count,
            is_first: step == Step::Danger,
            alarm: step == Step::Observed && answers.one("danger", Danger::parse) == Some(Danger::People),
            others: Vec::new(),
            action: address(&opened.draft, step),
            is_drill: *is_drill,
            updated_at: *updated_at,
            kept_until: kept_until(&opened.draft),
            code: writer.code.clone(),
        }
    }
}

/// What the summary of refused input calls the fields, in the order of the questions.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("danger", "guide-short-danger"),
    ("observed", "guide-short-observed"),
    ("title", "guide-short-title"),
    ("description", "guide-short-description"),
    ("devices", "guide-short-devices"),
    ("clicked", "guide-short-clicked"),
    ("account_owner", "guide-short-account-owner"),
    ("still_used", "guide-short-still-used"),
    ("data_about", "guide-short-data-about"),
    ("data_people", "guide-short-data-people"),
    ("unusable_since", "guide-short-unusable-since"),
    ("operator", "guide-short-operator"),
    ("spread", "guide-short-spread"),
    ("personal_data", "guide-short-personal-data"),
    ("malicious", "guide-short-malicious"),
    ("detected_at", "guide-short-detected-at"),
    ("occurred_at", "guide-short-occurred-at"),
    ("done", "guide-short-done"),
    ("measures", "guide-short-measures"),
    ("contact_name", "guide-short-contact-name"),
    ("contact_phone", "guide-short-contact-phone"),
    ("contact_other", "guide-short-contact-other"),
    ("office_name", "guide-short-office-name"),
    ("office", "guide-short-office"),
    ("organisation", "guide-short-organisation"),
    ("inform", "guide-short-inform"),
    ("contact_code", "guide-call-code"),
];

/// What is no question does not exist, nor what is asked of `others` alone.
pub(super) fn question(step: &str, others: Step) -> Result<Step> {
    Step::parse(step).filter(|step| ![Step::Review, others].contains(step)).ok_or(Error::NotFound)
}

/// The stored answers as a form holds them.
fn filled(opened: &Opened, step: Step) -> FormData {
    let version = FormData::default().with("version", opened.draft.version.to_string());
    fields(step, opened.draft.answers.observed())
        .iter()
        .flat_map(|field| opened.draft.answers.all(field.name).iter().map(|value| (field.name, value)))
        .fold(version, |data, (name, value)| data.with(name, value.as_str()))
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (draft, step) = path.into_inner();
    page(&visitor, &site, Writer::own(&visitor, &draft)?, question(&step, Step::Office)?).await
}

/// The question, with what was answered so far.
pub(super) async fn page(
    visitor: &Visitor,
    site: &Site,
    writer: Writer,
    step: Step,
) -> Result<HttpResponse, Failure> {
    let opened = writer.open(site).await?;
    if let Some(answer) = sent_on(visitor, &opened.draft) {
        return Ok(answer);
    }
    let form = Form::filled(filled(&opened, step));
    visitor.page(&StepPage::new(visitor, &writer, &opened, step, form))
}

/// Sent by a page that shows what the register has found.
pub(super) const FOUND: &str = "gefunden";

/// What is to happen after saving.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    On,
    Back,
    Later,
    /// Nothing: the page saves while somebody types.
    Stay,
}

/// Whether the page saves while somebody types (RFC 7240, 4.2).
pub(super) fn is_minimal(request: &HttpRequest) -> bool {
    request.headers().get("prefer").is_some_and(|wish| wish.as_bytes() == b"return=minimal")
}

impl Way {
    fn of(typed: &FormData, request: &HttpRequest) -> Result<Self> {
        if is_minimal(request) {
            return Ok(Self::Stay);
        }
        match typed.get("tun") {
            "weiter" | "" => Ok(Self::On),
            "zurueck" => Ok(Self::Back),
            "spaeter" => Ok(Self::Later),
            _ => Err(FieldError::new("tun", "error-choice").into()),
        }
    }
}

/// What was sent of a step's fields: those that the page shows, and whatever else it sent.
fn sent(typed: &FormData, step: Step, shown: &[Field]) -> Vec<(&'static str, Vec<String>)> {
    let names: BTreeMap<&'static str, ()> = all_fields(step).iter().map(|field| (field.name, ())).collect();
    let is_meant = |name: &str| typed.has(name) || shown.iter().any(|field| field.name == name);
    names
        .into_keys()
        .filter(|name| is_meant(name))
        .map(|name| (name, typed.all(name).map(str::to_owned).collect()))
        .collect()
}

pub(super) async fn save(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    request: HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (draft, step) = path.into_inner();
    let writer = Writer::own(&visitor, &draft)?;
    take(&visitor, &site, writer, question(&step, Step::Office)?, &request, typed).await
}

/// What became of saving.
enum Saved {
    Well(Opened),
    /// Another device was faster.
    Slower(Opened),
    TooMuch(Opened, Error),
}

/// Saves what was typed into a question, and leads on.
pub(super) async fn take(
    visitor: &Visitor,
    site: &Site,
    writer: Writer,
    step: Step,
    request: &HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let names: Vec<&str> = all_fields(step).iter().map(|field| field.name).collect();
    typed.only(&[names.as_slice(), &["version", "tun", FOUND]].concat())?;
    if typed.has(FOUND) && !typed.is(FOUND, "ja") {
        return Err(Error::from(FieldError::new(FOUND, "error-choice")).into());
    }
    let (way, seen, form) = (Way::of(&typed, request)?, version(&typed)?, typed.clone());
    let Writer { actor, key, .. } = writer.clone();
    let saved = site
        .db
        .write(move |tx| {
            let mut opened = service::peek(tx, &actor, &key)?;
            // A call has a screen of its own.
            if opened.draft.is_call {
                return Err(Error::NotFound);
            }
            if opened.draft.reference.is_some() {
                return Ok(Saved::Well(opened));
            }
            let shown = fields(step, opened.draft.answers.observed());
            let saved = service::save(tx, &mut opened, seen, step, &sent(&form, step, shown));
            // Nothing is shown of what the register finds while somebody types, and no other question asks it.
            if step == Step::Office && way != Way::Stay {
                opened.guess(tx)?;
            }
            match saved {
                Ok(()) => Ok(Saved::Well(opened)),
                Err(Error::Stale) => Ok(Saved::Slower(opened)),
                Err(error @ Error::Invalid(_)) => Ok(Saved::TooMuch(opened, error)),
                Err(error) => Err(error),
            }
        })
        .await?;
    let opened = match saved {
        Saved::Slower(opened) if way == Way::Stay => return Ok(stay(StatusCode::CONFLICT, &opened)),
        Saved::Slower(opened) => return slower(visitor, &writer, &opened, step, typed),
        Saved::TooMuch(opened, error) => return again(visitor, &writer, &opened, step, typed, error),
        Saved::Well(opened) => opened,
    };
    if let Some(answer) = sent_on(visitor, &opened.draft) {
        return Ok(answer);
    }
    onward(visitor, &writer, &opened, step, way, typed)
}

pub(super) fn stay(status: StatusCode, opened: &Opened) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((ETAG, format!("\"{}\"", opened.draft.version)))
        .insert_header(("preference-applied", "return=minimal"))
        .finish()
}

fn onward(
    visitor: &Visitor,
    writer: &Writer,
    opened: &Opened,
    step: Step,
    way: Way,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (draft, answers, context) = (&opened.draft, &opened.draft.answers, opened.context());
    let to = |step| visitor.redirect(&address(draft, step), "");
    let start = |note| visitor.redirect(home(draft), note);
    match way {
        Way::Stay => Ok(stay(StatusCode::NO_CONTENT, opened)),
        Way::Later => Ok(start("guide-kept")),
        Way::Back => Ok(rules::back(step, answers, context.asker).map_or_else(|| start(""), to)),
        Way::On => match check::step(step, answers, &context) {
            Ok(()) => Ok(to(rules::next(step, answers, context.asker))),
            // The name was typed, and what it may mean is there to be chosen now: nothing wrong with that.
            Err(_) if step == Step::Office && is_found(opened) && !typed.has(FOUND) => {
                let typed = typed.replacing("version", draft.version.to_string());
                visitor.page(&StepPage::new(visitor, writer, opened, step, Form::filled(typed)))
            }
            Err(error) => again(visitor, writer, opened, step, typed, error),
        },
    }
}

fn is_found(opened: &Opened) -> bool {
    let is_named =
        check::step(Step::Office, &opened.draft.answers, &Context { offices: &[], ..opened.context() });
    !opened.offices.is_empty() && is_named.is_ok()
}

/// The question again with what was typed and why it is refused.
fn again(
    visitor: &Visitor,
    writer: &Writer,
    opened: &Opened,
    step: Step,
    typed: FormData,
    error: Error,
) -> Result<HttpResponse, Failure> {
    let typed = typed.replacing("version", opened.draft.version.to_string());
    let page = StepPage::new(visitor, writer, opened, step, Form::refused(typed, error)?);
    visitor.again(&StepPage { sh: page.sh.failed(), ..page })
}

/// Another device answered this question meanwhile: both answers, and the choice.
fn slower(
    visitor: &Visitor,
    writer: &Writer,
    opened: &Opened,
    step: Step,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let form = Form::filled(typed.replacing("version", opened.draft.version.to_string()));
    let page = StepPage::new(visitor, writer, opened, step, form);
    let answers = &opened.draft.answers;
    let other = |field: &Field| Other {
        label: words::short(field.name),
        said: words::said(field, answers, opened.places()),
    };
    let others = fields(step, answers.observed()).iter().map(other).collect();
    let sh = page.sh.failed();
    visitor.answer(StatusCode::CONFLICT, &StepPage { sh, others, ..page })
}
