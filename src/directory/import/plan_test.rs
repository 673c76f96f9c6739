use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::directory::import::{BY_HAND, KnownKeys, parse};
use crate::directory::model::{Kind, Level};

const TODAY: Date = date(2026, 11, 21);

fn key(text: &str) -> Key {
    Key::parse(text).unwrap_or_else(|reason| panic!("{text}: {reason}"))
}

fn row(text: &str, name: &str) -> ImportRow {
    ImportRow {
        key: key(text),
        second_key: None,
        ags: None,
        kind: Kind::Gemeinde,
        level: Level::Municipal,
        name: name.to_owned(),
        sign: String::new(),
        parent: None,
        district: None,
        administered_by: None,
        administration: true,
        seat: String::new(),
        postcode: String::new(),
        population: None,
        valid_from: date(2023, 11, 30),
        valid_until: None,
    }
}

fn file(rows: Vec<ImportRow>) -> Register {
    Register { source: "register".to_owned(), rows }
}

fn existing(source: &str, row: ImportRow) -> ExistingOrg {
    ExistingOrg { source: source.to_owned(), row }
}

/// Carries a plan out, as the register would.
fn apply(mut orgs: Vec<ExistingOrg>, file: &Register, plan: &Plan) -> Vec<ExistingOrg> {
    for change in &plan.changed {
        let org = orgs.iter_mut().find(|org| org.row.key == change.key).expect("what changes is there");
        org.row = change.row.clone();
    }
    for gone in &plan.ended {
        let org = orgs.iter_mut().find(|org| org.row.key == *gone).expect("what ends is there");
        org.row.valid_until = Some(TODAY);
    }
    orgs.extend(plan.added.iter().map(|row| existing(&file.source, row.clone())));
    orgs
}

#[test]
fn the_register_imported_twice_changes_nothing() {
    let bytes = include_bytes!("../../../config/directory/thueringen.csv");
    let file = parse(bytes, &KnownKeys::new()).expect("a register");
    let first = plan(&[], &file, TODAY);
    assert_eq!((first.added.len(), first.changed.len(), first.ended.len()), (686, 0, 0));
    let second = plan(&apply(Vec::new(), &file, &first), &file, TODAY);
    assert!(second.is_empty());
    assert_eq!(second.unchanged, 686);
}

#[test]
fn a_changed_name_is_told_with_both_words() {
    let orgs = [existing("register", row("a", "Alt"))];
    let plan = plan(&orgs, &file(vec![row("a", "Neu")]), TODAY);
    let name = FieldChange { column: "name", before: "Alt".to_owned(), after: "Neu".to_owned() };
    assert_eq!(plan.changed[0].fields, [name]);
}

#[test]
fn what_the_file_no_longer_has_ends_once() {
    let orgs = vec![existing("register", row("a", "A")), existing("register", row("b", "B"))];
    let file = file(vec![row("a", "A")]);
    let first = plan(&orgs, &file, TODAY);
    assert_eq!(first.ended, [key("b")]);
    let orgs = apply(orgs, &file, &first);
    assert!(plan(&orgs, &file, date(2027, 1, 1)).is_empty());
}

#[test]
fn what_people_or_another_source_entered_is_neither_changed_nor_ended() {
    let orgs = [existing(BY_HAND, row("a", "Von Hand")), existing("other", row("b", "B"))];
    let plan = plan(&orgs, &file(vec![row("a", "A")]), TODAY);
    assert!(plan.is_empty());
    assert_eq!(plan.kept, [key("a")]);
}

#[test]
fn a_town_that_joins_an_association_stays_the_same_organisation() {
    let ags = Ags::parse("16061045").ok();
    let before = ImportRow { ags: ags.clone(), ..row("160610045045", "Stadt") };
    let after = ImportRow { key: key("160615051045"), administration: false, ..before.clone() };
    let orgs = vec![existing("register", before)];
    let file = file(vec![after]);
    let first = plan(&orgs, &file, TODAY);
    assert_eq!((first.added.len(), first.ended.len()), (0, 0));
    assert_eq!(first.changed[0].key, key("160610045045"));
    assert!(plan(&apply(orgs, &file, &first), &file, TODAY).is_empty());
}

#[test]
fn an_exact_key_wins_over_a_second_key() {
    let lead = ImportRow { second_key: Some(key("160615051000")), ..row("160615051119", "Uder") };
    let orgs = [existing("register", lead)];
    let apart = file(vec![row("160615051000", "Verwaltungsgemeinschaft"), row("160615051119", "Uder")]);
    let plan = plan(&orgs, &apart, TODAY);
    assert_eq!(plan.added[0].key, key("160615051000"));
    assert_eq!(plan.changed[0].key, key("160615051119"));
}

/// Up to twelve organisations with few different keys, names and AGS, so that they collide in every way.
fn some_rows() -> impl Strategy<Value = Vec<ImportRow>> {
    let one = (0u8..12, 0u8..3, proptest::option::of(0u8..12), proptest::option::of(0u8..12), any::<bool>());
    proptest::collection::vec(one, 0..12).prop_map(|all| {
        let mut keys = BTreeSet::new();
        let mut rows: Vec<ImportRow> = Vec::new();
        for (at, name, second, ags, ended) in all {
            let row = ImportRow {
                second_key: second.map(|at| key(&format!("k{at}"))),
                ags: ags.and_then(|at| Ags::parse(&format!("160610{at:02}")).ok()),
                valid_until: ended.then_some(date(2026, 1, 1)),
                ..row(&format!("k{at}"), &format!("Name {name}"))
            };
            let fresh = row.second_key.as_ref() != Some(&row.key)
                && row.keys().all(|key| !keys.contains(key))
                && rows.iter().all(|other| other.ags.is_none() || other.ags != row.ags);
            if fresh {
                keys.extend(row.keys().cloned());
                rows.push(row);
            }
        }
        rows
    })
}

proptest! {
    #[test]
    fn whatever_stood_there_a_second_import_of_the_same_file_changes_nothing(
        before in some_rows(), stated in some_rows(), sources in proptest::collection::vec(0usize..3, 12)
    ) {
        let sources = sources.into_iter().map(|at| ["register", "other", BY_HAND][at]);
        let orgs: Vec<_> = before.into_iter().zip(sources).map(|(row, source)| existing(source, row)).collect();
        let file = file(stated);
        let first = plan(&orgs, &file, TODAY);
        prop_assert_eq!(
            first.added.len() + first.changed.len() + first.kept.len() + first.unchanged,
            file.rows.len(),
            "each row has one outcome"
        );
        let foreign: Vec<_> = orgs.iter().filter(|org| org.source != "register").cloned().collect();
        let after = apply(orgs, &file, &first);
        prop_assert!(foreign.iter().all(|org| after.contains(org)), "what others entered stays");
        let second = plan(&after, &file, TODAY);
        prop_assert!(second.is_empty(), "{second:?}");
    }
}
