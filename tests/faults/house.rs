//! The product as an operator runs it: real processes on a database and with keys of their own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use diesel::connection::SimpleConnection as _;
use jiff::SignedDuration;
use meldekette::app::{App, Purpose};
use meldekette::config::Config;
use meldekette::core::env::{Env, ManualClock, SystemRandom};
use meldekette::core::text::{MailAddress, Name};
use meldekette::crypto::authority::Subject;
use meldekette::crypto::keys::KeyKind;
use meldekette::crypto::seal::SealingKey;
use tempfile::TempDir;

use super::database::Database;
use super::process::Process;
use super::run::is_sqlite;
use super::sink::Sink;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_meldekette");
const CERT_MAIL: &str = "cert@thueringencert.example";

fn subject() -> Subject {
    Subject {
        name: Name::parse("ThüringenCERT").unwrap(),
        organisation: Name::parse("Demonstration").unwrap(),
        address: MailAddress::parse(CERT_MAIL).unwrap(),
    }
}

/// Keys, a migrated database, and the settings of every process that runs on them.
pub struct House {
    database: Database,
    _folder: TempDir,
    keys: Arc<TempDir>,
}

impl House {
    /// An empty house.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::build(Database::fresh(folder.path(), None), folder)
    }

    /// An empty house on SQLite whose database lies in `place`.
    pub fn on_sqlite_in(place: &Path) -> Self {
        Self::build(Database::Sqlite(place.join("meldekette.db")), tempfile::tempdir().unwrap())
    }

    /// An empty house on PostgreSQL whose database lies in `place`, which everybody may write to.
    pub fn on_postgres_in(place: &Path) -> Self {
        Self::build(Database::on_postgres_in(place), tempfile::tempdir().unwrap())
    }

    /// Settings and a sealing key, and nothing else yet.
    pub fn unbuilt() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::plan(Database::fresh(folder.path(), None), folder)
    }

    fn plan(database: Database, folder: TempDir) -> Self {
        let keys = Arc::new(tempfile::tempdir().unwrap());
        SealingKey::create_file(&keys.path().join("sealing.key"), &Env::system()).unwrap();
        Self { database, _folder: folder, keys }
    }

    /// Whether nothing was made yet: no keys, no table.
    pub fn is_untouched(&self) -> bool {
        !self.keys.path().join("data").exists() && self.database.is_untouched()
    }

    fn build(database: Database, folder: TempDir) -> Self {
        let house = Self::plan(database, folder);
        let app = house.app();
        app.keys.create_demonstration(KeyKind::P256, &subject(), &app.env).unwrap();
        house
    }

    /// A house with the same keys and a copy of the database. Nobody may be in the first one.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = match &self.database {
            Database::Sqlite(from) => {
                let to = folder.path().join("meldekette.db");
                std::fs::copy(from, &to).unwrap();
                Database::Sqlite(to)
            }
            Database::Postgres { name, .. } => Database::fresh(folder.path(), Some(name)),
        };
        Self { database, _folder: folder, keys: Arc::clone(&self.keys) }
    }

    /// Closes a way into this house, so that it can be copied.
    pub fn settle(&self, app: App) {
        if app.db.is_sqlite() {
            let settle = |conn: &mut meldekette::store::Conn| {
                Ok(conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?)
            };
            app.db.with_connection(settle).unwrap();
        }
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        self.database.url()
    }

    fn variables(&self) -> Vec<(String, String)> {
        let keys = |name: &str| self.keys.path().join(name).display().to_string();
        let set = |name: &str, value: &str| (format!("MELDEKETTE_{name}"), value.to_owned());
        vec![
            set("SERVER_LISTEN", "127.0.0.1:0"),
            set("SERVER_WORKERS", "2"),
            set("DATABASE_URL", &self.url()),
            set("LOG_FORMAT", "json"),
            set("LOG_FILTER", "warn,meldekette=info"),
            set("KEYS_DIRECTORY", &keys("data/keys")),
            set("KEYS_SEALING_FILE", &keys("sealing.key")),
            set("EVIDENCE_FOLDER", &keys("data/evidence")),
            set("MAIL_FROM", CERT_MAIL),
            set("MAIL_BOUNCE_DOMAIN", "thueringencert.example"),
            set("MAIL_SMTP_SECURITY", "none"),
            set("LIMITS_POSTS_PER_ADDRESS", "1000000"),
            set("SECOND_FACTOR_REQUIRED_FOR", ""),
        ]
    }

    /// The same house when the certificate that signs its mails has ended.
    pub fn with_ended_certificate(self) -> Self {
        let long_ago = ManualClock::at(Env::system().now() - SignedDuration::from_hours(24 * 1000));
        let env = Env::new(Arc::new(long_ago), Arc::new(SystemRandom::default()));
        self.app().keys.create_demonstration(KeyKind::P256, &subject(), &env).unwrap();
        self
    }

    /// A way into this house from the test.
    pub fn app(&self) -> App {
        let config = Config::load(None, self.variables().into_iter()).unwrap();
        App::open(config, Env::system(), Purpose::Real).unwrap()
    }

    fn command(&self, before: &[&str], arguments: &[&str], more: &[(&str, &str)]) -> Command {
        // Whatever becomes of the test, the process ends with it.
        let mut command = Command::new("setpriv");
        command.arg("--pdeathsig=KILL").arg("--").args(before).arg(PROGRAM).args(arguments);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MELDEKETTE_")) {
            command.env_remove(name);
        }
        command.envs(self.variables());
        command.envs(more.iter().map(|(name, value)| (format!("MELDEKETTE_{name}"), value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(&[], arguments, &[]).output().unwrap()
    }

    /// Runs a command that reads `input`.
    pub fn run_fed(&self, arguments: &[&str], input: &[u8], more: &[(&str, &str)]) -> Output {
        let mut command = self.command(&[], arguments, more);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever ends before it has read everything says so by its answer.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    /// Runs a command as the program that `before` runs in the end.
    pub fn run_behind(&self, before: &[&str], arguments: &[&str]) -> Output {
        self.command(before, arguments, &[]).output().unwrap()
    }

    /// Runs a command with other settings.
    pub fn run_with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Output {
        self.command(&[], arguments, more).output().unwrap()
    }

    /// Starts `serve`.
    pub fn serve(&self, sink: &Sink, more: &[(&str, &str)]) -> Process {
        self.serve_behind(&[], sink, more)
    }

    /// Starts `serve` as the program that `before` runs in the end.
    pub fn serve_behind(&self, before: &[&str], sink: &Sink, more: &[(&str, &str)]) -> Process {
        let port = sink.port.to_string();
        let more = [&[("MAIL_SMTP_PORT", port.as_str())], more].concat();
        let process = Process::start(self.command(before, &["serve"], &more));
        process.wait_for_log(60, "serving");
        process
    }

    /// Starts what sends mails: `serve` on SQLite, `work` on PostgreSQL. Does not wait until it is up.
    pub fn work(&self, sink: &Sink, more: &[(&str, &str)]) -> Process {
        let port = sink.port.to_string();
        let more = [&[("MAIL_SMTP_PORT", port.as_str())], more].concat();
        let arguments = if is_sqlite() { ["serve"] } else { ["work"] };
        Process::start(self.command(&[], &arguments, &more))
    }
}
