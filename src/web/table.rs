//! Tables to take along: CSV (RFC 4180) that a spreadsheet takes as text.

use actix_web::HttpResponse;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};

use crate::core::error::{Error, Result};

/// A table under way.
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// One with this head, separated by commas.
    ///
    /// # Errors
    /// None in practice: nothing is written but memory.
    pub fn with(head: &[&str]) -> Result<Self> {
        Self::begin(csv::Writer::from_writer(Vec::new()), head)
    }

    /// One with this head, separated by semicolons, as German spreadsheets open it.
    ///
    /// # Errors
    /// As [`Table::with`].
    pub fn german(head: &[&str]) -> Result<Self> {
        Self::begin(csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new()), head)
    }

    fn begin(mut writer: csv::Writer<Vec<u8>>, head: &[&str]) -> Result<Self> {
        writer.write_record(head).map_err(|error| odd(&error))?;
        Ok(Self(writer))
    }

    /// One row more, of as many cells as the head has.
    ///
    /// # Errors
    /// [`Error::Internal`] for another number of cells.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> Result<()> {
        let harmless = cells.into_iter().map(|text| cell(text.as_ref()));
        self.0.write_record(harmless).map_err(|error| odd(&error))
    }

    /// The table in UTF-8.
    ///
    /// # Errors
    /// As [`Table::with`].
    pub fn bytes(self) -> Result<Vec<u8>> {
        self.0.into_inner().map_err(|error| odd(&error))
    }

    /// The table as a file of this name.
    ///
    /// # Errors
    /// As [`Table::with`].
    pub fn file(self, name: String) -> Result<HttpResponse> {
        let parameters = vec![DispositionParam::Filename(name)];
        let disposition = ContentDisposition { disposition: DispositionType::Attachment, parameters };
        let mut answer = HttpResponse::Ok();
        answer.content_type("text/csv; charset=utf-8").insert_header(disposition);
        Ok(answer.body(self.bytes()?))
    }
}

fn odd(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("a table: {error}"))
}

/// A cell that a spreadsheet takes as text: what begins like a formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    match text.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
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

    #[test]
    fn a_row_has_as_many_cells_as_the_head() {
        let mut table = Table::german(&["one", "two"]).unwrap();
        table.row(["a;b", "=c"]).unwrap();
        assert_eq!(table.bytes().unwrap(), b"one;two\n\"a;b\";'=c\n");
        assert!(Table::with(&["one", "two"]).unwrap().row(["a"]).is_err());
    }
}
