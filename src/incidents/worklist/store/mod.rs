//! Rows of kept filters and of how queues look, and what each look begins with.

pub mod absences;
pub mod bulk;

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Column, FilterInput, Look, SavedFilter, Stand, Terms};
use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, FilterId};
use crate::incidents::model::Sort;
use crate::incidents::store::open_tasks;
use crate::store::connection::each_backend;
use crate::store::schema::{accounts, incident_mentions, incidents, queue_filters, queue_looks, tasks};
use crate::store::{At, Tx};

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

/// What [`Stand`] has beside the filters.
#[derive(Queryable)]
struct StandRow {
    shown: Option<String>,
    sort: Option<String>,
    open_changed: Option<At>,
    closed_changed: Option<At>,
    is_called: bool,
    tasks: Option<i64>,
    late: Option<i64>,
}

/// The stand of the account's queue with at most `limit` filters, in one statement: this is asked all day. A column or
/// an order that the code no longer knows is left out.
pub fn stand(tx: &mut Tx<'_>, account: AccountId, limit: i64) -> Result<Option<Stand>> {
    let last = |is_open: bool| {
        incidents::table
            .filter(incidents::is_open.eq(is_open))
            .order(incidents::updated_at.desc())
            .select(incidents::updated_at)
            .limit(1)
            .single_value()
    };
    let called = incident_mentions::table.filter(incident_mentions::account_id.eq(account));
    let own = || open_tasks!(account).filter(tasks::owner_id.assume_not_null().eq(account));
    let late = own().filter(tasks::due_at.le(tx.at()).assume_not_null());
    let usable = queue_filters::account_id.eq(account).or(queue_filters::is_team);
    let stand = (
        queue_looks::shown.nullable(),
        queue_looks::sort.nullable(),
        last(true),
        last(false),
        exists(called),
        own().count().single_value(),
        late.count().single_value(),
    );
    // The account is the row that is there without any filter.
    let kept = accounts::table
        .find(account)
        .left_join(queue_looks::table.on(queue_looks::account_id.eq(accounts::id)))
        .left_join(queue_filters::table.on(usable))
        .order(queue_filters::id)
        .limit(limit);
    let rows: Vec<(StandRow, Option<FilterRow>)> =
        each_backend!(tx.conn, c => kept.select((stand, Option::<FilterRow>::as_select())).load(c))?;
    let (mut stand, mut filters) = (None, Vec::new());
    for (row, filter) in rows {
        stand = Some(row);
        filters.extend(filter.map(FilterRow::into_filter));
    }
    let look = |(shown, sort): (String, String)| {
        let columns: Vec<_> = shown.split(' ').filter_map(Column::parse).collect();
        Look::of(&columns, Sort::parse(&sort).unwrap_or(Look::default().sort))
    };
    let counted = |number: Option<i64>| number.and_then(|it| usize::try_from(it).ok()).unwrap_or_default();
    Ok(stand.map(|row| Stand {
        look: row.shown.zip(row.sort).map(look).unwrap_or_default(),
        filters,
        changed: (row.open_changed.map(Timestamp::from), row.closed_changed.map(Timestamp::from)),
        is_called: row.is_called,
        tasks: (counted(row.tasks), counted(row.late)),
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
