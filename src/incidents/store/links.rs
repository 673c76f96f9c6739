//! Which cases the team has linked.

use diesel::prelude::*;

use crate::core::error::{Result, one_row};
use crate::core::ids::{AccountId, IncidentId, LinkedId};
use crate::incidents::linking::LinkKind;
use crate::store::schema::{incident_link_contents as contents, incident_links as links};
use crate::store::{Code, Statement as _, Tx};

/// A link as it is kept.
pub struct Link {
    pub id: LinkedId,
    pub from: IncidentId,
    pub to: IncidentId,
    pub kind: LinkKind,
    pub reason: Option<String>,
}

/// The links of a case, in both directions, the oldest first.
pub fn links_of(tx: &mut Tx<'_>, case: IncidentId) -> Result<Vec<Link>> {
    type Columns = (LinkedId, IncidentId, IncidentId, Code<LinkKind>, Option<String>);
    let rows: Vec<Columns> = links::table
        .left_join(contents::table.on(contents::link_id.eq(links::id)))
        .filter(links::from_id.eq(case).or(links::to_id.eq(case)))
        .order(links::id)
        .select((links::id, links::from_id, links::to_id, links::kind, contents::reason.nullable()))
        .load(tx.conn)?;
    let link = |(id, from, to, kind, reason): Columns| Link { id, from, to, kind: kind.0, reason };
    Ok(rows.into_iter().map(link).collect())
}

/// The case that comprises this one.
pub fn larger(tx: &mut Tx<'_>, part: IncidentId) -> Result<Option<IncidentId>> {
    Ok(links::table
        .filter(links::from_id.eq(part))
        .filter(links::kind.eq(LinkKind::PartOf.code()))
        .select(links::to_id)
        .first(tx.conn)
        .optional()?)
}

pub fn add_link(tx: &mut Tx<'_>, link: &Link, by: Option<AccountId>) -> Result<()> {
    diesel::insert_into(links::table)
        .values((
            links::id.eq(link.id),
            links::from_id.eq(link.from),
            links::to_id.eq(link.to),
            links::kind.eq(link.kind.code()),
            links::added_at.eq(tx.at()),
            links::added_by.eq(by),
        ))
        .run(tx.conn)?;
    if let Some(reason) = &link.reason {
        diesel::insert_into(contents::table)
            .values((contents::link_id.eq(link.id), contents::reason.eq(reason)))
            .run(tx.conn)?;
    }
    Ok(())
}

pub fn remove_link(tx: &mut Tx<'_>, link: LinkedId) -> Result<()> {
    diesel::delete(contents::table.find(link)).run(tx.conn)?;
    one_row(diesel::delete(links::table.find(link)).run(tx.conn)?)
}
