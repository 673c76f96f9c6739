//! When a report to an authority is due: `expected.csv`, worked out by hand, against the rule sets and their clocks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use meldekette::core::when;
use meldekette::duties::book::{Book, Clock};
use meldekette::duties::rule::{Past, standings};
use meldekette::duties::term::Term;
use serde::Deserialize;

const FILE: &str = include_str!("expected.csv");

#[derive(Deserialize)]
struct Line {
    rule: String,
    stage: String,
    event: String,
    at: String,
    due: String,
    why: String,
    source: String,
}

fn lines() -> Vec<Line> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(FILE.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().expect("a table")
}

fn instant(local: &str) -> Timestamp {
    let local: DateTime = local.parse().expect("a time");
    local.to_zoned(when::zone()).expect("a time that there is").timestamp()
}

/// What happened, where this event starts a stage's clock.
fn past(event: &str, stage: &str, at: Timestamp) -> Past {
    let mut past = Past::default();
    match event.strip_prefix("sent:") {
        Some(earlier) => drop(past.sent_at.insert(earlier.to_owned(), at)),
        None if event == "asked" => drop(past.asked_at.insert(stage.to_owned(), at)),
        None => {
            assert_eq!(event, "aware");
            past.aware_at = Some(at);
        }
    }
    past
}

#[test]
fn each_stage_is_due_when_it_was_worked_out_by_hand() {
    let book = Book::load(Path::new("")).expect("the built-in rule sets");
    let mut wrong = Vec::new();
    for Line { rule, stage, event, at, due, why, source } in lines() {
        assert!(!why.is_empty() && !source.is_empty(), "{rule} {stage} {at}: without reason or source");
        let set = book.set(&rule).unwrap_or_else(|| panic!("no rule set {rule}"));
        let from = instant(&at);
        let mut past = past(&event, &stage, from);
        // What is told at the end is due once the case is over.
        let is_end = set.stage(&stage).is_some_and(|stage| stage.instead_while_open.is_some());
        past.closed_at = is_end.then_some(from);
        let all = standings(set, &past, from);
        let (_, found) = all.iter().find(|(one, _)| one.key == stage).expect("a stage");
        let found = found.due_at();
        if found != Some(instant(&due)) {
            wrong.push(format!("{rule} {stage} from {at}: {found:?} instead of {due}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_stage_of_each_rule_set_stands_in_the_table_with_the_dates_that_are_misread() {
    let book = Book::load(Path::new("")).expect("the built-in rule sets");
    let mut of: BTreeMap<(String, String), Vec<Line>> = BTreeMap::new();
    for line in lines() {
        of.entry((line.rule.clone(), line.stage.clone())).or_default().push(line);
    }
    for set in book.sets() {
        for stage in &set.stages {
            let lines = of.remove(&(set.key.clone(), stage.key.clone())).unwrap_or_default();
            let event = match &stage.clock {
                Clock::Aware => "aware".to_owned(),
                Clock::Asked => "asked".to_owned(),
                Clock::Sent(earlier) => format!("sent:{earlier}"),
            };
            assert!(lines.iter().all(|line| line.event == event), "{} {}", set.key, stage.key);
            assert!(!lines.is_empty(), "{} {} is not in the table", set.key, stage.key);
        }
    }
    assert!(of.is_empty(), "of no rule set: {:?}", of.keys());
    let kinds: BTreeSet<&str> = book
        .sets()
        .iter()
        .flat_map(|set| &set.stages)
        .map(|stage| match stage.within {
            Term::AtOnce => "at once",
            Term::Hours(_) => "hours",
            Term::Months(_) => "months",
        })
        .collect();
    assert_eq!(kinds.len(), 3, "the table stands for each way to count");
}
