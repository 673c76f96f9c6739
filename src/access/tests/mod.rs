//! Accounts, sessions, links and tokens as people use them, on each engine at hand.

mod services;

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;
use jiff::SignedDuration;

use super::model::{OrgBook, Organisations};
use super::password::{Password, hash_now};
use super::service::people::{self, load_actor};
use super::service::{first, sign_in};
use super::testing::mail;
use crate::core::actor::{Actor, Role};
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::Name;
use crate::mail::outbox::OutboxSettings;
use crate::store::schema::outbox;
use crate::store::testing::{TestDb, databases, write};
use crate::store::tx::Provided;
use crate::store::{Db, Tx};
use crate::web::testing::settings;

pub(super) const GOOD: &str = "drei Kühe im Rathaus";
pub(super) const CERT: OrgId = OrgId(uuid::Uuid::from_u128(1));
pub(super) const BERGRODE: OrgId = OrgId(uuid::Uuid::from_u128(2));
pub(super) const TALHAUSEN: OrgId = OrgId(uuid::Uuid::from_u128(3));

/// Three organisations, without a register.
struct Three;

impl Organisations for Three {
    fn names(&self, tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<HashMap<OrgId, String>> {
        let mut all: HashMap<_, _> = self.choices(tx)?.into_iter().collect();
        all.insert(CERT, "ThüringenCERT".to_owned());
        all.retain(|id, _| ids.contains(id));
        Ok(all)
    }

    fn choices(&self, _: &mut Tx<'_>) -> Result<Vec<(OrgId, String)>> {
        Ok(vec![(BERGRODE, "Stadt Bergrode".to_owned()), (TALHAUSEN, "Gemeinde Talhausen".to_owned())])
    }

    fn cert(&self, _: &mut Tx<'_>) -> Result<Option<OrgId>> {
        Ok(Some(CERT))
    }

    fn is_mistrusted(&self, _: &mut Tx<'_>, _: &[OrgId]) -> Result<bool> {
        Ok(false)
    }
}

/// A house with a database per engine and a clock that the test moves.
pub(super) struct House {
    pub dbs: Vec<TestDb>,
    clock: Arc<ManualClock>,
}

pub(super) fn house() -> House {
    let clock = Arc::new(ManualClock::at("2026-11-21T06:40:00Z".parse().unwrap()));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    let provided = || {
        let bounces = mail("bounces@cert.example");
        Provided::default()
            .with(OrgBook(Arc::new(Three)))
            .with(settings())
            .with(OutboxSettings { domain: "cert.example".to_owned(), bounces })
    };
    House { dbs: databases(&env, provided), clock }
}

impl House {
    pub fn wait(&self, span: SignedDuration) {
        self.clock.advance(span);
    }
}

pub(super) fn name(name: &str) -> Name {
    Name::parse(name).unwrap()
}

/// An account that may sign in with [`GOOD`], and holds these roles.
pub(super) fn account(db: &Db, address: &str, roles: &[(OrgId, Role)]) -> AccountId {
    let hash = hash_now(&Password::typed(GOOD), db.env()).unwrap();
    let (address, roles) = (mail(address), roles.to_vec());
    write(db, move |tx| {
        let system = Actor::system("test");
        let account = people::create_account(tx, &system, &address, &name("Test Person"), Some(&hash))?;
        for (org, role) in &roles {
            people::grant_role(tx, &system, account, *org, *role)?;
        }
        Ok(account)
    })
}

/// The first two administrators, as the first start makes them.
pub(super) fn administrators(db: &Db) -> [Actor; 2] {
    let hash = hash_now(&Password::typed(GOOD), db.env()).unwrap();
    write(db, move |tx| {
        let tokens = first::first_administrators(tx, &Actor::system("test"), CERT)?;
        let mut actors = Vec::new();
        for (token, address) in tokens.iter().zip(["a@cert.example", "b@cert.example"]) {
            let who = Actor::anonymous(None);
            let id = first::become_administrator(tx, &who, token, &mail(address), &name(address), &hash)?;
            actors.extend(load_actor(tx, id)?);
        }
        Ok(<[Actor; 2]>::try_from(actors).unwrap())
    })
}

pub(super) fn actor(db: &Db, account: AccountId) -> Option<Actor> {
    db.read_now(|tx| load_actor(tx, account)).unwrap()
}

/// The links in the mails that wait for this address, the oldest first.
pub(super) fn links(db: &Db, address: &str) -> Vec<String> {
    db.read_now(|tx| {
        let slots: Vec<String> = outbox::table
            .filter(outbox::recipient.eq(address))
            .order(outbox::created_at)
            .select(outbox::slots)
            .load(tx.conn)?;
        let link = |slots: &String| {
            let slots: HashMap<String, String> = serde_json::from_str(slots).unwrap();
            slots["link"].clone()
        };
        Ok(slots.iter().map(link).collect())
    })
    .unwrap()
}

pub(super) fn token_of(link: &str) -> String {
    link.rsplit('/').next().unwrap().to_owned()
}

pub(super) fn may_sign_in(db: &Db, address: &str) -> bool {
    let address = mail(address);
    db.read_now(|tx| sign_in::candidate(tx, &address)).unwrap().is_some()
}
