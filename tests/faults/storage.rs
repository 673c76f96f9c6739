//! A database that somebody else holds, and a disk that is full: refused with a sentence, nothing half written, and
//! all goes on when there is room again.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use tempfile::TempDir;

use super::house::House;
use super::run::{Draw, is_sqlite, wait_until};
use super::sink::Sink;
use super::town::{Answer, Client, Reporter, Town, whole_incidents};

/// What people and programs are told.
const TITLE: &str = "Gerade nicht erreichbar";

fn assert_refused((status, body): &Answer) {
    assert_eq!(*status, 503, "{body}");
    assert_eq!(body["title"], TITLE);
    assert_eq!(body["detail"], "Bitte versuchen Sie es in 5 Sekunden noch einmal.");
}

/// Holds what filing and signed-in people need, in a transaction that stays open.
fn hold(url: &str) -> Box<dyn FnOnce()> {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut conn = SqliteConnection::establish(path).unwrap();
            conn.batch_execute("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").unwrap();
            Box::new(move || conn.batch_execute("ROLLBACK").unwrap())
        }
        None => {
            let mut conn = PgConnection::establish(url).unwrap();
            conn.batch_execute("BEGIN; LOCK TABLE incidents, sessions IN ACCESS EXCLUSIVE MODE").unwrap();
            Box::new(move || conn.batch_execute("ROLLBACK").unwrap())
        }
    }
}

#[test]
fn while_somebody_holds_the_database_a_report_is_refused_in_time_and_can_be_sent_again() {
    let house = House::new();
    let app = house.app();
    let town = Town::settle(&app);
    let sink = Sink::taking(Duration::ZERO);
    let server = house.serve(&sink, &[]);
    let http = town.client(&server);
    assert_eq!(http.get("/api/v1/incidents").0, 200);
    let release = hold(&house.url());
    let (patience, keys) = (Duration::from_secs(18), ["one", "two", "three"]);
    // The lock is waited for ten seconds, and nobody waits for another's wait.
    let (done, answers) = std::sync::mpsc::channel();
    for key in keys {
        let (done, http) = (done.clone(), town.client(&server));
        std::thread::spawn(move || done.send(http.file(key, "Anhang geöffnet.")));
    }
    for _ in keys {
        assert_refused(&answers.recv_timeout(patience).expect("an answer in time").unwrap());
    }
    assert_eq!(http.get("/healthz").0, 200);
    release();
    assert_eq!(whole_incidents(&app), [""; 0]);
    for key in keys {
        assert_eq!(http.file(key, "Anhang geöffnet.").unwrap().0, 201);
    }
    assert_eq!(whole_incidents(&app).len(), keys.len());
    println!("locked database: 3 of 3 refused with 503, written 0; afterwards 3 of 3 filed");
}

#[test]
fn while_somebody_holds_the_database_whoever_is_signed_in_is_told_so_and_stays_signed_in() {
    let house = House::new();
    let _town = Town::settle(&house.app());
    let server = house.serve(&Sink::taking(Duration::ZERO), &[]);
    let mut browser = Reporter::sign_in(&server);
    let release = hold(&house.url());
    // On SQLite reading goes on; on PostgreSQL the sessions themselves cannot be read.
    let (status, page) = if is_sqlite() { browser.post("/abmelden", &[]) } else { browser.get("/konto") };
    assert_eq!(status, 503, "{page}");
    assert!(page.contains(TITLE), "{page}");
    release();
    assert_eq!(browser.get("/konto").0, 200);
}

#[test]
fn when_postgresql_ends_every_session_the_next_report_is_taken_all_the_same() {
    if is_sqlite() {
        return;
    }
    let house = House::new();
    let town = Town::settle(&house.app());
    let sink = Sink::taking(Duration::ZERO);
    let server = house.serve(&sink, &[]);
    let http = town.client(&server);
    assert_eq!(http.file("before", "Anhang geöffnet.").unwrap().0, 201);
    let end_sessions = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
                        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    PgConnection::establish(&house.url()).unwrap().batch_execute(end_sessions).unwrap();
    assert_eq!(http.file("after", "Anhang geöffnet.").unwrap().0, 201);
    assert_eq!(whole_incidents(&house.app()).len(), 2);
    wait_until(60, "both confirmations were sent", || sink.counts().len() == 2);
}

/// A small file system in memory, for root alone.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["-t", "tmpfs", "-o", "size=24m", "meldekette-test"];
        let mounted = Command::new("mount").args(arguments).arg(folder.path()).output().unwrap();
        assert!(mounted.status.success(), "{}", String::from_utf8_lossy(&mounted.stderr));
        Self(folder)
    }

    /// A house whose database lies on this disk.
    fn house(&self) -> House {
        if is_sqlite() {
            return House::on_sqlite_in(self.0.path());
        }
        // PostgreSQL runs as somebody else.
        let everybody = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(self.0.path(), everybody).unwrap();
        House::on_postgres_in(self.0.path())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Files large reports until the disk is full, and then some. How many were confirmed.
fn fill(http: &Client) -> usize {
    let mut draw = Draw(24);
    let (mut confirmed, mut refused) = (0, 0);
    for number in 0..3000 {
        // Nothing that PostgreSQL could compress.
        let description: String = (0..18_000).map(|_| char::from(b'a' + draw.below(26) as u8)).collect();
        match http.file(&format!("full-{number}"), &description).unwrap() {
            (201, _) => confirmed += 1,
            answer => {
                assert_refused(&answer);
                refused += 1;
            }
        }
        if refused == 20 {
            return confirmed;
        }
    }
    panic!("the disk never was full");
}

#[test]
#[ignore = "only root may mount a disk"]
fn on_a_full_disk_reports_are_refused_and_when_there_is_room_again_all_goes_on() {
    let disk = SmallDisk::mount();
    let ballast = disk.0.path().join("ballast");
    std::fs::write(&ballast, vec![1; 4 << 20]).unwrap();
    let house = disk.house();
    let app = house.app();
    let town = Town::settle(&app);
    let sink = Sink::taking(Duration::ZERO);
    let mut server = house.serve(&sink, &[]);
    let http = town.client(&server);
    let confirmed = fill(&http);
    assert_eq!(whole_incidents(&app).len(), confirmed);
    assert_eq!(http.get("/api/v1/incidents").0, 200, "reading needs no room");
    std::fs::remove_file(ballast).unwrap();
    let mut more = 0;
    wait_until(30, "a report is taken again", || {
        more += 1;
        http.file(&format!("more-{more}"), "Wieder Platz.").unwrap().0 == 201
    });
    assert_eq!(whole_incidents(&app).len(), confirmed + 1);
    wait_until(60, "every confirmation was sent", || sink.counts().len() == confirmed + 1);
    assert!(server.stop().success());
    assert_sound(&house);
    println!(
        "full disk: {confirmed} confirmed and there, 20 refused with 503, half written 0; afterwards all goes on"
    );
}

#[test]
fn when_a_file_may_not_grow_reports_are_refused_and_nothing_is_half_written() {
    if !is_sqlite() {
        return;
    }
    let house = House::new();
    let app = house.app();
    let town = Town::settle(&app);
    let sink = Sink::taking(Duration::ZERO);
    // In blocks of 512 bytes: 3 MiB. The signal that would end the process is ignored, so that writing fails instead.
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 6144; exec \"$@\"", "sh"];
    let mut server = house.serve_behind(&limited, &sink, &[]);
    let confirmed = fill(&town.client(&server));
    assert_eq!(whole_incidents(&app).len(), confirmed);
    server.kill();
    let mut server = house.serve(&sink, &[]);
    assert_eq!(town.client(&server).file("after", "Wieder Platz.").unwrap().0, 201);
    assert_eq!(whole_incidents(&app).len(), confirmed + 1);
    assert!(server.stop().success());
    assert_sound(&house);
    println!(
        "limited files: {confirmed} confirmed and there, 20 refused with 503, half written 0; afterwards all goes on"
    );
}

/// The audit trail holds together.
fn assert_sound(house: &House) {
    let verified = house.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
