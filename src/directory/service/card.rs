//! Emergency cards: one, all of a district, and the code by which a caller is recognised.

use std::collections::HashMap;

use jiff::civil::Date;

use super::acting::facts_of;
use super::{load, org_facts};
use crate::access::policy::{Action, Facts, check, may};
use crate::access::service::limits::{self, Attempt, Limit};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::OrgId;
use crate::directory::model::{Card, ContactCode, Filter, Organisation, today};
use crate::directory::store::{codes, contacts, lists, organisations};
use crate::store::Tx;

/// How often one analyst may try codes of one organisation.
const TRIES: Limit = Limit::new(20, 15);

/// How a card leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Looked at on a page.
    Shown,
    /// As a file.
    Downloaded,
}

/// An organisation's card of this year. Its code is drawn when it is first needed.
///
/// # Errors
/// The policy's, [`Error::NotFound`]; [`Error::Conflict`] for what runs no administration.
pub fn card(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, taken: Taken) -> Result<Card> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::ShowCard, facts)?;
    let day = today(tx.now());
    let organisation = load_with_card(tx, org, day)?;
    let known = codes::of(tx, org, &[day.year()])?.pop();
    let (code, drawn) = match known {
        Some(code) => (code, 0),
        None => (draw(tx, day, &[org])?.remove(0).1, 1),
    };
    let out_of_band = contacts::of(tx, &[org])?.into_iter().map(|contact| contact.out_of_band);
    let out_of_band = out_of_band.filter(|way| !way.is_empty()).collect();
    let action = match taken {
        Taken::Shown => "directory.card_show",
        Taken::Downloaded => "directory.card_download",
    };
    let entry = Entry::new(action, SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(tx, actor, entry.with("year", day.year()).with("drawn", drawn))?;
    Ok(of(organisation, day, code, out_of_band))
}

/// The cards of all administrations, or of a district's, by district and place.
///
/// # Errors
/// The policy's; [`Error::Invalid`] where there is no such district; [`Error::Conflict`] before there is a register.
pub fn cards(tx: &mut Tx<'_>, actor: &Actor, district: Option<OrgId>) -> Result<Vec<Card>> {
    check(tx, actor, Action::PrintCards, Facts::of(actor))?;
    let day = today(tx.now());
    if let Some(district) = district
        && !lists::districts(tx, day)?.iter().any(|known| known.id == district)
    {
        return Err(FieldError::new("kreis", "error-choice").into());
    }
    let mut all = lists::all(tx, &Filter { administrations: true, district, ..Filter::default() }, day)?;
    if all.is_empty() {
        return Err(Error::Conflict("directory-error-no-cards"));
    }
    all.sort_by(|a, b| a.sign.cmp(&b.sign));
    let ids: Vec<OrgId> = all.iter().map(|organisation| organisation.id).collect();
    let mut known = codes::of_year(tx, day.year())?;
    let missing: Vec<OrgId> = ids.iter().copied().filter(|id| !known.contains_key(id)).collect();
    known.extend(draw(tx, day, &missing)?);
    let mut ways: HashMap<OrgId, Vec<String>> = HashMap::new();
    for contact in contacts::of(tx, &ids)?.into_iter().filter(|contact| !contact.out_of_band.is_empty()) {
        ways.entry(contact.organisation).or_default().push(contact.out_of_band);
    }
    let entry = Entry::about_all("directory.cards_export", SubjectKind::Organisation).organisation(district);
    let entry = entry.with("year", day.year()).with("cards", all.len()).with("drawn", missing.len());
    audit::record(tx, actor, entry)?;
    let card = |organisation: Organisation| {
        let code = known.remove(&organisation.id)?;
        let ways = ways.remove(&organisation.id).unwrap_or_default();
        Some(of(organisation, day, code, ways))
    };
    Ok(all.into_iter().filter_map(card).collect())
}

/// Whether a caller said the organisation's code: this year's, or in January last year's.
///
/// # Errors
/// The policy's, [`Error::NotFound`]; [`Error::Conflict`] for what runs no administration; [`Error::RateLimited`].
pub fn check_contact_code(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, typed: &str) -> Result<bool> {
    let facts = org_facts(tx, actor, org)?;
    check(tx, actor, Action::CheckContactCode, facts)?;
    let day = today(tx.now());
    load_with_card(tx, org, day)?;
    let who = format!("{org} {}", actor.account.map(|id| id.to_string()).unwrap_or_default());
    if let Some(retry_after_s) = limits::attempt(tx, &[Attempt::new("contact_code", &who, TRIES)])? {
        return Err(Error::RateLimited { retry_after_s });
    }
    let years = if day.month() == 1 { vec![day.year(), day.year() - 1] } else { vec![day.year()] };
    // Each is compared, whatever the others gave.
    let codes = codes::of(tx, org, &years)?;
    let is_right = codes.iter().filter(|code| code.is_meant_by(typed, tx.env())).count() > 0;
    let entry = Entry::new("directory.code_check", SubjectKind::Organisation, org).organisation(Some(org));
    audit::record(tx, actor, entry.with("right", is_right))?;
    Ok(is_right)
}

/// Whether the actor may print the cards of all: for showing the link.
#[must_use]
pub fn may_print_cards(tx: &Tx<'_>, actor: &Actor) -> bool {
    may(tx, actor, Action::PrintCards, Facts::of(actor))
}

/// The actor's own houses that have a card, by name: for showing links.
///
/// # Errors
/// The database's.
pub fn houses_with_card(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<(OrgId, String)>> {
    let (own, day) = (actor.organisations(), today(tx.now()));
    let facts = facts_of(tx, actor, &own)?;
    let mut houses = organisations::of(tx, &own)?;
    houses.retain(|house| {
        let facts = facts.get(&house.id).copied().unwrap_or_default();
        house.has_card_on(day) && may(tx, actor, Action::ShowCard, facts)
    });
    houses.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(houses.into_iter().map(|house| (house.id, house.name)).collect())
}

pub(super) fn load_with_card(tx: &mut Tx<'_>, org: OrgId, day: Date) -> Result<Organisation> {
    let organisation = load(tx, org)?;
    if organisation.has_card_on(day) {
        Ok(organisation)
    } else {
        Err(Error::Conflict("directory-error-no-card"))
    }
}

fn draw(tx: &mut Tx<'_>, day: Date, orgs: &[OrgId]) -> Result<Vec<(OrgId, ContactCode)>> {
    let drawn: Vec<_> = orgs.iter().map(|org| (*org, ContactCode::draw(tx.env()))).collect();
    codes::add(tx, day.year(), &drawn)?;
    Ok(drawn)
}

fn of(organisation: Organisation, day: Date, code: ContactCode, out_of_band: Vec<String>) -> Card {
    let Organisation { id, name, sign, .. } = organisation;
    Card { organisation: id, name, sign, year: day.year(), code, out_of_band, day }
}
