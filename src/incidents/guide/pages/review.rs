//! All answers once more, each with the way back to its question, and sending.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use super::step::LABELS;
use super::{Writer, address, home, receipt, sent_on, titled, version};
use crate::access::guard::Visitor;
use crate::core::error::Error;
use crate::core::i18n::{Lang, text};
use crate::incidents::guide::model::{Asker, Field, Kind, Step, fields};
use crate::incidents::guide::service::{self, Opened, kept_until};
use crate::incidents::guide::{rules, words};
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
    home: &'static str,
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
        let (draft, asker) = (&opened.draft, opened.asker());
        let path = rules::path(&draft.answers, asker);
        let is_shown = |field: &&Field| !matches!(field.kind, Kind::Offices) || !opened.offices.is_empty();
        let rows = path.iter().flat_map(|step| {
            fields(*step, draft.answers.observed()).iter().filter(is_shown).map(|field| Row {
                name: field.name,
                label: words::short(field.name),
                said: words::said(field, &draft.answers, opened.places()),
                change: format!("{}#{}", address(draft, *step), field.name),
            })
        });
        let title = text(Lang::De, "guide-question-pruefen");
        Self {
            sh: visitor.shell(titled(draft.is_drill, &title)),
            form: form.labelled(LABELS),
            rows: rows.collect(),
            house: opened.houses.first().filter(|_| asker == Asker::OneHouse).map(|house| house.name.clone()),
            back: rules::back(Step::Review, &draft.answers, asker)
                .map_or_else(|| home(draft).to_owned(), |step| address(draft, step)),
            home: home(draft),
            action: address(draft, Step::Review),
            version: draft.version,
            is_drill: draft.is_drill,
            is_changed: false,
            updated_at: draft.updated_at,
            kept_until: kept_until(draft),
        }
    }
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    page(&visitor, &site, &Writer::own(&visitor, &id)?).await
}

/// The summary of a draft that is not sent.
pub(super) async fn page(visitor: &Visitor, site: &Site, writer: &Writer) -> Result<HttpResponse, Failure> {
    let opened = writer.open(site).await?;
    if let Some(answer) = sent_on(visitor, &opened.draft) {
        return Ok(answer);
    }
    visitor.page(&ReviewPage::new(visitor, &opened, Form::default()))
}

/// What who reported without a mandate is left with.
pub(super) async fn receipt(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let draft = Writer::own(&visitor, &id)?.open(&site).await?.draft;
    match (&draft.reference, &draft.receipt) {
        (Some(reference), Some(code)) => receipt::page(&visitor, reference, code),
        _ => Err(Error::NotFound.into()),
    }
}

pub(super) async fn send(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    take(&visitor, &site, &Writer::own(&visitor, &id)?, typed).await
}

/// Sends the report. Sent twice, by a double click or a lost answer, it is filed once and answered alike.
pub(super) async fn take(
    visitor: &Visitor,
    site: &Site,
    writer: &Writer,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["version"])?;
    let seen = version(&typed)?;
    let Writer { actor, key, .. } = writer.clone();
    let error = match site.db.write(move |tx| service::send(tx, &actor, &key, seen)).await {
        Ok(draft) => return sent_on(visitor, &draft).ok_or_else(|| Error::NotFound.into()),
        Err(error) => error,
    };
    match error {
        Error::Stale => {
            let opened = writer.open(site).await?;
            if let Some(answer) = sent_on(visitor, &opened.draft) {
                return Ok(answer);
            }
            let page = ReviewPage::new(visitor, &opened, Form::default());
            let sh = page.sh.failed();
            visitor.answer(StatusCode::CONFLICT, &ReviewPage { sh, is_changed: true, ..page })
        }
        error @ Error::Invalid(_) => {
            let opened = writer.open(site).await?;
            let page = ReviewPage::new(visitor, &opened, Form::refused(typed, error)?);
            visitor.again(&ReviewPage { sh: page.sh.failed(), ..page })
        }
        error => Err(error.into()),
    }
}
