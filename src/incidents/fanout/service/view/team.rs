//! A question as the team sees it: all of it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::house::{is_broadcast, thread};
use crate::access::policy::Action;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, OrgId};
use crate::directory::model::{Contact, OrgName};
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Answer, Asked, Counts, Fanout, best};
use crate::incidents::fanout::service::{asked_of, audit, may_name, name_of, open_board};
use crate::incidents::fanout::store;
use crate::incidents::model::{Entry, Incident};
use crate::incidents::service::open;
use crate::incidents::store as cases;
use crate::mail::outbox::{self, MailState};
use crate::store::Tx;

/// An organisation that is asked, as the team sees it.
#[derive(Debug, Clone)]
pub struct Row {
    pub asked: Asked,
    pub name: OrgName,
    /// Where to call; empty where no number is known.
    pub phone: String,
    /// The best that is known of the mails to it.
    pub mail: Option<MailState>,
}

/// A message to all, with how many of its mails stand where.
#[derive(Debug, Clone)]
pub struct Broadcast {
    pub at: Timestamp,
    pub author: String,
    pub text: String,
    pub mails: Vec<(MailState, i64)>,
}

/// A question as the team sees it.
#[derive(Debug, Clone)]
pub struct TeamView {
    pub case: Incident,
    /// None where nobody was asked yet.
    pub fanout: Option<Fanout>,
    pub source: String,
    /// Those to call first, then by name.
    pub rows: Vec<Row>,
    pub counts: Counts,
    /// The newest first.
    pub broadcasts: Vec<Broadcast>,
    /// Whether the viewer asks and writes.
    pub may_ask: bool,
    /// Whether the provider may be named to those who are asked.
    pub may_name: bool,
}

pub(super) fn team(
    tx: &mut Tx<'_>,
    actor: &Actor,
    case: Incident,
    fanout: Option<Fanout>,
    may_ask: bool,
) -> Result<TeamView> {
    audit(tx, actor, "incident.view", &case, case.organisation, &[])?;
    let may_name = may_name(tx, &case, case.organisation)?;
    let Some(fanout) = fanout else {
        return Ok(TeamView {
            case,
            fanout: None,
            source: String::new(),
            rows: Vec::new(),
            counts: Counts::default(),
            broadcasts: Vec::new(),
            may_ask,
            may_name,
        });
    };
    let rows = rows(tx, &fanout)?;
    let counts = Counts::of(rows.iter().map(|row| &row.asked));
    let broadcasts = broadcasts(tx, &case)?;
    let source = name_of(tx, fanout.source)?;
    Ok(TeamView { case, fanout: Some(fanout), source, rows, counts, broadcasts, may_ask, may_name })
}

fn rows(tx: &mut Tx<'_>, fanout: &Fanout) -> Result<Vec<Row>> {
    let all = store::asked_of(tx, fanout.id, None)?;
    let ids: Vec<OrgId> = all.iter().map(|asked| asked.organisation).collect();
    let (names, phones) = (directory::names(tx, &ids)?, directory::phones(tx, &ids)?);
    let dispatches: Vec<AnyId> = all.iter().map(|asked| AnyId(asked.id.0)).collect();
    let mails = outbox::states(tx, &dispatches)?;
    let row = |asked: Asked| Row {
        name: names.get(&asked.organisation).cloned().unwrap_or_default(),
        phone: phones.get(&asked.organisation).cloned().unwrap_or_default(),
        mail: mails.get(&AnyId(asked.id.0)).and_then(|states| best(states)),
        asked,
    };
    let mut rows: Vec<Row> = all.into_iter().map(row).collect();
    rows.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.name.name.cmp(&b.name.name)));
    Ok(rows)
}

/// Who is affected stands first, then who says nothing.
fn order(row: &Row) -> u8 {
    match row.asked.answer.as_ref().map(|said| said.answer) {
        _ if row.asked.is_abroad => 4,
        Some(Answer::Affected) => 0,
        None => 1,
        Some(Answer::Unclear) => 2,
        Some(Answer::NotAffected) => 3,
    }
}

fn broadcasts(tx: &mut Tx<'_>, case: &Incident) -> Result<Vec<Broadcast>> {
    let mut entries = cases::entries(tx, case.id, true, &[])?;
    entries.retain(is_broadcast);
    let of = |entry: Entry| {
        Ok(Broadcast {
            mails: outbox::count(tx, AnyId(entry.id.0))?,
            at: entry.at,
            author: entry.author,
            text: entry.body.unwrap_or_default(),
        })
    };
    entries.into_iter().map(of).collect()
}

/// One organisation that is asked, as the team sees it: whom to call, and what was written with it.
#[derive(Debug, Clone)]
pub struct PartView {
    pub case: Incident,
    pub fanout: Fanout,
    pub asked: Asked,
    pub name: OrgName,
    /// Of the administration that runs it, in the order to call them.
    pub contacts: Vec<Contact>,
    pub entries: Vec<Entry>,
    pub may_ask: bool,
}

/// One organisation that is asked, for the team.
///
/// # Errors
/// The policy's; [`Error::NotFound`] for one that is not asked.
pub fn part(tx: &mut Tx<'_>, actor: &Actor, reference: &str, organisation: OrgId) -> Result<PartView> {
    let (case, fanout, may_ask) = open_board(tx, actor, reference)?;
    let asked = asked_of(tx, &fanout, &[organisation])?.pop().ok_or(Error::NotFound)?;
    let administration = directory::administration_of(tx, organisation)?;
    let mut contacts = directory::contacts_of(tx, administration)?;
    contacts.sort_by_key(|contact| contact.role);
    let entries = thread(tx, &case, &[organisation])?;
    let name = directory::names(tx, &[organisation])?.remove(&organisation).unwrap_or_default();
    audit(tx, actor, "incident.view", &case, Some(organisation), &[])?;
    Ok(PartView { case, fanout, asked, name, contacts, entries, may_ask })
}

/// Who can be the provider at whom it happened: whoever serves others today, with name and services.
///
/// # Errors
/// The policy's.
pub fn sources(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Vec<(OrgId, String, Vec<String>)>> {
    open(tx, actor, reference, Action::FanOut)?;
    let mut all = Vec::new();
    for (id, _, name) in directory::providers(tx)? {
        let services = directory::services_of(tx, id)?;
        all.push((id, name, services));
    }
    Ok(all)
}

/// Those in other Länder, as a table for the CERTs there: key, name, number.
///
/// # Errors
/// The policy's; [`Error::NotFound`] where nobody was asked.
pub fn table(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(String, Vec<[String; 5]>)> {
    let (case, fanout, _) = open_board(tx, actor, reference)?;
    audit(tx, actor, "incident.download", &case, case.organisation, &[])?;
    let mut abroad = rows(tx, &fanout)?;
    abroad.retain(|row| row.asked.is_abroad);
    let ids: Vec<OrgId> = abroad.iter().map(|row| row.asked.organisation).collect();
    let known: HashMap<OrgId, _> =
        directory::load_all(tx, &ids)?.into_iter().map(|org| (org.id, org)).collect();
    let line = |row: &Row| {
        let org = known.get(&row.asked.organisation);
        let key = org.and_then(|org| org.ars.clone().or_else(|| org.ags.clone())).unwrap_or_default();
        let land = key.get(..2).unwrap_or_default().to_owned();
        let seat = org.map(|org| org.seat.clone()).unwrap_or_default();
        [land, key, row.name.name.clone(), seat, row.phone.clone()]
    };
    let mut lines: Vec<[String; 5]> = abroad.iter().map(line).collect();
    lines.sort();
    Ok((case.reference, lines))
}
