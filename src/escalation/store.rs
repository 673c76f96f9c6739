//! Rows of escalations and their steps.

use diesel::prelude::*;

use super::model::{Acknowledged, Chain, Step, StepState};
use super::plan::{Minutes, Patience, Plan, Whom};
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, AnyId, IncidentId, OrgId, StepId};
use crate::store::schema::{escalation_steps as steps, escalations};
use crate::store::{At, Conn, Statement as _, Tx};

/// A case's chain with what the rule does not know: its priority and the steps' ids.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub incident: IncidentId,
    pub priority: Option<i32>,
    pub chain: Chain,
    /// By number, from 1.
    ids: Vec<StepId>,
}

impl Stored {
    /// A step and its id.
    pub fn step(&self, number: i32) -> Result<(StepId, &Step)> {
        let at = usize::try_from(number - 1).unwrap_or(usize::MAX);
        match (self.ids.get(at), self.chain.steps.get(at)) {
            (Some(id), Some(step)) => Ok((*id, step)),
            _ => Err(Error::Internal(format!("an escalation has no step {number}"))),
        }
    }

    /// All steps with their ids.
    pub fn steps(&self) -> impl Iterator<Item = (StepId, &Step)> {
        self.ids.iter().copied().zip(&self.chain.steps)
    }
}

#[derive(Queryable)]
struct StepRow {
    id: StepId,
    number: i32,
    plan_step: Option<i32>,
    name: String,
    target: String,
    organisation_id: Option<OrgId>,
    state: String,
    acknowledge_minutes: i32,
    repeats: i32,
    needs_approval: bool,
    requested_by: Option<AnyId>,
    approved_by: Option<AnyId>,
    due_at: At,
    notified_at: Option<At>,
    attempts: i32,
    acknowledge_by: Option<At>,
    acknowledged_at: Option<At>,
    acknowledged_by: Option<String>,
    account_id: Option<AnyId>,
}

impl StepRow {
    fn step(self) -> Result<Step> {
        let broken = |what: &str| Error::Internal(format!("an escalation's step has no such {what}"));
        let count = |n: i32| u32::try_from(n).map_err(|_| broken("count"));
        let minutes = Minutes::try_from(count(self.acknowledge_minutes)?).map_err(|_| broken("time"))?;
        let account = |id: Option<AnyId>| id.map(|id| AccountId(id.0));
        let plan_step = self.plan_step.map(|place| count(place).map(|place| place as usize)).transpose()?;
        Ok(Step {
            number: self.number,
            plan_step,
            name: self.name,
            whom: Whom::parse(&self.target).ok_or_else(|| broken("target"))?,
            organisation: self.organisation_id,
            state: StepState::parse(&self.state).ok_or_else(|| broken("state"))?,
            patience: Patience { acknowledge: minutes, repeat: count(self.repeats)? },
            needs_approval: self.needs_approval,
            requested_by: account(self.requested_by),
            approved_by: account(self.approved_by),
            due_at: self.due_at.0,
            notified_at: self.notified_at.map(|at| at.0),
            attempts: count(self.attempts)?,
            acknowledge_by: self.acknowledge_by.map(|at| at.0),
            acknowledged: self.acknowledged_at.map(|at| Acknowledged {
                at: at.0,
                name: self.acknowledged_by.unwrap_or_default(),
                account: account(self.account_id),
            }),
        })
    }
}

/// The case's escalation; nobody else changes it before this transaction ends.
pub(super) fn load(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Stored>> {
    let row = escalations::table.filter(escalations::incident_id.eq(incident)).select((
        escalations::priority,
        escalations::plan,
        escalations::position,
        escalations::ended_at,
    ));
    let row: Option<(Option<i32>, String, i32, Option<At>)> = match tx.conn {
        Conn::Postgres(c) => row.for_update().first(c).optional()?,
        Conn::Sqlite(c) => row.first(c).optional()?,
    };
    row.map(|row| stored(tx, incident, row)).transpose()
}

/// [`load`] for pages, which only look.
pub(super) fn look(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Stored>> {
    let row = escalations::table
        .filter(escalations::incident_id.eq(incident))
        .select((escalations::priority, escalations::plan, escalations::position, escalations::ended_at))
        .first(tx.conn)
        .optional()?;
    row.map(|row| stored(tx, incident, row)).transpose()
}

fn stored(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    (priority, plan, position, ended_at): (Option<i32>, String, i32, Option<At>),
) -> Result<Stored> {
    let broken = || Error::Internal("an escalation's plan is damaged".to_owned());
    let plan: Plan = serde_json::from_str(&plan).map_err(|_| broken())?;
    let rows: Vec<StepRow> = steps::table
        .filter(steps::incident_id.eq(incident))
        .order(steps::number)
        .select((
            steps::id,
            steps::number,
            steps::plan_step,
            steps::name,
            steps::target,
            steps::organisation_id,
            steps::state,
            steps::acknowledge_minutes,
            steps::repeats,
            steps::needs_approval,
            steps::requested_by,
            steps::approved_by,
            steps::due_at,
            steps::notified_at,
            steps::attempts,
            steps::acknowledge_by,
            steps::acknowledged_at,
            steps::acknowledged_by,
            steps::account_id,
        ))
        .load(tx.conn)?;
    let ids = rows.iter().map(|row| row.id).collect();
    let steps = rows.into_iter().map(StepRow::step).collect::<Result<_>>()?;
    let position = usize::try_from(position).map_err(|_| broken())?;
    let chain = Chain { plan, position, steps, is_closed: ended_at.is_some() };
    Ok(Stored { incident, priority, chain, ids })
}

/// Writes a chain that begins.
pub(super) fn add(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    priority: Option<i32>,
    chain: Chain,
) -> Result<Stored> {
    diesel::insert_into(escalations::table)
        .values((
            escalations::incident_id.eq(incident),
            escalations::priority.eq(priority),
            escalations::plan.eq(plan_text(&chain.plan)?),
            escalations::position.eq(position(&chain)),
            escalations::started_at.eq(tx.at()),
        ))
        .run(tx.conn)?;
    let mut stored = Stored { incident, priority, chain, ids: Vec::new() };
    let all = stored.chain.steps.clone();
    all.iter().try_for_each(|step| add_step(tx, &mut stored, step))?;
    Ok(stored)
}

/// Writes what changed.
pub(super) fn save(tx: &mut Tx<'_>, before: Stored, priority: Option<i32>, chain: Chain) -> Result<Stored> {
    let of_case = escalations::table.filter(escalations::incident_id.eq(before.incident));
    let set = (
        escalations::priority.eq(priority),
        escalations::plan.eq(plan_text(&chain.plan)?),
        escalations::position.eq(position(&chain)),
        escalations::ended_at.eq(chain.is_closed.then(|| tx.at())),
    );
    one_row(diesel::update(of_case).set(set).run(tx.conn)?)?;
    let mut after = Stored { incident: before.incident, priority, chain, ids: before.ids };
    for (at, step) in after.chain.steps.clone().iter().enumerate() {
        match before.chain.steps.get(at) {
            Some(old) if old == step => {}
            Some(_) => change_step(tx, after.ids[at], step)?,
            None => add_step(tx, &mut after, step)?,
        }
    }
    Ok(after)
}

/// Notes which organisation a step reaches.
pub(super) fn set_organisation(
    tx: &mut Tx<'_>,
    stored: &mut Stored,
    number: i32,
    org: Option<OrgId>,
) -> Result<()> {
    let (id, _) = stored.step(number)?;
    one_row(diesel::update(steps::table.find(id)).set(steps::organisation_id.eq(org)).run(tx.conn)?)?;
    if let Some(step) = stored.chain.steps.iter_mut().find(|step| step.number == number) {
        step.organisation = org;
    }
    Ok(())
}

fn plan_text(plan: &Plan) -> Result<String> {
    serde_json::to_string(plan).map_err(|error| Error::Internal(format!("an escalation's plan: {error}")))
}

fn position(chain: &Chain) -> i32 {
    i32::try_from(chain.position).unwrap_or(i32::MAX)
}

fn add_step(tx: &mut Tx<'_>, stored: &mut Stored, step: &Step) -> Result<()> {
    let id: StepId = tx.id();
    let minutes = u32::from(step.patience.acknowledge);
    diesel::insert_into(steps::table)
        .values((
            steps::id.eq(id),
            steps::incident_id.eq(stored.incident),
            steps::number.eq(step.number),
            steps::plan_step.eq(step.plan_step.and_then(|place| i32::try_from(place).ok())),
            steps::name.eq(&step.name),
            steps::target.eq(step.whom.to_string()),
            steps::organisation_id.eq(step.organisation),
            steps::acknowledge_minutes.eq(i32::try_from(minutes).unwrap_or(i32::MAX)),
            steps::repeats.eq(i32::try_from(step.patience.repeat).unwrap_or(i32::MAX)),
            steps::needs_approval.eq(step.needs_approval),
            steps::requested_by.eq(step.requested_by.map(|id| AnyId(id.0))),
            steps::due_at.eq(At(step.due_at)),
            steps::state.eq(step.state.code()),
            steps::attempts.eq(i32::try_from(step.attempts).unwrap_or(i32::MAX)),
            steps::notified_at.eq(step.notified_at.map(At)),
            steps::acknowledge_by.eq(step.acknowledge_by.map(At)),
        ))
        .run(tx.conn)?;
    stored.ids.push(id);
    Ok(())
}

fn change_step(tx: &mut Tx<'_>, id: StepId, step: &Step) -> Result<()> {
    let acknowledged = step.acknowledged.as_ref();
    let set = (
        steps::state.eq(step.state.code()),
        steps::approved_by.eq(step.approved_by.map(|id| AnyId(id.0))),
        steps::attempts.eq(i32::try_from(step.attempts).unwrap_or(i32::MAX)),
        steps::notified_at.eq(step.notified_at.map(At)),
        steps::acknowledge_by.eq(step.acknowledge_by.map(At)),
        steps::acknowledged_at.eq(acknowledged.map(|it| At(it.at))),
        steps::acknowledged_by.eq(acknowledged.map(|it| it.name.clone())),
        steps::account_id.eq(acknowledged.and_then(|it| it.account).map(|id| AnyId(id.0))),
    );
    one_row(diesel::update(steps::table.find(id)).set(set).run(tx.conn)?)
}

/// The case and number of a step.
pub(super) fn place(tx: &mut Tx<'_>, id: StepId) -> Result<Option<(IncidentId, i32)>> {
    Ok(steps::table.find(id).select((steps::incident_id, steps::number)).first(tx.conn).optional()?)
}

/// The steps that wait for an acknowledgement by these organisations or targets, the most urgent first.
pub(super) fn waiting(
    tx: &mut Tx<'_>,
    organisations: &[OrgId],
    targets: &[String],
    limit: i64,
) -> Result<Vec<(IncidentId, String, At)>> {
    let theirs = steps::organisation_id
        .eq_any(organisations.iter().copied().map(Some).collect::<Vec<_>>())
        .assume_not_null()
        .or(steps::target.eq_any(targets));
    let rows: Vec<(IncidentId, String, Option<At>)> = steps::table
        .filter(steps::state.eq(StepState::Notified.code()))
        .filter(theirs)
        .order((steps::acknowledge_by, steps::id))
        .limit(limit)
        .select((steps::incident_id, steps::name, steps::acknowledge_by))
        .load(tx.conn)?;
    Ok(rows.into_iter().filter_map(|(incident, name, by)| by.map(|by| (incident, name, by))).collect())
}
