//! Reports by telephone: an analyst writes down what somebody tells. Whoever says the organisation's contact code is
//! believed, and the report stands; otherwise the organisation is asked.

use super::check;
use super::model::{Answers, Draft, Measure, Step, TOLD, all_fields};
use super::service::{Key, MOST, Opened, account, as_asked, draft, own, peek};
use super::{rules, store};
use crate::access::policy::{Action, Facts, check as allow};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{DraftId, OrgId};
use crate::directory::model::{Contact, ContactRole, Organisation};
use crate::directory::service as directory;
use crate::incidents::model::{Flags, Observed, Way};
use crate::incidents::secret;
use crate::incidents::service::{self as incidents, Loose};
use crate::store::Tx;

/// Where a draft keeps for which organisation the caller said the code: no form can say so.
const KNOWN: &str = "caller_known_for";

/// The organisation for which the caller said the code, as long as it is the one that is meant.
#[must_use]
pub fn known_for(opened: &Opened) -> Option<OrgId> {
    let answers = &opened.draft.answers;
    let claimed = check::claimed(answers, &opened.offices)?;
    (answers.get(KNOWN) == claimed.to_string()).then_some(claimed)
}

/// The actor's calls that are not filed yet.
///
/// # Errors
/// The policy's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Draft>> {
    allow(tx, actor, Action::TakeCall, Facts::of(actor))?;
    Ok(store::list(tx, account(actor)?, true)?.into_iter().map(draft).collect())
}

/// Begins to write down a call.
///
/// # Errors
/// The policy's, [`Error::Conflict`] where too many lie open.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor) -> Result<DraftId> {
    allow(tx, actor, Action::TakeCall, Facts::of(actor))?;
    let account = account(actor)?;
    if store::list(tx, account, true)?.len() >= MOST {
        return Err(Error::Conflict("guide-refused-many"));
    }
    let id: DraftId = tx.id();
    store::add(tx, id, store::Writer::Listener(account), false, &Answers::default())?;
    let way = Way::Telephone.code();
    record(tx, actor, Entry::new("incident.draft_begin", SubjectKind::Draft, id).with("way", way))?;
    Ok(id)
}

/// An own call, filed or not.
///
/// # Errors
/// The policy's, [`Error::NotFound`] also for a draft that is none.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, id: DraftId) -> Result<Opened> {
    let mut opened = look(tx, actor, id)?;
    opened.guess(tx)?;
    Ok(opened)
}

/// An own call before the register is asked whom it may mean: see [`Opened::guess`].
///
/// # Errors
/// As [`show`].
pub fn look(tx: &mut Tx<'_>, actor: &Actor, id: DraftId) -> Result<Opened> {
    allow(tx, actor, Action::TakeCall, Facts::of(actor))?;
    let opened = peek(tx, actor, &Key::Own(id))?;
    if opened.draft.is_call { Ok(opened) } else { Err(Error::NotFound) }
}

/// Saves all that was typed, whatever it is, in a call that the actor has opened.
///
/// # Errors
/// [`Error::Stale`] where another window changed it since, [`Error::Conflict`] for one that is filed.
pub fn save(
    tx: &mut Tx<'_>,
    opened: &mut Opened,
    seen: i32,
    typed: &[(&'static str, Vec<String>)],
) -> Result<()> {
    let fields: Vec<_> =
        TOLD.iter().flat_map(|(_, steps)| *steps).flat_map(|step| all_fields(*step)).collect();
    match opened.taken_in(&fields, typed)? {
        Some(_) if opened.draft.version != seen => Err(Error::Stale),
        Some(answers) => opened.set(tx, answers),
        None => Ok(()),
    }
}

/// Whether the caller says the code of the organisation that is meant; that is kept with the call.
///
/// # Errors
/// [`Error::Invalid`] before it is said which organisation that is; as [`directory::check_contact_code`].
pub fn check_code(tx: &mut Tx<'_>, actor: &Actor, id: DraftId, typed: &str) -> Result<bool> {
    let opened = show(tx, actor, id)?;
    check::step(Step::Office, &opened.draft.answers, &opened.context())?;
    let Some(org) = check::claimed(&opened.draft.answers, &opened.offices) else { return Ok(false) };
    let is_right = directory::check_contact_code(tx, actor, org, typed)?;
    if is_right {
        let mut answers = opened.draft.answers;
        answers.set(KNOWN, vec![org.to_string()]);
        store::set(tx, id, opened.draft.version, &answers)?;
    }
    Ok(is_right)
}

/// Files a call: for the organisation where the caller was known, otherwise as one that it confirms; both or neither.
/// Returns the draft with what it has become, also where it was filed before.
///
/// # Errors
/// [`Error::Stale`], [`Error::Invalid`] with every field that a report cannot have.
pub fn send(tx: &mut Tx<'_>, actor: &Actor, id: DraftId, seen: i32) -> Result<Draft> {
    let opened = show(tx, actor, id)?;
    if opened.draft.reference.is_some() {
        return Ok(opened.draft);
    }
    if opened.draft.version != seen {
        return Err(Error::Stale);
    }
    let (_, facts) = own(tx, actor, &Key::Own(id))?;
    let report = check::report(&opened.draft.answers, &opened.context(), false)?;
    store::claim(tx, id, seen)?;
    let claimed = check::claimed(&opened.draft.answers, &opened.offices);
    let receipt = secret::code(&tx.env().bytes::<12>());
    let digest = secret::fingerprint(&receipt);
    let loose = Loose { way: Way::Telephone, claimed, receipt: Some(&digest) };
    let filed = incidents::file_loose(tx, actor, facts, &report, &loose).map_err(as_asked)?;
    match (known_for(&opened), claimed) {
        (Some(org), _) => incidents::vouch(tx, actor, &filed.reference, org)?,
        (None, Some(org)) => {
            incidents::attach(tx, actor, &filed.reference, 1, org)?;
        }
        (None, None) => {}
    }
    store::filed(tx, id, filed.id, Some(receipt.clone()))?;
    let sent = Entry::new("incident.draft_send", SubjectKind::Draft, id).organisation(claimed);
    record(tx, actor, sent.with("reference", filed.reference.as_str()))?;
    Ok(Draft { reference: Some(filed.reference), receipt: Some(receipt), ..opened.draft })
}

/// What the register says of the organisation that is meant.
#[derive(Debug, Clone)]
pub struct Registered {
    pub organisation: Organisation,
    /// Who runs its administration, where that is another one.
    pub administered_by: Option<String>,
    pub providers: Vec<String>,
    /// By which ways the analyst can call back: a telephone always there first, then the officer's, the deputy's, the
    /// head's; the administration's after the organisation's own.
    pub contacts: Vec<Contact>,
}

/// What the register says of the organisation that is meant, so that the analyst knows whom to call back.
///
/// # Errors
/// The policy's.
pub fn registered(tx: &mut Tx<'_>, actor: &Actor, opened: &Opened) -> Result<Option<Registered>> {
    let Some(org) = check::claimed(&opened.draft.answers, &opened.offices) else { return Ok(None) };
    let acting = directory::administration_of(tx, org)?;
    let mut houses = vec![org];
    houses.extend(Some(acting).filter(|acting| *acting != org));
    let mut contacts = Vec::new();
    for house in &houses {
        let facts = directory::org_facts(tx, actor, *house)?;
        allow(tx, actor, Action::ShowOrganisation, facts)?;
        let mut own = directory::contacts_of(tx, *house)?;
        own.retain(|contact| !contact.phone.is_empty() || !contact.out_of_band.is_empty());
        own.sort_by_key(|contact| (contact.role != ContactRole::Hotline, contact.role));
        contacts.append(&mut own);
    }
    let providers = directory::providers_of(tx, org)?;
    let names = directory::names(tx, &[houses.as_slice(), providers.as_slice()].concat())?;
    let name = |id: &OrgId| names.get(id).map(|name| name.name.clone());
    Ok(Some(Registered {
        organisation: directory::load(tx, org)?,
        administered_by: houses.get(1).and_then(name),
        providers: providers.iter().filter_map(name).collect(),
        contacts,
    }))
}

/// The fields that a report cannot do without or that cannot be read, in the order of the questions.
#[must_use]
pub fn open_fields(opened: &Opened) -> Vec<&'static str> {
    match check::report(&opened.draft.answers, &opened.context(), false) {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        _ => Vec::new(),
    }
}

/// What the analyst reads to the caller while they talk, once it is said what is observed.
#[must_use]
pub fn advice(opened: &Opened) -> Vec<Measure> {
    let answers = &opened.draft.answers;
    answers.observed().map_or_else(Vec::new, |observed| for_caller(observed, rules::flags(answers)))
}

/// Who is on the telephone need not be told to call.
fn for_caller(observed: Observed, flags: Flags) -> Vec<Measure> {
    let all = rules::measures(observed, flags).into_iter();
    all.filter(|measure| *measure != Measure::CallUs).collect()
}

/// What the analyst reads to the caller who asks what to do now.
///
/// # Errors
/// The policy's.
pub fn measures(tx: &mut Tx<'_>, actor: &Actor, id: DraftId) -> Result<Vec<Measure>> {
    show(tx, actor, id)?;
    let (row, _) = own(tx, actor, &Key::Own(id))?;
    let report = incidents::stated(tx, row.case.ok_or(Error::NotFound)?)?;
    Ok(for_caller(report.observed, report.flags))
}

/// Throws a call away that is not filed.
///
/// # Errors
/// The policy's, [`Error::Conflict`] for one that is filed.
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: DraftId) -> Result<()> {
    show(tx, actor, id)?;
    super::service::discard(tx, actor, &Key::Own(id))
}
