//! `demo`: the whole chain with example data, on this machine alone. Everything it makes lies in one folder.

mod generate;
mod play;
mod report;
mod setup;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use tokio::sync::watch;

use super::serve::{finish, run_server};
use crate::app::{App, Purpose, make_private_folder};
use crate::config::Config;
use crate::core::env::Env;
use crate::core::text::{MailAddress, Name};
use crate::crypto::authority::Subject;
use crate::crypto::keys::KeyKind;
use crate::desk::Mailbox;
use crate::mail::maildir::Maildir;
use crate::mail::receiver::{Receiver, ReceiverSettings};

/// The CERT's address in the demonstration.
const CERT_MAIL: &str = "cert@thueringencert.example";
/// Marks a folder as the demonstration's, which may be emptied.
const MARKER: &str = ".meldekette-demo";

/// What may be chosen.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// End after the play; non-zero when a step failed.
    #[arg(long)]
    once: bool,
    /// Where everything is kept; emptied at the beginning when an earlier demonstration made it.
    #[arg(long, default_value = "data/demo", value_name = "DIR")]
    data: PathBuf,
    /// Port of the pages; 0 takes a free one.
    #[arg(long, default_value_t = 8480)]
    port: u16,
    /// Adds so many generated incidents, spread over organisations, states and two years.
    #[arg(long, default_value_t = 0, value_name = "N")]
    incidents: u32,
}

/// Plays the chain and, unless `--once`, keeps serving.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let env = Env::system();
    // First of all: a demonstration that runs already keeps its folder.
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)))
        .with_context(|| format!("port {} is taken: choose another with --port", arguments.port))?;
    empty_folder(&arguments.data)?;
    let data = arguments.data.canonicalize()?;
    let pages = listener.local_addr()?;
    actix_web::rt::System::new().block_on(async {
        let maildir = Maildir::open(&data.join("maildir"), env.clone())?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let receiver = Receiver::bind(any, ReceiverSettings::default(), Arc::new(maildir.clone())).await?;
        let config = config(&data, pages, receiver.address()?)?;
        super::log(&config.log);
        let app = App::open(config, env.clone(), Purpose::Demonstration)?;
        make_identity(&app, &data)?;
        let (stop, stopped) = watch::channel(false);
        let vault = Arc::new(app.vault()?);
        let mut workers = app.start_workers(&vault, &stopped).await?;
        workers.spawn(receiver.run(stopped.clone()));
        let app = Arc::new(app);
        let outcome = act(&app, arguments, &data).await;
        match outcome {
            Ok(done) if arguments.once => {
                finish(&stop, workers).await;
                Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Ok(_) => {
                let served = run_server(&app, vault, listener, Some(Mailbox(maildir)), &mut workers).await;
                finish(&stop, workers).await;
                served.map(|()| ExitCode::SUCCESS)
            }
            Err(error) => {
                finish(&stop, workers).await;
                Err(error)
            }
        }
    })
}

/// Sets up the cast, plays, and says what happened. Whether every step did what it should.
async fn act(app: &Arc<App>, arguments: &Arguments, data: &Path) -> Result<bool> {
    let bar = report::Progress::new();
    let cast = Arc::new(setup::cast(app, &bar).await?);
    if arguments.incidents > 0 {
        let (app, cast, count, bar) = (Arc::clone(app), Arc::clone(&cast), arguments.incidents, bar.clone());
        tokio::task::spawn_blocking(move || generate::incidents(&app, &cast, count, &bar)).await??;
    }
    let played = play::chain(app, &cast, &bar).await?;
    bar.end();
    let (host, shown, folder) = (Arc::clone(app), Arc::clone(&cast), data.to_owned());
    tokio::task::spawn_blocking(move || report::write_access(&host, &shown, &folder)).await??;
    report::print(app, &cast, &played, data, !arguments.once);
    Ok(played.is_complete())
}

/// Real data is never touched: a folder with anything in it must bear the demonstration's mark.
fn empty_folder(folder: &Path) -> Result<()> {
    let is_marked = folder.join(MARKER).exists();
    let is_empty = folder.read_dir().map_or(true, |mut entries| entries.next().is_none());
    if !is_empty && !is_marked {
        bail!(
            "{} holds something that no demonstration made: choose another folder with --data",
            folder.display()
        );
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    make_private_folder(folder)?;
    std::fs::write(
        folder.join(MARKER),
        "The demonstration made this folder. It may be removed as a whole.\n",
    )?;
    Ok(())
}

fn config(data: &Path, pages: SocketAddr, smtp: SocketAddr) -> Result<Config> {
    let set = |name: &str, value: String| (format!("MELDEKETTE_{name}"), value);
    let at = |name: &str| data.join(name).display().to_string();
    let variables = [
        set("SERVER_LISTEN", pages.to_string()),
        set("SERVER_PUBLIC_URL", format!("http://{pages}")),
        set("DATABASE_URL", format!("sqlite:{}", at("meldekette.db"))),
        set("KEYS_DIRECTORY", at("keys")),
        set("EVIDENCE_FOLDER", at("evidence")),
        set("MAIL_FROM", CERT_MAIL.to_owned()),
        set("MAIL_BOUNCE_DOMAIN", "thueringencert.example".to_owned()),
        set("MAIL_SMTP_HOST", smtp.ip().to_string()),
        set("MAIL_SMTP_PORT", smtp.port().to_string()),
        set("MAIL_SMTP_SECURITY", "none".to_owned()),
        set("CERT_PHONE", "030 23125 001".to_owned()),
        set("CERT_PHONE_DIAL", "+493023125001".to_owned()),
        set("CERT_PHONE_SECOND", "0171 39200 17".to_owned()),
        set("CERT_HOURS", "Tag und Nacht".to_owned()),
        set("AUDIT_OUTSIDE_ADDRESS", "aufbewahrung@ausserhalb.example".to_owned()),
        // Its accounts are for trying out: whoever sets one up is asked for it.
        set("SECOND_FACTOR_REQUIRED_FOR", String::new()),
        // Everybody sits at one address here.
        set("LIMITS_SIGN_IN_PER_ADDRESS", "2000".to_owned()),
        set("LIMITS_LINKS_PER_ADDRESS", "2000".to_owned()),
        set("LIMITS_PUBLIC_REPORTS_PER_ADDRESS", "300".to_owned()),
        set("LIMITS_CODES_PER_ADDRESS", "300".to_owned()),
        set("LIMITS_POSTS_PER_ADDRESS", "2000".to_owned()),
        set("SERVER_LIVE_PER_ACCOUNT", "500".to_owned()),
        set("LOG_FILTER", "warn".to_owned()),
    ];
    Ok(Config::load(None, variables.into_iter())?)
}

/// The demonstration authority, and an identity that it certifies; the authority's certificate lies beside the data.
fn make_identity(app: &App, data: &Path) -> Result<()> {
    let word = |text: &str| Name::parse(text).map_err(anyhow::Error::msg);
    let subject = Subject {
        name: word(&app.config.mail.from_name)?,
        organisation: word("Demonstration")?,
        address: MailAddress::parse(CERT_MAIL).map_err(anyhow::Error::msg)?,
    };
    app.keys.create_demonstration(KeyKind::P256, &subject, &app.env)?;
    let authority =
        app.keys.demonstration_certificate()?.context("the demonstration authority has no certificate")?;
    std::fs::write(data.join("demonstration-ca.pem"), authority)?;
    Ok(())
}
