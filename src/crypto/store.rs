//! The `keys/` directory: sealed private keys, plain certificates and public keys, each written whole or not at all.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::CryptoError;
use super::authority::{DemonstrationAuthority, Subject, request};
use super::keys::{
    KeyKind, PrivateKey, SigningIdentity, certificate_names, certificates_alone, certified_key_ids,
};
use super::log::LogKey;
use super::opener::Opener;
use super::openpgp::OwnKey;
use super::seal::SealingKey;
use super::trust::Anchors;
use crate::core::env::Env;
use crate::core::text::MailAddress;

/// The certificate in use, with its chain. Its private key lies in a file named after the public key
/// ([`PrivateKey::id`]), so that replacing this one file changes both at once.
const CERTIFICATE: &str = "smime.pem";
/// What the name of each private key of an S/MIME identity begins with.
const SMIME: &str = "smime-";
/// What the name of each private OpenPGP key begins with; behind it stands its fingerprint.
const OPENPGP: &str = "openpgp-";
/// The public half of the OpenPGP key in use.
const OPENPGP_PUBLIC: &str = "openpgp.asc";
/// The demonstration authority's certificate.
const AUTHORITY_CERTIFICATE: &str = "demonstration-ca.pem";
/// The demonstration's authority.
const AUTHORITY: &str = "demonstration-ca";
/// The salt for a passphrase.
const SALT: &str = "sealing-salt";
/// The key that signs the audit trail's checkpoints.
const LOG: &str = "log";

/// The key directory, opened with the sealing key.
pub struct KeyStore {
    directory: PathBuf,
    sealing: SealingKey,
}

impl KeyStore {
    /// Opens `directory`, and makes it (mode 0700) where it is missing.
    ///
    /// # Errors
    /// [`CryptoError::Io`].
    pub fn open(directory: &Path, sealing: SealingKey) -> Result<Self, CryptoError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(CryptoError::io(directory))?;
        Ok(Self { directory: directory.to_owned(), sealing })
    }

    /// `directory` as it is, for reading what lies there: nothing is made.
    #[must_use]
    pub fn look(directory: &Path, sealing: SealingKey) -> Self {
        Self { directory: directory.to_owned(), sealing }
    }

    /// The key that seals, for what lies sealed elsewhere.
    #[must_use]
    pub fn sealing(&self) -> SealingKey {
        self.sealing.clone()
    }

    /// The salt for a passphrase, made on the first call. It is no secret.
    ///
    /// # Errors
    /// [`CryptoError::Io`], [`CryptoError::SealingKey`] when the file was damaged.
    pub fn salt(directory: &Path, env: &Env) -> Result<[u8; 16], CryptoError> {
        if let Some(salt) = Self::existing_salt(directory)? {
            return Ok(salt);
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(CryptoError::io(directory))?;
        let salt = env.bytes::<16>();
        write_whole(&directory.join(SALT), &salt, env)?;
        Ok(salt)
    }

    /// The salt for a passphrase, where it was made.
    ///
    /// # Errors
    /// As [`KeyStore::salt`].
    pub fn existing_salt(directory: &Path) -> Result<Option<[u8; 16]>, CryptoError> {
        let path = directory.join(SALT);
        let damaged = |_| CryptoError::SealingKey(format!("{} is damaged: restore it", path.display()));
        read_optional(&path)?.map(|bytes| bytes.try_into().map_err(damaged)).transpose()
    }

    /// Makes the demonstration's authority (once) and an identity that it certifies.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn create_demonstration(
        &self,
        kind: KeyKind,
        subject: &Subject,
        env: &Env,
    ) -> Result<SigningIdentity, CryptoError> {
        let authority = match self.load_secret(AUTHORITY)? {
            Some(key) => {
                let certificate = self.load_plain(AUTHORITY_CERTIFICATE)?.unwrap_or_default();
                DemonstrationAuthority::new(PrivateKey::from_pkcs8(key.to_vec())?, certificate)
            }
            None => {
                let authority = DemonstrationAuthority::create(env)?;
                self.write_plain(AUTHORITY_CERTIFICATE, authority.certificate_pem(), env)?;
                self.write_secret(AUTHORITY, authority.key().pkcs8(), env)?;
                authority
            }
        };
        let key = PrivateKey::generate(kind, env)?;
        let certificate = authority.issue(&key, subject, env)?;
        let chain = format!("{certificate}{}", authority.certificate_pem());
        self.install(&key, &subject.address, chain.as_bytes(), env)
    }

    /// The demonstration authority's certificate (PEM), where there is one.
    ///
    /// # Errors
    /// [`CryptoError::Io`].
    pub fn demonstration_certificate(&self) -> Result<Option<String>, CryptoError> {
        self.load_plain(AUTHORITY_CERTIFICATE)
    }

    /// Makes a key and returns the request (PEM) for a real authority. The identity in use stays as it is
    /// until [`KeyStore::import`] brings the certificate.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn request(&self, kind: KeyKind, subject: &Subject, env: &Env) -> Result<String, CryptoError> {
        let key = PrivateKey::generate(kind, env)?;
        let pem = request(&key, subject)?;
        self.write_secret(&smime_name(&key.id()?), key.pkcs8(), env)?;
        self.write_plain("smime-requested.csr", &pem, env)?;
        Ok(pem)
    }

    /// Takes a certificate for `address` with its chain (PEM) into use, with the key given or else that of an earlier
    /// request.
    ///
    /// # Errors
    /// What is wrong with key or certificate; nothing is changed then, and the former identity stays in use.
    pub fn import(
        &self,
        address: &MailAddress,
        certificates_pem: &[u8],
        key_pem: Option<&[u8]>,
        env: &Env,
    ) -> Result<SigningIdentity, CryptoError> {
        let key = match key_pem {
            Some(pem) => PrivateKey::from_pem(pem)?,
            None => self.smime_key(certificates_pem)?,
        };
        self.install(&key, address, certificates_pem, env)
    }

    /// The identity that signs mails. An expired certificate is loaded too: [`SigningIdentity::validity`] tells.
    ///
    /// # Errors
    /// [`CryptoError::Missing`] when there is none, [`CryptoError::Unsealable`] with the wrong sealing key.
    pub fn identity(&self) -> Result<SigningIdentity, CryptoError> {
        let missing = || CryptoError::Missing(self.directory.clone());
        let pem = self.load_plain(CERTIFICATE)?.ok_or_else(missing)?;
        SigningIdentity::new(&self.smime_key(pem.as_bytes())?, pem.as_bytes())
    }

    /// What opens mails that come in: all keys that were ever in use, for a mail may be encrypted for a former one.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn opener(&self, anchors: Anchors) -> Result<Opener, CryptoError> {
        let (mut keys, mut openpgp) = (Vec::new(), Vec::new());
        let listed = fs::read_dir(&self.directory).map_err(CryptoError::io(&self.directory))?;
        for entry in listed {
            let name = entry.map_err(CryptoError::io(&self.directory))?.file_name();
            let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".key")) else { continue };
            if name.starts_with(SMIME)
                && let Some(key) = self.load_secret(name)?
            {
                keys.push(PrivateKey::from_pkcs8(key.to_vec())?);
            } else if name.starts_with(OPENPGP)
                && let Some(key) = self.load_secret(name)?
            {
                openpgp.push(OwnKey::from_bytes(&key)?);
            }
        }
        let certificate = self.load_plain(CERTIFICATE)?;
        let own = certificate.map_or(Ok(Vec::new()), |pem| certificate_names(pem.as_bytes()))?;
        Ok(Opener::new(keys, own, anchors).with_openpgp(openpgp))
    }

    /// Takes an OpenPGP key into use. A former one goes on opening mail.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn install_openpgp(&self, key: &OwnKey, env: &Env) -> Result<(), CryptoError> {
        self.write_secret(&format!("{OPENPGP}{}", key.fingerprint()), &key.to_bytes()?, env)?;
        self.write_plain(OPENPGP_PUBLIC, &key.public()?, env)
    }

    /// The public half of the OpenPGP key in use, armored, where there is one.
    ///
    /// # Errors
    /// [`CryptoError::Io`].
    pub fn openpgp_public(&self) -> Result<Option<String>, CryptoError> {
        self.load_plain(OPENPGP_PUBLIC)
    }

    /// The key that signs checkpoints, made on the first call; its public half lies in `log.pub`.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn log_key(&self, env: &Env) -> Result<LogKey, CryptoError> {
        if let Some(key) = self.existing_log_key()? {
            return Ok(key);
        }
        let seed = Zeroizing::new(env.bytes::<32>());
        let key = LogKey::from_seed(&*seed)?;
        self.write_plain("log.pub", &format!("{}\n", key.public()), env)?;
        self.write_secret(LOG, &*seed, env)?;
        Ok(key)
    }

    /// The key that signs checkpoints, where it was made.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn existing_log_key(&self) -> Result<Option<LogKey>, CryptoError> {
        self.load_secret(LOG)?.map(|seed| LogKey::from_seed(&seed)).transpose()
    }

    /// A secret of 256 bits for one purpose, made on the first call: for form tokens and cookies, which all processes
    /// that share this directory must agree on.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn secret(&self, purpose: &'static str, env: &Env) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let name = format!("secret-{purpose}");
        if let Some(secret) = self.load_secret(&name)? {
            return Ok(secret);
        }
        let secret = Zeroizing::new(env.bytes::<32>().to_vec());
        self.write_secret(&name, &secret, env)?;
        Ok(secret)
    }

    fn install(
        &self,
        key: &PrivateKey,
        address: &MailAddress,
        pem: &[u8],
        env: &Env,
    ) -> Result<SigningIdentity, CryptoError> {
        let identity = SigningIdentity::new(key, pem)?;
        identity.validity().check(env.now())?;
        if identity.address() != address {
            let certified = identity.address().clone();
            return Err(CryptoError::Address { certified, wanted: address.clone() });
        }
        let pem = certificates_alone(pem)?;
        self.write_secret(&smime_name(&key.id()?), key.pkcs8(), env)?;
        self.write_plain(CERTIFICATE, &pem, env)?;
        Ok(identity)
    }

    /// The private key that belongs to one of `certificates_pem`: only the one that signs mail has its key here.
    fn smime_key(&self, certificates_pem: &[u8]) -> Result<PrivateKey, CryptoError> {
        for id in certified_key_ids(certificates_pem)? {
            if let Some(key) = self.load_secret(&smime_name(&id))? {
                return PrivateKey::from_pkcs8(key.to_vec());
            }
        }
        Err(CryptoError::Mismatch)
    }

    fn load_secret(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, CryptoError> {
        read_optional(&self.directory.join(format!("{name}.key")))?
            .map(|sealed| self.sealing.open(&format!("keys/{name}"), &sealed))
            .transpose()
    }

    fn write_secret(&self, name: &str, secret: &[u8], env: &Env) -> Result<(), CryptoError> {
        let sealed = self.sealing.seal(&format!("keys/{name}"), secret, env)?;
        write_whole(&self.directory.join(format!("{name}.key")), &sealed, env)
    }

    fn load_plain(&self, file: &str) -> Result<Option<String>, CryptoError> {
        let bytes = read_optional(&self.directory.join(file))?;
        bytes.map(|bytes| String::from_utf8(bytes).map_err(CryptoError::encoding)).transpose()
    }

    fn write_plain(&self, file: &str, text: &str, env: &Env) -> Result<(), CryptoError> {
        write_whole(&self.directory.join(file), text.as_bytes(), env)
    }
}

fn smime_name(key_id: &str) -> String {
    format!("{SMIME}{key_id}")
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, CryptoError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CryptoError::io(path)(error)),
    }
}

/// Writes beside, brings it to the disk, then takes the place: a crash leaves the old file or the new one.
fn write_whole(path: &Path, bytes: &[u8], env: &Env) -> Result<(), CryptoError> {
    let beside = path.with_extension(format!("{}.tmp", hex::encode(env.bytes::<8>())));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all());
    if written.is_err() {
        // Nothing can be done about a leftover that cannot be removed either; the error below says why.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(CryptoError::io(path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::core::text::Name;

    fn subject(address: &str) -> Subject {
        Subject {
            name: Name::parse("ThüringenCERT").unwrap(),
            organisation: Name::parse("Thüringer Landesrechenzentrum").unwrap(),
            address: MailAddress::parse(address).unwrap(),
        }
    }

    fn store(directory: &Path) -> KeyStore {
        KeyStore::open(directory, SealingKey::from_bytes(&[7; 32]).unwrap()).unwrap()
    }

    #[test]
    fn a_demonstration_identity_survives_a_restart_and_lies_sealed() {
        let directory = tempfile::tempdir().unwrap();
        let env = Env::system();
        let made =
            store(directory.path()).create_demonstration(KeyKind::P256, &subject("cert@example.org"), &env);
        let loaded = store(directory.path()).identity().unwrap();
        assert_eq!(loaded.fingerprint(), made.unwrap().fingerprint());
        assert_eq!(loaded.address().as_str(), "cert@example.org");
        for file in fs::read_dir(directory.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(PrivateKey::from_pkcs8(fs::read(file.path()).unwrap()).err().map(|_| ()), Some(()));
        }
        let stranger = KeyStore::open(directory.path(), SealingKey::from_bytes(&[8; 32]).unwrap()).unwrap();
        assert!(matches!(stranger.identity(), Err(CryptoError::Unsealable(_))));
    }

    #[test]
    fn a_request_is_answered_by_an_authority_and_its_certificate_is_imported() {
        let (directory, env) = (tempfile::tempdir().unwrap(), Env::system());
        let keys = store(directory.path());
        let pem = keys.request(KeyKind::P256, &subject("cert@example.org"), &env).unwrap();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
        assert!(matches!(keys.identity(), Err(CryptoError::Missing(_))));

        let requested = fs::read_dir(directory.path()).unwrap().find_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".key").and_then(|name| keys.load_secret(name).unwrap())
        });
        let requested = PrivateKey::from_pkcs8(requested.unwrap().to_vec()).unwrap();
        let authority = DemonstrationAuthority::create(&env).unwrap();
        let certificate = authority.issue(&requested, &subject("cert@example.org"), &env).unwrap();
        keys.import(&subject("cert@example.org").address, certificate.as_bytes(), None, &env).unwrap();
        assert_eq!(keys.identity().unwrap().address().as_str(), "cert@example.org");
    }

    #[test]
    fn importing_says_what_is_wrong() {
        let (directory, env) = (tempfile::tempdir().unwrap(), Env::system());
        let keys = store(directory.path());
        let authority = DemonstrationAuthority::create(&env).unwrap();
        let (mine, other) = (
            PrivateKey::generate(KeyKind::P256, &env).unwrap(),
            PrivateKey::generate(KeyKind::P256, &env).unwrap(),
        );
        let pem = |key: &PrivateKey| key.for_rcgen().unwrap().serialize_pem();
        let certificate = authority.issue(&mine, &subject("cert@example.org"), &env).unwrap();

        let address = subject("cert@example.org").address;
        let import = |certificate: &str, key: &PrivateKey, env: &Env| {
            keys.import(&address, certificate.as_bytes(), Some(pem(key).as_bytes()), env)
                .map(|_| ())
                .unwrap_err()
                .to_string()
        };
        assert!(import(&certificate, &other, &env).contains("does not belong"));
        assert!(
            import(authority.certificate_pem(), authority.key(), &env).contains("certification authority")
        );
        assert!(import("", &mine, &env).contains("no PEM block"));

        let later = crate::core::env::ManualClock::at(env.now() + jiff::SignedDuration::from_hours(24 * 800));
        let later = Env::new(
            std::sync::Arc::new(later),
            std::sync::Arc::new(crate::core::env::SystemRandom::default()),
        );
        assert!(import(&certificate, &mine, &later).contains("import a renewed one"));
        let other = subject("someone@else.example").address;
        let refused = keys.import(&other, certificate.as_bytes(), Some(pem(&mine).as_bytes()), &env);
        assert!(matches!(refused, Err(CryptoError::Address { .. })), "{refused:?}");
        assert!(matches!(keys.identity(), Err(CryptoError::Missing(_))));

        // In any order, and with the key in the same file, which does not stay there unsealed.
        let all = format!("{}{}{certificate}", pem(&mine), authority.certificate_pem());
        let taken = keys.import(&address, all.as_bytes(), Some(all.as_bytes()), &env).unwrap();
        assert_eq!(taken.missing_issuer(), None);
        assert_eq!(keys.identity().unwrap().fingerprint(), taken.fingerprint());
        let kept = fs::read_to_string(directory.path().join(CERTIFICATE)).unwrap();
        assert!(kept.contains("CERTIFICATE") && !kept.contains("PRIVATE"), "{kept}");

        let alone = keys.import(&address, certificate.as_bytes(), Some(pem(&mine).as_bytes()), &env).unwrap();
        assert!(alone.missing_issuer().is_some_and(|issuer| issuer.contains("Demonstration")), "{alone:?}");
    }
}
