//! The product put together: database, keys, mail and settings, and who listens to whom.

mod inspection;
mod parts;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;
use zeroize::Zeroizing;

use crate::access::factor::FactorSeal;
use crate::access::settings::AccessSettings;
use crate::audit::sequencer::Sequencer;
use crate::config::{Config, EvidenceStore};
use crate::core::env::Env;
use crate::core::event::Event;
use crate::core::text::Name;
use crate::correspondence::intake::Intake;
use crate::correspondence::mailbox::{Collector, Plan};
use crate::correspondence::model::LARGEST;
use crate::correspondence::threads;
use crate::crypto::keys::{CERTIFICATE_ENDED, SigningIdentity};
use crate::crypto::log::LogKey;
use crate::crypto::store::KeyStore;
use crate::incidents::evidence::reader::Reader;
use crate::incidents::evidence::vault::Vault;
use crate::incidents::fanout::service as fanout;
use crate::mail::message::Composer;
use crate::mail::receiver::{Protocol, Receiver, ReceiverSettings};
use crate::mail::transport::Transport;
use crate::mail::worker::{Worker, WorkerSettings};
use crate::store::{Db, Tx, migrate};
use crate::web::layout::Hotline;
use crate::web::site::{Settings, Site};
use crate::web::unchanged::Unchanged;
use crate::{duties, escalation, worker};

pub use inspection::Inspection;
pub use parts::{library, provided, trail_origin};
pub(crate) use parts::{make_folder, make_private_folder, open_keys};

/// Everything that a process needs to serve, to work, or to carry out a command.
pub struct App {
    pub config: Config,
    pub env: Env,
    pub db: Db,
    pub keys: KeyStore,
    pub settings: Settings,
    pub access: AccessSettings,
    pub log_key: Arc<LogKey>,
    form_secret: Zeroizing<Vec<u8>>,
    cookie_secret: Zeroizing<Vec<u8>>,
}

/// How the application is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// For real data.
    Real,
    /// The demonstration, whose sealing key lies beside its data, and which says so on every page.
    Demonstration,
}

impl App {
    /// Opens database and keys, to serve and to work. Migrates where configured.
    ///
    /// # Errors
    /// What cannot be opened, and what to do.
    pub fn open(config: Config, env: Env, purpose: Purpose) -> Result<Self> {
        let app = Self::assemble(config, env, purpose)?;
        if app.config.database.migrate_at_start {
            app.db.with_connection(migrate::run).context("bringing the schema up to date")?;
        }
        Ok(app)
    }

    /// Opens database and keys for one command, which leaves the schema as it is.
    ///
    /// # Errors
    /// As [`App::open`]; an old schema.
    pub fn open_for_command(config: Config, env: Env) -> Result<Self> {
        let app = Self::assemble(config, env, Purpose::Real)?;
        if app.db.with_connection(migrate::is_pending)? {
            bail!("{OLD_SCHEMA}");
        }
        Ok(app)
    }

    fn assemble(config: Config, env: Env, purpose: Purpose) -> Result<Self> {
        let settings = parts::settings(&config, purpose);
        let keys = open_keys(&config, &env, purpose)?;
        make_folder(&config)?;
        let db = parts::open_database(&config, &env, &settings, Some(parts::content_seal(&keys, &env)?))?;
        db.listen(Box::new(on_event));
        let log_key = Arc::new(keys.log_key(&env)?);
        Ok(Self {
            form_secret: keys.secret("forms", &env)?,
            cookie_secret: keys.secret("cookies", &env)?,
            access: parts::access_settings(&config),
            config,
            env,
            db,
            keys,
            settings,
            log_key,
        })
    }

    /// The same database for replaying a past at another time: nothing is escalated in it.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn open_past(&self, env: Env) -> Result<Db> {
        parts::open_database(&self.config, &env, &self.settings, None)
    }

    /// The identity that signs mails. It may have ended: then mails wait, and everything else goes on.
    ///
    /// # Errors
    /// When there is none, its key cannot be read, or it is another address's.
    pub fn identity(&self) -> Result<Arc<SigningIdentity>> {
        parts::identity(&self.config, &self.keys).map(Arc::new)
    }

    /// The name of the audit trail in its checkpoints.
    #[must_use]
    pub fn origin(&self) -> String {
        trail_origin(&self.config)
    }

    /// What handlers are given.
    #[must_use]
    pub fn site(&self) -> Site {
        Site { db: self.db.clone(), settings: self.settings.clone() }
    }

    /// The pages that are given again while nothing changes.
    pub fn unchanged(&self) -> Unchanged {
        let bytes = self.config.server.unchanged_mib << 20;
        Unchanged::new(self.db.clone(), crate::desk::REPEATABLE, bytes)
    }

    /// What the page kit is given.
    ///
    /// # Errors
    /// When `server.public_url` is not an address.
    pub fn kit(&self) -> Result<crate::web::Kit> {
        let url = Url::parse(&self.config.server.public_url).context("server.public_url")?;
        let hotline = Hotline {
            name: self.settings.cert_name.clone(),
            phone: self.settings.phone.clone(),
            dial: self.settings.phone_dial.clone(),
        };
        let mut kit = crate::web::Kit::new(self.env.clone(), url, hotline, &self.form_secret);
        kit.demo = self.settings.is_demonstration;
        kit.form_limit = self.config.server.body_limit;
        kit.body_patience = Duration::from_secs(self.config.server.body_timeout_s);
        Ok(kit)
    }

    /// The key of session cookies.
    #[must_use]
    pub fn cookie_key(&self) -> actix_web::cookie::Key {
        actix_web::cookie::Key::derive_from(&self.cookie_secret)
    }

    /// What seals the secrets of second factors.
    ///
    /// # Errors
    /// When its key cannot be read or made.
    pub fn factor_seal(&self) -> Result<FactorSeal> {
        Ok(FactorSeal::new(&self.keys.secret("second-factor", &self.env)?)?)
    }

    /// The worker that sends mails, through the configured transport.
    ///
    /// # Errors
    /// When the identity or the transport cannot be used.
    pub fn mail_worker(&self) -> Result<Worker> {
        let name =
            Name::parse(&self.config.mail.from_name).map_err(|_| anyhow!("mail.from_name is not a name"))?;
        let identity = self.identity()?;
        if let Err(error) = identity.validity().check(self.env.now()) {
            tracing::warn!(%error, "{CERTIFICATE_ENDED}");
        }
        let composer = Composer::new(identity, &name, None, self.env.clone())?;
        let settings = WorkerSettings {
            connections: self.config.mail.connections,
            bound: Duration::from_secs(self.config.mail.timeout_s),
            give_up_after: SignedDuration::from_hours(i64::try_from(self.config.mail.give_up_after_h)?),
        };
        Ok(Worker::new(self.db.clone(), self.transport()?, composer, settings))
    }

    /// Starts the workers of this process; they end after `stop` becomes true.
    ///
    /// # Errors
    /// When mail cannot be sent for want of a key or a transport, or the database does not answer.
    pub async fn start_workers(
        &self,
        vault: &Arc<Vault>,
        stop: &watch::Receiver<bool>,
    ) -> Result<JoinSet<()>> {
        let sequencer = Sequencer::new(self.db.clone(), Arc::clone(&self.log_key), &self.origin());
        let intake = self.intake(Arc::clone(vault))?;
        let receiver = self.lmtp(&intake).await.context("mail.inbound.lmtp_listen")?;
        let collector = self.collector(&intake)?;
        let mut workers =
            worker::start(&self.db, self.mail_worker()?, sequencer, Arc::clone(vault), stop).await?;
        workers.spawn(intake.run(stop.clone()));
        if let Some(receiver) = receiver {
            workers.spawn(receiver.run(stop.clone()));
        }
        if let Some(collector) = collector {
            workers.spawn(collector.run(stop.clone()));
        }
        Ok(workers)
    }

    /// What takes mails in; they are read by processes that are this program.
    ///
    /// # Errors
    /// When the own program is not known.
    pub fn intake(&self, vault: Arc<Vault>) -> Result<Intake> {
        let program = std::env::current_exe().context("the own program")?;
        let opener = parts::opener(&self.config, &self.keys)?;
        Ok(Intake::new(self.db.clone(), vault, Reader::new(program)).with_keys(Arc::new(opener)))
    }

    /// What takes mails out of the mailbox, where one is configured.
    ///
    /// # Errors
    /// When its password or its authority's certificate cannot be read.
    pub fn collector(&self, intake: &Intake) -> Result<Option<Collector>> {
        let Some(imap) = parts::mailbox(&self.config)? else { return Ok(None) };
        let settings = &self.config.mail.inbound.imap;
        let plan = Plan {
            folder: settings.folder.clone(),
            done: settings.done_folder.clone(),
            refused: settings.refused_folder.clone(),
            every: SignedDuration::from_secs(settings.every_s.into()),
        };
        Ok(Some(Collector::new(self.db.clone(), self.env.clone(), intake.clone(), imap, plan)))
    }

    /// The LMTP listener, where one is configured.
    async fn lmtp(&self, intake: &Intake) -> Result<Option<Receiver>> {
        let inbound = &self.config.mail.inbound;
        let settings = ReceiverSettings {
            protocol: Protocol::Lmtp,
            name: self.config.mail.bounce_domain.clone(),
            max_size: LARGEST,
            max_connections: inbound.lmtp_connections,
            ..ReceiverSettings::default()
        };
        let keeper = Arc::new(intake.clone());
        if let Some(path) = inbound.lmtp_listen.strip_prefix("unix:") {
            return Ok(Some(Receiver::bind_unix(Path::new(path), settings, keeper)?));
        }
        match inbound.lmtp_listen.as_str() {
            "" => Ok(None),
            address => Ok(Some(Receiver::bind(address.parse()?, settings, keeper).await?)),
        }
    }

    /// Where files of cases lie, with the keys to them. One for each process, shared by its requests and workers: it
    /// knows the files that are on their way.
    ///
    /// # Errors
    /// When the folder cannot be made or the store's settings cannot be used.
    pub fn vault(&self) -> Result<Vault> {
        if self.config.evidence.store == EvidenceStore::Folder {
            make_private_folder(&self.config.evidence.folder)?;
        }
        Ok(Vault::new(parts::objects(&self.config)?, self.keys.sealing(), self.env.clone()))
    }

    /// The configured way out for mails.
    ///
    /// # Errors
    /// When its settings cannot be used.
    pub fn transport(&self) -> Result<Arc<dyn Transport>> {
        parts::transport(&self.config, &self.env)
    }

    /// Where the product listens.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.config.server.listen
    }
}

/// What an old schema is met with.
pub const OLD_SCHEMA: &str = "the schema is old: run `meldekette migrate`";

/// What to do about a database that cannot be opened or written.
#[must_use]
pub fn unusable(config: &Config) -> String {
    match config.database.url.strip_prefix("sqlite:") {
        Some(path) => format!(
            "{path} cannot be used: whoever runs this must be able to write to the file, to what SQLite puts beside \
             it, and to their folder. Run commands as the service's account (deploy/meldekette-as-service)"
        ),
        None => "the database of database.url cannot be used: its role must be able to write to the tables, and the \
                 server must be no standby"
            .to_owned(),
    }
}

/// What happens to a case, told to all later features that do something then.
fn on_event(tx: &mut Tx<'_>, event: Event) -> Result<(), crate::core::error::Error> {
    escalation::service::on_event(tx, event)?;
    fanout::on_event(tx, event)?;
    duties::service::on_event(tx, event)?;
    threads::service::on_event(tx, event)
}
