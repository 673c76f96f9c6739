//! The queue as the team arranges it: order, counts, what is unread, filters.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::*;
use crate::core::ids::IncidentId;
use crate::core::text::Prose;
use crate::incidents::model::{Audience, Category, Row, Sort};
use crate::incidents::status::{CloseReason, Status};
use crate::incidents::worklist::model::{
    Command, Count, Drills, Due, FilterInput, Look, Mark, Run, SavedFilter, Terms, Waiting, Whose,
};
use crate::incidents::worklist::service::{self as worklist, bulk};

/// Several cases of two organisations: classed and not, waiting, due, a drill, with danger and data of people.
fn cases(house: &House) -> Vec<Incident> {
    let mut all = Vec::new();
    for number in 0..9_u8 {
        let is = |bit: u8| number & bit != 0;
        let (who, org) = if is(1) { ("stadt", house.city) } else { ("amt", house.village) };
        house.clock.advance(SignedDuration::from_mins(if is(4) { 5 } else { 0 }));
        let case = house.file(who, org, |report| {
            report.is_danger = number == 3;
            report.flags.personal_data = is(2);
            report.is_drill = number == 5;
        });
        if is(2) {
            let priority = i32::from(number % 4) + 1;
            let why = || Line::parse("So entschieden").unwrap();
            house.triage(&case, |triage| triage.priority = Some((priority, why()))).unwrap();
        }
        if is(4) {
            let (id, hours) = (case.id, i64::from(number) - 5);
            house
                .act("analyse1", move |tx, _| {
                    let at = tx.now() + SignedDuration::from_hours(hours);
                    service::set_deadline(tx, id, Some(("respond", at)))
                })
                .unwrap();
        }
        if number == 2 || number == 6 {
            house.wait(&case, "Rückruf", 48).unwrap();
        }
        all.push(case);
    }
    all
}

fn listed(house: &House, who: &str, filter: &crate::incidents::model::Filter, limit: i64) -> Vec<Row> {
    let (actor, filter) = (house.actor(who), filter.clone());
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let (actor, filter, from) = (actor.clone(), filter.clone(), cursor.clone());
        let page = house
            .db()
            .read_now(move |tx| service::list(tx, &actor, &filter, from.as_deref(), limit))
            .unwrap();
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            return rows;
        }
    }
}

#[tokio::test]
async fn each_order_goes_on_where_its_last_page_ended_and_knows_no_other_ones_cursor() {
    for house in houses().await {
        cases(&house);
        let base = crate::incidents::model::Filter {
            open: Some(true),
            with_waiting: true,
            ..crate::incidents::model::Filter::default()
        };
        for sort in Sort::ALL {
            let filter = crate::incidents::model::Filter { sort: Some(*sort), ..base.clone() };
            let whole = listed(&house, "analyse1", &filter, 50);
            assert_eq!(whole.len(), 9);
            let of = |rows: &[Row]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(of(&listed(&house, "analyse1", &filter, 2)), of(&whole), "{sort:?} in pages of two");
            let priorities: Vec<_> = whole.iter().map(|row| row.priority.unwrap_or(5)).collect();
            let is_right = match sort {
                Sort::Due => whole[0].deadline_at.is_some() && whole[8].deadline_at.is_none(),
                Sort::Oldest => whole.is_sorted_by_key(|row| row.reported_at),
                Sort::Newest => whole.iter().rev().is_sorted_by_key(|row| row.reported_at),
                Sort::Priority => priorities.is_sorted(),
                Sort::Organisation => {
                    whole[..5].iter().all(|row| row.organisation == Some(house.village))
                        && whole[5..].iter().all(|row| row.organisation == Some(house.city))
                }
                Sort::Changed => whole.iter().rev().is_sorted_by_key(|row| row.updated_at),
            };
            assert!(is_right, "{sort:?}: {whole:?}");
            let actor = house.actor("analyse1");
            let cursor = house.db().read_now(|tx| service::list(tx, &actor, &filter, None, 2)).unwrap().next;
            let other = if *sort == Sort::Due { Sort::Oldest } else { Sort::Due };
            let filter = crate::incidents::model::Filter { sort: Some(other), ..base.clone() };
            let gone_on = house.db().read_now(|tx| service::list(tx, &actor, &filter, cursor.as_deref(), 2));
            assert_eq!(refused(gone_on), [("cursor", "error-cursor")]);
        }
    }
}

#[tokio::test]
async fn a_filters_count_is_the_length_of_its_list() {
    for house in houses().await {
        let all = cases(&house);
        let (reference, mine) = (all[1].reference.clone(), house.account("analyse1"));
        house
            .act("analyse1", move |tx, actor| service::assign(tx, actor, &reference, 1, Some(mine)))
            .unwrap();
        house.restrict("analyse2", &all[0], Some(vec![house.account("analyse2")])).unwrap();
        let base = Terms::default;
        let district = house.db().read_now(directory::districts).unwrap();
        let nord = district.iter().find(|it| it.name == "Landkreis Nord").unwrap().id;
        let terms = vec![
            base(),
            Terms { status: Some(crate::incidents::status::Status::Triaged), ..base() },
            Terms { priority_at_most: Some(2), ..base() },
            Terms { class: Some(crate::incidents::model::Class::Incident), ..base() },
            Terms { category: Some(crate::incidents::model::Category::InfectedSystem), ..base() },
            Terms { organisation: Some(house.city), ..base() },
            Terms { district: Some(nord), ..base() },
            Terms { district: Some(nord), organisation: Some(house.city), ..base() },
            Terms { whose: Some(Whose::Mine), ..base() },
            Terms { whose: Some(Whose::Nobodys), ..base() },
            Terms { due: Some(Due::Late), ..base() },
            Terms { due: Some(Due::Day), waiting: Some(Waiting::Also), ..base() },
            Terms { due: Some(Due::Week), ..base() },
            Terms { waiting: Some(Waiting::Only), ..base() },
            Terms { drills: Some(Drills::Only), ..base() },
            Terms { drills: Some(Drills::Without), ..base() },
            Terms { danger: true, ..base() },
            Terms { personal_data: true, waiting: Some(Waiting::Also), ..base() },
        ];
        for who in ["analyse1", "analyse2", "leitung", "revision"] {
            let (actor, asked) = (house.actor(who), terms.clone());
            let counted = |tx: &mut Tx<'_>| {
                let stand = worklist::stand(tx, &actor)?;
                worklist::counts(tx, &actor, &stand, &asked)
            };
            let counts = house.db().read_now(counted).unwrap();
            for (terms, count) in terms.iter().zip(counts) {
                let (actor, asked) = (house.actor(who), terms.clone());
                let filter = house.db().read_now(move |tx| worklist::meant(tx, &actor, &asked)).unwrap();
                let rows = listed(&house, who, &filter, 50);
                assert_eq!(count, Some(Count::Exactly(rows.len())), "{who}: {terms:?}");
            }
        }
        let (actor, words) = (house.actor("analyse1"), Terms { text: "Bauamt".to_owned(), ..base() });
        let counts = house
            .db()
            .read_now(|tx| {
                let stand = worklist::stand(tx, &actor)?;
                worklist::counts(tx, &actor, &stand, std::slice::from_ref(&words))
            })
            .unwrap();
        assert_eq!(counts, [None], "words are not counted");
    }
}

#[tokio::test]
async fn the_queue_has_the_cases_of_the_list_in_its_order_and_the_same_signs_for_each_person_and_page() {
    for house in houses().await {
        let all = cases(&house);
        house.restrict("analyse1", &all[0], Some(vec![house.account("analyse1")])).unwrap();
        let (seen, called) = (all[4].id, all[8].reference.clone());
        house.act("analyse2", move |tx, actor| worklist::opened(tx, actor, seen)).unwrap();
        house
            .act("analyse1", move |tx, actor| {
                let text = Prose::parse("@analyse2: bitte ansehen").unwrap();
                service::message(tx, actor, &called, Audience::Team, &text)
            })
            .unwrap();
        let (mut lengths, mut signed) = (BTreeSet::new(), [0; 3]);
        for who in ["analyse1", "analyse2", "leitung", "revision"] {
            let actor = house.actor(who);
            let pages = |filter: &crate::incidents::model::Filter, limit: i64| {
                let (mut rows, mut signs, mut from) = (Vec::new(), BTreeMap::new(), None::<String>);
                loop {
                    let (page, told) = house
                        .db()
                        .read_now(|tx| worklist::queue(tx, &actor, filter, from.as_deref(), limit))
                        .unwrap();
                    let has = |set: &HashSet<IncidentId>, id| u8::from(set.contains(&id));
                    for row in &page.rows {
                        let is = [&told.unread, &told.danger, &told.mentioned].map(|set| has(set, row.id));
                        signs.insert(row.id, is);
                    }
                    rows.extend(page.rows);
                    from = page.next;
                    if from.is_none() {
                        return (rows, signs);
                    }
                }
            };
            for sort in [None, Some(Sort::Newest), Some(Sort::Priority)] {
                let usual = crate::incidents::model::Filter { open: Some(true), sort, ..Default::default() };
                assert!(usual.is_usual());
                let wider = crate::incidents::model::Filter { with_waiting: true, ..usual.clone() };
                let (_, of_wider) = pages(&wider, 50);
                for filter in [usual, wider] {
                    let (rows, signs) = pages(&filter, 3);
                    let list = listed(&house, who, &filter, 50);
                    assert_eq!(format!("{rows:#?}"), format!("{list:#?}"), "{who} {filter:?}");
                    assert!(signs.iter().all(|(id, is)| of_wider[id] == *is), "{who} {filter:?}");
                    lengths.insert(rows.len());
                    for is in signs.values() {
                        (0..3).for_each(|at| signed[at] += u32::from(is[at]));
                    }
                }
            }
        }
        assert!(lengths.len() > 2, "who is not named sees less, and waiting cases count: {lengths:?}");
        assert!(signed.iter().all(|count| *count > 0), "each sign is on some row: {signed:?}");
    }
}

#[tokio::test]
async fn a_case_is_unread_until_it_is_opened_and_again_when_the_organisation_says_something() {
    for house in houses().await {
        let case = house.file("amt", house.village, |report| report.is_danger = true);
        let signs = |who: &str| {
            let actor = house.actor(who);
            let filter = crate::incidents::model::Filter::default();
            house.db().read_now(|tx| worklist::queue(tx, &actor, &filter, None, 50)).unwrap().1
        };
        let unread = |who: &str| signs(who).unread.contains(&case.id);
        let opens = |who: &str| {
            let id = case.id;
            house.act(who, move |tx, actor| worklist::opened(tx, actor, id)).unwrap();
        };
        assert!(signs("analyse1").danger.contains(&case.id), "people are in danger");
        assert!(unread("analyse1") && unread("leitung") && !unread("revision"));
        house.clock.advance(SignedDuration::from_mins(1));
        opens("analyse1");
        opens("analyse1");
        assert!(!unread("analyse1") && unread("analyse2"), "who opened it has read it");
        house.clock.advance(SignedDuration::from_mins(1));
        let say = |who: &'static str, audience: Audience| {
            let (reference, text) = (case.reference.clone(), Prose::parse("Wir kommen voran.").unwrap());
            house
                .act(who, move |tx, actor| service::message(tx, actor, &reference, audience, &text))
                .unwrap();
        };
        say("analyse2", Audience::Team);
        assert!(!unread("analyse1"), "what a colleague writes is no news from outside");
        say("amt", Audience::Organisation(house.village));
        opens("analyse2");
        assert!(unread("analyse1") && !unread("analyse2"));
        opens("revision");
        assert!(signs("revision").unread.is_empty(), "an auditor has nothing to read");
    }
}

#[tokio::test]
async fn a_filter_of_ones_own_is_nobody_elses_and_one_of_the_team_changes_who_made_it_or_leads() {
    for house in houses().await {
        let keep = |who: &str, name: &str, is_team| {
            let input = FilterInput { name: Line::parse(name).unwrap(), is_team, terms: Terms::default() };
            house.act(who, move |tx, actor| worklist::add_filter(tx, actor, &input))
        };
        let seen = |who: &str| {
            let actor = house.actor(who);
            let all = house.db().read_now(|tx| worklist::stand(tx, &actor)).unwrap().filters;
            all.into_iter().map(|filter: SavedFilter| filter.name).collect::<BTreeSet<_>>()
        };
        let own = keep("analyse1", "Meiner", false).unwrap();
        let team = keep("analyse1", "Unserer", true).unwrap();
        assert!(matches!(keep("revision", "Prüfung", false), Err(Error::NotFound)), "an auditor keeps none");
        let both = BTreeSet::from(["Meiner".to_owned(), "Unserer".to_owned()]);
        let shared = BTreeSet::from(["Unserer".to_owned()]);
        assert_eq!((seen("analyse1"), seen("analyse2"), seen("revision")), (both, shared.clone(), shared));
        let change = |who: &str, id, version| {
            let (name, terms) = (Line::parse("Anders").unwrap(), Terms { danger: true, ..Terms::default() });
            let input = FilterInput { name, is_team: true, terms };
            house.act(who, move |tx, actor| worklist::change_filter(tx, actor, id, version, &input))
        };
        assert!(matches!(change("analyse2", own, 1), Err(Error::NotFound)));
        assert!(matches!(change("analyse2", team, 1), Err(Error::Forbidden(_))));
        change("leitung", team, 1).unwrap();
        assert!(matches!(change("analyse1", team, 1), Err(Error::Stale)));
        change("analyse1", team, 2).unwrap();
        let remove = |who: &str, id| house.act(who, move |tx, actor| worklist::remove_filter(tx, actor, id));
        assert!(matches!(remove("analyse2", team), Err(Error::Forbidden(_))));
        remove("leitung", team).unwrap();
        remove("analyse1", own).unwrap();
        assert!(seen("analyse1").is_empty());
        for number in 0..20 {
            keep("analyse1", &format!("Filter {number}"), false).unwrap();
        }
        assert!(matches!(keep("analyse1", "Zu viel", false), Err(Error::Conflict(_))));
        let look = Look::of(&[worklist_column("tlp"), worklist_column("alter")], Sort::Changed);
        let wanted = look.clone();
        house.act("analyse1", move |tx, actor| worklist::set_look(tx, actor, &wanted)).unwrap();
        let (mine, other) = (house.actor("analyse1"), house.actor("analyse2"));
        assert_eq!(house.db().read_now(|tx| worklist::stand(tx, &mine)).unwrap().look, look);
        assert_eq!(house.db().read_now(|tx| worklist::stand(tx, &other)).unwrap().look, Look::default());
    }
}

#[tokio::test]
async fn a_hand_over_lies_on_top_until_its_holder_has_read_it() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let (one, two) = (house.account("analyse1"), house.account("analyse2"));
        let give = |who: &str, to, note: Option<&str>| {
            let (reference, seen) = (case.reference.clone(), house.load(&case).version);
            let note = note.map(|note| Prose::parse(note).unwrap());
            house
                .act(who, move |tx, actor| service::hand_over(tx, actor, &reference, seen, to, note.as_ref()))
                .unwrap();
        };
        let on_top = || {
            let case = house.load(&case);
            house.db().read_now(|tx| service::handover(tx, &case)).unwrap().map(|note| note.text)
        };
        let read = |who: &str| {
            let reference = case.reference.clone();
            house.act(who, move |tx, actor| service::acknowledge_handover(tx, actor, &reference))
        };
        let unread = |who: &str| {
            let (actor, filter) = (house.actor(who), crate::incidents::model::Filter::default());
            let (_, signs) = house.db().read_now(|tx| worklist::queue(tx, &actor, &filter, None, 5)).unwrap();
            signs.unread.contains(&case.id)
        };
        let id = case.id;
        house.act("analyse2", move |tx, actor| worklist::opened(tx, actor, id)).unwrap();
        assert!(!unread("analyse2"));
        give("analyse1", Some(one), None);
        assert_eq!(on_top(), None);
        give("analyse1", Some(two), Some("Der Betreiber ruft um 9 Uhr an."));
        assert!(unread("analyse2"), "what one is given is unread");
        assert_eq!(on_top().as_deref(), Some("Der Betreiber ruft um 9 Uhr an."));
        assert!(matches!(read("analyse1"), Err(Error::Conflict(_))), "it is not theirs");
        assert!(matches!(read("amt"), Err(Error::Forbidden(_))));
        read("analyse2").unwrap();
        assert_eq!(on_top(), None);
        assert!(matches!(read("analyse2"), Err(Error::Conflict(_))), "once");
        let view = house.show("amt", &case).unwrap();
        assert!(view.entries.iter().all(|it| !it.kind.starts_with("handover")), "it is the team's");
    }
}

#[tokio::test]
async fn the_cases_of_who_is_absent_stand_in_a_list_of_their_own_for_as_long() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let (reference, one) = (case.reference.clone(), house.account("analyse1"));
        house.act("analyse1", move |tx, actor| service::assign(tx, actor, &reference, 1, Some(one))).unwrap();
        let say = |from: i64, until: i64, deputy: Option<AccountId>| {
            house.act("analyse1", move |tx, actor| {
                let hours = SignedDuration::from_hours;
                worklist::say_absent(tx, actor, tx.now() + hours(from), tx.now() + hours(until), deputy)
            })
        };
        let left = || {
            let actor = house.actor("analyse2");
            let terms = Terms { whose: Some(Whose::Absent), ..Terms::default() };
            let filter = house.db().read_now(|tx| worklist::meant(tx, &actor, &terms)).unwrap();
            listed(&house, "analyse2", &filter, 50).len()
        };
        assert_eq!(refused(say(2, 1, None)), [("until", "desk-absence-span")]);
        assert_eq!(refused(say(-4, -2, None)), [("until", "error-date-past")]);
        assert_eq!(refused(say(0, 9_000, None)), [("until", "desk-absence-span")]);
        assert_eq!(
            refused(say(1, 9, Some(one))),
            [("deputy", "error-choice")],
            "nobody stands in for themself"
        );
        assert_eq!(refused(say(1, 9, Some(house.account("amt")))), [("deputy", "error-choice")]);
        let id = say(1, 9, Some(house.account("analyse2"))).unwrap();
        assert_eq!(left(), 0, "not yet");
        house.clock.advance(SignedDuration::from_hours(2));
        assert_eq!(left(), 1);
        let end = |who: &str| house.act(who, move |tx, actor| worklist::end_absence(tx, actor, id));
        assert!(matches!(end("analyse2"), Err(Error::NotFound)));
        assert!(matches!(end("revision"), Err(Error::NotFound)));
        end("analyse1").unwrap();
        assert_eq!(left(), 0, "there after all");
    }
}

/// Marks these in the version that they have now.
fn marks(house: &House, cases: &[&Incident]) -> Vec<Mark> {
    cases
        .iter()
        .map(|case| Mark { reference: case.reference.clone(), version: house.load(case).version })
        .collect()
}

/// Does it to all, as a page does; the run, and the outcomes in order.
fn change_many(house: &House, who: &str, marks: &[Mark], command: &Command) -> Run {
    let what = command.clone();
    let run = house.act(who, move |tx, actor| bulk::begin(tx, actor, &what)).unwrap();
    for (ordinal, mark) in (0..).zip(marks) {
        let (one, what) = (mark.clone(), command.clone());
        if let Err(error) = house.act(who, move |tx, actor| bulk::step(tx, actor, run, ordinal, &one, &what))
        {
            let (one, why) = (mark.clone(), bulk::told(error).unwrap());
            house.act(who, move |tx, actor| bulk::refused(tx, actor, run, ordinal, &one, why)).unwrap();
        }
    }
    look_at(house, who, run).unwrap()
}

fn look_at(house: &House, who: &str, run: crate::core::ids::BulkId) -> Result<Run> {
    let actor = house.actor(who);
    house.db().read_now(|tx| bulk::run(tx, &actor, run))
}

fn take_back(house: &House, who: &str, run: &Run) -> Vec<Result<()>> {
    let id = run.id;
    let run = house.act(who, move |tx, actor| bulk::begin_undo(tx, actor, id)).unwrap();
    let changed: Vec<_> = run.items.iter().filter(|item| item.outcome == "changed").cloned().collect();
    changed
        .into_iter()
        .map(|item| {
            let run = run.clone();
            house.act(who, move |tx, actor| bulk::undo_step(tx, actor, &run, &item))
        })
        .collect()
}

#[tokio::test]
async fn many_are_changed_each_for_itself_and_each_is_told() {
    for house in houses().await {
        let all: Vec<Incident> = (0..4).map(|_| house.file("amt", house.village, |_| {})).collect();
        let secret = house.file("amt", house.village, |_| {});
        let (reference, two) = (secret.reference.clone(), house.account("analyse2"));
        house.act("analyse2", move |tx, actor| service::assign(tx, actor, &reference, 1, Some(two))).unwrap();
        house.restrict("analyse2", &secret, Some(vec![house.account("analyse2")])).unwrap();
        let mut marked = marks(&house, &[&all[0], &all[1], &all[2], &secret]);
        marked.push(Mark { reference: "TH-2026-99999".to_owned(), version: 1 });
        house.triage(&all[1], |_| {}).unwrap();
        let (reference, two) = (all[2].reference.clone(), house.account("analyse2"));
        house.act("analyse2", move |tx, actor| service::assign(tx, actor, &reference, 1, Some(two))).unwrap();
        marked[2].version = 2;
        let run = change_many(&house, "analyse1", &marked, &Command::Take);
        let outcomes: Vec<&str> = run.items.iter().map(|item| item.outcome.as_str()).collect();
        assert_eq!(
            outcomes,
            ["changed", "desk-bulk-stale", "desk-bulk-held", "desk-bulk-none", "desk-bulk-none"],
            "what may not be seen is told as what is not there"
        );
        assert_eq!(house.load(&all[0]).assignee, Some(house.account("analyse1")));
        assert_eq!(house.load(&secret).assignee, Some(two));
        assert!(matches!(look_at(&house, "analyse2", run.id), Err(Error::NotFound)), "each sees their own");
        let refused = house.act("revision", |tx, actor| bulk::begin(tx, actor, &Command::Take));
        assert!(matches!(refused, Err(Error::NotFound)), "an auditor changes nothing");
        let town = Command::Assign(Some(house.account("amt")));
        let given = house.act("analyse1", move |tx, actor| bulk::begin(tx, actor, &town));
        assert!(matches!(given, Err(Error::Invalid(_))), "nobody outside of the team gets a case");
    }
}

#[tokio::test]
async fn what_was_done_to_many_is_taken_back_where_nothing_changed_since() {
    for house in houses().await {
        let all: Vec<Incident> = (0..3).map(|_| house.file("amt", house.village, |_| {})).collect();
        let [a, b, c] = [&all[0], &all[1], &all[2]];
        house.wait(a, "Zuerst hierauf", 48).unwrap();
        house.clock.advance(SignedDuration::from_mins(1));
        let until = house.db().read_now(|tx| Ok(tx.now() + SignedDuration::from_hours(9))).unwrap();
        let before = house.load(a);

        let wait = Command::Wait(Line::parse("Dann darauf").unwrap(), until);
        let run = change_many(&house, "analyse1", &marks(&house, &[a, b, c]), &wait);
        assert!(run.items.iter().all(|item| item.outcome == "changed"), "{run:?}");
        // The organisation's message brings its case back, without a new version.
        let (reference, village) = (c.reference.clone(), house.village);
        house
            .act("amt", move |tx, actor| {
                let text = Prose::parse("Wir sind da.").unwrap();
                service::message(tx, actor, &reference, Audience::Organisation(village), &text)
            })
            .unwrap();
        let undone = take_back(&house, "analyse1", &run);
        assert!(undone[0].is_ok() && undone[1].is_ok(), "{undone:?}");
        assert!(matches!(undone[2], Err(Error::Stale)), "it changed since: {undone:?}");
        let after = house.load(a);
        assert_eq!((after.follow_up_at, after.waiting_on), (before.follow_up_at, before.waiting_on));
        assert_eq!((house.load(b).follow_up_at, house.load(c).follow_up_at), (None, None));
        let again = house.act("analyse1", move |tx, actor| bulk::begin_undo(tx, actor, run.id));
        assert!(matches!(again, Err(Error::Conflict(_))), "once");

        house.triage(b, |_| {}).unwrap();
        let run = change_many(
            &house,
            "analyse1",
            &marks(&house, &[a, b]),
            &Command::Close(CloseReason::FalseAlarm),
        );
        assert_eq!(house.load(b).status, Status::Closed);
        assert!(take_back(&house, "analyse1", &run).iter().all(Result::is_ok));
        let (a_now, b_now) = (house.load(a), house.load(b));
        assert_eq!((a_now.status, b_now.status), (Status::Reported, Status::Triaged));
        assert_eq!(a_now.follow_up_at, before.follow_up_at, "it waits again");
        assert_eq!((b_now.close_reason, b_now.closed_at), (None, None));

        let run = change_many(&house, "analyse1", &marks(&house, &[a]), &Command::Categorise(Category::Ddos));
        assert_eq!(house.load(a).category, Some(Category::Ddos));
        assert!(take_back(&house, "analyse1", &run)[0].is_ok());
        assert_eq!(house.load(a).category, None);

        let give = Command::Assign(Some(house.account("analyse2")));
        let run = change_many(&house, "analyse1", &marks(&house, &[a]), &give);
        house.clock.advance(SignedDuration::from_mins(11));
        let late = house.act("analyse1", move |tx, actor| bulk::begin_undo(tx, actor, run.id));
        assert!(matches!(late, Err(Error::Conflict(_))), "too late");

        let note = Command::Note(Prose::parse("Alles dieselbe Welle").unwrap());
        let run = change_many(&house, "analyse1", &marks(&house, &[a, b]), &note);
        let none = house.act("analyse1", move |tx, actor| bulk::begin_undo(tx, actor, run.id));
        assert!(matches!(none, Err(Error::Conflict(_))), "a note stays");
        house.clock.advance(SignedDuration::from_hours(25));
        house.act("analyse1", |tx, actor| bulk::begin(tx, actor, &Command::Take)).unwrap();
        assert!(matches!(look_at(&house, "analyse1", run.id), Err(Error::NotFound)), "kept for a day");
    }
}

fn worklist_column(code: &str) -> crate::incidents::worklist::model::Column {
    crate::incidents::worklist::model::Column::parse(code).unwrap()
}
