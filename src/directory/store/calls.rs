//! Calls to administrations that are to be enrolled.

use std::collections::HashMap;

use diesel::prelude::*;

use super::word;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, CallId, OrgId};
use crate::directory::model::{Call, CallInput, CallOutcome};
use crate::store::schema::enrolment_calls as calls;
use crate::store::{At, Tx};

#[derive(Queryable, Selectable)]
#[diesel(table_name = calls)]
struct Row {
    id: CallId,
    organisation_id: OrgId,
    at: At,
    author: String,
    outcome: String,
    note: String,
}

impl TryFrom<Row> for Call {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let outcome = word(CallOutcome::parse, &row.outcome)?;
        let Row { id, organisation_id: organisation, at, author, note, .. } = row;
        Ok(Self { id, organisation, at: at.0, author, outcome, note })
    }
}

/// The calls to an organisation, the latest first.
pub fn of(tx: &mut Tx<'_>, organisation: OrgId) -> Result<Vec<Call>> {
    let rows: Vec<Row> = calls::table
        .filter(calls::organisation_id.eq(organisation))
        .order((calls::at.desc(), calls::id.desc()))
        .limit(20)
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Call::try_from).collect()
}

/// The latest call to each of these.
pub fn latest(tx: &mut Tx<'_>, organisations: &[OrgId]) -> Result<HashMap<OrgId, Call>> {
    let rows: Vec<Row> = calls::table
        .filter(calls::organisation_id.eq_any(organisations))
        .order((calls::at, calls::id))
        .select(Row::as_select())
        .load(tx.conn)?;
    let calls = rows.into_iter().map(Call::try_from);
    calls.map(|call| call.map(|call| (call.organisation, call))).collect()
}

/// A call that was made now.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, organisation: OrgId, input: &CallInput) -> Result<CallId> {
    let id = tx.id::<CallId>();
    diesel::insert_into(calls::table)
        .values((
            calls::id.eq(id),
            calls::organisation_id.eq(organisation),
            calls::at.eq(tx.at()),
            calls::account_id.eq(actor.account.map(|id| AnyId(id.0))),
            calls::author.eq(&actor.name),
            calls::outcome.eq(input.outcome.code()),
            calls::note.eq(input.note.as_ref().map_or("", |note| note.as_str())),
        ))
        .execute(tx.conn)?;
    Ok(id)
}
