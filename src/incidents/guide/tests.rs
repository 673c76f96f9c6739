//! The rules of the guided report: no answer is lost, no question is out of reach, no sentence is too long.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;

use super::check::{self, Context};
use super::model::{Answers, Asker, Field, House, Kind, Measure, NO_OFFICE, Step, all_fields};
use super::rules::{back, flags, measures, next, path, resume, suggest};
use crate::core::env::Env;
use crate::core::error::Error;
use crate::core::i18n::DE;
use crate::core::ids::OrgId;
use crate::incidents::model::{Class, Flags, Impact, Observed, Spread, priority};

fn every_field() -> Vec<Field> {
    Step::ALL.iter().flat_map(|step| all_fields(*step)).collect()
}

/// Answers as somebody may have typed them: fitting ones, none, and what no page offers.
fn typed() -> impl Strategy<Value = Answers> {
    let fields = every_field();
    proptest::collection::vec((any::<prop::sample::Index>(), "\\PC{0,12}"), fields.len()).prop_map(
        move |picked| {
            let mut answers = Answers::default();
            for (field, (index, words)) in fields.iter().zip(picked) {
                let value = match field.kind {
                    Kind::One(codes) | Kind::Any(codes) => {
                        let all = [codes(), vec!["", "no such code"]].concat();
                        index.get(&all).to_string()
                    }
                    Kind::Time => {
                        index.get(&["", "20.11.2026 07:40", "gestern", "01.01.2099 00:00"]).to_string()
                    }
                    _ => words,
                };
                answers.set(field.name, vec![value]);
            }
            answers
        },
    )
}

fn house(name: &str) -> House {
    House { id: OrgId(Env::system().uuid()), name: name.to_owned(), is_ours: true }
}

fn now() -> Timestamp {
    "2026-11-21T06:40:00Z".parse().unwrap()
}

fn askers() -> impl Strategy<Value = Asker> {
    prop_oneof![Just(Asker::OneHouse), Just(Asker::SeveralHouses), Just(Asker::Stranger)]
}

/// The least that makes a report: what is required, and a telephone; of a stranger also a name and, where the register
/// found some, which organisation is meant.
fn least(answers: &mut Answers, houses: &[House], asker: Asker) -> usize {
    let of_strangers = ["contact_name", "office"];
    let required: Vec<_> = path(answers, asker)
        .into_iter()
        .flat_map(all_fields)
        .filter(|field| {
            let is_strangers = asker == Asker::Stranger && of_strangers.contains(&field.name);
            field.is_required || field.name == "contact_phone" || is_strangers
        })
        .collect();
    for field in &required {
        let value = match field.kind {
            Kind::One(codes) => codes()[0].to_owned(),
            Kind::Houses => houses[0].id.to_string(),
            Kind::Offices => NO_OFFICE.to_owned(),
            _ => "030 23125 114".to_owned(),
        };
        answers.set(field.name, vec![value]);
    }
    required.len()
}

proptest! {
    #[test]
    fn every_question_is_reached_forth_and_back(answers in typed(), asker in askers()) {
        let path = path(&answers, asker);
        for pair in path.windows(2) {
            prop_assert_eq!(next(pair[0], &answers, asker), pair[1]);
            prop_assert_eq!(back(pair[1], &answers, asker), Some(pair[0]));
        }
        prop_assert_eq!(path.first(), Some(&Step::Danger));
        prop_assert_eq!(path.last(), Some(&Step::Review));
        prop_assert_eq!(back(Step::Danger, &answers, asker), None);
        // Who stands on a question that is not asked any more finds back to the way.
        for step in Step::ALL {
            prop_assert!(path.contains(&next(*step, &answers, asker)));
            prop_assert!(path.contains(&resume(&answers, asker, |_| true)));
        }
    }

    #[test]
    fn an_answer_that_is_changed_and_changed_back_takes_no_other_with_it(before in typed(), other in typed(), asker in askers()) {
        for field in every_field() {
            let mut answers = before.clone();
            answers.set(field.name, other.all(field.name).to_vec());
            for kept in every_field().iter().filter(|kept| kept.name != field.name) {
                prop_assert_eq!(answers.all(kept.name), before.all(kept.name));
            }
            answers.set(field.name, before.all(field.name).to_vec());
            prop_assert_eq!(&answers, &before);
            prop_assert_eq!(path(&answers, asker), path(&before, asker));
        }
    }

    #[test]
    fn at_most_twelve_inputs_make_a_report(mut answers in typed(), asker in askers()) {
        let houses = if asker == Asker::OneHouse { vec![house("Amt")] } else { vec![house("Amt"), house("Dorf")] };
        let context = Context { asker, houses: &houses, offices: &houses, now: now() };
        let mut short = Answers::default();
        prop_assert!(least(&mut short, &houses, asker) <= 12);
        prop_assert!(check::report(&short, &context, false).is_ok());
        // Whatever else was typed, what is refused is said at a field that the summary shows.
        least(&mut answers, &houses, asker);
        match check::report(&answers, &context, false) {
            Ok(report) => prop_assert!(!report.description.as_str().is_empty()),
            Err(Error::Invalid(errors)) => {
                for error in errors {
                    prop_assert!(every_field().iter().any(|field| field.name == error.field), "{error:?}");
                }
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn danger_never_makes_a_case_less_urgent(mut answers in typed()) {
        let urgency = |answers: &Answers| suggest(answers).map(|s| priority(s.impact, s.spread));
        answers.set("danger", Vec::new());
        let before = urgency(&answers);
        prop_assert_eq!(before.is_some(), answers.observed().is_some());
        for danger in ["no", "service", "people"] {
            answers.set("danger", vec![danger.to_owned()]);
            if let (Some(calm), Some(now)) = (before, urgency(&answers)) {
                prop_assert!(danger == "no" || now <= calm);
                prop_assert_eq!(flags(&answers).critical_service, danger != "no");
            }
        }
    }
}

fn answered(pairs: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    for (name, value) in pairs {
        answers.set(name, vec![(*value).to_owned()]);
    }
    answers
}

#[test]
fn what_people_say_in_everyday_words_suggests_what_the_team_would_say() {
    use crate::incidents::model::Category as C;
    for (said, class, category, impact, spread) in [
        (
            &[("observed", "encrypted"), ("spread", "whole_house")][..],
            Class::Significant,
            C::InfectedSystem,
            Impact::High,
            Spread::WholeHouse,
        ),
        (
            &[("observed", "mail"), ("clicked", "nothing")],
            Class::NearMiss,
            C::Phishing,
            Impact::None,
            Spread::OneDevice,
        ),
        (
            &[("observed", "mail"), ("clicked", "opened")],
            Class::Incident,
            C::InfectedSystem,
            Impact::Low,
            Spread::OneDevice,
        ),
        (
            &[("observed", "account"), ("account_owner", "admin"), ("danger", "service")],
            Class::Incident,
            C::PrivilegedAccount,
            Impact::High,
            Spread::OneDevice,
        ),
        (
            &[("observed", "outage"), ("danger", "people")],
            Class::Significant,
            C::Outage,
            Impact::Severe,
            Spread::OneDevice,
        ),
        (
            &[("observed", "vulnerability")],
            Class::Event,
            C::VulnerableSystem,
            Impact::None,
            Spread::OneDevice,
        ),
    ] {
        let found = suggest(&answered(said)).unwrap();
        assert_eq!(
            (found.class, found.category, found.impact, found.spread),
            (class, category, impact, spread),
            "{said:?}"
        );
    }
}

#[test]
fn duties_find_their_flags_and_nobody_is_asked_twice() {
    let leak = answered(&[("observed", "data"), ("data_about", "citizens"), ("spread", "several_houses")]);
    let expected =
        Flags { personal_data: true, malicious: false, beyond_house: true, critical_service: false };
    assert_eq!(flags(&leak), expected);
    assert!(!path(&leak, Asker::OneHouse).contains(&Step::Data), "it was said whose data they are");
    assert!(
        path(&answered(&[("observed", "data"), ("data_about", "unknown")]), Asker::OneHouse)
            .contains(&Step::Data)
    );
    let encrypted = answered(&[("observed", "encrypted")]);
    assert!(flags(&encrypted).malicious && !path(&encrypted, Asker::OneHouse).contains(&Step::Intent));
    assert!(!flags(&answered(&[("observed", "device"), ("malicious", "unknown")])).malicious);
}

#[test]
fn a_times_word_is_kept_with_its_date_and_tomorrow_is_refused() {
    let houses = [house("Amt")];
    let context = Context { asker: Asker::OneHouse, houses: &houses, offices: &[], now: now() };
    let field = all_fields(Step::Since)[0];
    let kept = check::kept(&field, "gestern 16:30", now());
    assert_eq!(kept, "20.11.2026, 16:30 Uhr");
    assert!(check::step(Step::Since, &answered(&[("detected_at", &kept)]), &context).is_ok());
    for (noticed, began) in [("morgen 9 Uhr", ""), ("vorhin", ""), (kept.as_str(), "21.11.2026 07:00")] {
        let answers = answered(&[("detected_at", noticed), ("occurred_at", began)]);
        assert!(check::step(Step::Since, &answers, &context).is_err(), "{noticed} {began}");
    }
}

#[test]
fn everybody_is_told_what_helps_once_and_in_order() {
    for observed in Observed::ALL {
        for bits in 0..16 {
            let is = |bit: i32| bits & bit != 0;
            let flags = Flags {
                personal_data: is(1),
                malicious: is(2),
                beyond_house: is(4),
                critical_service: is(8),
            };
            let told = measures(*observed, flags);
            assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "{observed:?} {told:?}");
            assert!(told.contains(&Measure::Keep));
            assert_eq!(told.first() == Some(&Measure::CallUs), flags.critical_service);
        }
    }
    let encrypted = measures(Observed::Encrypted, Flags { malicious: true, ..Flags::default() });
    for needed in [Measure::Disconnect, Measure::LeaveOn, Measure::DoNotPay, Measure::Police] {
        assert!(encrypted.contains(&needed), "{needed:?}");
    }
}

#[test]
fn no_sentence_of_the_guided_report_has_more_than_25_words() {
    let mut sentences = 0;
    let texts =
        DE.lines().filter(|line| line.starts_with("guide-") || line.starts_with("incident-observed-"));
    for line in texts {
        let (_, text) = line.split_once('=').unwrap();
        for sentence in text.split(['.', '!', '?', ':']).filter(|sentence| !sentence.trim().is_empty()) {
            sentences += 1;
            let words = sentence.split_whitespace().count();
            assert!(words <= 25, "{words} words: {sentence}");
        }
    }
    assert!(sentences > 200, "only {sentences} sentences found");
}

#[test]
fn a_stranger_says_whom_it_is_about_in_words_and_may_mean_one_of_the_register() {
    let found = [house("Stadt Erfurt"), house("Landkreis Erfurt")];
    let context = Context { asker: Asker::Stranger, houses: &[], offices: &found, now: now() };
    let mut answers = answered(&[("office_name", "Erfurt")]);
    assert!(check::step(Step::Office, &answers, &context).is_err(), "there is a choice to make");
    assert!(check::step(Step::Office, &answers, &Context { offices: &[], ..context }).is_ok());
    let context = Context { asker: Asker::Stranger, houses: &[], offices: &found, now: now() };
    for (said, claimed) in [(NO_OFFICE.to_owned(), None), (found[1].id.to_string(), Some(found[1].id))] {
        answers.set("office", vec![said]);
        assert!(check::step(Step::Office, &answers, &context).is_ok());
        assert_eq!(check::claimed(&answers, &found), claimed);
    }
    answers.set("office", vec![house("Fremd").id.to_string()]);
    assert!(check::step(Step::Office, &answers, &context).is_err(), "what was not offered");
    least(&mut answers, &found, Asker::Stranger);
    answers.set("office_name", vec!["Erfurt".to_owned()]);
    let report = check::report(&answers, &context, false).unwrap();
    assert_eq!(report.organisation, None);
    assert!(report.description.as_str().contains("Betrifft: Erfurt"), "{}", report.description.as_str());
}
