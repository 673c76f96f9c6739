//! The page of a paper, and the paper as a file.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::model::{Opened, Paper, Text};
use super::service::{self, Taken};
use super::sheet;
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError, Result};
use crate::web::pdf::{self, About};
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/vorgaenge/{reference}/papiere/{papier}.pdf").get(print))
        .service(web::resource("/vorgaenge/{reference}/papiere/{papier}.txt").get(copy))
        .service(web::resource("/vorgaenge/{reference}/papiere/{papier}").get(show).post(save));
}

/// What is no paper does not exist.
fn paper(code: &str) -> Result<Paper> {
    Paper::parse(code).ok_or(Error::NotFound)
}

#[derive(Template)]
#[template(path = "incidents/papers/templates/paper.html")]
struct PaperPage {
    sh: Shell,
    form: Form,
    paper: Paper,
    reference: String,
    /// To which members it goes.
    members: Vec<String>,
    is_drill: bool,
    /// Which version is shown, by whom and of when; none before the first.
    saved: Option<String>,
    open_places: usize,
}

impl PaperPage {
    /// As many rows as a part's words take, about, so that they are read without scrolling.
    fn rows(&self, part: &str) -> usize {
        let lines = self.form.value(part).lines().map(|line| line.chars().count() / 60 + 1);
        lines.sum::<usize>().clamp(2, 16)
    }
}

async fn open(site: &Site, visitor: &Visitor, reference: &str, paper: Paper, taken: Taken) -> Result<Opened> {
    let (actor, reference) = (visitor.require()?.clone(), reference.to_owned());
    let settings = site.settings.clone();
    site.db.write(move |tx| service::open(tx, &actor, &reference, paper, &settings, taken)).await
}

/// The page with what is stored, or with what was typed and refused.
async fn page(
    site: &Site,
    visitor: &Visitor,
    reference: &str,
    paper: Paper,
    refused: Option<Form>,
) -> Result<HttpResponse, Failure> {
    let Opened { head, text, saved } = open(site, visitor, reference, paper, Taken::Shown).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let window = format!("{} · {}", head.reference, sheet::title(&head));
    let mut sh = visitor.shell(window).printed(&head.reference, head.tlp);
    sh.failed = refused.is_some();
    let version = saved.as_ref().map_or(0, |saved| saved.version);
    let form = refused.unwrap_or_else(|| {
        let data = FormData::default().with("version", version.to_string());
        Form::filled(paper.parts().iter().fold(data, |data, (part, _)| data.with(part, text.get(part))))
    });
    let saved = saved.map(|saved| {
        let args = [
            ("version", i64::from(saved.version).into()),
            ("at", sh.spoken(saved.at).into()),
            ("who", saved.author.into()),
        ];
        crate::core::i18n::text_with(sh.lang, "paper-saved", &args).into_owned()
    });
    let (open_places, is_drill) = (text.open_places(), head.is_drill);
    let page = PaperPage {
        sh,
        form,
        paper,
        reference: head.reference,
        members: head.members,
        is_drill,
        saved,
        open_places,
    };
    visitor.answer(status, &page)
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    page(&site, &visitor, &path.0, paper(&path.1)?, None).await
}

/// What a form may send.
fn fields(paper: Paper) -> Vec<&'static str> {
    paper.parts().iter().map(|(part, _)| *part).chain(["version"]).collect()
}

async fn save(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (reference, paper) = (path.0.clone(), paper(&path.1)?);
    typed.only(&fields(paper))?;
    let seen = typed.get("version").parse().ok().filter(|seen: &i32| (0..i32::MAX).contains(seen));
    let seen = seen.ok_or_else(|| Error::from(FieldError::new("version", "error-number")))?;
    let text = Text::read(paper, |part| typed.get(part)).and_then(|text| sheet::fits(paper, text));
    let saved = match text {
        Ok(text) => {
            let reference = reference.clone();
            site.db.write(move |tx| service::save(tx, &actor, &reference, paper, seen, &text)).await
        }
        Err(refused) => Err(refused),
    };
    match saved {
        Ok(()) => {
            let here = format!("/vorgaenge/{reference}/papiere/{}", paper.code());
            Ok(visitor.redirect(&here, "paper-note-saved"))
        }
        Err(error) => {
            let form = Form::refused(typed, error)?.labelled(paper.parts());
            page(&site, &visitor, &reference, paper, Some(form)).await
        }
    }
}

/// The file's name: `lage-fuer-die-leitung-th-2026-00042`.
fn name(opened: &Opened) -> String {
    format!("{} {}", sheet::title(&opened.head), opened.head.reference)
}

async fn print(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let paper = Some(paper(&path.1)?).filter(|paper| paper.is_printed()).ok_or(Error::NotFound)?;
    let opened = open(&site, &visitor, &path.0, paper, Taken::Downloaded).await?;
    let (title, written) = (sheet::title(&opened.head), visitor.env().now());
    pdf::answer(&name(&opened), move || {
        pdf::write(&About { title, written }, sheet::sheets(&opened.head, &opened.text))
    })
    .await
}

async fn copy(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let paper = Some(paper(&path.1)?).filter(|paper| paper.is_copied()).ok_or(Error::NotFound)?;
    let opened = open(&site, &visitor, &path.0, paper, Taken::Downloaded).await?;
    let name = format!("attachment; filename=\"{}.txt\"", pdf::file_name(&name(&opened)));
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, name))
        .body(sheet::plain(&opened.head, &opened.text)))
}
