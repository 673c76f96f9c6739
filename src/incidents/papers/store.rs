//! Rows of papers: the paper, and each version of what it says.

use diesel::prelude::*;

use super::model::{Paper, Saved, Text};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{IncidentId, OrgId, PaperId};
use crate::store::schema::{paper_contents as contents, papers};
use crate::store::{At, Statement as _, Tx};

/// Whose paper of which case.
#[derive(Debug, Clone, Copy)]
pub struct Of {
    pub incident: IncidentId,
    pub organisation: OrgId,
    pub paper: Paper,
}

fn find(tx: &mut Tx<'_>, of: Of) -> Result<Option<(PaperId, i32)>> {
    Ok(papers::table
        .filter(papers::incident_id.eq(of.incident))
        .filter(papers::organisation_id.eq(of.organisation))
        .filter(papers::kind.eq(of.paper.code()))
        .select((papers::id, papers::version))
        .first(tx.conn)
        .optional()?)
}

/// The newest version; nothing where none was saved or its content was erased.
pub fn lookup(tx: &mut Tx<'_>, of: Of) -> Result<Option<(Saved, Text)>> {
    let Some((id, version)) = find(tx, of)? else { return Ok(None) };
    let found: Option<(At, String, String)> = contents::table
        .find((id, version))
        .select((contents::saved_at, contents::author, contents::parts))
        .first(tx.conn)
        .optional()?;
    let Some((at, author, parts)) = found else { return Ok(None) };
    let text = serde_json::from_str(&parts).map_err(|error| Error::Internal(format!("a paper: {error}")))?;
    Ok(Some((Saved { version, at: at.into(), author }, text)))
}

/// Saves what follows version `seen`, which is 0 before the first.
pub fn save(tx: &mut Tx<'_>, of: Of, actor: &Actor, seen: i32, text: &Text) -> Result<()> {
    let id = match find(tx, of)? {
        Some((id, version)) if version == seen => {
            let unchanged = papers::table.filter(papers::id.eq(id)).filter(papers::version.eq(seen));
            one_row(diesel::update(unchanged).set(papers::version.eq(seen + 1)).run(tx.conn)?)?;
            id
        }
        None if seen == 0 => add(tx, of)?,
        _ => return Err(Error::Stale),
    };
    let parts = serde_json::to_string(text).map_err(|error| Error::Internal(error.to_string()))?;
    let row = (
        contents::paper_id.eq(id),
        contents::version.eq(seen + 1),
        contents::account_id.eq(actor.account),
        contents::author.eq(&actor.name),
        contents::saved_at.eq(tx.at()),
        contents::parts.eq(parts),
    );
    diesel::insert_into(contents::table).values(row).run(tx.conn)?;
    Ok(())
}

/// The first version's paper; a colleague may save another one at the same moment.
fn add(tx: &mut Tx<'_>, of: Of) -> Result<PaperId> {
    let id: PaperId = tx.id();
    let row = (
        papers::id.eq(id),
        papers::incident_id.eq(of.incident),
        papers::organisation_id.eq(of.organisation),
        papers::kind.eq(of.paper.code()),
        papers::version.eq(1),
    );
    let insert = diesel::insert_into(papers::table).values(row).on_conflict_do_nothing();
    one_row(insert.run(tx.conn)?)?;
    Ok(id)
}
