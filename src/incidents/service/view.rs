//! What somebody sees of cases: one case with exactly the timeline of their audience, and lists within their scope.

use std::collections::HashSet;

use jiff::Timestamp;

use super::link::{self, Linked};
use super::{behalf, loose, merge, open};
use crate::access::policy::{Action, Facts, check, check_token, may};
use crate::access::service as access;
use crate::audit::model::{Entry as AuditEntry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, EntryId, IncidentId, OrgId};
use crate::core::page::{Page, read_cursor};
use crate::incidents::fanout::service as fanout;
use crate::incidents::model::{
    Behalf, Entry, Filter, Incident, Inform, Involvement, Part, Place, Report, Row, Sort,
};
use crate::incidents::papers::model::Paper;
use crate::incidents::papers::service as papers;
use crate::incidents::status::Status;
use crate::incidents::timeline::service as timeline;
use crate::incidents::{policy, store};
use crate::store::Tx;

/// What is kept from this viewer, because the reporter did not allow more to be told upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redaction {
    /// Nothing.
    None,
    /// Who reported, and the report's words.
    Anonymous,
    /// Also what it is about.
    Nobody,
}

/// What the viewer may do with the case: which buttons a page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Abilities {
    pub is_team: bool,
    pub triage: bool,
    pub write: bool,
    pub escalate: bool,
    pub restrict: bool,
    /// Says whether a report in its organisation's name is its own.
    pub confirm: bool,
    /// States more, as a later report.
    pub supplement: bool,
    /// Takes the report back as a false alarm.
    pub withdraw: bool,
    /// Says whose a report is that came without an account.
    pub attach: bool,
    /// Merges it with others and takes it out again.
    pub merge: bool,
    /// Says what it has to do with others.
    pub link: bool,
    /// Keeps lines on top.
    pub pin: bool,
    /// Takes all of it along as an archive.
    pub export: bool,
}

/// One case for one viewer.
#[derive(Debug, Clone)]
pub struct View {
    pub incident: Incident,
    /// The report that opened the case.
    pub report: Option<Report>,
    /// What was stated later, the oldest first.
    pub later: Vec<Report>,
    /// What holds of it today ([`Report::standing`]).
    pub standing: Option<Report>,
    pub entries: Vec<Entry>,
    /// Which of them stay on top.
    pub pinned: HashSet<EntryId>,
    pub involvements: Vec<Involvement>,
    /// The organisations for which the viewer acts in this case.
    pub acting: Vec<OrgId>,
    /// The named persons of a restricted case, for the team.
    pub named: Vec<AccountId>,
    pub may: Abilities,
    pub redaction: Redaction,
    /// Through whom it was reported, where that was another organisation.
    pub behalf: Option<Behalf>,
    /// What the viewer may make of it for others to read.
    pub papers: Vec<Paper>,
    /// What was merged into it, for the team.
    pub members: Vec<Row>,
    /// What it has to do with other cases, for the team.
    pub links: Vec<Linked>,
    /// The reference of the case that it was merged into, for the team.
    pub lead: Option<String>,
}

/// Shows a case and records that it was seen.
///
/// # Errors
/// [`Error::NotFound`] where it does not exist for the actor.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<View> {
    let (mut incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    let behalf = store::behalf_of(tx, incident.id)?;
    let is_pending = behalf::is_pending(behalf.as_ref());
    let at_house = policy::with_house(tx, actor, &incident, sight.facts)?;
    let can = |action| may(tx, actor, action, sight.facts);
    let own = |action| !is_pending && may(tx, actor, action, at_house);
    let abilities = Abilities {
        is_team: can(Action::ReadTeamNotes),
        triage: can(Action::TriageIncident),
        write: can(Action::WriteToInvolved),
        escalate: can(Action::EscalateIncident),
        restrict: can(Action::RestrictIncident),
        confirm: is_pending && may(tx, actor, Action::ConfirmReport, at_house),
        supplement: own(Action::SupplementReport),
        withdraw: own(Action::WithdrawReport) && incident.status != Status::Closed,
        merge: can(Action::MergeIncidents),
        link: can(Action::LinkIncidents),
        pin: can(Action::PinEntry),
        export: can(Action::ExportCase),
        attach: can(Action::AttachReport) && loose::is_attachable(behalf.as_ref()),
    };
    let mut involvements = store::involvements_of(tx, incident.id)?;
    let entries = store::entries(tx, incident.id, abilities.is_team, &sight.organisations)?;
    let mut pinned = timeline::pinned(tx, incident.id)?;
    pinned.retain(|id| entries.iter().any(|entry| entry.id == *id));
    let named = if abilities.is_team { store::named(tx, incident.id)? } else { Vec::new() };
    let mut stated = store::reports_of(tx, incident.id)?;
    let is_party = involvements.iter().any(|i| {
        matches!(i.part, Part::Reporter | Part::Affected) && sight.organisations.contains(&i.organisation)
    });
    let standing = Report::standing(&stated);
    let papers = papers::offered(tx, actor, &incident, at_house, standing.as_ref(), &involvements)?;
    let redaction = redaction(abilities.is_team || is_party, standing.as_ref().map(|report| report.inform));
    redact(redaction, &mut incident, &mut stated, &mut involvements);
    if !abilities.is_team {
        let own = |org: OrgId| Some(org) == incident.organisation || sight.organisations.contains(&org);
        stated.retain(|report| report.nature.is_none() || report.organisation.is_some_and(own));
        // The same words stand on the timeline for the team alone.
        incident.priority_reason = None;
        incident.waiting_on = None;
        incident.follow_up_at = None;
        for report in &mut stated {
            report.suggestion = None;
        }
    }
    let members = if abilities.is_team { merge::members_of(tx, actor, incident.id)? } else { Vec::new() };
    let links = if abilities.is_team { link::linked(tx, actor, incident.id)? } else { Vec::new() };
    let lead = match incident.merged.filter(|_| abilities.is_team) {
        Some(merged) => merge::lead_of(tx, actor, &merged)?,
        None => None,
    };
    let mut seen = AuditEntry::new("incident.view", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation);
    if !members.is_empty() {
        // Their threads are shown with it: one row that names them all.
        seen = seen.with("members", members.iter().map(|row| row.id.to_string()).collect::<Vec<_>>());
    }
    record(tx, actor, seen)?;
    let standing = Report::standing(&stated);
    let mut stated = stated.into_iter();
    Ok(View {
        incident,
        standing,
        report: stated.next(),
        later: stated.collect(),
        entries,
        pinned,
        involvements,
        acting: sight.organisations,
        named,
        may: abilities,
        behalf: behalf.filter(|_| redaction == Redaction::None),
        redaction,
        papers,
        members,
        links,
        lead,
    })
}

/// Records that somebody takes the case along as a file.
///
/// # Errors
/// [`Error::NotFound`] where it does not exist for the actor.
pub fn taken_along(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::ShowIncident)?;
    let taken = AuditEntry::new("incident.download", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation);
    record(tx, actor, taken)
}

fn redaction(sees_all: bool, inform: Option<Inform>) -> Redaction {
    match inform {
        _ if sees_all => Redaction::None,
        Some(Inform::ByName) => Redaction::None,
        Some(Inform::Anonymous) => Redaction::Anonymous,
        Some(Inform::Nobody) | None => Redaction::Nobody,
    }
}

fn redact(
    redaction: Redaction,
    incident: &mut Incident,
    stated: &mut Vec<Report>,
    involvements: &mut Vec<Involvement>,
) {
    if redaction == Redaction::None {
        return;
    }
    stated.clear();
    incident.organisation = None;
    involvements.retain(|i| matches!(i.part, Part::Handler | Part::Informed));
    if redaction == Redaction::Nobody {
        incident.title = String::new();
    }
}

/// A case as a feature needs it that comes later, for one viewer.
#[derive(Debug, Clone)]
pub struct Met {
    pub incident: Incident,
    pub facts: Facts,
    pub involvements: Vec<Involvement>,
    /// The organisations for which the viewer acts in this case.
    pub acting: Vec<OrgId>,
    /// What holds today of all that was stated.
    pub standing: Option<Report>,
    /// All that was stated, the report that opened the case first.
    pub stated: Vec<Report>,
}

/// Meets a case that the viewer may see, and asks the policy for one action more. Nothing is left out of it: whoever
/// shows it decides what is told. Who is only asked whether it is affected meets the question in the case's place.
///
/// # Errors
/// [`Error::NotFound`] where it does not exist for the actor; the policy's.
pub fn meet(tx: &mut Tx<'_>, actor: &Actor, reference: &str, action: Action) -> Result<Met> {
    let (incident, sight) = match open(tx, actor, reference, Action::ShowIncident) {
        Err(Error::NotFound) => return fanout::met(tx, actor, reference, action),
        opened => opened?,
    };
    check(tx, actor, action, sight.facts)?;
    let involvements = store::involvements_of(tx, incident.id)?;
    let stated = store::reports_of(tx, incident.id)?;
    let (standing, acting) = (Report::standing(&stated), sight.organisations);
    Ok(Met { incident, facts: sight.facts, involvements, acting, standing, stated })
}

/// The facts of a case for the policy, for features that come later.
///
/// # Errors
/// The database's.
pub fn case_facts(tx: &mut Tx<'_>, actor: &Actor, id: IncidentId) -> Result<Facts> {
    let incident = super::load(tx, id)?;
    case_facts_for(tx, actor, &incident)
}

/// [`case_facts`] of a case that is loaded already.
pub(super) fn case_facts_for(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) -> Result<Facts> {
    let involvements = store::involvements_of(tx, incident.id)?;
    Ok(policy::sight(tx, actor, incident, &involvements)?.facts)
}

/// A page of what the actor may see: for the team what is due next first, for others the newest first.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is none.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<Row>> {
    let (scope, after) = asked(tx, actor, filter, cursor)?;
    let rows = store::list(tx, &scope, filter, after.as_ref(), limit)?;
    told(tx, &scope, filter, rows, limit)
}

/// The same with what the queue says of each case to the account, in the order of the rows.
pub(in crate::incidents) fn queue(
    tx: &mut Tx<'_>,
    (actor, account): (&Actor, AccountId),
    filter: &Filter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<(Page<Row>, Vec<store::Sign>)> {
    let (scope, after) = asked(tx, actor, filter, cursor)?;
    let rows = store::queue(tx, &scope, filter, after.as_ref(), limit, account)?;
    let (rows, signs) = rows.into_iter().unzip();
    Ok((told(tx, &scope, filter, rows, limit)?, signs))
}

/// Whose list it is, and from where on.
fn asked(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    cursor: Option<&str>,
) -> Result<(policy::Scope, Option<store::After>)> {
    check_token(actor, Action::ShowIncident)?;
    let scope = policy::scope(tx, actor)?;
    let sort = store::sort(&scope, filter);
    let after = cursor.map(|cursor| parse_cursor(sort, cursor)).transpose()?;
    Ok((scope, after))
}

/// The page that these rows make, without what may not be told.
fn told(
    tx: &mut Tx<'_>,
    scope: &policy::Scope,
    filter: &Filter,
    mut rows: Vec<Row>,
    limit: i64,
) -> Result<Page<Row>> {
    redact_rows(tx, scope, &mut rows)?;
    let sort = store::sort(scope, filter);
    Ok(Page::cut(rows, limit, |row| {
        format!("{}_{}_{}_{}", sort.code(), row.place.key, row.place.at.as_microsecond(), row.id)
    }))
}

/// What a handler's list may not say, it does not say; the case itself decides the same way in [`show`].
pub(in crate::incidents) fn redact_rows(
    tx: &mut Tx<'_>,
    scope: &policy::Scope,
    rows: &mut [Row],
) -> Result<()> {
    let policy::Scope::Organisations { organisations, mandates, .. } = scope else { return Ok(()) };
    let ids: Vec<IncidentId> = rows.iter().map(|row| row.id).collect();
    merge::told_rows(tx, rows)?;
    let parties = store::parties(tx, &ids, organisations, mandates)?;
    let informs = store::informs(tx, &ids)?;
    for row in rows {
        row.follow_up_at = None;
        match redaction(parties.contains(&row.id), informs.get(&row.id).copied()) {
            Redaction::None => {}
            Redaction::Anonymous => row.organisation = None,
            Redaction::Nobody => {
                row.organisation = None;
                row.title = String::new();
            }
        }
    }
    Ok(())
}

/// Open cases in which whoever works at the CERT now wrote to the actor's own organisations after the actor opened them
/// last: by reference with the time of the newest message, the newest first; nothing for the CERT.
///
/// # Errors
/// The database's.
pub fn unread_messages(tx: &mut Tx<'_>, actor: &Actor, limit: usize) -> Result<Vec<(String, Timestamp)>> {
    check_token(actor, Action::ShowIncident)?;
    let scope = policy::scope(tx, actor)?;
    let policy::Scope::Organisations { account, organisations, .. } = &scope else { return Ok(Vec::new()) };
    let team = access::holders(tx, &[Role::Analyst, Role::CertLead])?;
    let team: Vec<AccountId> = team.into_iter().map(|(account, _)| account).collect();
    let cases = store::written_to(tx, &scope, organisations, *account, &team, limit)?;
    Ok(cases.into_iter().map(|(reference, at)| (reference, at.into())).collect())
}

/// How many the list has, at most `cap`.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx<'_>, actor: &Actor, filter: &Filter, cap: i64) -> Result<i64> {
    check_token(actor, Action::ShowIncident)?;
    let scope = policy::scope(tx, actor)?;
    store::count(tx, &scope, filter, cap)
}

/// A cursor goes on in the order that it was made in.
fn parse_cursor(sort: Sort, cursor: &str) -> Result<store::After> {
    let refused = || Error::Invalid(vec![FieldError::new("cursor", "error-cursor")]);
    let text = read_cursor(cursor).ok_or_else(refused)?;
    let rest = text.strip_prefix(sort.code()).and_then(|rest| rest.strip_prefix('_')).ok_or_else(refused)?;
    let mut parts = rest.rsplitn(3, '_');
    let (id, micros, key) = (parts.next(), parts.next(), parts.next());
    let at = micros.and_then(|micros| Timestamp::from_microsecond(micros.parse().ok()?).ok());
    match (at, id.and_then(|id| id.parse().ok()), key) {
        // PostgreSQL takes no NUL in a text.
        (Some(at), Some(id), Some(key)) if !key.contains('\0') => {
            Ok(store::After { place: Place { key: key.to_owned(), at }, id })
        }
        _ => Err(refused()),
    }
}
