//! What people of the team arrange in their queue, for the town.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use meldekette::core::ids::{AbsenceId, AccountId, BulkId, FilterId};
use meldekette::core::text::Line;
use meldekette::incidents::worklist::model::{Command, FilterInput, Terms};
use meldekette::incidents::worklist::service::{self as worklist, bulk};

use super::app::House;
use super::cast::Cast;

/// By who may do what with them: `own.ROLE`, the team's by somebody else, somebody else's own (`foreign`); and each
/// again (`remove.…`) to be taken away.
pub struct Arranged {
    pub filters: BTreeMap<String, FilterId>,
    pub absences: BTreeMap<String, AbsenceId>,
    pub runs: BTreeMap<String, BulkId>,
}

async fn filter(house: &House, account: AccountId, name: &str, is_team: bool) -> FilterId {
    let name = Line::parse(name).unwrap();
    let input = FilterInput { name, is_team, terms: Terms::default() };
    house.act(account, move |tx, actor| worklist::add_filter(tx, actor, &input)).await
}

async fn absence(house: &House, account: AccountId) -> AbsenceId {
    // Far ahead: who is absent now, is told where cases are given to people.
    house
        .act(account, move |tx, actor| {
            let day = SignedDuration::from_hours(24);
            worklist::say_absent(tx, actor, tx.now() + day * 60, tx.now() + day * 70, None)
        })
        .await
}

async fn run(house: &House, account: AccountId) -> BulkId {
    house.act(account, move |tx, actor| bulk::begin(tx, actor, &Command::Take)).await
}

pub async fn build(house: &House, cast: &Cast) -> Arranged {
    let mut all = Arranged { filters: BTreeMap::new(), absences: BTreeMap::new(), runs: BTreeMap::new() };
    let other = cast.person("analyst2").account;
    for role in ["analyst", "cert_lead"] {
        let (account, key) = (cast.person(role).account, format!("own.{role}"));
        for again in ["", "remove."] {
            let id = filter(house, account, "Eigener", false).await;
            all.filters.insert(format!("{again}{key}"), id);
        }
        all.absences.insert(key.clone(), absence(house, account).await);
        all.runs.insert(key, run(house, account).await);
    }
    for again in ["", "remove."] {
        all.filters.insert(format!("{again}team"), filter(house, other, "Fürs Team", true).await);
        all.filters.insert(format!("{again}foreign"), filter(house, other, "Privates", false).await);
    }
    all.absences.insert("foreign".to_owned(), absence(house, other).await);
    all.runs.insert("foreign".to_owned(), run(house, other).await);
    all
}
