//! Reports by people without an account: kept as unconfirmed, attached to no organisation until the CERT does that.

use serde_json::{Map, Value};

use super::file::{self, Filed};
use crate::access::policy::{Action, Facts, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::event::Event;
use crate::core::ids::{IncidentId, OrgId};
use crate::incidents::model::{Audience, Behalf, BehalfState, NewReport, Report, Way};
use crate::incidents::store;
use crate::store::Tx;

/// What is kept of such a report beside its words.
#[derive(Debug, Clone)]
pub struct Loose<'a> {
    pub way: Way,
    /// Whom of the register it is about, as its author says.
    pub claimed: Option<OrgId>,
    /// The digest of the receipt code.
    pub receipt: Option<&'a str>,
}

/// Files a report that belongs to no organisation yet. `facts` say whose draft it was.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for impossible times.
pub fn file_loose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    facts: Facts,
    report: &NewReport,
    loose: &Loose<'_>,
) -> Result<Filed> {
    check(tx, actor, Action::FileLoose, facts)?;
    let report = &NewReport { organisation: None, ..report.clone() };
    let (id, reference) = file::begin(tx, actor, report, true)?;
    let way = Map::from_iter([("way".to_owned(), Value::from(loose.way.code()))]);
    let entry = store::NewEntry {
        kind: "filed",
        audience: Audience::Team,
        account: actor.account,
        author: &actor.name,
        facts: way,
        body: Some(report.description.as_str()),
    };
    store::add_entry(tx, id, &entry)?;
    let behalf = Behalf {
        organisation: None,
        through: None,
        way: loose.way,
        claimed: loose.claimed,
        state: BehalfState::Loose,
        inform: report.inform,
    };
    store::add_behalf(tx, id, &store::NewBehalf { behalf, mandate: None, receipt: loose.receipt })?;
    let trail = Entry::new("incident.file", SubjectKind::Incident, id)
        .with("reference", reference.as_str())
        .with("observed", report.observed.code())
        .with("way", loose.way.code());
    record(tx, actor, trail)?;
    tx.emit(Event::IncidentFiled(id));
    Ok(Filed { id, reference, receipt: None })
}

/// What somebody stated first in a case, for who has just stated it.
///
/// # Errors
/// [`Error::NotFound`] where it is gone.
pub fn stated(tx: &mut Tx<'_>, case: IncidentId) -> Result<Report> {
    store::first_report(tx, case)?.ok_or(Error::NotFound)
}
