//! What people do in the year, from a seed: who reports when, what triage makes of it, who answers, and when.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::calendar::at;
use super::oracle::Planned;
use crate::incidents::model::{Class, Impact};

/// The worker is away for a day.
pub const AWAY: (&str, &str) = ("2027-09-14T06:00:00Z", "2027-09-15T06:00:00Z");
/// Around these, more is reported than else: a day off, both changes of the clock, Easter, Christmas, and the worker's day.
const BUSY: &[&str] = &[
    "2027-01-01T10:00:00Z",
    "2027-03-25T15:00:00Z",
    "2027-03-28T00:30:00Z",
    "2027-03-29T09:00:00Z",
    "2027-09-14T03:00:00Z",
    "2027-09-14T12:00:00Z",
    "2027-09-15T02:00:00Z",
    "2027-10-31T00:30:00Z",
    "2027-12-24T13:00:00Z",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    Town,
    District,
    Provider,
}

/// What happens to a case by people.
#[derive(Debug, Clone)]
pub struct Life {
    pub reporter: Reporter,
    /// The reporter allows nobody to be told.
    pub is_confined: bool,
    pub filed: Timestamp,
    pub triaged: Option<(Timestamp, Class, Impact)>,
    pub closed: Option<Timestamp>,
    pub reopened: Option<Timestamp>,
    seed: u64,
}

/// The worker's day off.
pub fn away() -> (Timestamp, Timestamp) {
    (at(AWAY.0), at(AWAY.1))
}

/// Whether the worker is away.
pub fn is_away(instant: Timestamp) -> bool {
    let (from, until) = away();
    from <= instant && instant < until
}

struct Dice(TestRng);

impl Dice {
    fn new(seed: u64, more: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&more.to_le_bytes());
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.0.next_u64() % u64::try_from(end).unwrap()).unwrap()
    }

    fn seconds(&mut self, from: i64, until: i64) -> SignedDuration {
        SignedDuration::from_secs(from + self.below(until - from))
    }

    fn is(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

/// The cases of a year.
pub fn year(seed: u64, cases: u64) -> Vec<Life> {
    (0..cases).map(|number| life(&mut Dice::new(seed, number), seed ^ (number << 20))).collect()
}

fn life(dice: &mut Dice, seed: u64) -> Life {
    const HOUR: i64 = 3600;
    let reporter = match dice.below(20) {
        0..=12 => Reporter::Town,
        13..=15 => Reporter::District,
        _ => Reporter::Provider,
    };
    let filed = if dice.is(40) {
        let around = BUSY[usize::try_from(dice.below(9)).unwrap()];
        at(around) + dice.seconds(-4 * HOUR, 12 * HOUR)
    } else {
        at("2027-01-01T00:00:00Z") + dice.seconds(0, 364 * 24 * HOUR)
    };
    let triaged = dice.is(95).then(|| {
        let when = filed + if dice.is(70) { dice.seconds(60, HOUR) } else { dice.seconds(HOUR, 40 * HOUR) };
        let class = [Class::NearMiss, Class::Event, Class::Incident, Class::Significant];
        let impact = [Impact::None, Impact::Low, Impact::High, Impact::Severe];
        let pick = |dice: &mut Dice| usize::try_from(dice.below(4)).unwrap();
        (when, class[pick(dice)], impact[pick(dice)])
    });
    // Nobody closes and reopens while the worker is away: of both, it would see nothing.
    let at_work = |at: Timestamp| if is_away(at) { at + SignedDuration::from_hours(48) } else { at };
    let settled = triaged.map_or(filed, |(when, ..)| when);
    let closed = dice.is(60).then(|| at_work(settled + dice.seconds(HOUR, 10 * 24 * HOUR)));
    let reopened = closed.filter(|_| dice.is(30)).map(|at| at_work(at + dice.seconds(HOUR, 72 * HOUR)));
    Life { reporter, is_confined: dice.is(10), filed, triaged, closed, reopened, seed }
}

impl Life {
    /// Whether the worker hears of something late.
    fn is_met_late(&self) -> bool {
        is_away(self.filed) || self.triaged.is_some_and(|(at, ..)| is_away(at))
    }

    /// Who answers a case of which the worker has yet to hear would be in its way: that day nobody does.
    fn in_time(&self, at: Timestamp) -> Option<Timestamp> {
        (!self.is_met_late() || !is_away(at)).then_some(at)
    }

    /// When somebody takes note of the case's step with this number, told at an instant; many too late, some never.
    pub fn answer(&self, number: i32, planned: &Planned, told: Timestamp) -> Option<Timestamp> {
        let mut dice = Dice::new(self.seed, 1000 + u64::try_from(number).unwrap());
        if dice.is(40) {
            return None;
        }
        let patience = planned.wait * 60 * i64::from(planned.repeat + 1) * if planned.office { 3 } else { 1 };
        self.in_time(told + dice.seconds(20, patience * 13 / 10))
    }

    /// When somebody releases the case's step with this number, asked at an instant; some never.
    pub fn release(&self, number: i32, asked: Timestamp) -> Option<Timestamp> {
        let mut dice = Dice::new(self.seed, 2000 + u64::try_from(number).unwrap());
        if dice.is(25) {
            return None;
        }
        self.in_time(asked + dice.seconds(30, 3 * 3600))
    }
}
