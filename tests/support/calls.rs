//! Calls that analysts write down.

use std::collections::BTreeMap;

use meldekette::core::ids::{AccountId, DraftId};
use meldekette::incidents::guide::calls;

use super::app::House;
use super::cast::Cast;
use super::town::canary;

/// The version of a call that [`call`] makes.
pub const VERSION: &str = "2";

/// A call that could be filed as it is.
pub async fn call(house: &House, account: AccountId) -> DraftId {
    about(house, account, "Ausfall").await
}

/// The same about this.
async fn about(house: &House, account: AccountId, title: &str) -> DraftId {
    let typed: Vec<(&'static str, Vec<String>)> = [
        ("office_name", "Zweckverband Nirgends"),
        ("contact_name", "Hausmeisterei"),
        ("contact_phone", "030 23125 114"),
        ("observed", "outage"),
        ("title", title),
        ("inform", "by_name"),
    ]
    .into_iter()
    .map(|(name, value)| (name, vec![value.to_owned()]))
    .collect();
    house
        .act(account, move |tx, actor| {
            let id = calls::begin(tx, actor)?;
            let mut opened = calls::look(tx, actor, id)?;
            calls::save(tx, &mut opened, 1, &typed)?;
            Ok(id)
        })
        .await
}

/// The same, when the account's older calls are thrown away: nobody has many at once.
pub async fn fresh(house: &House, account: AccountId) -> DraftId {
    house
        .act(account, move |tx, actor| {
            let all = calls::list(tx, actor)?;
            all.into_iter().skip(5).try_for_each(|draft| calls::discard(tx, actor, draft.id))
        })
        .await;
    call(house, account).await
}

/// Calls by `call.ROLE`, `call.send.ROLE`, `call.discard.ROLE`, and another analyst's as `call.foreign`.
pub async fn build(house: &House, cast: &Cast, drafts: &mut BTreeMap<&'static str, DraftId>) {
    for (key, who) in [
        ("call.send.analyst", "analyst"),
        ("call.discard.analyst", "analyst"),
        ("call.cert_lead", "cert_lead"),
        ("call.send.cert_lead", "cert_lead"),
        ("call.discard.cert_lead", "cert_lead"),
    ] {
        drafts.insert(key, call(house, cast.person(who).account).await);
    }
    // Whoever listens writes; nobody reads along.
    for (key, who, word) in
        [("call.analyst", "analyst", "telefonat"), ("call.foreign", "analyst2", "telefonfremd")]
    {
        drafts.insert(key, about(house, cast.person(who).account, &canary(word, "Titel")).await);
    }
}
