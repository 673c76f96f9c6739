//! A drill, as a town hall and the CERT meet it.

use mail_parser::MessageParser;

use crate::support::app::House;
use crate::support::cast::Cast;
use crate::support::town::report;

const MARK: &str = "ÜBUNG";

#[actix_web::test]
async fn a_drill_is_marked_wherever_it_is_shown_counts_as_no_case_and_alarms_nobody() {
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.work().await;
    drop(house.mails.take());
    let reporter = &cast.person("reporter").visitor;
    let mut drill = serde_json::to_value(report("probe", cast.houses.own, "by_name")).unwrap();
    drill["drill"] = true.into();
    let filed = door.json(reporter, "/api/v1/incidents", &drill).await;
    assert_eq!(filed.status.as_u16(), 201, "{}", filed.text());
    house.work().await;

    let mails: Vec<_> = house.mails.take().into_iter().map(|(_, mail)| mail).collect();
    assert_eq!(mails.len(), 1, "the confirmation, and no alarm");
    let mail = MessageParser::default().parse(&mails[0]).expect("a mail");
    assert!(mail.subject().unwrap().starts_with("[TLP:AMBER] ÜBUNG: UE-2026-"), "{:?}", mail.subject());
    let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
    assert!(text.starts_with("TLP:AMBER\nÜBUNG: "), "{text}");

    assert!(door.get(reporter, "/").await.text().contains("Gerade läuft kein Vorgang."));
    let case = "/vorgaenge/UE-2026-00001";
    for page in ["/vorgaenge", case] {
        assert!(door.get(reporter, page).await.text().contains(MARK), "{page}");
    }
    let analyst = &cast.person("analyst").visitor;
    for page in ["/eingang", "/eingang?vorschau=UE-2026-00001", case] {
        assert!(door.get(analyst, page).await.text().contains(MARK), "{page}");
    }
}
