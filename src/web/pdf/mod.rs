//! Documents for paper: pages of text as tagged PDF (PDF/UA-1, ISO 14289-1), so that a screen reader reads them too.
//!
//! A document is a list of [`Sheet`]s, each with its own reference, label and page numbers. A sheet is filled from top
//! to bottom and goes on to a next page by itself; [`write`](write()) draws them. Laying out and writing takes processor time:
//! handlers do it through [`answer`], never on a thread that answers requests.
//!
//! ```ignore
//! let mut sheet = Sheet::new(Paper::A4, Frame { reference, tlp: Some(tlp), foot, under: String::new() });
//! sheet.title("Lage für die Leitung");
//! sheet.paragraph(&runs(&sh.t("situation-now")));
//! sheet.facts(&[("Seit".to_owned(), "heute, 07:40 Uhr".to_owned())], Facts::Plain);
//! write(&About { title, written }, vec![sheet])
//! ```

mod draw;
mod font;
mod line;
mod sheet;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::Timestamp;

pub use draw::write;
pub use sheet::{Facts, Frame, Sheet};

use super::error::Failure;
use crate::core::error::{Error, Result};

/// A size of paper, upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    A4,
    A5,
}

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;

impl Paper {
    /// Width and height in points.
    fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (210.0 * MM, 297.0 * MM),
            Self::A5 => (148.0 * MM, 210.0 * MM),
        }
    }

    /// White on each side, in points.
    fn margin(self) -> f32 {
        match self {
            Self::A4 => 20.0 * MM,
            Self::A5 => 9.0 * MM,
        }
    }

    /// The size of running text, in points.
    fn text(self) -> f32 {
        match self {
            Self::A4 => 11.0,
            Self::A5 => 10.5,
        }
    }
}

/// What a document says of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// What the window of a reader shows.
    pub title: String,
    pub written: Timestamp,
}

/// The file as a download; `make` runs on the blocking pool.
///
/// # Errors
/// What `make` returns.
pub async fn answer(
    name: &str,
    make: impl FnOnce() -> Result<Vec<u8>> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let made = tokio::task::spawn_blocking(make).await;
    let bytes = made.unwrap_or_else(|error| Err(Error::Internal(format!("writing a PDF file: {error}"))))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/pdf"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}.pdf\"", file_name(name))))
        .body(bytes))
}

/// A name that every file system takes: letters, digits and hyphens of ASCII.
#[must_use]
pub fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ä' => "ae".to_owned(),
            'ö' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'ß' => "ss".to_owned(),
            c if c.is_ascii_alphanumeric() => c.to_string(),
            _ => " ".to_owned(),
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests;
