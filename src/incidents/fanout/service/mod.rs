//! What may be done with a question to all whom a provider serves.

mod answer;
mod ask;
mod chase;
mod view;
mod write;

pub use answer::{Peeked, answer, answer_by_link, answer_for, note_call, peek};
pub use ask::{Candidate, Plan, end, plan, start};
pub use chase::{chase, on_event};
pub use view::{
    HouseView, PartView, Row, Seen, SourceView, TeamView, Waiting, asks, concerned, list, part, seen,
    sources, summary, table,
};
pub(in crate::incidents) use view::{is_asked, met};
pub use write::{broadcast, say, tell};

use serde_json::{Map, Value};

use super::model::{Asked, Fanout};
use super::store;
use crate::access::policy::{Action, Facts, Relation, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::directory::service as directory;
use crate::incidents::model::{Audience, Incident, Inform};
use crate::incidents::service::open;
use crate::incidents::status::Status;
use crate::incidents::store as cases;
use crate::store::Tx;

/// The case with its question, for the team.
fn open_team(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Fanout)> {
    let (incident, _) = open(tx, actor, reference, Action::FanOut)?;
    let fanout = store::of_case(tx, incident.id)?.ok_or(Error::NotFound)?;
    Ok((incident, fanout))
}

/// A case whose answers somebody counts.
struct Counted {
    incident: Incident,
    facts: Facts,
    /// None where nobody was asked yet.
    fanout: Option<Fanout>,
}

/// The case, for whoever counts the answers.
fn count(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Counted> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    let fanout = store::of_case(tx, incident.id)?;
    let is_source = fanout.as_ref().is_some_and(|fanout| sight.organisations.contains(&fanout.source));
    let facts = sight.facts.when(is_source, Relation::CaseSource);
    check(tx, actor, Action::CountAsked, facts)?;
    Ok(Counted { incident, facts, fanout })
}

/// The case with its question, for whoever reads as the team does.
fn open_board(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Fanout, bool)> {
    let counted = count(tx, actor, reference)?;
    check(tx, actor, Action::ReadTeamNotes, counted.facts)?;
    let may_ask = may(tx, actor, Action::FanOut, counted.facts);
    Ok((counted.incident, counted.fanout.ok_or(Error::NotFound)?, may_ask))
}

/// The case with its question, for somebody whose houses are asked by this CERT, and these.
fn open_asked(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    action: Action,
) -> Result<(Incident, Fanout, Vec<Asked>)> {
    let acting = directory::acting_for(tx, actor)?;
    let found = match cases::lookup(tx, reference)? {
        Some(incident) => store::of_case(tx, incident.id)?.map(|fanout| (incident, fanout)),
        None => None,
    };
    let asked = match &found {
        Some((_, fanout)) => asked_of(tx, fanout, &acting)?,
        None => Vec::new(),
    };
    let facts = Facts::of(actor).when(!asked.is_empty(), Relation::CaseAsked);
    check(tx, actor, action, facts)?;
    let (incident, fanout) = found.ok_or(Error::NotFound)?;
    if asked.is_empty() {
        // Nobody who is let in without a house that is asked has anything to say.
        return Err(Error::Conflict("fanout-refused-over"));
    }
    Ok((incident, fanout, asked))
}

/// Those of these that this CERT asks.
fn asked_of(tx: &mut Tx<'_>, fanout: &Fanout, organisations: &[OrgId]) -> Result<Vec<Asked>> {
    let mut asked = store::asked_of(tx, fanout.id, Some(organisations))?;
    asked.retain(|one| !one.is_abroad);
    Ok(asked)
}

/// Whether somebody may ask in a case: before a form is read.
///
/// # Errors
/// The policy's.
pub fn may_ask(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<()> {
    open_team(tx, actor, reference).map(|_| ())
}

/// Whether somebody may answer in a case for houses of its own: before a form is read.
///
/// # Errors
/// The policy's.
pub fn may_answer(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<()> {
    open_asked(tx, actor, reference, Action::AnswerAsked).map(|_| ())
}

/// Whether somebody may answer in a case as its provider: before a form is read.
///
/// # Errors
/// The policy's.
pub fn may_answer_for(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<()> {
    view::open_source(tx, actor, reference).map(|_| ())
}

/// A question that is over, or whose case is closed, takes no more answers and messages.
fn still_open(incident: &Incident, fanout: &Fanout) -> Result<()> {
    if is_over(incident, fanout) { Err(Error::Conflict("fanout-refused-over")) } else { Ok(()) }
}

fn is_over(incident: &Incident, fanout: &Fanout) -> bool {
    fanout.ended_at.is_some() || incident.as_told_status() == Status::Closed
}

/// Whether a provider may be named to those who are asked: where it reported itself, and allowed that.
fn may_name(tx: &mut Tx<'_>, incident: &Incident, source: Option<OrgId>) -> Result<bool> {
    let told = cases::informs(tx, &[incident.id])?.get(&incident.id).copied();
    Ok(source.is_some() && incident.organisation == source && told == Some(Inform::ByName))
}

/// A line of the timeline.
fn line(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    kind: &'static str,
    audience: Audience,
    facts: Map<String, Value>,
) -> Result<()> {
    let entry =
        cases::NewEntry { kind, audience, account: actor.account, author: &actor.name, facts, body: None };
    cases::add_entry(tx, incident.id, &entry).map(|_| ())
}

/// A row of the trail.
fn audit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    incident: &Incident,
    organisation: Option<OrgId>,
    detail: &[(&'static str, Value)],
) -> Result<()> {
    let entry = Entry::new(action, SubjectKind::Incident, incident.id).organisation(organisation);
    let entry = detail.iter().fold(entry, |entry, (name, value)| entry.with(name, value.clone()));
    record(tx, actor, entry)
}

/// How an organisation is called.
fn name_of(tx: &mut Tx<'_>, organisation: OrgId) -> Result<String> {
    Ok(directory::names(tx, &[organisation])?.remove(&organisation).map(|it| it.name).unwrap_or_default())
}
