//! Observables as a table to take along.

use super::model::{Harmless, Listed};
use crate::core::error::Result;
use crate::web::table::Table;

/// The table with a head, in UTF-8, separated by commas. Values as they are compared, for programs; not defanged.
///
/// # Errors
/// None in practice: nothing is written but memory.
pub fn of(listed: &[Listed]) -> Result<Table> {
    let head =
        ["type", "misp_type", "value", "first_seen", "last_seen", "sightings", "other_incidents", "harmless"];
    let mut table = Table::with(&head)?;
    for one in listed {
        let it = &one.observable;
        table.row([
            it.kind.code(),
            it.kind.misp(),
            &it.value,
            &one.first_seen.to_string(),
            &one.last_seen.to_string(),
            &one.sightings.to_string(),
            &one.elsewhere.to_string(),
            it.harmless.map_or("", Harmless::code),
        ])?;
    }
    Ok(table)
}
