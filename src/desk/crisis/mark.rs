//! Marking an organisation, after a look at what that leads to; and lifting the mark.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::id;
use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{IncidentId, OrgId, SessionId};
use crate::core::text::{Block, Fields};
use crate::directory::model::OrgName;
use crate::directory::service::{self as directory, Offline, Reached};
use crate::incidents::model::Audience;
use crate::incidents::service as incidents;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Query, Shell};

/// The form's fields with the Fluent keys of their names.
const LABELS: [(&str, &str); 2] = [("warum", "offline-reason"), ("works", "offline-works")];

/// From which case the mark is set.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::desk) struct CaseQuery {
    vorgang: String,
}

#[derive(Template)]
#[template(path = "desk/templates/offline.html")]
struct OfflinePage {
    sh: Shell,
    form: Form,
    org: OrgId,
    name: OrgName,
    it: Offline,
    case: String,
}

/// The case that is named, as far as the actor works on it.
fn case(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Option<IncidentId>> {
    if reference.is_empty() {
        return Ok(None);
    }
    Ok(Some(incidents::meet(tx, actor, reference, Action::WriteTeamNote)?.incident.id))
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    org: OrgId,
    reference: String,
    refused: Option<Form>,
) -> Result<HttpResponse, Failure> {
    let (actor, of) = (visitor.require()?.clone(), reference.clone());
    let load = move |tx: &mut Tx<'_>| {
        let name = directory::form_for(tx, &actor, org, Action::MarkOffline)?;
        case(tx, &actor, &of)?;
        Ok((name, directory::offline(tx, &actor, org)?))
    };
    let (name, it) = site.db.read(load).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = if it.present.is_some() { "offline-lift-title" } else { "offline-title" };
    let mut sh = visitor.shell(format!("{} · {}", visitor.shell_of(title).title, name.name));
    sh.failed = refused.is_some();
    let form = refused.unwrap_or_default().labelled(&LABELS);
    visitor.answer(status, &OfflinePage { sh, form, org, name, it, case: reference })
}

/// `GET /register/{id}/offline`.
pub(in crate::desk) async fn new(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    query: Query<CaseQuery>,
) -> Result<HttpResponse, Failure> {
    page(&site, &visitor, id(&path)?, query.into_inner().vorgang, None).await
}

/// A line of the case's timeline, for the team.
fn note(tx: &mut Tx<'_>, actor: &Actor, case: Option<IncidentId>, org: OrgId, kind: &str) -> Result<()> {
    let Some(case) = case else { return Ok(()) };
    let name = directory::load(tx, org)?.name;
    let facts = [("name".to_owned(), name.into())].into_iter().collect();
    incidents::add_system_entry(tx, actor, case, kind, Audience::Team, facts, None).map(|_| ())
}

/// `POST /register/{id}/offline`.
pub(in crate::desk) async fn mark(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, org) = (visitor.require()?.clone(), id(&path)?);
    typed.only(&["warum", "vorgang"])?;
    let reference = typed.get("vorgang").to_owned();
    let mut fields = Fields::default();
    let reason = fields.keep("warum", Block::<2000>::parse(typed.get("warum")));
    let done = match fields.done(reason) {
        Ok(reason) => {
            let reference = reference.clone();
            let change = move |tx: &mut Tx<'_>| {
                let case = case(tx, &actor, &reference)?;
                directory::mark_offline(tx, &actor, org, case, &reason)?;
                note(tx, &actor, case, org, "offline_marked")
            };
            site.db.write(change).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/register/{org}/krise"), "offline-note-marked")),
        Err(error) => page(&site, &visitor, org, reference, Some(Form::refused(typed, error)?)).await,
    }
}

/// `POST /register/{id}/rueckruf`: whoever signs in there was spoken to on the telephone.
pub(in crate::desk) async fn release(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, org) = (visitor.require()?.clone(), id(&path)?);
    typed.only(&["anmeldung"])?;
    let session: SessionId = typed
        .get("anmeldung")
        .parse()
        .map_err(|_| Error::from(FieldError::new("anmeldung", "error-choice")))?;
    site.db.write(move |tx| directory::release_sign_in(tx, &actor, org, session)).await?;
    Ok(visitor.redirect(&format!("/register/{org}/krise"), "callback-note-released"))
}

/// `POST /register/{id}/offline/aufheben`.
pub(in crate::desk) async fn lift(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, org) = (visitor.require()?.clone(), id(&path)?);
    typed.only(&["warum", "works"])?;
    let mut fields = Fields::default();
    let reason = fields.keep("warum", Block::<2000>::parse(typed.get("warum")));
    let works = fields.keep("works", (typed.get("works") == "ja").then_some(()).ok_or("offline-error-works"));
    let done = match fields.done(reason.zip(works)) {
        Ok((reason, ())) => {
            let change = move |tx: &mut Tx<'_>| {
                let (case, _) = directory::lift_offline(tx, &actor, org, &reason)?;
                note(tx, &actor, case, org, "offline_lifted")
            };
            site.db.write(change).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/register/{org}"), "offline-note-lifted")),
        Err(error) => page(&site, &visitor, org, String::new(), Some(Form::refused(typed, error)?)).await,
    }
}
