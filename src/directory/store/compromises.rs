//! Organisations whose own mail is not trusted.

use diesel::prelude::*;

use crate::core::actor::Actor;
use crate::core::error::{Result, one_row};
use crate::core::ids::{AnyId, CompromiseId, IncidentId, OrgId};
use crate::directory::model::{Compromise, Lifted};
use crate::store::schema::organisation_compromises as rows;
use crate::store::{At, Tx};

/// Times that are shown of one organisation.
const SHOWN: i64 = 20;

#[derive(Queryable, Selectable)]
#[diesel(table_name = rows)]
struct Row {
    id: CompromiseId,
    organisation_id: OrgId,
    incident_id: Option<IncidentId>,
    marked_at: At,
    author: String,
    reason: String,
    lifted_at: Option<At>,
    lifter: Option<String>,
    lift_reason: Option<String>,
}

impl From<Row> for Compromise {
    fn from(row: Row) -> Self {
        let (by, reason) = (row.lifter.unwrap_or_default(), row.lift_reason.unwrap_or_default());
        Self {
            id: row.id,
            organisation: row.organisation_id,
            incident: row.incident_id,
            since: row.marked_at.0,
            author: row.author,
            reason: row.reason,
            lifted: row.lifted_at.map(|at| Lifted { at: at.0, by, reason }),
        }
    }
}

/// Those that are marked now.
pub fn present(tx: &mut Tx<'_>) -> Result<Vec<OrgId>> {
    Ok(rows::table.filter(rows::lifted_at.is_null()).select(rows::organisation_id).load(tx.conn)?)
}

/// The present mark of each of these that is marked now.
pub fn present_of(tx: &mut Tx<'_>, organisations: &[OrgId]) -> Result<Vec<Compromise>> {
    let found: Vec<Row> = rows::table
        .filter(rows::lifted_at.is_null())
        .filter(rows::organisation_id.eq_any(organisations))
        .order(rows::marked_at)
        .select(Row::as_select())
        .load(tx.conn)?;
    Ok(found.into_iter().map(Compromise::from).collect())
}

/// All times of one organisation, the latest first.
pub fn of(tx: &mut Tx<'_>, organisation: OrgId) -> Result<Vec<Compromise>> {
    let found: Vec<Row> = rows::table
        .filter(rows::organisation_id.eq(organisation))
        .order((rows::marked_at.desc(), rows::id.desc()))
        .limit(SHOWN)
        .select(Row::as_select())
        .load(tx.conn)?;
    Ok(found.into_iter().map(Compromise::from).collect())
}

/// A mark that begins now.
pub fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    organisation: OrgId,
    incident: Option<IncidentId>,
    reason: &str,
) -> Result<CompromiseId> {
    let id = tx.id::<CompromiseId>();
    diesel::insert_into(rows::table)
        .values((
            rows::id.eq(id),
            rows::organisation_id.eq(organisation),
            rows::incident_id.eq(incident),
            rows::marked_at.eq(tx.at()),
            rows::marked_by.eq(actor.account.map(|id| AnyId(id.0))),
            rows::author.eq(&actor.name),
            rows::reason.eq(reason),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Ends a mark now.
pub fn lift(tx: &mut Tx<'_>, actor: &Actor, id: CompromiseId, reason: &str) -> Result<()> {
    let present = rows::table.find(id).filter(rows::lifted_at.is_null());
    let lifted = (
        rows::lifted_at.eq(Some(tx.at())),
        rows::lifted_by.eq(actor.account.map(|id| AnyId(id.0))),
        rows::lifter.eq(Some(&actor.name)),
        rows::lift_reason.eq(Some(reason)),
    );
    one_row(diesel::update(present).set(lifted).execute(tx.conn)?)
}
