//! What attackers leave behind is found in what people write, compared within what the team may see, and gone with its
//! text.

use super::{House, houses};
use crate::core::error::Error;
use crate::core::text::{Line, Prose};
use crate::incidents::model::{Audience, Incident};
use crate::incidents::observables::model::{Harmless, Kind, Listed};
use crate::incidents::observables::service as observables;
use crate::incidents::service;

impl House {
    fn observed(&self, who: &str, case: &Incident) -> Result<Vec<Listed>, Error> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| Ok(observables::of_case(tx, actor, &reference)?.1))
    }

    fn said(&self, who: &str, org: crate::core::ids::OrgId, words: &'static str) -> Incident {
        self.file(who, org, |report| report.description = Prose::parse(words).unwrap())
    }
}

fn values(listed: &[Listed]) -> Vec<(Kind, &str, i64)> {
    let mut values: Vec<_> =
        listed.iter().map(|it| (it.observable.kind, it.observable.value.as_str(), it.elsewhere)).collect();
    values.sort_unstable();
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_of_one_case_are_counted_in_others_that_the_viewer_may_see() {
    for house in houses().await {
        let words = "Link auf hxxps://boese[.]example/a, Server 203.0.113[.]9, Rechner 10.1.2.3.";
        let first = house.said("stadt", house.city, words);
        let second = house.said("amt", house.office, "Wir haben auch boese[.]example gesehen.");
        house.digest().await;
        let found = house.observed("analyse1", &first).unwrap();
        assert_eq!(
            values(&found),
            [
                (Kind::Ipv4, "10.1.2.3", 0),
                (Kind::Ipv4, "203.0.113.9", 0),
                (Kind::Domain, "boese.example", 1),
                (Kind::Url, "https://boese.example/a", 0),
            ]
        );
        assert_eq!(found[0].observable.value, "boese.example", "what stands elsewhere comes first");
        assert_eq!(found[3].observable.harmless, Some(Harmless::Known), "what is harmless comes last");
        // A case for named persons counts for them alone.
        house.restrict("analyse2", &second, Some(vec![house.account("analyse2")])).unwrap();
        let counted = |who: &str| values(&house.observed(who, &first).unwrap())[2].2;
        assert_eq!((counted("analyse1"), counted("analyse2")), (0, 1));
        // Whose case it is sees no counts, and nobody else the case.
        assert!(matches!(house.observed("stadt", &first), Err(Error::Forbidden(_))));
        assert!(matches!(house.observed("amt", &first), Err(Error::NotFound)));
        assert!(matches!(house.observed("verwaltung", &first), Err(Error::NotFound)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_observable_is_shown_with_the_open_cases_alone_and_judged_by_the_team() {
    for house in houses().await {
        let first = house.said("stadt", house.city, "Absender: info@boese[.]example");
        let second = house.said("amt", house.office, "Absender: info(at)boese.example");
        house.digest().await;
        let id = house.observed("analyse1", &first).unwrap()[0].observable.id;
        let seen = |who: &str| house.act(who, move |tx, actor| observables::show(tx, actor, id));
        assert_eq!(seen("analyse1").unwrap().1.len(), 4, "report and entry of both");
        house.restrict("analyse2", &second, Some(vec![house.account("analyse2")])).unwrap();
        let (_, left, may_judge) = seen("analyse1").unwrap();
        assert!(left.iter().all(|it| it.reference == first.reference) && may_judge);
        assert!(matches!(seen("stadt"), Err(Error::NotFound)));
        let (_, _, may_judge) = seen("revision").unwrap();
        assert!(!may_judge, "an auditor reads");
        let judge = |who: &str| {
            let reason: Line<200> = Line::parse("Server eines Dienstleisters").unwrap();
            house.act(who, move |tx, actor| observables::judge(tx, actor, id, Some(&reason)))
        };
        assert!(matches!(judge("revision"), Err(Error::Forbidden(_))));
        judge("analyse1").unwrap();
        let listed = house.observed("analyse2", &first).unwrap();
        assert_eq!((listed[0].observable.harmless, listed[0].elsewhere), (Some(Harmless::Hand), 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_adds_stays_when_the_texts_are_read_again() {
    for house in houses().await {
        let case = house.said("stadt", house.city, "Nichts zu sehen.");
        house.digest().await;
        let add = |words: &'static str| {
            let (reference, line) = (case.reference.clone(), Line::parse(words).unwrap());
            house.act("analyse1", move |tx, actor| observables::add(tx, actor, &reference, &line))
        };
        assert_eq!(add("CVE-2026-12345 und 203.0.113.7").unwrap(), 2);
        assert!(matches!(add("gar nichts"), Err(Error::Invalid(_))));
        let reference = case.reference.clone();
        house
            .act("analyse1", move |tx, actor| {
                let note = Prose::parse("Siehe evil[.]example").unwrap();
                service::message(tx, actor, &reference, Audience::Team, &note)
            })
            .unwrap();
        house.digest().await;
        let found = house.observed("analyse1", &case).unwrap();
        let expected = [
            (Kind::Ipv4, "203.0.113.7", 0),
            (Kind::Domain, "evil.example", 0),
            (Kind::Cve, "CVE-2026-12345", 0),
        ];
        assert_eq!(values(&found), expected);
    }
}
