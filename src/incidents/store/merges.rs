//! Which case was merged into which, and what the merged one's organisation sees of where it stands.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use jiff::Timestamp;

use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, IncidentId};
use crate::incidents::merging::{Merged, Seen};
use crate::incidents::status::{CloseReason, Status};
use crate::store::connection::each_backend;
use crate::store::schema::{incident_contents as contents, incident_merges as merges, incidents};
use crate::store::{At, Code, Statement as _, Tx};

/// Columns of [`Seen`].
#[derive(Queryable, Selectable)]
#[diesel(table_name = merges)]
struct SeenRow {
    status: Code<Status>,
    close_reason: Option<Code<CloseReason>>,
    closed_at: Option<At>,
}

impl SeenRow {
    fn into_seen(self) -> Seen {
        Seen {
            status: self.status.0,
            close_reason: self.close_reason.map(|code| code.0),
            closed_at: self.closed_at.map(Timestamp::from),
        }
    }
}

/// A case that becomes part of another: where it stands, and what its organisation sees from then on.
pub struct NewMember {
    pub id: IncidentId,
    pub before: Status,
    pub seen: Status,
}

/// How many rows go into one statement.
const BATCH: usize = 200;

/// Keeps that cases became part of another.
pub fn add_merges(
    tx: &mut Tx<'_>,
    lead: IncidentId,
    by: Option<AccountId>,
    members: &[NewMember],
) -> Result<()> {
    for batch in members.chunks(BATCH) {
        let rows: Vec<_> = batch
            .iter()
            .map(|member| {
                (
                    merges::member_id.eq(member.id),
                    merges::lead_id.eq(lead),
                    merges::merged_at.eq(tx.at()),
                    merges::merged_by.eq(by),
                    merges::before_status.eq(member.before.code()),
                    merges::status.eq(member.seen.code()),
                    merges::is_open.eq(true),
                )
            })
            .collect();
        each_backend!(tx.conn, c => diesel::insert_into(merges::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Takes open cases out of the queue, because another goes on for them.
///
/// # Errors
/// [`crate::core::error::Error::Stale`] where somebody else closed one meanwhile.
pub fn close_as_merged(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<()> {
    let open = incidents::table.filter(incidents::id.eq_any(ids.to_vec())).filter(incidents::is_open);
    let at = tx.at();
    let changed = diesel::update(open)
        .set((
            incidents::status.eq(Status::Closed.code()),
            incidents::close_reason.eq(Some(CloseReason::Merged.code())),
            incidents::is_open.eq(false),
            incidents::follow_up_at.eq(None::<At>),
            incidents::deadline_at.eq(None::<At>),
            incidents::deadline_kind.eq(None::<String>),
            incidents::closed_at.eq(Some(at)),
            incidents::version.eq(incidents::version + 1),
            incidents::updated_at.eq(at),
        ))
        .execute(tx.conn)?;
    if changed != ids.len() {
        return Err(Error::Stale);
    }
    diesel::update(contents::table.filter(contents::incident_id.eq_any(ids.to_vec())))
        .set(contents::waiting_on.eq(None::<String>))
        .execute(tx.conn)?;
    Ok(())
}

/// Where a case went; none where it stands for itself.
pub fn merge_of(tx: &mut Tx<'_>, member: IncidentId) -> Result<Option<Merged>> {
    Ok(merges_of(tx, &[member])?.remove(&member))
}

/// Where these cases went, of those that are part of another.
pub fn merges_of(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<HashMap<IncidentId, Merged>> {
    let rows: Vec<(IncidentId, IncidentId, At, Code<Status>, SeenRow)> = merges::table
        .filter(merges::member_id.eq_any(ids.to_vec()))
        .select((
            merges::member_id,
            merges::lead_id,
            merges::merged_at,
            merges::before_status,
            SeenRow::as_select(),
        ))
        .load(tx.conn)?;
    let merged = |(id, lead, at, before, seen): (_, _, At, Code<Status>, SeenRow)| {
        (id, Merged { lead, at: at.into(), before: before.0, seen: seen.into_seen() })
    };
    Ok(rows.into_iter().map(merged).collect())
}

/// Which of these cases lead others.
pub fn leads(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<HashSet<IncidentId>> {
    let rows: Vec<IncidentId> = merges::table
        .filter(merges::lead_id.eq_any(ids.to_vec()))
        .select(merges::lead_id)
        .distinct()
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// What is part of this case today.
pub fn parts_of_lead(tx: &mut Tx<'_>, lead: IncidentId) -> Result<Vec<IncidentId>> {
    let of_lead = merges::table.filter(merges::lead_id.eq(lead)).order(merges::member_id);
    Ok(of_lead.select(merges::member_id).load(tx.conn)?)
}

/// Takes a case out of the one that it was part of.
pub fn lift_merge(tx: &mut Tx<'_>, member: IncidentId) -> Result<()> {
    one_row(diesel::delete(merges::table.find(member)).run(tx.conn)?)
}

/// What became of the leading case becomes what the organisations of its members see; returns those for which that is
/// a change, with what they saw before.
pub fn carry(tx: &mut Tx<'_>, lead: IncidentId, seen: &Seen) -> Result<Vec<(IncidentId, Status)>> {
    let members: Vec<(IncidentId, Code<Status>)> = merges::table
        .filter(merges::lead_id.eq(lead))
        .filter(merges::status.ne(seen.status.code()))
        .order(merges::member_id)
        .select((merges::member_id, merges::status))
        .load(tx.conn)?;
    if members.is_empty() {
        return Ok(Vec::new());
    }
    diesel::update(merges::table.filter(merges::lead_id.eq(lead)))
        .set((
            merges::status.eq(seen.status.code()),
            merges::close_reason.eq(seen.close_reason.map(CloseReason::code)),
            merges::is_open.eq(seen.status != Status::Closed),
            merges::closed_at.eq(seen.closed_at.map(At)),
        ))
        .run(tx.conn)?;
    Ok(members.into_iter().map(|(id, was)| (id, was.0)).collect())
}
