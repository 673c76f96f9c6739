//! What stands beside the list: one of its cases, and where to go on.

use jiff::Timestamp;

use super::{QueueQuery, address};
use crate::core::tlp::Tlp;
use crate::desk::incident::proposal::{Proposal, proposal};
use crate::desk::words::{Names, word};
use crate::incidents::model::{Row, shown_title};
use crate::incidents::service::View;
use crate::incidents::status::Status;

/// Characters of the report in the preview.
const EXCERPT: usize = 280;

/// What stands beside the list of one of its cases.
pub(super) struct Preview {
    pub reference: String,
    pub title: String,
    pub is_drill: bool,
    pub tlp: Tlp,
    pub deadline_at: Option<Timestamp>,
    /// What is due then.
    pub deadline: String,
    pub organisation: String,
    pub reported_at: Timestamp,
    pub status: String,
    pub phone: String,
    pub excerpt: String,
    pub can_take: bool,
    /// What its answers suggest, to be accepted here.
    pub proposal: Option<Proposal>,
    /// This list with this preview, and with that of the next case that nobody classed yet.
    pub again: String,
    pub onward: String,
    pub version: i32,
}

/// The reference of the case to go on with: the next row that nobody classed yet, from the end again from the
/// beginning, or else the next row.
pub(super) fn onward(rows: &[Row], here: &str) -> Option<String> {
    let at = rows.iter().position(|row| row.reference == here).map_or(0, |at| at + 1);
    let (before, behind) = rows.split_at(at);
    let is_new = |row: &&Row| row.status == Status::Reported && row.reference != here;
    let next = behind.iter().chain(before).find(is_new).or(behind.first())?;
    Some(next.reference.clone())
}

/// The case, of the list that `query` asks for; `next` is where to go on.
pub(super) fn preview(view: View, names: &Names, query: &QueueQuery, next: Option<String>) -> Preview {
    let list = |preview: &str| {
        let whole = address(query, "vorschau", preview);
        whole.split_once('?').map(|(_, list)| list.to_owned()).unwrap_or_default()
    };
    let excerpt = view.standing.as_ref().map_or(String::new(), |report| {
        let short: String = report.description.chars().take(EXCERPT).collect();
        if short.len() < report.description.len() { format!("{short} …") } else { short }
    });
    Preview {
        can_take: view.may.triage
            && view.incident.assignee.is_none()
            && view.incident.status != Status::Closed,
        proposal: view
            .report
            .as_ref()
            .filter(|_| view.may.triage && view.incident.status == Status::Reported)
            .and_then(|report| Some(proposal(report, report.suggestion?, view.incident.tlp))),
        again: list(&view.incident.reference),
        onward: list(next.as_ref().unwrap_or(&view.incident.reference)),
        title: shown_title(&view.incident.title),
        is_drill: view.incident.is_drill,
        tlp: view.incident.tlp,
        deadline_at: view.incident.deadline_at,
        deadline: view
            .incident
            .deadline_kind
            .as_deref()
            .map(|kind| word("desk-deadline", kind).into_owned())
            .unwrap_or_default(),
        organisation: names.reporter(view.incident.organisation, view.incident.is_unconfirmed),
        reported_at: view.incident.reported_at,
        status: word("incident-status", view.incident.status.code()).into_owned(),
        phone: view.standing.map_or(String::new(), |report| report.contact_phone),
        excerpt,
        version: view.incident.version,
        reference: view.incident.reference,
    }
}
