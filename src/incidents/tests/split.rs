//! A later report that turns out to be another incident.

use super::later::later;
use super::*;
use crate::core::ids::ReportId;
use crate::core::text::Title;
use crate::incidents::linking::Relation;
use crate::incidents::model::{Inform, Nature};
use crate::incidents::status::Status;

impl House {
    fn state_more(&self, who: &str, case: &Incident, words: &'static str) {
        let reference = case.reference.clone();
        let more = later(Nature::News, Inform::Anonymous, words);
        self.act(who, move |tx, actor| service::state(tx, actor, &reference, &more)).unwrap();
    }

    fn split(&self, who: &str, case: &Incident, report: ReportId) -> Result<Incident> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| {
            let title = Title::parse("Gestohlener Rechner").unwrap();
            let new = service::split(tx, actor, &reference, report, &title)?;
            service::load_by_reference(tx, &new)
        })
    }

    fn separable(&self, case: &Incident) -> Vec<ReportId> {
        let reference = case.reference.clone();
        let (_, found) =
            self.act("analyse1", move |tx, actor| service::splittable(tx, actor, &reference)).unwrap();
        found.into_iter().map(|one| one.id).collect()
    }
}

#[tokio::test]
async fn a_later_report_becomes_a_case_of_its_own_and_its_reporter_is_told() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        assert!(house.separable(&case).is_empty(), "what opened a case is the case");
        house.state_more("stadt", &case, "Ein Rechner wurde gestohlen.");
        let mails = house.mails_to("stadt@stelle.example").len();
        let [report] = house.separable(&case)[..] else { panic!("one report") };
        assert!(matches!(house.split("revision", &case, report), Err(Error::Forbidden(_))));
        assert!(matches!(house.split("dienst", &case, report), Err(Error::NotFound)));
        let new = house.split("analyse1", &case, report).unwrap();
        assert_eq!(house.mails_to("stadt@stelle.example").len(), mails + 1);
        assert_ne!(new.reference, case.reference);
        assert_eq!((new.status, new.organisation), (Status::Reported, Some(house.city)));
        let view = house.show("stadt", &new).unwrap();
        let stated = view.report.unwrap();
        assert_eq!(
            (stated.description.as_str(), stated.inform),
            ("Ein Rechner wurde gestohlen.", Inform::Anonymous)
        );
        assert_eq!(view.entries.len(), 2);
        let before = house.show("stadt", &case).unwrap();
        assert_eq!(before.later.len(), 1, "what was stated stays as it was stated");
        assert_eq!(before.entries[0].kind, "split_off");
        let links = house.show("analyse1", &case).unwrap().links;
        assert_eq!(
            (links[0].relation, links[0].other.reference.as_str()),
            (Relation::Related, new.reference.as_str())
        );
        let again = house.split("analyse1", &case, report);
        assert_eq!(refused(again), [("report", "split-refused-gone")]);
    }
}

#[tokio::test]
async fn what_comes_out_of_a_restricted_case_is_for_the_same_named_persons() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        house.state_more("stadt", &case, "Ein Rechner wurde gestohlen.");
        house
            .restrict("analyse1", &case, Some(vec![house.account("analyse1"), house.account("stadt")]))
            .unwrap();
        let new = house.split("analyse1", &case, house.separable(&case)[0]).unwrap();
        assert!(new.is_restricted);
        assert!(matches!(house.show("analyse2", &new), Err(Error::NotFound)));
        house.show("stadt", &new).unwrap();
    }
}
