//! What the demonstration says: a bar while it plays, a table at the end, and the accounts to sign in with.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;
use serde_json::json;

use super::play::Played;
use super::setup::{Cast, Person, actor};
use crate::access::service::tokens::{self, NewToken};
use crate::app::App;
use crate::core::actor::{Role, Scope};
use crate::core::text::Name;

/// The bar.
#[derive(Clone)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar without length yet. Hidden where the output is no terminal.
    pub fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// Says what is done now.
    pub fn step(&self, what: &'static str) {
        self.0.set_message(what);
    }

    /// Counts to `length` from now on.
    pub fn length(&self, what: &'static str, length: usize) {
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
            self.0.set_style(style);
        }
        self.0.set_message(what);
        self.0.set_length(length as u64);
        self.0.set_position(0);
    }

    /// So many more, never beyond the length.
    pub fn advance(&self, by: usize) {
        let end = self.0.length().unwrap_or(u64::MAX);
        self.0.set_position((self.0.position() + by as u64).min(end));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn scopes(role: Role) -> Vec<Scope> {
    match role {
        Role::Reporter | Role::OrgLead => {
            vec![Scope::IncidentsRead, Scope::IncidentsWrite, Scope::AdvisoriesRead, Scope::DirectoryRead]
        }
        Role::Administrator | Role::Auditor => vec![Scope::IncidentsRead, Scope::DirectoryRead],
        Role::Analyst | Role::Approver | Role::CertLead => Scope::ALL.to_vec(),
    }
}

fn token(app: &App, person: &Person) -> Result<String> {
    let who = person.clone();
    let new = NewToken {
        name: Name::parse("Demonstration").map_err(anyhow::Error::msg)?,
        scopes: scopes(person.role),
        valid_for: SignedDuration::from_hours(24 * 30),
    };
    Ok(app.db.write_now(move |tx| {
        let actor = actor(tx, &who)?;
        tokens::issue(tx, &actor, who.account, &new)
    })?)
}

/// Writes `access.json`: address, accounts, passwords, and one API token per role.
pub(super) fn write_access(app: &App, cast: &Cast, data: &Path) -> Result<()> {
    let mut accounts = Vec::new();
    for person in cast.shown() {
        accounts.push(json!({
            "role": person.role.code(),
            "name": person.name,
            "organisation": person.organisation_name,
            "organisation_id": person.organisation,
            "mail": person.mail,
            "password": cast.password,
            "token": token(app, person)?,
        }));
    }
    let access = json!({
        "address": app.settings.public_url,
        "accounts": accounts,
        "maildir": data.join("maildir"),
        "authority": data.join("demonstration-ca.pem"),
    });
    // Passwords and tokens: for whoever runs the demonstration alone.
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(data.join("access.json"))?;
    file.write_all(serde_json::to_string_pretty(&access)?.as_bytes())?;
    Ok(())
}

/// Prints what happened, and how to go on.
pub(super) fn print(app: &App, cast: &Cast, played: &Played, data: &Path, goes_on: bool) {
    println!("Meldekette, Demonstration mit Beispieldaten");
    println!();
    println!("  {:<28}{}", "Vorgang", played.incident);
    println!("  {:<28}{}", "gemeldet", played.filed);
    println!("  {:<28}{}", "eingestuft", played.triaged);
    println!("  {:<28}{}", "an das Land eskaliert", played.escalated);
    println!("  {:<28}{}", "vom Land bestätigt", played.acknowledged);
    println!("  {:<28}{}", "Warnmeldung", played.advisory);
    println!("  {:<28}{}", "von zweiter Person frei", played.approved);
    println!("  {:<28}{} von {}", "vom Mailserver angenommen", played.delivered, played.recipients);
    println!();
    println!(
        "{} report filed, {} triaged, {} escalated, {} acknowledged; {} advisory approved by a second person; {} of {} delivered",
        played.filed,
        played.triaged,
        played.escalated,
        played.acknowledged,
        played.approved,
        played.delivered,
        played.recipients
    );
    if goes_on {
        println!();
        println!("Seiten:    {}", app.settings.public_url);
        println!("Mails:     {}/demo/mails", app.settings.public_url);
        println!("Passwort:  {} (für alle Konten)", cast.password);
        for person in cast.shown() {
            println!("  {:<26} {:<24} {}", person.organisation_name, person.name, person.mail);
        }
        println!("Zugänge und API-Tokens: {}", data.join("access.json").display());
        println!(
            "ACHTUNG: Hier geht es ohne zweiten Faktor. Im Betrieb ist er Pflicht (second_factor.required_for); ausprobieren: Mein Konto."
        );
        println!(
            "Der Schlüssel der Demonstration liegt neben ihren Daten. Im Betrieb liegt er anderswo. Ende mit Strg+C."
        );
    }
}
