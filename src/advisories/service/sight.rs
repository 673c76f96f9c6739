//! Who sees what: the CERT its drafts, an organisation what was sent to it, for TLP:RED the named person alone.

use std::collections::HashSet;

use super::{Resolved, audit, entry, facts, load, resolve};
use crate::access;
use crate::access::policy::{self, Action, Facts, Relation};
use crate::advisories::machine::State;
use crate::advisories::model::{Filter, Frame, Reference, Row, Version};
use crate::advisories::store;
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{DeliveryId, OrgId, VersionId};
use crate::core::page::Page;
use crate::core::tlp::Tlp;
use crate::directory;
use crate::store::Tx;

/// Whether the actor sees drafts and states: the CERT's view of advisories rather than a recipient's.
#[must_use]
pub fn is_team(tx: &Tx<'_>, actor: &Actor) -> bool {
    // A token that reaches too little is told so; it does not turn its owner into a recipient.
    policy::Table::of(tx).allows(Action::ShowDraft, Facts::of(actor))
}

/// Whether the actor may write advisories, for showing or hiding what leads there.
#[must_use]
pub fn may_write(tx: &Tx<'_>, actor: &Actor) -> bool {
    policy::may(tx, actor, Action::WriteAdvisory, Facts::of(actor))
}

/// The newest version of each advisory, for the CERT.
///
/// # Errors
/// The policy's.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: Filter,
    after: Option<VersionId>,
    limit: i64,
) -> Result<Page<Row>> {
    policy::check(tx, actor, Action::ShowDraft, Facts::of(actor))?;
    let rows = store::list(tx, filter, after, limit)?;
    Ok(Page::cut(rows, limit, |row| row.version.to_string()))
}

/// What was sent to the organisations for which the actor acts.
///
/// # Errors
/// The policy's.
pub fn list_received(
    tx: &mut Tx<'_>,
    actor: &Actor,
    after: Option<VersionId>,
    limit: i64,
) -> Result<Page<Row>> {
    let organisations = directory::service::acting_for(tx, actor)?;
    // Each row that the query finds is of the actor's audience; whether that counts is the table's word.
    let facts = Facts::of(actor).when(!organisations.is_empty(), Relation::InAudience);
    policy::check(tx, actor, Action::ShowAdvisory, facts)?;
    let mail = own_mail(tx, actor)?;
    let rows = store::list_sent(tx, &organisations, &mail, after, false, limit)?;
    Ok(Page::cut(rows, limit, |row| row.version.to_string()))
}

/// The newest version as the CERT sees it; audited as a view where it is not out yet.
///
/// # Errors
/// The policy's.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Version> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::ShowDraft, facts)?;
    audit(tx, actor, "advisory.view", &version)?;
    Ok(version)
}

/// A version as its recipient sees it.
#[derive(Debug, Clone)]
pub struct Received {
    pub version: Version,
    /// The organisations of the reader to which it was sent.
    pub organisations: Vec<OrgId>,
}

/// The newest version that was sent to the actor's organisations. The first opening of each delivery is kept, every
/// opening is audited.
///
/// # Errors
/// [`Error::NotFound`] where nothing was sent to them under this reference.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Received> {
    let organisations = directory::service::acting_for(tx, actor)?;
    let mut own = None;
    for version in store::list_sent_versions(tx, reference, &organisations)? {
        let deliveries = own_deliveries(tx, actor, &version, &organisations)?;
        if !deliveries.is_empty() {
            own = Some((version, deliveries));
            break;
        }
    }
    let facts = Facts::of(actor).when(own.is_some(), Relation::InAudience);
    policy::check(tx, actor, Action::ShowAdvisory, facts)?;
    let (version, deliveries) = own.ok_or(Error::NotFound)?;
    let ids: Vec<_> = deliveries.iter().map(|(id, _)| *id).collect();
    store::set_opened(tx, &ids)?;
    let organisations: Vec<_> = deliveries.into_iter().map(|(_, organisation)| organisation).collect();
    record(tx, actor, entry("advisory.open", &version).organisation(organisations.first().copied()))?;
    Ok(Received { version, organisations })
}

/// The deliveries by which the actor may know of a version.
fn own_deliveries(
    tx: &mut Tx<'_>,
    actor: &Actor,
    version: &Version,
    organisations: &[OrgId],
) -> Result<Vec<(DeliveryId, OrgId)>> {
    let mut found = store::addresses(tx, version.id, organisations)?;
    if version.frame.tlp == Tlp::Red {
        let mail = own_mail(tx, actor)?;
        found.retain(|(_, _, address)| *address == mail);
    }
    Ok(found.into_iter().map(|(id, organisation, _)| (id, organisation)).collect())
}

/// The address with which the actor signs in; empty for nobody.
fn own_mail(tx: &mut Tx<'_>, actor: &Actor) -> Result<String> {
    match actor.account {
        Some(account) => Ok(access::service::mail_of(tx, account)?.unwrap_or_default()),
        None => Ok(String::new()),
    }
}

/// Who an audience is now, under this label: names and count for the editor.
///
/// # Errors
/// The policy's.
pub fn audience(tx: &mut Tx<'_>, actor: &Actor, frame: &Frame) -> Result<Resolved> {
    policy::check(tx, actor, Action::ShowDraft, Facts::of(actor))?;
    resolve(tx, &frame.audience, frame.tlp)
}

/// What was sent to the actor's organisations and nobody there has opened yet, the newest first.
///
/// # Errors
/// The policy's.
pub fn unread(tx: &mut Tx<'_>, actor: &Actor, limit: i64) -> Result<Vec<Row>> {
    let organisations = directory::service::acting_for(tx, actor)?;
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    policy::check(tx, actor, Action::ShowAdvisory, Facts::of(actor).with(Relation::InAudience))?;
    let mail = own_mail(tx, actor)?;
    let rows = store::list_sent(tx, &organisations, &mail, None, true, limit)?;
    Ok(Page::cut(rows, limit, |row| row.version.to_string()).rows)
}

/// Which of these rows of [`list_received`] nobody in the actor's organisations has opened yet; of TLP:RED the named
/// person's own opening counts. What was replaced is nothing to read any more.
///
/// # Errors
/// The database's.
pub fn unread_of(tx: &mut Tx<'_>, actor: &Actor, rows: &[Row]) -> Result<HashSet<VersionId>> {
    let organisations = directory::service::acting_for(tx, actor)?;
    let mail = own_mail(tx, actor)?;
    let versions: Vec<_> = rows.iter().map(|row| row.version).collect();
    let opened = store::opened(tx, &versions, &organisations)?;
    let is_read = |row: &Row| {
        opened
            .iter()
            .any(|(version, address)| *version == row.version && (row.tlp != Tlp::Red || *address == mail))
    };
    let unread = rows.iter().filter(|row| row.state != State::Superseded && !is_read(row));
    Ok(unread.map(|row| row.version).collect())
}
