//! What an organisation states later: news, a correction, the end, or that it was a false alarm. Each is a report of
//! its own; what was stated before stays as it was.

use serde_json::json;

use super::handle::{end, open_again};
use super::{behalf, merge, note, open_at_house};
use crate::access::policy::{Action, Relation};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::OrgId;
use crate::core::text::{Fields, Prose};
use crate::core::tlp::Tlp;
use crate::incidents::model::{
    Audience, Incident, Inform, Nature, Report, Supplement, shown_title, widest_label,
};
use crate::incidents::policy::Sight;
use crate::incidents::status::{self, CloseReason, Status};
use crate::incidents::{notices, store};
use crate::store::{At, Tx};

/// What is asked where an organisation states more: the case, and what it stated last.
#[derive(Debug, Clone)]
pub struct Stating {
    pub reference: String,
    pub title: String,
    /// The version of the case.
    pub version: i32,
    pub last: Report,
    /// Whether taking the report back closes the case at once.
    pub closes: bool,
}

/// What became of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// The case is closed.
    Closed,
    /// The CERT works on it already and closes it.
    Asked,
}

/// What is in force, for the form of `action`: to supplement or to withdraw.
///
/// # Errors
/// The policy's; [`Error::Conflict`] where the report is not yet the organisation's own.
pub fn stating(tx: &mut Tx<'_>, actor: &Actor, reference: &str, action: Action) -> Result<Stating> {
    let (incident, _) = open_own(tx, actor, reference, action)?;
    let closes = match action {
        Action::WithdrawReport => closes(&incident)?.is_some(),
        _ => false,
    };
    let last = in_force(tx, &incident)?;
    let seen =
        Entry::new("incident.view", SubjectKind::Incident, incident.id).organisation(incident.organisation);
    record(tx, actor, seen)?;
    Ok(Stating {
        title: shown_title(&incident.title),
        reference: incident.reference,
        version: incident.version,
        last,
        closes,
    })
}

/// Keeps a later report, tells the CERT, and brings a waiting case back into its queue.
///
/// # Errors
/// As [`stating`].
pub fn state(tx: &mut Tx<'_>, actor: &Actor, reference: &str, later: &Supplement) -> Result<()> {
    let (incident, sight) = open_own(tx, actor, reference, Action::SupplementReport)?;
    keep(tx, actor, &incident, &sight, later)?;
    heard(tx, actor, &incident)
}

/// Takes the report back as a false alarm. `seen` is the version of the case that the form showed.
///
/// # Errors
/// As [`stating`]; [`Error::Conflict`] for a closed case, [`Error::Stale`] when it changed since.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    seen: i32,
    why: &Prose,
) -> Result<Withdrawn> {
    let (incident, sight) = open_own(tx, actor, reference, Action::WithdrawReport)?;
    let closes = closes(&incident)?;
    if incident.version != seen {
        return Err(Error::Stale);
    }
    let last = in_force(tx, &incident)?;
    let later = Supplement {
        nature: Nature::Withdrawal,
        text: why.clone(),
        contact_phone: None,
        flags: last.flags,
        inform: last.inform,
    };
    keep(tx, actor, &incident, &sight, &later)?;
    let become_of = match closes {
        Some(reason) => {
            end(tx, actor, &incident, seen, reason)?;
            Withdrawn::Closed
        }
        None => Withdrawn::Asked,
    };
    heard(tx, actor, &incident)?;
    Ok(become_of)
}

/// What taking the report back does at once: where the case is part of another, the CERT takes it out first.
fn closes(incident: &Incident) -> Result<Option<CloseReason>> {
    let reason = status::withdrawal(incident.status).map_err(Error::Conflict)?;
    Ok(reason.filter(|_| incident.merged.is_none()))
}

/// The case, for who may do this in it; of a report that is not yet the organisation's own, nobody.
fn open_own(tx: &mut Tx<'_>, actor: &Actor, reference: &str, action: Action) -> Result<(Incident, Sight)> {
    let (incident, sight) = open_at_house(tx, actor, reference, action)?;
    if behalf::is_pending(store::behalf_of(tx, incident.id)?.as_ref()) {
        return Err(Error::Conflict("incident-refused-not-yours"));
    }
    Ok((incident, sight))
}

/// The CERT hears of what an organisation wrote: whoever works on the case by mail, otherwise the whole team; a waiting
/// case comes back, and a closed one is open again.
pub(in crate::incidents) fn heard(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident) -> Result<()> {
    if let Some(merged) = &incident.merged {
        return merge::heard(tx, actor, incident, merged);
    }
    store::heard(tx, incident.id)?;
    if incident.status == Status::Closed {
        open_again(tx, actor, incident)?;
    }
    come_back(tx, incident)?;
    notices::heard(tx, incident)
}

/// A waiting case comes back into the queue.
pub(in crate::incidents) fn come_back(tx: &mut Tx<'_>, incident: &Incident) -> Result<()> {
    if incident.follow_up_at.is_some() {
        let queue_at = At(super::queue_at(incident.reported_at, incident.deadline_at, None));
        let change =
            store::Change { follow_up_at: Some(None), queue_at: Some(queue_at), ..store::Change::default() };
        store::touch(tx, incident.id, change)?;
        let words = store::Words { waiting_on: Some(None), ..store::Words::default() };
        store::set_words(tx, incident.id, words)?;
    }
    Ok(())
}

fn in_force(tx: &mut Tx<'_>, incident: &Incident) -> Result<Report> {
    let reports = store::reports_of(tx, incident.id)?;
    reports.into_iter().find(|report| report.is_current).ok_or(Error::NotFound)
}

/// For whom somebody states: the reporting organisation where the actor acts for it, else one that is affected.
fn stands_for(incident: &Incident, sight: &Sight) -> Result<OrgId> {
    let own = incident.organisation.filter(|org| sight.organisations.contains(org));
    own.or_else(|| sight.organisations.first().copied())
        .ok_or_else(|| FieldError::new("text", "error-choice").into())
}

/// Under a mandate somebody adds; what the organisation said, it takes back itself, and it alone permits more (TLP 2.0).
fn check_within(before: &Report, later: &Supplement) -> Result<()> {
    let permits = |inform| match inform {
        Inform::Nobody => 0,
        Inform::Anonymous => 1,
        Inform::ByName => 2,
    };
    let mut fields = Fields::default();
    if permits(later.inform) > permits(before.inform) {
        fields.refuse("inform", "incident-refused-source");
    }
    let pairs = [
        (before.flags.personal_data, later.flags.personal_data),
        (before.flags.malicious, later.flags.malicious),
        (before.flags.beyond_house, later.flags.beyond_house),
        (before.flags.critical_service, later.flags.critical_service),
    ];
    if pairs.iter().any(|(was, is)| *was && !is) {
        fields.refuse("flags", "incident-refused-source");
    }
    fields.done(Some(()))
}

fn keep(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    sight: &Sight,
    later: &Supplement,
) -> Result<()> {
    let organisation = stands_for(incident, sight)?;
    let is_reporter = incident.organisation == Some(organisation);
    let before = in_force(tx, incident)?;
    if !sight.facts.has(Relation::CaseParty) {
        check_within(&before, later)?;
        notices::stated_for(tx, incident, organisation)?;
    }
    store::add_later(tx, incident, &before, actor.account, organisation, later, is_reporter)?;
    let narrowed = if is_reporter { narrow(tx, incident, later)? } else { None };
    let kind = format!("report_{}", later.nature.code());
    let audience = Audience::Organisation(organisation);
    note(tx, actor, incident, &kind, audience, json!({ "who": actor.name }), Some(later.text.as_str()))?;
    let entry = Entry::new("incident.supplement", SubjectKind::Incident, incident.id)
        .organisation(Some(organisation))
        .with("nature", later.nature.code())
        .with("inform", later.inform.code())
        .with("tlp", narrowed.map(Tlp::label));
    record(tx, actor, entry)
}

/// Who no longer permits as much narrows the label with it (TLP 2.0: the source decides). The new label.
fn narrow(tx: &mut Tx<'_>, incident: &Incident, later: &Supplement) -> Result<Option<Tlp>> {
    let widest = widest_label(later.inform);
    if incident.tlp >= widest {
        return Ok(None);
    }
    let change = store::Change { tlp: Some(widest.label()), ..store::Change::default() };
    store::touch(tx, incident.id, change)?;
    Ok(Some(widest))
}
