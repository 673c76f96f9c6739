//! Following those who are silent: asked again with their deputies and heads, then on the list of those to call.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{audit, line};
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::event::Event;
use crate::core::ids::{FanoutId, IncidentId};
use crate::core::text::MailAddress;
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Asked, Asking, Chase, Fanout, Stage};
use crate::incidents::fanout::{rule, store};
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service::{come_up, load};
use crate::incidents::status::Status;
use crate::incidents::{notices, store as cases};
use crate::queue;
use crate::store::Tx;

/// Does what is due for a question, and sets the timer for the next. Of a closed case nobody is asked again.
///
/// # Errors
/// The database's.
pub fn chase(tx: &mut Tx<'_>, id: FanoutId) -> Result<()> {
    // Locked, so that nobody is asked again who answers just now, or behind the end.
    let fanout = store::locked(tx, id)?;
    if fanout.ended_at.is_some() {
        return Ok(());
    }
    let incident = load(tx, fanout.incident)?;
    let stands = match &incident.merged {
        Some(merged) => load(tx, merged.lead)?,
        None => incident.clone(),
    };
    if stands.status == Status::Closed {
        return Ok(());
    }
    let mut silent = store::asked_of(tx, id, None)?;
    silent.retain(Asked::is_silent);
    let mut stage = fanout.stage;
    for due in rule::due(&fanout, tx.now()) {
        match due {
            Stage::Asked => {}
            Stage::Reminded => remind(tx, &incident, &fanout, &silent)?,
            Stage::ToCall => to_call(tx, &incident, &stands, silent.len())?,
        }
        store::set_stage(tx, id, due)?;
        stage = due;
    }
    match rule::next(&fanout, stage) {
        Some(at) => queue::enqueue(tx, &Chase { fanout: id }, at),
        None => Ok(()),
    }
}

fn remind(tx: &mut Tx<'_>, incident: &Incident, fanout: &Fanout, silent: &[Asked]) -> Result<()> {
    let mut mails = Vec::with_capacity(silent.len());
    for asked in silent {
        let mut people: BTreeMap<MailAddress, String> =
            directory::people_of(tx, asked.organisation)?.into_iter().collect();
        for (mail, name) in directory::stand_ins_of(tx, asked.organisation)? {
            people.entry(mail).or_insert(name);
        }
        let people: Vec<_> = people.into_iter().collect();
        if people.len() > usize::try_from(asked.told).unwrap_or_default() {
            store::set_told(tx, asked.id, people.len())?;
        }
        mails.push((asked.id, people));
    }
    notices::asked(tx, incident, fanout, &mails, Asking::Again)?;
    said(tx, incident, "fanout_reminded", "incident.fan_out_remind", silent.len())
}

fn to_call(tx: &mut Tx<'_>, incident: &Incident, stands: &Incident, silent: usize) -> Result<()> {
    if silent > 0 {
        come_up(tx, stands, "fanout-silent-waits")?;
        cases::heard(tx, stands.id)?;
    }
    said(tx, incident, "fanout_silent", "incident.fan_out_silent", silent)
}

fn said(
    tx: &mut Tx<'_>,
    incident: &Incident,
    kind: &'static str,
    action: &'static str,
    count: usize,
) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    let actor = Actor::system("fanout");
    let facts = Map::from_iter([("count".to_owned(), Value::from(count))]);
    line(tx, &actor, incident, kind, Audience::Team, facts)?;
    audit(tx, &actor, action, incident, incident.organisation, &[("silent", Value::from(count))])
}

/// A case that is worked on again: those who are silent are followed again.
///
/// # Errors
/// The database's.
pub fn on_event(tx: &mut Tx<'_>, event: Event) -> Result<()> {
    let again: Vec<IncidentId> = match event {
        Event::IncidentReopened(incident) => {
            let mut cases = cases::parts_of_lead(tx, incident)?;
            cases.push(incident);
            cases
        }
        Event::IncidentDetached { member, .. } => vec![member],
        Event::IncidentFiled(_)
        | Event::IncidentTriaged(_)
        | Event::IncidentRead(_)
        | Event::IncidentAnswered(_)
        | Event::IncidentTakenUp(..)
        | Event::IncidentClosed(_)
        | Event::IncidentMerged { .. } => Vec::new(),
    };
    for incident in again {
        let Some(fanout) = store::of_case(tx, incident)? else { continue };
        if let Some(at) = rule::next(&fanout, fanout.stage).filter(|_| fanout.ended_at.is_none()) {
            queue::enqueue(tx, &Chase { fanout: fanout.id }, at)?;
        }
    }
    Ok(())
}
