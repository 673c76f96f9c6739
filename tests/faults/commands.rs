//! Commands on an installation that is not finished: whoever only looks changes nothing.

use std::process::Output;

use super::house::House;

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
