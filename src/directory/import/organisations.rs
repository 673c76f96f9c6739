//! Rows of organisations: each cell checked, then what holds only between rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::table::{self, Row};
use super::{KnownKeys, LineFault};
use crate::core::text::{Name, Refusal};
use crate::directory::model::{Ags, Key, Kind, Level, Postcode, Sign};

const COLUMNS: [&str; 16] = [
    "key",
    "second_key",
    "ags",
    "kind",
    "level",
    "name",
    "sign",
    "parent",
    "district",
    "administered_by",
    "administration",
    "seat",
    "postcode",
    "population",
    "valid_from",
    "valid_until",
];

/// A file of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Who keeps the file; an import ends only organisations of the same source.
    pub source: String,
    pub rows: Vec<ImportRow>,
}

/// One organisation as a file states it, checked. What is empty in the file is an empty text or `None`.
///
/// References are first keys, whichever of an organisation's two keys the file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    pub key: Key,
    /// An erfüllende Gemeinde's key as an association.
    pub second_key: Option<Key>,
    pub ags: Option<Ags>,
    pub kind: Kind,
    pub level: Level,
    /// Not unique.
    pub name: String,
    /// The district's sign on number plates.
    pub sign: String,
    pub parent: Option<Key>,
    /// Itself for a Landkreis or a kreisfreie Stadt.
    pub district: Option<Key>,
    /// Who acts for it, or what it went into.
    pub administered_by: Option<Key>,
    /// Whether it runs an administration of its own.
    pub administration: bool,
    pub seat: String,
    pub postcode: String,
    pub population: Option<u32>,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no more.
    pub valid_until: Option<Date>,
}

impl ImportRow {
    /// All cells by column, as a file would hold them: for comparing and for writing.
    #[must_use]
    pub fn cells(&self) -> [(&'static str, String); 16] {
        let text = |value: &Option<Key>| value.as_ref().map(Key::to_string).unwrap_or_default();
        let mut values = [
            self.key.to_string(),
            text(&self.second_key),
            self.ags.as_ref().map(Ags::to_string).unwrap_or_default(),
            self.kind.code().to_owned(),
            self.level.code().to_owned(),
            self.name.clone(),
            self.sign.clone(),
            text(&self.parent),
            text(&self.district),
            text(&self.administered_by),
            if self.administration { "yes" } else { "no" }.to_owned(),
            self.seat.clone(),
            self.postcode.clone(),
            self.population.map(|people| people.to_string()).unwrap_or_default(),
            self.valid_from.to_string(),
            self.valid_until.map(|day| day.to_string()).unwrap_or_default(),
        ];
        std::array::from_fn(|at| (COLUMNS[at], std::mem::take(&mut values[at])))
    }

    /// Its first and, where it has one, its second key.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.key).chain(&self.second_key)
    }

    fn references(&mut self) -> [(&'static str, &mut Option<Key>); 3] {
        [
            ("parent", &mut self.parent),
            ("district", &mut self.district),
            ("administered_by", &mut self.administered_by),
        ]
    }
}

/// Reads a file of organisations, which may refer to organisations of its own and to those in `known`.
///
/// # Errors
/// Every fault of every line, in the order of lines.
pub fn parse(bytes: &[u8], known: &KnownKeys) -> Result<Register, Vec<LineFault>> {
    let table = table::read(bytes, &COLUMNS)?;
    let mut faults = Vec::new();
    let named = named_keys(&table.rows, &mut faults);
    let mut rows: Vec<(u64, ImportRow)> =
        table.rows.iter().filter_map(|row| Some((row.line, read_row(row, &mut faults)?))).collect();
    for (line, row) in &mut rows {
        resolve(*line, row, &named, known, &mut faults);
    }
    check_administrations(&rows, &mut faults);
    check_cycles(&rows, "parent", |row| row.parent.as_ref(), &mut faults);
    check_cycles(&rows, "administered_by", |row| row.administered_by.as_ref(), &mut faults);
    if faults.is_empty() {
        return Ok(Register { source: table.source, rows: rows.into_iter().map(|(_, row)| row).collect() });
    }
    faults.sort_by_key(|fault| fault.line);
    Err(faults)
}

/// Each key of the file with its row's first key, rows with other faults included; keys and AGS are unique.
fn named_keys(rows: &[Row<'_>], faults: &mut Vec<LineFault>) -> KnownKeys {
    let mut named = KnownKeys::new();
    let mut ags = BTreeSet::new();
    for row in rows {
        let first = Key::parse(row.text("key")).ok();
        let second = Key::parse(row.text("second_key")).ok();
        for (column, key) in [("key", first.clone()), ("second_key", second)] {
            let Some(key) = key else { continue };
            let owner = first.clone().unwrap_or_else(|| key.clone());
            if named.insert(key, owner).is_some() {
                faults.push(LineFault::new(row.line, column, "directory-import-key-twice", row.text(column)));
            }
        }
        if Ags::parse(row.text("ags")).is_ok_and(|key| !ags.insert(key)) {
            faults.push(LineFault::new(row.line, "ags", "directory-import-key-twice", row.text("ags")));
        }
    }
    named
}

fn read_row(row: &Row<'_>, faults: &mut Vec<LineFault>) -> Option<ImportRow> {
    let before = faults.len();
    let line = |text: &str| Name::parse(text).map(Name::into_string);
    let key = row.required(faults, "key", Key::parse);
    let second_key = row.optional(faults, "second_key", Key::parse);
    let ags = row.optional(faults, "ags", Ags::parse);
    let kind = row.required(faults, "kind", |text| Kind::parse(text).ok_or("directory-import-choice"));
    let level = row.required(faults, "level", |text| Level::parse(text).ok_or("directory-import-choice"));
    let name = row.required(faults, "name", line);
    let sign = row.optional(faults, "sign", |text| Sign::parse(text).map(|sign| sign.to_string()));
    let parent = row.optional(faults, "parent", Key::parse);
    let district = row.optional(faults, "district", Key::parse);
    let administered_by = row.optional(faults, "administered_by", Key::parse);
    let administration = row.required(faults, "administration", read_flag);
    let seat = row.optional(faults, "seat", line);
    let postcode =
        row.optional(faults, "postcode", |text| Postcode::parse(text).map(|code| code.to_string()));
    let population = row.optional(faults, "population", |text| text.parse().map_err(|_| "error-number"));
    let (valid_from, valid_until) = read_validity(row, faults);
    if let (Some(ars), Some(Some(ags))) = (key.as_ref().and_then(Key::ars), ags.as_ref())
        && !ars.agrees_with(ags)
    {
        faults.push(LineFault::new(row.line, "ags", "directory-import-ags-differs", ags.as_str()));
    }
    if faults.len() > before {
        return None;
    }
    Some(ImportRow {
        key: key?,
        second_key: second_key?,
        ags: ags?,
        kind: kind?,
        level: level?,
        name: name?,
        sign: sign?.unwrap_or_default(),
        parent: parent?,
        district: district?,
        administered_by: administered_by?,
        administration: administration?,
        seat: seat?.unwrap_or_default(),
        postcode: postcode?.unwrap_or_default(),
        population: population?,
        valid_from: valid_from?,
        valid_until: valid_until?,
    })
}

/// `yes` or `no`.
pub(super) fn read_flag(text: &str) -> Result<bool, Refusal> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("directory-import-yes-no"),
    }
}

/// The columns `valid_from` and `valid_until`, which must not be turned round.
pub(super) fn read_validity(
    row: &Row<'_>,
    faults: &mut Vec<LineFault>,
) -> (Option<Date>, Option<Option<Date>>) {
    let from = row.required(faults, "valid_from", read_date);
    let until = row.optional(faults, "valid_until", read_date);
    if let (Some(from), Some(Some(until))) = (from, until)
        && until <= from
    {
        faults.push(LineFault::new(
            row.line,
            "valid_until",
            "directory-import-ends-before",
            row.text("valid_until"),
        ));
    }
    (from, until)
}

/// `2026-03-31` or `31.03.2026`, between 1800 and 2099.
fn read_date(text: &str) -> Result<Date, Refusal> {
    let date = ["%Y-%m-%d", "%d.%m.%Y"].iter().find_map(|form| Date::strptime(form, text).ok());
    date.filter(|date| (1800..2100).contains(&date.year())).ok_or("directory-import-date")
}

/// Turns each reference into a first key.
fn resolve(
    line: u64,
    row: &mut ImportRow,
    named: &KnownKeys,
    known: &KnownKeys,
    faults: &mut Vec<LineFault>,
) {
    for (column, reference) in row.references() {
        let Some(key) = reference else { continue };
        match named.get(key).or_else(|| known.get(key)) {
            Some(first) => *key = first.clone(),
            None => faults.push(LineFault::new(line, column, "directory-import-unknown-key", key.as_str())),
        }
    }
}

/// Who acts for others runs an administration; who runs one is not acted for.
fn check_administrations(rows: &[(u64, ImportRow)], faults: &mut Vec<LineFault>) {
    let idle: BTreeSet<&Key> =
        rows.iter().filter(|(_, row)| !row.administration).map(|(_, row)| &row.key).collect();
    for (line, row) in rows {
        let Some(by) = &row.administered_by else { continue };
        if row.administration {
            faults.push(LineFault::new(
                *line,
                "administered_by",
                "directory-import-two-administrations",
                by.as_str(),
            ));
        } else if idle.contains(by) {
            faults.push(LineFault::new(
                *line,
                "administered_by",
                "directory-import-no-administration",
                by.as_str(),
            ));
        }
    }
}

/// Nobody is above himself or acts for himself, over however many others.
fn check_cycles(
    rows: &[(u64, ImportRow)],
    column: &'static str,
    next: impl Fn(&ImportRow) -> Option<&Key>,
    faults: &mut Vec<LineFault>,
) {
    let by_key: BTreeMap<&Key, usize> =
        rows.iter().enumerate().map(|(at, (_, row))| (&row.key, at)).collect();
    let mut visited = vec![false; rows.len()];
    for start in 0..rows.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(here) = at.filter(|here| !visited[*here]) {
            visited[here] = true;
            path.push(here);
            at = next(&rows[here].1).and_then(|key| by_key.get(key)).copied();
        }
        let round = path.iter().position(|here| Some(*here) == at).unwrap_or(path.len());
        for (line, row) in path[round..].iter().map(|here| &rows[*here]) {
            faults.push(LineFault::new(*line, column, "directory-import-cycle", row.key.as_str()));
        }
    }
}

#[cfg(test)]
#[path = "organisations_test.rs"]
mod tests;
