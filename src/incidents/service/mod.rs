//! What may be done with incidents. Each function asks the policy first, and writes change, audit row, timeline and
//! mail in the caller's transaction.

mod behalf;
mod file;
mod handle;
mod handover;
mod link;
mod loose;
mod merge;
mod split;
mod supplement;
mod system;
mod view;
mod watch;

pub use behalf::{Status as ReceiptStatus, decide, status_by_receipt};
pub(in crate::incidents) use file::next_reference;
pub use file::{Filed, file};
pub(in crate::incidents) use handle::assignable;
pub use handle::{
    assign, categorise, close, counterpart, message, reopen, restrict, set_status, set_waiting,
    take_back_closing, triage,
};
pub use handover::{acknowledge_handover, hand_over, handover};
pub use link::{Linked, link, links, listed, unlink};
pub use loose::{Asked, Loose, attach, attachable, decide_by_link, file_loose, peek, stated, vouch};
pub use merge::{Candidate, MOST, Plan, Told, consider, detach, members, merge, tell_members, threads};
pub use split::{Separable, split, splittable};
pub use supplement::{Stating, Withdrawn, state, stating, withdraw};
pub(in crate::incidents) use supplement::{come_back, heard};
pub use system::{
    add_system_entry, closed_to, come_up, correspondents, counted, hear, hear_of, imported_at, inform,
    involve, lines, load, load_by_reference, merged_into, named, open_cases, open_cases_of, parts_of,
    remind_of_duties, remind_team, reports_of, set_deadline, takes_part,
};
use view::case_facts_for;
pub use view::{
    Abilities, Met, Redaction, View, case_facts, count, list, meet, show, taken_along, unread_messages,
};
pub(in crate::incidents) use view::{queue, redact_rows};
pub use watch::{Trace, Watcher, has_changed, traces, watch};

use jiff::{Timestamp, ToSpan as _};

use super::model::{Audience, Incident};
use super::policy::Sight;
use super::{digest, policy, store};
use crate::access::policy::{Action, check, may};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::store::Tx;

/// What the queue sorts a case by: its follow-up while it waits, its next deadline, otherwise behind all deadlines by age.
pub(in crate::incidents) fn queue_at(
    reported: Timestamp,
    deadline: Option<Timestamp>,
    follow_up: Option<Timestamp>,
) -> Timestamp {
    let behind_all = reported.checked_add((24 * 3650).hours()).unwrap_or(reported);
    follow_up.or(deadline).unwrap_or(behind_all)
}

/// Finds a case and asks the policy; what does not exist and what may not be seen answer alike.
pub(in crate::incidents) fn open(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    action: Action,
) -> Result<(Incident, Sight)> {
    let (incident, sight) = find(tx, actor, reference)?;
    check(tx, actor, action, sight.facts)?;
    Ok((incident, sight))
}

/// As [`open`], where it counts what the actor is to the organisation that the case was reported for.
pub(in crate::incidents) fn open_at_house(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    action: Action,
) -> Result<(Incident, Sight)> {
    let (incident, sight) = find(tx, actor, reference)?;
    let facts = policy::with_house(tx, actor, &incident, sight.facts)?;
    check(tx, actor, action, facts)?;
    Ok((incident, sight))
}

fn find(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Sight)> {
    let Some(incident) = store::lookup(tx, reference)? else {
        // Somebody unknown learns nothing from the difference between 404 and the way to sign in.
        return Err(if actor.account.is_none() { Error::SignInNeeded } else { Error::NotFound });
    };
    let involvements = store::involvements_of(tx, incident.id)?;
    let sight = policy::sight(tx, actor, &incident, &involvements)?;
    let can = |action| may(tx, actor, action, sight.facts);
    if incident.merged.is_some() && can(Action::ShowIncident) && !can(Action::ReadTeamNotes) {
        return Ok((incident.as_told(), sight));
    }
    Ok((incident, sight))
}

/// Adds a line by the actor to the timeline.
pub(in crate::incidents) fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    kind: &str,
    audience: Audience,
    facts: serde_json::Value,
    body: Option<&str>,
) -> Result<()> {
    let facts = match facts {
        serde_json::Value::Object(map) => map,
        _ => serde_json::Map::new(),
    };
    let entry = store::NewEntry { kind, audience, account: actor.account, author: &actor.name, facts, body };
    store::add_entry(tx, incident.id, &entry)?;
    if body.is_some() { digest::again(tx, incident.id) } else { Ok(()) }
}
