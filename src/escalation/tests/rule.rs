//! What must hold of every chain, whatever is asked of it and however late the worker comes.

use std::collections::HashMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::super::foresight::{Foreseen, foresee};
use super::super::model::{Acknowledged, Chain, Happened, NewStep, Outcome, Refusal, Step, StepState};
use super::super::office::{self, OfficeHours};
use super::super::plan::{Hours, Minutes, Of, Patience, Plan, PlanStep, Then, Whom};
use super::super::plans::Plans;
use super::super::rule::Command;
use crate::core::ids::{AccountId, OrgId};

fn minutes(n: u32) -> Minutes {
    Minutes::try_from(n).unwrap()
}

fn patience() -> impl Strategy<Value = Patience> {
    (1u32..120, 0u32..3).prop_map(|(n, repeat)| Patience { acknowledge: minutes(n), repeat })
}

fn whom() -> impl Strategy<Value = Whom> {
    prop_oneof![
        Just(Whom::CertTeam),
        Just(Whom::CertLead),
        Just(Whom::OnCall),
        Just(Whom::Provider),
        Just(Whom::StateLeadership),
        Just(Whom::Key("kiv".into())),
    ]
}

fn then() -> impl Strategy<Value = Then> {
    prop_oneof![Just(Then::Next), Just(Then::Stop), Just(Then::Step(String::new()))]
}

fn plan() -> impl Strategy<Value = Plan> {
    let hours = prop_oneof![3 => Just(Hours::Always), 1 => Just(Hours::Office)];
    let step = (whom(), 0u32..30, patience(), then(), then(), any::<bool>(), hours);
    let step = step.prop_map(|(whom, due, patience, acknowledged, silent, needs_approval, hours)| PlanStep {
        key: String::new(),
        hours,
        name: whom.to_string(),
        whom,
        due: minutes(due),
        patience,
        acknowledged,
        silent,
        needs_approval,
    });
    (prop::collection::vec(step, 0..5), 1usize..4).prop_map(|(mut steps, wide)| {
        // Ways lead on: to the next but one, or the one behind that.
        let last = steps.len().saturating_sub(1);
        for (place, step) in steps.iter_mut().enumerate() {
            step.key = format!("s{place}");
            for then in [&mut step.acknowledged, &mut step.silent] {
                if matches!(then, Then::Step(_)) {
                    *then = match (place + wide).min(last) {
                        there if there > place => Then::Step(format!("s{there}")),
                        _ => Then::Stop,
                    };
                }
            }
        }
        let office = Some(OfficeHours::parse(office::DEFAULTS).unwrap());
        Plan { steps, office, ..Plan::default() }
    })
}

fn account(n: u128) -> AccountId {
    AccountId(Uuid::from_u128(n))
}

fn command() -> impl Strategy<Value = Command> {
    let number = 1i32..8;
    let by = |at: i32| Acknowledged {
        at: start() + SignedDuration::from_mins(at.into()),
        name: "A".into(),
        account: None,
    };
    prop_oneof![
        4 => Just(Command::Tick),
        1 => plan().prop_map(Command::Replace),
        3 => number.clone().prop_map(move |number| Command::Acknowledge { number, by: by(number) }),
        1 => Just(Command::TakenUp { by: by(0) }),
        2 => (number.clone(), 0u128..3).prop_map(|(number, who)| Command::Approve { number, by: account(who) }),
        1 => number.clone().prop_map(|number| Command::Withdraw { number }),
        1 => number.prop_map(|number| Command::Unreachable { number }),
        2 => (0u128..3, any::<bool>(), patience()).prop_map(|(org, needs_approval, patience)| {
            let (organisation, requested_by) = (Some(OrgId(Uuid::from_u128(org))), Some(account(1)));
            let name = "chosen".to_owned();
            Command::ByHand(NewStep { name, whom: Whom::Chosen, organisation, patience, needs_approval, requested_by })
        }),
        1 => Just(Command::Close),
    ]
}

fn start() -> Timestamp {
    "2026-11-21T06:40:00Z".parse().unwrap()
}

fn active(chain: &Chain) -> impl Iterator<Item = &Step> {
    chain.steps.iter().filter(|step| step.is_active())
}

/// Whether a step may become another one within one command.
fn may_follow(from: StepState, to: StepState) -> bool {
    use StepState::{Acknowledged, Due, Notified, Overtaken, Withdrawn};
    from == to
        || matches!(
            (from, to),
            (Due, Notified | Acknowledged | Overtaken | Withdrawn)
                | (Notified, Acknowledged | Overtaken | Withdrawn)
        )
}

fn check(before: &Chain, outcome: &Outcome, now: Timestamp) -> Result<(), TestCaseError> {
    let chain = &outcome.chain;
    prop_assert!(
        active(chain).filter(|step| step.plan_step.is_some()).count() <= 1,
        "two steps of the plan at once"
    );
    for step in active(chain) {
        let same = active(chain).filter(|other| other.reaches(&step.whom, step.organisation)).count();
        prop_assert_eq!(same, 1, "two steps to the same place");
    }
    for (old, new) in before.steps.iter().zip(&chain.steps) {
        prop_assert_eq!(old.number, new.number);
        prop_assert!(may_follow(old.state, new.state), "{:?} became {:?}", old.state, new.state);
    }
    for step in &chain.steps {
        prop_assert!(step.attempts <= 1 + step.patience.repeat);
        let sent = step.notified_at.is_some();
        prop_assert!(!sent || !step.needs_approval || step.approved_by.is_some(), "sent without approval");
        prop_assert!(
            step.approved_by.is_none() || step.approved_by != step.requested_by,
            "four eyes were two"
        );
    }
    prop_assert!(outcome.wake.is_none_or(|wake| wake > now), "something due was left lying");
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_asked_no_step_is_sent_twice_and_never_two_of_the_plan_at_once(
        plan in plan(), asked in prop::collection::vec((command(), 0i64..200), 0..30),
    ) {
        let mut now = start();
        let mut outcome = Chain::begin(plan, now);
        let mut first_sent: HashMap<i32, u32> = HashMap::new();
        let mut last_planned = None;
        for (command, later) in asked {
            for happened in &outcome.happened {
                if let Happened::Notified { number, again: false } = happened {
                    *first_sent.entry(*number).or_default() += 1;
                    let step = &outcome.chain.steps[*number as usize - 1];
                    if let Some(place) = step.plan_step {
                        prop_assert!(last_planned < Some(place), "the order of the plan was left");
                        last_planned = Some(place);
                    }
                }
            }
            now += SignedDuration::from_mins(later);
            if matches!(command, Command::Replace(_)) {
                last_planned = None;
            }
            let before = outcome.chain.clone();
            match before.apply(command, now) {
                Ok(next) => {
                    outcome = next;
                    check(&before, &outcome, now)?;
                }
                Err(_) => outcome.happened.clear(),
            }
        }
        prop_assert!(first_sent.values().all(|times| *times == 1));
    }

    #[test]
    fn a_worker_that_comes_late_sends_the_same_steps_in_the_same_order(
        plan in plan(), delays in prop::collection::vec(0i64..5000, 64),
    ) {
        let sent = |delays: &mut dyn Iterator<Item = i64>| {
            let mut outcome = Chain::begin(plan.clone(), start());
            let mut sent: Vec<i32> = Vec::new();
            loop {
                sent.extend(outcome.happened.iter().filter_map(|happened| match happened {
                    Happened::Notified { number, .. } => Some(*number),
                    _ => None,
                }));
                let Some(wake) = outcome.wake else { return sent };
                let now = wake + SignedDuration::from_mins(delays.next().unwrap_or(0));
                outcome = outcome.chain.apply(Command::Tick, now).unwrap();
            }
        };
        prop_assert_eq!(sent(&mut std::iter::repeat(0)), sent(&mut delays.into_iter()));
    }

    #[test]
    fn a_second_tick_at_the_same_time_does_nothing(plan in plan(), later in 0i64..1000) {
        let now = start() + SignedDuration::from_mins(later);
        let once = Chain::begin(plan, start()).chain.apply(Command::Tick, now).unwrap();
        let twice = once.chain.apply(Command::Tick, now).unwrap();
        prop_assert!(twice.happened.is_empty());
        prop_assert_eq!(twice.chain, once.chain);
    }
}

fn plan_of(priority: Option<i32>) -> Plan {
    Plans::load(Path::new(""), Path::new("")).unwrap().plan(Of { priority, ..Of::default() })
}

fn gravest() -> Plan {
    plan_of(Some(1))
}

fn after(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

fn states(chain: &Chain) -> Vec<(String, StepState)> {
    chain.steps.iter().map(|step| (step.whom.to_string(), step.state)).collect()
}

fn by(name: &str) -> Acknowledged {
    Acknowledged { at: start(), name: name.into(), account: None }
}

#[test]
fn the_gravest_case_reaches_the_land_in_half_an_hour_when_nobody_answers() {
    let chain = Chain::begin(gravest(), start()).chain;
    let chain = chain.apply(Command::Tick, after(15)).unwrap().chain;
    let outcome = chain.apply(Command::Tick, after(30)).unwrap();
    let expected = [
        ("cert_team".to_owned(), StepState::Overtaken),
        ("cert_lead".to_owned(), StepState::Overtaken),
        ("state_leadership".to_owned(), StepState::Notified),
    ];
    assert_eq!(states(&outcome.chain), expected);
    assert_eq!(outcome.wake, Some(after(60)));
}

#[test]
fn the_gravest_case_reaches_the_land_at_once_when_everybody_answers() {
    let chain = Chain::begin(gravest(), start()).chain;
    let chain = chain.apply(Command::Acknowledge { number: 1, by: by("Analyse") }, after(2)).unwrap().chain;
    let outcome = chain.apply(Command::Acknowledge { number: 2, by: by("Leitung") }, after(4)).unwrap();
    assert_eq!(outcome.chain.steps[2].state, StepState::Notified);
    let outcome = outcome.chain.apply(Command::Acknowledge { number: 3, by: by("Land") }, after(6)).unwrap();
    assert_eq!((outcome.wake, outcome.chain.deadline()), (None, None));
}

#[test]
fn a_late_answer_to_a_step_that_was_overtaken_is_refused() {
    let chain = Chain::begin(gravest(), start()).chain.apply(Command::Tick, after(15)).unwrap().chain;
    let late = chain.apply(Command::Acknowledge { number: 1, by: by("Analyse") }, after(16));
    assert_eq!(late, Err(Refusal::Over));
}

#[test]
fn who_took_note_already_is_not_asked_again_when_the_priority_rises() {
    let mut lesser = gravest();
    lesser.steps.truncate(1);
    let chain = Chain::begin(lesser, start()).chain;
    let chain = chain.apply(Command::Acknowledge { number: 1, by: by("Analyse") }, after(2)).unwrap().chain;
    let chain = chain.apply(Command::Replace(gravest()), after(10)).unwrap().chain;
    let expected =
        [("cert_team".to_owned(), StepState::Acknowledged), ("cert_lead".to_owned(), StepState::Notified)];
    assert_eq!(states(&chain), expected);
}

#[test]
fn whoever_takes_a_case_up_acknowledges_for_the_team_and_the_plan_goes_on_as_it_says() {
    let taken = Command::TakenUp { by: by("Analyse") };
    let known = Chain::begin(plan_of(None), start()).chain.apply(taken.clone(), after(2)).unwrap().chain;
    assert_eq!(states(&known), [("cert_team".to_owned(), StepState::Acknowledged)]);
    for (priority, next) in [(1, Some("cert_lead")), (2, None), (3, None), (4, None)] {
        let outcome = known.apply(Command::Replace(plan_of(Some(priority))), after(3)).unwrap();
        let told = outcome.chain.steps.iter().skip(1).map(|step| step.whom.to_string()).next();
        assert_eq!(told.as_deref(), next, "priority {priority}");
    }
    let due = Chain::begin(plan_of(Some(4)), start()).chain;
    let outcome = due.apply(taken.clone(), after(2)).unwrap();
    assert_eq!((outcome.happened.as_slice(), outcome.wake), ([Happened::Acknowledged(1)].as_slice(), None));
    assert!(outcome.chain.apply(taken, after(3)).unwrap().happened.is_empty(), "once is enough");
}

#[test]
fn whoever_asks_for_a_step_that_needs_approval_cannot_release_it() {
    let chosen = NewStep {
        name: "Nachbar-CERT".into(),
        whom: Whom::Chosen,
        organisation: Some(OrgId(Uuid::from_u128(9))),
        patience: Patience { acknowledge: minutes(30), repeat: 1 },
        needs_approval: true,
        requested_by: Some(account(1)),
    };
    let chain = Chain::begin(gravest(), start()).chain;
    let outcome = chain.apply(Command::ByHand(chosen.clone()), after(1)).unwrap();
    assert_eq!(outcome.happened, [Happened::Planned(2)]);
    let again = outcome.chain.apply(Command::ByHand(chosen), after(2));
    assert_eq!(again, Err(Refusal::UnderWay));
    let own = outcome.chain.apply(Command::Approve { number: 2, by: account(1) }, after(2));
    assert_eq!(own, Err(Refusal::SamePerson));
    let outcome = outcome.chain.apply(Command::Approve { number: 2, by: account(2) }, after(2)).unwrap();
    assert_eq!(outcome.happened, [Happened::Approved(2), Happened::Notified { number: 2, again: false }]);
}

#[test]
fn a_closed_case_bothers_nobody() {
    let chain = Chain::begin(gravest(), start()).chain.apply(Command::Close, after(5)).unwrap();
    assert_eq!((chain.wake, chain.chain.steps[0].state), (None, StepState::Withdrawn));
    assert!(chain.chain.apply(Command::Tick, after(500)).unwrap().happened.is_empty());
    let late = chain.chain.apply(Command::Acknowledge { number: 1, by: by("Analyse") }, after(6));
    assert_eq!(late, Err(Refusal::Closed));
}

#[test]
fn a_step_in_office_hours_waits_for_the_morning_and_a_jump_leaves_out_what_lies_between() {
    let mut plan = plan_of(Some(4));
    let office = plan.steps[0].clone();
    plan.steps = gravest().steps;
    (plan.steps[0].hours, plan.steps[0].due) = (Hours::Office, office.due);
    plan.steps[0].silent = Then::Step("state".to_owned());
    // A Saturday, 07:40: an hour later at work is Monday at nine.
    let chain = Chain::begin(plan, start()).chain;
    let monday: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    assert_eq!(chain.steps[0].due_at, monday);
    let chain = chain.apply(Command::Tick, monday).unwrap().chain;
    let later = monday + SignedDuration::from_mins(15);
    assert_eq!(chain.steps[0].acknowledge_by, Some(later));
    let chain = chain.apply(Command::Tick, later).unwrap().chain;
    let expected = [
        ("cert_team".to_owned(), StepState::Overtaken),
        ("state_leadership".to_owned(), StepState::Notified),
    ];
    assert_eq!(states(&chain), expected);
}

#[test]
fn what_will_happen_is_told_as_if_nobody_answered_and_every_step_was_released() {
    let mut plan = gravest();
    plan.steps[2].needs_approval = true;
    let told = foresee(&Chain::begin(plan, start()).chain);
    let said: Vec<_> = told.iter().map(|it| (it.at, it.name.as_str(), it.what)).collect();
    let (team, lead, land) = ("Team des CERT", "Leitung des CERT", "Leitung des Landes");
    let expected = [
        (start(), team, Foreseen::Notified),
        (after(15), team, Foreseen::Overtaken),
        (after(15), lead, Foreseen::Notified),
        (after(30), lead, Foreseen::Overtaken),
        (after(30), land, Foreseen::WaitsForApproval),
        (after(30), land, Foreseen::Notified),
        (after(60), land, Foreseen::Again),
        (after(90), land, Foreseen::Again),
        (after(120), land, Foreseen::Again),
        (after(150), land, Foreseen::Overtaken),
    ];
    assert_eq!(said, expected);
}
