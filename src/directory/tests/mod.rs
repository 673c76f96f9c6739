//! The register as people meet it: imported, searched, enrolled, written to. Each on every engine at hand.

mod card;
mod enrolment;
mod import;
mod lookup;
mod pages;
mod upkeep;

use std::sync::Arc;

use jiff::Timestamp;

use super::import::LineFault;
use super::model::{ContactInput, ContactRole, Enrolment, Filter, Kind, Phone};
use super::service::{self, File, ImportOptions, Imported};
use crate::access::testing::somebody as person;
use crate::core::actor::{Actor, Role};
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::core::text::{MailAddress, Name};
use crate::store::testing::{TestDb, databases, try_write};
use crate::store::{Provided, Tx};

const REGISTER: &[u8] = include_bytes!("../../../config/directory/thueringen.csv");
const PROVIDERS: &[u8] = include_bytes!("../../../config/directory/beispiel-dienstleister.csv");
/// Verwaltungsgemeinschaft Lindenberg/Eichsfeld, and Berlingerode, which it administers.
const ASSOCIATION: &str = "160615001000";
const MEMBER: &str = "160615001003";
/// Gößnitz, an erfüllende Gemeinde, by its key as an association; and Heyersdorf, for which it acts.
const LEADING: &str = "160775050000";
const LED: &str = "160775050017";

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-21T10:00:00Z".parse::<Timestamp>().expect("an instant")))
}

/// Fresh databases with the register of Thüringen in them.
fn registers() -> Vec<TestDb> {
    registers_at(clock())
}

fn registers_at(clock: Arc<ManualClock>) -> Vec<TestDb> {
    let all = databases(&Env::new(clock, Arc::new(SystemRandom::default())), Provided::default);
    for test in &all {
        let done = import(test, REGISTER, ImportOptions::default()).expect("imported").expect("no faults");
        assert!(done.ended.is_empty() && done.changed.is_empty());
    }
    all
}

fn import(
    test: &TestDb,
    bytes: &[u8],
    options: ImportOptions,
) -> Result<std::result::Result<Imported, Vec<LineFault>>> {
    let known = test.db.read_now(|tx| service::known_keys(tx, &system()))?;
    let file: Arc<File> = match service::read_file(bytes, &known) {
        Ok(file) => Arc::new(file),
        Err(faults) => return Ok(Err(faults)),
    };
    write(test, move |tx| service::apply(tx, &system(), &file, options)).map(Ok)
}

fn system() -> Actor {
    Actor::system("directory")
}

fn read<T>(test: &TestDb, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> T {
    test.db.read_now(f).expect("read")
}

fn write<T, F>(test: &TestDb, f: F) -> Result<T>
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    try_write(&test.db, f)
}

fn key(test: &TestDb, key: &str) -> OrgId {
    read(test, |tx| service::lookup_by_key(tx, key)).expect("an organisation").id
}

fn cert(test: &TestDb) -> OrgId {
    write(test, |tx| service::ensure_cert(tx, &system(), "ThüringenCERT")).expect("a CERT")
}

fn contact(role: ContactRole, mail: &str) -> ContactInput {
    ContactInput {
        role,
        name: Name::parse("IT-Leitstelle").expect("name"),
        mail: MailAddress::parse(mail).ok(),
        phone: Phone::parse("036071 12345").ok(),
        out_of_band: None,
        is_function: true,
        certificate: None,
        pgp: None,
    }
}

/// Enrols the administration with a function account as its officer.
fn enrol(test: &TestDb, org: OrgId, mail: &'static str) {
    let analyst = person(cert(test), Role::Analyst);
    let done = write(test, move |tx| {
        service::add_contact(tx, &analyst, org, &contact(ContactRole::ItSecurityOfficer, mail))?;
        let seen = service::load(tx, org)?.version;
        service::set_enrolment(tx, &analyst, org, Enrolment::Invited, seen)?;
        service::set_enrolment(tx, &analyst, org, Enrolment::Enrolled, seen + 1)
    });
    done.expect("enrolled");
}
