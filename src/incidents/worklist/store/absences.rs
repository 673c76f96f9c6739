//! Rows of absences.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::core::error::{Result, one_row};
use crate::core::ids::{AbsenceId, AccountId};
use crate::incidents::worklist::model::Absence;
use crate::store::schema::absences;
use crate::store::{At, Tx};

type Columns = (AbsenceId, AccountId, Option<AccountId>, At, At);

fn of((id, account, deputy, from, until): Columns) -> Absence {
    Absence { id, account, deputy, from: from.into(), until: until.into() }
}

/// Those that are not over at this instant, the next first, at most `limit`.
pub fn running(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Absence>> {
    let rows: Vec<Columns> = absences::table
        .filter(absences::until_at.gt(tx.at()))
        .order((absences::until_at, absences::id))
        .select((
            absences::id,
            absences::account_id,
            absences::deputy_id,
            absences::from_at,
            absences::until_at,
        ))
        .limit(limit)
        .load(tx.conn)?;
    let mut all: Vec<Absence> = rows.into_iter().map(of).collect();
    all.sort_by_key(|absence| (absence.from, absence.id));
    Ok(all)
}

pub fn add(
    tx: &mut Tx<'_>,
    account: AccountId,
    deputy: Option<AccountId>,
    from: Timestamp,
    until: Timestamp,
) -> Result<AbsenceId> {
    let id: AbsenceId = tx.id();
    diesel::insert_into(absences::table)
        .values((
            absences::id.eq(id),
            absences::account_id.eq(account),
            absences::deputy_id.eq(deputy),
            absences::from_at.eq(At(from)),
            absences::until_at.eq(At(until)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Takes one's own away.
pub fn remove(tx: &mut Tx<'_>, account: AccountId, id: AbsenceId) -> Result<()> {
    let own = absences::table.find(id).filter(absences::account_id.eq(account));
    one_row(diesel::delete(own).execute(tx.conn)?)
}
