//! `meldekette escalation`: whether the plans can be used, before the product is started with them, and what will become of
//! a case.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Subcommand;

use crate::app::App;
use crate::config::Config;
use crate::core::actor::Actor;
use crate::core::error::Error;
use crate::core::i18n::{Lang, text};
use crate::core::when;
use crate::escalation::plans::Plans;
use crate::escalation::service::{self, Expected};
use crate::escalation::words;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Reads all plans and the office hours and prints every mistake with its file and line.
    Check {
        /// Folder of plans; that of the configuration otherwise.
        #[arg(long, value_name = "FOLDER")]
        plans: Option<PathBuf>,
        /// File of office hours; that of the configuration otherwise.
        #[arg(long, value_name = "FILE")]
        office_hours: Option<PathBuf>,
    },
    /// Prints what will happen to a case, when and why, if nobody answers.
    Explain {
        /// Its reference, such as TH-2026-00042.
        reference: String,
    },
}

/// Checks and prints; fails where something cannot be used.
pub(super) fn check(plans: Option<&Path>, office_hours: Option<&Path>, config: &Config) -> ExitCode {
    let plans = plans.unwrap_or(Path::new(&config.escalation.plans));
    let office_hours = office_hours.unwrap_or(Path::new(&config.escalation.office_hours));
    match Plans::load(plans, office_hours) {
        Ok(plans) => {
            for file in plans.files() {
                println!("{}: {}", file.key, file.name);
            }
            println!("{} plans can be used.", plans.files().len());
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in &problems.0 {
                println!("{problem}");
            }
            eprintln!("meldekette: {} mistakes", problems.0.len());
            ExitCode::FAILURE
        }
    }
}

/// Prints what will become of a case.
pub(super) fn explain(reference: &str, app: &App) -> Result<ExitCode> {
    let of = reference.to_owned();
    let explained = app.db.write_now(move |tx| service::explain(tx, &Actor::system("escalation"), &of));
    let explained = match explained {
        Err(Error::NotFound) => return Err(anyhow!("there is no case {reference}")),
        explained => explained?,
    };
    let why = explained.of.as_ref().map(words::why).unwrap_or_default();
    println!("{} {} ({why})", explained.case.reference, explained.plan);
    for Expected { told, named, people } in &explained.steps {
        let (what, _) = words::foreseen(told.what);
        let whom = words::whom(&told.whom, named.as_deref());
        let by = told.acknowledge_by.map_or_else(String::new, |by| format!(" bis {}", when::absolute(by)));
        let at = when::absolute(told.at);
        println!("{at}  {}: {} {whom} ({people}){by}", told.name, text(Lang::De, what));
    }
    Ok(ExitCode::SUCCESS)
}
