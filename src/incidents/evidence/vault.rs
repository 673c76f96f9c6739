//! The bytes of files: sealed chunk after chunk into the object store, and verified before a byte leaves it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Buf as _, Bytes};
use ring::digest::{Context, SHA256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::model::{Evidence, Kept, Sha256, State};
use crate::core::env::Env;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::EvidenceId;
use crate::crypto::chunks::{CHUNK, FileKey, HEAD, Place};
use crate::crypto::seal::SealingKey;
use crate::incidents::model::Audience;
use crate::store::objects::Objects;

/// Files on their way that are known in memory. Of one that is not, the digest is computed when its last byte is there.
const REMEMBERED: usize = 1024;
/// Files that are verified at once: each keeps a processor busy.
const VERIFIED_AT_ONCE: usize = 2;
/// Files that are handed out in an archive at once: each keeps a thread as long as its receiver takes.
const PACKED_AT_ONCE: usize = 16;
/// The largest object that a chunk makes.
const SEALED: u64 = (CHUNK + 64) as u64;

/// Why bytes of a stored file cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A chunk is missing, or is not what was stored.
    #[error("chunk {0} is missing or was changed")]
    Damaged(u32),
    /// The store does not answer, or the key cannot be opened.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(_) => Self::Conflict("evidence-refused-damaged"),
            Fault::Failed(error) => error,
        }
    }
}

/// A file on its way in this process.
struct Running {
    /// Which request goes on with it: the latest one.
    turn: u64,
    /// When it was last gone on with, in the order of turns.
    used: u64,
    stored: u64,
    /// Of all that is stored; `None` where this process did not see all of it come.
    digest: Option<Context>,
}

/// The object store with the keys to what lies in it. Shared by all threads as `web::Data<Vault>`.
pub struct Vault {
    objects: Objects,
    sealing: SealingKey,
    env: Env,
    running: Mutex<HashMap<EvidenceId, Running>>,
    turns: AtomicU64,
    verifying: Arc<Semaphore>,
    packing: Arc<Semaphore>,
}

impl Vault {
    /// Files in `objects`, their keys sealed with the installation's.
    #[must_use]
    pub fn new(objects: Objects, sealing: SealingKey, env: Env) -> Self {
        Self {
            objects,
            sealing,
            env,
            running: Mutex::default(),
            turns: AtomicU64::default(),
            verifying: Arc::new(Semaphore::new(VERIFIED_AT_ONCE)),
            packing: Arc::new(Semaphore::new(PACKED_AT_ONCE)),
        }
    }

    /// A place among the files that are verified now; it is given back when the value goes.
    ///
    /// # Errors
    /// [`Error::Conflict`] where all are taken.
    pub fn verifying(&self) -> Result<OwnedSemaphorePermit> {
        place_of(&self.verifying)
    }

    /// A place among the files that are handed out in an archive now, as [`Vault::verifying`].
    ///
    /// # Errors
    /// [`Error::Conflict`] where all are taken.
    pub fn packing(&self) -> Result<OwnedSemaphorePermit> {
        place_of(&self.packing)
    }

    /// Draws id and key of a new file; the key comes back sealed, for its row.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be sealed.
    pub fn draw(&self) -> Result<(EvidenceId, Vec<u8>)> {
        let id = EvidenceId(self.env.uuid());
        let sealed = self.sealing.seal(&purpose(id), &FileKey::draw(&self.env), &self.env)?;
        Ok((id, sealed))
    }

    fn key(&self, file: &Evidence) -> Result<Arc<FileKey>> {
        let bytes = self.sealing.open(&purpose(file.id), &file.data_key)?;
        Ok(Arc::new(FileKey::new(&bytes, file.id.0)?))
    }

    /// Goes on with a file from what is stored of it. A request that still holds the same file is let go: its
    /// connection was lost, or nobody would ask again.
    ///
    /// # Errors
    /// [`Error::Internal`] when its key does not open.
    pub fn resume(self: &Arc<Self>, file: &Evidence) -> Result<Intake> {
        let key = self.key(file)?;
        let turn = self.turn();
        let mut running = self.running();
        let known = running.get(&file.id).filter(|known| known.stored == file.received);
        let digest = match known {
            Some(known) => known.digest.clone(),
            None => (file.received == 0).then(|| Context::new(&SHA256)),
        };
        if running.len() >= REMEMBERED && !running.contains_key(&file.id) {
            let oldest = running.iter().min_by_key(|(_, it)| it.used).map(|(id, _)| *id);
            oldest.and_then(|id| running.remove(&id));
        }
        let it = Running { turn, used: turn, stored: file.received, digest: digest.clone() };
        running.insert(file.id, it);
        drop(running);
        Ok(Intake {
            vault: Arc::clone(self),
            id: file.id,
            key,
            turn,
            size: file.size,
            stored: file.received,
            digest,
            room: FileKey::room(),
        })
    }

    /// Reads a stored file from its beginning.
    ///
    /// # Errors
    /// [`Error::Internal`] when its key does not open.
    pub fn read(self: &Arc<Self>, file: &Evidence) -> Result<Reader> {
        let size = file.size.unwrap_or_default();
        Ok(Reader { vault: Arc::clone(self), id: file.id, key: self.key(file)?, size, number: 0 })
    }

    /// Seals a whole file that is in memory, for what becomes evidence later or never. When this returns it is durable;
    /// whoever does not write down where it lies gives the bytes up ([`Vault::remove`]).
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the store does not take it, [`Error::Invalid`] for an empty one.
    pub async fn keep(self: &Arc<Self>, bytes: Bytes) -> Result<Kept> {
        if bytes.is_empty() {
            return Err(FieldError::new("datei", "evidence-refused-empty").into());
        }
        let mut keeping = self.keeping(bytes.len() as u64)?;
        keeping.take(bytes).await?;
        keeping.close().await
    }

    /// Begins such a file of this size whose bytes come one after the other. Whoever does not bring it to its end gives
    /// it up all the same.
    ///
    /// # Errors
    /// [`Error::Internal`] when a key cannot be drawn.
    pub fn keeping(self: &Arc<Self>, size: u64) -> Result<Keeping> {
        let (id, data_key) = self.draw()?;
        let intake = self.resume(&bare(id, &data_key, size))?;
        Ok(Keeping { id, data_key, intake })
    }

    /// Reads a whole file into memory that [`Vault::keep`] sealed.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn fetch(
        self: &Arc<Self>,
        id: EvidenceId,
        data_key: &[u8],
        size: u64,
    ) -> Result<Vec<u8>, Fault> {
        let mut reader = self.read(&bare(id, data_key, size))?;
        let mut bytes = Vec::new();
        while let Some(chunk) = reader.next().await? {
            bytes.extend(chunk);
        }
        Ok(bytes)
    }

    async fn chunk(&self, id: EvidenceId, key: &Arc<FileKey>, place: Place) -> Result<Vec<u8>, Fault> {
        let sealed = self.objects.get(&object(id, place.number), SEALED).await?;
        let sealed = sealed.ok_or(Fault::Damaged(place.number))?;
        let key = Arc::clone(key);
        let opened = blocking(move || key.open(place, sealed.into())).await?;
        opened.map_err(|_| Fault::Damaged(place.number))
    }

    /// Removes what is stored of a file.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn remove(&self, id: EvidenceId) -> Result<()> {
        self.running().remove(&id);
        self.objects.remove_below(&folder(id)).await
    }

    fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed)
    }

    fn running(&self) -> MutexGuard<'_, HashMap<EvidenceId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file as the vault knows it, which belongs to no case.
fn bare(id: EvidenceId, data_key: &[u8], size: u64) -> Evidence {
    Evidence {
        id,
        name: String::new(),
        media_type: String::new(),
        account: None,
        author: String::new(),
        audience: Audience::Team,
        state: State::Uploading,
        size: Some(size),
        received: 0,
        sha256: None,
        is_sample: false,
        is_damaged: false,
        begun_at: jiff::Timestamp::UNIX_EPOCH,
        stored_at: None,
        data_key: data_key.to_vec(),
    }
}

fn place_of(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    Arc::clone(places).try_acquire_owned().map_err(|_| Error::Conflict("evidence-refused-busy"))
}

fn purpose(id: EvidenceId) -> String {
    format!("evidence/{id}")
}

fn folder(id: EvidenceId) -> String {
    format!("evidence/{id}")
}

fn object(id: EvidenceId, number: u32) -> String {
    format!("{}/{number:08}", folder(id))
}

fn chunks(size: u64) -> u32 {
    u32::try_from(size.div_ceil(CHUNK as u64)).unwrap_or(u32::MAX)
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f).await.map_err(|error| Error::Internal(format!("blocking task: {error}")))
}

/// A file that is being taken in.
pub struct Intake {
    vault: Arc<Vault>,
    id: EvidenceId,
    key: Arc<FileKey>,
    turn: u64,
    size: Option<u64>,
    stored: u64,
    digest: Option<Context>,
    /// The chunk that is being filled.
    room: Vec<u8>,
}

impl Intake {
    /// Bytes that lie durably in the store.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.stored
    }

    /// Bytes that came, also those that wait for the rest of their chunk.
    #[must_use]
    pub fn come(&self) -> u64 {
        self.stored + (self.room.len() - HEAD) as u64
    }

    /// Whether all announced bytes came.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.size == Some(self.come())
    }

    /// Takes bytes off the front of `bytes`, at most to the end of a chunk. True when a chunk became durable by it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more bytes than were announced, [`Error::Conflict`] when another request goes on with the
    /// file, [`Error::Unavailable`] when the store does not take the chunk.
    pub async fn take(&mut self, bytes: &mut Bytes) -> Result<bool> {
        if self.size.is_some_and(|size| self.come() + bytes.len() as u64 > size) {
            return Err(FieldError::new("datei", "evidence-refused-length").into());
        }
        // Of a file without an announced size only the next byte tells that a full chunk is not the last one.
        if self.is_full() {
            self.keep(false).await?;
            return Ok(true);
        }
        let part = bytes.len().min(HEAD + CHUNK - self.room.len());
        self.room.extend_from_slice(&bytes[..part]);
        bytes.advance(part);
        let is_between = self.size.is_some_and(|size| self.come() < size);
        if self.is_full() && is_between {
            self.keep(false).await?;
            return Ok(true);
        }
        Ok(false)
    }

    fn is_full(&self) -> bool {
        self.room.len() == HEAD + CHUNK
    }

    /// Seals and stores what is left as the last chunk: the file is whole. Where not all of it was seen to come, it is
    /// read through once.
    ///
    /// # Errors
    /// As [`Intake::take`]; [`Fault::Damaged`] where what was stored before is not whole any more.
    pub async fn close(mut self) -> Result<(u64, Sha256), Fault> {
        self.keep(true).await?;
        let sha256 = match self.digest.take() {
            Some(digest) => finished(digest),
            None => {
                let (vault, key) = (Arc::clone(&self.vault), Arc::clone(&self.key));
                Reader { vault, id: self.id, key, size: self.stored, number: 0 }.digest().await?
            }
        };
        self.check_turn()?;
        self.vault.running().remove(&self.id);
        Ok((self.stored, sha256))
    }

    async fn keep(&mut self, is_last: bool) -> Result<()> {
        let place = Place { number: chunks(self.stored), is_last };
        let room = std::mem::replace(&mut self.room, if is_last { Vec::new() } else { FileKey::room() });
        let length = (room.len() - HEAD) as u64;
        let (key, env, mut digest) = (Arc::clone(&self.key), self.vault.env.clone(), self.digest.clone());
        let (sealed, digest) = blocking(move || {
            if let Some(digest) = &mut digest {
                digest.update(&room[HEAD..]);
            }
            (key.seal(place, room, &env), digest)
        })
        .await?;
        self.check_turn()?;
        self.vault.objects.put(&object(self.id, place.number), sealed?).await?;
        self.check_turn()?;
        self.stored += length;
        self.digest = digest;
        if is_last {
            self.room = FileKey::room();
        }
        if let Some(running) = self.vault.running().get_mut(&self.id) {
            running.used = self.vault.turn();
            running.stored = self.stored;
            running.digest = self.digest.clone();
        }
        Ok(())
    }

    /// Only the latest request writes, and nobody once the file is whole or given up: what is in custody stays as it is.
    fn check_turn(&self) -> Result<()> {
        match self.vault.running().get(&self.id) {
            Some(running) if running.turn == self.turn => Ok(()),
            _ => Err(Error::Conflict("evidence-refused-taken-over")),
        }
    }
}

/// A file on its way that becomes evidence later or never.
pub struct Keeping {
    pub id: EvidenceId,
    data_key: Vec<u8>,
    intake: Intake,
}

impl Keeping {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// As [`Intake::take`].
    pub async fn take(&mut self, bytes: Bytes) -> Result<()> {
        let mut left = bytes;
        while !left.is_empty() {
            self.intake.take(&mut left).await?;
        }
        Ok(())
    }

    /// The file is whole and durable.
    ///
    /// # Errors
    /// As [`Intake::close`].
    pub async fn close(self) -> Result<Kept> {
        let (size, sha256) = self.intake.close().await?;
        Ok(Kept { id: self.id, data_key: self.data_key, size, sha256 })
    }
}

/// A stored file, read from its beginning.
pub struct Reader {
    vault: Arc<Vault>,
    id: EvidenceId,
    key: Arc<FileKey>,
    size: u64,
    number: u32,
}

impl Reader {
    /// Bytes of the whole file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The next chunk, verified; `None` at the end.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let Some(place) = Place::of(self.number, self.size) else { return Ok(None) };
        let chunk = self.vault.chunk(self.id, &self.key, place).await?;
        self.number += 1;
        Ok(Some(chunk))
    }

    /// Reads all that is left, and says its digest.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn digest(mut self) -> Result<Sha256, Fault> {
        let mut digest = Context::new(&SHA256);
        while let Some(chunk) = self.next().await? {
            digest = blocking(move || {
                digest.update(&chunk);
                digest
            })
            .await?;
        }
        Ok(finished(digest))
    }
}

fn finished(digest: Context) -> Sha256 {
    let mut sha256 = Sha256::default();
    sha256.copy_from_slice(digest.finish().as_ref());
    sha256
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn begun(vault: &Vault) -> Evidence {
        let (id, data_key) = vault.draw().unwrap();
        Evidence {
            id,
            name: "a.bin".to_owned(),
            media_type: String::new(),
            account: None,
            author: String::new(),
            audience: Audience::Team,
            state: State::Uploading,
            size: Some(2 * CHUNK as u64),
            received: 0,
            sha256: None,
            is_sample: false,
            is_damaged: false,
            begun_at: Timestamp::UNIX_EPOCH,
            stored_at: None,
            data_key,
        }
    }

    fn vault(folder: &std::path::Path) -> Arc<Vault> {
        let sealing = SealingKey::from_bytes(&[7; 32]).unwrap();
        Arc::new(Vault::new(Objects::folder(folder).unwrap(), sealing, Env::system()))
    }

    /// Takes so many bytes of a file in a request of its own.
    async fn go_on(vault: &Arc<Vault>, file: &mut Evidence, bytes: usize) -> Intake {
        let mut intake = vault.resume(file).unwrap();
        let mut bytes = Bytes::from(vec![1; bytes]);
        while !bytes.is_empty() {
            intake.take(&mut bytes).await.unwrap();
        }
        file.received = intake.stored();
        intake
    }

    #[tokio::test]
    async fn the_file_that_was_gone_on_with_last_of_all_is_forgotten_first_and_its_digest_is_right_all_the_same()
     {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        let (mut first, second) = (begun(&vault), begun(&vault));
        vault.resume(&first).unwrap();
        vault.resume(&second).unwrap();
        go_on(&vault, &mut first, CHUNK).await;
        for _ in 0..REMEMBERED - 1 {
            vault.resume(&begun(&vault)).unwrap();
        }
        let is_known = |file: &Evidence| vault.running().contains_key(&file.id);
        let known = vault.running().len();
        assert_eq!((known, is_known(&first), is_known(&second)), (REMEMBERED, true, false));
        vault.resume(&begun(&vault)).unwrap();
        assert!(!is_known(&first));
        let intake = go_on(&vault, &mut first, CHUNK).await;
        assert!(intake.digest.is_none() && intake.is_whole());
        let whole = ring::digest::digest(&SHA256, &vec![1; 2 * CHUNK]);
        assert_eq!(intake.close().await.unwrap().1.as_slice(), whole.as_ref());
    }

    #[tokio::test]
    async fn a_request_that_was_left_behind_writes_nothing_over_a_file_that_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        let mut file = begun(&vault);
        let mut behind = vault.resume(&file).unwrap();
        go_on(&vault, &mut file, CHUNK).await;
        go_on(&vault, &mut file, CHUNK).await.close().await.unwrap();
        let stored = || std::fs::read(folder.path().join(object(file.id, 0))).unwrap();
        let before = stored();
        let refused = behind.take(&mut Bytes::from(vec![2; CHUNK])).await;
        assert!(matches!(refused, Err(Error::Conflict("evidence-refused-taken-over"))), "{refused:?}");
        assert!(stored() == before);
    }

    #[tokio::test]
    async fn so_many_are_verified_or_packed_at_once_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        let all: Vec<_> = (0..VERIFIED_AT_ONCE).map(|_| vault.verifying().unwrap()).collect();
        assert!(matches!(vault.verifying(), Err(Error::Conflict("evidence-refused-busy"))));
        let packed: Vec<_> = (0..PACKED_AT_ONCE).map(|_| vault.packing().unwrap()).collect();
        assert!(vault.packing().is_err());
        drop((all, packed));
        assert!(vault.verifying().is_ok() && vault.packing().is_ok());
    }
}
