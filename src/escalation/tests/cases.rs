//! Cases from their report to the last acknowledgement.

use jiff::Timestamp;

use super::service::ByHandTo;
use super::*;
use crate::core::actor::Via;
use crate::core::error::Error;
use crate::core::urgency::Urgency;
use crate::incidents::model::{Audience, Inform};
use crate::mail::content::{LINK, slot};

const GRAVEST: Impact = Impact::Severe;

fn by_link(house: &House, token: &str) -> Result<String> {
    let (holder, token) = (Actor { via: Via::Link, ..Actor::anonymous(None) }, token.to_owned());
    try_write(house.db(), move |tx| service::acknowledge_by_link(tx, &holder, &token))
}

#[tokio::test]
async fn an_analyst_acknowledges_a_new_report_by_the_link_in_the_mail_and_only_once() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        let to: Vec<_> = house.mails().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["analyse1@stelle.example", "analyse2@stelle.example"]);
        assert_eq!(house.load(&case).deadline_kind.as_deref(), Some("escalation-acknowledge"));
        let (mine, other) = (house.token_of("analyse1"), house.token_of("analyse2"));
        let seen = house.db().read_now(|tx| service::peek_link(tx, &mine)).unwrap();
        assert_eq!((seen.reference.as_str(), seen.title), (case.reference.as_str(), None));
        assert_eq!(by_link(&house, &mine).unwrap(), case.reference);
        for used in [&mine, &other] {
            assert!(matches!(by_link(&house, used), Err(Error::NotFound)));
            assert!(matches!(house.db().read_now(|tx| service::peek_link(tx, used)), Err(Error::NotFound)));
        }
        let step = &house.steps("analyse2", &case)[0];
        assert_eq!((step.state.code(), step.acknowledged_by.as_deref()), ("acknowledged", Some("analyse1")));
        assert_eq!(house.load(&case).deadline_at, None);
        house.wait(600).await;
        assert_eq!(house.mails().len(), 2, "whoever acknowledged is left in peace");
    }
}

#[tokio::test]
async fn the_gravest_case_goes_up_to_the_land_which_then_holds_it() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.work().await;
        assert_eq!(house.chain(&case)[0].1, "acknowledged", "whoever triages knows");
        assert_eq!(house.mails().last().unwrap().to, "leitung@stelle.example");
        house.wait(15).await;
        assert_eq!(house.mails().last().unwrap().to, "land@stelle.example");
        assert_eq!(house.chain(&case)[1].1, "overtaken");
        let land = house.actor("land");
        let waiting = house.db().read_now(|tx| service::waiting_for(tx, &land)).unwrap();
        assert_eq!(waiting.len(), 1);
        let step = house.step(&case, 3);
        for stranger in ["analyse1", "leitung", "melderin", "kiv"] {
            assert!(matches!(house.acknowledge(stranger, step), Err(Error::NotFound)), "{stranger}");
        }
        house.acknowledge("land", step).unwrap();
        assert!(matches!(house.acknowledge("land", step), Err(Error::Conflict(_))));
        let after = house.load(&case);
        assert_eq!((after.holder, after.deadline_at), (Some(land.organisations()[0]), None));
        let view = {
            let reference = case.reference.clone();
            write(house.db(), move |tx| incidents::show(tx, &land, &reference))
        };
        let kinds: Vec<_> = view.entries.iter().map(|entry| entry.kind.as_str()).collect();
        assert!(kinds.contains(&"step_acknowledged") && !kinds.contains(&"step_overtaken"), "{kinds:?}");
    }
}

#[tokio::test]
async fn a_worker_that_was_away_for_hours_tells_one_after_the_other() {
    for house in houses() {
        let case = house.file(|_| {});
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.wait(300).await;
        assert_eq!(house.mails().len(), 2, "the team first, and its whole quarter of an hour");
        house.wait(200).await;
        assert_eq!(house.mails().last().unwrap().to, "leitung@stelle.example");
        house.work().await;
        house.work().await;
        assert_eq!(house.mails().len(), 3, "a second worker finds nothing to do");
    }
}

#[tokio::test]
async fn the_same_event_twice_changes_nothing() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.work().await;
        let before = (house.chain(&case), house.mails().len());
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.work().await;
        assert_eq!((house.chain(&case), house.mails().len()), before);
    }
}

#[tokio::test]
async fn what_travels_obeys_the_label() {
    for house in houses() {
        for (tlp, told) in [(Tlp::Amber, false), (Tlp::Red, false), (Tlp::Green, true)] {
            let case = house.file(|_| {});
            house.triage(&case, GRAVEST, tlp);
            house.work().await;
            let mail = house.mails().pop().unwrap();
            assert_eq!(mail.label, tlp.label());
            assert_eq!(mail.body.contains("Verschlüsselte Dateien"), told, "{mail:?}");
            assert!(!mail.subject.contains("Verschlüsselte") && !mail.body.contains(&mail.token));
            if !told {
                assert_eq!(mail.subject, case.reference, "label and reference alone");
                let lines: Vec<&str> = mail.body.lines().collect();
                let [notice, link, phone] = lines[..] else { panic!("{lines:?}") };
                let by: Timestamp = notice.strip_prefix("acknowledge ").unwrap().parse().expect("an instant");
                let steps = house.steps("analyse1", &case);
                assert!(steps.iter().any(|step| step.acknowledge_by == Some(by)), "{steps:?}");
                assert_eq!((link, phone), (slot(LINK).as_str(), "030 23125 001"), "nothing of the case");
            } else if house.test.db.is_sqlite() {
                insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.body.replace('\u{1}', "|")));
            }
        }
    }
}

#[tokio::test]
async fn of_a_case_for_named_persons_only_they_are_told() {
    for house in houses() {
        let case = house.file(|_| {});
        house.triage(&case, GRAVEST, Tlp::Green);
        let (actor, reference, seen) =
            (house.actor("analyse2"), case.reference.clone(), house.load(&case).version);
        let named = [actor.account.unwrap()];
        write(house.db(), move |tx| incidents::restrict(tx, &actor, &reference, seen, Some(&named)));
        house.work().await;
        let mails = house.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "analyse2@stelle.example");
        assert!(!mails[0].body.contains("Verschlüsselte"));
        let (named, outside) = (house.actor("analyse2"), house.actor("analyse1"));
        let waiting = |actor| house.db().read_now(|tx| service::waiting_for(tx, actor)).unwrap().len();
        assert_eq!((waiting(&named), waiting(&outside)), (1, 0));
        house.wait(15).await;
        assert_eq!(
            house.steps("analyse2", &case)[1].state.code(),
            "overtaken",
            "nobody of the lead is named"
        );
        assert!(house.steps("analyse2", &case)[2].waits_for_approval, "and the Land is not told by itself");
    }
}

#[tokio::test]
async fn an_analyst_escalates_to_the_provider_by_hand_once_at_a_time() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        let to = ByHandTo::Organisation(house.provider);
        assert!(matches!(house.escalate("melderin", &case, to), Err(Error::Forbidden(_))));
        assert!(matches!(house.escalate("kiv", &case, to), Err(Error::NotFound)));
        let step = house.escalate("analyse1", &case, to).unwrap();
        assert_eq!(house.mails().last().unwrap().to, "kiv@stelle.example");
        assert!(matches!(house.escalate("analyse2", &case, to), Err(Error::Conflict(_))));
        house.acknowledge("kiv", step).unwrap();
        assert_eq!(house.load(&case).holder, Some(house.provider));
        assert_eq!(house.chain(&case)[0].1, "notified", "the plan goes on beside it");
        let (kiv, reference) = (house.actor("kiv"), case.reference.clone());
        let view = write(house.db(), move |tx| incidents::show(tx, &kiv, &reference));
        let reason = view.entries.iter().find(|entry| entry.kind == "step_requested").unwrap();
        assert_eq!(reason.body.as_deref(), Some("Der Betreiber muss die Fernwartung sperren."));
    }
}

#[tokio::test]
async fn what_a_person_does_just_after_triage_does_not_keep_the_case_on_the_plan_before_it() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.escalate("analyse1", &case, ByHandTo::Organisation(house.provider)).unwrap();
        house.work().await;
        let states: Vec<_> = house.chain(&case).into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, ["acknowledged", "notified", "notified"]);
        house.acknowledge("leitung", house.step(&case, 2)).unwrap();
        assert_eq!(house.mails().last().unwrap().to, "land@stelle.example", "the gravest plan goes on");
    }
}

#[tokio::test]
async fn whoever_takes_a_case_over_or_triages_it_acknowledges_for_the_team_and_nobody_is_mailed_again() {
    for house in houses() {
        let (analyst, account) = (house.actor("analyse2"), house.actor("analyse2").account);
        let taken = house.file(|_| {});
        let triaged = house.file(|_| {});
        house.work().await;
        let (before, link) = (house.mails().len(), house.token_of("analyse1"));
        let (reference, seen) = (taken.reference.clone(), house.load(&taken).version);
        write(house.db(), move |tx| incidents::assign(tx, &analyst, &reference, seen, account));
        house.triage(&triaged, Impact::Low, Tlp::Amber);
        for (case, who) in [(&taken, "analyse2"), (&triaged, "analyse1")] {
            let step = &house.steps("analyse1", case)[0];
            assert_eq!((step.state.code(), step.acknowledged_by.as_deref()), ("acknowledged", Some(who)));
            assert_eq!(house.load(case).deadline_at, None);
            let (actor, reference) = (house.actor("analyse1"), case.reference.clone());
            let view = write(house.db(), move |tx| incidents::show(tx, &actor, &reference));
            let told = view.entries.iter().find(|entry| entry.kind == "step_acknowledged").unwrap();
            assert_eq!((told.author.as_str(), told.audience), (who, Audience::Team));
        }
        assert_eq!(house.audited("escalation.acknowledge"), 2);
        assert!(matches!(by_link(&house, &link), Err(Error::NotFound)), "the mails' links are over");
        house.wait(600).await;
        assert_eq!(house.mails().len(), before);
    }
}

#[tokio::test]
async fn whoever_is_late_but_before_the_timer_is_in_time() {
    for house in houses() {
        let case = house.file(|_| {});
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.work().await;
        house.clock.advance(SignedDuration::from_mins(16));
        house.acknowledge("analyse1", house.step(&case, 1)).unwrap();
        house.work().await;
        assert_eq!(house.chain(&case)[0].1, "acknowledged");
    }
}

#[tokio::test]
async fn a_reopened_case_is_escalated_again() {
    for house in houses() {
        let case = house.file(|_| {});
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.work().await;
        house.close(&case);
        house.work().await;
        assert_eq!(house.load(&case).deadline_at, None);
        house.reopen(&case);
        house.work().await;
        assert_eq!(house.chain(&case).last().unwrap().1, "notified");
        assert_eq!(house.load(&case).deadline_kind.as_deref(), Some("escalation-acknowledge"));

        house.close(&case);
        house.work().await;
        house.reopen(&case);
        let to = ByHandTo::Organisation(house.provider);
        house.escalate("analyse1", &case, to).expect("at once, before the timer");
    }
}

#[tokio::test]
async fn the_audit_trail_says_which_plan_a_case_follows() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        assert_eq!((house.audited("escalation.begin"), house.audited("escalation.replace")), (1, 0));
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.work().await;
        assert_eq!((house.audited("escalation.begin"), house.audited("escalation.replace")), (1, 1));
        let newest = audit_rows::table
            .filter(audit_rows::action.eq("escalation.replace"))
            .select((audit_rows::subject_id, audit_rows::detail));
        let (subject, detail): (Option<crate::core::ids::AnyId>, String) =
            house.db().read_now(|tx| Ok(newest.first(tx.conn)?)).unwrap();
        let detail: serde_json::Value = serde_json::from_str(&detail).unwrap();
        assert_eq!(subject.map(|id| id.0), Some(case.id.0));
        assert_eq!(detail["priority"], 1);
        let whom: Vec<_> = detail["plan"].as_array().unwrap().iter().map(|step| &step["whom"]).collect();
        assert_eq!(whom, ["cert_team", "cert_lead", "state_leadership"]);
        assert_eq!(detail["plan"][0].get("name"), None, "no words of people");
    }
}

#[tokio::test]
async fn an_escalation_goes_before_all_other_mail() {
    for house in houses() {
        house.file(|_| {});
        house.work().await;
        let order = outbox::table.order((outbox::priority, outbox::id.desc())).select(outbox::purpose);
        let mut purposes: Vec<String> = house.db().read_now(|tx| Ok(order.load(tx.conn)?)).unwrap();
        purposes.dedup();
        assert_eq!(purposes, ["escalation", "incident"]);
    }
    let order = [
        Urgency::Escalation,
        Urgency::Access,
        Urgency::Case,
        Urgency::AdvisoryRed,
        Urgency::AdvisoryGrey,
        Urgency::Housekeeping,
    ];
    assert!(order.is_sorted_by(|one, next| one.number() < next.number()));
}

#[tokio::test]
async fn what_leaves_the_land_needs_a_second_person() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        let before = house.mails().len();
        let step = house.escalate("analyse1", &case, ByHandTo::Organisation(house.neighbour)).unwrap();
        house.wait(5).await;
        assert_eq!(house.mails().len(), before, "nothing leaves before it is released");
        let approve = |who: &str| {
            let actor = house.actor(who);
            try_write(house.db(), move |tx| service::approve(tx, &actor, step))
        };
        assert!(matches!(approve("analyse1"), Err(Error::Forbidden("escalation-refused-same-person"))));
        assert!(matches!(approve("melderin"), Err(Error::Forbidden(_))));
        approve("leitung").unwrap();
        assert_eq!(house.mails().last().unwrap().to, "nachbar@stelle.example");
        assert!(matches!(approve("leitung"), Err(Error::Conflict(_))));
        let district = house.escalate("analyse1", &case, ByHandTo::Organisation(house.district));
        assert!(matches!(district, Err(Error::Invalid(_))), "a Landkreis joins by consent only");
    }
}

#[tokio::test]
async fn who_is_offered_is_not_refused_and_a_landkreis_is_named_but_not_offered() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        let (analyst, id) = (house.actor("analyse1"), case.id);
        let targets = house.db().read_now(|tx| service::choices(tx, &analyst, id)).unwrap();
        assert_eq!(targets.by_consent, ["Landkreis Gotha"]);
        let names: Vec<_> = targets.open.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["Land Thüringen", "KIV Thüringen"]);
        for (value, name) in &targets.open {
            let asked = house.escalate("analyse1", &case, ByHandTo::parse(value).unwrap());
            assert!(asked.is_ok(), "{name}: {asked:?}");
        }
    }
}

#[tokio::test]
async fn what_the_reporter_did_not_allow_waits_for_a_person() {
    for house in houses() {
        let case = house.file(|report| report.inform = Inform::Nobody);
        house.triage(&case, GRAVEST, Tlp::Amber);
        house.work().await;
        house.acknowledge("analyse1", house.step(&case, 1)).unwrap();
        house.acknowledge("leitung", house.step(&case, 2)).unwrap();
        house.wait(600).await;
        assert_eq!(house.mails().last().unwrap().to, "leitung@stelle.example");
        assert_eq!(house.load(&case).deadline_kind.as_deref(), Some("escalation-approve"));
        let (leader, step) = (house.actor("leitung"), house.step(&case, 3));
        write(house.db(), move |tx| service::approve(tx, &leader, step));
        let mail = house.mails().pop().unwrap();
        assert_eq!(mail.to, "land@stelle.example");
        assert!(!mail.body.contains("Verschlüsselte"), "released to be told, not to be named");
    }
}

#[tokio::test]
async fn a_closed_case_bothers_nobody_and_a_drill_alarms_nobody_by_itself() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        let token = house.token_of("analyse1");
        house.close(&case);
        house.work().await;
        assert!(matches!(by_link(&house, &token), Err(Error::NotFound)));
        assert_eq!(house.load(&case).deadline_at, None);
        let before = house.mails().len();
        house.wait(600).await;
        assert_eq!(house.mails().len(), before);

        let drill = house.file(|report| report.is_drill = true);
        house.triage(&drill, GRAVEST, Tlp::Green);
        for _ in 0..4 {
            house.wait(60).await;
        }
        assert_eq!((house.mails().len(), house.chain(&drill).len()), (before, 0));
        assert_eq!(house.load(&drill).deadline_at, None, "no clock runs");
        house.escalate("analyse1", &drill, ByHandTo::StateLeadership).unwrap();
        let mail = house.mails().pop().unwrap();
        assert!(mail.subject.starts_with("ÜBUNG: UE-") && mail.body.starts_with("ÜBUNG: "), "{mail:?}");
    }
}

#[tokio::test]
async fn a_merged_case_has_no_clock_and_whom_it_was_to_reach_beyond_the_cert_waits_at_the_leading_one() {
    for house in houses() {
        let lead = house.file(|_| {});
        let member = house.file(|_| {});
        house.triage(&lead, Impact::Low, Tlp::Amber);
        house.triage(&member, Impact::Low, Tlp::Amber);
        house.work().await;
        house.escalate("analyse1", &member, ByHandTo::Organisation(house.provider)).unwrap();
        house.work().await;
        let (actor, to, from) =
            (house.actor("analyse1"), lead.reference.clone(), vec![member.reference.clone()]);
        let (into, parts) = (to.clone(), from.clone());
        write(house.db(), move |tx| incidents::merge(tx, &actor, &into, &parts));
        house.work().await;
        let of_member = house.chain(&member);
        assert!(of_member.iter().all(|(_, state)| !["due", "notified"].contains(state)), "{of_member:?}");
        assert_eq!(house.load(&member).deadline_at, None);
        let waits = house.steps("analyse2", &lead).into_iter().last().unwrap();
        assert!(waits.can_approve && waits.state.code() == "due", "{waits:?}");
        assert_eq!(house.load(&lead).deadline_kind.as_deref(), Some("escalation-approve"));
        let mails = house.mails().len();
        house.wait(600).await;
        let since = house.mails().split_off(mails);
        let is_told =
            |mail: &Waiting| mail.to.starts_with("kiv@") || mail.subject.contains(&member.reference);
        assert!(!since.iter().any(is_told), "nobody hears of it before a person says so: {since:?}");
        let (actor, to, from) = (house.actor("analyse1"), to, from);
        write(house.db(), move |tx| incidents::detach(tx, &actor, &to, &from));
        house.work().await;
        assert!(house.load(&member).deadline_at.is_some(), "its own clocks run again");
    }
}
