//! Reports by people without an account: kept as unconfirmed, attached to no organisation until the CERT does that.

use serde_json::{Map, Value, json};

use super::file::{self, Filed};
use super::{behalf, note, open};
use crate::access::model::Purpose;
use crate::access::policy::{Action, Facts, Relation, check};
use crate::access::service::{peek_link, void_links};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result, one_row};
use crate::core::event::Event;
use crate::core::ids::{AnyId, IncidentId, OrgId};
use crate::directory::model::today;
use crate::directory::service as directory;
use crate::incidents::model::{
    Audience, Behalf, BehalfState, Incident, Inform, NewReport, Part, Report, Way,
};
use crate::incidents::{digest, notices, store};
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

/// Whether the CERT may attach a report to an organisation now: one that came without an account and is not confirmed.
pub(super) fn is_attachable(behalf: Option<&Behalf>) -> bool {
    behalf.is_some_and(|behalf| behalf.way != Way::House && behalf.state != BehalfState::Confirmed)
}

/// Organisations that a report may be of, with their names.
pub type Candidates = Vec<(OrgId, String)>;

/// The case with what was said of whom it is about, for who may attach it; and what the words find in the register,
/// without words whom its author named.
///
/// # Errors
/// The policy's, [`Error::Conflict`] where nothing is to be attached.
pub fn attachable(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    words: &str,
) -> Result<(Incident, Report, Candidates)> {
    let (incident, _) = open(tx, actor, reference, Action::AttachReport)?;
    let behalf = store::behalf_of(tx, incident.id)?.filter(|behalf| is_attachable(Some(behalf)));
    let behalf = behalf.ok_or(Error::Conflict("incident-refused-attach"))?;
    let found = match (words.trim(), behalf.claimed) {
        ("", Some(claimed)) => directory::named(tx, &[claimed])?,
        ("", None) => Vec::new(),
        (words, _) => directory::guess(tx, words)?,
    };
    let seen = Entry::new("incident.view", SubjectKind::Incident, incident.id);
    record(tx, actor, seen.organisation(incident.organisation))?;
    let report = stated(tx, incident.id)?;
    Ok((incident, report, found))
}

/// Attaches a report to an organisation, and asks that one whether it is its own. What it was attached to before is let
/// go. `seen` is the version of the case that was looked at. Returns how many people there are asked by mail.
///
/// # Errors
/// As [`attachable`]; [`Error::Invalid`] for what is no organisation of today, [`Error::Stale`].
pub fn attach(tx: &mut Tx<'_>, actor: &Actor, reference: &str, seen: i32, to: OrgId) -> Result<usize> {
    let (incident, _) = open(tx, actor, reference, Action::AttachReport)?;
    let behalf = store::behalf_of(tx, incident.id)?.filter(|behalf| is_attachable(Some(behalf)));
    let behalf = behalf.ok_or(Error::Conflict("incident-refused-attach"))?;
    detach(tx, incident.id, &behalf)?;
    belong(tx, actor, &incident, seen, to)?;
    notices::to_confirm(tx, &incident, to)
}

/// Attaches a report to the organisation whose code the caller said: it stands, and the organisation is told.
///
/// # Errors
/// As [`attach`].
pub fn vouch(tx: &mut Tx<'_>, actor: &Actor, reference: &str, to: OrgId) -> Result<()> {
    let (incident, _) = open(tx, actor, reference, Action::AttachReport)?;
    let behalf = store::behalf_of(tx, incident.id)?.filter(|behalf| behalf.state == BehalfState::Loose);
    let behalf = behalf.ok_or(Error::Conflict("incident-refused-attach"))?;
    belong(tx, actor, &incident, incident.version, to)?;
    store::decide_behalf(tx, incident.id, BehalfState::Confirmed, actor.account, behalf.inform)?;
    let stands = store::Change { is_unconfirmed: Some(false), ..store::Change::default() };
    store::touch(tx, incident.id, stands)?;
    let who = json!({ "who": actor.name });
    note(tx, actor, &incident, "report_vouched", Audience::Organisation(to), who, None)?;
    let trail = Entry::new("incident.confirm", SubjectKind::Incident, incident.id).organisation(Some(to));
    record(tx, actor, trail.with("way", Way::Telephone.code()))?;
    notices::by_telephone(tx, &incident, to)
}

/// The report belongs to this organisation from now on, which has yet to say something to it.
fn belong(tx: &mut Tx<'_>, actor: &Actor, incident: &Incident, seen: i32, to: OrgId) -> Result<()> {
    let day = today(tx.now());
    let organisation = directory::lookup(tx, to)?.filter(|org| org.is_valid_on(day) && !org.is_cert);
    let organisation = organisation.ok_or(FieldError::new("organisation", "error-choice"))?;
    let change = store::Change {
        organisation_id: Some(Some(to)),
        organisation_name: Some(directory::order_of(tx, to)?),
        ..store::Change::default()
    };
    one_row(store::change(tx, incident.id, seen, change)?)?;
    store::attach_behalf(tx, incident.id, Some(to), BehalfState::Pending)?;
    digest::again(tx, incident.id)?;
    store::resume_involvement(tx, incident.id, to, Part::Reporter, incident.aware_at)?;
    let told = json!({ "name": organisation.name });
    note(tx, actor, incident, "attached", Audience::Organisation(to), told, None)?;
    let trail = Entry::new("incident.attach", SubjectKind::Incident, incident.id).organisation(Some(to));
    record(tx, actor, trail)
}

/// Lets an organisation go to which a report was attached.
pub(super) fn detach(tx: &mut Tx<'_>, case: IncidentId, behalf: &Behalf) -> Result<()> {
    let Some(organisation) = behalf.organisation else { return Ok(()) };
    store::end_involvement(tx, case, organisation)?;
    store::attach_behalf(tx, case, None, BehalfState::Refused)?;
    digest::again(tx, case)?;
    let change = store::Change {
        organisation_id: Some(None),
        organisation_name: Some(String::new()),
        ..store::Change::default()
    };
    store::touch(tx, case, change)?;
    void_links(tx, Purpose::Report, AnyId(case.0))
}

/// What the link in a contact's mail shows: enough to know whether it is the own report.
#[derive(Debug, Clone)]
pub struct Asked {
    pub incident: Incident,
    /// Who says to have reported. Nothing of what was reported: that is read after signing in.
    pub reporter: String,
    /// Whom the CERT may inform once it is confirmed.
    pub inform: Inform,
    /// The organisation that is asked.
    pub organisation: String,
}

/// What a link asks, without using it; that it was read is recorded.
///
/// # Errors
/// [`Error::NotFound`] alike for an unknown, expired or used one, and where there is nothing to be confirmed any more.
pub fn peek(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<Asked> {
    let (incident, organisation) = asked(tx, actor, token)?;
    let inform = store::behalf_of(tx, incident.id)?.map_or(Inform::Nobody, |behalf| behalf.inform);
    let seen = Entry::new("incident.view", SubjectKind::Incident, incident.id);
    record(tx, actor, seen.organisation(incident.organisation))?;
    let name = directory::names(tx, &[organisation])?.remove(&organisation).map(|name| name.name);
    let reporter = stated(tx, incident.id)?.contact_name;
    Ok(Asked { reporter, inform, incident, organisation: name.unwrap_or_default() })
}

/// The case that a link asks about, and of whom. Whoever left the organisation since is not asked any more, and of a
/// restricted case nobody is who is not named.
fn asked(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<(Incident, OrgId)> {
    let link = peek_link(tx, Purpose::Report, token)?;
    check(tx, actor, Action::ConfirmReport, Facts::of(actor).with(Relation::LinkHolder))?;
    let id = IncidentId(link.subject.ok_or(Error::NotFound)?.0);
    let behalf = store::behalf_of(tx, id)?.filter(|behalf| behalf.state == BehalfState::Pending);
    let organisation = behalf.and_then(|behalf| behalf.organisation).ok_or(Error::NotFound)?;
    let incident = super::load(tx, id)?;
    let people = directory::people_of(tx, organisation)?;
    let is_there = people.iter().any(|(mail, _)| link.address.as_deref() == Some(mail.as_str()));
    if incident.is_restricted || !is_there {
        return Err(Error::NotFound);
    }
    Ok((incident, organisation))
}

/// The organisation's contact says whether a report is its own, by the link in the mail. It ends the links of all.
///
/// # Errors
/// As [`peek`].
pub fn decide_by_link(tx: &mut Tx<'_>, actor: &Actor, token: &str, is_ours: bool) -> Result<()> {
    let (incident, _) = asked(tx, actor, token)?;
    behalf::settle(tx, actor, &incident, is_ours)
}

/// What somebody stated first in a case, for who has just stated it.
///
/// # Errors
/// [`Error::NotFound`] where it is gone.
pub fn stated(tx: &mut Tx<'_>, case: IncidentId) -> Result<Report> {
    store::reports_of(tx, case)?.into_iter().next().ok_or(Error::NotFound)
}
