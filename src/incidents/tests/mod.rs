//! Cases as the people concerned meet them, on each engine at hand.

mod calls;
mod digest;
mod fanout;
mod guide;
mod handling;
mod later;
mod link;
mod mandates;
mod merge;
mod observables;
mod papers;
mod search;
mod sight;
mod similar;
mod split;
mod strangers;
mod tasks;
mod timeline;
mod worklist;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use diesel::prelude::*;
use jiff::SignedDuration;

use super::model::{Incident, NewReport, Triage};
use super::service::{self, View};
use super::tasks::playbook::Library;
use super::testing::{report, triage};
use crate::access::model::OrgBook;
use crate::access::testing::{mail, person, system};
use crate::core::actor::{Actor, Role};
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::Line;
use crate::directory::model::{ContactInput, ContactRole};
use crate::directory::service::{self as directory, Book, ImportOptions};
use crate::mail::outbox::OutboxSettings;
use crate::store::schema::{incident_contents, outbox};
use crate::store::testing::{TestDb, databases, try_write, write};
use crate::store::tx::Provided;
use crate::store::{Db, Tx};
use crate::web::testing::settings;

/// An administration ("Amt") that runs a municipality ("Dorf"), a city ("Stadt"), a provider.
const REGISTER: &str = "\
# source: pruefung
key,second_key,ags,kind,level,name,sign,parent,district,administered_by,administration,seat,postcode,population,valid_from,valid_until
160000000000,,16,land,state,Land Thüringen,,,,,no,Erfurt,,2126846,2023-11-30,
160510000000,,16051000,kreisfreie_stadt,district,Stadt Gera,G,160000000000,160510000000,,yes,Gera,07545,214969,2023-11-30,
160610000000,,16061,landkreis,district,Landkreis Nord,EIC,160000000000,160610000000,,yes,Nord,,103987,2023-11-30,
160615001000,,,verwaltungsgemeinschaft,municipal,Verwaltungsgemeinschaft Leinetal,EIC,160610000000,160610000000,,yes,Leinetal,37339,6685,2023-11-30,
160615001003,,16061003,gemeinde,municipal,Gemeinde Berga,EIC,160610000000,160610000000,160615001000,no,,37339,1231,2023-11-30,
rz-muster,,,service_provider,state,Rechenzentrum Muster,,160000000000,,,no,Erfurt,,,2023-11-30,
";

/// One database with a small register, and the people in it.
struct House {
    test: TestDb,
    clock: Arc<ManualClock>,
    office: OrgId,
    village: OrgId,
    city: OrgId,
    provider: OrgId,
    people: HashMap<&'static str, Actor>,
}

async fn houses() -> Vec<House> {
    let clock = Arc::new(ManualClock::at("2026-11-21T06:40:00Z".parse().unwrap()));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    let provided = || {
        Provided::default()
            .with(OrgBook(Arc::new(Book)))
            .with(settings())
            .with(Library::load(Path::new(""), Path::new("")).unwrap())
            .with(OutboxSettings { domain: "cert.example".into(), bounces: mail("bounces@cert.example") })
    };
    let mut houses = Vec::new();
    for test in databases(&env, provided) {
        houses.push(house(test, clock.clone()).await);
    }
    houses
}

async fn house(test: TestDb, clock: Arc<ManualClock>) -> House {
    let import =
        directory::import(&test.db, &system(), REGISTER.as_bytes().to_vec(), ImportOptions::default()).await;
    import.unwrap().unwrap();
    let (cert, [village, office, city, provider]) = write(&test.db, |tx| {
        let cert = directory::ensure_cert(tx, &system(), "ThüringenCERT")?;
        let mut orgs = [cert; 4];
        let keys = ["160615001003", "160615001000", "160510000000", "rz-muster"];
        for (org, key) in orgs.iter_mut().zip(keys) {
            *org = directory::lookup_by_key(tx, key)?.unwrap().id;
        }
        Ok((cert, orgs))
    });
    let mut people = HashMap::new();
    for (name, org, role) in [
        ("amt", office, Role::Reporter),
        ("stadt", city, Role::OrgLead),
        ("dienst", provider, Role::Reporter),
        ("analyse1", cert, Role::Analyst),
        ("analyse2", cert, Role::Analyst),
        ("leitung", cert, Role::CertLead),
        ("revision", cert, Role::Auditor),
        ("freigabe", cert, Role::Approver),
        ("verwaltung", cert, Role::Administrator),
    ] {
        people.insert(name, person(&test.db, cert, name, org, role));
    }
    House { test, clock, office, village, city, provider, people }
}

impl House {
    fn db(&self) -> &Db {
        &self.test.db
    }

    fn actor(&self, name: &str) -> Actor {
        self.people[name].clone()
    }

    fn account(&self, name: &str) -> AccountId {
        self.people[name].account.unwrap()
    }

    fn clock_now(&self) -> jiff::Timestamp {
        self.test.db.env().now()
    }

    /// Does something as somebody.
    fn act<T: Send + 'static>(
        &self,
        name: &str,
        mut f: impl FnMut(&mut Tx<'_>, &Actor) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let actor = self.actor(name);
        try_write(self.db(), move |tx| f(tx, &actor))
    }

    fn file(&self, who: &str, organisation: OrgId, change: impl Fn(&mut NewReport)) -> Incident {
        let mut report = report(organisation);
        change(&mut report);
        self.act(who, move |tx, actor| {
            let filed = service::file(tx, actor, &report)?;
            service::load(tx, filed.id)
        })
        .unwrap()
    }

    fn load(&self, case: &Incident) -> Incident {
        let id = case.id;
        self.db().read_now(|tx| service::load(tx, id)).unwrap()
    }

    fn show(&self, who: &str, case: &Incident) -> Result<View> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| service::show(tx, actor, &reference))
    }

    fn triage(&self, case: &Incident, change: impl Fn(&mut Triage)) -> Result<()> {
        let (reference, seen) = (case.reference.clone(), self.load(case).version);
        let mut triage = triage();
        change(&mut triage);
        self.act("analyse1", move |tx, actor| service::triage(tx, actor, &reference, seen, &triage))
    }

    fn wait(&self, case: &Incident, on: &str, hours: i64) -> Result<()> {
        let (reference, seen) = (case.reference.clone(), self.load(case).version);
        let on: Line<120> = Line::parse(on).unwrap();
        self.act("analyse1", move |tx, actor| {
            let until = tx.now() + SignedDuration::from_hours(hours);
            service::set_waiting(tx, actor, &reference, seen, Some((&on, until)))
        })
    }

    fn restrict(&self, who: &str, case: &Incident, named: Option<Vec<AccountId>>) -> Result<()> {
        let (reference, seen) = (case.reference.clone(), self.load(case).version);
        self.act(who, move |tx, actor| service::restrict(tx, actor, &reference, seen, named.as_deref()))
    }
}

/// The fields that were refused, with the reasons.
fn refused<T: std::fmt::Debug>(result: Result<T>) -> Vec<(&'static str, &'static str)> {
    match result {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|fault| (fault.field, fault.reason)).collect(),
        other => panic!("not refused: {other:?}"),
    }
}
