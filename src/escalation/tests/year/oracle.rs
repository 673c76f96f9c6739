//! What a year must bring, worked out without the product's rule: no states and no ticks, each plan is walked once.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::calendar::Calendar;
use super::script::{Life, Reporter, away, is_away};
use crate::incidents::model::{Class, Impact};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Team,
    Lead,
    State,
    Town,
    Provider,
}

#[derive(Debug, Clone, Copy)]
enum Then {
    Next,
    Stop,
    To(usize),
}

/// A step as its file says it: times in minutes.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    who: Who,
    pub office: bool,
    due: i64,
    pub wait: i64,
    pub repeat: u32,
    acknowledged: Then,
    silent: Then,
    approval: bool,
}

/// The files of `plans/`, written a second time.
const PLANS: &[(&str, &[Planned])] = &[
    (
        "untriaged",
        &[
            Planned {
                who: Who::Team,
                office: false,
                due: 0,
                wait: 30,
                repeat: 1,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Lead,
                office: false,
                due: 0,
                wait: 30,
                repeat: 2,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
        ],
    ),
    (
        "priority-1",
        &[
            Planned {
                who: Who::Team,
                office: false,
                due: 0,
                wait: 15,
                repeat: 0,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Lead,
                office: false,
                due: 0,
                wait: 15,
                repeat: 0,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::State,
                office: false,
                due: 0,
                wait: 30,
                repeat: 3,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
        ],
    ),
    (
        "priority-2",
        &[
            Planned {
                who: Who::Team,
                office: false,
                due: 0,
                wait: 60,
                repeat: 0,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Lead,
                office: false,
                due: 0,
                wait: 60,
                repeat: 0,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::State,
                office: false,
                due: 0,
                wait: 120,
                repeat: 1,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: true,
            },
        ],
    ),
    (
        "priority-3",
        &[
            Planned {
                who: Who::Team,
                office: true,
                due: 0,
                wait: 480,
                repeat: 1,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Lead,
                office: true,
                due: 0,
                wait: 480,
                repeat: 0,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
        ],
    ),
    (
        "priority-4",
        &[Planned {
            who: Who::Team,
            office: true,
            due: 60,
            wait: 960,
            repeat: 1,
            acknowledged: Then::Stop,
            silent: Then::Next,
            approval: false,
        }],
    ),
    (
        "significant",
        &[
            Planned {
                who: Who::Lead,
                office: false,
                due: 0,
                wait: 10,
                repeat: 1,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::State,
                office: false,
                due: 5,
                wait: 20,
                repeat: 2,
                acknowledged: Then::Next,
                silent: Then::To(3),
                approval: false,
            },
            Planned {
                who: Who::Town,
                office: false,
                due: 0,
                wait: 60,
                repeat: 0,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Provider,
                office: false,
                due: 0,
                wait: 45,
                repeat: 1,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
        ],
    ),
    (
        "significant-1",
        &[
            Planned {
                who: Who::Provider,
                office: false,
                due: 0,
                wait: 20,
                repeat: 1,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::State,
                office: false,
                due: 0,
                wait: 15,
                repeat: 1,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Town,
                office: false,
                due: 30,
                wait: 60,
                repeat: 2,
                acknowledged: Then::Stop,
                silent: Then::Stop,
                approval: false,
            },
        ],
    ),
    (
        "provider",
        &[
            Planned {
                who: Who::Team,
                office: false,
                due: 0,
                wait: 10,
                repeat: 1,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Lead,
                office: false,
                due: 0,
                wait: 20,
                repeat: 0,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::State,
                office: false,
                due: 60,
                wait: 60,
                repeat: 0,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: true,
            },
        ],
    ),
    (
        "district",
        &[
            Planned {
                who: Who::Town,
                office: true,
                due: 30,
                wait: 120,
                repeat: 1,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Lead,
                office: true,
                due: 0,
                wait: 240,
                repeat: 0,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
        ],
    ),
    (
        "near-miss",
        &[Planned {
            who: Who::Team,
            office: true,
            due: 480,
            wait: 2400,
            repeat: 0,
            acknowledged: Then::Stop,
            silent: Then::Stop,
            approval: false,
        }],
    ),
    (
        "significant-town",
        &[
            Planned {
                who: Who::Lead,
                office: false,
                due: 0,
                wait: 15,
                repeat: 10,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Provider,
                office: true,
                due: 0,
                wait: 30,
                repeat: 3,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::State,
                office: false,
                due: 0,
                wait: 720,
                repeat: 1,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: true,
            },
        ],
    ),
    (
        "event-3",
        &[
            Planned {
                who: Who::Town,
                office: true,
                due: 15,
                wait: 90,
                repeat: 1,
                acknowledged: Then::To(2),
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Provider,
                office: false,
                due: 0,
                wait: 30,
                repeat: 0,
                acknowledged: Then::Next,
                silent: Then::Next,
                approval: false,
            },
            Planned {
                who: Who::Lead,
                office: true,
                due: 1440,
                wait: 2880,
                repeat: 0,
                acknowledged: Then::Stop,
                silent: Then::Next,
                approval: false,
            },
        ],
    ),
];

/// A mail round of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fire {
    pub case: usize,
    /// The step's number in its case.
    pub number: i32,
    pub attempt: u32,
    pub at: Timestamp,
    /// Whether the worker came late to it.
    pub is_late: bool,
    /// How many people get it.
    pub mails: usize,
}

/// What is to come of the year.
#[derive(Debug, Default)]
pub struct Expected {
    pub fires: Vec<Fire>,
    /// Case, number of the step, and when.
    pub overtaken: Vec<(usize, i32, Timestamp)>,
    /// Of each case and step, which plan it is of.
    pub plans: Vec<(usize, i32, &'static str)>,
}

/// By hand, as the files say: which plan a case uses.
fn plan_of(life: &Life, triaged: Option<(Class, Impact)>) -> &'static str {
    use Reporter::{District, Provider, Town};
    let Some((class, impact)) = triaged else { return "untriaged" };
    // In one office: the matrix of impact and spread.
    let priority = match impact {
        Impact::Severe => 1,
        Impact::High => 2,
        Impact::Low => 3,
        Impact::None => 4,
    };
    match (life.reporter, class, priority) {
        (Town, Class::Significant, 1) => "significant-town",
        (_, Class::Significant, 1) => "significant-1",
        (_, Class::Significant, _) => "significant",
        (District, ..) => "district",
        (Provider, _, 1 | 2) => "provider",
        (_, Class::NearMiss, 3 | 4) => "near-miss",
        (_, Class::Event, 3) => "event-3",
        (_, _, 1) => "priority-1",
        (_, _, 2) => "priority-2",
        (_, _, 3) => "priority-3",
        (..) => "priority-4",
    }
}

/// The steps of a plan.
pub fn steps_of(plan: &str) -> &'static [Planned] {
    PLANS.iter().find(|(key, _)| *key == plan).unwrap().1
}

/// How many people a step reaches.
fn reached(life: &Life, who: Who) -> usize {
    match (who, life.reporter) {
        (Who::Team, _) => 2,
        (Who::Provider, Reporter::District | Reporter::Provider) => 0,
        _ => 1,
    }
}

/// When the worker sees to what is due at an instant.
fn seen(due: Timestamp) -> Timestamp {
    if is_away(due) { away().1 } else { due }
}

struct Walk<'a> {
    case: usize,
    life: &'a Life,
    calendar: &'a Calendar,
    number: i32,
    known: BTreeSet<Who>,
    all: Expected,
}

/// What must come of these cases.
pub fn expected(lives: &[Life], calendar: &Calendar) -> Expected {
    let mut all = Expected::default();
    for (case, life) in lives.iter().enumerate() {
        let mut walk = Walk { case, life, calendar, number: 0, known: BTreeSet::new(), all };
        walk.live();
        all = walk.all;
    }
    all.fires.sort();
    all.overtaken.sort();
    all.plans.sort_unstable();
    all
}

impl Walk<'_> {
    fn live(&mut self) {
        let life = self.life.clone();
        let never = Timestamp::MAX;
        let triaged = life.triaged.map_or(never, |(at, ..)| at);
        let closed = life.closed.unwrap_or(never);
        let second = plan_of(&life, life.triaged.map(|(_, class, impact)| (class, impact)));
        let first_end = seen(triaged.min(closed));
        if seen(life.filed) < first_end {
            let open = self.plan("untriaged", seen(life.filed), first_end);
            // Whoever triages is of the team: it knows then, at once.
            if triaged < closed && open == Some(Who::Team) {
                self.known.insert(Who::Team);
            }
        }
        if triaged < closed {
            self.plan(second, seen(triaged), seen(closed));
        }
        if let Some(reopened) = life.reopened {
            self.plan(second, reopened, never);
        }
    }

    fn after(&self, from: Timestamp, office: bool, minutes: i64) -> Timestamp {
        if office { self.calendar.after(from, minutes) } else { from + SignedDuration::from_mins(minutes) }
    }

    fn fire(&mut self, attempt: u32, at: Timestamp, is_late: bool, mails: usize) {
        self.all.fires.push(Fire { case: self.case, number: self.number, attempt, at, is_late, mails });
    }

    /// Walks a plan from an instant to another; who is to take note when it ends.
    fn plan(&mut self, plan: &'static str, from: Timestamp, end: Timestamp) -> Option<Who> {
        let steps = steps_of(plan);
        // When the next step counts from, and when somebody sees to it: the worker, or a person's click.
        let (mut since, mut now) = (from, from);
        let mut place = 0;
        let after_away = |at: Timestamp| at == away().1;
        while let Some(planned) = steps.get(place) {
            let go = |then: Then| match then {
                Then::Next => place + 1,
                Then::Stop => steps.len(),
                Then::To(there) => there,
            };
            if self.known.contains(&planned.who) {
                place = go(planned.acknowledged);
                continue;
            }
            self.number += 1;
            self.all.plans.push((self.case, self.number, plan));
            let due = self.after(since, planned.office, planned.due);
            let is_beyond = matches!(planned.who, Who::State | Who::Provider);
            let (told, mut is_late) = if planned.approval || (is_beyond && self.life.is_confined) {
                let Some(released) = self.life.release(self.number, now).filter(|at| *at < end) else {
                    return None;
                };
                if due <= released { (released, false) } else { (seen(due), is_away(due)) }
            } else if due <= now {
                // What the worker finds on its return is late, whatever it is.
                (now, after_away(now))
            } else {
                (seen(due), is_away(due))
            };
            if told >= end {
                return Some(planned.who);
            }
            let mails = reached(self.life, planned.who);
            self.fire(1, told, is_late, mails);
            if mails == 0 {
                self.all.overtaken.push((self.case, self.number, told));
                (since, now) = (told, told);
                place = go(planned.silent);
                continue;
            }
            let answer = self.life.answer(self.number, planned, told);
            let (mut last, mut attempt) = (told, 1);
            loop {
                let deadline = self.after(last, planned.office, planned.wait);
                let woken = seen(deadline);
                // Who answers in the second in which the time is over is in time.
                if let Some(answer) = answer.filter(|at| *at <= woken && *at < end) {
                    self.known.insert(planned.who);
                    (since, now) = (answer, answer);
                    place = go(planned.acknowledged);
                    break;
                }
                if woken >= end {
                    return Some(planned.who);
                }
                is_late = is_away(deadline);
                if attempt > planned.repeat {
                    self.all.overtaken.push((self.case, self.number, woken));
                    (since, now) = (deadline, woken);
                    place = go(planned.silent);
                    break;
                }
                attempt += 1;
                last = woken;
                self.fire(attempt, woken, is_late, mails);
            }
        }
        None
    }
}
