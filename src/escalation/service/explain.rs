//! What will become of a case if nobody answers, and why.

use super::advance;
use super::reach::{self, Moment};
use crate::access::policy::{Action, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::directory::service as directory;
use crate::escalation::foresight::{Foreseen, Told, foresee};
use crate::escalation::model::Chain;
use crate::escalation::plan::{Of, Plan};
use crate::escalation::plans::Plans;
use crate::escalation::store;
use crate::incidents::model::Incident;
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::store::Tx;

/// One thing that will happen, with whom it reaches now.
#[derive(Debug, Clone)]
pub struct Expected {
    pub told: Told,
    /// The name of the organisation that the step names, or of whoever is on call then; where there is one.
    pub named: Option<String>,
    /// How many people would get a mail today; nobody is reached by none.
    pub people: usize,
}

/// What will become of a case.
#[derive(Debug, Clone)]
pub struct Explained {
    pub case: Incident,
    /// How people call the plan; its key where the configuration has it no more; empty where none is used.
    pub plan: String,
    /// For what the plan was chosen; none in plans of an earlier version.
    pub of: Option<Of>,
    /// Whether the plan is in use; otherwise it is what would be used from now on.
    pub is_in_use: bool,
    pub steps: Vec<Expected>,
}

/// What will become of a case if nobody answers.
///
/// # Errors
/// The policy's.
pub fn explain(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Explained> {
    let case = incidents::load_by_reference(tx, reference)?;
    let facts = incidents::case_facts(tx, actor, case.id)?;
    check(tx, actor, Action::ExplainEscalation, facts)?;
    let seen = Entry::new("incident.view", SubjectKind::Incident, case.id);
    record(tx, actor, seen.organisation(case.organisation).with("part", "plan"))?;
    explained(tx, case)
}

fn explained(tx: &mut Tx<'_>, case: Incident) -> Result<Explained> {
    let stored = store::look(tx, case.id)?;
    let is_in_use = stored.is_some();
    let chain = match stored {
        Some(stored) => stored.chain,
        None if case.status == Status::Closed => Chain::begin(Plan::default(), tx.now()).chain,
        None => Chain::begin(advance::plan_for(tx, &case)?, tx.now()).chain,
    };
    let mut steps = Vec::new();
    if !chain.is_closed {
        for told in foresee(&chain) {
            steps.push(expected(tx, &case, told)?);
        }
    }
    let key = &chain.plan.key;
    let named = tx.required::<Plans>()?.files().iter().find(|file| file.key == *key);
    let plan = named.map_or_else(|| key.clone(), |file| file.name.clone());
    Ok(Explained { plan, of: chain.plan.of.clone(), is_in_use, steps, case })
}

fn expected(tx: &mut Tx<'_>, case: &Incident, told: Told) -> Result<Expected> {
    // Who is on call is known from now on, not for what was.
    let at = Moment { at: told.at.max(tx.now()), is_again: told.what == Foreseen::Again };
    let reached = reach::reach(tx, case, &told.whom, told.organisation, at)?;
    let named = match reached.organisation {
        Some(id) => Some(directory::load(tx, id)?.name),
        None => reached.on_call,
    };
    Ok(Expected { named, people: reached.people.len(), told })
}
