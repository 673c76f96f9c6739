//! What the product tells those who run it, what a drill is, and how the schema comes and goes.

mod drill;
mod migrations;

use jiff::SignedDuration;

use crate::support::app::House;
use crate::support::cast::{Cast, PASSWORD};

#[actix_web::test]
async fn an_administrator_reads_why_no_mail_leaves_as_soon_as_the_certificate_has_ended() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast");
    let administrator = &cast.person("administrator").visitor;
    let told = "Ohne gültiges Signaturzertifikat geht keine E-Mail hinaus";
    assert!(!door.get(administrator, "/warteschlangen").await.text().contains(told));
    let ready = door.get(administrator, "/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.text().as_str()), (200, "ok\n"));

    house.clock.advance(SignedDuration::from_hours(24 * 1000));
    let administrator = &door.sign_in(&cast.person("administrator").mail, PASSWORD).await;
    let page = door.get(administrator, "/warteschlangen").await.text();
    assert!(page.contains(told) && page.contains("meldekette keys import"), "{page}");
    let ready = door.get(administrator, "/readyz").await;
    assert_eq!(ready.status.as_u16(), 200);
    assert!(ready.text().contains("meldekette keys import"), "{}", ready.text());
}
