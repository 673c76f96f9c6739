//! `meldekette playbooks`: whether the files can be used, before the product is started with them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use crate::config::Config;
use crate::incidents::tasks::playbook::{Library, Who};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads all playbooks and text blocks and prints every mistake with its file and line.
    Check {
        /// Folder of playbooks; that of the configuration otherwise.
        #[arg(long, value_name = "FOLDER")]
        playbooks: Option<PathBuf>,
        /// Folder of text blocks; that of the configuration otherwise.
        #[arg(long, value_name = "FOLDER")]
        blocks: Option<PathBuf>,
    },
}

/// Checks and prints; fails where something cannot be used.
pub fn run(command: &Command, config: &Config) -> ExitCode {
    let Command::Check { playbooks, blocks } = command;
    let playbooks = playbooks.as_deref().unwrap_or(Path::new(&config.tasks.playbooks));
    let blocks = blocks.as_deref().unwrap_or(Path::new(&config.tasks.blocks));
    match Library::load(playbooks, blocks) {
        Ok(library) => {
            for book in library.playbooks() {
                let asked = book.steps.iter().filter(|step| step.who == Who::Organisation).count();
                let (key, version, digest, steps) = (&book.key, book.version, &book.digest, book.steps.len());
                println!(
                    "{key} {version} ({digest}): {steps} steps, {asked} of the organisation: {}",
                    book.title
                );
            }
            println!(
                "{} playbooks and {} text blocks can be used.",
                library.playbooks().len(),
                library.blocks().len()
            );
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in &problems.0 {
                println!("{problem}");
            }
            eprintln!("meldekette: {} files cannot be used", problems.0.len());
            ExitCode::FAILURE
        }
    }
}
