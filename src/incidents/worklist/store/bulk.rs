//! Rows of changes of many cases at once.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, BulkId};
use crate::incidents::worklist::model::{Before, BulkAction, Item, Run};
use crate::store::schema::{bulk_items, bulk_runs};
use crate::store::{At, Tx};

pub fn add_run(tx: &mut Tx<'_>, account: AccountId, action: BulkAction) -> Result<BulkId> {
    let id: BulkId = tx.id();
    diesel::insert_into(bulk_runs::table)
        .values((
            bulk_runs::id.eq(id),
            bulk_runs::account_id.eq(account),
            bulk_runs::action.eq(action.code()),
            bulk_runs::at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Takes the account's runs away that began before this instant.
pub fn sweep(tx: &mut Tx<'_>, account: AccountId, before: Timestamp) -> Result<()> {
    let old: Vec<BulkId> = bulk_runs::table
        .filter(bulk_runs::account_id.eq(account))
        .filter(bulk_runs::at.lt(At(before)))
        .select(bulk_runs::id)
        .load(tx.conn)?;
    if !old.is_empty() {
        diesel::delete(bulk_items::table.filter(bulk_items::run_id.eq_any(old.clone()))).execute(tx.conn)?;
        diesel::delete(bulk_runs::table.filter(bulk_runs::id.eq_any(old))).execute(tx.conn)?;
    }
    Ok(())
}

/// Notes what became of one case.
pub fn add_item(tx: &mut Tx<'_>, run: BulkId, item: &Item) -> Result<()> {
    let before = item.before.as_ref().map(serde_json::to_string).transpose();
    let before = before.map_err(|error| Error::Internal(format!("a case as it was: {error}")))?;
    diesel::insert_into(bulk_items::table)
        .values((
            bulk_items::run_id.eq(run),
            bulk_items::ordinal.eq(item.ordinal),
            bulk_items::reference.eq(item.reference.as_str()),
            bulk_items::outcome.eq(item.outcome.as_str()),
            bulk_items::version.eq(item.version),
            bulk_items::before.eq(before),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Notes what taking one back led to.
pub fn set_undone(tx: &mut Tx<'_>, run: BulkId, ordinal: i32, undone: &str) -> Result<()> {
    let item = bulk_items::table.find((run, ordinal));
    one_row(diesel::update(item).set(bulk_items::undone.eq(undone)).execute(tx.conn)?)
}

/// Notes that a run is being taken back; [`Error::Stale`] where somebody began that before.
pub fn begin_undo(tx: &mut Tx<'_>, run: BulkId) -> Result<()> {
    let open = bulk_runs::table.find(run).filter(bulk_runs::undone_at.is_null());
    one_row(diesel::update(open).set(bulk_runs::undone_at.eq(tx.at())).execute(tx.conn)?)
}

/// The account's run, with its cases in their order.
pub fn run(tx: &mut Tx<'_>, account: AccountId, id: BulkId) -> Result<Option<Run>> {
    let row: Option<(String, At, Option<At>)> = bulk_runs::table
        .find(id)
        .filter(bulk_runs::account_id.eq(account))
        .select((bulk_runs::action, bulk_runs::at, bulk_runs::undone_at))
        .first(tx.conn)
        .optional()?;
    let Some((action, at, undone_at)) = row else { return Ok(None) };
    let action = BulkAction::parse(&action)
        .ok_or_else(|| Error::Internal("unknown code in bulk_runs.action".to_owned()))?;
    type Columns = (i32, String, String, Option<String>, Option<i32>, Option<String>);
    let rows: Vec<Columns> = bulk_items::table
        .filter(bulk_items::run_id.eq(id))
        .order(bulk_items::ordinal)
        .select((
            bulk_items::ordinal,
            bulk_items::reference,
            bulk_items::outcome,
            bulk_items::undone,
            bulk_items::version,
            bulk_items::before,
        ))
        .load(tx.conn)?;
    let items = rows.into_iter().map(|(ordinal, reference, outcome, undone, version, before)| {
        let before: Option<Before> = before
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error: serde_json::Error| Error::Internal(format!("a case as it was: {error}")))?;
        Ok(Item { ordinal, reference, outcome, undone, version, before })
    });
    let items = items.collect::<Result<_>>()?;
    Ok(Some(Run { id, action, at: at.into(), undone_at: undone_at.map(Timestamp::from), items }))
}
