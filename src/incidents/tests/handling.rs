//! Triage, waiting, named persons, the end and after.

use super::*;
use crate::core::text::{Name, Prose};
use crate::core::tlp::Tlp;
use crate::incidents::model::{Audience, Filter, Inform};
use crate::incidents::status::{CloseReason, Status};
use crate::incidents::worklist::service as worklist;

#[tokio::test]
async fn triage_decides_once_for_what_was_seen_and_keeps_the_reason_of_another_priority() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let why = || Line::parse("Der Bürgermeister bittet darum").unwrap();
        house.triage(&case, |triage| triage.priority = Some((1, why()))).unwrap();
        let after = house.load(&case);
        assert_eq!((after.status, after.priority), (Status::Triaged, Some(1)));
        assert_eq!(after.priority_reason.as_deref(), Some("Der Bürgermeister bittet darum"));
        let (reference, seen) = (case.reference.clone(), case.version);
        let late = house.act("analyse2", move |tx, actor| service::assign(tx, actor, &reference, seen, None));
        assert!(matches!(late, Err(Error::Stale)));
        house.triage(&case, |triage| triage.priority = Some((3, why()))).unwrap();
        let after = house.load(&case);
        assert_eq!((after.priority, after.priority_reason), (Some(3), None), "3 needs no reason");
    }
}

#[tokio::test]
async fn a_label_is_lowered_only_as_far_as_the_reporter_permits() {
    for house in houses().await {
        for (inform, may) in [(Inform::ByName, true), (Inform::Anonymous, false), (Inform::Nobody, false)] {
            let case = house.file("amt", house.village, |report| report.inform = inform);
            let lowered = house.triage(&case, |triage| triage.tlp = Tlp::Green);
            let published = house.triage(&case, |triage| triage.tlp = Tlp::Clear);
            assert_eq!(refused(published), [("tlp", "incident-refused-tlp")], "nobody permitted to publish");
            if may {
                lowered.unwrap();
            } else {
                assert_eq!(refused(lowered), [("tlp", "incident-refused-tlp")]);
            }
            house.triage(&case, |triage| triage.tlp = Tlp::Red).unwrap();
            house.triage(&case, |triage| triage.tlp = Tlp::Amber).expect("the CERT's own label");
            let view = house.show("analyse1", &case).unwrap();
            assert_eq!(view.entries[0].facts["from_tlp"], "TLP:RED");
        }
    }
}

#[tokio::test]
async fn a_waiting_case_leaves_the_queue_comes_back_by_itself_and_tells_the_team_alone_why() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        assert_eq!(refused(house.wait(&case, "Betreiber", -1)), [("follow_up_at", "error-date-past")]);
        house.triage(&case, |triage| triage.priority = Some((1, Line::parse("Gerücht").unwrap()))).unwrap();
        house.wait(&case, "Rückruf des Betreibers", 48).unwrap();
        let listed = |who: &str, waiting_only| {
            let filter = Filter { open: Some(true), waiting_only, ..Filter::default() };
            let actor = house.actor(who);
            house.db().read_now(|tx| service::list(tx, &actor, &filter, None, 50)).unwrap().rows
        };
        assert_eq!((listed("analyse1", false).len(), listed("analyse1", true).len()), (0, 1));
        let own = listed("amt", false);
        assert_eq!((own.len(), own[0].follow_up_at), (1, None), "what waits is the team's matter");
        for (who, is_team) in [("analyse2", true), ("revision", true), ("amt", false)] {
            let seen = house.show(who, &case).unwrap().incident;
            let words = [seen.waiting_on.as_deref(), seen.priority_reason.as_deref()];
            let expected =
                if is_team { [Some("Rückruf des Betreibers"), Some("Gerücht")] } else { [None, None] };
            assert_eq!((words, seen.follow_up_at.is_some()), (expected, is_team), "{who}");
        }
        house.clock.advance(SignedDuration::from_hours(48));
        assert_eq!(listed("analyse1", false).len(), 1);
        house.clock.advance(-SignedDuration::from_hours(48));

        let id = case.id;
        write(house.db(), move |tx| Ok(diesel::delete(incident_contents::table.find(id)).execute(tx.conn)?));
        let erased = house.load(&case);
        assert_eq!((erased.waiting_on, erased.priority_reason), (None, None), "it goes with the content");
    }
}

#[tokio::test]
async fn an_organisation_cannot_read_from_pages_of_its_list_when_the_team_takes_a_case_up_again() {
    for house in houses().await {
        let mut cases = Vec::new();
        for _ in 0..3 {
            cases.push(house.file("amt", house.village, |_| {}));
            house.clock.advance(SignedDuration::from_mins(1));
        }
        let paged = |who: &str| {
            let (actor, filter) = (house.actor(who), Filter { with_waiting: true, ..Filter::default() });
            let (mut seen, mut after) = (Vec::new(), None::<String>);
            loop {
                let page = house.db().read_now(|tx| {
                    let page = service::list(tx, &actor, &filter, after.as_deref(), 1)?;
                    Ok((page.rows.into_iter().map(|row| row.reference).collect::<Vec<_>>(), page.next))
                });
                let (rows, next) = page.unwrap();
                seen.push((rows, next.clone()));
                after = match next {
                    Some(next) => Some(next),
                    None => return seen,
                };
            }
        };
        let (own, team) = (paged("amt"), paged("analyse1"));
        let newest_first: Vec<_> = cases.iter().rev().map(|case| case.reference.clone()).collect();
        assert_eq!(own.iter().flat_map(|(rows, _)| rows.clone()).collect::<Vec<_>>(), newest_first);
        house.wait(&cases[1], "Rückruf des Betreibers", 48).unwrap();
        assert_eq!(paged("amt"), own, "neither order nor cursors depend on it");
        assert_ne!(paged("analyse1"), team, "the team's queue does");
    }
}

#[tokio::test]
async fn named_persons_are_persons_and_whoever_names_them_stays_in() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        assert_eq!(refused(house.restrict("analyse1", &case, Some(vec![]))), [("named", "error-required")]);
        let nobody = AccountId(uuid::Uuid::from_u128(99));
        let unknown = house.restrict("analyse1", &case, Some(vec![house.account("amt"), nobody]));
        assert_eq!(refused(unknown), [("named", "error-choice")]);
        house.restrict("analyse1", &case, Some(vec![house.account("amt")])).unwrap();
        for (who, sees) in [("analyse1", true), ("amt", true), ("analyse2", false), ("leitung", false)] {
            let shown = house.show(who, &case);
            assert_eq!(shown.is_ok(), sees, "{who}");
            assert!(sees || matches!(shown, Err(Error::NotFound)));
        }
        house.restrict("analyse1", &case, None).unwrap();
        house.show("analyse2", &case).expect("open to the team again");
    }
}

#[tokio::test]
async fn a_closed_case_is_changed_by_nobody_until_it_is_taken_up_again() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        house.triage(&case, |_| {}).unwrap();
        house.wait(&case, "Betreiber", 48).unwrap();
        let close = |seen| {
            let reference = case.reference.clone();
            house.act("analyse1", move |tx, actor| {
                service::close(tx, actor, &reference, seen, CloseReason::Resolved)
            })
        };
        close(house.load(&case).version).unwrap();
        let closed = house.load(&case);
        assert_eq!((closed.status, closed.waiting_on), (Status::Closed, None));
        assert!(closed.closed_at.is_some() && closed.close_reason == Some(CloseReason::Resolved));
        for refused in
            [house.triage(&case, |_| {}), house.wait(&case, "Betreiber", 48), close(closed.version)]
        {
            assert!(matches!(refused, Err(Error::Conflict("incident-refused-closed"))));
        }
        let (reference, seen) = (case.reference.clone(), closed.version);
        let reopened = house.act("analyse1", move |tx, actor| {
            // As the API has it.
            service::set_status(tx, actor, &reference, seen, Status::InProgress)
        });
        reopened.unwrap();
        let open = house.load(&case);
        assert_eq!((open.status, open.closed_at, open.close_reason), (Status::InProgress, None, None));
        let listed = Filter { open: Some(true), ..Filter::default() };
        let actor = house.actor("analyse1");
        assert_eq!(house.db().read_now(|tx| service::count(tx, &actor, &listed, 9)).unwrap(), 1);
        let (reference, seen) = (case.reference.clone(), open.version);
        let again = house.act("analyse1", move |tx, actor| service::reopen(tx, actor, &reference, seen));
        assert!(matches!(again, Err(Error::Conflict("incident-refused-not-closed"))));
    }
}

#[tokio::test]
async fn a_message_to_a_municipality_reaches_its_officer_and_whoever_reported_for_it() {
    for house in houses().await {
        let office = house.office;
        house
            .act("leitung", move |tx, actor| {
                let officer = ContactInput {
                    role: ContactRole::ItSecurityOfficer,
                    name: Name::parse("Leitstelle").unwrap(),
                    mail: Some(mail("leitstelle@leinetal.example")),
                    phone: None,
                    out_of_band: None,
                    is_function: true,
                    certificate: None,
                    pgp: None,
                };
                directory::add_contact(tx, actor, office, &officer)
            })
            .unwrap();
        let case = house.file("amt", house.village, |_| {});
        let told = |house: &House| {
            let mut to: Vec<String> =
                house.db().read_now(|tx| Ok(outbox::table.select(outbox::recipient).load(tx.conn)?)).unwrap();
            to.sort();
            to
        };
        assert_eq!(told(&house), ["amt@stelle.example"], "the report has arrived");
        let say = |house: &House| {
            let (reference, village) = (case.reference.clone(), house.village);
            house
                .act("analyse1", move |tx, actor| {
                    let text = Prose::parse("Bitte ziehen Sie das Netzkabel.").unwrap();
                    service::message(tx, actor, &reference, Audience::Organisation(village), &text)
                })
                .unwrap();
        };
        say(&house);
        let both = ["amt@stelle.example", "amt@stelle.example", "leitstelle@leinetal.example"];
        assert_eq!(told(&house), both);
        house.restrict("analyse1", &case, Some(vec![house.account("analyse2")])).unwrap();
        say(&house);
        assert_eq!(told(&house), both, "whoever may not see the case is told nothing of it");
    }
}

#[tokio::test]
async fn whoever_is_written_to_is_told_so_until_they_open_the_case() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        let later = || house.clock.advance(SignedDuration::from_mins(1));
        let unread = |who: &str| {
            let actor = house.actor(who);
            let cases = house.db().read_now(|tx| service::unread_messages(tx, &actor, 10)).unwrap();
            cases.into_iter().map(|(reference, _)| reference).collect::<Vec<_>>()
        };
        let says = |who: &str, audience: Audience| {
            later();
            let (reference, text) =
                (case.reference.clone(), Prose::parse("Welche Rechner sind es?").unwrap());
            house
                .act(who, move |tx, actor| service::message(tx, actor, &reference, audience, &text))
                .unwrap();
        };
        let opens = |who: &str| {
            later();
            let id = case.id;
            house.act(who, move |tx, actor| worklist::opened(tx, actor, id)).unwrap();
        };
        let to_them = Audience::Organisation(house.city);
        says("analyse1", Audience::Team);
        says("stadt", to_them);
        assert!(unread("stadt").is_empty(), "neither a note of the team nor one's own words are to be read");
        says("analyse1", to_them);
        says("analyse1", to_them);
        assert_eq!(unread("stadt"), std::slice::from_ref(&case.reference), "once for each case");
        assert!(unread("amt").is_empty() && unread("analyse2").is_empty(), "nobody else's");
        says("stadt", to_them);
        assert_eq!(unread("stadt").len(), 1, "what somebody else wrote does not take it away");
        opens("stadt");
        assert!(unread("stadt").is_empty(), "opened");
        says("analyse1", Audience::Involved);
        assert_eq!(unread("stadt").len(), 1, "to all involved, too");
        house.restrict("analyse1", &case, Some(vec![house.account("analyse1")])).unwrap();
        assert!(unread("stadt").is_empty(), "a case that does not exist for them is not told");
    }
}
