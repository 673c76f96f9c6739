//! Signatures and the index of their bands.

use diesel::prelude::*;
use jiff::Timestamp;

use super::words::{self, Signature};
use crate::core::error::Result;
use crate::core::ids::{IncidentId, OrgId};
use crate::store::schema::{incident_bands, incident_signatures, incidents};
use crate::store::{At, Statement as _, Tx};

/// The signature that is stored of a case.
pub fn signature(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Signature>> {
    let bytes: Option<Vec<u8>> = incident_signatures::table
        .filter(incident_signatures::incident_id.eq(incident))
        .select(incident_signatures::signature)
        .first(tx.conn)
        .optional()?;
    Ok(bytes.and_then(|bytes| words::from_bytes(&bytes)))
}

/// Keeps the signature of a case instead of the one before; `None`: none any more.
pub fn keep(tx: &mut Tx<'_>, incident: IncidentId, signature: Option<&Signature>) -> Result<()> {
    diesel::delete(incident_bands::table.filter(incident_bands::incident_id.eq(incident)))
        .execute(tx.conn)?;
    diesel::delete(incident_signatures::table.filter(incident_signatures::incident_id.eq(incident)))
        .execute(tx.conn)?;
    let Some(signature) = signature else { return Ok(()) };
    diesel::insert_into(incident_signatures::table)
        .values((
            incident_signatures::incident_id.eq(incident),
            incident_signatures::signature.eq(words::to_bytes(signature)),
        ))
        .run(tx.conn)?;
    for band in words::bands(signature) {
        diesel::insert_into(incident_bands::table)
            .values((incident_bands::band.eq(band), incident_bands::incident_id.eq(incident)))
            .run(tx.conn)?;
    }
    Ok(())
}

/// The newest cases that share a band with a signature, with their signatures; at most `limit`.
pub fn alike(tx: &mut Tx<'_>, signature: &Signature, limit: i64) -> Result<Vec<(IncidentId, Signature)>> {
    let bands: Vec<i64> = words::bands(signature).collect();
    let mut ids: Vec<IncidentId> = incident_bands::table
        .filter(incident_bands::band.eq_any(bands))
        .order(incident_bands::incident_id.desc())
        .select(incident_bands::incident_id)
        .limit(limit)
        .load(tx.conn)?;
    ids.dedup();
    let rows: Vec<(IncidentId, Vec<u8>)> = incident_signatures::table
        .filter(incident_signatures::incident_id.eq_any(ids))
        .select((incident_signatures::incident_id, incident_signatures::signature))
        .load(tx.conn)?;
    Ok(rows.into_iter().filter_map(|(id, bytes)| Some((id, words::from_bytes(&bytes)?))).collect())
}

/// The newest open cases of these organisations that came between two instants, each with its organisation.
pub fn reported_between(
    tx: &mut Tx<'_>,
    organisations: &[OrgId],
    (from, until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<(IncidentId, OrgId)>> {
    let ids: Vec<Option<OrgId>> = organisations.iter().copied().map(Some).collect();
    let rows: Vec<(IncidentId, Option<OrgId>)> = incidents::table
        .filter(incidents::organisation_id.eq_any(ids))
        .filter(incidents::is_open.eq(true))
        .filter(incidents::reported_at.between(At(from), At(until)))
        .order(incidents::id.desc())
        .select((incidents::id, incidents::organisation_id))
        .limit(limit)
        .load(tx.conn)?;
    Ok(rows.into_iter().filter_map(|(id, org)| Some((id, org?))).collect())
}
