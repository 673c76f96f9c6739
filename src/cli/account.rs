//! `account`: what an operator does before anybody can sign in, or when nobody can any more.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Subcommand;
use jiff::SignedDuration;

use crate::access::service::tokens::{self, NewToken};
use crate::access::service::{by_mail, first, people::Invitation};
use crate::access::service::{factors, people};
use crate::app::App;
use crate::core::actor::{Actor, Role, Scope};
use crate::core::text::{MailAddress, Name};
use crate::directory::service as directory;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Prints the one-time links of the first administrators again, while fewer than two have been made.
    FirstLinks,
    /// Invites somebody by mail to a role at an organisation. A privileged role waits for an administrator's word.
    Invite {
        /// Mail address.
        mail: String,
        /// What the account is called.
        name: String,
        /// reporter, org_lead, analyst, approver, cert_lead, auditor, administrator
        role: String,
        /// AGS, ARS or import key of the organisation; the CERT where it is left out.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Locks an account: its sessions end, its roles and tokens count for nothing until an administrator unlocks it.
    Lock {
        /// Mail address of the account.
        mail: String,
    },
    /// Takes the second factor of an account away, whose telephone and recovery codes are lost. The person is told.
    ResetSecondFactor {
        /// Mail address of the account.
        mail: String,
    },
    /// Makes an API token for an account and prints it, once.
    Token {
        /// Mail address of the account.
        mail: String,
        /// What the token is for.
        name: String,
        /// incidents:read, incidents:write, advisories:read, advisories:write, directory:read
        #[arg(long, required = true, value_delimiter = ',')]
        scopes: Vec<String>,
        /// Days until it ends, at most 365.
        #[arg(long, default_value_t = 90)]
        days: i64,
    },
}

pub(super) fn run(command: Command, app: &App) -> Result<ExitCode> {
    match command {
        Command::FirstLinks => first_links(app),
        Command::Invite { mail, name, role, organisation } => {
            invite(app, &mail, &name, &role, organisation.as_deref())
        }
        Command::Lock { mail } => lock(app, &mail),
        Command::ResetSecondFactor { mail } => reset_second_factor(app, &mail),
        Command::Token { mail, name, scopes, days } => token(app, &mail, &name, &scopes, days),
    }
}

fn address(text: &str) -> Result<MailAddress> {
    MailAddress::parse(text).map_err(|_| anyhow!("{text} is not a mail address"))
}

fn named(text: &str) -> Result<Name> {
    Name::parse(text).map_err(|_| anyhow!("{text} is not a name"))
}

fn first_links(app: &App) -> Result<ExitCode> {
    let name = app.settings.cert_name.clone();
    let links = app.db.write_now(move |tx| {
        let actor = Actor::system("account");
        let cert = directory::ensure_cert(tx, &actor, &name)?;
        first::first_administrators(tx, &actor, cert)
    })?;
    if links.is_empty() {
        println!("Two administrators have been made; further ones are invited by them.");
    }
    for token in links {
        println!("{}/einladung/erste/{token}", app.settings.public_url);
    }
    Ok(ExitCode::SUCCESS)
}

fn invite(app: &App, mail: &str, name: &str, role: &str, organisation: Option<&str>) -> Result<ExitCode> {
    let (mail, name) = (address(mail)?, named(name)?);
    let role = Role::parse(role).ok_or_else(|| anyhow!("{role} is not a role"))?;
    let key = organisation.map(str::to_owned);
    let shown = mail.to_string();
    app.db.write_now(move |tx| {
        let organisation = match &key {
            Some(key) => directory::lookup_by_key(tx, key)?.ok_or(crate::core::error::Error::NotFound)?.id,
            None => directory::cert(tx)?,
        };
        let invitation = Invitation { mail: mail.clone(), name: name.clone(), organisation, role };
        people::invite(tx, &Actor::system("account"), &invitation)
    })?;
    println!("An invitation to {shown} is on its way.");
    Ok(ExitCode::SUCCESS)
}

fn lock(app: &App, mail: &str) -> Result<ExitCode> {
    let address = address(mail)?;
    app.db.write_now(move |tx| {
        let account = by_mail(tx, &address)?.ok_or(crate::core::error::Error::NotFound)?;
        people::lock(tx, &Actor::system("account"), account)
    })?;
    println!("{mail} is locked.");
    Ok(ExitCode::SUCCESS)
}

fn reset_second_factor(app: &App, mail: &str) -> Result<ExitCode> {
    let address = address(mail)?;
    app.db.write_now(move |tx| {
        let account = by_mail(tx, &address)?.ok_or(crate::core::error::Error::NotFound)?;
        factors::reset(tx, &Actor::system("account"), account)
    })?;
    println!("{mail} sets up a new second factor at the next sign-in, and is told so by mail.");
    Ok(ExitCode::SUCCESS)
}

fn token(app: &App, mail: &str, name: &str, scopes: &[String], days: i64) -> Result<ExitCode> {
    let (mail, name) = (address(mail)?, named(name)?);
    let scopes = scopes
        .iter()
        .map(|scope| Scope::parse(scope).ok_or_else(|| anyhow!("{scope} is not a scope")))
        .collect::<Result<Vec<_>>>()?;
    let new = NewToken { name, scopes, valid_for: SignedDuration::from_hours(24 * days) };
    let token = app.db.write_now(move |tx| {
        let account = by_mail(tx, &mail)?.ok_or(crate::core::error::Error::NotFound)?;
        tokens::issue(tx, &Actor::system("account"), account, &new)
    })?;
    println!("{token}");
    Ok(ExitCode::SUCCESS)
}
