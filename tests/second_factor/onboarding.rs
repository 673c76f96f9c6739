//! From the invitation to a town hall that is ready: each step is on the start page until all are done.

use diesel::prelude::*;
use jiff::SignedDuration;
use meldekette::core::ids::OrgId;
use meldekette::directory::model::{ContactInput, ContactRole, Enrolment};
use meldekette::directory::service as directory;
use meldekette::store::schema::{audit_rows, organisation_confirmations as confirmations};

use super::ways::{Browser, stage};
use crate::support::app::{House, URL};
use crate::support::cast::{PASSWORD, address, named};
use crate::support::guide::hidden;

const OPEN: &str = ">offen</span>";

#[actix_web::test]
async fn a_new_person_is_led_from_step_to_step_until_all_is_done() {
    let (house, door, cast) = stage().await;
    let reporter = cast.person("reporter");
    let mut browser = Browser::signed_in(&door, &reporter.mail).await;
    browser.set_up(&house).await;
    let start = browser.open("/").await.1.text();
    assert!(start.contains("Noch einzurichten") && start.matches(OPEN).count() == 2, "{start}");
    let path = format!("/register/{}/angaben", cast.houses.own);
    assert!(start.contains(&format!("href=\"{path}\"")), "{start}");
    let shown = browser.open(&path).await.1.text();
    assert!(
        shown.contains("Stimmen diese Angaben?") && shown.contains("Ihre Leitung kann Kontakte ändern"),
        "{shown}"
    );
    let seen = hidden(&shown, "stand");

    let stale = browser.post(&path, &path, &[("stand", "0")]).await;
    assert!(
        stale.status.as_u16() == 409 && stale.text().contains("Gerade hat jemand etwas geändert"),
        "{}",
        stale.text()
    );
    let done = browser.post(&path, &path, &[("stand", &seen)]).await;
    assert_eq!(done.to.as_deref(), Some("/"), "{}", done.text());
    let start = browser.open("/").await.1.text();
    assert!(start.contains("Noch einzurichten") && start.matches(OPEN).count() == 1, "{start}");
    let printed = format!("/register/{}/notfallkarte/gedruckt", cast.houses.own);
    browser.post("/", &printed, &[]).await;
    let start = browser.open("/").await.1.text();
    assert!(!start.contains("Noch einzurichten"), "{start}");
    let (by, recorded): (Vec<(OrgId, String)>, i64) = house
        .app
        .db
        .read_now(|tx| {
            let data = confirmations::table.filter(confirmations::what.eq("data"));
            let by = data.select((confirmations::organisation_id, confirmations::author));
            let rows = audit_rows::table.filter(audit_rows::action.eq("directory.confirm"));
            Ok((by.load(tx.conn)?, rows.count().get_result(tx.conn)?))
        })
        .unwrap();
    assert_eq!((by, recorded), (vec![(cast.houses.own, "KNReigenMelderin".to_owned())], 1));
    let entry = browser.open(&format!("/register/{}", cast.houses.own)).await.1.text();
    assert!(entry.contains("Bestätigt heute"), "{entry}");
    house.work().await;
}

#[actix_web::test]
async fn a_provider_has_no_card_and_is_not_asked_for_one() {
    let (house, door, cast) = stage().await;
    let provider = cast.houses.provider;
    let mut browser = Browser::signed_in(&door, &cast.person("provider.reporter").mail).await;
    browser.set_up(&house).await;
    let start = browser.open("/").await.1.text();
    assert!(start.contains("Noch einzurichten") && start.matches(OPEN).count() == 1, "{start}");
    assert!(!start.contains("notfallkarte"), "{start}");
    let printed = format!("/register/{provider}/notfallkarte/gedruckt");
    let refused = browser.post("/", &printed, &[]).await;
    assert_eq!(refused.status.as_u16(), 409, "{}", refused.text());
    let path = format!("/register/{provider}/angaben");
    let seen = hidden(&browser.open(&path).await.1.text(), "stand");
    browser.post(&path, &path, &[("stand", &seen)]).await;
    let start = browser.open("/").await.1.text();
    assert!(!start.contains("Noch einzurichten"), "{start}");
    house.work().await;
}

#[actix_web::test]
async fn a_contact_that_was_silent_says_by_one_press_that_it_holds_and_who_says_nothing_is_called() {
    let (house, door, cast) = stage().await;
    let own = cast.houses.own;
    let lead = cast.person("cert_lead").account;
    for (name, mail) in
        [("Leitstelle", "leitstelle@eigen.example"), ("Vertretung", "vertretung@eigen.example")]
    {
        let input = ContactInput {
            role: ContactRole::Deputy,
            name: named(name),
            mail: Some(address(mail)),
            phone: None,
            out_of_band: None,
            is_function: true,
            certificate: None,
            pgp: None,
        };
        house.act(lead, move |tx, actor| directory::add_contact(tx, actor, own, &input).map(|_| ())).await;
    }
    house
        .act(lead, move |tx, actor| {
            for next in [Enrolment::Invited, Enrolment::Enrolled] {
                let seen = directory::load(tx, own)?.version;
                directory::set_enrolment(tx, actor, own, next, seen)?;
            }
            Ok(())
        })
        .await;
    let ask = || house.write(directory::ask);
    assert_eq!(ask().await, 0, "they have just been entered");
    house.clock.advance(SignedDuration::from_hours(24 * 180));
    assert_eq!(ask().await, 2);
    assert_eq!(ask().await, 0, "not again on the same day");
    house.work().await;
    let link = link_to(&house, "leitstelle@eigen.example");
    let mut stranger = Browser::of(&door, door.stranger().await);
    let page = stranger.open(&link).await.1.text();
    assert!(
        page.contains("Stimmt dieser Kontakt noch?") && page.contains("leitstelle@eigen.example"),
        "{page}"
    );
    assert!(stranger.open(&link).await.1.status.is_success(), "looking changes nothing");
    let done = stranger.post(&link, &link, &[]).await;
    assert_eq!(done.to.as_deref(), Some("/kontakt/bestaetigt"), "{}", done.text());
    assert_eq!(stranger.open(&link).await.1.status.as_u16(), 404, "a link is used once");

    for asked in [1, 1, 0] {
        house.clock.advance(SignedDuration::from_hours(24 * 7));
        assert_eq!(ask().await, asked, "the silent one alone, three times in all");
        house.work().await;
    }
    let desk = house.door().await;
    let analyst = desk.sign_in(&cast.person("analyst").mail, PASSWORD).await;
    let list = desk.get(&analyst, "/register/anbindung").await.text();
    assert!(
        list.contains("Kontakte, die nicht antworten") && list.contains("vertretung@eigen.example"),
        "{list}"
    );
    assert!(!list.contains("leitstelle@eigen.example"), "who answered is not on it: {list}");
    let entry = desk.get(&analyst, &format!("/register/{own}")).await.text();
    assert!(entry.contains("Bestätigt: "), "{entry}");
}

/// The path of the link in the mail to an address.
fn link_to(house: &House, address: &str) -> String {
    let sent = house.mails.take();
    let (_, mail) = sent.iter().find(|(envelope, _)| envelope.to.as_str() == address).expect("a mail");
    let message = mail_parser::MessageParser::default().parse(mail).expect("a mail");
    let text = message.body_text(0).expect("a text").into_owned();
    let (_, rest) = text.split_once(URL).expect("a link");
    rest.split_whitespace().next().unwrap().to_owned()
}
