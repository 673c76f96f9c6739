//! Many times what the services made, copied in the database.
//!
//! `BENCH_INCIDENTS=1000000` says how many.

use anyhow::Result;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use meldekette::core::error::Error;
use meldekette::store::schema::incidents;
use meldekette::store::{Conn, Db};

use super::cast::INCIDENTS;

/// How many incidents the bench is to measure at, beside [`INCIDENTS`].
pub fn wanted() -> Result<usize> {
    let wanted = std::env::var("BENCH_INCIDENTS").ok().map(|n| n.parse()).transpose()?;
    Ok(wanted.unwrap_or(INCIDENTS))
}

fn execute(db: &Db, sqlite: &str, postgres: &str) -> Result<()> {
    Ok(db.with_connection(|conn| {
        match conn {
            Conn::Sqlite(c) => c.batch_execute(sqlite),
            Conn::Postgres(c) => c.batch_execute(&format!("SET statement_timeout = 0; {postgres}")),
        }
        .map_err(Error::from)
    })?)
}

/// Copies what the services made until there are so many, a minute apart each time; how many there are.
pub fn multiply(db: &Db, wanted: usize) -> Result<i64> {
    for copy in 1..wanted.div_ceil(INCIDENTS) {
        eprintln!("  copy {copy} …");
        // Each case gets a new id and reference; its words stay.
        let tables = |id: &str, later: &str| {
            let columns = "organisation_id, status, close_reason, class, category, impact, spread, priority, tlp, \
                assignee_id, holder_id, follow_up_at, deadline_kind, is_open, is_restricted, is_unconfirmed, is_drill, \
                occurred_at, detected_at, aware_at, closed_at, created_by, version";
            let moved = ["deadline_at", "queue_at", "reported_at", "updated_at"];
            let to = moved.map(|column| format!("{column} {later}")).join(", ");
            let moved = moved.join(", ");
            let stated = "organisation_id, account_id, kind, observed, inform, personal_data, malicious, beyond_house, \
                critical_service, stated_at, is_current";
            format!(
                "CREATE TEMP TABLE copied AS SELECT id AS old, {id} AS new, {id} AS report FROM incidents
                   WHERE reference NOT LIKE '%k%';
                 CREATE UNIQUE INDEX copied_old ON copied (old);
                 INSERT INTO incidents (id, reference, {columns}, {moved})
                   SELECT new, reference || 'k{copy}', {columns}, {to} FROM incidents JOIN copied ON old = id;
                 INSERT INTO incident_contents (incident_id, title, search)
                   SELECT new, title, search FROM incident_contents JOIN copied ON old = incident_id;
                 INSERT INTO reports (id, incident_id, {stated})
                   SELECT report, new, {stated} FROM reports JOIN copied ON old = incident_id;
                 INSERT INTO report_contents (report_id, title, description, measures, contact_name, contact_phone)
                   SELECT report, title, description, measures, contact_name, contact_phone
                   FROM report_contents JOIN reports ON reports.id = report_id JOIN copied ON old = incident_id;
                 CREATE TEMP TABLE numbered AS SELECT number AS old_number, new,
                   row_number() OVER (ORDER BY number) + (SELECT max(number) FROM search_docs) AS new_number
                   FROM search_docs JOIN copied ON old = incident_id;
                 INSERT INTO search_docs (number, incident_id, organisation_id, knows, head, digest)
                   SELECT new_number, new, organisation_id, knows, head, digest
                   FROM search_docs JOIN numbered ON old_number = number;
                 INSERT INTO search_words (rowid, words)
                   SELECT new_number, words FROM search_words JOIN numbered ON old_number = search_words.rowid;
                 DROP TABLE copied; DROP TABLE numbered;"
            )
        };
        let seconds = copy * 60;
        let sqlite = format!("BEGIN; {} COMMIT;", tables("randomblob(16)", &format!("+ {seconds}000000")));
        let later = format!("+ interval '{seconds} s'");
        let postgres = format!("BEGIN; {} COMMIT;", tables("gen_random_uuid()", &later));
        execute(db, &sqlite, &postgres)?;
    }
    if !db.is_sqlite() {
        execute(
            db,
            "",
            "SELECT setval(pg_get_serial_sequence('search_docs', 'number'), max(number)) FROM search_docs",
        )?;
    }
    Ok(db.read_now(|tx| Ok(incidents::table.count().get_result(tx.conn)?))?)
}
