//! The table in a file: source, columns and cells, each with its line, before anything is known of their meaning.

use std::collections::BTreeMap;

use super::{BY_HAND, LineFault};
use crate::core::text::Refusal;

/// Larger files are refused unread: the whole register of Germany fits into a fifth of it.
const MAX_BYTES: usize = 16 << 20;

/// What a file holds.
pub(super) struct Table<'a> {
    /// The word behind `# source:`.
    pub source: String,
    pub rows: Vec<Row<'a>>,
}

/// One line.
pub(super) struct Row<'a> {
    pub line: u64,
    cells: BTreeMap<&'a str, String>,
}

impl Row<'_> {
    /// The trimmed text of a column; [`read`] made sure that the column exists.
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// Reads a cell that must be filled; a refusal becomes a fault with line and column.
    pub fn required<T>(
        &self,
        faults: &mut Vec<LineFault>,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        let text = self.text(column);
        let outcome = if text.is_empty() { Err("error-required") } else { read(text) };
        outcome.map_err(|reason| faults.push(LineFault::new(self.line, column, reason, text))).ok()
    }

    /// Reads a cell that may be empty. The outer `None` is a refusal, the inner one an empty cell.
    pub fn optional<T>(
        &self,
        faults: &mut Vec<LineFault>,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<Option<T>> {
        if self.text(column).is_empty() { Some(None) } else { self.required(faults, column, read).map(Some) }
    }
}

/// Reads the table; `columns` must all be there, and no others.
pub(super) fn read<'a>(bytes: &[u8], columns: &'a [&'a str]) -> Result<Table<'a>, Vec<LineFault>> {
    let file_fault = |reason: Refusal| vec![LineFault::new(0, "", reason, "")];
    if bytes.len() > MAX_BYTES {
        return Err(file_fault("directory-import-too-large"));
    }
    let (source, numbers, body) = strip_comments(decode(bytes)?);
    let source = source.ok_or_else(|| file_fault("directory-import-no-source"))?;
    let header = body.lines().next().ok_or_else(|| file_fault("directory-import-no-header"))?;
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut records = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(body.as_bytes())
        .into_records();
    let mut names = None;
    let mut faults = Vec::new();
    let mut rows = Vec::new();
    for record in &mut records {
        let record = record.map_err(|_| file_fault("directory-import-not-csv"))?;
        let index = record.position().map_or(0, |at| at.line().saturating_sub(1));
        let line = usize::try_from(index).ok().and_then(|index| numbers.get(index)).copied().unwrap_or(0);
        match &names {
            None => names = Some(read_header(line, &record, columns)?),
            Some(_) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Some(names) if names.len() != record.len() => {
                faults.push(LineFault::new(
                    line,
                    "",
                    "directory-import-cell-count",
                    &record.len().to_string(),
                ));
            }
            Some(names) => {
                let cells =
                    names.iter().copied().zip(record.iter().map(|cell| cell.trim().to_owned())).collect();
                rows.push(Row { line, cells });
            }
        }
    }
    if faults.is_empty() { Ok(Table { source, rows }) } else { Err(faults) }
}

/// UTF-8 without its mark; otherwise every line that is not UTF-8.
fn decode(bytes: &[u8]) -> Result<&str, Vec<LineFault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    str::from_utf8(bytes).map_err(|_| {
        let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
        let bad = lines.filter(|(_, line)| str::from_utf8(line).is_err());
        bad.map(|(number, line)| {
            LineFault::new(number, "", "directory-import-not-utf8", &String::from_utf8_lossy(line))
        })
        .collect()
    })
}

/// The source, and the file without comments and empty lines, with the number that each remaining line had.
fn strip_comments(text: &str) -> (Option<String>, Vec<u64>, String) {
    let (mut source, mut numbers, mut body) = (None, Vec::new(), String::with_capacity(text.len()));
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(comment) = line.strip_prefix('#') {
            let word = comment.trim().strip_prefix("source:").map(str::trim);
            source = source.or_else(|| word.filter(|word| is_source(word)).map(str::to_owned));
        } else if !line.trim().is_empty() {
            numbers.push(number);
            body.push_str(line);
            body.push('\n');
        }
    }
    (source, numbers, body)
}

fn is_source(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&word.len()) && word.bytes().all(plain) && word != BY_HAND
}

fn read_header<'a>(
    line: u64,
    record: &csv::StringRecord,
    columns: &'a [&'a str],
) -> Result<Vec<&'a str>, Vec<LineFault>> {
    let mut faults = Vec::new();
    let mut names = Vec::new();
    for cell in record.iter().map(str::trim) {
        match columns.iter().copied().find(|column| *column == cell) {
            None => faults.push(LineFault::new(line, cell, "directory-import-unknown-column", "")),
            Some(column) if names.contains(&column) => {
                faults.push(LineFault::new(line, column, "directory-import-column-twice", ""));
            }
            Some(column) => names.push(column),
        }
    }
    for missing in columns.iter().filter(|column| !names.contains(*column)) {
        faults.push(LineFault::new(line, missing, "directory-import-missing-column", ""));
    }
    if faults.is_empty() { Ok(names) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(bytes: &[u8]) -> Vec<(u64, String, Refusal)> {
        let faults = read(bytes, &["key", "name"]).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.line, fault.column, fault.reason)).collect()
    }

    #[test]
    fn a_spreadsheets_file_with_mark_semicolons_and_windows_line_ends_is_read() {
        let file =
            "\u{feff}# source: test\r\n\r\nname;key\r\n# Hinweis\r\n;\r\n\"Am \"\"Ohm\"\", Berg\" ;a\r\n";
        let table = read(file.as_bytes(), &["key", "name"]).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!((table.source.as_str(), table.rows.len()), ("test", 1));
        let row = &table.rows[0];
        assert_eq!((row.line, row.text("key"), row.text("name")), (6, "a", "Am \"Ohm\", Berg"));
    }

    #[test]
    fn a_missing_a_doubled_and_an_unknown_column_are_all_named() {
        assert_eq!(
            faults(b"# source: test\nkey,key,nahme\n"),
            [
                (2, "key".to_owned(), "directory-import-column-twice"),
                (2, "nahme".to_owned(), "directory-import-unknown-column"),
                (2, "name".to_owned(), "directory-import-missing-column"),
            ]
        );
    }

    #[test]
    fn every_line_with_wrong_bytes_or_a_wrong_number_of_cells_is_named() {
        assert_eq!(
            faults(b"# source: test\nkey,name\na,M\xfchlhausen\nb,Gera\nc,K\xf6lleda\n"),
            [
                (3, String::new(), "directory-import-not-utf8"),
                (5, String::new(), "directory-import-not-utf8")
            ]
        );
        assert_eq!(
            faults(b"# source: test\nkey,name\na\nb,Gera\n# x\nc,Jena,x\n"),
            [
                (3, String::new(), "directory-import-cell-count"),
                (6, String::new(), "directory-import-cell-count")
            ]
        );
    }

    #[test]
    fn a_file_without_source_or_header_or_of_huge_size_is_refused_as_a_whole() {
        for no_source in ["key,name\n", "# source: Von Hand\nkey,name\n", "# source: hand\nkey,name\n"] {
            assert_eq!(faults(no_source.as_bytes()), [(0, String::new(), "directory-import-no-source")]);
        }
        assert_eq!(faults(b"# source: test\n"), [(0, String::new(), "directory-import-no-header")]);
        assert_eq!(faults(&vec![b'x'; MAX_BYTES + 1]), [(0, String::new(), "directory-import-too-large")]);
    }
}
