//! A case of the list as the page shows it.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::QueueQuery;
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::desk::words::{Names, word};
use crate::incidents::model::{Category, Class, Row, shown_title};
use crate::incidents::status::Status;
use crate::incidents::worklist::model::Mark;
use crate::incidents::worklist::service::Signs;
use crate::web::Shell;

/// What is due within this time is told apart.
const SOON: SignedDuration = SignedDuration::from_hours(1);

/// A row, as the page shows it.
pub(super) struct QueueRow {
    pub reference: String,
    pub href: String,
    pub age: String,
    pub organisation: String,
    pub sign: String,
    pub title: String,
    pub is_drill: bool,
    pub is_danger: bool,
    /// Whether a note calls the viewer.
    pub is_mentioned: bool,
    /// Whether a waiting case came back on its date.
    pub is_back: bool,
    pub class: Cow<'static, str>,
    pub category: Cow<'static, str>,
    pub priority: Option<i32>,
    pub due: String,
    /// What is due then.
    pub due_what: Cow<'static, str>,
    /// `late`, `soon` or empty.
    pub due_tone: &'static str,
    pub is_unread: bool,
    pub is_previewed: bool,
    pub assignee: String,
    pub status: Cow<'static, str>,
    pub changed: String,
    pub tlp: Tlp,
    /// What marks it for a change of many.
    pub mark: String,
}

/// Words that stand in every row, looked up once.
pub(super) struct Words {
    pub unread: Cow<'static, str>,
    pub danger: Cow<'static, str>,
    pub mentioned: Cow<'static, str>,
    pub back: Cow<'static, str>,
    pub mark: Cow<'static, str>,
    pub drill: Cow<'static, str>,
    pub priority: Cow<'static, str>,
    pub free: Cow<'static, str>,
    pub late: Cow<'static, str>,
    pub unclassed: Cow<'static, str>,
    pub waits: Cow<'static, str>,
    pub statuses: HashMap<Status, Cow<'static, str>>,
    pub classes: HashMap<Class, Cow<'static, str>>,
    pub categories: HashMap<Category, Cow<'static, str>>,
    pub deadlines: HashMap<String, Cow<'static, str>>,
}

impl Words {
    pub fn new(sh: &Shell, rows: &[Row]) -> Self {
        let status = |status: &Status| (*status, word("incident-status", status.code()));
        let (mut classes, mut categories, mut deadlines) = (HashMap::new(), HashMap::new(), HashMap::new());
        for class in rows.iter().filter_map(|row| row.class) {
            classes.entry(class).or_insert_with(|| word("incident-class", class.code()));
        }
        for category in rows.iter().filter_map(|row| row.category) {
            categories.entry(category).or_insert_with(|| sh.t(&category.label()));
        }
        for kind in rows.iter().filter_map(|row| row.deadline_kind.as_ref()) {
            deadlines.entry(kind.clone()).or_insert_with(|| word("desk-deadline", kind));
        }
        Self {
            unread: sh.t("desk-unread"),
            danger: sh.t("desk-danger"),
            mentioned: sh.t("timeline-mentioned"),
            back: sh.t("desk-back"),
            mark: sh.t("desk-mark"),
            drill: sh.t("desk-drill"),
            priority: sh.t("web-priority"),
            free: sh.t("desk-free"),
            late: sh.t("web-late"),
            unclassed: sh.t("desk-untriaged"),
            waits: sh.t("desk-waits"),
            statuses: Status::ALL.iter().map(status).collect(),
            classes,
            categories,
            deadlines,
        }
    }
}

/// When something is due, how loud that is, and what it is. A waiting case whose deadline passes meanwhile is late.
fn due(row: &Row, words: &Words, now: Timestamp) -> (String, &'static str, Cow<'static, str>) {
    let waits_until = row.follow_up_at.filter(|at| *at > now);
    let what = row.deadline_kind.as_ref().and_then(|kind| words.deadlines.get(kind)).cloned();
    let what = what.unwrap_or_default();
    match (row.deadline_at, waits_until) {
        (Some(at), _) if at < now => (format!("! {} {}", words.late, when::span(at, now)), "late", what),
        (Some(at), _) if at < now + SOON => (format!("› {}", when::due(at, now)), "soon", what),
        (Some(at), _) => (when::due(at, now), "", what),
        (None, Some(until)) => (when::due(until, now), "", words.waits.clone()),
        // Whoever took it has acknowledged it; that nobody classed it yet stays to be done.
        (None, None) if row.status == Status::Reported => (words.unclassed.to_string(), "", "".into()),
        (None, None) => (String::new(), "", "".into()),
    }
}

/// A row; `here` is the address of this list up to the reference of a preview.
pub(super) fn row(
    query: &QueueQuery,
    here: &str,
    row: Row,
    found: (&Names, &Signs),
    words: &Words,
    now: Timestamp,
) -> QueueRow {
    let (names, signs) = found;
    let (due, due_tone, due_what) = due(&row, words, now);
    QueueRow {
        href: format!("{here}{}#vorschau", row.reference),
        age: when::span(row.reported_at, now),
        organisation: names.reporter(row.organisation, row.is_unconfirmed),
        sign: names.sign(row.organisation),
        title: shown_title(&row.title),
        is_drill: row.is_drill,
        is_danger: signs.danger.contains(&row.id) && row.status != Status::Closed,
        is_mentioned: signs.mentioned.contains(&row.id),
        is_back: row.follow_up_at.is_some_and(|at| at <= now),
        class: row.class.and_then(|class| words.classes.get(&class)).cloned().unwrap_or_default(),
        category: row
            .category
            .and_then(|category| words.categories.get(&category))
            .cloned()
            .unwrap_or_default(),
        priority: row.priority,
        due,
        due_what,
        due_tone,
        is_unread: signs.unread.contains(&row.id) && row.status != Status::Closed,
        is_previewed: query.vorschau.as_ref() == Some(&row.reference),
        assignee: names.account(row.assignee),
        status: words.statuses.get(&row.status).cloned().unwrap_or_default(),
        changed: when::span(row.updated_at, now),
        tlp: row.tlp,
        mark: Mark { reference: row.reference.clone(), version: row.version }.to_string(),
        reference: row.reference,
    }
}
