//! `/api/v1/incidents/{reference}/links`: what incidents have to do with each other, for the CERT's team.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use serde::{Deserialize, Serialize};

use crate::access::guard::Bearer;
use crate::core::error::{Error, FieldError};
use crate::core::ids::LinkedId;
use crate::core::text::{Fields, Line};
use crate::incidents::linking::Relation;
use crate::incidents::service;
use crate::web::site::Site;
use crate::web::{Failure, Json};

/// The routes of this part.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/api/v1/incidents/{reference}/links").get(links).post(add))
        .service(resource("/api/v1/incidents/{reference}/links/remove").post(remove));
}

/// The part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(links, add, remove))]
pub struct ApiDoc;

/// A link, as this incident reads it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LinkJson {
    #[schema(value_type = String, format = Uuid)]
    id: LinkedId,
    /// `part_of`, `comprises`, `related`, `duplicate_of`, `has_duplicate`.
    relation: &'static str,
    reference: String,
    title: String,
    reason: Option<String>,
}

/// Lists the links whose other side the caller sees.
#[utoipa::path(get, path = "/api/v1/incidents/{reference}/links", responses((status = 200, body = Vec<LinkJson>), (status = 404)))]
async fn links(who: Bearer, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    let (_, links, _) = site.db.write(move |tx| service::links(tx, &who.actor, &reference)).await?;
    let json = |one: service::Linked| LinkJson {
        id: one.id,
        relation: one.relation.code(),
        reference: one.other.reference,
        title: one.other.title,
        reason: one.reason,
    };
    Ok(HttpResponse::Ok().json(links.into_iter().map(json).collect::<Vec<_>>()))
}

/// Links to other incidents.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLinks {
    /// `part_of`, `comprises`, `related`, `duplicate_of`, `has_duplicate`.
    relation: String,
    /// References, at most 500.
    others: Vec<String>,
    /// Needed for a duplicate.
    reason: Option<String>,
}

/// Links the incident to others; what is linked already stays as it is.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/links", request_body = NewLinks, responses((status = 201), (status = 422)))]
async fn add(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<NewLinks>,
) -> Result<HttpResponse, Failure> {
    let mut fields = Fields::default();
    let relation = fields.keep("relation", Relation::parse(&body.relation).ok_or("error-choice"));
    let reason = fields.keep("reason", body.reason.as_deref().map(Line::<300>::parse).transpose());
    let (relation, reason) = fields.done(relation.zip(reason))?;
    site.db
        .write(move |tx| {
            service::link(tx, &who.actor, &reference, relation, &body.others, reason.as_ref()).map(|_| ())
        })
        .await?;
    Ok(HttpResponse::Created().finish())
}

/// Which link.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneLink {
    /// Its id.
    link: String,
}

/// Takes a link away.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/links/remove", request_body = OneLink, responses((status = 204), (status = 404)))]
async fn remove(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<OneLink>,
) -> Result<HttpResponse, Failure> {
    let refused = |_| Error::from(FieldError::new("link", "error-choice"));
    let link: LinkedId = body.link.parse().map_err(refused)?;
    site.db.write(move |tx| service::unlink(tx, &who.actor, &reference, link)).await?;
    Ok(HttpResponse::NoContent().finish())
}
