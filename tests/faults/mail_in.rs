//! `meldekette mail-in` in a mail server's pipe: what it answers is what the mail server does next.

use std::time::Duration;

use diesel::prelude::*;
use meldekette::store::schema::inbound_mails;

use super::house::House;
use super::run::wait_until;
use super::sink::Sink;

const MAIL: &[u8] = b"Return-Path: <amt@klein.example>\nDelivered-To: cert@thueringencert.example\n\
    From: amt@klein.example\nSubject: Durch die Leitung\n\nGuten Tag\n";

fn count(house: &House, state: &str) -> i64 {
    let rows = inbound_mails::table.filter(inbound_mails::state.eq(state));
    house.app().db.read_now(|tx| Ok(rows.count().get_result(tx.conn)?)).unwrap()
}

#[test]
fn a_pipe_hears_zero_when_the_mail_is_durable_and_75_while_it_cannot_be() {
    let house = House::unbuilt();
    let without = house.run_fed(&["mail-in"], MAIL, &[]);
    assert_eq!(without.status.code(), Some(75), "{}", String::from_utf8_lossy(&without.stderr));
    let wrong = house.run_fed(&["mail-in"], MAIL, &[("MAIL_FROM", "keine Adresse")]);
    assert_eq!(wrong.status.code(), Some(75), "a fault of the operator's costs no mail");
    let house = House::new();
    let asked = house.run_fed(&["mail-in", "--explain"], MAIL, &[]);
    assert_eq!(asked.status.code(), Some(0), "{}", String::from_utf8_lossy(&asked.stderr));
    let said: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    assert_eq!((said["is"].as_str(), said["becomes"].as_str()), (Some("report"), Some("show")), "{said}");
    assert_eq!(said["envelope"]["from"], "amt@klein.example");
    assert_eq!(count(&house, "waiting"), 0, "to explain changes nothing");
    let taken = house.run_fed(&["mail-in"], MAIL, &[]);
    assert_eq!(taken.status.code(), Some(0), "{}", String::from_utf8_lossy(&taken.stderr));
    assert_eq!(count(&house, "waiting"), 1);
    let nothing = house.run_fed(&["mail-in"], b"", &[]);
    assert_eq!(nothing.status.code(), Some(65));
    let huge = house.run_fed(&["mail-in"], &vec![b'x'; (25 << 20) + 1], &[]);
    assert_eq!(huge.status.code(), Some(65));
    // Whoever serves reads it.
    let sink = Sink::taking(Duration::ZERO);
    let _serving = house.work(&sink, &[]);
    wait_until(60, "the mail was read", || count(&house, "open") == 1);
}
