//! Rows of service relations: which IT service provider serves which organisation, for which service.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::organisations::{read_flag, read_validity};
use super::table::{self, Row};
use super::{KnownKeys, LineFault};
use crate::core::text::Name;
use crate::directory::model::Key;

const COLUMNS: [&str; 7] =
    ["provider", "provider_name", "organisation", "service", "example", "valid_from", "valid_until"];

/// A file of relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relations {
    /// Who keeps the file.
    pub source: String,
    /// Every provider once; an import adds those that the register does not have yet.
    pub providers: Vec<Provider>,
    pub rows: Vec<RelationRow>,
}

/// An IT service provider that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub key: Key,
    pub name: String,
    /// Whether all its relations are invented.
    pub example: bool,
}

/// One relation: unique by provider, organisation and service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationRow {
    pub provider: Key,
    /// The first key, whichever of the two the file names.
    pub organisation: Key,
    pub service: String,
    /// Invented, for the demonstration.
    pub example: bool,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no more.
    pub valid_until: Option<Date>,
}

impl RelationRow {
    fn identity(&self) -> (&Key, &Key, &str) {
        (&self.provider, &self.organisation, &self.service)
    }
}

/// Reads a file of relations to the organisations in `known`.
///
/// # Errors
/// Every fault of every line, in the order of lines.
pub fn parse_relations(bytes: &[u8], known: &KnownKeys) -> Result<Relations, Vec<LineFault>> {
    let table = table::read(bytes, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut providers: BTreeMap<Key, Provider> = BTreeMap::new();
    let mut rows: Vec<RelationRow> = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &table.rows {
        let Some((name, read)) = read_row(row, known, &mut faults) else { continue };
        let (provider, organisation, service) = read.identity();
        if !seen.insert((provider.clone(), organisation.clone(), service.to_owned())) {
            faults.push(LineFault::new(row.line, "service", "directory-import-relation-twice", service));
        }
        let first = Provider { key: provider.clone(), name: name.clone(), example: read.example };
        let stated = providers.entry(provider.clone()).or_insert(first);
        stated.example &= read.example;
        if stated.name != name {
            faults.push(LineFault::new(row.line, "provider_name", "directory-import-two-names", &name));
        }
        rows.push(read);
    }
    if faults.is_empty() {
        Ok(Relations { source: table.source, providers: providers.into_values().collect(), rows })
    } else {
        Err(faults)
    }
}

fn read_row(row: &Row<'_>, known: &KnownKeys, faults: &mut Vec<LineFault>) -> Option<(String, RelationRow)> {
    let before = faults.len();
    let line = |text: &str| Name::parse(text).map(Name::into_string);
    let provider = row.required(faults, "provider", Key::parse);
    let provider_name = row.required(faults, "provider_name", line);
    let organisation = row.required(faults, "organisation", |text| {
        known.get(&Key::parse(text)?).cloned().ok_or("directory-import-unknown-key")
    });
    let service = row.required(faults, "service", line);
    let example = row.required(faults, "example", read_flag);
    let (valid_from, valid_until) = read_validity(row, faults);
    if provider.is_some() && provider == organisation {
        faults.push(LineFault::new(
            row.line,
            "organisation",
            "directory-import-cycle",
            row.text("organisation"),
        ));
    }
    if faults.len() > before {
        return None;
    }
    let row = RelationRow {
        provider: provider?,
        organisation: organisation?,
        service: service?,
        example: example?,
        valid_from: valid_from?,
        valid_until: valid_until?,
    };
    Some((provider_name?, row))
}

/// A relation of the register, by its organisations' first keys, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingRelation {
    /// The source whose file stated it, or [`super::BY_HAND`].
    pub source: String,
    pub row: RelationRow,
}

/// A relation that the file states otherwise than the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationChange {
    pub before: RelationRow,
    pub after: RelationRow,
}

/// What an import of relations would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelationPlan {
    pub added: Vec<RelationRow>,
    pub changed: Vec<RelationChange>,
    /// Still in the register, from this source, but no longer in the file: they end on the day of the import.
    pub ended: Vec<RelationRow>,
    /// In the file, but kept by another source or by hand: left as they are.
    pub kept: Vec<RelationRow>,
    pub unchanged: usize,
}

/// Compares a file with the register; `today` is the day on which relations end that the file no longer has.
#[must_use]
pub fn plan_relations(existing: &[ExistingRelation], file: &Relations, today: Date) -> RelationPlan {
    let by_identity: BTreeMap<_, _> =
        existing.iter().map(|relation| (relation.row.identity(), relation)).collect();
    let stated: BTreeSet<_> = file.rows.iter().map(RelationRow::identity).collect();
    let mut plan = RelationPlan::default();
    for row in &file.rows {
        match by_identity.get(&row.identity()) {
            None => plan.added.push(row.clone()),
            Some(relation) if relation.source != file.source => plan.kept.push(row.clone()),
            Some(relation) if relation.row == *row => plan.unchanged += 1,
            Some(relation) => {
                plan.changed.push(RelationChange { before: relation.row.clone(), after: row.clone() });
            }
        }
    }
    plan.ended = existing
        .iter()
        .filter(|relation| relation.source == file.source && !stated.contains(&relation.row.identity()))
        .filter(|relation| relation.row.valid_until.is_none_or(|day| day > today))
        .map(|relation| relation.row.clone())
        .collect();
    plan
}

#[cfg(test)]
#[path = "relations_test.rs"]
mod tests;
