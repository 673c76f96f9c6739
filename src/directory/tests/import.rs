//! The register as files make it: once, again, changed, cut off, broken.

use diesel::prelude::*;

use super::*;
use crate::store::schema::audit_rows;

#[test]
fn the_register_of_thueringen_is_imported_once_and_a_second_time_changes_nothing() {
    for test in registers() {
        let lead = person(cert(&test), Role::CertLead);
        let administrations = Filter { administrations: true, ..Filter::default() };
        let listed = read(&test, |tx| service::list(tx, &lead, &administrations, None, 200));
        assert_eq!(listed.total, 206);
        assert_eq!(listed.enrolment[&Enrolment::Known], 206);
        assert_eq!(read(&test, service::districts).len(), 22);
        let again = import(&test, REGISTER, ImportOptions::default()).expect("imported").expect("no faults");
        assert_eq!((again.added.len(), again.changed.len(), again.ended.len()), (0, 0, 0));
        assert!(again.unchanged > 660, "{}", again.unchanged);
    }
}

#[test]
fn a_file_with_faults_changes_nothing_and_names_every_line() {
    for test in registers() {
        let text = String::from_utf8(REGISTER.to_vec()).expect("utf-8");
        let broken = text.replace("160610045045,,16061045,gemeinde", "160610045045,,16061045,dorf");
        let broken = broken.replace(
            "16051000,kreisfreie_stadt,district,Stadt Erfurt",
            "16051000,kreisfreie_stadt,district,",
        );
        let faults =
            import(&test, broken.as_bytes(), ImportOptions::default()).expect("read").expect_err("faults");
        assert_eq!(faults.len(), 2);
        assert!(faults.iter().all(|fault| fault.line >= 40), "{faults:?}");
        assert_eq!(
            read(&test, |tx| service::lookup_by_key(tx, "16051000")).expect("Erfurt").name,
            "Stadt Erfurt"
        );
    }
}

#[test]
fn an_import_changes_and_ends_what_the_file_states_otherwise() {
    for test in registers() {
        let text = String::from_utf8(REGISTER.to_vec()).expect("utf-8");
        let (member, text) = (key(&test, MEMBER), text.replace("Gemeinde Brehme", "Gemeinde Brehme am Berg"));
        let shorter: String =
            text.lines().filter(|line| !line.starts_with(MEMBER)).flat_map(|line| [line, "\n"]).collect();
        let done =
            import(&test, shorter.as_bytes(), ImportOptions::default()).expect("read").expect("no faults");
        assert_eq!((done.added.len(), done.changed.len(), done.ended.len()), (0, 1, 1));
        assert_eq!(done.changed[0].fields[0].after, "Gemeinde Brehme am Berg");
        let ended = read(&test, |tx| service::load(tx, member));
        assert_eq!(ended.valid_until.map(|day| day.to_string()).as_deref(), Some("2026-11-21"));
        let lead = person(cert(&test), Role::CertLead);
        let found = |ended| {
            let filter = Filter { text: "berlingerode".into(), ended, ..Filter::default() };
            read(&test, |tx| service::list(tx, &lead, &filter, None, 50)).total
        };
        assert_eq!((found(false), found(true)), (0, 1));
        let trail = read(&test, |tx| {
            let rows = audit_rows::table
                .filter(audit_rows::action.eq_any(["directory.change", "directory.end"]))
                .order(audit_rows::action)
                .select((audit_rows::action, audit_rows::organisation_id, audit_rows::detail));
            Ok(rows.load::<(String, Option<OrgId>, String)>(tx.conn)?)
        });
        let (changed, ended) = (&trail[0], &trail[1]);
        assert_eq!(trail.len(), 2, "one entry for each organisation: {trail:?}");
        assert!(
            changed.2.contains(r#""columns":["name"]"#),
            "which columns, not what stood there: {changed:?}"
        );
        assert_eq!((ended.0.as_str(), ended.1), ("directory.end", Some(member)));
        let back = import(&test, REGISTER, ImportOptions::default()).expect("read").expect("no faults");
        assert_eq!(back.changed.len(), 2);
    }
}

#[test]
fn a_file_that_was_cut_off_ends_nobody_unless_somebody_says_that_it_is_complete() {
    for test in registers() {
        let text = String::from_utf8(REGISTER.to_vec()).expect("utf-8");
        let districts: String = text
            .lines()
            .filter(|line| {
                line.starts_with(['#', 'k']) || line.starts_with("1600") || line.contains("kreis,")
            })
            .flat_map(|line| [line, "\n"])
            .collect();
        let cut = import(&test, districts.as_bytes(), ImportOptions::default());
        assert!(matches!(cut, Err(Error::Conflict("directory-error-import-incomplete"))), "{cut:?}");
        assert!(read(&test, |tx| service::load(tx, key(&test, MEMBER))).valid_until.is_none());
        let sure = ImportOptions { ends_many: true };
        let done = import(&test, districts.as_bytes(), sure).expect("read").expect("no faults");
        assert!(done.ended.len() > 500, "{}", done.ended.len());
    }
}

#[test]
fn example_providers_are_imported_once_with_those_whom_they_serve() {
    for test in registers() {
        let done = import(&test, PROVIDERS, ImportOptions::default()).expect("read").expect("no faults");
        assert!(done.is_relations && !done.added.is_empty());
        let again = import(&test, PROVIDERS, ImportOptions::default()).expect("read").expect("no faults");
        assert_eq!((again.added.len(), again.ended.len()), (0, 0));
        let lead = person(cert(&test), Role::CertLead);
        let served = key(&test, "160610074074");
        let view = read(&test, |tx| service::view(tx, &lead, served));
        assert_eq!(view.served_by.len(), 1);
        assert!(view.served_by[0].relation.is_example);
        let provider = view.served_by[0].other;
        assert!(read(&test, |tx| service::view(tx, &lead, provider)).serves.len() > 1);
    }
}
