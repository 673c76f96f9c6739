//! How many rows each table holds, to see that a refusal wrote nothing.

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl as _};

use crate::support::app::House;

/// Tables that a refusal may write to: who tried, and who looked at a case while it was refused.
const ASIDE: [&str; 3] = ["rate_limits", "audit_rows", "incident_seen"];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Rows by table.
pub fn count(house: &House) -> BTreeMap<String, i64> {
    let schema = include_str!("../../src/store/schema.rs");
    let tables = schema.lines().filter_map(|line| {
        let (name, rest) = line.trim().split_once(" (")?;
        let plain = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        (plain && rest.ends_with('{') && !ASIDE.contains(&name)).then_some(name)
    });
    let each: Vec<_> =
        tables.map(|table| format!("SELECT '{table}' AS name, count(*) AS number FROM {table}")).collect();
    assert!(each.len() > 25, "the tables are read from the schema");
    let all =
        house.app.db.read_now(|tx| Ok(diesel::sql_query(each.join(" UNION ALL ")).load::<Count>(tx.conn)?));
    all.unwrap().into_iter().map(|count| (count.name, count.number)).collect()
}
