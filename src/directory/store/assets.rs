//! Networks and mail domains.

use diesel::prelude::*;

use super::word;
use crate::core::error::Result;
use crate::core::ids::{AssetId, OrgId};
use crate::directory::model::{Asset, AssetKind, AssetValue};
use crate::store::schema::organisation_assets as assets;
use crate::store::{Tx, each_backend};

/// What an organisation has.
pub fn of(tx: &mut Tx<'_>, organisation: OrgId) -> Result<Vec<Asset>> {
    let rows: Vec<(AssetId, OrgId, String, String)> = assets::table
        .filter(assets::organisation_id.eq(organisation))
        .order((assets::kind, assets::value))
        .select((assets::id, assets::organisation_id, assets::kind, assets::value))
        .load(tx.conn)?;
    rows.into_iter()
        .map(|(id, organisation, kind, value)| {
            Ok(Asset { id, organisation, kind: word(AssetKind::parse, &kind)?, value })
        })
        .collect()
}

/// What all organisations have: kind and value.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<(AssetKind, String)>> {
    let rows: Vec<(String, String)> = assets::table.select((assets::kind, assets::value)).load(tx.conn)?;
    rows.into_iter().map(|(kind, value)| Ok((word(AssetKind::parse, &kind)?, value))).collect()
}

/// Who has one of these mail domains.
pub fn with_domains(tx: &mut Tx<'_>, domains: &[&str]) -> Result<Vec<OrgId>> {
    let rows = assets::table
        .filter(assets::kind.eq(AssetKind::MailDomain.code()))
        .filter(assets::value.eq_any(domains))
        .select(assets::organisation_id);
    Ok(rows.load(tx.conn)?)
}

/// Every mail domain, and whose it is.
pub fn mail_domains(tx: &mut Tx<'_>) -> Result<Vec<(String, OrgId)>> {
    Ok(assets::table
        .filter(assets::kind.eq(AssetKind::MailDomain.code()))
        .select((assets::value, assets::organisation_id))
        .load(tx.conn)?)
}

/// A new one; `None` when the organisation has it already.
pub fn add(tx: &mut Tx<'_>, organisation: OrgId, value: &AssetValue) -> Result<Option<AssetId>> {
    let id = tx.id::<AssetId>();
    let (kind, text) = (value.kind().code(), value.to_string());
    let added = each_backend!(tx.conn, c => diesel::insert_into(assets::table)
        .values((
            assets::id.eq(id),
            assets::organisation_id.eq(organisation),
            assets::kind.eq(kind),
            assets::value.eq(&text),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok((added == 1).then_some(id))
}

/// Takes it away; `false` when the organisation has no such thing.
pub fn remove(tx: &mut Tx<'_>, organisation: OrgId, id: AssetId) -> Result<bool> {
    let one = assets::table.find(id).filter(assets::organisation_id.eq(organisation));
    Ok(diesel::delete(one).execute(tx.conn)? == 1)
}
