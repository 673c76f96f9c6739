//! What stands behind the question mark of an address, read so that a refusal names the parameter.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::error::Failure;
use super::json;

/// The parameters of an address as `T`. An extractor: one of the wrong form, one that comes twice, and with
/// `deny_unknown_fields` one that nobody knows are answered with its name and the reason.
#[derive(Debug, Clone)]
pub struct Query<T>(T);

impl<T> Query<T> {
    /// The parameters, given away.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(req.query_string()).map(Self))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Failure> {
    let read = actix_web::web::Query::<Traced<T>>::from_query(query)
        .map_err(|_| Failure::status(StatusCode::BAD_REQUEST, ""))?;
    read.into_inner().0.map_err(|(path, said)| json::refused(&path, &said))
}

/// A value, or where it could not be read and what serde said.
struct Traced<T>(Result<T, (String, String)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Traced<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = serde_path_to_error::deserialize(deserializer);
        Ok(Self(read.map_err(|error| (error.path().to_string(), error.inner().to_string()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct List {
        limit: Option<i64>,
        open: bool,
        text: String,
    }

    #[test]
    fn a_refusal_names_the_parameter() {
        let taken = read::<List>("limit=7&open=true&text=A%26B").unwrap();
        assert_eq!(taken, List { limit: Some(7), open: true, text: "A&B".to_owned() });
        for (query, said) in [
            ("limit=abc", "field limit error-type"),
            ("limit=", "field limit error-type"),
            ("open=vielleicht", "field open error-type"),
            ("text=x&unknown=1", "field unknown error-unknown-field"),
            ("limit=1&limit=2", "field limit error-twice"),
        ] {
            assert_eq!(read::<List>(query).expect_err(query).to_string(), said, "{query}");
        }
    }
}
