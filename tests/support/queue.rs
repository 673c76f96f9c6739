//! What people of the team arrange in their queue, for the town.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use meldekette::core::ids::{AbsenceId, AccountId, BulkId, FilterId, HandoverId, ShiftId};
use meldekette::core::text::Line;
use meldekette::core::when;
use meldekette::escalation::roster::service::{self as roster, Deputy, NewHandover, NewShifts};
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
    /// One that the lead planned, for `own`.
    pub shifts: BTreeMap<String, ShiftId>,
    /// Offered to `own.ROLE` (`remove.…` to be declined), and to the other of the two (`foreign.ROLE`).
    pub handovers: BTreeMap<String, HandoverId>,
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

/// The roster of February 2027: two weeks of a colleague, who offers days of it, then the analyst and the lead.
async fn roster(house: &House, cast: &Cast) -> (BTreeMap<String, ShiftId>, BTreeMap<String, HandoverId>) {
    let [other, analyst, lead] = ["analyst2", "analyst", "cert_lead"].map(|who| cast.person(who).account);
    let mut shifts = BTreeMap::new();
    for (key, account, from, until) in [
        ("other", other, "01.02.2027 08:00", "15.02.2027 08:00"),
        ("analyst", analyst, "15.02.2027 08:00", "22.02.2027 08:00"),
        ("lead", lead, "22.02.2027 08:00", "01.03.2027 08:00"),
        ("own", other, "01.03.2027 08:00", "02.03.2027 08:00"),
    ] {
        let (from, until) = (when::parse(from).unwrap(), when::parse(until).unwrap());
        let new = NewShifts { from, until, weeks: 1, people: vec![account], deputy: Deputy::Nobody };
        let ids = house.act(lead, move |tx, actor| roster::plan(tx, actor, &new)).await;
        shifts.insert(key.to_owned(), ids[0]);
    }
    let mut handovers = BTreeMap::new();
    for (day, key, to) in [
        (2, "own.analyst", analyst),
        (3, "own.cert_lead", lead),
        (4, "remove.own.analyst", analyst),
        (5, "remove.own.cert_lead", lead),
        (6, "foreign.analyst", lead),
        (7, "foreign.cert_lead", analyst),
    ] {
        let at = |day: i32| when::parse(&format!("{day:02}.02.2027 08:00")).unwrap();
        let note = "Es ist ruhig.".to_owned();
        let new = NewHandover { to, from: Some(at(day)), until: Some(at(day + 1)), note };
        let id = house.act(other, move |tx, actor| roster::hand_over(tx, actor, &new)).await;
        handovers.insert(key.to_owned(), id);
    }
    (shifts, handovers)
}

pub async fn build(house: &House, cast: &Cast) -> Arranged {
    let (shifts, handovers) = roster(house, cast).await;
    let mut all = Arranged {
        filters: BTreeMap::new(),
        absences: BTreeMap::new(),
        runs: BTreeMap::new(),
        shifts,
        handovers,
    };
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
