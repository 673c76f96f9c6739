//! For the tests of features: people with roles.

use super::service::people;
use super::settings::{AccessSettings, SecondFactorSettings};
use crate::core::actor::{Actor, Role, Via};
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::store::Db;
use crate::store::testing::write;

/// Somebody with one role and without an account's row: enough where only the policy is asked.
pub fn somebody(org: OrgId, role: Role) -> Actor {
    let account = Some(AccountId(uuid::Uuid::from_u128(7)));
    Actor {
        account,
        name: "IT-Sicherheitsbeauftragte".into(),
        roles: vec![(org, role)],
        via: Via::Session,
        ..system()
    }
}

/// The defaults, where nobody needs a second factor.
pub fn relaxed() -> AccessSettings {
    let second_factor = SecondFactorSettings { required_for: Vec::new() };
    AccessSettings { second_factor, ..AccessSettings::default() }
}

/// What the product does by itself.
pub fn system() -> Actor {
    Actor::system("test")
}

/// An address that can be one.
pub fn mail(address: &str) -> MailAddress {
    MailAddress::parse(address).unwrap()
}

/// An account `name@stelle.example` with one role that counts.
pub fn person(db: &Db, cert: OrgId, name: &'static str, org: OrgId, role: Role) -> Actor {
    write(db, move |tx| {
        let address = mail(&format!("{name}@stelle.example"));
        let name = Name::parse(name).unwrap();
        let account = people::create_account(tx, &system(), &address, &name, Some("-"))?;
        let grant = people::grant_role(tx, &system(), account, org, role)?;
        if role.is_privileged() {
            people::confirm_grant(tx, &somebody(cert, Role::Administrator), grant)?;
        }
        Ok(people::load_actor(tx, account)?.unwrap())
    })
}
