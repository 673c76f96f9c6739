//! The emergency card as a page and as PDF, all cards in one file, and the code that a caller says.

mod content;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use self::content::Content;
use super::{DistrictQuery, Site, framed, id};
use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::error::FieldError;
use crate::core::i18n::{self, Lang};
use crate::core::ids::OrgId;
use crate::core::tlp::Tlp;
use crate::directory::model::OrgName;
use crate::directory::service::{self, Taken};
use crate::web::pdf::{self, About};
use crate::web::{Failure, Form, FormData, Query, Shell};

#[derive(Template)]
#[template(path = "directory/templates/card.html")]
struct CardBody<'a> {
    sh: &'a Shell,
    org: OrgId,
    name: &'a str,
    card: &'a Content,
    tlp: Tlp,
}

/// `GET /register/{id}/notfallkarte`.
pub async fn show(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    let actor = visitor.actor.clone();
    let card = site.db.write(move |tx| service::card(tx, &actor, org, Taken::Shown)).await?;
    let sh = visitor.shell(format!("{} · {}", visitor.shell_of("directory-card-title").title, card.name));
    let content = Content::of(&card, &site.settings);
    let body = CardBody { sh: &sh, org, name: &card.name, card: &content, tlp: content::LABEL };
    framed(&visitor, StatusCode::OK, &sh, &body)
}

/// `GET /register/{id}/notfallkarte.pdf`.
pub async fn download(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    let actor = visitor.actor.clone();
    let card = site.db.write(move |tx| service::card(tx, &actor, org, Taken::Downloaded)).await?;
    let title = format!("{} {} {}", i18n::text(Lang::De, "directory-card-title"), card.name, card.year);
    let (about, settings) =
        (About { title: title.clone(), written: visitor.env().now() }, site.settings.clone());
    pdf::answer(&title, move || pdf::write(&about, vec![Content::of(&card, &settings).sheet()])).await
}

/// `GET /register/notfallkarten.pdf`, of all or of those of a district.
pub async fn all(site: Site, visitor: Visitor, query: Query<DistrictQuery>) -> Result<HttpResponse, Failure> {
    let district = query.chosen()?;
    let actor = visitor.actor.clone();
    let cards = site.db.write(move |tx| service::cards(tx, &actor, district)).await?;
    let year = cards.first().map_or(0, |card| i64::from(card.year));
    let title = i18n::text_with(Lang::De, "directory-cards-title", &[("year", year.to_string().into())]);
    let about = About { title: title.clone().into_owned(), written: visitor.env().now() };
    let settings = site.settings.clone();
    let sheets = move || cards.iter().map(|card| Content::of(card, &settings).sheet()).collect();
    pdf::answer(&title, move || pdf::write(&about, sheets())).await
}

/// The form's field with the Fluent key of its name.
const LABELS: [(&str, &str); 1] = [("code", "directory-code")];

#[derive(Template)]
#[template(path = "directory/templates/code.html")]
struct CodeBody<'a> {
    sh: &'a Shell,
    form: Form,
    org: OrgId,
    org_name: OrgName,
}

/// `GET /register/{id}/telefon-code`.
pub async fn code(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    code_page(&site, &visitor, StatusCode::OK, Form::default(), id(&path)?).await
}

/// `POST /register/{id}/telefon-code`: a right code leads on to the organisation, a wrong one is refused.
pub async fn check(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&["code"])?;
    let (actor, code) = (visitor.actor.clone(), typed.get("code").to_owned());
    if site.db.write(move |tx| service::check_contact_code(tx, &actor, org, &code)).await? {
        return Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-code"));
    }
    let form = Form::refused(typed, FieldError::new("code", "directory-error-code").into())?;
    code_page(&site, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form, org).await
}

async fn code_page(
    site: &Site,
    visitor: &Visitor,
    status: StatusCode,
    form: Form,
    org: OrgId,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.actor.clone();
    let org_name =
        site.db.read(move |tx| service::form_for(tx, &actor, org, Action::CheckContactCode)).await?;
    let mut sh =
        visitor.shell(format!("{} · {}", visitor.shell_of("directory-code-title").title, org_name.name));
    sh.failed = form.has_errors();
    framed(visitor, status, &sh, &CodeBody { sh: &sh, form: form.labelled(&LABELS), org, org_name })
}
