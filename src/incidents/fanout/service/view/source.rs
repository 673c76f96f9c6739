//! A question as the provider sees it at whom it happened: numbers, and those whose mandate it holds.

use std::collections::HashMap;

use crate::access::policy::{Action, may};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::core::tlp::Tlp;
use crate::directory::model::MandateScope;
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Asked, Counts, Fanout};
use crate::incidents::fanout::service::{Counted, audit, count};
use crate::incidents::fanout::store;
use crate::incidents::model::Incident;
use crate::store::Tx;

/// A question as the provider sees it at whom it happened.
#[derive(Debug, Clone)]
pub struct SourceView {
    pub reference: String,
    pub tlp: Tlp,
    pub is_drill: bool,
    pub fanout: Fanout,
    pub counts: Counts,
    /// Those whose mandate it holds, by name; whether it may answer for them.
    pub named: Vec<(Asked, String, bool)>,
}

/// The case with its question, for the provider at whom it happened.
pub(in crate::incidents::fanout::service) fn open_source(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
) -> Result<(Incident, Fanout)> {
    let Counted { incident, facts, fanout } = count(tx, actor, reference)?;
    if may(tx, actor, Action::ReadTeamNotes, facts) {
        // The team writes down what it heard; it answers for nobody.
        return Err(Error::Forbidden("error-not-allowed"));
    }
    Ok((incident, fanout.ok_or(Error::NotFound)?))
}

pub(super) fn source(tx: &mut Tx<'_>, actor: &Actor, case: Incident, fanout: Fanout) -> Result<SourceView> {
    audit(tx, actor, "incident.view", &case, Some(fanout.source), &[])?;
    let all = store::asked_of(tx, fanout.id, None)?;
    let counts = Counts::of(&all);
    let mut held: HashMap<OrgId, bool> = HashMap::new();
    for mandate in directory::held_mandates(tx, actor)? {
        *held.entry(mandate.grantor).or_default() |= mandate.scope == MandateScope::Act;
    }
    let known: Vec<Asked> =
        all.into_iter().filter(|one| !one.is_abroad && held.contains_key(&one.organisation)).collect();
    let ids: Vec<OrgId> = known.iter().map(|one| one.organisation).collect();
    let names = directory::names(tx, &ids)?;
    let mut named: Vec<(Asked, String, bool)> = known
        .into_iter()
        .map(|one| {
            let name = names.get(&one.organisation).map(|it| it.name.clone()).unwrap_or_default();
            let acts = held.get(&one.organisation).copied().unwrap_or(false);
            (one, name, acts)
        })
        .collect();
    named.sort_by(|a, b| a.1.cmp(&b.1));
    let Incident { reference, tlp, is_drill, .. } = case;
    Ok(SourceView { reference, tlp, is_drill, fanout, counts, named })
}
