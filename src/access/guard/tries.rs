//! What strangers try is counted by address, whichever feature it belongs to.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::enter;
use super::visitor::Visitor;
use crate::access::service::limits::{self, Attempt};
use crate::access::settings::{AccessSettings, RateLimits};
use crate::core::error::{Error, Result};
use crate::store::Db;
use crate::web::{Failure, Shell};

/// What somebody without an account does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// Begins a report.
    Begin,
    /// Types a code: of a draft, or with a reference.
    Code,
}

/// Counts a link of another feature that led nowhere.
///
/// # Errors
/// [`Error::RateLimited`], the database's.
async fn count_wrong_link(request: &HttpRequest, visitor: &Visitor) -> Result<()> {
    let attempt = Attempt::new("link", &visitor.limited_as(), limits_of(request).link_address);
    count(&enter::site(request)?.db, vec![attempt]).await
}

/// The answer where a link of another feature leads nowhere: `page` under this title, the same for a link that is used,
/// over, or was never one, and the try is counted. All else stays a failure.
///
/// # Errors
/// As `count_wrong_link`; every other error than [`Error::NotFound`].
pub async fn nowhere<T: Template>(
    request: &HttpRequest,
    visitor: &Visitor,
    error: Error,
    title: &str,
    page: impl FnOnce(Shell) -> T,
) -> Result<HttpResponse, Failure> {
    if !matches!(error, Error::NotFound) {
        return Err(error.into());
    }
    count_wrong_link(request, visitor).await?;
    visitor.answer(StatusCode::NOT_FOUND, &page(visitor.shell_of(title).failed()))
}

/// Counts what a stranger does before it is done, by address and, where it writes, all together.
///
/// # Errors
/// [`Error::RateLimited`], the database's.
pub async fn count_try(request: &HttpRequest, visitor: &Visitor, what: Try) -> Result<()> {
    let (limits, address) = (limits_of(request), visitor.limited_as());
    let attempts = match what {
        Try::Begin => vec![
            Attempt::new("begin_address", &address, limits.begin_address),
            Attempt::new("begin", "", limits.begin),
        ],
        Try::Code => vec![Attempt::new("code_address", &address, limits.code_address)],
    };
    count(&enter::site(request)?.db, attempts).await
}

fn limits_of(request: &HttpRequest) -> RateLimits {
    let settings = request.app_data::<Data<AccessSettings>>().cloned();
    settings.map_or_else(Default::default, |settings| settings.limits.clone())
}

/// Counts attempts, each by what bounds it.
///
/// # Errors
/// [`Error::RateLimited`], the database's.
pub async fn count(db: &Db, attempts: Vec<Attempt>) -> Result<()> {
    match db.write(move |tx| limits::attempt(tx, &attempts)).await? {
        None => Ok(()),
        Some(retry_after_s) => Err(Error::RateLimited { retry_after_s }),
    }
}
