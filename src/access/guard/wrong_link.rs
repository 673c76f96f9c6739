//! Whoever tries links that do not hold is counted by address, whichever feature the link belongs to.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::enter;
use super::visitor::Visitor;
use crate::access::service::limits::{self, Attempt};
use crate::access::settings::AccessSettings;
use crate::core::error::{Error, Result};

/// Counts a link of another feature that led nowhere.
///
/// # Errors
/// [`Error::RateLimited`], the database's.
pub async fn count_wrong_link(request: &HttpRequest, visitor: &Visitor) -> Result<()> {
    let settings = request.app_data::<Data<AccessSettings>>().cloned();
    let limit = settings.map_or_else(Default::default, |settings| settings.limits.clone()).link_address;
    let attempt = Attempt::new("link", &visitor.limited_as(), limit);
    let site = enter::site(request)?;
    match site.db.write(move |tx| limits::attempt(tx, std::slice::from_ref(&attempt))).await? {
        None => Ok(()),
        Some(retry_after_s) => Err(Error::RateLimited { retry_after_s }),
    }
}
