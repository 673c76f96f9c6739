//! The triage queue: what is due next, fifty rows, a preview beside.

mod absence;
mod beside;
mod bulk;
mod filters;
mod look;
mod rows;

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;
use serde::Deserialize;

use super::words::{Names, word};
use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::access::service as access;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Arg, Lang, text_with};
use crate::core::ids::{AccountId, FilterId};
use crate::core::text::Line;
use crate::core::when;
use crate::directory::service as directory;
use crate::incidents::model::{Filter, Row, Sort};
use crate::incidents::service::{self as incidents, View};
use crate::incidents::worklist::model::{Column, Count, Due, Look, SavedFilter, Terms, Waiting, Whose};
use crate::incidents::worklist::service::{self as worklist, Signs};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::unchanged::Repeatable;
use crate::web::{Choice, Failure, Query, Shell, rendered};
use beside::Preview;
use rows::{QueueRow, Words};

/// Rows on a page.
const ROWS: i64 = 50;

/// Paths whose pages may be given again while nothing changes.
pub const REPEATABLE: &[&str] = &["/eingang"];

/// Registers the routes.
pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/eingang").get(show))
        .service(web::resource("/eingang/filter").get(filters::list).post(filters::add))
        .service(web::resource("/eingang/filter/{filter}").get(filters::form).post(filters::change))
        .service(web::resource("/eingang/filter/{filter}/entfernen").post(filters::remove))
        .service(web::resource("/eingang/auswahl").post(bulk::act))
        .service(web::resource("/eingang/auswahl/{lauf}").get(bulk::show))
        .service(web::resource("/eingang/auswahl/{lauf}/zurueck").post(bulk::undo))
        .service(web::resource("/eingang/abwesenheit").get(absence::show).post(absence::add))
        .service(web::resource("/eingang/abwesenheit/{absence}/beenden").post(absence::end))
        .service(web::resource("/eingang/spalten").get(look::form).post(look::set));
}

/// What the address says: list or kept filter, order, search, page, preview.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct QueueQuery {
    f: String,
    filter: String,
    s: String,
    q: String,
    ab: Option<String>,
    vorschau: Option<String>,
}

impl QueueQuery {
    fn is_search(&self) -> bool {
        !self.q.trim().is_empty()
    }

    /// Whether it is the list of all open cases: each of its orders is an index.
    fn is_plain(&self) -> bool {
        self.f.is_empty() && self.filter.is_empty() && !self.is_search()
    }
}

/// The lists that everybody has.
const TABS: [(&str, &str); 9] = [
    ("", "desk-tab-open"),
    ("frei", "desk-tab-free"),
    ("meine", "desk-tab-mine"),
    ("erwaehnt", "desk-tab-mentioned"),
    ("faellig", "desk-tab-late"),
    ("hoch", "desk-tab-high"),
    ("wartend", "desk-tab-waiting"),
    ("abwesende", "desk-tab-absent"),
    (CLOSED, "desk-tab-closed"),
];
/// The list of what is over; the others are of open cases.
const CLOSED: &str = "zu";

/// What a list of [`TABS`] asks for.
fn terms_of(list: &str) -> Result<Terms> {
    let mut terms = Terms::default();
    match list {
        "frei" => terms.whose = Some(Whose::Nobodys),
        "meine" => terms.whose = Some(Whose::Mine),
        "erwaehnt" => terms.whose = Some(Whose::Mentioned),
        "faellig" => terms.due = Some(Due::Late),
        "hoch" => terms.priority_at_most = Some(2),
        "abwesende" => terms.whose = Some(Whose::Absent),
        "wartend" => terms.waiting = Some(Waiting::Only),
        "" | CLOSED => {}
        _ => return Err(FieldError::new("f", "error-choice").into()),
    }
    Ok(terms)
}

struct Tab {
    label: String,
    href: String,
    here: bool,
    /// How many it has, in figures and in words; empty where that is not counted.
    count: String,
    counted: String,
}

fn figures(count: Option<Count>) -> (String, String) {
    let say = |key: &str, number: usize| {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        text_with(Lang::De, key, &[("count", number.into())]).into_owned()
    };
    match count {
        None => Default::default(),
        Some(Count::Exactly(number)) => (number.to_string(), say("desk-count-exactly", number)),
        Some(Count::AtLeast(number)) => (format!("{number}+"), say("desk-count-at-least", number)),
        Some(Count::Over(number)) => (format!("> {number}"), say("desk-count-over", number)),
    }
}

/// A column's head.
struct Head {
    column: Column,
    label: Cow<'static, str>,
    /// The list in this column's order; none where there is none.
    href: Option<String>,
    /// `ascending` or `descending` where the list is in this order.
    sorted: Option<&'static str>,
    css: &'static str,
}

impl Head {
    fn is_number(&self) -> bool {
        matches!(self.column, Column::Age | Column::Changed)
    }
}

#[derive(Template)]
#[template(path = "desk/templates/queue.html")]
struct QueuePage {
    sh: Shell,
    tabs: Vec<Tab>,
    heads: Vec<Head>,
    rows: Vec<QueueRow>,
    words: Words,
    preview: Option<Preview>,
    is_search: bool,
    /// How the rows are ordered, for whoever does not see the mark.
    order: Cow<'static, str>,
    /// Whether the viewer keeps filters and columns of their own.
    may_arrange: bool,
    here: String,
    next: Option<String>,
    /// The viewer's own open tasks, and how many of them are late.
    tasks: (usize, usize),
}

/// People to whom a case can be given, with who is absent now, until when, and who stands in.
pub(super) fn present(
    tx: &mut Tx<'_>,
    actor: &Actor,
    people: Vec<(AccountId, String)>,
) -> Result<Vec<Choice>> {
    let absent = worklist::absent_now(tx, actor)?;
    let name = |id: AccountId| people.iter().find(|(one, _)| *one == id).map(|(_, name)| name.clone());
    let label = |id: AccountId, own: &str| match absent.iter().find(|it| it.account == id) {
        None => own.to_owned(),
        Some(it) => {
            let deputy = it.deputy.and_then(name).unwrap_or_else(|| "–".to_owned());
            let until = when::absolute(it.until);
            let args: [(&str, Arg<'_>); 3] =
                [("name", own.into()), ("until", until.into()), ("deputy", deputy.into())];
            text_with(Lang::De, "desk-absent-choice", &args).into_owned()
        }
    };
    Ok(people.iter().map(|(id, own)| Choice::new(id.to_string(), label(*id, own))).collect())
}

/// What the address asks for: the list, or the kept filter, and words.
fn filter(
    tx: &mut Tx<'_>,
    actor: &Actor,
    query: &QueueQuery,
    kept: &[SavedFilter],
    look: &Look,
) -> Result<Filter> {
    let terms = match query.filter.as_str() {
        "" => terms_of(&query.f)?,
        _ if !query.f.is_empty() => return Err(FieldError::new("f", "error-choice").into()),
        id => {
            let refused = || FieldError::new("filter", "error-choice");
            let id: FilterId = id.parse().map_err(|_| refused())?;
            // One that was taken away since is no fault of whoever kept its address.
            kept.iter().find(|filter| filter.id == id).ok_or(Error::NotFound)?.terms.clone()
        }
    };
    let mut filter = worklist::meant(tx, actor, &terms)?;
    let is_closed = query.f == CLOSED;
    if is_closed {
        filter.open = Some(false);
    }
    if query.is_search() {
        // Whoever seeks a case does not know whether it is closed: only a list that was chosen narrows.
        filter.open = filter.open.filter(|open| !open || !query.filter.is_empty());
        let text = Line::<100>::parse(&query.q).map_err(|reason| FieldError::new("q", reason))?;
        filter.text = Some(text.into_string());
        filter.with_waiting = true;
    }
    let usual = if is_closed { Sort::Changed } else { look.sort };
    let chosen = match query.s.as_str() {
        "" => None,
        sort => Some(Sort::parse(sort).ok_or_else(|| FieldError::new("s", "error-choice"))?),
    };
    filter.sort = Some(chosen.or(filter.sort).unwrap_or(usual));
    Ok(filter)
}

/// The address of this list with one thing else; where that changes the order or the list, from its beginning.
fn address(query: &QueueQuery, name: &str, value: &str) -> String {
    let mut parts = url::form_urlencoded::Serializer::new(String::new());
    let given = [("f", &query.f), ("filter", &query.filter), ("s", &query.s), ("q", &query.q)];
    for (key, value) in given.into_iter().filter(|(key, value)| !value.is_empty() && *key != name) {
        parts.append_pair(key, value);
    }
    if !["ab", "s"].contains(&name)
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
    sort: Sort,
    names: Names,
    signs: Signs,
    preview: Option<View>,
    tasks: (usize, usize),
    kept: Vec<SavedFilter>,
    look: Look,
    counts: Vec<Option<Count>>,
    may_arrange: bool,
}

fn find(tx: &mut Tx<'_>, actor: &Actor, query: &QueueQuery) -> Result<Found> {
    check(tx, actor, Action::ShowIncident, Facts::of(actor))?;
    let stand = worklist::stand(tx, actor)?;
    let filter = filter(tx, actor, query, &stand.filters, &stand.look)?;
    let sort = filter.sort.unwrap_or(stand.look.sort);
    let (page, signs) = worklist::queue(tx, actor, &filter, query.ab.as_deref(), ROWS)?;
    let lists = TABS.iter().filter(|(list, _)| *list != CLOSED).map(|(list, _)| terms_of(list));
    let mut terms = lists.collect::<Result<Vec<_>>>()?;
    terms.extend(stand.filters.iter().map(|filter| filter.terms.clone()));
    let counts = worklist::counts(tx, actor, &stand, &terms)?;
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
        organisations: directory::recent_names(tx, &organisations)?,
        accounts: access::names(tx, &accounts)?,
    };
    let may_arrange = worklist::may_arrange(tx, actor);
    Ok(Found {
        rows: page.rows,
        next: page.next,
        sort,
        names,
        signs,
        preview,
        kept: stand.filters,
        look: stand.look,
        counts,
        may_arrange,
        tasks: stand.tasks,
    })
}

/// The order that a column's head leads to, and from there back again.
fn orders(column: Column, now: Sort) -> Option<(Sort, bool)> {
    Some(match column {
        Column::Due => (Sort::Due, now == Sort::Due),
        Column::Age if now == Sort::Oldest => (Sort::Newest, true),
        Column::Age => (Sort::Oldest, now == Sort::Newest),
        Column::Priority => (Sort::Priority, now == Sort::Priority),
        Column::Organisation => (Sort::Organisation, now == Sort::Organisation),
        Column::Changed => (Sort::Changed, now == Sort::Changed),
        Column::Class | Column::Category | Column::Assignee | Column::Status | Column::Tlp => return None,
    })
}

fn head(query: &QueueQuery, column: Column, now: Sort) -> Head {
    let order = orders(column, now);
    let is_falling = [Sort::Newest, Sort::Changed].contains(&now);
    Head {
        column,
        label: word("desk-column", column.code()),
        href: order.map(|(to, _)| address(query, "s", to.code())),
        sorted: order.filter(|(_, here)| *here).map(|_| if is_falling { "descending" } else { "ascending" }),
        css: match column {
            Column::Age | Column::Changed => "q-age",
            Column::Organisation => "q-org",
            Column::Class | Column::Category => "q-cat",
            Column::Priority => "q-p",
            Column::Due => "q-due",
            Column::Assignee => "q-who",
            Column::Status | Column::Tlp => "q-lvl",
        },
    }
}

/// Where a form of the preview leads back to: this list, by the part of its address behind the question mark. Whatever
/// else is sent leads to the queue.
pub(super) fn back(list: &str) -> String {
    let read = actix_web::web::Query::<QueueQuery>::from_query(list).map(|query| query.into_inner());
    let query = read.unwrap_or_default();
    match query.vorschau.clone() {
        Some(preview) => address(&query, "vorschau", &preview) + "#vorschau",
        None => address(&query, "", ""),
    }
}

fn tabs(query: &QueueQuery, kept: &[SavedFilter], counts: &[Option<Count>], sh: &Shell) -> Vec<Tab> {
    let mut counts = counts.iter().copied();
    let mut tab = |label: String, href: String, here: bool, is_counted: bool| {
        let (count, counted) = figures(if is_counted { counts.next().flatten() } else { None });
        Tab { label, href, here, count, counted }
    };
    let mut tabs: Vec<Tab> = Vec::new();
    for (list, key) in TABS {
        let href = if list.is_empty() { "/eingang".to_owned() } else { format!("/eingang?f={list}") };
        // A search that nobody narrowed finds closed cases too: it is none of these lists.
        let is_here = query.filter.is_empty() && query.f == list && !(list.is_empty() && query.is_search());
        tabs.push(tab(sh.t(key).into_owned(), href, is_here, list != CLOSED));
    }
    for filter in kept {
        let id = filter.id.to_string();
        let is_here = query.filter == id;
        tabs.push(tab(filter.name.clone(), format!("/eingang?filter={id}"), is_here, true));
    }
    tabs
}

/// The page that shows what was found.
fn page(query: &QueueQuery, found: Found, sh: Shell) -> QueuePage {
    let now = sh.now;
    let words = Words::new(&sh, &found.rows);
    let preview_of = address(query, "vorschau", "");
    let told = (&found.names, &found.signs);
    let next = query.vorschau.as_ref().and_then(|here| beside::onward(&found.rows, here));
    let rows = found.rows.into_iter().map(|r| rows::row(query, &preview_of, r, told, &words, now));
    QueuePage {
        tabs: tabs(query, &found.kept, &found.counts, &sh),
        heads: found.look.columns.iter().map(|column| head(query, *column, found.sort)).collect(),
        rows: rows.collect(),
        tasks: found.tasks,
        words,
        preview: found.preview.map(|view| beside::preview(view, &found.names, query, next)),
        order: word("desk-sort", found.sort.code()),
        may_arrange: found.may_arrange,
        here: address(query, "", ""),
        next: found.next.map(|next| address(query, "ab", &next)),
        is_search: query.is_search(),
        sh,
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
    let sh = visitor.shell_of("desk-queue-title");
    if query.vorschau.is_some() {
        // A preview is a view of a case, which is recorded; the list alone only reads.
        let asked = query.clone();
        let found = site.db.write(move |tx| find(tx, &actor, &asked)).await?;
        return visitor.page(&page(&query, found, sh));
    }
    let is_plain = query.is_plain();
    // Made where it was read: what is handed to another thread is cold there.
    let make = move |tx: &mut Tx<'_>| {
        let found = find(tx, &actor, &query)?;
        rendered(&page(&query, found, sh.clone()))
    };
    let html = if is_plain { site.db.read_soon(make).await? } else { site.db.read_apart(make).await? };
    let mut answer = visitor.html(StatusCode::OK, html);
    answer.extensions_mut().insert(Repeatable);
    Ok(answer)
}
