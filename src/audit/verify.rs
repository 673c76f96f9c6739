//! Whether a trail is what was written: over the database, or offline over an exported file.
//!
//! Every byte counts. A line of a file is parsed strictly, written again in its one spelling and compared; each row is
//! hashed onto the row before; each checkpoint's signature is checked against the public key. A trail that somebody
//! rewrote and signed anew from the start needs the key or a mailed checkpoint from outside to be found: [`Trust`].

use std::io::{BufRead, Read as _};

use diesel::result::Error::DeserializationError;

use super::export::{Header, Line};
use super::service;
use super::store::Stretch;
use super::trail::{Chained, Head};
use crate::core::error::{Error, Result};
use crate::crypto::log::{Checkpoint, LogPublicKey};
use crate::store::Db;

/// How many rows are read at a time.
const PAGE: i64 = 1000;
/// The longest line that can be a row.
const MAX_LINE: u64 = 1 << 20;

/// What the verifier knows from elsewhere. Without it, a trail is only compared with itself.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The key that must have signed.
    pub key: Option<LogPublicKey>,
    /// A checkpoint that was kept outside: the trail must contain it.
    pub checkpoint: Option<Checkpoint>,
}

/// What a trail without a fault holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sound {
    /// Chained rows that were checked.
    pub rows: u64,
    /// The number of the last of them; 0 in an empty trail.
    pub last: u64,
    pub checkpoints: u64,
    /// Rows at the end that no checkpoint signs yet.
    pub unsigned: u64,
    /// Rows that wait for the sequencer. They are in the database only, never in a file.
    pub unchained: u64,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the trail is broken at row {seq}: {why}")]
pub struct Broken {
    /// The number of the row that is changed or missing, or whose checkpoint is wrong.
    pub seq: u64,
    /// The line of the file, from 1.
    pub line: Option<u64>,
    pub why: Why,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("it cannot be read")]
    Unreadable,
    #[error("it is spelled differently from how it was written")]
    Respelled,
    #[error("it is missing or stands elsewhere")]
    OutOfOrder,
    #[error("its content or the chain before it was changed")]
    Changed,
    #[error("the checkpoint does not belong to this row")]
    WrongCheckpoint,
    #[error("the checkpoint's signature is not of this content and key")]
    WrongSignature,
    #[error("the trail ends here and did not")]
    Truncated,
    #[error("the trail is signed with another key than the trusted one")]
    OtherKey,
}

/// A trail as it is walked along.
#[derive(Debug, Clone)]
pub struct Walk {
    origin: String,
    key: LogPublicKey,
    trusted: Option<Checkpoint>,
    head: Head,
    signed: u64,
    sound: Sound,
}

impl Walk {
    /// Begins after `before`. A trusted checkpoint before that says nothing about this trail.
    ///
    /// # Errors
    /// [`Why::OtherKey`] or [`Why::WrongSignature`] when what is trusted contradicts the key.
    pub fn begin(origin: &str, key: LogPublicKey, before: Head, trust: &Trust) -> Result<Self, Why> {
        if trust.key.is_some_and(|trusted| trusted != key) {
            return Err(Why::OtherKey);
        }
        if trust.checkpoint.as_ref().is_some_and(|trusted| !trusted.verify(&key) || trusted.origin != origin)
        {
            return Err(Why::WrongSignature);
        }
        let walk = Self {
            origin: origin.to_owned(),
            key,
            trusted: trust.checkpoint.clone().filter(|trusted| trusted.seq >= before.seq),
            head: before,
            signed: before.seq,
            sound: Sound::default(),
        };
        walk.compare().map(|()| walk)
    }

    /// The row that comes next.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn row(&mut self, row: &Chained) -> Result<(), Why> {
        if row.seq != self.head.seq + 1 {
            return Err(Why::OutOfOrder);
        }
        let next = self.head.next(&row.entry);
        if next.hash != row.hash {
            return Err(Why::Changed);
        }
        self.head = next;
        self.sound.rows += 1;
        self.compare()
    }

    /// A checkpoint over the row before.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Why> {
        if checkpoint.origin != self.origin
            || checkpoint.seq != self.head.seq
            || checkpoint.hash != self.head.hash
        {
            return Err(if checkpoint.seq > self.head.seq { Why::Truncated } else { Why::WrongCheckpoint });
        }
        if !checkpoint.verify(&self.key) {
            return Err(Why::WrongSignature);
        }
        self.signed = checkpoint.seq;
        self.sound.checkpoints += 1;
        Ok(())
    }

    /// The end of the trail.
    ///
    /// # Errors
    /// [`Why::Truncated`] when a trusted checkpoint lies beyond.
    pub fn end(self) -> Result<Sound, Why> {
        if self.trusted.is_some_and(|trusted| trusted.seq > self.head.seq) {
            return Err(Why::Truncated);
        }
        Ok(Sound { last: self.head.seq, unsigned: self.head.seq - self.signed, ..self.sound })
    }

    fn compare(&self) -> Result<(), Why> {
        match &self.trusted {
            Some(trusted) if trusted.seq == self.head.seq && trusted.hash != self.head.hash => {
                Err(Why::Changed)
            }
            _ => Ok(()),
        }
    }

    /// Names the row that a fault is about: the next one, or for a checkpoint the one before.
    fn broken(&self, line: Option<u64>, why: Why) -> Broken {
        let of_checkpoint = matches!(why, Why::WrongCheckpoint | Why::WrongSignature);
        Broken { seq: if of_checkpoint { self.head.seq } else { self.head.seq + 1 }, line, why }
    }
}

/// Verifies an exported file.
///
/// # Errors
/// The outer error when the file cannot be read at all, the inner one with the first fault.
pub fn file(input: impl BufRead, trust: &Trust) -> std::io::Result<Result<Sound, Broken>> {
    read_on(Reading { walk: None, trust, line: 0, is_over: false }, input)
}

fn read_on(mut reading: Reading<'_>, mut input: impl BufRead) -> std::io::Result<Result<Sound, Broken>> {
    loop {
        let mut bytes = Vec::new();
        if input.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(reading.end());
        }
        if let Err(broken) = reading.take(&bytes) {
            return Ok(Err(broken));
        }
    }
}

#[derive(Clone)]
struct Reading<'a> {
    walk: Option<Walk>,
    trust: &'a Trust,
    line: u64,
    is_over: bool,
}

impl Reading<'_> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.line += 1;
        let line = self.parse(bytes).map_err(|why| self.broken(why))?;
        let Some(walk) = &mut self.walk else {
            let Line::Header(header) = line else { return Err(self.broken(Why::Unreadable)) };
            self.walk = Some(self.begin(header).map_err(|why| self.broken(why))?);
            return Ok(());
        };
        let taken = match line {
            _ if self.is_over => Err(Why::OutOfOrder),
            Line::Header(_) => Err(Why::OutOfOrder),
            Line::Row(row) => walk.row(&row),
            Line::Checkpoint(checkpoint) => walk.checkpoint(&checkpoint),
            Line::End(checkpoint) => {
                self.is_over = true;
                walk.checkpoint(&checkpoint)
            }
        };
        taken.map_err(|why| self.broken(why))
    }

    fn parse(&self, bytes: &[u8]) -> Result<Line, Why> {
        let line: Line = serde_json::from_slice(bytes).map_err(|_| Why::Unreadable)?;
        match line.encode() {
            Ok(again) if again == bytes => Ok(line),
            _ => Err(Why::Respelled),
        }
    }

    fn begin(&self, header: Header) -> Result<Walk, Why> {
        let before = header.first.checked_sub(1).ok_or(Why::Unreadable)?;
        let before = Head { seq: before, hash: header.previous };
        if before.seq == 0 && before != Head::START {
            return Err(Why::Changed);
        }
        Walk::begin(&header.origin, header.key, before, self.trust)
    }

    fn end(self) -> Result<Sound, Broken> {
        let line = Some(self.line);
        match self.walk {
            Some(walk) if self.is_over => {
                let broken = walk.broken(line, Why::Truncated);
                walk.end().map_err(|why| Broken { why, ..broken })
            }
            Some(walk) => Err(walk.broken(line, Why::Truncated)),
            None => Err(Broken { seq: 0, line, why: Why::Truncated }),
        }
    }

    fn broken(&self, why: Why) -> Broken {
        match &self.walk {
            Some(walk) => walk.broken(Some(self.line), why),
            None => Broken { seq: 0, line: Some(self.line), why },
        }
    }
}

/// Verifies the trail in the database, page by page. Blocks: call it off the request's thread.
///
/// # Errors
/// The outer error when the database cannot be read, the inner one with the first fault.
pub fn database(db: &Db, origin: &str, key: LogPublicKey, trust: &Trust) -> Result<Result<Sound, Broken>> {
    let mut walk = match Walk::begin(origin, key, Head::START, trust) {
        Ok(walk) => walk,
        Err(why) => return Ok(Err(Broken { seq: 0, line: None, why })),
    };
    let mut limit = PAGE;
    loop {
        let after = walk.head.seq;
        let stretch = match db.read_now(|tx| service::stretch(tx, after, limit)) {
            Ok(stretch) => stretch,
            // Some value is not even of its type: row by row until it is found.
            Err(Error::Database(DeserializationError(_))) if limit > 1 => {
                limit = 1;
                continue;
            }
            Err(Error::Database(DeserializationError(_))) => {
                return Ok(Err(walk.broken(None, Why::Unreadable)));
            }
            Err(error) => return Err(error),
        };
        let is_last = stretch.rows.is_empty();
        if let Err(why) = walk_along(&mut walk, stretch) {
            return Ok(Err(walk.broken(None, why)));
        }
        if is_last {
            let broken = walk.broken(None, Why::Truncated);
            let unchained = db.read_now(service::count_unchained)?;
            return Ok(walk.end().map(|sound| Sound { unchained, ..sound }).map_err(|_| broken));
        }
    }
}

fn walk_along(walk: &mut Walk, stretch: Stretch) -> Result<(), Why> {
    let origin = walk.origin.clone();
    let mut checkpoints = stretch.checkpoints.into_iter().peekable();
    for row in stretch.rows {
        walk.row(&row.chained().ok_or(Why::Unreadable)?)?;
        while let Some(stored) = checkpoints.next_if(|checkpoint| checkpoint.is_at(walk.head.seq)) {
            walk.checkpoint(&stored.signed(&origin).ok_or(Why::WrongCheckpoint)?)?;
        }
    }
    // What is left stands at no row.
    match checkpoints.next() {
        Some(stored) => walk.checkpoint(&stored.signed(&origin).ok_or(Why::WrongCheckpoint)?),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::export::Writer;
    use super::super::trail::Row;
    use super::*;
    use crate::core::ids::{AnyId, AuditId};
    use crate::crypto::log::LogKey;

    fn key() -> LogKey {
        LogKey::from_seed(&[7; 32]).unwrap()
    }

    fn row(n: u128) -> Row {
        let id = |n: u128| AnyId(uuid::Uuid::from_u128(n << 64 | 0x7000_8000));
        Row {
            id: AuditId(id(n).0),
            at: jiff::Timestamp::from_microsecond(1_790_000_000_000_001 + n as i64 * 250_000).unwrap(),
            account_id: n.is_multiple_of(3).then(|| id(n + 100)),
            actor_name: format!("Analyse {n} \"Nacht\" ÄÖ"),
            via: "session".into(),
            action: "incident.triage".into(),
            subject_kind: "incident".into(),
            subject_id: Some(id(n + 200)),
            organisation_id: n.is_multiple_of(2).then(|| id(n + 300).0.into()),
            ip: (!n.is_multiple_of(5)).then(|| "2001:db8::1".into()),
            request_id: None,
            detail: format!("{{\"priority\":{},\"note\":\"a\\nb\"}}", n % 4 + 1),
        }
    }

    /// A trail of `n` rows with a checkpoint after each tenth.
    fn trail(n: u128) -> (Vec<Chained>, BTreeMap<u64, Checkpoint>) {
        let (mut head, mut rows, mut checkpoints) = (Head::START, Vec::new(), BTreeMap::new());
        for entry in (1..=n).map(row) {
            head = head.next(&entry);
            if head.seq % 10 == 0 {
                checkpoints.insert(head.seq, key().sign("cert.example", head.seq, head.hash, entry.at));
            }
            rows.push(Chained { seq: head.seq, hash: head.hash, entry });
        }
        (rows, checkpoints)
    }

    fn exported(rows: &[Chained], checkpoints: &BTreeMap<u64, Checkpoint>) -> Vec<u8> {
        let mut writer = Writer::begin(Vec::new(), "cert.example", key().public(), Head::START).unwrap();
        for row in rows {
            writer.row(row.clone()).unwrap();
            if let Some(checkpoint) = checkpoints.get(&row.seq) {
                writer.checkpoint(checkpoint.clone()).unwrap();
            }
        }
        writer.end(&key(), jiff::Timestamp::from_second(1_790_001_000).unwrap()).unwrap()
    }

    fn verify(bytes: &[u8], trust: &Trust) -> Result<Sound, Broken> {
        file(bytes, trust).unwrap()
    }

    #[test]
    fn an_auditor_finds_an_exported_trail_as_it_was_written() {
        let (rows, checkpoints) = trail(45);
        let trust = Trust { key: Some(key().public()), checkpoint: checkpoints.get(&30).cloned() };
        let sound = verify(&exported(&rows, &checkpoints), &trust).unwrap();
        assert_eq!(sound, Sound { rows: 45, last: 45, checkpoints: 5, unsigned: 0, unchained: 0 });
        assert_eq!(verify(&exported(&[], &checkpoints), &Trust::default()).map(|sound| sound.rows), Ok(0));
    }

    #[test]
    fn a_flip_of_any_byte_of_an_exported_trail_is_found() {
        let (rows, checkpoints) = trail(40);
        let mut bytes = exported(&rows, &checkpoints);
        let masks = [0x01, 0x20, 0x80, 0xff];
        let (mut found, mut begin, trust) = (0, 0, Trust::default());
        // What stands before the line of the flipped byte was read once and found to be sound.
        let mut before = Reading { walk: None, trust: &trust, line: 0, is_over: false };
        while begin < bytes.len() {
            let end = begin + bytes[begin..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
            for at in begin..end {
                for mask in masks {
                    bytes[at] ^= mask;
                    let verdict = read_on(before.clone(), &bytes[begin..]).unwrap();
                    assert!(verdict.is_err(), "byte {at} xor {mask:#04x}");
                    found += 1;
                    bytes[at] ^= mask;
                }
            }
            before.take(&bytes[begin..end]).unwrap();
            begin = end;
        }
        assert_eq!(found, bytes.len() * masks.len());
        println!(
            "exported trail: {} bytes, each flipped with {} masks, {found} of {found} found",
            bytes.len(),
            masks.len()
        );
    }

    #[test]
    fn a_missing_or_swapped_row_is_named() {
        let (rows, checkpoints) = trail(20);
        let mut missing = rows.clone();
        missing.remove(6);
        let broken = verify(&exported(&missing, &checkpoints), &Trust::default()).unwrap_err();
        assert_eq!((broken.seq, broken.why), (7, Why::OutOfOrder));

        let mut swapped = rows.clone();
        swapped.swap(3, 4);
        let broken = verify(&exported(&swapped, &checkpoints), &Trust::default()).unwrap_err();
        assert_eq!((broken.seq, broken.why), (4, Why::OutOfOrder));

        // Swapped, and their numbers mended by somebody who does not know better.
        (swapped[3].seq, swapped[4].seq) = (4, 5);
        let broken = verify(&exported(&swapped, &checkpoints), &Trust::default()).unwrap_err();
        assert_eq!((broken.seq, broken.why), (4, Why::Changed));
    }

    #[test]
    fn a_changed_row_whose_hashes_were_made_anew_is_found_at_the_next_checkpoint() {
        let (rows, checkpoints) = trail(20);
        let mut head = Head::START;
        let rewritten: Vec<_> = rows
            .into_iter()
            .map(|mut row| {
                if row.seq == 12 {
                    row.entry.actor_name = "Jemand".into();
                }
                head = head.next(&row.entry);
                Chained { hash: head.hash, ..row }
            })
            .collect();
        let broken = verify(&exported(&rewritten, &checkpoints), &Trust::default()).unwrap_err();
        assert_eq!((broken.seq, broken.why), (20, Why::WrongCheckpoint));
    }

    #[test]
    fn a_trail_that_ends_before_a_mailed_checkpoint_is_found() {
        let (rows, checkpoints) = trail(40);
        let trust = Trust { key: None, checkpoint: checkpoints.get(&40).cloned() };
        let broken = verify(&exported(&rows[..35], &checkpoints), &trust).unwrap_err();
        assert_eq!((broken.seq, broken.why), (36, Why::Truncated));
    }

    #[test]
    fn a_file_that_was_cut_off_is_found_wherever_it_was_cut() {
        let (rows, checkpoints) = trail(12);
        let bytes = exported(&rows, &checkpoints);
        assert!((0..bytes.len()).all(|len| verify(&bytes[..len], &Trust::default()).is_err()));
        let longer = [bytes.as_slice(), b"\n"].concat();
        assert!(verify(&longer, &Trust::default()).is_err());
    }

    #[test]
    fn a_trail_signed_anew_with_another_key_is_found_by_who_knows_the_key() {
        let (rows, checkpoints) = trail(10);
        let other = LogKey::from_seed(&[8; 32]).unwrap().public();
        let bytes = exported(&rows, &checkpoints);
        let broken = verify(&bytes, &Trust { key: Some(other), checkpoint: None }).unwrap_err();
        assert_eq!(broken.why, Why::OtherKey);
    }
}
