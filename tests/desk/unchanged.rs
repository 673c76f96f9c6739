//! A page that is given again is never another one than would be made now.

use actix_web::http::header::HeaderName;
use jiff::SignedDuration;
use meldekette::access::service::{people, roster};
use meldekette::store::{Db, Provided};

use crate::support::app::House;
use crate::support::cast::Cast;
use crate::support::client::{Door, Visitor};
use crate::support::town::case;

/// Whether the queue came as it was kept, and the page.
async fn queue(door: &Door, who: &Visitor, more: &str) -> (bool, String) {
    let reply = door.get(who, &format!("/eingang{more}")).await;
    let hit = reply.headers.get(HeaderName::from_static("cache-status"));
    (hit.is_some_and(|said| said == "Meldekette; hit"), reply.text())
}

/// The queue as it is given again. On PostgreSQL what others do in databases beside this one counts as a change, too.
async fn again(door: &Door, who: &Visitor) -> String {
    for _ in 0..200 {
        if let (true, page) = queue(door, who, "").await {
            return page;
        }
    }
    panic!("never given again");
}

#[actix_web::test]
async fn the_queue_is_given_again_to_the_same_session_until_anything_is_committed() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast, and what was told of the cases");
    let (analyst, other) = (&cast.person("analyst").visitor, &cast.person("analyst2").visitor);
    let (was_kept, first) = queue(&door, analyst, "").await;
    assert!(!was_kept, "nobody has asked for it yet");
    assert_eq!(again(&door, analyst).await, first);
    for (who, more) in [(other, ""), (analyst, "?f=frei"), (analyst, "?vorschau=TH-2026-00001")] {
        assert!(!queue(&door, who, more).await.0, "another page or another session: {more}");
    }
    assert!(
        !queue(&door, analyst, "?vorschau=TH-2026-00001").await.0,
        "a view of a case is recorded each time"
    );

    let new = case(&house, &cast, "reporter", "Neu", cast.houses.own, "by_name").await.reference;
    let (was_kept, page) = queue(&door, analyst, "").await;
    assert!(!was_kept && page.contains(&new) && !first.contains(&new), "the new case: {page}");
    assert_eq!(again(&door, analyst).await, page);

    // Another process, which shares nothing but the database.
    let elsewhere = Db::open(&house.app.config.database.url, 2, house.app.env.clone(), Provided::default());
    let reference = new.clone();
    elsewhere
        .unwrap()
        .write(move |tx| {
            use diesel::prelude::*;
            use meldekette::store::schema::incidents;
            let case = incidents::table.filter(incidents::reference.eq(&reference));
            Ok(diesel::update(case).set(incidents::priority.eq(Some(1))).execute(tx.conn)?)
        })
        .await
        .unwrap();
    let (was_kept, changed) = queue(&door, analyst, "").await;
    assert!(!was_kept && changed != page, "what another process committed");

    house.clock.advance(SignedDuration::from_secs(6));
    assert!(!queue(&door, analyst, "").await.0, "ages are told in minutes");
    again(&door, analyst).await;
}

#[actix_web::test]
async fn whoever_loses_session_or_role_is_not_given_the_page_again() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast, and what was told of the cases");
    for (who, loses) in [("analyst", "session"), ("analyst2", "role")] {
        let person = cast.person(who);
        let (_, page) = queue(&door, &person.visitor, "").await;
        assert_eq!(again(&door, &person.visitor).await, page);
        if loses == "session" {
            let out: [(&str, &str); 0] = [];
            door.post(&person.visitor, "/abmelden", &out).await;
        } else {
            let grants = house.act(person.account, roster::own_grants).await;
            for grant in grants {
                let administrator = cast.person("administrator").account;
                house.act(administrator, move |tx, actor| people::end_grant(tx, actor, grant.grant.id)).await;
            }
        }
        let reply = door.get(&person.visitor, "/eingang").await;
        assert_ne!(reply.status, 200, "{who} without {loses}: {}", reply.text());
    }
}
