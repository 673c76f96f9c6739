//! What somebody of an organisation confirmed of it, and when.

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::Timestamp;

use super::word;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{AnyId, ConfirmationId, OrgId};
use crate::directory::model::{Confirmation, Confirmed};
use crate::store::schema::organisation_confirmations as confirmations;
use crate::store::{At, Tx};

/// The latest of this kind.
pub fn latest(tx: &mut Tx<'_>, organisation: OrgId, what: Confirmed) -> Result<Option<Confirmation>> {
    let row: Option<(At, String)> = confirmations::table
        .filter(confirmations::organisation_id.eq(organisation).and(confirmations::what.eq(what.code())))
        .order((confirmations::confirmed_at.desc(), confirmations::id.desc()))
        .select((confirmations::confirmed_at, confirmations::author))
        .first(tx.conn)
        .optional()?;
    Ok(row.map(|(at, author)| Confirmation { at: at.0, author }))
}

/// When each kind was confirmed last of each of these.
pub fn latest_of(tx: &mut Tx<'_>, organisations: &[OrgId]) -> Result<HashMap<(OrgId, Confirmed), Timestamp>> {
    let newer = diesel::alias!(confirmations as newer);
    let (org, what, at) =
        newer.fields((confirmations::organisation_id, confirmations::what, confirmations::confirmed_at));
    let later = newer
        .filter(org.eq(confirmations::organisation_id).and(what.eq(confirmations::what)))
        .filter(at.gt(confirmations::confirmed_at));
    let rows: Vec<(OrgId, String, At)> = confirmations::table
        .filter(confirmations::organisation_id.eq_any(organisations).and(not(exists(later))))
        .select((confirmations::organisation_id, confirmations::what, confirmations::confirmed_at))
        .load(tx.conn)?;
    rows.into_iter().map(|(org, what, at)| Ok(((org, word(Confirmed::parse, &what)?), at.0))).collect()
}

/// One of now.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, organisation: OrgId, what: Confirmed) -> Result<()> {
    diesel::insert_into(confirmations::table)
        .values((
            confirmations::id.eq(tx.id::<ConfirmationId>()),
            confirmations::organisation_id.eq(organisation),
            confirmations::what.eq(what.code()),
            confirmations::account_id.eq(actor.account.map(|id| AnyId(id.0))),
            confirmations::author.eq(&actor.name),
            confirmations::confirmed_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(())
}
