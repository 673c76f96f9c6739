//! Drafts of reports: what a case suggests, and the versions that people saved.

use jiff::Timestamp;

use super::{Which, audit, decided, find};
use crate::access::policy::{Action, Relation, may};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::directory::service as directory;
use crate::duties::book::Stage;
use crate::duties::fill::{self, Known};
use crate::duties::model::{Draft, Duty, Step};
use crate::duties::store;
use crate::incidents::model::{Incident, Inform, Report};
use crate::incidents::observables::service::traces;
use crate::incidents::service::Met;
use crate::store::Tx;
use crate::web::site::Settings;

/// A draft as it stands.
#[derive(Debug, Clone)]
pub struct Opened {
    pub case: Incident,
    pub duty: Duty,
    pub stage: Stage,
    /// The organisation's name.
    pub house: String,
    pub draft: Draft,
    /// Number, author and time of the version; none where it is only what the case suggests.
    pub saved: Option<(i32, String, Timestamp)>,
    pub may_mark: bool,
    /// Whether the viewer is of the team.
    pub is_team: bool,
}

impl Opened {
    /// Where its stage stands.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.duty.steps.iter().find(|step| step.stage.key == self.stage.key)
    }

    /// When it is due, while it is to be sent.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.step().and_then(|step| step.standing.due_at())
    }
}

/// How a draft leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Looked at on its page.
    Shown,
    /// As a file.
    Downloaded,
}

/// The draft of a report as it was saved last; before that, what the case suggests.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for a stage that the case does not bring.
pub fn open(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    which: &Which,
    settings: &Settings,
    taken: Taken,
) -> Result<Opened> {
    let (met, duty) = find(tx, actor, reference, which, Action::ShowDuties)?;
    let stage = duty.set.stage(&which.stage).cloned().ok_or(Error::NotFound)?;
    let house = directory::load(tx, which.organisation)?.name;
    let decided = decided(tx, &met.incident)?;
    let of = which.of(&met.incident);
    let (draft, saved) = match store::draft(tx, of)? {
        Some((version, author, at, draft)) => (draft, Some((version, author, at.into()))),
        None => {
            // The words of a report are those of whoever reported it.
            let own = met.standing.as_ref().filter(|report| may_quote(report, &duty, &met));
            let observables = match own {
                Some(report) => {
                    traces(tx, &[&*report.title, &report.description, &report.measures].join("\n"))?
                }
                None => Vec::new(),
            };
            // How grave it is at a provider says nothing of those that it serves.
            let is_asked = met.facts.has(Relation::CaseAsked);
            let told = Incident {
                class: decided.class.filter(|_| !is_asked),
                category: decided.category.filter(|_| !is_asked),
                ..decided.clone()
            };
            let known = Known {
                case: &told,
                report: own,
                observables: &observables,
                cert: settings,
                is_late: duty.steps.iter().any(|step| {
                    let is_past = step.standing.due_at().is_some_and(|at| at < tx.now());
                    step.stage.key == stage.key && (is_past || step.standing.was_late())
                }),
            };
            (fill::suggest(&stage, &known), None)
        }
    };
    let action = match taken {
        Taken::Shown => "incident.duty_draft_view",
        Taken::Downloaded => "incident.duty_draft_download",
    };
    audit(tx, actor, action, &met.incident, Some(of))?;
    let may_mark = may(tx, actor, Action::MarkDuty, met.facts);
    let is_team = may(tx, actor, Action::ReadTeamNotes, met.facts);
    Ok(Opened { case: decided, duty, stage, house, draft, saved, may_mark, is_team })
}

/// Whether a report's words may stand in a draft of this organisation: in its own, and in others' as far as the reporter
/// lets them be told by name.
fn may_quote(report: &Report, duty: &Duty, met: &Met) -> bool {
    report.organisation == Some(duty.organisation)
        || met.incident.organisation == Some(duty.organisation)
        || report.inform == Inform::ByName
}

/// Saves a new version of a draft, which `read` makes for its stage. `seen` is the version that was changed, 0 before the
/// first.
///
/// # Errors
/// As [`open`]; what `read` returns; [`Error::Stale`] where a colleague saved another version since.
pub fn save(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    which: &Which,
    seen: i32,
    read: impl Fn(&Stage) -> Result<Draft>,
) -> Result<()> {
    let (met, duty) = find(tx, actor, reference, which, Action::MarkDuty)?;
    let draft = read(duty.set.stage(&which.stage).ok_or(Error::NotFound)?)?;
    let of = which.of(&met.incident);
    store::save_draft(tx, actor, of, seen, &draft)?;
    audit(tx, actor, "incident.duty_draft_save", &met.incident, Some(of))
}
