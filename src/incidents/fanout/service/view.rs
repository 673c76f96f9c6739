//! What each sees of a question: the team all of it, the provider numbers and those whose mandate it holds, an organisation
//! that is asked its own.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::{Counted, audit, count, name_of, open_asked, open_board};
use crate::access::policy::{Action, Facts, Relation, check, check_token, may};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, IncidentId, OrgId, ReportId};
use crate::core::tlp::Tlp;
use crate::directory::model::{Contact, MandateScope, OrgName};
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Answer, Asked, Counts, Fanout, best};
use crate::incidents::fanout::store;
use crate::incidents::model::{Audience, Entry, Incident, Inform, Involvement, Observed, Part, Report};
use crate::incidents::service::{Met, load, open};
use crate::incidents::status::Status;
use crate::incidents::store as cases;
use crate::mail::outbox::{self, MailState};
use crate::store::Tx;

/// An organisation that is asked, as the team sees it.
#[derive(Debug, Clone)]
pub struct Row {
    pub asked: Asked,
    pub name: OrgName,
    /// Where to call; empty where no number is known.
    pub phone: String,
    /// The best that is known of the mails to it.
    pub mail: Option<MailState>,
}

/// A message to all, with how many of its mails stand where.
#[derive(Debug, Clone)]
pub struct Broadcast {
    pub at: Timestamp,
    pub author: String,
    pub text: String,
    pub mails: Vec<(MailState, i64)>,
}

/// A question as the team sees it.
#[derive(Debug, Clone)]
pub struct TeamView {
    pub case: Incident,
    /// None where nobody was asked yet.
    pub fanout: Option<Fanout>,
    pub source: String,
    /// Those to call first, then by name.
    pub rows: Vec<Row>,
    pub counts: Counts,
    /// The newest first.
    pub broadcasts: Vec<Broadcast>,
    /// Whether the viewer asks and writes.
    pub may_ask: bool,
    /// Whether the provider may be named to those who are asked.
    pub may_name: bool,
}

/// A question as the provider sees it at whom it happened.
#[derive(Debug, Clone)]
pub struct SourceView {
    pub reference: String,
    pub tlp: Tlp,
    pub is_drill: bool,
    pub fanout: Fanout,
    pub counts: Counts,
    /// Those whose mandate it holds, by name; whether it may answer for them.
    pub named: Vec<(Asked, String, bool)>,
}

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

/// Who looks decides what is seen.
#[derive(Debug, Clone)]
pub enum Seen {
    Team(Box<TeamView>),
    Source(Box<SourceView>),
    House(Box<HouseView>),
}

/// A question for whoever looks; that it was looked at is recorded.
///
/// # Errors
/// The policy's; [`Error::NotFound`] where nobody was asked yet, but for the team.
pub fn seen(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Seen> {
    match count(tx, actor, reference) {
        Ok(Counted { incident, facts, fanout }) if may(tx, actor, Action::ReadTeamNotes, facts) => {
            let may_ask = may(tx, actor, Action::FanOut, facts);
            team(tx, actor, incident, fanout, may_ask).map(|view| Seen::Team(Box::new(view)))
        }
        Ok(counted) => {
            let fanout = counted.fanout.ok_or(Error::NotFound)?;
            source(tx, actor, counted.incident, fanout).map(|view| Seen::Source(Box::new(view)))
        }
        Err(Error::NotFound | Error::Forbidden(_)) => {
            house(tx, actor, reference).map(|view| Seen::House(Box::new(view)))
        }
        Err(error) => Err(error),
    }
}

fn team(
    tx: &mut Tx<'_>,
    actor: &Actor,
    case: Incident,
    fanout: Option<Fanout>,
    may_ask: bool,
) -> Result<TeamView> {
    audit(tx, actor, "incident.view", &case, case.organisation, &[])?;
    let may_name = super::may_name(tx, &case, case.organisation)?;
    let Some(fanout) = fanout else {
        return Ok(TeamView {
            case,
            fanout: None,
            source: String::new(),
            rows: Vec::new(),
            counts: Counts::default(),
            broadcasts: Vec::new(),
            may_ask,
            may_name,
        });
    };
    let rows = rows(tx, &fanout)?;
    let counts = Counts::of(rows.iter().map(|row| &row.asked));
    let broadcasts = broadcasts(tx, &case)?;
    let source = name_of(tx, fanout.source)?;
    Ok(TeamView { case, fanout: Some(fanout), source, rows, counts, broadcasts, may_ask, may_name })
}

fn rows(tx: &mut Tx<'_>, fanout: &Fanout) -> Result<Vec<Row>> {
    let all = store::asked_of(tx, fanout.id, None)?;
    let ids: Vec<OrgId> = all.iter().map(|asked| asked.organisation).collect();
    let (names, phones) = (directory::names(tx, &ids)?, directory::phones(tx, &ids)?);
    let dispatches: Vec<AnyId> = all.iter().map(|asked| AnyId(asked.id.0)).collect();
    let mails = outbox::states(tx, &dispatches)?;
    let row = |asked: Asked| Row {
        name: names.get(&asked.organisation).cloned().unwrap_or_default(),
        phone: phones.get(&asked.organisation).cloned().unwrap_or_default(),
        mail: mails.get(&AnyId(asked.id.0)).and_then(|states| best(states)),
        asked,
    };
    let mut rows: Vec<Row> = all.into_iter().map(row).collect();
    rows.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.name.name.cmp(&b.name.name)));
    Ok(rows)
}

/// Who is affected stands first, then who says nothing.
fn order(row: &Row) -> u8 {
    match row.asked.answer.as_ref().map(|said| said.answer) {
        _ if row.asked.is_abroad => 4,
        Some(Answer::Affected) => 0,
        None => 1,
        Some(Answer::Unclear) => 2,
        Some(Answer::NotAffected) => 3,
    }
}

fn is_broadcast(entry: &Entry) -> bool {
    entry.audience == Audience::Involved && entry.facts.contains_key("broadcast")
}

fn broadcasts(tx: &mut Tx<'_>, case: &Incident) -> Result<Vec<Broadcast>> {
    let mut entries = cases::entries(tx, case.id, true, &[])?;
    entries.retain(is_broadcast);
    let of = |entry: Entry| {
        Ok(Broadcast {
            mails: outbox::count(tx, AnyId(entry.id.0))?,
            at: entry.at,
            author: entry.author,
            text: entry.body.unwrap_or_default(),
        })
    };
    entries.into_iter().map(of).collect()
}

/// The case with its question, for the provider at whom it happened.
pub(super) fn open_source(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Fanout)> {
    let Counted { incident, facts, fanout } = count(tx, actor, reference)?;
    if may(tx, actor, Action::ReadTeamNotes, facts) {
        // The team writes down what it heard; it answers for nobody.
        return Err(Error::Forbidden("error-not-allowed"));
    }
    Ok((incident, fanout.ok_or(Error::NotFound)?))
}

fn source(tx: &mut Tx<'_>, actor: &Actor, case: Incident, fanout: Fanout) -> Result<SourceView> {
    audit(tx, actor, "incident.view", &case, Some(fanout.source), &[])?;
    let all = store::asked_of(tx, fanout.id, None)?;
    let counts = Counts::of(&all);
    let mut held: HashMap<OrgId, bool> = HashMap::new();
    for mandate in directory::held_mandates(tx, actor)? {
        *held.entry(mandate.grantor).or_default() |= mandate.scope == MandateScope::Act;
    }
    let known: Vec<Asked> =
        all.into_iter().filter(|one| !one.is_abroad && held.contains_key(&one.organisation)).collect();
    let ids: Vec<OrgId> = known.iter().map(|one| one.organisation).collect();
    let names = directory::names(tx, &ids)?;
    let mut named: Vec<(Asked, String, bool)> = known
        .into_iter()
        .map(|one| {
            let name = names.get(&one.organisation).map(|it| it.name.clone()).unwrap_or_default();
            let acts = held.get(&one.organisation).copied().unwrap_or(false);
            (one, name, acts)
        })
        .collect();
    named.sort_by(|a, b| a.1.cmp(&b.1));
    let Incident { reference, tlp, is_drill, .. } = case;
    Ok(SourceView { reference, tlp, is_drill, fanout, counts, named })
}

fn house(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<HouseView> {
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
fn thread(tx: &mut Tx<'_>, case: &Incident, own: &[OrgId]) -> Result<Vec<Entry>> {
    let mut entries = cases::entries(tx, case.id, false, own)?;
    entries.retain(|entry| {
        let is_own = matches!(entry.audience, Audience::Organisation(org) if own.contains(&org))
            && ["message", "mail_in"].contains(&entry.kind.as_str());
        entry.body.is_some() && (is_own || is_broadcast(entry))
    });
    Ok(entries)
}

/// One organisation that is asked, as the team sees it: whom to call, and what was written with it.
#[derive(Debug, Clone)]
pub struct PartView {
    pub case: Incident,
    pub fanout: Fanout,
    pub asked: Asked,
    pub name: OrgName,
    /// Of the administration that runs it, in the order to call them.
    pub contacts: Vec<Contact>,
    pub entries: Vec<Entry>,
    pub may_ask: bool,
}

/// One organisation that is asked, for the team.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for one that is not asked.
pub fn part(tx: &mut Tx<'_>, actor: &Actor, reference: &str, organisation: OrgId) -> Result<PartView> {
    let (case, fanout, may_ask) = open_board(tx, actor, reference)?;
    let asked = super::asked_of(tx, &fanout, &[organisation])?.pop().ok_or(Error::NotFound)?;
    let administration = directory::administration_of(tx, organisation)?;
    let mut contacts = directory::contacts_of(tx, administration)?;
    contacts.sort_by_key(|contact| contact.role);
    let entries = thread(tx, &case, &[organisation])?;
    let name = directory::names(tx, &[organisation])?.remove(&organisation).unwrap_or_default();
    audit(tx, actor, "incident.view", &case, Some(organisation), &[])?;
    Ok(PartView { case, fanout, asked, name, contacts, entries, may_ask })
}

/// Who can be the provider at whom it happened: whoever serves others today, with name and services.
///
/// # Errors
/// The policy's.
pub fn sources(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Vec<(OrgId, String, Vec<String>)>> {
    open(tx, actor, reference, Action::FanOut)?;
    let mut all = Vec::new();
    for (id, _, name) in directory::providers(tx)? {
        let services = directory::services_of(tx, id)?;
        all.push((id, name, services));
    }
    Ok(all)
}

/// Those in other Länder, as a table for the CERTs there: key, name, number.
///
/// # Errors
/// The policy's; [`Error::NotFound`] where nobody was asked.
pub fn table(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(String, Vec<[String; 5]>)> {
    let (case, fanout, _) = open_board(tx, actor, reference)?;
    audit(tx, actor, "incident.download", &case, case.organisation, &[])?;
    let mut abroad = rows(tx, &fanout)?;
    abroad.retain(|row| row.asked.is_abroad);
    let ids: Vec<OrgId> = abroad.iter().map(|row| row.asked.organisation).collect();
    let known: HashMap<OrgId, _> =
        directory::load_all(tx, &ids)?.into_iter().map(|org| (org.id, org)).collect();
    let line = |row: &Row| {
        let org = known.get(&row.asked.organisation);
        let key = org.and_then(|org| org.ars.clone().or_else(|| org.ags.clone())).unwrap_or_default();
        let land = key.get(..2).unwrap_or_default().to_owned();
        let seat = org.map(|org| org.seat.clone()).unwrap_or_default();
        [land, key, row.name.name.clone(), seat, row.phone.clone()]
    };
    let mut lines: Vec<[String; 5]> = abroad.iter().map(line).collect();
    lines.sort();
    Ok((case.reference, lines))
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
        let asked = super::asked_of(tx, &fanout, &acting)?;
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

/// What the answers in a case come to, for its page; nothing where nobody was asked.
///
/// # Errors
/// The database's.
pub fn summary(tx: &mut Tx<'_>, case: IncidentId) -> Result<Option<(Fanout, Counts)>> {
    let Some(fanout) = store::of_case(tx, case)? else { return Ok(None) };
    let asked = store::asked_of(tx, fanout.id, None)?;
    Ok(Some((fanout, Counts::of(&asked))))
}

/// Whether one of these organisations is asked in the case by this CERT.
pub(in crate::incidents) fn is_asked(
    tx: &mut Tx<'_>,
    case: IncidentId,
    organisations: &[OrgId],
) -> Result<bool> {
    match store::of_case(tx, case)? {
        Some(fanout) => Ok(!super::asked_of(tx, &fanout, organisations)?.is_empty()),
        None => Ok(false),
    }
}

/// Those whom the case concerns by what they said, as if they had a part in it: affected, or not sure. They know of it
/// since they were asked.
///
/// # Errors
/// The database's.
pub fn concerned(tx: &mut Tx<'_>, case: IncidentId) -> Result<Vec<Involvement>> {
    let Some(fanout) = store::of_case(tx, case)? else { return Ok(Vec::new()) };
    let parties = cases::involvements_of(tx, case)?;
    let parties = parties.into_iter().filter(|it| matches!(it.part, Part::Reporter | Part::Affected));
    let there: HashSet<OrgId> = parties.map(|it| it.organisation).collect();
    let asked = store::asked_of(tx, fanout.id, None)?;
    let concerns = |one: &Asked| {
        let answer = one.answer.as_ref().map(|said| said.answer);
        !one.is_abroad
            && matches!(answer, Some(Answer::Affected | Answer::Unclear))
            && !there.contains(&one.organisation)
    };
    Ok(asked
        .into_iter()
        .filter(concerns)
        .map(|one| Involvement {
            organisation: one.organisation,
            part: Part::Affected,
            affectedness: one.answer.map_or("unclear", |said| said.answer.code()).to_owned(),
            aware_at: Some(fanout.started_at),
            added_at: fanout.started_at,
        })
        .collect())
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
