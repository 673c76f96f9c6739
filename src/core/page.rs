//! Pages of long lists: a bounded size and an opaque cursor that survives inserts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How many rows a page has at most.
pub const MAX_LIMIT: i64 = 200;

/// A cut of a list: the rows and where the next page begins.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Opaque; `None` on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts `rows`, which were read with `limit + 1`, and makes the cursor from the last row that stays.
    pub fn cut(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|row| URL_SAFE_NO_PAD.encode(cursor(row))) } else { None };
        Self { rows, next }
    }
}

/// Reads a cursor made by [`Page::cut`]; `None` when it is not one.
#[must_use]
pub fn read_cursor(cursor: &str) -> Option<String> {
    URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// A page size between 1 and [`MAX_LIMIT`], 50 when nothing was asked.
#[must_use]
pub fn limit(asked: Option<i64>) -> i64 {
    asked.unwrap_or(50).clamp(1, MAX_LIMIT)
}
