//! Files that somebody signed in sends, read as they come: never kept in memory whole.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, Charset, ContentDisposition, DispositionParam, DispositionType,
    ExtendedValue,
};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::stream::Fuse;
use futures_util::{Stream, StreamExt as _};

use super::csrf;
use super::error::Failure;
use super::forms::FormData;
use super::patience;
use super::upload::{FILE, broken_off, read_part};
use super::visit::{SignedIn, Visit};
use crate::core::error::{Error, FieldError};

/// The header in which a script sends the token of the page's form.
pub const TOKEN: &str = "x-form-token";
/// The header that says from which byte on a body goes on (draft-ietf-httpbis-resumable-upload).
pub const OFFSET: &str = "upload-offset";

/// Bytes of a form's fields before its files.
const FIELDS: usize = 64 << 10;

/// A `multipart/form-data` body (RFC 7578) with any number of files behind its fields.
pub struct Files {
    visit: Visit,
    parts: Multipart,
    /// The first file, found behind the fields.
    first: Option<Field>,
}

/// One of the files.
pub struct File {
    /// As its sender's machine calls it.
    pub name: String,
    pub media_type: String,
    field: Fuse<Field>,
}

impl FromRequest for Files {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parts = Multipart::new(req.headers(), payload.take());
        ready(signed_in(req).and_then(|visit| {
            if req.content_type() != "multipart/form-data" {
                return Err(Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, ""));
            }
            Ok(Self { visit, parts, first: None })
        }))
    }
}

fn signed_in(req: &HttpRequest) -> Result<Visit, Failure> {
    let visit = Visit::of(req)?;
    if req.extensions().get::<SignedIn>().is_none() {
        return Err(Error::SignInNeeded.into());
    }
    Ok(visit)
}

impl Files {
    /// The fields before the files. No byte of a file is read before the form's token was right.
    ///
    /// # Errors
    /// A wrong token, fields that are too long or not UTF-8, a body that broke off.
    pub async fn fields(&mut self) -> Result<FormData, Failure> {
        let (mut form, mut left) = (FormData::default(), FIELDS);
        while let Some(part) = self.parts.next().await {
            let part = part.map_err(|error| broken_off(&error))?;
            let name = part.name().unwrap_or_default().to_owned();
            if name == FILE {
                self.first = Some(part);
                break;
            }
            let text = String::from_utf8(read_part(part, &mut left).await?);
            let text = text.map_err(|_| Failure::status(StatusCode::BAD_REQUEST, "web-not-utf8"))?;
            form = form.with(&name, text);
        }
        if self.visit.accepts(form.get(csrf::FIELD)) { Ok(form) } else { Err(Failure::stale_form(form)) }
    }

    /// The next file; an input in which nobody chose one is passed over.
    ///
    /// # Errors
    /// A body that broke off.
    pub async fn next(&mut self) -> Result<Option<File>, Failure> {
        loop {
            let field = match self.first.take() {
                Some(field) => field,
                None => match self.parts.next().await {
                    Some(part) => part.map_err(|error| broken_off(&error))?,
                    None => return Ok(None),
                },
            };
            let disposition = field.content_disposition();
            let name = disposition.and_then(|it| {
                it.get_filename_ext()
                    .map(|name| String::from_utf8_lossy(&name.value).into_owned())
                    .or_else(|| it.get_filename().map(str::to_owned))
            });
            let is_file = field.name() == Some(FILE);
            let media_type = field.content_type().map_or(String::new(), ToString::to_string);
            match name.filter(|name| is_file && !name.is_empty()) {
                Some(name) => return Ok(Some(File { name, media_type, field: field.fuse() })),
                None => File { name: String::new(), media_type, field: field.fuse() }.pass_over().await?,
            }
        }
    }
}

impl File {
    /// The bytes as they come.
    pub fn bytes(&mut self) -> impl Stream<Item = Result<Bytes, Failure>> + '_ {
        (&mut self.field).map(|piece| piece.map_err(|error| broken_off(&error)))
    }

    /// Reads what is left to its end, for what comes behind it.
    ///
    /// # Errors
    /// A body that broke off.
    pub async fn pass_over(mut self) -> Result<(), Failure> {
        while let Some(piece) = self.field.next().await {
            piece.map_err(|error| broken_off(&error))?;
        }
        Ok(())
    }
}

/// A body of bare bytes that a script of our own page sends, from an offset on.
pub struct Rest {
    pub offset: u64,
    payload: Payload,
}

impl FromRequest for Rest {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let header = |name| req.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (token, offset) = (header(TOKEN).to_owned(), header(OFFSET).parse());
        let (visit, payload) = (signed_in(req), payload.take());
        Box::pin(async move {
            if !visit?.accepts(&token) {
                return Err(Failure::stale_form(FormData::default()));
            }
            let offset = offset.map_err(|_| Error::from(FieldError::new(OFFSET, "error-number")))?;
            Ok(Self { offset, payload })
        })
    }
}

impl Rest {
    /// The bytes as they come.
    pub fn bytes(self) -> impl Stream<Item = Result<Bytes, Failure>> {
        self.payload.map(|piece| piece.map_err(|error| patience::broken_off(&error)))
    }
}

/// A file that is handed out: never shown by the browser, whatever it holds; never packed, so that its length is told.
pub fn attachment(name: &str) -> HttpResponseBuilder {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) { c } else { '_' }).collect();
    let whole =
        ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.into() };
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(whole)],
    };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, "application/octet-stream"))
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(disposition);
    answer
}
