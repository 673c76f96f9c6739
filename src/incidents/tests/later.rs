//! What an organisation states later: beside what it stated before, never over it.

use std::sync::Barrier;

use super::*;
use crate::core::ids::AnyId;
use crate::core::text::Prose;
use crate::core::tlp::Tlp;
use crate::incidents::model::{Audience, Filter, Flags, Inform, Nature, Supplement};
use crate::incidents::service::Withdrawn;
use crate::incidents::status::{CloseReason, Status};
use crate::mail::outbox;

fn prose(text: &str) -> Prose {
    Prose::parse(text).unwrap()
}

pub(super) fn later(nature: Nature, inform: Inform, words: &str) -> Supplement {
    let flags = Flags { personal_data: true, ..Flags::default() };
    Supplement { nature, text: prose(words), contact_phone: None, flags, inform }
}

impl House {
    pub(super) fn state(&self, who: &str, case: &Incident, later: Supplement) -> Result<()> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| service::state(tx, actor, &reference, &later))
    }

    pub(super) fn withdraw(&self, who: &str, case: &Incident, seen: i32) -> Result<Withdrawn> {
        let reference = case.reference.clone();
        let why = prose("Es war eine geplante Wartung.");
        self.act(who, move |tx, actor| service::withdraw(tx, actor, &reference, seen, &why))
    }

    /// Who was written to about the case, the newest last.
    fn written_to(&self, case: &Incident) -> Vec<String> {
        let id = AnyId(case.id.0);
        let mails = self.db().read_now(|tx| outbox::list(tx, id)).unwrap();
        mails.into_iter().map(|mail| mail.recipient).collect()
    }
}

#[tokio::test]
async fn news_and_corrections_stand_beside_the_first_report_and_the_last_word_on_consent_holds() {
    for house in houses().await {
        let case = house.file("amt", house.village, |report| report.inform = Inform::ByName);
        house.triage(&case, |triage| triage.tlp = Tlp::Green).unwrap();
        let first = house.show("amt", &case).unwrap().report.unwrap();
        house.state("amt", &case, later(Nature::News, Inform::ByName, "Auch das Archiv steht.")).unwrap();
        assert_eq!(house.load(&case).tlp, Tlp::Green);
        house.state("amt", &case, later(Nature::Correction, Inform::Nobody, "Es ist die Kasse.")).unwrap();
        for who in ["amt", "analyse1"] {
            let view = house.show(who, &case).unwrap();
            let kept = view.report.unwrap();
            assert_eq!((kept.description, kept.flags), (first.description.clone(), first.flags), "{who}");
            let stated: Vec<_> = view.later.iter().map(|it| (it.nature, it.description.as_str())).collect();
            let news = (Some(Nature::News), "Auch das Archiv steht.");
            assert_eq!(stated, [news, (Some(Nature::Correction), "Es ist die Kasse.")], "{who}");
            assert_eq!(view.later[1].contact_phone, first.contact_phone, "as before where none is given");
            let standing = view.standing.unwrap();
            let words = (standing.description.as_str(), standing.inform, standing.flags.personal_data);
            assert_eq!(words, (first.description.as_str(), Inform::Nobody, true), "{who}: what holds today");
        }
        let id = case.id;
        assert_eq!(house.db().read_now(|tx| service::inform(tx, id)).unwrap(), Inform::Nobody);
        assert_eq!(house.load(&case).tlp, Tlp::Amber, "who no longer permits it narrows the label");
        assert_eq!(
            refused(house.triage(&case, |triage| triage.tlp = Tlp::Green)),
            [("tlp", "incident-refused-tlp")]
        );
    }
}

#[tokio::test]
async fn what_an_organisation_states_brings_a_waiting_case_back_and_reaches_whoever_works_on_it() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let before = house.written_to(&case).len();
        house.state("amt", &case, later(Nature::News, Inform::Nobody, "Noch ein Server.")).unwrap();
        let team = house.written_to(&case).split_off(before);
        assert_eq!(team.len(), 3, "nobody works on it yet, so all who could are told: {team:?}");
        let (reference, seen, account) =
            (case.reference.clone(), house.load(&case).version, house.account("analyse2"));
        house
            .act("analyse1", move |tx, actor| service::assign(tx, actor, &reference, seen, Some(account)))
            .unwrap();
        house.wait(&case, "Rückruf", 48).unwrap();
        let before = house.written_to(&case).len();
        house.state("amt", &case, later(Nature::End, Inform::Nobody, "Alles läuft wieder.")).unwrap();
        let told = house.written_to(&case).split_off(before);
        assert!(told.len() == 1 && told[0].contains("analyse2"), "{told:?}");
        let filter = Filter { open: Some(true), ..Filter::default() };
        let analyst = house.actor("analyse1");
        let queue = house.db().read_now(|tx| service::list(tx, &analyst, &filter, None, 50)).unwrap();
        assert_eq!(queue.rows.len(), 1, "it waits no longer");
        assert_ne!(house.load(&case).status, Status::Closed, "the CERT closes it");
    }
}

#[tokio::test]
async fn a_false_alarm_closes_what_nobody_works_on_and_asks_where_somebody_does() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        assert!(matches!(house.withdraw("amt", &case, case.version + 1), Err(Error::Stale)));
        assert_eq!(house.withdraw("amt", &case, case.version).unwrap(), Withdrawn::Closed);
        let after = house.load(&case);
        assert_eq!((after.status, after.close_reason), (Status::Closed, Some(CloseReason::FalseAlarm)));
        let again = house.withdraw("amt", &case, after.version);
        assert!(matches!(again, Err(Error::Conflict("incident-refused-over"))));

        let case = house.file("amt", house.village, |_| {});
        house.triage(&case, |_| {}).unwrap();
        let (reference, seen) = (case.reference.clone(), house.load(&case).version);
        house
            .act("analyse1", move |tx, actor| {
                service::set_status(tx, actor, &reference, seen, Status::InProgress)
            })
            .unwrap();
        let seen = house.load(&case).version;
        assert_eq!(house.withdraw("amt", &case, seen).unwrap(), Withdrawn::Asked);
        assert_eq!(house.load(&case).status, Status::InProgress);
        let view = house.show("analyse1", &case).unwrap();
        assert_eq!(view.entries[0].kind, "report_withdrawal");
        assert_eq!(view.entries[0].body.as_deref(), Some("Es war eine geplante Wartung."));
    }
}

#[tokio::test]
async fn nobody_else_speaks_for_the_organisation() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let words = || later(Nature::News, Inform::ByName, "Nicht von uns.");
        for who in ["analyse1", "leitung", "revision"] {
            assert!(matches!(house.state(who, &case, words()), Err(Error::Forbidden(_))), "{who}");
            assert!(matches!(house.withdraw(who, &case, case.version), Err(Error::Forbidden(_))), "{who}");
        }
        for who in ["stadt", "dienst", "freigabe", "verwaltung"] {
            assert!(matches!(house.state(who, &case, words()), Err(Error::NotFound)), "{who}");
            assert!(matches!(house.withdraw(who, &case, case.version), Err(Error::NotFound)), "{who}");
        }
        let named = vec![house.account("analyse1")];
        house.restrict("analyse1", &case, Some(named)).unwrap();
        assert!(matches!(house.state("amt", &case, words()), Err(Error::NotFound)), "not named");
    }
}

#[tokio::test]
async fn whom_it_only_concerns_adds_to_it_and_takes_nothing_back() {
    for mut house in houses().await {
        let village = house.village;
        house
            .people
            .insert("gemeinde", person(house.db(), house.office, "gemeinde", village, Role::Reporter));
        let case = house.file("amt", house.office, |report| report.affected = vec![village]);
        house.state("gemeinde", &case, later(Nature::News, Inform::ByName, "Bei uns auch.")).unwrap();
        let view = house.show("gemeinde", &case).unwrap();
        assert!(view.may.supplement && !view.may.withdraw && view.later.len() == 1);
        assert_eq!(view.standing.unwrap().organisation, Some(house.office), "the reporter's is in force");
        let refused = house.withdraw("gemeinde", &case, case.version);
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        assert_eq!(house.withdraw("amt", &case, case.version).unwrap(), Withdrawn::Closed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_colleagues_at_the_same_moment_one_has_the_last_word() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for word in ["eins", "zwei", "drei", "vier"] {
                let (house, case, start) = (&house, &case, &start);
                scope.spawn(move || {
                    start.wait();
                    house.state("amt", case, later(Nature::News, Inform::Nobody, word)).unwrap();
                });
            }
        });
        let id = case.id;
        let reports = house.db().read_now(|tx| crate::incidents::store::reports_of(tx, id)).unwrap();
        assert_eq!(reports.len(), 5);
        assert_eq!(reports.iter().filter(|report| report.is_current).count(), 1, "{reports:?}");
    }
}

#[tokio::test]
async fn what_an_organisation_says_after_the_end_opens_the_case_again() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let queue = |house: &House| {
            let filter = Filter { open: Some(true), ..Filter::default() };
            let analyst = house.actor("analyse1");
            house.db().read_now(|tx| service::list(tx, &analyst, &filter, None, 50)).unwrap().rows.len()
        };
        for said in ["nachtrag", "nachricht"] {
            let (reference, seen) = (case.reference.clone(), house.load(&case).version);
            if said == "nachtrag" {
                house.withdraw("amt", &case, seen).unwrap();
            } else {
                let end = move |tx: &mut Tx<'_>, actor: &Actor| {
                    service::close(tx, actor, &reference, seen, CloseReason::Resolved)
                };
                house.act("analyse1", end).unwrap();
            }
            assert_eq!(queue(&house), 0);
            if said == "nachtrag" {
                house.state("amt", &case, later(Nature::News, Inform::Nobody, "Es geht weiter.")).unwrap();
            } else {
                let (reference, audience) = (case.reference.clone(), Audience::Organisation(house.village));
                let text = prose("Es geht weiter.");
                house
                    .act("amt", move |tx, actor| service::message(tx, actor, &reference, audience, &text))
                    .unwrap();
            }
            let open = house.load(&case);
            assert_eq!((open.status, open.close_reason, open.closed_at), (Status::InProgress, None, None));
            assert_eq!(queue(&house), 1, "{said}");
        }
    }
}
