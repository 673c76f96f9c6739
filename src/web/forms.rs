//! What a person typed into a form, kept raw so that a refused page gives every word back.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;

use super::csrf;
use super::error::Failure;
use super::patience;
use super::visit::Visit;
use crate::core::error::{Error, FieldError};
use crate::core::i18n::{self, Arg, Lang};
use crate::core::text;

/// The names of fields in which people type passwords.
const SECRETS: [&str; 2] = ["password", "present_password"];

/// The fields of a form in the order they were sent.
///
/// As an extractor it takes only what our own page sent to this visitor: body within the limit of the kit, valid UTF-8,
/// right token. Whatever error page a form ends in gives back what was typed: the fields stay in the request's
/// extensions for [`super::error::render`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormData(Vec<(String, String)>);

impl FormData {
    /// Reads an `application/x-www-form-urlencoded` body.
    ///
    /// # Errors
    /// 400 where a value is not UTF-8.
    pub fn parse(body: &[u8]) -> Result<Self, Failure> {
        if !is_utf8_inside(body) {
            return Err(Failure::status(StatusCode::BAD_REQUEST, "web-not-utf8"));
        }
        Ok(Self(url::form_urlencoded::parse(body).into_owned().collect()))
    }

    /// The same with one more value: how a page for changing something is filled at first.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// The first value of a field as typed; empty where it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether the field was sent at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// Whether the field was sent with this value: a chosen option, a ticked box.
    #[must_use]
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|sent| sent == value)
    }

    /// Refuses fields that the form does not have. The token's field is always allowed.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names the first unknown field.
    pub fn only(&self, allowed: &[&str]) -> Result<(), Error> {
        match self.0.iter().find(|(name, _)| name != csrf::FIELD && !allowed.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
                Err(FieldError::new("form", "web-unknown-field").with("name", shown).into())
            }
        }
    }

    /// The same with this value alone in a field.
    #[must_use]
    pub fn replacing(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.retain(|(n, _)| n != name);
        self.with(name, value)
    }

    /// All that was typed, to be told apart from other forms: everything but the token.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        let fields = self.0.iter().filter(|(name, _)| name != csrf::FIELD);
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
    }

    /// What may be shown again on an error page: everything but the token and secrets.
    #[must_use]
    pub fn shareable(&self) -> Vec<(&str, &str)> {
        let secret = |name: &str| name == csrf::FIELD || SECRETS.contains(&name);
        self.0.iter().filter(|(n, _)| !secret(n)).map(|(n, v)| (n.as_str(), v.as_str())).collect()
    }
}

/// Names only: what people type never reaches a log.
impl fmt::Debug for FormData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl FromRequest for FormData {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::of(req);
        let urlencoded = req.content_type() == "application/x-www-form-urlencoded";
        let req = req.clone();
        let payload = payload.take();
        Box::pin(async move {
            let visit = visit?;
            if !urlencoded {
                return Err(Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, ""));
            }
            let form = Self::parse(&read(payload, visit.kit.form_limit).await?)?;
            let token = form.get(csrf::FIELD);
            if visit.accepts(token) {
                req.extensions_mut().insert(form.clone());
                Ok(form)
            } else if visit.has_lost_session(token) {
                Err(Failure::from(Error::SignInNeeded).keeping(form))
            } else {
                Err(Failure::stale_form(form))
            }
        })
    }
}

pub(super) async fn read(mut payload: Payload, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| patience::broken_off(&error))?;
        if body.len() + chunk.len() > limit {
            return Err(Failure::status(StatusCode::PAYLOAD_TOO_LARGE, ""));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The URL parser replaces broken UTF-8 silently; words would change without anybody noticing.
fn is_utf8_inside(body: &[u8]) -> bool {
    let digit = |at: usize| body.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut bytes = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        if let (b'%', Some(high), Some(low)) = (body[at], digit(at + 1), digit(at + 2)) {
            bytes.push((high * 16 + low) as u8);
            at += 3;
        } else {
            bytes.push(body[at]);
            at += 1;
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// A form as a page shows it: what was typed and what was refused.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub data: FormData,
    pub errors: Vec<FieldError>,
    /// Field and Fluent key of its label, for the summary.
    labels: &'static [(&'static str, &'static str)],
}

impl Form {
    /// A form with values and nothing refused.
    #[must_use]
    pub fn filled(data: FormData) -> Self {
        Self { data, ..Self::default() }
    }

    /// The form again with what a service refused.
    ///
    /// # Errors
    /// The error itself where it is not [`Error::Invalid`]: then there is no field to mark.
    pub fn refused(data: FormData, error: Error) -> Result<Self, Error> {
        match error {
            Error::Invalid(errors) => {
                let located = |error: FieldError| text::located(data.get(error.field), error);
                let errors = errors.into_iter().map(located).collect();
                Ok(Self { data, errors, labels: &[] })
            }
            other => Err(other),
        }
    }

    /// Names the fields in the order of the page, so that the summary says which one each reason is about.
    #[must_use]
    pub fn labelled(mut self, labels: &'static [(&'static str, &'static str)]) -> Self {
        self.labels = labels;
        let place = |error: &FieldError| labels.iter().position(|(name, _)| *name == error.field);
        self.errors.sort_by_key(|error| place(error).unwrap_or(labels.len()));
        self
    }

    /// What was typed into a field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.data.get(name)
    }

    /// Whether an option is chosen or a box ticked.
    #[must_use]
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.data.is(name, value)
    }

    /// Why a field was refused.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<String> {
        self.errors.iter().find(|error| error.field == name).map(reason)
    }

    /// Whether a field was refused.
    #[must_use]
    pub fn is_refused(&self, name: &str) -> bool {
        self.errors.iter().any(|error| error.field == name)
    }

    /// Whether anything was refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Field and reason of everything refused, for the summary.
    #[must_use]
    pub fn reasons(&self) -> Vec<(&'static str, String)> {
        let told = |error: &FieldError| match self.labels.iter().find(|(name, _)| *name == error.field) {
            Some((_, key)) => {
                let label = i18n::text(Lang::De, key);
                let colon = if label.ends_with('?') { "" } else { ":" };
                format!("{label}{colon} {}", reason(error))
            }
            None => reason(error),
        };
        self.errors.iter().map(|error| (error.field, told(error))).collect()
    }
}

/// The sentence that says why a field was refused.
#[must_use]
pub fn reason(error: &FieldError) -> String {
    // A count is a number, so that it chooses the plural form.
    let told = |value: &String| value.parse().map_or_else(|_| Arg::from(value.clone()), Arg::Number);
    let args: Vec<(&str, Arg<'_>)> = error.args.iter().map(|(name, value)| (*name, told(value))).collect();
    i18n::text_with(Lang::De, error.reason, &args).into_owned()
}

/// One option of a select, of radio buttons or of checkboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    /// An option with the words that people read.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The templates below a folder.
    fn templates(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| match path.extension() {
                _ if path.is_dir() => templates(&path),
                Some(html) if html == "html" => vec![std::fs::read_to_string(&path).unwrap()],
                _ => Vec::new(),
            })
            .collect()
    }

    #[test]
    fn an_error_page_gives_back_a_postcode_and_never_a_password() {
        let form = FormData::default().with("postcode", "99084").with("present_password", "geheim");
        assert_eq!(form.shareable(), [("postcode", "99084")]);
        let all = templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).concat();
        let fields =
            all.lines().filter(|line| line.contains("ui::text(") && line.contains("kind = \"password\""));
        let mut names: Vec<_> = fields.map(|line| line.split('"').nth(1).unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names, SECRETS, "every field for a password is known as one");
    }
}
