//! The register as people meet it: imported, searched, enrolled, written to. Each on every engine at hand.

use std::sync::Arc;

use diesel::prelude::*;
use jiff::Timestamp;

use super::import::LineFault;
use super::model::{
    AssetValue, AudienceFilter, CallInput, CallOutcome, ContactInput, ContactRole, Enrolment, Filter, Kind,
    MailDomain, OutOfBand, Phone, Reach, RelationInput, fold, today,
};
use super::service::{self, File, ImportOptions, Imported};
use crate::core::actor::{Actor, Role, Via};
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::store::schema::audit_rows;
use crate::store::testing::{TestDb, databases};
use crate::store::{Provided, Tx};

mod pages;

const REGISTER: &[u8] = include_bytes!("../../config/directory/thueringen.csv");
const PROVIDERS: &[u8] = include_bytes!("../../config/directory/beispiel-dienstleister.csv");
/// Verwaltungsgemeinschaft Lindenberg/Eichsfeld, and Berlingerode, which it administers.
const ASSOCIATION: &str = "160615001000";
const MEMBER: &str = "160615001003";
/// Gößnitz, an erfüllende Gemeinde, by its key as an association; and Heyersdorf, for which it acts.
const LEADING: &str = "160775050000";
const LED: &str = "160775050017";

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-21T10:00:00Z".parse::<Timestamp>().expect("an instant")))
}

/// Fresh databases with the register of Thüringen in them.
fn registers() -> Vec<TestDb> {
    registers_at(clock())
}

fn registers_at(clock: Arc<ManualClock>) -> Vec<TestDb> {
    let all = databases(&Env::new(clock, Arc::new(SystemRandom::default())), Provided::default);
    for test in &all {
        let done = import(test, REGISTER, ImportOptions::default()).expect("imported").expect("no faults");
        assert!(done.ended.is_empty() && done.changed.is_empty());
    }
    all
}

fn import(
    test: &TestDb,
    bytes: &[u8],
    options: ImportOptions,
) -> Result<std::result::Result<Imported, Vec<LineFault>>> {
    let known = test.db.read_now(|tx| service::known_keys(tx, &system()))?;
    let file: Arc<File> = match service::read_file(bytes, &known) {
        Ok(file) => Arc::new(file),
        Err(faults) => return Ok(Err(faults)),
    };
    write(test, move |tx| service::apply(tx, &system(), &file, options)).map(Ok)
}

fn system() -> Actor {
    Actor::system("directory")
}

fn person(org: OrgId, role: Role) -> Actor {
    let account = Some(AccountId(uuid::Uuid::from_u128(7)));
    Actor { account, name: "Kim Muster".into(), roles: vec![(org, role)], via: Via::Session, ..system() }
}

fn read<T>(test: &TestDb, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> T {
    test.db.read_now(f).expect("read")
}

/// On a thread of its own, because waiting for the writer blocks, which tests of pages may not.
fn write<T, F>(test: &TestDb, f: F) -> Result<T>
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let db = test.db.clone();
    std::thread::spawn(move || db.write_now(f)).join().expect("no panic")
}

fn key(test: &TestDb, key: &str) -> OrgId {
    read(test, |tx| service::lookup_by_key(tx, key)).expect("an organisation").id
}

fn cert(test: &TestDb) -> OrgId {
    write(test, |tx| service::ensure_cert(tx, &system(), "ThüringenCERT")).expect("a CERT")
}

fn contact(role: ContactRole, mail: &str) -> ContactInput {
    ContactInput {
        role,
        name: Name::parse("IT-Leitstelle").expect("name"),
        mail: MailAddress::parse(mail).ok(),
        phone: Phone::parse("036071 12345").ok(),
        out_of_band: None,
        is_function: true,
        certificate: None,
        pgp: None,
    }
}

/// Enrols the administration with a function account as its officer.
fn enrol(test: &TestDb, org: OrgId, mail: &'static str) {
    let analyst = person(cert(test), Role::Analyst);
    let done = write(test, move |tx| {
        service::add_contact(tx, &analyst, org, &contact(ContactRole::ItSecurityOfficer, mail))?;
        let seen = service::load(tx, org)?.version;
        service::set_enrolment(tx, &analyst, org, Enrolment::Invited, seen)?;
        service::set_enrolment(tx, &analyst, org, Enrolment::Enrolled, seen + 1)
    });
    done.expect("enrolled");
}

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
fn a_municipality_resolves_to_the_administration_that_runs_it() {
    for test in registers() {
        let (association, member) = (key(&test, ASSOCIATION), key(&test, MEMBER));
        let (leading, led) = (key(&test, LEADING), key(&test, LED));
        let runs = |org| read(&test, |tx| service::administration_of(tx, org));
        assert_eq!((runs(member), runs(association)), (association, association));
        assert_eq!((runs(led), runs(leading)), (leading, leading));
        let by_ags = read(&test, |tx| service::lookup_by_key(tx, "16077012")).expect("Gößnitz");
        assert_eq!((by_ags.id, by_ags.second_key.as_deref()), (leading, Some(LEADING)));
    }
}

#[test]
fn an_associations_reporter_acts_for_its_members_and_for_nobody_else() {
    use crate::access::policy::{Facts, Relation};
    for test in registers() {
        let (association, member, foreign) = (key(&test, ASSOCIATION), key(&test, MEMBER), key(&test, LED));
        let reporter = person(association, Role::Reporter);
        let acts = read(&test, |tx| service::acting_for(tx, &reporter));
        assert!(acts.contains(&association) && acts.contains(&member) && !acts.contains(&foreign));
        assert_eq!(acts.len(), 8);
        let facts = |org| read(&test, |tx| service::org_facts(tx, &reporter, org));
        assert_eq!(facts(member), Facts::default().with(Relation::OrgMember));
        assert_eq!(facts(foreign), Facts::default());
        let mayor = person(member, Role::OrgLead);
        assert_eq!(read(&test, |tx| service::acting_for(tx, &mayor)), [member]);
        assert_eq!(read(&test, |tx| service::org_facts(tx, &mayor, association)), Facts::default());
        let analyst = person(cert(&test), Role::Analyst);
        assert!(read(&test, |tx| service::acting_for(tx, &analyst)).is_empty());
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

#[test]
fn an_analyst_pages_through_the_register_and_meets_every_organisation_once() {
    for test in registers() {
        let analyst = person(cert(&test), Role::Analyst);
        let mut seen = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let at = cursor.clone();
            let listed = read(&test, |tx| service::list(tx, &analyst, &Filter::default(), at.as_deref(), 50));
            seen.extend(listed.page.rows.iter().map(|org| org.id));
            assert!(i64::try_from(seen.len()).expect("small") <= listed.total);
            cursor = listed.page.next;
            if cursor.is_none() {
                assert_eq!(i64::try_from(seen.len()).expect("small"), listed.total);
                break;
            }
        }
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all);
        let refused = test.db.read_now(|tx| service::list(tx, &analyst, &Filter::default(), Some("x"), 50));
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
}

#[test]
fn an_analyst_finds_organisations_by_name_key_district_and_kind() {
    for test in registers() {
        let analyst = person(cert(&test), Role::Analyst);
        let names = |filter: Filter| {
            let listed = read(&test, |tx| service::list(tx, &analyst, &filter, None, 200));
            listed.page.rows.into_iter().map(|org| org.name).collect::<Vec<_>>()
        };
        let text = |text: &str| names(Filter { text: text.into(), ..Filter::default() });
        assert_eq!(text("goessnitz"), ["Stadt Gößnitz"]);
        assert_eq!(text("GÖSSNITZ stadt"), ["Stadt Gößnitz"]);
        assert_eq!(text("16077012"), ["Stadt Gößnitz"]);
        assert_eq!(text(LEADING), ["Stadt Gößnitz"]);
        assert!(text("100%").is_empty() && text("_").is_empty());
        let eichsfeld = key(&test, "16061");
        let associations = names(Filter {
            kind: Some(Kind::Verwaltungsgemeinschaft),
            district: Some(eichsfeld),
            ..Filter::default()
        });
        assert!(associations.contains(&"Verwaltungsgemeinschaft Lindenberg/Eichsfeld".to_owned()));
        assert!(associations.iter().all(|name| fold(name).starts_with("verwaltungsgemeinschaft")));
    }
}

#[test]
fn an_advisory_reaches_each_enrolled_administration_once_and_nobody_who_is_not_enrolled() {
    for test in registers() {
        let (association, member, leading) =
            (key(&test, ASSOCIATION), key(&test, MEMBER), key(&test, LEADING));
        enrol(&test, association, "it@lindenberg.example");
        enrol(&test, leading, "it@goessnitz.example");
        let addresses = |filter: AudienceFilter| {
            let all = read(&test, |tx| service::audience(tx, &filter, Reach::Anybody));
            all.recipients.into_iter().map(|recipient| recipient.address).collect::<Vec<_>>()
        };
        let both = ["it@goessnitz.example", "it@lindenberg.example"];
        assert_eq!(addresses(AudienceFilter::All), both);
        assert_eq!(addresses(AudienceFilter::Kinds(vec![Kind::Gemeinde])), both[..1]);
        assert_eq!(addresses(AudienceFilter::Districts(vec![key(&test, "16061")])), both[1..]);
        assert_eq!(addresses(AudienceFilter::Hand(vec![member, association])), both[1..]);
        let picked = AudienceFilter::Hand(vec![key(&test, "16051000"), member]);
        let found = read(&test, |tx| service::audience(tx, &picked, Reach::Anybody));
        assert_eq!(found.recipients.len(), 1);
        let without: Vec<_> = found.without.iter().map(|(_, org)| org.name.as_str()).collect();
        assert_eq!(without, ["Stadt Erfurt"], "picked by hand and not enrolled: named, not dropped");
        let named = read(&test, |tx| service::audience(tx, &AudienceFilter::All, Reach::NamedPersons));
        assert!(named.recipients.is_empty());
        assert_eq!(named.without.len(), 2);
        let lead = person(cert(&test), Role::CertLead);
        let suspended = write(&test, move |tx| {
            let seen = service::load(tx, leading)?.version;
            service::set_enrolment(tx, &lead, leading, Enrolment::Suspended, seen)
        });
        suspended.expect("suspended");
        assert_eq!(addresses(AudienceFilter::All), both[1..]);
    }
}

#[test]
fn an_enrolled_administration_cannot_lose_its_last_contact() {
    for test in registers() {
        let org = key(&test, LEADING);
        enrol(&test, org, "it@goessnitz.example");
        let lead = person(org, Role::OrgLead);
        let only = read(&test, |tx| service::contacts_of(tx, org)).remove(0);
        let (who, seen) = (lead.clone(), only.version);
        let ended = write(&test, move |tx| service::end_contact(tx, &who, org, only.id, seen));
        assert!(matches!(ended, Err(Error::Conflict("directory-error-last-contact"))), "{ended:?}");
        let who = lead.clone();
        let replaced = write(&test, move |tx| {
            service::add_contact(tx, &who, org, &contact(ContactRole::Head, "leitung@goessnitz.example"))?;
            service::end_contact(tx, &who, org, only.id, seen)
        });
        replaced.expect("replaced");
        let all = read(&test, |tx| service::audience(tx, &AudienceFilter::All, Reach::Anybody));
        assert_eq!(all.recipients[0].address, "leitung@goessnitz.example");
    }
}

#[test]
fn nobody_is_enrolled_who_cannot_be_written_to_or_was_not_invited() {
    for test in registers() {
        let (org, member) = (key(&test, LEADING), key(&test, MEMBER));
        let analyst = person(cert(&test), Role::Analyst);
        let step = |org: OrgId, next: Enrolment, seen: i32| {
            let analyst = analyst.clone();
            write(&test, move |tx| service::set_enrolment(tx, &analyst, org, next, seen))
        };
        let refused = |outcome: Result<()>| match outcome {
            Err(Error::Conflict(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(step(org, Enrolment::Enrolled, 1)), "directory-error-enrolment");
        assert_eq!(refused(step(member, Enrolment::Invited, 1)), "directory-error-no-administration");
        step(org, Enrolment::Invited, 1).expect("invited");
        assert!(matches!(step(org, Enrolment::Known, 1), Err(Error::Stale)));
        assert_eq!(refused(step(org, Enrolment::Enrolled, 2)), "directory-error-enrol-unreachable");
    }
}

#[test]
fn the_call_list_holds_who_is_not_enrolled_with_telephone_and_the_last_call() {
    let clock = clock();
    for test in registers_at(Arc::clone(&clock)) {
        let (association, leading) = (key(&test, ASSOCIATION), key(&test, LEADING));
        enrol(&test, leading, "it@goessnitz.example");
        let analyst = person(cert(&test), Role::Analyst);
        let note = |outcome| {
            let who = analyst.clone();
            clock.advance(jiff::SignedDuration::from_mins(1));
            let call = CallInput { outcome, note: None };
            write(&test, move |tx| service::note_call(tx, &who, association, &call)).expect("noted")
        };
        note(CallOutcome::NotReached);
        note(CallOutcome::CallBack);
        let who = analyst.clone();
        let hotline = contact(ContactRole::Hotline, "");
        write(&test, move |tx| service::add_contact(tx, &who, association, &hotline)).expect("added");
        let list = read(&test, |tx| service::to_be_called(tx, &analyst, None));
        assert_eq!(list.len(), 205);
        let entry = list.iter().find(|entry| entry.organisation.id == association).expect("to be called");
        assert_eq!(entry.contacts[0].phone, "036071 12345");
        assert_eq!(entry.call.as_ref().map(|call| call.outcome), Some(CallOutcome::CallBack));
        let lead = person(association, Role::OrgLead);
        assert!(read(&test, |tx| service::view(tx, &lead, association)).calls.is_empty());
        assert!(!read(&test, |tx| service::view(tx, &analyst, association)).calls.is_empty());
    }
}

#[test]
fn a_lead_edits_the_contacts_of_her_own_organisation_only() {
    for test in registers() {
        let (own, member, foreign) = (key(&test, ASSOCIATION), key(&test, MEMBER), key(&test, LEADING));
        let add = |role: Role, org: OrgId| {
            let actor = person(own, role);
            let input = contact(ContactRole::Deputy, "vertretung@lindenberg.example");
            write(&test, move |tx| service::add_contact(tx, &actor, org, &input))
        };
        assert!(add(Role::OrgLead, own).is_ok() && add(Role::OrgLead, member).is_ok());
        assert!(matches!(add(Role::OrgLead, foreign), Err(Error::NotFound)));
        assert!(matches!(add(Role::Reporter, own), Err(Error::Forbidden(_))));
        let lead = person(own, Role::OrgLead);
        let id = read(&test, |tx| service::contacts_of(tx, own)).remove(0).id;
        let stolen = test.db.read_now(|tx| service::load_contact(tx, &lead, member, id));
        assert!(matches!(stolen, Err(Error::NotFound)), "a contact is found under its own organisation only");
        assert!(matches!(test.db.read_now(|tx| service::view(tx, &lead, foreign)), Err(Error::NotFound)));
        assert!(matches!(
            test.db.read_now(|tx| service::list(tx, &lead, &Filter::default(), None, 50)),
            Err(Error::NotFound)
        ));
    }
}

#[test]
fn of_two_who_change_a_contact_the_second_is_told() {
    for test in registers() {
        let org = key(&test, LEADING);
        let lead = person(org, Role::OrgLead);
        let who = lead.clone();
        let id = write(&test, move |tx| {
            service::add_contact(tx, &who, org, &contact(ContactRole::Head, "a@goessnitz.example"))
        })
        .expect("added");
        let change = |mail: &'static str| {
            let lead = lead.clone();
            let input = contact(ContactRole::Head, mail);
            write(&test, move |tx| service::change_contact(tx, &lead, org, id, 1, &input))
        };
        change("b@goessnitz.example").expect("changed");
        assert!(matches!(change("c@goessnitz.example"), Err(Error::Stale)));
        let kept = read(&test, |tx| service::load_contact(tx, &lead, org, id));
        assert_eq!((kept.mail.as_str(), kept.version), ("b@goessnitz.example", 2));
    }
}

#[test]
fn the_address_for_emergencies_may_not_lie_in_a_domain_of_the_organisation() {
    for test in registers() {
        let org = key(&test, LEADING);
        let lead = person(cert(&test), Role::CertLead);
        let domain = AssetValue::MailDomain(MailDomain::parse("goessnitz.example").expect("a domain"));
        let (who, again) = (lead.clone(), domain.clone());
        write(&test, move |tx| service::add_asset(tx, &who, org, &domain)).expect("added");
        let who = lead.clone();
        let twice = write(&test, move |tx| service::add_asset(tx, &who, org, &again));
        assert!(matches!(twice, Err(Error::Invalid(_))), "{twice:?}");
        let mut input = contact(ContactRole::Head, "leitung@andere.example");
        input.out_of_band = OutOfBand::parse("privat@post.goessnitz.example").ok();
        let refused = write(&test, move |tx| service::add_contact(tx, &lead, org, &input));
        assert!(
            matches!(&refused, Err(Error::Invalid(fields)) if fields[0].field == "out_of_band"),
            "{refused:?}"
        );
    }
}

#[test]
fn a_service_relation_ends_and_may_begin_again() {
    for test in registers() {
        let (org, provider) = (key(&test, LEADING), key(&test, "16077"));
        let lead = person(cert(&test), Role::CertLead);
        let add = || {
            let lead = lead.clone();
            let service = Name::parse("Rechenzentrum").expect("name");
            write(&test, move |tx| {
                let valid_from = today(tx.now());
                let input = RelationInput {
                    provider,
                    organisation: org,
                    service: service.clone(),
                    valid_from,
                    valid_until: None,
                };
                service::add_relation(tx, &lead, &input)
            })
        };
        let id = add().expect("added");
        assert!(matches!(add(), Err(Error::Invalid(_))));
        let who = lead.clone();
        write(&test, move |tx| service::end_relation(tx, &who, org, id)).expect("ended");
        assert_eq!(add().expect("begun again"), id);
        assert_eq!(read(&test, |tx| service::view(tx, &lead, org)).served_by.len(), 1);
    }
}

#[test]
fn the_cert_is_made_once_and_the_land_is_found() {
    for test in registers() {
        let id = cert(&test);
        assert_eq!(cert(&test), id);
        assert_eq!(read(&test, service::cert), id);
        let land = read(&test, service::state_leadership).expect("the Land");
        let names = read(&test, |tx| service::names(tx, &[id, land]));
        assert_eq!(
            (names[&id].name.as_str(), names[&land].name.as_str()),
            ("ThüringenCERT", "Land Thüringen")
        );
        let empty = read(&test, |tx| service::names(tx, &[]));
        assert!(empty.is_empty());
    }
}

#[test]
fn an_administrator_chooses_among_those_who_act_for_themselves() {
    use crate::access::model::Organisations as _;
    for test in registers() {
        let id = cert(&test);
        let member = key(&test, MEMBER);
        let choices = read(&test, |tx| service::Book.choices(tx));
        assert!(choices.iter().any(|(org, _)| *org == key(&test, LEADING)));
        assert!(choices.iter().all(|(org, _)| *org != member && *org != id));
        assert_eq!(read(&test, |tx| service::Book.cert(tx)), Some(id));
        assert_eq!(read(&test, |tx| service::Book.names(tx, &[id]))[&id], "ThüringenCERT");
    }
}
