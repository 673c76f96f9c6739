//! The trail as a file that is verified without the product: JSON Lines, one canonical spelling only.
//!
//! A header with the public key, then each row, after some rows the checkpoint that was signed there, and at the end a
//! checkpoint over the last row. Who may export is asked by the caller.

use std::io::Write;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::service;
use super::trail::{Chained, Head, as_text};
use crate::core::error::{Error, Result};
use crate::crypto::log::{ChainHash, Checkpoint, LogKey, LogPublicKey};
use crate::store::Db;

/// How many rows are read at a time.
const PAGE: i64 = 1000;

/// The version of the file's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    #[serde(rename = "meldekette-audit-1")]
    V1,
}

/// What stands on the first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub format: Format,
    /// Whose trail.
    pub origin: String,
    #[serde(with = "as_text")]
    pub key: LogPublicKey,
    /// The number of the first row of the file.
    pub first: u64,
    /// The hash before that row.
    #[serde(with = "as_text")]
    pub previous: ChainHash,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    Header(Header),
    Row(Chained),
    /// Signed while the trail grew, over the row before.
    Checkpoint(#[serde(with = "as_text")] Checkpoint),
    /// Signed for this file, over its last row. Nothing follows.
    End(#[serde(with = "as_text")] Checkpoint),
}

impl Line {
    /// The one spelling of the line, with its newline.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be written as JSON.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut bytes =
            serde_json::to_vec(self).map_err(|error| Error::Internal(format!("audit line: {error}")))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Writes a trail line by line.
pub struct Writer<W> {
    out: W,
    origin: String,
    head: Head,
}

impl<W: Write> Writer<W> {
    /// Begins a file whose first row is the one after `before`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be written.
    pub fn begin(out: W, origin: &str, key: LogPublicKey, before: Head) -> Result<Self> {
        let mut writer = Self { out, origin: origin.to_owned(), head: before };
        let (origin, first) = (origin.to_owned(), before.seq + 1);
        writer.put(&Line::Header(Header {
            format: Format::V1,
            origin,
            key,
            first,
            previous: before.hash,
        }))?;
        Ok(writer)
    }

    /// The next row.
    ///
    /// # Errors
    /// As [`Writer::begin`].
    pub fn row(&mut self, row: Chained) -> Result<()> {
        self.head = Head { seq: row.seq, hash: row.hash };
        self.put(&Line::Row(row))
    }

    /// The checkpoint over the row before.
    ///
    /// # Errors
    /// As [`Writer::begin`].
    pub fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<()> {
        self.put(&Line::Checkpoint(checkpoint))
    }

    /// Signs the last row and gives the output back.
    ///
    /// # Errors
    /// As [`Writer::begin`].
    pub fn end(mut self, key: &LogKey, now: Timestamp) -> Result<W> {
        let checkpoint = key.sign(&self.origin, self.head.seq, self.head.hash, now);
        self.put(&Line::End(checkpoint))?;
        self.out.flush().map_err(unwritable)?;
        Ok(self.out)
    }

    fn put(&mut self, line: &Line) -> Result<()> {
        self.out.write_all(&line.encode()?).map_err(unwritable)
    }
}

fn broken() -> Error {
    Error::Internal("the audit trail is broken: `meldekette audit verify` says where".to_owned())
}

fn unwritable(error: std::io::Error) -> Error {
    Error::Unavailable(format!("audit export: {error}"))
}

/// Writes the chained rows numbered `first` to `last` (to the end of the chain without `last`) and returns the output
/// and how many rows it holds. Blocks: call it off the request's thread.
///
/// # Errors
/// [`Error::NotFound`] when the chain does not reach to `first`; the database's; [`Error::Unavailable`] when the
/// output refuses.
pub fn whole<W: Write>(
    db: &Db,
    key: &LogKey,
    origin: &str,
    (first, last): (u64, Option<u64>),
    out: W,
) -> Result<(W, u64)> {
    let before = db.read_now(|tx| service::head_at(tx, first.saturating_sub(1)))?.ok_or(Error::NotFound)?;
    let mut writer = Writer::begin(out, origin, key.public(), before)?;
    let mut written = 0;
    loop {
        let after = writer.head.seq;
        let stretch = db.read_now(|tx| service::stretch(tx, after, PAGE))?;
        let mut checkpoints = stretch.checkpoints.into_iter().peekable();
        let mut moved = false;
        for row in stretch.rows {
            let row = row.chained().ok_or_else(broken)?;
            if last.is_some_and(|last| row.seq > last) {
                break;
            }
            let seq = row.seq;
            writer.row(row)?;
            (written, moved) = (written + 1, true);
            while let Some(stored) = checkpoints.next_if(|checkpoint| checkpoint.is_at(seq)) {
                writer.checkpoint(stored.signed(origin).ok_or_else(broken)?)?;
            }
        }
        if !moved {
            return Ok((writer.end(key, db.env().now())?, written));
        }
    }
}
