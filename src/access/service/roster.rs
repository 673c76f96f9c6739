//! Who has which roles, as far as the viewer may see it, and which roles a viewer may give.

use std::collections::HashMap;

use crate::access::model::{Account, AccountState, Grant, NamedGrant, OrgBook};
use crate::access::policy::{self, Action, Facts, Relation};
use crate::access::store::{accounts, grants};
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, OrgId};
use crate::store::Tx;

/// An account with the roles that the viewer may see.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: Account,
    pub grants: Vec<NamedGrant>,
}

/// Who has which roles: everybody for administrators and auditors, the own organisations' for an organisation lead, who
/// learns nothing about an account before the person accepted.
///
/// # Errors
/// The policy's and the database's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Person>> {
    let (mut accounts, grants) = if policy::may(tx, actor, Action::ListAccounts, Facts::of(actor)) {
        (accounts::list(tx)?, grants::list_open(tx)?)
    } else {
        let led = led_by(actor);
        let facts = Facts::of(actor).when(!led.is_empty(), Relation::OrgLead);
        policy::check(tx, actor, Action::ManageOrgAccounts, facts)?;
        let mut grants = grants::list_open_at(tx, &led)?;
        grants.retain(|grant| !grant.role.is_at_cert());
        let ids: Vec<_> = grants.iter().map(|grant| grant.account).collect();
        let mut accounts = accounts::list_by_id(tx, &ids)?;
        for account in &mut accounts {
            account.state = AccountState::Active;
            if !grants.iter().any(|grant| grant.account == account.id && grant.counts()) {
                account.name = account.mail.clone();
            }
        }
        (accounts, grants)
    };
    let mut by_account: HashMap<AccountId, Vec<NamedGrant>> = HashMap::new();
    for named in named(tx, grants)? {
        by_account.entry(named.grant.account).or_default().push(named);
    }
    let person =
        |account: Account| Person { grants: by_account.remove(&account.id).unwrap_or_default(), account };
    Ok(accounts.drain(..).map(person).collect())
}

/// One account with its roles, as [`list`] would show it.
///
/// # Errors
/// The policy's and the database's; [`Error::NotFound`] when the viewer may not see it.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<Person> {
    list(tx, actor)?.into_iter().find(|person| person.account.id == account).ok_or(Error::NotFound)
}

/// The roles of the actor's own account, those that wait included.
///
/// # Errors
/// The policy's and the database's.
pub fn own_grants(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<NamedGrant>> {
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let facts = Facts::of(actor).with(Relation::Oneself);
    policy::check(tx, actor, Action::ManageSessions, facts)?;
    let grants = grants::list_open_of(tx, account)?;
    named(tx, grants)
}

/// Which roles somebody may give, and where.
#[derive(Debug, Clone)]
pub struct Grantable {
    pub roles: Vec<Role>,
    /// With their names, for the roles that are not the CERT's.
    pub organisations: Vec<(OrgId, String)>,
}

/// What the actor may give: everything for administrators, the own organisations for their leads.
///
/// # Errors
/// The policy's and the database's.
pub fn grantable(tx: &mut Tx<'_>, actor: &Actor) -> Result<Grantable> {
    let book = tx.required::<OrgBook>()?;
    if policy::may(tx, actor, Action::GrantCertRole, Facts::of(actor)) {
        return Ok(Grantable { roles: Role::ALL.to_vec(), organisations: book.0.choices(tx)? });
    }
    let led = led_by(actor);
    let facts = Facts::of(actor).when(!led.is_empty(), Relation::OrgLead);
    policy::check(tx, actor, Action::ManageOrgAccounts, facts)?;
    let mut organisations: Vec<_> = book.0.names(tx, &led)?.into_iter().collect();
    organisations.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(Grantable { roles: vec![Role::Reporter, Role::OrgLead], organisations })
}

/// The organisation at which the CERT's roles are held.
///
/// # Errors
/// The database's; [`Error::Conflict`] before the register knows it.
pub fn cert(tx: &mut Tx<'_>) -> Result<OrgId> {
    tx.required::<OrgBook>()?.0.cert(tx)?.ok_or(Error::Conflict("access-error-no-cert"))
}

/// Adds the names that people read.
fn named(tx: &mut Tx<'_>, grants: Vec<Grant>) -> Result<Vec<NamedGrant>> {
    let mut ids: Vec<_> = grants.iter().map(|grant| grant.organisation).collect();
    ids.sort_unstable();
    ids.dedup();
    let organisations = tx.required::<OrgBook>()?.0.names(tx, &ids)?;
    let mut givers: Vec<_> = grants.iter().filter_map(|grant| grant.granted_by).collect();
    givers.sort_unstable();
    givers.dedup();
    let givers: HashMap<_, _> =
        accounts::list_by_id(tx, &givers)?.into_iter().map(|account| (account.id, account.name)).collect();
    let named = |grant: Grant| NamedGrant {
        organisation: organisations.get(&grant.organisation).cloned().unwrap_or_default(),
        granted_by: grant.granted_by.and_then(|id| givers.get(&id).cloned()),
        grant,
    };
    Ok(grants.into_iter().map(named).collect())
}

/// The organisations that the actor leads.
#[must_use]
pub fn led_by(actor: &Actor) -> Vec<OrgId> {
    let led = actor.roles.iter().filter(|(_, role)| *role == Role::OrgLead);
    led.map(|(org, _)| *org).collect()
}
