//! What REST2 answers, as far as it is read. Numbers come as texts from one address and as numbers from another, and an
//! empty list as an empty text.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many pages there are; none where the token's account does not see everything.
    #[serde(default)]
    pages: Value,
    #[serde(default)]
    per_page: Value,
}

impl<T> Page<T> {
    /// Whether another page comes behind this one.
    pub fn is_followed(&self, page: u64) -> bool {
        // Of an empty list RT says 0.0.
        let whole = |number: &Value| -> Option<u64> { plain(number).split('.').next()?.parse().ok() };
        let is_full = self.items.len() as u64 >= whole(&self.per_page).unwrap_or(1).max(1);
        whole(&self.pages).map_or(is_full, |pages| page < pages)
    }
}

/// Somebody or something by its name or number.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    pub id: Value,
}

impl Named {
    /// The name or number as a text.
    pub fn name(&self) -> String {
        plain(&self.id)
    }
}

/// A ticket.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ticket {
    #[serde(rename = "id")]
    pub id: Value,
    #[serde(default)]
    pub subject: Option<String>,
    pub status: String,
    pub created: Timestamp,
    #[serde(default)]
    pub resolved: Option<Timestamp>,
    #[serde(default)]
    pub owner: Option<Named>,
    #[serde(default)]
    pub requestor: Value,
    #[serde(default)]
    pub custom_fields: Value,
}

impl Ticket {
    /// Its number; 0 where there is none.
    pub fn number(&self) -> u64 {
        plain(&self.id).parse().unwrap_or(0)
    }

    /// The addresses of who wrote it first.
    pub fn requestors(&self) -> Vec<String> {
        named(&self.requestor)
    }

    /// The values of a custom field of this name.
    pub fn custom(&self, name: &str) -> Vec<String> {
        let fields = self.custom_fields.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_it = |field: &&Value| field["name"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name));
        let values = fields.iter().filter(is_it).flat_map(|field| field["values"].as_array()).flatten();
        values.map(plain).filter(|value| !value.trim().is_empty()).collect()
    }
}

/// What happened to a ticket.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transaction {
    pub r#type: String,
    pub created: Timestamp,
    #[serde(default)]
    pub creator: Named,
    #[serde(default)]
    pub old_value: Option<Value>,
    #[serde(default)]
    pub new_value: Option<Value>,
    #[serde(default, rename = "_hyperlinks")]
    pub links: Vec<Link>,
}

/// Where more of something is.
#[derive(Debug, Clone, Deserialize)]
pub struct Link {
    #[serde(default)]
    pub r#ref: String,
    #[serde(default)]
    pub _url: String,
}

impl Transaction {
    /// The numbers of what was sent with it.
    pub fn attachments(&self) -> Vec<u64> {
        let all = self.links.iter().filter(|link| link.r#ref == "attachment");
        all.filter_map(|link| link._url.rsplit('/').next()?.parse().ok()).collect()
    }
}

/// A part of a mail or of what somebody wrote.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attachment {
    #[serde(default)]
    pub filename: Option<String>,
    #[serde(default)]
    pub content_type: Option<String>,
    /// Base64 with line breaks; of a part that only holds others none.
    #[serde(default)]
    pub content: Option<String>,
}

/// What stands in an answer of an error.
#[derive(Debug, Deserialize)]
pub struct Refused {
    pub message: String,
}

/// A text or number as a text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The names in a list of people, or of the one that stands there.
fn named(value: &Value) -> Vec<String> {
    let one = |value: &Value| plain(value.get("id").unwrap_or(value));
    let names = match value {
        Value::Array(all) => all.iter().map(one).collect(),
        other => vec![one(other)],
    };
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

/// RT writes the beginning of 1970 where nothing is set.
pub fn is_set(at: Option<Timestamp>) -> Option<Timestamp> {
    at.filter(|at| at.as_second() > 0)
}
