//! Configuration: the defaults, a file, variables, in this order. An unknown or wrong key is refused with its line.

mod read;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Value;

use crate::core::actor::Role;

pub use read::ConfigError;

/// The defaults, with each key explained.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

/// Everything an operator decides. The fields are explained in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub log: Log,
    pub cert: Cert,
    pub keys: Keys,
    pub mail: Mail,
    pub sessions: Sessions,
    pub second_factor: SecondFactor,
    pub limits: Limits,
    pub evidence: Evidence,
    pub audit: Audit,
    pub escalation: Escalation,
    pub tasks: Tasks,
    pub duties: Duties,
}

/// Where it listens, how it is called from outside, and what one request may take.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: String,
    pub trusted_proxies: Vec<IpAddr>,
    pub tls_certificate: String,
    pub tls_key: String,
    pub workers: usize,
    /// Bytes.
    pub body_limit: usize,
    pub body_timeout_s: u64,
    /// Open pages that are told of changes, at most.
    pub live_connections: usize,
    pub live_per_account: usize,
    /// Memory for pages that are given again.
    pub unchanged_mib: u64,
}

/// Which database, and how it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub connections: u32,
    pub migrate_at_start: bool,
}

/// What is written about the running of the product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Human,
    Json,
}

/// How the CERT is called and reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cert {
    pub name: String,
    pub phone: String,
    pub phone_dial: String,
    pub phone_second: String,
    pub hours: String,
    pub mail: String,
}

/// Where keys lie, and by what they are sealed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    pub directory: PathBuf,
    pub sealing: Sealing,
    pub sealing_file: PathBuf,
    pub passphrase: Secret,
}

/// Where the sealing key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sealing {
    Credential,
    File,
    Passphrase,
}

/// How mail leaves, from whom, and where bounces come back to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub from: String,
    pub from_name: String,
    pub bounce_prefix: String,
    pub bounce_domain: String,
    pub transport: MailTransport,
    pub maildir: PathBuf,
    pub connections: usize,
    pub timeout_s: u64,
    pub give_up_after_h: u64,
    pub smtp: Smtp,
    pub inbound: Inbound,
}

/// How mail comes in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbound {
    pub address: String,
    pub lmtp_listen: String,
    pub lmtp_connections: usize,
    pub authorities_file: String,
    pub imap: Imap,
}

/// A mailbox that mails are taken out of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    pub host: String,
    pub port: u16,
    pub tls: ImapTls,
    pub ca_file: String,
    pub user: String,
    pub password_file: PathBuf,
    pub folder: String,
    pub every_s: u32,
    pub done_folder: String,
    pub refused_folder: String,
}

impl Imap {
    /// What is wrong with it, where it is used at all.
    fn fault(&self) -> Option<&'static str> {
        // Names go to the server as they are: beyond these characters they would have to be encoded (RFC 3501, 5.1.3).
        let is_name = |name: &str| {
            let is_plain = |c: char| matches!(c, ' '..='~') && !"*%\"\\&".contains(c);
            !name.is_empty() && name.chars().all(is_plain)
        };
        let folders = [&self.folder, &self.done_folder, &self.refused_folder];
        if self.host.is_empty() {
            None
        } else if self.user.is_empty() || self.password_file.as_os_str().is_empty() {
            Some("mail.inbound.imap needs user and password_file")
        } else if self.tls == ImapTls::None && !is_loopback(&self.host) {
            Some("mail.inbound.imap.tls = \"none\" is for the loopback address only")
        } else if !folders.iter().all(|name| is_name(name)) {
            Some("the folders of mail.inbound.imap must be named in ASCII, without * % \" \\ &")
        } else if folders[0] == folders[1] || folders[0] == folders[2] || folders[1] == folders[2] {
            Some("folder, done_folder and refused_folder of mail.inbound.imap must differ")
        } else if self.every_s < 5 {
            Some("mail.inbound.imap.every_s must be at least 5")
        } else {
            None
        }
    }
}

/// How the connection to the mailbox is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImapTls {
    Implicit,
    Starttls,
    None,
}

/// What takes the mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    Smtp,
    Maildir,
}

/// The mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub user: String,
    pub password: Secret,
    pub ca_file: String,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    Starttls,
    Opportunistic,
    Implicit,
    None,
}

/// How long a sign-in lasts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    pub idle_min: u32,
    pub absolute_h: u32,
}

/// Who signs in with a second factor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    pub required_for: Vec<Role>,
}

/// How often somebody may try.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub sign_in_per_account_and_address: u32,
    pub sign_in_per_account: u32,
    pub sign_in_per_address: u32,
    pub reset_per_account: u32,
    pub reset_per_address: u32,
    pub links_per_address: u32,
    pub tokens_per_address: u32,
    pub codes_per_account: u32,
    pub public_reports_per_address: u32,
    pub public_reports: u32,
    pub codes_per_address: u32,
    pub posts_per_address: u32,
}

/// Where files lie, and which are taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub store: EvidenceStore,
    pub folder: PathBuf,
    /// Bytes.
    pub file_limit: u64,
    pub files_per_case: u32,
    pub allowed_types: Vec<String>,
    pub blocked_types: Vec<String>,
    pub s3: S3,
}

/// What holds the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceStore {
    Folder,
    S3,
}

/// The object store, where it holds the files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    pub endpoint: String,
    pub region: String,
    pub bucket: String,
    pub access_key: String,
    pub secret_key: Secret,
}

/// Where the daily checkpoint of the audit trail goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    pub outside_address: String,
}

/// Where the plans of escalation lie, and the hours in which people are at work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    pub plans: String,
    pub office_hours: String,
}

/// Where playbooks and text blocks lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    pub playbooks: String,
    pub blocks: String,
}

/// Where the rule sets of duties to report lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duties {
    pub rules: String,
}

/// A value that never shows itself in a log or an error.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Config {
    /// Reads the defaults, then `file`, then the variables.
    ///
    /// # Errors
    /// [`ConfigError`] with the line or variable that is wrong.
    pub fn load(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let config: Self = Value::Table(read::merged(file, variables)?)
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Values(error.message().to_owned()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |what: &str| Err(ConfigError::Values(what.to_owned()));
        if self.server.tls_certificate.is_empty() != self.server.tls_key.is_empty() {
            return refuse("server.tls_certificate and server.tls_key go together");
        }
        let url = url::Url::parse(&self.server.public_url);
        if !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
            || self.server.public_url.ends_with('/')
        {
            return refuse("server.public_url must be http:// or https:// without a slash at the end");
        }
        if self.mail.connections == 0 || self.mail.timeout_s == 0 {
            return refuse("mail.connections and mail.timeout_s must be at least 1");
        }
        let lmtp = &self.mail.inbound.lmtp_listen;
        let is_here = lmtp.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback());
        if !(lmtp.is_empty() || lmtp.starts_with("unix:/") || is_here) {
            return refuse(
                "mail.inbound.lmtp_listen must be empty, unix:/PATH or a loopback address with its port",
            );
        }
        if self.mail.inbound.lmtp_connections == 0 {
            return refuse("mail.inbound.lmtp_connections must be at least 1");
        }
        if self.evidence.file_limit == 0 || self.evidence.files_per_case == 0 {
            return refuse("evidence.file_limit and evidence.files_per_case must be at least 1");
        }
        if self.evidence.store == EvidenceStore::S3 && self.evidence.s3.bucket.is_empty() {
            return refuse("evidence.store = \"s3\" needs evidence.s3.bucket");
        }
        if self.evidence.store == EvidenceStore::S3 && !is_guarded(&self.evidence.s3.endpoint) {
            return refuse("evidence.s3.endpoint must be https://, or http:// on the loopback address");
        }
        if let Some(fault) = self.mail.inbound.imap.fault() {
            return refuse(fault);
        }
        if self.mail.transport == MailTransport::Smtp
            && self.mail.smtp.security == SmtpSecurity::None
            && !is_loopback(&self.mail.smtp.host)
        {
            return refuse("mail.smtp.security = \"none\" is for the loopback address only");
        }
        Ok(())
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "::1" | "localhost")
}

/// Whether nobody on the way can read along, or change what is sent. Empty: Amazon's, which is https.
fn is_guarded(endpoint: &str) -> bool {
    let Ok(url) = url::Url::parse(endpoint) else { return endpoint.is_empty() };
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> std::iter::Empty<(String, String)> {
        std::iter::empty()
    }

    #[test]
    fn the_defaults_are_valid() {
        let config = Config::load(None, none()).expect("valid defaults");
        assert_eq!(config.database.url, "sqlite:data/meldekette.db");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.toml");
        std::fs::write(&path, "[server]\nlisten = \"127.0.0.1:1\"\n\n[mail.smtp]\nhosst = \"x\"\n")
            .expect("written");
        let error = Config::load(Some(&path), none()).expect_err("refused").to_string();
        assert!(error.ends_with("line 5: the key mail.smtp.hosst is not known"), "{error}");
    }

    #[test]
    fn a_wrong_type_is_named_with_its_line() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.toml");
        std::fs::write(&path, "[database]\nconnections = \"many\"\n").expect("written");
        let error = Config::load(Some(&path), none()).expect_err("refused").to_string();
        assert!(error.ends_with("line 2: database.connections must be of type integer"), "{error}");
    }

    #[test]
    fn each_key_can_be_set_by_a_variable() {
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let variables = [
            set("MELDEKETTE_MAIL_SMTP_PORT", "2525"),
            set("MELDEKETTE_DATABASE_MIGRATE_AT_START", "false"),
            set("MELDEKETTE_SERVER_TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2"),
            set("OTHER", "x"),
        ];
        let config = Config::load(None, variables.into_iter()).expect("valid");
        assert_eq!(config.mail.smtp.port, 2525);
        assert!(!config.database.migrate_at_start);
        assert_eq!(config.server.trusted_proxies.len(), 2);
        let empty = [set("MELDEKETTE_SERVER_TRUSTED_PROXIES", "")];
        let config = Config::load(None, empty.into_iter()).expect("valid");
        assert!(config.server.trusted_proxies.is_empty());
    }

    #[test]
    fn an_unknown_variable_is_refused() {
        let variables = [("MELDEKETTE_MAIL_SMTP_PROT".to_owned(), "1".to_owned())];
        let error = Config::load(None, variables.into_iter()).expect_err("refused").to_string();
        assert!(error.contains("MELDEKETTE_MAIL_SMTP_PROT"), "{error}");
    }

    #[test]
    fn files_go_to_another_machine_over_https_only() {
        let load = |endpoint: &str| {
            let set = |name: &str, value: &str| (format!("MELDEKETTE_EVIDENCE_{name}"), value.to_owned());
            let variables = [set("STORE", "s3"), set("S3_BUCKET", "a"), set("S3_ENDPOINT", endpoint)];
            Config::load(None, variables.into_iter())
        };
        for good in
            ["", "https://s3.example", "http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost"]
        {
            assert!(load(good).is_ok(), "{good}");
        }
        for bad in [
            "http://s3.example",
            "HTTP://10.0.0.1",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "s3.example",
        ] {
            let error = load(bad).expect_err(bad).to_string();
            assert!(error.contains("evidence.s3.endpoint"), "{error}");
        }
    }

    #[test]
    fn a_mailbox_is_used_only_where_it_can_be_read_safely() {
        let load = |more: &[(&str, &str)]| {
            let given = [("HOST", "mail.example"), ("USER", "cert"), ("PASSWORD_FILE", "/x")];
            let set = given.iter().chain(more);
            let set =
                set.map(|(key, value)| (format!("MELDEKETTE_MAIL_INBOUND_IMAP_{key}"), (*value).to_owned()));
            Config::load(None, set.collect::<Vec<_>>().into_iter())
        };
        assert!(load(&[]).is_ok() && load(&[("HOST", "::1"), ("TLS", "none")]).is_ok());
        for (bad, why) in [
            (&[("USER", "")], "user"),
            (&[("TLS", "none")], "loopback"),
            (&[("FOLDER", "Erledigt*")], "ASCII"),
            (&[("DONE_FOLDER", "Müll")], "ASCII"),
            (&[("REFUSED_FOLDER", "Meldekette")], "differ"),
            (&[("EVERY_S", "1")], "every_s"),
        ] {
            let error = load(bad).expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let variables = [("MELDEKETTE_MAIL_SMTP_PASSWORD".to_owned(), "geheim".to_owned())];
        let config = Config::load(None, variables.into_iter()).expect("valid");
        assert!(!format!("{config:?}").contains("geheim"));
    }
}
