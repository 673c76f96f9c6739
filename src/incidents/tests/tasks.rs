//! Tasks of a case: a playbook makes them, the team does them, an organisation answers what it alone is asked.

use diesel::prelude::*;
use jiff::SignedDuration;

use super::{House, houses, refused};
use crate::core::error::{Error, Result};
use crate::core::ids::{OrgId, TaskId};
use crate::core::text::{Block, Line, Title};
use crate::incidents::model::{Audience, Incident, Part};
use crate::incidents::service as incidents;
use crate::incidents::tasks::model::{Answer, FallDue, Input, Move, Owner, Reply, State, Task};
use crate::incidents::tasks::service::{self, Board};
use crate::incidents::worklist::service as worklist;
use crate::queue::Runner;
use crate::store::schema::{mail_bodies, outbox, playbook_run_contents, tasks};

fn input(title: &str, owner: Owner) -> Input {
    Input {
        title: Title::parse(title).unwrap(),
        body: None,
        why: None,
        owner,
        due: None,
        needs_evidence: false,
    }
}

impl House {
    fn start(&self, case: &Incident, key: &'static str, gives: bool) -> Result<()> {
        let reference = case.reference.clone();
        self.act("analyse1", move |tx, actor| service::start(tx, actor, &reference, key, gives).map(|_| ()))
    }

    fn tasks(&self, who: &str, case: &Incident) -> Result<Board> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| service::open_of(tx, actor, &reference))
    }

    fn add(&self, case: &Incident, new: Input) -> Result<TaskId> {
        let reference = case.reference.clone();
        self.act("analyse1", move |tx, actor| service::add(tx, actor, &reference, &new))
    }

    fn close(&self, case: &Incident, task: &Task, state: State, result: &str) -> Result<()> {
        let (reference, id, seen) = (case.reference.clone(), task.id, task.version);
        let result = Block::parse_optional(result).unwrap();
        self.act("analyse1", move |tx, actor| {
            service::close(tx, actor, &reference, (id, seen), state, result.as_ref(), &[])
        })
    }

    fn reply(
        &self,
        who: &str,
        case: &Incident,
        id: TaskId,
        seen: i32,
        answer: Answer,
        said: &str,
    ) -> Result<()> {
        let reference = case.reference.clone();
        let reply = Reply::parse(answer.code(), said).unwrap();
        self.act(who, move |tx, actor| service::answer(tx, actor, &reference, id, seen, &reply))
    }

    fn involve(&self, case: &Incident, organisation: OrgId) {
        let id = case.id;
        self.act("analyse1", move |tx, _| incidents::involve(tx, id, organisation, Part::Handler)).unwrap();
    }

    /// How many mails wait that say this.
    fn mails(&self, notice: &'static str) -> i64 {
        let wait = |tx: &mut crate::store::Tx<'_>| {
            let said = mail_bodies::table
                .filter(mail_bodies::body.like(format!("{notice}%")))
                .select(mail_bodies::id.nullable());
            Ok(outbox::table.filter(outbox::body_id.eq_any(said)).count().get_result(tx.conn)?)
        };
        self.db().read_now(wait).unwrap()
    }

    fn kinds(&self, who: &str, case: &Incident) -> Vec<String> {
        self.show(who, case).unwrap().entries.into_iter().map(|entry| entry.kind).collect()
    }
}

#[tokio::test]
async fn a_playbook_makes_its_tasks_and_stays_with_the_case_as_it_was() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        house.start(&case, "schadsoftware", true).unwrap();
        let board = house.tasks("analyse2", &case).unwrap();
        let book = house
            .db()
            .read_now(|tx| Ok(service::library(tx)?.playbook("schadsoftware").cloned()))
            .unwrap()
            .unwrap();
        assert_eq!(board.tasks.len(), book.steps.len());
        assert_eq!(board.tasks[0].owner, Owner::Account(house.account("analyse1")));
        assert_eq!(board.tasks[0].due_at, Some(case.reported_at + SignedDuration::from_mins(30)));
        assert_eq!(board.tasks[1].owner, Owner::Organisation(house.city));
        let run = &board.runs[0];
        assert_eq!((run.playbook.as_str(), &run.digest), ("schadsoftware", &book.digest));
        let frozen: String = house
            .db()
            .read_now(|tx| {
                Ok(playbook_run_contents::table.select(playbook_run_contents::playbook).first(tx.conn)?)
            })
            .unwrap();
        assert_eq!(
            serde_json::from_str::<crate::incidents::tasks::playbook::Playbook>(&frozen).unwrap(),
            book
        );
        let asked = house.tasks("stadt", &case).unwrap();
        let of_it = book.steps.iter().filter(|step| step.who.code() == "organisation").count();
        assert_eq!(
            (asked.tasks.len(), asked.runs.len()),
            (of_it, 0),
            "what is asked of it, and nothing of the team's"
        );
        assert_eq!(house.mails("task"), 1, "one mail for all");
        house.start(&case, "allgemein", false).unwrap();
        assert_eq!(house.mails("task"), 1, "nothing was given");
        let all = house.tasks("analyse1", &case).unwrap();
        assert!(
            all.tasks.len() > book.steps.len() && all.tasks.windows(2).all(|two| two[0].place < two[1].place)
        );
        assert_eq!(refused(house.start(&case, "nirgends", true)), [("playbook", "error-choice")]);
    }
}

#[tokio::test]
async fn a_stopped_playbook_withdraws_what_is_open_with_the_reason() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        house.start(&case, "phishing", true).unwrap();
        let board = house.tasks("analyse1", &case).unwrap();
        house.close(&case, &board.tasks[0], State::Done, "Absender ist bekannt").unwrap();
        let (reference, run) = (case.reference.clone(), board.runs[0].id);
        let stop = move || {
            let (reference, reason) = (reference.clone(), Line::parse("Es war ein Test").unwrap());
            house.act("analyse1", move |tx, actor| service::stop(tx, actor, &reference, run, &reason)).map(
                |()| {
                    let board = |who| house.tasks(who, &case).unwrap();
                    (board("analyse1"), board("stadt"), house.kinds("stadt", &case))
                },
            )
        };
        let (team, asked, kinds) = stop().unwrap();
        let ended = |board: &Board, result: &str| {
            let open = board.tasks.iter().filter(|task| task.state != State::Done);
            !board.tasks.is_empty()
                && open.into_iter().all(|task| task.state == State::NotNeeded && task.result == result)
        };
        assert!(ended(&team, "Es war ein Test"));
        assert!(ended(&asked, ""), "the reason is the team’s own word");
        assert_eq!(kinds[0], "tasks_withdrawn", "the house is told: {kinds:?}");
        assert!(matches!(stop(), Err(Error::Stale)));
    }
}

#[tokio::test]
async fn only_the_house_that_is_asked_sees_and_answers_it_and_the_case_comes_back() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        house.involve(&case, house.provider);
        let id = house.add(&case, input("Netz trennen", Owner::Organisation(house.city))).unwrap();
        let other =
            house.add(&case, input("Protokolle sichern", Owner::Organisation(house.provider))).unwrap();
        house.add(&case, input("Nachsehen", Owner::Nobody)).unwrap();
        let titles = |who: &str| -> Vec<String> {
            house.tasks(who, &case).unwrap().tasks.into_iter().map(|task| task.title).collect()
        };
        assert_eq!(
            (titles("stadt"), titles("dienst")),
            (vec!["Netz trennen".into()], vec!["Protokolle sichern".into()])
        );
        assert_eq!(titles("revision").len(), 3);
        for (who, task) in [("dienst", id), ("stadt", other), ("amt", id)] {
            let said = house.reply(who, &case, task, 1, Answer::Done, "");
            assert!(matches!(said, Err(Error::NotFound)), "{who}: {said:?}");
        }
        let said = house.reply("analyse1", &case, id, 1, Answer::Done, "");
        assert!(matches!(said, Err(Error::Forbidden(_))), "never in its name: {said:?}");
        let entries = house.show("dienst", &case).unwrap().entries;
        assert!(entries.iter().all(|entry| entry.body.as_deref() != Some("Netz trennen")));

        house.wait(&case, "die Stelle", 48).unwrap();
        house.reply("stadt", &case, id, 1, Answer::Question, "Welches Kabel?").unwrap();
        assert_eq!(house.load(&case).follow_up_at, None, "the case comes back");
        assert!(matches!(house.reply("stadt", &case, id, 1, Answer::Done, ""), Err(Error::Stale)));
        house.reply("stadt", &case, id, 2, Answer::Done, "Ist getrennt").unwrap();
        let task = house.tasks("analyse1", &case).unwrap().tasks.remove(0);
        assert_eq!(
            (task.state, task.answer, task.answer_text.as_str()),
            (State::Done, Some(Answer::Done), "Ist getrennt")
        );
        assert!(matches!(house.reply("stadt", &case, id, 3, Answer::Done, ""), Err(Error::Conflict(_))));
        let waits =
            |who: &str| house.act(who, |tx, actor| service::asked_of_houses(tx, actor, 9)).unwrap().len();
        assert_eq!((waits("stadt"), waits("dienst"), waits("analyse1")), (0, 1, 0));
        let last = &house.show("stadt", &case).unwrap().entries[0];
        assert_eq!(
            (last.kind.as_str(), last.audience),
            ("task_answer_done", Audience::Organisation(house.city))
        );
        assert_eq!(refused(Reply::parse("cannot", " ")), [("text", "task-answer-words")]);
    }
}

#[tokio::test]
async fn a_task_is_changed_moved_and_ended_by_whoever_saw_it_last() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        let ids = ["eins", "zwei"].map(|title| house.add(&case, input(title, Owner::Nobody)).unwrap());
        let (reference, first) = (case.reference.clone(), ids[0]);
        let put = |id: TaskId, seen: i32, to: Move| {
            let reference = reference.clone();
            house.act("analyse1", move |tx, actor| service::put(tx, actor, &reference, id, seen, to))
        };
        put(first, 1, Move::Down).unwrap();
        assert!(matches!(put(first, 1, Move::Down), Err(Error::Stale)));
        put(first, 2, Move::Down).unwrap();
        let order: Vec<_> =
            house.tasks("analyse1", &case).unwrap().tasks.into_iter().map(|task| task.title).collect();
        assert_eq!(order, ["zwei", "eins"]);

        let edit = |seen: i32, owner: Owner| {
            let reference = reference.clone();
            let new = Input { needs_evidence: true, ..input("eins, neu", owner) };
            house.act("analyse1", move |tx, actor| service::edit(tx, actor, &reference, first, seen, &new))
        };
        assert_eq!(refused(edit(2, Owner::Organisation(house.village))), [("owner", "error-choice")]);
        assert_eq!(refused(edit(2, Owner::Account(house.account("stadt")))), [("owner", "error-choice")]);
        edit(2, Owner::Account(house.account("leitung"))).unwrap();
        assert!(matches!(edit(2, Owner::Nobody), Err(Error::Stale)));
        let task = house.tasks("analyse1", &case).unwrap().tasks.remove(1);
        assert_eq!(refused(house.close(&case, &task, State::Done, "")), [("files", "task-files-required")]);
        assert_eq!(
            refused(house.close(&case, &task, State::NotNeeded, "")),
            [("result", "task-reason-required")]
        );
        house.close(&case, &task, State::NotNeeded, "Gibt es nicht").unwrap();
        assert!(matches!(house.close(&case, &task, State::NotNeeded, "x"), Err(Error::Conflict(_))));
        for (who, is_hidden) in [("revision", false), ("stadt", false), ("amt", true), ("verwaltung", true)] {
            let (reference, new) = (case.reference.clone(), input("fremd", Owner::Nobody));
            let said = house.act(who, move |tx, actor| service::add(tx, actor, &reference, &new));
            assert_eq!(matches!(said, Err(Error::NotFound)), is_hidden, "{who}: {said:?}");
            assert!(said.is_err(), "{who}");
        }
    }
}

#[tokio::test]
async fn a_task_whose_time_passed_brings_its_case_up_once() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        let due = case.reported_at + SignedDuration::from_hours(2);
        let mine = Owner::Account(house.account("analyse1"));
        let id = house.add(&case, Input { due: Some(due), ..input("Rückruf", mine) }).unwrap();
        let runner = Runner::new(house.db().clone()).register::<FallDue>();
        runner.run_due().await.unwrap();
        assert!(!house.tasks("analyse1", &case).unwrap().tasks[0].is_overdue);
        house.clock.advance(SignedDuration::from_hours(3));
        runner.run_due().await.unwrap();
        let now = house.load(&case);
        assert!(now.follow_up_at.is_some_and(|at| at > due), "it stands among what is due");
        assert!(house.tasks("analyse1", &case).unwrap().tasks[0].is_overdue);
        house.act("analyse1", move |tx, _| service::fall_due(tx, id)).unwrap();
        let kinds = house.kinds("analyse1", &case);
        assert_eq!(kinds.iter().filter(|kind| *kind == "task_overdue").count(), 1, "{kinds:?}");
        assert!(!house.kinds("stadt", &case).contains(&"task_overdue".to_owned()));
        let page = house.act("analyse1", |tx, actor| service::mine(tx, actor, None, 10)).unwrap();
        assert_eq!(page.rows.len(), 1);
        let counted = house.act("analyse1", worklist::stand).unwrap();
        assert_eq!(counted.tasks, (1, 1));
        assert!(matches!(
            house.act("stadt", |tx, actor| service::mine(tx, actor, None, 10)),
            Err(Error::NotFound)
        ));
        // As if whoever has it had only been allowed to read since.
        let auditor = house.account("revision");
        let moved = house.act("analyse1", move |tx, _| {
            let task = diesel::update(tasks::table.find(id));
            Ok(task.set(tasks::owner_id.eq(Some(auditor))).execute(tx.conn)?)
        });
        assert_eq!(moved.unwrap(), 1);
        for who in ["analyse1", "revision"] {
            assert_eq!(house.act(who, worklist::stand).unwrap().tasks, (0, 0), "{who}");
        }
        house.clock.advance(SignedDuration::from_hours(-3));
    }
}

#[tokio::test]
async fn of_a_restricted_case_only_the_named_meet_the_tasks() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        house.add(&case, input("Still prüfen", Owner::Account(house.account("analyse2")))).unwrap();
        let listed =
            || house.act("analyse2", |tx, actor| service::mine(tx, actor, None, 10)).unwrap().rows.len();
        assert_eq!(listed(), 1);
        house.restrict("analyse1", &case, Some(vec![house.account("leitung")])).unwrap();
        assert_eq!(listed(), 0);
        assert!(matches!(house.tasks("analyse2", &case), Err(Error::NotFound)));
        let to = Owner::Account(house.account("analyse2"));
        assert_eq!(refused(house.add(&case, input("Noch eins", to))), [("owner", "error-choice")]);
    }
}
