//! Questions to all whom a provider serves: the provider's, in whose case "Eigen" is asked; and such in which "Eigen" is the
//! provider itself, in its own case, in another's, and in one for named persons; and such at a third body.

use std::collections::BTreeMap;

use meldekette::core::ids::{AskedId, OrgId};
use meldekette::core::text::{Prose, Title};
use meldekette::incidents::fanout::model::{Answer, NewAnswer, NewFanout, Note, Patience};
use meldekette::incidents::fanout::service as fanout;

use super::app::House;
use super::cast::Cast;
use super::town::{Case, canary, case};

/// Asks, and "Eigen" answers where it is asked. Returns who is asked there.
pub async fn build(
    house: &House,
    cast: &Cast,
    cases: &mut BTreeMap<&'static str, Case>,
    grantors: &BTreeMap<&'static str, OrgId>,
) -> AskedId {
    let h = cast.houses;
    let asked = case(house, cast, "provider.reporter", "dienst", h.provider, "by_name").await;
    ask(house, cast, &asked, h.provider, None).await;
    let acts = [grantors["acts"], grantors["served"]];
    for relation in ["own", "handler", "unnamed"] {
        ask(house, cast, &cases[relation], h.own, Some(acts)).await;
    }
    // Who has a part in a case, or reads it under a mandate, learns nothing of a question about somebody else.
    for relation in ["related", "reads", "acts"] {
        ask(house, cast, &cases[relation], h.land, Some([h.foreign, grantors["served"]])).await;
    }
    let (reference, own) = (asked.reference.clone(), h.own);
    house
        .act(cast.person("reporter2").account, move |tx, actor| {
            let note = Note::parse_optional(&canary("eigen", "Antwort")).unwrap();
            fanout::answer(tx, actor, &reference, own, &NewAnswer { answer: Answer::Affected, note })
        })
        .await;
    let (reference, own) = (asked.reference.clone(), h.own);
    let id = house
        .act(cast.person("analyst2").account, move |tx, actor| {
            let text = Prose::parse(&canary("eigen", "Nachricht")).unwrap();
            fanout::tell(tx, actor, &reference, own, &text)?;
            Ok(fanout::part(tx, actor, &reference, own)?.asked.id)
        })
        .await;
    cases.insert("asked", asked);
    house.work().await;
    id
}

async fn ask(house: &House, cast: &Cast, case: &Case, source: OrgId, others: Option<[OrgId; 2]>) {
    let reference = case.reference.clone();
    house
        .act(cast.person("analyst2").account, move |tx, actor| {
            let names = match others {
                Some(ids) => meldekette::directory::service::names(tx, &ids)?,
                None => Default::default(),
            };
            let list: Vec<&str> = names.values().map(|it| it.name.as_str()).collect();
            let new = NewFanout {
                source,
                service: None,
                heading: Title::parse("Ausfall bei einem Dienstleister").unwrap(),
                notice: Prose::parse("Bitte prüfen Sie Ihre Fachverfahren.").unwrap(),
                is_named: false,
                patience: Patience::Hours48,
                others: Prose::parse_optional(&list.join("\n")).unwrap(),
            };
            let plan = fanout::plan(tx, actor, &reference, &new)?;
            fanout::start(tx, actor, &reference, &new, plan.here.len() + plan.abroad.len())
        })
        .await;
}
