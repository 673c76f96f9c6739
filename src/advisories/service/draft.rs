//! Writing: a first version, changes to it, and the next version of what is out.

use jiff::Timestamp;

use super::{audit, check_seen, facts, load, step};
use crate::access::policy::{self, Action, Facts};
use crate::advisories::machine::{self, Command};
use crate::advisories::model::{Content, Frame, Reference, Version};
use crate::advisories::store;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::VersionId;
use crate::core::when;
use crate::store::{Tx, reference};

/// What an author hands in, checked field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub frame: Frame,
    pub content: Content,
}

/// A new advisory with its first version, as a draft under a fresh reference.
///
/// # Errors
/// The policy's.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, draft: &Draft) -> Result<Version> {
    policy::check(tx, actor, Action::WriteAdvisory, Facts::of(actor))?;
    let year = year(tx.now());
    let reference = Reference::new(year, reference::next(tx, "advisory", year)?);
    let advisory = store::add_advisory(tx, &reference, actor.account)?;
    let id = store::add_version(tx, advisory, 1, &draft.frame, &draft.content)?;
    written(tx, actor, &reference, id, "advisory.create")
}

/// Whether the actor may write at all: asked before an empty form is shown.
///
/// # Errors
/// The policy's.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    policy::check(tx, actor, Action::WriteAdvisory, Facts::of(actor))
}

/// The newest version as its authors change it; audited as a view.
///
/// # Errors
/// The policy's.
pub fn take_up(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Version> {
    let version = reload(tx, actor, reference)?;
    audit(tx, actor, "advisory.view", &version)?;
    Ok(version)
}

/// The newest version once more, for a form that its author has open: what was seen before is not seen again.
///
/// # Errors
/// The policy's.
pub fn reload(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::WriteAdvisory, facts)?;
    Ok(version)
}

/// Changes a draft; a version in review goes back to being one.
///
/// # Errors
/// [`crate::core::error::Error::Stale`] when somebody else changed it since `seen`, [`crate::core::error::Error::Conflict`] when its content is fixed.
pub fn edit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &Reference,
    seen: i32,
    draft: &Draft,
) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::WriteAdvisory, facts)?;
    check_seen(&version, seen)?;
    step(&version, Command::Edit, machine::Facts::default())?;
    store::update_draft(tx, &version, &draft.frame, &draft.content)?;
    written(tx, actor, reference, version.id, "advisory.edit")
}

/// The next version of a published advisory, as a draft that says the same.
///
/// # Errors
/// [`crate::core::error::Error::Conflict`] unless the newest version is published.
pub fn revise(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference, seen: i32) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::WriteAdvisory, facts)?;
    check_seen(&version, seen)?;
    // What can be superseded can have a successor.
    step(&version, Command::Supersede, machine::Facts::default())?;
    let id = store::add_version(tx, version.advisory, version.number + 1, &version.frame, &version.content)?;
    written(tx, actor, reference, id, "advisory.revise")
}

fn written(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &Reference,
    id: VersionId,
    action: &'static str,
) -> Result<Version> {
    if let Some(account) = actor.account {
        store::add_author(tx, id, account)?;
    }
    let version = load(tx, reference)?;
    audit(tx, actor, action, &version)?;
    Ok(version)
}

/// The year in Thüringen, by which references are counted.
fn year(now: Timestamp) -> i16 {
    now.to_zoned(when::zone()).year()
}
