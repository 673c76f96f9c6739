//! Lists: what may be seen and what is asked for, as one query.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use super::rows::{known, known_opt};
use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::core::tlp::Tlp;
use crate::directory::model::fold;
use crate::incidents::model::{Category, Filter, Inform, Part, Row};
use crate::incidents::policy::{Reach, Scope};
use crate::incidents::status::Status;
use crate::store::connection::MultiBackend;
use crate::store::schema::{
    behalf_reports, incident_contents, incident_named, incidents, involvements, reports,
};
use crate::store::{At, Tx};

type Boxed<'a> = incidents::BoxedQuery<'a, MultiBackend>;

/// Only what a list shows: reading columns is most of a list's work. A single case adds the rest.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
pub(super) struct ListRow {
    pub(super) id: IncidentId,
    reference: String,
    organisation_id: Option<OrgId>,
    status: String,
    category: Option<String>,
    priority: Option<i32>,
    tlp: String,
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
}

impl ListRow {
    pub(super) fn into_row(self, title: Option<String>) -> Result<Row> {
        Ok(Row {
            id: self.id,
            reference: self.reference,
            title: title.unwrap_or_default(),
            organisation: self.organisation_id,
            holder: self.holder_id,
            status: known(Status::parse(&self.status), "status")?,
            category: known_opt(self.category, Category::parse, "category")?,
            priority: self.priority,
            tlp: known(Tlp::parse(&self.tlp), "tlp")?,
            assignee: self.assignee_id,
            deadline_at: self.deadline_at.map(Timestamp::from),
            deadline_kind: self.deadline_kind,
            follow_up_at: self.follow_up_at.map(Timestamp::from),
            is_restricted: self.is_restricted,
            is_unconfirmed: self.is_unconfirmed,
            is_drill: self.is_drill,
            reported_at: self.reported_at.into(),
            updated_at: self.updated_at.into(),
            place: self.reported_at.into(),
        })
    }
}

/// What a list is sorted by. The queue's time tells when a waiting case comes back, which is the team's matter: the
/// order of others' lists and their cursors are made of what others may know.
#[derive(Clone, Copy)]
enum Order {
    Queue,
    Newest,
}

impl Order {
    fn of(scope: &Scope) -> Self {
        match scope {
            Scope::Team { .. } => Self::Queue,
            Scope::Organisations { .. } | Scope::Nothing => Self::Newest,
        }
    }

    /// The rows behind the one at this place.
    fn behind<'a>(self, at: Timestamp, id: IncidentId) -> Predicate<'a> {
        let at = At(at);
        match self {
            Self::Queue => {
                Box::new(incidents::queue_at.gt(at).or(incidents::queue_at.eq(at).and(incidents::id.gt(id))))
            }
            Self::Newest => Box::new(
                incidents::reported_at.lt(at).or(incidents::reported_at.eq(at).and(incidents::id.lt(id))),
            ),
        }
    }
}

pub(super) type Predicate<'a> =
    Box<dyn BoxableExpression<incidents::table, MultiBackend, SqlType = Bool> + 'a>;

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
fn tellable<'a>(scope: &Scope, allowed: &[Inform]) -> Option<Predicate<'a>> {
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

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
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

fn narrowed<'a>(scope: &Scope, filter: &Filter, now: Timestamp) -> Boxed<'a> {
    let mut query = visible(scope);
    if let Some(open) = filter.open {
        query = query.filter(incidents::is_open.eq(open));
    }
    if let Some(status) = filter.status {
        query = query.filter(incidents::status.eq(status.code()));
    }
    if let Some(priority) = filter.priority_at_most {
        query = query.filter(incidents::priority.le(priority).assume_not_null());
    }
    if filter.real_only {
        query = query.filter(incidents::is_drill.eq(false));
    }
    match filter.assignee {
        Some(Some(account)) => query = query.filter(incidents::assignee_id.eq(account).assume_not_null()),
        Some(None) => query = query.filter(incidents::assignee_id.is_null()),
        None => {}
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

/// A page of the list, for the team in queue order and for others the newest first, from behind `after`, with one row
/// more than `limit` where there are more.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &Filter,
    after: Option<(Timestamp, IncidentId)>,
    limit: i64,
) -> Result<Vec<Row>> {
    let order = Order::of(scope);
    let mut query = narrowed(scope, filter, tx.now());
    if let Some((at, id)) = after {
        query = query.filter(order.behind(at, id));
    }
    query = match order {
        Order::Queue => query.order((incidents::queue_at, incidents::id)),
        Order::Newest => query.order((incidents::reported_at.desc(), incidents::id.desc())),
    };
    let rows: Vec<(ListRow, Option<String>)> = query
        .left_join(incident_contents::table.on(incident_contents::incident_id.eq(incidents::id)))
        .select((ListRow::as_select(), incident_contents::title.nullable()))
        .limit(limit + 1)
        .load(tx.conn)?;
    let place = |row: &ListRow| match order {
        Order::Queue => row.queue_at,
        Order::Newest => row.reported_at,
    };
    let row = |(row, title): (ListRow, Option<String>)| {
        let place = place(&row).into();
        Ok(Row { place, ..row.into_row(title)? })
    };
    rows.into_iter().map(row).collect()
}

/// How many rows a list has, at most `cap`.
pub fn count(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter, cap: i64) -> Result<i64> {
    let ids: Vec<IncidentId> =
        narrowed(scope, filter, tx.now()).select(incidents::id).limit(cap).load(tx.conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}
