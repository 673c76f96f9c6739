//! For the tests of this feature: a version, and a house with towns, authors and approvers on each engine at hand.

use std::sync::Arc;

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use super::machine::State;
use super::model::{Content, Frame, Reference, Severity, Version, WarningStep};
use super::service::{self, Board, Draft, Received};
use crate::core::actor::{Actor, Role, Via};
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::directory;
use crate::directory::model::{
    AudienceFilter, ContactInput, ContactRole, Enrolment, Kind, Level, OrganisationInput, Phone, today,
};
use crate::mail::diversion::DiversionBook;
use crate::mail::outbox::OutboxSettings;
use crate::store::schema::{accounts, outbox};
use crate::store::testing::{TestDb, databases};
use crate::store::{Db, Provided, Tx};
use crate::web::testing::settings;

pub fn frame(tlp: Tlp) -> Frame {
    Frame { tlp, step: WarningStep::Orange, severity: Severity::Critical, audience: AudienceFilter::All }
}

pub fn content() -> Content {
    Content {
        title: "Kritische Lücke in NetPforte".into(),
        concerns: "Das betrifft **alle** mit NetPforte vor 9.4.2.".into(),
        measures: "1. **Version prüfen.** Unter „System“.\n2. Update einspielen.".into(),
        body: "Fremde Konten heißen oft `svc_np`.".into(),
        products: vec!["NetPforte Secure Access".into()],
        cves: vec!["CVE-2026-99901".into()],
    }
}

pub fn version(tlp: Tlp) -> Version {
    Version {
        id: Uuid::from_u128(1).into(),
        advisory: Uuid::from_u128(2).into(),
        reference: Reference::new(2026, 7),
        number: 1,
        state: State::Draft,
        frame: frame(tlp),
        content: content(),
        return_reason: String::new(),
        created_at: Timestamp::UNIX_EPOCH,
        submitted_at: None,
        approved_name: None,
        approved_at: None,
        approved_hash: None,
        published_at: None,
        lock: 1,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

pub fn draft(tlp: Tlp) -> Draft {
    Draft { frame: frame(tlp), content: content() }
}

pub struct House {
    pub test: TestDb,
    pub clock: Arc<ManualClock>,
    pub cert: OrgId,
}

fn provided() -> Provided {
    let bounces = MailAddress::parse("warnung@cert.example").expect("address");
    Provided::default()
        .with(settings())
        .with(OutboxSettings { domain: "cert.example".into(), bounces })
        .with(DiversionBook(Arc::new(directory::service::Mistrusted)))
}

/// The same story on each engine.
pub fn everywhere(story: impl Fn(&House)) {
    let clock = Arc::new(ManualClock::at(when::parse("21.11.2026 10:00").expect("date")));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    for test in databases(&env, provided) {
        story(&House { test, clock: clock.clone(), cert: Uuid::from_u128(1).into() });
    }
}

impl House {
    pub fn db(&self) -> &Db {
        &self.test.db
    }

    pub fn write<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db().write_now(f)
    }

    pub fn at_cert(&self, name: &str, number: u128, role: Role) -> Actor {
        self.person(name, number, self.cert, role)
    }

    pub fn person(&self, name: &str, number: u128, organisation: OrgId, role: Role) -> Actor {
        Actor {
            account: Some(AccountId(Uuid::from_u128(number))),
            name: name.into(),
            roles: vec![(organisation, role)],
            via: Via::Session,
            ip: None,
            request_id: None,
        }
    }

    pub fn author(&self) -> Actor {
        self.at_cert("Analyse 1", 101, Role::Analyst)
    }

    pub fn approver(&self) -> Actor {
        self.at_cert("Freigabe 2", 102, Role::Approver)
    }

    pub fn lead(&self) -> Actor {
        self.at_cert("Leitung", 103, Role::CertLead)
    }

    /// An enrolled administration with these contacts, officer first: address and whether it is a function's.
    pub fn town(&self, name: &str, contacts: &[(&str, bool)]) -> OrgId {
        let lead = self.lead();
        let (name, contacts) =
            (name.to_owned(), contacts.iter().map(|(m, f)| ((*m).to_owned(), *f)).collect::<Vec<_>>());
        self.write(move |tx| {
            let input = OrganisationInput {
                key: None,
                kind: Kind::Gemeinde,
                level: Level::Municipal,
                name: Name::parse(&name).expect("name"),
                district: None,
                is_administration: true,
                seat: None,
                postcode: None,
                valid_from: today(tx.now()),
                valid_until: None,
            };
            let org = directory::service::add_organisation(tx, &lead, &input)?;
            for (at, (mail, is_function)) in contacts.iter().enumerate() {
                let contact = ContactInput {
                    role: ContactRole::ALL[at],
                    name: Name::parse("IT-Sicherheit").expect("name"),
                    mail: MailAddress::parse(mail).ok(),
                    phone: Phone::parse("0361 37900").ok(),
                    out_of_band: None,
                    is_function: *is_function,
                    certificate: None,
                    pgp: None,
                };
                directory::service::add_contact(tx, &lead, org, &contact)?;
            }
            for next in [Enrolment::Invited, Enrolment::Enrolled] {
                let seen = directory::service::load(tx, org)?.version;
                directory::service::set_enrolment(tx, &lead, org, next, seen)?;
            }
            Ok(org)
        })
        .expect("a town")
    }

    /// A person at a town hall who can sign in.
    pub fn reporter(&self, number: u128, mail: &str, organisation: OrgId) -> Actor {
        let (actor, mail) =
            (self.person("IT-Sicherheit", number, organisation, Role::Reporter), mail.to_owned());
        let account = AccountId(Uuid::from_u128(number));
        self.write(move |tx| {
            diesel::insert_into(accounts::table)
                .values((
                    accounts::id.eq(account),
                    accounts::mail.eq(&mail),
                    accounts::name.eq("IT-Sicherheit"),
                    accounts::state.eq("active"),
                    accounts::created_at.eq(tx.at()),
                ))
                .execute(tx.conn)?;
            Ok(())
        })
        .expect("an account");
        actor
    }

    pub fn draft(&self, tlp: Tlp) -> Version {
        let (author, draft) = (self.author(), draft(tlp));
        self.write(move |tx| service::create(tx, &author, &draft)).expect("a draft")
    }

    pub fn in_review(&self, tlp: Tlp) -> Version {
        let (author, version) = (self.author(), self.draft(tlp));
        self.write(move |tx| service::submit(tx, &author, &version.reference, version.lock))
            .expect("in review")
    }

    pub fn approved(&self, tlp: Tlp) -> Version {
        let (approver, version) = (self.approver(), self.in_review(tlp));
        self.write(move |tx| service::approve(tx, &approver, &version.reference, version.lock, None))
            .expect("approved")
    }

    pub fn published(&self, tlp: Tlp) -> Version {
        let (author, version) = (self.author(), self.approved(tlp));
        self.write(move |tx| service::publish(tx, &author, &version.reference, version.lock))
            .expect("published")
    }

    pub fn open(&self, actor: &Actor, reference: &Reference) -> Result<Received> {
        let (actor, reference) = (actor.clone(), reference.clone());
        self.write(move |tx| service::open(tx, &actor, &reference))
    }

    pub fn board(&self, reference: &Reference) -> Board {
        let (author, reference) = (self.author(), reference.clone());
        self.db().read_now(|tx| service::deliveries(tx, &author, &reference)).expect("a board")
    }

    /// Recipient, slots and state of each mail that waits.
    pub fn mails(&self) -> Vec<(String, String, String)> {
        self.db()
            .read_now(|tx| {
                Ok(outbox::table
                    .filter(outbox::purpose.eq("advisory"))
                    .order(outbox::recipient)
                    .select((outbox::recipient, outbox::slots, outbox::state))
                    .load(tx.conn)?)
            })
            .expect("mails")
    }
}
