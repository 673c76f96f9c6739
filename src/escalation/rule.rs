//! The rule of escalation, pure: `(chain, command, now) → outcome or refusal`.
//!
//! The plan is gone step by step: at most one of its steps waits at a time. What a person starts runs beside it. A
//! worker that was away finds the same steps in the same order; each one still gets its whole time to be acknowledged.

use jiff::Timestamp;

use super::model::{Acknowledged, Chain, Happened, NewStep, Outcome, Refusal, Step, StepState};
use super::plan::{Plan, PlanStep, Then};
use crate::core::ids::AccountId;

/// What is asked of a chain.
#[derive(Debug, Clone)]
pub enum Command {
    /// Time has passed.
    Tick,
    /// Another plan takes the place of the present one; whom it reaches and who knows already is left out.
    Replace(Plan),
    /// Somebody reached by the step takes note.
    Acknowledge { number: i32, by: Acknowledged },
    /// Somebody of the CERT's team works on the case: its open step needs nobody else to acknowledge it.
    TakenUp { by: Acknowledged },
    /// A person releases the step.
    Approve { number: i32, by: AccountId },
    /// A person takes the step back before anybody acknowledged it.
    Withdraw { number: i32 },
    /// Nobody can be reached by the step that was just notified.
    Unreachable { number: i32 },
    /// A person starts a step beside the plan.
    ByHand(NewStep),
    /// The case is closed.
    Close,
}

impl Chain {
    /// A case begins to use a plan.
    #[must_use]
    pub fn begin(plan: Plan, now: Timestamp) -> Outcome {
        let chain = Self { plan, position: 0, steps: Vec::new(), is_closed: false };
        let mut run = Run { chain, now, happened: Vec::new() };
        run.plan_next(now);
        run.pass_time();
        run.done()
    }

    /// What becomes of the chain.
    ///
    /// # Errors
    /// [`Refusal`] when the chain or the step is not in a state for it.
    pub fn apply(&self, command: Command, now: Timestamp) -> Result<Outcome, Refusal> {
        let mut run = Run { chain: self.clone(), now, happened: Vec::new() };
        run.take(command)?;
        run.pass_time();
        Ok(run.done())
    }
}

struct Run {
    chain: Chain,
    now: Timestamp,
    happened: Vec<Happened>,
}

impl Run {
    fn take(&mut self, command: Command) -> Result<(), Refusal> {
        if self.chain.is_closed && !matches!(command, Command::Tick | Command::Close | Command::Replace(_)) {
            return Err(Refusal::Closed);
        }
        match command {
            Command::Tick => {}
            Command::Replace(plan) => self.replace(plan),
            Command::Acknowledge { number, by } => self.acknowledge(number, by)?,
            Command::TakenUp { by } => self.taken_up(by),
            Command::Approve { number, by } => self.approve(number, by)?,
            Command::Withdraw { number } => self.withdraw(number)?,
            Command::Unreachable { number } => {
                let step = self.step(number)?;
                let now = self.now;
                if self.chain.steps[step].state != StepState::Notified {
                    return Err(Refusal::Over);
                }
                self.overtake(step, now);
            }
            Command::ByHand(new) => self.by_hand(new)?,
            Command::Close => self.close(),
        }
        Ok(())
    }

    fn step(&self, number: i32) -> Result<usize, Refusal> {
        self.chain.steps.iter().position(|step| step.number == number).ok_or(Refusal::Unknown)
    }

    fn acknowledge(&mut self, number: i32, by: Acknowledged) -> Result<(), Refusal> {
        let at = self.step(number)?;
        match self.chain.steps[at].state {
            StepState::Notified => {}
            StepState::Due => return Err(Refusal::NotYet),
            StepState::Acknowledged | StepState::Overtaken | StepState::Withdrawn => {
                return Err(Refusal::Over);
            }
        }
        self.take_note(at, by);
        Ok(())
    }

    fn taken_up(&mut self, by: Acknowledged) {
        if let Some(at) = self.chain.steps.iter().position(Step::waits_for_team) {
            self.take_note(at, by);
        }
    }

    fn take_note(&mut self, at: usize, by: Acknowledged) {
        self.end(at, StepState::Acknowledged);
        let step = &mut self.chain.steps[at];
        step.acknowledged = Some(by);
        self.happened.push(Happened::Acknowledged(step.number));
        let then = self.planned(at).map(|step| step.acknowledged.clone());
        self.go_on(then, self.now);
    }

    fn approve(&mut self, number: i32, by: AccountId) -> Result<(), Refusal> {
        let at = self.step(number)?;
        let step = &mut self.chain.steps[at];
        if step.state != StepState::Due || !step.needs_approval || step.approved_by.is_some() {
            return Err(Refusal::Over);
        }
        if step.requested_by == Some(by) {
            return Err(Refusal::SamePerson);
        }
        step.approved_by = Some(by);
        self.happened.push(Happened::Approved(number));
        Ok(())
    }

    fn withdraw(&mut self, number: i32) -> Result<(), Refusal> {
        let at = self.step(number)?;
        if !self.chain.steps[at].is_active() {
            return Err(Refusal::Over);
        }
        self.end(at, StepState::Withdrawn);
        self.happened.push(Happened::Withdrawn(number));
        // Who takes a step of the plan back decides about that step, not about those behind it.
        let then = self.planned(at).map(|_| Then::Next);
        self.go_on(then, self.now);
        Ok(())
    }

    fn by_hand(&mut self, new: NewStep) -> Result<(), Refusal> {
        let same = |step: &Step| step.is_active() && step.reaches(&new.whom, new.organisation);
        if self.chain.steps.iter().any(same) {
            return Err(Refusal::UnderWay);
        }
        self.push(None, new, self.now);
        Ok(())
    }

    fn replace(&mut self, plan: Plan) {
        self.withdraw_where(|step| step.plan_step.is_some());
        self.chain =
            Chain { plan, position: 0, is_closed: false, steps: std::mem::take(&mut self.chain.steps) };
        self.plan_next(self.now);
    }

    fn close(&mut self) {
        self.withdraw_where(|_| true);
        self.chain.is_closed = true;
    }

    fn withdraw_where(&mut self, which: impl Fn(&Step) -> bool) {
        for at in 0..self.chain.steps.len() {
            let step = &self.chain.steps[at];
            if step.is_active() && which(step) {
                let number = step.number;
                self.end(at, StepState::Withdrawn);
                self.happened.push(Happened::Withdrawn(number));
            }
        }
    }

    /// Works off what time brings, until nothing is due any more.
    fn pass_time(&mut self) {
        while let Some(at) =
            self.chain.steps.iter().position(|step| step.wakes_at().is_some_and(|at| at <= self.now))
        {
            let patience = self.chain.steps[at].patience;
            // What a person started runs day and night.
            let hours = self.planned(at).map(|step| step.hours).unwrap_or_default();
            let answer_by = self.chain.plan.after(self.now, hours, patience.acknowledge);
            let step = &mut self.chain.steps[at];
            let number = step.number;
            match step.state {
                StepState::Due => {
                    step.state = StepState::Notified;
                    step.notified_at = Some(self.now);
                    step.attempts = 1;
                    step.acknowledge_by = Some(answer_by);
                    self.happened.push(Happened::Notified { number, again: false });
                }
                _ if step.attempts <= patience.repeat => {
                    step.attempts += 1;
                    step.acknowledge_by = Some(answer_by);
                    self.happened.push(Happened::Notified { number, again: true });
                }
                _ => {
                    let since = step.acknowledge_by.unwrap_or(self.now);
                    self.overtake(at, since);
                }
            }
        }
    }

    fn overtake(&mut self, at: usize, since: Timestamp) {
        let number = self.chain.steps[at].number;
        self.end(at, StepState::Overtaken);
        self.happened.push(Happened::Overtaken(number));
        let then = self.planned(at).map(|step| step.silent.clone());
        self.go_on(then, since);
    }

    fn end(&mut self, at: usize, state: StepState) {
        let step = &mut self.chain.steps[at];
        step.state = state;
        step.acknowledge_by = None;
    }

    /// The step of the plan behind a step of the chain.
    fn planned(&self, at: usize) -> Option<&PlanStep> {
        self.chain.steps[at].plan_step.and_then(|index| self.chain.plan.steps.get(index))
    }

    /// What comes after a step of the plan; nothing after what a person started.
    fn go_on(&mut self, then: Option<Then>, since: Timestamp) {
        if let Some(then) = then {
            self.jump(&then);
            self.plan_next(since);
        }
    }

    /// Puts the plan's place where this leads.
    fn jump(&mut self, then: &Then) {
        let end = self.chain.plan.steps.len();
        match then {
            Then::Next => {}
            Then::Stop => self.chain.position = end,
            Then::Step(key) => self.chain.position = self.chain.plan.place(key).unwrap_or(end),
        }
    }

    /// Puts the plan's next step into the chain. Whom it reaches and who took note already is left out: the plan goes
    /// on, or stops, as if they had just acknowledged.
    fn plan_next(&mut self, since: Timestamp) {
        while let Some(planned) = self.chain.plan.steps.get(self.chain.position).cloned() {
            let index = self.chain.position;
            self.chain.position += 1;
            let is = |what: fn(&Step) -> bool| {
                self.chain.steps.iter().any(|step| step.reaches(&planned.whom, None) && what(step))
            };
            if is(|step| step.state == StepState::Acknowledged) {
                self.jump(&planned.acknowledged);
            } else if !is(Step::is_active) {
                let due_at = self.chain.plan.after(since, planned.hours, planned.due);
                return self.push(Some(index), NewStep::planned(planned), due_at);
            }
        }
    }

    fn push(&mut self, plan_step: Option<usize>, new: NewStep, due_at: Timestamp) {
        let number = self.chain.steps.last().map_or(1, |step| step.number + 1);
        self.chain.steps.push(Step {
            number,
            plan_step,
            name: new.name,
            whom: new.whom,
            organisation: new.organisation,
            state: StepState::Due,
            patience: new.patience,
            needs_approval: new.needs_approval,
            requested_by: new.requested_by,
            approved_by: None,
            due_at,
            notified_at: None,
            attempts: 0,
            acknowledge_by: None,
            acknowledged: None,
        });
        self.happened.push(Happened::Planned(number));
    }

    fn done(self) -> Outcome {
        let wake = self.chain.steps.iter().filter_map(Step::wakes_at).min();
        Outcome { chain: self.chain, happened: self.happened, wake }
    }
}
