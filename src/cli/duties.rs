//! `meldekette duties`: whether the rule sets can be used, before the product is started with them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use crate::config::Config;
use crate::duties::book::Book;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads all rule sets and prints every mistake with its file and line.
    Check {
        /// Folder of rule sets; that of the configuration otherwise.
        #[arg(long, value_name = "FOLDER")]
        rules: Option<PathBuf>,
    },
}

/// Checks and prints; fails where something cannot be used.
pub fn run(command: &Command, config: &Config) -> ExitCode {
    let Command::Check { rules } = command;
    match Book::load(rules.as_deref().unwrap_or(Path::new(&config.duties.rules))) {
        Ok(book) => {
            for set in book.sets() {
                println!("{}: {} ({})", set.key, set.name, set.source);
                for stage in &set.stages {
                    println!("  {}, {}: {}", stage.name, stage.within, stage.source);
                }
            }
            println!("{} rule sets can be used.", book.sets().len());
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
