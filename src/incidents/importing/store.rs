//! Rows of what came from elsewhere, with times that are not today's.

use diesel::prelude::*;

use super::model::{Foreign, Line, Origin, Stated, Taken};
use crate::core::error::Result;
use crate::core::ids::{EntryId, IncidentId, InvolvementId, OrgId, ReportId};
use crate::directory::model::fold;
use crate::incidents::model::{Audience, Nature};
use crate::incidents::service::queue_at;
use crate::incidents::status::Status;
use crate::store::schema::{
    entry_contents, incident_contents, incident_origins as origins, incidents, involvements, report_contents,
    reports, timeline_entries,
};
use crate::store::{At, Statement as _, Tx};

/// Where a case stands among the priorities that nobody classed yet: behind all.
const UNDECIDED: i32 = 5;

/// The reference here of a case from elsewhere.
pub fn here(tx: &mut Tx<'_>, origin: &Origin) -> Result<Option<String>> {
    Ok(origins::table
        .inner_join(incidents::table.on(incidents::id.eq(origins::incident_id)))
        .filter(origins::system.eq(origin.system.code()))
        .filter(origins::origin.eq(&origin.name))
        .filter(origins::reference.eq(&origin.reference))
        .select(incidents::reference)
        .first(tx.conn)
        .optional()?)
}

/// The references here of cases that are called so elsewhere.
pub fn called(tx: &mut Tx<'_>, reference: &str) -> Result<Vec<String>> {
    Ok(origins::table
        .inner_join(incidents::table.on(incidents::id.eq(origins::incident_id)))
        .filter(origins::reference.eq(reference))
        .order(origins::incident_id)
        .limit(20)
        .select(incidents::reference)
        .load(tx.conn)?)
}

pub fn add_origin(tx: &mut Tx<'_>, id: IncidentId, origin: &Origin) -> Result<()> {
    diesel::insert_into(origins::table)
        .values((
            origins::incident_id.eq(id),
            origins::system.eq(origin.system.code()),
            origins::origin.eq(&origin.name),
            origins::reference.eq(&origin.reference),
            origins::digest.eq(origin.digest.as_ref().map(<[u8; 32]>::as_slice)),
            origins::imported_at.eq(tx.at()),
        ))
        .run(tx.conn)?;
    Ok(())
}

/// The case itself and its words.
pub fn add(
    tx: &mut Tx<'_>,
    (id, reference): (IncidentId, &str),
    holder: OrgId,
    organisation_name: &str,
    case: &Foreign,
) -> Result<()> {
    let time = |at: Option<jiff::Timestamp>| at.map(At);
    diesel::insert_into(incidents::table)
        .values((
            (
                incidents::id.eq(id),
                incidents::reference.eq(reference),
                incidents::organisation_id.eq(case.organisation),
                incidents::organisation_name.eq(organisation_name),
                incidents::status.eq(case.status.code()),
                incidents::close_reason.eq(case.close_reason.map(|it| it.code())),
                incidents::class.eq(case.class.map(|it| it.code())),
                incidents::category.eq(case.category.map(|it| it.code())),
                incidents::impact.eq(case.impact.map(|it| it.code())),
                incidents::spread.eq(case.spread.map(|it| it.code())),
                incidents::priority.eq(case.priority),
                incidents::priority_rank.eq(case.priority.unwrap_or(UNDECIDED)),
                incidents::tlp.eq(case.tlp.label()),
            ),
            (
                incidents::holder_id.eq(Some(holder)),
                incidents::follow_up_at.eq(time(case.follow_up_at)),
                incidents::queue_at.eq(At(queue_at(case.reported_at, None, case.follow_up_at))),
                incidents::is_open.eq(case.status != Status::Closed),
                incidents::is_restricted.eq(case.is_restricted),
                incidents::is_unconfirmed.eq(case.organisation.is_none()),
                incidents::is_drill.eq(case.is_drill),
                incidents::occurred_at.eq(time(case.occurred_at)),
                incidents::detected_at.eq(time(case.detected_at)),
                incidents::aware_at.eq(time(case.aware_at)),
                incidents::reported_at.eq(At(case.reported_at)),
                incidents::closed_at.eq(time(case.closed_at)),
                incidents::version.eq(1),
                incidents::updated_at.eq(tx.at()),
            ),
        ))
        .run(tx.conn)?;
    diesel::insert_into(incident_contents::table)
        .values((
            incident_contents::incident_id.eq(id),
            incident_contents::title.eq(&case.title),
            incident_contents::search.eq(fold(&case.title)),
            incident_contents::priority_reason.eq(&case.priority_reason),
            incident_contents::waiting_on.eq(&case.waiting_on),
        ))
        .run(tx.conn)?;
    Ok(())
}

pub fn add_report(tx: &mut Tx<'_>, incident: IncidentId, stated: &Stated) -> Result<()> {
    let id: ReportId = tx.id();
    diesel::insert_into(reports::table)
        .values((
            reports::id.eq(id),
            reports::incident_id.eq(incident),
            reports::organisation_id.eq(stated.organisation),
            reports::kind.eq(stated.nature.map_or("initial", Nature::kind)),
            reports::nature.eq(stated.nature.map(|it| it.code())),
            reports::observed.eq(stated.observed.code()),
            reports::inform.eq(stated.inform.code()),
            reports::personal_data.eq(stated.flags.personal_data),
            reports::malicious.eq(stated.flags.malicious),
            reports::beyond_house.eq(stated.flags.beyond_house),
            reports::critical_service.eq(stated.flags.critical_service),
            reports::danger.eq(false),
            reports::stated_at.eq(At(stated.stated_at)),
            reports::is_current.eq(stated.is_current),
        ))
        .run(tx.conn)?;
    diesel::insert_into(report_contents::table)
        .values((
            report_contents::report_id.eq(id),
            report_contents::title.eq(&stated.title),
            report_contents::description.eq(&stated.description),
            report_contents::measures.eq(&stated.measures),
            report_contents::contact_name.eq(&stated.contact_name),
            report_contents::contact_phone.eq(&stated.contact_phone),
        ))
        .run(tx.conn)?;
    Ok(())
}

pub fn add_part(tx: &mut Tx<'_>, incident: IncidentId, taken: &Taken) -> Result<()> {
    diesel::insert_into(involvements::table)
        .values((
            involvements::id.eq(tx.id::<InvolvementId>()),
            involvements::incident_id.eq(incident),
            involvements::organisation_id.eq(taken.organisation),
            involvements::part.eq(taken.part.code()),
            involvements::affectedness.eq(taken.affectedness),
            involvements::added_at.eq(At(taken.added_at)),
        ))
        .run(tx.conn)?;
    Ok(())
}

pub fn add_line(tx: &mut Tx<'_>, incident: IncidentId, line: &Line) -> Result<EntryId> {
    let id: EntryId = tx.id();
    let audience_id = match line.audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    };
    diesel::insert_into(timeline_entries::table)
        .values((
            timeline_entries::id.eq(id),
            timeline_entries::incident_id.eq(incident),
            timeline_entries::at.eq(At(line.at)),
            timeline_entries::author.eq(&line.author),
            timeline_entries::kind.eq(&line.kind),
            timeline_entries::audience.eq(line.audience.code()),
            timeline_entries::audience_id.eq(audience_id),
            timeline_entries::facts.eq(serde_json::Value::Object(line.facts.clone()).to_string()),
        ))
        .run(tx.conn)?;
    if let Some(body) = &line.body {
        diesel::insert_into(entry_contents::table)
            .values((entry_contents::entry_id.eq(id), entry_contents::body.eq(body)))
            .run(tx.conn)?;
    }
    Ok(id)
}
