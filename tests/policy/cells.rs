//! Each cell of the policy table matters: another word in it makes the matrix fail.
//!
//! The matrix runs once while the table writes down what it is asked. A flipped cell is visible where it changes the
//! answer to one of these questions; then at least one of the rows that asked it must come out otherwise.

use std::collections::{BTreeMap, HashSet};

use meldekette::access::policy::{Action, Asked, Cell, Facts, Relation, Table};

use super::calls::ask;
use super::expected::{Outcome, Row, rows};
use crate::support::app::House;
use crate::support::town::Town;

/// What a row asked, and how it came out.
struct Seen {
    row: Row,
    asked: HashSet<(Action, Facts)>,
    found: Outcome,
}

#[actix_web::test]
async fn flipping_any_cell_that_can_matter_makes_the_matrix_fail() {
    let house = House::empty();
    if !house.is_sqlite() {
        return; // The table is the same on every engine, and databases are copied as files.
    }
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("only copies are used");
    house.settle();
    let seen = baseline(&house, &town).await;
    let (flips, dead) = flips(&seen);
    assert!(
        dead.is_empty(),
        "no row asks about these cells; say so in the file, or take them out: {dead:#?}"
    );
    let mut undetected = Vec::new();
    for ((action, relation), words) in &flips {
        for word in words {
            if !detected(&house, &town, &seen, (*action, *relation, *word)).await {
                undetected.push(format!("{action:?} × {relation:?} → {word:?}"));
            }
        }
    }
    let count: usize = flips.values().map(Vec::len).sum();
    println!("policy table: {} cells flipped, {count} flips, {} undetected", flips.len(), undetected.len());
    assert!(undetected.is_empty(), "{} undetected: {undetected:#?}", undetected.len());
}

/// Runs all rows on a copy, and keeps what each asked.
async fn baseline(house: &House, town: &Town) -> Vec<Seen> {
    let asked = Asked::default();
    let fork = house.fork(Table::default().asked_into(&asked));
    let door = house.door_to(&fork.db).await;
    let mut seen = Vec::new();
    for row in rows() {
        asked.lock().unwrap().clear();
        let found = ask(town, &door, &fork.db, &row).await;
        let asked = std::mem::take(&mut *asked.lock().unwrap());
        seen.push(Seen { row, asked, found });
    }
    seen
}

type Flips = BTreeMap<(Action, Relation), Vec<Cell>>;

/// Which other words in which cells change an answer; and cells that say something and never change one.
fn flips(seen: &[Seen]) -> (Flips, Vec<(Action, Relation)>) {
    let questions: HashSet<_> = seen.iter().flat_map(|seen| seen.asked.iter().copied()).collect();
    let (table, mut flips, mut dead) = (Table::default(), BTreeMap::new(), Vec::new());
    for (action, relation) in
        Action::ALL.iter().flat_map(|action| Relation::ALL.iter().map(|r| (*action, *r)))
    {
        let said = table.cell(action, relation);
        let mut words = vec![Cell::Silent, Cell::Allow, Cell::Forbid];
        words.retain(|word| {
            let flipped = table.clone().with(action, relation, *word);
            *word != said && questions.iter().any(|question| differ(&table, &flipped, *question))
        });
        if !words.is_empty() {
            flips.insert((action, relation), words);
        } else if said != Cell::Silent {
            dead.push((action, relation));
        }
    }
    (flips, dead)
}

fn differ(one: &Table, other: &Table, (action, facts): (Action, Facts)) -> bool {
    one.allows(action, facts) != other.allows(action, facts)
}

/// Whether a row comes out otherwise under the flipped table, and only under it.
async fn detected(house: &House, town: &Town, seen: &[Seen], flip: (Action, Relation, Cell)) -> bool {
    let table = Table::default();
    let flipped = table.clone().with(flip.0, flip.1, flip.2);
    let is_touched = |seen: &&Seen| seen.asked.iter().any(|question| differ(&table, &flipped, *question));
    let mut touched: Vec<_> = seen.iter().filter(is_touched).collect();
    // Who asks one thing only is told the answer; who asks much mostly decides which buttons to show.
    touched.sort_by_key(|seen| seen.asked.len());
    let fork = house.fork(flipped);
    let door = house.door_to(&fork.db).await;
    for seen in touched {
        if ask(town, &door, &fork.db, &seen.row).await != seen.found {
            let untouched = house.fork(table.clone());
            let door = house.door_to(&untouched.db).await;
            if ask(town, &door, &untouched.db, &seen.row).await == seen.found {
                return true;
            }
        }
    }
    false
}
