//! Questions that later features ask of accounts. They ask the policy themselves.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::access::store::{accounts, lookup as store};
use crate::core::actor::Role;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::MailAddress;
use crate::store::Tx;

/// The names of many accounts, in one query.
///
/// # Errors
/// The database's.
pub fn names(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<HashMap<AccountId, String>> {
    if ids.is_empty() { Ok(HashMap::new()) } else { store::names(tx, ids) }
}

/// The account that signs in with this address, for the command line.
///
/// # Errors
/// The database's.
pub fn by_mail(tx: &mut Tx<'_>, mail: &MailAddress) -> Result<Option<AccountId>> {
    Ok(accounts::lookup_by_mail(tx, mail.as_str())?.map(|account| account.id))
}

/// When each address was last signed in with.
///
/// # Errors
/// The database's.
pub fn last_sign_ins(tx: &mut Tx<'_>) -> Result<HashMap<String, Timestamp>> {
    accounts::last_sign_ins(tx)
}

/// Who reports for or leads an organisation, by name.
///
/// # Errors
/// The database's.
pub fn members(tx: &mut Tx<'_>, organisation: OrgId) -> Result<Vec<(AccountId, String)>> {
    store::holders(tx, Some(organisation), &[Role::Reporter, Role::OrgLead])
}

/// Who holds one of these roles anywhere, by name.
///
/// # Errors
/// The database's.
pub fn holders(tx: &mut Tx<'_>, roles: &[Role]) -> Result<Vec<(AccountId, String)>> {
    store::holders(tx, None, roles)
}
