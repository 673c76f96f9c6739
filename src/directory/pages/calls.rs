//! Enrolment: the list of who is still to be called, notes of calls, and the steps.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{DistrictQuery, Site, choices, district_choices, framed, id};
use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::OrgId;
use crate::core::text::{Block, Fields};
use crate::directory::model::{CallInput, CallOutcome, Enrolment, OrgName, Phone};
use crate::directory::service::{self, Silent, ToCall};
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

/// The form's fields with the Fluent keys of their names.
const LABELS: [(&str, &str); 2] = [("outcome", "directory-call-outcome"), ("note", "directory-call-note")];

/// Those of one district.
struct Group {
    sign: String,
    name: String,
    rows: Vec<ToCall>,
}

#[derive(Template)]
#[template(path = "directory/templates/calls.html")]
struct ListPage {
    sh: Shell,
    form: Form,
    districts: Vec<Choice>,
    groups: Vec<Group>,
    count: usize,
    silent: Vec<Silent>,
}

impl ListPage {
    fn dial(phone: &str) -> String {
        Phone::parse(phone).map(|phone| format!("tel:{}", phone.dial())).unwrap_or_default()
    }
}

/// `GET /register/anbindung`, narrowed by `kreis`.
pub async fn list(
    site: Site,
    visitor: Visitor,
    query: Query<DistrictQuery>,
) -> Result<HttpResponse, Failure> {
    let district = query.chosen()?;
    let actor = visitor.actor.clone();
    let (waiting, districts, silent) = site
        .db
        .read(move |tx| {
            let waiting = service::to_be_called(tx, &actor, district)?;
            Ok((waiting, service::districts(tx)?, service::silent(tx, &actor)?))
        })
        .await?;
    let count = waiting.len();
    let mut groups: Vec<Group> = Vec::new();
    for row in waiting {
        match groups.last_mut().filter(|group| group.sign == row.organisation.sign) {
            Some(group) => group.rows.push(row),
            None => {
                let sign = row.organisation.sign.clone();
                let name = districts.iter().find(|district| district.sign == sign);
                let name = name.map(|district| district.name.clone()).unwrap_or_default();
                groups.push(Group { sign, name, rows: vec![row] });
            }
        }
    }
    visitor.page(&ListPage {
        sh: visitor.shell_of("directory-calls-title"),
        form: Form::filled(FormData::default().with("kreis", query.kreis.as_str())),
        districts: district_choices(districts),
        groups,
        silent,
        count,
    })
}

#[derive(Template)]
#[template(path = "directory/templates/call.html")]
struct Body<'a> {
    sh: &'a Shell,
    form: Form,
    org: OrgId,
    org_name: OrgName,
    outcomes: Vec<Choice>,
}

/// `GET /register/{id}/anruf`.
pub async fn new(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    page(&site, &visitor, StatusCode::OK, Form::default(), id(&path)?).await
}

/// `POST /register/{id}/anruf`.
pub async fn note(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&["outcome", "note"])?;
    let done = match parse(&typed) {
        Ok(input) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::note_call(tx, &actor, org, &input)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(_) => Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-call")),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            page(&site, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form, org).await
        }
    }
}

fn parse(typed: &FormData) -> Result<CallInput> {
    let mut fields = Fields::default();
    let outcome = fields.keep("outcome", CallOutcome::parse(typed.get("outcome")).ok_or("error-choice"));
    let note = fields.keep("note", Block::parse_optional(typed.get("note")));
    let input = outcome.zip(note).map(|(outcome, note)| CallInput { outcome, note });
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
    let load =
        move |tx: &mut crate::store::Tx<'_>| service::form_for(tx, &actor, org, Action::EnrolOrganisation);
    let org_name = site.db.read(load).await?;
    let mut sh =
        visitor.shell(format!("{} · {}", visitor.shell_of("directory-call-new").title, org_name.name));
    sh.failed = form.has_errors();
    let outcomes = choices(CallOutcome::ALL, CallOutcome::code, CallOutcome::label);
    framed(visitor, status, &sh, &Body { sh: &sh, form: form.labelled(&LABELS), org, org_name, outcomes })
}

/// `POST /register/{id}/anbindung`: the next step of enrolment.
pub async fn step(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&["stand", "version"])?;
    let next = Enrolment::parse(typed.get("stand")).ok_or(FieldError::new("stand", "error-choice"));
    let next = next.map_err(Error::from)?;
    let seen: i32 = typed.get("version").parse().map_err(|_| Error::Stale)?;
    let actor = visitor.actor.clone();
    site.db.write(move |tx| service::set_enrolment(tx, &actor, org, next, seen)).await?;
    Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-enrolment"))
}
