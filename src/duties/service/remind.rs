//! Whoever must report is told before a clock ends, and when it is over. The team sees both, and is told of what the CERT
//! owes itself, and where nobody of an organisation can be written to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Whose, duties_of};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::event::Event;
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{IncidentId, OrgId};
use crate::core::when;
use crate::directory::service as directory;
use crate::duties::book::Book;
use crate::duties::model::{Duty, Remind, Step, SweepDuties};
use crate::duties::rule::{self, Applies, Reminder};
use crate::duties::store::{self, Of};
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::queue;
use crate::store::Tx;

/// What changes a case's clocks has them looked at.
///
/// # Errors
/// The database's.
pub fn on_event(tx: &mut Tx<'_>, event: Event) -> Result<()> {
    match event {
        Event::IncidentRead(incident) | Event::IncidentAnswered(incident) => soon(tx, incident),
        Event::IncidentTriaged(incident)
        | Event::IncidentClosed(incident)
        | Event::IncidentReopened(incident) => {
            // Their class is decided there.
            for member in incidents::merged_into(tx, incident)? {
                soon(tx, member)?;
            }
            soon(tx, incident)
        }
        Event::IncidentMerged { member, .. } | Event::IncidentDetached { member, .. } => soon(tx, member),
        Event::IncidentFiled(_) | Event::IncidentTakenUp(..) => Ok(()),
    }
}

/// Has the clocks of a case looked at behind this transaction.
pub(super) fn soon(tx: &mut Tx<'_>, incident: IncidentId) -> Result<()> {
    let now = tx.now();
    queue::enqueue(tx, &Remind { incident }, now)
}

/// Cases that are looked at in one portion.
const PORTION: i64 = 200;

/// Has the clocks of all open cases looked at, where the rules are others than before.
///
/// # Errors
/// The database's.
pub fn on_start(tx: &mut Tx<'_>) -> Result<()> {
    let book = tx.required::<Book>()?;
    let (is_new, now) = (store::keep_rules(tx, book.digest())?, tx.now());
    if is_new { queue::enqueue(tx, &SweepDuties { behind: None }, now) } else { Ok(()) }
}

/// Has the clocks of the next open cases looked at, and goes on behind them.
///
/// # Errors
/// The database's.
pub fn sweep(tx: &mut Tx<'_>, behind: Option<IncidentId>) -> Result<()> {
    let cases = incidents::open_cases(tx, behind, PORTION)?;
    for incident in &cases {
        soon(tx, *incident)?;
    }
    let now = tx.now();
    match cases.last() {
        Some(last) => queue::enqueue(tx, &SweepDuties { behind: Some(*last) }, now),
        None => Ok(()),
    }
}

/// A stage that is told of.
struct Told<'a> {
    duty: &'a Duty,
    step: &'a Step,
    reminder: Reminder,
    due_at: Timestamp,
}

/// Tells of the clocks of a case that are to be told of now, each once, and sets the timer for the next.
///
/// # Errors
/// The database's.
pub fn remind(tx: &mut Tx<'_>, id: IncidentId) -> Result<()> {
    let case = incidents::load(tx, id)?;
    let parts = incidents::parts_of(tx, id)?;
    let stated = incidents::reports_of(tx, id)?;
    let duties = duties_of(tx, &case, &parts, &stated, &Whose::Everybody)?;
    if duties.is_empty() {
        return Ok(());
    }
    // What was over when a case came from elsewhere is shown and not told.
    let came_at = incidents::imported_at(tx, id)?;
    let (known, now) = (store::reminded(tx, id)?, tx.now());
    let mut next: Option<Timestamp> = None;
    let mut told: BTreeMap<OrgId, Vec<Told<'_>>> = BTreeMap::new();
    for duty in duties.iter().filter(|duty| duty.applies != Applies::No) {
        for step in &duty.steps {
            let Some(due_at) = step.standing.due_at() else { continue };
            let of = Of {
                incident: id,
                organisation: duty.organisation,
                rule_set: &duty.set.key,
                stage: &step.stage.key,
            };
            let mut last = None;
            for (reminder, at) in rule::reminders(&step.stage, due_at) {
                let reminder = match (duty.applies, reminder) {
                    (Applies::Perhaps, Reminder::Before) => Reminder::Open,
                    // Whether that is too late, triage decides.
                    (Applies::Perhaps, _) => continue,
                    (_, reminder) => reminder,
                };
                if known.iter().any(|it| it.is(of, reminder, due_at)) {
                    continue;
                }
                if at > now {
                    next = Some(next.map_or(at, |next| next.min(at)));
                    continue;
                }
                store::add_reminder(tx, of, reminder, due_at)?;
                // Of what was missed the last word is said.
                last = came_at.is_none_or(|came| at > came).then_some(reminder);
            }
            if let Some(reminder) = last {
                let one = Told { duty, step, reminder, due_at };
                told.entry(duty.organisation).or_default().push(one);
            }
        }
    }
    let mut concerns_team = false;
    for (organisation, all) in &told {
        concerns_team |= !tell(tx, &case, *organisation, all)?;
    }
    if concerns_team {
        come_up(tx, &case)?;
    }
    match next {
        Some(next) => queue::enqueue(tx, &Remind { incident: id }, next),
        None => Ok(()),
    }
}

/// A line for each on the timeline, and one mail. What perhaps is no duty, and what the CERT owes, is the team's. `false`
/// where the team must see to it: the duty is the CERT's, or nobody of the organisation can be written to.
fn tell(tx: &mut Tx<'_>, case: &Incident, organisation: OrgId, all: &[Told<'_>]) -> Result<bool> {
    let actor = Actor::system("duties");
    let is_cert = organisation == directory::cert(tx)?;
    let house = directory::load(tx, organisation)?.name;
    let (mut lines, mut is_seen_to) = (Vec::new(), true);
    for Told { duty, step, reminder, due_at } in all {
        let is_house = !is_cert && duty.applies == Applies::Yes;
        let audience = if is_house { Audience::Organisation(organisation) } else { Audience::Team };
        let kind = match reminder {
            Reminder::Before | Reminder::Open => "duty_ends",
            Reminder::Over => "duty_over",
        };
        let mut facts = serde_json::Map::new();
        facts.insert("stage".to_owned(), step.stage.name.as_str().into());
        facts.insert("recipient".to_owned(), duty.set.recipient.as_str().into());
        facts.insert("due".to_owned(), due_at.to_string().into());
        incidents::add_system_entry(tx, &actor, case.id, kind, audience, facts, None)?;
        is_seen_to &= !(is_cert && duty.applies == Applies::Yes);
        if is_house {
            let args = [
                ("house", house.as_str().into()),
                ("stage", step.stage.name.as_str().into()),
                ("recipient", duty.set.recipient.as_str().into()),
                ("at", when::absolute(*due_at).into()),
            ];
            let key = if *reminder == Reminder::Over { "duty-mail-over" } else { "duty-mail-before" };
            lines.push(text_with(Lang::De, key, &args).into_owned());
        }
    }
    if !lines.is_empty() {
        is_seen_to &= incidents::remind_of_duties(tx, case, organisation, &lines)?;
    }
    let entry = Entry::new("incident.duty_remind", SubjectKind::Incident, case.id);
    record(tx, &actor, entry.organisation(Some(organisation)))?;
    Ok(is_seen_to)
}

/// The team sees it in its queue: where the case is part of another, at that one; by mail where the case is closed.
fn come_up(tx: &mut Tx<'_>, case: &Incident) -> Result<()> {
    let stands = match &case.merged {
        Some(merged) => incidents::load(tx, merged.lead)?,
        None => case.clone(),
    };
    if stands.status == Status::Closed {
        return incidents::remind_team(tx, &stands);
    }
    incidents::come_up(tx, &stands, "duty-waits-for")
}
