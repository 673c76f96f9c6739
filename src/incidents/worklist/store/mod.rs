//! Rows of kept filters and of how queues look.

pub mod absences;
pub mod bulk;

use diesel::prelude::*;

use super::model::{FilterInput, Look, SavedFilter, Terms};
use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, FilterId};
use crate::store::Tx;
use crate::store::connection::each_backend;
use crate::store::schema::{queue_filters, queue_looks};

#[derive(Queryable, Selectable)]
#[diesel(table_name = queue_filters)]
struct FilterRow {
    id: FilterId,
    account_id: AccountId,
    name: String,
    is_team: bool,
    terms: String,
    version: i32,
}

impl FilterRow {
    /// A term that the code no longer knows narrows nothing.
    fn into_filter(self) -> SavedFilter {
        SavedFilter {
            id: self.id,
            maker: self.account_id,
            name: self.name,
            is_team: self.is_team,
            terms: Terms::decode(&self.terms).unwrap_or_default(),
            version: self.version,
        }
    }
}

/// The account's own and the team's, the oldest first, at most `limit`.
pub fn filters(tx: &mut Tx<'_>, account: AccountId, limit: i64) -> Result<Vec<SavedFilter>> {
    let own = queue_filters::table
        .filter(queue_filters::account_id.eq(account).or(queue_filters::is_team))
        .order(queue_filters::id)
        .limit(limit);
    let rows: Vec<FilterRow> = each_backend!(tx.conn, c => own.select(FilterRow::as_select()).load(c))?;
    Ok(rows.into_iter().map(FilterRow::into_filter).collect())
}

/// The filter, if it is the account's own or the team's.
pub fn filter(tx: &mut Tx<'_>, account: AccountId, id: FilterId) -> Result<Option<SavedFilter>> {
    let row: Option<FilterRow> = queue_filters::table
        .find(id)
        .filter(queue_filters::account_id.eq(account).or(queue_filters::is_team))
        .select(FilterRow::as_select())
        .first(tx.conn)
        .optional()?;
    Ok(row.map(FilterRow::into_filter))
}

/// How many the account made, and how many the team has.
pub fn count_filters(tx: &mut Tx<'_>, account: AccountId) -> Result<(i64, i64)> {
    let own =
        queue_filters::table.filter(queue_filters::account_id.eq(account)).count().get_result(tx.conn)?;
    let team = queue_filters::table.filter(queue_filters::is_team).count().get_result(tx.conn)?;
    Ok((own, team))
}

pub fn add_filter(tx: &mut Tx<'_>, account: AccountId, input: &FilterInput) -> Result<FilterId> {
    let id: FilterId = tx.id();
    diesel::insert_into(queue_filters::table)
        .values((
            queue_filters::id.eq(id),
            queue_filters::account_id.eq(account),
            queue_filters::name.eq(input.name.as_str()),
            queue_filters::is_team.eq(input.is_team),
            queue_filters::terms.eq(input.terms.encoded()),
            queue_filters::version.eq(1),
            queue_filters::created_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

pub fn change_filter(tx: &mut Tx<'_>, id: FilterId, seen: i32, input: &FilterInput) -> Result<()> {
    let same = queue_filters::table.find(id).filter(queue_filters::version.eq(seen));
    one_row(
        diesel::update(same)
            .set((
                queue_filters::name.eq(input.name.as_str()),
                queue_filters::is_team.eq(input.is_team),
                queue_filters::terms.eq(input.terms.encoded()),
                queue_filters::version.eq(seen + 1),
            ))
            .execute(tx.conn)?,
    )
}

pub fn remove_filter(tx: &mut Tx<'_>, id: FilterId) -> Result<()> {
    one_row(diesel::delete(queue_filters::table.find(id)).execute(tx.conn)?)
}

/// How the account's queue looks; nothing where it never said so. A column or an order that the code no longer knows is
/// left out.
pub fn look(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Look>> {
    let look = queue_looks::table.find(account).select((queue_looks::shown, queue_looks::sort));
    let row: Option<(String, String)> = each_backend!(tx.conn, c => look.first(c).optional())?;
    Ok(row.map(|(shown, sort)| {
        let columns: Vec<_> = shown.split(' ').filter_map(super::model::Column::parse).collect();
        let sort = crate::incidents::model::Sort::parse(&sort).unwrap_or(Look::default().sort);
        Look::of(&columns, sort)
    }))
}

pub fn set_look(tx: &mut Tx<'_>, account: AccountId, look: &Look) -> Result<()> {
    let shown = look.columns.iter().map(|column| column.code()).collect::<Vec<_>>().join(" ");
    let row = (
        queue_looks::account_id.eq(account),
        queue_looks::shown.eq(shown.clone()),
        queue_looks::sort.eq(look.sort.code()),
    );
    each_backend!(tx.conn, c => diesel::insert_into(queue_looks::table)
        .values(row)
        .on_conflict(queue_looks::account_id)
        .do_update()
        .set((queue_looks::shown.eq(shown), queue_looks::sort.eq(look.sort.code())))
        .execute(c))?;
    Ok(())
}
