//! Search finds what somebody may read, all of it and nothing else; and it finds the same on each engine.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::core::error::FieldError;
use crate::core::text::{Line, Name, Prose, Title};
use crate::incidents::model::{Audience, Inform, Part};
use crate::incidents::search::service::{self as search, Found, PAGE};
use crate::incidents::search::{FillIndex, fill};
use crate::incidents::status::CloseReason;
use crate::incidents::store;
use crate::queue::Runner;
use crate::store::schema::search_docs;

const EVERYBODY: [&str; 9] =
    ["amt", "stadt", "dienst", "analyse1", "analyse2", "leitung", "revision", "freigabe", "verwaltung"];

impl House {
    fn try_search(&self, who: &str, typed: &str, cursor: Option<&str>, limit: i64) -> Result<Found> {
        let actor = self.actor(who);
        self.db().read_now(|tx| search::search(tx, &actor, typed, cursor, limit))
    }

    fn search(&self, who: &str, typed: &str) -> Found {
        self.try_search(who, typed, None, 200).unwrap()
    }

    /// The references that a search finds, in no order.
    fn finds(&self, who: &str, typed: &str) -> BTreeSet<String> {
        let found = self.search(who, typed);
        assert_eq!(found.total, found.hits.len(), "{who}: {typed}");
        found.hits.into_iter().map(|hit| hit.row.reference).collect()
    }

    fn write_to(&self, who: &str, case: &Incident, audience: Audience, text: &str) {
        let (reference, text) = (case.reference.clone(), Prose::parse(text).unwrap());
        self.act(who, move |tx, actor| service::message(tx, actor, &reference, audience, &text)).unwrap();
    }
}

/// One case for each combination of who reports, whom may be told, which part the provider has and who is named, with a
/// word of its own for each thing that is written in it.
fn world(house: &House) -> Vec<Incident> {
    let parts = [None, Some(Part::Affected), Some(Part::Handler), Some(Part::Informed)];
    let some = vec![house.account("amt"), house.account("dienst"), house.account("revision")];
    let mut cases = Vec::new();
    for (who, org) in [("amt", house.village), ("stadt", house.city)] {
        for inform in Inform::ALL {
            for part in parts {
                for named in [None, Some(some.clone())] {
                    let n = cases.len();
                    let case = house.file(who, org, |report| {
                        report.title = Title::parse(&format!("Störung titel{n}x")).unwrap();
                        report.description = Prose::parse(&format!("Beschrieben bericht{n}x")).unwrap();
                        report.contact_name = Some(Name::parse(&format!("Frau kontakt{n}x")).unwrap());
                        report.inform = *inform;
                    });
                    let (id, provider, city) = (case.id, house.provider, house.city);
                    write(house.db(), move |tx| {
                        if let Some(part) = part {
                            service::involve(tx, id, provider, part)?;
                        }
                        if n % 3 == 0 {
                            service::involve(tx, id, city, Part::Informed)?;
                        }
                        Ok(())
                    });
                    house.write_to("analyse1", &case, Audience::Team, &format!("Intern team{n}x"));
                    house.write_to("analyse1", &case, Audience::Involved, &format!("An alle alle{n}x"));
                    house.write_to(
                        "analyse1",
                        &case,
                        Audience::Organisation(org),
                        &format!("Nur meldend{n}x"),
                    );
                    if part.is_some() {
                        let to = Audience::Organisation(house.provider);
                        house.write_to("analyse1", &case, to, &format!("Nur dienst{n}x"));
                    }
                    if named.is_some() {
                        house.restrict("analyse1", &case, named).unwrap();
                    }
                    cases.push(house.load(&case));
                }
            }
        }
    }
    cases
}

/// Everything that a page of the case says.
fn page_of(view: &View) -> String {
    let mut said = vec![view.incident.title.clone()];
    for report in view.report.iter().chain(&view.later) {
        said.extend([report.description.clone(), report.measures.clone(), report.contact_name.clone()]);
    }
    said.extend(view.entries.iter().filter_map(|entry| entry.body.clone()));
    said.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_exactly_the_words_that_they_may_read() {
    for house in houses().await {
        let cases = world(&house);
        house.digest().await;
        for who in EVERYBODY {
            let all: Vec<String> = cases.iter().map(|case| case.reference.clone()).collect();
            let pages: BTreeMap<String, String> = house
                .act(who, move |tx, actor| {
                    let mut pages = BTreeMap::new();
                    for reference in &all {
                        match service::show(tx, actor, reference) {
                            Ok(view) => pages.insert(reference.clone(), page_of(&view)),
                            Err(Error::NotFound) => None,
                            Err(error) => return Err(error),
                        };
                    }
                    Ok(pages)
                })
                .unwrap();
            for (n, case) in cases.iter().enumerate() {
                for word in ["titel", "bericht", "kontakt", "team", "alle", "meldend", "dienst"] {
                    let word = format!("{word}{n}x");
                    let read: BTreeSet<String> = pages
                        .iter()
                        .filter(|(_, page)| page.contains(&word))
                        .map(|(reference, _)| reference.clone())
                        .collect();
                    assert_eq!(house.finds(who, &word), read, "{who} searches for {word}");
                }
                let reference = &case.reference;
                let named = house.search(who, reference).named.map(|named| named.reference);
                assert_eq!(
                    named.as_ref(),
                    pages.contains_key(reference).then_some(reference),
                    "{who} names it"
                );
            }
            // What is common to all is found as far as it is read, and no result says more than its page.
            for word in ["störung", "beschrieben", "intern", "meldend*"] {
                for hit in house.search(who, word).hits {
                    let page = &pages[&hit.row.reference];
                    assert!(hit.row.title.is_empty() || page.contains(&hit.row.title), "{who}: {word}");
                    for part in hit.texts.iter().flat_map(|text| &text.parts).filter(|part| part.is_found) {
                        assert!(page.contains(&part.text), "{who}: {word}: {part:?}");
                    }
                }
            }
            // By the organisation, as far as the reporter allowed its name to be told.
            for name in ["Gera", "Berga"] {
                let by_field = house.finds(who, &format!("org:{name}"));
                let told = house.search(who, &format!("org:{name} störung"));
                assert_eq!(told.hits.len(), by_field.len(), "{who}: with words or without, {name}");
                for hit in told.hits {
                    assert!(hit.row.organisation.is_some(), "{who}: {name}");
                }
            }
        }
        assert!(
            house.finds("freigabe", "störung").is_empty() && house.finds("verwaltung", "störung").is_empty()
        );
        assert!(house.finds("analyse1", "störung").len() > 20);
    }
}

/// Cases by a name of their own.
fn library(house: &House) -> BTreeMap<&'static str, Incident> {
    let file = |who: &str, org, title: &str, description: &str, phone: Option<&str>| {
        house.file(who, org, |report| {
            report.title = Title::parse(title).unwrap();
            report.description = Prose::parse(description).unwrap();
            report.contact_name = Some(Name::parse("Herr Börner").unwrap());
            report.contact_phone = phone.map(|phone| Line::parse(phone).unwrap());
        })
    };
    let mut cases = BTreeMap::new();
    cases.insert(
        "strasse",
        file(
            "stadt",
            house.city,
            "Server der Straßenverkehrsbehörde steht",
            "Seit früh sind alle Häuser offline.",
            Some("03623 1234-56"),
        ),
    );
    cases.insert(
        "phishing",
        file("stadt", house.city, "Rechnung mit Anhang", "Mail von buchhaltung(at)evil[.]example mit hxxps://evil[.]example/rechnung.pdf.exe, siehe CVE-2026-1234.", None),
    );
    cases.insert(
        "dorf",
        file("amt", house.village, "Verschlüsselte Dateien", "Der Server zeigt 203[.]0[.]113[.]7 und sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.", None),
    );
    house.clock.advance(SignedDuration::from_hours(24 * 9));
    cases.insert(
        "neu",
        file(
            "amt",
            house.village,
            "Drucker druckt nicht",
            "Eine Rechnung liegt im Fach, kein Server ist betroffen.",
            None,
        ),
    );
    house.triage(&cases["dorf"], |_| {}).unwrap();
    let closed = house.load(&cases["phishing"]);
    house
        .act("analyse1", move |tx, actor| {
            service::close(tx, actor, &closed.reference, closed.version, CloseReason::Resolved)
        })
        .unwrap();
    house.write_to("analyse1", &cases["strasse"], Audience::Team, "Der Betreiber prüft die Firewall.");
    cases
}

/// What an analyst finds, on each engine the same. The file was reported on 21 November, the last case on the 30th.
const FINDS: [(&str, &[&str]); 44] = [
    ("server", &["strasse", "dorf", "neu"]),
    ("Servern", &["strasse", "dorf", "neu"]),
    ("strasse", &[]),
    ("strassenverkehrsbehörde", &["strasse"]),
    ("STRASSENVERKEHRSBEHOERDEN", &["strasse"]),
    ("straßenv*", &["strasse"]),
    ("haus", &["strasse"]),
    ("haeuser", &["strasse"]),
    ("firewall", &["strasse"]),
    ("rechnungen", &["phishing", "neu"]),
    ("rechnung anhang", &["phishing"]),
    ("rechnung -anhang", &["neu"]),
    ("rechnung NICHT anhang", &["neu"]),
    ("-rechnung", &["strasse", "dorf"]),
    ("\"rechnung mit\"", &["phishing"]),
    ("„Rechnung mit Anhang“", &["phishing"]),
    ("\"mit rechnung\"", &[]),
    ("\"anhang mail\"", &[]),
    ("ioc:evil.example", &["phishing"]),
    ("ioc:hxxps://evil[.]example/rechnung.pdf.exe", &["phishing"]),
    ("ioc:buchhaltung@evil.example", &["phishing"]),
    ("merkmal:203.0.113.7", &["dorf"]),
    ("203[.]0[.]113[.]7", &["dorf"]),
    ("ioc:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", &["dorf"]),
    ("-ioc:evil.example rechnung", &["neu"]),
    ("ioc:203.0.113.8", &[]),
    ("cve:2026-1234", &["phishing"]),
    ("CVE-2026-1234", &["phishing"]),
    ("cve:2026-12345", &[]),
    ("03623 123456", &["strasse"]),
    ("+49 3623 1234 56", &["strasse"]),
    ("ioc:03623123456", &["strasse"]),
    ("boerner", &["strasse", "phishing", "dorf", "neu"]),
    ("status:offen", &["strasse", "dorf", "neu"]),
    ("status:closed", &["phishing"]),
    ("-status:closed rechnung", &["neu"]),
    ("stand:eingestuft server", &["dorf"]),
    ("org:gera", &["strasse", "phishing"]),
    ("stelle:berga server", &["dorf", "neu"]),
    ("gera rechnung", &["phishing"]),
    ("kategorie:infected-system", &["dorf"]),
    ("art:malicious-code/infected-system server", &["dorf"]),
    ("seit:30.11.2026", &["neu"]),
    ("von:20.11. bis:2026-11-29 server", &["strasse", "dorf"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_finds_the_same_with_each_query_on_each_engine() {
    for house in houses().await {
        let cases = library(&house);
        house.digest().await;
        for (typed, expected) in FINDS {
            let expected: BTreeSet<String> =
                expected.iter().map(|name| cases[name].reference.clone()).collect();
            assert_eq!(house.finds("analyse1", typed), expected, "{typed}");
        }
        // The title counts more than the text, and among equals the newest case comes first.
        let order = |typed: &str| -> Vec<String> {
            house.search("analyse1", typed).hits.into_iter().map(|hit| hit.row.reference).collect()
        };
        let in_order = |names: [&str; 3]| names.map(|name| cases[name].reference.clone()).to_vec();
        assert_eq!(order("server"), in_order(["strasse", "neu", "dorf"]));
        let hit = &house.search("analyse1", "strassenverkehrsbehörde server").hits[0];
        let marked: Vec<_> =
            hit.title.iter().filter(|part| part.is_found).map(|part| part.text.as_str()).collect();
        assert_eq!(marked, ["Server", "Straßenverkehrsbehörde"]);
        // A town hall finds its own, in its own words.
        assert!(house.finds("stadt", "firewall").is_empty());
        assert_eq!(house.finds("stadt", "server"), BTreeSet::from([cases["strasse"].reference.clone()]));
        // By its number alone.
        let number = cases["dorf"].reference.trim_start_matches("TH-2026-").trim_start_matches('0');
        let named = house.search("analyse1", number).named.unwrap();
        assert_eq!((named.reference.as_str(), named.is_exact), (cases["dorf"].reference.as_str(), false));
        assert!(house.search("stadt", number).named.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_results_follow_each_other_without_a_gap_and_what_was_erased_or_changed_is_gone() {
    for house in houses().await {
        for n in 0..45 {
            house.file("stadt", house.city, |report| {
                let title = if n % 2 == 0 { "Ausfall" } else { "Drucker" };
                report.title = Title::parse(title).unwrap();
                report.description = Prose::parse("Ausfall im Rathaus").unwrap();
            });
        }
        house.digest().await;
        let (mut cursor, mut seen) = (None::<String>, Vec::new());
        loop {
            let found = house.try_search("analyse1", "ausfall rathaus", cursor.as_deref(), PAGE).unwrap();
            assert_eq!((found.total, found.is_more), (45, false));
            seen.extend(found.hits.into_iter().map(|hit| hit.row.reference));
            cursor = found.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 45);
        assert_eq!(seen.len(), 45);
        for odd in ["", "abc", "MTIz"] {
            assert_eq!(
                refused(house.try_search("analyse1", "x", Some(odd), PAGE)),
                [("cursor", "error-cursor")]
            );
        }

        // What was there before the index is read at the first start that meets none, once.
        let rows = |house: &House| -> i64 {
            house.db().read_now(|tx| Ok(search_docs::table.count().get_result(tx.conn)?)).unwrap()
        };
        let before = rows(&house);
        write(house.db(), |tx| {
            diesel::delete(search_docs::table).execute(tx.conn)?;
            match tx.conn {
                crate::store::Conn::Postgres(c) => {
                    diesel::sql_query("DELETE FROM search_words").execute(c)?
                }
                crate::store::Conn::Sqlite(c) => diesel::sql_query("DELETE FROM search_words").execute(c)?,
            };
            fill(tx)
        });
        assert!(house.finds("analyse1", "ausfall rathaus").is_empty());
        let runner = Runner::new(house.db().clone()).register::<FillIndex>();
        let round = runner.run_due().await.unwrap();
        assert_eq!((round.failed, round.dead), (0, 0));
        assert_eq!(rows(&house), before);
        assert_eq!(house.finds("analyse1", "ausfall rathaus").len(), 45);
        write(house.db(), fill);
        assert_eq!(runner.run_due().await.unwrap().done, 0, "what is full is not filled again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_leaves_a_case_or_may_no_longer_know_finds_it_no_more_even_before_the_index_is_told() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |report| {
            report.title = Title::parse("Netz gestört").unwrap();
            report.description = Prose::parse("Kennwort Seerose").unwrap();
        });
        let (id, provider) = (case.id, house.provider);
        write(house.db(), move |tx| service::involve(tx, id, provider, Part::Handler));
        house.digest().await;
        assert_eq!(house.finds("dienst", "seerose").len(), 1);
        write(house.db(), move |tx| store::end_involvement(tx, id, provider));
        assert!(house.finds("dienst", "seerose").is_empty());
        assert!(house.finds("dienst", "gestört").is_empty());
        write(house.db(), move |tx| store::resume_involvement(tx, id, provider, Part::Handler, None));
        assert_eq!(house.finds("dienst", "seerose").len(), 1);
        write(house.db(), move |tx| {
            use crate::store::schema::reports;
            diesel::update(reports::table.filter(reports::incident_id.eq(id)))
                .set(reports::inform.eq("nobody"))
                .execute(tx.conn)?;
            Ok(())
        });
        assert!(house.finds("dienst", "seerose").is_empty());
        assert!(house.finds("dienst", "gestört").is_empty());
        house.restrict("analyse1", &case, Some(vec![house.account("stadt")])).unwrap();
        assert!(house.finds("analyse2", "seerose").is_empty());
        assert_eq!(house.finds("stadt", "seerose").len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_search_shows_of_a_case_is_in_the_trail() {
    for house in houses().await {
        house.file("stadt", house.city, |report| {
            report.description = Prose::parse("Kennwort Seerose").unwrap();
        });
        house.digest().await;
        let shown = |house: &House| -> i64 {
            use crate::store::schema::audit_rows;
            let of = audit_rows::table.filter(audit_rows::action.eq("incident.find"));
            house.db().read_now(|tx| Ok(of.count().get_result(tx.conn)?)).unwrap()
        };
        let ask = |typed: &'static str| {
            search::ask(house.db(), house.actor("analyse1"), typed.to_owned(), None, PAGE)
        };
        ask("bauamt").await.unwrap();
        assert_eq!(shown(&house), 0, "a title is what lists show");
        assert_eq!(ask("seerose").await.unwrap().hits.len(), 1);
        assert_eq!(shown(&house), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_a_query_names_the_field_and_what_was_typed() {
    for house in houses().await {
        for (typed, reason, field) in [
            ("status:zu", "error-search-status", "status"),
            ("stand:", "error-search-value", "stand"),
            ("satus:offen", "error-search-field", "satus"),
            ("kategorie:xyz", "error-search-category", "kategorie"),
            ("von:32.1.2026", "error-search-date", "von"),
            ("cve:1", "error-search-cve", "cve"),
            ("-org:gera", "error-search-left-out", "org"),
            ("org:a org:b", "error-search-twice", "org"),
        ] {
            let Err(Error::Invalid(errors)) = house.try_search("analyse1", typed, None, PAGE) else {
                panic!("{typed} is taken");
            };
            let FieldError { field: at, reason: why, args } = &errors[0];
            assert_eq!((*at, *why), ("q", reason), "{typed}");
            assert!(args.contains(&("field", field.to_owned())), "{typed}: {args:?}");
        }
    }
}
