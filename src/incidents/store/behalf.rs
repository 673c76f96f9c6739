//! Rows of reports that somebody else filed than the organisation itself.

use diesel::prelude::*;

use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, IncidentId, MandateId, OrgId};
use crate::incidents::model::{Behalf, BehalfState, Inform, Way};
use crate::store::schema::{behalf_reports, incidents, reports};
use crate::store::{Code, Statement as _, Tx};

/// What a new row is made of.
pub struct NewBehalf<'a> {
    pub behalf: Behalf,
    pub mandate: Option<MandateId>,
    /// The receipt code's digest.
    pub receipt: Option<&'a str>,
}

pub fn add_behalf(tx: &mut Tx<'_>, incident: IncidentId, new: &NewBehalf<'_>) -> Result<()> {
    diesel::insert_into(behalf_reports::table)
        .values((
            behalf_reports::incident_id.eq(incident),
            behalf_reports::organisation_id.eq(new.behalf.organisation),
            behalf_reports::through_id.eq(new.behalf.through),
            behalf_reports::mandate_id.eq(new.mandate),
            behalf_reports::state.eq(new.behalf.state.code()),
            behalf_reports::inform.eq(new.behalf.inform.code()),
            behalf_reports::receipt.eq(new.receipt),
            behalf_reports::way.eq(new.behalf.way.code()),
            behalf_reports::claimed_id.eq(new.behalf.claimed),
        ))
        .run(tx.conn)?;
    Ok(())
}

type Columns = (Option<OrgId>, Option<OrgId>, Code<Way>, Option<OrgId>, Code<BehalfState>, Code<Inform>);

/// Who filed for whom, where that was not the organisation itself.
pub fn behalf_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Behalf>> {
    let row: Option<Columns> = behalf_reports::table
        .find(incident)
        .select((
            behalf_reports::organisation_id,
            behalf_reports::through_id,
            behalf_reports::way,
            behalf_reports::claimed_id,
            behalf_reports::state,
            behalf_reports::inform,
        ))
        .first(tx.conn)
        .optional()?;
    let Some((organisation, through, way, claimed, state, inform)) = row else { return Ok(None) };
    Ok(Some(Behalf { organisation, through, way: way.0, claimed, state: state.0, inform: inform.0 }))
}

/// The organisation has spoken; `Error::Stale` where it had before. What a confirmed report permits is in force then.
pub fn decide_behalf(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    state: BehalfState,
    by: Option<AccountId>,
    inform: Inform,
) -> Result<()> {
    let pending = behalf_reports::state.eq(BehalfState::Pending.code());
    let changed = diesel::update(behalf_reports::table.find(incident).filter(pending))
        .set((
            behalf_reports::state.eq(state.code()),
            behalf_reports::decided_by.eq(by),
            behalf_reports::decided_at.eq(Some(tx.at())),
        ))
        .execute(tx.conn)?;
    one_row(changed)?;
    diesel::update(
        reports::table.filter(reports::incident_id.eq(incident)).filter(reports::kind.eq("initial")),
    )
    .set(reports::inform.eq(inform.code()))
    .execute(tx.conn)?;
    Ok(())
}

/// Attaches a report to an organisation, or to none; `state` says which. `Error::Stale` where it was confirmed.
pub fn attach_behalf(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    organisation: Option<OrgId>,
    state: BehalfState,
) -> Result<()> {
    let open = [BehalfState::Loose, BehalfState::Pending, BehalfState::Refused].map(BehalfState::code);
    let row = behalf_reports::table.find(incident).filter(behalf_reports::state.eq_any(open));
    let changed = diesel::update(row)
        .set((behalf_reports::organisation_id.eq(organisation), behalf_reports::state.eq(state.code())))
        .execute(tx.conn)?;
    one_row(changed)?;
    let first = reports::table.filter(reports::incident_id.eq(incident)).filter(reports::kind.eq("initial"));
    diesel::update(first).set(reports::organisation_id.eq(organisation)).execute(tx.conn)?;
    Ok(())
}

/// The case with this reference whose receipt code has this digest.
pub fn behalf_by_receipt(tx: &mut Tx<'_>, reference: &str, receipt: &str) -> Result<Option<IncidentId>> {
    Ok(behalf_reports::table
        .inner_join(incidents::table.on(incidents::id.eq(behalf_reports::incident_id)))
        .filter(incidents::reference.eq(reference))
        .filter(behalf_reports::receipt.eq(receipt).assume_not_null())
        .select(behalf_reports::incident_id)
        .first(tx.conn)
        .optional()?)
}
