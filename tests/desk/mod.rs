//! The team's pages as the team meets them.

mod counts;
mod offline;
mod unchanged;

use std::sync::Arc;

use meldekette::core::ids::AnyId;
use meldekette::core::text::{Prose, Title};
use meldekette::core::tlp::Tlp;
use meldekette::core::urgency::Urgency;
use meldekette::incidents::model::Audience;
use meldekette::incidents::service as incidents;
use meldekette::incidents::status::CloseReason;
use meldekette::mail::content::{Content, Slots, Template};
use meldekette::mail::dead;
use meldekette::mail::message::Recipient;
use meldekette::mail::outbox::{self, MailPurpose, NewMail};

use crate::support::app::House;
use crate::support::cast::{Cast, address, named};
use crate::support::paper::text_of;
use crate::support::refusing::Refusing;
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

#[actix_web::test]
async fn an_administrator_sends_every_mail_again_that_one_dispatch_could_not_deliver_for_one_reason() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast, and mails that are sent again");
    house.work().await;
    let (dispatch, elsewhere) = house
        .write(|tx| {
            let (dispatch, elsewhere): (AnyId, AnyId) = (tx.id(), tx.id());
            for (number, belongs_to) in [dispatch, dispatch, dispatch, elsewhere].into_iter().enumerate() {
                let text = Template::new("Bitte lesen.")?;
                let mail = NewMail {
                    purpose: MailPurpose::Advisory,
                    dispatch: Some(belongs_to),
                    to: Recipient {
                        address: address(&format!("it{number}@stadt.example")),
                        name: Some(named(&format!("Stadt {number}"))),
                    },
                    urgency: Urgency::Case,
                    slots: Slots::new(),
                };
                let content = Content::clear(Tlp::Clear, Title::parse("Warnung").unwrap(), text)?;
                outbox::enqueue(tx, &content, mail)?;
            }
            Ok((dispatch, elsewhere))
        })
        .await;
    house.work_with(Arc::new(Refusing)).await;
    let failed = || house.app.db.read_now(|tx| dead::list(tx, 99)).unwrap();
    let of = |belongs_to| {
        failed().into_iter().filter(|mail| mail.dispatch == Some(belongs_to)).collect::<Vec<_>>()
    };
    assert_eq!((of(dispatch).len(), of(elsewhere).len()), (3, 1));

    let administrator = &cast.person("administrator").visitor;
    let page = door.get(administrator, "/warteschlangen").await.text();
    assert!(page.contains("Stadt 2 ") && !page.contains("it2@stadt.example"), "{page}");
    assert_eq!(page.matches("Alle 3 mit dieser Antwort").count(), 1, "{page}");
    let first = of(dispatch)[0].id;
    let none: [(&str, &str); 0] = [];
    let sent = door.post(administrator, &format!("/warteschlangen/mail/{first}/alle"), &none).await;
    assert_eq!(sent.status.as_u16(), 303, "{}", sent.text());
    assert_eq!((of(dispatch).len(), of(elsewhere).len()), (0, 1), "what failed elsewhere stays");
    let page = door.get(&cast.person("auditor").visitor, "/protokoll?aktion=mail.revive").await.text();
    assert_eq!(page.matches("Mail noch einmal versandt").count(), 3, "{page}");
}

#[actix_web::test]
async fn a_case_goes_on_paper_as_its_page_shows_it_and_every_page_bears_its_label() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast, and what was told of the case");
    let reference = case(&house, &cast, "reporter", "Zu", cast.houses.own, "by_name").await.reference;
    let own = cast.houses.own;
    let lines = "Das Netz im Erdgeschoss ist aus.\n".repeat(120);
    for (audience, words) in [
        (Audience::Team, "Nur unter uns: ein Verdacht."),
        (Audience::Organisation(own), "Bitte lassen Sie die Geräte an."),
        (Audience::Organisation(own), lines.as_str()),
    ] {
        let (reference, words) = (reference.clone(), Prose::parse(words).unwrap());
        let analyst = cast.person("analyst").account;
        house
            .act(analyst, move |tx, actor| incidents::message(tx, actor, &reference, audience, &words))
            .await;
    }
    for (who, reads_notes) in [("analyst", true), ("auditor", true), ("reporter", false)] {
        let visitor = &cast.person(who).visitor;
        let file = door.get(visitor, &format!("/vorgaenge/{reference}/vorgang.pdf")).await;
        assert_eq!(file.status.as_u16(), 200, "{who}");
        let said = text_of(&file.body);
        let pages = said.matches('\u{c}').count();
        assert!(pages >= 3, "{who}: {pages} pages");
        // At head and foot (TLP 2.0).
        assert!(said.matches("TLP:AMBER").count() >= 2 * pages, "{who}: {said}");
        assert!(said.contains("Bitte lassen Sie die Geräte an."), "{who}: {said}");
        assert_eq!(said.contains("Nur unter uns"), reads_notes, "{who}: {said}");
        assert_eq!(said.contains("Nur ThüringenCERT"), reads_notes, "{who}: {said}");
    }
    let trail = door.get(&cast.person("auditor").visitor, "/protokoll?aktion=incident.download").await.text();
    assert_eq!(trail.matches("Vorgang als PDF geladen").count(), 3, "{trail}");
}
