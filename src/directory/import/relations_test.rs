use jiff::civil::date;

use super::*;
use crate::core::text::Refusal;
use crate::directory::import::{BY_HAND, parse};

const HEADER: &str = "provider,provider_name,organisation,service,example,valid_from,valid_until";
const TODAY: Date = date(2026, 11, 21);

fn known() -> KnownKeys {
    let register = parse(include_bytes!("../../../config/directory/thueringen.csv"), &KnownKeys::new());
    let rows = register.unwrap_or_else(|faults| panic!("{faults:?}")).rows;
    rows.iter().flat_map(|row| row.keys().map(|key| (key.clone(), row.key.clone()))).collect()
}

fn example() -> Relations {
    let bytes = include_bytes!("../../../config/directory/beispiel-dienstleister.csv");
    parse_relations(bytes, &known()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn faults(lines: &str) -> Vec<(u64, String, Refusal)> {
    let bytes = format!("# source: test\n{HEADER}\n{lines}");
    let faults = parse_relations(bytes.as_bytes(), &known()).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.line, fault.column, fault.reason)).collect()
}

fn existing(source: &str, rows: &[RelationRow]) -> Vec<ExistingRelation> {
    rows.iter().map(|row| ExistingRelation { source: source.to_owned(), row: row.clone() }).collect()
}

#[test]
fn the_invented_relations_all_say_that_they_are() {
    let relations = example();
    let counts: Vec<_> = relations
        .providers
        .iter()
        .map(|provider| relations.rows.iter().filter(|row| row.provider == provider.key).count())
        .collect();
    assert_eq!(counts, [8, 40]);
    assert!(relations.rows.iter().all(|row| row.example));
    assert!(
        relations.providers.iter().all(|provider| provider.example && provider.name.ends_with("(Beispiel)"))
    );
}

#[test]
fn a_relation_to_nobody_to_oneself_or_said_twice_is_named_with_its_line() {
    let lines = "kiv,KIV,160510000000,E-Mail,no,2026-01-01,\n\
        kiv,KIV,169990000000,E-Mail,no,2026-01-01,\n\
        kiv,KIV,160510000000,E-Mail,no,2026-02-01,\n\
        kiv,Kiv,160520000000,E-Mail,vielleicht,2026-01-01,\n\
        kiv,Kiv,160520000000,E-Mail,no,2026-01-01,\n\
        160530000000,Stadt Jena,160530000000,E-Mail,no,2026-01-01,2025-01-01\n";
    assert_eq!(
        faults(lines),
        [
            (4, "organisation".to_owned(), "directory-import-unknown-key"),
            (5, "service".to_owned(), "directory-import-relation-twice"),
            (6, "example".to_owned(), "directory-import-yes-no"),
            (7, "provider_name".to_owned(), "directory-import-two-names"),
            (8, "valid_until".to_owned(), "directory-import-ends-before"),
            (8, "organisation".to_owned(), "directory-import-cycle"),
        ]
    );
}

#[test]
fn a_town_hall_named_by_both_its_keys_is_one_customer() {
    let lines = "kiv,KIV,160615051119,E-Mail,no,2026-01-01,\nkiv,KIV,160615051000,E-Mail,no,2026-01-01,\n";
    assert_eq!(faults(lines), [(4, "service".to_owned(), "directory-import-relation-twice")]);
}

#[test]
fn relations_imported_twice_change_nothing() {
    let file = example();
    let first = plan_relations(&[], &file, TODAY);
    assert_eq!(first.added.len(), 48);
    let second = plan_relations(&existing(&file.source, &first.added), &file, TODAY);
    assert_eq!(second, RelationPlan { unchanged: 48, ..RelationPlan::default() });
}

#[test]
fn a_relation_that_the_file_no_longer_has_ends_unless_somebody_else_entered_it() {
    let mut file = example();
    let all = file.rows.clone();
    let (gone, by_hand) = (file.rows.remove(0), file.rows.remove(0));
    file.rows[0].valid_until = Some(date(2027, 1, 1));
    let mut orgs = existing(&file.source, &all);
    orgs[1].source = BY_HAND.to_owned();
    let plan = plan_relations(&orgs, &file, TODAY);
    assert_eq!(plan.ended, [gone]);
    assert!(!plan.ended.contains(&by_hand) && plan.added.is_empty());
    assert_eq!((plan.changed.len(), plan.unchanged), (1, 45));
}

#[test]
fn a_relation_entered_by_hand_is_left_as_it_is() {
    let file = example();
    let mut row = file.rows[0].clone();
    row.valid_until = Some(date(2026, 12, 31));
    let plan = plan_relations(&existing(BY_HAND, &[row]), &file, TODAY);
    assert_eq!((plan.kept.len(), plan.added.len(), plan.changed.len()), (1, 47, 0));
}
