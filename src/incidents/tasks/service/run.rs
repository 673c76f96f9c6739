//! Playbooks on a case: started, which makes their tasks, and stopped, which withdraws what is still open.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{audience, library, open_case};
use crate::access::policy::Action;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::RunId;
use crate::core::text::{Block, Line, Title};
use crate::directory::service as directory;
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service::{note, open};
use crate::incidents::tasks::blocks::Known;
use crate::incidents::tasks::model::{FallDue, Input, Owner, State};
use crate::incidents::tasks::playbook::{Playbook, Step, Who};
use crate::incidents::tasks::store::{self, Change};
use crate::incidents::{notices, store as incidents};
use crate::queue;
use crate::store::Tx;
use crate::web::site::Settings;

/// Starts a playbook: its tasks are made, and it stays with the case as it is now. With `gives` the steps of the
/// organisation are asked of it at once, and it is told by one mail; without, they wait for somebody to give them.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a playbook that there is not, [`Error::Conflict`] for a closed case.
pub fn start(tx: &mut Tx<'_>, actor: &Actor, reference: &str, key: &str, gives: bool) -> Result<RunId> {
    let incident = open_case(tx, actor, reference)?;
    let refused = || Error::from(FieldError::new("playbook", "error-choice"));
    let book = library(tx)?.playbook(key).ok_or_else(refused)?;
    let run = store::add_run(tx, incident.id, actor.account, book)?;
    let asked = incident.organisation.filter(|_| gives);
    let team = Owner::Account(incident.assignee.or(actor.account).ok_or(Error::SignInNeeded)?);
    let mut before = tx.now();
    for (place, step) in (store::next_place(tx, incident.id)?..).zip(&book.steps) {
        let owner = match step.who {
            Who::Cert => team,
            Who::Organisation => asked.map_or(Owner::Nobody, Owner::Organisation),
        };
        let due = due(step, tx.now(), before);
        before = due.unwrap_or(before);
        let id = store::add(tx, incident.id, Some(run), place, &input(step, owner, due)?)?;
        if let Some(at) = due {
            queue::enqueue(tx, &FallDue { task: id }, at)?;
        }
    }
    started(tx, actor, &incident, book)?;
    if let Some(organisation) = asked.filter(|_| book.steps.iter().any(|step| step.who == Who::Organisation))
    {
        let asked = book.steps.iter().filter(|step| step.who == Who::Organisation);
        let titles: Vec<_> = asked.map(|step| step.title.as_str()).collect();
        let facts = json!({ "count": titles.len() });
        note(tx, actor, &incident, "tasks_given", Audience::Organisation(organisation), facts, None)?;
        notices::task(tx, &incident, organisation, &titles)?;
    }
    Ok(run)
}

fn due(step: &Step, start: Timestamp, before: Timestamp) -> Option<Timestamp> {
    let due = step.due?;
    let from = if due.from_previous { before } else { start };
    from.checked_add(SignedDuration::from_secs(due.after_s)).ok()
}

fn input(step: &Step, owner: Owner, due: Option<Timestamp>) -> Result<Input> {
    let odd = |why: &str| Error::Internal(format!("a step of a playbook: {why}"));
    Ok(Input {
        title: Title::parse(&step.title).map_err(odd)?,
        body: Block::parse_optional(&step.text).map_err(odd)?,
        why: Block::parse_optional(&step.why).map_err(odd)?,
        owner,
        due,
        needs_evidence: step.needs_evidence,
    })
}

fn started(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, book: &Playbook) -> Result<()> {
    let facts = json!({ "name": book.title, "version": book.version, "digest": book.digest });
    note(tx, actor, incident, "playbook_started", Audience::Team, facts, None)?;
    let entry = Entry::new("incident.playbook_start", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("playbook", book.key.as_str())
        .with("digest", book.digest.as_str());
    record(tx, actor, entry)
}

/// Stops a playbook: what of it is open is not needed any more, for this reason. Whoever was asked is told.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for another case's, [`Error::Stale`] for one that was stopped already.
pub fn stop(tx: &mut Tx<'_>, actor: &Actor, reference: &str, run: RunId, reason: &Line<300>) -> Result<()> {
    let incident = open_case(tx, actor, reference)?;
    let runs = store::runs_of(tx, incident.id)?;
    let refused = || Error::from(FieldError::new("run", "error-choice"));
    let stopped = runs.into_iter().find(|it| it.id == run).ok_or_else(refused)?;
    store::stop_run(tx, run, reason.as_str())?;
    let tasks = store::list(tx, incident.id, None)?;
    let mut told = BTreeSet::new();
    for task in tasks.into_iter().filter(|task| task.run == Some(run) && task.state == State::Open) {
        let change = Change { state: Some(State::NotNeeded.code()), ..Change::default() };
        store::change(tx, task.id, task.version, change)?;
        store::set_result(tx, task.id, reason.as_str())?;
        told.extend(task.owner.organisation());
    }
    let facts = json!({ "name": stopped.title });
    note(tx, actor, &incident, "playbook_stopped", Audience::Team, facts, Some(reason.as_str()))?;
    for organisation in told {
        let audience = audience(Owner::Organisation(organisation));
        note(tx, actor, &incident, "tasks_withdrawn", audience, json!({}), None)?;
    }
    let entry = Entry::new("incident.playbook_stop", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("playbook", stopped.playbook.as_str());
    record(tx, actor, entry)
}

/// A text block for a case, filled.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a block that there is not.
pub fn fill(tx: &mut Tx<'_>, actor: &Actor, reference: &str, key: &str) -> Result<String> {
    let (incident, _) = open(tx, actor, reference, Action::WriteTeamNote)?;
    let refused = || Error::from(FieldError::new("baustein", "error-choice"));
    let block = library(tx)?.block(key).ok_or_else(refused)?;
    let house: Vec<_> = incident.organisation.into_iter().collect();
    let organisation = directory::names(tx, &house)?.into_values().next().map(|name| name.name);
    let settings = tx.required::<Settings>()?;
    Ok(block.fill(&Known {
        organisation: organisation.as_deref().unwrap_or_default(),
        reference: &incident.reference,
        cert: &settings.cert_name,
        phone: &settings.phone,
        now: tx.now(),
    }))
}

/// Whether an organisation has a part in the case.
pub(super) fn has_part(
    tx: &mut Tx<'_>,
    incident: &Incident,
    organisation: crate::core::ids::OrgId,
) -> Result<bool> {
    Ok(incidents::involvements_of(tx, incident.id)?.iter().any(|it| it.organisation == organisation))
}
