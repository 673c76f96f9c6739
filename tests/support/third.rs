//! What the CERT writes with third parties.

use std::collections::BTreeMap;

use meldekette::core::ids::ThreadId;
use meldekette::core::text::{Line, Prose};
use meldekette::core::tlp::Tlp;
use meldekette::correspondence::threads::model::{Letter, NewThread, PartyKind};
use meldekette::correspondence::threads::service;

use super::app::House;
use super::cast::{Cast, address, named};
use super::town::{Case, canary};

/// Where the third party reads its mail.
pub const ABUSE: &str = "abuse@dritte.example";
/// The version of a thread whose first mail was written.
pub const VERSION: &str = "2";

/// A text of its own for a third party.
pub fn letter(text: &str) -> Letter {
    Letter { text: Prose::parse(text).unwrap(), tlp: Tlp::Green, is_confirmed: true, remind_at: None }
}

/// A thread with a hoster.
pub fn hoster(letter: Letter) -> NewThread {
    NewThread {
        kind: PartyKind::Hoster,
        party: named("Beispiel Hosting"),
        address: address(ABUSE),
        subject: Line::parse("Missbrauch eines Servers").unwrap(),
        their_reference: None,
        letter,
    }
}

/// A thread in a case, begun by the team.
pub async fn thread(house: &House, cast: &Cast, case: &Case, text: &str) -> ThreadId {
    let (reference, new) = (case.reference.clone(), hoster(letter(text)));
    let analyst = cast.person("analyst2").account;
    house.act(analyst, move |tx, actor| service::open(tx, actor, &reference, &new)).await
}

/// One in each of the cases, by relation, with a word of the house that reported it.
pub async fn build(
    house: &House,
    cast: &Cast,
    cases: &BTreeMap<&'static str, Case>,
) -> BTreeMap<&'static str, ThreadId> {
    let mut found = BTreeMap::new();
    for (relation, word) in [
        ("own", "eigen"),
        ("related", "mitglied"),
        ("foreign", "fremd"),
        ("handler", "beteiligt"),
        ("named", "benannt"),
        ("unnamed", "unbenannt"),
        ("coming", "mandatkuenftig"),
        ("reports", "mandatmeldet"),
        ("beside", "mandatneben"),
        ("reads", "mandatliest"),
        ("acts", "mandathandelt"),
        ("ended", "mandatvorbei"),
        ("revoked", "mandatwiderrufen"),
        ("served", "mandatbedient"),
    ] {
        found.insert(relation, thread(house, cast, &cases[relation], &canary(word, "Teambrief")).await);
    }
    house.work().await;
    found
}
