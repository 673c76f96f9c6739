//! Observables as a table to take along.

use super::model::{Harmless, Listed};
use crate::core::error::{Error, Result};

/// A cell that a spreadsheet takes as text: what begins like a formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    match text.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// The table with a head, in UTF-8, separated by commas. Values as they are compared, for programs; not defanged.
///
/// # Errors
/// None in practice: nothing is written but memory.
pub fn csv(listed: &[Listed]) -> Result<Vec<u8>> {
    let odd = |error: &dyn std::fmt::Display| Error::Internal(format!("table of observables: {error}"));
    let mut table = csv::Writer::from_writer(Vec::new());
    let head =
        ["type", "misp_type", "value", "first_seen", "last_seen", "sightings", "other_incidents", "harmless"];
    table.write_record(head).map_err(|error| odd(&error))?;
    for one in listed {
        let of = &one.observable;
        table
            .write_record([
                of.kind.code(),
                of.kind.misp(),
                &cell(&of.value),
                &one.first_seen.to_string(),
                &one.last_seen.to_string(),
                &one.sightings.to_string(),
                &one.elsewhere.to_string(),
                of.harmless.map_or("", Harmless::code),
            ])
            .map_err(|error| odd(&error))?;
    }
    table.into_inner().map_err(|error| odd(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+49", "-a.exe", "@evil.exe", "\tx", "\rx"] {
            assert_eq!(cell(text), format!("'{text}"));
        }
        assert_eq!(cell("192.0.2.1"), "192.0.2.1");
    }
}
