//! Lists of organisations: narrowed, ordered, counted.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use jiff::civil::Date;

use super::organisations::Row;
use super::word;
use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::core::page::Page;
use crate::directory::model::{District, Enrolment, Filter, Kind, Organisation, fold};
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::store::schema::organisations;

type Narrowed<'a> = organisations::BoxedQuery<'a, MultiBackend>;

/// Where a page of the list begins: behind this place in its order.
#[derive(Debug, Clone)]
pub struct After {
    search: String,
    id: OrgId,
}

impl After {
    /// Reads what [`list`] gave as the cursor.
    pub fn parse(cursor: &str) -> Option<Self> {
        let (id, search) = cursor.split_once(' ').filter(|(_, search)| !search.contains(char::is_control))?;
        Some(Self { id: id.parse().ok()?, search: search.to_owned() })
    }
}

fn narrowed<'a>(filter: &Filter, day: Date) -> Narrowed<'a> {
    let mut query = organisations::table.into_boxed();
    if !filter.ended {
        let day = day.to_string();
        query = query
            .filter(organisations::valid_from.le(day.clone()))
            .filter(organisations::valid_until.is_null().or(organisations::valid_until.gt(day)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(organisations::kind.eq(kind.code()));
    }
    if let Some(district) = filter.district {
        query = query.filter(organisations::district_id.eq(district).or(organisations::id.eq(district)));
    }
    if let Some(enrolment) = filter.enrolment {
        query = query.filter(organisations::enrolment.eq(enrolment.code()));
    }
    if filter.administrations {
        query = query.filter(organisations::is_administration.eq(true));
    }
    let folded = fold(&filter.text);
    // PostgreSQL takes no NUL in a text, and no name holds a control character.
    let words = folded.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    for word in words.take(8) {
        query = query.filter(organisations::search.like(containing(word)).escape('\\'));
    }
    query
}

/// A pattern for text that holds `word`, whatever characters it has.
fn containing(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// One page, in the order of places.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    day: Date,
    after: Option<After>,
    limit: i64,
) -> Result<Page<Organisation>> {
    let mut query = narrowed(filter, day);
    if let Some(After { search, id }) = after {
        query = query.filter(
            organisations::search
                .gt(search.clone())
                .or(organisations::search.eq(search).and(organisations::id.gt(id))),
        );
    }
    let rows: Vec<Row> = query
        .order((organisations::search, organisations::id))
        .limit(limit + 1)
        .select(Row::as_select())
        .load(tx.conn)?;
    let page = Page::cut(rows, limit, |row| format!("{} {}", row.id, row.search));
    let rows = page.rows.into_iter().map(Organisation::try_from).collect::<Result<_>>()?;
    Ok(Page { rows, next: page.next })
}

/// All, for at most a few hundred.
pub fn all(tx: &mut Tx<'_>, filter: &Filter, day: Date) -> Result<Vec<Organisation>> {
    let rows: Vec<Row> = narrowed(filter, day)
        .order((organisations::search, organisations::id))
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Organisation::try_from).collect()
}

/// How many in all, and of the administrations among them how many in each state of enrolment.
pub fn count(tx: &mut Tx<'_>, filter: &Filter, day: Date) -> Result<(i64, BTreeMap<Enrolment, i64>)> {
    let total = narrowed(filter, day).select(count_star()).first(tx.conn)?;
    let mut counts = BTreeMap::new();
    for state in Enrolment::ALL {
        let administrations = Filter { administrations: true, ..filter.clone() };
        let among = narrowed(&administrations, day).filter(organisations::enrolment.eq(state.code()));
        counts.insert(*state, among.select(count_star()).first(tx.conn)?);
    }
    Ok((total, counts))
}

/// Name and sign of those present that act for themselves, the CERT aside, by name.
pub fn acting_for_themselves(tx: &mut Tx<'_>, day: Date) -> Result<Vec<(OrgId, String, String)>> {
    let filter = Filter::default();
    Ok(narrowed(&filter, day)
        .filter(organisations::administered_by_id.is_null().and(organisations::is_cert.eq(false)))
        .order((organisations::search, organisations::id))
        .select((organisations::id, organisations::name, organisations::sign))
        .load(tx.conn)?)
}

/// Landkreise and kreisfreie Städte that exist on that day.
pub fn districts(tx: &mut Tx<'_>, day: Date) -> Result<Vec<District>> {
    let kinds = [Kind::Landkreis, Kind::KreisfreieStadt].map(Kind::code);
    let rows: Vec<(OrgId, String, String)> = narrowed(&Filter::default(), day)
        .filter(organisations::kind.eq_any(kinds))
        .order((organisations::search, organisations::id))
        .select((organisations::id, organisations::name, organisations::sign))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(id, name, sign)| District { id, name, sign }).collect())
}

/// Who may serve others: IT service providers, and bodies that run IT for their neighbours.
pub fn providers(tx: &mut Tx<'_>, day: Date) -> Result<Vec<(OrgId, Kind, String)>> {
    let kinds =
        [Kind::ServiceProvider, Kind::StateAgency, Kind::Landkreis, Kind::KreisfreieStadt].map(Kind::code);
    let rows: Vec<(OrgId, String, String)> = narrowed(&Filter::default(), day)
        .filter(organisations::kind.eq_any(kinds))
        .order((organisations::search, organisations::id))
        .select((organisations::id, organisations::kind, organisations::name))
        .load(tx.conn)?;
    rows.into_iter().map(|(id, kind, name)| Ok((id, word(Kind::parse, &kind)?, name))).collect()
}

/// An administration as an audience is chosen by: id, kind, name, sign, district.
type Enrolled = (OrgId, Kind, String, String, Option<OrgId>);

/// Enrolled administrations that exist on that day.
pub fn enrolled(tx: &mut Tx<'_>, day: Date) -> Result<Vec<Enrolled>> {
    let filter = Filter { administrations: true, enrolment: Some(Enrolment::Enrolled), ..Filter::default() };
    let rows: Vec<(OrgId, String, String, String, Option<OrgId>)> = narrowed(&filter, day)
        .order((organisations::search, organisations::id))
        .select((
            organisations::id,
            organisations::kind,
            organisations::name,
            organisations::sign,
            organisations::district_id,
        ))
        .load(tx.conn)?;
    rows.into_iter()
        .map(|(id, kind, name, sign, district)| Ok((id, word(Kind::parse, &kind)?, name, sign, district)))
        .collect()
}
