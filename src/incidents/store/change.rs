//! Writing a case: its skeleton and its words.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::core::error::Result;
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::core::tlp::Tlp;
use crate::directory::model::fold;
use crate::incidents::model::NewReport;
use crate::incidents::status::Status;
use crate::store::schema::{incident_contents, incidents};
use crate::store::{At, Statement as _, Tx};

/// Where a case stands among the priorities that nobody classed yet: behind all.
const UNDECIDED: i32 = 5;

/// What a new incident's skeleton needs beside the report.
pub struct NewIncident<'a> {
    pub id: IncidentId,
    pub reference: &'a str,
    pub holder: Option<OrgId>,
    pub tlp: Tlp,
    pub queue_at: Timestamp,
    pub created_by: Option<AccountId>,
    pub is_unconfirmed: bool,
    /// What the register orders the organisation by; empty where the case belongs to none.
    pub organisation_name: &'a str,
}

pub fn add(tx: &mut Tx<'_>, new: &NewIncident<'_>, report: &NewReport) -> Result<()> {
    let at = tx.at();
    let time = |t: Option<Timestamp>| t.map(At);
    diesel::insert_into(incidents::table)
        .values((
            incidents::id.eq(new.id),
            incidents::reference.eq(new.reference),
            incidents::organisation_id.eq(report.organisation),
            incidents::status.eq(Status::Reported.code()),
            incidents::tlp.eq(new.tlp.label()),
            incidents::holder_id.eq(new.holder),
            incidents::queue_at.eq(At(new.queue_at)),
            incidents::is_open.eq(true),
            incidents::is_restricted.eq(false),
            incidents::is_unconfirmed.eq(new.is_unconfirmed),
            incidents::is_drill.eq(report.is_drill),
            incidents::occurred_at.eq(time(report.times.occurred)),
            incidents::detected_at.eq(time(report.times.detected)),
            incidents::aware_at.eq(time(report.times.aware)),
            incidents::reported_at.eq(at),
            incidents::created_by.eq(new.created_by),
            incidents::version.eq(1),
            incidents::updated_at.eq(at),
            incidents::priority_rank.eq(UNDECIDED),
            incidents::organisation_name.eq(new.organisation_name),
        ))
        .run(tx.conn)?;
    diesel::insert_into(incident_contents::table)
        .values((
            incident_contents::incident_id.eq(new.id),
            incident_contents::title.eq(report.title.as_str()),
            incident_contents::search.eq(fold(report.title.as_str())),
        ))
        .run(tx.conn)?;
    Ok(())
}

/// A change of the skeleton. Only what is `Some` changes; `Some(None)` empties.
#[derive(Default, AsChangeset)]
#[diesel(table_name = incidents)]
pub struct Change {
    pub organisation_id: Option<Option<OrgId>>,
    pub status: Option<&'static str>,
    pub close_reason: Option<Option<&'static str>>,
    pub class: Option<&'static str>,
    pub category: Option<Option<&'static str>>,
    pub impact: Option<&'static str>,
    pub spread: Option<&'static str>,
    pub priority: Option<i32>,
    /// The priority again, for the order; set with it.
    pub priority_rank: Option<i32>,
    /// What the register orders the organisation by; set with it.
    pub organisation_name: Option<String>,
    pub tlp: Option<&'static str>,
    pub assignee_id: Option<Option<AccountId>>,
    pub holder_id: Option<Option<OrgId>>,
    pub follow_up_at: Option<Option<At>>,
    pub deadline_at: Option<Option<At>>,
    pub deadline_kind: Option<Option<String>>,
    pub queue_at: Option<At>,
    pub is_open: Option<bool>,
    pub is_restricted: Option<bool>,
    pub is_unconfirmed: Option<bool>,
    pub closed_at: Option<Option<At>>,
}

/// Changes a row that still is at `version`; returns how many rows that were (0 or 1).
pub fn change(tx: &mut Tx<'_>, id: IncidentId, version: i32, change: Change) -> Result<usize> {
    Ok(diesel::update(incidents::table.filter(incidents::id.eq(id)).filter(incidents::version.eq(version)))
        .set((change, incidents::version.eq(version + 1), incidents::updated_at.eq(tx.at())))
        .run(tx.conn)?)
}

/// A change of what the team wrote about a case. Only what is `Some` changes; `Some(None)` empties.
#[derive(Default, AsChangeset)]
#[diesel(table_name = incident_contents)]
pub struct Words {
    pub priority_reason: Option<Option<String>>,
    pub waiting_on: Option<Option<String>>,
}

/// Changes at least one of them; nothing where the content was erased.
pub fn set_words(tx: &mut Tx<'_>, id: IncidentId, words: Words) -> Result<()> {
    diesel::update(incident_contents::table.find(id)).set(words).run(tx.conn)?;
    Ok(())
}

/// Changes a row whatever its version is, without raising it: for what a form does not show.
pub fn touch(tx: &mut Tx<'_>, id: IncidentId, change: Change) -> Result<()> {
    let changed = diesel::update(incidents::table.filter(incidents::id.eq(id)))
        .set((change, incidents::updated_at.eq(tx.at())))
        .run(tx.conn)?;
    crate::core::error::one_row(changed)
}
