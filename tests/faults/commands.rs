//! Commands on an installation that is not finished: whoever only looks changes nothing.

use std::process::Output;
use std::time::Duration;

use meldekette::core::i18n::{Lang, text};
use meldekette::mail::dead;

use super::house::House;
use super::run::wait_until;
use super::sink::Sink;
use super::town::Town;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn looking_makes_neither_keys_nor_tables_and_an_old_schema_is_named_and_left_alone() {
    let house = House::unbuilt();
    for look in [&["doctor"][..], &["audit", "verify"]] {
        let looked = house.run(look);
        assert!(!looked.status.success(), "{look:?}: {}", said(&looked));
        assert!(said(&looked).contains("run `meldekette migrate`"), "{look:?}: {}", said(&looked));
        assert!(house.is_untouched(), "{look:?}");
    }
    let refused = house.run(&["account", "first-links"]);
    assert!(!refused.status.success() && said(&refused).contains("the schema is old"), "{}", said(&refused));
    let doctor = house.run(&["doctor"]);
    assert!(said(&doctor).contains("BAD    database: the schema is old"), "{}", said(&doctor));
    assert!(house.run(&["migrate"]).status.success());
    let doctor = house.run(&["doctor"]);
    assert!(said(&doctor).contains("answers, the schema is up to date"), "{}", said(&doctor));
    let verified = house.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
}

#[test]
fn with_an_ended_certificate_reports_come_in_mails_wait_and_the_operator_is_told_what_to_do() {
    let house = House::new().with_ended_certificate();
    let app = house.app();
    let (town, sink) = (Town::settle(&app), Sink::taking(Duration::ZERO));
    let server = house.serve(&sink, &[]);
    let http = town.client(&server);
    assert_eq!(http.file("eins", "Anhang geöffnet.").unwrap().0, 201);
    wait_until(30, "the mail says why it waits", || {
        let waiting = app.db.read_now(|tx| dead::list_waiting(tx, 9)).unwrap();
        waiting.iter().map(|(why, _)| why.as_str()).eq([text(Lang::De, "mail-certificate")])
    });
    assert!(sink.taken().is_empty(), "nothing leaves without a signature");
    let (status, ready) = http.get("/readyz");
    let doctor = house.run(&["doctor"]);
    assert_eq!((status, doctor.status.success()), (200, false));
    let log = server.logged("every mail waits").join("\n");
    assert_eq!(log.lines().count(), 1, "{log}");
    for told in [ready.to_string(), said(&doctor), log] {
        assert!(told.contains("meldekette keys import"), "{told}");
    }
}
