//! Drafts as the people meet them who write them: on two devices, over days, once.

use super::*;
use crate::core::ids::DraftId;
use crate::incidents::guide::model::Step;
use crate::incidents::guide::service::{self as guide, Key};
use crate::incidents::model::Class;
use crate::incidents::model::Part;

type Typed<'a> = &'a [(&'static str, &'a str)];

/// The least that makes a report, step by step.
const SHORT: [(Step, Typed<'static>); 4] = [
    (Step::Observed, &[("observed", "encrypted"), ("title", "Dateien im Bauamt gehen nicht auf")]),
    (Step::Spread, &[("spread", "one_office")]),
    (Step::Reach, &[("contact_name", "IT-Sicherheit"), ("contact_phone", "030 23125 114")]),
    (Step::Inform, &[("inform", "by_name")]),
];

impl House {
    fn begin(&self, who: &str, is_drill: bool) -> DraftId {
        self.act(who, move |tx, actor| guide::begin(tx, actor, is_drill)).unwrap()
    }

    fn save(&self, who: &str, id: DraftId, seen: i32, step: Step, typed: Typed<'_>) -> Result<guide::Opened> {
        let typed: Vec<_> = typed.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect();
        self.act(who, move |tx, actor| {
            let mut opened = guide::open(tx, actor, &Key::Own(id))?;
            guide::save(tx, &mut opened, seen, step, &typed)?;
            Ok(opened)
        })
    }

    fn open(&self, who: &str, id: DraftId) -> Result<guide::Opened> {
        self.act(who, move |tx, actor| guide::open(tx, actor, &Key::Own(id)))
    }

    fn write_short(&self, who: &str, id: DraftId) -> i32 {
        for (step, typed) in SHORT {
            let seen = self.open(who, id).unwrap().draft.version;
            self.save(who, id, seen, step, typed).unwrap();
        }
        self.open(who, id).unwrap().draft.version
    }

    fn send(&self, who: &str, id: DraftId, seen: i32) -> Result<String> {
        let sent = self.act(who, move |tx, actor| guide::send(tx, actor, &Key::Own(id), seen))?;
        Ok(sent.reference.expect("a reference"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_becomes_one_case_however_often_it_is_sent() {
    for house in houses().await {
        let id = house.begin("stadt", false);
        let version = house.write_short("stadt", id);
        let reference = house.send("stadt", id, version).unwrap();
        assert_eq!(house.send("stadt", id, version).unwrap(), reference, "a double click");
        assert_eq!(house.send("stadt", id, 1).unwrap(), reference, "another window");
        let opened = house.open("stadt", id).unwrap();
        assert_eq!(opened.draft.reference.as_deref(), Some(reference.as_str()));
        assert_eq!(opened.draft.answers.get("title"), "", "the report has the words now");
        assert!(matches!(
            house.save("stadt", id, 99, Step::Danger, &[("danger", "no")]),
            Err(Error::Conflict(_))
        ));
        let seen = |who: &str| {
            let reference = reference.clone();
            house.act(who, move |tx, actor| service::show(tx, actor, &reference)).unwrap().report.unwrap()
        };
        let suggested = seen("analyse1").suggestion.expect("a proposal for the team");
        assert_eq!(suggested.class, Class::Incident);
        let report = seen("stadt");
        assert_eq!(report.suggestion, None, "the team's alone");
        assert_eq!(report.title, "Dateien im Bauamt gehen nicht auf");
        assert_eq!(report.description, "Umfang: ein Amt oder ein Raum");
        assert!(report.flags.malicious);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_finds_a_draft_neither_colleague_nor_cert() {
    for house in houses().await {
        let id = house.begin("stadt", false);
        for who in ["amt", "dienst", "analyse1", "leitung", "revision", "freigabe", "verwaltung"] {
            assert!(matches!(house.open(who, id), Err(Error::NotFound)), "{who}");
            assert!(matches!(
                house.save(who, id, 1, Step::Danger, &[("danger", "no")]),
                Err(Error::NotFound)
            ));
            assert!(matches!(house.send(who, id, 1), Err(Error::NotFound)), "{who}");
            let gone = house.act(who, move |tx, actor| guide::discard(tx, actor, &Key::Own(id)));
            assert!(matches!(gone, Err(Error::NotFound)), "{who}");
        }
        for who in ["analyse1", "verwaltung"] {
            let begun = house.act(who, |tx, actor| guide::begin(tx, actor, false));
            assert!(matches!(begun, Err(Error::NotFound)), "{who} reports for nobody");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_lose_nothing() {
    for house in houses().await {
        let id = house.begin("stadt", false);
        house.save("stadt", id, 1, Step::Observed, &[("title", "vom Rechner")]).unwrap();
        // The telephone has seen nothing of it, and answers another question.
        let merged = house.save("stadt", id, 1, Step::Danger, &[("danger", "no")]).unwrap().draft;
        assert_eq!((merged.answers.get("title"), merged.answers.get("danger")), ("vom Rechner", "no"));
        let same = house.save("stadt", id, 1, Step::Observed, &[("title", "vom Rechner")]);
        assert!(same.is_ok(), "the same words again");
        let slower = house.save("stadt", id, 1, Step::Observed, &[("title", "vom Telefon")]);
        assert!(matches!(slower, Err(Error::Stale)));
        assert!(matches!(house.send("stadt", id, 1), Err(Error::Stale)), "what is sent is what was seen");
        let refused =
            house.save("stadt", id, 3, Step::Since, &[("detected_at", "gestern Abend\u{7}")]).unwrap();
        assert_eq!(refused.draft.answers.get("detected_at"), "gestern Abend\u{7}", "kept as it was typed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administration_says_for_which_members_it_reports() {
    for house in houses().await {
        let id = house.begin("amt", false);
        house.write_short("amt", id);
        let (office, village, city) =
            (house.office.to_string(), house.village.to_string(), house.city.to_string());
        let seen = house.open("amt", id).unwrap();
        assert_eq!(seen.houses.iter().map(|h| h.id).collect::<Vec<_>>(), [house.office, house.village]);
        assert_eq!(
            refused(house.send("amt", id, seen.draft.version)),
            [("organisation", "guide-refused-houses")]
        );
        let choose = |ids: Vec<String>| {
            let typed = vec![("organisation", ids)];
            house
                .act("amt", move |tx, actor| {
                    let mut opened = guide::open(tx, actor, &Key::Own(id))?;
                    guide::save(tx, &mut opened, 99, Step::Houses, &typed)?;
                    Ok(opened.draft)
                })
                .unwrap()
        };
        let foreign = choose(vec![city]);
        assert_eq!(refused(house.send("amt", id, foreign.version)), [("organisation", "error-choice")]);
        let both = choose(vec![office, village]);
        let reference = house.send("amt", id, both.version).unwrap();
        let view = house.act("amt", move |tx, actor| service::show(tx, actor, &reference)).unwrap();
        assert_eq!(view.incident.organisation, Some(house.office), "filed for the administration");
        let words = view.report.unwrap().description;
        assert!(words.contains("Betrifft: Verwaltungsgemeinschaft Leinetal, Gemeinde Berga"), "{words}");
        let parts: Vec<_> = view.involvements.iter().map(|it| (it.organisation, it.part)).collect();
        assert_eq!(parts, [(house.office, Part::Reporter), (house.village, Part::Affected)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_run_alarms_nobody_and_old_drafts_are_forgotten() {
    for house in houses().await {
        let drill = house.begin("stadt", true);
        let version = house.write_short("stadt", drill);
        assert!(house.send("stadt", drill, version).unwrap().starts_with("UE-"));
        let id = house.begin("stadt", false);
        house.clock.advance(SignedDuration::from_hours(29 * 24));
        assert_eq!(write(house.db(), guide::sweep), 0);
        house.save("stadt", id, 1, Step::Danger, &[("danger", "no")]).unwrap();
        house.clock.advance(SignedDuration::from_hours(29 * 24));
        assert_eq!(write(house.db(), guide::sweep), 1, "the one that was sent");
        assert!(house.open("stadt", id).is_ok(), "thirty days count from the last change");
        house.clock.advance(SignedDuration::from_hours(2 * 24));
        assert_eq!(write(house.db(), guide::sweep), 1);
        assert!(matches!(house.open("stadt", id), Err(Error::NotFound)));
        for _ in 0..20 {
            house.begin("stadt", false);
        }
        let more = house.act("stadt", |tx, actor| guide::begin(tx, actor, false));
        assert!(matches!(more, Err(Error::Conflict(_))), "drafts fill no disk");
    }
}
