//! Pages that are the same as a moment ago are not made again.
//!
//! A handler marks its answer as [`Repeatable`] where it only reads. The page is kept under what the browser sent: its
//! cookies and the address. It is given again to the same session while nothing was committed since it was begun
//! ([`Db::mark`]), so a session that was ended, a role that was taken and a case that changed all count at once; and
//! for five seconds at most, since ages on it are told in minutes and a session also ends by time.
//!
//! `Cache-Status` (RFC 9211) says what came from here.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, COOKIE, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage as _, HttpResponse};
use jiff::{SignedDuration, Timestamp};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::store::{Db, Mark};

/// How long a page may be given again.
const LONGEST: SignedDuration = SignedDuration::from_secs(5);
/// Pages that are expected when memory is set aside for their list.
const PAGES: usize = 256;
/// The largest page that is kept, in bytes.
const LARGEST: usize = 512 << 10;
/// RFC 9211, section 2.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Says of an answer that it may be given to the same browser again while nothing changes: nothing is recorded when it
/// is given, and it says nothing once only.
#[derive(Debug, Clone, Copy)]
pub struct Repeatable;

/// What a browser sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    cookies: HeaderValue,
    address: String,
}

impl Asked {
    /// Nothing for whoever brings no cookie, and for what is no plain reading of such a page.
    fn of(req: &ServiceRequest, paths: &[&str]) -> Option<Self> {
        let is_plain = req.method() == Method::GET && paths.contains(&req.path());
        let mut cookies = req.headers().get_all(COOKIE).filter(|_| is_plain);
        let first = cookies.next()?.clone();
        let address = req.uri().path_and_query()?.to_string();
        cookies.next().is_none().then_some(Self { cookies: first, address })
    }
}

struct Page {
    mark: Mark,
    made_at: Timestamp,
    media_type: HeaderValue,
    html: Bytes,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Asked, Arc<Page>> for Weight {
    fn weight(&self, asked: &Asked, page: &Arc<Page>) -> u64 {
        (asked.cookies.len() + asked.address.len() + page.html.len()) as u64
    }
}

/// The pages of this process.
pub struct Unchanged {
    db: Db,
    /// Whose answers may be [`Repeatable`].
    paths: &'static [&'static str],
    pages: Cache<Asked, Arc<Page>, Weight>,
}

impl Unchanged {
    /// With no page yet; those of these paths are kept, `bytes` of them at most. None at all where that is zero.
    #[must_use]
    pub fn new(db: Db, paths: &'static [&'static str], bytes: u64) -> Self {
        let paths = if bytes == 0 { &[] } else { paths };
        Self { db, paths, pages: Cache::with_weighter(PAGES, bytes, Weight) }
    }

    /// The page, where it is still what would be made now.
    fn again(&self, asked: &Asked, mark: &Mark) -> Option<Arc<Page>> {
        let page = self.pages.get(asked)?;
        let age = self.db.env().now().duration_since(page.made_at);
        (page.mark == *mark && age >= SignedDuration::ZERO && age < LONGEST).then_some(page)
    }
}

impl Page {
    fn answer(&self) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, self.media_type.clone()))
            .insert_header((CACHE_STATUS, HeaderValue::from_static("Meldekette; hit")))
            .body(self.html.clone())
    }
}

/// Middleware around the session's: gives a page again, or keeps the one that is made.
///
/// # Errors
/// What the inner service returns.
pub async fn unchanged(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let kept = req.app_data::<Data<Unchanged>>().cloned();
    let asked = kept.as_ref().and_then(|kept| Asked::of(&req, kept.paths));
    let (Some(kept), Some(asked)) = (kept, asked) else {
        return Ok(next.call(req).await?.map_into_boxed_body());
    };
    // Asked for before anything is read: what is committed meanwhile makes the page old already.
    let Ok(mark) = kept.db.mark().await else { return Ok(next.call(req).await?.map_into_boxed_body()) };
    if let Some(page) = kept.again(&asked, &mark) {
        return Ok(req.into_response(page.answer()));
    }
    // Who comes in hangs on the same moment.
    req.extensions_mut().insert(mark.clone());
    let made_at = kept.db.env().now();
    let (req, answer) = next.call(req).await?.map_into_boxed_body().into_parts();
    let is_repeatable = answer.status() == StatusCode::OK
        && answer.extensions().contains::<Repeatable>()
        && !answer.headers().contains_key(header::SET_COOKIE);
    let media_type = answer.headers().get(header::CONTENT_TYPE).filter(|_| is_repeatable).cloned();
    let Some(media_type) = media_type else { return Ok(ServiceResponse::new(req, answer)) };
    let (answer, body) = answer.into_parts();
    Ok(match body.try_into_bytes() {
        Ok(html) => {
            if html.len() <= LARGEST {
                // A page that was just made has room to grow, which nobody counts: what is kept is as long as it reads.
                let page = Page { mark, made_at, media_type, html: Bytes::copy_from_slice(&html) };
                kept.pages.insert(asked, Arc::new(page));
            }
            ServiceResponse::new(req, answer.set_body(BoxBody::new(html)))
        }
        Err(body) => ServiceResponse::new(req, answer.set_body(body)),
    })
}
