//! What the queue counts is kept for a moment, and never when a case is another since.

use diesel::prelude::*;
use jiff::SignedDuration;
use meldekette::access::service::load_actor;
use meldekette::core::ids::AccountId;
use meldekette::incidents::service as incidents;
use meldekette::incidents::worklist::model::{Count, Terms, Whose};
use meldekette::incidents::worklist::service as worklist;
use meldekette::store::schema;

use crate::support::app::House;
use crate::support::cast::Cast;
use crate::support::town::case;

/// How many cases are open, of high priority, and the account's own.
fn counts(house: &House, account: AccountId) -> [usize; 3] {
    let asked = [
        Terms::default(),
        Terms { priority_at_most: Some(1), ..Terms::default() },
        Terms { whose: Some(Whose::Mine), ..Terms::default() },
    ];
    let counted = house.app.db.read_now(|tx| {
        let actor = load_actor(tx, account)?.expect("an active account");
        let stand = worklist::stand(tx, &actor)?;
        worklist::counts(tx, &actor, &stand, &asked)
    });
    let exactly = |count: Option<Count>| match count {
        Some(Count::Exactly(number)) => number,
        other => panic!("{other:?}"),
    };
    let [open, high, own]: [Option<Count>; 3] = counted.unwrap().try_into().expect("three");
    [exactly(open), exactly(high), exactly(own)]
}

#[actix_web::test]
async fn counts_are_kept_until_a_case_changes_for_half_a_minute_and_for_one_account() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast, and what was told of the cases");
    let (one, two) = (cast.person("analyst").account, cast.person("analyst2").account);
    let first = case(&house, &cast, "reporter", "Erster", cast.houses.own, "by_name").await;
    assert_eq!(counts(&house, one), [1, 0, 0]);
    house.clock.advance(SignedDuration::from_secs(1));
    let second = case(&house, &cast, "reporter", "Zweiter", cast.houses.own, "by_name").await;
    assert_eq!(counts(&house, one), [2, 0, 0], "a report came");

    let reference = first.reference.clone();
    house
        .act(one, move |tx, actor| {
            let seen = incidents::show(tx, actor, &reference)?.incident.version;
            incidents::assign(tx, actor, &reference, seen, Some(one))
        })
        .await;
    assert_eq!(counts(&house, one), [2, 0, 1], "a case was taken");
    assert_eq!(counts(&house, two), [2, 0, 0], "another account counts its own");

    // Past the rules, so that the case keeps the instant of its last change.
    let silent = move |tx: &mut meldekette::store::Tx<'_>| {
        let case = schema::incidents::table.find(second.id);
        Ok(diesel::update(case).set(schema::incidents::priority.eq(Some(1))).execute(tx.conn)?)
    };
    assert_eq!(house.write(silent).await, 1);
    house.clock.advance(SignedDuration::from_secs(29));
    assert_eq!(counts(&house, one), [2, 0, 1], "kept");
    house.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(counts(&house, one), [2, 1, 1], "not for long");
}
