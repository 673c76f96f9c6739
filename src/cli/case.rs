//! `case`: a whole case as an archive, the check of one, without configuration, keys or database, and the import of
//! cases from another installation or from a ticket system.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::block_on;
use crate::app::App;
use crate::core::actor::Actor;
use crate::core::error::Error;
use crate::crypto::log::LogPublicKey;
use crate::incidents::dossier::service::{self as dossier, Archive, Plan, Refusal, Tools, Wishes};
use crate::incidents::importing::model::Outcome;
use crate::incidents::importing::rt::{self, Client, Found, Look, Source, Ticked};
use crate::incidents::status::Status;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Writes a whole case with its files and its part of the audit trail as a signed archive.
    Export {
        /// Its reference, such as TH-2026-00042.
        reference: String,
        /// A file that does not exist yet.
        file: PathBuf,
    },
    /// Checks an archive: every byte, the signature and each row of the trail in it.
    Verify {
        file: PathBuf,
        /// The public key that must have signed (the content of keys/log.pub).
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Imports a case from another installation's archive, with a reference of this one; the same case comes once.
    ///
    /// The archive is checked as by `verify` and must be signed by --key, otherwise by this installation. Times, files and
    /// entries stay as they were; people from there are names here, no accounts. Nobody is mailed.
    Import(Import),
    /// Imports tickets of Request Tracker (RT 5) over its REST2 interface, each as a case, once.
    ///
    /// The token stands in MELDEKETTE_RT_TOKEN and goes nowhere but to that address. Whose a ticket is says the mail domain
    /// of its requestors in the register; what belongs to nobody is brought to its organisation on the case's page. Whoever
    /// was interrupted begins anew: what is here already is passed over. Nobody is mailed.
    ImportRt(ImportRt),
}

#[derive(Debug, Args)]
pub(super) struct ImportRt {
    /// RT's address, such as https://rt.example.org.
    #[arg(long, value_name = "URL")]
    url: String,
    /// All tickets of this queue.
    #[arg(long, value_name = "NAME", required_unless_present = "query", conflicts_with = "query")]
    queue: Option<String>,
    /// Tickets that a search in RT's own language (TicketSQL) finds.
    #[arg(long, value_name = "TICKETSQL")]
    query: Option<String>,
    /// Only those that were changed since this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Reads everything, says what would come, and changes nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    file: PathBuf,
    /// Says what would come, and changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// The public key that must have signed: the content of the other installation's keys/log.pub, which you were given on
    /// another way than the archive. Otherwise it must be this installation's own.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Whose case it is here, by the register's key, where that is not the one in the archive.
    #[arg(long, value_name = "KEY")]
    organisation: Option<String>,
    /// Who of the CERT's team may read a restricted case, by mail address; again for each.
    #[arg(long, value_name = "MAIL")]
    named: Vec<String>,
    /// Begins the escalation of an open case now, with its mails, as for a report that comes in. Otherwise it begins when
    /// somebody triages the case here.
    #[arg(long)]
    escalate: bool,
}

/// Writes the archive. What cannot be written whole is not left behind.
pub(super) fn export(reference: &str, file: &Path, app: &App) -> Result<ExitCode> {
    let vault = Arc::new(app.vault()?);
    let tools = Tools { vault, db: app.db.clone(), key: Arc::clone(&app.log_key) };
    let out = File::create_new(file).with_context(|| file.display().to_string())?;
    let (who, origin) = (reference.to_owned(), app.origin());
    let written = block_on(async move {
        let db = tools.db.clone();
        let actor = Actor::system("case");
        let contents = match db.write(move |tx| dossier::gather(tx, &actor, &who, &origin)).await {
            Err(Error::NotFound) => bail!("there is no such case"),
            contents => contents?,
        };
        let handle = tokio::runtime::Handle::current();
        let written = tokio::task::spawn_blocking(move || {
            let files = contents.files.len();
            let out = dossier::write(BufWriter::new(out), &contents, &tools, &handle)?;
            let out = out.into_inner().map_err(|error| anyhow!(error.into_error()))?;
            out.sync_all()?;
            Ok::<_, anyhow::Error>((out.metadata()?.len(), files))
        });
        written.await?
    });
    match written {
        Ok((size, files)) => {
            println!("{reference}: {size} bytes with {files} files in {}", file.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            std::fs::remove_file(file).with_context(|| file.display().to_string())?;
            Err(error)
        }
    }
}

/// Checks an archive and says what it is.
pub(super) fn verify(file: &Path, key: Option<&str>) -> Result<ExitCode> {
    let key: Option<LogPublicKey> = key.map(|key| key.trim().parse().context("--key")).transpose()?;
    let input = File::open(file).with_context(|| file.display().to_string())?;
    match dossier::check(input, key.as_ref()) {
        Ok(sound) => {
            let manifest = sound.manifest;
            println!(
                "sound: {} of {}, {}, exported {}; {} members, {} rows of the trail; signed by {}",
                manifest.reference,
                manifest.origin,
                manifest.tlp,
                manifest.exported_at,
                manifest.members.len(),
                sound.rows,
                manifest.key
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            eprintln!("{}: {broken}", file.display());
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Imports an archive, or says what that would do.
pub(super) fn import(arguments: Import, app: &App) -> Result<ExitCode> {
    let Import { file, dry_run, key, organisation, named, escalate } = arguments;
    let key: LogPublicKey = match key {
        Some(key) => key.trim().parse().context("--key")?,
        None => app.log_key.public(),
    };
    let input = File::open(&file).with_context(|| file.display().to_string())?;
    let wishes = Wishes { organisation, named, here: app.origin(), alarm: escalate };
    let done = Archive::open(input, &key).and_then(|archive| {
        let archive = Arc::new(archive);
        let plan = look(&archive, &wishes, app)?;
        show(&archive, &plan);
        if dry_run || plan.here.is_some() {
            return Ok((dry_run, plan.here.map(Outcome::Here)));
        }
        Ok((false, Some(bring(&archive, &wishes, app)?)))
    });
    match done {
        Ok((_, Some(Outcome::Here(reference)))) => {
            println!("it is here already: {reference}; nothing was changed")
        }
        Ok((_, Some(Outcome::New(reference)))) => println!("imported as {reference}"),
        Ok((_, None)) => println!("it would be a new case; nothing was changed"),
        Err(refusal) => {
            eprintln!("{}: not imported: {refusal}", file.display());
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn look(archive: &Archive, wishes: &Wishes, app: &App) -> Result<Plan, Refusal> {
    let actor = Actor::system("case");
    app.db.read_now(|tx| Ok(dossier::plan(tx, &actor, archive, &[], wishes)))?
}

fn bring(archive: &Arc<Archive>, wishes: &Wishes, app: &App) -> Result<Outcome, Refusal> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let vault = app.vault().map_err(|error| Refusal::Failed(Error::Unavailable(format!("{error:#}"))))?;
    let actor = Actor::system("case");
    dossier::import(archive, wishes, &actor, &app.db, &Arc::new(vault), runtime.handle())
}

fn show(archive: &Archive, plan: &Plan) {
    let (manifest, case) = (&archive.sound.manifest, &plan.case);
    println!(
        "{} of {}, {}, {}, reported {}; exported {} by {}",
        manifest.reference,
        manifest.origin,
        manifest.tlp,
        case.status.code(),
        case.reported_at,
        manifest.exported_at,
        archive.sound.dossier.exported_by,
    );
    match (&plan.organisation, case.organisation.is_some()) {
        (Some((_, name)), true) => println!("organisation: {name}"),
        (Some((_, name)), false) => {
            println!("organisation: unconfirmed, said to be {name}; it is brought to it on its page")
        }
        (None, _) => println!("organisation: none yet; it is brought to one on its page"),
    }
    let bytes: u64 =
        archive.sound.dossier.files.iter().filter(|it| it.path.is_some()).map(|it| it.size).sum();
    println!(
        "{} timeline entries, {} reports, {} files ({bytes} bytes), {} rows of its trail",
        archive.sound.dossier.timeline.len(),
        case.reports.len(),
        archive.sound.dossier.files.iter().filter(|it| it.path.is_some()).count(),
        archive.sound.rows,
    );
    if !plan.strangers.is_empty() {
        println!("not in this register, what was theirs is the team's here: {}", plan.strangers.join(", "));
    }
    if case.status != Status::Closed {
        println!("it is open: its escalation begins when somebody triages it here, or now with --escalate");
    }
}

/// Imports tickets, or says what that would do.
pub(super) fn import_rt(arguments: ImportRt, app: &App) -> Result<ExitCode> {
    let ImportRt { url, queue, query, since, dry_run } = arguments;
    let token = std::env::var("MELDEKETTE_RT_TOKEN")
        .map(Zeroizing::new)
        .context("MELDEKETTE_RT_TOKEN holds no token: RT's page *Auth Tokens* makes one")?;
    let client = Client::new(&url, token, app.env.clone())?;
    let source = query.map_or_else(|| Source::queue(&queue.unwrap_or_default()), |query| Source { query });
    let source = source.since(since);
    let vault = Arc::new(app.vault()?);
    let look = if dry_run { Look::Dry } else { Look::Real };
    println!("{:<10} {:<10} {:<14} {:>5} {:>11}  organisation", "ticket", "status", "here", "files", "bytes");
    let told = block_on(async move {
        let found = rt::run(&client, &source, look, (&app.db, &vault), |ticked| row(ticked, dry_run)).await?;
        Ok(found)
    });
    let Found { read, new, here, without_organisation, files, bytes, problems } = told?;
    let would = if dry_run { "would be new" } else { "new" };
    println!(
        "{read} tickets read: {new} {would}, {here} already here, {without_organisation} without organisation; \
         {files} files ({bytes} bytes); {problems} problems"
    );
    if dry_run {
        println!("nothing was changed");
    }
    Ok(ExitCode::SUCCESS)
}

fn row(ticked: &Ticked, dry_run: bool) {
    let here = match (&ticked.here, ticked.is_new) {
        (Some(reference), _) => reference,
        (None, true) if dry_run => "would be new",
        (None, _) => "no",
    };
    let Ticked { ticket, status, files, bytes, .. } = ticked;
    let organisation = ticked.organisation.as_deref().unwrap_or("-");
    println!("{ticket:<10} {status:<10} {here:<14} {files:>5} {bytes:>11}  {organisation}");
    for problem in &ticked.problems {
        println!("           {problem}");
    }
}
