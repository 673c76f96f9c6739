//! Lists and single cases never disagree: for every part, wish and restriction that a case can have, and for everybody.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::core::text::Title;
use crate::incidents::model::{Filter, Inform, Part, Row};

const EVERYBODY: [&str; 9] =
    ["amt", "stadt", "dienst", "analyse1", "analyse2", "leitung", "revision", "freigabe", "verwaltung"];

/// One case for each combination: who reports, whom may be told, which part the provider has, who is named. Every other
/// one waits.
fn world(house: &House) -> Vec<Incident> {
    let parts = [None, Some(Part::Affected), Some(Part::Handler), Some(Part::Informed)];
    let some = vec![house.account("amt"), house.account("dienst"), house.account("revision")];
    let mut cases = Vec::new();
    for (who, org) in [("amt", house.village), ("stadt", house.city)] {
        for inform in Inform::ALL {
            for part in parts {
                for named in [None, Some(vec![house.account("analyse2")]), Some(some.clone())] {
                    let number = cases.len();
                    let case = house.file(who, org, |report| {
                        report.title = Title::parse(&format!("Störung FALL{number:03}")).unwrap();
                        report.inform = *inform;
                    });
                    let (id, provider, city) = (case.id, house.provider, house.city);
                    write(house.db(), move |tx| {
                        if let Some(part) = part {
                            service::involve(tx, id, provider, part)?;
                        }
                        if number % 3 == 0 {
                            service::involve(tx, id, city, Part::Informed)?;
                        }
                        Ok(())
                    });
                    if number % 2 == 0 {
                        house.wait(&case, "Betreiber", 48).unwrap();
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

fn references(rows: &[Row]) -> BTreeSet<String> {
    rows.iter().map(|row| row.reference.clone()).collect()
}

#[tokio::test]
async fn a_list_holds_what_may_be_seen_and_its_filters_match_what_is_shown() {
    for house in houses().await {
        let cases = world(&house);
        for who in EVERYBODY {
            let all: Vec<String> = cases.iter().map(|case| case.reference.clone()).collect();
            let seen: BTreeMap<String, View> = house
                .act(who, move |tx, actor| {
                    let mut seen = BTreeMap::new();
                    for reference in &all {
                        match service::show(tx, actor, reference) {
                            Ok(view) => seen.insert(reference.clone(), view),
                            Err(Error::NotFound) => None,
                            Err(error) => return Err(error),
                        };
                    }
                    Ok(seen)
                })
                .unwrap();
            let shown = |which: &dyn Fn(&View) -> bool| -> BTreeSet<String> {
                let which = seen.iter().filter(|(_, view)| which(view));
                which.map(|(reference, _)| reference.clone()).collect()
            };
            let list = |filter: Filter| {
                let actor = house.actor(who);
                let (rows, count) = house
                    .db()
                    .read_now(|tx| {
                        let count = service::count(tx, &actor, &filter, 500)?;
                        Ok((service::list(tx, &actor, &filter, None, 200)?.rows, count))
                    })
                    .unwrap();
                assert_eq!(count, i64::try_from(rows.len()).unwrap(), "{who}: {filter:?}");
                rows
            };
            let base = || Filter { with_waiting: true, ..Filter::default() };

            let rows = list(base());
            assert_eq!(references(&rows), shown(&|_| true), "{who} sees");
            for row in &rows {
                let view = &seen[&row.reference];
                let told = (&view.incident.title, view.incident.organisation, view.incident.follow_up_at);
                assert_eq!((&row.title, row.organisation, row.follow_up_at), told, "{who}");
            }
            for org in [house.village, house.city, house.provider] {
                let found = list(Filter { organisations: Some(vec![org]), ..base() });
                let told = shown(&|view| view.incident.organisation == Some(org));
                assert_eq!(references(&found), told, "{who} asks for an organisation");
            }
            for text in ["störung", "STOERUNG", "fall01", "FALL070"] {
                let found = list(Filter { text: Some(text.to_owned()), ..base() });
                let sought = text.to_lowercase().replace("oe", "ö");
                let told = shown(&|view| view.incident.title.to_lowercase().contains(&sought));
                assert_eq!(references(&found), told, "{who} searches for {text}");
            }
            let by_reference = list(Filter { text: Some("th-2026-0000".to_owned()), ..base() });
            let told = shown(&|view| view.incident.reference.contains("TH-2026-0000"));
            assert_eq!(references(&by_reference), told, "{who} searches for a reference");
            let is_team = seen.values().any(|view| view.may.is_team);
            for (filter, waits) in
                [(Filter::default(), false), (Filter { waiting_only: true, ..Filter::default() }, true)]
            {
                let told = shown(&|view| !is_team || view.incident.follow_up_at.is_some() == waits);
                assert_eq!(references(&list(filter)), told, "{who} asks for what waits");
            }
        }
        let unseen = |who: &str| house.show(who, &cases[0]).is_err();
        assert!(EVERYBODY.iter().any(|who| unseen(who)), "somebody is kept out");
    }
}
