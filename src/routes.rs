//! Every address of the product, and what stands around each request.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App as Actix, Error, HttpRequest, HttpResponse};
use tracing_actix_web::{RootSpanBuilder, TracingLogger};
use utoipa::OpenApi as _;

use crate::access::factor::FactorSeal;
use crate::access::guard::{self, Crowd, Held};
use crate::access::settings::AccessSettings;
use crate::crypto::keys::{CERTIFICATE_ENDED, Validity};
use crate::desk::{Live, Mailbox, Trail};
use crate::incidents::evidence::reader::Reader;
use crate::incidents::evidence::vault::Vault;
use crate::store::migrate;
use crate::web::site::Site;
use crate::web::unchanged::Unchanged;
use crate::{access, advisories, correspondence, desk, directory, duties, escalation, incidents};

/// What each worker thread of the server shares.
#[derive(Clone)]
pub struct Shared {
    pub site: Data<Site>,
    pub kit: Data<crate::web::Kit>,
    pub access: Data<AccessSettings>,
    pub factors: Data<FactorSeal>,
    pub crowd: Data<Crowd>,
    pub trail: Data<Trail>,
    pub live: Data<Live>,
    pub unchanged: Data<Unchanged>,
    pub vault: Data<Vault>,
    pub mails: Data<Reader>,
    /// When the certificate that signs mails is valid.
    pub signing: Data<Validity>,
    pub cookie_key: actix_web::cookie::Key,
    /// Sessions that were read a moment ago.
    pub held: Arc<Held>,
    /// The demonstration's mails.
    pub mailbox: Option<Data<Mailbox>>,
}

/// The application for one worker thread.
pub fn application(
    shared: &Shared,
) -> Actix<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let sessions =
        guard::sessions(&shared.site.db, shared.access.sessions, shared.cookie_key.clone(), &shared.held);
    Actix::new()
        .app_data(shared.site.clone())
        .app_data(shared.kit.clone())
        .app_data(shared.access.clone())
        .app_data(shared.factors.clone())
        .app_data(shared.crowd.clone())
        .app_data(shared.trail.clone())
        .app_data(shared.live.clone())
        .app_data(shared.unchanged.clone())
        .app_data(shared.vault.clone())
        .app_data(shared.mails.clone())
        .app_data(shared.signing.clone())
        .app_data(web::PayloadConfig::new(shared.kit.form_limit))
        .configure(register)
        .configure(|cfg| {
            if let Some(mailbox) = &shared.mailbox {
                cfg.app_data(mailbox.clone()).configure(desk::mailbox);
            }
        })
        .wrap(from_fn(guard::enter))
        .wrap(sessions)
        .wrap(from_fn(guard::tell_trouble))
        .wrap(from_fn(crate::web::unchanged::unchanged))
        .wrap(from_fn(guard::limit_posts))
        .wrap(from_fn(crate::web::csrf::same_site))
        .wrap(from_fn(crate::web::patience::limit))
        .wrap(from_fn(crate::web::error::render))
        .wrap(from_fn(crate::web::headers::secure))
        .wrap(Compress::default())
        .wrap(TracingLogger::<Span>::new())
}

/// All routes. They are compared in this order: what is looked at all day comes first.
pub fn register(cfg: &mut ServiceConfig) {
    cfg.configure(desk::pages::queue)
        .configure(crate::web::routes)
        .configure(access::pages::configure)
        .configure(directory::pages::configure)
        .configure(directory::api::configure)
        .configure(incidents::pages::configure)
        .configure(incidents::guide::pages::configure)
        .configure(incidents::papers::pages::configure)
        .configure(incidents::api::configure)
        .configure(incidents::search::pages::configure)
        .configure(incidents::search::api::configure)
        .configure(incidents::evidence::pages::configure)
        .configure(incidents::fanout::pages::configure)
        .configure(incidents::tasks::pages::configure)
        .configure(incidents::tasks::api::configure)
        .configure(incidents::observables::pages::configure)
        .configure(correspondence::pages::configure)
        .configure(correspondence::threads::pages::configure)
        .configure(duties::pages::configure)
        .configure(escalation::pages::configure)
        .configure(escalation::roster::pages::configure)
        .configure(escalation::api::configure)
        .configure(advisories::pages::configure)
        .configure(advisories::api::configure)
        .configure(desk::pages::configure)
        .service(web::resource("/api/v1/openapi.json").get(openapi))
        .service(web::resource("/healthz").get(alive))
        .service(web::resource("/readyz").get(ready));
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Meldekette", description = "Incident reports up the chain, signed advisories down."),
    modifiers(&BearerAuth)
)]
struct Api;

struct BearerAuth;

impl utoipa::Modify for BearerAuth {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
        openapi.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
}

/// The whole OpenAPI 3.1 document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Api::openapi();
    for part in [
        directory::api::ApiDoc::openapi(),
        incidents::api::ApiDoc::openapi(),
        incidents::tasks::api::ApiDoc::openapi(),
        incidents::api::merge::ApiDoc::openapi(),
        incidents::api::link::ApiDoc::openapi(),
        incidents::search::api::ApiDoc::openapi(),
        escalation::api::ApiDoc::openapi(),
        advisories::api::ApiDoc::openapi(),
    ] {
        document.merge(part);
    }
    document
}

async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(document())
}

/// The process answers.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can do its work: the database answers and its schema is up to date. Where mails wait for a certificate
/// it says so, and is ready: reports and pages work.
async fn ready(site: Data<Site>, signing: Data<Validity>) -> HttpResponse {
    let db = site.db.clone();
    let checked = tokio::task::spawn_blocking(move || db.with_connection(migrate::is_pending)).await;
    match checked {
        Ok(Ok(false)) => {
            HttpResponse::Ok().content_type("text/plain").body(match signing.check(site.db.env().now()) {
                Ok(()) => "ok\n".to_owned(),
                Err(error) => format!("ok, but {error}; {CERTIFICATE_ENDED}\n"),
            })
        }
        Ok(Ok(true)) => {
            HttpResponse::ServiceUnavailable().body("the schema is not up to date: meldekette migrate\n")
        }
        _ => HttpResponse::ServiceUnavailable().body("the database does not answer\n"),
    }
}

/// The log's span of a request: its route, never its address, which may hold a single-use link.
pub struct Span;

impl RootSpanBuilder for Span {
    fn on_request_start(request: &ServiceRequest) -> tracing::Span {
        let route = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
        let request_id = request_id(request.request());
        tracing::info_span!(
            "request",
            method = %request.method(),
            route,
            request_id,
            status = tracing::field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(span: tracing::Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        span.in_scope(|| tracing::debug!("answered"));
    }
}

fn request_id(request: &HttpRequest) -> String {
    use actix_web::HttpMessage as _;
    request.extensions().get::<tracing_actix_web::RequestId>().map_or(String::new(), ToString::to_string)
}
