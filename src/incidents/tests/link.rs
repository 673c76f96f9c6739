//! What cases have to do with each other, for the team alone.

use super::*;
use crate::incidents::linking::Relation;

impl House {
    fn link(
        &self,
        who: &str,
        case: &Incident,
        relation: Relation,
        others: &[&Incident],
        why: &'static str,
    ) -> Result<usize> {
        let reference = case.reference.clone();
        let others: Vec<String> = others.iter().map(|other| other.reference.clone()).collect();
        self.act(who, move |tx, actor| {
            let why = Line::<300>::parse(why).ok();
            service::link(tx, actor, &reference, relation, &others, why.as_ref())
        })
    }

    /// What a case's page says of its links.
    fn linked(&self, who: &str, case: &Incident) -> Vec<(Relation, String)> {
        let view = self.show(who, case).unwrap();
        view.links.into_iter().map(|link| (link.relation, link.other.reference)).collect()
    }
}

#[tokio::test]
async fn both_cases_show_a_link_from_their_side_and_the_reporters_neither() {
    for house in houses().await {
        let [campaign, one, two] = [(); 3].map(|()| house.file("stadt", house.city, |_| {}));
        assert_eq!(house.link("analyse1", &campaign, Relation::Comprises, &[&one, &two], "").unwrap(), 2);
        assert_eq!(house.link("analyse1", &one, Relation::Related, &[&two], "Gleicher Absender").unwrap(), 1);
        assert_eq!(
            house.link("analyse1", &two, Relation::Related, &[&one], "").unwrap(),
            0,
            "it is there already"
        );
        let reference = |case: &Incident| case.reference.clone();
        assert_eq!(
            house.linked("revision", &one),
            [(Relation::PartOf, reference(&campaign)), (Relation::Related, reference(&two))]
        );
        assert_eq!(house.linked("analyse2", &campaign).len(), 2);
        assert!(house.linked("stadt", &one).is_empty());
        let lines = house.show("stadt", &one).unwrap().entries;
        assert!(lines.iter().all(|entry| entry.kind != "linked"));
        let (about, id) = (one.reference.clone(), house.show("analyse1", &one).unwrap().links[1].id);
        house.act("analyse1", move |tx, actor| service::unlink(tx, actor, &about, id)).unwrap();
        assert_eq!((house.linked("analyse1", &one).len(), house.linked("analyse1", &two).len()), (1, 1));
        let about = one.reference.clone();
        let again = house.act("analyse1", move |tx, actor| service::unlink(tx, actor, &about, id));
        assert_eq!(refused(again), [("link", "link-refused-gone")]);
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_the_case_it_is_about() {
    for house in houses().await {
        let [a, b, c] = [(); 3].map(|()| house.file("stadt", house.city, |_| {}));
        let drill = house.file("stadt", house.city, |report| report.is_drill = true);
        let link = |case, relation, other| house.link("analyse1", case, relation, &[other], "");
        link(&a, Relation::PartOf, &b).unwrap();
        link(&b, Relation::PartOf, &c).unwrap();
        assert_eq!(refused(link(&c, Relation::PartOf, &a)), [("ref", "link-refused-circle")]);
        assert_eq!(refused(link(&a, Relation::Comprises, &c)), [("ref", "link-refused-circle")]);
        assert_eq!(refused(link(&a, Relation::PartOf, &c)), [("ref", "link-refused-second")]);
        assert_eq!(refused(link(&a, Relation::DuplicateOf, &b)), [("reason", "link-refused-reason")]);
        assert_eq!(refused(link(&a, Relation::Related, &drill)), [("ref", "merge-refused-drill")]);
        assert_eq!(refused(link(&a, Relation::Related, &a)), [("ref", "link-refused-none")]);
        house.link("analyse1", &a, Relation::DuplicateOf, &[&b], "Zweimal gesendet").unwrap();
        assert!(house.link("revision", &a, Relation::Related, &[&c], "").is_err());
        assert!(house.link("stadt", &a, Relation::Related, &[&c], "").is_err());
    }
}

#[tokio::test]
async fn the_other_side_of_a_link_is_not_there_for_whoever_is_not_named() {
    for house in houses().await {
        let [case, named] = [(); 2].map(|()| house.file("stadt", house.city, |_| {}));
        house.restrict("analyse1", &named, Some(vec![house.account("analyse1")])).unwrap();
        house.link("analyse1", &case, Relation::Related, &[&named], "").unwrap();
        assert_eq!(house.linked("analyse1", &case).len(), 1);
        assert!(house.linked("analyse2", &case).is_empty());
        let lines = house.show("analyse2", &case).unwrap().entries;
        assert!(lines.iter().all(|entry| !format!("{:?}", entry.facts).contains(&named.reference)));
        let other = house.link("analyse2", &case, Relation::Related, &[&named], "");
        assert_eq!(refused(other), [("ref", "merge-refused-unknown")]);
    }
}
