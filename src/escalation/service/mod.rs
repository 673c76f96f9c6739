//! What moves escalations: events and timers, people who acknowledge, release or escalate by hand, and what pages show.

mod advance;
mod explain;
mod notify;
mod people;
mod reach;
mod view;

pub use advance::{advance, on_event};
pub use explain::{Expected, Explained, explain};
pub use people::{
    ByHandTo, acknowledge, acknowledge_by_link, approve, escalate, escalate_to_state, withdraw,
};
pub use view::{
    LinkView, StepView, Targets, Upcoming, Waiting, choices, peek_link, steps_of, upcoming_of, waiting_for,
};

use super::model::{Refusal, Step};
use super::plan::Whom;
use super::store::{self, Stored};
use crate::access::policy::{Facts, Relation};
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::StepId;
use crate::directory::service as directory;
use crate::incidents::model::Incident;
use crate::incidents::service as incidents;
use crate::store::Tx;

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Unknown => Error::NotFound,
        Refusal::SamePerson => Error::Forbidden(refusal.key()),
        _ => Error::Conflict(refusal.key()),
    }
}

/// A step with its case, for whoever is about to act on it.
struct Found {
    incident: Incident,
    stored: Stored,
    number: i32,
}

fn find(tx: &mut Tx<'_>, step: StepId) -> Result<Found> {
    let (incident, number) = store::place(tx, step)?.ok_or(Error::NotFound)?;
    let (incident, stored) = advance::current(tx, incident)?;
    Ok(Found { incident, stored, number })
}

/// What a signed-in actor is to a step.
fn step_facts(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, step: &Step) -> Result<Facts> {
    let case = incidents::case_facts(tx, actor, incident.id)?;
    let is_target = match (&step.whom, step.organisation) {
        (Whom::CertTeam, _) => actor.has(Role::Analyst) && !case.has(Relation::OutsideRestricted),
        // Whoever of the team is faster takes note for who is on call.
        (Whom::OnCall, _) => {
            (actor.has(Role::Analyst) || actor.has(Role::CertLead)) && !case.has(Relation::OutsideRestricted)
        }
        (Whom::CertLead, _) => actor.has(Role::CertLead) && !case.has(Relation::OutsideRestricted),
        (_, Some(org)) => {
            directory::acting_for(tx, actor)?.contains(&org) && !case.has(Relation::OutsideRestricted)
        }
        (_, None) => false,
    };
    Ok(Facts::of(actor).when(is_target, Relation::StepTarget))
}
