//! `/api/v1/incidents/{reference}/escalat…`: escalating by hand, and the steps of a case.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};
use serde::{Deserialize, Serialize};

use super::service::{self, ByHandTo, StepView};
use crate::access::guard::Bearer;
use crate::core::error::Error;
use crate::core::ids::StepId;
use crate::core::text::{Fields, Line};
use crate::incidents::service as incidents;
use crate::web::site::Site;
use crate::web::{Failure, Json};

/// The routes of this feature.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/api/v1/incidents/{reference}/escalate").post(escalate))
        .service(web::resource("/api/v1/incidents/{reference}/escalation").get(list))
        .service(web::resource("/api/v1/incidents/{reference}/escalation/{step}/approve").post(approve));
}

/// The part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(escalate, list, approve))]
pub struct ApiDoc;

/// To whom, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalate {
    /// `state_leadership` or an organisation's id.
    to: String,
    /// At most 300 characters; whom it reaches reads it.
    reason: String,
}

impl Escalate {
    fn parse(&self) -> Result<(ByHandTo, Line<300>), Error> {
        let mut fields = Fields::default();
        let to = fields.keep("to", ByHandTo::parse(&self.to));
        let reason = fields.keep("reason", Line::parse(&self.reason));
        fields.done(to.zip(reason))
    }
}

/// A new step's id.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Started {
    #[schema(value_type = String, format = Uuid)]
    step: StepId,
}

/// A step.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepJson {
    #[schema(value_type = String, format = Uuid)]
    id: StepId,
    number: i32,
    name: String,
    /// `due`, `notified`, `acknowledged`, `overtaken`, `withdrawn`.
    state: &'static str,
    waits_for_approval: bool,
    #[schema(value_type = String, format = DateTime)]
    due_at: jiff::Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledge_by: Option<jiff::Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<jiff::Timestamp>,
    acknowledged_by: Option<String>,
}

impl From<StepView> for StepJson {
    fn from(view: StepView) -> Self {
        Self {
            id: view.id,
            number: view.number,
            name: view.name,
            state: view.state.code(),
            waits_for_approval: view.waits_for_approval,
            due_at: view.due_at,
            acknowledge_by: view.acknowledge_by,
            acknowledged_at: view.acknowledged_at,
            acknowledged_by: view.acknowledged_by,
        }
    }
}

/// Escalates to the Land or to another organisation.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/escalate", request_body = Escalate,
    responses((status = 201, body = Started), (status = 404), (status = 409), (status = 422)))]
async fn escalate(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<Escalate>,
) -> Result<HttpResponse, Failure> {
    let (to, reason) = body.parse()?;
    let step = site.db.write(move |tx| service::escalate(tx, &who.actor, &reference, to, &reason)).await?;
    Ok(HttpResponse::Created().json(Started { step }))
}

/// Lists the steps that the caller may see.
#[utoipa::path(get, path = "/api/v1/incidents/{reference}/escalation",
    responses((status = 200, body = Vec<StepJson>), (status = 404)))]
async fn list(who: Bearer, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    // The steps are a view of the case, which is recorded.
    let steps = site
        .db
        .write(move |tx| {
            let id = incidents::show(tx, &who.actor, &reference)?.incident.id;
            service::steps_of(tx, &who.actor, id)
        })
        .await?;
    Ok(HttpResponse::Ok().json(steps.into_iter().map(StepJson::from).collect::<Vec<_>>()))
}

/// Releases a step that waits for a second person.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/escalation/{step}/approve",
    responses((status = 204), (status = 403), (status = 404), (status = 409)))]
async fn approve(
    who: Bearer,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let step: StepId = path.1.parse().map_err(|_| Error::NotFound)?;
    site.db.write(move |tx| service::approve(tx, &who.actor, step)).await?;
    Ok(HttpResponse::NoContent().finish())
}
