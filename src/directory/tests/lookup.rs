//! Who is found in the register, and who acts for whom.

use diesel::prelude::*;
use jiff::SignedDuration;

use super::*;
use crate::directory::model::fold;
use crate::store::schema::organisations;

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

#[test]
fn a_name_that_was_read_for_a_list_counts_for_half_a_minute() {
    let clock = clock();
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    for test in databases(&env, || Provided::default().with(service::NameMemo::default())) {
        import(&test, REGISTER, ImportOptions::default()).expect("imported").expect("no faults");
        let (leading, led) = (key(&test, LEADING), key(&test, LED));
        let name = |id: OrgId| read(&test, |tx| service::recent_names(tx, &[id]))[&id].name.clone();
        let before = name(leading);
        let renamed = move |tx: &mut Tx<'_>| {
            let both = organisations::table.filter(organisations::id.eq_any([leading, led]));
            Ok(diesel::update(both).set(organisations::name.eq("Neu")).execute(tx.conn)?)
        };
        assert_eq!(write(&test, renamed).expect("renamed"), 2);
        assert_eq!(name(led), "Neu", "what was not read is read");
        clock.advance(SignedDuration::from_secs(29));
        assert_eq!(name(leading), before);
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(name(leading), "Neu");
        clock.advance(SignedDuration::from_secs(-30));
    }
}
