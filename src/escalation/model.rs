//! A chain of steps as a case has it, and what can happen to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::plan::{Patience, Plan, PlanStep, Whom};
use crate::core::ids::{AccountId, IncidentId, OrgId};

/// The durable timer: looks at one case: begins, moves on or ends its escalation, and sets the next timer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Advance {
    pub incident: IncidentId,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Waits for its time or its approval.
    Due,
    /// Whom it reaches was told and is to acknowledge.
    Notified,
    Acknowledged,
    /// Nobody acknowledged in time.
    Overtaken,
    /// Taken back.
    Withdrawn,
}

impl StepState {
    /// All states.
    pub const ALL: [Self; 5] =
        [Self::Due, Self::Notified, Self::Acknowledged, Self::Overtaken, Self::Withdrawn];

    /// The word in the row.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Notified => "notified",
            Self::Acknowledged => "acknowledged",
            Self::Overtaken => "overtaken",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads the word of [`StepState::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Who took note of a step, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    pub at: Timestamp,
    /// The person's name, or by which way it came.
    pub name: String,
    /// `None`: by a link that stands for nobody in particular.
    pub account: Option<AccountId>,
}

/// One step of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place among the case's steps, from 1.
    pub number: i32,
    /// Its place in the plan, from 0; `None`: a person started it.
    pub plan_step: Option<usize>,
    pub name: String,
    pub whom: Whom,
    /// The organisation that it reached or is to reach.
    pub organisation: Option<OrgId>,
    pub state: StepState,
    pub patience: Patience,
    pub needs_approval: bool,
    pub requested_by: Option<AccountId>,
    pub approved_by: Option<AccountId>,
    pub due_at: Timestamp,
    pub notified_at: Option<Timestamp>,
    /// How often it was sent.
    pub attempts: u32,
    pub acknowledge_by: Option<Timestamp>,
    pub acknowledged: Option<Acknowledged>,
}

impl Step {
    /// Whether something is still to come of it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.state, StepState::Due | StepState::Notified)
    }

    /// Whether it waits for a person to release it.
    #[must_use]
    pub fn waits_for_approval(&self) -> bool {
        self.state == StepState::Due && self.needs_approval && self.approved_by.is_none()
    }

    /// Whether the CERT's team is to acknowledge it, now or soon.
    #[must_use]
    pub fn waits_for_team(&self) -> bool {
        matches!(self.whom, Whom::CertTeam | Whom::OnCall) && self.is_active() && !self.waits_for_approval()
    }

    /// When time moves it on; `None` when time alone does not.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Timestamp> {
        match self.state {
            StepState::Due if !self.waits_for_approval() => Some(self.due_at),
            StepState::Notified => self.acknowledge_by,
            _ => None,
        }
    }

    /// Whether it is for these.
    #[must_use]
    pub fn reaches(&self, whom: &Whom, organisation: Option<OrgId>) -> bool {
        self.whom == *whom && (self.whom != Whom::Chosen || self.organisation == organisation)
    }
}

/// A step to be.
#[derive(Debug, Clone)]
pub struct NewStep {
    pub name: String,
    pub whom: Whom,
    pub organisation: Option<OrgId>,
    pub patience: Patience,
    pub needs_approval: bool,
    pub requested_by: Option<AccountId>,
}

impl NewStep {
    /// A step of the plan, which nobody asked for.
    #[must_use]
    pub fn planned(step: PlanStep) -> Self {
        Self {
            name: step.name,
            whom: step.whom,
            organisation: None,
            patience: step.patience,
            needs_approval: step.needs_approval,
            requested_by: None,
        }
    }
}

/// A case's escalation: the plan it uses, how far it is gone, and all steps that ever were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub plan: Plan,
    /// How many steps of the plan are in the chain or left out.
    pub position: usize,
    pub steps: Vec<Step>,
    /// The case is closed: nothing moves any more.
    pub is_closed: bool,
}

/// What is due next, for the case's deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// A step begins.
    Due,
    /// A step is to be released.
    Approve,
    /// A step is to be acknowledged.
    Acknowledge,
}

impl Deadline {
    /// The word in the case.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "escalation-due",
            Self::Approve => "escalation-approve",
            Self::Acknowledge => "escalation-acknowledge",
        }
    }
}

impl Chain {
    /// What is due next and when.
    #[must_use]
    pub fn deadline(&self) -> Option<(Deadline, Timestamp)> {
        let of = |step: &Step| match step.state {
            StepState::Due if step.waits_for_approval() => Some((Deadline::Approve, step.due_at)),
            StepState::Due => Some((Deadline::Due, step.due_at)),
            StepState::Notified => step.acknowledge_by.map(|at| (Deadline::Acknowledge, at)),
            _ => None,
        };
        self.steps.iter().filter_map(of).min_by_key(|(_, at)| *at)
    }

    /// The steps of the plan that are still to come.
    #[must_use]
    pub fn upcoming(&self) -> &[PlanStep] {
        if self.is_closed { &[] } else { self.plan.steps.get(self.position..).unwrap_or_default() }
    }
}

/// What happened to a step, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    Planned(i32),
    Approved(i32),
    /// It is to be sent, for the first time or again.
    Notified {
        number: i32,
        again: bool,
    },
    Acknowledged(i32),
    Overtaken(i32),
    Withdrawn(i32),
}

/// What became of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub chain: Chain,
    /// In the order in which it happened.
    pub happened: Vec<Happened>,
    /// When to look again.
    pub wake: Option<Timestamp>,
}

/// Why a command does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such step.
    Unknown,
    /// Nobody was told yet.
    NotYet,
    /// The step is over, or was released already.
    Over,
    /// A step to the same place is under way.
    UnderWay,
    /// Whoever asked for a step does not release it.
    SamePerson,
    /// The case is closed.
    Closed,
}

impl Refusal {
    /// The Fluent key of the sentence.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Unknown => "escalation-refused-unknown",
            Self::NotYet => "escalation-refused-not-yet",
            Self::Over => "escalation-refused-over",
            Self::UnderWay => "escalation-refused-under-way",
            Self::SamePerson => "escalation-refused-same-person",
            Self::Closed => "escalation-refused-closed",
        }
    }
}
