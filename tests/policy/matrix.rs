//! The matrix: every combination of the file as a real request.

use std::collections::BTreeSet;

use super::calls::ask;
use super::expected::rows;
use crate::support::app::House;
use crate::support::town::Town;

#[actix_web::test]
async fn everybody_may_exactly_what_the_file_says() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("what the matrix sets off is nobody's matter here");
    let rows = rows();
    let mut differing = Vec::new();
    for row in &rows {
        let found = ask(&town, &door, &house.app.db, row).await;
        if found != row.expected {
            differing.push(format!("{row}: expected {:?}, found {found:?}", row.expected));
        }
    }
    let routes: BTreeSet<_> = rows.iter().map(|row| (&row.method, &row.route)).collect();
    let roles: BTreeSet<_> = rows.iter().map(|row| row.role).collect();
    println!(
        "policy matrix: {} routes, {} roles, {} combinations, {} different",
        routes.len(),
        roles.len(),
        rows.len(),
        differing.len()
    );
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}
