//! What stays on top of a timeline, and whom a note calls to a case.

use super::*;
use crate::core::ids::EntryId;
use crate::core::text::Prose;
use crate::incidents::model::Audience;
use crate::incidents::timeline::model::{MOST_PINS, Sift};
use crate::incidents::timeline::service as timeline;
use crate::incidents::worklist::model::{Count, Terms, Whose};
use crate::incidents::worklist::service as worklist;
use crate::store::schema::audit_rows;

fn says(house: &House, case: &Incident, audience: Audience, text: &str) -> EntryId {
    let (reference, text) = (case.reference.clone(), Prose::parse(text).unwrap());
    house.act("analyse1", move |tx, actor| service::message(tx, actor, &reference, audience, &text)).unwrap();
    house.show("analyse1", case).unwrap().entries[0].id
}

fn pin(house: &House, who: &str, case: &Incident, line: EntryId, stays: bool) -> Result<()> {
    let reference = case.reference.clone();
    house.act(who, move |tx, actor| timeline::pin(tx, actor, &reference, line, stays))
}

#[tokio::test]
async fn what_the_team_keeps_on_top_is_on_top_for_whoever_may_read_it_and_for_nobody_else() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let internal = says(&house, &case, Audience::Team, "Nur für uns");
        let told = says(&house, &case, Audience::Involved, "Bitte Kabel ziehen");
        says(&house, &case, Audience::Team, "Etwas später");
        for line in [internal, told, told] {
            pin(&house, "analyse1", &case, line, true).unwrap();
        }
        assert_eq!(house.show("revision", &case).unwrap().pinned, [internal, told].into());
        let seen = house.show("amt", &case).unwrap();
        let on_top: Vec<_> = seen.entries.iter().filter(|line| seen.pinned.contains(&line.id)).collect();
        assert_eq!(on_top.len(), 1, "{on_top:?}");
        assert_eq!(on_top[0].id, told);
        assert_eq!(seen.pinned, [told].into(), "not even the id of the team's own");
        pin(&house, "leitung", &case, told, false).unwrap();
        assert!(house.show("amt", &case).unwrap().pinned.is_empty());
        let trail: Vec<String> = house
            .db()
            .read_now(|tx| Ok(audit_rows::table.select(audit_rows::action).load(tx.conn)?))
            .unwrap();
        let count = |action: &str| trail.iter().filter(|row| *row == action).count();
        assert_eq!((count("incident.pin"), count("incident.unpin")), (2, 1), "twice the same is once");
    }
}

#[tokio::test]
async fn only_a_few_lines_of_the_same_case_that_somebody_wrote_stay_on_top() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let other = house.file("amt", house.village, |_| {});
        let elsewhere = says(&house, &other, Audience::Team, "Anderswo");
        assert_eq!(refused(pin(&house, "analyse1", &case, elsewhere, true)), [("zeile", "error-choice")]);
        house.triage(&case, |_| {}).unwrap();
        let told = house.show("analyse1", &case).unwrap().entries[0].id;
        let said = pin(&house, "analyse1", &case, told, true);
        assert!(matches!(said, Err(Error::Conflict("timeline-refused-pin"))), "{said:?}");
        for number in 0..MOST_PINS {
            let line = says(&house, &case, Audience::Team, &format!("Notiz {number}"));
            pin(&house, "analyse1", &case, line, true).unwrap();
        }
        let more = says(&house, &case, Audience::Team, "Eine mehr");
        let said = pin(&house, "analyse1", &case, more, true);
        assert!(matches!(said, Err(Error::Conflict("timeline-refused-pins"))), "{said:?}");
        for (who, why) in [("revision", "an auditor reads"), ("amt", "it is the team's to decide")] {
            let said = pin(&house, who, &case, more, true);
            assert!(matches!(said, Err(Error::Forbidden(_))), "{why}: {said:?}");
        }
        assert!(matches!(pin(&house, "stadt", &case, more, true), Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn a_note_calls_a_colleague_to_the_case_until_they_have_come() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        house.show("analyse2", &case).unwrap();
        let open = |who: &str| {
            let id = case.id;
            house.act(who, move |tx, actor| worklist::opened(tx, actor, id)).unwrap();
        };
        let queue = |who: &str| {
            let actor = house.actor(who);
            let terms = [Terms { whose: Some(Whose::Mentioned), ..Terms::default() }];
            house
                .db()
                .read_now(|tx| {
                    let filter = worklist::meant(tx, &actor, &terms[0])?;
                    let (page, signs) = worklist::queue(tx, &actor, &filter, None, 50)?;
                    let (rows, stand) = (page.rows, worklist::stand(tx, &actor)?);
                    let counts = worklist::counts(tx, &actor, &stand, &terms)?;
                    assert_eq!(counts, [Some(Count::Exactly(rows.len()))]);
                    Ok((rows.len(), signs.unread.len(), signs.mentioned.len()))
                })
                .unwrap()
        };
        open("analyse2");
        assert_eq!(queue("analyse2"), (0, 0, 0));
        let mails =
            || -> i64 { house.db().read_now(|tx| Ok(outbox::table.count().get_result(tx.conn)?)).unwrap() };
        let before = mails();
        says(&house, &case, Audience::Team, "@analyse2 und @revision und @niemand: bitte ansehen");
        assert_eq!(mails(), before + 1, "the auditor works on no case");
        let named = &house.show("analyse1", &case).unwrap().entries[0].facts["mentions"];
        assert_eq!(named, &serde_json::json!(["analyse2"]));
        assert_eq!((queue("analyse2"), queue("leitung")), ((1, 1, 1), (0, 0, 0)));
        house.wait(&case, "Betreiber", 48).unwrap();
        assert_eq!(queue("analyse2").0, 1, "waiting or not");
        house.restrict("leitung", &case, Some(vec![house.account("analyse1")])).unwrap();
        assert_eq!(queue("analyse2"), (0, 0, 0), "who may not see it any more is not called");
        let before = mails();
        says(&house, &case, Audience::Team, "@analyse2, @leitung: niemand sonst darf das lesen");
        assert_eq!(mails(), before + 1, "only who is named can be called");
        assert_eq!(queue("leitung"), (1, 1, 1));
        open("leitung");
        assert_eq!(queue("leitung"), (0, 0, 0));
    }
}

#[tokio::test]
async fn a_timeline_is_narrowed_by_kind_reader_and_author() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        house.triage(&case, |_| {}).unwrap();
        says(&house, &case, Audience::Team, "Nur für uns");
        says(&house, &case, Audience::Involved, "Für alle");
        let lines = house.show("analyse1", &case).unwrap().entries;
        let count = |group: &str, reader: &str, author: &str| {
            let sift = Sift::read(group, reader, author).unwrap();
            lines.iter().filter(|line| sift.holds(line)).count()
        };
        let (analyst, reporter) = (house.account("analyse1").to_string(), house.account("amt").to_string());
        assert_eq!(count("", "", ""), lines.len());
        assert_eq!(
            (count("worte", "", ""), count("worte", "team", ""), count("worte", "alle", "")),
            (2, 1, 1)
        );
        assert_eq!((count("meldungen", "", &reporter), count("meldungen", "", &analyst)), (1, 0));
        assert_eq!((count("stand", "", &analyst), count("worte", "stelle", "")), (1, 0));
        let wrong = Sift::read("alles", "niemand", "ich");
        let why = "error-choice";
        assert_eq!(refused(wrong), [("art", why), ("leser", why), ("wer", why)]);
    }
}
