//! An installation that a command looks at.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use super::{Purpose, parts, unusable};
use crate::config::Config;
use crate::core::env::Env;
use crate::crypto::keys::SigningIdentity;
use crate::crypto::log::LogKey;
use crate::crypto::opener::Opener;
use crate::crypto::store::KeyStore;
use crate::mail::imap::Imap;
use crate::mail::transport::Transport;
use crate::store::Db;
use crate::store::objects::Objects;

/// An installation as it lies there, for commands that only look: nothing is made, migrated or changed.
pub struct Inspection {
    pub config: Config,
    pub env: Env,
    pub db: Db,
    pub keys: KeyStore,
}

impl Inspection {
    /// Opens what is there.
    ///
    /// # Errors
    /// What is missing or cannot be opened, and what to do.
    pub fn open(config: Config, env: Env) -> Result<Self> {
        if let Some(path) = config.database.url.strip_prefix("sqlite:")
            && !Path::new(path).exists()
        {
            bail!("there is no database at {path} yet: run `meldekette migrate` (database.url)");
        }
        let keys = KeyStore::look(&config.keys.directory, parts::sealing_key(&config, None, Purpose::Real)?);
        let db = parts::open_database(&config, &env, &parts::settings(&config, Purpose::Real), None)
            .with_context(|| unusable(&config))?;
        Ok(Self { config, env, db, keys })
    }

    /// The identity that signs mails.
    ///
    /// # Errors
    /// As [`super::App::identity`].
    pub fn identity(&self) -> Result<SigningIdentity> {
        parts::identity(&self.config, &self.keys)
    }

    /// What opens and checks mails that come in.
    ///
    /// # Errors
    /// When a key or `mail.inbound.authorities_file` cannot be read.
    pub fn opener(&self) -> Result<Opener> {
        parts::opener(&self.config, &self.keys)
    }

    /// The key that signs the audit trail.
    ///
    /// # Errors
    /// When there is none.
    pub fn log_key(&self) -> Result<LogKey> {
        self.keys.existing_log_key()?.context("nothing was ever signed here: the audit trail has no key yet")
    }

    /// The configured way out for mails.
    ///
    /// # Errors
    /// As [`super::App::transport`].
    pub fn transport(&self) -> Result<Arc<dyn Transport>> {
        parts::transport(&self.config, &self.env)
    }

    /// The mailbox that mails are taken out of, where one is configured.
    ///
    /// # Errors
    /// As [`super::App::collector`].
    pub fn mailbox(&self) -> Result<Option<Imap>> {
        parts::mailbox(&self.config)
    }

    /// Where files of cases lie.
    ///
    /// # Errors
    /// As [`super::App::vault`]; a folder that does not exist.
    pub fn objects(&self) -> Result<Objects> {
        parts::objects(&self.config)
    }
}
