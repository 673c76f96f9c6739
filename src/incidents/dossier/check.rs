//! Whether an archive is whole and what was signed: without configuration, keys or database.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom};

use ring::digest::{Context, SHA256, digest};
use zip::{CompressionMethod, ZipArchive};

use super::model::{AUDIT, CASE, Dossier, MANIFEST, Manifest, SIGNATURE, member};
use crate::audit::trail::{Extract, Head};
use crate::crypto::log::{Checkpoint, LogPublicKey};
use crate::incidents::evidence::service::PASSWORD;

/// The most members that an archive has: more files than a case can hold.
const MOST: usize = 2_000;
/// The largest member that is read whole into memory, in bytes.
const LARGEST_TEXT: u64 = 64 << 20;
/// The longest line of the trail, in bytes.
const LONGEST_LINE: u64 = 1 << 20;
/// The largest file, in bytes.
const LARGEST_FILE: u64 = 16 << 30;

/// What was found sound.
#[derive(Debug)]
pub struct Sound {
    pub manifest: Manifest,
    pub dossier: Dossier,
    /// Rows of the trail whose hash fits to what they say.
    pub rows: u64,
}

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("it is no archive of a case: {0}")]
    NoArchive(String),
    #[error("{0} is missing")]
    Missing(String),
    #[error("{0} is not in the manifest")]
    TooMuch(String),
    #[error("{0} is no name that a member has")]
    Name(String),
    #[error("{0} is compressed or linked: no member of an archive is")]
    Kind(String),
    #[error("{0} is too large")]
    TooLarge(String),
    #[error("{0} is not what was signed")]
    Changed(String),
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    #[error("the manifest is not signed by the key that it names")]
    Signature,
    #[error("another key signed: {0}")]
    OtherKey(String),
    #[error("row {0} of the trail is not what its hash says")]
    Row(u64),
    #[error("case.json and the manifest speak of different cases or files")]
    Unlike,
}

/// Checks an archive. `key`: the one that must have signed; without it any, and the caller tells whose it is.
///
/// # Errors
/// [`Broken`] with the first thing that does not hold.
pub fn check<R: Read + Seek>(mut input: R, key: Option<&LogPublicKey>) -> Result<Sound, Broken> {
    let no_archive = |error: &dyn std::fmt::Display| Broken::NoArchive(error.to_string());
    let length = input.seek(SeekFrom::End(0)).map_err(|error| no_archive(&error))?;
    let mut zip = ZipArchive::new(input).map_err(|error| no_archive(&error))?;
    if zip.len() > MOST {
        return Err(Broken::TooLarge("the list of members".to_owned()));
    }
    // Nothing is compressed: members that say more than the archive is long lie over each other.
    let mut said = 0_u64;
    let mut names = BTreeSet::new();
    for number in 0..zip.len() {
        let entry = zip.by_index_raw(number).map_err(|error| Broken::NoArchive(error.to_string()))?;
        let name = entry.name().map_err(|error| Broken::NoArchive(error.to_string()))?.into_owned();
        if !is_known(&name) || !names.insert(name.clone()) {
            return Err(Broken::Name(name));
        }
        let is_plain = !entry.encrypted() || name.starts_with("files/");
        if !entry.is_file()
            || entry.is_symlink()
            || entry.compression() != CompressionMethod::Stored
            || !is_plain
        {
            return Err(Broken::Kind(name));
        }
        said = said.saturating_add(entry.size());
        if entry.size() > LARGEST_FILE || said > length {
            return Err(Broken::TooLarge(name));
        }
    }
    let manifest_bytes = text(&mut zip, MANIFEST)?;
    let manifest: Manifest = read(MANIFEST, &manifest_bytes)?;
    signed(&manifest, &manifest_bytes, &text(&mut zip, SIGNATURE)?, key)?;
    for name in &names {
        let is_listed = manifest.members.iter().any(|member| member.path == *name);
        if !is_listed && ![MANIFEST, SIGNATURE].contains(&name.as_str()) {
            return Err(Broken::TooMuch(name.clone()));
        }
    }
    for member in &manifest.members {
        if !names.contains(&member.path) {
            return Err(Broken::Missing(member.path.clone()));
        }
        if digest_of(&mut zip, &member.path, member.size)? != member.sha256 {
            return Err(Broken::Changed(member.path.clone()));
        }
    }
    let dossier: Dossier = read(CASE, &text(&mut zip, CASE)?)?;
    alike(&manifest, &dossier)?;
    let rows = if names.contains(AUDIT) { rows(&mut zip)? } else { 0 };
    Ok(Sound { manifest, dossier, rows })
}

/// Names are few and flat: none leads anywhere else.
fn is_known(name: &str) -> bool {
    let is_file = name
        .strip_prefix("files/")
        .is_some_and(|number| number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit()));
    is_file || [CASE, AUDIT, MANIFEST, SIGNATURE].contains(&name)
}

fn signed(
    manifest: &Manifest,
    bytes: &[u8],
    signature: &[u8],
    wanted: Option<&LogPublicKey>,
) -> Result<(), Broken> {
    let key: LogPublicKey = manifest.key.parse().map_err(|_| Broken::Signature)?;
    if wanted.is_some_and(|wanted| *wanted != key) {
        return Err(Broken::OtherKey(manifest.key.clone()));
    }
    let note = std::str::from_utf8(signature).map_err(|_| Broken::Signature)?;
    let signed: Checkpoint = note.parse().map_err(|_| Broken::Signature)?;
    if !signed.verify(&key) || signed.origin != manifest.signed_as() || signed.at != manifest.exported_at {
        return Err(Broken::Signature);
    }
    if signed.hash.0 != digest(&SHA256, bytes).as_ref() {
        return Err(Broken::Changed(MANIFEST.to_owned()));
    }
    Ok(())
}

/// The case is the manifest's, and each of its files is the member that it names.
fn alike(manifest: &Manifest, dossier: &Dossier) -> Result<(), Broken> {
    let mut named = 0;
    for file in &dossier.files {
        let Some(path) = &file.path else { continue };
        let listed = manifest.members.iter().find(|it| it.path == *path).ok_or(Broken::Unlike)?;
        if *path != member(named) || Some(&listed.sha256) != file.sha256.as_ref() || listed.size != file.size
        {
            return Err(Broken::Unlike);
        }
        named += 1;
    }
    let files = manifest.members.iter().filter(|it| it.path.starts_with("files/")).count();
    let is_same = dossier.origin == manifest.origin
        && dossier.incident.reference == manifest.reference
        && dossier.incident.tlp == manifest.tlp
        && dossier.exported_at == manifest.exported_at
        && files == named;
    if is_same { Ok(()) } else { Err(Broken::Unlike) }
}

fn rows<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<u64, Broken> {
    let unreadable = |why: String| Broken::Unreadable(AUDIT.to_owned(), why);
    let mut input = BufReader::new(open(zip, AUDIT)?);
    let (mut count, mut last) = (0, 0);
    loop {
        let mut line = String::new();
        let read = input.by_ref().take(LONGEST_LINE).read_line(&mut line);
        if read.map_err(|error| unreadable(error.to_string()))? == 0 {
            return Ok(count);
        }
        let Extract { previous, row } =
            serde_json::from_str(&line).map_err(|error| unreadable(error.to_string()))?;
        let before = Head { seq: row.seq.saturating_sub(1), hash: previous };
        if row.seq <= last || before.next(&row.entry) != (Head { seq: row.seq, hash: row.hash }) {
            return Err(Broken::Row(row.seq));
        }
        (count, last) = (count + 1, row.seq);
    }
}

fn read<T: serde::de::DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, Broken> {
    serde_json::from_slice(bytes).map_err(|error| Broken::Unreadable(name.to_owned(), error.to_string()))
}

pub(super) fn open<'a, R: Read + Seek>(
    zip: &'a mut ZipArchive<R>,
    name: &str,
) -> Result<zip::read::ZipFile<'a, R>, Broken> {
    let number = zip.index_for_name(name).ok_or_else(|| Broken::Missing(name.to_owned()))?;
    let broken = |error: zip::result::ZipError| Broken::Unreadable(name.to_owned(), error.to_string());
    let is_encrypted = zip.by_index_raw(number).map_err(broken)?.encrypted();
    if is_encrypted {
        zip.by_index_decrypt(number, PASSWORD.as_bytes()).map_err(broken)
    } else {
        zip.by_index(number).map_err(broken)
    }
}

fn text<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Result<Vec<u8>, Broken> {
    let mut bytes = Vec::new();
    let mut input = open(zip, name)?.take(LARGEST_TEXT + 1);
    input.read_to_end(&mut bytes).map_err(|error| Broken::Unreadable(name.to_owned(), error.to_string()))?;
    if bytes.len() as u64 > LARGEST_TEXT {
        return Err(Broken::TooLarge(name.to_owned()));
    }
    Ok(bytes)
}

/// The digest of a member; one of another length than the manifest says is not what was signed.
fn digest_of<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str, size: u64) -> Result<String, Broken> {
    let mut input = open(zip, name)?;
    let (mut digest, mut come) = (Context::new(&SHA256), 0_u64);
    let mut room = vec![0; 64 << 10];
    loop {
        // A checksum of the archive's own or an authentication code that does not hold.
        let count = input.read(&mut room).map_err(|_| Broken::Changed(name.to_owned()))?;
        come += count as u64;
        if count == 0 && come == size {
            return Ok(hex::encode(digest.finish()));
        }
        if count == 0 || come > size {
            return Err(Broken::Changed(name.to_owned()));
        }
        digest.update(&room[..count]);
    }
}
