//! Observables of cases: made anew from their texts, compared with those of other cases, judged by people. All of it is
//! the team's: what one organisation wrote says nothing to another, not even by a number.

use std::collections::{BTreeMap, HashMap};

use super::extract::{self, extract};
use super::harmless::Judge;
use super::model::{Kind, Listed, Observable, Sighting};
use super::store::{self, HAND, Seen};
use crate::access::policy::{Action, Facts, check, check_token, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result, one_row};
use crate::core::ids::{AccountId, IncidentId, ObservableId};
use crate::core::text::Line;
use crate::incidents::digest::Piece;
use crate::incidents::model::{Audience, Incident};
use crate::incidents::policy::{self, Scope};
use crate::incidents::service::open;
use crate::store::Tx;

/// Sightings that a case keeps at most; what comes after them is left out.
const MOST: usize = 5000;
/// Sightings that the page of an observable shows at most.
const SHOWN: i64 = 200;

/// The sightings of these texts, each observable once a text. The host of a URL is seen with it.
fn seen_in(pieces: &[Piece]) -> BTreeMap<(Kind, String), Vec<Seen>> {
    let mut found: BTreeMap<(Kind, String), Vec<Seen>> = BTreeMap::new();
    let mut count = 0;
    for piece in pieces {
        for find in extract(&piece.text) {
            let host = (find.kind == Kind::Url).then(|| extract::host(&find.value)).flatten();
            let host = host.and_then(|host| host_of(&host)).map(|of| (of, find.written.clone()));
            for ((kind, value), written) in
                [Some(((find.kind, find.value), find.written)), host].into_iter().flatten()
            {
                let seen = found.entry((kind, value)).or_default();
                if count >= MOST
                    || seen.iter().any(|it| (it.source, it.piece) == (piece.source.code(), piece.id))
                {
                    continue;
                }
                count += 1;
                let (source, piece, audience, at) = (piece.source.code(), piece.id, piece.audience, piece.at);
                seen.push(Seen { source, piece, audience, written, at });
            }
        }
    }
    found.retain(|_, seen| !seen.is_empty());
    found
}

/// What kind of thing the host of a URL is.
fn host_of(host: &str) -> Option<(Kind, String)> {
    let bare = host.trim_matches(['[', ']']);
    match bare.parse() {
        Ok(std::net::IpAddr::V4(address)) => Some((Kind::Ipv4, address.to_string())),
        Ok(std::net::IpAddr::V6(address)) => Some((Kind::Ipv6, address.to_string())),
        Err(_) => extract::domain(host).map(|domain| (Kind::Domain, domain)),
    }
}

/// Makes the sightings of a case what its texts say; only what changed is written. Where nothing is left of its texts,
/// nothing is left of what people added.
///
/// # Errors
/// The database's.
pub fn refresh(tx: &mut Tx<'_>, incident: IncidentId, pieces: &[Piece]) -> Result<()> {
    let found = seen_in(pieces);
    let mut before = store::sightings_of(tx, incident)?;
    let touched = store::ids_of(tx, incident)?;
    let judge = Judge::of_today(tx)?;
    // In the order of kind and value, so that two cases that share some wait for each other and not in a circle.
    for ((kind, value), sightings) in found {
        let mut observable = None;
        for seen in sightings {
            let key = (kind, value.clone(), seen.source.to_owned(), seen.piece);
            match before.remove(&key) {
                Some((_, audience)) if audience == seen.audience => {}
                Some((id, _)) => store::set_audience(tx, id, seen.audience)?,
                None => {
                    let id = match observable {
                        Some(id) => id,
                        None => store::ensure(tx, kind, &value, judge.judge(kind, &value))?,
                    };
                    observable = Some(id);
                    store::add(tx, incident, id, &seen)?;
                }
            }
        }
    }
    let gone: Vec<_> = before.into_values().map(|(id, _)| id).collect();
    store::remove(tx, &gone)?;
    if pieces.is_empty() {
        store::remove_by_hand(tx, incident)?;
    }
    if gone.is_empty() && !pieces.is_empty() { Ok(()) } else { store::sweep(tx, &touched) }
}

/// What of a text may be an attacker's: each once, as it stands there, without what is known to be harmless.
///
/// # Errors
/// The database's.
pub fn traces(tx: &mut Tx<'_>, text: &str) -> Result<Vec<String>> {
    let judge = Judge::of_today(tx)?;
    let mut found: BTreeMap<(Kind, String), String> = BTreeMap::new();
    for find in extract(text) {
        if judge.judge(find.kind, &find.value).is_none() {
            found.entry((find.kind, find.value)).or_insert(find.written);
        }
    }
    Ok(found.into_values().collect())
}

/// Whose cases the actor's counts may be made of.
fn team(tx: &mut Tx<'_>, actor: &Actor) -> Result<(AccountId, bool)> {
    check_token(actor, Action::ReadTeamNotes)?;
    match policy::scope(tx, actor)? {
        Scope::Team { account, sees_restricted } => Ok((account, sees_restricted)),
        Scope::Nothing | Scope::Organisations { .. } => Err(Error::NotFound),
    }
}

/// The observables of a case for the team: those that stand in most other cases first, harmless ones last.
///
/// # Errors
/// The policy's; [`Error::NotFound`] where the case does not exist for the actor or is not the team's to read.
pub fn of_case(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(Incident, Vec<Listed>)> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    check(tx, actor, Action::ReadTeamNotes, sight.facts)?;
    let (account, sees_restricted) = team(tx, actor)?;
    let mut listed = store::list(tx, incident.id)?;
    let ids: Vec<ObservableId> =
        listed.iter().filter(|it| it.observable.harmless.is_none()).map(|it| it.observable.id).collect();
    let counts: HashMap<_, _> = store::elsewhere(tx, &ids, incident.id, account, sees_restricted)?;
    for one in &mut listed {
        one.elsewhere = counts.get(&one.observable.id).copied().unwrap_or(0);
    }
    listed.sort_by_key(|it| (it.observable.harmless.is_some(), -it.elsewhere));
    Ok((incident, listed))
}

/// The same as a page of its own or for a program, which is recorded.
///
/// # Errors
/// As [`of_case`].
pub fn show_case(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Vec<Listed>> {
    let (incident, listed) = of_case(tx, actor, reference)?;
    let seen =
        Entry::new("incident.view", SubjectKind::Incident, incident.id).organisation(incident.organisation);
    record(tx, actor, seen.with("part", "observables"))?;
    Ok(listed)
}

/// The same to be taken along, which is recorded as an export.
///
/// # Errors
/// As [`of_case`].
pub fn export(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Vec<Listed>> {
    let (incident, listed) = of_case(tx, actor, reference)?;
    let taken = Entry::new("observable.export", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation);
    record(tx, actor, taken.with("count", listed.len()))?;
    Ok(listed)
}

/// Adds what a person read elsewhere: every observable in the line. How many there were.
///
/// # Errors
/// The policy's; [`Error::Invalid`] where the line holds none.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, reference: &str, line: &Line<2000>) -> Result<usize> {
    let (incident, _) = open(tx, actor, reference, Action::WriteTeamNote)?;
    let finds = extract(line.as_str());
    if finds.is_empty() {
        return Err(FieldError::new("beobachtung", "observable-refused-none").into());
    }
    let judge = Judge::of_today(tx)?;
    let mut sorted = finds;
    sorted.sort_by(|a, b| (a.kind, &a.value).cmp(&(b.kind, &b.value)));
    for find in &sorted {
        let id = store::ensure(tx, find.kind, &find.value, judge.judge(find.kind, &find.value))?;
        let (piece, written, at) = (incident.id.0, find.written.clone(), tx.now());
        store::add(
            tx,
            incident.id,
            id,
            &Seen { source: HAND, piece, audience: Audience::Team, written, at },
        )?;
    }
    let entry =
        Entry::new("observable.add", SubjectKind::Incident, incident.id).organisation(incident.organisation);
    record(tx, actor, entry.with("count", sorted.len()))?;
    Ok(sorted.len())
}

/// An observable with where it was seen, in cases that the actor may see, and whether the actor may judge it.
///
/// # Errors
/// [`Error::NotFound`] for what is seen in no such case.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, id: ObservableId) -> Result<(Observable, Vec<Sighting>, bool)> {
    let (observable, sightings) = visible(tx, actor, id)?;
    record(tx, actor, Entry::new("observable.view", SubjectKind::Observable, id))?;
    let may_judge = may(tx, actor, Action::WriteTeamNote, Facts::of(actor));
    Ok((observable, sightings, may_judge))
}

fn visible(tx: &mut Tx<'_>, actor: &Actor, id: ObservableId) -> Result<(Observable, Vec<Sighting>)> {
    let (account, sees_restricted) = team(tx, actor)?;
    let found = store::find(tx, id, account, sees_restricted, SHOWN)?;
    found.filter(|(_, sightings)| !sightings.is_empty()).ok_or(Error::NotFound)
}

/// Says of an observable that it is harmless, with the reason; or takes that back.
///
/// # Errors
/// The policy's; [`Error::NotFound`] as in [`show`].
pub fn judge(tx: &mut Tx<'_>, actor: &Actor, id: ObservableId, reason: Option<&Line<200>>) -> Result<()> {
    visible(tx, actor, id)?;
    check(tx, actor, Action::WriteTeamNote, Facts::of(actor))?;
    one_row(store::judge(tx, id, &actor.name, reason.map(Line::as_str))?)?;
    let entry = Entry::new("observable.judge", SubjectKind::Observable, id);
    record(tx, actor, entry.with("harmless", reason.is_some()))
}
