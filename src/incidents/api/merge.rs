//! `/api/v1/incidents/{reference}/…`: merging, taking out again, and what was merged.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use serde::Deserialize;

use super::{IncidentJson, RowJson, changed};
use crate::access::guard::Bearer;
use crate::incidents::service;
use crate::web::site::Site;
use crate::web::{Failure, Json};

/// The routes of this part.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/api/v1/incidents/{reference}/members").get(members))
        .service(resource("/api/v1/incidents/{reference}/merge").post(merge))
        .service(resource("/api/v1/incidents/{reference}/detach").post(detach));
}

/// The part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(members, merge, detach))]
pub struct ApiDoc;

/// The other cases, by reference.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Others {
    /// At most 500.
    members: Vec<String>,
}

/// Lists what was merged into the incident, for the CERT's team, as far as the caller may see it.
#[utoipa::path(get, path = "/api/v1/incidents/{reference}/members", responses((status = 200, body = Vec<RowJson>), (status = 404)))]
async fn members(who: Bearer, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    let (_, rows, _) = site.db.write(move |tx| service::members(tx, &who.actor, &reference)).await?;
    Ok(HttpResponse::Ok().json(rows.into_iter().map(RowJson::from).collect::<Vec<_>>()))
}

/// Merges other incidents into this one, all or none. Each keeps its reference, its report and its thread; its
/// organisation sees the state of this one and nothing else of it.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/merge", request_body = Others, responses((status = 200, body = IncidentJson), (status = 422)))]
async fn merge(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<Others>,
) -> Result<HttpResponse, Failure> {
    changed(who, site, reference, move |tx, actor, reference| {
        service::merge(tx, actor, reference, &body.members).map(|_| ())
    })
    .await
}

/// Takes incidents out of this one again: each stands where it stood before.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/detach", request_body = Others, responses((status = 200, body = IncidentJson), (status = 422)))]
async fn detach(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<Others>,
) -> Result<HttpResponse, Failure> {
    changed(who, site, reference, move |tx, actor, reference| {
        service::detach(tx, actor, reference, &body.members).map(|_| ())
    })
    .await
}
