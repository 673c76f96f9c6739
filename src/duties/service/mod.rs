//! Which duties a case brings for whom, as a viewer sees them, and what people note about them.

mod binding;
mod drafts;
mod figures;
mod remind;

pub use binding::{Binds, Bound, Said, binds, say, set_sectors};
pub use drafts::{Opened, Taken, open, save};
pub use figures::figures;
pub use remind::{on_event, on_start, remind, sweep};

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::book::{Book, Clock, RuleSet};
use super::model::{Duty, Kind as MarkKind, Mark, NewMark, Step};
use super::rule::{self, Applies, Facts, Past, Standing, Subject};
use super::store::{self, Of};
use super::term::Term;
use crate::access::policy::{Action, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::OrgId;
use crate::directory::model::Kind;
use crate::directory::service as directory;
use crate::incidents::fanout::service as fanout;
use crate::incidents::model::{Audience, Incident, Involvement, Part, Report};
use crate::incidents::service::{self as incidents, Met};
use crate::incidents::status::CloseReason;
use crate::store::Tx;

/// When an organisation became aware: the earliest that is known of it, which is the strictest reading. A report that
/// comes later changes nothing of it.
fn aware_at(case: &Incident, involvement: &Involvement) -> Timestamp {
    match involvement.part {
        Part::Reporter => {
            let noticed = [case.detected_at, case.aware_at, involvement.aware_at].into_iter().flatten();
            noticed.fold(case.reported_at, Timestamp::min)
        }
        Part::Affected | Part::Handler | Part::Informed => {
            involvement.aware_at.unwrap_or(involvement.added_at)
        }
    }
}

/// Those whose own case it is.
fn parties(all: &[Involvement]) -> impl Iterator<Item = &Involvement> {
    all.iter().filter(|it| matches!(it.part, Part::Reporter | Part::Affected))
}

/// Whose duties are meant.
enum Whose<'a> {
    /// Those of everybody whose case it is, and of the CERT beside them, which reports for the Land.
    Everybody,
    /// Of these organisations, as far as it is their case.
    Of(&'a [OrgId]),
}

impl Whose<'_> {
    fn holds(&self, organisation: OrgId) -> bool {
        match self {
            Self::Everybody => true,
            Self::Of(all) => all.contains(&organisation),
        }
    }
}

/// For whom the case brings duties, and since when each knows of it.
fn bound(
    tx: &mut Tx<'_>,
    case: &Incident,
    parts: &[Involvement],
    whose: &Whose<'_>,
) -> Result<BTreeMap<OrgId, Timestamp>> {
    let mut all: BTreeMap<OrgId, Timestamp> = BTreeMap::new();
    let own = parties(parts).filter(|it| whose.holds(it.organisation));
    for it in own {
        let aware = aware_at(case, it);
        all.entry(it.organisation).and_modify(|at| *at = (*at).min(aware)).or_insert(aware);
    }
    // Of a case that is part of another the Land reports once, there.
    if matches!(whose, Whose::Everybody) && case.merged.is_none() {
        all.entry(directory::cert(tx)?).or_insert(case.reported_at);
    }
    Ok(all)
}

/// The case as it is decided on: one that is part of another is triaged there, and the graver class of both counts. Who
/// knows of it, and what was sent, stays each case's own.
pub(super) fn decided(tx: &mut Tx<'_>, case: &Incident) -> Result<Incident> {
    let Some(merged) = &case.merged else { return Ok(case.clone()) };
    let lead = incidents::load(tx, merged.lead)?;
    let own = case.clone().as_told();
    Ok(Incident {
        class: lead.class.max(case.class),
        category: lead.category.or(case.category),
        impact: lead.impact.max(case.impact),
        spread: lead.spread.max(case.spread),
        close_reason: lead.close_reason,
        ..own
    })
}

/// What decides whether a set applies to an organisation: whether data of people are affected says whoever reported, and
/// each for itself.
fn facts(decided: &Incident, stated: &[Report], standing: Option<&Report>, organisation: OrgId) -> Facts {
    let own = stated.iter().rfind(|report| report.organisation == Some(organisation));
    Facts {
        class: decided.class,
        personal_data: standing.into_iter().chain(own).any(|report| report.flags.personal_data),
        is_drill: decided.is_drill,
        is_false_alarm: decided.close_reason == Some(CloseReason::FalseAlarm),
    }
}

/// The duties that the case brings, by organisation, in the order of the rule sets; also such as do not apply or bind any
/// more, where something was noted of them.
fn duties_of(
    tx: &mut Tx<'_>,
    case: &Incident,
    parts: &[Involvement],
    stated: &[Report],
    whose: &Whose<'_>,
) -> Result<Vec<Duty>> {
    let decided = decided(tx, case)?;
    let standing = Report::standing(stated);
    // What somebody else reported in its name is its case once it says so. Who said at the provider's question that it
    // is affected has duties of its own.
    let confirmed = parts.iter().filter(|_| !case.is_unconfirmed).cloned();
    let parts: Vec<Involvement> = confirmed.chain(fanout::concerned(tx, case.id)?).collect();
    let parts = parts.as_slice();
    let bound = bound(tx, case, parts, whose)?;
    let ids: Vec<OrgId> = bound.keys().copied().collect();
    let own: BTreeSet<OrgId> = parties(parts).map(|it| it.organisation).collect();
    let marks = store::marks_of(tx, case.id)?;
    let (book, now) = (tx.required::<Book>()?, tx.now());
    let mut duties = Vec::new();
    for Asked { organisation, subject, reasons } in subjects(tx, &ids, |id| own.contains(&id))? {
        let marks: Vec<&Mark> = marks.get(&organisation).into_iter().flatten().collect();
        let Some(aware_at) = bound.get(&organisation).copied() else { continue };
        let facts = facts(&decided, stated, standing.as_ref(), organisation);
        let binding = rule::binding(book.sets(), &subject);
        for set in book.sets() {
            let why = binding.iter().find(|(one, _)| one.key == set.key).map(|(_, why)| *why);
            let applies = if why.is_some() { rule::applies(set, facts) } else { Applies::No };
            if applies == Applies::No && !marks.iter().any(|mark| mark.rule_set == set.key) {
                continue;
            }
            let past = past(set, &marks, aware_at, decided.closed_at);
            let steps = rule::standings(set, &past, now).into_iter().map(|(stage, standing)| {
                let noted = |kind| {
                    let is_it = |mark: &&&Mark| {
                        mark.rule_set == set.key && mark.stage == stage.key && mark.kind == kind
                    };
                    marks.iter().find(is_it).map(|mark| Mark::clone(mark))
                };
                let is_open = standing.due_at().is_some() && applies == Applies::No;
                let standing = if is_open { Standing::Void } else { standing };
                Step {
                    stage: stage.clone(),
                    standing,
                    sent: noted(MarkKind::Sent),
                    asked: noted(MarkKind::Asked),
                }
            });
            let given = reasons.get(&set.key).filter(|why| !why.is_empty()).cloned();
            duties.push(Duty {
                organisation,
                set: set.clone(),
                why: given.or_else(|| why.flatten().map(str::to_owned)).unwrap_or_default(),
                applies,
                aware_at,
                steps: steps.collect(),
            });
        }
    }
    Ok(duties)
}

/// An organisation of which somebody asks what binds it.
struct Asked {
    organisation: OrgId,
    subject: Subject,
    /// The reasons that people gave, by the set's key.
    reasons: BTreeMap<String, String>,
}

/// What decides which sets bind each of these organisations, with the reasons that people gave.
fn subjects(tx: &mut Tx<'_>, ids: &[OrgId], is_party: impl Fn(OrgId) -> bool) -> Result<Vec<Asked>> {
    let cert = directory::cert(tx)?;
    let kinds: BTreeMap<OrgId, Kind> =
        directory::load_all(tx, ids)?.into_iter().map(|house| (house.id, house.kind)).collect();
    let (sectors, said) = (store::sectors_of(tx, ids)?, store::said_of(tx, ids)?);
    let mut all = Vec::new();
    for id in ids {
        let own = said.iter().filter(|(of, ..)| of == id);
        let subject = Subject {
            kind: kinds.get(id).copied().ok_or(Error::NotFound)?,
            sectors: sectors.iter().filter(|(of, _)| of == id).map(|(_, sector)| *sector).collect(),
            is_cert: *id == cert,
            is_party: is_party(*id),
            said: own.clone().map(|(_, set, binds, _)| (set.clone(), *binds)).collect(),
        };
        let reasons = own.map(|(_, set, _, why)| (set.clone(), why.clone())).collect();
        all.push(Asked { organisation: *id, subject, reasons });
    }
    Ok(all)
}

fn past(set: &RuleSet, marks: &[&Mark], aware_at: Timestamp, closed_at: Option<Timestamp>) -> Past {
    let of = |kind: MarkKind| {
        let all = marks.iter().filter(|mark| mark.rule_set == set.key && mark.kind == kind);
        all.map(|mark| (mark.stage.clone(), mark.at)).collect()
    };
    Past { aware_at: Some(aware_at), asked_at: of(MarkKind::Asked), sent_at: of(MarkKind::Sent), closed_at }
}

/// A case with the duties that a viewer sees in it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub case: Incident,
    /// By organisation, in the order of the rule sets.
    pub duties: Vec<Duty>,
    /// Whether the viewer notes what was sent.
    pub may_mark: bool,
    /// Whether the viewer is of the team.
    pub is_team: bool,
}

fn shown(tx: &mut Tx<'_>, actor: &Actor, met: Met) -> Result<Shown> {
    let is_team = may(tx, actor, Action::ReadTeamNotes, met.facts);
    let may_mark = may(tx, actor, Action::MarkDuty, met.facts);
    let whose = if is_team { Whose::Everybody } else { Whose::Of(&met.acting) };
    let duties = duties_of(tx, &met.incident, &met.involvements, &met.stated, &whose)?;
    Ok(Shown { case: met.incident, duties, may_mark, is_team })
}

fn entry(action: &'static str, case: &Incident, of: Option<Of<'_>>) -> Entry {
    let entry = Entry::new(action, SubjectKind::Incident, case.id);
    match of {
        Some(of) => {
            let entry = entry.organisation(Some(of.organisation));
            entry.with("rule_set", of.rule_set).with("stage", of.stage)
        }
        None => entry.organisation(case.organisation),
    }
}

fn audit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    case: &Incident,
    of: Option<Of<'_>>,
) -> Result<()> {
    record(tx, actor, entry(action, case, of))
}

/// The duties of a case, for the organisations for which the actor acts in it; for the team of all.
///
/// # Errors
/// The policy's.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Shown> {
    let met = incidents::meet(tx, actor, reference, Action::ShowDuties)?;
    let shown = shown(tx, actor, met)?;
    audit(tx, actor, "incident.duties_view", &shown.case, None)?;
    Ok(shown)
}

/// A report that is to be sent next.
#[derive(Debug, Clone)]
pub struct Due {
    /// What it is: the stage, and the set.
    pub name: String,
    pub set: String,
    pub organisation: OrgId,
    pub due_at: Timestamp,
    /// Whether it is due without delay, and no date says until when.
    pub is_at_once: bool,
}

/// What is to be sent next of each duty, what is due first first; nothing for whom the case's duties do not exist.
///
/// # Errors
/// The policy's for the case.
pub fn next(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Option<Vec<Due>>> {
    let met = incidents::meet(tx, actor, reference, Action::ShowIncident)?;
    if !may(tx, actor, Action::ShowDuties, met.facts) {
        return Ok(None);
    }
    let duties = shown(tx, actor, met)?.duties;
    let due = |duty: &Duty| {
        let (step, due_at) = duty.next()?;
        let (name, set) = (step.stage.name.clone(), duty.set.name.clone());
        let is_at_once = step.stage.within == Term::AtOnce;
        Some(Due { name, set, organisation: duty.organisation, due_at, is_at_once })
    };
    let mut all: Vec<Due> = duties.iter().filter_map(due).collect();
    all.sort_by_key(|due| due.due_at);
    Ok(Some(all))
}

/// Which stage is meant.
#[derive(Debug, Clone)]
pub struct Which {
    pub organisation: OrgId,
    pub rule_set: String,
    pub stage: String,
}

impl Which {
    fn of<'a>(&'a self, case: &Incident) -> Of<'a> {
        let Self { organisation, rule_set, stage } = self;
        Of { incident: case.id, organisation: *organisation, rule_set, stage }
    }
}

/// A stage of a duty that exists for the actor.
fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    which: &Which,
    action: Action,
) -> Result<(Met, Duty)> {
    let met = incidents::meet(tx, actor, reference, Action::ShowDuties)?;
    check(tx, actor, action, met.facts)?;
    let shown = shown(tx, actor, met.clone())?;
    let is_it = |duty: &Duty| duty.organisation == which.organisation && duty.set.key == which.rule_set;
    let duty = shown.duties.into_iter().find(is_it).ok_or(Error::NotFound)?;
    if duty.set.stage(&which.stage).is_none() {
        return Err(Error::NotFound);
    }
    Ok((met, duty))
}

/// Notes that a report was sent, or asked for. Neither lies ahead, nor before it happened.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for the field `at`, and for `tun` where nobody asks for such a report; [`Error::Stale`] where a colleague noted it already.
pub fn mark(tx: &mut Tx<'_>, actor: &Actor, reference: &str, which: &Which, new: &NewMark) -> Result<()> {
    let (met, duty) = find(tx, actor, reference, which, Action::MarkDuty)?;
    if new.at > tx.now() {
        return Err(FieldError::new("at", "duty-error-ahead").into());
    }
    if met.incident.occurred_at.is_some_and(|began| new.at < began) {
        return Err(FieldError::new("at", "duty-error-before").into());
    }
    let clock = duty.set.stage(&which.stage).map(|stage| &stage.clock);
    if new.kind == MarkKind::Asked && clock != Some(&Clock::Asked) {
        return Err(FieldError::new("tun", "error-choice").into());
    }
    let of = which.of(&met.incident);
    store::add_mark(tx, actor, of, new)?;
    let (kind, action) = match new.kind {
        MarkKind::Sent => ("duty_sent", "incident.duty_sent"),
        MarkKind::Asked => ("duty_asked", "incident.duty_asked"),
    };
    remind::soon(tx, met.incident.id)?;
    tell(tx, actor, &met.incident, &duty, which, kind)?;
    let entry = entry(action, &met.incident, Some(of)).with("at", new.at.to_string());
    record(tx, actor, entry)
}

/// Takes back what was noted by mistake.
///
/// # Errors
/// The policy's; [`Error::Stale`] where it is not noted any more.
pub fn unmark(tx: &mut Tx<'_>, actor: &Actor, reference: &str, which: &Which, kind: MarkKind) -> Result<()> {
    let (met, duty) = find(tx, actor, reference, which, Action::MarkDuty)?;
    let of = which.of(&met.incident);
    store::remove_mark(tx, of, kind)?;
    remind::soon(tx, met.incident.id)?;
    tell(tx, actor, &met.incident, &duty, which, "duty_unmarked")?;
    record(tx, actor, entry("incident.duty_unmark", &met.incident, Some(of)).with("kind", kind.code()))
}

/// Says on the timeline what was noted: to the CERT and the organisation.
fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    case: &Incident,
    duty: &Duty,
    which: &Which,
    kind: &str,
) -> Result<()> {
    let stage = duty.set.stage(&which.stage).map_or("", |stage| stage.name.as_str());
    let mut facts = serde_json::Map::new();
    facts.insert("stage".to_owned(), stage.into());
    facts.insert("recipient".to_owned(), duty.set.recipient.as_str().into());
    let to = Audience::Organisation(duty.organisation);
    incidents::add_system_entry(tx, actor, case.id, kind, to, facts, None).map(drop)
}
