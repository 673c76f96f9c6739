//! `/api/v1/search`: the same search as the page, as JSON.

use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::excerpt::Part;
use super::service::{self, Found, Hit, PAGE, Text};
use crate::access::guard::Bearer;
use crate::core::ids::OrgId;
use crate::web::site::Site;
use crate::web::{Failure, Query};

/// The routes of this feature.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/api/v1/search").get(search));
}

/// The part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(search))]
pub struct ApiDoc;

/// What is searched for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct SearchQuery {
    /// Words, "phrases", beginnings (`ver*`), and fields: `status:`, `org:`, `category:`, `ioc:`, `cve:`, `from:`,
    /// `until:`, `on:`, or their German names. A minus before a word leaves out what has it.
    q: String,
    cursor: Option<String>,
}

/// A part of a text.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PartJson {
    text: String,
    /// Whether it was searched for.
    found: bool,
}

impl From<Part> for PartJson {
    fn from(part: Part) -> Self {
        Self { text: part.text, found: part.is_found }
    }
}

/// A text of a case in which something was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TextJson {
    /// `report`, `contact`, `entry`, `file`.
    place: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: jiff::Timestamp,
    parts: Vec<PartJson>,
}

impl From<Text> for TextJson {
    fn from(text: Text) -> Self {
        let parts = text.parts.into_iter().map(PartJson::from).collect();
        Self { place: text.place.code(), at: text.at, parts }
    }
}

/// A case that was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HitJson {
    reference: String,
    title: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    organisation: Option<OrgId>,
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    reported_at: jiff::Timestamp,
    texts: Vec<TextJson>,
}

impl From<Hit> for HitJson {
    fn from(hit: Hit) -> Self {
        Self {
            reference: hit.row.reference,
            title: hit.row.title,
            organisation: hit.row.organisation,
            status: hit.row.status.code(),
            reported_at: hit.row.reported_at,
            texts: hit.texts.into_iter().map(TextJson::from).collect(),
        }
    }
}

/// What was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FoundJson {
    /// How many cases; where there are more, the newest 1,000 are counted and put in order.
    total: usize,
    more: bool,
    /// The case that the query names by its number.
    named: Option<String>,
    hits: Vec<HitJson>,
    /// Send back as `cursor` for the next page; absent on the last.
    next: Option<String>,
}

impl From<Found> for FoundJson {
    fn from(found: Found) -> Self {
        Self {
            total: found.total,
            more: found.is_more,
            named: found.named.map(|named| named.reference),
            hits: found.hits.into_iter().map(HitJson::from).collect(),
            next: found.next,
        }
    }
}

/// Searches all that the caller may see: those cases first that have the words in their title, reference or
/// organisation, among them the newest.
#[utoipa::path(get, path = "/api/v1/search", params(SearchQuery), responses((status = 200, body = FoundJson), (status = 422)))]
async fn search(who: Bearer, site: Data<Site>, query: Query<SearchQuery>) -> Result<HttpResponse, Failure> {
    let SearchQuery { q, cursor } = query.into_inner();
    let found = service::ask(&site.db, who.actor, q, cursor, PAGE).await?;
    Ok(HttpResponse::Ok().json(FoundJson::from(found)))
}
