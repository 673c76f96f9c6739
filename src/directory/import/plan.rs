//! What an import of organisations would change. Applying a plan and planning again finds nothing more to do.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::organisations::{ImportRow, Register};
use crate::directory::model::{Ags, Key};

/// An organisation of the register, as a file would state it, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingOrg {
    /// The source whose file stated it, or [`super::BY_HAND`].
    pub source: String,
    pub row: ImportRow,
}

/// One column that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub column: &'static str,
    pub before: String,
    pub after: String,
}

/// An organisation that the file states otherwise than the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its first key in the register, which the row may change: joining an association gives a municipality a new ARS.
    pub key: Key,
    pub row: ImportRow,
    /// Never empty.
    pub fields: Vec<FieldChange>,
}

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub added: Vec<ImportRow>,
    pub changed: Vec<Change>,
    /// Still in the register, from this source, but no longer in the file: they end on the day of the import.
    pub ended: Vec<Key>,
    /// In the file, but kept by another source or by hand: left as they are.
    pub kept: Vec<Key>,
    pub unchanged: usize,
}

impl Plan {
    /// Whether nothing would be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.ended.is_empty()
    }
}

/// Compares a file with the register; `today` is the day on which organisations end that the file no longer has.
#[must_use]
pub fn plan(existing: &[ExistingOrg], file: &Register, today: Date) -> Plan {
    let meant = meant(existing, file, today);
    let mut plan = Plan::default();
    for (row, meant) in file.rows.iter().zip(&meant) {
        match meant.map(|at| &existing[at]) {
            None => plan.added.push(row.clone()),
            Some(org) if org.source != file.source => plan.kept.push(org.row.key.clone()),
            Some(org) => match differences(&org.row, row) {
                fields if fields.is_empty() => plan.unchanged += 1,
                fields => plan.changed.push(Change { key: org.row.key.clone(), row: row.clone(), fields }),
            },
        }
    }
    let met: BTreeSet<usize> = meant.into_iter().flatten().collect();
    plan.ended = (0..existing.len())
        .filter(|at| !met.contains(at))
        .map(|at| &existing[at])
        .filter(|org| org.source == file.source && is_there(org, today))
        .map(|org| org.row.key.clone())
        .collect();
    plan
}

/// One way from a row to an organisation.
type Way<'a> = dyn Fn(&ImportRow) -> Option<usize> + 'a;

/// Which organisation each row means, each at most once: the one with its first key; failing that, with either key;
/// failing that, the one of the same source with its AGS, which stays when an association begins or ends.
fn meant(existing: &[ExistingOrg], file: &Register, today: Date) -> Vec<Option<usize>> {
    let all = || existing.iter().enumerate();
    let by_first: BTreeMap<&Key, usize> = all().map(|(at, org)| (&org.row.key, at)).collect();
    let by_either: BTreeMap<&Key, usize> =
        all().flat_map(|(at, org)| org.row.keys().map(move |key| (key, at))).collect();
    let by_ags: BTreeMap<&Ags, usize> = all()
        .filter(|(_, org)| org.source == file.source && is_there(org, today))
        .filter_map(|(at, org)| Some((org.row.ags.as_ref()?, at)))
        .collect();
    let ways: [&Way<'_>; 3] = [
        &|row| by_first.get(&row.key).copied(),
        &|row| row.keys().find_map(|key| by_either.get(key)).copied(),
        &|row| by_ags.get(row.ags.as_ref()?).copied(),
    ];
    let mut met = BTreeSet::new();
    let mut meant = vec![None; file.rows.len()];
    for way in ways {
        for (row, meant) in file.rows.iter().zip(&mut meant).filter(|(_, meant)| meant.is_none()) {
            *meant = way(row).filter(|at| met.insert(*at));
        }
    }
    meant
}

fn is_there(org: &ExistingOrg, today: Date) -> bool {
    org.row.valid_until.is_none_or(|day| day > today)
}

fn differences(before: &ImportRow, after: &ImportRow) -> Vec<FieldChange> {
    let pairs = before.cells().into_iter().zip(after.cells());
    pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((column, before), (_, after))| FieldChange { column, before, after })
        .collect()
}

#[cfg(test)]
#[path = "plan_test.rs"]
mod tests;
