//! The bytes of files: sealed chunk after chunk into the object store, and verified before a byte leaves it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Buf as _, Bytes};
use ring::digest::{Context, SHA256};

use super::model::{Evidence, Sha256};
use crate::core::env::Env;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::EvidenceId;
use crate::crypto::chunks::{CHUNK, FileKey, HEAD, Place};
use crate::crypto::seal::SealingKey;
use crate::store::objects::Objects;

/// Files on their way whose digests are kept in memory; those of others are computed anew from what is stored.
const REMEMBERED: usize = 64;

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
    stored: u64,
    digest: Context,
}

/// The object store with the keys to what lies in it. Shared by all threads as `web::Data<Vault>`.
pub struct Vault {
    objects: Objects,
    sealing: SealingKey,
    env: Env,
    running: Mutex<HashMap<EvidenceId, Running>>,
}

impl Vault {
    /// Files in `objects`, their keys sealed with the installation's.
    #[must_use]
    pub fn new(objects: Objects, sealing: SealingKey, env: Env) -> Self {
        Self { objects, sealing, env, running: Mutex::default() }
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
    /// [`Fault::Damaged`] where what was stored is not whole any more.
    pub async fn resume(self: &Arc<Self>, file: &Evidence) -> Result<Intake, Fault> {
        let key = self.key(file)?;
        let turn = u64::from_be_bytes(self.env.bytes::<8>());
        let known = self
            .running()
            .get(&file.id)
            .filter(|known| known.stored == file.received)
            .map(|known| known.digest.clone());
        let digest = match known {
            Some(digest) => digest,
            None => self.digest_of(&key, file).await?,
        };
        let mut running = self.running();
        if running.len() >= REMEMBERED && !running.contains_key(&file.id) {
            running.clear();
        }
        running.insert(file.id, Running { turn, stored: file.received, digest: digest.clone() });
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

    /// The digest of what was stored so far: whole chunks, of which none is the last.
    async fn digest_of(&self, key: &Arc<FileKey>, file: &Evidence) -> Result<Context, Fault> {
        let mut digest = Context::new(&SHA256);
        for number in 0..chunks(file.received) {
            let chunk = self.chunk(file.id, key, Place { number, is_last: false }).await?;
            digest.update(&chunk);
        }
        Ok(digest)
    }

    /// Reads a stored file from its beginning.
    ///
    /// # Errors
    /// [`Error::Internal`] when its key does not open.
    pub fn read(self: &Arc<Self>, file: &Evidence) -> Result<Reader> {
        let size = file.size.unwrap_or_default();
        Ok(Reader { vault: Arc::clone(self), id: file.id, key: self.key(file)?, size, number: 0 })
    }

    async fn chunk(&self, id: EvidenceId, key: &Arc<FileKey>, place: Place) -> Result<Vec<u8>, Fault> {
        let sealed = self.objects.get(&object(id, place.number)).await?;
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

    fn running(&self) -> MutexGuard<'_, HashMap<EvidenceId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    digest: Context,
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

    /// Seals and stores what is left as the last chunk: the file is whole.
    ///
    /// # Errors
    /// As [`Intake::take`].
    pub async fn close(mut self) -> Result<(u64, Sha256)> {
        self.keep(true).await?;
        self.vault.running().remove(&self.id);
        let mut sha256 = Sha256::default();
        sha256.copy_from_slice(self.digest.finish().as_ref());
        Ok((self.stored, sha256))
    }

    async fn keep(&mut self, is_last: bool) -> Result<()> {
        let place = Place { number: chunks(self.stored), is_last };
        let room = std::mem::replace(&mut self.room, if is_last { Vec::new() } else { FileKey::room() });
        let length = (room.len() - HEAD) as u64;
        let (key, env, mut digest) = (Arc::clone(&self.key), self.vault.env.clone(), self.digest.clone());
        let (sealed, digest) = blocking(move || {
            digest.update(&room[HEAD..]);
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
            running.stored = self.stored;
            running.digest = self.digest.clone();
        }
        Ok(())
    }

    /// Whether another request took over.
    fn check_turn(&self) -> Result<()> {
        match self.vault.running().get(&self.id) {
            Some(running) if running.turn != self.turn => Err(Error::Conflict("evidence-refused-taken-over")),
            _ => Ok(()),
        }
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
        let mut sha256 = Sha256::default();
        sha256.copy_from_slice(digest.finish().as_ref());
        Ok(sha256)
    }
}
