//! Rows of the register.

pub(super) mod assets;
pub(super) mod calls;
pub(super) mod codes;
pub(super) mod compromises;
pub(super) mod confirmations;
pub(super) mod contacts;
pub(super) mod import;
pub(super) mod lapses;
pub(super) mod lists;
pub(super) mod mandates;
pub(super) mod organisations;
pub(super) mod relations;

use jiff::civil::Date;

use crate::core::error::{Error, Result};

/// A word of the database as a type; another word is a fault of ours.
fn word<T>(parse: impl Fn(&str) -> Option<T>, code: &str) -> Result<T> {
    parse(code).ok_or_else(|| Error::Internal(format!("unknown word in the register: {code}")))
}

fn day(text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::Internal(format!("not a day in the register: {text}")))
}

fn day_or_none(text: Option<String>) -> Result<Option<Date>> {
    text.as_deref().map(day).transpose()
}
