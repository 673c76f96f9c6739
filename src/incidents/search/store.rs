//! Rows of the index, and the questions to it. What a viewer may see goes into the innermost SQL, before any limit.

use std::borrow::Cow;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Bool, Text};

use super::index::{self, Row};
use super::language::{Query, Term};
use super::views::{Knows, View};
use crate::core::error::Result;
use crate::core::ids::{IncidentId, OrgId};
use crate::incidents::model::{Inform, Part};
use crate::incidents::policy::{Reach, Scope};
use crate::incidents::store::{Boxed, Predicate, in_status, tellable, visible};
use crate::store::connection::MultiBackend;
use crate::store::schema::{behalf_reports, incidents, involvements, search_docs};
use crate::store::{At, Conn, Tx};

diesel::table! {
    /// The words: on SQLite a full-text index, on PostgreSQL a column with one.
    search_words (rowid) {
        rowid -> BigInt,
        words -> Text,
    }
}
diesel::allow_tables_to_appear_in_same_query!(search_words, search_docs);

/// A row of the index without its words.
pub struct Doc {
    pub number: i64,
    pub view: View,
    pub digest: Vec<u8>,
}

/// The rows of a case.
pub fn docs(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Doc>> {
    let rows: Vec<(i64, Option<OrgId>, i32, Vec<u8>)> = search_docs::table
        .filter(search_docs::incident_id.eq(incident))
        .select((search_docs::number, search_docs::organisation_id, search_docs::knows, search_docs::digest))
        .load(tx.conn)?;
    let doc = |(number, organisation, knows, digest)| Doc {
        number,
        view: View { organisation, knows: Knows::of(knows) },
        digest,
    };
    Ok(rows.into_iter().map(doc).collect())
}

/// Adds a view of a case.
pub fn add(tx: &mut Tx<'_>, incident: IncidentId, view: View, row: &Row) -> Result<()> {
    let number: i64 = diesel::insert_into(search_docs::table)
        .values((
            search_docs::incident_id.eq(incident),
            search_docs::organisation_id.eq(view.organisation),
            search_docs::knows.eq(view.knows as i32),
            search_docs::head.eq(&row.head),
            search_docs::digest.eq(&row.digest),
        ))
        .returning(search_docs::number)
        .get_result(tx.conn)?;
    let statement = match tx.conn {
        Conn::Postgres(_) => "INSERT INTO search_words (rowid, words) VALUES ($1, $2::tsvector)",
        Conn::Sqlite(_) => "INSERT INTO search_words (rowid, words) VALUES (?, ?)",
    };
    let words = stored(tx.conn, &row.words);
    diesel::sql_query(statement).bind::<BigInt, _>(number).bind::<Text, _>(words).execute(tx.conn)?;
    Ok(())
}

/// Writes what a view says now.
pub fn change(tx: &mut Tx<'_>, number: i64, view: View, row: &Row) -> Result<()> {
    diesel::update(search_docs::table.filter(search_docs::number.eq(number)))
        .set((
            search_docs::knows.eq(view.knows as i32),
            search_docs::head.eq(&row.head),
            search_docs::digest.eq(&row.digest),
        ))
        .execute(tx.conn)?;
    let statement = match tx.conn {
        Conn::Postgres(_) => "UPDATE search_words SET words = $1::tsvector WHERE rowid = $2",
        Conn::Sqlite(_) => "UPDATE search_words SET words = ? WHERE rowid = ?",
    };
    let words = stored(tx.conn, &row.words);
    diesel::sql_query(statement).bind::<Text, _>(words).bind::<BigInt, _>(number).execute(tx.conn)?;
    Ok(())
}

/// Removes views.
pub fn remove(tx: &mut Tx<'_>, numbers: &[i64]) -> Result<()> {
    for number in numbers {
        diesel::delete(search_words::table.filter(search_words::rowid.eq(number))).execute(tx.conn)?;
        diesel::delete(search_docs::table.filter(search_docs::number.eq(number))).execute(tx.conn)?;
    }
    Ok(())
}

/// The words as their engine takes them: one after the other for SQLite, with their places for PostgreSQL. No word has a
/// character that means something there.
fn stored(conn: &Conn, words: &[String]) -> String {
    match conn {
        Conn::Sqlite(_) => words.join(" "),
        Conn::Postgres(_) => {
            let mut vector = String::new();
            for (at, word) in (1..).zip(words) {
                vector.push_str(&format!("'{word}':{at} "));
            }
            vector
        }
    }
}

/// Whether no case is in the index.
pub fn is_empty(tx: &mut Tx<'_>) -> Result<bool> {
    let one: Option<i64> = search_docs::table.select(search_docs::number).first(tx.conn).optional()?;
    Ok(one.is_none())
}

/// The cases behind this one, the oldest first.
pub fn behind(tx: &mut Tx<'_>, behind: IncidentId, limit: i64) -> Result<Vec<IncidentId>> {
    let next = incidents::table.filter(incidents::id.gt(behind)).order(incidents::id).limit(limit);
    Ok(next.select(incidents::id).load(tx.conn)?)
}

/// What a search asks of the rows of cases.
pub struct Asked<'a> {
    pub scope: &'a Scope,
    pub query: &'a Query,
    /// Those that the query's organisation may be.
    pub reporters: Option<&'a [OrgId]>,
}

/// A match: a view that holds all words.
pub struct Match {
    pub incident: IncidentId,
    pub view: View,
    /// The words of its head.
    pub head: String,
}

/// Organisations above which a list of their marks costs more than it saves.
const MARKS: usize = 300;

/// The newest matches that exist for the viewer, at most so many.
pub fn matches(tx: &mut Tx<'_>, asked: &Asked<'_>, limit: i64) -> Result<Vec<Match>> {
    plan_anew(tx)?;
    let (before, behind, words) = match tx.conn {
        Conn::Postgres(_) => ("search_words.words @@ ", "::tsquery", postgres_match(asked)),
        Conn::Sqlite(_) => ("search_words MATCH ", "", sqlite_match(asked)),
    };
    let mut query = search_words::table
        .inner_join(search_docs::table.on(search_docs::number.eq(search_words::rowid)))
        .filter(Holds { before, words, behind })
        .filter(Exists(viewed(asked).select(incidents::id)))
        .order(search_words::rowid.desc())
        .limit(limit)
        .select((
            search_docs::incident_id,
            search_docs::organisation_id,
            search_docs::knows,
            search_docs::head,
        ))
        .into_boxed();
    query = match asked.scope {
        Scope::Team { .. } => query.filter(search_docs::organisation_id.is_null()),
        Scope::Organisations { .. } | Scope::Nothing => {
            query.filter(search_docs::organisation_id.is_not_null())
        }
    };
    let rows: Vec<(IncidentId, Option<OrgId>, i32, String)> = query.load(tx.conn)?;
    if !rows.is_empty() {
        plan_as_ever(tx)?;
    }
    let found = |(incident, organisation, knows, head)| Match {
        incident,
        view: View { organisation, knows: Knows::of(knows) },
        head,
    };
    Ok(rows.into_iter().map(found).collect())
}

/// The newest cases that the query's fields name, where it has no words.
pub fn cases(tx: &mut Tx<'_>, asked: &Asked<'_>, limit: i64) -> Result<Vec<IncidentId>> {
    plan_anew(tx)?;
    let cases = narrowed(asked).order(incidents::id.desc()).limit(limit);
    let cases: Vec<IncidentId> = cases.select(incidents::id).load(tx.conn)?;
    if !cases.is_empty() {
        plan_as_ever(tx)?;
    }
    Ok(cases)
}

/// A plan made for any word is made for a common one.
fn plan_anew(tx: &mut Tx<'_>) -> Result<()> {
    if let Conn::Postgres(conn) = tx.conn {
        conn.batch_execute("SET LOCAL plan_cache_mode = force_custom_plan")?;
    }
    Ok(())
}

/// What follows in this transaction keeps its plans.
fn plan_as_ever(tx: &mut Tx<'_>) -> Result<()> {
    if let Conn::Postgres(conn) = tx.conn {
        conn.batch_execute("SET LOCAL plan_cache_mode = force_generic_plan")?;
    }
    Ok(())
}

/// Whether the words of a row hold what is sought: the two engines say it differently.
struct Holds {
    before: &'static str,
    words: String,
    behind: &'static str,
}

impl QueryFragment<MultiBackend> for Holds {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.before);
        out.push_bind_param::<Text, _>(&self.words)?;
        out.push_sql(self.behind);
        Ok(())
    }
}

/// A subquery about the row of the index beside it.
struct Exists<Q>(Q);

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Exists<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("EXISTS (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

/// A condition on columns of the outer query, as this text says it.
struct Beside(Cow<'static, str>);

impl<DB: Backend> QueryFragment<DB> for Beside {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(&self.0);
        Ok(())
    }
}

/// Conditions of our own making. Unlike a literal of diesel's they leave a statement prepared: to read a search anew
/// each time takes as long as to carry it out.
macro_rules! condition {
    ($name:ident $(<$q:ident>)?) => {
        impl$(<$q>)? diesel::expression::Expression for $name$(<$q>)? {
            type SqlType = Bool;
        }
        impl<$($q,)? QS> diesel::AppearsOnTable<QS> for $name$(<$q>)? {}
        impl<$($q,)? QS> diesel::SelectableExpression<QS> for $name$(<$q>)? {}
        impl<$($q,)? G> diesel::expression::ValidGrouping<G> for $name$(<$q>)? {
            type IsAggregate = diesel::expression::is_aggregate::Never;
        }
        impl$(<$q>)? diesel::query_builder::QueryId for $name$(<$q>)? {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    };
}
condition!(Holds);
condition!(Exists<Q>);
condition!(Beside);

/// The cases that exist for the viewer, as far as the fields of the query name them.
fn narrowed<'a>(asked: &Asked<'_>) -> Boxed<'a> {
    let Query { statuses, categories, from, before, .. } = asked.query;
    let mut cases = visible(asked.scope);
    if !statuses.is_empty() {
        cases = in_status(cases, asked.scope, statuses.iter().map(|status| status.code()).collect());
    }
    if !categories.is_empty() {
        let codes: Vec<_> = categories.iter().map(|category| Some(category.code())).collect();
        cases = cases.filter(incidents::category.eq_any(codes).assume_not_null());
    }
    if let Some(from) = *from {
        cases = cases.filter(incidents::reported_at.ge(At(from)));
    }
    if let Some(before) = *before {
        cases = cases.filter(incidents::reported_at.lt(At(before)));
    }
    if let Some(reporters) = asked.reporters {
        let ids: Vec<_> = reporters.iter().copied().map(Some).collect();
        cases = cases.filter(incidents::organisation_id.eq_any(ids).assume_not_null());
        // A filter that matched what the page withholds would tell it.
        if let Some(tellable) = tellable(asked.scope, &[Inform::ByName]) {
            cases = cases.filter(tellable);
        }
    }
    cases
}

/// The same for the row of the index beside it: its view is one of the viewer's today, and knows no more than it may.
fn viewed<'a>(asked: &Asked<'_>) -> Boxed<'a> {
    let mut cases = narrowed(asked).filter(Beside("incidents.id = search_docs.incident_id".into()));
    let Scope::Organisations { organisations, parts, mandates, .. } = asked.scope else { return cases };
    let parts: Vec<_> = parts.iter().map(|part| part.code()).collect();
    let own = involvements::table
        .filter(Beside("involvements.organisation_id = search_docs.organisation_id".into()))
        .filter(involvements::organisation_id.eq_any(organisations.clone()))
        .filter(involvements::part.eq_any(parts))
        .filter(involvements::ended_at.is_null())
        .select(involvements::incident_id);
    let own: Predicate<'a> = Box::new(incidents::id.eq_any(own));
    cases = cases.filter(match by_mandate(organisations, mandates) {
        Some(by_mandate) => Box::new(own.or(by_mandate)) as Predicate<'a>,
        None => own,
    });
    for (knows, allowed) in
        [(Knows::All, &[Inform::ByName][..]), (Knows::Title, &[Inform::ByName, Inform::Anonymous][..])]
    {
        if let Some(told) = tellable(asked.scope, allowed) {
            let is_other = Beside(format!("search_docs.knows <> {}", knows as i32).into());
            cases = cases.filter(Box::new(is_other.or(told)) as Predicate<'a>);
        }
    }
    cases
}

/// The view is that of an organisation whose mandate lets the viewer read its case, as [`crate::incidents::policy`] has
/// it: not beside the view of an own house that is a party.
fn by_mandate<'a>(organisations: &[OrgId], mandates: &Reach) -> Option<Predicate<'a>> {
    let mut any: Option<Predicate<'a>> = None;
    let mut or = |one: Predicate<'a>| {
        any = Some(match any.take() {
            Some(before) => Box::new(before.or(one)),
            None => one,
        });
    };
    let reported = |of: &[OrgId]| {
        involvements::table
            .filter(Beside("involvements.organisation_id = search_docs.organisation_id".into()))
            .filter(involvements::organisation_id.eq_any(of.to_vec()))
            .filter(involvements::part.eq(Part::Reporter.code()))
            .filter(involvements::ended_at.is_null())
            .select(involvements::incident_id)
    };
    if !mandates.all.is_empty() {
        or(Box::new(incidents::id.eq_any(reported(&mandates.all))));
    }
    for (through, grantors) in &mandates.own_reports {
        let filed = behalf_reports::table
            .filter(behalf_reports::through_id.eq(*through).assume_not_null())
            .filter(Beside("behalf_reports.organisation_id = search_docs.organisation_id".into()))
            .select(behalf_reports::incident_id);
        or(Box::new(incidents::id.eq_any(reported(grantors)).and(incidents::id.eq_any(filed))));
    }
    let party = involvements::table
        .filter(involvements::organisation_id.eq_any(organisations.to_vec()))
        .filter(involvements::part.eq_any([Part::Reporter.code(), Part::Affected.code()]))
        .filter(involvements::ended_at.is_null())
        .select(involvements::incident_id);
    any.map(|any| Box::new(any.and(incidents::id.ne_all(party))) as Predicate<'a>)
}

/// What stands in a row: marks of which one must stand there (with a star all that begin so), words that must, and words
/// that must not.
struct Wanted<'a> {
    marks: Vec<Vec<String>>,
    with: Vec<&'a Term>,
    without: Vec<&'a Term>,
}

fn wanted<'a>(asked: &Asked<'a>) -> Wanted<'a> {
    let mut marks = Vec::new();
    match asked.scope {
        Scope::Organisations { organisations, mandates, .. } => {
            let own_reports = mandates.own_reports.values().flatten();
            let mut all: Vec<OrgId> =
                organisations.iter().chain(&mandates.all).chain(own_reports).copied().collect();
            all.sort_unstable();
            all.dedup();
            marks.push(match all.len() {
                0..=MARKS => all.into_iter().map(index::view_mark).collect(),
                _ => vec![index::ANY_VIEW.to_owned()],
            });
        }
        Scope::Team { .. } | Scope::Nothing => marks.push(vec![index::TEAM.to_owned()]),
    }
    if let Some(reporters) = asked.reporters.filter(|it| (1..=MARKS).contains(&it.len())) {
        marks.push(reporters.iter().copied().map(index::reporter_mark).collect());
    }
    let (without, with) = asked.query.terms.iter().partition(|term| term.is_left_out);
    Wanted { marks, with, without }
}

fn sqlite_match(asked: &Asked<'_>) -> String {
    let term = |term: &Term| {
        let star = if term.is_beginning { "*" } else { "" };
        let phrase = (!term.stems.is_empty()).then(|| format!("\"{}\"{star}", term.stems.join(" ")));
        let value = term.value.as_ref().map(|value| format!("\"{value}\""));
        either(phrase.into_iter().chain(value), " OR ")
    };
    let Wanted { marks, with, without } = wanted(asked);
    let mark = |mark: &String| match mark.strip_suffix('*') {
        Some(beginning) => format!("\"{beginning}\"*"),
        None => format!("\"{mark}\""),
    };
    let marks = marks.into_iter().map(|any| either(any.iter().map(mark), " OR "));
    let mut all = marks.chain(with.into_iter().map(term)).collect::<Vec<_>>().join(" AND ");
    for left_out in without {
        all = format!("({all}) NOT {}", term(left_out));
    }
    all
}

fn postgres_match(asked: &Asked<'_>) -> String {
    let term = |term: &Term| {
        let star = if term.is_beginning { ":*" } else { "" };
        let stems: Vec<_> = term.stems.iter().map(|stem| format!("'{stem}'")).collect();
        let phrase = (!stems.is_empty()).then(|| format!("({}{star})", stems.join(" <-> ")));
        let value = term.value.as_ref().map(|value| format!("'{value}'"));
        either(phrase.into_iter().chain(value), " | ")
    };
    let Wanted { marks, with, without } = wanted(asked);
    let mark = |mark: &String| match mark.strip_suffix('*') {
        Some(beginning) => format!("'{beginning}':*"),
        None => format!("'{mark}'"),
    };
    let marks = marks.into_iter().map(|any| either(any.iter().map(mark), " | "));
    let with = marks.chain(with.into_iter().map(term));
    let without = without.into_iter().map(|left_out| format!("!{}", term(left_out)));
    with.chain(without).collect::<Vec<_>>().join(" & ")
}

fn either(any: impl Iterator<Item = String>, or: &str) -> String {
    format!("({})", any.collect::<Vec<_>>().join(or))
}
