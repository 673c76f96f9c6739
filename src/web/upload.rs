//! A file that somebody signed in sends with a form, kept in memory: for lists that are read at once and then let go.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;

use super::csrf;
use super::error::Failure;
use super::forms::FormData;
use super::patience;
use super::visit::{SignedIn, Visit};
use crate::core::error::Error;

/// The name of the field that holds the file.
pub const FILE: &str = "datei";
/// The largest form with its file, in bytes.
const LIMIT: usize = 17 << 20;

/// A `multipart/form-data` body (RFC 7578) with at most one file.
///
/// As an extractor it takes what [`FormData`] takes, and from signed-in people only: nothing is read before that.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// The other fields.
    pub form: FormData,
    /// Empty where no file was chosen.
    pub file: Vec<u8>,
}

impl FromRequest for Upload {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::of(req);
        let signed_in = req.extensions().get::<SignedIn>().is_some();
        let multipart = req.content_type() == "multipart/form-data";
        let parts = Multipart::new(req.headers(), payload.take());
        Box::pin(async move {
            let visit = visit?;
            if !signed_in {
                return Err(Error::SignInNeeded.into());
            }
            if !multipart {
                return Err(Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, ""));
            }
            let upload = read(parts).await?;
            if visit.accepts(upload.form.get(csrf::FIELD)) {
                Ok(upload)
            } else {
                Err(Failure::stale_form(upload.form))
            }
        })
    }
}

async fn read(mut parts: Multipart) -> Result<Upload, Failure> {
    let mut upload = Upload::default();
    let mut left = LIMIT;
    while let Some(part) = parts.next().await {
        let part = part.map_err(|error| broken_off(&error))?;
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = read_part(part, &mut left).await?;
        if name == FILE {
            upload.file = bytes;
        } else {
            let text = String::from_utf8(bytes);
            let text = text.map_err(|_| Failure::status(StatusCode::BAD_REQUEST, "web-not-utf8"))?;
            upload.form = upload.form.with(&name, text);
        }
    }
    Ok(upload)
}

pub(super) async fn read_part(mut part: Field, left: &mut usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|error| broken_off(&error))?;
        *left = left
            .checked_sub(chunk.len())
            .ok_or_else(|| Failure::status(StatusCode::PAYLOAD_TOO_LARGE, ""))?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

pub(super) fn broken_off(error: &MultipartError) -> Failure {
    match error {
        MultipartError::Payload(error) => patience::broken_off(error),
        _ => Failure::status(StatusCode::BAD_REQUEST, "web-broken-off"),
    }
}
