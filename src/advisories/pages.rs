//! The pages of advisories: lists, the recipient's page, editor, approval, and the state of delivery.

mod approval;
mod board;
mod editor;
mod form;
mod list;
mod reader;

use actix_web::web::{self, ServiceConfig};
use jiff::Timestamp;

use super::model::{Content, Frame, Reference, Severity, Version, WarningStep};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::tlp::Tlp;
use crate::web::Choice;
use crate::web::markdown::{self, Html};

/// The routes of these pages.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(web::resource("/warnmeldungen").get(list::list))
        .service(web::resource("/warnmeldungen/neu").get(editor::begin).post(editor::create))
        .service(web::resource("/warnmeldungen/{reference}").get(reader::show))
        .service(web::resource("/warnmeldungen/{reference}/bearbeiten").get(editor::edit).post(editor::save))
        .service(
            web::resource("/warnmeldungen/{reference}/freigabe").get(approval::show).post(approval::decide),
        )
        .service(web::resource("/warnmeldungen/{reference}/zustellung").get(board::show));
}

fn reference(path: &str) -> Result<Reference> {
    Reference::parse(path).ok_or(Error::NotFound)
}

/// Choices of a form: code and German word.
fn choices<T: Copy>(all: &[T], code: impl Fn(T) -> String, label: impl Fn(T) -> &'static str) -> Vec<Choice> {
    all.iter().map(|value| Choice::new(code(*value), text(Lang::De, label(*value)))).collect()
}

fn steps() -> Vec<Choice> {
    let named = |step: WarningStep| {
        let (number, colour) = (step.number(), text(Lang::De, step.label()));
        Choice::new(number.to_string(), format!("{number} {colour}: {}", text(Lang::De, step.advice())))
    };
    WarningStep::ALL.iter().copied().map(named).collect()
}

fn severities() -> Vec<Choice> {
    choices(Severity::ALL, |severity| severity.code().to_owned(), Severity::label)
}

/// What recipients read, ready to be shown.
struct Article {
    reference: String,
    number: i32,
    title: String,
    tlp: Tlp,
    step: WarningStep,
    severity: Severity,
    concerns: Html,
    measures: Html,
    body: Html,
    products: String,
    cves: String,
    published_at: Option<Timestamp>,
}

impl Article {
    /// A version as it is read; `level` is that of the article's own title on the page.
    fn new(version: &Version, level: u8) -> Self {
        let mut article = Self::of_draft(&version.frame, &version.content, level);
        article.reference = version.reference.to_string();
        article.number = version.number;
        article.published_at = version.published_at;
        article
    }

    /// What is not saved yet and so has no reference.
    fn of_draft(frame: &Frame, content: &Content, level: u8) -> Self {
        let html = |text: &str| markdown::html(text, level + 1);
        Self {
            reference: String::new(),
            number: 1,
            title: content.title.clone(),
            tlp: frame.tlp,
            step: frame.step,
            severity: frame.severity,
            concerns: html(&content.concerns),
            measures: html(&content.measures),
            body: html(&content.body),
            products: content.products.join(", "),
            cves: content.cves.join(", "),
            published_at: None,
        }
    }
}

#[cfg(test)]
mod tests;
