//! Sealing at rest: what lies sealed on the disk is worth nothing without a key that lies elsewhere.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use argon2::Argon2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::CryptoError;
use crate::core::env::Env;

/// The first bytes of a sealed file: what it is, and that it is AES-256-GCM with a 96-bit random nonce.
const MAGIC: &[u8; 8] = b"MKSEAL\0\x01";
/// The name of the systemd credential (`LoadCredentialEncrypted=`).
const CREDENTIAL: &str = "meldekette-sealing-key";

/// Where the sealing key comes from.
#[derive(Debug, Clone)]
pub enum SealingSource {
    /// The systemd credential `meldekette-sealing-key`, in the directory that systemd names.
    Credential { directory: PathBuf },
    /// A file that only the product's user can read, outside the data directory.
    File(PathBuf),
    /// A file inside the data directory: for the demonstration alone, which says so.
    DemonstrationFile(PathBuf),
    /// A passphrase, stretched with argon2id and the salt beside the keys.
    Passphrase { passphrase: Zeroizing<String>, salt: [u8; 16] },
}

/// Seals and opens. Kept in memory only.
#[derive(Clone)]
pub struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Loads the key; `data` is the data directory, where it must not lie.
    ///
    /// # Errors
    /// [`CryptoError::SealingKey`] with what to do.
    pub fn load(source: &SealingSource, data: &Path) -> Result<Self, CryptoError> {
        match source {
            SealingSource::Credential { directory } => Self::read(&directory.join(CREDENTIAL)),
            SealingSource::File(path) => {
                let place = |path: &Path| fs::canonicalize(path).map_err(CryptoError::io(path));
                if data.exists() && place(path)?.starts_with(place(data)?) {
                    return refuse(format!(
                        "{} lies inside the data directory, so that whoever copies the data has the key too: move it elsewhere",
                        path.display()
                    ));
                }
                check_mode(path)?;
                Self::read(path)
            }
            SealingSource::DemonstrationFile(path) => {
                check_mode(path)?;
                Self::read(path)
            }
            SealingSource::Passphrase { passphrase, salt } => {
                let mut bytes = Zeroizing::new([0; 32]);
                Argon2::default()
                    .hash_password_into(passphrase.as_bytes(), salt, &mut *bytes)
                    .map_err(|error| CryptoError::SealingKey(error.to_string()))?;
                Self::from_bytes(&bytes)
            }
        }
    }

    /// Writes a fresh key to a file of mode 0600 that must not exist yet.
    ///
    /// # Errors
    /// [`CryptoError::Io`].
    pub fn create_file(path: &Path, env: &Env) -> Result<(), CryptoError> {
        let text = Zeroizing::new(format!("{}\n", STANDARD.encode(Zeroizing::new(env.bytes::<32>()))));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(CryptoError::io(path))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(CryptoError::io(path))
    }

    /// A key from its 256 bits.
    ///
    /// # Errors
    /// [`CryptoError::SealingKey`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        let key = UnboundKey::new(&AES_256_GCM, bytes)
            .map_err(|_| CryptoError::SealingKey("not usable".to_owned()))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    fn read(path: &Path) -> Result<Self, CryptoError> {
        let text = Zeroizing::new(fs::read_to_string(path).map_err(CryptoError::io(path))?);
        let decoded = Zeroizing::new(STANDARD.decode(text.trim()).unwrap_or_default());
        match <&[u8; 32]>::try_from(decoded.as_slice()) {
            Ok(bytes) => Self::from_bytes(bytes),
            Err(_) => refuse(format!(
                "{} does not hold 32 bytes in base64: make one with `openssl rand -base64 32`",
                path.display()
            )),
        }
    }

    /// Seals `plain` for the purpose `context`: opened only with the same key and the same context.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`] when `plain` is longer than AES-GCM allows (64 GiB).
    pub fn seal(&self, context: &str, plain: &[u8], env: &Env) -> Result<Vec<u8>, CryptoError> {
        let nonce = env.bytes::<NONCE_LEN>();
        let mut body = Zeroizing::new(plain.to_vec());
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), bound(context), &mut body)
            .map_err(CryptoError::encoding)?;
        Ok([MAGIC.as_slice(), &nonce, &body, tag.as_ref()].concat())
    }

    /// Opens what [`SealingKey::seal`] made.
    ///
    /// # Errors
    /// [`CryptoError::Unsealable`] when a byte was changed, or key or context are others.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let refused = || CryptoError::Unsealable(context.to_owned());
        let rest = sealed.strip_prefix(MAGIC).ok_or_else(refused)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self.0.open_in_place(nonce, bound(context), &mut body).map_err(|_| refused())?.len();
        body.truncate(length);
        Ok(body)
    }
}

/// Version and purpose, authenticated with the content: a sealed file cannot take another's place.
fn bound(context: &str) -> Aad<Vec<u8>> {
    Aad::from([MAGIC.as_slice(), context.as_bytes()].concat())
}

fn refuse<T>(why: String) -> Result<T, CryptoError> {
    Err(CryptoError::SealingKey(why))
}

fn check_mode(path: &Path) -> Result<(), CryptoError> {
    let mode = fs::metadata(path).map_err(CryptoError::io(path))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    refuse(format!("{path} can be read by others (mode {:03o}): run `chmod 600 {path}`", mode & 0o777))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_file(directory: &Path) -> PathBuf {
        let path = directory.join("sealing-key");
        SealingKey::create_file(&path, &Env::system()).unwrap();
        path
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_key_and_purpose_only() {
        let (elsewhere, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = SealingKey::load(&SealingSource::File(key_file(elsewhere.path())), data.path()).unwrap();
        let sealed = key.seal("keys/smime", b"secret", &Env::system()).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(key.open("keys/smime", &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open("keys/log", &sealed).is_err());
        assert!(SealingKey::from_bytes(&[7; 32]).unwrap().open("keys/smime", &sealed).is_err());
    }

    #[test]
    fn a_flip_of_any_byte_is_found() {
        let key = SealingKey::from_bytes(&[7; 32]).unwrap();
        let sealed = key.seal("x", b"secret", &Env::system()).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("x", &changed).is_err(), "byte {at}");
            assert!(key.open("x", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_sealing_key_beside_the_data_is_refused_but_for_the_demonstration() {
        let data = tempfile::tempdir().unwrap();
        let path = key_file(data.path());
        let refused = SealingKey::load(&SealingSource::File(path.clone()), data.path()).err().unwrap();
        assert!(refused.to_string().contains("move it elsewhere"), "{refused}");
        assert!(SealingKey::load(&SealingSource::DemonstrationFile(path), data.path()).is_ok());
    }

    #[test]
    fn a_sealing_key_that_others_can_read_is_refused_with_the_command_that_mends_it() {
        let (elsewhere, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = key_file(elsewhere.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = SealingKey::load(&SealingSource::File(path), data.path()).err().unwrap();
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }

    #[test]
    fn the_same_passphrase_and_salt_open_again() {
        let source =
            |salt| SealingSource::Passphrase { passphrase: Zeroizing::new("richtig".to_owned()), salt };
        let data = Path::new("/nonexistent");
        let sealed =
            SealingKey::load(&source([1; 16]), data).unwrap().seal("x", b"secret", &Env::system()).unwrap();
        assert!(SealingKey::load(&source([1; 16]), data).unwrap().open("x", &sealed).is_ok());
        assert!(SealingKey::load(&source([2; 16]), data).unwrap().open("x", &sealed).is_err());
    }
}
