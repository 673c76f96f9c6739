//! The coarse limit on what one address changes: in memory, before anything is read or hashed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ContentType, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::web::Data;
use jiff::Timestamp;

use super::address::{client_ip, limited_as};
use crate::access::service::limits::Window;
use crate::access::settings::{AccessSettings, Limit};
use crate::core::error::Error;
use crate::web::{Failure, Kit};

/// How many addresses are remembered before those of earlier windows are forgotten.
const ADDRESSES: usize = 10_000;

/// Who changed how much lately, in this process. Shared by all its threads as `web::Data<Crowd>`.
#[derive(Debug, Default)]
pub struct Crowd(Mutex<HashMap<Option<IpAddr>, Seen>>);

#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    slot: i64,
    running: i64,
    before: i64,
    /// Turned away in this window.
    refused: i64,
}

/// Somebody is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    seconds: u32,
    /// Whether as many were turned away already as are let in: no person is that stubborn, and a page is wasted.
    is_flood: bool,
}

impl Crowd {
    /// Counts one change, or says how long to wait.
    fn count(&self, from: Option<IpAddr>, now: Timestamp, limit: Limit) -> Option<Wait> {
        let window = Window::at(now, limit);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES {
            all.retain(|_, seen| seen.slot >= window.slot - window.span);
        }
        let seen = all.entry(from).or_default();
        if seen.slot != window.slot {
            let before = if seen.slot == window.slot - window.span { seen.running } else { 0 };
            *seen = Seen { slot: window.slot, running: 0, before, refused: 0 };
        }
        let Some(seconds) = window.wait(seen.running, seen.before) else {
            seen.running += 1;
            return None;
        };
        seen.refused += 1;
        Some(Wait { seconds, is_flood: seen.refused > i64::from(limit.hits) })
    }
}

/// Middleware: refuses changes beyond `limits.post_address`.
///
/// # Errors
/// What the inner service returns.
pub async fn limit_posts<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let (settings, crowd) = (req.app_data::<Data<AccessSettings>>(), req.app_data::<Data<Crowd>>());
    if let (Some(settings), Some(crowd), Some(kit)) = (settings, crowd, req.app_data::<Data<Kit>>())
        && !req.method().is_safe()
    {
        let from = client_ip(req.request(), &settings.trusted_proxies).map(limited_as);
        match crowd.count(from, kit.env.now(), settings.limits.post_address) {
            Some(Wait { seconds, is_flood: true }) => {
                let mut bare = HttpResponse::TooManyRequests();
                bare.insert_header((RETRY_AFTER, seconds)).insert_header(ContentType::plaintext());
                return Ok(req.into_response(bare.body("429\n")).map_into_right_body());
            }
            Some(Wait { seconds: retry_after_s, .. }) => {
                let refusal = Failure::from(Error::RateLimited { retry_after_s });
                return Ok(req.error_response(refusal).map_into_right_body());
            }
            None => {}
        }
    }
    Ok(next.call(req).await?.map_into_left_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_noisy_address_does_not_silence_another() {
        let (crowd, limit) = (Crowd::default(), Limit::new(3, 1));
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (noisy, quiet) = ("203.0.113.5".parse().ok(), "203.0.113.6".parse().ok());
        let answers: Vec<_> = (0..4).map(|_| crowd.count(noisy, now, limit).is_none()).collect();
        assert_eq!(answers, [true, true, true, false]);
        assert_eq!(crowd.count(quiet, now, limit), None);
        let waits: Vec<_> = (0..3).map(|_| crowd.count(noisy, now, limit).expect("a wait")).collect();
        assert_eq!(waits.iter().map(|wait| wait.is_flood).collect::<Vec<_>>(), [false, false, true]);
        let later = now + jiff::SignedDuration::from_secs(waits[2].seconds.into());
        assert_eq!(crowd.count(noisy, later, limit), None, "after waiting as told");
    }
}
