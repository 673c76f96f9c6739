//! `/api/v1/organisations`: the register for programs.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use crate::access::guard::Bearer;
use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::core::page;
use crate::core::text::Fields;
use crate::directory::model::{Enrolment, Filter, Kind, Organisation};
use crate::directory::service;
use crate::web::error::Problem;
use crate::web::{Failure, Query};

/// The register's part of the API's description.
#[derive(OpenApi)]
#[openapi(paths(list, show), components(schemas(OrganisationPage, OrganisationBody, ContactBody, Problem)))]
pub struct ApiDoc;

/// The routes of this feature below `/api/v1`.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/api/v1/organisations").get(list))
        .service(web::resource("/api/v1/organisations/{id}").get(show));
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `land`, `landkreis`, `kreisfreie_stadt`, `verwaltungsgemeinschaft`, `gemeinde`, `state_agency`,
    /// `service_provider`, `association`, `cert` or `federal_agency`.
    kind: Option<String>,
    /// Id of a Landkreis or a kreisfreie Stadt.
    district: Option<String>,
    /// `known`, `invited`, `enrolled` or `suspended`.
    enrolment: Option<String>,
    /// Only those that run an administration of their own.
    administration: bool,
    /// Words that must all occur in name, seat or keys.
    text: Option<String>,
    /// Also those that are no more.
    ended: bool,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200, 50 when not given.
    limit: Option<i64>,
}

/// An organisation. References are ids.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationBody {
    id: Uuid,
    name: String,
    kind: &'static str,
    level: &'static str,
    /// Amtlicher Gemeindeschlüssel.
    ags: Option<String>,
    /// Amtlicher Regionalschlüssel.
    ars: Option<String>,
    /// An erfüllende Gemeinde's key as an association.
    second_key: Option<String>,
    /// The district's sign on number plates.
    sign: Option<String>,
    district: Option<Uuid>,
    /// Who runs its administration, where it is not itself.
    administered_by: Option<Uuid>,
    administration: bool,
    enrolment: &'static str,
    seat: Option<String>,
    postcode: Option<String>,
    population: Option<i32>,
    /// First day, `YYYY-MM-DD`.
    valid_from: String,
    /// First day on which it is no more.
    valid_until: Option<String>,
    /// Invented, for the demonstration.
    example: bool,
    version: i32,
    /// Present contacts; only when one organisation is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<Vec<ContactBody>>,
    /// Ids of those for which it acts by register; only when one organisation is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Uuid>>,
}

/// A function or person at an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactBody {
    id: Uuid,
    /// `it_security_officer`, `deputy`, `head` or `hotline`.
    role: &'static str,
    name: String,
    mail: Option<String>,
    phone: Option<String>,
    out_of_band: Option<String>,
    /// Whether it is a function's mailbox or telephone, not a person's.
    function: bool,
    /// Until when the certificate on file holds (RFC 3339).
    certificate_until: Option<String>,
    /// Until when the OpenPGP key on file holds (RFC 3339).
    pgp_until: Option<String>,
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationPage {
    organisations: Vec<OrganisationBody>,
    /// How many there are on all pages.
    total: i64,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl From<Organisation> for OrganisationBody {
    fn from(org: Organisation) -> Self {
        Self {
            id: org.id.0,
            name: org.name,
            kind: org.kind.code(),
            level: org.level.code(),
            ags: org.ags,
            ars: org.ars,
            second_key: org.second_key,
            sign: given(org.sign),
            district: org.district.map(|id| id.0),
            administered_by: org.administered_by.map(|id| id.0),
            administration: org.is_administration,
            enrolment: org.enrolment.code(),
            seat: given(org.seat),
            postcode: given(org.postcode),
            population: org.population,
            valid_from: org.valid_from.to_string(),
            valid_until: org.valid_until.map(|day| day.to_string()),
            example: org.is_example,
            version: org.version,
            contacts: None,
            members: None,
        }
    }
}

impl From<crate::directory::model::Contact> for ContactBody {
    fn from(contact: crate::directory::model::Contact) -> Self {
        Self {
            id: contact.id.0,
            role: contact.role.code(),
            name: contact.name,
            mail: given(contact.mail),
            phone: given(contact.phone),
            out_of_band: given(contact.out_of_band),
            function: contact.is_function,
            certificate_until: contact.certificate_until.map(|at| at.to_string()),
            pgp_until: contact.pgp_until.map(|at| at.to_string()),
        }
    }
}

fn filter(query: &ListQuery) -> Result<Filter> {
    let mut fields = Fields::default();
    let kind = query.kind.as_deref().map(|code| Kind::parse(code).ok_or("error-choice"));
    let district = query.district.as_deref().map(|id| id.parse().map_err(|_| "error-choice"));
    let enrolment = query.enrolment.as_deref().map(|code| Enrolment::parse(code).ok_or("error-choice"));
    let filter = Filter {
        kind: kind.and_then(|kind| fields.keep("kind", kind)),
        district: district.and_then(|district| fields.keep("district", district)),
        enrolment: enrolment.and_then(|enrolment| fields.keep("enrolment", enrolment)),
        administrations: query.administration,
        text: query.text.as_deref().unwrap_or_default().chars().take(200).collect(),
        ended: query.ended,
    };
    fields.done(Some(filter))
}

/// Organisations of the register, in the order of places.
#[utoipa::path(
    get, path = "/api/v1/organisations", tag = "organisations", params(ListQuery),
    responses((status = 200, body = OrganisationPage), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)),
    security(("token" = ["directory:read"]))
)]
pub async fn list(
    site: web::Data<crate::web::site::Site>,
    bearer: Bearer,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Failure> {
    let query = query.into_inner();
    let filter = filter(&query)?;
    let (actor, limit) = (bearer.actor, page::limit(query.limit));
    let listed =
        site.db.read(move |tx| service::list(tx, &actor, &filter, query.cursor.as_deref(), limit)).await?;
    Ok(HttpResponse::Ok().json(OrganisationPage {
        organisations: listed.page.rows.into_iter().map(OrganisationBody::from).collect(),
        total: listed.total,
        next: listed.page.next,
    }))
}

/// One organisation with its contacts and those for which it acts.
#[utoipa::path(
    get, path = "/api/v1/organisations/{id}", tag = "organisations", params(("id" = Uuid, Path)),
    responses((status = 200, body = OrganisationBody), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)),
    security(("token" = ["directory:read"]))
)]
pub async fn show(
    site: web::Data<crate::web::site::Site>,
    bearer: Bearer,
    path: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let id: OrgId = path.parse().map_err(|_| crate::core::error::Error::NotFound)?;
    let actor = bearer.actor;
    let view = site.db.read(move |tx| service::view(tx, &actor, id)).await?;
    let mut body = OrganisationBody::from(view.organisation);
    body.contacts = Some(view.contacts.into_iter().map(ContactBody::from).collect());
    body.members = Some(view.members.into_iter().map(|member| member.id.0).collect());
    Ok(HttpResponse::Ok().json(body))
}
