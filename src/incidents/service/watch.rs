//! Who learns at once that a case changed: asked of the policy when somebody begins to watch, and for each change
//! compared in memory with what the case is then.

use jiff::{SignedDuration, Timestamp};

use super::open;
use crate::access::policy::{Action, Facts, check, may};
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::incidents::model::{Audience, Part};
use crate::incidents::policy::{Reach, Scope, scope};
use crate::incidents::store;
pub use crate::incidents::store::Trace;
use crate::store::Tx;

/// What somebody may be told of.
#[derive(Debug, Clone)]
pub struct Watcher {
    scope: Scope,
    /// The one case that is looked at.
    pub case: Option<IncidentId>,
    /// Whether they work on cases: who else looks at one is for these.
    pub works: bool,
}

/// Lets the actor watch one case, or the team's list where none is named.
///
/// # Errors
/// The policy's: as for the page itself.
pub fn watch(tx: &mut Tx<'_>, actor: &Actor, reference: Option<&str>) -> Result<Watcher> {
    let (case, works) = match reference {
        Some(reference) => {
            let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
            (Some(incident.id), may(tx, actor, Action::TriageIncident, sight.facts))
        }
        None => {
            check(tx, actor, Action::ShowIncident, Facts::of(actor))?;
            (None, may(tx, actor, Action::TriageIncident, Facts::of(actor)))
        }
    };
    Ok(Watcher { scope: scope(tx, actor)?, case, works })
}

/// What decides who learns of these changes; a case that is gone is left out. `with_houses`: whether somebody watches
/// who is not of the team.
///
/// # Errors
/// The database's.
pub fn traces(tx: &mut Tx<'_>, changed: &[(IncidentId, Timestamp)], with_houses: bool) -> Result<Vec<Trace>> {
    store::traces(tx, changed, with_houses)
}

/// Whether something stands on the watched case's timeline that a page of `since` may not show: what others did may
/// commit up to `margin` later than it began, what the account did itself shows on the page that follows.
///
/// # Errors
/// The database's.
pub fn has_changed(
    tx: &mut Tx<'_>,
    watcher: &Watcher,
    account: AccountId,
    since: Timestamp,
    margin: SignedDuration,
) -> Result<bool> {
    let Some(case) = watcher.case else { return Ok(false) };
    let lines = store::lines_since(tx, case, since - margin)?;
    let news = lines.into_iter().filter(|(at, by)| *at > since || *by != Some(account));
    let news: Vec<_> = news.map(|(at, _)| (case, at)).collect();
    if news.is_empty() {
        return Ok(false);
    }
    let traces = store::traces(tx, &news, !watcher.is_team())?;
    Ok(traces.iter().any(|trace| news.iter().any(|(_, at)| watcher.learns(trace, *at))))
}

impl Watcher {
    /// Whether they are of the team, and so read every line of a timeline.
    #[must_use]
    pub fn is_team(&self) -> bool {
        matches!(self.scope, Scope::Team { .. })
    }

    /// Whether the case is one of theirs: the same answer as the list's, in memory.
    #[must_use]
    pub fn sees(&self, trace: &Trace) -> bool {
        match &self.scope {
            Scope::Nothing => false,
            Scope::Team { account, sees_restricted } => {
                !trace.is_restricted || *sees_restricted || trace.named.contains(account)
            }
            Scope::Organisations { account, organisations, parts, mandates, sees_restricted } => {
                let involved =
                    trace.parts.iter().any(|(org, part)| organisations.contains(org) && parts.contains(part));
                (involved || by_mandate(mandates, trace))
                    && (!trace.is_restricted || *sees_restricted || trace.named.contains(account))
            }
        }
    }

    /// Whether they learn of the case's change of that instant: an organisation only of what its own timeline shows.
    #[must_use]
    pub fn learns(&self, trace: &Trace, at: Timestamp) -> bool {
        let reads = |audience: &Audience| match (&self.scope, audience) {
            (Scope::Organisations { .. }, Audience::Involved) => true,
            (Scope::Organisations { organisations, mandates, .. }, Audience::Organisation(org)) => {
                let is_involved = trace.parts.iter().any(|(involved, _)| involved == org);
                (is_involved && organisations.contains(org)) || reaches(mandates, trace, *org)
            }
            _ => false,
        };
        let shows = || trace.audiences.iter().any(|(written, audience)| *written == at && reads(audience));
        self.sees(trace) && (self.is_team() || shows())
    }
}

fn by_mandate(mandates: &Reach, trace: &Trace) -> bool {
    let reported = |org: &OrgId| trace.parts.contains(&(*org, Part::Reporter));
    mandates.all.iter().any(reported)
        || trace.behalf.is_some_and(|(through, org)| {
            mandates.own_reports.get(&through).is_some_and(|of| of.contains(&org))
        })
}

/// Whether a mandate lets them read what is written to `org` in this case.
fn reaches(mandates: &Reach, trace: &Trace, org: OrgId) -> bool {
    let is_reporter = trace.parts.contains(&(org, Part::Reporter));
    let own = trace.behalf.is_some_and(|(through, of)| {
        of == org && mandates.own_reports.get(&through).is_some_and(|list| list.contains(&org))
    });
    is_reporter && (mandates.all.contains(&org) || own)
}
