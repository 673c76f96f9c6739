//! Who is enrolled, who can therefore be written to, and who is called instead.

use super::*;
use crate::directory::model::{AudienceFilter, CallInput, CallOutcome, Reach};

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
