//! What the team sees of other cases beside one: where it went, what was merged into it with the threads of all, and
//! what it is linked to.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::core::ids::IncidentId;
use crate::desk::words::{Names, word};
use crate::incidents::model::{Entry, Row, shown_title};
use crate::incidents::service::{Linked, View};

/// How many lines of merged threads the page of the leading case shows; older ones stand on each case's own page.
pub(super) const LINES: i64 = 300;
/// How many merged cases the panel names; all of them stand on a page of their own.
const NAMED: usize = 8;

/// A case that was merged into this one.
pub(super) struct Part {
    pub reference: String,
    pub organisation: String,
    pub title: String,
}

/// The panel about a merge.
pub(super) struct Merge {
    /// Whether the case is part of another.
    pub is_part: bool,
    /// That one, where the viewer may see it.
    pub lead: Option<String>,
    /// The first of its own.
    pub parts: Vec<Part>,
    pub count: usize,
    /// Those that are not named here.
    pub more: usize,
    /// Whether something was stated later that may be a case of its own.
    pub has_later: bool,
}

impl Merge {
    pub fn of(view: &View, names: &Names) -> Self {
        let parts: Vec<_> = view.members.iter().take(NAMED).map(|row| part(row, names)).collect();
        Self {
            is_part: view.incident.merged.is_some(),
            lead: view.lead.clone(),
            count: view.members.len(),
            more: view.members.len() - parts.len(),
            parts,
            has_later: !view.later.is_empty(),
        }
    }
}

/// A link to another case.
pub(super) struct LinkLine {
    pub relation: Cow<'static, str>,
    pub reference: String,
    pub organisation: String,
    pub title: String,
    pub reason: Option<String>,
}

impl LinkLine {
    pub fn of(link: &Linked, names: &Names) -> Self {
        let Part { reference, organisation, title } = part(&link.other, names);
        let relation = word("link-is", link.relation.code());
        Self { relation, reference, organisation, title, reason: link.reason.clone() }
    }
}

fn part(row: &Row, names: &Names) -> Part {
    Part {
        reference: row.reference.clone(),
        organisation: names.reporter(row.organisation, row.is_unconfirmed),
        title: shown_title(&row.title),
    }
}

/// Lines of the case and of those merged into it, the newest first, each of these with whose it is.
pub(super) fn woven<'a>(
    view: &'a View,
    threads: &'a [(IncidentId, Entry)],
    names: &Names,
) -> Vec<(&'a Entry, Option<Part>)> {
    let rows: HashMap<IncidentId, &Row> = view.members.iter().map(|row| (row.id, row)).collect();
    let own = view.entries.iter().map(|entry| (entry, None));
    let theirs = threads.iter().map(|(case, entry)| (entry, rows.get(case).map(|row| part(row, names))));
    let mut all: Vec<_> = own.chain(theirs).collect();
    all.sort_by_key(|(entry, _)| std::cmp::Reverse((entry.at, entry.id)));
    all
}
