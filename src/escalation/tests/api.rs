//! The API's routes, as a program meets them.

use actix_web::App;
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};

use super::*;
use crate::access::service::tokens::{self, NewToken};
use crate::core::actor::Scope;
use crate::web::{error, testing};

#[actix_web::test]
async fn whoever_reads_the_steps_of_a_case_has_seen_the_case() {
    for house in houses() {
        let case = house.file(|_| {});
        house.work().await;
        let actor = house.actor("analyse1");
        let token = write(house.db(), move |tx| {
            let new = NewToken {
                name: Name::parse("Programm").unwrap(),
                scopes: vec![Scope::IncidentsRead],
                valid_for: SignedDuration::from_hours(24),
            };
            tokens::issue(tx, &actor, actor.account.unwrap(), &new)
        });
        let app = init_service(
            App::new()
                .configure(testing::house(house.db()))
                .configure(crate::escalation::api::configure)
                .wrap(from_fn(error::render)),
        )
        .await;
        for (reference, status, views) in
            [("TH-2026-99999", StatusCode::NOT_FOUND, 0), (case.reference.as_str(), StatusCode::OK, 1)]
        {
            let path = format!("/api/v1/incidents/{reference}/escalation");
            let bearer = ("Authorization", format!("Bearer {token}"));
            let answer =
                call_service(&app, TestRequest::get().uri(&path).insert_header(bearer).to_request()).await;
            assert_eq!((answer.status(), house.audited("incident.view")), (status, views));
        }
    }
}
