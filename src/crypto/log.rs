//! A log that nobody rewrites unnoticed: each row's hash binds the one before, and signed checkpoints bind the chain.
//!
//! Verifying needs the rows and the public key only, so it can be done elsewhere, on an exported file.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::digest::{Context, SHA256, digest};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::CryptoError;

const ROW_DOMAIN: &[u8] = b"meldekette log row v1";
const CHECKPOINT_TITLE: &str = "meldekette checkpoint v1";

/// SHA-256 over everything up to and with one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHash(pub [u8; 32]);

impl ChainHash {
    /// What stands before the first row.
    pub const START: Self = Self([0; 32]);

    /// The hash after one more row. Every part is prefixed with its length (64 bits, big endian), so that no two
    /// different chains are the same bytes.
    #[must_use]
    pub fn next(&self, seq: u64, row: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in [ROW_DOMAIN, &self.0, &seq.to_be_bytes(), row] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for ChainHash {
    type Err = CryptoError;

    fn from_str(text: &str) -> Result<Self, CryptoError> {
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).map_err(CryptoError::encoding)?;
        Ok(Self(hash))
    }
}

/// The key that signs checkpoints (Ed25519, RFC 8032).
pub struct LogKey(Ed25519KeyPair);

impl LogKey {
    /// The key of a 32-byte seed.
    ///
    /// # Errors
    /// [`CryptoError::Key`] when the seed has another length.
    pub fn from_seed(seed: &[u8]) -> Result<Self, CryptoError> {
        Ed25519KeyPair::from_seed_unchecked(seed)
            .map(Self)
            .map_err(|error| CryptoError::Key(error.to_string()))
    }

    /// The public half, for whoever verifies.
    #[must_use]
    pub fn public(&self) -> LogPublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        LogPublicKey(key)
    }

    /// Says under signature: at `at`, the chain of `origin` ended with row `seq` and `hash`.
    #[must_use]
    pub fn sign(&self, origin: &str, seq: u64, hash: ChainHash, at: Timestamp) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            origin: origin.to_owned(),
            seq,
            hash,
            at,
            key_id: self.public().id(),
            signature: Vec::new(),
        };
        checkpoint.signature = self.0.sign(checkpoint.text().as_bytes()).as_ref().to_vec();
        checkpoint
    }
}

/// The key that verifies checkpoints. Written as base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPublicKey([u8; 32]);

impl LogPublicKey {
    /// The first eight bytes of its SHA-256, in hexadecimal: tells keys apart.
    #[must_use]
    pub fn id(&self) -> String {
        hex::encode(&digest(&SHA256, &self.0).as_ref()[..8])
    }
}

impl fmt::Display for LogPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl FromStr for LogPublicKey {
    type Err = CryptoError;

    fn from_str(text: &str) -> Result<Self, CryptoError> {
        let bytes = STANDARD.decode(text.trim()).map_err(CryptoError::encoding)?;
        bytes.try_into().map(Self).map_err(|_| CryptoError::Key("a log's public key has 32 bytes".to_owned()))
    }
}

/// A signed statement about the chain. As text it is a note of five lines, an empty line and the signature:
///
/// ```text
/// meldekette checkpoint v1
/// meldekette.example
/// 4711
/// 9f86d081884c7d65…
/// 2026-11-21T06:40:00Z
///
/// — 1f2e3d4c5b6a7988 MEUCIQ…
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log: one line without spaces at its ends.
    pub origin: String,
    pub seq: u64,
    pub hash: ChainHash,
    pub at: Timestamp,
    /// [`LogPublicKey::id`] of the key that signed.
    pub key_id: String,
    pub signature: Vec<u8>,
}

impl Checkpoint {
    /// Whether `key` signed exactly this.
    #[must_use]
    pub fn verify(&self, key: &LogPublicKey) -> bool {
        self.key_id == key.id()
            && UnparsedPublicKey::new(&ED25519, key.0).verify(self.text().as_bytes(), &self.signature).is_ok()
    }

    /// The signed lines.
    fn text(&self) -> String {
        format!("{CHECKPOINT_TITLE}\n{}\n{}\n{}\n{}\n", self.origin, self.seq, self.hash, self.at)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n— {} {}\n", self.text(), self.key_id, STANDARD.encode(&self.signature))
    }
}

impl FromStr for Checkpoint {
    type Err = CryptoError;

    /// Reads the form that `Display` writes, and no other: what is read writes the same bytes again.
    fn from_str(text: &str) -> Result<Self, CryptoError> {
        let malformed = || CryptoError::Encoding("not a checkpoint".to_owned());
        let lines: Vec<_> = text.split('\n').collect();
        let [CHECKPOINT_TITLE, origin, seq, hash, at, "", signature, ""] = lines.as_slice() else {
            return Err(malformed());
        };
        let (key_id, signature) =
            signature.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or_else(malformed)?;
        let checkpoint = Self {
            origin: (*origin).to_owned(),
            seq: seq.parse().map_err(|_| malformed())?,
            hash: hash.parse()?,
            at: at.parse().map_err(|_| malformed())?,
            key_id: key_id.to_owned(),
            signature: STANDARD.decode(signature).map_err(|_| malformed())?,
        };
        if checkpoint.to_string() == text { Ok(checkpoint) } else { Err(malformed()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (Checkpoint, LogPublicKey) {
        let key = LogKey::from_seed(&[3; 32]).unwrap();
        let hash = ChainHash::START.next(1, b"first").next(2, b"second");
        let at = "2026-11-21T06:40:00.000001Z".parse().unwrap();
        (key.sign("meldekette.example", 2, hash, at), key.public())
    }

    #[test]
    fn a_checkpoint_is_verified_from_its_text_and_the_public_key_alone() {
        let (checkpoint, public) = signed();
        let read: Checkpoint = checkpoint.to_string().parse().unwrap();
        assert_eq!(read, checkpoint);
        assert!(read.verify(&public.to_string().parse().unwrap()));
        assert!(!read.verify(&LogKey::from_seed(&[4; 32]).unwrap().public()));
    }

    #[test]
    fn a_flip_of_any_byte_of_a_checkpoint_is_found() {
        let (checkpoint, public) = signed();
        let text = checkpoint.to_string().into_bytes();
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone();
                changed[at] ^= 1 << bit;
                let read = String::from_utf8(changed).ok().and_then(|text| text.parse::<Checkpoint>().ok());
                assert!(!read.is_some_and(|read| read.verify(&public)), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn rows_cannot_be_changed_swapped_left_out_or_joined() {
        let chain = |rows: &[&str]| {
            rows.iter().zip(1..).fold(ChainHash::START, |hash, (row, seq)| hash.next(seq, row.as_bytes()))
        };
        let whole = chain(&["a", "b", "c"]);
        for other in [
            &["a", "x", "c"][..],
            &["b", "a", "c"],
            &["a", "c"],
            &["a", "bc"],
            &["ab", "c"],
            &["a", "b", "c", ""],
        ] {
            assert_ne!(chain(other), whole, "{other:?}");
        }
    }
}
