//! What programs send: bodies, queries and paths, read into the values of the services.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::advisories::machine::State;
use crate::advisories::model::{Content, Filter, Frame, Reference, Severity, Typed, WarningStep};
use crate::advisories::seal::Digest;
use crate::advisories::service::Draft;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::VersionId;
use crate::core::page;
use crate::core::text::Fields;
use crate::core::tlp::Tlp;
use crate::directory::model::AudienceFilter;

/// A first version, to be reviewed by somebody else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdvisory {
    /// One line of at most 150 characters.
    title: String,
    /// Whom it concerns; Markdown.
    #[serde(default)]
    concerns: String,
    /// What to do today; Markdown.
    #[serde(default)]
    measures: String,
    /// Details; Markdown.
    #[serde(default)]
    body: String,
    #[serde(default)]
    products: Vec<String>,
    #[serde(default)]
    #[schema(example = json!(["CVE-2026-12345"]))]
    cves: Vec<String>,
    /// One of the five labels of TLP 2.0.
    #[schema(example = "TLP:GREEN")]
    tlp: String,
    /// 1 (grey) to 4 (red).
    #[schema(minimum = 1, maximum = 4)]
    warning_step: i32,
    /// `low`, `medium`, `high` or `critical`.
    #[schema(example = "high")]
    severity: String,
    /// `{"by":"all"}`, `{"by":"kinds","of":[…]}`, `{"by":"districts","of":[…]}` or `{"by":"hand","of":[…]}`.
    #[schema(value_type = Object, example = json!({"by": "all"}))]
    audience: serde_json::Value,
}

impl NewAdvisory {
    pub fn read(self) -> Result<Draft> {
        let mut fields = Fields::default();
        // One item is one product, whatever it is made of.
        if self.products.iter().any(|product| product.contains(['\n', '\r'])) {
            fields.refuse("products", "error-control-characters");
        }
        let (products, cves) = (self.products.join("\n"), self.cves.join("\n"));
        let typed = Typed {
            title: &self.title,
            concerns: &self.concerns,
            measures: &self.measures,
            body: &self.body,
            products: &products,
            cves: &cves,
        };
        let content = Content::read(typed, &mut fields);
        let choice = "error-choice";
        let tlp = fields.keep("tlp", Tlp::parse(&self.tlp).ok_or(choice));
        let step = fields.keep("warning_step", WarningStep::from_number(self.warning_step).ok_or(choice));
        let severity = fields.keep("severity", Severity::parse(&self.severity).ok_or(choice));
        let read = serde_json::from_value::<AudienceFilter>(self.audience);
        let audience = fields.keep("audience", read.map_err(|_| "advisory-error-audience"));
        let draft = (|| {
            let frame = Frame { tlp: tlp?, step: step?, severity: severity?, audience: audience? };
            Some(Draft { frame, content: content? })
        })();
        fields.done(draft)
    }
}

/// Which state of the advisory the caller has seen.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// `version` as it was last answered; another one means that somebody changed it since.
    pub version: i32,
}

/// An approval of exactly what the caller has seen.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `version` as it was last answered.
    pub version: i32,
    /// `approval_hash` as it was last answered: refused as stale when the recipients changed since.
    hash: Option<String>,
}

impl Approval {
    /// The digest that was seen, if the caller named one.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `hash`.
    pub fn digest(&self) -> Result<Option<Digest>> {
        self.hash.as_deref().map(digest).transpose()
    }
}

/// Reads a SHA-256 in hexadecimal.
fn digest(text: &str) -> Result<Digest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest)
        .map(|()| digest)
        .map_err(|_| FieldError::new("hash", "error-choice").into())
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// A state; for the CERT only.
    state: Option<String>,
    /// 1 to 4; for the CERT only.
    warning_step: Option<i32>,
    /// `next` of the cut before.
    cursor: Option<String>,
    /// 1 to 200, otherwise 50.
    limit: Option<i64>,
}

/// A filter and where to begin.
pub struct Cut {
    pub filter: Filter,
    pub after: Option<VersionId>,
    pub limit: i64,
}

impl Query {
    pub fn read(&self) -> Result<Cut> {
        let mut fields = Fields::default();
        let choice = "error-choice";
        let state = self.state.as_deref().map(|code| State::parse(code).ok_or(choice));
        let step = self.warning_step.map(|number| WarningStep::from_number(number).ok_or(choice));
        let after = self.cursor.as_deref().map(|cursor| after(cursor).ok_or(choice));
        let cut = Cut {
            filter: Filter {
                state: state.and_then(|state| fields.keep("state", state)),
                step: step.and_then(|step| fields.keep("warning_step", step)),
            },
            after: after.and_then(|after| fields.keep("cursor", after)),
            limit: page::limit(self.limit),
        };
        fields.done(Some(cut))
    }
}

/// Reads a cursor of the list.
fn after(cursor: &str) -> Option<VersionId> {
    page::read_cursor(cursor)?.parse().ok()
}

/// Reads the reference in a path; another text names nothing.
pub fn reference(path: &str) -> Result<Reference> {
    Reference::parse(path).ok_or(Error::NotFound)
}
