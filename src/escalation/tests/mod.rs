//! Escalations as the people concerned meet them, on each engine at hand.

mod api;
mod cases;
mod on_call;
mod pages;
mod rule;
mod year;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use diesel::prelude::*;
use jiff::SignedDuration;
use jiff::civil::Date;

use super::model::Advance;
use super::plans::Plans;
use super::service::{self, StepView};
use crate::access::model::OrgBook;
use crate::access::testing::{mail, person, somebody, system};
use crate::core::actor::{Actor, Role};
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::Result;
use crate::core::ids::{OrgId, StepId};
use crate::core::text::{Line, Name};
use crate::core::tlp::Tlp;
use crate::directory::model::{Kind, Level, OrganisationInput, RelationInput};
use crate::directory::service as directory;
use crate::directory::service::Book;
use crate::incidents::model::{Impact, Incident, NewReport, Triage};
use crate::incidents::service as incidents;
use crate::incidents::status::CloseReason;
use crate::incidents::testing::{report, triage};
use crate::mail::outbox::OutboxSettings;
use crate::queue::Runner;
use crate::store::Db;
use crate::store::schema::{audit_rows, mail_bodies, outbox};
use crate::store::testing::{TestDb, databases, try_write, write};
use crate::store::tx::Provided;
use crate::web::testing::settings;

/// One database with a small register, and the people in it.
struct House {
    test: TestDb,
    clock: Arc<ManualClock>,
    town: OrgId,
    provider: OrgId,
    neighbour: OrgId,
    district: OrgId,
    people: HashMap<&'static str, Actor>,
}

/// A mail that waits.
#[derive(Debug)]
struct Waiting {
    to: String,
    label: String,
    subject: String,
    body: String,
    token: String,
}

fn houses() -> Vec<House> {
    houses_with(Plans::load(Path::new(""), Path::new("")).unwrap())
}

/// Where these plans hold.
fn houses_with(plans: Plans) -> Vec<House> {
    let clock = Arc::new(ManualClock::at("2026-11-21T06:40:00Z".parse().unwrap()));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    let provided = || {
        Provided::default()
            .with(OrgBook(Arc::new(Book)))
            .with(settings())
            .with(plans.clone())
            .with(OutboxSettings { domain: "cert.example".into(), bounces: mail("bounces@cert.example") })
    };
    databases(&env, provided).into_iter().map(|test| house(test, clock.clone())).collect()
}

fn house(test: TestDb, clock: Arc<ManualClock>) -> House {
    clock.set("2026-11-21T06:40:00Z".parse().unwrap());
    test.db.listen(Box::new(service::on_event));
    let cert = write(&test.db, |tx| directory::ensure_cert(tx, &system(), "ThüringenCERT"));
    let boss = somebody(cert, Role::CertLead);
    let org = |name: &'static str, kind, level| {
        let boss = boss.clone();
        write(&test.db, move |tx| directory::add_organisation(tx, &boss, &organisation(name, kind, level)))
    };
    let town = org("Stadt Bergrode", Kind::Gemeinde, Level::Municipal);
    let land = org("Land Thüringen", Kind::Land, Level::State);
    let provider = org("KIV Thüringen", Kind::ServiceProvider, Level::Municipal);
    let neighbour = org("SAX.CERT", Kind::Cert, Level::State);
    let district = org("Landkreis Gotha", Kind::Landkreis, Level::District);
    let chief = boss.clone();
    write(&test.db, move |tx| {
        let service = Name::parse("Betrieb").unwrap();
        let valid_from = Date::constant(2020, 1, 1);
        let input = RelationInput { provider, organisation: town, service, valid_from, valid_until: None };
        directory::add_relation(tx, &chief, &input)
    });
    let mut people = HashMap::new();
    for (name, org, role) in [
        ("melderin", town, Role::Reporter),
        ("analyse1", cert, Role::Analyst),
        ("analyse2", cert, Role::Analyst),
        ("leitung", cert, Role::CertLead),
        ("land", land, Role::OrgLead),
        ("kiv", provider, Role::OrgLead),
        ("nachbar", neighbour, Role::OrgLead),
    ] {
        people.insert(name, person(&test.db, cert, name, org, role));
    }
    House { test, clock, town, provider, neighbour, district, people }
}

fn organisation(name: &str, kind: Kind, level: Level) -> OrganisationInput {
    OrganisationInput {
        key: None,
        kind,
        level,
        name: Name::parse(name).unwrap(),
        district: None,
        is_administration: true,
        seat: None,
        postcode: None,
        valid_from: Date::constant(2020, 1, 1),
        valid_until: None,
    }
}

impl House {
    fn db(&self) -> &Db {
        &self.test.db
    }

    fn actor(&self, name: &str) -> Actor {
        self.people[name].clone()
    }

    fn file(&self, change: impl Fn(&mut NewReport)) -> Incident {
        let (actor, mut report) = (self.actor("melderin"), report(self.town));
        change(&mut report);
        write(self.db(), move |tx| {
            let filed = incidents::file(tx, &actor, &report)?;
            incidents::load(tx, filed.id)
        })
    }

    fn triage(&self, case: &Incident, impact: Impact, tlp: Tlp) {
        let (actor, reference) = (self.actor("analyse1"), case.reference.clone());
        let seen = self.load(case).version;
        let triage = Triage { impact, tlp, ..triage() };
        write(self.db(), move |tx| incidents::triage(tx, &actor, &reference, seen, &triage));
    }

    fn load(&self, case: &Incident) -> Incident {
        let id = case.id;
        self.db().read_now(|tx| incidents::load(tx, id)).unwrap()
    }

    /// The worker works off what is due; none of it may fail.
    async fn work(&self) {
        let round = Runner::new(self.db().clone()).register::<Advance>().run_due().await.unwrap();
        assert_eq!((round.failed, round.dead), (0, 0));
    }

    async fn wait(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
        self.work().await;
    }

    fn steps(&self, who: &str, case: &Incident) -> Vec<StepView> {
        self.db().read_now(|tx| service::steps_of(tx, &self.people[who], case.id)).unwrap()
    }

    /// Names and states as the team sees them.
    fn chain(&self, case: &Incident) -> Vec<(String, &'static str)> {
        self.steps("analyse1", case).into_iter().map(|step| (step.name, step.state.code())).collect()
    }

    fn step(&self, case: &Incident, number: usize) -> StepId {
        self.steps("analyse1", case)[number - 1].id
    }

    fn acknowledge(&self, who: &str, step: StepId) -> Result<()> {
        let actor = self.actor(who);
        try_write(self.db(), move |tx| service::acknowledge(tx, &actor, step))
    }

    fn escalate(&self, who: &str, case: &Incident, to: service::ByHandTo) -> Result<StepId> {
        let (actor, reference) = (self.actor(who), case.reference.clone());
        let reason = Line::parse("Der Betreiber muss die Fernwartung sperren.").unwrap();
        try_write(self.db(), move |tx| service::escalate(tx, &actor, &reference, to, &reason))
    }

    /// The mails of escalations that wait, the oldest first.
    fn mails(&self) -> Vec<Waiting> {
        let rows: Vec<(String, String, String, String, String)> = self
            .db()
            .read_now(|tx| {
                Ok(outbox::table
                    .inner_join(mail_bodies::table.on(outbox::body_id.eq(mail_bodies::id.nullable())))
                    .filter(outbox::purpose.eq("escalation"))
                    .order(outbox::id)
                    .select((
                        outbox::recipient,
                        mail_bodies::tlp,
                        mail_bodies::subject,
                        mail_bodies::body,
                        outbox::slots,
                    ))
                    .load(tx.conn)?)
            })
            .unwrap();
        rows.into_iter()
            .map(|(to, label, subject, body, slots)| {
                let slots: HashMap<String, String> = serde_json::from_str(&slots).unwrap();
                let token = slots["link"].strip_prefix("https://meldekette.example/eskalation/").unwrap();
                Waiting { to, label, subject, body, token: token.to_owned() }
            })
            .collect()
    }

    /// How many rows of the audit trail say this.
    fn audited(&self, action: &str) -> i64 {
        let rows = audit_rows::table.filter(audit_rows::action.eq(action)).count();
        self.db().read_now(|tx| Ok(rows.get_result(tx.conn)?)).unwrap()
    }

    fn close(&self, case: &Incident) {
        let (actor, reference) = (self.actor("analyse1"), case.reference.clone());
        let seen = self.load(case).version;
        write(self.db(), move |tx| incidents::close(tx, &actor, &reference, seen, CloseReason::FalseAlarm));
    }

    fn reopen(&self, case: &Incident) {
        let (actor, reference) = (self.actor("analyse1"), case.reference.clone());
        let seen = self.load(case).version;
        write(self.db(), move |tx| incidents::reopen(tx, &actor, &reference, seen));
    }

    fn token_of(&self, name: &str) -> String {
        let to = format!("{name}@stelle.example");
        self.mails().into_iter().rev().find(|mail| mail.to == to).unwrap().token
    }
}
