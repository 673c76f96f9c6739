//! What binds an organisation: its sectors, and what people said of rule sets.

use super::remind::soon;
use super::{Asked, subjects};
use crate::access::policy::{Action, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::directory::service as directory;
use crate::duties::book::{Book, RuleSet, Sector};
use crate::duties::{rule, store};
use crate::incidents::service as incidents;
use crate::store::Tx;

/// Open cases whose clocks are looked at when what binds an organisation changes.
const CASES: i64 = 200;

/// What binds an organisation, for its page.
#[derive(Debug, Clone)]
pub struct Binds {
    pub name: String,
    pub sectors: Vec<Sector>,
    /// Every set, whether it binds the organisation and why, and what a person said of it.
    pub sets: Vec<Bound>,
}

/// What a person said of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub binds: bool,
    /// Empty where no reason was given.
    pub why: String,
}

/// A set as it stands to an organisation.
#[derive(Debug, Clone)]
pub struct Bound {
    pub key: String,
    pub name: String,
    pub source: String,
    /// Why it binds; none where it does not.
    pub why: Option<String>,
    pub said: Option<Said>,
}

/// What binds an organisation.
///
/// # Errors
/// The policy's; [`Error::NotFound`] where it does not exist for the actor.
pub fn binds(tx: &mut Tx<'_>, actor: &Actor, organisation: OrgId) -> Result<Binds> {
    permit(tx, actor, organisation)?;
    let name = directory::load(tx, organisation)?.name.to_string();
    let book = tx.required::<Book>()?;
    let Some(Asked { subject, reasons, .. }) = subjects(tx, &[organisation], |_| true)?.pop() else {
        return Err(Error::NotFound);
    };
    let binding = rule::binding(book.sets(), &subject);
    let bound = |set: &RuleSet| {
        let given = reasons.get(&set.key).cloned().unwrap_or_default();
        let said = subject.said.get(&set.key).map(|binds| Said { binds: *binds, why: given.clone() });
        let why = binding.iter().find(|(one, _)| one.key == set.key).map(|(_, why)| {
            Some(given).filter(|given| !given.is_empty()).or(why.map(str::to_owned)).unwrap_or_default()
        });
        Bound { key: set.key.clone(), name: set.name.clone(), source: set.source.clone(), why, said }
    };
    let sets = book.sets().iter().map(bound).collect();
    Ok(Binds { name, sectors: subject.sectors, sets })
}

fn permit(tx: &mut Tx<'_>, actor: &Actor, organisation: OrgId) -> Result<()> {
    let facts = directory::org_facts(tx, actor, organisation)?;
    check(tx, actor, Action::SetDuties, facts)
}

/// The clocks of its cases are other ones now.
fn look_again(tx: &mut Tx<'_>, organisation: OrgId) -> Result<()> {
    for incident in incidents::open_cases_of(tx, organisation, CASES)? {
        soon(tx, incident)?;
    }
    Ok(())
}

/// What an organisation runs itself.
///
/// # Errors
/// As [`binds`].
pub fn set_sectors(tx: &mut Tx<'_>, actor: &Actor, organisation: OrgId, sectors: &[Sector]) -> Result<()> {
    permit(tx, actor, organisation)?;
    directory::load(tx, organisation)?;
    store::set_sectors(tx, organisation, sectors)?;
    look_again(tx, organisation)?;
    let codes: Vec<&str> = sectors.iter().map(|sector| sector.code()).collect();
    let entry = Entry::new("directory.sectors_set", SubjectKind::Organisation, organisation);
    record(tx, actor, entry.organisation(Some(organisation)).with("sectors", codes))
}

/// Whether a set binds an organisation, as a person says it; nothing: as the rules say it.
///
/// # Errors
/// As [`binds`]; [`Error::NotFound`] for a set that does not exist.
pub fn say(
    tx: &mut Tx<'_>,
    actor: &Actor,
    organisation: OrgId,
    rule_set: &str,
    said: Option<&Said>,
) -> Result<()> {
    permit(tx, actor, organisation)?;
    directory::load(tx, organisation)?;
    let known = tx.required::<Book>()?.set(rule_set).is_some();
    if !known {
        return Err(Error::NotFound);
    }
    store::say(tx, actor, organisation, rule_set, said.map(|said| (said.binds, said.why.as_str())))?;
    look_again(tx, organisation)?;
    let entry = Entry::new("directory.rule_set", SubjectKind::Organisation, organisation);
    let entry = entry.organisation(Some(organisation)).with("rule_set", rule_set);
    record(tx, actor, entry.with("binds", said.map(|said| said.binds)))
}
