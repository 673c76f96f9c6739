//! A question as an organisation sees it that is asked: the question, and its own words with the CERT.

use jiff::Timestamp;

use crate::access::policy::{Action, Facts, Relation, check, check_token};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{OrgId, ReportId};
use crate::core::tlp::Tlp;
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Answer, Asked, Fanout};
use crate::incidents::fanout::service::{asked_of, audit, name_of, open_asked};
use crate::incidents::fanout::store;
use crate::incidents::model::{Audience, Entry, Incident, Inform, Observed, Report};
use crate::incidents::service::{Met, load};
use crate::incidents::status::Status;
use crate::incidents::store as cases;
use crate::store::Tx;

/// A question as an organisation sees it that is asked.
#[derive(Debug, Clone)]
pub struct HouseView {
    pub reference: String,
    pub tlp: Tlp,
    pub is_drill: bool,
    pub is_closed: bool,
    pub fanout: Fanout,
    /// At whom it happened, where that may be told.
    pub source: Option<String>,
    /// The own organisations that are asked, by name.
    pub asked: Vec<(Asked, String)>,
    /// What was written with them, the newest first.
    pub entries: Vec<Entry>,
}

pub(super) fn house(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<HouseView> {
    let (case, fanout, asked) = open_asked(tx, actor, reference, Action::ShowAsked)?;
    let own: Vec<OrgId> = asked.iter().map(|one| one.organisation).collect();
    audit(tx, actor, "incident.view", &case, own.first().copied(), &[])?;
    let entries = thread(tx, &case, &own)?;
    let names = directory::names(tx, &own)?;
    let name = |id: &OrgId| names.get(id).map(|it| it.name.clone()).unwrap_or_default();
    let source = if fanout.is_named { Some(name_of(tx, fanout.source)?) } else { None };
    Ok(HouseView {
        is_closed: fanout.ended_at.is_some() || case.as_told_status() == Status::Closed,
        reference: case.reference,
        tlp: case.tlp,
        is_drill: case.is_drill,
        source,
        asked: asked
            .into_iter()
            .map(|one| (name(&one.organisation), one))
            .map(|(name, one)| (one, name))
            .collect(),
        entries,
        fanout,
    })
}

/// What was written with these organisations, and to all who are asked; nothing else of the timeline.
pub(super) fn thread(tx: &mut Tx<'_>, case: &Incident, own: &[OrgId]) -> Result<Vec<Entry>> {
    let mut entries = cases::entries(tx, case.id, false, own)?;
    entries.retain(|entry| {
        let is_own = matches!(entry.audience, Audience::Organisation(org) if own.contains(&org))
            && ["message", "mail_in"].contains(&entry.kind.as_str());
        entry.body.is_some() && (is_own || is_broadcast(entry))
    });
    Ok(entries)
}

pub(super) fn is_broadcast(entry: &Entry) -> bool {
    entry.audience == Audience::Involved && entry.facts.contains_key("broadcast")
}

/// A question that waits for an answer of the viewer's houses.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub reference: String,
    pub heading: String,
    pub answer_by: Timestamp,
    pub is_drill: bool,
    /// Whether one of the own houses has yet to answer, or does not know yet.
    pub is_open: bool,
    /// Whether the question is settled, answered or not.
    pub is_over: bool,
}

/// The questions to the viewer's houses, the newest first, at most so many.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, limit: i64) -> Result<Vec<Waiting>> {
    check_token(actor, Action::ShowAsked)?;
    let acting = directory::acting_for(tx, actor)?;
    if acting.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for id in store::cases_of(tx, &acting, limit)? {
        let Some(fanout) = store::of_case(tx, id)? else { continue };
        let case = load(tx, id)?;
        let asked = asked_of(tx, &fanout, &acting)?;
        let waits = asked.iter().any(|one| match &one.answer {
            Some(said) => said.answer == Answer::Unclear,
            None => true,
        });
        let is_over = fanout.ended_at.is_some() || case.as_told_status() == Status::Closed;
        all.push(Waiting {
            is_open: waits && !is_over,
            is_over,
            reference: case.reference,
            is_drill: case.is_drill,
            heading: fanout.heading,
            answer_by: fanout.answer_by,
        });
    }
    Ok(all)
}

/// Whether the actor's houses are asked in the case with this reference.
///
/// # Errors
/// The database's.
pub fn asks(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<bool> {
    match open_asked(tx, actor, reference, Action::ShowAsked) {
        Ok(_) => Ok(true),
        Err(Error::NotFound | Error::SignInNeeded) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The case as those meet it who are asked: the question stands in its place, and nothing that somebody else stated.
///
/// # Errors
/// The policy's.
pub(in crate::incidents) fn met(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    action: Action,
) -> Result<Met> {
    let (case, fanout, asked) = open_asked(tx, actor, reference, Action::ShowAsked)?;
    let facts = Facts::of(actor).with(Relation::CaseAsked);
    check(tx, actor, action, facts)?;
    let flags = Report::standing(&cases::reports_of(tx, case.id)?).map(|report| report.flags);
    let told = Report {
        id: ReportId(fanout.id.0),
        organisation: None,
        observed: Observed::Other,
        // These words were written for it.
        inform: Inform::ByName,
        // Whether data of people are affected: then they may be everybody's.
        flags: flags.unwrap_or_default(),
        stated_at: fanout.started_at,
        title: fanout.heading.clone(),
        description: fanout.notice,
        measures: String::new(),
        contact_name: String::new(),
        contact_phone: String::new(),
        suggestion: None,
        nature: None,
        is_current: true,
    };
    // Of a case that is part of another, what was decided there.
    let case = match &case.merged {
        Some(merged) => {
            let lead = load(tx, merged.lead)?;
            let (class, category) = (lead.class.max(case.class), lead.category.or(case.category));
            Incident { class, category, close_reason: lead.close_reason, merged: None, ..case.as_told() }
        }
        None => case,
    };
    let incident = Incident {
        impact: None,
        spread: None,
        title: fanout.heading,
        organisation: None,
        priority_reason: None,
        assignee: None,
        holder: None,
        waiting_on: None,
        follow_up_at: None,
        deadline_at: None,
        deadline_kind: None,
        occurred_at: None,
        detected_at: None,
        aware_at: None,
        reported_at: fanout.started_at,
        ..case
    };
    let acting = asked.into_iter().map(|one| one.organisation).collect();
    let involvements = Vec::new();
    Ok(Met { incident, facts, involvements, acting, standing: Some(told.clone()), stated: vec![told] })
}
