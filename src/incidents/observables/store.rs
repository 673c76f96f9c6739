//! Rows of observables and of their sightings. Whose cases count arrives as a scope.

use std::collections::HashMap;

use diesel::dsl::{count, exists, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{Harmless, Kind, Listed, Observable, Sighting};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, AnyId, IncidentId, ObservableId, OrgId, SightingId};
use crate::incidents::model::Audience;
use crate::store::schema::{incident_contents, incident_named, incidents, observables, sightings};
use crate::store::{At, Tx, each_backend};

/// A sighting as the texts of a case make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub source: &'static str,
    pub piece: Uuid,
    pub audience: Audience,
    pub written: String,
    pub at: jiff::Timestamp,
}

/// What tells two sightings of one case apart.
pub type Key = (Kind, String, String, Uuid);

/// The sightings of a case with their ids and audiences; those added by hand are left out.
pub fn sightings_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<HashMap<Key, (SightingId, Audience)>> {
    type Columns = (SightingId, String, String, String, AnyId, String, Option<OrgId>);
    let rows: Vec<Columns> = sightings::table
        .inner_join(observables::table.on(observables::id.eq(sightings::observable_id)))
        .filter(sightings::incident_id.eq(incident))
        .filter(sightings::source.ne(HAND))
        .select((
            sightings::id,
            observables::kind,
            observables::value,
            sightings::source,
            sightings::piece_id,
            sightings::audience,
            sightings::audience_id,
        ))
        .load(tx.conn)?;
    let model = |(id, kind, value, source, piece, audience, org): Columns| {
        Ok(((known(&kind)?, value, source, piece.0), (id, Audience::of(&audience, org))))
    };
    rows.into_iter().map(model).collect()
}

/// The source of what a person added.
pub const HAND: &str = "hand";

fn known(kind: &str) -> Result<Kind> {
    Kind::parse(kind).ok_or_else(|| Error::Internal(format!("unknown kind of observable: {kind}")))
}

/// The id of an observable, which is added where it is new. What a person said of it stays.
pub fn ensure(tx: &mut Tx<'_>, kind: Kind, value: &str, harmless: Option<Harmless>) -> Result<ObservableId> {
    let id: ObservableId = tx.id();
    let insert = diesel::insert_into(observables::table).values((
        observables::id.eq(id),
        observables::kind.eq(kind.code()),
        observables::value.eq(value),
        observables::harmless.eq(harmless.map(Harmless::code)),
    ));
    let added = each_backend!(tx.conn, c => insert.on_conflict_do_nothing().execute(c))?;
    if added == 1 {
        return Ok(id);
    }
    let same =
        observables::table.filter(observables::kind.eq(kind.code())).filter(observables::value.eq(value));
    let (id, before): (ObservableId, Option<String>) =
        same.select((observables::id, observables::harmless)).first(tx.conn)?;
    let now = harmless.map(Harmless::code);
    if before.as_deref() != Some(Harmless::Hand.code()) && before.as_deref() != now {
        let one = observables::table.find(id);
        diesel::update(one).set(observables::harmless.eq(now)).execute(tx.conn)?;
    }
    Ok(id)
}

/// Adds a sighting; nothing where it is there already.
pub fn add(tx: &mut Tx<'_>, incident: IncidentId, observable: ObservableId, seen: &Seen) -> Result<usize> {
    let organisation = match seen.audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    };
    let insert = diesel::insert_into(sightings::table).values((
        sightings::id.eq(tx.id::<SightingId>()),
        sightings::observable_id.eq(observable),
        sightings::incident_id.eq(incident),
        sightings::source.eq(seen.source),
        sightings::piece_id.eq(crate::core::ids::AnyId(seen.piece)),
        sightings::audience.eq(seen.audience.code()),
        sightings::audience_id.eq(organisation),
        sightings::written.eq(&seen.written),
        sightings::seen_at.eq(At(seen.at)),
    ));
    Ok(each_backend!(tx.conn, c => insert.on_conflict_do_nothing().execute(c))?)
}

/// Another audience may read the text since.
pub fn set_audience(tx: &mut Tx<'_>, id: SightingId, audience: Audience) -> Result<()> {
    let organisation = match audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    };
    diesel::update(sightings::table.find(id))
        .set((sightings::audience.eq(audience.code()), sightings::audience_id.eq(organisation)))
        .execute(tx.conn)?;
    Ok(())
}

/// Removes sightings of texts that are gone.
pub fn remove(tx: &mut Tx<'_>, ids: &[SightingId]) -> Result<()> {
    for some in ids.chunks(500) {
        diesel::delete(sightings::table.filter(sightings::id.eq_any(some.to_vec()))).execute(tx.conn)?;
    }
    Ok(())
}

/// Removes what people added, where nothing is left of the case's texts.
pub fn remove_by_hand(tx: &mut Tx<'_>, incident: IncidentId) -> Result<()> {
    let by_hand =
        sightings::table.filter(sightings::incident_id.eq(incident)).filter(sightings::source.eq(HAND));
    diesel::delete(by_hand).execute(tx.conn)?;
    Ok(())
}

/// Removes of these observables the ones that are seen nowhere any more; what a person said of one stays with it.
pub fn sweep(tx: &mut Tx<'_>, ids: &[ObservableId]) -> Result<()> {
    for some in ids.chunks(500) {
        let is_seen = exists(sightings::table.filter(sightings::observable_id.eq(observables::id)));
        let said = observables::harmless.eq(Harmless::Hand.code()).assume_not_null();
        let unsaid = observables::harmless.is_null().or(not(said));
        let gone = observables::table
            .filter(observables::id.eq_any(some.to_vec()))
            .filter(not(is_seen))
            .filter(unsaid);
        diesel::delete(gone).execute(tx.conn)?;
    }
    Ok(())
}

/// The observables that a case has now.
pub fn ids_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<ObservableId>> {
    Ok(sightings::table
        .filter(sightings::incident_id.eq(incident))
        .select(sightings::observable_id)
        .distinct()
        .load(tx.conn)?)
}

type ObservableRow =
    (ObservableId, String, String, Option<String>, Option<String>, Option<String>, Option<At>);

fn model((id, kind, value, harmless, reason, by, at): ObservableRow) -> Result<Observable> {
    Ok(Observable {
        id,
        kind: known(&kind)?,
        value,
        harmless: harmless.as_deref().and_then(Harmless::parse),
        reason: reason.unwrap_or_default(),
        judged_by: by.unwrap_or_default(),
        judged_at: at.map(Into::into),
    })
}

const COLUMNS: (
    observables::id,
    observables::kind,
    observables::value,
    observables::harmless,
    observables::harmless_reason,
    observables::harmless_by,
    observables::harmless_at,
) = (
    observables::id,
    observables::kind,
    observables::value,
    observables::harmless,
    observables::harmless_reason,
    observables::harmless_by,
    observables::harmless_at,
);

/// The observables of a case by kind and value, each once. Nothing is counted elsewhere yet.
pub fn list(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Listed>> {
    let rows: Vec<(ObservableRow, At)> = sightings::table
        .inner_join(observables::table.on(observables::id.eq(sightings::observable_id)))
        .filter(sightings::incident_id.eq(incident))
        .order((observables::kind, observables::value, sightings::seen_at))
        .select((COLUMNS, sightings::seen_at))
        .load(tx.conn)?;
    let mut listed: Vec<Listed> = Vec::new();
    for (row, at) in rows {
        let at: jiff::Timestamp = at.into();
        match listed.last_mut().filter(|last| last.observable.id == row.0) {
            Some(last) => {
                last.last_seen = last.last_seen.max(at);
                last.sightings += 1;
            }
            None => {
                let observable = model(row)?;
                listed.push(Listed { observable, first_seen: at, last_seen: at, sightings: 1, elsewhere: 0 });
            }
        }
    }
    Ok(listed)
}

/// In how many other cases each of these is seen that are open to `account`: of restricted ones only where it is named.
pub fn elsewhere(
    tx: &mut Tx<'_>,
    ids: &[ObservableId],
    incident: IncidentId,
    account: AccountId,
    sees_restricted: bool,
) -> Result<HashMap<ObservableId, i64>> {
    let mut counts = HashMap::new();
    for some in ids.chunks(500) {
        let named = incident_named::table
            .filter(incident_named::account_id.eq(account))
            .select(incident_named::incident_id);
        let is_open = incidents::is_restricted.eq(false).or(incidents::id.eq_any(named));
        let rows: Vec<(ObservableId, i64)> = sightings::table
            .inner_join(incidents::table.on(incidents::id.eq(sightings::incident_id)))
            .filter(sightings::observable_id.eq_any(some.to_vec()))
            .filter(sightings::incident_id.ne(incident))
            .filter(is_open.or(incidents::is_restricted.eq(sees_restricted)))
            .group_by(sightings::observable_id)
            .select((sightings::observable_id, count(sightings::incident_id).aggregate_distinct()))
            .load(tx.conn)?;
        counts.extend(rows);
    }
    Ok(counts)
}

/// An observable with its sightings in cases that are open to `account`, the newest first, at most `limit`.
pub fn find(
    tx: &mut Tx<'_>,
    id: ObservableId,
    account: AccountId,
    sees_restricted: bool,
    limit: i64,
) -> Result<Option<(Observable, Vec<Sighting>)>> {
    let row: Option<ObservableRow> = observables::table.find(id).select(COLUMNS).first(tx.conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let named = incident_named::table
        .filter(incident_named::account_id.eq(account))
        .select(incident_named::incident_id);
    let is_open = incidents::is_restricted.eq(false).or(incidents::id.eq_any(named));
    type Columns = (IncidentId, String, Option<String>, String, String, At);
    let rows: Vec<Columns> = sightings::table
        .inner_join(incidents::table.on(incidents::id.eq(sightings::incident_id)))
        .left_join(incident_contents::table.on(incident_contents::incident_id.eq(incidents::id)))
        .filter(sightings::observable_id.eq(id))
        .filter(is_open.or(incidents::is_restricted.eq(sees_restricted)))
        .order((sightings::seen_at.desc(), sightings::id.desc()))
        .limit(limit)
        .select((
            incidents::id,
            incidents::reference,
            incident_contents::title.nullable(),
            sightings::source,
            sightings::written,
            sightings::seen_at,
        ))
        .load(tx.conn)?;
    let seen = rows.into_iter().map(|(incident, reference, title, source, written, at)| Sighting {
        incident,
        reference,
        title: title.unwrap_or_default(),
        source,
        written,
        seen_at: at.into(),
    });
    Ok(Some((model(row)?, seen.collect())))
}

/// Keeps what a person says of an observable, or takes it back.
pub fn judge(tx: &mut Tx<'_>, id: ObservableId, by: &str, reason: Option<&str>) -> Result<usize> {
    let at = tx.at();
    Ok(diesel::update(observables::table.find(id))
        .set((
            observables::harmless.eq(reason.map(|_| Harmless::Hand.code())),
            observables::harmless_reason.eq(reason),
            observables::harmless_by.eq(reason.map(|_| by)),
            observables::harmless_at.eq(reason.map(|_| at)),
        ))
        .execute(tx.conn)?)
}
