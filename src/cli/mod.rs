//! Commands: each reads its arguments, calls one service or starts one thing, and prints what happened.

mod account;
mod audit;
mod case;
mod demo;
mod directory;
mod doctor;
mod duties;
mod escalation;
mod keys;
mod mail_in;
mod observables;
mod playbooks;
mod search;
mod serve;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::app::{App, Purpose, make_folder};
use crate::config::{Config, Log, LogFormat};
use crate::core::env::Env;
use crate::correspondence::sheet;
use crate::incidents::evidence::reader;
use crate::store::{Db, Provided, migrate};

/// Incident reports up the chain, signed advisories down to every administration.
#[derive(Debug, Parser)]
#[command(name = "meldekette", version)]
struct Cli {
    /// Configuration file; what it leaves out comes from the defaults.
    #[arg(long, global = true, env = "MELDEKETTE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves pages and API, and works off mail and timers.
    Serve,
    /// Works off mail and timers alone, beside other processes (PostgreSQL only).
    Work,
    /// Brings the database's schema up to date.
    Migrate,
    /// Plays the whole chain with example data, then serves it.
    Demo(demo::Arguments),
    /// The register of organisations.
    #[command(subcommand)]
    Directory(directory::Command),
    /// Accounts, roles and API tokens.
    #[command(subcommand)]
    Account(account::Command),
    /// Keys and certificates.
    #[command(subcommand)]
    Keys(keys::Command),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Whole cases: as an archive, and from elsewhere.
    #[command(subcommand)]
    Case(case::Command),
    /// Playbooks and text blocks.
    #[command(subcommand)]
    Playbooks(playbooks::Command),
    /// Rule sets of duties to report.
    #[command(subcommand)]
    Duties(duties::Command),
    /// Plans of escalation.
    #[command(subcommand)]
    Escalation(escalation::Command),
    /// Searches the cases that the holder of the API token in MELDEKETTE_TOKEN may see.
    Search(search::Arguments),
    /// Reads text on standard input and prints each observable in it as a line of JSON.
    Observables,
    /// Checks database, keys, mail, certificates and time, and says what to do.
    Doctor,
    /// Takes one mail from standard input, for a mail server's pipe.
    MailIn(mail_in::Arguments),
    /// Reads one mail for the server, which starts it for that.
    #[command(name = reader::COMMAND, hide = true)]
    ReadMail,
    /// The same with all that is attached.
    #[command(name = sheet::COMMAND, hide = true)]
    ReadInbound,
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("meldekette: {}", causes(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and what caused it, each once: some errors say themselves what caused them.
fn causes(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| {
        if said.is_empty() {
            cause
        } else if said.contains(&cause) {
            said
        } else {
            format!("{said}: {cause}")
        }
    })
}

fn execute(cli: Cli) -> Result<ExitCode> {
    // An offline check needs neither configuration nor keys.
    if let Command::Audit(audit::Command::Verify(arguments)) = &cli.command
        && arguments.is_offline()
    {
        return audit::verify_file(arguments);
    }
    if let Command::Case(case::Command::Verify { file, key }) = &cli.command {
        return case::verify(file, key.as_deref());
    }
    if let Command::Demo(arguments) = cli.command {
        return demo::run(&arguments);
    }
    if let Command::ReadMail = cli.command {
        reader::run()?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Observables = cli.command {
        return observables::run(std::io::stdin().lock(), std::io::stdout().lock());
    }
    if let Command::ReadInbound = cli.command {
        sheet::run()?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::MailIn(arguments) = &cli.command {
        return Ok(mail_in::run(arguments, cli.config.as_deref()));
    }
    let config = Config::load(cli.config.as_deref(), std::env::vars())?;
    log(&config.log);
    match cli.command {
        Command::Migrate => migrate_now(&config),
        Command::Doctor => doctor::run(&config),
        Command::Playbooks(command) => Ok(playbooks::run(&command, &config)),
        Command::Duties(command) => Ok(duties::run(&command, &config)),
        Command::Escalation(escalation::Command::Check { plans, office_hours }) => {
            Ok(escalation::check(plans.as_deref(), office_hours.as_deref(), &config))
        }
        Command::Escalation(escalation::Command::Explain { reference }) => {
            escalation::explain(&reference, &for_command(config)?)
        }
        Command::Keys(command) => keys::run(command, &config),
        Command::Serve => serve::serve(open(config)?),
        Command::Work => serve::work(open(config)?),
        Command::Directory(command) => directory::run(command, &for_command(config)?),
        Command::Account(command) => account::run(command, &for_command(config)?),
        Command::Audit(audit::Command::Verify(arguments)) => audit::verify(&arguments, config),
        Command::Audit(audit::Command::Export { file }) => audit::export(&file, &for_command(config)?),
        Command::Case(case::Command::Export { reference, file }) => {
            case::export(&reference, &file, &for_command(config)?)
        }
        Command::Case(case::Command::Import(arguments)) => case::import(arguments, &for_command(config)?),
        Command::Case(case::Command::ImportRt(arguments)) => {
            case::import_rt(arguments, &for_command(config)?)
        }
        Command::Search(arguments) => search::run(arguments, &for_command(config)?),
        Command::Demo(_)
        | Command::Case(case::Command::Verify { .. })
        | Command::ReadMail
        | Command::Observables
        | Command::ReadInbound
        | Command::MailIn(_) => Ok(ExitCode::FAILURE),
    }
}

fn open(config: Config) -> Result<App> {
    App::open(config, Env::system(), Purpose::Real)
}

fn for_command(config: Config) -> Result<App> {
    App::open_for_command(config, Env::system())
}

fn migrate_now(config: &Config) -> Result<ExitCode> {
    make_folder(config)?;
    let db = Db::open(&config.database.url, 2, Env::system(), Provided::default())?;
    let ran = db.with_connection(migrate::run)?;
    match ran.len() {
        0 => println!("The schema is up to date."),
        count => println!("{count} migrations ran: {}", ran.join(", ")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Logs to standard error, so that standard output stays for what a command says.
fn log(log: &Log) {
    // async_imap traces what it sends and reads: passwords and mails.
    let wanted = format!("{},async_imap=info", log.filter);
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    // Colours are for people at a terminal; in a file or a journal they are noise.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second call, after a first one in the same process, changes nothing.
    let _ = match log.format {
        LogFormat::Human => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// A runtime for the few commands that wait.
fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}
