//! Files at rest, sealed chunk by chunk, so that one of any size passes through little memory in either direction.
//!
//! Each file has a random key of its own. A chunk is AES-256-GCM under it; file, number and the mark of the last chunk
//! are authenticated with it, so that a chunk that was changed, swapped, cut off or appended does not open. The nonce is
//! the chunk's number and 64 random bits, which stand before the chunk: by the number no two chunks share one, by the
//! random bits neither do two attempts at the same chunk, when an upload goes on after a crash.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::CryptoError;
use crate::core::env::Env;

/// Bytes of a file in one chunk; the last one has fewer, never none.
pub const CHUNK: usize = 4 << 20;
/// Bytes before a chunk's own.
pub const HEAD: usize = 8;
/// Bytes behind them.
const TAG: usize = 16;
/// What is sealed, and how.
const MAGIC: &[u8; 8] = b"MKFILE\0\x01";

/// Which chunk of a file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub number: u32,
    pub is_last: bool,
}

impl Place {
    /// The place of a chunk of a file of `size` bytes; `None` behind the end.
    #[must_use]
    pub fn of(number: u32, size: u64) -> Option<Self> {
        let begin = u64::from(number) * CHUNK as u64;
        (begin < size).then(|| Self { number, is_last: size - begin <= CHUNK as u64 })
    }
}

/// One file's key.
pub struct FileKey {
    key: LessSafeKey,
    file: Uuid,
}

impl FileKey {
    /// 256 random bits for a new file.
    #[must_use]
    pub fn draw(env: &Env) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(env.bytes::<32>().to_vec())
    }

    /// The key of the file with this id.
    ///
    /// # Errors
    /// [`CryptoError::Key`] when it is not 256 bits.
    pub fn new(bytes: &[u8], file: Uuid) -> Result<Self, CryptoError> {
        let key = UnboundKey::new(&AES_256_GCM, bytes)
            .map_err(|_| CryptoError::Key("a file's key has 256 bits".to_owned()))?;
        Ok(Self { key: LessSafeKey::new(key), file })
    }

    /// Room for a chunk: [`HEAD`] bytes, then the file's bytes are to be added.
    #[must_use]
    pub fn room() -> Vec<u8> {
        let mut room = Vec::with_capacity(HEAD + CHUNK + TAG);
        room.resize(HEAD, 0);
        room
    }

    /// Seals what was added to [`FileKey::room`], in its place.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`] never for a chunk of this size.
    pub fn seal(&self, place: Place, mut room: Vec<u8>, env: &Env) -> Result<Vec<u8>, CryptoError> {
        let drawn = env.bytes::<HEAD>();
        room[..HEAD].copy_from_slice(&drawn);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(place, drawn), self.bound(place), &mut room[HEAD..])
            .map_err(CryptoError::encoding)?;
        room.extend_from_slice(tag.as_ref());
        Ok(room)
    }

    /// Opens a sealed chunk, in its place.
    ///
    /// # Errors
    /// [`CryptoError::Unsealable`] where it is not exactly the chunk that was sealed for this place.
    pub fn open(&self, place: Place, mut sealed: Vec<u8>) -> Result<Vec<u8>, CryptoError> {
        let refused = || CryptoError::Unsealable(format!("chunk {} of file {}", place.number, self.file));
        let drawn = sealed.first_chunk::<HEAD>().copied().ok_or_else(refused)?;
        let opened = self.key.open_within(nonce(place, drawn), self.bound(place), &mut sealed, HEAD..);
        let length = opened.map_err(|_| refused())?.len();
        sealed.truncate(length);
        Ok(sealed)
    }

    fn bound(&self, place: Place) -> Aad<Vec<u8>> {
        let number = place.number.to_be_bytes();
        Aad::from([MAGIC.as_slice(), self.file.as_bytes(), &number, &[u8::from(place.is_last)]].concat())
    }
}

fn nonce(place: Place, drawn: [u8; HEAD]) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    nonce[..4].copy_from_slice(&place.number.to_be_bytes());
    nonce[4..].copy_from_slice(&drawn);
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Uuid = Uuid::from_u128(7);

    fn key() -> FileKey {
        FileKey::new(&[7; 32], FILE).unwrap()
    }

    fn sealed(place: Place, plain: &[u8]) -> Vec<u8> {
        let mut room = FileKey::room();
        room.extend_from_slice(plain);
        key().seal(place, room, &Env::system()).unwrap()
    }

    const FIRST: Place = Place { number: 0, is_last: false };
    const SECOND: Place = Place { number: 1, is_last: false };
    const LAST: Place = Place { number: 0, is_last: true };

    #[test]
    fn a_chunk_opens_in_its_own_place_only() {
        let chunk = sealed(FIRST, b"evidence");
        assert!(!chunk.windows(8).any(|window| window == b"evidence"));
        assert_eq!(key().open(FIRST, chunk.clone()).unwrap(), b"evidence");
        assert!(key().open(SECOND, chunk.clone()).is_err(), "swapped");
        assert!(key().open(LAST, chunk.clone()).is_err(), "the rest was cut off");
        assert!(key().open(FIRST, sealed(LAST, b"evidence")).is_err(), "something was appended");
        let other = FileKey::new(&[7; 32], Uuid::from_u128(8)).unwrap();
        assert!(other.open(FIRST, chunk).is_err(), "another file's");
    }

    #[test]
    fn a_flip_of_any_byte_is_found() {
        let chunk = sealed(FIRST, b"evidence");
        for at in 0..chunk.len() {
            let mut changed = chunk.clone();
            changed[at] ^= 1;
            assert!(key().open(FIRST, changed).is_err(), "byte {at}");
            assert!(key().open(FIRST, chunk[..at].to_vec()).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn two_attempts_at_the_same_chunk_share_no_nonce() {
        let (one, two) = (sealed(FIRST, b"evidence"), sealed(FIRST, b"Evidence"));
        assert_ne!(one[..HEAD], two[..HEAD]);
    }

    #[test]
    fn the_last_chunk_is_full_or_shorter_and_never_empty() {
        let chunk = CHUNK as u64;
        assert_eq!(Place::of(0, 0), None);
        assert_eq!(Place::of(0, chunk), Some(LAST));
        assert_eq!(Place::of(0, chunk + 1), Some(FIRST));
        assert_eq!(Place::of(1, chunk + 1), Some(Place { number: 1, is_last: true }));
        assert_eq!(Place::of(2, chunk + 1), None);
    }
}
