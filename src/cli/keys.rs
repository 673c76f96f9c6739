//! `keys`: the identity that signs mails, and the key that seals the others.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::{Subcommand, ValueEnum};

use crate::app::{Purpose, open_keys};
use crate::config::Config;
use crate::core::env::Env;
use crate::core::text::{MailAddress, Name};
use crate::core::when;
use crate::crypto::authority::Subject;
use crate::crypto::keys::{KeyKind, SigningIdentity};
use crate::crypto::openpgp::OwnKey;
use crate::crypto::seal::SealingKey;
use crate::crypto::store::KeyStore;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    P256,
    Rsa3072,
    Rsa4096,
}

impl From<Kind> for KeyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::P256 => Self::P256,
            Kind::Rsa3072 => Self::Rsa3072,
            Kind::Rsa4096 => Self::Rsa4096,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Writes a fresh sealing key to a file outside the data folder.
    SealingKey { file: PathBuf },
    /// Makes a key and prints a certificate signing request for a real authority.
    Request {
        #[arg(long, value_enum, default_value_t = Kind::Rsa3072)]
        kind: Kind,
        /// The organisation that the certificate is to name.
        #[arg(long)]
        organisation: String,
    },
    /// Takes a certificate with its chain into use (PEM), with the key of an earlier request or one that is given.
    Import {
        certificate: PathBuf,
        #[arg(long)]
        key: Option<PathBuf>,
    },
    /// Makes a demonstration authority and an identity that it certifies: for trying out, never for real mails.
    Demonstration,
    /// Shows which identity signs mails, and until when.
    Show,
    /// Makes an OpenPGP key for mail to the CERT and prints its public half. A former one goes on opening mail.
    OpenpgpCreate,
    /// Takes an OpenPGP key without a passphrase into use (armored), as `gpg --export-secret-keys --armor` writes it.
    OpenpgpImport { key: PathBuf },
    /// Prints the public OpenPGP key, for whoever writes to the CERT.
    OpenpgpShow,
}

pub(super) fn run(command: Command, config: &Config) -> Result<ExitCode> {
    let env = Env::system();
    if let Command::SealingKey { file } = &command {
        SealingKey::create_file(file, &env)?;
        println!(
            "{} holds the sealing key. Keep a copy in a safe: without it no key can be opened.",
            file.display()
        );
        return Ok(ExitCode::SUCCESS);
    }
    let keys = open_keys(config, &env, Purpose::Real)?;
    match command {
        Command::Request { kind, organisation } => {
            print!("{}", keys.request(kind.into(), &subject(config, &organisation)?, &env)?);
        }
        Command::Import { certificate, key } => {
            let pem = std::fs::read(&certificate).with_context(|| certificate.display().to_string())?;
            let key = key
                .map(|path| std::fs::read(&path).with_context(|| path.display().to_string()))
                .transpose()?;
            let identity = keys.import(&from(config)?, &pem, key.as_deref(), &env)?;
            show(&identity);
            if let Some(issuer) = identity.missing_issuer() {
                eprintln!(
                    "warning: the certificate of its issuer is not in {}: {issuer}. Mail programs that do not know it \
                     show signatures as unverified: import a file that also holds the chain",
                    certificate.display()
                );
            }
        }
        Command::Demonstration => {
            show(&keys.create_demonstration(KeyKind::P256, &subject(config, "Demonstration")?, &env)?);
        }
        Command::OpenpgpCreate => {
            let name =
                Name::parse(&config.mail.from_name).map_err(|_| anyhow!("mail.from_name is not a name"))?;
            take_openpgp(&keys, &OwnKey::generate(&name, &from(config)?, &env)?, &env)?;
        }
        Command::OpenpgpImport { key } => {
            let text = std::fs::read_to_string(&key).with_context(|| key.display().to_string())?;
            take_openpgp(&keys, &OwnKey::from_armored(&text)?, &env)?;
        }
        Command::OpenpgpShow => {
            let public = keys.openpgp_public()?;
            print!(
                "{}",
                public.context("there is no OpenPGP key: make one with `meldekette keys openpgp-create`")?
            );
        }
        Command::Show | Command::SealingKey { .. } => show(&keys.identity()?),
    }
    Ok(ExitCode::SUCCESS)
}

fn take_openpgp(keys: &KeyStore, key: &OwnKey, env: &Env) -> Result<()> {
    keys.install_openpgp(key, env)?;
    print!("{}", key.public()?);
    eprintln!("fingerprint: {}. Start the service again, so that it opens mail with it", key.fingerprint());
    Ok(())
}

fn subject(config: &Config, organisation: &str) -> Result<Subject> {
    let name = |text: &str| Name::parse(text).map_err(|_| anyhow!("{text} is not a name"));
    Ok(Subject {
        name: name(&config.mail.from_name)?,
        organisation: name(organisation)?,
        address: from(config)?,
    })
}

fn from(config: &Config) -> Result<MailAddress> {
    MailAddress::parse(&config.mail.from).map_err(|_| anyhow!("mail.from is not a mail address"))
}

fn show(identity: &SigningIdentity) {
    println!("{}", identity.subject());
    println!("address:     {}", identity.address());
    println!("valid until: {}", when::absolute(identity.expires()));
    println!("SHA-256:     {}", identity.fingerprint());
}
