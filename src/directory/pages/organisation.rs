//! Organisations that people enter themselves.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Site, choices, framed, german, id};
use crate::access::guard::Visitor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::core::text::{Fields, Name, Refusal};
use crate::directory::model::{
    District, Key, Kind, Level, Organisation, OrganisationInput, Postcode, parse_day, today,
};
use crate::directory::service;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The form's fields with the Fluent keys of their names.
const FIELDS: [(&str, &str); 10] = [
    ("name", "directory-col-name"),
    ("kind", "directory-col-kind"),
    ("level", "directory-level"),
    ("district", "directory-district"),
    ("key", "directory-key"),
    ("administration", "directory-administration"),
    ("postcode", "directory-postcode"),
    ("seat", "directory-seat"),
    ("valid_from", "directory-valid-from"),
    ("valid_until", "directory-valid-until"),
];

/// A field in which what is stored differs from what was typed.
struct Difference {
    label: &'static str,
    stored: String,
    typed: String,
}

#[derive(Template)]
#[template(path = "directory/templates/organisation_form.html")]
struct Body<'a> {
    sh: &'a Shell,
    form: Form,
    /// The one that is changed; `None` for a new one.
    organisation: Option<Organisation>,
    kinds: Vec<Choice>,
    levels: Vec<Choice>,
    districts: Vec<Choice>,
    differences: Vec<Difference>,
}

/// `GET /register/neu`.
pub async fn new(site: Site, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let form = FormData::default().with("valid_from", german(today(visitor.env().now())));
    page(&site, &visitor, StatusCode::OK, Form::filled(form), None, Vec::new()).await
}

/// `POST /register/neu`.
pub async fn add(site: Site, visitor: Visitor, typed: FormData) -> Result<HttpResponse, Failure> {
    typed.only(&FIELDS.map(|(name, _)| name))?;
    let done = match parse(&typed) {
        Ok(input) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::add_organisation(tx, &actor, &input)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(id) => Ok(visitor.redirect(&format!("/register/{id}"), "directory-note-added")),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            page(&site, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form, None, Vec::new()).await
        }
    }
}

/// `GET /register/{id}/bearbeiten`.
pub async fn edit(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let organisation = stored(&site, &visitor, id(&path)?).await?;
    let form = Form::filled(filled(&organisation));
    page(&site, &visitor, StatusCode::OK, form, Some(organisation), Vec::new()).await
}

/// `POST /register/{id}/bearbeiten`.
pub async fn change(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    let names = FIELDS.map(|(name, _)| name);
    typed.only(&[&names[..], &["version"]].concat())?;
    let seen: i32 = typed.get("version").parse().map_err(|_| Error::Stale)?;
    let done = match parse(&typed) {
        Ok(input) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::change_organisation(tx, &actor, org, seen, &input)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-changed")),
        Err(Error::Stale) => {
            let organisation = stored(&site, &visitor, org).await?;
            let differences = differences(&organisation, &typed);
            page(&site, &visitor, StatusCode::CONFLICT, Form::filled(typed), Some(organisation), differences)
                .await
        }
        Err(error) => {
            let form =
                Form::refused(typed.clone(), error).map_err(|error| Failure::from(error).keeping(typed))?;
            let organisation = stored(&site, &visitor, org).await?;
            page(&site, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Some(organisation), Vec::new())
                .await
        }
    }
}

async fn stored(site: &Site, visitor: &Visitor, id: OrgId) -> Result<Organisation> {
    let actor = visitor.actor.clone();
    site.db.read(move |tx| service::load_for_change(tx, &actor, id)).await
}

fn parse(typed: &FormData) -> Result<OrganisationInput> {
    let mut fields = Fields::default();
    let name = fields.keep("name", Name::parse(typed.get("name")));
    let kind = fields.keep("kind", Kind::parse(typed.get("kind")).ok_or("error-choice"));
    let level = fields.keep("level", Level::parse(typed.get("level")).ok_or("error-choice"));
    let district = optional(&mut fields, typed, "district", |id| id.parse().map_err(|_| "error-choice"));
    let key = optional(&mut fields, typed, "key", Key::parse);
    let postcode = optional(&mut fields, typed, "postcode", Postcode::parse);
    let seat = optional(&mut fields, typed, "seat", Name::parse);
    let valid_from = fields.keep("valid_from", parse_day(typed.get("valid_from")));
    let valid_until = optional(&mut fields, typed, "valid_until", parse_day);
    let input = (|| {
        Some(OrganisationInput {
            key: key?,
            kind: kind?,
            level: level?,
            name: name?,
            district: district?,
            is_administration: typed.is("administration", "ja"),
            seat: seat?,
            postcode: postcode?,
            valid_from: valid_from?,
            valid_until: valid_until?,
        })
    })();
    fields.done(input)
}

fn optional<T>(
    fields: &mut Fields,
    typed: &FormData,
    name: &'static str,
    read: impl FnOnce(&str) -> std::result::Result<T, Refusal>,
) -> Option<Option<T>> {
    let text = typed.get(name).trim();
    if text.is_empty() { Some(None) } else { fields.keep(name, read(text)).map(Some) }
}

fn filled(organisation: &Organisation) -> FormData {
    let day = |day: Option<jiff::civil::Date>| day.map(german).unwrap_or_default();
    FormData::default()
        .with("name", &organisation.name)
        .with("kind", organisation.kind.code())
        .with("level", organisation.level.code())
        .with("district", organisation.district.map(|id| id.to_string()).unwrap_or_default())
        .with("key", organisation.source_key.clone().unwrap_or_default())
        .with("administration", if organisation.is_administration { "ja" } else { "" })
        .with("postcode", &organisation.postcode)
        .with("seat", &organisation.seat)
        .with("valid_from", german(organisation.valid_from))
        .with("valid_until", day(organisation.valid_until))
}

fn differences(organisation: &Organisation, typed: &FormData) -> Vec<Difference> {
    let stored = filled(organisation);
    let differs = FIELDS.into_iter().filter(|(name, _)| typed.get(name).trim() != stored.get(name));
    differs
        .map(|(name, label)| Difference {
            label,
            stored: stored.get(name).to_owned(),
            typed: typed.get(name).to_owned(),
        })
        .collect()
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    status: StatusCode,
    form: Form,
    organisation: Option<Organisation>,
    differences: Vec<Difference>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.actor.clone();
    let districts = site.db.read(move |tx| service::districts_for_form(tx, &actor)).await?;
    let title = if organisation.is_some() { "directory-edit" } else { "directory-to-new" };
    let mut sh = visitor.shell_of(title);
    sh.failed = status != StatusCode::OK;
    let district = |district: District| Choice::new(district.id.to_string(), district.name);
    let body = Body {
        sh: &sh,
        form: form.labelled(&FIELDS),
        organisation,
        kinds: choices(Kind::ALL, Kind::code, Kind::label),
        levels: choices(Level::ALL, Level::code, Level::label),
        districts: districts.into_iter().map(district).collect(),
        differences,
    };
    framed(visitor, status, &sh, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::FieldError;

    #[test]
    fn what_was_entered_comes_back_into_the_form_and_differs_in_nothing() {
        let typed = FormData::default()
            .with("name", "Landesrechenzentrum")
            .with("kind", "state_agency")
            .with("level", "state")
            .with("valid_from", "01.01.2026");
        let read = parse(&typed).expect("read");
        assert!(read.key.is_none() && !read.is_administration);
        let Err(Error::Invalid(refused)) = parse(&typed.with("valid_until", "bald")) else {
            panic!("refused")
        };
        assert_eq!(refused, [FieldError::new("valid_until", "directory-error-day")]);
    }
}
