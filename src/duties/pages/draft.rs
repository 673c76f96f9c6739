//! The draft of a report, as a page and as files, and what is noted about it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use super::{Stands, address};
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::text_with;
use crate::core::text::{Fields, Line};
use crate::core::when;
use crate::duties::book::{Clock, Content, Stage};
use crate::duties::model::{Draft, Kind, NewMark};
use crate::duties::rule::Standing;
use crate::duties::service::{self, Opened, Taken, Which};
use crate::duties::sheet;
use crate::web::pdf::{self, About};
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

struct DraftView {
    reference: String,
    here: String,
    name: String,
    set: String,
    recipient: String,
    house: String,
    source: String,
    reading: String,
    stands: Stands,
    contents: Vec<(&'static str, String)>,
    missing: usize,
    saved: Option<String>,
    /// Who noted that it was sent, and the receipt's number.
    sent: Option<(String, String)>,
    asked_at: Option<Timestamp>,
    waits_for_request: bool,
    is_drill: bool,
    is_team: bool,
    may_mark: bool,
}

impl DraftView {
    /// As many rows as a content's words take, about.
    fn rows(&self, form: &Form, content: &str) -> usize {
        let lines = form.value(content).lines().map(|line| line.chars().count() / 60 + 1);
        lines.sum::<usize>().clamp(2, 16)
    }
}

#[derive(Template)]
#[template(path = "duties/templates/draft_cert.html")]
struct DenseDraft {
    sh: Shell,
    form: Form,
    p: DraftView,
}

#[derive(Template)]
#[template(path = "duties/templates/draft_calm.html")]
struct CalmDraft {
    sh: Shell,
    form: Form,
    p: DraftView,
}

type Place = (String, String, String, String);

/// What is no stage does not exist.
fn which(place: &Place) -> Result<Which> {
    Ok(Which {
        organisation: place.1.parse().map_err(|_| Error::NotFound)?,
        rule_set: place.2.clone(),
        stage: place.3.clone(),
    })
}

async fn open(site: &Site, visitor: &Visitor, place: &Place, taken: Taken) -> Result<Opened> {
    let (actor, reference, which) = (visitor.require()?.clone(), place.0.clone(), which(place)?);
    let settings = site.settings.clone();
    site.db.write(move |tx| service::open(tx, &actor, &reference, &which, &settings, taken)).await
}

/// The page with what is stored, or with what was typed and refused.
async fn page(
    site: &Site,
    visitor: &Visitor,
    place: &Place,
    refused: Option<(FormData, Error)>,
) -> Result<HttpResponse, Failure> {
    let opened = open(site, visitor, place, Taken::Shown).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let window = format!("{} · {}", opened.case.reference, sheet::title(&opened));
    let mut sh = visitor.shell(window).printed(&opened.case.reference, opened.case.tlp);
    sh.failed = status != StatusCode::OK;
    let version = opened.saved.as_ref().map_or(0, |(version, ..)| *version);
    let with = |data: FormData, name: &str, value: &str| {
        if data.has(name) { data } else { data.with(name, value) }
    };
    let said = |data, content: &Content| with(data, content.code(), opened.draft.get(*content));
    // What one form of the page typed stands beside what is stored for the other.
    let filled = |data| {
        let data = with(data, "version", &version.to_string());
        opened.stage.contents.iter().fold(data, said)
    };
    let form = match refused {
        Some((typed, error)) => Form::refused(filled(typed), error)?,
        None => Form::filled(filled(FormData::default())),
    };
    let saved = opened.saved.as_ref().map(|(version, author, at)| {
        let args = [
            ("version", i64::from(*version).into()),
            ("at", sh.spoken(*at).into()),
            ("who", author.clone().into()),
        ];
        text_with(sh.lang, "paper-saved", &args).into_owned()
    });
    let step = opened.step();
    let sent = step.and_then(|step| step.sent.as_ref());
    let p = DraftView {
        here: address(&opened.case.reference, &which(place)?),
        name: opened.stage.name.clone(),
        set: opened.duty.set.name.clone(),
        recipient: opened.duty.set.recipient.clone(),
        house: opened.house.clone(),
        source: opened.stage.source.clone(),
        reading: opened.stage.reading.clone(),
        stands: Stands::of(step.map_or(Standing::Void, |step| step.standing), opened.stage.within),
        contents: opened
            .stage
            .contents
            .iter()
            .map(|content| (content.code(), sheet::heading(content.code())))
            .collect(),
        missing: opened.draft.missing(&opened.stage).len(),
        saved,
        sent: sent.map(|mark| (mark.author.clone(), mark.receipt.clone())),
        asked_at: step.and_then(|step| step.asked.as_ref()).map(|mark| mark.at),
        waits_for_request: opened.stage.clock == Clock::Asked,
        is_drill: opened.case.is_drill,
        is_team: opened.is_team,
        may_mark: opened.may_mark,
        reference: opened.case.reference.clone(),
    };
    if p.is_team {
        visitor.answer(status, &DenseDraft { sh, form, p })
    } else {
        visitor.answer(status, &CalmDraft { sh, form, p })
    }
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<Place>,
) -> Result<HttpResponse, Failure> {
    page(&site, &visitor, &path, None).await
}

pub(super) async fn save(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<Place>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let which = which(&path)?;
    let seen = typed.get("version").parse().ok().filter(|seen: &i32| (0..i32::MAX).contains(seen));
    let seen = seen.ok_or_else(|| Error::from(FieldError::new("version", "error-number")))?;
    let (here, reference, said) = (address(&path.0, &which), path.0.clone(), typed.clone());
    let read = move |stage: &Stage| {
        let names: Vec<_> = stage.contents.iter().map(|content| content.code()).chain(["version"]).collect();
        said.only(&names)?;
        Draft::read(stage, |content| said.get(content))
    };
    let saved = site.db.write(move |tx| service::save(tx, &actor, &reference, &which, seen, &read)).await;
    match saved {
        Ok(()) => Ok(visitor.redirect(&here, "duty-note-saved")),
        Err(error) => page(&site, &visitor, &path, Some((typed, error))).await,
    }
}

/// Stands before what was noted by mistake.
const NOT: &str = "doch-nicht-";

pub(super) async fn mark(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<Place>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let which = which(&path)?;
    typed.only(&["tun", "at", "receipt"])?;
    let (here, reference, now) = (address(&path.0, &which), path.0.clone(), visitor.env().now());
    let kind = match typed.get("tun").trim_start_matches(NOT) {
        "gesendet" => Ok(Kind::Sent),
        "verlangt" => Ok(Kind::Asked),
        _ => Err(Error::from(FieldError::new("tun", "error-choice"))),
    };
    let done = match (kind, typed.get("tun").starts_with(NOT)) {
        (Err(refused), _) => Err(refused),
        (Ok(kind), true) => {
            site.db.write(move |tx| service::unmark(tx, &actor, &reference, &which, kind)).await
        }
        (Ok(kind), false) => {
            let mut fields = Fields::default();
            let at = fields.keep("at", when::parse_near(typed.get("at"), now));
            let receipt = Some(typed.get("receipt")).filter(|receipt| !receipt.trim().is_empty());
            let receipt = fields.keep("receipt", receipt.map(Line::parse).transpose());
            match fields.done(at.zip(receipt)) {
                Ok((at, receipt)) => {
                    let new = NewMark { kind, at, receipt };
                    site.db.write(move |tx| service::mark(tx, &actor, &reference, &which, &new)).await
                }
                Err(refused) => Err(refused),
            }
        }
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&here, "duty-note-marked")),
        Err(error) => page(&site, &visitor, &path, Some((typed, error))).await,
    }
}

/// The file's name: `fruehe-erstmeldung-th-2026-00042`.
fn name(opened: &Opened) -> String {
    pdf::file_name(&format!("{} {}", sheet::title(opened), opened.case.reference))
}

pub(super) async fn print(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<Place>,
) -> Result<HttpResponse, Failure> {
    let opened = open(&site, &visitor, &path, Taken::Downloaded).await?;
    let written = visitor.env().now();
    let name = format!("{} {}", sheet::title(&opened), opened.case.reference);
    let about = About { title: sheet::title(&opened), written };
    pdf::answer(&name, move || pdf::write(&about, vec![sheet::sheet(&opened, written)])).await
}

pub(super) async fn structured(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<Place>,
) -> Result<HttpResponse, Failure> {
    let opened = open(&site, &visitor, &path, Taken::Downloaded).await?;
    let json = serde_json::to_vec_pretty(&sheet::structured(&opened));
    let json = json.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}.json\"", name(&opened))))
        .body(json))
}
