//! Rows of mandates.

use diesel::prelude::*;

use super::{day, word};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, MandateId, OrgId};
use crate::directory::model::{Closed, Grant, Mandate, MandateScope};
use crate::store::schema::{mandates, organisations};
use crate::store::{At, Tx};

#[derive(Queryable, Selectable)]
#[diesel(table_name = mandates)]
struct Row {
    id: MandateId,
    grantor_id: OrgId,
    mandated_id: OrgId,
    scope: String,
    valid_from: String,
    valid_until: String,
    granted_by: AccountId,
    granted_at: At,
    closed: Option<String>,
    closed_at: Option<At>,
}

impl TryFrom<Row> for Mandate {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let closed = row.closed.map(|code| word(Closed::parse, &code)).transpose()?;
        Ok(Self {
            id: row.id,
            grantor: row.grantor_id,
            mandated: row.mandated_id,
            scope: word(MandateScope::parse, &row.scope)?,
            valid_from: day(&row.valid_from)?,
            valid_until: day(&row.valid_until)?,
            granted_by: row.granted_by,
            granted_at: row.granted_at.into(),
            closed: closed.zip(row.closed_at.map(Into::into)),
        })
    }
}

/// Takes the organisation's row until the end of the transaction, so that two grants of it at once see each other.
pub fn hold_grantor(tx: &mut Tx<'_>, grantor: OrgId) -> Result<()> {
    diesel::update(organisations::table.find(grantor))
        .set(organisations::version.eq(organisations::version))
        .execute(tx.conn)?;
    Ok(())
}

pub fn add(tx: &mut Tx<'_>, grant: &Grant, by: AccountId) -> Result<MandateId> {
    let id: MandateId = tx.id();
    diesel::insert_into(mandates::table)
        .values((
            mandates::id.eq(id),
            mandates::grantor_id.eq(grant.grantor),
            mandates::mandated_id.eq(grant.mandated),
            mandates::scope.eq(grant.scope.code()),
            mandates::valid_from.eq(grant.valid_from.to_string()),
            mandates::valid_until.eq(grant.valid_until.to_string()),
            mandates::granted_by.eq(by),
            mandates::granted_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

pub fn lookup(tx: &mut Tx<'_>, id: MandateId) -> Result<Option<Mandate>> {
    let row: Option<Row> = mandates::table.find(id).select(Row::as_select()).first(tx.conn).optional()?;
    row.map(Mandate::try_from).transpose()
}

/// Those that the organisation granted and those that it holds, the latest end first.
pub fn of(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<Mandate>> {
    let rows: Vec<Row> = mandates::table
        .filter(mandates::grantor_id.eq(org).or(mandates::mandated_id.eq(org)))
        .order((mandates::valid_until.desc(), mandates::id.desc()))
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Mandate::try_from).collect()
}

/// Those between these organisations that nobody ended, whatever their days.
pub fn between(tx: &mut Tx<'_>, mandated: &[OrgId], grantor: Option<OrgId>) -> Result<Vec<Mandate>> {
    let mut query = mandates::table
        .filter(mandates::mandated_id.eq_any(mandated.to_vec()))
        .filter(mandates::closed.is_null())
        .into_boxed();
    if let Some(grantor) = grantor {
        query = query.filter(mandates::grantor_id.eq(grantor));
    }
    let rows: Vec<Row> = query.order(mandates::id).select(Row::as_select()).load(tx.conn)?;
    rows.into_iter().map(Mandate::try_from).collect()
}

/// Ends it now; `false` when somebody has ended it already.
pub fn close(tx: &mut Tx<'_>, id: MandateId, how: Closed, by: Option<AccountId>) -> Result<bool> {
    let changed = diesel::update(mandates::table.find(id).filter(mandates::closed.is_null()))
        .set((
            mandates::closed.eq(Some(how.code())),
            mandates::closed_by.eq(by),
            mandates::closed_at.eq(Some(tx.at())),
        ))
        .execute(tx.conn)?;
    Ok(changed == 1)
}
