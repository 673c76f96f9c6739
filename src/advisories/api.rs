//! `/api/v1/advisories`: the same services as the pages, for programs.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::machine::State;
use super::model::{
    Content, DeliveryState, Filter, Frame, Reference, Row, Severity, Typed, Version, WarningStep,
};
use super::service::{self, Board, Draft};
use crate::access::guard::Bearer;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::VersionId;
use crate::core::page;
use crate::core::text::Fields;
use crate::core::tlp::Tlp;
use crate::directory::model::AudienceFilter;
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

/// A first version, to be reviewed by somebody else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdvisory {
    /// One line of at most 150 characters.
    title: String,
    /// Whom it concerns; Markdown.
    #[serde(default)]
    concerns: String,
    /// What to do today; Markdown.
    #[serde(default)]
    measures: String,
    /// Details; Markdown.
    #[serde(default)]
    body: String,
    #[serde(default)]
    products: Vec<String>,
    #[serde(default)]
    #[schema(example = json!(["CVE-2026-12345"]))]
    cves: Vec<String>,
    /// One of the five labels of TLP 2.0.
    #[schema(example = "TLP:GREEN")]
    tlp: String,
    /// 1 (grey) to 4 (red).
    #[schema(minimum = 1, maximum = 4)]
    warning_step: i32,
    /// `low`, `medium`, `high` or `critical`.
    #[schema(example = "high")]
    severity: String,
    /// `{"by":"all"}`, `{"by":"kinds","of":[…]}`, `{"by":"districts","of":[…]}` or `{"by":"hand","of":[…]}`.
    #[schema(value_type = Object, example = json!({"by": "all"}))]
    audience: serde_json::Value,
}

impl NewAdvisory {
    fn read(self) -> Result<Draft> {
        let mut fields = Fields::default();
        // One item is one product, whatever it is made of.
        if self.products.iter().any(|product| product.contains(['\n', '\r'])) {
            fields.refuse("products", "error-control-characters");
        }
        let (products, cves) = (self.products.join("\n"), self.cves.join("\n"));
        let typed = Typed {
            title: &self.title,
            concerns: &self.concerns,
            measures: &self.measures,
            body: &self.body,
            products: &products,
            cves: &cves,
        };
        let content = Content::read(typed, &mut fields);
        let choice = "error-choice";
        let tlp = fields.keep("tlp", Tlp::parse(&self.tlp).ok_or(choice));
        let step = fields.keep("warning_step", WarningStep::from_number(self.warning_step).ok_or(choice));
        let severity = fields.keep("severity", Severity::parse(&self.severity).ok_or(choice));
        let read = serde_json::from_value::<AudienceFilter>(self.audience);
        let audience = fields.keep("audience", read.map_err(|_| "advisory-error-audience"));
        let draft = (|| {
            let frame = Frame { tlp: tlp?, step: step?, severity: severity?, audience: audience? };
            Some(Draft { frame, content: content? })
        })();
        fields.done(draft)
    }
}

/// Which state of the advisory the caller has seen.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// `version` as it was last answered; another one means that somebody changed it since.
    version: i32,
}

/// An approval of exactly what the caller has seen.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `version` as it was last answered.
    version: i32,
    /// `approval_hash` as it was last answered: refused as stale when the recipients changed since.
    hash: Option<String>,
}

/// A version of an advisory.
#[derive(Debug, Serialize, ToSchema)]
pub struct Advisory {
    reference: String,
    number: i32,
    state: State,
    title: String,
    concerns: String,
    measures: String,
    body: String,
    products: Vec<String>,
    cves: Vec<String>,
    #[schema(value_type = String, example = "TLP:GREEN")]
    tlp: Tlp,
    warning_step: i32,
    severity: Severity,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<Team>,
}

/// What the CERT alone sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct Team {
    /// To be sent back with the next change.
    version: i32,
    #[schema(value_type = Object)]
    audience: AudienceFilter,
    recipients: usize,
    /// Administrations in the audience that this label does not reach.
    left_out: Vec<String>,
    /// SHA-256 over content, mail and recipients, hexadecimal: what an approval would fix, or has fixed.
    approval_hash: String,
    return_reason: String,
    approved_by: Option<String>,
}

impl Advisory {
    fn of(version: &Version, team: Option<Team>) -> Self {
        let Content { title, concerns, measures, body, products, cves } = version.content.clone();
        Self {
            reference: version.reference.to_string(),
            number: version.number,
            state: version.state,
            title,
            concerns,
            measures,
            body,
            products,
            cves,
            tlp: version.frame.tlp,
            warning_step: version.frame.step.number(),
            severity: version.frame.severity,
            published_at: version.published_at,
            team,
        }
    }

    fn for_team(proposal: service::Proposal) -> Self {
        let version = &proposal.version;
        let team = Team {
            version: version.lock,
            audience: version.frame.audience.clone(),
            recipients: proposal.recipients.len(),
            left_out: proposal.left_out,
            approval_hash: hex::encode(proposal.digest),
            return_reason: version.return_reason.clone(),
            approved_by: version.approved_name.clone(),
        };
        Self::of(version, Some(team))
    }
}

/// A cut of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdvisoryList {
    items: Vec<AdvisoryRow>,
    /// `cursor` of the next cut; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdvisoryRow {
    reference: String,
    number: i32,
    state: State,
    title: String,
    #[schema(value_type = String, example = "TLP:GREEN")]
    tlp: Tlp,
    warning_step: i32,
    severity: Severity,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Row> for AdvisoryRow {
    fn from(row: Row) -> Self {
        Self {
            reference: row.reference.to_string(),
            number: row.number,
            state: row.state,
            title: row.title,
            tlp: row.tlp,
            warning_step: row.step.number(),
            severity: row.severity,
            published_at: row.published_at,
            updated_at: row.updated_at,
        }
    }
}

/// Every recipient of the newest version, and how its mail stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deliveries {
    reference: String,
    number: i32,
    total: usize,
    /// How many are in each state; the sum is `total`.
    counts: std::collections::BTreeMap<&'static str, usize>,
    items: Vec<DeliveryView>,
}

/// One recipient.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    organisation: uuid::Uuid,
    name: String,
    /// The district's sign.
    district: String,
    address: String,
    phone: String,
    state: DeliveryState,
    possibly_duplicate: bool,
    attempts: i32,
    /// The mail server's last answer.
    answer: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    opened_at: Option<Timestamp>,
}

impl From<Board> for Deliveries {
    fn from(board: Board) -> Self {
        let tally = board.tally();
        Self {
            reference: board.version.reference.to_string(),
            number: board.version.number,
            total: tally.total(),
            counts: DeliveryState::ALL.iter().map(|state| (state.code(), tally.count(*state))).collect(),
            items: board.rows.into_iter().map(DeliveryView::from).collect(),
        }
    }
}

impl From<service::BoardRow> for DeliveryView {
    fn from(row: service::BoardRow) -> Self {
        let delivery = row.delivery;
        Self {
            organisation: delivery.organisation.0,
            name: delivery.name,
            district: row.sign,
            address: delivery.address,
            phone: row.phone,
            state: delivery.state,
            possibly_duplicate: delivery.possibly_duplicate,
            attempts: delivery.attempts,
            answer: delivery.answer,
            answered_at: delivery.answered_at,
            opened_at: delivery.opened_at,
        }
    }
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// A state; for the CERT only.
    state: Option<String>,
    /// 1 to 4; for the CERT only.
    warning_step: Option<i32>,
    /// `next` of the cut before.
    cursor: Option<String>,
    /// 1 to 200, otherwise 50.
    limit: Option<i64>,
}

/// A filter and where to begin.
struct Cut {
    filter: Filter,
    after: Option<VersionId>,
    limit: i64,
}

impl Query {
    fn read(&self) -> Result<Cut> {
        let mut fields = Fields::default();
        let choice = "error-choice";
        let state = self.state.as_deref().map(|code| State::parse(code).ok_or(choice));
        let step = self.warning_step.map(|number| WarningStep::from_number(number).ok_or(choice));
        let after = self.cursor.as_deref().map(|cursor| after(cursor).ok_or(choice));
        let cut = Cut {
            filter: Filter {
                state: state.and_then(|state| fields.keep("state", state)),
                step: step.and_then(|step| fields.keep("warning_step", step)),
            },
            after: after.and_then(|after| fields.keep("cursor", after)),
            limit: page::limit(self.limit),
        };
        fields.done(Some(cut))
    }
}

/// Reads a cursor of the list.
pub(super) fn after(cursor: &str) -> Option<VersionId> {
    page::read_cursor(cursor)?.parse().ok()
}

fn reference(path: &str) -> Result<Reference> {
    Reference::parse(path).ok_or(Error::NotFound)
}

fn view(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Advisory> {
    service::proposal(tx, actor, reference).map(Advisory::for_team)
}

/// Advisories: for the CERT the newest version of each, for others what was sent to them.
#[utoipa::path(get, path = "/api/v1/advisories", tag = "advisories", params(Query),
    responses((status = 200, body = AdvisoryList), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn list(
    site: web::Data<Site>,
    bearer: Bearer,
    query: web::Query<Query>,
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
    let shown = body.hash.as_deref().map(digest).transpose()?;
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

/// Reads a SHA-256 in hexadecimal.
///
/// # Errors
/// [`Error::Invalid`] naming `hash`.
pub(super) fn digest(text: &str) -> Result<super::seal::Digest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest)
        .map(|()| digest)
        .map_err(|_| FieldError::new("hash", "error-choice").into())
}
