//! Organisations: the list, one with all that belongs to it, and those that people enter themselves.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::{load, names, org_facts};
use crate::access::policy::{Action, Facts, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::OrgId;
use crate::core::page::{Page, read_cursor};
use crate::directory::model::{
    Asset, Call, Confirmation, Confirmed, Contact, District, Enrolment, Filter, OrgName, Organisation,
    OrganisationInput, Relation, today,
};
use crate::directory::store::lists::{self, After};
use crate::directory::store::organisations::{self, Statement};
use crate::directory::store::{assets, calls, confirmations, contacts, relations};
use crate::store::Tx;

/// A page of the list with its counts.
#[derive(Debug, Clone)]
pub struct Listed {
    pub page: Page<Organisation>,
    pub total: i64,
    /// Of the administrations among them, how many in each state.
    pub enrolment: BTreeMap<Enrolment, i64>,
}

/// Organisations by place, at most `limit` behind `cursor`.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a cursor that is none.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Listed> {
    check(tx, actor, Action::ListOrganisations, Facts::of(actor))?;
    let after = match cursor {
        Some(cursor) => Some(
            read_cursor(cursor)
                .and_then(|cursor| After::parse(&cursor))
                .ok_or_else(|| FieldError::new("cursor", "directory-error-cursor"))?,
        ),
        None => None,
    };
    let day = today(tx.now());
    let page = lists::list(tx, filter, day, after, limit)?;
    let (total, enrolment) = lists::count(tx, filter, day)?;
    Ok(Listed { page, total, enrolment })
}

/// A service relation with the name of the other side.
#[derive(Debug, Clone)]
pub struct ServiceView {
    pub relation: Relation,
    pub other: OrgId,
    pub other_name: OrgName,
}

/// One organisation and all that belongs to it, as far as the actor may see it.
#[derive(Debug, Clone)]
pub struct OrganisationView {
    pub organisation: Organisation,
    /// Whether it exists today.
    pub is_valid: bool,
    /// Names of parent, district and administration.
    pub names: HashMap<OrgId, OrgName>,
    /// For whom it acts by register.
    pub members: Vec<Organisation>,
    pub contacts: Vec<Contact>,
    pub assets: Vec<Asset>,
    /// When somebody there said that all this is right.
    pub confirmed: Option<Confirmation>,
    pub may_confirm: bool,
    pub served_by: Vec<ServiceView>,
    pub serves: Vec<ServiceView>,
    /// The CERT's own notes; empty for others.
    pub calls: Vec<Call>,
    pub may_edit_contacts: bool,
    pub may_edit: bool,
    pub may_edit_relations: bool,
    pub may_enrol: bool,
    /// Whether it has an emergency card that the actor may see.
    pub may_show_card: bool,
    pub may_check_code: bool,
    /// Since when its own mail is not trusted, for the team.
    pub offline_since: Option<Timestamp>,
    pub may_show_crisis: bool,
    /// Says which duties to report bind it.
    pub may_set_duties: bool,
}

/// One organisation with all that belongs to it.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn view(tx: &mut Tx<'_>, actor: &Actor, id: OrgId) -> Result<OrganisationView> {
    let facts = org_facts(tx, actor, id)?;
    check(tx, actor, Action::ShowOrganisation, facts)?;
    let organisation = load(tx, id)?;
    let day = today(tx.now());
    let related = [organisation.parent, organisation.district, organisation.administered_by];
    let related: Vec<OrgId> = related.into_iter().flatten().collect();
    let (served_by, serves) = services(tx, id)?;
    let has_card = organisation.has_card_on(day);
    let sees_calls = may(tx, actor, Action::ListOrganisations, Facts::of(actor));
    Ok(OrganisationView {
        is_valid: organisation.is_valid_on(day),
        names: names(tx, &related)?,
        members: organisations::members(tx, id)?,
        contacts: contacts::of(tx, &[id])?,
        assets: assets::of(tx, id)?,
        confirmed: confirmations::latest(tx, id, Confirmed::Data)?,
        may_confirm: may(tx, actor, Action::ConfirmOrganisation, facts),
        served_by,
        serves,
        calls: if sees_calls { calls::of(tx, id)? } else { Vec::new() },
        may_edit_contacts: may(tx, actor, Action::EditContacts, facts),
        may_edit: may(tx, actor, Action::EditOrganisation, facts),
        may_edit_relations: may(tx, actor, Action::EditServiceRelations, facts),
        may_enrol: may(tx, actor, Action::EnrolOrganisation, facts),
        may_show_card: has_card && may(tx, actor, Action::ShowCard, facts),
        offline_since: super::marked_among(tx, actor, &[id])?.pop().map(|(_, since)| since),
        may_show_crisis: !organisation.is_cert && may(tx, actor, Action::ShowCrisis, facts),
        may_set_duties: may(tx, actor, Action::SetDuties, facts),
        may_check_code: has_card && may(tx, actor, Action::CheckContactCode, facts),
        organisation,
    })
}

/// Who serves it, and whom it serves.
fn services(tx: &mut Tx<'_>, id: OrgId) -> Result<(Vec<ServiceView>, Vec<ServiceView>)> {
    let all = relations::of(tx, id)?;
    let other = |relation: &Relation| {
        if relation.organisation == id { relation.provider } else { relation.organisation }
    };
    let names = names(tx, &all.iter().map(other).collect::<Vec<_>>())?;
    let views = all.into_iter().map(|relation| {
        let other = other(&relation);
        ServiceView { other, other_name: names.get(&other).cloned().unwrap_or_default(), relation }
    });
    Ok(views.partition(|view| view.relation.organisation == id))
}

/// Whether the actor may enter organisations and import files: for showing the buttons.
#[must_use]
pub fn may_edit(tx: &Tx<'_>, actor: &Actor) -> (bool, bool) {
    let facts = Facts::of(actor);
    (may(tx, actor, Action::EditOrganisation, facts), may(tx, actor, Action::ImportDirectory, facts))
}

/// The organisation's name, for a form by which the actor is going to do `action` there.
///
/// # Errors
/// The policy's, [`Error::NotFound`].
pub fn form_for(tx: &mut Tx<'_>, actor: &Actor, id: OrgId, action: Action) -> Result<OrgName> {
    let facts = org_facts(tx, actor, id)?;
    check(tx, actor, action, facts)?;
    let organisation = load(tx, id)?;
    Ok(OrgName { name: organisation.name, sign: organisation.sign })
}

/// The districts to choose from, for the form of an organisation.
///
/// # Errors
/// The policy's.
pub fn districts_for_form(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<District>> {
    check(tx, actor, Action::EditOrganisation, Facts::of(actor))?;
    super::districts(tx)
}

/// An organisation that people entered, for its form.
///
/// # Errors
/// The policy's, [`Error::NotFound`]; [`Error::Conflict`] for what comes from a file.
pub fn load_for_change(tx: &mut Tx<'_>, actor: &Actor, id: OrgId) -> Result<Organisation> {
    let facts = org_facts(tx, actor, id)?;
    check(tx, actor, Action::EditOrganisation, facts)?;
    let organisation = load(tx, id)?;
    if organisation.is_by_hand() {
        Ok(organisation)
    } else {
        Err(Error::Conflict("directory-error-imported"))
    }
}

/// Enters an organisation that no file states.
///
/// # Errors
/// The policy's, [`Error::Invalid`].
pub fn add_organisation(tx: &mut Tx<'_>, actor: &Actor, input: &OrganisationInput) -> Result<OrgId> {
    check(tx, actor, Action::EditOrganisation, Facts::of(actor))?;
    let sign = check_input(tx, input, None)?;
    let id = tx.id::<OrgId>();
    organisations::add(tx, &[(id, Statement::by_hand(input, &sign))], None)?;
    let entry = Entry::new("directory.add", SubjectKind::Organisation, id).organisation(Some(id));
    audit::record(tx, actor, entry.with("kind", input.kind.code()))?;
    Ok(id)
}

/// Changes an organisation that people entered, seen in version `seen`. Its end is a day like its beginning.
///
/// # Errors
/// The policy's, [`Error::Invalid`], [`Error::Stale`]; [`Error::Conflict`] for what comes from a file.
pub fn change_organisation(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrgId,
    seen: i32,
    input: &OrganisationInput,
) -> Result<()> {
    load_for_change(tx, actor, id)?;
    let sign = check_input(tx, input, Some(id))?;
    organisations::change(tx, id, seen, &Statement::by_hand(input, &sign))?;
    let entry = Entry::new("directory.change", SubjectKind::Organisation, id).organisation(Some(id));
    audit::record(tx, actor, entry.with("kind", input.kind.code()))
}

/// The sign of its district, if all is well.
fn check_input(tx: &mut Tx<'_>, input: &OrganisationInput, id: Option<OrgId>) -> Result<String> {
    if input.valid_until.is_some_and(|until| until <= input.valid_from) {
        return Err(FieldError::new("valid_until", "directory-error-ends-before").into());
    }
    if let Some(key) = &input.key
        && super::lookup_by_key(tx, key.as_str())?.is_some_and(|other| Some(other.id) != id)
    {
        return Err(FieldError::new("key", "directory-error-key-taken").into());
    }
    let Some(district) = input.district else { return Ok(String::new()) };
    let known = super::districts(tx)?.into_iter().find(|known| known.id == district);
    known.map(|known| known.sign).ok_or_else(|| FieldError::new("district", "error-choice").into())
}
