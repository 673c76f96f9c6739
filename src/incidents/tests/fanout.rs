//! What happened at a provider, and those it serves.

use jiff::civil::date;

use super::*;
use crate::access::model::Purpose;
use crate::core::text::{Name, Prose, Title};
use crate::directory::model::{Grant, MandateScope, RelationInput};
use crate::incidents::fanout::model::{Answer, AnswerWay, Asked, NewAnswer, NewFanout, Patience, Stage};
use crate::incidents::fanout::service::{self as fanout, HouseView, Seen, SourceView, TeamView};
use crate::incidents::model::{Audience, Filter, Inform};
use crate::incidents::status::CloseReason;
use crate::queue::Runner;
use crate::store::schema::{contacts, links, timeline_entries as lines};

fn question(source: OrgId) -> NewFanout {
    NewFanout {
        source,
        service: None,
        heading: Title::parse("Ausfall im Rechenzentrum").unwrap(),
        notice: Prose::parse("Bitte prüfen Sie Ihre Fachverfahren.").unwrap(),
        is_named: true,
        patience: Patience::Hours8,
        others: None,
    }
}

fn says(answer: Answer) -> NewAnswer {
    NewAnswer { answer, note: None }
}

impl House {
    /// The provider serves the city and the association's municipality.
    fn serves_two(&self) {
        let (provider, city, village) = (self.provider, self.city, self.village);
        self.act("leitung", move |tx, actor| {
            for (organisation, service) in [(city, "E-Mail"), (village, "Fachverfahren")] {
                let relation = RelationInput {
                    provider,
                    organisation,
                    service: Name::parse(service).unwrap(),
                    valid_from: date(2024, 1, 1),
                    valid_until: None,
                };
                directory::add_relation(tx, actor, &relation)?;
            }
            Ok(())
        })
        .unwrap();
    }

    fn at_provider(&self) -> Incident {
        self.serves_two();
        let provider = self.provider;
        self.file("dienst", provider, |_| ())
    }

    fn ask(&self, case: &Incident, change: impl Fn(&mut NewFanout), expected: usize) -> Result<usize> {
        let (reference, mut new) = (case.reference.clone(), question(self.provider));
        change(&mut new);
        self.act("analyse1", move |tx, actor| fanout::start(tx, actor, &reference, &new, expected))
    }

    fn seen(&self, who: &str, case: &Incident) -> Result<Seen> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| fanout::seen(tx, actor, &reference))
    }

    fn board(&self, case: &Incident) -> TeamView {
        match self.seen("analyse1", case).unwrap() {
            Seen::Team(view) => *view,
            other => panic!("{other:?}"),
        }
    }

    fn asked_view(&self, who: &str, case: &Incident) -> HouseView {
        match self.seen(who, case).unwrap() {
            Seen::House(view) => *view,
            other => panic!("{other:?}"),
        }
    }

    fn provider_view(&self, case: &Incident) -> SourceView {
        match self.seen("dienst", case).unwrap() {
            Seen::Source(view) => *view,
            other => panic!("{other:?}"),
        }
    }

    fn asked(&self, case: &Incident, organisation: OrgId) -> Asked {
        let row = self.board(case).rows.into_iter().find(|row| row.asked.organisation == organisation);
        row.expect("asked").asked
    }

    fn answers(&self, who: &str, case: &Incident, organisation: OrgId, answer: Answer) -> Result<()> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| fanout::answer(tx, actor, &reference, organisation, &says(answer)))
    }

    /// Mails about whether somebody is affected: to whom, and the token of the link.
    fn questions(&self) -> Vec<(String, String)> {
        let rows: Vec<(String, String)> = self
            .db()
            .read_now(|tx| {
                Ok(outbox::table
                    .filter(outbox::slots.like("%/betroffenheit/%"))
                    .order(outbox::id)
                    .select((outbox::recipient, outbox::slots))
                    .load(tx.conn)?)
            })
            .unwrap();
        let token = |slots: &str| {
            let (_, rest) = slots.split_once("/betroffenheit/").unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        rows.into_iter().map(|(to, slots)| (to, token(&slots))).collect()
    }

    fn holds(&self) -> Actor {
        let mut actor = Actor::anonymous(None);
        actor.via = crate::core::actor::Via::Link;
        actor
    }

    fn answers_by_link(&self, token: &str, answer: Answer) -> Result<()> {
        let (actor, token) = (self.holds(), token.to_owned());
        try_write(self.db(), move |tx| fanout::answer_by_link(tx, &actor, &token, &says(answer)))
    }

    fn peek(&self, token: &str) -> Result<String> {
        let (actor, token) = (self.holds(), token.to_owned());
        try_write(self.db(), move |tx| Ok(fanout::peek(tx, &actor, &token)?.organisation))
    }

    fn lines_of(&self, case: &Incident, kind: &'static str) -> usize {
        let id = case.id;
        let count = self.db().read_now(move |tx| {
            let of = lines::table.filter(lines::incident_id.eq(id)).filter(lines::kind.eq(kind));
            Ok(of.count().get_result::<i64>(tx.conn)?)
        });
        usize::try_from(count.unwrap()).unwrap()
    }

    async fn pass(&self, hours: i64) {
        self.clock.advance(SignedDuration::from_hours(hours));
        let runner = Runner::new(self.db().clone()).register::<crate::incidents::fanout::model::Chase>();
        runner.run_due().await.unwrap();
    }

    fn deputy(&self, organisation: OrgId, address: &'static str) {
        self.act("leitung", move |tx, actor| {
            let input = ContactInput {
                role: ContactRole::Deputy,
                name: Name::parse("Vertretung").unwrap(),
                mail: Some(mail(address)),
                phone: None,
                out_of_band: None,
                is_function: true,
                certificate: None,
                pgp: None,
            };
            directory::add_contact(tx, actor, organisation, &input).map(|_| ())
        })
        .unwrap();
    }

    fn mandate(&self, scope: MandateScope) {
        let (grantor, mandated) = (self.city, self.provider);
        self.act("stadt", move |tx, actor| {
            let valid_from = directory_today(tx);
            let valid_until = valid_from.saturating_add(jiff::ToSpan::days(365));
            directory::grant_mandate(tx, actor, &Grant { grantor, mandated, scope, valid_from, valid_until })
        })
        .unwrap();
    }
}

fn directory_today(tx: &Tx<'_>) -> jiff::civil::Date {
    crate::directory::model::today(tx.now())
}

#[tokio::test]
async fn all_whom_a_provider_serves_are_asked_with_one_click_and_only_once() {
    for house in houses().await {
        let case = house.at_provider();
        let (reference, new) = (case.reference.clone(), question(house.provider));
        let plan = house.act("analyse1", move |tx, actor| fanout::plan(tx, actor, &reference, &new)).unwrap();
        let names: Vec<&str> = plan.here.iter().map(|one| one.name.as_str()).collect();
        // The municipality is reached through the association that runs it.
        assert_eq!(names, ["Stadt Gera", "Verwaltungsgemeinschaft Leinetal"]);
        assert!(house.questions().is_empty(), "nothing is sent by looking");

        assert!(matches!(house.ask(&case, |_| (), 3), Err(Error::Stale)));
        assert_eq!(house.ask(&case, |_| (), 2).unwrap(), 2);
        assert_eq!(house.questions().len(), 2);
        assert!(matches!(house.ask(&case, |_| (), 2), Err(Error::Conflict(_))));
        assert_eq!(house.questions().len(), 2);

        let board = house.board(&case);
        assert_eq!((board.counts.asked, board.counts.silent), (2, 2));
        assert_eq!(house.lines_of(&case, "fanout_started"), 1);
        // One service alone is asked of its customers alone.
        let other = house.file("dienst", house.provider, |_| ());
        let service = Name::parse("E-Mail").unwrap();
        assert_eq!(house.ask(&other, move |new| new.service = Some(service.clone()), 1).unwrap(), 1);
    }
}

#[tokio::test]
async fn only_the_team_asks() {
    for house in houses().await {
        let case = house.at_provider();
        for (who, sees) in [
            ("dienst", true),
            ("revision", true),
            ("stadt", false),
            ("freigabe", false),
            ("verwaltung", false),
        ] {
            let (reference, new) = (case.reference.clone(), question(house.provider));
            let done = house.act(who, move |tx, actor| fanout::start(tx, actor, &reference, &new, 2));
            match done {
                Err(Error::Forbidden(_)) => assert!(sees, "{who}"),
                Err(Error::NotFound) => assert!(!sees, "{who}"),
                other => panic!("{who}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn who_is_asked_sees_the_question_and_nothing_else_of_the_case() {
    for house in houses().await {
        let case = house.at_provider();
        assert!(matches!(house.seen("stadt", &case), Err(Error::NotFound)));
        house.ask(&case, |_| (), 2).unwrap();
        assert!(matches!(house.show("stadt", &case), Err(Error::NotFound)));
        let (rows, count) = house
            .act("stadt", |tx, actor| {
                let rows = service::list(tx, actor, &Filter::default(), None, 50)?.rows.len();
                Ok((rows, service::count(tx, actor, &Filter::default(), 50)?))
            })
            .unwrap();
        assert_eq!((rows, count), (0, 0));

        // What the team and the provider write to each other is theirs; what all read who were asked is told.
        let reference = case.reference.clone();
        let provider = house.provider;
        house
            .act("analyse1", move |tx, actor| {
                let say = |text: &str| Prose::parse(text).unwrap();
                service::message(tx, actor, &reference, Audience::Team, &say("intern"))?;
                service::message(
                    tx,
                    actor,
                    &reference,
                    Audience::Organisation(provider),
                    &say("vertraulich"),
                )?;
                service::message(tx, actor, &reference, Audience::Involved, &say("an die Beteiligten"))?;
                fanout::broadcast(tx, actor, &reference, &say("an alle")).map(|_| ())
            })
            .unwrap();
        let view = house.asked_view("stadt", &case);
        assert_eq!(view.fanout.heading, "Ausfall im Rechenzentrum");
        assert_eq!(view.source.as_deref(), Some("Rechenzentrum Muster"));
        let read: Vec<&str> = view.entries.iter().filter_map(|entry| entry.body.as_deref()).collect();
        assert_eq!(read, ["an alle"]);
        let asked: Vec<OrgId> = view.asked.iter().map(|(one, _)| one.organisation).collect();
        assert_eq!(asked, [house.city]);

        // Each sees its own words with the CERT.
        let (reference, city) = (case.reference.clone(), house.city);
        let words = Prose::parse("Bei uns steht alles still.").unwrap();
        house.act("stadt", move |tx, actor| fanout::say(tx, actor, &reference, city, &words)).unwrap();
        assert_eq!(house.asked_view("stadt", &case).entries.len(), 2);
        assert_eq!(house.asked_view("amt", &case).entries.len(), 1);
        let (reference, city) = (case.reference.clone(), house.city);
        let words = Prose::parse("Für eine andere.").unwrap();
        let done = house.act("amt", move |tx, actor| fanout::say(tx, actor, &reference, city, &words));
        assert_eq!(refused(done), [("stelle", "error-choice")]);
    }
}

#[tokio::test]
async fn an_answer_by_link_is_given_by_a_post_once_and_the_last_one_counts() {
    for house in houses().await {
        let case = house.at_provider();
        house.ask(&case, |_| (), 2).unwrap();
        let questions = house.questions();
        let (_, token) = questions.iter().find(|(to, _)| to.contains("stadt")).unwrap();
        // A mail gateway looks at every link it sees.
        for _ in 0..3 {
            assert_eq!(house.peek(token).unwrap(), "Stadt Gera");
        }
        assert!(house.asked(&case, house.city).answer.is_none());
        house.answers_by_link(token, Answer::Affected).unwrap();
        assert!(matches!(house.answers_by_link(token, Answer::NotAffected), Err(Error::NotFound)));
        assert!(matches!(house.peek(token), Err(Error::NotFound)));
        let said = house.asked(&case, house.city).answer.unwrap();
        assert_eq!((said.answer, said.way), (Answer::Affected, AnswerWay::Link));
        assert_eq!(said.author, house.actor("stadt").name);
        assert_eq!(house.lines_of(&case, "fanout_answered"), 1);

        house.answers("stadt", &case, house.city, Answer::NotAffected).unwrap();
        let said = house.asked(&case, house.city).answer.unwrap();
        assert_eq!((said.answer, said.way), (Answer::NotAffected, AnswerWay::Page));
        assert!(matches!(
            house.answers("dienst", &case, house.city, Answer::Affected),
            Err(Error::NotFound | Error::Forbidden(_))
        ));
        assert_eq!(
            refused(house.answers("stadt", &case, house.office, Answer::Affected)),
            [("stelle", "error-choice")]
        );
    }
}

#[tokio::test]
async fn a_question_that_is_over_takes_no_answer_by_any_way() {
    for house in houses().await {
        let case = house.at_provider();
        house.ask(&case, |_| (), 2).unwrap();
        let token = house.questions().remove(0).1;
        let reference = case.reference.clone();
        house.act("analyse1", move |tx, actor| fanout::end(tx, actor, &reference)).unwrap();
        assert!(matches!(house.peek(&token), Err(Error::NotFound)));
        assert!(matches!(house.answers_by_link(&token, Answer::Affected), Err(Error::NotFound)));
        let open = house.db().read_now(|tx| {
            let open = links::table.filter(links::purpose.eq(Purpose::Asked.code()));
            Ok(open.filter(links::used_at.is_null()).count().get_result::<i64>(tx.conn)?)
        });
        assert_eq!(open.unwrap(), 0);
        let late = house.answers("stadt", &case, house.city, Answer::Affected);
        assert!(matches!(late, Err(Error::Conflict("fanout-refused-over"))));
        house.pass(9).await;
        assert_eq!(house.lines_of(&case, "fanout_silent"), 0);
    }
}

#[tokio::test]
async fn the_provider_sees_numbers_and_names_only_where_it_holds_a_mandate() {
    for house in houses().await {
        let case = house.at_provider();
        house.ask(&case, |_| (), 2).unwrap();
        let view = house.provider_view(&case);
        assert_eq!((view.counts.asked, view.named.len()), (2, 0));
        let answer_for = |organisations: Vec<OrgId>| {
            let reference = case.reference.clone();
            house.act("dienst", move |tx, actor| {
                fanout::answer_for(tx, actor, &reference, &organisations, &says(Answer::Affected))
            })
        };
        assert!(matches!(answer_for(vec![house.city]), Err(Error::NotFound)));
        assert_eq!(refused(answer_for(vec![])), [("stelle", "fanout-error-houses")]);

        house.mandate(MandateScope::Read);
        let named = house.provider_view(&case).named;
        assert_eq!(
            named.iter().map(|(_, name, acts)| (name.as_str(), *acts)).collect::<Vec<_>>(),
            [("Stadt Gera", false)]
        );
        assert!(matches!(answer_for(vec![house.city]), Err(Error::NotFound)));

        house.mandate(MandateScope::Act);
        assert!(matches!(answer_for(vec![house.city, house.office]), Err(Error::NotFound)), "all or none");
        assert!(house.asked(&case, house.city).answer.is_none());
        assert_eq!(answer_for(vec![house.city]).unwrap(), 1);
        let said = house.asked(&case, house.city).answer.unwrap();
        assert_eq!((said.answer, said.way), (Answer::Affected, AnswerWay::Provider));

        house.clock.advance(SignedDuration::from_hours(24 * 400));
        assert!(house.provider_view(&case).named.is_empty(), "an ended mandate ends sight");
        assert!(matches!(answer_for(vec![house.city]), Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn the_silent_are_asked_again_with_their_deputies_and_then_are_to_be_called() {
    for house in houses().await {
        let case = house.at_provider();
        house.deputy(house.city, "vertretung@gera.example");
        house.deputy(house.office, "vertretung@leinetal.example");
        house.ask(&case, |_| (), 2).unwrap();
        house.answers("amt", &case, house.office, Answer::NotAffected).unwrap();
        let before = house.questions().len();
        house.pass(3).await;
        assert_eq!(house.questions().len(), before, "it is not time yet");
        house.pass(1).await;
        let again: Vec<String> = house.questions().into_iter().skip(before).map(|(to, _)| to).collect();
        assert_eq!(again.len(), 2, "{again:?}");
        assert!(again.iter().any(|to| to == "vertretung@gera.example"));
        assert!(!again.iter().any(|to| to.contains("leinetal")), "who answered is left in peace");
        house.pass(4).await;
        assert_eq!(house.lines_of(&case, "fanout_silent"), 1);
        let now = house.clock_now();
        assert_eq!(house.load(&case).follow_up_at, Some(now));
        assert_eq!(house.board(&case).fanout.unwrap().stage, Stage::ToCall);
        house.pass(100).await;
        assert_eq!(
            (house.lines_of(&case, "fanout_reminded"), house.lines_of(&case, "fanout_silent")),
            (1, 1)
        );

        // Whoever calls writes down what was said, and by whom.
        let (reference, city) = (case.reference.clone(), house.city);
        let by = Name::parse("Bürgermeisterin").unwrap();
        house
            .act("analyse1", move |tx, actor| {
                fanout::note_call(tx, actor, &reference, city, &by, &says(Answer::Unclear))
            })
            .unwrap();
        let said = house.asked(&case, house.city).answer.unwrap();
        assert_eq!((said.way, said.author.as_str()), (AnswerWay::Telephone, "Bürgermeisterin"));
    }
}

#[tokio::test]
async fn a_week_of_downtime_is_worked_off_in_order_and_a_closed_case_asks_nobody() {
    for house in houses().await {
        let case = house.at_provider();
        house.ask(&case, |_| (), 2).unwrap();
        house.pass(24 * 7).await;
        assert_eq!(
            (house.lines_of(&case, "fanout_reminded"), house.lines_of(&case, "fanout_silent")),
            (1, 1)
        );

        let other = house.file("dienst", house.provider, |_| ());
        house.ask(&other, |_| (), 2).unwrap();
        let (reference, seen) = (other.reference.clone(), house.load(&other).version);
        house
            .act("analyse1", move |tx, actor| {
                service::close(tx, actor, &reference, seen, CloseReason::Resolved)
            })
            .unwrap();
        house.pass(24).await;
        assert_eq!(
            (house.lines_of(&other, "fanout_reminded"), house.lines_of(&other, "fanout_silent")),
            (0, 0)
        );
        let late = house.answers("stadt", &other, house.city, Answer::Affected);
        assert!(matches!(late, Err(Error::Conflict("fanout-refused-over"))), "nobody would read it");
    }
}

#[tokio::test]
async fn a_customer_list_is_pasted_and_each_line_that_names_nobody_is_told() {
    for house in houses().await {
        let case = house.at_provider();
        let with = |list: &str| {
            let list = Prose::parse(list).unwrap();
            move |new: &mut NewFanout| new.others = Some(list.clone())
        };
        let asked = house.ask(&case, with("Landkreis Nord;Kunde 7\nStadt Nirgendwo\n\n16051000"), 3);
        let Err(Error::Invalid(faults)) = asked else { panic!("{asked:?}") };
        assert_eq!((faults[0].field, faults[0].reason), ("others", "fanout-error-unknown"));
        assert!(format!("{faults:?}").contains("2 (Stadt Nirgendwo)"), "{faults:?}");
        assert_eq!(
            house.ask(&case, with("\"Landkreis Nord\";Kunde 7\n16051000\nGemeinde Berga"), 3).unwrap(),
            3
        );
    }
}

#[tokio::test]
async fn a_provider_that_does_not_want_to_be_named_is_not() {
    for house in houses().await {
        house.serves_two();
        let provider = house.provider;
        let case = house.file("dienst", provider, |report| report.inform = Inform::Anonymous);
        assert_eq!(refused(house.ask(&case, |_| (), 2)), [("is_named", "fanout-error-named")]);
        house.ask(&case, |new| new.is_named = false, 2).unwrap();
        assert_eq!(house.asked_view("stadt", &case).source, None);
    }
}

#[tokio::test]
async fn whoever_left_the_organisation_answers_no_more() {
    for house in houses().await {
        let case = house.at_provider();
        house.deputy(house.city, "vertretung@gera.example");
        house.ask(&case, |_| (), 2).unwrap();
        house.pass(4).await;
        let questions = house.questions();
        let (_, token) = questions.iter().find(|(to, _)| to == "vertretung@gera.example").unwrap();
        house.peek(token).unwrap();
        let now = house.clock_now();
        write(house.db(), move |tx| {
            let left = contacts::table.filter(contacts::mail.eq("vertretung@gera.example"));
            diesel::update(left).set(contacts::ended_at.eq(Some(crate::store::At(now)))).execute(tx.conn)?;
            Ok(())
        });
        assert!(matches!(house.peek(token), Err(Error::NotFound)));
        assert!(matches!(house.answers_by_link(token, Answer::Affected), Err(Error::NotFound)));
    }
}
