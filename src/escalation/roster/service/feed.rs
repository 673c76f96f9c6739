//! The calendar of somebody's shifts under a secret address. It says who is on call when, and nothing of any case.

use jiff::{SignedDuration, Timestamp};

use super::sees;
use crate::access::model::Purpose;
use crate::access::policy::{Action, Facts, Relation, check};
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::{AccountId, AnyId};
use crate::escalation::roster::ics::{self, Event};
use crate::escalation::roster::model::{Roster, Shift};
use crate::escalation::roster::{rule, store};
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;
use crate::web::site::Settings;

/// How long an address holds: then somebody looks whether it is still needed.
const VALID: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Whose shifts the calendar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    Everybody,
}

/// Makes a new secret for the actor's calendar, which is nowhere else; an earlier one holds no more.
///
/// # Errors
/// The policy's.
pub fn open_feed(tx: &mut Tx<'_>, actor: &Actor) -> Result<String> {
    let account = sees(tx, actor)?;
    access::void_links(tx, Purpose::Calendar, AnyId(account.0))?;
    let token = access::create_link(tx, Purpose::Calendar, Some(account), Some(AnyId(account.0)), VALID)?;
    record(tx, actor, Entry::new("roster.feed_open", SubjectKind::Account, account))?;
    Ok(token)
}

/// Makes the address of the actor's calendar useless.
///
/// # Errors
/// The policy's.
pub fn close_feed(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let account = sees(tx, actor)?;
    access::void_links(tx, Purpose::Calendar, AnyId(account.0))?;
    record(tx, actor, Entry::new("roster.feed_close", SubjectKind::Account, account))
}

/// The calendar behind a secret.
///
/// # Errors
/// [`Error::NotFound`] alike for an unknown, ended or revoked one, and for whoever has left the team.
pub fn feed(tx: &mut Tx<'_>, actor: &Actor, token: &str, whose: Whose) -> Result<String> {
    let link = access::peek_link(tx, Purpose::Calendar, token)?;
    check(tx, actor, Action::ReadCalendar, Facts::of(actor).with(Relation::LinkHolder))?;
    let account = link.account.ok_or(Error::NotFound)?;
    let team = worklist::team(tx)?;
    if !team.iter().any(|(one, _)| *one == account) {
        return Err(Error::NotFound);
    }
    let shifts = store::shifts(tx)?;
    let since = shifts.iter().map(|shift| shift.from).min().unwrap_or(tx.now());
    let roster = Roster { handovers: store::handovers_since(tx, since)?, shifts, away: Vec::new() };
    let name = |id: AccountId| team.iter().find(|(one, _)| *one == id).map_or("", |(_, name)| name.as_str());
    let settings = tx.required::<Settings>()?;
    let host = settings.public_url.split("://").last().unwrap_or_default().to_owned();
    let title = text_with(Lang::De, "roster-calendar-name", &[("cert", settings.cert_name.as_str().into())]);
    let mut events = Vec::new();
    for shift in &roster.shifts {
        let sequence = changes(&roster, shift);
        for (from, until, holder) in parts(&roster, shift) {
            if whose == Whose::Own && holder != account {
                continue;
            }
            let deputy = shift.deputy.filter(|deputy| *deputy != holder);
            let deputy = deputy
                .map(|id| text_with(Lang::De, "roster-deputy-is", &[("name", name(id).into())]).into_owned());
            events.push(Event {
                uid: format!("{}-{}@{host}", shift.id, from.as_second()),
                sequence,
                from,
                until,
                summary: text_with(Lang::De, "roster-calendar-event", &[("name", name(holder).into())])
                    .into_owned(),
                description: deputy.unwrap_or_default(),
            });
        }
    }
    Ok(ics::write(&title, &events, tx.now()))
}

/// How often the shift was changed: each hand-over that was accepted changes whose part of it is when.
fn changes(roster: &Roster, shift: &Shift) -> usize {
    let meets = roster.handovers.iter().filter(|it| it.from < shift.until && shift.from < it.until);
    meets.filter(|it| it.accepted_at.is_some()).count()
}

/// Whose the shift is when, absent or not.
fn parts(roster: &Roster, shift: &Shift) -> Vec<(Timestamp, Timestamp, AccountId)> {
    let mut parts: Vec<(Timestamp, Timestamp, AccountId)> = Vec::new();
    for slot in rule::slots(roster, shift.from, shift.until) {
        let Some(holder) = slot.on_call.first else { continue };
        match parts.last_mut() {
            Some(last) if last.2 == holder && last.1 == slot.from => last.1 = slot.until,
            _ => parts.push((slot.from, slot.until, holder)),
        }
    }
    parts
}
