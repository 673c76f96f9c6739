//! The one place where a refusal or failure becomes an HTTP answer: a page for people, a problem for programs.
//!
//! Handlers return [`Failure`], or any error of actix-web; [`render`] gives each the form that its path wants.
//! Faults of ours are logged here, once; nothing internal reaches an answer.

mod page;
mod problem;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{InternalError, ResponseError};
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use tracing_actix_web::RequestId;

use super::forms::{self, FormData};
use super::visit::Visit;
use crate::core::error::{Error, FieldError};
use crate::core::i18n::{self, Arg, Lang};

pub use problem::{FieldProblem, Problem};

/// Why a handler has no page to show.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Failure {
    cause: Cause,
    /// What was typed, given back on the error page.
    kept: Option<FormData>,
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    Service(#[from] Error),
    /// A fault of the request itself. The Fluent key says more than the status, or is empty.
    #[error("status {0} {1}")]
    Request(StatusCode, &'static str),
    /// A field of a JSON body by its path, which is the sender's word; empty where it is the body as a whole.
    #[error("field {0} {1}")]
    Field(String, &'static str),
    #[error("the form's token is not this visitor's")]
    StaleForm,
    #[error("sent by a foreign site")]
    Foreign,
}

impl Failure {
    /// A fault of the request itself, below any rule.
    pub(super) fn status(status: StatusCode, detail: &'static str) -> Self {
        Self { cause: Cause::Request(status, detail), kept: None }
    }

    /// A field of a JSON body has a fault. The Fluent key says which.
    pub(super) fn field(path: String, reason: &'static str) -> Self {
        Self { cause: Cause::Field(path, reason), kept: None }
    }

    pub(super) fn stale_form(form: FormData) -> Self {
        Self { cause: Cause::StaleForm, kept: Some(form) }
    }

    pub(super) fn foreign() -> Self {
        Self { cause: Cause::Foreign, kept: None }
    }

    /// The refused fields, where nothing else is wrong.
    ///
    /// # Errors
    /// The failure itself, where it is another one.
    pub fn invalid(self) -> Result<Vec<FieldError>, Self> {
        match self.cause {
            Cause::Service(Error::Invalid(errors)) => Ok(errors),
            cause => Err(Self { cause, ..self }),
        }
    }

    /// The error page gives back what was typed, with a button to send it again.
    #[must_use]
    pub fn keeping(mut self, form: FormData) -> Self {
        self.kept = Some(form);
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { cause: Cause::Service(error), kept: None }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        kind(&self.cause).1
    }

    /// Bare: [`render`] writes the body.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The word for programs, also in the Fluent keys, and the status.
fn kind(cause: &Cause) -> (&'static str, StatusCode) {
    match cause {
        Cause::Service(error) => match error {
            Error::NotFound => ("not-found", StatusCode::NOT_FOUND),
            Error::Forbidden(_) => ("forbidden", StatusCode::FORBIDDEN),
            Error::SignInNeeded => ("sign-in", StatusCode::UNAUTHORIZED),
            Error::Invalid(_) => ("field", StatusCode::UNPROCESSABLE_ENTITY),
            Error::Conflict(_) => ("conflict", StatusCode::CONFLICT),
            Error::Stale => ("stale", StatusCode::CONFLICT),
            Error::RateLimited { .. } => ("rate-limit", StatusCode::TOO_MANY_REQUESTS),
            Error::Unavailable(_) => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
            Error::Database(_) | Error::Internal(_) => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
        },
        Cause::Field(..) => ("field", StatusCode::UNPROCESSABLE_ENTITY),
        Cause::StaleForm => ("stale-form", StatusCode::FORBIDDEN),
        Cause::Foreign => ("foreign", StatusCode::FORBIDDEN),
        Cause::Request(status, _) => (request_kind(*status), *status),
    }
}

fn request_kind(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "media-type",
        StatusCode::REQUEST_TIMEOUT => "timeout",
        StatusCode::TOO_MANY_REQUESTS => "rate-limit",
        StatusCode::UNAUTHORIZED => "sign-in",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_client_error() => "malformed",
        _ => "internal",
    }
}

/// All that an answer says, before it is a page or a problem.
struct Answer<'a> {
    kind: &'static str,
    status: StatusCode,
    /// More than the kind says: the service's reason; empty where there is none.
    detail: String,
    /// What to do about this reason, where the kind's own advice does not fit: the reason's attribute `next`.
    next: Option<String>,
    fields: Vec<(String, String)>,
    retry_after_s: Option<u32>,
    kept: Option<&'a FormData>,
    request_id: Option<String>,
}

impl<'a> Answer<'a> {
    fn of(failure: &'a Failure, request_id: Option<String>) -> Self {
        let (kind, status) = kind(&failure.cause);
        let text =
            |key: &str| if key.is_empty() { String::new() } else { i18n::text(Lang::De, key).into_owned() };
        let (mut detail, mut next, mut fields, mut retry_after_s) = (String::new(), None, Vec::new(), None);
        match &failure.cause {
            Cause::Service(Error::Forbidden(key) | Error::Conflict(key)) | Cause::Request(_, key) => {
                detail = text(key);
                next = i18n::attribute(Lang::De, key, "next").map(Into::into);
            }
            Cause::Field(path, key) if path.is_empty() => detail = text(key),
            Cause::Field(path, key) => fields.push((path.clone(), text(key))),
            Cause::Service(Error::Invalid(errors)) => fields = errors.iter().map(told).collect(),
            Cause::Service(Error::RateLimited { retry_after_s: seconds }) => retry_after_s = Some(*seconds),
            Cause::Service(Error::Unavailable(_)) => retry_after_s = Some(5),
            _ => {}
        }
        if let Some(seconds) = retry_after_s {
            detail = i18n::text_with(Lang::De, "web-retry", &[("seconds", Arg::Number(i64::from(seconds)))])
                .into();
        }
        Self { kind, status, detail, next, fields, retry_after_s, kept: failure.kept.as_ref(), request_id }
    }

    /// An answer of actix-web or of another middleware, told apart by its status.
    fn of_status(status: StatusCode, headers: &HeaderMap, request_id: Option<String>) -> Self {
        let retry_after_s = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse().ok());
        Self {
            kind: request_kind(status),
            status,
            detail: String::new(),
            next: None,
            fields: Vec::new(),
            retry_after_s,
            kept: None,
            request_id,
        }
    }

    /// The text of this kind for `part`: `title`, `what`, `kept`, `next`.
    fn say(&self, part: &str) -> String {
        self.say_with(part, &[])
    }

    /// The same where the text names whom to call.
    fn say_with(&self, part: &str, args: &[(&str, Arg<'_>)]) -> String {
        i18n::text_with(Lang::De, &format!("web-error-{}-{part}", self.kind), args).into_owned()
    }
}

fn told(error: &FieldError) -> (String, String) {
    (error.field.to_owned(), forms::reason(error))
}

/// Whether a path belongs to programs.
pub(super) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Middleware, outside the session's and inside [`super::headers::secure`]: writes the body of every failure.
/// A page that a handler rendered itself, whatever its status, passes untouched.
///
/// # Errors
/// An error that carries its finished answer, where an inner middleware gave up.
pub async fn render(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // The request itself must not be cloned before routing; these few facts outlive it.
    let before = Before {
        api: is_api(req.path()),
        page: req.method() == Method::GET,
        target: req.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        visit: Visit::of(req.request()),
        request_id: req.extensions().get::<RequestId>().map(ToString::to_string),
    };
    match next.call(req).await {
        Ok(res) if !is_bare(&res) => Ok(res.map_into_boxed_body()),
        Ok(res) => {
            let (request, mut old) = res.map_into_boxed_body().into_parts();
            let headers = std::mem::replace(old.headers_mut(), HeaderMap::new());
            let new = before.answer(old.error(), old.status(), headers, Some(&request));
            Ok(ServiceResponse::new(request, new))
        }
        Err(error) => {
            let mut bare = error.as_response_error().error_response();
            let headers = std::mem::replace(bare.headers_mut(), HeaderMap::new());
            let answer = before.answer(Some(&error), bare.status(), headers, None);
            Err(InternalError::from_response(error, answer).into())
        }
    }
}

/// Whether an answer is an error that nobody wrote a body for.
fn is_bare<B: MessageBody>(res: &ServiceResponse<B>) -> bool {
    let status = res.status();
    let empty = matches!(res.response().body().size(), BodySize::None | BodySize::Sized(0));
    (status.is_client_error() || status.is_server_error()) && (res.response().error().is_some() || empty)
}

struct Before {
    api: bool,
    page: bool,
    target: String,
    visit: Result<Visit, Error>,
    request_id: Option<String>,
}

impl Before {
    fn answer(
        &self,
        error: Option<&actix_web::Error>,
        status: StatusCode,
        mut headers: HeaderMap,
        request: Option<&HttpRequest>,
    ) -> HttpResponse {
        let failure = error.and_then(actix_web::Error::as_error::<Failure>);
        let id = self.request_id.clone();
        // What a form held, whatever its handler failed at: nobody types it again.
        let typed = request.and_then(|request| request.extensions_mut().remove::<FormData>());
        let mut answer = match failure {
            Some(failure) => Answer::of(failure, id),
            None => Answer::of_status(status, &headers, id),
        };
        answer.kept = answer.kept.or(typed.as_ref());
        log(&answer, failure, error);
        for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING] {
            headers.remove(name);
        }
        let response = if self.api {
            problem::response(&answer)
        } else {
            // The session's middleware ran in between: only now it is known who is signed in.
            let visit = request.map(Visit::of);
            page::response(
                &answer,
                visit.as_ref().unwrap_or(&self.visit).as_ref().ok(),
                self.page,
                &self.target,
            )
        };
        with_headers(response, headers, answer.retry_after_s)
    }
}

fn with_headers(mut response: HttpResponse, kept: HeaderMap, retry_after_s: Option<u32>) -> HttpResponse {
    for (name, value) in kept {
        response.headers_mut().append(name, value);
    }
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

fn log(answer: &Answer<'_>, failure: Option<&Failure>, error: Option<&actix_web::Error>) {
    let request_id = answer.request_id.as_deref().unwrap_or_default();
    match (failure, error) {
        _ if !answer.status.is_server_error() => {}
        (Some(failure), _) => tracing::error!(request_id, cause = %failure, "a request failed"),
        (None, Some(error)) => tracing::error!(request_id, cause = %error, "a request failed"),
        (None, None) => tracing::error!(request_id, status = answer.status.as_u16(), "a request failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_has_its_four_sentences() {
        let failures = [
            Cause::StaleForm,
            Cause::Foreign,
            Error::NotFound.into(),
            Error::Forbidden("").into(),
            Error::SignInNeeded.into(),
            Error::Invalid(Vec::new()).into(),
            Error::Conflict("").into(),
            Error::Stale.into(),
            Error::RateLimited { retry_after_s: 1 }.into(),
            Error::Unavailable(String::new()).into(),
            Error::Internal(String::new()).into(),
        ];
        let statuses = (400..600).filter_map(|code| StatusCode::from_u16(code).ok()).map(request_kind);
        for kind in failures.iter().map(|cause| kind(cause).0).chain(statuses) {
            for part in ["title", "what", "kept", "next"] {
                let key = format!("web-error-{kind}-{part}");
                assert!(i18n::has(Lang::De, &key), "{key}");
            }
        }
    }
}
