//! The product as an operator runs it: real processes on a database and with keys of their own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use meldekette::app::{App, Purpose};
use meldekette::config::Config;
use meldekette::core::env::Env;
use meldekette::core::ids::AnyId;
use meldekette::core::text::{MailAddress, Name, Title};
use meldekette::core::tlp::Tlp;
use meldekette::crypto::authority::Subject;
use meldekette::crypto::keys::KeyKind;
use meldekette::crypto::seal::SealingKey;
use meldekette::mail::content::{Content, Template};
use meldekette::mail::message::Recipient;
use meldekette::mail::outbox::{self, MailState, MailStatus, NewMail};
use meldekette::store::schema;
use tempfile::TempDir;

use super::sink::Sink;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_meldekette");
const CERT_MAIL: &str = "cert@thueringencert.example";

/// Whether the large counts are wanted.
pub fn is_full() -> bool {
    std::env::var("MELDEKETTE_TEST_FULL").is_ok_and(|value| !value.is_empty())
}

/// Whether this run tests the embedded engine.
pub fn is_sqlite() -> bool {
    std::env::var("MELDEKETTE_TEST_ENGINE").map_or(true, |engine| engine != "postgres")
}

/// Looks every 20 ms, at most `seconds` long.
pub fn wait_until(seconds: u64, what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..seconds * 50 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("after {seconds} s still not: {what}");
}

/// Numbers that look drawn and are the same in each run (SplitMix64).
pub struct Draw(pub u64);

impl Draw {
    /// A number from `0` to `below - 1`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// A database that goes away with this value.
enum Database {
    Sqlite(PathBuf),
    Postgres { server: String, name: String, tablespace: Option<String> },
}

/// The server on which tests make their databases.
fn server() -> String {
    std::env::var("MELDEKETTE_TEST_POSTGRES").expect("tests on PostgreSQL need MELDEKETTE_TEST_POSTGRES")
}

fn new_name() -> String {
    format!("mk_{}", Env::system().uuid().simple())
}

impl Database {
    fn fresh(folder: &Path, template: Option<&str>) -> Self {
        if is_sqlite() {
            return Self::Sqlite(folder.join("meldekette.db"));
        }
        let (server, name) = (server(), new_name());
        let like = template.map_or(String::new(), |template| format!(" TEMPLATE {template}"));
        let create = format!("CREATE DATABASE {name}{like}");
        // Whoever was connected to the template may still be leaving.
        wait_until(30, "a database was made", || {
            PgConnection::establish(&server).unwrap().batch_execute(&create).is_ok()
        });
        Self::Postgres { server, name, tablespace: None }
    }

    fn on_postgres_in(place: &Path) -> Self {
        let (server, name, tablespace) = (server(), new_name(), new_name());
        let mut conn = PgConnection::establish(&server).unwrap();
        // A tablespace wants a folder that belongs to the server: the server makes it.
        let place = place.join("tablespace");
        let make = format!("COPY (SELECT) TO PROGRAM 'mkdir -m 700 {}'", place.display());
        conn.batch_execute(&make).unwrap();
        conn.batch_execute(&format!("CREATE TABLESPACE {tablespace} LOCATION '{}'", place.display()))
            .unwrap();
        conn.batch_execute(&format!("CREATE DATABASE {name} TABLESPACE {tablespace}")).unwrap();
        Self::Postgres { server, name, tablespace: Some(tablespace) }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres { server, name, .. } => {
                // A socket's URL has no host, which URL parsers refuse: only the path is exchanged.
                let (address, query) = server.split_once('?').unwrap_or((server, ""));
                let (host, _) = address.rsplit_once('/').unwrap();
                format!("{host}/{name}?{query}")
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name, tablespace } = self
            && let Ok(mut conn) = PgConnection::establish(server)
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
            if let Some(tablespace) = tablespace {
                let _ = conn.batch_execute(&format!("DROP TABLESPACE {tablespace}"));
            }
        }
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

    fn build(database: Database, folder: TempDir) -> Self {
        let keys = Arc::new(tempfile::tempdir().unwrap());
        let house = Self { database, _folder: folder, keys };
        SealingKey::create_file(&house.keys.path().join("sealing.key"), &Env::system()).unwrap();
        let subject = Subject {
            name: Name::parse("ThüringenCERT").unwrap(),
            organisation: Name::parse("Demonstration").unwrap(),
            address: MailAddress::parse(CERT_MAIL).unwrap(),
        };
        let app = house.app();
        app.keys.create_demonstration(KeyKind::P256, &subject, &app.env).unwrap();
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
            set("MAIL_FROM", CERT_MAIL),
            set("MAIL_BOUNCE_DOMAIN", "thueringencert.example"),
            set("MAIL_SMTP_SECURITY", "none"),
            set("LIMITS_POSTS_PER_ADDRESS", "1000000"),
        ]
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

#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    more: Condvar,
}

/// A running process. It is killed with this value.
pub struct Process {
    child: Child,
    log: Arc<Log>,
}

impl Process {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (log, stderr) = (Arc::new(Log::default()), child.stderr.take().unwrap());
        let heard = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                heard.lines.lock().unwrap().push(line);
                heard.more.notify_all();
            }
        });
        Self { child, log }
    }

    /// The lines of the log that hold `words`.
    pub fn logged(&self, words: &str) -> Vec<String> {
        let lines = self.log.lines.lock().unwrap();
        lines.iter().filter(|line| line.contains(words)).cloned().collect()
    }

    /// Waits for a line of the log that holds `words`.
    pub fn wait_for_log(&self, seconds: u64, words: &str) {
        let lines = self.log.lines.lock().unwrap();
        let is_absent = |lines: &mut Vec<String>| !lines.iter().any(|line| line.contains(words));
        let (lines, waited) =
            self.log.more.wait_timeout_while(lines, Duration::from_secs(seconds), is_absent).unwrap();
        assert!(!waited.timed_out(), "the log never said {words:?}:\n{}", lines.join("\n"));
    }

    /// Where `serve` answers.
    pub fn url(&self, path: &str) -> String {
        let line = self.logged("serving").remove(0);
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        format!("http://{}{path}", line["address"].as_str().unwrap())
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    /// Asks the process to stop, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        let mut ended = None;
        wait_until(60, "the process stopped", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a mail to each of these recipients into the outbox, in one transaction, as publishing an advisory does.
pub fn dispatch(app: &App, recipients: Vec<String>) -> AnyId {
    let dispatch = AnyId(app.env.uuid());
    let write = move |tx: &mut meldekette::store::Tx<'_>| {
        let text = Template::new("Bitte spielen Sie die Aktualisierung heute ein.")?;
        let body = outbox::add_body(
            tx,
            &Content::clear(Tlp::Green, Title::parse("Kritische Lücke").unwrap(), text)?,
        )?;
        let mails: Vec<_> = recipients
            .iter()
            .map(|to| NewMail {
                purpose: "advisory",
                dispatch: Some(dispatch),
                to: Recipient { address: MailAddress::parse(to).unwrap(), name: None },
                priority: 5,
                slots: Default::default(),
            })
            .collect();
        outbox::enqueue_all(tx, body, &mails).map(|_| dispatch)
    };
    app.db.write_now(write).unwrap()
}

/// So many recipients with addresses of their own.
pub fn administrations(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("it-sicherheit@gemeinde-{number}.example")).collect()
}

/// Where each mail of a dispatch stands.
pub fn statuses(app: &App, dispatch: AnyId) -> Vec<MailStatus> {
    app.db.read_now(|tx| outbox::list(tx, dispatch)).unwrap()
}

/// Waits until each mail is accepted, bounced or failed.
pub fn wait_for_the_end(app: &App, seconds: u64) {
    wait_until(seconds, "every recipient is in an end state", || {
        app.db.read_now(outbox::count_open).unwrap() == 0
    });
}

/// How many mails are with a worker.
pub fn leased(app: &App) -> i64 {
    let leased = schema::outbox::table.filter(schema::outbox::state.eq(MailState::Leased.code())).count();
    app.db.read_now(|tx| Ok(leased.get_result(tx.conn)?)).unwrap()
}
