//! Many reports of one event: merged into one case, told to all at once, taken apart again.
//!
//! Nothing moves. A merged case keeps its report, its thread, its files and its organisation, and what its organisation
//! sees of where it stands is what becomes of the case that leads. So no organisation can come to see another's: there is
//! no place that holds both. The team reads the threads of all in the leading case.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::handle::{message, status_facts};
use super::supplement::come_back;
use super::{note, open, queue_at};
use crate::access::policy::{Action, Facts, check, may};
use crate::audit::model::{Entry as Trail, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result, one_row};
use crate::core::event::Event;
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{IncidentId, OrgId};
use crate::core::text::Prose;
use crate::incidents::merging::{self, Merged, Refusal, Seen, Standing};
use crate::incidents::model::{Audience, Entry, Incident, Row};
use crate::incidents::status::Status;
use crate::incidents::{notices, policy, store};
use crate::store::{At, Tx};

/// How many cases one merge takes, and one request names: as many as fit into one transaction of well under a second.
pub const MOST: usize = 500;
/// How many refusals one answer tells: who has more, begins with these.
const TOLD: usize = 20;

/// A case that may become part of another, or lead it.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub row: Row,
    pub standing: Standing,
    /// Why it cannot be merged into the one that leads.
    pub refusal: Option<Refusal>,
}

/// What a merge of these cases would be.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The first report first; the one that leads is among them.
    pub cases: Vec<Candidate>,
    /// The one that leads; none where none of them can.
    pub lead: Option<IncidentId>,
    /// Why the chosen one cannot lead.
    pub lead_refusal: Option<Refusal>,
    /// What nobody knows, or not this person.
    pub unknown: Vec<String>,
    /// The priority that the leading case takes over.
    pub raised: Option<i32>,
}

impl Plan {
    /// The case that leads.
    #[must_use]
    pub fn leading(&self) -> Option<&Candidate> {
        self.cases.iter().find(|one| Some(one.row.id) == self.lead)
    }

    /// What would be merged into it.
    pub fn members(&self) -> impl Iterator<Item = &Candidate> {
        self.cases.iter().filter(|one| Some(one.row.id) != self.lead)
    }

    /// Everything that stands against it, each with the case it is about.
    fn refusals(&self) -> Vec<FieldError> {
        let told = |field, why: Refusal, reference: &str| {
            FieldError::new(field, why.key()).with("reference", reference)
        };
        let lead = self.leading().map_or("", |lead| lead.row.reference.as_str());
        let mut all: Vec<_> = self.lead_refusal.iter().map(|why| told("lead", *why, lead)).collect();
        all.extend(self.unknown.iter().map(|reference| told("ref", Refusal::Unknown, reference)));
        let each = self.members().filter_map(|one| Some((one.refusal?, &one.row.reference)));
        all.extend(each.map(|(why, reference)| told("ref", why, reference)));
        all.truncate(TOLD);
        all
    }
}

/// What would become of these cases if they were merged into `lead`, or into the one that suggests itself.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for more than [`MOST`] at once.
pub fn consider(tx: &mut Tx<'_>, actor: &Actor, lead: Option<&str>, references: &[String]) -> Result<Plan> {
    check(tx, actor, Action::MergeIncidents, Facts::of(actor))?;
    let mut asked: Vec<String> = references.to_vec();
    asked.extend(lead.map(str::to_owned));
    let mut seen = HashSet::new();
    asked.retain(|reference| !reference.is_empty() && seen.insert(reference.clone()));
    if asked.len() > MOST + 1 {
        return Err(FieldError::new("ref", "merge-refused-many").with("most", MOST).into());
    }
    let scope = policy::scope(tx, actor)?;
    // What is no reference is not asked for: PostgreSQL takes no NUL in a text.
    let spelled: Vec<String> =
        asked.iter().filter(|one| one.bytes().all(|byte| byte.is_ascii_graphic())).cloned().collect();
    let rows = store::by_references(tx, &scope, &spelled)?;
    let found: HashSet<&str> = rows.iter().map(|row| row.reference.as_str()).collect();
    let is_missing = |one: &str| !found.contains(one);
    let no_lead = lead.filter(|lead| is_missing(lead));
    let unknown =
        asked.iter().filter(|one| is_missing(one) && Some(one.as_str()) != no_lead).cloned().collect();
    let standings = standings(tx, &rows)?;
    let chosen = lead.and_then(|lead| rows.iter().find(|row| row.reference == lead)).map(|row| row.id);
    let leading = match lead {
        Some(_) => chosen,
        None => merging::suggested(&standings),
    };
    let lead = standings.iter().find(|one| Some(one.id) == leading).copied();
    let refusal = |one: &Standing| {
        lead.filter(|lead| lead.id != one.id).and_then(|lead| merging::check_member(&lead, one).err())
    };
    let refusals: Vec<_> = standings.iter().map(refusal).collect();
    let merged = standings.iter().filter(|one| Some(one.id) != leading).map(|one| one.priority);
    let raised = lead.and_then(|lead| merging::raised(lead.priority, merged));
    let cases = rows
        .into_iter()
        .zip(standings.iter().zip(refusals))
        .map(|(row, (standing, refusal))| Candidate { row, standing: *standing, refusal })
        .collect();
    let lead_refusal = match no_lead {
        Some(_) => Some(Refusal::Unknown),
        None => lead.and_then(|lead| merging::check_lead(&lead).err()),
    };
    Ok(Plan { cases, lead: leading, lead_refusal, unknown, raised })
}

fn standings(tx: &mut Tx<'_>, rows: &[Row]) -> Result<Vec<Standing>> {
    let ids: Vec<IncidentId> = rows.iter().map(|row| row.id).collect();
    let (merges, leads) = (store::merges_of(tx, &ids)?, store::leads(tx, &ids)?);
    let standing = |row: &Row| Standing {
        id: row.id,
        status: row.status,
        priority: row.priority,
        is_drill: row.is_drill,
        is_restricted: row.is_restricted,
        is_unconfirmed: row.is_unconfirmed,
        merged_into: merges.get(&row.id).map(|merged: &Merged| merged.lead),
        leads: leads.contains(&row.id),
    };
    Ok(rows.iter().map(standing).collect())
}

/// Merges all of these cases into `lead`, or none of them: one transaction. Returns how many they are.
///
/// # Errors
/// The policy's; [`Error::Invalid`] with a sentence for each case that stands against it, [`Error::Stale`] when somebody
/// changed one of them at the same time.
pub fn merge(tx: &mut Tx<'_>, actor: &Actor, lead: &str, references: &[String]) -> Result<usize> {
    let (incident, _) = open(tx, actor, lead, Action::MergeIncidents)?;
    let plan = consider(tx, actor, Some(&incident.reference), references)?;
    let refusals = plan.refusals();
    if !refusals.is_empty() {
        return Err(Error::Invalid(refusals));
    }
    let members: Vec<&Row> = plan.members().map(|one| &one.row).collect();
    if members.is_empty() {
        return Err(FieldError::new("ref", "merge-refused-none").into());
    }
    lead_on(tx, actor, &incident, &plan)?;
    let ids: Vec<IncidentId> = members.iter().map(|row| row.id).collect();
    store::close_as_merged(tx, &ids)?;
    let new: Vec<_> = members
        .iter()
        .map(|row| store::NewMember {
            id: row.id,
            before: row.status,
            seen: merging::seen_at_merge(row.status, incident.status),
        })
        .collect();
    store::add_merges(tx, incident.id, actor.account, &new)?;
    for (row, new) in members.iter().zip(&new) {
        let told = status_facts(new.before, new.seen, None);
        line(tx, actor, row.id, "merged", Audience::Involved, told)?;
        // Who is named in the one need not be named in the other: of restricted ones the panel tells whoever may know.
        if !row.is_restricted {
            let into = json!({ "name": incident.reference });
            line(tx, actor, row.id, "merged_into", Audience::Team, into)?;
        }
        audit(tx, actor, "incident.merge", row, &incident)?;
        tx.emit(Event::IncidentMerged { member: row.id, lead: incident.id });
    }
    Ok(members.len())
}

/// What a merge does to the case that leads: it is changed, so that nobody closes or merges it at the same time, and it
/// is as urgent as the most urgent of its members.
fn lead_on(tx: &mut Tx<'_>, actor: &Actor, lead: &Incident, plan: &Plan) -> Result<()> {
    let change = store::Change { priority: plan.raised, ..store::Change::default() };
    // The column is set in any case: a changeset may not be empty.
    let change = store::Change { is_open: Some(true), ..change };
    one_row(store::change(tx, lead.id, lead.version, change)?)?;
    let count = plan.members().count();
    if !lead.is_restricted {
        note(tx, actor, lead, "merged_here", Audience::Team, json!({ "count": count }), None)?;
    }
    if let Some(priority) = plan.raised.filter(|_| !lead.is_restricted) {
        let from = plan.members().find(|one| one.row.priority == Some(priority));
        let name = from.map_or("", |one| one.row.reference.as_str());
        let why = text_with(Lang::De, "merge-priority-reason", &[("reference", name.into())]).into_owned();
        let words = store::Words { priority_reason: Some(Some(why)), ..store::Words::default() };
        store::set_words(tx, lead.id, words)?;
        let facts = json!({ "name": name, "priority": priority });
        note(tx, actor, lead, "priority_raised", Audience::Team, facts, None)?;
    }
    if plan.raised.is_some() {
        tx.emit(Event::IncidentTriaged(lead.id));
    }
    let trail = Trail::new("incident.lead", SubjectKind::Incident, lead.id).organisation(lead.organisation);
    record(tx, actor, trail.with("members", count).with("priority", plan.raised))
}

fn audit(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, member: &Row, lead: &Incident) -> Result<()> {
    let trail = Trail::new(action, SubjectKind::Incident, member.id).organisation(member.organisation);
    record(tx, actor, trail.with("lead", lead.id.to_string()).with("status", member.status.code()))
}

fn line(
    tx: &mut Tx<'_>,
    actor: &Actor,
    case: IncidentId,
    kind: &str,
    audience: Audience,
    facts: serde_json::Value,
) -> Result<()> {
    let facts = facts.as_object().cloned().unwrap_or_default();
    let (account, author) = (actor.account, actor.name.as_str());
    let entry = store::NewEntry { kind, audience, account, author, facts, body: None };
    store::add_entry(tx, case, &entry).map(|_| ())
}

/// Takes cases out of the one that leads them: each stands where it stood before, with all that was said meanwhile.
/// Returns how many they are.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a case that is none of its members, [`Error::Stale`] when somebody was faster.
pub fn detach(tx: &mut Tx<'_>, actor: &Actor, lead: &str, references: &[String]) -> Result<usize> {
    let (incident, _) = open(tx, actor, lead, Action::MergeIncidents)?;
    let members = chosen(tx, actor, &incident, references)?;
    for row in &members {
        release(tx, actor, row.id, &incident)?;
        audit(tx, actor, "incident.detach", row, &incident)?;
    }
    let facts = json!({ "count": members.len() });
    if !incident.is_restricted {
        note(tx, actor, &incident, "detached_here", Audience::Team, facts, None)?;
    }
    Ok(members.len())
}

/// The members of a case with these references, as far as the actor sees them.
fn chosen(tx: &mut Tx<'_>, actor: &Actor, lead: &Incident, references: &[String]) -> Result<Vec<Row>> {
    let wanted: HashSet<&str> = references.iter().map(String::as_str).collect();
    if wanted.is_empty() {
        return Err(FieldError::new("ref", "merge-refused-none").into());
    }
    let mut members = members_of(tx, actor, lead.id)?;
    members.retain(|row| wanted.contains(row.reference.as_str()));
    if members.len() == wanted.len() {
        return Ok(members);
    }
    let there: HashSet<&str> = members.iter().map(|row| row.reference.as_str()).collect();
    let strange = wanted.iter().find(|one| !there.contains(*one)).copied().unwrap_or_default();
    Err(FieldError::new("ref", "merge-refused-no-member").with("reference", strange).into())
}

/// Lets one case stand for itself again, where it stood before.
fn release(tx: &mut Tx<'_>, actor: &Actor, member: IncidentId, lead: &Incident) -> Result<()> {
    let case = super::load(tx, member)?;
    let merged = case.merged.filter(|merged| merged.lead == lead.id).ok_or(Error::Stale)?;
    store::lift_merge(tx, member)?;
    let change = store::Change {
        status: Some(merged.before.code()),
        close_reason: Some(None),
        is_open: Some(true),
        closed_at: Some(None),
        queue_at: Some(At(queue_at(case.reported_at, None, None))),
        ..store::Change::default()
    };
    one_row(store::change(tx, member, case.version, change)?)?;
    let told = status_facts(merged.seen.status, merged.before, None);
    line(tx, actor, member, "detached", Audience::Involved, told)?;
    if !case.is_restricted && !lead.is_restricted {
        line(tx, actor, member, "detached_from", Audience::Team, json!({ "name": lead.reference }))?;
    }
    tx.emit(Event::IncidentDetached { member, lead: lead.id });
    Ok(())
}

/// What became of the leading case becomes what its members' organisations see, each on its own timeline.
pub(super) fn carry(tx: &mut Tx<'_>, actor: &Actor, lead: &Incident, seen: Seen) -> Result<()> {
    for (member, was) in store::carry(tx, lead.id, &seen)? {
        let facts = status_facts(was, seen.status, seen.close_reason);
        line(tx, actor, member, "status", Audience::Involved, facts)?;
    }
    Ok(())
}

/// Somebody wrote in a case that is part of another. While that one is worked on, its team hears; after its end what
/// comes is a matter of its own, and no other organisation is told by its status that somebody wrote.
pub(super) fn heard(tx: &mut Tx<'_>, actor: &Actor, case: &Incident, merged: &Merged) -> Result<()> {
    let lead = super::load(tx, merged.lead)?;
    if lead.status == Status::Closed {
        release(tx, &Actor::system("merge"), case.id, &lead)?;
        let trail = Trail::new("incident.detach", SubjectKind::Incident, case.id);
        record(tx, actor, trail.organisation(case.organisation).with("lead", lead.id.to_string()))?;
        let case = super::load(tx, case.id)?;
        store::heard(tx, case.id)?;
        return notices::heard(tx, &case);
    }
    store::heard(tx, lead.id)?;
    come_back(tx, &lead)?;
    notices::heard(tx, &lead)
}

/// A case with what was merged into it, as far as the actor may see that, and whether they may change it. That it was
/// looked at is recorded.
///
/// # Errors
/// The policy's: merges are the team's matter.
pub fn members(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Vec<Row>, bool)> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    check(tx, actor, Action::ReadTeamNotes, sight.facts)?;
    let rows = members_of(tx, actor, incident.id)?;
    let seen = Trail::new("incident.view", SubjectKind::Incident, incident.id);
    record(tx, actor, seen.organisation(incident.organisation))?;
    let may_merge = may(tx, actor, Action::MergeIncidents, sight.facts);
    Ok((incident, rows, may_merge))
}

/// What was merged into a case, as far as the actor may see it; for the team.
pub(super) fn members_of(tx: &mut Tx<'_>, actor: &Actor, lead: IncidentId) -> Result<Vec<Row>> {
    let scope = policy::scope(tx, actor)?;
    store::members(tx, &scope, lead)
}

/// Where a merged case went, for whoever may see that case.
pub(super) fn lead_of(tx: &mut Tx<'_>, actor: &Actor, merged: &Merged) -> Result<Option<String>> {
    let lead = super::load(tx, merged.lead)?;
    let facts = super::case_facts_for(tx, actor, &lead)?;
    let is_seen = may(tx, actor, Action::ShowIncident, facts);
    Ok(is_seen.then_some(lead.reference))
}

/// What people wrote in the cases that were merged into one, the newest first, at most `limit`: for who was shown these
/// cases by [`super::show`].
///
/// # Errors
/// The database's.
pub fn threads(tx: &mut Tx<'_>, members: &[Row], limit: i64) -> Result<Vec<(IncidentId, Entry)>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<IncidentId> = members.iter().map(|row| row.id).collect();
    store::said_in(tx, &ids, limit)
}

/// How many were written to, and how many could not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    pub written: usize,
    /// Reports that belong to no organisation yet: nobody reads there.
    pub nobody: usize,
}

/// Writes the same to several reporters, each in the own thread of the own case and by a mail of its own: to these
/// members, or, without any, to all of them and to who reported the leading case.
///
/// # Errors
/// The policy's, [`Error::Invalid`] as [`detach`].
pub fn tell_members(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lead: &str,
    references: &[String],
    text: &Prose,
) -> Result<Told> {
    let (incident, _) = open(tx, actor, lead, Action::MergeIncidents)?;
    let mut to: Vec<(String, Option<OrgId>)> = Vec::new();
    if references.is_empty() {
        to.push((incident.reference.clone(), incident.organisation));
        to.extend(
            members_of(tx, actor, incident.id)?.into_iter().map(|row| (row.reference, row.organisation)),
        );
    } else {
        let chosen = chosen(tx, actor, &incident, references)?;
        to.extend(chosen.into_iter().map(|row| (row.reference, row.organisation)));
    }
    let mut told = Told::default();
    for (reference, organisation) in to {
        match organisation {
            Some(organisation) => {
                message(tx, actor, &reference, Audience::Organisation(organisation), text)?;
                told.written += 1;
            }
            None => told.nobody += 1,
        }
    }
    Ok(told)
}

/// Members' states as their organisations see them, for lists.
pub(super) fn told_rows(tx: &mut Tx<'_>, rows: &mut [Row]) -> Result<()> {
    let closed: Vec<IncidentId> =
        rows.iter().filter(|row| row.status == Status::Closed).map(|row| row.id).collect();
    if closed.is_empty() {
        return Ok(());
    }
    let merges: HashMap<IncidentId, Merged> = store::merges_of(tx, &closed)?;
    for row in rows {
        if let Some(merged) = merges.get(&row.id) {
            row.status = merged.seen.status;
        }
    }
    Ok(())
}
