//! Mandates: granted by an organisation's lead, seen by both sides, ended by either, announced before they end.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::mandate_letters::{Told, tell};
use super::{load, names, org_facts};
use crate::access::policy::{Action, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{MandateId, OrgId};
use crate::core::when;
use crate::directory::model::{Closed, Filter, Grant, Mandate, OrgName, Standing, today};
use crate::directory::store::{lists, mandates as store};
use crate::queue::{self, Job};
use crate::store::Tx;

/// How many organisations a search offers.
const FOUND: i64 = 20;

/// A mandate as one side sees it.
#[derive(Debug, Clone)]
pub struct MandateView {
    pub mandate: Mandate,
    /// The other side.
    pub other: OrgId,
    pub other_name: OrgName,
    pub standing: Standing,
}

/// Everything about one organisation's mandates.
#[derive(Debug, Clone)]
pub struct Mandates {
    pub name: OrgName,
    /// Those that it granted: what holds or will first.
    pub granted: Vec<MandateView>,
    /// Those that it holds.
    pub held: Vec<MandateView>,
    pub may_grant: bool,
    pub may_lay_down: bool,
}

/// An organisation's mandates, on both sides.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn mandates(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<Mandates> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::ShowOrganisation, facts)?;
    let organisation = load(tx, org)?;
    let now = tx.now();
    let all = store::of(tx, org)?;
    let other = |mandate: &Mandate| if mandate.grantor == org { mandate.mandated } else { mandate.grantor };
    let names = names(tx, &all.iter().map(other).collect::<Vec<_>>())?;
    let mut views: Vec<_> = all
        .into_iter()
        .map(|mandate| MandateView {
            other: other(&mandate),
            other_name: names.get(&other(&mandate)).cloned().unwrap_or_default(),
            standing: mandate.standing(now),
            mandate,
        })
        .collect();
    views.sort_by_key(|view| !view.mandate.is_open(now));
    let (granted, held) = views.into_iter().partition(|view| view.mandate.grantor == org);
    Ok(Mandates {
        name: OrgName { name: organisation.name, sign: organisation.sign },
        granted,
        held,
        may_grant: may(tx, actor, Action::GrantMandate, facts),
        may_lay_down: may(tx, actor, Action::LayDownMandate, facts),
    })
}

/// Whom the organisation may give a mandate: what the words find in the register; without words, who serves it.
///
/// # Errors
/// The policy's.
pub fn mandate_choices(
    tx: &mut Tx<'_>,
    actor: &Actor,
    org: OrgId,
    words: &str,
) -> Result<Vec<(OrgId, OrgName)>> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::GrantMandate, facts)?;
    let day = today(tx.now());
    if words.trim().is_empty() {
        let ids = super::providers_of(tx, org)?;
        let mut names = names(tx, &ids)?;
        return Ok(ids.into_iter().filter_map(|id| Some((id, names.remove(&id)?))).collect());
    }
    let filter = Filter { text: words.to_owned(), ..Filter::default() };
    let found = lists::list(tx, &filter, day, None, FOUND)?.rows;
    let possible = found.into_iter().filter(|found| found.id != org && !found.is_cert);
    Ok(possible.map(|found| (found.id, OrgName { name: found.name, sign: found.sign })).collect())
}

/// Grants a mandate, tells both sides, and sets the clock for the warning.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for days that do not fit, for somebody who cannot hold one or acts by register
/// anyway, and where one of the same scope holds on one of these days.
pub fn grant_mandate(tx: &mut Tx<'_>, actor: &Actor, grant: &Grant) -> Result<MandateId> {
    let facts = org_facts(tx, actor, grant.grantor)?;
    check(tx, actor, Action::GrantMandate, facts)?;
    let by = actor.account.ok_or(Error::SignInNeeded)?;
    grant.check(tx.now())?;
    check_mandated(tx, grant)?;
    store::hold_grantor(tx, grant.grantor)?;
    let same = |mandate: &Mandate| {
        mandate.scope == grant.scope && mandate.overlaps(grant.valid_from, grant.valid_until)
    };
    if store::between(tx, &[grant.mandated], Some(grant.grantor))?.iter().any(same) {
        return Err(FieldError::new("valid_from", "directory-mandate-error-overlap").into());
    }
    let id = store::add(tx, grant, by)?;
    let mandate = store::lookup(tx, id)?.ok_or(Error::NotFound)?;
    let entry = entry("directory.mandate_grant", &mandate)
        .with("scope", mandate.scope.code())
        .with("from", mandate.valid_from.to_string())
        .with("until", mandate.valid_until.to_string());
    audit::record(tx, actor, entry)?;
    tell(tx, &mandate, Told::Granted, &actor.name)?;
    let warn_at = morning(mandate.warned_on())?;
    if warn_at > tx.now() {
        queue::enqueue(tx, &WarnMandate { mandate: id }, warn_at)?;
    }
    Ok(id)
}

/// Whether the chosen organisation exists today, is another one, and does not act for the grantor by register.
fn check_mandated(tx: &mut Tx<'_>, grant: &Grant) -> Result<()> {
    let refuse = |reason| Err(FieldError::new("mandated", reason).into());
    let day = today(tx.now());
    let mandated = super::lookup(tx, grant.mandated)?;
    let Some(mandated) = mandated.filter(|it| it.is_valid_on(day) && !it.is_cert && it.id != grant.grantor)
    else {
        return refuse("error-choice");
    };
    if super::administration_of(tx, grant.grantor)? == mandated.id {
        return refuse("directory-mandate-error-register");
    }
    Ok(())
}

/// Takes a mandate back that this organisation granted.
///
/// # Errors
/// The policy's; [`Error::NotFound`] also for another organisation's; [`Error::Conflict`] when it is over.
pub fn revoke_mandate(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, id: MandateId) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::GrantMandate, facts)?;
    let mandate = store::lookup(tx, id)?.filter(|mandate| mandate.grantor == org).ok_or(Error::NotFound)?;
    close(tx, actor, &mandate, Closed::Revoked)
}

/// Gives a mandate back that this organisation holds.
///
/// # Errors
/// As [`revoke_mandate`].
pub fn lay_down_mandate(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, id: MandateId) -> Result<()> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::LayDownMandate, facts)?;
    let mandate = store::lookup(tx, id)?.filter(|mandate| mandate.mandated == org).ok_or(Error::NotFound)?;
    close(tx, actor, &mandate, Closed::LaidDown)
}

fn close(tx: &mut Tx<'_>, actor: &Actor, mandate: &Mandate, how: Closed) -> Result<()> {
    if !mandate.is_open(tx.now()) || !store::close(tx, mandate.id, how, actor.account)? {
        return Err(Error::Conflict("directory-mandate-error-over"));
    }
    let (action, told) = match how {
        Closed::Revoked => ("directory.mandate_revoke", Told::Revoked),
        Closed::LaidDown => ("directory.mandate_lay_down", Told::LaidDown),
    };
    audit::record(tx, actor, entry(action, mandate))?;
    tell(tx, mandate, told, &actor.name)
}

fn entry(action: &'static str, mandate: &Mandate) -> Entry {
    Entry::new(action, SubjectKind::Mandate, mandate.id)
        .organisation(Some(mandate.grantor))
        .with("through", mandate.mandated.to_string())
}

/// Seven in the morning of that day: not in the night, and before the day's work.
fn morning(day: Date) -> Result<jiff::Timestamp> {
    let seven = day.at(7, 0, 0, 0).to_zoned(when::zone());
    seven.map(|zoned| zoned.timestamp()).map_err(|error| Error::Internal(format!("no morning: {error}")))
}

/// Tells both sides that a mandate ends soon, unless it has ended already.
#[derive(Debug, Serialize, Deserialize)]
pub struct WarnMandate {
    pub mandate: MandateId,
}

impl Job for WarnMandate {
    const NAME: &'static str = "directory.warn_mandate";

    fn run(self, tx: &mut Tx<'_>) -> Result<()> {
        let now = tx.now();
        let Some(mandate) = store::lookup(tx, self.mandate)?.filter(|mandate| mandate.is_open(now)) else {
            return Ok(());
        };
        let system = Actor::system("mandates");
        audit::record(tx, &system, entry("directory.mandate_warn", &mandate))?;
        tell(tx, &mandate, Told::Ending, "")
    }
}
