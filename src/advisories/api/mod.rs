//! `/api/v1/advisories`: the same services as the pages, for programs.

mod answers;
mod requests;

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use utoipa::OpenApi;

use self::answers::{Advisory, AdvisoryList, AdvisoryRow, Deliveries, DeliveryView};
use self::requests::{Approval, Cut, NewAdvisory, Query, Seen, reference};
use super::model::{Reference, Version};
use super::service;
use crate::access::guard::Bearer;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::store::Tx;
use crate::web::error::Problem;
use crate::web::site::Site;
use crate::web::{Failure, Json};

/// The routes of this feature below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/v1/advisories").get(list).post(create))
        .service(web::resource("/api/v1/advisories/{reference}").get(show))
        .service(web::resource("/api/v1/advisories/{reference}/submit").post(submit))
        .service(web::resource("/api/v1/advisories/{reference}/approve").post(approve))
        .service(web::resource("/api/v1/advisories/{reference}/publish").post(publish))
        .service(web::resource("/api/v1/advisories/{reference}/deliveries").get(deliveries));
}

/// The description of these routes.
#[derive(OpenApi)]
#[openapi(
    paths(list, create, show, submit, approve, publish, deliveries),
    components(schemas(
        NewAdvisory,
        Advisory,
        AdvisoryList,
        AdvisoryRow,
        Seen,
        Approval,
        Deliveries,
        DeliveryView
    ))
)]
pub struct ApiDoc;

fn view(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Advisory> {
    service::proposal(tx, actor, reference).map(Advisory::for_team)
}

/// Advisories: for the CERT the newest version of each, for others what was sent to them.
#[utoipa::path(get, path = "/api/v1/advisories", tag = "advisories", params(Query),
    responses((status = 200, body = AdvisoryList), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn list(
    site: web::Data<Site>,
    bearer: Bearer,
    query: crate::web::Query<Query>,
) -> Result<HttpResponse, Failure> {
    let Cut { filter, after, limit } = query.read()?;
    let page = site
        .db
        .read(move |tx| {
            if service::is_team(tx, &bearer.actor) {
                service::list(tx, &bearer.actor, filter, after, limit)
            } else {
                service::list_received(tx, &bearer.actor, after, limit)
            }
        })
        .await?;
    let items = page.rows.into_iter().map(AdvisoryRow::from).collect();
    Ok(HttpResponse::Ok().json(AdvisoryList { items, next: page.next }))
}

/// Drafts an advisory under a fresh reference.
#[utoipa::path(post, path = "/api/v1/advisories", tag = "advisories", request_body = NewAdvisory,
    responses((status = 201, body = Advisory), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create(
    site: web::Data<Site>,
    bearer: Bearer,
    body: Json<NewAdvisory>,
) -> Result<HttpResponse, Failure> {
    let draft = body.into_inner().read()?;
    let advisory = site
        .db
        .write(move |tx| {
            let version = service::create(tx, &bearer.actor, &draft)?;
            view(tx, &bearer.actor, &version.reference)
        })
        .await?;
    let location = format!("/api/v1/advisories/{}", advisory.reference);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(advisory))
}

/// An advisory: its newest version for the CERT, the newest one sent to them for others. Reading is recorded.
#[utoipa::path(get, path = "/api/v1/advisories/{reference}", tag = "advisories",
    params(("reference" = String, Path, example = "TH-CERT-2026-0007")),
    responses((status = 200, body = Advisory), (status = 404, body = Problem)))]
async fn show(
    site: web::Data<Site>,
    bearer: Bearer,
    path: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let reference = reference(&path)?;
    let advisory = site
        .db
        .write(move |tx| {
            if service::is_team(tx, &bearer.actor) {
                view(tx, &bearer.actor, &reference)
            } else {
                let received = service::open(tx, &bearer.actor, &reference)?;
                Ok(Advisory::of(&received.version, None))
            }
        })
        .await?;
    Ok(HttpResponse::Ok().json(advisory))
}

/// Asks for review by somebody who wrote no part of it.
#[utoipa::path(post, path = "/api/v1/advisories/{reference}/submit", tag = "advisories", request_body = Seen,
    params(("reference" = String, Path)),
    responses((status = 200, body = Advisory), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn submit(
    site: web::Data<Site>,
    bearer: Bearer,
    path: web::Path<String>,
    body: Json<Seen>,
) -> Result<HttpResponse, Failure> {
    change(&site, bearer, &path, move |tx, actor, reference| {
        service::submit(tx, actor, reference, body.version)
    })
    .await
}

/// Approves: fixes content and recipients. Refused for everybody who wrote a part of the version.
#[utoipa::path(post, path = "/api/v1/advisories/{reference}/approve", tag = "advisories", request_body = Approval,
    params(("reference" = String, Path)),
    responses((status = 200, body = Advisory), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn approve(
    site: web::Data<Site>,
    bearer: Bearer,
    path: web::Path<String>,
    body: Json<Approval>,
) -> Result<HttpResponse, Failure> {
    let shown = body.digest()?;
    change(&site, bearer, &path, move |tx, actor, reference| {
        service::approve(tx, actor, reference, body.version, shown.as_ref())
    })
    .await
}

/// Sends the approved version to its recipients.
#[utoipa::path(post, path = "/api/v1/advisories/{reference}/publish", tag = "advisories", request_body = Seen,
    params(("reference" = String, Path)),
    responses((status = 200, body = Advisory), (status = 409, body = Problem)))]
async fn publish(
    site: web::Data<Site>,
    bearer: Bearer,
    path: web::Path<String>,
    body: Json<Seen>,
) -> Result<HttpResponse, Failure> {
    change(&site, bearer, &path, move |tx, actor, reference| {
        service::publish(tx, actor, reference, body.version)
    })
    .await
}

/// How each recipient's mail stands.
#[utoipa::path(get, path = "/api/v1/advisories/{reference}/deliveries", tag = "advisories",
    params(("reference" = String, Path)),
    responses((status = 200, body = Deliveries), (status = 404, body = Problem)))]
async fn deliveries(
    site: web::Data<Site>,
    bearer: Bearer,
    path: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let reference = reference(&path)?;
    let board = site.db.read(move |tx| service::deliveries(tx, &bearer.actor, &reference)).await?;
    Ok(HttpResponse::Ok().json(Deliveries::from(board)))
}

async fn change(
    site: &Site,
    bearer: Bearer,
    path: &str,
    what: impl Fn(&mut Tx<'_>, &Actor, &Reference) -> Result<Version> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let reference = reference(path)?;
    let advisory = site
        .db
        .write(move |tx| {
            what(tx, &bearer.actor, &reference)?;
            view(tx, &bearer.actor, &reference)
        })
        .await?;
    Ok(HttpResponse::Ok().json(advisory))
}
