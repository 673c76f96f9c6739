//! What may be done with papers: by the organisation that reported, and nobody else. They stay with the case.

use super::fill::{self, Known};
use super::model::{Head, Opened, Paper, Text};
use super::store::{self, Of};
use crate::access::policy::{Action, Facts, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::directory::model::fold;
use crate::directory::service as directory;
use crate::incidents::model::{Incident, Involvement, Part, Report};
use crate::incidents::service::open_at_house;
use crate::incidents::store as incidents;
use crate::store::Tx;
use crate::web::site::Settings;

/// How a paper leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Looked at on its page.
    Shown,
    /// As a file.
    Downloaded,
}

/// The affected organisations that the one which reported runs by register.
fn members(tx: &mut Tx<'_>, case: &Incident, involvements: &[Involvement]) -> Result<Vec<OrgId>> {
    let affected = involvements.iter().filter(|it| it.part == Part::Affected).map(|it| it.organisation);
    let mut affected: Vec<OrgId> = affected.filter(|id| Some(*id) != case.organisation).collect();
    let run_by = directory::administrations_of(tx, &affected)?;
    affected.retain(|id| run_by.get(id).copied() == case.organisation);
    Ok(affected)
}

/// The papers that the actor may write for a case, by what it is to the case and to the organisation that reported.
///
/// # Errors
/// The database's.
pub(in crate::incidents) fn offered(
    tx: &mut Tx<'_>,
    actor: &Actor,
    case: &Incident,
    facts: Facts,
    report: Option<&Report>,
    involvements: &[Involvement],
) -> Result<Vec<Paper>> {
    let Some(report) = report else { return Ok(Vec::new()) };
    if !may(tx, actor, Action::WritePapers, facts) {
        return Ok(Vec::new());
    }
    let has_members = !members(tx, case, involvements)?.is_empty();
    Ok(Paper::ALL.iter().copied().filter(|paper| paper.fits(report.flags, has_members)).collect())
}

/// What a paper is made from.
struct Found {
    case: Incident,
    report: Report,
    of: Of,
    /// Whose mayors it goes to.
    members: Vec<OrgId>,
}

/// Finds the case and its report, and asks the policy.
fn find(tx: &mut Tx<'_>, actor: &Actor, reference: &str, paper: Paper) -> Result<Found> {
    let (case, _) = open_at_house(tx, actor, reference, Action::WritePapers)?;
    let involvements = incidents::involvements_of(tx, case.id)?;
    let report = Report::standing(&incidents::reports_of(tx, case.id)?).ok_or(Error::NotFound)?;
    let mut members = members(tx, &case, &involvements)?;
    let is_fitting = paper.fits(report.flags, !members.is_empty());
    let organisation = case.organisation.filter(|_| is_fitting).ok_or(Error::NotFound)?;
    if paper != Paper::Members {
        members.clear();
    }
    let of = Of { incident: case.id, organisation, paper };
    Ok(Found { case, report, of, members })
}

fn note(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, of: Of, version: i32) -> Result<()> {
    let entry = Entry::new(action, SubjectKind::Incident, of.incident).organisation(Some(of.organisation));
    record(tx, actor, entry.with("paper", of.paper.code()).with("version", version))
}

/// A paper as it was saved last; before that, what the case suggests.
///
/// # Errors
/// The policy's; [`Error::NotFound`] also for a letter where no personal data are affected.
pub fn open(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    paper: Paper,
    settings: &Settings,
    taken: Taken,
) -> Result<Opened> {
    let Found { case, report, of, members } = find(tx, actor, reference, paper)?;
    let asked: Vec<OrgId> = members.iter().copied().chain([of.organisation]).collect();
    let mut names = directory::names(tx, &asked)?;
    let mut name_of = |id| names.remove(&id).map(|name| name.name).unwrap_or_default();
    let house = name_of(of.organisation);
    let mut members: Vec<String> = members.into_iter().map(name_of).collect();
    members.sort_by_cached_key(|name| fold(name));
    let (saved, text) = match store::lookup(tx, of)? {
        Some((saved, text)) => (Some(saved), text),
        None => {
            let known = Known { case: &case, report: &report, house: &house, cert: settings, now: tx.now() };
            (None, fill::suggest(paper, &known))
        }
    };
    let action = match taken {
        Taken::Shown => "incident.paper_view",
        Taken::Downloaded => "incident.paper_download",
    };
    note(tx, actor, action, of, saved.as_ref().map_or(0, |saved| saved.version))?;
    let at = saved.as_ref().map_or(tx.now(), |saved| saved.at);
    let Incident { reference, tlp, is_drill, .. } = case;
    Ok(Opened { head: Head { paper, reference, house, members, tlp, is_drill, at }, text, saved })
}

/// Saves a new version of a paper. `seen` is the version that was changed, 0 before the first.
///
/// # Errors
/// As [`open`]; [`Error::Stale`] where a colleague saved another version since.
pub fn save(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    paper: Paper,
    seen: i32,
    text: &Text,
) -> Result<()> {
    let Found { of, .. } = find(tx, actor, reference, paper)?;
    store::save(tx, of, actor, seen, text)?;
    note(tx, actor, "incident.paper_save", of, seen + 1)
}
