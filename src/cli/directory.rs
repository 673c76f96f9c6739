//! `directory`: the register from a file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::app::App;
use crate::core::actor::Actor;
use crate::core::i18n::Lang;
use crate::directory::service::{self as directory, ImportOptions, Imported};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Imports organisations or who serves whom: all or nothing, the same file twice changes nothing.
    Import {
        file: PathBuf,
        /// The file is complete, even though it leaves out much of what its source had before.
        #[arg(long)]
        ends_many: bool,
    },
}

pub(super) fn run(command: Command, app: &App) -> Result<ExitCode> {
    let Command::Import { file, ends_many } = command;
    let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let actor = Actor::system("directory");
    let options = ImportOptions { ends_many };
    let done = super::block_on(async { Ok(directory::import(&app.db, &actor, bytes, options).await?) })?;
    match done {
        Ok(imported) => {
            print(&imported);
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults {
                eprintln!("{}", fault.sentence(Lang::De));
            }
            eprintln!("{} faults; nothing was changed.", faults.len());
            Ok(ExitCode::FAILURE)
        }
    }
}

fn print(imported: &Imported) {
    for change in &imported.changed {
        let fields: Vec<String> = change
            .fields
            .iter()
            .map(|field| format!("{}: {} → {}", field.column, field.before, field.after))
            .collect();
        println!("changed: {} ({})", change.name, fields.join(", "));
    }
    for name in &imported.ended {
        println!("ended: {name}");
    }
    println!(
        "{}: {} added, {} changed, {} ended, {} unchanged, {} kept from elsewhere",
        imported.source,
        imported.added.len(),
        imported.changed.len(),
        imported.ended.len(),
        imported.unchanged,
        imported.kept.len()
    );
}
