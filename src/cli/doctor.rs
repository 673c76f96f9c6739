//! `doctor`: what is wrong with this installation, and what to do about it.

use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use diesel::connection::SimpleConnection as _;

use super::causes;
use crate::app::{Inspection, OLD_SCHEMA, unusable};
use crate::config::{Config, EvidenceStore, MailTransport};
use crate::core::actor::Role;
use crate::core::env::Env;
use crate::core::when;
use crate::crypto::keys::CERTIFICATE_ENDED;
use crate::mail::dead;
use crate::store::{Conn, migrate};

/// A certificate that ends within so many days is spoken of.
const CERTIFICATE_DAYS: i64 = 60;
/// Seconds by which database and machine may differ.
const CLOCK_TOLERANCE_S: i64 = 5;
/// How long the store of files may take for a probe.
const PROBE: Duration = Duration::from_secs(30);

/// What one check found.
enum Finding {
    Good(String),
    /// Works, but somebody should look at it.
    Notice(String),
    /// Does not work; the text says what to do.
    Bad(String),
}

pub(super) fn run(config: &Config) -> Result<ExitCode> {
    let mut findings = Vec::new();
    let app = match Inspection::open(config.clone(), Env::system()) {
        Ok(app) => Some(app),
        Err(error) => {
            findings.push(("start", Finding::Bad(causes(&error))));
            None
        }
    };
    if let Some(app) = &app {
        let schema = database(app);
        let is_usable = matches!(schema, Finding::Good(_));
        findings.push(("database", schema));
        if let Some(path) = config.database.url.strip_prefix("sqlite:") {
            findings.push(("files", files(path)));
        }
        findings.push(("second factor", second_factor(config)));
        findings.push(("time", time(app)));
        findings.push(("certificate", certificate(app)));
        findings.push(("mail", mail(app)));
        findings.extend(mailbox(app).map(|finding| ("mailbox", finding)));
        if is_usable {
            findings.push(("outbox", outbox(app)));
        }
        findings.push(("evidence", evidence(app)));
        findings.push(("audit", audit(app)));
        findings.push(("address", address(app)));
    }
    let mut healthy = true;
    for (what, finding) in findings {
        let (mark, text) = match finding {
            Finding::Good(text) => ("ok    ", text),
            Finding::Notice(text) => ("notice", text),
            Finding::Bad(text) => {
                healthy = false;
                ("BAD   ", text)
            }
        };
        println!("{mark} {what}: {text}");
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn database(app: &Inspection) -> Finding {
    let is_old = |conn: &mut Conn| match migrate::is_pending(conn)? {
        true => Ok(true),
        false => check_writing(conn).map(|()| false),
    };
    match app.db.with_connection(is_old) {
        Ok(true) => Finding::Bad(OLD_SCHEMA.to_owned()),
        Ok(false) => {
            let engine = if app.db.is_sqlite() { "SQLite" } else { "PostgreSQL" };
            Finding::Good(format!("{engine} answers, the schema is up to date, and it can be written"))
        }
        Err(error) => Finding::Bad(format!("{}: {error}", unusable(&app.config))),
    }
}

/// Asks for what every change needs, and changes nothing.
fn check_writing(conn: &mut Conn) -> crate::core::error::Result<()> {
    conn.batch_execute(if conn.is_sqlite() { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
    // On a file that cannot be written SQLite begins all the same: only a statement that writes is refused.
    let tried = conn.batch_execute("DELETE FROM jobs WHERE 1 = 0");
    conn.batch_execute("ROLLBACK")?;
    Ok(tried?)
}

/// Reports lie in the database: nobody else on the machine may read its files.
fn files(path: &str) -> Finding {
    let open_to_others =
        |file: &String| std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    let files: Vec<_> =
        ["", "-wal", "-shm"].map(|end| format!("{path}{end}")).into_iter().filter(open_to_others).collect();
    if files.is_empty() {
        Finding::Good(format!("{path} is closed to other accounts"))
    } else {
        Finding::Notice(format!(
            "other accounts of this machine can open what was reported: `chmod 600 {}`",
            files.join(" ")
        ))
    }
}

/// Whoever can do without a second factor is named.
fn second_factor(config: &Config) -> Finding {
    let required = &config.second_factor.required_for;
    let without: Vec<_> =
        Role::ALL.into_iter().filter(|role| !required.contains(role)).map(Role::code).collect();
    if without.is_empty() {
        Finding::Good("everybody needs one to read".to_owned())
    } else {
        Finding::Notice(format!(
            "a stolen password is enough to sign in as {}: add to second_factor.required_for",
            without.join(", ")
        ))
    }
}

/// Tokens and deadlines need a clock that is right.
fn time(app: &Inspection) -> Finding {
    let here = app.env.now();
    match app.db.with_connection(crate::store::clock::database_now) {
        Ok(there) => {
            let apart = here.duration_since(there).as_secs().abs();
            if apart > CLOCK_TOLERANCE_S {
                Finding::Bad(format!(
                    "this machine and the database differ by {apart} s: set up time synchronisation"
                ))
            } else {
                Finding::Good(format!("it is {}", when::absolute(here)))
            }
        }
        Err(error) => Finding::Bad(error.to_string()),
    }
}

fn certificate(app: &Inspection) -> Finding {
    match app.identity() {
        Ok(identity) => {
            let days = identity.expires().duration_since(app.env.now()).as_hours() / 24;
            let text = format!("{} until {}", identity.address(), when::absolute(identity.expires()));
            if let Err(error) = identity.validity().check(app.env.now()) {
                Finding::Bad(format!("{error}; {CERTIFICATE_ENDED}"))
            } else if days < CERTIFICATE_DAYS {
                Finding::Notice(format!(
                    "{text}: {days} days left, ask for a new one (`meldekette keys request`)"
                ))
            } else {
                Finding::Good(text)
            }
        }
        Err(error) => Finding::Bad(format!("{}: see `meldekette keys --help`", causes(&error))),
    }
}

fn mail(app: &Inspection) -> Finding {
    if app.config.mail.transport == MailTransport::Maildir {
        return Finding::Notice(format!(
            "mails go into {} and leave the machine by other means",
            app.config.mail.maildir.display()
        ));
    }
    let reached = super::block_on(async {
        let transport = app.transport()?;
        let session =
            tokio::time::timeout(Duration::from_secs(app.config.mail.timeout_s), transport.connect()).await?;
        match session {
            Ok(session) => {
                session.close().await;
                Ok(())
            }
            Err(answer) => Err(anyhow::anyhow!("{}", answer.as_str())),
        }
    });
    let server = format!("{}:{}", app.config.mail.smtp.host, app.config.mail.smtp.port);
    match reached {
        Ok(()) => Finding::Good(format!("{server} takes connections")),
        Err(error) => Finding::Bad(format!("{server}: {}: check mail.smtp", causes(&error))),
    }
}

/// The mailbox that mails are taken out of: it is opened, and nothing in it is changed.
fn mailbox(app: &Inspection) -> Option<Finding> {
    let settings = &app.config.mail.inbound.imap;
    let name = format!("{} on {}:{}", settings.user, settings.host, settings.port);
    let imap = match app.mailbox() {
        Ok(imap) => imap?,
        Err(error) => return Some(Finding::Bad(causes(&error))),
    };
    let counted = super::block_on(async {
        let mut mailbox = imap.open(&settings.folder, false).await?;
        let waiting = mailbox.list().await?.len();
        mailbox.close().await;
        Ok(waiting)
    });
    Some(match counted {
        Ok(waiting) => {
            Finding::Good(format!("{name} can be read, {waiting} mails lie in {}", settings.folder))
        }
        Err(error) => Finding::Bad(format!("{name}: {}: check mail.inbound.imap", causes(&error))),
    })
}

fn outbox(app: &Inspection) -> Finding {
    let counted = app.db.read_now(|tx| {
        let waiting: i64 = dead::list_waiting(tx, 1000)?.iter().map(|(_, mails)| mails).sum();
        Ok((waiting, dead::list(tx, 1000)?.len(), crate::queue::dead_letters(tx)?.len()))
    });
    match counted {
        Ok((0, 0, 0)) => Finding::Good("nothing waits for another try, nothing was given up".to_owned()),
        Ok((waiting, mails, jobs)) => Finding::Notice(format!(
            "{waiting} mails wait for another try, {mails} mails and {jobs} jobs were given up: look at \
             /warteschlangen"
        )),
        Err(error) => Finding::Bad(error.to_string()),
    }
}

/// Files of cases: a probe is put, read and removed.
fn evidence(app: &Inspection) -> Finding {
    let settings = &app.config.evidence;
    let (place, key) = match settings.store {
        EvidenceStore::Folder => (settings.folder.display().to_string(), "evidence.folder"),
        EvidenceStore::S3 => (format!("the bucket {}", settings.s3.bucket), "evidence.s3"),
    };
    if settings.store == EvidenceStore::Folder && !settings.folder.exists() {
        return Finding::Notice(format!("{place} is not there yet: the first start makes it ({key})"));
    }
    let name = app.env.uuid().to_string();
    let probed = super::block_on(async {
        Ok(tokio::time::timeout(PROBE, app.objects()?.probe(&name)).await.context("no answer in time")??)
    });
    match probed {
        Ok(()) => Finding::Good(format!("{place} takes files, gives them back and removes them")),
        Err(error) => Finding::Bad(format!("{place}: {}: check {key}", causes(&error))),
    }
}

fn audit(app: &Inspection) -> Finding {
    if app.config.audit.outside_address.is_empty() {
        Finding::Notice(
            "audit.outside_address is empty: nobody outside keeps the day's checkpoint".to_owned(),
        )
    } else {
        Finding::Good(format!("checkpoints go to {}", app.config.audit.outside_address))
    }
}

fn address(app: &Inspection) -> Finding {
    let url = &app.config.server.public_url;
    if url.starts_with("https://") || app.config.server.listen.ip().is_loopback() && url.contains("127.0.0.1")
    {
        Finding::Good(format!("people reach the product at {url}"))
    } else {
        Finding::Bad(format!("{url} is not https: session cookies are not sent over it (server.public_url)"))
    }
}
