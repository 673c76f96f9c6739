//! `audit`: the trail as a file, and its verification, with or without the database.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

use crate::app::{App, Inspection, OLD_SCHEMA, trail_origin};
use crate::audit::verify::{self, Broken, Sound, Trust};
use crate::config::Config;
use crate::core::actor::Actor;
use crate::core::env::Env;
use crate::desk::{Trail, permit_export, write_export};
use crate::store::migrate;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Finds any changed byte, missing or swapped row.
    Verify(Verify),
    /// Writes the chained trail as a signed file that can be verified anywhere.
    Export { file: PathBuf },
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// An exported file; the database where it is left out.
    file: Option<PathBuf>,
    /// The public key that must have signed (the content of keys/log.pub).
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// A file with a checkpoint that was kept outside: the trail must contain it.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

impl Verify {
    pub(super) fn is_offline(&self) -> bool {
        self.file.is_some()
    }

    fn trust(&self) -> Result<Trust> {
        let key = self.key.as_ref().map(|key| key.trim().parse().context("--key")).transpose()?;
        let checkpoint = match &self.checkpoint {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
                Some(text.parse().with_context(|| path.display().to_string())?)
            }
            None => None,
        };
        Ok(Trust { key, checkpoint })
    }
}

/// Verifies the trail in the database, and changes nothing there.
pub(super) fn verify(arguments: &Verify, config: Config) -> Result<ExitCode> {
    let there = Inspection::open(config, Env::system())?;
    if there.db.with_connection(migrate::is_pending)? {
        bail!("{OLD_SCHEMA}");
    }
    let mut trust = arguments.trust()?;
    let key = there.log_key()?.public();
    trust.key.get_or_insert(key);
    Ok(report(&verify::database(&there.db, &trail_origin(&there.config), key, &trust)?))
}

/// Writes the chained trail as a signed file.
pub(super) fn export(file: &Path, app: &App) -> Result<ExitCode> {
    let trail = Trail { key: app.log_key.clone(), origin: app.origin() };
    app.db.write_now(|tx| permit_export(tx, &Actor::system("audit")))?;
    let bytes = write_export(&app.db, &trail)?;
    std::fs::write(file, &bytes).with_context(|| file.display().to_string())?;
    println!("{} bytes in {}", bytes.len(), file.display());
    Ok(ExitCode::SUCCESS)
}

/// Verifies an exported file, without configuration, keys or database.
pub(super) fn verify_file(arguments: &Verify) -> Result<ExitCode> {
    let path = arguments.file.as_deref().unwrap_or_else(|| std::path::Path::new("-"));
    let file = File::open(path).with_context(|| path.display().to_string())?;
    Ok(report(&verify::file(BufReader::new(file), &arguments.trust()?)?))
}

fn report(outcome: &Result<Sound, Broken>) -> ExitCode {
    match outcome {
        Ok(sound) => {
            println!(
                "sound: {} rows to number {}, {} checkpoints; {} rows not signed yet, {} not numbered yet",
                sound.rows, sound.last, sound.checkpoints, sound.unsigned, sound.unchained
            );
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}
