//! The texts of a case, from all the tables that hold some.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::model::{Piece, Source};
use crate::core::error::Result;
use crate::core::ids::{EntryId, EvidenceId, IncidentId, OrgId, ReportId};
use crate::incidents::model::{Audience, Inform};
use crate::incidents::store as incidents;
use crate::store::schema::{
    entry_contents, evidence, evidence_contents, incident_contents, incidents as skeletons, report_contents,
    reports, timeline_entries,
};
use crate::store::{At, Tx};

/// All texts of a case, in the order title, reports, entries, files; nothing of what was erased. None where there is no
/// such case.
///
/// # Errors
/// The database's.
pub fn pieces(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Piece>> {
    Ok(pieces_of(tx, &[incident])?.remove(&incident).unwrap_or_default())
}

/// The same of several cases, with as many questions as for one.
///
/// # Errors
/// The database's.
pub fn pieces_of(tx: &mut Tx<'_>, ids: &[IncidentId]) -> Result<Pieces> {
    let mut pieces = Pieces::new();
    let mut cases = HashMap::new();
    let informs = incidents::informs(tx, ids)?;
    let rows: Vec<(IncidentId, Option<OrgId>, At, Option<String>)> = skeletons::table
        .left_join(incident_contents::table.on(incident_contents::incident_id.eq(skeletons::id)))
        .filter(skeletons::id.eq_any(ids.to_vec()))
        .select((
            skeletons::id,
            skeletons::organisation_id,
            skeletons::reported_at,
            incident_contents::title.nullable(),
        ))
        .load(tx.conn)?;
    for (id, reporter, at, title) in rows {
        let inform = informs.get(&id).copied().unwrap_or(Inform::Nobody);
        let to_reporter = reporter.map_or(Audience::Team, Audience::Organisation);
        let audience = if inform == Inform::Nobody { to_reporter } else { Audience::Involved };
        push(&mut pieces, id, Source::Title, (id.0, audience, at, title.unwrap_or_default()));
        cases.insert(id, (reporter, inform));
    }
    stated(tx, &cases, &mut pieces)?;
    written(tx, &cases, &mut pieces)?;
    named(tx, &cases, &mut pieces)?;
    Ok(pieces)
}

/// The texts of each case.
pub type Pieces = HashMap<IncidentId, Vec<Piece>>;

/// Who reported each case, and whom that may be told.
type Cases = HashMap<IncidentId, (Option<OrgId>, Inform)>;

fn ids(cases: &Cases) -> Vec<IncidentId> {
    cases.keys().copied().collect()
}

fn push(
    pieces: &mut Pieces,
    case: IncidentId,
    source: Source,
    (id, audience, at, text): (Uuid, Audience, At, String),
) {
    if !text.is_empty() {
        pieces.entry(case).or_default().push(Piece { source, id, audience, at: at.into(), text });
    }
}

/// Whom the reporter's name may be told, its words may be shown; another organisation's only to itself.
fn stated(tx: &mut Tx<'_>, cases: &Cases, pieces: &mut Pieces) -> Result<()> {
    let rows: Vec<(IncidentId, ReportId, Option<OrgId>, At, String, String)> = reports::table
        .inner_join(report_contents::table.on(report_contents::report_id.eq(reports::id)))
        .filter(reports::incident_id.eq_any(ids(cases)))
        .order(reports::id)
        .select((
            reports::incident_id,
            reports::id,
            reports::organisation_id,
            reports::stated_at,
            report_contents::description,
            report_contents::measures,
        ))
        .load(tx.conn)?;
    for (case, id, organisation, at, description, measures) in rows {
        let Some((reporter, inform)) = cases.get(&case).copied() else { continue };
        // A report without an account names none; the one that it was attached to since may read it.
        let owner = organisation.or(reporter);
        let audience = match owner {
            Some(_) if owner == reporter && inform == Inform::ByName => Audience::Involved,
            Some(owner) => Audience::Organisation(owner),
            None => Audience::Team,
        };
        let text = match (description.is_empty(), measures.is_empty()) {
            (_, true) => description,
            (true, false) => measures,
            (false, false) => format!("{description}\n\n{measures}"),
        };
        push(pieces, case, Source::Report, (id.0, audience, at, text));
    }
    Ok(())
}

fn written(tx: &mut Tx<'_>, cases: &Cases, pieces: &mut Pieces) -> Result<()> {
    let rows: Vec<(IncidentId, EntryId, String, Option<OrgId>, At, String)> = timeline_entries::table
        .inner_join(entry_contents::table.on(entry_contents::entry_id.eq(timeline_entries::id)))
        .filter(timeline_entries::incident_id.eq_any(ids(cases)))
        .order(timeline_entries::id)
        .select((
            timeline_entries::incident_id,
            timeline_entries::id,
            timeline_entries::audience,
            timeline_entries::audience_id,
            timeline_entries::at,
            entry_contents::body,
        ))
        .load(tx.conn)?;
    for (case, id, audience, organisation, at, body) in rows {
        push(pieces, case, Source::Entry, (id.0, Audience::of(&audience, organisation), at, body));
    }
    Ok(())
}

fn named(tx: &mut Tx<'_>, cases: &Cases, pieces: &mut Pieces) -> Result<()> {
    type Columns = (IncidentId, EvidenceId, String, Option<OrgId>, Option<At>, String);
    let rows: Vec<Columns> = evidence::table
        .inner_join(evidence_contents::table.on(evidence_contents::evidence_id.eq(evidence::id)))
        .filter(evidence::incident_id.eq_any(ids(cases)))
        .filter(evidence::state.eq("stored"))
        .order(evidence::id)
        .select((
            evidence::incident_id,
            evidence::id,
            evidence::audience,
            evidence::audience_id,
            evidence::stored_at,
            evidence_contents::name,
        ))
        .load(tx.conn)?;
    for (case, id, audience, organisation, at, name) in rows {
        let Some(at) = at else { continue };
        push(pieces, case, Source::File, (id.0, Audience::of(&audience, organisation), at, name));
    }
    Ok(())
}
