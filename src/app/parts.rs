//! The parts of the product, each as the configuration says it.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use ipnet::IpNet;
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::Purpose;
use crate::access::model::OrgBook;
use crate::access::settings::{AccessSettings, Limit, RateLimits, SecondFactorSettings, SessionSettings};
use crate::audit::AuditSettings;
use crate::config::{Config, EvidenceStore, ImapTls, MailTransport, Sealing, SmtpSecurity};
use crate::core::env::Env;
use crate::core::text::MailAddress;
use crate::correspondence::model::{MailInSettings, MailboxName};
use crate::correspondence::service::Threads;
use crate::crypto::keys::SigningIdentity;
use crate::crypto::opener::Opener;
use crate::crypto::seal::{SealingKey, SealingSource};
use crate::crypto::store::KeyStore;
use crate::crypto::trust::Anchors;
use crate::directory::service as directory;
use crate::duties::book::Book;
use crate::escalation::plans::Plans;
use crate::incidents::evidence::model::Limits;
use crate::incidents::tasks::playbook::Library;
use crate::incidents::worklist;
use crate::mail::confidential::ContentSeal;
use crate::mail::diversion::DiversionBook;
use crate::mail::imap::{Imap, ImapSettings, Protection};
use crate::mail::keys::KeyBook;
use crate::mail::maildir::Maildir;
use crate::mail::outbox::OutboxSettings;
use crate::mail::transport::Transport;
use crate::mail::transport::maildir::MaildirTransport;
use crate::mail::transport::smtp::{Security, SmtpSettings, SmtpTransport};
use crate::store::objects::{Objects, S3};
use crate::store::{Db, Provided};
use crate::web::site::Settings;

pub(super) fn objects(config: &Config) -> Result<Objects> {
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

pub(super) fn settings(config: &Config, purpose: Purpose) -> Settings {
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

pub(super) fn identity(config: &Config, keys: &KeyStore) -> Result<SigningIdentity> {
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

pub(super) fn opener(config: &Config, keys: &KeyStore) -> Result<Opener> {
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
        .with(DiversionBook(Arc::new(directory::Mistrusted)))
        .with(library(config)?)
        .with(Book::load(Path::new(&config.duties.rules))?)
        .with(worklist::Memo::default())
        .with(directory::NameMemo::default())
        .with(plans(config)?))
}

/// The playbooks and text blocks.
///
/// # Errors
/// Every file that cannot be used, with its line.
pub fn library(config: &Config) -> Result<Library> {
    Ok(Library::load(Path::new(&config.tasks.playbooks), Path::new(&config.tasks.blocks))?)
}

/// The plans of escalation.
///
/// # Errors
/// Every file that cannot be used, with its line.
pub fn plans(config: &Config) -> Result<Plans> {
    let settings = &config.escalation;
    Ok(Plans::load(Path::new(&settings.plans), Path::new(&settings.office_hours))?)
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
pub(super) fn open_database(
    config: &Config,
    env: &Env,
    settings: &Settings,
    seal: Option<ContentSeal>,
) -> Result<Db> {
    let provided = provided(config, settings)?;
    let provided = match seal {
        Some(seal) => provided.with(seal),
        None => provided,
    };
    Ok(Db::open(&config.database.url, config.database.connections, env.clone(), provided)?)
}

/// What seals texts that wait in the outbox.
pub(super) fn content_seal(keys: &KeyStore, env: &Env) -> Result<ContentSeal> {
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
pub(super) fn demonstration_sealing(config: &Config) -> PathBuf {
    config.keys.directory.with_file_name("demonstration-sealing.key")
}

/// The key that seals the others. With `env` the salt of a passphrase is made where there is none yet.
pub(super) fn sealing_key(config: &Config, env: Option<&Env>, purpose: Purpose) -> Result<SealingKey> {
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

pub(super) fn access_settings(config: &Config) -> AccessSettings {
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

pub(super) fn mailbox(config: &Config) -> Result<Option<Imap>> {
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

pub(super) fn transport(config: &Config, env: &Env) -> Result<Arc<dyn Transport>> {
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
