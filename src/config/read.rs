//! The file and the variables, read onto the defaults.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::DEFAULTS;
use crate::core::rulefile::line_of;

/// Variables that are not keys: of the build, of the tests, and the place of the file itself.
const OTHER_VARIABLES: [&str; 4] = ["ASSETS_DIR", "CONFIG", "SHOTS", "TOKEN"];

/// What is wrong with the configuration, and where.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// A line of the file.
    #[error("{origin}, line {line}: {what}")]
    Line { origin: String, line: usize, what: String },
    /// A variable of the environment.
    #[error("variable {name}: {what}")]
    Variable { name: String, what: String },
    /// What the values say together.
    #[error("configuration: {0}")]
    Values(String),
}

/// The defaults, then `file`, then the variables, as one table whose keys are all known.
///
/// # Errors
/// The line or variable that is wrong.
pub(super) fn merged(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Table, ConfigError> {
    let mut merged: Table =
        toml::from_str(DEFAULTS).map_err(|error| ConfigError::Values(error.to_string()))?;
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        merge_text(&mut merged, &text, &path.display().to_string())?;
    }
    for (name, value) in variables {
        let Some(rest) = name.strip_prefix("MELDEKETTE_") else { continue };
        if OTHER_VARIABLES.contains(&rest) || rest.starts_with("TEST_") {
            continue;
        }
        let set = set_variable(&mut merged, rest, &value)
            .and_then(|found| if found { Ok(()) } else { Err("is not the name of a key") });
        set.map_err(|what| ConfigError::Variable { name, what: what.to_owned() })?;
    }
    Ok(merged)
}

fn merge_text(into: &mut Table, text: &str, origin: &str) -> Result<(), ConfigError> {
    let at = |offset: usize, what: String| ConfigError::Line {
        origin: origin.to_owned(),
        line: line_of(text, offset),
        what,
    };
    let parsed = DeTable::parse(text)
        .map_err(|error| at(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    let plain: Table = toml::from_str(text).map_err(|error| ConfigError::Values(error.to_string()))?;
    check_keys(into, parsed.get_ref(), "", &at)?;
    overlay(into, plain);
    Ok(())
}

/// Every key of the file must stand in the defaults and have the same type there.
fn check_keys(
    known: &Table,
    file: &DeTable<'_>,
    path: &str,
    at: &impl Fn(usize, String) -> ConfigError,
) -> Result<(), ConfigError> {
    for (key, value) in file {
        let offset = key.span().start;
        let full =
            if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
        let Some(default) = known.get(key.get_ref().as_ref()) else {
            return Err(at(offset, format!("the key {full} is not known")));
        };
        match (default, value.get_ref()) {
            (Value::Table(known), DeValue::Table(inner)) => check_keys(known, inner, &full, at)?,
            (Value::String(_), DeValue::String(_))
            | (Value::Integer(_), DeValue::Integer(_))
            | (Value::Boolean(_), DeValue::Boolean(_))
            | (Value::Array(_), DeValue::Array(_)) => {}
            (default, _) => return Err(at(offset, format!("{full} must be of type {}", default.type_str()))),
        }
    }
    Ok(())
}

fn overlay(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => overlay(inner, value),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Finds the key whose path in capitals is `rest` and sets it; keys hold underscores, so paths are tried, not split.
/// Whether there is such a key.
fn set_variable(table: &mut Table, rest: &str, text: &str) -> Result<bool, &'static str> {
    for (key, value) in table.iter_mut() {
        let upper = key.to_uppercase();
        match value {
            Value::Table(inner) => {
                if let Some(rest) = rest.strip_prefix(&format!("{upper}_"))
                    && set_variable(inner, rest, text)?
                {
                    return Ok(true);
                }
            }
            held if upper == rest => {
                set_value(held, text)?;
                return Ok(true);
            }
            _ => {}
        }
    }
    Ok(false)
}

fn set_value(held: &mut Value, text: &str) -> Result<(), &'static str> {
    *held = match held {
        Value::Integer(_) => Value::Integer(text.parse().map_err(|_| "must be a number")?),
        Value::Boolean(_) => Value::Boolean(text.parse().map_err(|_| "must be true or false")?),
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::Array(parts.map(|part| Value::String(part.to_owned())).collect())
        }
        _ => Value::String(text.to_owned()),
    };
    Ok(())
}
