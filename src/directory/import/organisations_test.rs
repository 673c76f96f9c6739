use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::core::i18n::Lang;

const HEADER: &str = "key,second_key,ags,kind,level,name,sign,parent,district,administered_by,administration,seat,\
                      postcode,population,valid_from,valid_until";

fn read(lines: &str) -> Result<Register, Vec<LineFault>> {
    parse(format!("# source: test\n{HEADER}\n{lines}").as_bytes(), &KnownKeys::new())
}

fn faults(lines: &str) -> Vec<(u64, String, Refusal)> {
    let faults = read(lines).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.line, fault.column, fault.reason)).collect()
}

fn thueringen() -> &'static [ImportRow] {
    static ROWS: LazyLock<Vec<ImportRow>> = LazyLock::new(|| {
        let bytes = include_bytes!("../../../config/directory/thueringen.csv");
        parse(bytes, &KnownKeys::new()).unwrap_or_else(|faults| panic!("{faults:?}")).rows
    });
    &ROWS
}

#[test]
fn the_register_has_206_administrations_and_22_districts() {
    let rows = thueringen();
    let count = |kind: Kind| rows.iter().filter(|row| row.kind == kind && row.valid_until.is_none()).count();
    assert_eq!(rows.iter().filter(|row| row.administration).count(), 206);
    assert_eq!((count(Kind::Landkreis), count(Kind::KreisfreieStadt)), (17, 5));
    assert_eq!(
        (count(Kind::Verwaltungsgemeinschaft), count(Kind::Gemeinde), count(Kind::Land)),
        (42, 596, 1)
    );
    assert_eq!(rows.iter().filter(|row| row.second_key.is_some()).count(), 37, "erfüllende Gemeinden");
    assert_eq!(
        rows.iter().filter(|row| row.valid_until.is_some()).count(),
        25,
        "municipalities that are no more"
    );
}

#[test]
fn each_of_the_601_municipalities_resolves_to_one_administration() {
    let rows = thueringen();
    let runs = |key: &Key| rows.iter().any(|row| row.key == *key && row.administration);
    let municipalities: Vec<_> = rows
        .iter()
        .filter(|row| matches!(row.kind, Kind::Gemeinde | Kind::KreisfreieStadt) && row.valid_until.is_none())
        .collect();
    assert_eq!(municipalities.len(), 601);
    for row in &municipalities {
        assert!(row.administration || row.administered_by.as_ref().is_some_and(runs), "{}", row.name);
    }
    let acted_for = |second: bool| {
        municipalities
            .iter()
            .filter(|row| row.administered_by.as_ref().is_some_and(|by| is_lead(rows, by) == second))
            .count()
    };
    assert_eq!(
        (acted_for(false), acted_for(true)),
        (365, 126 - 37),
        "in a Verwaltungsgemeinschaft, under a town hall"
    );
}

fn is_lead(rows: &[ImportRow], key: &Key) -> bool {
    rows.iter().any(|row| row.key == *key && row.second_key.is_some())
}

#[test]
fn each_municipality_bears_the_sign_of_its_district() {
    let rows = thueringen();
    let district = |row: &ImportRow| rows.iter().find(|other| Some(&other.key) == row.district.as_ref());
    for row in rows.iter().filter(|row| row.kind != Kind::Land) {
        let district = district(row).unwrap_or_else(|| panic!("{} has no district", row.name));
        assert!(matches!(district.kind, Kind::Landkreis | Kind::KreisfreieStadt), "{}", row.name);
        assert_eq!(row.sign, district.sign, "{}", row.name);
        assert_eq!(row.key.as_str()[..5], district.key.as_str()[..5], "{}", row.name);
    }
    let signs: BTreeSet<_> =
        rows.iter().map(|row| row.sign.as_str()).filter(|sign| !sign.is_empty()).collect();
    assert_eq!(signs.len(), 22);
}

#[test]
fn names_are_what_people_say_and_may_repeat() {
    let rows = thueringen();
    let of = |ags: &str| rows.iter().find(|row| row.ags.as_ref().is_some_and(|key| key.as_str() == ags));
    let spoken = [("16051000", "Stadt Erfurt"), ("16067", "Landkreis Gotha"), ("16061119", "Gemeinde Uder")];
    for (ags, name) in spoken {
        assert_eq!(of(ags).map(|row| row.name.as_str()), Some(name));
    }
    assert_eq!(rows.iter().filter(|row| row.name == "Gemeinde Elxleben").count(), 2);
    assert!(rows.iter().all(|row| !row.name.contains(", Stadt")));
}

#[test]
fn a_clerk_is_told_every_fault_of_every_line_at_once() {
    let lines = "160610000000,,16061,landkreis,district,Landkreis Eichsfeld,EIC,,,,yes,,,,2023-11-30,\n\
        16061511,,1606,dorf,unten,,eic,,,,ja,,1,viele,2023-02-31,\n\
        # Hinweis\n\
        160625051119,,16061119,gemeinde,municipal,Gemeinde Uder,EIC,,,,no,,,,2026-03-31,2023-11-30\n";
    let found = faults(lines);
    let columns: BTreeSet<_> =
        found.iter().filter(|fault| fault.0 == 4).map(|fault| fault.1.as_str()).collect();
    let expected = [
        "administration",
        "ags",
        "key",
        "kind",
        "level",
        "name",
        "population",
        "postcode",
        "sign",
        "valid_from",
    ];
    assert_eq!(columns, BTreeSet::from(expected));
    assert_eq!(
        found[expected.len()..],
        [
            (6, "valid_until".to_owned(), "directory-import-ends-before"),
            (6, "ags".to_owned(), "directory-import-ags-differs"),
        ]
    );
}

#[test]
fn a_fault_reads_as_a_german_sentence_with_its_line() {
    let faults = read("x1,,,gemeinde,municipal,Am\u{1b}[2J,,,,,nein,,,,2023-11-30,\n").expect_err("faults");
    let sentences: Vec<_> = faults.iter().map(|fault| fault.sentence(Lang::De)).collect();
    assert_eq!(sentences[1], "Zeile 3, Spalte administration: Hier steht yes oder no. Dort steht: „nein“.");
    assert!(sentences.iter().all(|sentence| !sentence.contains('\u{1b}')), "{sentences:?}");
}

#[test]
fn keys_are_unique_over_both_columns_and_lines_with_other_faults() {
    let lines = "160615051119,160615051000,16061119,gemeinde,municipal,A,,,,,yes,,,,2023-11-30,\n\
        160615051000,,,falsch,municipal,B,,,,,yes,,,,2023-11-30,\n\
        c,,16061119,gemeinde,municipal,C,,,,,yes,,,,2023-11-30,\n";
    assert_eq!(
        faults(lines),
        [
            (4, "key".to_owned(), "directory-import-key-twice"),
            (4, "kind".to_owned(), "directory-import-choice"),
            (5, "ags".to_owned(), "directory-import-key-twice"),
        ]
    );
}

#[test]
fn a_member_names_its_town_hall_by_either_key() {
    let lines = "160615051119,160615051000,,gemeinde,municipal,A,,,,,yes,,,,2023-11-30,\n\
        b,,,gemeinde,municipal,B,,,,160615051000,no,,,,2023-11-30,\n\
        c,,,gemeinde,municipal,C,,,,160615051119,no,,,,2023-11-30,\n";
    let rows = read(lines).expect("a register").rows;
    assert_eq!(rows[1].administered_by, rows[2].administered_by);
    assert_eq!(rows[1].administered_by.as_ref(), Some(&rows[0].key));
}

#[test]
fn a_reference_must_lead_somewhere_in_the_file_or_in_the_register() {
    let line = "b,,,gemeinde,municipal,B,,160000000000,,,no,,,,2023-11-30,\n";
    assert_eq!(faults(line), [(3, "parent".to_owned(), "directory-import-unknown-key")]);
    let land = Key::parse("160000000000").expect("a key");
    let known = KnownKeys::from([(land.clone(), land)]);
    assert!(parse(format!("# source: test\n{HEADER}\n{line}").as_bytes(), &known).is_ok());
}

#[test]
fn nobody_stands_above_himself() {
    let lines = "a,,,gemeinde,municipal,A,,b,,,no,,,,2023-11-30,\n\
        b,,,gemeinde,municipal,B,,c,,,no,,,,2023-11-30,\n\
        c,,,gemeinde,municipal,C,,b,,,no,,,,2023-11-30,\n\
        d,,,gemeinde,municipal,D,,d,,,no,,,,2023-11-30,\n";
    let cycle = |line| (line, "parent".to_owned(), "directory-import-cycle");
    assert_eq!(faults(lines), [cycle(4), cycle(5), cycle(6)]);
}

#[test]
fn who_acts_for_others_runs_an_administration_and_nobody_acts_for_it() {
    let lines = "a,,,gemeinde,municipal,A,,,,b,yes,,,,2023-11-30,\n\
        b,,,gemeinde,municipal,B,,,,a,no,,,,2023-11-30,\n\
        c,,,gemeinde,municipal,C,,,,b,no,,,,2023-11-30,\n";
    let reasons: Vec<_> = faults(lines).into_iter().map(|(line, _, reason)| (line, reason)).collect();
    assert!(reasons.contains(&(3, "directory-import-two-administrations")));
    assert!(reasons.contains(&(5, "directory-import-no-administration")));
    assert!(
        reasons.contains(&(3, "directory-import-cycle")) && reasons.contains(&(4, "directory-import-cycle"))
    );
}

proptest! {
    #[test]
    fn no_file_whatever_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = parse(&bytes, &KnownKeys::new());
    }

    #[test]
    fn no_cells_whatever_make_the_reader_panic(cells in proptest::collection::vec("[^\r\n]{0,12}", 16), tail in "\\PC{0,40}") {
        let _ = read(&format!("{}\n{tail}\n", cells.join(",")));
    }

    #[test]
    fn what_was_read_can_be_written_and_read_again(picks in proptest::collection::btree_set(0usize..686, 1..20)) {
        let all = thueringen();
        let known: KnownKeys = all.iter().map(|row| (row.key.clone(), row.key.clone())).collect();
        let rows: Vec<_> = picks.into_iter().map(|at| all[at].clone()).collect();
        let mut writer = csv::Writer::from_writer(b"# source: test\n".to_vec());
        writer.write_record(rows[0].cells().map(|cell| cell.0)).expect("written");
        for row in &rows {
            writer.write_record(row.cells().map(|cell| cell.1)).expect("written");
        }
        let read = parse(&writer.into_inner().expect("written"), &known).expect("a register");
        prop_assert_eq!(read.rows, rows);
    }
}
