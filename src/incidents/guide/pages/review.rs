//! All answers once more, each with the way back to its question, and sending.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use super::step::LABELS;
use super::{address, draft_id, sent_on, version};
use crate::access::guard::Visitor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::DraftId;
use crate::incidents::guide::model::{Step, fields};
use crate::incidents::guide::service::{self, Opened, kept_until};
use crate::incidents::guide::{rules, words};
use crate::incidents::receipt;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

/// An answer with the way to change it.
struct Row {
    name: &'static str,
    label: String,
    said: String,
    change: String,
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/review.html")]
struct ReviewPage {
    sh: Shell,
    form: Form,
    rows: Vec<Row>,
    /// For whom it is reported, where there is nothing to choose.
    house: Option<String>,
    back: String,
    action: String,
    version: i32,
    is_drill: bool,
    /// Whether the draft says something else than the page that was sent.
    is_changed: bool,
    updated_at: Timestamp,
    kept_until: Timestamp,
}

impl ReviewPage {
    fn new(visitor: &Visitor, opened: &Opened, form: Form) -> Self {
        let (draft, several) = (&opened.draft, opened.context().several());
        let path = rules::path(&draft.answers, several);
        let rows = path.iter().flat_map(|step| {
            fields(*step, draft.answers.observed()).iter().map(|field| Row {
                name: field.name,
                label: words::short(field.name),
                said: words::said(field, &draft.answers, &opened.houses),
                change: format!("{}#{}", address(draft.id, *step), field.name),
            })
        });
        let title = text(Lang::De, "guide-question-pruefen");
        let drill =
            if draft.is_drill { format!("{} · ", text(Lang::De, "incident-drill")) } else { String::new() };
        Self {
            sh: visitor.shell(format!("{drill}{title}")),
            form: form.labelled(LABELS),
            rows: rows.collect(),
            house: opened.houses.first().filter(|_| !several).map(|house| house.name.clone()),
            back: rules::back(Step::Review, &draft.answers, several)
                .map_or_else(|| "/melden".to_owned(), |step| address(draft.id, step)),
            action: address(draft.id, Step::Review),
            version: draft.version,
            is_drill: draft.is_drill,
            is_changed: false,
            updated_at: draft.updated_at,
            kept_until: kept_until(draft.updated_at),
        }
    }
}

async fn opened(visitor: &Visitor, site: &Site, id: DraftId) -> Result<Opened> {
    let actor = visitor.require()?.clone();
    site.db.read(move |tx| service::open(tx, &actor, id)).await
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    visitor.require()?;
    let opened = opened(&visitor, &site, draft_id(&id)?).await?;
    if let Some(answer) = sent_on(&visitor, &opened.draft) {
        return Ok(answer);
    }
    visitor.page(&ReviewPage::new(&visitor, &opened, Form::default()))
}

/// What who reported without a mandate is left with.
pub(super) async fn receipt(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    visitor.require()?;
    let draft = opened(&visitor, &site, draft_id(&id)?).await?.draft;
    match (&draft.reference, &draft.receipt) {
        (Some(reference), Some(code)) => receipt::page(&visitor, reference, code),
        _ => Err(Error::NotFound.into()),
    }
}

/// Sends the report. Sent twice, by a double click or a lost answer, it is filed once and answered alike.
pub(super) async fn send(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let id = draft_id(&id)?;
    typed.only(&["version"])?;
    let seen = version(&typed)?;
    let error = match site.db.write(move |tx| service::send(tx, &actor, id, seen)).await {
        Ok(draft) => return sent_on(&visitor, &draft).ok_or_else(|| Error::NotFound.into()),
        Err(error) => error,
    };
    match error {
        Error::Stale => {
            let opened = opened(&visitor, &site, id).await?;
            if let Some(answer) = sent_on(&visitor, &opened.draft) {
                return Ok(answer);
            }
            let page = ReviewPage::new(&visitor, &opened, Form::default());
            let sh = page.sh.failed();
            visitor.answer(StatusCode::CONFLICT, &ReviewPage { sh, is_changed: true, ..page })
        }
        Error::Invalid(mut errors) => {
            // The report has one time where a case has two.
            errors.retain(|error| error.field != "aware_at");
            let opened = opened(&visitor, &site, id).await?;
            let page = ReviewPage::new(&visitor, &opened, Form::refused(typed, Error::Invalid(errors))?);
            visitor.again(&ReviewPage { sh: page.sh.failed(), ..page })
        }
        error => Err(error.into()),
    }
}
