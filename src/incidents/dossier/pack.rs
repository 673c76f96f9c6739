//! Writes an archive, member after member: no file is ever whole in memory.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use ring::digest::{Context, SHA256, digest};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use super::model::{AUDIT, CASE, Format, MANIFEST, Manifest, Member, SIGNATURE};
use super::service::Contents;
use crate::audit::service as audit;
use crate::core::error::{Error, Result};
use crate::crypto::log::{ChainHash, LogKey};
use crate::incidents::evidence::service::{Fault, PASSWORD, Vault, streamed};
use crate::store::Db;

/// How many rows of the trail are read at a time.
const ROWS: i64 = 1000;

/// What an archive is written with.
#[derive(Clone)]
pub struct Tools {
    pub vault: Arc<Vault>,
    pub db: Db,
    pub key: Arc<LogKey>,
}

/// The archive while it is written. It keeps its place among those that are packed until it is at its end.
pub fn stream(
    contents: Contents,
    tools: Tools,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Bytes, Fault>> + 'static {
    streamed(place, move |outlet, handle| write(outlet, &contents, &tools, handle).map(|_| ()))
}

/// Writes the archive and gives the output back. Blocks: call it off the runtime's threads.
///
/// # Errors
/// [`Fault::Damaged`] where a file is not what was taken in: then what was written is no archive.
pub fn write<W: Write>(
    out: W,
    contents: &Contents,
    tools: &Tools,
    handle: &Handle,
) -> std::result::Result<W, Fault> {
    let mut pack = Pack { zip: ZipWriter::new_stream(out), members: Vec::new() };
    let dossier = &contents.dossier;
    pack.member(CASE, false, |out| put(out, &json(dossier)?))?;
    for (place, file) in contents.files.iter().enumerate() {
        let mut reader = tools.vault.read(file)?;
        let is_large = reader.size() >= u64::from(u32::MAX) - (64 << 10);
        let begun = Begun { path: super::model::member(place), is_sample: file.is_sample, is_large };
        pack.begin(&begun)?;
        let mut seen = Seen::default();
        while let Some(bytes) = handle.block_on(reader.next())? {
            seen.take(&bytes);
            put(&mut pack.zip, &bytes)?;
        }
        let member = seen.member(begun.path);
        if file.sha256.map(hex::encode).as_ref() != Some(&member.sha256) {
            return Err(Fault::Damaged(0));
        }
        pack.members.push(member);
    }
    if !contents.trail.is_empty() {
        pack.member(AUDIT, false, |out| trail(out, contents, tools))?;
    }
    let manifest = Manifest {
        format: Format::V1,
        origin: dossier.origin.clone(),
        reference: dossier.incident.reference.clone(),
        tlp: dossier.incident.tlp.clone(),
        exported_at: dossier.exported_at,
        key: tools.key.public().to_string(),
        members: pack.members.clone(),
    };
    let bytes = json(&manifest)?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &bytes).as_ref());
    let count = u64::try_from(manifest.members.len()).unwrap_or(u64::MAX);
    let signed = tools.key.sign(&manifest.signed_as(), count, ChainHash(hash), manifest.exported_at);
    pack.member(MANIFEST, false, |out| put(out, &bytes))?;
    pack.member(SIGNATURE, false, |out| put(out, signed.to_string().as_bytes()))?;
    let mut out = pack.zip.finish().map_err(broken)?.into_inner();
    out.flush().map_err(unwritable)?;
    Ok(out)
}

/// Each row of the trail about the case with the hash before it, so that its own hash can be computed again; whether it
/// stands in the trail says the whole trail's export.
fn trail(out: &mut dyn Write, contents: &Contents, tools: &Tools) -> std::result::Result<(), Fault> {
    let mut after = 0;
    loop {
        let subjects = contents.trail.clone();
        let rows = tools.db.read_now(|tx| audit::extract(tx, &subjects, after, ROWS))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.row.seq;
        for row in &rows {
            let mut line = serde_json::to_vec(row).map_err(unspeakable)?;
            line.push(b'\n');
            put(out, &line)?;
        }
    }
}

fn json<T: serde::Serialize>(value: &T) -> std::result::Result<Vec<u8>, Fault> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(unspeakable)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn put(out: &mut (impl Write + ?Sized), bytes: &[u8]) -> std::result::Result<(), Fault> {
    out.write_all(bytes).map_err(unwritable)
}

fn unspeakable(error: serde_json::Error) -> Fault {
    Fault::Failed(Error::Internal(format!("archive of a case: {error}")))
}

fn unwritable(error: io::Error) -> Fault {
    Fault::Failed(Error::Unavailable(format!("archive of a case: {error}")))
}

fn broken(error: zip::result::ZipError) -> Fault {
    Fault::Failed(Error::Internal(format!("archive of a case: {error}")))
}

struct Begun {
    path: String,
    is_sample: bool,
    is_large: bool,
}

struct Pack<W: Write> {
    zip: ZipWriter<zip::write::StreamWriter<W>>,
    members: Vec<Member>,
}

impl<W: Write> Pack<W> {
    fn begin(&mut self, member: &Begun) -> std::result::Result<(), Fault> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(member.is_large);
        let options =
            if member.is_sample { options.with_aes_encryption(AesMode::Aes256, PASSWORD) } else { options };
        self.zip.start_file(member.path.as_str(), options).map_err(broken)
    }

    /// A member that is written at once.
    fn member(
        &mut self,
        path: &str,
        is_sample: bool,
        content: impl FnOnce(&mut dyn Write) -> std::result::Result<(), Fault>,
    ) -> std::result::Result<(), Fault> {
        self.begin(&Begun { path: path.to_owned(), is_sample, is_large: false })?;
        let mut told = Told { out: &mut self.zip, seen: Seen::default() };
        content(&mut told)?;
        let member = told.seen.member(path.to_owned());
        self.members.push(member);
        Ok(())
    }
}

/// Counts and digests what passes.
struct Seen {
    size: u64,
    digest: Context,
}

impl Default for Seen {
    fn default() -> Self {
        Self { size: 0, digest: Context::new(&SHA256) }
    }
}

impl Seen {
    fn take(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.digest.update(bytes);
    }

    fn member(self, path: String) -> Member {
        Member { path, size: self.size, sha256: hex::encode(self.digest.finish()) }
    }
}

struct Told<'a> {
    out: &'a mut dyn Write,
    seen: Seen,
}

impl Write for Told<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.seen.take(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
