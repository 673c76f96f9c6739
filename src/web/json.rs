//! The JSON body of a program's request, read so that a refusal names the field.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::error::Failure;
use super::forms;
use super::visit::Visit;

/// A JSON object within the limit of the kit, as `T`. An extractor: whatever else is sent is answered with the field's
/// path and the reason, or with the reason alone where no field can be named.
#[derive(Debug, Clone)]
pub struct Json<T>(T);

impl<T> Json<T> {
    /// The value, given away.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = Visit::of(req).map(|visit| visit.kit.form_limit);
        let is_json = req.content_type().eq_ignore_ascii_case("application/json");
        let is_plain = !req.headers().contains_key(CONTENT_ENCODING);
        let payload = payload.take();
        Box::pin(async move {
            let limit = limit?;
            if !is_json || !is_plain {
                return Err(Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "web-json-wanted"));
            }
            read(&forms::read(payload, limit).await?).map(Self)
        })
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let not_json = || Failure::status(StatusCode::BAD_REQUEST, "web-not-json");
    // serde takes a list for a struct, too, in the order of the fields: that order is no promise of ours.
    if !body.trim_ascii_start().starts_with(b"{") {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
        return Err(if is_json { Failure::field(String::new(), "web-no-object") } else { not_json() });
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value =
        serde_path_to_error::deserialize(&mut json).map_err(|error| match error.inner().classify() {
            Category::Data => refused(&error.path().to_string(), &error.inner().to_string()),
            _ => not_json(),
        })?;
    json.end().map_err(|_| not_json())?;
    Ok(value)
}

/// Which field and why. Where a field is unknown or missing, serde names it between backticks.
pub(super) fn refused(path: &str, said: &str) -> Failure {
    let named = said.split_once('`').and_then(|(before, rest)| Some((before, rest.split_once('`')?.0)));
    let path = if path == "." { "" } else { path };
    let within = |field: &str| match path {
        "" => field.to_owned(),
        path if path == field || path.ends_with(&format!(".{field}")) => path.to_owned(),
        path => format!("{path}.{field}"),
    };
    match named {
        Some(("unknown field ", field)) => Failure::field(within(field), "error-unknown-field"),
        Some(("missing field ", field)) => Failure::field(within(field), "error-required"),
        Some(("duplicate field ", field)) => Failure::field(within(field), "error-twice"),
        Some(("unknown variant ", _)) => Failure::field(path.to_owned(), "error-choice"),
        _ => Failure::field(path.to_owned(), "error-type"),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read by serde")]
        list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read by serde")]
        number: i32,
    }

    #[test]
    fn a_refusal_names_the_field_however_deep_it_lies() {
        for (body, said) in [
            (r#"{"list":7}"#, "list error-type"),
            (r#"{"list":[{"number":1},{"number":"1"}]}"#, "list[1].number error-type"),
            (r#"{"list":[{"number":1,"more":1}]}"#, "list[0].more error-unknown-field"),
            (r#"{"list":[{}]}"#, "list[0].number error-required"),
            (r#"{"list":[],"list":[]}"#, "list error-twice"),
            (r#"{"more":1}"#, "more error-unknown-field"),
            ("{}", "list error-required"),
            ("[[]]", " web-no-object"),
            (r#"{"list":[]} x"#, "status 400 Bad Request web-not-json"),
            (r#"{"list":["#, "status 400 Bad Request web-not-json"),
        ] {
            let refusal = read::<Outer>(body.as_bytes()).expect_err(body).to_string();
            assert_eq!(refusal.trim_start_matches("field "), said, "{body}");
        }
    }
}
