//! Who is on call, from the plan of the lead to the mail of a step.

use jiff::Timestamp;

use super::*;
use crate::core::actor::Via;
use crate::core::error::{Error, FieldError};
use crate::core::ids::AccountId;
use crate::core::when;
use crate::escalation::model::Chain;
use crate::escalation::plan::{Plan, Whom};
use crate::escalation::roster::job::WatchRoster;
use crate::escalation::roster::model::Why;
use crate::escalation::roster::service::{self as roster, Deputy, NewHandover, NewShifts, Whose};
use crate::escalation::store;
use crate::incidents::worklist::service as worklist;

fn at(text: &str) -> Timestamp {
    when::parse(text).unwrap()
}

impl House {
    fn id(&self, who: &str) -> AccountId {
        self.people[who].account.unwrap()
    }

    fn plan(&self, who: &str, from: &str, until: &str, weeks: u8, people: &[&str]) -> Result<usize> {
        let (actor, people) = (self.actor(who), people.iter().map(|one| self.id(one)).collect());
        let new = NewShifts { from: at(from), until: at(until), weeks, people, deputy: Deputy::Next };
        try_write(self.db(), move |tx| roster::plan(tx, &actor, &new)).map(|ids| ids.len())
    }

    fn away(&self, who: &str, from: &str, until: &str) {
        let (actor, from, until) = (self.actor(who), at(from), at(until));
        write(self.db(), move |tx| worklist::say_absent(tx, &actor, from, until, None));
    }

    /// First and deputy by name.
    fn on_call(&self, now: &str) -> (Option<String>, Option<String>, Why) {
        let found = self.db().read_now(|tx| roster::on_call(tx, at(now))).unwrap();
        let name = |id: Option<AccountId>| {
            id.and_then(|id| self.people.iter().find(|(_, actor)| actor.account == Some(id)))
                .map(|(name, _)| (*name).to_owned())
        };
        (name(found.first), name(found.deputy), found.why)
    }

    /// The case's plan from now on: one step to whoever is on call, sent three times.
    fn call(&self, case: &Incident) {
        let json = r#"{"steps":[{"name":"Bereitschaft","whom":"on_call","acknowledge_minutes":15,"repeat":1},
            {"name":"Leitung","whom":"cert_lead","acknowledge_minutes":15}]}"#;
        let plan: Plan = serde_json::from_str(json).unwrap();
        let id = case.id;
        write(self.db(), move |tx| {
            let mut stored = store::load(tx, id)?.expect("a chain");
            let old = std::mem::take(&mut stored.chain.steps);
            assert!(old.iter().all(|step| step.number == 1));
            diesel::delete(crate::store::schema::escalation_steps::table).execute(tx.conn)?;
            diesel::delete(crate::store::schema::escalations::table).execute(tx.conn)?;
            let mut chain = Chain::begin(plan.clone(), tx.now()).chain;
            // Not told yet: the worker tells.
            chain.steps.iter_mut().for_each(|step| {
                step.state = crate::escalation::model::StepState::Due;
                (step.notified_at, step.acknowledge_by, step.attempts) = (None, None, 0);
            });
            chain.plan.of = stored.chain.plan.of.clone();
            store::add(tx, id, stored.priority, chain)?;
            crate::queue::enqueue(tx, &Advance { incident: id }, tx.now())
        });
    }

    fn told(&self, case: &Incident, kind: &str) -> usize {
        let (id, kind) = (case.id, kind.to_owned());
        self.db()
            .read_now(move |tx| {
                use crate::store::schema::timeline_entries as entries;
                let of = entries::table.filter(entries::incident_id.eq(id)).filter(entries::kind.eq(kind));
                Ok(of.count().get_result::<i64>(tx.conn)?)
            })
            .map(|count| usize::try_from(count).unwrap())
            .unwrap()
    }
}

fn reason(error: Error) -> FieldError {
    match error {
        Error::Invalid(mut fields) => fields.remove(0),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_step_reaches_whoever_is_on_call_and_the_deputy_when_nobody_answers() {
    for house in houses() {
        house.plan("leitung", "21.11.2026 07:00", "28.11.2026 07:00", 2, &["analyse1", "analyse2"]).unwrap();
        let case = house.file(|_| {});
        house.work().await;
        let before = house.mails().len();
        house.call(&case);
        house.work().await;
        let to = |house: &House| -> Vec<String> {
            house.mails().into_iter().skip(before).map(|mail| mail.to).collect()
        };
        assert_eq!(to(&house), ["analyse1@stelle.example"]);
        let reference = case.reference.clone();
        let analyst = house.actor("analyse2");
        let explained = write(house.db(), move |tx| service::explain(tx, &analyst, &reference));
        let said: Vec<_> = explained
            .steps
            .iter()
            .filter(|one| one.told.whom == Whom::OnCall)
            .map(|one| (one.named.clone().unwrap_or_default(), one.people))
            .collect();
        assert_eq!(said[..2], [("analyse1".to_owned(), 1), ("analyse1".to_owned(), 2)]);
        house.wait(15).await;
        assert_eq!(
            to(&house),
            ["analyse1@stelle.example", "analyse1@stelle.example", "analyse2@stelle.example"]
        );
        assert_eq!(house.told(&case, "step_unattended"), 0);
        // Whoever of the team is faster takes note.
        let step = house.step(&case, 1);
        assert!(matches!(house.acknowledge("melderin", step), Err(Error::NotFound | Error::Forbidden(_))));
        house.acknowledge("leitung", step).unwrap();
        assert_eq!(house.chain(&case)[0].1, "acknowledged");
    }
}

#[tokio::test]
async fn where_nobody_is_on_call_the_lead_is_told_and_the_team_reads_that_nobody_was() {
    for house in houses() {
        house.plan("leitung", "21.11.2026 07:00", "28.11.2026 07:00", 1, &["analyse1"]).unwrap();
        house.away("analyse1", "21.11.2026 07:00", "22.11.2026 07:00");
        let case = house.file(|_| {});
        house.work().await;
        house.call(&case);
        house.work().await;
        assert_eq!(house.mails().last().unwrap().to, "leitung@stelle.example");
        assert_eq!(house.told(&case, "step_unattended"), 1);
        assert_eq!(house.on_call("21.11.2026 08:00"), (None, None, Why::AllAway));
    }
}

#[test]
fn people_take_turns_week_by_week_and_nobody_is_on_call_beside_another() {
    for house in houses() {
        let plan = |from, until, weeks, people: &[&str]| house.plan("leitung", from, until, weeks, people);
        assert_eq!(plan("23.11.2026 08:00", "30.11.2026 08:00", 3, &["analyse1", "analyse2"]).unwrap(), 3);
        for (now, first, deputy) in [
            ("23.11.2026 08:00", "analyse1", "analyse2"),
            ("30.11.2026 08:00", "analyse2", "analyse1"),
            ("07.12.2026 08:00", "analyse1", "analyse2"),
        ] {
            let expected = (Some(first.to_owned()), Some(deputy.to_owned()), Why::Shift);
            assert_eq!(house.on_call(now), expected, "{now}");
        }
        assert_eq!(house.on_call("14.12.2026 08:00"), (None, None, Why::NoShift));
        let taken = reason(plan("01.12.2026 08:00", "02.12.2026 08:00", 1, &["leitung"]).unwrap_err());
        assert_eq!(
            (taken.field, taken.reason, taken.args[0].1.as_str()),
            ("von", "roster-error-taken", "analyse2")
        );
        for (from, until, weeks, people, field) in [
            ("01.12.2026 08:00", "01.12.2026 08:00", 1, ["leitung"], "bis"),
            ("01.11.2026 08:00", "02.11.2026 08:00", 1, ["leitung"], "bis"),
            ("01.01.2027 08:00", "09.01.2027 08:00", 2, ["leitung"], "bis"),
            ("01.01.2027 08:00", "08.01.2027 08:00", 0, ["leitung"], "wochen"),
            ("01.01.2027 08:00", "08.01.2027 08:00", 1, ["melderin"], "wer"),
        ] {
            assert_eq!(reason(plan(from, until, weeks, &people).unwrap_err()).field, field, "{from}");
        }
        let analyst = house.plan("analyse1", "01.01.2027 08:00", "08.01.2027 08:00", 1, &["analyse1"]);
        assert!(matches!(analyst, Err(Error::Forbidden(_))));
        assert_eq!(house.audited("roster.plan"), 3);
    }
}

#[test]
fn the_duty_goes_over_when_the_other_person_accepts_and_not_before() {
    for house in houses() {
        house.plan("leitung", "21.11.2026 07:00", "28.11.2026 07:00", 1, &["analyse1"]).unwrap();
        let offer = |who: &str, to: &str, until: Option<&str>| {
            let actor = house.actor(who);
            let note = "Es ist ruhig.".to_owned();
            let new = NewHandover { to: house.id(to), from: None, until: until.map(at), note };
            try_write(house.db(), move |tx| roster::hand_over(tx, &actor, &new))
        };
        let act = |who: &str, id, what: fn(&mut crate::store::Tx<'_>, &Actor, _) -> Result<()>| {
            let actor = house.actor(who);
            try_write(house.db(), move |tx| what(tx, &actor, id))
        };
        assert_eq!(reason(offer("analyse2", "leitung", None).unwrap_err()).reason, "roster-error-not-yours");
        let late = offer("analyse1", "analyse2", Some("29.11.2026 07:00")).unwrap_err();
        assert_eq!((reason(late).field), "bis");
        let id = offer("analyse1", "analyse2", Some("22.11.2026 08:00")).unwrap();
        let first = |now| house.on_call(now).0.unwrap_or_default();
        assert_eq!(first("21.11.2026 08:00"), "analyse1");
        for who in ["analyse1", "leitung"] {
            assert!(matches!(act(who, id, roster::accept), Err(Error::NotFound)), "{who}");
        }
        let board = |who: &str| {
            let actor = house.actor(who);
            house.db().read_now(|tx| roster::board(tx, &actor)).unwrap()
        };
        let seen = ["analyse1", "analyse2", "leitung"].map(|who| board(who).offers.len());
        assert_eq!(seen, [1, 1, 1], "both and the lead see it");
        let other = offer("analyse1", "leitung", None).unwrap();
        assert!(matches!(act("analyse2", other, roster::withdraw), Err(Error::NotFound)));
        act("analyse2", id, roster::accept).unwrap();
        assert_eq!(first("21.11.2026 08:00"), "analyse2");
        assert_eq!(first("22.11.2026 08:00"), "analyse1");
        assert!(matches!(act("analyse2", id, roster::accept), Err(Error::NotFound)));
        // What was offered to another before is no longer the giver's to give.
        assert!(matches!(act("leitung", other, roster::accept), Err(Error::Conflict(_))));
        act("leitung", other, roster::withdraw).unwrap();
        let audited = ["roster.offer", "roster.accept", "roster.decline"].map(|action| house.audited(action));
        assert_eq!(audited, [2, 1, 1]);
    }
}

#[test]
fn a_shift_that_has_begun_ends_and_one_to_come_goes_and_gaps_are_shown() {
    for house in houses() {
        house.plan("leitung", "21.11.2026 07:00", "28.11.2026 07:00", 2, &["analyse1", "analyse2"]).unwrap();
        let lead = house.actor("leitung");
        let board = |house: &House| house.db().read_now(|tx| roster::board(tx, &lead)).unwrap();
        assert!(board(&house).gaps.is_empty() || board(&house).gaps[0].0 >= at("05.12.2026 07:00"));
        let (now, next) = (board(&house).shifts[0].id, board(&house).shifts[1].id);
        house.clock.advance(SignedDuration::from_mins(60));
        for id in [now, next] {
            let actor = house.actor("analyse1");
            assert!(matches!(
                try_write(house.db(), move |tx| roster::cancel(tx, &actor, id)),
                Err(Error::Forbidden(_))
            ));
            let actor = house.actor("leitung");
            write(house.db(), move |tx| roster::cancel(tx, &actor, id));
            let actor = house.actor("leitung");
            assert!(matches!(
                try_write(house.db(), move |tx| roster::cancel(tx, &actor, id)),
                Err(Error::NotFound)
            ));
        }
        let after = board(&house);
        assert!(after.is_empty && after.shifts.is_empty());
        assert_eq!(house.audited("roster.cancel"), 2);
    }
}

#[test]
fn whoever_leaves_the_team_is_on_call_no_more() {
    for house in houses() {
        house.plan("leitung", "21.11.2026 07:00", "28.11.2026 07:00", 1, &["analyse1", "analyse2"]).unwrap();
        let id = house.id("analyse1");
        write(house.db(), move |tx| {
            use crate::store::schema::role_grants;
            diesel::delete(role_grants::table.filter(role_grants::account_id.eq(id))).execute(tx.conn)?;
            Ok(())
        });
        assert_eq!(house.on_call("21.11.2026 08:00").2, Why::StandsIn);
        assert_eq!(house.on_call("21.11.2026 08:00").0.as_deref(), Some("analyse2"));
    }
}

fn calendar(house: &House, token: &str, whose: Whose) -> Result<String> {
    let (holder, token) = (Actor { via: Via::Link, ..Actor::anonymous(None) }, token.to_owned());
    house.db().read_now(move |tx| roster::feed(tx, &holder, &token, whose))
}

/// The values of a property, in order.
fn all<'a>(calendar: &'a str, property: &str) -> Vec<&'a str> {
    calendar.lines().filter_map(|line| line.strip_prefix(property)?.strip_prefix(':')).collect()
}

#[test]
fn somebodys_calendar_shows_their_shifts_under_a_secret_that_can_be_renewed_and_revoked() {
    for house in houses() {
        house.plan("leitung", "21.11.2026 07:00", "28.11.2026 07:00", 3, &["analyse1", "analyse2"]).unwrap();
        let open = |who: &str| {
            let actor = house.actor(who);
            write(house.db(), move |tx| roster::open_feed(tx, &actor))
        };
        let stranger = house.actor("melderin");
        let refused = try_write(house.db(), move |tx| roster::open_feed(tx, &stranger));
        assert!(matches!(refused, Err(Error::NotFound)));
        let token = open("analyse1");
        let before = calendar(&house, &token, Whose::Own).unwrap();
        assert_eq!(all(&before, "DTSTART"), ["20261121T060000Z", "20261205T060000Z"]);
        assert_eq!(all(&before, "DTEND"), ["20261128T060000Z", "20261212T060000Z"]);
        assert_eq!(all(&before, "SEQUENCE"), ["0", "0"]);
        assert_eq!(all(&calendar(&house, &token, Whose::Everybody).unwrap(), "DTSTART").len(), 3);
        // A day of it goes to a colleague: the same event, changed, and what is left of it.
        let (giver, taker, to) = (house.actor("analyse1"), house.actor("analyse2"), house.id("analyse2"));
        let (from, until) = (Some(at("23.11.2026 07:00")), Some(at("24.11.2026 07:00")));
        let new = NewHandover { to, from, until, note: String::new() };
        write(house.db(), move |tx| {
            let id = roster::hand_over(tx, &giver, &new)?;
            roster::accept(tx, &taker, id)
        });
        let after = calendar(&house, &token, Whose::Own).unwrap();
        assert_eq!(all(&after, "DTSTART"), ["20261121T060000Z", "20261124T060000Z", "20261205T060000Z"]);
        assert_eq!(all(&after, "DTEND"), ["20261123T060000Z", "20261128T060000Z", "20261212T060000Z"]);
        assert_eq!(all(&after, "SEQUENCE"), ["1", "1", "0"]);
        assert_eq!(all(&before, "UID")[0], all(&after, "UID")[0]);
        assert_eq!(all(&before, "UID")[1], all(&after, "UID")[2]);
        // Long after the day is over the number has not fallen.
        house.clock.advance(SignedDuration::from_hours(24 * 4));
        assert_eq!(all(&calendar(&house, &token, Whose::Own).unwrap(), "SEQUENCE"), ["1", "1", "0"]);
        let other = open("analyse1");
        assert!(matches!(calendar(&house, &token, Whose::Own), Err(Error::NotFound)), "renewed");
        assert!(calendar(&house, &other, Whose::Own).is_ok());
        let actor = house.actor("analyse1");
        write(house.db(), move |tx| roster::close_feed(tx, &actor));
        assert!(matches!(calendar(&house, &other, Whose::Own), Err(Error::NotFound)), "revoked");
    }
}

#[tokio::test]
async fn the_lead_is_mailed_a_gap_before_it_comes_and_once() {
    for house in houses() {
        let mailed = || {
            let to = |tx: &mut crate::store::Tx<'_>| -> Result<Vec<String>> {
                Ok(outbox::table.select(outbox::recipient).load(tx.conn)?)
            };
            house.db().read_now(to).unwrap()
        };
        let day = async |days: i64| {
            house.clock.advance(SignedDuration::from_hours(24 * days));
            let round = Runner::new(house.db().clone()).register::<WatchRoster>().run_due().await.unwrap();
            assert_eq!((round.failed, round.dead), (0, 0));
        };
        write(house.db(), |tx| {
            let now = tx.now();
            crate::queue::enqueue(tx, &WatchRoster {}, now)
        });
        day(0).await;
        assert_eq!(mailed(), [""; 0], "nobody keeps a roster");
        house.plan("leitung", "21.11.2026 07:00", "28.11.2026 07:00", 1, &["analyse1"]).unwrap();
        house.plan("leitung", "29.11.2026 07:00", "07.12.2026 07:00", 1, &["analyse2"]).unwrap();
        day(1).await;
        assert_eq!(mailed(), ["leitung@stelle.example"], "a day without anybody is six days ahead");
        for _ in 0..7 {
            day(1).await;
        }
        assert_eq!(mailed().len(), 1, "one mail for one gap");
        // On the day before the roster ends: that one was told a week before.
        day(7).await;
        assert_eq!(mailed().len(), 2);
        for _ in 0..9 {
            day(1).await;
        }
        assert_eq!(mailed().len(), 2, "a gap without an end is one");
        assert_eq!(house.audited("roster.gap"), 2);
    }
}
