//! Lists: what may be seen and what is asked for, as one query.

use std::collections::HashSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use crate::core::error::{FieldError, Result};
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::core::tlp::Tlp;
use crate::directory::model::fold;
use crate::incidents::model::{Category, Class, Filter, Inform, Part, Place, Row, Sort, Tally};
use crate::incidents::policy::{Reach, Scope};
use crate::incidents::status::{CloseReason, Status};
use crate::store::connection::MultiBackend;
use crate::store::schema::{
    behalf_reports, incident_contents, incident_mentions, incident_merges, incident_named, incidents,
    involvements, reports,
};
use crate::store::{At, Code, Tx};

/// Cases, not narrowed to any yet.
pub type Boxed<'a> = incidents::BoxedQuery<'a, MultiBackend>;

/// Only what a list shows: reading columns is most of a list's work. A single case adds the rest.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
pub(super) struct ListRow {
    pub(super) id: IncidentId,
    reference: String,
    organisation_id: Option<OrgId>,
    status: Code<Status>,
    class: Option<Code<Class>>,
    category: Option<Code<Category>>,
    priority: Option<i32>,
    tlp: Code<Tlp>,
    assignee_id: Option<AccountId>,
    holder_id: Option<OrgId>,
    follow_up_at: Option<At>,
    deadline_at: Option<At>,
    deadline_kind: Option<String>,
    queue_at: At,
    is_restricted: bool,
    is_unconfirmed: bool,
    is_drill: bool,
    reported_at: At,
    updated_at: At,
    priority_rank: i32,
    organisation_name: String,
    version: i32,
}

impl ListRow {
    pub(super) fn into_row(self, title: Option<String>) -> Row {
        self.into_row_at(title, Sort::Newest)
    }

    pub(super) fn into_row_at(self, title: Option<String>, sort: Sort) -> Row {
        let (key, at) = match sort {
            Sort::Due => (String::new(), self.queue_at),
            Sort::Oldest | Sort::Newest => (String::new(), self.reported_at),
            Sort::Changed => (String::new(), self.updated_at),
            Sort::Priority => (self.priority_rank.to_string(), self.queue_at),
            Sort::Organisation => (self.organisation_name, self.queue_at),
        };
        Row {
            id: self.id,
            reference: self.reference,
            title: title.unwrap_or_default(),
            organisation: self.organisation_id,
            holder: self.holder_id,
            status: self.status.0,
            class: self.class.map(|code| code.0),
            category: self.category.map(|code| code.0),
            priority: self.priority,
            tlp: self.tlp.0,
            assignee: self.assignee_id,
            deadline_at: self.deadline_at.map(Timestamp::from),
            deadline_kind: self.deadline_kind,
            follow_up_at: self.follow_up_at.map(Timestamp::from),
            is_restricted: self.is_restricted,
            is_unconfirmed: self.is_unconfirmed,
            is_drill: self.is_drill,
            reported_at: self.reported_at.into(),
            updated_at: self.updated_at.into(),
            version: self.version,
            place: Place { key, at: at.into() },
        }
    }
}

/// What a list is sorted by. The queue's time tells when a waiting case comes back, which is the team's matter: the
/// order of others' lists and their cursors are made of what others may know.
pub fn sort(scope: &Scope, filter: &Filter) -> Sort {
    match scope {
        Scope::Team { .. } => filter.sort.unwrap_or(Sort::Due),
        Scope::Organisations { .. } | Scope::Nothing => Sort::Newest,
    }
}

/// Where a page goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    pub place: Place,
    pub id: IncidentId,
}

/// The rows behind this one. That they are not before its instant is said twice, so that the walk along the index
/// begins there.
fn behind<'a>(sort: Sort, after: &After) -> Result<Predicate<'a>> {
    let (at, id) = (At(after.place.at), after.id);
    let later_due: Predicate<'a> =
        Box::new(incidents::queue_at.gt(at).or(incidents::queue_at.eq(at).and(incidents::id.gt(id))));
    Ok(match sort {
        Sort::Due => Box::new(incidents::queue_at.ge(at).and(later_due)),
        Sort::Oldest => {
            Box::new(incidents::reported_at.ge(at).and(
                incidents::reported_at.gt(at).or(incidents::reported_at.eq(at).and(incidents::id.gt(id))),
            ))
        }
        Sort::Newest => {
            Box::new(incidents::reported_at.le(at).and(
                incidents::reported_at.lt(at).or(incidents::reported_at.eq(at).and(incidents::id.lt(id))),
            ))
        }
        Sort::Changed => Box::new(
            incidents::updated_at
                .le(at)
                .and(incidents::updated_at.lt(at).or(incidents::updated_at.eq(at).and(incidents::id.lt(id)))),
        ),
        Sort::Priority => {
            let rank: i32 = after.place.key.parse().map_err(|_| FieldError::new("cursor", "error-cursor"))?;
            let same = incidents::priority_rank.eq(rank).and(later_due);
            Box::new(incidents::priority_rank.ge(rank).and(incidents::priority_rank.gt(rank).or(same)))
        }
        Sort::Organisation => {
            let name = after.place.key.clone();
            let same = incidents::organisation_name.eq(name.clone()).and(later_due);
            let later = incidents::organisation_name.gt(name.clone()).or(same);
            Box::new(incidents::organisation_name.ge(name).and(later))
        }
    })
}

/// What may be said of a case.
pub type Predicate<'a> = Box<dyn BoxableExpression<incidents::table, MultiBackend, SqlType = Bool> + 'a>;

fn some(organisations: &[OrgId]) -> Vec<Option<OrgId>> {
    organisations.iter().copied().map(Some).collect()
}

/// The cases that mandates let somebody read.
fn mandated<'a>(reach: &Reach) -> Option<Predicate<'a>> {
    let mut any: Option<Predicate<'a>> = None;
    let mut or = |one: Predicate<'a>| {
        any = Some(match any.take() {
            Some(before) => Box::new(before.or(one)),
            None => one,
        });
    };
    if !reach.all.is_empty() {
        let reported = involvements::table
            .filter(involvements::organisation_id.eq_any(reach.all.clone()))
            .filter(involvements::part.eq(Part::Reporter.code()))
            .filter(involvements::ended_at.is_null())
            .select(involvements::incident_id);
        or(Box::new(incidents::id.eq_any(reported)));
    }
    for (through, grantors) in &reach.own_reports {
        let filed = behalf_reports::table
            .filter(behalf_reports::through_id.eq(*through).assume_not_null())
            .filter(behalf_reports::organisation_id.eq_any(some(grantors)).assume_not_null())
            .select(behalf_reports::incident_id);
        or(Box::new(incidents::id.eq_any(filed)));
    }
    any
}

/// Of what a list may show, the cases whose viewer may know so much of them: a party, and who reads by mandate,
/// everything, others what the reporter allowed to be told, as [`crate::incidents::service::show`] has it. `None`: all of them.
pub fn tellable<'a>(scope: &Scope, allowed: &[Inform]) -> Option<Predicate<'a>> {
    let Scope::Organisations { organisations, mandates, .. } = scope else { return None };
    let own = involvements::table
        .filter(involvements::organisation_id.eq_any(organisations.clone()))
        .filter(involvements::part.eq_any([Part::Reporter.code(), Part::Affected.code()]))
        .filter(involvements::ended_at.is_null())
        .select(involvements::incident_id);
    let told = reports::table
        .filter(reports::is_current)
        .filter(reports::inform.eq_any(allowed.iter().map(|inform| inform.code()).collect::<Vec<_>>()))
        .select(reports::incident_id);
    let known = incidents::id.eq_any(own).or(incidents::id.eq_any(told));
    Some(match mandated(mandates) {
        Some(mandated) => Box::new(known.or(mandated)),
        None => Box::new(known),
    })
}

/// The cases that exist for somebody.
pub fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let mut query = incidents::table.into_boxed();
    match scope {
        Scope::Nothing => query = query.filter(incidents::id.ne(incidents::id)),
        Scope::Team { .. } => {}
        Scope::Organisations { organisations, parts, mandates, .. } => {
            let involved = involvements::table
                .filter(involvements::organisation_id.eq_any(organisations.clone()))
                .filter(involvements::part.eq_any(parts.iter().map(|part| part.code()).collect::<Vec<_>>()))
                .filter(involvements::ended_at.is_null())
                .select(involvements::incident_id);
            let involved = incidents::id.eq_any(involved);
            query = match mandated(mandates) {
                Some(mandated) => query.filter(involved.or(mandated)),
                None => query.filter(involved),
            };
        }
    }
    if let Scope::Team { account, sees_restricted: false }
    | Scope::Organisations { account, sees_restricted: false, .. } = scope
    {
        let named = incident_named::table
            .filter(incident_named::account_id.eq(*account))
            .select(incident_named::incident_id);
        query = query.filter(incidents::is_restricted.eq(false).or(incidents::id.eq_any(named)));
    }
    query
}

/// Narrows by where a case stands: for the team as it does, for others as they are told, of a merged one by the case that
/// leads.
pub(super) fn at_status<'a>(mut query: Boxed<'a>, scope: &Scope, filter: &Filter) -> Boxed<'a> {
    let is_told = matches!(scope, Scope::Organisations { .. });
    let merged = || incident_merges::table.filter(incident_merges::member_id.eq(incidents::id));
    if let Some(open) = filter.open {
        let own = incidents::is_open.eq(open);
        query = match is_told {
            true => {
                let told = merged().filter(incident_merges::is_open.eq(open));
                query.filter(own.and(not(exists(merged()))).or(exists(told)))
            }
            false => query.filter(own),
        };
    }
    match filter.status {
        Some(status) => in_status(query, scope, vec![status.code()]),
        None => query,
    }
}

/// The cases in one of these states: for the team as they are, for others as they are told.
pub fn in_status<'a>(query: Boxed<'a>, scope: &Scope, codes: Vec<&'static str>) -> Boxed<'a> {
    let merged = || incident_merges::table.filter(incident_merges::member_id.eq(incidents::id));
    let own = incidents::status.eq_any(codes.clone());
    if matches!(scope, Scope::Organisations { .. }) {
        let told = merged().filter(incident_merges::status.eq_any(codes));
        query.filter(own.and(not(exists(merged()))).or(exists(told)))
    } else {
        query.filter(own)
    }
}

fn narrowed<'a>(scope: &Scope, filter: &Filter, now: Timestamp) -> Boxed<'a> {
    let mut query = visible(scope);
    query = at_status(query, scope, filter);
    if let Some(priority) = filter.priority_at_most {
        query = query.filter(incidents::priority.le(priority).assume_not_null());
    }
    if let Some(class) = filter.class {
        query = query.filter(incidents::class.eq(class.code()).assume_not_null());
    }
    if let Some(category) = filter.category {
        query = query.filter(incidents::category.eq(category.code()).assume_not_null());
    }
    if filter.real_only {
        query = query.filter(incidents::is_drill.eq(false));
    }
    if filter.drills_only {
        query = query.filter(incidents::is_drill.eq(true));
    }
    if filter.danger_only {
        let said = reports::table.filter(reports::danger).select(reports::incident_id);
        query = query.filter(incidents::id.eq_any(said));
    }
    if filter.personal_data_only {
        // Many cases have such a report: each is asked for itself.
        let said = reports::table
            .filter(reports::incident_id.eq(incidents::id))
            .filter(reports::is_current.and(reports::personal_data));
        query = query.filter(exists(said));
    }
    if let Some(accounts) = &filter.assignees {
        let any: Vec<_> = accounts.iter().map(|account| Some(*account)).collect();
        query = query.filter(incidents::assignee_id.eq_any(any).assume_not_null());
    }
    match filter.assignee {
        Some(Some(account)) => query = query.filter(incidents::assignee_id.eq(account).assume_not_null()),
        Some(None) => query = query.filter(incidents::assignee_id.is_null()),
        None => {}
    }
    if let Some(account) = filter.mentioned {
        let called = incident_mentions::table
            .filter(incident_mentions::account_id.eq(account))
            .select(incident_mentions::incident_id);
        query = query.filter(incidents::id.eq_any(called));
    }
    if let Some(organisations) = &filter.organisations {
        let ids = some(organisations);
        query = query.filter(incidents::organisation_id.eq_any(ids).assume_not_null());
        // A filter that matched what the row itself withholds would tell it.
        if let Some(tellable) = tellable(scope, &[Inform::ByName]) {
            query = query.filter(tellable);
        }
    }
    if let Some(before) = filter.due_before {
        query = query.filter(incidents::deadline_at.lt(At(before)).assume_not_null());
    }
    // Whether a case waits is the team's matter: others' lists neither show it nor depend on it.
    if !matches!(scope, Scope::Organisations { .. }) {
        if filter.waiting_only {
            query = query.filter(incidents::follow_up_at.is_not_null());
        } else if !filter.with_waiting {
            let is_back = incidents::follow_up_at.le(At(now)).assume_not_null();
            query = query.filter(incidents::follow_up_at.is_null().or(is_back));
        }
    }
    if let Some(text) = &filter.text {
        let titled = incident_contents::table
            .filter(incident_contents::search.like(containing(&fold(text))).escape('\\'))
            .select(incident_contents::incident_id);
        // References are in capitals: so both engines compare alike.
        let referenced = incidents::reference.like(containing(&text.to_uppercase())).escape('\\');
        query = match tellable(scope, &[Inform::ByName, Inform::Anonymous]) {
            Some(tellable) => query.filter(referenced.or(incidents::id.eq_any(titled).and(tellable))),
            None => query.filter(referenced.or(incidents::id.eq_any(titled))),
        };
    }
    query
}

/// A pattern for LIKE with `\` as escape: anything that holds these characters.
fn containing(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Of these cases, those in which one of these organisations is a party, and those that are read by mandate.
pub fn parties(
    tx: &mut Tx<'_>,
    ids: &[IncidentId],
    organisations: &[OrgId],
    mandates: &Reach,
) -> Result<HashSet<IncidentId>> {
    let mut rows: Vec<IncidentId> = involvements::table
        .filter(involvements::incident_id.eq_any(ids.to_vec()))
        .filter(involvements::organisation_id.eq_any(organisations.to_vec()))
        .filter(involvements::part.eq_any([Part::Reporter.code(), Part::Affected.code()]))
        .filter(involvements::ended_at.is_null())
        .select(involvements::incident_id)
        .load(tx.conn)?;
    if let Some(mandated) = mandated(mandates) {
        let read = incidents::table.into_boxed().filter(incidents::id.eq_any(ids.to_vec())).filter(mandated);
        rows.extend(read.select(incidents::id).load::<IncidentId>(tx.conn)?);
    }
    Ok(rows.into_iter().collect())
}

/// The list in its order ([`sort`]), from behind `after`.
pub(super) fn ordered<'a>(
    scope: &Scope,
    filter: &Filter,
    after: Option<&After>,
    now: Timestamp,
) -> Result<Boxed<'a>> {
    let sort = sort(scope, filter);
    let mut query = narrowed(scope, filter, now);
    if let Some(after) = after {
        query = query.filter(behind(sort, after)?);
    }
    Ok(match sort {
        Sort::Due => query.order((incidents::queue_at, incidents::id)),
        Sort::Oldest => query.order((incidents::reported_at, incidents::id)),
        Sort::Newest => query.order((incidents::reported_at.desc(), incidents::id.desc())),
        Sort::Changed => query.order((incidents::updated_at.desc(), incidents::id.desc())),
        Sort::Priority => query.order((incidents::priority_rank, incidents::queue_at, incidents::id)),
        Sort::Organisation => query.order((incidents::organisation_name, incidents::queue_at, incidents::id)),
    })
}

/// A page of the list, with one row more than `limit` where there are more.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Row>> {
    let rows: Vec<(ListRow, Option<String>)> = ordered(scope, filter, after, tx.now())?
        .left_join(incident_contents::table.on(incident_contents::incident_id.eq(incidents::id)))
        .select((ListRow::as_select(), incident_contents::title.nullable()))
        .limit(limit + 1)
        .load(tx.conn)?;
    let sort = sort(scope, filter);
    Ok(rows.into_iter().map(|(row, title)| row.into_row_at(title, sort)).collect())
}

/// The cases with these references, the first report first, as far as the viewer may see them.
pub fn by_references(tx: &mut Tx<'_>, scope: &Scope, references: &[String]) -> Result<Vec<Row>> {
    oldest_first(list_of(tx, scope, with_references(references))?)
}

/// What was merged into a case, the first report first, as far as the viewer may see it.
pub fn members(tx: &mut Tx<'_>, scope: &Scope, lead: IncidentId) -> Result<Vec<Row>> {
    let of_lead =
        incident_merges::table.filter(incident_merges::lead_id.eq(lead)).select(incident_merges::member_id);
    oldest_first(list_of(tx, scope, Box::new(incidents::id.eq_any(of_lead)))?)
}

fn oldest_first(mut rows: Vec<Row>) -> Result<Vec<Row>> {
    rows.sort_by_key(|row| (row.reported_at, row.id));
    Ok(rows)
}

/// Of these cases those that exist for somebody, in no order.
pub fn list_of(tx: &mut Tx<'_>, scope: &Scope, which: Predicate<'_>) -> Result<Vec<Row>> {
    let rows: Vec<(ListRow, Option<String>)> = visible(scope)
        .filter(which)
        .left_join(incident_contents::table.on(incident_contents::incident_id.eq(incidents::id)))
        .select((ListRow::as_select(), incident_contents::title.nullable()))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(row, title)| row.into_row(title)).collect())
}

/// These cases.
pub fn with_ids<'a>(ids: &[IncidentId]) -> Predicate<'a> {
    Box::new(incidents::id.eq_any(ids.to_vec()))
}

/// The cases of these references.
pub fn with_references<'a>(references: &[String]) -> Predicate<'a> {
    Box::new(incidents::reference.eq_any(references.to_vec()))
}

/// How many rows a list has, at most `cap`.
pub fn count(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter, cap: i64) -> Result<i64> {
    let ids: Vec<IncidentId> =
        narrowed(scope, filter, tx.now()).select(incidents::id).limit(cap).load(tx.conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}

/// Cases that are counted at most: more than a CERT has in a decade.
const COUNTED: i64 = 1_000_000;

/// How many cases came between two instants, by category and class: without drills, false alarms and what is part of
/// another case.
pub fn counted(tx: &mut Tx<'_>, scope: &Scope, from: Timestamp, until: Timestamp) -> Result<Vec<Tally>> {
    let ended = [CloseReason::FalseAlarm, CloseReason::Merged].map(|reason| Some(reason.code()));
    let counts =
        incidents::close_reason.is_null().or(incidents::close_reason.ne_all(ended).assume_not_null());
    type Columns = (Option<Code<Category>>, Option<Code<Class>>);
    let rows: Vec<Columns> = visible(scope)
        .filter(incidents::reported_at.ge(At(from)))
        .filter(incidents::reported_at.lt(At(until)))
        .filter(incidents::is_drill.eq(false))
        .filter(counts)
        .select((incidents::category, incidents::class))
        .limit(COUNTED)
        .load(tx.conn)?;
    let mut counted: Vec<Tally> = Vec::new();
    for (category, class) in rows {
        let (category, class) = (category.map(|code| code.0), class.map(|code| code.0));
        match counted.iter_mut().find(|tally| (tally.category, tally.class) == (category, class)) {
            Some(tally) => tally.count += 1,
            None => counted.push(Tally { category, class, count: 1 }),
        }
    }
    Ok(counted)
}
