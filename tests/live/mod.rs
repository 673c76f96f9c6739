//! Live updates: who is told of what, and who is told nothing; when a stream ends; who else is at a case.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use jiff::SignedDuration;
use meldekette::access::service::people;
use meldekette::app;
use meldekette::core::ids::AccountId;
use meldekette::core::text::Prose;
use meldekette::desk::Live;
use meldekette::incidents::model::Audience;
use meldekette::incidents::service as incidents;
use meldekette::store::Db;
use meldekette::web::live::Limits;

use crate::support::app::House;
use crate::support::cast::{Cast, PASSWORD};
use crate::support::client::{Door, Stream};
use crate::support::town::{Case, Town, case};

const LONG: Limits = Limits { all: 100, per_account: 5, life: Duration::from_secs(3600) };

/// A house with a case each of "Eigen" and "Fremd", and its live updates.
struct Stage {
    house: House,
    door: Door,
    cast: Cast,
    live: Arc<Live>,
    own: Case,
    foreign: Case,
}

impl Stage {
    async fn set() -> Self {
        let house = House::empty();
        let live = Arc::new(Live::new(house.app.db.clone(), LONG));
        let door = house.live_door(&live).await;
        let cast = Cast::play(&house, &door).await;
        house.leaves("invitations of the cast, and what was told of the cases");
        let own = case(&house, &cast, "reporter", "Eigen", cast.houses.own, "by_name").await;
        let foreign = case(&house, &cast, "foreign.reporter", "Fremd", cast.houses.foreign, "by_name").await;
        let stage = Self { house, door, cast, live, own, foreign };
        stage.turn().await;
        stage
    }

    /// What happened until now is told.
    async fn turn(&self) {
        self.house.clock.advance(SignedDuration::from_secs(3));
        self.live.turn().await.expect("a turn");
    }

    async fn queue(&self, who: &str) -> Stream {
        self.door.stream(&self.cast.person(who).visitor, "/eingang/live").await.expect("a stream")
    }

    async fn at(&self, who: &str, case: &Case) -> Stream {
        let path = format!("/vorgaenge/{}/live", case.reference);
        self.door.stream(&self.cast.person(who).visitor, &path).await.expect("a stream")
    }

    async fn says(&self, who: &str, case: &Case, audience: Audience) {
        let reference = case.reference.clone();
        self.house
            .act(self.cast.person(who).account, move |tx, actor| {
                incidents::message(tx, actor, &reference, audience, &Prose::parse("Etwas Neues.").unwrap())
            })
            .await;
        self.turn().await;
    }

    async fn restrict(&self, who: &str, case: &Case, named: Vec<AccountId>) {
        let reference = case.reference.clone();
        self.house
            .act(self.cast.person(who).account, move |tx, actor| {
                let seen = incidents::show(tx, actor, &reference)?.incident.version;
                incidents::restrict(tx, actor, &reference, seen, Some(&named))
            })
            .await;
        self.turn().await;
    }
}

#[actix_web::test]
async fn each_stream_tells_of_what_its_reader_may_see_and_of_nothing_else() {
    let stage = Stage::set().await;
    let (own, foreign) = (stage.cast.houses.own, stage.cast.houses.foreign);
    let mut streams: BTreeMap<&str, Stream> = BTreeMap::new();
    for who in ["analyst", "cert_lead", "auditor"] {
        streams.insert(who, stage.queue(who).await);
    }
    streams.insert("analyst at own", stage.at("analyst", &stage.own).await);
    streams.insert("analyst2 at foreign", stage.at("analyst2", &stage.foreign).await);
    streams.insert("reporter", stage.at("reporter", &stage.own).await);
    streams.insert("foreign.reporter", stage.at("foreign.reporter", &stage.foreign).await);
    let mut told = || -> BTreeMap<&str, String> {
        let told = |(who, stream): (&&'static str, &mut Stream)| {
            let names: Vec<_> = stream.names().into_iter().filter(|name| name != "andere").collect();
            (!names.is_empty()).then(|| (*who, names.join(" ")))
        };
        streams.iter_mut().filter_map(told).collect()
    };
    let team = ["analyst", "auditor", "cert_lead"].map(|who| (who, "liste".to_owned()));
    let with = |more: &[&'static str]| -> BTreeMap<&str, String> {
        team.iter().cloned().chain(more.iter().map(|who| (*who, "vorgang".to_owned()))).collect()
    };
    stage.turn().await;
    assert_eq!(told(), BTreeMap::new(), "nothing happened since the pages were made");

    stage.says("cert_lead", &stage.own, Audience::Team).await;
    assert_eq!(told(), with(&["analyst at own"]), "a note of the team is nothing to the organisation");
    stage.says("cert_lead", &stage.own, Audience::Organisation(own)).await;
    assert_eq!(told(), with(&["analyst at own", "reporter"]));
    stage.says("foreign.reporter", &stage.foreign, Audience::Organisation(foreign)).await;
    assert_eq!(told(), with(&["analyst2 at foreign", "foreign.reporter"]));

    let reference = stage.own.reference.clone();
    let page = format!("/vorgaenge/{reference}");
    let looked = stage.door.get(&stage.cast.person("cert_lead").visitor, &page).await;
    assert_eq!(looked.status, StatusCode::OK);
    stage.turn().await;
    assert_eq!(told(), BTreeMap::new(), "to look changes nothing");

    let named = stage.cast.person("analyst2").account;
    stage.restrict("cert_lead", &stage.own, vec![named]).await;
    let after = told();
    assert_eq!(after.get("cert_lead").map(String::as_str), Some("liste"), "named by restricting: {after:?}");
    assert_eq!(after.get("analyst"), None, "nobody outside learns even that");
    assert_eq!(
        after.get("analyst at own").map(String::as_str),
        Some("neu"),
        "and whoever looked is sent away"
    );
    assert_eq!(after.get("auditor"), None);
    stage.says("analyst2", &stage.own, Audience::Team).await;
    assert_eq!(told(), BTreeMap::from([("cert_lead", "liste".to_owned())]));
    let path = format!("/vorgaenge/{}/live", stage.own.reference);
    let away = stage.door.stream(&stage.cast.person("analyst").visitor, &path).await;
    assert_eq!(away.err(), Some(StatusCode::NOT_FOUND));
}

#[actix_web::test]
async fn a_page_that_comes_back_is_told_what_it_missed_and_only_if_it_may_know() {
    let stage = Stage::set().await;
    let made = stage.house.app.env.now();
    stage.house.clock.advance(SignedDuration::from_secs(60));
    let named = stage.cast.person("analyst2").account;
    stage.restrict("cert_lead", &stage.own, vec![named]).await;
    let between = stage.house.app.env.now();
    stage.house.clock.advance(SignedDuration::from_secs(60));
    stage.says("foreign.reporter", &stage.foreign, Audience::Organisation(stage.cast.houses.foreign)).await;
    stage.says("cert_lead", &stage.foreign, Audience::Team).await;
    let after = stage.house.app.env.now();
    let ask = async |who: &str, path: &str, since: jiff::Timestamp| {
        let visitor = &stage.cast.person(who).visitor;
        stage.door.stream(visitor, &format!("{path}/live?seit={since}")).await.expect("a stream").names()
    };
    let (liste, vorgang) = (vec!["liste".to_owned()], vec!["vorgang".to_owned()]);
    assert_eq!(ask("analyst", "/eingang", made).await, liste);
    assert_eq!(ask("analyst", "/eingang", after).await, Vec::<String>::new());
    assert_eq!(ask("cert_lead", "/eingang", between).await, liste);
    let own = format!("/vorgaenge/{}", stage.own.reference);
    assert_eq!(ask("analyst2", &own, made).await, vorgang);
    assert_eq!(ask("analyst2", &own, between).await, Vec::<String>::new());
    let foreign = format!("/vorgaenge/{}", stage.foreign.reference);
    assert_eq!(ask("foreign.org_lead", &foreign, between).await, vorgang);
    // What the team noted last is nothing to the organisation.
    let late = after - SignedDuration::from_secs(5);
    assert_eq!(ask("foreign.org_lead", &foreign, late).await, Vec::<String>::new());
    assert_eq!(ask("analyst", &foreign, late).await, vorgang);
    let odd = stage.door.get(&stage.cast.person("analyst").visitor, "/eingang/live?seit=gestern").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ancient = "/eingang/live?seit=-009999-01-02T01:59:59Z";
    assert_eq!(stage.door.get(&stage.cast.person("analyst").visitor, ancient).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn in_memory_the_same_cases_are_seen_as_on_pages() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("what the town leaves");
    let cases: Vec<_> = town.cases.values().map(|case| (case.id, case.reference.clone())).collect();
    let (mut shown, mut hidden) = (0, 0);
    for (who, person) in town.cast.people() {
        let (account, all) = (person.account, cases.clone());
        let compared = house.app.db.read_now(move |tx| {
            let actor = meldekette::access::service::load_actor(tx, account)?.expect("an actor");
            let now = tx.now();
            let asked: Vec<_> = all.iter().map(|(id, _)| (*id, now)).collect();
            let traces = incidents::traces(tx, &asked, true)?;
            let watchers: Vec<_> =
                all.iter().map(|(_, reference)| incidents::watch(tx, &actor, Some(reference)).ok()).collect();
            let Some(any) = watchers.iter().flatten().next().cloned() else { return Ok(Vec::new()) };
            let seen = |id| traces.iter().any(|trace| trace.incident == id && any.sees(trace));
            Ok(all
                .iter()
                .zip(&watchers)
                .map(|((id, reference), page)| (reference.clone(), page.is_some(), seen(*id)))
                .collect())
        });
        for (reference, on_page, in_memory) in compared.unwrap() {
            assert_eq!(on_page, in_memory, "{who} and {reference}");
            if on_page { shown += 1 } else { hidden += 1 }
        }
    }
    assert!(shown > 0 && hidden > 0, "{shown} seen, {hidden} not");
}

#[actix_web::test]
async fn a_stream_ends_with_the_session_with_the_account_and_with_its_roles() {
    let stage = Stage::set().await;
    let is_open = |stream: &mut Stream| stream.events().is_some_and(|events| events.is_empty());
    let mail = stage.cast.person("analyst").mail.clone();
    let browser = stage.door.sign_in(&mail, PASSWORD).await;
    let mut leaving = stage.door.stream(&browser, "/eingang/live").await.unwrap();
    let mut other = stage.queue("cert_lead").await;
    stage.turn().await;
    assert!(is_open(&mut leaving) && is_open(&mut other));
    stage.door.post::<&str, &str>(&browser, "/abmelden", &[]).await;
    stage.turn().await;
    assert_eq!(leaving.names(), ["neu"]);
    assert_eq!(leaving.events(), None, "signed out");
    assert!(is_open(&mut other), "others go on");
    assert!(stage.door.stream(&browser, "/eingang/live").await.is_err());

    let mut locked = stage.queue("analyst2").await;
    let account = stage.cast.person("analyst2").account;
    stage
        .house
        .act(stage.cast.person("administrator").account, move |tx, actor| people::lock(tx, actor, account))
        .await;
    stage.turn().await;
    assert_eq!((locked.names(), locked.events()), (vec!["neu".to_owned()], None));
    assert!(is_open(&mut other));
}

#[actix_web::test]
async fn an_account_has_only_so_many_streams() {
    let stage = Stage::set().await;
    let mut open = Vec::new();
    for _ in 0..LONG.per_account {
        open.push(stage.queue("analyst").await);
    }
    let visitor = &stage.cast.person("analyst").visitor;
    let refused = stage.door.stream(visitor, "/eingang/live").await;
    assert_eq!(refused.err(), Some(StatusCode::TOO_MANY_REQUESTS));
    stage.queue("cert_lead").await;
    open.pop();
    stage.queue("analyst").await;
    stage.live.shut();
    assert_eq!(open[0].events(), None, "the process ends");
    let refused = stage.door.stream(visitor, "/eingang/live").await;
    assert_eq!(refused.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
}

#[actix_web::test]
async fn those_who_work_on_a_case_see_who_else_is_at_it_and_nobody_else_does() {
    let stage = Stage::set().await;
    let mut one = stage.at("analyst", &stage.own).await;
    let mut auditor = stage.at("auditor", &stage.own).await;
    let mut reporter = stage.at("reporter", &stage.own).await;
    let mut elsewhere = stage.at("cert_lead", &stage.foreign).await;
    stage.turn().await;
    assert_eq!(one.names(), Vec::<String>::new(), "alone: an auditor reads, and is not at work");
    let path = format!("/vorgaenge/{}/live", stage.own.reference);
    let two = stage.cast.person("analyst2").visitor.clone();
    let writing = stage.door.stream(&two, &format!("{path}?schreibt=ja")).await.unwrap();
    stage.turn().await;
    let events = one.events().unwrap();
    assert_eq!(events, [("andere".to_owned(), r#"[{"name":"Analyse Zwei","schreibt":true}]"#.to_owned())]);
    drop(writing);
    // Loads the page again: no word in between.
    stage.live.turn().await.unwrap();
    let again = stage.door.stream(&two, &path).await.unwrap();
    stage.turn().await;
    assert_eq!(one.events().unwrap()[0].1, r#"[{"name":"Analyse Zwei","schreibt":false}]"#);
    drop(again);
    stage.turn().await;
    assert_eq!(one.names(), Vec::<String>::new(), "perhaps only loading");
    stage.turn().await;
    stage.turn().await;
    assert_eq!(one.events().unwrap(), [("andere".to_owned(), "[]".to_owned())]);
    for (who, stream) in [("auditor", &mut auditor), ("reporter", &mut reporter), ("lead", &mut elsewhere)] {
        assert_eq!(stream.names(), Vec::<String>::new(), "{who}");
    }
}

#[actix_web::test]
async fn what_another_process_commits_is_told_here_and_who_is_there_is_seen_here() {
    let stage = Stage::set().await;
    if stage.house.is_sqlite() {
        return; // One process: the other would be refused.
    }
    let url = &stage.house.app.config.database.url;
    let provided = app::provided(&stage.house.app.config, &stage.house.app.settings).unwrap();
    let beside = Db::open(url, 2, stage.house.app.env.clone(), provided).unwrap();
    // What was done to set the stage stands in the trail before anybody listens.
    stage.house.work().await;
    let there = Arc::new(Live::new(beside, LONG));
    let door = stage.house.live_door(&there).await;
    let turn = async || {
        stage.turn().await;
        there.turn().await.unwrap();
    };
    turn().await;
    let visitor = stage.cast.person("analyst").visitor.clone();
    let mut queue = door.stream(&visitor, "/eingang/live").await.unwrap();
    let path = format!("/vorgaenge/{}/live", stage.own.reference);
    let mut one = door.stream(&visitor, &path).await.unwrap();
    let mut foreign = door
        .stream(
            &stage.cast.person("foreign.reporter").visitor,
            &format!("/vorgaenge/{}/live", stage.foreign.reference),
        )
        .await
        .unwrap();
    let two = stage.at("analyst2", &stage.own).await;
    stage.says("cert_lead", &stage.own, Audience::Organisation(stage.cast.houses.own)).await;
    stage.house.work().await;
    turn().await;
    turn().await;
    assert_eq!(queue.names(), ["liste"], "once, from the trail");
    let events = one.events().unwrap();
    assert!(events.contains(&("vorgang".to_owned(), "1".to_owned())), "{events:?}");
    let seen = r#"[{"name":"Analyse Zwei","schreibt":false}]"#.to_owned();
    assert!(events.contains(&("andere".to_owned(), seen)), "{events:?}");
    assert_eq!(foreign.names(), Vec::<String>::new());
    drop(two);
    for _ in 0..4 {
        turn().await;
    }
    assert_eq!(one.events().unwrap(), [("andere".to_owned(), "[]".to_owned())]);
}
