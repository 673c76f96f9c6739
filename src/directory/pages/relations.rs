//! Which IT service provider serves an organisation.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Site, framed, german, id};
use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::error::Result;
use crate::core::ids::{OrgId, ServiceRelationId};
use crate::core::text::{Fields, Name};
use crate::directory::model::{OrgName, RelationInput, parse_day, today};
use crate::directory::service;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The form's fields with the Fluent keys of their names.
const LABELS: [(&str, &str); 4] = [
    ("provider", "directory-relation-provider"),
    ("service", "directory-relation-service"),
    ("valid_from", "directory-valid-from"),
    ("valid_until", "directory-valid-until"),
];

#[derive(Template)]
#[template(path = "directory/templates/relation.html")]
struct Body<'a> {
    sh: &'a Shell,
    form: Form,
    org: OrgId,
    org_name: OrgName,
    providers: Vec<Choice>,
}

/// `GET /register/{id}/dienstleister/neu`.
pub async fn new(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let from = german(today(visitor.env().now()));
    let form = Form::filled(FormData::default().with("valid_from", from));
    page(&site, &visitor, StatusCode::OK, form, id(&path)?).await
}

/// `POST /register/{id}/dienstleister/neu`.
pub async fn add(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&["provider", "service", "valid_from", "valid_until"])?;
    let done = match parse(&typed, org) {
        Ok(input) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::add_relation(tx, &actor, &input)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(_) => Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-relation-added")),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            page(&site, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form, org).await
        }
    }
}

fn parse(typed: &FormData, organisation: OrgId) -> Result<RelationInput> {
    let mut fields = Fields::default();
    let provider = fields.keep("provider", typed.get("provider").parse().map_err(|_| "error-choice"));
    let service = fields.keep("service", Name::parse(typed.get("service")));
    let valid_from = fields.keep("valid_from", parse_day(typed.get("valid_from")));
    let until = typed.get("valid_until").trim();
    let valid_until =
        if until.is_empty() { Some(None) } else { fields.keep("valid_until", parse_day(until)).map(Some) };
    let input = (|| {
        let (valid_from, valid_until) = (valid_from?, valid_until?);
        Some(RelationInput { provider: provider?, organisation, service: service?, valid_from, valid_until })
    })();
    fields.done(input)
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    status: StatusCode,
    form: Form,
    org: OrgId,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.actor.clone();
    let (org_name, providers) = site
        .db
        .read(move |tx| {
            let name = service::form_for(tx, &actor, org, Action::EditServiceRelations)?;
            Ok((name, service::providers(tx)?))
        })
        .await?;
    let mut sh =
        visitor.shell(format!("{} · {}", visitor.shell_of("directory-relation-new").title, org_name.name));
    sh.failed = form.has_errors();
    let providers = providers.into_iter().filter(|(id, ..)| *id != org);
    let providers = providers.map(|(id, _, name)| Choice::new(id.to_string(), name)).collect();
    framed(visitor, status, &sh, &Body { sh: &sh, form: form.labelled(&LABELS), org, org_name, providers })
}

/// `POST /register/{id}/dienstleister/{relation}/beenden`.
pub async fn end(
    site: Site,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (org, relation) = (id::<OrgId>(&path.0)?, id::<ServiceRelationId>(&path.1)?);
    typed.only(&[])?;
    let actor = visitor.actor.clone();
    site.db.write(move |tx| service::end_relation(tx, &actor, org, relation)).await?;
    Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-relation-ended"))
}
