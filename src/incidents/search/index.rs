//! The index: each view of a case as a row of words.

use ring::digest::{Context, SHA256};

use super::store::{self, Doc};
use super::views::{Place, Said, Texts, View, views};
use super::words::{values, words};
use crate::core::error::Result;
use crate::core::ids::{IncidentId, OrgId};
use crate::directory::service as directory;
use crate::incidents::digest::Piece;
use crate::incidents::store as incidents;
use crate::store::Tx;

/// Words of a view that are kept. PostgreSQL's vectors end at 1 MiB; what is behind this is not found.
const MOST: usize = 60_000;
/// Stands between two texts, so that no phrase begins in one and ends in the other.
const GAP: &str = "_";
/// Marks the team's rows.
pub(super) const TEAM: &str = "_t";

/// Marks the rows of an organisation's view. It narrows a search in the index itself; who may see what, the query around it says.
pub(super) fn view_mark(organisation: OrgId) -> String {
    format!("_o{}", organisation.0.simple())
}

/// How the marks of all organisations' views begin.
pub(super) const ANY_VIEW: &str = "_o*";

/// Marks the rows of cases that an organisation reported, where the view tells it.
pub(super) fn reporter_mark(organisation: OrgId) -> String {
    format!("_r{}", organisation.0.simple())
}

/// Brings the rows of a case up to date with its texts. What did not change is not written.
///
/// # Errors
/// The database's.
pub fn refresh(tx: &mut Tx<'_>, incident: IncidentId, pieces: &[Piece]) -> Result<()> {
    let mut known = store::docs(tx, incident)?;
    let Some(case) = incidents::lookup_id(tx, incident)? else { return Ok(()) };
    let reports = incidents::reports_of(tx, incident)?;
    let name = match case.organisation {
        Some(org) => directory::names(tx, &[org])?.remove(&org).map(|it| it.name).unwrap_or_default(),
        None => String::new(),
    };
    let texts = Texts {
        reference: &case.reference,
        reporter: case.organisation,
        name,
        reported_at: case.reported_at,
        reports: &reports,
        pieces,
    };
    for view in views(&incidents::involvements_of(tx, incident)?, &reports) {
        let row = row(&texts, view);
        let at = known.iter().position(|doc| doc.view.organisation == view.organisation);
        match at.map(|at| known.swap_remove(at)) {
            Some(doc) if doc.view == view && doc.digest == row.digest => {}
            Some(doc) => store::change(tx, doc.number, view, &row)?,
            None => store::add(tx, incident, view, &row)?,
        }
    }
    // Who has no part in it any more has no view of it.
    let gone: Vec<i64> = known.iter().map(|doc: &Doc| doc.number).collect();
    store::remove(tx, &gone)
}

/// A view as words.
pub(super) struct Row {
    /// Of title, reference and organisation.
    pub head: String,
    /// All of them, in their order.
    pub words: Vec<String>,
    pub digest: Vec<u8>,
}

fn row(texts: &Texts<'_>, view: View) -> Row {
    let said = texts.said(view);
    let mark = view.organisation.map_or_else(|| TEAM.to_owned(), view_mark);
    let mut all = vec![mark];
    if said.iter().any(|it| it.place == Place::Organisation)
        && let Some(reporter) = texts.reporter
    {
        all.push(reporter_mark(reporter));
    }
    let mut head = Vec::new();
    for said in &said {
        all.push(GAP.to_owned());
        let tokens = tokens(said);
        if said.place.is_head() {
            head.push(GAP.to_owned());
            head.extend_from_slice(&tokens);
        }
        all.extend(tokens);
    }
    all.truncate(MOST);
    let mut digest = Context::new(&SHA256);
    for word in &all {
        digest.update(word.as_bytes());
        digest.update(b" ");
    }
    Row { head: head.join(" "), words: all, digest: digest.finish().as_ref().to_vec() }
}

/// The words of a text, and behind them its values: a phrase never runs into them.
fn tokens(said: &Said) -> Vec<String> {
    let mut tokens: Vec<String> = words(&said.text).into_iter().map(|token| token.text).collect();
    let values = values(&said.text);
    if !values.is_empty() {
        tokens.push(GAP.to_owned());
        tokens.extend(values.into_iter().map(|token| token.text));
    }
    tokens
}
