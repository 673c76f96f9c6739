//! The product put together: database, keys, mail and settings, and who listens to whom.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use ipnet::IpNet;
use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;
use zeroize::Zeroizing;

use crate::access::factor::FactorSeal;
use crate::access::model::OrgBook;
use crate::access::settings::{AccessSettings, Limit, RateLimits, SecondFactorSettings, SessionSettings};
use crate::audit::AuditSettings;
use crate::audit::sequencer::Sequencer;
use crate::config::{Config, EvidenceStore, ImapTls, MailTransport, Sealing, SmtpSecurity};
use crate::core::env::Env;
use crate::core::event::Event;
use crate::core::text::{MailAddress, Name};
use crate::correspondence::intake::Intake;
use crate::correspondence::mailbox::{Collector, Plan};
use crate::correspondence::model::{LARGEST, MailInSettings, MailboxName};
use crate::correspondence::service::Threads;
use crate::correspondence::threads;
use crate::crypto::keys::{CERTIFICATE_ENDED, SigningIdentity};
use crate::crypto::log::LogKey;
use crate::crypto::opener::Opener;
use crate::crypto::seal::{SealingKey, SealingSource};
use crate::crypto::store::KeyStore;
use crate::crypto::trust::Anchors;
use crate::directory::service as directory;
use crate::escalation;
use crate::incidents::evidence::model::Limits;
use crate::incidents::evidence::reader::Reader;
use crate::incidents::evidence::vault::Vault;
use crate::incidents::tasks::playbook::Library;
use crate::incidents::worklist;
use crate::mail::confidential::ContentSeal;
use crate::mail::imap::{Imap, ImapSettings, Protection};
use crate::mail::keys::KeyBook;
use crate::mail::maildir::Maildir;
use crate::mail::message::Composer;
use crate::mail::outbox::OutboxSettings;
use crate::mail::receiver::{Protocol, Receiver, ReceiverSettings};
use crate::mail::transport::Transport;
use crate::mail::transport::maildir::MaildirTransport;
use crate::mail::transport::smtp::{Security, SmtpSettings, SmtpTransport};
use crate::mail::worker::{Worker, WorkerSettings};
use crate::store::objects::{Objects, S3};
use crate::store::{Db, Provided, Tx, migrate};
use crate::web::layout::Hotline;
use crate::web::site::{Settings, Site};
use crate::web::unchanged::Unchanged;
use crate::worker;

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
        let settings = settings(&config, purpose);
        let keys = open_keys(&config, &env, purpose)?;
        make_folder(&config)?;
        let db = open_database(&config, &env, &settings, Some(content_seal(&keys, &env)?))?;
        db.listen(Box::new(on_event));
        let log_key = Arc::new(keys.log_key(&env)?);
        Ok(Self {
            form_secret: keys.secret("forms", &env)?,
            cookie_secret: keys.secret("cookies", &env)?,
            access: access_settings(&config),
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
        open_database(&self.config, &env, &self.settings, None)
    }

    /// The identity that signs mails. It may have ended: then mails wait, and everything else goes on.
    ///
    /// # Errors
    /// When there is none, its key cannot be read, or it is another address's.
    pub fn identity(&self) -> Result<Arc<SigningIdentity>> {
        identity(&self.config, &self.keys).map(Arc::new)
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
        let opener = opener(&self.config, &self.keys)?;
        Ok(Intake::new(self.db.clone(), vault, Reader::new(program)).with_keys(Arc::new(opener)))
    }

    /// What takes mails out of the mailbox, where one is configured.
    ///
    /// # Errors
    /// When its password or its authority's certificate cannot be read.
    pub fn collector(&self, intake: &Intake) -> Result<Option<Collector>> {
        let Some(imap) = mailbox(&self.config)? else { return Ok(None) };
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
        Ok(Vault::new(objects(&self.config)?, self.keys.sealing(), self.env.clone()))
    }

    /// The configured way out for mails.
    ///
    /// # Errors
    /// When its settings cannot be used.
    pub fn transport(&self) -> Result<Arc<dyn Transport>> {
        transport(&self.config, &self.env)
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

/// An installation as it lies there, for commands that only look: nothing is made, migrated or changed.
pub struct Inspection {
    pub config: Config,
    pub env: Env,
    pub db: Db,
    pub keys: KeyStore,
}

impl Inspection {
    /// Opens what is there.
    ///
    /// # Errors
    /// What is missing or cannot be opened, and what to do.
    pub fn open(config: Config, env: Env) -> Result<Self> {
        if let Some(path) = config.database.url.strip_prefix("sqlite:")
            && !Path::new(path).exists()
        {
            bail!("there is no database at {path} yet: run `meldekette migrate` (database.url)");
        }
        let keys = KeyStore::look(&config.keys.directory, sealing_key(&config, None, Purpose::Real)?);
        let db = open_database(&config, &env, &settings(&config, Purpose::Real), None)
            .with_context(|| unusable(&config))?;
        Ok(Self { config, env, db, keys })
    }

    /// The identity that signs mails.
    ///
    /// # Errors
    /// As [`App::identity`].
    pub fn identity(&self) -> Result<SigningIdentity> {
        identity(&self.config, &self.keys)
    }

    /// What opens and checks mails that come in.
    ///
    /// # Errors
    /// When a key or `mail.inbound.authorities_file` cannot be read.
    pub fn opener(&self) -> Result<Opener> {
        opener(&self.config, &self.keys)
    }

    /// The key that signs the audit trail.
    ///
    /// # Errors
    /// When there is none.
    pub fn log_key(&self) -> Result<LogKey> {
        self.keys.existing_log_key()?.context("nothing was ever signed here: the audit trail has no key yet")
    }

    /// The configured way out for mails.
    ///
    /// # Errors
    /// As [`App::transport`].
    pub fn transport(&self) -> Result<Arc<dyn Transport>> {
        transport(&self.config, &self.env)
    }

    /// The mailbox that mails are taken out of, where one is configured.
    ///
    /// # Errors
    /// As [`App::collector`].
    pub fn mailbox(&self) -> Result<Option<Imap>> {
        mailbox(&self.config)
    }

    /// Where files of cases lie.
    ///
    /// # Errors
    /// As [`App::vault`]; a folder that does not exist.
    pub fn objects(&self) -> Result<Objects> {
        objects(&self.config)
    }
}

fn objects(config: &Config) -> Result<Objects> {
    let settings = &config.evidence;
    match settings.store {
        EvidenceStore::Folder => Objects::folder(&settings.folder).context("evidence.folder"),
        EvidenceStore::S3 => Objects::s3(S3 {
            endpoint: &settings.s3.endpoint,
            region: &settings.s3.region,
            bucket: &settings.s3.bucket,
            access_key: &settings.s3.access_key,
            secret_key: settings.s3.secret_key.expose(),
        })
        .context("evidence.s3"),
    }
}

fn settings(config: &Config, purpose: Purpose) -> Settings {
    Settings {
        public_url: config.server.public_url.clone(),
        cert_name: config.cert.name.clone(),
        phone: config.cert.phone.clone(),
        phone_dial: config.cert.phone_dial.clone(),
        phone_second: config.cert.phone_second.clone(),
        hours: config.cert.hours.clone(),
        mail: if config.cert.mail.is_empty() { &config.mail.from } else { &config.cert.mail }.clone(),
        is_demonstration: purpose == Purpose::Demonstration,
    }
}

fn identity(config: &Config, keys: &KeyStore) -> Result<SigningIdentity> {
    let identity = keys.identity()?;
    let from =
        MailAddress::parse(&config.mail.from).map_err(|_| anyhow!("mail.from is not a mail address"))?;
    if *identity.address() != from {
        bail!(
            "mail.from is {from}, but the certificate bears {}: they must be the same, or mail programs warn",
            identity.address()
        );
    }
    Ok(identity)
}

fn opener(config: &Config, keys: &KeyStore) -> Result<Opener> {
    let file = &config.mail.inbound.authorities_file;
    let anchors = if file.is_empty() {
        Anchors::default()
    } else {
        let pem = std::fs::read(file).with_context(|| file.clone());
        pem.and_then(|pem| Ok(Anchors::from_pem(&pem)?)).context("mail.inbound.authorities_file")?
    };
    Ok(keys.opener(anchors)?)
}

/// The name of the audit trail, from where people reach the product.
#[must_use]
pub fn trail_origin(config: &Config) -> String {
    let url = &config.server.public_url;
    url.split_once("://").map_or(url.as_str(), |(_, host)| host).to_owned()
}

/// What happens to a case, told to all later features that do something then.
fn on_event(tx: &mut Tx<'_>, event: Event) -> Result<(), crate::core::error::Error> {
    escalation::service::on_event(tx, event)?;
    threads::service::on_event(tx, event)
}

/// What services are given beside the database, as the configuration says it.
///
/// # Errors
/// What cannot be used.
pub fn provided(config: &Config, settings: &Settings) -> Result<Provided> {
    let bounces = format!("{}@{}", config.mail.bounce_prefix, config.mail.bounce_domain);
    let outbox = OutboxSettings {
        domain: config.mail.bounce_domain.clone(),
        bounces: MailAddress::parse(&bounces).map_err(|_| anyhow!("mail.bounce_prefix and bounce_domain"))?,
    };
    let own = |text: &str, key: &'static str| {
        MailAddress::parse(text).map_err(|_| anyhow!("{key} is not a mail address"))
    };
    let inbound = Some(config.mail.inbound.address.as_str()).filter(|address| !address.is_empty());
    let mail_in = MailInSettings {
        address: inbound.map(|address| own(address, "mail.inbound.address")).transpose()?,
        bounces: outbox.bounces.clone(),
        from: own(&config.mail.from, "mail.from")?,
    };
    let outside = Some(config.audit.outside_address.as_str()).filter(|address| !address.is_empty());
    let audit = AuditSettings {
        outside_address: outside
            .map(|address| {
                MailAddress::parse(address)
                    .map_err(|_| anyhow!("audit.outside_address is not a mail address"))
            })
            .transpose()?,
    };
    let endings = |words: &[String]| words.iter().map(|word| word.to_lowercase()).collect();
    let files = Limits {
        file: config.evidence.file_limit,
        per_case: config.evidence.files_per_case.into(),
        allowed: endings(&config.evidence.allowed_types),
        blocked: endings(&config.evidence.blocked_types),
    };
    let imap = &config.mail.inbound.imap;
    let mailbox =
        MailboxName { name: format!("{}, {}", imap.user, imap.folder), refused: imap.refused_folder.clone() };
    let given = Provided::default();
    let given = if imap.host.is_empty() { given } else { given.with(mailbox) };
    Ok(given
        .with(files)
        .with(outbox)
        .with(mail_in)
        .with(Threads::book())
        .with(audit)
        .with(settings.clone())
        .with(OrgBook(Arc::new(directory::Book)))
        .with(KeyBook(Arc::new(directory::KeyRing)))
        .with(library(config)?)
        .with(worklist::Memo::default())
        .with(directory::NameMemo::default())
        .with(escalation::plan::Plans::load(Path::new(&config.escalation.plans))?))
}

/// The playbooks and text blocks.
///
/// # Errors
/// Every file that cannot be used, with its line.
pub fn library(config: &Config) -> Result<Library> {
    Ok(Library::load(Path::new(&config.tasks.playbooks), Path::new(&config.tasks.blocks))?)
}

/// Makes the folder of a database that is a file.
pub(crate) fn make_folder(config: &Config) -> Result<()> {
    let path = config.database.url.strip_prefix("sqlite:").map(Path::new);
    match path.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => make_private_folder(folder),
        None => Ok(()),
    }
}

/// Makes a folder where it is missing, with all above it; what is new its account alone may enter.
pub(crate) fn make_private_folder(folder: &Path) -> Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("making {}", folder.display()))
}

/// Without `seal` no text is kept that only an encrypted mail may say: such mails go out as pointers.
fn open_database(config: &Config, env: &Env, settings: &Settings, seal: Option<ContentSeal>) -> Result<Db> {
    let provided = provided(config, settings)?;
    let provided = match seal {
        Some(seal) => provided.with(seal),
        None => provided,
    };
    Ok(Db::open(&config.database.url, config.database.connections, env.clone(), provided)?)
}

/// What seals texts that wait in the outbox.
fn content_seal(keys: &KeyStore, env: &Env) -> Result<ContentSeal> {
    Ok(ContentSeal::new(&keys.secret("outbox", env)?)?)
}

pub(crate) fn open_keys(config: &Config, env: &Env, purpose: Purpose) -> Result<KeyStore> {
    if purpose == Purpose::Demonstration {
        let path = demonstration_sealing(config);
        if !path.exists() {
            SealingKey::create_file(&path, env)?;
        }
    }
    Ok(KeyStore::open(&config.keys.directory, sealing_key(config, Some(env), purpose)?)?)
}

/// Where the demonstration's sealing key lies.
fn demonstration_sealing(config: &Config) -> PathBuf {
    config.keys.directory.with_file_name("demonstration-sealing.key")
}

/// The key that seals the others. With `env` the salt of a passphrase is made where there is none yet.
fn sealing_key(config: &Config, env: Option<&Env>, purpose: Purpose) -> Result<SealingKey> {
    let directory = &config.keys.directory;
    let source = match (purpose, config.keys.sealing) {
        (Purpose::Demonstration, _) => {
            let path = demonstration_sealing(config);
            SealingSource::DemonstrationFile(path)
        }
        (Purpose::Real, Sealing::Credential) => SealingSource::Credential {
            directory: std::env::var_os("CREDENTIALS_DIRECTORY")
                .map(PathBuf::from)
                .context("keys.sealing is \"credential\", but systemd gave none: see deploy/")?,
        },
        (Purpose::Real, Sealing::File) => SealingSource::File(config.keys.sealing_file.clone()),
        (Purpose::Real, Sealing::Passphrase) => SealingSource::Passphrase {
            passphrase: Zeroizing::new(config.keys.passphrase.expose().to_owned()),
            salt: match env {
                Some(env) => KeyStore::salt(directory, env)?,
                None => KeyStore::existing_salt(directory)?
                    .context("no key was ever made here: see `meldekette keys --help`")?,
            },
        },
    };
    let data = directory.parent().unwrap_or(Path::new("."));
    SealingKey::load(&source, data).context("opening the sealing key (keys.sealing)")
}

fn access_settings(config: &Config) -> AccessSettings {
    let limits = &config.limits;
    AccessSettings {
        sessions: SessionSettings {
            idle: SignedDuration::from_mins(config.sessions.idle_min.into()),
            longest: SignedDuration::from_hours(config.sessions.absolute_h.into()),
        },
        second_factor: SecondFactorSettings { required_for: config.second_factor.required_for.clone() },
        limits: RateLimits {
            sign_in: Limit::new(limits.sign_in_per_account_and_address, 15),
            sign_in_account: Limit::new(limits.sign_in_per_account, 60),
            sign_in_address: Limit::new(limits.sign_in_per_address, 15),
            reset_account: Limit::new(limits.reset_per_account, 60),
            reset_address: Limit::new(limits.reset_per_address, 60),
            link_address: Limit::new(limits.links_per_address, 15),
            token_address: Limit::new(limits.tokens_per_address, 15),
            code_account: Limit::new(limits.codes_per_account, 15),
            begin_address: Limit::new(limits.public_reports_per_address, 60),
            begin: Limit::new(limits.public_reports, 60),
            code_address: Limit::new(limits.codes_per_address, 15),
            post_address: Limit::new(limits.posts_per_address, 1),
        },
        trusted_proxies: config.server.trusted_proxies.iter().copied().map(IpNet::from).collect(),
    }
}

fn mailbox(config: &Config) -> Result<Option<Imap>> {
    let imap = &config.mail.inbound.imap;
    if imap.host.is_empty() {
        return Ok(None);
    }
    let password = std::fs::read_to_string(&imap.password_file)
        .with_context(|| format!("mail.inbound.imap.password_file {}", imap.password_file.display()))?;
    let settings = ImapSettings {
        host: imap.host.clone(),
        port: imap.port,
        protection: match imap.tls {
            ImapTls::Implicit => Protection::Implicit,
            ImapTls::Starttls => Protection::StartTls,
            ImapTls::None => Protection::None,
        },
        user: imap.user.clone(),
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
        ca_file: Some(PathBuf::from(&imap.ca_file)).filter(|path| !path.as_os_str().is_empty()),
        bound: Duration::from_secs(config.mail.timeout_s),
    };
    Ok(Some(Imap::new(settings)?))
}

fn transport(config: &Config, env: &Env) -> Result<Arc<dyn Transport>> {
    let mail = &config.mail;
    if mail.transport == MailTransport::Maildir {
        return Ok(Arc::new(MaildirTransport(Maildir::open(&mail.maildir, env.clone())?)));
    }
    let smtp = &mail.smtp;
    let settings = SmtpSettings {
        host: smtp.host.clone(),
        port: smtp.port,
        security: match smtp.security {
            SmtpSecurity::Starttls => Security::StartTls,
            SmtpSecurity::Opportunistic => Security::Opportunistic,
            SmtpSecurity::Implicit => Security::Implicit,
            SmtpSecurity::None => Security::None,
        },
        login: Some((smtp.user.clone(), smtp.password.expose().to_owned()))
            .filter(|(user, _)| !user.is_empty()),
        ca_file: Some(PathBuf::from(&smtp.ca_file)).filter(|path| !path.as_os_str().is_empty()),
        hello: mail.bounce_domain.clone(),
        bound: Duration::from_secs(mail.timeout_s),
    };
    Ok(Arc::new(SmtpTransport::new(settings)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_of_the_configuration_is_the_one_that_its_name_says() {
        let names = [
            "SIGN_IN_PER_ACCOUNT_AND_ADDRESS",
            "SIGN_IN_PER_ACCOUNT",
            "SIGN_IN_PER_ADDRESS",
            "RESET_PER_ACCOUNT",
            "RESET_PER_ADDRESS",
            "LINKS_PER_ADDRESS",
            "TOKENS_PER_ADDRESS",
            "CODES_PER_ACCOUNT",
            "PUBLIC_REPORTS_PER_ADDRESS",
            "PUBLIC_REPORTS",
            "CODES_PER_ADDRESS",
            "POSTS_PER_ADDRESS",
        ];
        let set = |(at, name): (usize, &str)| (format!("MELDEKETTE_LIMITS_{name}"), (at + 1).to_string());
        let config = Config::load(None, names.into_iter().enumerate().map(set)).unwrap();
        let limits = access_settings(&config).limits;
        let all = [
            limits.sign_in,
            limits.sign_in_account,
            limits.sign_in_address,
            limits.reset_account,
            limits.reset_address,
            limits.link_address,
            limits.token_address,
            limits.code_account,
            limits.begin_address,
            limits.begin,
            limits.code_address,
            limits.post_address,
        ];
        assert_eq!(all.map(|limit| limit.hits), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        assert_eq!(all.map(|limit| limit.per.as_mins()), [15, 60, 15, 60, 60, 15, 15, 15, 60, 60, 15, 1]);
    }
}
