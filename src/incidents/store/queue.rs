//! What a look at the queue reads of cases: rows with their signs, and what its counts are made of.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use super::list::{After, ListRow, ordered, sort, visible};
use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::incidents::model::{Brief, Category, Class, Filter, Row, Sort};
use crate::incidents::policy::Scope;
use crate::incidents::status::Status;
use crate::store::connection::each_backend;
use crate::store::schema::{
    incident_contents, incident_heard, incident_mentions, incident_named, incident_seen, incidents, reports,
};
use crate::store::{At, Code, Tx};

/// What the queue says of a case beside its columns.
#[derive(Queryable)]
pub struct Sign {
    /// Whether the account opened it and nothing was heard of it since.
    pub is_read: bool,
    /// Whether a report says that people are in danger.
    pub is_danger: bool,
    /// Whether a note calls the account to it.
    pub is_mentioned: bool,
}

/// What the queue reads of these cases, for the account.
macro_rules! with_signs {
    ($cases:expr, $account:expr) => {{
        let heard = incident_heard::table
            .filter(incident_heard::incident_id.eq(incident_seen::incident_id))
            .filter(incident_heard::heard_at.gt(incident_seen::seen_at));
        let read = incident_seen::table
            .filter(incident_seen::incident_id.eq(incidents::id))
            .filter(incident_seen::account_id.eq($account))
            .filter(incident_seen::seen_at.ge(incidents::reported_at))
            .filter(not(exists(heard)));
        let danger = reports::table.filter(reports::incident_id.eq(incidents::id)).filter(reports::danger);
        // Few, mostly none: looked for once, not for each case.
        let called = incident_mentions::table
            .filter(incident_mentions::account_id.eq($account))
            .select(incident_mentions::incident_id);
        $cases
            .left_join(incident_contents::table.on(incident_contents::incident_id.eq(incidents::id)))
            .select((
                ListRow::as_select(),
                incident_contents::title.nullable(),
                (exists(read), exists(danger), incidents::id.eq_any(called)),
            ))
    }};
}

/// What [`super::list::list`] has, each with what it says to the account beside its columns: all in one statement, since
/// this is asked with each look at the queue.
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
    Ok(rows.into_iter().map(|(row, title, sign)| (row.into_row_at(title, sort), sign)).collect())
}

/// Open tasks in open cases, of a restricted case only where the account is named in it: for the list of them and for
/// how many there are.
macro_rules! open_tasks {
    ($account:expr) => {{
        use $crate::incidents::tasks::model::State;
        use $crate::store::schema::{incident_named, incidents, tasks};
        let named = incident_named::table
            .filter(incident_named::account_id.eq($account))
            .select(incident_named::incident_id);
        tasks::table
            .inner_join(incidents::table.on(incidents::id.eq(tasks::incident_id)))
            .filter(tasks::state.eq(State::Open.code()))
            .filter(incidents::is_open.eq(true))
            .filter(incidents::is_restricted.eq(false).or(incidents::id.eq_any(named)))
    }};
}
pub(in crate::incidents) use open_tasks;

/// What the queue's counts are made of: of the cases that are due next, what their filters look at.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
struct BriefRow {
    id: IncidentId,
    status: Code<Status>,
    class: Option<Code<Class>>,
    category: Option<Code<Category>>,
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
    let brief = |row: BriefRow| Brief {
        id: row.id,
        status: row.status.0,
        class: row.class.map(|code| code.0),
        category: row.category.map(|code| code.0),
        priority: row.priority,
        organisation: row.organisation_id,
        assignee: row.assignee_id,
        deadline_at: row.deadline_at.map(Timestamp::from),
        follow_up_at: row.follow_up_at.map(Timestamp::from),
        is_drill: row.is_drill,
        is_danger: false,
        has_personal_data: false,
    };
    Ok(rows.into_iter().map(brief).collect())
}
