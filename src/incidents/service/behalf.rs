//! Reports for somebody else: under a mandate they stand; without one the organisation confirms or refuses them, and
//! until it does, who filed sees the status alone, against reference and receipt code.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{loose, note};
use crate::access::model::Purpose;
use crate::access::policy::{Action, Facts, may};
use crate::access::service::void_links;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, OrgId};
use crate::directory::service::{self as directory, OnBehalf};
use crate::incidents::model::{Audience, Behalf, BehalfState, Incident, Inform, NewReport, Way};
use crate::incidents::notices::{self, Place};
use crate::incidents::status::Status as CaseStatus;
use crate::incidents::{digest, secret, store};
use crate::store::Tx;

/// Whether a report with these facts is one that the organisation has yet to confirm.
pub(super) fn is_unconfirmed(tx: &Tx<'_>, actor: &Actor, facts: Facts) -> bool {
    !may(tx, actor, Action::FileIncident, facts) && may(tx, actor, Action::FileUnconfirmed, facts)
}

/// Who reports for whom, for the timeline.
pub(super) fn told(tx: &mut Tx<'_>, org: OrgId, through: Option<OnBehalf>) -> Result<Map<String, Value>> {
    let Some(OnBehalf { through, .. }) = through else { return Ok(Map::new()) };
    let names = directory::names(tx, &[org, through])?;
    let name = |id: &OrgId| names.get(id).map(|name| Value::from(name.name.as_str())).unwrap_or_default();
    Ok(Map::from_iter([("name".to_owned(), name(&org)), ("through".to_owned(), name(&through))]))
}

/// Keeps through whom a report came, and tells the organisation at once. Returns the receipt code of an unconfirmed one.
pub(super) fn filed(
    tx: &mut Tx<'_>,
    place: &Place<'_>,
    report: &NewReport,
    on_behalf: OnBehalf,
    is_unconfirmed: bool,
) -> Result<Option<String>> {
    let receipt = is_unconfirmed.then(|| secret::code(&tx.env().bytes::<12>()));
    let digest = receipt.as_deref().map(secret::fingerprint);
    let state = if is_unconfirmed { BehalfState::Pending } else { BehalfState::Mandated };
    let OnBehalf { through, mandate } = on_behalf;
    let behalf = Behalf {
        organisation: report.organisation,
        through: Some(through),
        way: Way::House,
        claimed: None,
        state,
        inform: report.inform,
    };
    let new = store::NewBehalf { behalf, mandate, receipt: digest.as_deref() };
    store::add_behalf(tx, place.id, &new)?;
    notices::in_your_name(tx, place, report, is_unconfirmed)?;
    Ok(receipt)
}

/// The organisation says whether a report in its name is its own. Refused, it stays with the CERT, unconfirmed.
///
/// # Errors
/// The policy's; [`Error::Conflict`] where nothing is to be confirmed, [`Error::Stale`] when a colleague was faster.
pub fn decide(tx: &mut Tx<'_>, actor: &Actor, reference: &str, is_ours: bool) -> Result<()> {
    let incident = confirmable(tx, actor, reference)?;
    settle(tx, actor, &incident, is_ours)
}

/// The same by somebody who was asked.
pub(super) fn settle(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, is_ours: bool) -> Result<()> {
    let behalf = store::behalf_of(tx, incident.id)?.filter(|behalf| behalf.state == BehalfState::Pending);
    let behalf = behalf.ok_or(Error::Conflict("incident-refused-decided"))?;
    let (state, inform, kind, action) = if is_ours {
        (BehalfState::Confirmed, behalf.inform, "report_confirmed", "incident.confirm")
    } else {
        (BehalfState::Refused, Inform::Nobody, "report_refused", "incident.refuse")
    };
    store::decide_behalf(tx, incident.id, state, actor.account, inform)?;
    digest::again(tx, incident.id)?;
    if is_ours {
        let confirmed = store::Change { is_unconfirmed: Some(false), ..store::Change::default() };
        store::touch(tx, incident.id, confirmed)?;
    }
    store::heard(tx, incident.id)?;
    let who = json!({ "who": who(tx, actor, &behalf)? });
    // Whom the CERT asked by mistake, the next one need not know.
    let was_asked = behalf.way != Way::House && !is_ours;
    let audience = if was_asked { Audience::Team } else { Audience::Involved };
    note(tx, actor, incident, kind, audience, who, None)?;
    if was_asked {
        loose::detach(tx, incident.id, &behalf)?;
    }
    void_links(tx, Purpose::Report, AnyId(incident.id.0))?;
    let entry = Entry::new(action, SubjectKind::Incident, incident.id)
        .organisation(behalf.organisation)
        .with("through", behalf.through.map(|id| id.to_string()));
    record(tx, actor, entry)
}

/// Who decided; of who only holds the link that was sent to an organisation, the organisation.
fn who(tx: &mut Tx<'_>, actor: &Actor, behalf: &Behalf) -> Result<String> {
    match (actor.account, behalf.organisation) {
        (None, Some(org)) => {
            Ok(directory::names(tx, &[org])?.remove(&org).map(|name| name.name).unwrap_or_default())
        }
        _ => Ok(actor.name.clone()),
    }
}

/// The case, for somebody who may confirm it.
fn confirmable(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Incident> {
    Ok(super::open_at_house(tx, actor, reference, Action::ConfirmReport)?.0)
}

/// Whether the organisation has yet to say that a report in its name is its own.
pub(super) fn is_pending(behalf: Option<&Behalf>) -> bool {
    behalf.is_some_and(|behalf| behalf.state == BehalfState::Pending)
}

/// What reference and receipt code show of an unconfirmed report: where it is, and by when something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub reference: String,
    pub status: CaseStatus,
    pub behalf: BehalfState,
    pub reported_at: Timestamp,
    pub next_by: Option<Timestamp>,
}

/// A reference as it is kept, however it was typed from a sheet of paper: `th 2026 00042`.
fn spelled(reference: &str) -> String {
    let parts = reference.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation() || c == '–');
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-").to_uppercase()
}

/// The status of a report against reference and receipt code, which stand in the policy's place; nothing else of it.
/// A wrong reference and a wrong code are found out by the same one question.
///
/// # Errors
/// [`Error::NotFound`] where they do not belong together.
pub fn status_by_receipt(tx: &mut Tx<'_>, reference: &str, receipt: &str) -> Result<Status> {
    let id = store::behalf_by_receipt(tx, &spelled(reference), receipt)?.ok_or(Error::NotFound)?;
    let behalf = store::behalf_of(tx, id)?.ok_or(Error::NotFound)?;
    let incident = super::load(tx, id)?.as_told();
    Ok(Status {
        reference: incident.reference,
        status: incident.status,
        behalf: behalf.state,
        reported_at: incident.reported_at,
        next_by: incident.deadline_at.filter(|_| incident.status != CaseStatus::Closed),
    })
}
