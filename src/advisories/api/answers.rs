//! What programs get: an advisory, a list of them, and how their mails stand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::advisories::machine::State;
use crate::advisories::model::{Content, DeliveryState, Row, Severity, Version};
use crate::advisories::service::{Board, BoardRow, Proposal};
use crate::core::tlp::Tlp;
use crate::directory::model::AudienceFilter;

/// A version of an advisory.
#[derive(Debug, Serialize, ToSchema)]
pub struct Advisory {
    pub reference: String,
    number: i32,
    state: State,
    title: String,
    concerns: String,
    measures: String,
    body: String,
    products: Vec<String>,
    cves: Vec<String>,
    #[schema(value_type = String, example = "TLP:GREEN")]
    tlp: Tlp,
    warning_step: i32,
    severity: Severity,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<Team>,
}

/// What the CERT alone sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct Team {
    /// To be sent back with the next change.
    version: i32,
    #[schema(value_type = Object)]
    audience: AudienceFilter,
    recipients: usize,
    /// Administrations in the audience that this label does not reach.
    left_out: Vec<String>,
    /// SHA-256 over content, mail and recipients, hexadecimal: what an approval would fix, or has fixed.
    approval_hash: String,
    return_reason: String,
    approved_by: Option<String>,
}

impl Advisory {
    pub fn of(version: &Version, team: Option<Team>) -> Self {
        let Content { title, concerns, measures, body, products, cves } = version.content.clone();
        Self {
            reference: version.reference.to_string(),
            number: version.number,
            state: version.state,
            title,
            concerns,
            measures,
            body,
            products,
            cves,
            tlp: version.frame.tlp,
            warning_step: version.frame.step.number(),
            severity: version.frame.severity,
            published_at: version.published_at,
            team,
        }
    }

    pub fn for_team(proposal: Proposal) -> Self {
        let version = &proposal.version;
        let team = Team {
            version: version.lock,
            audience: version.frame.audience.clone(),
            recipients: proposal.recipients.len(),
            left_out: proposal.left_out,
            approval_hash: hex::encode(proposal.digest),
            return_reason: version.return_reason.clone(),
            approved_by: version.approved_name.clone(),
        };
        Self::of(version, Some(team))
    }
}

/// A cut of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdvisoryList {
    pub items: Vec<AdvisoryRow>,
    /// `cursor` of the next cut; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdvisoryRow {
    reference: String,
    number: i32,
    state: State,
    title: String,
    #[schema(value_type = String, example = "TLP:GREEN")]
    tlp: Tlp,
    warning_step: i32,
    severity: Severity,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Row> for AdvisoryRow {
    fn from(row: Row) -> Self {
        Self {
            reference: row.reference.to_string(),
            number: row.number,
            state: row.state,
            title: row.title,
            tlp: row.tlp,
            warning_step: row.step.number(),
            severity: row.severity,
            published_at: row.published_at,
            updated_at: row.updated_at,
        }
    }
}

/// Every recipient of the newest version, and how its mail stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deliveries {
    reference: String,
    number: i32,
    total: usize,
    /// How many are in each state; the sum is `total`.
    counts: BTreeMap<&'static str, usize>,
    items: Vec<DeliveryView>,
}

/// One recipient.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    organisation: uuid::Uuid,
    name: String,
    /// The district's sign.
    district: String,
    address: String,
    phone: String,
    state: DeliveryState,
    possibly_duplicate: bool,
    attempts: i32,
    /// The mail server's last answer.
    answer: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    opened_at: Option<Timestamp>,
}

impl From<Board> for Deliveries {
    fn from(board: Board) -> Self {
        let tally = board.tally();
        Self {
            reference: board.version.reference.to_string(),
            number: board.version.number,
            total: tally.total(),
            counts: DeliveryState::ALL.iter().map(|state| (state.code(), tally.count(*state))).collect(),
            items: board.rows.into_iter().map(DeliveryView::from).collect(),
        }
    }
}

impl From<BoardRow> for DeliveryView {
    fn from(row: BoardRow) -> Self {
        let delivery = row.delivery;
        Self {
            organisation: delivery.organisation.0,
            name: delivery.name,
            district: row.sign,
            address: delivery.address,
            phone: row.phone,
            state: delivery.state,
            possibly_duplicate: delivery.possibly_duplicate,
            attempts: delivery.attempts,
            answer: delivery.answer,
            answered_at: delivery.answered_at,
            opened_at: delivery.opened_at,
        }
    }
}
