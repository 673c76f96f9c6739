//! Rows of the trail.

use diesel::prelude::*;

use super::model::Entry;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{AnyId, AuditId};
use crate::store::Tx;
use crate::store::schema::audit_rows;

pub(super) fn add(tx: &mut Tx<'_>, actor: &Actor, via: &str, entry: &Entry) -> Result<()> {
    let detail = serde_json::Value::Object(entry.detail.clone()).to_string();
    diesel::insert_into(audit_rows::table)
        .values((
            audit_rows::id.eq(tx.id::<AuditId>()),
            audit_rows::at.eq(tx.at()),
            audit_rows::account_id.eq(actor.account.map(|id| AnyId(id.0))),
            audit_rows::actor_name.eq(&actor.name),
            audit_rows::via.eq(via),
            audit_rows::action.eq(entry.action),
            audit_rows::subject_kind.eq(entry.subject_kind.code()),
            audit_rows::subject_id.eq(entry.subject.map(AnyId)),
            audit_rows::organisation_id.eq(entry.organisation),
            audit_rows::ip.eq(actor.ip.map(|ip| ip.to_string())),
            audit_rows::request_id.eq(actor.request_id.map(AnyId)),
            audit_rows::detail.eq(detail),
        ))
        .execute(tx.conn)?;
    Ok(())
}
