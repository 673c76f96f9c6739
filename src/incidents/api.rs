//! `/api/v1/incidents`: the same services as the pages, as JSON.

pub mod link;
pub mod merge;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::input::{self, RawReport, RawTriage};
use super::model::{Audience, Entry, Filter, Incident, Row};
use super::observables::model::Listed;
use super::observables::service as observables;
use super::service::{self, View};
use crate::access::guard::Bearer;
use crate::core::error::{Error, FieldError};
use crate::core::ids::{AccountId, EntryId, IncidentId, ObservableId, OrgId};
use crate::core::page;
use crate::core::text::{Fields, Prose};
use crate::store::Tx;
use crate::web::idempotency::{self, Answer};
use crate::web::site::Site;
use crate::web::{Failure, Json, Query};

/// The routes of this feature.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/api/v1/incidents").get(list).post(create))
        .service(web::resource("/api/v1/incidents/{reference}").get(show))
        .service(web::resource("/api/v1/incidents/{reference}/entries").get(entries).post(add_entry))
        .service(web::resource("/api/v1/incidents/{reference}/observables").get(observables))
        .service(web::resource("/api/v1/incidents/{reference}/triage").post(triage))
        .service(web::resource("/api/v1/incidents/{reference}/status").post(set_status))
        .service(web::resource("/api/v1/incidents/{reference}/assignee").post(assign))
        .service(web::resource("/api/v1/incidents/{reference}/close").post(close));
    merge::configure(cfg);
    link::configure(cfg);
}

/// The part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list, create, show, entries, add_entry, observables, triage, set_status, assign, close))]
pub struct ApiDoc;

/// A new incident's id and reference.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Created {
    #[schema(value_type = String, format = Uuid)]
    pub id: IncidentId,
    pub reference: String,
    /// Whether the organisation has yet to confirm it.
    pub unconfirmed: bool,
    /// With the reference, what shows the status of an unconfirmed report; told this once.
    pub receipt: Option<String>,
}

impl From<service::Filed> for Created {
    fn from(filed: service::Filed) -> Self {
        let unconfirmed = filed.receipt.is_some();
        Self { id: filed.id, reference: filed.reference, unconfirmed, receipt: filed.receipt }
    }
}

/// One incident as this caller may see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IncidentJson {
    #[schema(value_type = String, format = Uuid)]
    id: IncidentId,
    reference: String,
    title: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    organisation: Option<OrgId>,
    status: &'static str,
    close_reason: Option<&'static str>,
    class: Option<&'static str>,
    category: Option<&'static str>,
    impact: Option<&'static str>,
    spread: Option<&'static str>,
    priority: Option<i32>,
    priority_reason: Option<String>,
    tlp: &'static str,
    #[schema(value_type = Option<String>, format = Uuid)]
    assignee: Option<AccountId>,
    waiting_on: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    follow_up_at: Option<jiff::Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    deadline_at: Option<jiff::Timestamp>,
    restricted: bool,
    unconfirmed: bool,
    drill: bool,
    #[schema(value_type = String, format = DateTime)]
    reported_at: jiff::Timestamp,
    /// What the report said; absent where the reporter did not allow it to be told.
    description: Option<String>,
    /// Whether it is part of a larger one: its status is that one's.
    part_of_larger: bool,
    /// For the CERT's team: into which incident it was merged.
    merged_into: Option<String>,
    /// To be sent back with a change.
    version: i32,
}

impl From<View> for IncidentJson {
    fn from(view: View) -> Self {
        let description = view.report.map(|report| report.description);
        let i: Incident = view.incident;
        Self {
            id: i.id,
            reference: i.reference,
            title: i.title,
            organisation: i.organisation,
            status: i.status.code(),
            close_reason: i.close_reason.map(|v| v.code()),
            class: i.class.map(|v| v.code()),
            category: i.category.map(|v| v.code()),
            impact: i.impact.map(|v| v.code()),
            spread: i.spread.map(|v| v.code()),
            priority: i.priority,
            priority_reason: i.priority_reason,
            tlp: i.tlp.label(),
            assignee: i.assignee,
            waiting_on: i.waiting_on,
            follow_up_at: i.follow_up_at,
            deadline_at: i.deadline_at,
            restricted: i.is_restricted,
            unconfirmed: i.is_unconfirmed,
            drill: i.is_drill,
            reported_at: i.reported_at,
            description,
            part_of_larger: i.merged.is_some(),
            merged_into: view.lead,
            version: i.version,
        }
    }
}

/// A row of the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RowJson {
    reference: String,
    title: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    organisation: Option<OrgId>,
    status: &'static str,
    category: Option<&'static str>,
    priority: Option<i32>,
    tlp: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    deadline_at: Option<jiff::Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    reported_at: jiff::Timestamp,
}

impl From<Row> for RowJson {
    fn from(row: Row) -> Self {
        Self {
            reference: row.reference,
            title: row.title,
            organisation: row.organisation,
            status: row.status.code(),
            category: row.category.map(|v| v.code()),
            priority: row.priority,
            tlp: row.tlp.label(),
            deadline_at: row.deadline_at,
            reported_at: row.reported_at,
        }
    }
}

/// A page of the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ListJson {
    incidents: Vec<RowJson>,
    /// Send back as `cursor` for the next page; absent on the last.
    next: Option<String>,
}

/// A line of the timeline.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EntryJson {
    #[schema(value_type = String, format = Uuid)]
    id: EntryId,
    #[schema(value_type = String, format = DateTime)]
    at: jiff::Timestamp,
    author: String,
    kind: String,
    /// `team`, `organisation`, `involved`.
    audience: &'static str,
    #[schema(value_type = Object)]
    facts: serde_json::Map<String, serde_json::Value>,
    body: Option<String>,
}

impl From<Entry> for EntryJson {
    fn from(e: Entry) -> Self {
        let audience = e.audience.code();
        Self { id: e.id, at: e.at, author: e.author, kind: e.kind, audience, facts: e.facts, body: e.body }
    }
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    /// `true`: open ones, `false`: closed ones.
    open: Option<bool>,
    status: Option<String>,
    /// 1 to this.
    priority: Option<i32>,
    /// `me`, `none`, or an account's id.
    assignee: Option<String>,
    /// An organisation's id.
    organisation: Option<String>,
    /// A part of reference or title.
    q: Option<String>,
    /// Waiting cases, too.
    waiting: bool,
    cursor: Option<String>,
    /// 1 to 200, 50 otherwise.
    limit: Option<i64>,
}

impl ListQuery {
    fn filter(&self, me: Option<AccountId>) -> Result<Filter, Error> {
        let mut fields = Fields::default();
        let status = self.status.as_deref().map(input::status).transpose();
        let status = fields.keep("status", status).flatten();
        let organisation =
            self.organisation.as_deref().map(|id| id.parse().map_err(|_| "error-choice")).transpose();
        let organisation: Option<OrgId> = fields.keep("organisation", organisation).flatten();
        let assignee = match self.assignee.as_deref() {
            None => Ok(None),
            Some("me") => Ok(Some(me)),
            Some("none") => Ok(Some(None)),
            Some(id) => id.parse().map(|id| Some(Some(id))).map_err(|_| "error-choice"),
        };
        let assignee = fields.keep("assignee", assignee).flatten();
        let text = self.q.as_deref().map(crate::core::text::Line::<100>::parse).transpose();
        let text = fields.keep("q", text).flatten().map(crate::core::text::Line::into_string);
        fields.done(Some(Filter {
            open: self.open,
            status,
            priority_at_most: self.priority,
            assignee,
            organisations: organisation.map(|org| vec![org]),
            with_waiting: self.waiting,
            text,
            ..Filter::default()
        }))
    }
}

/// Lists what the caller may see: for the CERT's team what is due next first, for others the newest first.
#[utoipa::path(get, path = "/api/v1/incidents", params(ListQuery), responses((status = 200, body = ListJson)))]
async fn list(who: Bearer, site: Data<Site>, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let filter = query.filter(who.actor.account)?;
    let (cursor, limit) = (query.cursor.clone(), page::limit(query.limit));
    let page =
        site.db.read(move |tx| service::list(tx, &who.actor, &filter, cursor.as_deref(), limit)).await?;
    let incidents = page.rows.into_iter().map(RowJson::from).collect();
    Ok(HttpResponse::Ok().json(ListJson { incidents, next: page.next }))
}

/// Files a report. With `Idempotency-Key` a repeated call answers as the first did and files nothing.
#[utoipa::path(post, path = "/api/v1/incidents", request_body = RawReport,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 201, body = Created), (status = 422)))]
async fn create(
    who: Bearer,
    site: Data<Site>,
    request: HttpRequest,
    body: Json<RawReport>,
) -> Result<HttpResponse, Failure> {
    let key = idempotency::of_request(&request)?;
    let report = body.parse()?;
    let print =
        idempotency::fingerprint("POST", request.path(), &serde_json::to_vec(&*body).unwrap_or_default());
    let answer = site
        .db
        .write(move |tx| {
            let file = |tx: &mut Tx<'_>| {
                let filed = service::file(tx, &who.actor, &report)?;
                Answer::json(201, &Created::from(filed))
            };
            match (who.actor.account, &key) {
                (Some(account), Some(key)) => idempotency::once(tx, account, key, &print, file),
                _ => file(tx),
            }
        })
        .await?;
    Ok(answer.respond())
}

/// Shows an incident.
#[utoipa::path(get, path = "/api/v1/incidents/{reference}", responses((status = 200, body = IncidentJson), (status = 404)))]
async fn show(who: Bearer, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    let view = site.db.write(move |tx| service::show(tx, &who.actor, &reference)).await?;
    Ok(HttpResponse::Ok().json(IncidentJson::from(view)))
}

/// The timeline, newest first, as far as its audience includes the caller.
#[utoipa::path(get, path = "/api/v1/incidents/{reference}/entries", responses((status = 200, body = Vec<EntryJson>), (status = 404)))]
async fn entries(who: Bearer, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    let view = site.db.write(move |tx| service::show(tx, &who.actor, &reference)).await?;
    Ok(HttpResponse::Ok().json(view.entries.into_iter().map(EntryJson::from).collect::<Vec<_>>()))
}

/// A note or message.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    /// `team`, `organisation`, `involved`.
    audience: String,
    /// With `organisation`: which.
    organisation: Option<String>,
    text: String,
}

impl NewEntry {
    fn parse(&self) -> Result<(Audience, Prose), Error> {
        let mut fields = Fields::default();
        let organisation = self.organisation.as_deref().map(|id| id.parse().map_err(|_| "error-choice"));
        let organisation = fields.keep("organisation", organisation.transpose());
        let audience = match (self.audience.as_str(), organisation) {
            // Refused already, for its organisation.
            ("organisation", None) => None,
            ("team", Some(None)) => fields.keep("audience", Ok(Audience::Team)),
            ("involved", Some(None)) => fields.keep("audience", Ok(Audience::Involved)),
            ("organisation", Some(Some(org))) => fields.keep("audience", Ok(Audience::Organisation(org))),
            _ => fields.keep("audience", Err("error-choice")),
        };
        let text = fields.keep("text", Prose::parse(&self.text));
        fields.done(audience.zip(text))
    }
}

/// Writes to the timeline.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/entries", request_body = NewEntry, responses((status = 201), (status = 404)))]
async fn add_entry(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<NewEntry>,
) -> Result<HttpResponse, Failure> {
    let (audience, text) = body.parse()?;
    site.db.write(move |tx| service::message(tx, &who.actor, &reference, audience, &text)).await?;
    Ok(HttpResponse::Created().finish())
}

/// An observable of an incident.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ObservableJson {
    #[schema(value_type = String, format = Uuid)]
    id: ObservableId,
    /// `ipv4`, `domain`, `sha256`…
    r#type: &'static str,
    /// The attribute type of the MISP core format.
    misp_type: &'static str,
    /// Not defanged.
    value: String,
    #[schema(value_type = String, format = DateTime)]
    first_seen: jiff::Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_seen: jiff::Timestamp,
    /// In how many texts of the incident.
    sightings: usize,
    /// In how many other incidents that this caller may see; 0 for harmless ones.
    other_incidents: i64,
    /// `own`, `known`, `hand`; absent for a trace.
    harmless: Option<&'static str>,
}

impl From<Listed> for ObservableJson {
    fn from(listed: Listed) -> Self {
        let of = listed.observable;
        Self {
            id: of.id,
            r#type: of.kind.code(),
            misp_type: of.kind.misp(),
            value: of.value,
            first_seen: listed.first_seen,
            last_seen: listed.last_seen,
            sightings: listed.sightings,
            other_incidents: listed.elsewhere,
            harmless: of.harmless.map(|why| why.code()),
        }
    }
}

/// The observables of an incident, for the team.
#[utoipa::path(get, path = "/api/v1/incidents/{reference}/observables", responses((status = 200, body = Vec<ObservableJson>), (status = 404)))]
async fn observables(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let listed = site.db.write(move |tx| observables::show_case(tx, &who.actor, &reference)).await?;
    Ok(HttpResponse::Ok().json(listed.into_iter().map(ObservableJson::from).collect::<Vec<_>>()))
}

/// Decides class, category, priority and TLP.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/triage", request_body = RawTriage, responses((status = 200, body = IncidentJson), (status = 409)))]
async fn triage(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<RawTriage>,
) -> Result<HttpResponse, Failure> {
    let decision = body.parse()?;
    changed(who, site, reference, move |tx, actor, reference| {
        service::triage(tx, actor, reference, body.version, &decision)
    })
    .await
}

/// Runs a change and answers with the incident as it is afterwards.
async fn changed(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    change: impl Fn(&mut Tx<'_>, &crate::core::actor::Actor, &str) -> Result<(), Error> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let view = site
        .db
        .write(move |tx| {
            change(tx, &who.actor, &reference)?;
            service::show(tx, &who.actor, &reference)
        })
        .await?;
    Ok(HttpResponse::build(StatusCode::OK).json(IncidentJson::from(view)))
}

/// Another status.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    version: i32,
    /// `in_progress`, `contained`; from `closed` `in_progress` reopens.
    status: String,
}

/// Moves the incident to another status, or reopens it.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/status", request_body = NewStatus, responses((status = 200, body = IncidentJson), (status = 409)))]
async fn set_status(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<NewStatus>,
) -> Result<HttpResponse, Failure> {
    let to = input::status(&body.status).map_err(|reason| Error::from(FieldError::new("status", reason)))?;
    changed(who, site, reference, move |tx, actor, reference| {
        service::set_status(tx, actor, reference, body.version, to)
    })
    .await
}

/// Who works on it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignee {
    version: i32,
    /// `me`, an account's id, or absent for nobody.
    assignee: Option<String>,
}

/// Gives the incident to an analyst.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/assignee", request_body = NewAssignee, responses((status = 200, body = IncidentJson), (status = 409)))]
async fn assign(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<NewAssignee>,
) -> Result<HttpResponse, Failure> {
    let to = match body.assignee.as_deref() {
        None => None,
        Some("me") => who.actor.account,
        Some(id) => Some(id.parse().map_err(|_| Error::from(FieldError::new("assignee", "error-choice")))?),
    };
    changed(who, site, reference, move |tx, actor, reference| {
        service::assign(tx, actor, reference, body.version, to)
    })
    .await
}

/// The end.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnd {
    version: i32,
    /// `resolved`, `false_alarm`, `passed_on`; a merge is another call.
    reason: String,
}

/// Closes the incident.
#[utoipa::path(post, path = "/api/v1/incidents/{reference}/close", request_body = NewEnd, responses((status = 200, body = IncidentJson), (status = 409)))]
async fn close(
    who: Bearer,
    site: Data<Site>,
    reference: Path<String>,
    body: Json<NewEnd>,
) -> Result<HttpResponse, Failure> {
    let reason = input::close_reason(&body.reason).map_err(|r| Error::from(FieldError::new("reason", r)))?;
    changed(who, site, reference, move |tx, actor, reference| {
        service::close(tx, actor, reference, body.version, reason)
    })
    .await
}
