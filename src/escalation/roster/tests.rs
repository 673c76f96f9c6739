//! Who is on call, by table.

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::model::{Away, Handover, OnCall, Roster, Shift, Why};
use super::rule::{gaps, held_until, slots, weekly, who};
use crate::core::ids::{AccountId, HandoverId, ShiftId};
use crate::core::when;

const ANNA: AccountId = AccountId(Uuid::from_u128(1));
const BERND: AccountId = AccountId(Uuid::from_u128(2));
const CLARA: AccountId = AccountId(Uuid::from_u128(3));

fn at(text: &str) -> Timestamp {
    when::parse(text).unwrap()
}

fn shift(account: AccountId, deputy: Option<AccountId>, from: &str, until: &str) -> Shift {
    Shift { id: ShiftId(Uuid::nil()), account, deputy, from: at(from), until: at(until) }
}

fn away(account: AccountId, from: &str, until: &str) -> Away {
    Away { account, from: at(from), until: at(until) }
}

fn handed(giver: AccountId, taker: AccountId, from: &str, until: &str, accepted: Option<&str>) -> Handover {
    Handover {
        id: HandoverId(Uuid::nil()),
        giver,
        taker,
        from: at(from),
        until: at(until),
        note: String::new(),
        accepted_at: accepted.map(at),
    }
}

/// Anna from Monday to Monday with Bernd as deputy, then Bernd with Clara.
fn roster() -> Roster {
    Roster {
        shifts: vec![
            shift(ANNA, Some(BERND), "23.11.2026 08:00", "30.11.2026 08:00"),
            shift(BERND, Some(CLARA), "30.11.2026 08:00", "07.12.2026 08:00"),
        ],
        ..Roster::default()
    }
}

fn is(first: AccountId, deputy: Option<AccountId>, why: Why) -> OnCall {
    OnCall { first: Some(first), deputy, why }
}

fn nobody(why: Why) -> OnCall {
    OnCall { first: None, deputy: None, why }
}

#[test]
fn of_two_shifts_back_to_back_the_second_begins_where_the_first_ends() {
    let roster = roster();
    for (now, expected) in [
        ("23.11.2026 07:59", nobody(Why::NoShift)),
        ("23.11.2026 08:00", is(ANNA, Some(BERND), Why::Shift)),
        ("30.11.2026 07:59", is(ANNA, Some(BERND), Why::Shift)),
        ("30.11.2026 08:00", is(BERND, Some(CLARA), Why::Shift)),
        ("07.12.2026 07:59", is(BERND, Some(CLARA), Why::Shift)),
        ("07.12.2026 08:00", nobody(Why::NoShift)),
    ] {
        assert_eq!(who(&roster, at(now)), expected, "{now}");
    }
}

#[test]
fn while_somebody_is_absent_the_deputy_has_the_first_place_and_without_one_nobody() {
    let mut roster = roster();
    roster.away = vec![
        away(ANNA, "25.11.2026 12:00", "27.11.2026 08:00"),
        away(BERND, "26.11.2026 00:00", "26.11.2026 12:00"),
        away(BERND, "28.11.2026 00:00", "29.11.2026 00:00"),
    ];
    for (now, expected) in [
        ("25.11.2026 11:59", is(ANNA, Some(BERND), Why::Shift)),
        // In the middle of the shift.
        ("25.11.2026 12:00", is(BERND, None, Why::StandsIn)),
        ("26.11.2026 00:00", nobody(Why::AllAway)),
        ("26.11.2026 12:00", is(BERND, None, Why::StandsIn)),
        ("27.11.2026 08:00", is(ANNA, Some(BERND), Why::Shift)),
        // The deputy alone is absent.
        ("28.11.2026 10:00", is(ANNA, None, Why::Shift)),
    ] {
        assert_eq!(who(&roster, at(now)), expected, "{now}");
    }
}

#[test]
fn what_is_handed_over_counts_from_when_it_is_accepted_and_for_its_time() {
    let (from, until) = ("24.11.2026 18:00", "25.11.2026 08:00");
    let mut roster = roster();
    roster.handovers = vec![handed(ANNA, CLARA, from, until, None)];
    assert_eq!(who(&roster, at("24.11.2026 20:00")), is(ANNA, Some(BERND), Why::Shift), "not accepted yet");
    roster.handovers = vec![handed(ANNA, CLARA, from, until, Some("24.11.2026 12:00"))];
    for (now, expected) in [
        ("24.11.2026 17:59", is(ANNA, Some(BERND), Why::Shift)),
        ("24.11.2026 18:00", is(CLARA, Some(BERND), Why::HandedOver)),
        ("25.11.2026 08:00", is(ANNA, Some(BERND), Why::Shift)),
    ] {
        assert_eq!(who(&roster, at(now)), expected, "{now}");
    }
    // And on to the deputy, who then has none; a hand-over by somebody whose duty it is not counts for nothing.
    roster.handovers.push(handed(CLARA, BERND, "24.11.2026 20:00", until, Some("24.11.2026 19:00")));
    roster.handovers.push(handed(CLARA, ANNA, "24.11.2026 20:00", until, Some("24.11.2026 19:30")));
    assert_eq!(who(&roster, at("24.11.2026 21:00")), is(BERND, None, Why::HandedOver));
    // And back.
    roster.handovers.push(handed(BERND, ANNA, "24.11.2026 22:00", until, Some("24.11.2026 21:30")));
    assert_eq!(who(&roster, at("24.11.2026 22:00")), is(ANNA, Some(BERND), Why::Shift));
}

#[test]
fn whoever_took_the_duty_and_then_is_absent_is_stood_in_for_by_the_deputy() {
    let mut roster = roster();
    let (from, until) = ("24.11.2026 18:00", "25.11.2026 08:00");
    roster.handovers = vec![handed(ANNA, CLARA, from, until, Some("24.11.2026 12:00"))];
    roster.away = vec![away(CLARA, "24.11.2026 22:00", "26.11.2026 08:00")];
    assert_eq!(who(&roster, at("24.11.2026 21:59")), is(CLARA, Some(BERND), Why::HandedOver));
    assert_eq!(who(&roster, at("24.11.2026 22:00")), is(BERND, None, Why::StandsIn));
    roster.away.push(away(BERND, "24.11.2026 23:00", "25.11.2026 01:00"));
    assert_eq!(who(&roster, at("24.11.2026 23:00")), nobody(Why::AllAway));
}

#[test]
fn a_week_is_an_hour_longer_or_shorter_where_the_clocks_change() {
    for (from, until, ends) in [
        // Summer time begins on 29.03.2026 and ends on 25.10.2026.
        ("23.03.2026 08:00", "30.03.2026 08:00", ["2026-03-30T06:00:00Z", "2026-04-06T06:00:00Z"]),
        ("19.10.2026 08:00", "26.10.2026 08:00", ["2026-10-26T07:00:00Z", "2026-11-02T07:00:00Z"]),
    ] {
        let times = weekly(at(from), at(until), 2);
        assert_eq!(times.iter().map(|(_, until)| until.to_string()).collect::<Vec<_>>(), ends);
        assert_eq!(times[0].1, times[1].0, "back to back");
        let shifts = [(ANNA, times[0]), (BERND, times[1])].map(|(account, (from, until))| Shift {
            id: ShiftId(Uuid::nil()),
            account,
            deputy: None,
            from,
            until,
        });
        let roster = Roster { shifts: shifts.to_vec(), ..Roster::default() };
        assert!(gaps(&roster, times[0].0, times[1].1).is_empty());
        assert_eq!(who(&roster, times[1].0).first, Some(BERND));
    }
    // 02:30 comes twice on 25.10.2026, and not at all on 29.03.2026: somebody is on call in each instant.
    let night = Roster {
        shifts: vec![
            shift(ANNA, None, "24.10.2026 20:00", "25.10.2026 02:30"),
            shift(BERND, None, "25.10.2026 02:30", "25.10.2026 08:00"),
        ],
        ..Roster::default()
    };
    assert!(gaps(&night, at("24.10.2026 20:00"), at("25.10.2026 08:00")).is_empty());
    assert_eq!(who(&night, "2026-10-25T00:29:59Z".parse().unwrap()).first, Some(ANNA));
    assert_eq!(who(&night, "2026-10-25T00:30:00Z".parse().unwrap()).first, Some(BERND));
    assert_eq!(who(&night, "2026-10-25T01:30:00Z".parse().unwrap()).first, Some(BERND));
}

#[test]
fn gaps_are_what_nobody_covers_for_whatever_reason() {
    let mut roster = roster();
    roster.away = vec![
        away(ANNA, "29.11.2026 08:00", "30.11.2026 08:00"),
        away(BERND, "29.11.2026 20:00", "01.12.2026 08:00"),
        away(CLARA, "30.11.2026 08:00", "30.11.2026 12:00"),
    ];
    let said: Vec<_> = gaps(&roster, at("23.11.2026 00:00"), at("08.12.2026 08:00"))
        .into_iter()
        .map(|(from, until)| (when::dense(from), when::dense(until)))
        .collect();
    let expected = [
        ("23.11. 00:00", "23.11. 08:00"),
        // One gap, although two shifts are part of it.
        ("29.11. 20:00", "30.11. 12:00"),
        ("07.12. 08:00", "08.12. 08:00"),
    ];
    assert_eq!(said, expected.map(|(from, until)| (from.to_owned(), until.to_owned())));
}

#[test]
fn the_duty_is_somebodys_until_the_next_one_has_it() {
    let mut roster = roster();
    assert_eq!(held_until(&roster, ANNA, at("24.11.2026 12:00")), Some(at("30.11.2026 08:00")));
    assert_eq!(held_until(&roster, BERND, at("24.11.2026 12:00")), None);
    let hand = handed(ANNA, CLARA, "26.11.2026 08:00", "27.11.2026 08:00", Some("24.11.2026 12:00"));
    roster.handovers = vec![hand];
    assert_eq!(held_until(&roster, ANNA, at("24.11.2026 12:00")), Some(at("26.11.2026 08:00")));
    // Absent or not: the duty can be handed over.
    roster.away = vec![away(CLARA, "26.11.2026 08:00", "27.11.2026 08:00")];
    assert_eq!(held_until(&roster, CLARA, at("26.11.2026 09:00")), Some(at("27.11.2026 08:00")));
}

proptest! {
    #[test]
    fn slots_say_for_every_instant_what_the_rule_says(
        shifts in prop::collection::vec((1..4_u128, 0..4_u128, 0..60_i64, 1..40_i64), 0..4),
        handed in prop::collection::vec((1..4_u128, 1..4_u128, 0..60_i64, 1..40_i64, any::<bool>()), 0..4),
        absent in prop::collection::vec((1..4_u128, 0..60_i64, 1..40_i64), 0..4),
    ) {
        let hour = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        let person = |one: u128| AccountId(Uuid::from_u128(one));
        let roster = Roster {
            shifts: shifts.iter().map(|(account, deputy, from, long)| Shift {
                id: ShiftId(Uuid::nil()),
                account: person(*account),
                deputy: (*deputy > 0).then(|| person(*deputy)),
                from: hour(*from),
                until: hour(from + long),
            }).collect(),
            handovers: handed.iter().map(|(giver, taker, from, long, is_accepted)| Handover {
                id: HandoverId(Uuid::nil()),
                giver: person(*giver),
                taker: person(*taker),
                from: hour(*from),
                until: hour(from + long),
                note: String::new(),
                accepted_at: is_accepted.then(|| hour(*from)),
            }).collect(),
            away: absent.iter().map(|(account, from, long)| Away {
                account: person(*account),
                from: hour(*from),
                until: hour(from + long),
            }).collect(),
        };
        let slots = slots(&roster, hour(0), hour(100));
        prop_assert_eq!((slots[0].from, slots[slots.len() - 1].until), (hour(0), hour(100)));
        prop_assert!(slots.windows(2).all(|two| two[0].until == two[1].from && two[0].on_call != two[1].on_call));
        for now in (0..100).map(hour) {
            let slot = slots.iter().find(|slot| slot.from <= now && now < slot.until).unwrap();
            let on_call = who(&roster, now);
            prop_assert_eq!(slot.on_call, on_call);
            prop_assert!(on_call.first.is_none() || on_call.first != on_call.deputy);
            let is_away = |one: AccountId| {
                roster.away.iter().any(|it| it.account == one && it.from <= now && now < it.until)
            };
            prop_assert!(![on_call.first, on_call.deputy].into_iter().flatten().any(is_away));
            prop_assert_eq!(on_call.first.is_none(), gaps(&roster, now, now + jiff::SignedDuration::from_secs(1)).len() == 1);
        }
    }
}
