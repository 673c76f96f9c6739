//! What somebody left for whoever works on a case next.

use diesel::prelude::*;

use crate::core::error::Result;
use crate::core::ids::{EntryId, IncidentId};
use crate::incidents::model::Handover;
use crate::store::connection::each_backend;
use crate::store::schema::{entry_contents, handovers, timeline_entries};
use crate::store::{At, Tx};

/// The note that lies on top of the case from now on.
pub fn set_handover(tx: &mut Tx<'_>, incident: IncidentId, entry: EntryId) -> Result<()> {
    each_backend!(tx.conn, c => diesel::insert_into(handovers::table)
        .values((handovers::incident_id.eq(incident), handovers::entry_id.eq(entry)))
        .on_conflict(handovers::incident_id)
        .do_update()
        .set(handovers::entry_id.eq(entry))
        .execute(c))?;
    Ok(())
}

/// The note that lies on top; none where its words were erased.
pub fn handover(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Handover>> {
    let row: Option<(String, At, String)> = handovers::table
        .inner_join(timeline_entries::table.on(timeline_entries::id.eq(handovers::entry_id)))
        .inner_join(entry_contents::table.on(entry_contents::entry_id.eq(handovers::entry_id)))
        .filter(handovers::incident_id.eq(incident))
        .select((timeline_entries::author, timeline_entries::at, entry_contents::body))
        .first(tx.conn)
        .optional()?;
    Ok(row.map(|(author, at, text)| Handover { author, at: at.into(), text }))
}

/// Takes it off the top; how many there were.
pub fn end_handover(tx: &mut Tx<'_>, incident: IncidentId) -> Result<usize> {
    Ok(diesel::delete(handovers::table.find(incident)).execute(tx.conn)?)
}

/// What a case waited for before this instant, by the team's words on its timeline.
pub fn waited_for(tx: &mut Tx<'_>, incident: IncidentId, before: At) -> Result<Option<String>> {
    Ok(timeline_entries::table
        .inner_join(entry_contents::table.on(entry_contents::entry_id.eq(timeline_entries::id)))
        .filter(timeline_entries::incident_id.eq(incident))
        .filter(timeline_entries::kind.eq("waiting"))
        .filter(timeline_entries::at.lt(before))
        .order(timeline_entries::id.desc())
        .select(entry_contents::body)
        .first(tx.conn)
        .optional()?)
}
