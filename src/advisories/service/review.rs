//! Four eyes: asking for review, giving back, and the approval that fixes what is sent and to whom.

use super::{Resolved, audit, check_seen, entry, facts, load, resolve, step};
use crate::access::policy::{self, Action, Facts};
use crate::advisories::letter::{self, Letter};
use crate::advisories::machine::{self, Command};
use crate::advisories::model::{Recipient, Reference, Version};
use crate::advisories::seal::{self, Digest};
use crate::advisories::store;
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::text::Block;
use crate::store::Tx;
use crate::web::site::Settings;

/// How many names of those left out a refusal lists.
const NAMES_SHOWN: usize = 5;

/// Asks for review.
///
/// # Errors
/// [`Error::Invalid`] with each field that still says nothing; [`Error::Stale`], [`Error::Conflict`].
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference, seen: i32) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::SubmitAdvisory, facts)?;
    check_seen(&version, seen)?;
    let missing = version.content.missing();
    let complete = machine::Facts { is_complete: missing.is_empty(), ..machine::Facts::default() };
    let state = match step(&version, Command::Submit, complete) {
        Err(Error::Conflict("advisory-refused-incomplete")) => return Err(missing.into()),
        stepped => stepped?,
    };
    store::set_state(tx, &version, state)?;
    store::set_submitted(tx, version.id, actor.account)?;
    audit(tx, actor, "advisory.submit", &version)?;
    load(tx, reference)
}

/// Gives a version back to its authors and says why; an approval ends with it.
///
/// # Errors
/// [`Error::Stale`], [`Error::Conflict`] when it is not in review or approved.
pub fn give_back(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &Reference,
    seen: i32,
    reason: &Block<2_000>,
) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::ReturnAdvisory, facts)?;
    check_seen(&version, seen)?;
    let state = step(&version, Command::Return, machine::Facts::default())?;
    store::set_state(tx, &version, state)?;
    store::clear_approval(tx, version.id, reason.as_str())?;
    audit(tx, actor, "advisory.return", &version)?;
    load(tx, reference)
}

/// Everything an approver looks at: what an approval given now would fix.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub version: Version,
    pub letter: Letter,
    pub recipients: Vec<Recipient>,
    /// Administrations in the audience that this label does not reach.
    pub left_out: Vec<String>,
    /// The hash that approval would store.
    pub digest: Digest,
    /// What went out before this version.
    pub previous: Option<Version>,
    /// Whether this actor may approve it: never where they wrote a part.
    pub may_approve: bool,
    pub may_return: bool,
    pub may_publish: bool,
}

/// What would be approved, or was; audited as a view of the draft.
///
/// # Errors
/// The policy's.
pub fn proposal(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Proposal> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::ShowDraft, facts)?;
    audit(tx, actor, "advisory.view", &version)?;
    propose(tx, actor, version, facts)
}

fn propose(tx: &mut Tx<'_>, actor: &Actor, version: Version, facts: Facts) -> Result<Proposal> {
    // From approval on the list is what was fixed, not what the register says today.
    let Resolved { recipients, left_out } = if version.approved_at.is_some() {
        let fixed = store::recipients(tx, version.id)?;
        Resolved {
            recipients: fixed.into_iter().map(|(_, recipient)| recipient).collect(),
            left_out: Vec::new(),
        }
    } else {
        resolve(tx, &version.frame.audience, version.frame.tlp)?
    };
    let letter = letter::compose(&version, tx.required::<Settings>()?)?;
    Ok(Proposal {
        digest: seal::digest(&version, &letter, &recipients),
        previous: store::lookup_previous(tx, &version)?,
        may_approve: policy::may(tx, actor, Action::ApproveAdvisory, facts),
        may_return: policy::may(tx, actor, Action::ReturnAdvisory, facts),
        may_publish: policy::may(tx, actor, Action::PublishAdvisory, facts),
        version,
        letter,
        recipients,
        left_out,
    })
}

/// Approves: content, mail and recipient list are fixed and bound by their hash. `shown` is the hash of what the approver
/// was shown; where the register changed in between, the approval is refused as stale.
///
/// # Errors
/// [`Error::Forbidden`] for authors, [`Error::Invalid`] naming whom the label leaves out when nobody is left,
/// [`Error::Stale`], [`Error::Conflict`].
pub fn approve(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &Reference,
    seen: i32,
    shown: Option<&Digest>,
) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::ApproveAdvisory, facts)?;
    check_seen(&version, seen)?;
    let Proposal { version, recipients, left_out, digest, .. } = propose(tx, actor, version, facts)?;
    if recipients.is_empty() && !left_out.is_empty() {
        return Err(nobody_left(&left_out).into());
    }
    let answered = machine::Facts { has_recipients: !recipients.is_empty(), ..machine::Facts::default() };
    let state = step(&version, Command::Approve, answered)?;
    if shown.is_some_and(|shown| *shown != digest) {
        return Err(Error::Stale);
    }
    store::set_state(tx, &version, state)?;
    store::set_approved(tx, version.id, actor.account, &actor.name, &digest)?;
    store::add_deliveries(tx, version.id, &recipients)?;
    let entry = entry("advisory.approve", &version)
        .with("hash", hex::encode(digest))
        .with("recipients", recipients.len())
        .with("left_out", left_out.len());
    record(tx, actor, entry)?;
    load(tx, reference)
}

fn nobody_left(left_out: &[String]) -> FieldError {
    let names = left_out.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    FieldError::new("audience", "advisory-error-nobody-left")
        .with("count", left_out.len())
        .with("names", names)
}
