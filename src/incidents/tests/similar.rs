//! Cases that look like another are named with their reasons, to nobody who may not see them.

use jiff::civil::date;

use super::{House, houses};
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::core::text::{Name, Prose};
use crate::directory::model::RelationInput;
use crate::directory::service as directory;
use crate::incidents::model::Incident;
use crate::incidents::similar::{Reason, similar};

const MAIL: &str = "Heute früh kam eine Mail, angeblich vom Rechenzentrum. Man soll sein Passwort auf einer Seite neu \
                    eingeben, sonst wird das Postfach gesperrt. Drei Kolleginnen haben darauf geklickt.";

impl House {
    fn says(&self, who: &'static str, org: OrgId, words: &str) -> Incident {
        self.file(who, org, |report| report.description = Prose::parse(words).unwrap())
    }

    fn alike(&self, who: &'static str, case: &Incident) -> Result<Vec<(String, Vec<Reason>)>> {
        let case = case.clone();
        let found = self.act(who, move |tx, actor| similar(tx, actor, &case))?;
        Ok(found.into_iter().map(|one| (one.row.reference, one.reasons)).collect())
    }

    fn serves(&self, org: OrgId) {
        let input = RelationInput {
            provider: self.provider,
            organisation: org,
            service: Name::parse("Fachverfahren").unwrap(),
            valid_from: date(2024, 1, 1),
            valid_until: None,
        };
        self.act("verwaltung", move |tx, actor| directory::add_relation(tx, actor, &input)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn near_same_words_are_found_in_whatever_house_they_were_written() {
    for house in houses().await {
        let first = house.says("stadt", house.city, MAIL);
        let near = MAIL.replace("Heute früh", "Gestern").replace("Drei Kolleginnen haben", "Ein Kollege hat");
        let second = house.says("amt", house.office, &format!("{near}\n\nUmfang: ein Gerät"));
        let other =
            house.says("amt", house.office, "Der Server im Keller ist aus, und das Telefon ist auch tot.");
        assert!(house.alike("analyse1", &second).unwrap().is_empty(), "nothing is read before the job ran");
        house.digest().await;

        let found = house.alike("analyse1", &second).unwrap();
        let [(reference, reasons)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(*reference, first.reference);
        assert!(matches!(reasons.as_slice(), [Reason::Words { percent: 50.. }]), "{reasons:?}");
        assert!(house.alike("analyse1", &other).unwrap().is_empty());
        assert!(
            matches!(house.alike("stadt", &first), Err(Error::Forbidden(_))),
            "a house is told of no other"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_for_named_persons_is_like_no_other_for_who_is_not_named() {
    for house in houses().await {
        let first = house.says("stadt", house.city, MAIL);
        let second = house.says("amt", house.office, MAIL);
        house.digest().await;
        house.restrict("analyse1", &first, Some(vec![house.account("analyse1")])).unwrap();
        assert_eq!(house.alike("analyse1", &second).unwrap().len(), 1);
        assert!(house.alike("analyse2", &second).unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn houses_of_one_provider_are_named_together_for_a_week() {
    for house in houses().await {
        house.serves(house.city);
        house.serves(house.office);
        let first = house.says("stadt", house.city, "Nichts geht mehr.");
        house.clock.advance(jiff::SignedDuration::from_hours(24));
        // The municipality has its computers from the administration that runs it.
        let second = house.says("amt", house.village, "Kein Netz seit heute früh.");
        let reason = vec![Reason::Provider(house.provider)];
        assert_eq!(house.alike("analyse1", &second).unwrap(), [(first.reference.clone(), reason)]);
        house.clock.advance(jiff::SignedDuration::from_hours(8 * 24));
        let third = house.says("amt", house.village, "Schon wieder kein Netz.");
        assert!(house.alike("analyse1", &third).unwrap().is_empty());
    }
}
