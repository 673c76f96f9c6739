//! What a look at the queue reads: rows with their signs, and what its counts are made of.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use super::list::{After, ListRow, ordered, sort, visible};
use super::rows::{known, known_opt};
use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::incidents::model::{Brief, Category, Class, Filter, Row, Sort};
use crate::incidents::policy::Scope;
use crate::incidents::status::Status;
use crate::store::connection::each_backend;
use crate::store::schema::{
    incident_contents, incident_heard, incident_mentions, incident_named, incident_seen, incidents, reports,
};
use crate::store::{At, Tx};

/// What the queue says of a case beside its columns.
#[derive(Queryable)]
pub struct Sign {
    /// When it was last heard of after its report.
    pub heard_at: Option<At>,
    /// When the account last opened it.
    pub seen_at: Option<At>,
    /// Whether a report says that people are in danger.
    pub is_danger: bool,
    /// Whether a note calls the account to it.
    pub is_mentioned: bool,
}

/// What the queue reads of these cases, for the account.
macro_rules! with_signs {
    ($cases:expr, $account:expr) => {{
        let own = incident_seen::incident_id.eq(incidents::id).and(incident_seen::account_id.eq($account));
        let danger = reports::table.filter(reports::incident_id.eq(incidents::id)).filter(reports::danger);
        let called = incident_mentions::table
            .filter(incident_mentions::incident_id.eq(incidents::id))
            .filter(incident_mentions::account_id.eq($account));
        $cases
            .left_join(incident_contents::table.on(incident_contents::incident_id.eq(incidents::id)))
            .left_join(incident_heard::table.on(incident_heard::incident_id.eq(incidents::id)))
            .left_join(incident_seen::table.on(own))
            .select((
                ListRow::as_select(),
                incident_contents::title.nullable(),
                (
                    incident_heard::heard_at.nullable(),
                    incident_seen::seen_at.nullable(),
                    exists(danger),
                    exists(called),
                ),
            ))
    }};
}

/// What [`super::list::list`] has, each with what it says to the account beside its columns: all in one statement, since this is asked
/// with each look at the queue.
pub fn queue(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
    account: AccountId,
) -> Result<Vec<(Row, Sign)>> {
    let sort = sort(scope, filter);
    let rows: Vec<(ListRow, Option<String>, Sign)> = match scope {
        Scope::Team { account: viewer, sees_restricted }
            if filter.is_usual() && sort == Sort::Due && after.is_none() =>
        {
            // What [`ordered`] makes of it, for what everybody looks at all day, as a statement whose text is written once.
            let is_back = incidents::follow_up_at.le(tx.at()).assume_not_null();
            let named = incident_named::table
                .filter(incident_named::account_id.eq(*viewer))
                .select(incident_named::incident_id);
            let is_visible = incidents::is_restricted
                .eq(false)
                .or((*sees_restricted).into_sql::<Bool>())
                .or(incidents::id.eq_any(named));
            let usual = incidents::table
                .filter(incidents::is_open.eq(true))
                .filter(incidents::follow_up_at.is_null().or(is_back))
                .filter(is_visible)
                .order((incidents::queue_at, incidents::id));
            each_backend!(tx.conn, c => with_signs!(usual, account).limit(limit + 1).load(c))?
        }
        _ => {
            let cases = ordered(scope, filter, after, tx.now())?;
            with_signs!(cases, account).limit(limit + 1).load(tx.conn)?
        }
    };
    rows.into_iter().map(|(row, title, sign)| Ok((row.into_row_at(title, sort)?, sign))).collect()
}

/// What the queue's counts are made of: of the cases that are due next, what their filters look at.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
struct BriefRow {
    id: IncidentId,
    status: String,
    class: Option<String>,
    category: Option<String>,
    priority: Option<i32>,
    organisation_id: Option<OrgId>,
    assignee_id: Option<AccountId>,
    deadline_at: Option<At>,
    follow_up_at: Option<At>,
    is_drill: bool,
}

/// The first `limit` open cases of the queue, waiting ones among them; what their reports say is for others to add.
pub fn briefs(tx: &mut Tx<'_>, scope: &Scope, limit: i64) -> Result<Vec<Brief>> {
    let rows: Vec<BriefRow> = visible(scope)
        .filter(incidents::is_open.eq(true))
        .order((incidents::queue_at, incidents::id))
        .select(BriefRow::as_select())
        .limit(limit)
        .load(tx.conn)?;
    rows.into_iter()
        .map(|row| {
            Ok(Brief {
                id: row.id,
                status: known(Status::parse(&row.status), "status")?,
                class: known_opt(row.class, Class::parse, "class")?,
                category: known_opt(row.category, Category::parse, "category")?,
                priority: row.priority,
                organisation: row.organisation_id,
                assignee: row.assignee_id,
                deadline_at: row.deadline_at.map(Timestamp::from),
                follow_up_at: row.follow_up_at.map(Timestamp::from),
                is_drill: row.is_drill,
                is_danger: false,
                has_personal_data: false,
            })
        })
        .collect()
}

/// What the counts hang on: while it is the same, they are not counted again.
#[derive(Queryable)]
pub struct Pulse {
    /// When an open and when a closed case last changed.
    pub changed: (Option<At>, Option<At>),
    /// Whether any note calls the account to a case.
    pub is_called: bool,
}

/// The pulse, for the account.
pub fn pulse(tx: &mut Tx<'_>, account: AccountId) -> Result<Pulse> {
    let last = |is_open: bool| {
        incidents::table
            .filter(incidents::is_open.eq(is_open))
            .order(incidents::updated_at.desc())
            .select(incidents::updated_at)
            .limit(1)
            .single_value()
    };
    let called = incident_mentions::table.filter(incident_mentions::account_id.eq(account));
    let pulse = diesel::select(((last(true), last(false)), exists(called)));
    Ok(each_backend!(tx.conn, c => pulse.first(c))?)
}
