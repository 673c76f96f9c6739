//! `mail-in`: one mail from standard input, as a mail server's pipe or a sieve script delivers it. It answers in the
//! codes that mail servers read (sysexits.h): whatever is no fault of the mail itself is tried again.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::app::{App, Inspection};
use crate::config::Config;
use crate::core::env::Env;
use crate::correspondence::intake::{Intake, envelope_of, explain};
use crate::correspondence::model::{Envelope, LARGEST, Road};
use crate::incidents::evidence::reader::Reader;

/// `EX_DATAERR`: the mail can never be taken.
const NEVER: u8 = 65;
/// `EX_TEMPFAIL`: the mail server keeps it and tries again.
const LATER: u8 = 75;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The envelope's sender, where the mail does not name it (Return-Path).
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// The envelope's recipient, where the mail does not name it (X-Original-To, Delivered-To); may be given again.
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// Say as JSON what the mail is, what would become of it and why; change nothing.
    #[arg(long)]
    explain: bool,
}

impl Arguments {
    fn envelope(&self, mail: &[u8]) -> Envelope {
        let told = envelope_of(mail);
        let plain = |text: &String| text.chars().filter(|c| !c.is_control()).take(320).collect::<String>();
        Envelope {
            from: self.from.as_ref().map_or(told.from, plain),
            to: if self.to.is_empty() { told.to } else { self.to.iter().map(plain).collect() },
        }
    }
}

/// Why a mail was not taken.
enum Refused {
    Never(String),
    Later(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Later(error.into())
    }
}

pub(super) fn run(arguments: &Arguments, config: Option<&Path>) -> ExitCode {
    let code = match attempt(arguments, config) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Refused::Never(why)) => {
            eprintln!("meldekette: {why}");
            NEVER
        }
        Err(Refused::Later(error)) => {
            eprintln!("meldekette: {}", super::causes(&error));
            LATER
        }
    };
    ExitCode::from(code)
}

fn attempt(arguments: &Arguments, config: Option<&Path>) -> Result<(), Refused> {
    let mut mail = Vec::new();
    std::io::stdin().take(LARGEST as u64 + 1).read_to_end(&mut mail).context("reading the mail")?;
    if mail.is_empty() {
        return Err(Refused::Never("there is no mail on standard input".to_owned()));
    }
    if mail.len() > LARGEST {
        return Err(Refused::Never(format!("the mail is larger than {LARGEST} bytes")));
    }
    let envelope = arguments.envelope(&mail);
    let config = Config::load(config, std::env::vars())?;
    super::log(&config.log);
    let reader = Reader::new(std::env::current_exe().context("the own program")?);
    if arguments.explain {
        let seen = Inspection::open(config, Env::system())?;
        let opener = Arc::new(seen.opener()?);
        let said = super::block_on(async { Ok(explain(&seen.db, &reader, &opener, envelope, mail).await?) })?;
        println!("{}", serde_json::to_string_pretty(&said)?);
        return Ok(());
    }
    let app: App = super::for_command(config)?;
    // It is kept alone; the server reads it.
    let intake = Intake::new(app.db.clone(), Arc::new(app.vault()?), reader);
    super::block_on(async { Ok(intake.take(Road::Pipe, envelope, mail).await?) })?;
    Ok(())
}
