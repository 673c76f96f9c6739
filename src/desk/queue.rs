//! The triage queue: what is due next, fifty rows, a preview beside.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::words::{Names, word};
use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::access::service as access;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::text::Line;
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::directory::service as directory;
use crate::incidents::model::{Category, Filter, Row, shown_title};
use crate::incidents::service::{self as incidents, View};
use crate::incidents::status::Status;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Query, Shell};

/// Rows on a page.
const ROWS: i64 = 50;
/// Characters of the report in the preview.
const EXCERPT: usize = 280;

/// What the address says: filter, search, page, preview.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct QueueQuery {
    f: String,
    q: String,
    ab: Option<String>,
    vorschau: Option<String>,
}

impl QueueQuery {
    fn is_search(&self) -> bool {
        !self.q.trim().is_empty()
    }
}

const TABS: [(&str, &str); 7] = [
    ("", "desk-tab-open"),
    ("frei", "desk-tab-free"),
    ("meine", "desk-tab-mine"),
    ("faellig", "desk-tab-late"),
    ("hoch", "desk-tab-high"),
    ("wartend", "desk-tab-waiting"),
    ("zu", "desk-tab-closed"),
];

struct Tab {
    key: &'static str,
    href: String,
    here: bool,
}

struct QueueRow {
    reference: String,
    href: String,
    age: String,
    organisation: String,
    sign: String,
    title: String,
    is_drill: bool,
    category: Cow<'static, str>,
    priority: Option<i32>,
    due: String,
    is_late: bool,
    is_new: bool,
    is_previewed: bool,
    assignee: String,
    status: Cow<'static, str>,
}

struct Preview {
    reference: String,
    title: String,
    is_drill: bool,
    tlp: Tlp,
    deadline_at: Option<Timestamp>,
    /// What is due then.
    deadline: String,
    organisation: String,
    reported_at: Timestamp,
    status: String,
    phone: String,
    excerpt: String,
    can_take: bool,
    version: i32,
}

/// Words that stand in every row, looked up once.
struct Words {
    untriaged: Cow<'static, str>,
    priority: Cow<'static, str>,
    free: Cow<'static, str>,
    late: Cow<'static, str>,
    statuses: HashMap<Status, Cow<'static, str>>,
    categories: HashMap<Category, Cow<'static, str>>,
}

impl Words {
    fn new(sh: &Shell, rows: &[Row]) -> Self {
        let status = |status: &Status| (*status, word("incident-status", status.code()));
        let mut categories = HashMap::new();
        for category in rows.iter().filter_map(|row| row.category) {
            categories.entry(category).or_insert_with(|| sh.t(&category.label()));
        }
        Self {
            untriaged: sh.t("desk-untriaged"),
            priority: sh.t("web-priority"),
            free: sh.t("desk-free"),
            late: sh.t("web-late"),
            statuses: Status::ALL.iter().map(status).collect(),
            categories,
        }
    }
}

#[derive(Template)]
#[template(path = "desk/templates/queue.html")]
struct QueuePage {
    sh: Shell,
    tabs: Vec<Tab>,
    rows: Vec<QueueRow>,
    words: Words,
    preview: Option<Preview>,
    query: String,
    is_search: bool,
    here: String,
    next: Option<String>,
}

fn filter(query: &QueueQuery, actor: &Actor, now: Timestamp) -> Result<Filter> {
    let mut filter = Filter { open: Some(true), ..Filter::default() };
    match query.f.as_str() {
        "frei" => filter.assignee = Some(None),
        "meine" => filter.assignee = Some(actor.account),
        "faellig" => filter.due_before = Some(now),
        "hoch" => filter.priority_at_most = Some(2),
        "wartend" => filter.waiting_only = true,
        "zu" => filter.open = Some(false),
        "" => {}
        _ => return Err(FieldError::new("f", "error-choice").into()),
    }
    if query.is_search() {
        // Whoever seeks a case does not know whether it is closed: only a list that was chosen narrows.
        filter.open = filter.open.filter(|open| !open);
        let text = Line::<100>::parse(&query.q).map_err(|reason| FieldError::new("q", reason))?;
        filter.text = Some(text.into_string());
        filter.with_waiting = true;
    }
    Ok(filter)
}

/// The address of this list with another preview or page.
fn address(query: &QueueQuery, name: &str, value: &str) -> String {
    let mut parts = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in [("f", query.f.as_str()), ("q", query.q.as_str())] {
        if !value.is_empty() {
            parts.append_pair(key, value);
        }
    }
    if name != "ab"
        && let Some(from) = &query.ab
    {
        parts.append_pair("ab", from);
    }
    if !name.is_empty() {
        parts.append_pair(name, value);
    }
    let parts = parts.finish();
    if parts.is_empty() { "/eingang".to_owned() } else { format!("/eingang?{parts}") }
}

struct Found {
    rows: Vec<Row>,
    next: Option<String>,
    names: Names,
    preview: Option<View>,
}

fn find(tx: &mut Tx<'_>, actor: &Actor, query: &QueueQuery) -> Result<Found> {
    check(tx, actor, Action::ShowIncident, Facts::of(actor))?;
    let filter = filter(query, actor, tx.now())?;
    let page = incidents::list(tx, actor, &filter, query.ab.as_deref(), ROWS)?;
    let preview = match &query.vorschau {
        Some(reference) => match incidents::show(tx, actor, reference) {
            Err(Error::NotFound) => None,
            shown => Some(shown?),
        },
        None => None,
    };
    let mut organisations: Vec<_> = page.rows.iter().filter_map(|row| row.organisation).collect();
    organisations.extend(preview.iter().filter_map(|view| view.incident.organisation));
    organisations.sort_unstable();
    organisations.dedup();
    let mut accounts: Vec<_> = page.rows.iter().filter_map(|row| row.assignee).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names = Names {
        organisations: directory::names(tx, &organisations)?,
        accounts: access::names(tx, &accounts)?,
    };
    Ok(Found { rows: page.rows, next: page.next, names, preview })
}

/// A row; `here` is the address of this list up to the reference of a preview.
fn row(query: &QueueQuery, here: &str, row: Row, names: &Names, words: &Words, now: Timestamp) -> QueueRow {
    let is_late = row.deadline_at.is_some_and(|at| at < now);
    let due = match (row.deadline_at, row.follow_up_at) {
        (Some(at), _) if is_late => format!("! {} {}", words.late, when::span(at, now)),
        (Some(at), _) | (None, Some(at)) => when::due(at, now),
        (None, None) => String::new(),
    };
    QueueRow {
        href: format!("{here}{}#vorschau", row.reference),
        age: when::span(row.reported_at, now),
        organisation: names.reporter(row.organisation, row.is_unconfirmed),
        sign: names.sign(row.organisation),
        title: shown_title(&row.title),
        is_drill: row.is_drill,
        category: row
            .category
            .and_then(|category| words.categories.get(&category))
            .cloned()
            .unwrap_or_default(),
        priority: row.priority,
        due,
        is_late,
        is_new: row.status == Status::Reported,
        is_previewed: query.vorschau.as_ref() == Some(&row.reference),
        assignee: names.account(row.assignee),
        status: words.statuses.get(&row.status).cloned().unwrap_or_default(),
        reference: row.reference,
    }
}

fn preview(view: View, names: &Names) -> Preview {
    let excerpt = view.standing.as_ref().map_or(String::new(), |report| {
        let short: String = report.description.chars().take(EXCERPT).collect();
        if short.len() < report.description.len() { format!("{short} …") } else { short }
    });
    Preview {
        can_take: view.may.triage
            && view.incident.assignee.is_none()
            && view.incident.status != Status::Closed,
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

/// Shows the queue.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    query: Query<QueueQuery>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let query = query.into_inner();
    let asked = query.clone();
    // A preview is a view of a case, which is recorded; the list alone only reads.
    let found = if query.vorschau.is_some() {
        site.db.write(move |tx| find(tx, &actor, &asked)).await?
    } else {
        site.db.read_apart(move |tx| find(tx, &actor, &asked)).await?
    };
    let sh = visitor.shell_of("desk-queue-title");
    let now = sh.now;
    let tabs = TABS.map(|(f, key)| Tab {
        key,
        href: if f.is_empty() { "/eingang".to_owned() } else { format!("/eingang?f={f}") },
        // A search that nobody narrowed finds closed cases too: it is none of these lists.
        here: query.f == f && !(f.is_empty() && query.is_search()),
    });
    let words = Words::new(&sh, &found.rows);
    let preview_of = address(&query, "vorschau", "");
    let rows = found.rows.into_iter().map(|r| row(&query, &preview_of, r, &found.names, &words, now));
    visitor.page(&QueuePage {
        tabs: tabs.into(),
        rows: rows.collect(),
        words,
        preview: found.preview.map(|view| preview(view, &found.names)),
        here: address(&query, "", ""),
        next: found.next.map(|next| address(&query, "ab", &next)),
        is_search: query.is_search(),
        query: query.q,
        sh,
    })
}
