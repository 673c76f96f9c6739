//! The texts of a case, from all the tables that hold some.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;
use uuid::Uuid;

use super::model::{Piece, Source};
use crate::core::error::Result;
use crate::core::ids::{AnyId, IncidentId, OrgId};
use crate::incidents::model::{Audience, Inform, Report};
use crate::incidents::store as incidents;
use crate::store::connection::each_backend;
use crate::store::schema::{
    entry_contents, evidence, evidence_contents, incident_contents, incidents as skeletons, timeline_entries,
};
use crate::store::{At, Tx};

/// All texts of a case, in the order title, reports, entries, files; nothing of what was erased. None where there is no
/// such case.
///
/// # Errors
/// The database's.
pub fn pieces(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Piece>> {
    let row: Option<(Option<OrgId>, At, Option<String>)> = skeletons::table
        .find(incident)
        .left_join(incident_contents::table.on(incident_contents::incident_id.eq(skeletons::id)))
        .select((skeletons::organisation_id, skeletons::reported_at, incident_contents::title.nullable()))
        .first(tx.conn)
        .optional()?;
    let Some((reporter, at, title)) = row else { return Ok(Vec::new()) };
    let head = Head { id: incident, reporter, reported_at: at.into(), title: title.unwrap_or_default() };
    let reports = incidents::reports_of_each(tx, &[incident])?;
    Ok(pieces_with(tx, vec![head], &reports)?.remove(&incident).unwrap_or_default())
}

/// What is known of a case before its texts are read, nothing of it left out for anybody.
pub struct Head {
    pub id: IncidentId,
    pub reporter: Option<OrgId>,
    pub reported_at: Timestamp,
    pub title: String,
}

/// The texts of cases whose heads and reports were read already, with as many questions for many as for one.
///
/// # Errors
/// The database's.
pub fn pieces_with(
    tx: &mut Tx<'_>,
    heads: Vec<Head>,
    reports: &HashMap<IncidentId, Vec<Report>>,
) -> Result<Pieces> {
    let mut pieces = Pieces::new();
    let ids: Vec<IncidentId> = heads.iter().map(|head| head.id).collect();
    for head in heads {
        let reports = reports.get(&head.id).map_or(&[][..], Vec::as_slice);
        let inform = reports.iter().find(|report| report.is_current).map_or(Inform::Nobody, |it| it.inform);
        let to_reporter = head.reporter.map_or(Audience::Team, Audience::Organisation);
        let audience = if inform == Inform::Nobody { to_reporter } else { Audience::Involved };
        push(&mut pieces, head.id, Source::Title, (head.id.0, audience, head.reported_at, head.title));
        for report in reports {
            let piece = stated(report, head.reporter, inform);
            push(&mut pieces, head.id, Source::Report, piece);
        }
    }
    written(tx, &ids, &mut pieces)?;
    Ok(pieces)
}

/// The texts of each case.
pub type Pieces = HashMap<IncidentId, Vec<Piece>>;

fn push(
    pieces: &mut Pieces,
    case: IncidentId,
    source: Source,
    (id, audience, at, text): (Uuid, Audience, Timestamp, String),
) {
    if !text.is_empty() {
        pieces.entry(case).or_default().push(Piece { source, id, audience, at, text });
    }
}

/// Whom the reporter's name may be told, its words may be shown; another organisation's only to itself.
fn stated(report: &Report, reporter: Option<OrgId>, inform: Inform) -> (Uuid, Audience, Timestamp, String) {
    // A report without an account names none; the one that it was attached to since may read it.
    let owner = report.organisation.or(reporter);
    let audience = match owner {
        Some(_) if owner == reporter && inform == Inform::ByName => Audience::Involved,
        Some(owner) => Audience::Organisation(owner),
        None => Audience::Team,
    };
    let text = match (report.description.as_str(), report.measures.as_str()) {
        (description, "") => description.to_owned(),
        ("", measures) => measures.to_owned(),
        (description, measures) => format!("{description}\n\n{measures}"),
    };
    (report.id.0, audience, report.stated_at, text)
}

/// What somebody wrote to the timelines, and behind it the names of files: one statement for both.
fn written(tx: &mut Tx<'_>, ids: &[IncidentId], pieces: &mut Pieces) -> Result<()> {
    type Columns = (bool, IncidentId, AnyId, String, Option<OrgId>, Option<At>, String);
    let entries = timeline_entries::table
        .inner_join(entry_contents::table.on(entry_contents::entry_id.eq(timeline_entries::id)))
        .filter(timeline_entries::incident_id.eq_any(ids.to_vec()))
        .select((
            false.into_sql::<Bool>(),
            timeline_entries::incident_id,
            timeline_entries::id,
            timeline_entries::audience,
            timeline_entries::audience_id,
            timeline_entries::at.nullable(),
            entry_contents::body,
        ));
    let files = evidence::table
        .inner_join(evidence_contents::table.on(evidence_contents::evidence_id.eq(evidence::id)))
        .filter(evidence::incident_id.eq_any(ids.to_vec()))
        .filter(evidence::state.eq("stored"))
        .select((
            true.into_sql::<Bool>(),
            evidence::incident_id,
            evidence::id,
            evidence::audience,
            evidence::audience_id,
            evidence::stored_at,
            evidence_contents::name,
        ));
    let mut rows: Vec<Columns> = each_backend!(tx.conn, c => entries.union_all(files).load(c))?;
    rows.sort_unstable_by_key(|(is_file, _, id, ..)| (*is_file, id.0));
    for (is_file, case, id, audience, organisation, at, text) in rows {
        let Some(at) = at else { continue };
        let source = if is_file { Source::File } else { Source::Entry };
        let audience = Audience::of(&audience, organisation);
        push(pieces, case, source, (id.0, audience, at.into(), text));
    }
    Ok(())
}
