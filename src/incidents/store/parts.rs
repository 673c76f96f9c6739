//! Who has a part in a case, and who is named.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, InvolvementId, OrgId};
use crate::incidents::model::{Involvement, Part};
use crate::incidents::status::Status;
use crate::store::schema::{incident_merges as merges, incident_named, incidents, involvements, reports};
use crate::store::{At, Code, Statement as _, Tx};

pub fn is_named(tx: &mut Tx<'_>, incident: IncidentId, account: AccountId) -> Result<bool> {
    let found = incident_named::table
        .filter(incident_named::incident_id.eq(incident))
        .filter(incident_named::account_id.eq(account))
        .count()
        .get_result::<i64>(tx.conn)?;
    Ok(found > 0)
}

pub fn named(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<AccountId>> {
    Ok(incident_named::table
        .filter(incident_named::incident_id.eq(incident))
        .select(incident_named::account_id)
        .load(tx.conn)?)
}

/// The restricted cases in which an account is not named.
pub fn restricted_without(tx: &mut Tx<'_>, account: Option<AccountId>) -> Result<Vec<IncidentId>> {
    let named = incident_named::table
        .filter(incident_named::account_id.nullable().eq(account))
        .select(incident_named::incident_id);
    Ok(incidents::table
        .filter(incidents::is_restricted)
        .filter(incidents::id.ne_all(named))
        .select(incidents::id)
        .load(tx.conn)?)
}

pub fn set_named(tx: &mut Tx<'_>, incident: IncidentId, accounts: &[AccountId]) -> Result<()> {
    diesel::delete(incident_named::table.filter(incident_named::incident_id.eq(incident)))
        .execute(tx.conn)?;
    for account in accounts {
        diesel::insert_into(incident_named::table)
            .values((
                incident_named::incident_id.eq(incident),
                incident_named::account_id.eq(*account),
                incident_named::added_at.eq(tx.at()),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

pub fn involvements_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Involvement>> {
    type Columns = (OrgId, Code<Part>, String, Option<At>, At);
    let rows: Vec<Columns> = involvements::table
        .filter(involvements::incident_id.eq(incident))
        .filter(involvements::ended_at.is_null())
        .order(involvements::id)
        .select((
            involvements::organisation_id,
            involvements::part,
            involvements::affectedness,
            involvements::aware_at,
            involvements::added_at,
        ))
        .load(tx.conn)?;
    rows.into_iter()
        .map(|(organisation, part, affectedness, aware_at, added_at)| {
            let (aware_at, added_at) = (aware_at.map(Timestamp::from), added_at.into());
            Ok(Involvement { organisation, part: part.0, affectedness, aware_at, added_at })
        })
        .collect()
}

/// Gives an organisation a part that it may have had before; then it goes on.
pub fn resume_involvement(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    organisation: OrgId,
    part: Part,
    aware_at: Option<Timestamp>,
) -> Result<()> {
    let before = involvements::table
        .filter(involvements::incident_id.eq(incident))
        .filter(involvements::organisation_id.eq(organisation))
        .filter(involvements::part.eq(part.code()));
    match diesel::update(before).set(involvements::ended_at.eq(None::<At>)).execute(tx.conn)? {
        0 => add_involvement(tx, incident, organisation, part, aware_at),
        _ => Ok(()),
    }
}

/// Ends an organisation's parts in a case.
pub fn end_involvement(tx: &mut Tx<'_>, incident: IncidentId, organisation: OrgId) -> Result<()> {
    let running = involvements::table
        .filter(involvements::incident_id.eq(incident))
        .filter(involvements::organisation_id.eq(organisation))
        .filter(involvements::ended_at.is_null());
    diesel::update(running).set(involvements::ended_at.eq(Some(tx.at()))).execute(tx.conn)?;
    Ok(())
}

pub fn add_involvement(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    organisation: OrgId,
    part: Part,
    aware_at: Option<Timestamp>,
) -> Result<()> {
    let affectedness = if matches!(part, Part::Reporter | Part::Affected) { "affected" } else { "unclear" };
    diesel::insert_into(involvements::table)
        .values((
            involvements::id.eq(tx.id::<InvolvementId>()),
            involvements::incident_id.eq(incident),
            involvements::organisation_id.eq(organisation),
            involvements::part.eq(part.code()),
            involvements::affectedness.eq(affectedness),
            involvements::aware_at.eq(aware_at.map(At)),
            involvements::added_at.eq(tx.at()),
        ))
        .run(tx.conn)?;
    Ok(())
}

/// Who filed the report that opened the case, where it was for this organisation.
pub fn reporting_account(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    organisation: OrgId,
) -> Result<Option<AccountId>> {
    let first = reports::table
        .filter(reports::incident_id.eq(incident))
        .filter(reports::kind.eq("initial"))
        .filter(reports::organisation_id.eq(organisation).assume_not_null())
        .select(reports::account_id);
    Ok(first.first::<Option<AccountId>>(tx.conn).optional()?.flatten())
}

/// The open cases and those that are part of another, in the order of their ids, at most so many behind this one.
pub fn open_cases(tx: &mut Tx<'_>, behind: Option<IncidentId>, limit: i64) -> Result<Vec<IncidentId>> {
    let behind = behind.unwrap_or(IncidentId(uuid::Uuid::nil()));
    Ok(incidents::table
        .filter(incidents::id.gt(behind))
        .filter(
            incidents::status
                .ne(Status::Closed.code())
                .or(incidents::id.eq_any(merges::table.select(merges::member_id))),
        )
        .order(incidents::id)
        .limit(limit)
        .select(incidents::id)
        .load(tx.conn)?)
}

/// The cases that are an organisation's own and open, or part of another, the newest first, at most so many.
pub fn open_cases_of(tx: &mut Tx<'_>, organisation: OrgId, limit: i64) -> Result<Vec<IncidentId>> {
    let own = involvements::table
        .filter(involvements::organisation_id.eq(organisation))
        .filter(involvements::part.eq_any([Part::Reporter.code(), Part::Affected.code()]))
        .filter(involvements::ended_at.is_null())
        .select(involvements::incident_id);
    Ok(incidents::table
        .filter(incidents::id.eq_any(own))
        .filter(
            incidents::status
                .ne(Status::Closed.code())
                .or(incidents::id.eq_any(merges::table.select(merges::member_id))),
        )
        .order(incidents::id.desc())
        .limit(limit)
        .select(incidents::id)
        .load(tx.conn)?)
}
