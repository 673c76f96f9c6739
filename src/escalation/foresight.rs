//! What will become of a chain if nobody answers: pure, by the same rule that moves it.

use jiff::Timestamp;

use super::model::{Chain, Happened, Step, StepState};
use super::plan::Whom;
use super::rule::Command;
use crate::core::ids::{AccountId, OrgId};

/// Events that are told at most: a plan ends long before.
const MOST: usize = 500;

/// What will happen to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreseen {
    /// Whom it reaches is told.
    Notified,
    /// The same, since nobody answered.
    Again,
    /// Nobody answered in all its time.
    Overtaken,
    /// A person must release it; what is told behind it happens later by as long as that takes.
    WaitsForApproval,
}

/// One thing that will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: Timestamp,
    /// The step's place among the case's steps.
    pub number: i32,
    pub name: String,
    pub whom: Whom,
    pub organisation: Option<OrgId>,
    pub what: Foreseen,
    /// Until when somebody has to acknowledge it, where it was told.
    pub acknowledge_by: Option<Timestamp>,
}

/// What will happen, in its order, from how the chain stands; what happened to its steps at once when it began is told,
/// too.
#[must_use]
pub fn foresee(chain: &Chain) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    for step in chain.steps.iter().filter(|step| step.state == StepState::Notified) {
        if let Some(at) = step.notified_at {
            told.push(of(step, at, if step.attempts > 1 { Foreseen::Again } else { Foreseen::Notified }));
        }
    }
    let mut chain = chain.clone();
    while told.len() < MOST {
        // What a person starts waits for a release by another one: nobody is both.
        let waits = chain.steps.iter().find(|step| step.waits_for_approval());
        let next = chain.steps.iter().filter_map(Step::wakes_at).min();
        let (command, at) = match (waits, next) {
            (Some(step), next) if next.is_none_or(|next| step.due_at <= next) => {
                told.push(of(step, step.due_at, Foreseen::WaitsForApproval));
                (Command::Approve { number: step.number, by: AccountId(uuid::Uuid::nil()) }, step.due_at)
            }
            (_, Some(next)) => (Command::Tick, next),
            (_, None) => break,
        };
        let Ok(outcome) = chain.apply(command, at) else { break };
        chain = outcome.chain;
        for happened in outcome.happened {
            let (number, what) = match happened {
                Happened::Notified { number, again: false } => (number, Foreseen::Notified),
                Happened::Notified { number, again: true } => (number, Foreseen::Again),
                Happened::Overtaken(number) => (number, Foreseen::Overtaken),
                _ => continue,
            };
            told.extend(chain.steps.iter().find(|step| step.number == number).map(|step| of(step, at, what)));
        }
    }
    told
}

fn of(step: &Step, at: Timestamp, what: Foreseen) -> Told {
    Told {
        at,
        number: step.number,
        name: step.name.clone(),
        whom: step.whom.clone(),
        organisation: step.organisation,
        what,
        acknowledge_by: step.acknowledge_by,
    }
}
