//! Adding, changing and ending a contact.

mod input;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Site, choices, framed, id};
use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::error::{Error, Result};
use crate::core::ids::{ContactId, OrgId};
use crate::directory::model::{Contact, ContactRole, OrgName};
use crate::directory::service;
use crate::web::{Choice, Failure, Form, FormData, Shell};
use input::{Difference, differences, filled, parse};

/// The form's fields with the Fluent keys of their names.
const LABELS: [(&str, &str); 9] = [
    ("role", "directory-contact-role"),
    ("nature", "directory-contact-nature"),
    ("name", "directory-contact-name"),
    ("mail", "directory-contact-mail"),
    ("phone", "directory-contact-phone"),
    ("out_of_band", "directory-contact-out-of-band"),
    ("certificate", "directory-contact-certificate"),
    ("pgp_key", "directory-contact-pgp"),
    ("pgp_until", "directory-contact-pgp-until"),
];

/// Refuses what the form does not have.
fn only_known(typed: &FormData) -> Result<(), Error> {
    let names = LABELS.map(|(name, _)| name);
    typed.only(&[&names[..], &["version"]].concat())
}

#[derive(Template)]
#[template(path = "directory/templates/contact.html")]
struct Body<'a> {
    sh: &'a Shell,
    form: Form,
    org: OrgId,
    org_name: OrgName,
    /// The contact that is changed; `None` for a new one.
    contact: Option<Contact>,
    roles: Vec<Choice>,
    natures: Vec<Choice>,
    /// What somebody else saved meanwhile, beside what was typed.
    differences: Vec<Difference>,
}

/// `GET /register/{id}/kontakte/neu`.
pub async fn new(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    let actor = visitor.actor.clone();
    let org_name = site.db.read(move |tx| service::form_for(tx, &actor, org, Action::EditContacts)).await?;
    let form = Form::filled(FormData::default().with("nature", "function"));
    page(&visitor, StatusCode::OK, form, (org, org_name), None)
}

/// `POST /register/{id}/kontakte/neu`.
pub async fn add(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    only_known(&typed)?;
    let done = match parse(&typed, visitor.env().now(), None) {
        Ok(input) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::add_contact(tx, &actor, org, &input)).await.map(|_| ())
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-contact-added")),
        Err(error @ Error::Invalid(_)) => {
            let actor = visitor.actor.clone();
            let org_name =
                site.db.read(move |tx| service::form_for(tx, &actor, org, Action::EditContacts)).await?;
            let form = Form::refused(typed, error)?;
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, (org, org_name), None)
        }
        Err(error) => Err(Failure::from(error).keeping(typed)),
    }
}

/// `GET /register/{id}/kontakte/{contact}`.
pub async fn edit(
    site: Site,
    visitor: Visitor,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (org, contact) = (id::<OrgId>(&path.0)?, id::<ContactId>(&path.1)?);
    let (contact, org_name) = stored(&site, &visitor, org, contact).await?;
    let form = Form::filled(filled(&contact));
    page(&visitor, StatusCode::OK, form, (org, org_name), Some((contact, Vec::new())))
}

/// `POST /register/{id}/kontakte/{contact}`.
pub async fn change(
    site: Site,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (org, id) = (id::<OrgId>(&path.0)?, id::<ContactId>(&path.1)?);
    only_known(&typed)?;
    let seen: i32 = typed.get("version").parse().map_err(|_| Error::Stale)?;
    let (contact, org_name) = stored(&site, &visitor, org, id).await?;
    let done = match parse(&typed, visitor.env().now(), Some(&contact)) {
        Ok(input) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::change_contact(tx, &actor, org, id, seen, &input)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-contact-changed")),
        Err(error @ Error::Invalid(_)) => {
            let form = Form::refused(typed, error)?;
            page(
                &visitor,
                StatusCode::UNPROCESSABLE_ENTITY,
                form,
                (org, org_name),
                Some((contact, Vec::new())),
            )
        }
        Err(Error::Stale) => {
            let (contact, org_name) = stored(&site, &visitor, org, id).await?;
            let differences = differences(&contact, &typed);
            page(
                &visitor,
                StatusCode::CONFLICT,
                Form::filled(typed),
                (org, org_name),
                Some((contact, differences)),
            )
        }
        Err(error) => Err(Failure::from(error).keeping(typed)),
    }
}

/// `POST /register/{id}/kontakte/{contact}/beenden`.
pub async fn end(
    site: Site,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (org, contact) = (id::<OrgId>(&path.0)?, id::<ContactId>(&path.1)?);
    typed.only(&["version"])?;
    let seen: i32 = typed.get("version").parse().map_err(|_| Error::Stale)?;
    let actor = visitor.actor.clone();
    site.db.write(move |tx| service::end_contact(tx, &actor, org, contact, seen)).await?;
    Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-contact-ended"))
}

async fn stored(
    site: &Site,
    visitor: &Visitor,
    org: OrgId,
    id: ContactId,
) -> Result<(Contact, OrgName), Error> {
    let actor = visitor.actor.clone();
    let load = move |tx: &mut crate::store::Tx<'_>| {
        Ok((
            service::load_contact(tx, &actor, org, id)?,
            service::form_for(tx, &actor, org, Action::EditContacts)?,
        ))
    };
    site.db.read(load).await
}

fn page(
    visitor: &Visitor,
    status: StatusCode,
    form: Form,
    (org, org_name): (OrgId, OrgName),
    changed: Option<(Contact, Vec<Difference>)>,
) -> Result<HttpResponse, Failure> {
    let (contact, differences) = changed.unzip();
    let title = if contact.is_some() { "directory-contact-title" } else { "directory-contact-new" };
    let mut sh = visitor.shell(format!("{} · {}", visitor.shell_of(title).title, org_name.name));
    sh.failed = status != StatusCode::OK;
    let natures = [("function", "directory-contact-function"), ("person", "directory-contact-person")];
    let body = Body {
        form: form.labelled(&LABELS),
        org,
        org_name,
        contact,
        differences: differences.unwrap_or_default(),
        roles: choices(ContactRole::ALL, ContactRole::code, ContactRole::label),
        natures: natures.map(|(value, key)| Choice::new(value, sh.t(key))).to_vec(),
        sh: &sh,
    };
    framed(visitor, status, &sh, &body)
}
