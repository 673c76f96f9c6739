//! The team's pages as the team meets them.

use meldekette::incidents::service as incidents;
use meldekette::incidents::status::CloseReason;

use crate::support::app::House;
use crate::support::cast::Cast;
use crate::support::town::case;

#[actix_web::test]
async fn whoever_seeks_a_reference_finds_the_case_though_it_is_closed() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast, and what was told of the cases");
    let closed = case(&house, &cast, "reporter", "Zu", cast.houses.own, "by_name").await.reference;
    let open =
        case(&house, &cast, "foreign.reporter", "Offen", cast.houses.foreign, "by_name").await.reference;
    let analyst = cast.person("analyst");
    let reference = closed.clone();
    house
        .act(analyst.account, move |tx, actor| {
            let seen = incidents::show(tx, actor, &reference)?.incident.version;
            incidents::close(tx, actor, &reference, seen, CloseReason::Resolved)
        })
        .await;
    for (query, finds_closed, finds_open) in [
        (String::new(), false, true),
        (format!("?q={closed}"), true, false),
        (format!("?q={}", closed.to_lowercase()), true, false),
        ("?q=TH-2".to_owned(), true, true),
        (format!("?q={closed}&f=frei"), true, false),
        ("?q=TH-2&f=zu".to_owned(), true, false),
        (format!("?q={closed}&f=meine"), false, false),
    ] {
        let page = door.get(&analyst.visitor, &format!("/eingang{query}")).await.text();
        let found = |reference: &str| page.contains(&format!(">{reference}</a>"));
        assert_eq!((found(&closed), found(&open)), (finds_closed, finds_open), "{query}: {page}");
        assert_eq!(page.contains("Kein Vorgang passt dazu"), !finds_closed && !finds_open, "{query}");
    }
}
