//! The register's pages. The CERT sees them in its dense frame, town halls in the calm one; the body is the same.

mod alive;
mod assets;
mod calls;
mod card;
mod confirm;
mod contact;
mod import;
mod list;
mod mandates;
mod organisation;
mod own;
mod relations;
mod show;

use std::str::FromStr;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;

use super::model::District;
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError};
use crate::core::i18n::{self, Lang};
use crate::core::ids::OrgId;
use crate::web::{Choice, Failure, Shell};

/// What every handler is given.
type Site = web::Data<crate::web::site::Site>;

/// The pages below `/register`.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/kontakt/bestaetigt").get(alive::thank))
        .service(web::resource("/kontakt/{token}").get(alive::show).post(alive::confirm))
        .service(web::resource("/register").get(list::show))
        .service(web::resource("/register/meine").get(own::show))
        .service(web::resource("/register/neu").get(organisation::new).post(organisation::add))
        .service(web::resource("/register/import").get(import::show).post(import::apply))
        .service(web::resource("/register/anbindung").get(calls::list))
        .service(web::resource("/register/notfallkarten.pdf").get(card::all))
        .service(web::resource("/register/{id}").get(show::show))
        .service(web::resource("/register/{id}/notfallkarte").get(card::show))
        .service(web::resource("/register/{id}/notfallkarte.pdf").get(card::download))
        .service(web::resource("/register/{id}/telefon-code").get(card::code).post(card::check))
        .service(web::resource("/register/{id}/angaben").get(confirm::show).post(confirm::confirm))
        .service(web::resource("/register/{id}/notfallkarte/gedruckt").post(confirm::card_printed))
        .service(
            web::resource("/register/{id}/bearbeiten").get(organisation::edit).post(organisation::change),
        )
        .service(web::resource("/register/{id}/anbindung").post(calls::step))
        .service(web::resource("/register/{id}/anruf").get(calls::new).post(calls::note))
        .service(web::resource("/register/{id}/kontakte/neu").get(contact::new).post(contact::add))
        .service(web::resource("/register/{id}/kontakte/{contact}").get(contact::edit).post(contact::change))
        .service(web::resource("/register/{id}/kontakte/{contact}/beenden").post(contact::end))
        .service(web::resource("/register/{id}/netze/neu").get(assets::new).post(assets::add))
        .service(web::resource("/register/{id}/netze/{asset}/entfernen").post(assets::remove))
        .service(web::resource("/register/{id}/dienstleister/neu").get(relations::new).post(relations::add))
        .service(web::resource("/register/{id}/dienstleister/{relation}/beenden").post(relations::end))
        .service(web::resource("/register/{id}/mandate").get(mandates::list))
        .service(web::resource("/register/{id}/mandate/neu").get(mandates::new).post(mandates::grant))
        .service(web::resource("/register/{id}/mandate/{mandate}/widerrufen").post(mandates::revoke))
        .service(web::resource("/register/{id}/mandate/{mandate}/niederlegen").post(mandates::lay_down));
}

#[derive(Template)]
#[template(path = "directory/templates/frame_cert.html")]
struct Dense<'a> {
    sh: &'a Shell,
    body: String,
}

#[derive(Template)]
#[template(path = "directory/templates/frame_calm.html")]
struct Calm<'a> {
    sh: &'a Shell,
    body: String,
}

/// The page around a body.
fn framed(
    visitor: &Visitor,
    status: StatusCode,
    sh: &Shell,
    body: &impl Template,
) -> Result<HttpResponse, Failure> {
    let body = body.render().map_err(|error| Error::Internal(format!("template: {error}")))?;
    if visitor.actor.is_cert() {
        visitor.answer(status, &Dense { sh, body })
    } else {
        visitor.answer(status, &Calm { sh, body })
    }
}

/// What a list is narrowed to: the district in `kreis`, or nothing.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DistrictQuery {
    kreis: String,
}

impl DistrictQuery {
    fn chosen(&self) -> Result<Option<OrgId>, Error> {
        let typed = Some(self.kreis.as_str()).filter(|id| !id.is_empty());
        let refused = |_| Error::from(FieldError::new("kreis", "error-choice"));
        typed.map(|id| id.parse().map_err(refused)).transpose()
    }
}

/// Districts as options.
fn district_choices(districts: Vec<District>) -> Vec<Choice> {
    let choice = |it: District| Choice::new(it.id.to_string(), format!("{} ({})", it.name, it.sign));
    districts.into_iter().map(choice).collect()
}

/// An id in a path; what is none leads nowhere.
fn id<T: FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Error::NotFound.into())
}

/// `31.03.2026`.
fn german(day: Date) -> String {
    day.strftime("%d.%m.%Y").to_string()
}

/// The words of a type as options.
fn choices<T: Copy>(
    all: &[T],
    code: impl Fn(T) -> &'static str,
    label: impl Fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter().map(|value| Choice::new(code(*value), i18n::text(Lang::De, label(*value)))).collect()
}
