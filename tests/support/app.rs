//! The product in this process, on a database of its own: a clock that the test moves, repeatable randomness, keys of
//! a demonstration in a temporary folder, mails kept in memory. It fails the test that leaves mails or jobs behind.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use diesel::dsl::count_star;
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use meldekette::access::guard::Crowd;
use meldekette::access::policy::Table;
use meldekette::access::service::load_actor;
use meldekette::access::settings::{AccessSettings, Limit, RateLimits, SecondFactorSettings};
use meldekette::app::{self, App, Purpose};
use meldekette::audit::sequencer::Sequencer;
use meldekette::config::Config;
use meldekette::core::actor::Actor;
use meldekette::core::env::{Env, ManualClock, Random};
use meldekette::core::error::Result;
use meldekette::core::ids::AccountId;
use meldekette::core::text::{MailAddress, Name};
use meldekette::crypto::authority::Subject;
use meldekette::crypto::keys::KeyKind;
use meldekette::desk::{self, Live, Mailbox, Trail};
use meldekette::incidents::evidence::reader::Reader;
use meldekette::incidents::evidence::vault::Vault;
use meldekette::mail::maildir::Maildir;
use meldekette::mail::message::Composer;
use meldekette::mail::transport::Transport;
use meldekette::mail::transport::memory::MemoryTransport;
use meldekette::mail::worker::{Worker, WorkerSettings};
use meldekette::routes::Shared;
use meldekette::store::schema::{jobs, outbox};
use meldekette::store::{At, Db, Tx};
use meldekette::web::live::Limits;
use meldekette::web::unchanged::Unchanged;
use meldekette::worker;
use ring::digest::{SHA256, digest};
use tempfile::TempDir;

use super::client::Door;
use super::database::Database;

/// When every test begins: a Saturday morning in Thüringen.
pub const START: &str = "2026-11-21T08:00:00Z";
pub const CERT_MAIL: &str = "cert@thueringencert.example";
pub const URL: &str = "https://meldekette.example";

/// The same bytes in every run.
struct Repeated(AtomicU64);

impl Random for Repeated {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let turn = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            chunk.copy_from_slice(&digest(&SHA256, &turn).as_ref()[..chunk.len()]);
        }
    }
}

/// The product on a database of its own.
pub struct House {
    pub app: App,
    pub clock: Arc<ManualClock>,
    /// What was sent.
    pub mails: MemoryTransport,
    database: Database,
    folder: TempDir,
    may_leave: Cell<bool>,
}

impl House {
    /// An empty house: no organisation, no account.
    pub fn empty() -> Self {
        Self::at(START.parse().unwrap())
    }

    /// The same at another time.
    pub fn at(start: Timestamp) -> Self {
        Self::on(Database::fresh(), start, (URL, 0))
    }

    /// Another installation, on the embedded engine, with keys and a name of its own. Its clock stands where the first
    /// one's begins.
    pub fn elsewhere(url: &str) -> Self {
        // Other randomness than the first one's, or they would have the same keys.
        Self::on(Database::sqlite(), START.parse().unwrap(), (url, 1 << 32))
    }

    fn on(database: Database, start: Timestamp, (url, turn): (&str, u64)) -> Self {
        let clock = Arc::new(ManualClock::at(start));
        let env = Env::new(clock.clone(), Arc::new(Repeated(AtomicU64::new(turn))));
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(config(&database, &folder, url), env, Purpose::Demonstration).unwrap();
        let subject = Subject {
            name: Name::parse("ThüringenCERT").unwrap(),
            organisation: Name::parse("Demonstration").unwrap(),
            address: MailAddress::parse(CERT_MAIL).unwrap(),
        };
        app.keys.create_demonstration(KeyKind::P256, &subject, &app.env).unwrap();
        let mails = MemoryTransport::default();
        Self { app, clock, mails, database, folder, may_leave: Cell::new(false) }
    }

    /// The same content in a copy of the database (SQLite), where `table` says who may what.
    pub fn fork(&self, table: Table) -> Fork {
        let database = self.database.copy();
        let provided = app::provided(&self.app.config, &self.app.settings).unwrap().with(table);
        let db = Db::open(&database.url, 2, self.app.env.clone(), provided).unwrap();
        db.listen(Box::new(meldekette::escalation::service::on_event));
        Fork { db, _database: database }
    }

    /// Whether the database is the embedded engine's.
    pub fn is_sqlite(&self) -> bool {
        self.database.is_sqlite()
    }

    /// Writes SQLite's log back into the file, so that the file can be copied.
    pub fn settle(&self) {
        use diesel::connection::SimpleConnection as _;
        self.app
            .db
            .with_connection(|conn| Ok(conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?))
            .unwrap();
    }

    /// The product behind its door. Limits by address are so high that one address can play everybody.
    pub async fn door(&self) -> Door {
        self.door_to(&self.app.db).await
    }

    /// The same where nobody gets in without a second factor.
    pub async fn guarded_door(&self) -> Door {
        self.door_with(
            &self.app.db,
            AccessSettings { second_factor: SecondFactorSettings::default(), ..unlimited() },
        )
        .await
    }

    /// The same with the limits of the product.
    pub async fn limited_door(&self) -> Door {
        self.door_with(&self.app.db, AccessSettings::default()).await
    }

    /// The same as [`House::door`], on another way to the database.
    pub async fn door_to(&self, db: &Db) -> Door {
        self.door_with(db, unlimited()).await
    }

    /// The same as [`House::door`], where others know the vault, too.
    pub async fn door_on(&self, vault: &Arc<Vault>) -> Door {
        self.build_door(&self.app.db, unlimited(), Arc::clone(vault)).await
    }

    async fn door_with(&self, db: &Db, access: AccessSettings) -> Door {
        self.build_door(db, access, Arc::new(self.app.vault().unwrap())).await
    }

    async fn build_door(&self, db: &Db, access: AccessSettings, vault: Arc<Vault>) -> Door {
        let live = Arc::new(Live::new(db.clone(), Limits::default()));
        self.build_live_door(db, access, vault, &live).await
    }

    /// The same as [`House::door`], where the test takes the turns of the live updates.
    pub async fn live_door(&self, live: &Arc<Live>) -> Door {
        let vault = Arc::new(self.app.vault().unwrap());
        self.build_live_door(&self.app.db, unlimited(), vault, live).await
    }

    async fn build_live_door(
        &self,
        db: &Db,
        access: AccessSettings,
        vault: Arc<Vault>,
        live: &Arc<Live>,
    ) -> Door {
        let mut site = self.app.site();
        site.db = db.clone();
        let maildir = Maildir::open(&self.folder.path().join("mails"), self.app.env.clone()).unwrap();
        Door::open(&Shared {
            site: Data::new(site),
            kit: Data::new(self.app.kit().unwrap()),
            access: Data::new(access),
            factors: Data::new(self.app.factor_seal().unwrap()),
            crowd: Data::new(Crowd::default()),
            mails: Data::new(Reader::new(env!("CARGO_BIN_EXE_meldekette").into())),
            vault: Data::from(vault),
            live: Data::from(Arc::clone(live)),
            unchanged: Data::new(Unchanged::new(db.clone(), desk::REPEATABLE, 16 << 20)),
            trail: Data::new(Trail { key: Arc::clone(&self.app.log_key), origin: self.app.origin() }),
            signing: Data::new(self.app.identity().unwrap().validity()),
            cookie_key: self.app.cookie_key(),
            held: Arc::default(),
            mailbox: Some(Data::new(Mailbox(maildir))),
        })
        .await
    }

    /// The folder of the demonstration's receiver.
    pub fn maildir(&self) -> Maildir {
        Maildir::open(&self.folder.path().join("mails"), self.app.env.clone()).unwrap()
    }

    /// Writes in one transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.app.db.write(f).await.expect("written")
    }

    /// Writes as an account, with the roles that count now.
    pub async fn act<T: Send + 'static>(
        &self,
        account: AccountId,
        mut f: impl FnMut(&mut Tx<'_>, &Actor) -> Result<T> + Send + 'static,
    ) -> T {
        self.clock.advance(SignedDuration::from_secs(1));
        self.write(move |tx| {
            let actor = load_actor(tx, account)?.expect("an active account");
            f(tx, &actor)
        })
        .await
    }

    /// Does what is due: jobs and timers, mails, the audit trail.
    pub async fn work(&self) {
        self.work_with(Arc::new(self.mails.clone())).await;
    }

    /// The same with another way out for mails.
    pub async fn work_with(&self, transport: Arc<dyn Transport>) {
        worker::runner(&self.app.db).run_due().await.expect("jobs run");
        let name = Name::parse("ThüringenCERT").unwrap();
        let composer =
            Composer::new(self.app.identity().unwrap(), &name, None, self.app.env.clone()).unwrap();
        let settings = WorkerSettings {
            connections: 1,
            bound: Duration::from_secs(10),
            give_up_after: SignedDuration::from_hours(1),
        };
        Worker::new(self.app.db.clone(), transport, composer, settings).drain().await;
        let mut sequencer =
            Sequencer::new(self.app.db.clone(), Arc::clone(&self.app.log_key), &self.app.origin());
        sequencer.finish().await.expect("the trail is chained");
    }

    /// This test leaves mails and jobs behind, and says why.
    pub fn leaves(&self, _why: &str) {
        self.may_leave.set(true);
    }

    /// What is due or was given up: jobs, mails.
    pub fn left(&self) -> (i64, i64) {
        let now = At(self.app.env.now());
        self.app
            .db
            .read_now(|tx| {
                let due = jobs::state.ne("waiting").or(jobs::run_at.le(now));
                let jobs: i64 = jobs::table.filter(due).select(count_star()).first(tx.conn)?;
                let mails: i64 =
                    outbox::table.filter(outbox::state.ne("accepted")).select(count_star()).first(tx.conn)?;
                Ok((jobs, mails))
            })
            .unwrap()
    }
}

/// A copy of a house's database.
pub struct Fork {
    pub db: Db,
    _database: Database,
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.may_leave.get() {
            assert_eq!(self.left(), (0, 0), "jobs and mails are left unprocessed or dead");
        }
    }
}

fn config(database: &Database, folder: &TempDir, url: &str) -> Config {
    let (keys, evidence) = (folder.path().join("keys"), folder.path().join("evidence"));
    let set = [
        ("MELDEKETTE_DATABASE_URL", database.url.as_str()),
        ("MELDEKETTE_DATABASE_CONNECTIONS", "3"),
        ("MELDEKETTE_SERVER_PUBLIC_URL", url),
        ("MELDEKETTE_KEYS_DIRECTORY", keys.to_str().unwrap()),
        ("MELDEKETTE_EVIDENCE_FOLDER", evidence.to_str().unwrap()),
        ("MELDEKETTE_EVIDENCE_BLOCKED_TYPES", "lnk"),
        ("MELDEKETTE_EVIDENCE_FILE_LIMIT", "20000000"),
        ("MELDEKETTE_MAIL_FROM", CERT_MAIL),
        ("MELDEKETTE_MAIL_BOUNCE_DOMAIN", "thueringencert.example"),
        ("MELDEKETTE_MAIL_INBOUND_ADDRESS", "cert@thueringencert.example"),
        ("MELDEKETTE_AUDIT_OUTSIDE_ADDRESS", "pruefung@aussen.example"),
    ];
    let set = set.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Config::load(None, set).expect("a configuration")
}

/// Without limits, and without second factors: what they close is looked at for itself.
fn unlimited() -> AccessSettings {
    let many = Limit::new(1_000_000, 15);
    let limits = RateLimits {
        sign_in: many,
        sign_in_account: many,
        sign_in_address: many,
        reset_account: many,
        reset_address: many,
        link_address: many,
        token_address: many,
        code_account: many,
        begin_address: many,
        begin: many,
        code_address: many,
        post_address: many,
    };
    let second_factor = SecondFactorSettings { required_for: Vec::new() };
    AccessSettings { limits, second_factor, ..AccessSettings::default() }
}
