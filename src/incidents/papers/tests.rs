//! What the papers suggest: true sentences, short ones, on one page, and nothing of the house's own words to the public.

use std::io::Write as _;
use std::process::Command;

use jiff::Timestamp;

use super::fill::{Known, suggest};
use super::model::{Head, OPEN, Paper, Text};
use super::sheet::{self, plain, sheets, title};
use crate::core::env::Env;
use crate::core::error::Error;
use crate::core::ids::{IncidentId, OrgId, ReportId};
use crate::core::tlp::Tlp;
use crate::incidents::model::{Flags, Incident, Inform, Observed, Report};
use crate::incidents::status::Status;
use crate::web::pdf::{About, write};
use crate::web::testing::settings;

const HOUSE: &str = "Verwaltungsgemeinschaft Mittleres Beispieltal und angrenzende Höhen";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn case(title: &str) -> Incident {
    let env = Env::system();
    Incident {
        id: IncidentId(env.uuid()),
        reference: "TH-2026-00042".to_owned(),
        title: title.to_owned(),
        organisation: Some(OrgId(env.uuid())),
        status: Status::Reported,
        close_reason: None,
        class: None,
        category: None,
        impact: None,
        spread: None,
        priority: None,
        priority_reason: None,
        tlp: Tlp::Amber,
        assignee: None,
        holder: None,
        waiting_on: None,
        follow_up_at: None,
        deadline_at: Some(at("2026-11-21T11:00:00Z")),
        deadline_kind: None,
        is_restricted: false,
        is_unconfirmed: false,
        is_drill: false,
        occurred_at: Some(at("2026-11-20T22:00:00Z")),
        detected_at: Some(at("2026-11-21T06:40:00Z")),
        aware_at: Some(at("2026-11-21T07:10:00Z")),
        reported_at: at("2026-11-21T07:30:00Z"),
        closed_at: None,
        version: 1,
        updated_at: at("2026-11-21T07:30:00Z"),
        merged: None,
    }
}

fn report(observed: Observed, flags: Flags, words: &str) -> Report {
    Report {
        id: ReportId(uuid::Uuid::nil()),
        organisation: None,
        observed,
        inform: Inform::ByName,
        flags,
        stated_at: at("2026-11-21T07:30:00Z"),
        title: words.to_owned(),
        description: words.to_owned(),
        measures: words.to_owned(),
        contact_name: "KNRperson".to_owned(),
        contact_phone: "030 23125 004".to_owned(),
        suggestion: None,
        nature: None,
        is_current: true,
    }
}

fn filled(paper: Paper, case: &Incident, report: &Report) -> Text {
    let cert = settings();
    suggest(paper, &Known { case, report, house: HOUSE, cert: &cert, now: at("2026-11-21T08:00:00Z") })
}

fn head(paper: Paper, case: &Incident) -> Head {
    let (reference, house) = (case.reference.clone(), HOUSE.to_owned());
    let members = if paper == Paper::Members {
        vec!["Gemeinde Berga".into(), "Stadt Heringen".into()]
    } else {
        Vec::new()
    };
    Head { paper, reference, house, members, tlp: case.tlp, is_drill: case.is_drill, at: case.updated_at }
}

/// Every kind of case: what is observed, and each set of flags.
fn every(mut f: impl FnMut(Observed, Flags)) {
    for observed in Observed::ALL {
        for bits in 0..16 {
            let is = |bit: i32| bits & bit != 0;
            let (personal_data, malicious) = (is(1), is(2));
            f(*observed, Flags { personal_data, malicious, beyond_house: is(4), critical_service: is(8) });
        }
    }
}

#[test]
fn a_mayor_reads_the_situation_on_one_page_whatever_was_reported_at_whatever_length() {
    let long = "Schadenersatzforderungsbearbeitungsprogramm ".repeat(400);
    every(|observed, flags| {
        let case = case(&long[..199]);
        let text = filled(Paper::Situation, &case, &report(observed, flags, &long));
        let pages = sheets(&head(Paper::Situation, &case), &text)[0].page_count();
        assert_eq!(pages, 1, "{observed:?} {flags:?}");
        assert!(sheet::fits(Paper::Situation, text).is_ok());
    });
}

#[test]
fn a_situation_that_grew_beyond_one_page_is_refused_and_a_letter_may_be_longer() {
    let long = "Noch ein Satz dazu.\n".repeat(60);
    for paper in [Paper::Situation, Paper::Letter] {
        let text = Text::read(paper, |part| if part == "steps" { &long } else { "" }).unwrap();
        let fits = sheet::fits(paper, text);
        assert_eq!(fits.is_ok(), paper == Paper::Letter, "{paper:?}");
        if let Err(error) = fits {
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        }
    }
}

#[test]
fn a_paper_says_something_in_some_part_and_not_more_than_anybody_reads() {
    for paper in Paper::ALL {
        assert!(matches!(Text::read(*paper, |_| " \n "), Err(Error::Invalid(_))), "{paper:?}");
        let long = "x".repeat(4001);
        let last = paper.parts().last().unwrap().0;
        let typed = |part: &'static str| if part == last { long.as_str() } else { "Gut" };
        match Text::read(*paper, typed) {
            Err(Error::Invalid(fields)) => assert_eq!((fields[0].field, fields.len()), (last, 1)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn no_sentence_that_a_paper_suggests_has_more_than_25_words() {
    let mut sentences = 0;
    every(|observed, flags| {
        for paper in Paper::ALL {
            let case = case("Vorfall");
            let text = filled(*paper, &case, &report(observed, flags, ""));
            for (part, _) in paper.parts() {
                let said = text.get(part);
                assert!(!said.trim().is_empty(), "{paper:?} {part}");
                assert!(!said.contains("paper-fill"), "a text is missing: {said}");
                for sentence in said.split(['.', '!', '?', ':', '\n']) {
                    sentences += 1;
                    let words = sentence.split_whitespace().count();
                    assert!(words <= 25, "{words} words: {sentence}");
                }
            }
        }
    });
    assert!(sentences > 2000, "only {sentences} sentences");
}

#[test]
fn what_is_for_others_says_nothing_that_the_reporter_wrote_for_the_cert() {
    every(|observed, flags| {
        for paper in [Paper::Notice, Paper::Letter] {
            let case = case("KNRtitel");
            let text = filled(paper, &case, &report(observed, flags, "KNRworte"));
            let file = plain(&head(paper, &case), &text);
            assert!(!file.contains("KNR") && !file.contains("030 23125 004"), "{file}");
            assert!(!file.contains(&case.reference) && !file.contains("TLP"), "{file}");
            assert!(text.open_places() > 0, "the house says how it is reached: {file}");
        }
    });
}

#[test]
fn the_situation_names_the_strictest_time_for_the_data_protection_commissioner() {
    let flags = Flags { personal_data: true, ..Flags::default() };
    let text = filled(Paper::Situation, &case("Vorfall"), &report(Observed::Data, flags, "Wort"));
    // 72 hours after it was noticed on Saturday at 07:40, weekend or not.
    assert!(text.get("decide").contains("24.11.2026, 07:40 Uhr"), "{}", text.get("decide"));
    let text = filled(Paper::Situation, &case("Vorfall"), &report(Observed::Data, Flags::default(), "Wort"));
    assert!(!text.get("decide").contains("24.11.2026"), "{}", text.get("decide"));
    assert!(
        text.get("ask").contains("KNRperson, 030 23125 004") && text.get("steps").contains("TH-2026-00042")
    );
}

#[test]
fn a_letter_says_what_the_law_asks_for() {
    let flags = Flags { personal_data: true, ..Flags::default() };
    for observed in Observed::ALL {
        let case = case("Vorfall");
        let text = filled(Paper::Letter, &case, &report(*observed, flags, "Wort"));
        let file = plain(&head(Paper::Letter, &case), &text);
        let asked = [
            "Sehr geehrte Damen und Herren,",
            "Was ist passiert?",
            "Was kann das für Sie bedeuten?",
            "Was tun wir?",
            "Unsere Datenschutzbeauftragte",
            "Mit freundlichen Grüßen",
            HOUSE,
        ];
        for asked in asked {
            assert!(file.contains(asked), "{asked} is missing: {file}");
        }
        assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
        assert_eq!(text.open_places(), file.matches(OPEN).count());
    }
    assert!(!Paper::Letter.fits(Flags::default(), true) && Paper::Letter.fits(flags, false));
}

#[test]
fn each_member_gets_a_letter_of_its_own() {
    let case = case("KNRtitel");
    let text = filled(Paper::Members, &case, &report(Observed::Encrypted, Flags::default(), "KNRworte"));
    let said: String = Paper::Members.parts().iter().map(|(part, _)| text.get(part)).collect();
    assert!(!said.contains("KNRtitel") && !said.contains("KNRworte"), "{said}");
    assert!(said.contains(&case.reference) && said.contains("KNRperson, 030 23125 004"), "{said}");
    let letters = sheets(&head(Paper::Members, &case), &text);
    assert_eq!(letters.len(), 2);
    assert!(letters.iter().all(|letter| letter.page_count() == 1));
    assert!(!Paper::Members.fits(Flags::default(), false));
}

#[test]
fn a_drill_says_so_on_each_paper() {
    let mut case = case("Vorfall");
    case.is_drill = true;
    for paper in Paper::ALL {
        let head = head(*paper, &case);
        assert!(title(&head).starts_with("ÜBUNG: "));
        let text = filled(*paper, &case, &report(Observed::Outage, Flags::default(), "Wort"));
        assert!(plain(&head, &text).contains("ÜBUNG: "), "{paper:?}");
    }
}

/// What Debian's poppler reads in a paper's file.
fn printed(head: &Head, text: &Text) -> String {
    let about = About { title: title(head), written: head.at };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&write(&about, sheets(head, text)).unwrap()).unwrap();
    let out = Command::new("pdftotext").arg("-layout").arg(file.path()).arg("-").output();
    let out = out.expect("poppler-utils");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn what_was_saved_stands_on_paper_with_its_label_and_the_word_that_it_is_a_drill() {
    let sentence = |part: &str| format!("Gespeichert unter {part}.");
    for (paper, tlp) in Paper::ALL.iter().flat_map(|paper| Tlp::ALL.iter().map(move |tlp| (*paper, *tlp))) {
        let said: Vec<_> = paper.parts().iter().map(|(part, _)| (*part, sentence(part))).collect();
        let typed = |part: &'static str| said.iter().find(|(name, _)| *name == part).unwrap().1.as_str();
        let text = Text::read(paper, typed).unwrap();
        for is_drill in [true, false] {
            let case = Incident { tlp, is_drill, ..case("Vorfall") };
            let page = printed(&head(paper, &case), &text);
            for (_, sentence) in &said {
                assert!(page.contains(sentence), "{paper:?}: {sentence} is missing in {page}");
            }
            assert_eq!(page.contains("ÜBUNG: "), is_drill, "{paper:?}: {page}");
            let label = tlp.to_string();
            // What others read bears neither label nor reference.
            let is_ours = matches!(paper, Paper::Situation | Paper::Members);
            let pages = page.matches('\u{c}').count();
            let labels = page.split_whitespace().filter(|word| *word == label).count();
            assert_eq!(labels >= pages && pages > 0, is_ours, "{paper:?} {label}: {page}");
            assert_eq!(page.contains("TLP"), is_ours, "{paper:?} {label}: {page}");
            assert_eq!(page.contains(&case.reference), is_ours, "{paper:?}: {page}");
        }
    }
}
