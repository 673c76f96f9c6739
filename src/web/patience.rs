//! A bound on how long a body may take to arrive: whoever sends a byte now and then holds no connection for ever. A
//! large file may take its time, as long as its bytes come.

use std::future::Future as _;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::error::Failure;
use super::layout::Kit;

/// Bytes for which a body gets a second more.
const WORTH_A_SECOND: u32 = 16 << 10;

/// Middleware: a body that is not whole within [`Kit::body_patience`], and a second more for each 16 KiB that came,
/// breaks off; so does one of which nothing comes for that long. Whoever reads it answers 408.
///
/// # Errors
/// What the inner service returns.
pub async fn limit<B: MessageBody>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let patience = req.app_data::<Data<Kit>>().map(|kit| kit.body_patience);
    let body = req.take_payload();
    req.set_payload(match (body, patience) {
        (Payload::None, _) => Payload::None,
        (body, None) => body,
        (mut body, Some(patience)) => {
            let mut end = Box::pin(tokio::time::sleep(patience));
            let piece = move |cx: &mut Context<'_>| match end.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into())))),
                Poll::Pending => {
                    let next = body.poll_next_unpin(cx);
                    if let Poll::Ready(Some(Ok(bytes))) = &next {
                        let more =
                            Duration::from_secs(1) * u32::try_from(bytes.len()).unwrap_or(0) / WORTH_A_SECOND;
                        let later = (end.deadline() + more).min(Instant::now() + patience);
                        if later > end.deadline() {
                            end.as_mut().reset(later);
                        }
                    }
                    next
                }
            };
            Payload::Stream { payload: Box::pin(stream::poll_fn(piece)) }
        }
    });
    next.call(req).await
}

/// Whether a body broke off because patience ended.
pub(super) fn is_over(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// What is said about a body that broke off.
pub(super) fn broken_off(error: &PayloadError) -> Failure {
    if is_over(error) {
        Failure::status(StatusCode::REQUEST_TIMEOUT, "")
    } else {
        Failure::status(StatusCode::BAD_REQUEST, "web-broken-off")
    }
}
