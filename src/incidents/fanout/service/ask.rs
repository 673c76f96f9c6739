//! Asking: whom it would reach, and the click that does it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{audit, line, may_name, open_team, still_open};
use crate::access::model::Purpose;
use crate::access::policy::Action;
use crate::access::service::void_links;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AnyId, AskedId, OrgId};
use crate::core::text::{MailAddress, Name, Prose};
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Asking, Chase, NewFanout};
use crate::incidents::fanout::{rule, store};
use crate::incidents::model::{Audience, Incident};
use crate::incidents::notices;
use crate::incidents::service::open;
use crate::incidents::status::Status;
use crate::incidents::store as cases;
use crate::queue;
use crate::store::Tx;

/// More lines than any provider has customers.
const MOST_LINES: usize = 1000;

/// Somebody who would be asked.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub organisation: OrgId,
    pub name: String,
    /// To whom a mail would go.
    pub people: Vec<(MailAddress, String)>,
}

/// Whom a question would reach.
#[derive(Debug, Clone)]
pub struct Plan {
    pub case: Incident,
    pub source: String,
    /// By name.
    pub here: Vec<Candidate>,
    /// In another Land: told apart, for the CERT there.
    pub abroad: Vec<Candidate>,
}

/// Says whom a question would reach. Nothing is sent.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for a provider that serves nobody and for lines that name nobody of the register;
/// [`Error::Conflict`] where the case is closed or its organisations were asked already.
pub fn plan(tx: &mut Tx<'_>, actor: &Actor, reference: &str, new: &NewFanout) -> Result<Plan> {
    let (case, _) = open(tx, actor, reference, Action::FanOut)?;
    if case.status == Status::Closed {
        return Err(Error::Conflict("fanout-refused-closed"));
    }
    if store::of_case(tx, case.id)?.is_some() {
        return Err(Error::Conflict("fanout-refused-twice"));
    }
    if new.is_named && !may_name(tx, &case, Some(new.source))? {
        return Err(FieldError::new("is_named", "fanout-error-named").into());
    }
    let mut ids: BTreeSet<OrgId> =
        directory::customers(tx, new.source, new.service.as_ref().map(Name::as_str))?.into_iter().collect();
    ids.extend(listed(tx, new.others.as_ref())?);
    ids.remove(&new.source);
    if ids.is_empty() {
        return Err(FieldError::new("source", "fanout-error-nobody").into());
    }
    let ids: Vec<OrgId> = ids.into_iter().collect();
    let (names, elsewhere) = (directory::names(tx, &ids)?, directory::abroad(tx, &ids)?);
    let (mut here, mut abroad) = (Vec::new(), Vec::new());
    for organisation in ids {
        let name = names.get(&organisation).map(|it| it.name.clone()).unwrap_or_default();
        let is_abroad = elsewhere.contains(&organisation);
        let people = if is_abroad { Vec::new() } else { directory::people_of(tx, organisation)? };
        let to = if is_abroad { &mut abroad } else { &mut here };
        to.push(Candidate { organisation, name, people });
    }
    here.sort_by(|a, b| a.name.cmp(&b.name));
    abroad.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Plan { source: super::name_of(tx, new.source)?, case, here, abroad })
}

/// Whom a pasted list names, as the administrations that run them: of each line the first cell counts.
fn listed(tx: &mut Tx<'_>, list: Option<&Prose>) -> Result<Vec<OrgId>> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let lines: Vec<&str> = list.as_str().lines().collect();
    if lines.len() > MOST_LINES {
        return Err(FieldError::new("others", "fanout-error-lines").into());
    }
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(&lines) {
        let cell = line.split([';', '\t']).next().unwrap_or_default().trim().trim_matches('"').trim();
        if cell.is_empty() {
            continue;
        }
        match directory::exactly(tx, cell)? {
            Some(id) => found.push(id),
            None => unknown.push(format!("{number} ({cell})")),
        }
    }
    if unknown.is_empty() {
        return Ok(directory::administrations_of(tx, &found)?.into_values().collect());
    }
    Err(FieldError::new("others", "fanout-error-unknown").with("lines", unknown.join(", ")).into())
}

/// Asks them: as many as were looked at, or nobody.
///
/// # Errors
/// As [`plan`]; [`Error::Stale`] where it would be others than `expected` many.
pub fn start(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    new: &NewFanout,
    expected: usize,
) -> Result<usize> {
    let Plan { case, source, here, abroad } = plan(tx, actor, reference, new)?;
    if here.len() + abroad.len() != expected {
        return Err(Error::Stale);
    }
    let answer_by = tx.now() + new.patience.time();
    let remind_at = rule::remind_at(tx.now(), answer_by);
    let added = store::add(tx, actor, case.id, new, (remind_at, answer_by));
    let id = added.map_err(|error| match error {
        Error::Stale => Error::Conflict("fanout-refused-twice"),
        error => error,
    })?;
    let count = here.len();
    let mut whom: Vec<store::Whom> = Vec::with_capacity(expected);
    let mut mails: Vec<(AskedId, Vec<(MailAddress, String)>)> = Vec::with_capacity(count);
    for (one, is_abroad) in
        here.into_iter().map(|one| (one, false)).chain(abroad.into_iter().map(|one| (one, true)))
    {
        let id: AskedId = tx.id();
        let told = one.people.len();
        whom.push(store::Whom { id, organisation: one.organisation, is_abroad, told });
        mails.push((id, one.people));
    }
    store::add_asked(tx, id, &whom)?;
    let fanout = store::lookup(tx, id)?.ok_or(Error::NotFound)?;
    notices::asked(tx, &case, &fanout, &mails, Asking::First)?;
    queue::enqueue(tx, &Chase { fanout: id }, remind_at)?;
    // The provider hears that its customers hear of it; who else has a part does not.
    let is_party = cases::involvements_of(tx, case.id)?.iter().any(|it| it.organisation == new.source);
    let audience = if is_party { Audience::Organisation(new.source) } else { Audience::Team };
    let facts =
        Map::from_iter([("name".to_owned(), Value::from(source)), ("count".to_owned(), Value::from(count))]);
    line(tx, actor, &case, "fanout_started", audience, facts)?;
    let detail = [("asked", Value::from(count)), ("fanout", Value::from(id.to_string()))];
    audit(tx, actor, "incident.fan_out", &case, Some(new.source), &detail)?;
    Ok(count)
}

/// Takes a question back, or settles it: links end, nobody is asked again.
///
/// # Errors
/// The policy's; [`Error::Conflict`] where it is over.
pub fn end(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<()> {
    let (incident, fanout) = open_team(tx, actor, reference)?;
    let fanout = store::locked(tx, fanout.id)?;
    still_open(&incident, &fanout)?;
    if !store::end(tx, fanout.id)? {
        return Err(Error::Conflict("fanout-refused-over"));
    }
    for asked in store::asked_of(tx, fanout.id, None)? {
        void_links(tx, Purpose::Asked, AnyId(asked.id.0))?;
    }
    line(tx, actor, &incident, "fanout_ended", Audience::Team, Map::new())?;
    audit(tx, actor, "incident.fan_out_end", &incident, Some(fanout.source), &[])
}
