//! Searching all cases as an analyst does, beside the bare SQL of the same shape on the same database: the newest 1,000
//! matches feed the count and the first 20 of the order.

use anyhow::{Context as _, Result, ensure};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use meldekette::access::service::people;
use meldekette::core::actor::Actor;
use meldekette::core::env::Env;
use meldekette::core::error::Error;
use meldekette::core::ids::IncidentId;
use meldekette::incidents::digest;
use meldekette::incidents::search::service::{self, PAGE};
use meldekette::incidents::search::{self, words};
use meldekette::store::schema::{incident_contents, incidents};
use meldekette::store::{Conn, Db, Provided, Tx};

use super::cast::Cast;
use super::engine::{Engine, Running};
use super::machine::now;
use super::many::{self, multiply};
use super::table::Row;
use super::{Bench, ROUNDS};

/// How often each query is asked in a round.
const TURNS: usize = 200;
/// How often before, to fill the caches of both.
const WARMING: usize = 20;
/// Cases that are read in one transaction.
const BATCH: i64 = 500;
/// A word that seven cases have.
const RARE: &str = "Zitronenfalter";

pub fn box_of_all_words(bench: &mut Bench, engine: &Running, cast: &Cast) -> Result<()> {
    engine.create("search", Some("prepared"))?;
    let db = Db::open(&engine.url("search"), 4, Env::system(), Provided::default())?;
    fill(&db, IncidentId(uuid::Uuid::nil()))?;
    let count = multiply(&db, many::wanted()?)?;
    let before = seldom(&db)?;
    eprintln!("  {count} cases, {before} of them with a rare word");
    if engine.engine == Engine::Postgres {
        engine.ask("search", "VACUUM ANALYZE")?;
    }
    let analyst = cast.analyst;
    let actor = db.read_now(move |tx| people::load_actor(tx, analyst)?.ok_or(Error::NotFound))?;
    let common = common_words(&db)?;
    let [first, second, third] = &common;
    for (what, typed) in [
        ("common", first.clone()),
        ("rare", RARE.to_owned()),
        ("no hit", "Nachtigallenflug".to_owned()),
        ("three common", format!("{first} {second} {third}")),
        ("two common, one rare", format!("{first} {second} {RARE}")),
    ] {
        bench.table.add(compare(&db, engine.engine, &actor, (what, &typed), count)?);
    }
    Ok(())
}

fn fill(db: &Db, mut behind: IncidentId) -> Result<()> {
    loop {
        let from = behind;
        let last = db.write_now(move |tx| {
            let next: Vec<IncidentId> = incidents::table
                .filter(incidents::id.gt(from))
                .order(incidents::id)
                .limit(BATCH)
                .select(incidents::id)
                .load(tx.conn)?;
            for incident in &next {
                refresh(tx, *incident)?;
            }
            Ok(next.last().copied())
        })?;
        match last {
            Some(last) => behind = last,
            None => return Ok(()),
        }
    }
}

fn refresh(tx: &mut Tx<'_>, incident: IncidentId) -> meldekette::core::error::Result<()> {
    let pieces = digest::pieces(tx, incident)?;
    search::refresh(tx, incident, &pieces)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Writes the rare word into seven cases; how many have it.
fn seldom(db: &Db) -> Result<usize> {
    Ok(db.write_now(|tx| {
        let some: Vec<IncidentId> =
            incidents::table.order(incidents::id.desc()).limit(7).select(incidents::id).load(tx.conn)?;
        for incident in &some {
            let words = incident_contents::table.filter(incident_contents::incident_id.eq(incident));
            diesel::update(words).set(incident_contents::title.eq(RARE)).execute(tx.conn)?;
            refresh(tx, *incident)?;
        }
        Ok(some.len())
    })?)
}

/// Three words of a report that many have.
fn common_words(db: &Db) -> Result<[String; 3]> {
    let text: String = db.read_now(|tx| {
        use meldekette::store::schema::report_contents;
        Ok(report_contents::table.select(report_contents::description).first(tx.conn)?)
    })?;
    let mut words: Vec<String> =
        text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3).map(str::to_owned).collect();
    words.dedup();
    words.truncate(3);
    words.try_into().ok().context("a report of three words")
}

/// The product's search and the bare SQL, by turns.
fn compare(db: &Db, engine: Engine, actor: &Actor, (what, typed): (&str, &str), count: i64) -> Result<Row> {
    let stems: Vec<String> = typed.split(' ').map(words::stem).collect();
    let (mut product, mut floor) = (Times::default(), Times::default());
    let mut said = String::new();
    for turn in 0..ROUNDS * TURNS + WARMING {
        let begun = now();
        let found = db.read_now(|tx| service::search(tx, actor, typed, None, PAGE))?;
        let took = begun.elapsed();
        said = if found.is_more { "over 1,000 hits".to_owned() } else { format!("{} hits", found.total) };
        let begun = now();
        let floors = bare(db, &stems)?;
        if turn >= WARMING {
            product.0.push(took.as_secs_f64() * 1e3);
            floor.0.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let counted = found.total;
        ensure!((floors > 0) == (counted > 0), "{typed}: {counted} hits, and bare SQL counts {floors}");
    }
    let (ours, bare) = (product.of_rounds(0.99), floor.of_rounds(0.99));
    let ratio = ours / bare;
    Ok(Row {
        what: format!("search, {what}, {}", engine.name()),
        product: format!("p99 {ours:.1} ms"),
        floor: format!("p99 {bare:.1} ms bare SQL"),
        ratio: Some(ratio),
        bound: "≤ 2".to_owned(),
        is_met: Some(ratio <= 2.0),
        details: vec![format!(
            "{count} cases, {said}, 20 shown with excerpts; {ROUNDS} rounds of {TURNS}; p50 {:.2} ms, bare {:.2} ms",
            product.of_rounds(0.5),
            floor.of_rounds(0.5)
        )],
    })
}

/// How long each turn took, in milliseconds.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    /// What this share of a round stays below: the median of the rounds, as a late one says little of the others.
    fn of_rounds(&self, share: f64) -> f64 {
        let mut rounds: Vec<f64> = self.0.chunks(TURNS).map(|round| at(&mut round.to_vec(), share)).collect();
        at(&mut rounds, 0.5)
    }
}

fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The capped shape by itself; how many it counted.
fn bare(db: &Db, stems: &[String]) -> Result<i64> {
    let shape = |matches: &str, has: &str| {
        format!(
            "WITH hits AS (SELECT d.number, d.incident_id, d.head FROM search_words JOIN search_docs d
               ON d.number = search_words.rowid WHERE {matches} AND d.organisation_id IS NULL
               ORDER BY search_words.rowid DESC LIMIT 1001)
             SELECT (SELECT count(*) FROM hits) AS count, i.reference, c.title FROM hits h
               JOIN incidents i ON i.id = h.incident_id LEFT JOIN incident_contents c ON c.incident_id = i.id
               ORDER BY {has} DESC, h.number DESC LIMIT 20"
        )
    };
    let first = stems.first().cloned().unwrap_or_default();
    Ok(db.read_now(|tx| {
        let rows: Vec<Count> = match tx.conn {
            Conn::Sqlite(c) => {
                let sought = stems.iter().map(|stem| format!("\"{stem}\"")).collect::<Vec<_>>().join(" AND ");
                diesel::sql_query(shape("search_words MATCH ?", "instr(h.head, ?) > 0"))
                    .bind::<Text, _>(format!("\"_t\" AND {sought}"))
                    .bind::<Text, _>(first)
                    .load(c)?
            }
            Conn::Postgres(c) => {
                c.batch_execute("SET LOCAL plan_cache_mode = force_custom_plan")?;
                let sought = stems.iter().map(|stem| format!("'{stem}'")).collect::<Vec<_>>().join(" & ");
                diesel::sql_query(shape("search_words.words @@ $1::tsquery", "strpos(h.head, $2) > 0"))
                    .bind::<Text, _>(format!("'_t' & {sought}"))
                    .bind::<Text, _>(first)
                    .load(c)?
            }
        };
        Ok(rows.first().map_or(0, |row| row.count))
    })?)
}
