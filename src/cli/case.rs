//! `case`: a whole case as an archive, and the check of one, without configuration, keys or database.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Subcommand;

use super::block_on;
use crate::app::App;
use crate::core::actor::Actor;
use crate::core::error::Error;
use crate::crypto::log::LogPublicKey;
use crate::incidents::dossier::service::{self as dossier, Tools};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Writes a whole case with its files and its part of the audit trail as a signed archive.
    Export {
        /// Its reference, such as TH-2026-00042.
        reference: String,
        /// A file that does not exist yet.
        file: PathBuf,
    },
    /// Checks an archive: every byte, the signature and each row of the trail in it.
    Verify {
        file: PathBuf,
        /// The public key that must have signed (the content of keys/log.pub).
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
}

/// Writes the archive. What cannot be written whole is not left behind.
pub(super) fn export(reference: &str, file: &Path, app: &App) -> Result<ExitCode> {
    let vault = Arc::new(app.vault()?);
    let tools = Tools { vault, db: app.db.clone(), key: Arc::clone(&app.log_key) };
    let out = File::create_new(file).with_context(|| file.display().to_string())?;
    let (who, origin) = (reference.to_owned(), app.origin());
    let written = block_on(async move {
        let db = tools.db.clone();
        let actor = Actor::system("case");
        let contents = match db.write(move |tx| dossier::gather(tx, &actor, &who, &origin)).await {
            Err(Error::NotFound) => bail!("there is no such case"),
            contents => contents?,
        };
        let handle = tokio::runtime::Handle::current();
        let written = tokio::task::spawn_blocking(move || {
            let files = contents.files.len();
            let out = dossier::write(BufWriter::new(out), &contents, &tools, &handle)?;
            let out = out.into_inner().map_err(|error| anyhow!(error.into_error()))?;
            out.sync_all()?;
            Ok::<_, anyhow::Error>((out.metadata()?.len(), files))
        });
        written.await?
    });
    match written {
        Ok((size, files)) => {
            println!("{reference}: {size} bytes with {files} files in {}", file.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            std::fs::remove_file(file).with_context(|| file.display().to_string())?;
            Err(error)
        }
    }
}

/// Checks an archive and says what it is.
pub(super) fn verify(file: &Path, key: Option<&str>) -> Result<ExitCode> {
    let key: Option<LogPublicKey> = key.map(|key| key.trim().parse().context("--key")).transpose()?;
    let input = File::open(file).with_context(|| file.display().to_string())?;
    match dossier::check(input, key.as_ref()) {
        Ok(sound) => {
            let manifest = sound.manifest;
            println!(
                "sound: {} of {}, {}, exported {}; {} members, {} rows of the trail; signed by {}",
                manifest.reference,
                manifest.origin,
                manifest.tlp,
                manifest.exported_at,
                manifest.members.len(),
                sound.rows,
                manifest.key
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            eprintln!("{}: {broken}", file.display());
            Ok(ExitCode::FAILURE)
        }
    }
}
