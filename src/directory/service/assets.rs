//! Networks and mail domains of organisations.

use super::{load, org_facts};
use crate::access::policy::{Action, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AssetId, OrgId};
use crate::directory::model::{AssetKind, AssetValue};
use crate::directory::store::assets;
use crate::store::Tx;

/// The networks and mail domains of all organisations, for features that tell own from foreign.
///
/// # Errors
/// The database's.
pub fn all_assets(tx: &mut Tx<'_>) -> Result<Vec<(AssetKind, String)>> {
    assets::all(tx)
}

/// Every mail domain and whose it is, for features that tell by an address who wrote.
///
/// # Errors
/// The database's.
pub fn mail_domains(tx: &mut Tx<'_>) -> Result<Vec<(String, OrgId)>> {
    assets::mail_domains(tx)
}

/// Adds a network or mail domain.
///
/// # Errors
/// The policy's, [`Error::Invalid`] when the organisation has it already, [`Error::NotFound`].
pub fn add_asset(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, value: &AssetValue) -> Result<AssetId> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditOrganisation, facts)?;
    load(tx, org)?;
    let Some(id) = assets::add(tx, org, value)? else {
        return Err(FieldError::new("value", "directory-error-already-there").into());
    };
    record(tx, actor, "directory.asset_add", org, id)?;
    Ok(id)
}

/// Takes a network or mail domain away.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn remove_asset(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, id: AssetId) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::EditOrganisation, facts)?;
    if !assets::remove(tx, org, id)? {
        return Err(Error::NotFound);
    }
    record(tx, actor, "directory.asset_remove", org, id)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, org: OrgId, id: AssetId) -> Result<()> {
    let entry = Entry::new(action, SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(tx, actor, entry.with("asset", id.to_string()))
}
