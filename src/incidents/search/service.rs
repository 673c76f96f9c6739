//! Searching: what was asked, of whom, and what is shown of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::excerpt::{self, Part};
use super::language::{self, Jump, Query};
use super::store::{self, Asked};
use super::views::{Place, Said, Texts, View};
use crate::access::policy::{Action, check_token};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record_all;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{IncidentId, OrgId};
use crate::core::page::{Page, read_cursor};
use crate::core::when;
use crate::directory::service as directory;
use crate::incidents::digest;
use crate::incidents::importing::service as importing;
use crate::incidents::model::{Row, shown_title};
use crate::incidents::policy::{self, Scope};
use crate::incidents::service::redact_rows;
use crate::incidents::store as incidents;
use crate::store::{Db, Tx};

/// Matches that are counted and put in order: the newest ones.
pub const CAP: usize = 1_000;
/// Results on a page.
pub const PAGE: i64 = 20;
/// Texts of a case among which one that says the same is sought.
const COMPARED: usize = 50;
/// Texts of a case that a result shows.
const SHOWN: usize = 2;

/// What a search found, for one viewer.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many cases, at most [`CAP`].
    pub total: usize,
    /// Whether there are more than [`CAP`]; those that are older were not looked at.
    pub is_more: bool,
    pub hits: Vec<Hit>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The case that the query names by its reference or number, where it exists for the viewer.
    pub named: Option<Named>,
    /// Whether anything was asked.
    pub is_asked: bool,
}

/// A case that was asked for by its number.
#[derive(Debug, Clone)]
pub struct Named {
    pub reference: String,
    pub title: String,
    /// Whether nothing else can have been meant.
    pub is_exact: bool,
}

/// A case that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    pub row: Row,
    /// The title as it is shown, with what was found in it.
    pub title: Vec<Part>,
    pub texts: Vec<Text>,
}

/// A text in which something was found.
#[derive(Debug, Clone)]
pub struct Text {
    pub place: Place,
    pub at: jiff::Timestamp,
    pub parts: Vec<Part>,
}

impl Hit {
    /// Whether it shows more of the case than a list does.
    fn shows_content(&self) -> bool {
        !self.texts.is_empty()
    }
}

/// Searches for what was typed, and records whose words were shown.
///
/// # Errors
/// As [`search`].
pub async fn ask(db: &Db, actor: Actor, typed: String, cursor: Option<String>, limit: i64) -> Result<Found> {
    let asker = actor.clone();
    let found = db.read(move |tx| search(tx, &asker, &typed, cursor.as_deref(), limit)).await?;
    let shown: Vec<(IncidentId, Option<OrgId>)> = found
        .hits
        .iter()
        .filter(|hit| hit.shows_content())
        .map(|hit| (hit.row.id, hit.row.organisation))
        .collect();
    if !shown.is_empty() {
        db.write(move |tx| {
            let entry = |(incident, organisation): &(IncidentId, Option<OrgId>)| {
                Entry::new("incident.find", SubjectKind::Incident, *incident).organisation(*organisation)
            };
            record_all(tx, &actor, &shown.iter().map(entry).collect::<Vec<_>>())
        })
        .await?;
    }
    Ok(found)
}

/// What of the cases that exist for the actor holds what was typed: those first that have it in title, reference or
/// organisation, among them the newest.
///
/// # Errors
/// [`Error::Invalid`] for the field `q` or `cursor`; the policy's for a token of another scope.
pub fn search(
    tx: &mut Tx<'_>,
    actor: &Actor,
    typed: &str,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Found> {
    check_token(actor, Action::ShowIncident)?;
    let after = cursor.map(read_place).transpose()?;
    let query = language::parse(typed, tx.now())?;
    if query.is_empty() {
        return Ok(Found::default());
    }
    let scope = policy::scope(tx, actor)?;
    let named = match named(tx, &scope, query.jump.as_ref())? {
        None => named_elsewhere(tx, &scope, typed)?,
        named => named,
    };
    let (ranked, is_more) = ranked(tx, &scope, &query)?;
    let total = ranked.len();
    let rest: Vec<Ranked> =
        ranked.into_iter().filter(|it| after.is_none_or(|after| it.place() > after)).collect();
    let rows = usize::try_from(limit + 1).unwrap_or(1);
    let page = Page::cut(rest.into_iter().take(rows).collect(), limit, Ranked::cursor);
    let hits = shown(tx, &scope, &query, &page.rows)?;
    Ok(Found { total, is_more, hits, next: page.next, named, is_asked: true })
}

/// A match in the order of results.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    incident: IncidentId,
    /// The view that matched; none where the query has no words.
    view: Option<View>,
    /// How many words stand in title, reference or organisation.
    score: usize,
}

/// Where a result stands: the best first, among them the newest case.
type Standing = (std::cmp::Reverse<usize>, std::cmp::Reverse<IncidentId>);

impl Ranked {
    fn place(&self) -> Standing {
        (std::cmp::Reverse(self.score), std::cmp::Reverse(self.incident))
    }

    fn cursor(&self) -> String {
        format!("{}_{}", self.score, self.incident)
    }
}

fn read_place(cursor: &str) -> Result<Standing> {
    let refused = || Error::Invalid(vec![FieldError::new("cursor", "error-cursor")]);
    let text = read_cursor(cursor).ok_or_else(refused)?;
    let (score, incident) = text.split_once('_').ok_or_else(refused)?;
    let score = score.parse().map_err(|_| refused())?;
    let incident = incident.parse().map_err(|_| refused())?;
    Ok((std::cmp::Reverse(score), std::cmp::Reverse(incident)))
}

/// All matches within the cap, the best first, and whether there are more.
fn ranked(tx: &mut Tx<'_>, scope: &Scope, query: &Query) -> Result<(Vec<Ranked>, bool)> {
    if *scope == Scope::Nothing {
        return Ok((Vec::new(), false));
    }
    let reporters = match &query.organisation {
        Some(words) => Some(directory::matching(tx, words)?),
        None => None,
    };
    if reporters.as_ref().is_some_and(Vec::is_empty) {
        return Ok((Vec::new(), false));
    }
    let asked = Asked { scope, query, reporters: reporters.as_deref() };
    let limit = i64::try_from(CAP + 1).unwrap_or(i64::MAX);
    let (mut found, is_more) = if query.terms.is_empty() {
        let mut cases = store::cases(tx, &asked, limit)?;
        let is_more = cases.len() > CAP;
        cases.truncate(CAP);
        (cases.into_iter().map(|incident| Ranked { incident, view: None, score: 0 }).collect(), is_more)
    } else {
        let mut matches = store::matches(tx, &asked, limit)?;
        let is_more = matches.len() > CAP;
        matches.truncate(CAP);
        let score = |head: &str| {
            query.terms.iter().filter(|it| !it.is_left_out && excerpt::head_has(head, it)).count()
        };
        let ranked =
            |it: store::Match| Ranked { incident: it.incident, score: score(&it.head), view: Some(it.view) };
        (matches.into_iter().map(ranked).collect::<Vec<_>>(), is_more)
    };
    found.sort_by_key(Ranked::place);
    // Of a case that several of the viewer's houses see, the best.
    let mut seen = HashSet::new();
    found.retain(|it| seen.insert(it.incident));
    Ok((found, is_more))
}

/// The case of this reference or number. Numbers begin anew each year: the newest is meant.
fn named(tx: &mut Tx<'_>, scope: &Scope, jump: Option<&Jump>) -> Result<Option<Named>> {
    let (references, is_exact) = match jump {
        None => return Ok(None),
        Some(Jump::Reference(reference)) => (vec![reference.clone()], true),
        Some(Jump::Number(number)) => {
            let year = tx.now().to_zoned(when::zone()).year();
            ((0..3).map(|ago| format!("TH-{}-{number:05}", year - ago)).collect(), false)
        }
    };
    let mut rows = incidents::list_of(tx, scope, incidents::with_references(&references))?;
    redact_rows(tx, scope, &mut rows)?;
    let newest = rows.into_iter().max_by(|a, b| a.reference.cmp(&b.reference));
    Ok(newest.map(|row| Named { title: shown_title(&row.title), reference: row.reference, is_exact }))
}

/// The case that is called so where it came from, for the team: nobody else reads that.
fn named_elsewhere(tx: &mut Tx<'_>, scope: &Scope, typed: &str) -> Result<Option<Named>> {
    if !matches!(scope, Scope::Team { .. }) {
        return Ok(None);
    }
    let references = importing::called(tx, typed)?;
    if references.is_empty() {
        return Ok(None);
    }
    let rows = incidents::list_of(tx, scope, incidents::with_references(&references))?;
    let newest = rows.into_iter().max_by(|a, b| a.reference.cmp(&b.reference));
    Ok(newest.map(|row| Named { title: shown_title(&row.title), reference: row.reference, is_exact: true }))
}

/// The rows of these cases, with the texts in which something was found.
fn shown(tx: &mut Tx<'_>, scope: &Scope, query: &Query, ranked: &[Ranked]) -> Result<Vec<Hit>> {
    if ranked.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<IncidentId> = ranked.iter().map(|it| it.incident).collect();
    let mut rows = incidents::list_of(tx, scope, incidents::with_ids(&ids))?;
    // Who may read a text hangs on the whole case, not on what this viewer is told of it.
    let head = |row: &Row| digest::Head {
        id: row.id,
        reporter: row.organisation,
        reported_at: row.reported_at,
        title: row.title.clone(),
    };
    let heads = rows.iter().map(head).collect();
    redact_rows(tx, scope, &mut rows)?;
    let mut rows: HashMap<IncidentId, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let (pieces, reports) = if query.has_words() {
        let reports = incidents::reports_of_each(tx, &ids)?;
        (digest::pieces_with(tx, heads, &reports)?, reports)
    } else {
        Default::default()
    };
    let mut hits = Vec::new();
    for it in ranked {
        let Some(row) = rows.remove(&it.incident) else { continue };
        let (reports, pieces) = (reports.get(&it.incident), pieces.get(&it.incident));
        let texts = Texts {
            reference: &row.reference,
            // Where the view does not tell it, the row does not either.
            reporter: row.organisation,
            name: String::new(),
            reported_at: row.reported_at,
            reports: reports.map_or(&[], Vec::as_slice),
            pieces: pieces.map_or(&[], Vec::as_slice),
        };
        let said = it.view.map_or_else(Vec::new, |view| texts.said(view));
        hits.push(hit(row, said, query));
    }
    Ok(hits)
}

fn hit(row: Row, said: Vec<Said>, query: &Query) -> Hit {
    let title = shown_title(&row.title);
    let marks = if row.title.is_empty() { Vec::new() } else { excerpt::marks(&title, &query.terms) };
    let title = excerpt::whole(&title, &marks);
    // The best is what holds most of what was sought, the newest among those.
    let mut best: BTreeMap<(std::cmp::Reverse<usize>, std::cmp::Reverse<jiff::Timestamp>, usize), Text> =
        BTreeMap::new();
    let mut read: Vec<String> = Vec::new();
    for (at, said) in said.into_iter().enumerate().filter(|(_, said)| !said.place.is_head()) {
        let marks = excerpt::marks(&said.text, &query.terms);
        // The words of a report stand in the timeline once more.
        if marks.is_empty() || read.iter().take(COMPARED).any(|text| text.contains(&said.text)) {
            continue;
        }
        let different: HashSet<&str> =
            marks.iter().filter_map(|place| said.text.get(place.clone())).collect();
        let key = (std::cmp::Reverse(different.len()), std::cmp::Reverse(said.at), at);
        let parts = excerpt::excerpt(&said.text, &marks);
        best.insert(key, Text { place: said.place, at: said.at, parts });
        read.push(said.text);
    }
    Hit { row, title, texts: best.into_values().take(SHOWN).collect() }
}
