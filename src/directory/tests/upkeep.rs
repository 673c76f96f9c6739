//! Contacts, assets and relations as those concerned keep them.

use jiff::SignedDuration;

use super::*;
use crate::access::model::Purpose;
use crate::access::service::create_link;
use crate::core::actor::Via;
use crate::core::ids::{AnyId, ContactId};
use crate::directory::model::{AssetValue, MailDomain, OutOfBand, RelationInput, today};

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

/// The head of this organisation as a new contact.
fn head(test: &TestDb, lead: &Actor, org: OrgId) -> ContactId {
    let lead = lead.clone();
    write(test, move |tx| {
        service::add_contact(tx, &lead, org, &contact(ContactRole::Head, "a@goessnitz.example"))
    })
    .expect("added")
}

#[test]
fn of_two_who_change_a_contact_the_second_is_told() {
    for test in registers() {
        let org = key(&test, LEADING);
        let lead = person(org, Role::OrgLead);
        let id = head(&test, &lead, org);
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
fn a_link_that_was_mailed_to_a_contact_ends_with_its_address() {
    for test in registers() {
        let org = key(&test, LEADING);
        let lead = person(org, Role::OrgLead);
        let id = head(&test, &lead, org);
        let link = || {
            write(&test, move |tx| {
                create_link(tx, Purpose::Contact, None, Some(AnyId(id.0)), SignedDuration::from_hours(24))
            })
            .expect("a link")
        };
        let holder = Actor { via: Via::Link, ..Actor::anonymous(None) };
        let holds = |token: &str| match test.db.read_now(|tx| service::peek_contact(tx, &holder, token)) {
            Ok((contact, _)) => contact.id == id,
            Err(error) => {
                assert!(matches!(error, Error::NotFound), "{error:?}");
                false
            }
        };
        let change = |seen: i32, input: ContactInput| {
            let lead = lead.clone();
            write(&test, move |tx| service::change_contact(tx, &lead, org, id, seen, &input))
                .expect("changed");
        };
        let first = link();
        let mut input = contact(ContactRole::Head, "a@goessnitz.example");
        input.phone = Phone::parse("036071 54321").ok();
        change(1, input);
        assert!(holds(&first), "the address is the same");
        change(2, contact(ContactRole::Head, "b@goessnitz.example"));
        assert!(!holds(&first), "who reads the old address says nothing of the new one");
        let used = first.clone();
        let as_holder = holder.clone();
        let late = write(&test, move |tx| service::confirm_contact(tx, &as_holder, &used));
        assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
        let second = link();
        assert!(holds(&second));
        let stranger = test.db.read_now(|tx| service::peek_contact(tx, &lead, &second));
        assert!(stranger.is_ok(), "the link alone says who may");
        let who = lead.clone();
        write(&test, move |tx| service::end_contact(tx, &who, org, id, 3)).expect("ended");
        assert!(!holds(&second));
    }
}
