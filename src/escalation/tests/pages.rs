//! The link's pages, as a browser meets them.

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use actix_web::{App, cookie::Key};

use super::*;
use crate::access::guard;
use crate::access::testing::relaxed;
use crate::web::{error, testing};

#[actix_web::test]
async fn a_mail_gateway_that_fetches_the_link_acknowledges_nothing_and_a_person_does() {
    for house in houses() {
        let case = house.file(|_| {});
        house.triage(&case, Impact::Severe, Tlp::Green);
        house.work().await;
        let path = format!("/eskalation/{}", house.token_of("analyse1"));
        let app = init_service(
            App::new()
                .configure(testing::house(house.db()))
                .app_data(Data::new(relaxed()))
                .configure(crate::escalation::pages::configure)
                .wrap(from_fn(guard::enter))
                .wrap(guard::sessions(
                    house.db(),
                    relaxed().sessions,
                    Key::from(&[9; 64]),
                    &std::sync::Arc::default(),
                ))
                .wrap(from_fn(error::render)),
        )
        .await;
        for _ in 0..3 {
            let fetched = call_service(&app, TestRequest::get().uri(&path).to_request()).await;
            assert_eq!(fetched.status(), StatusCode::OK);
        }
        assert_eq!(house.chain(&case)[0].1, "notified");

        let page = call_service(&app, TestRequest::get().uri(&path).to_request()).await;
        let cookies: Vec<Cookie<'static>> = page.response().cookies().map(Cookie::into_owned).collect();
        let html = String::from_utf8(read_body(page).await.to_vec()).unwrap();
        assert!(html.contains(&case.reference) && html.contains("Verschlüsselte Dateien"), "{html}");
        let csrf = html.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap();
        let post = |csrf: &str| {
            let mut request = TestRequest::post().uri(&path).set_form([("csrf", csrf)]);
            for cookie in &cookies {
                request = request.cookie(cookie.clone());
            }
            request.to_request()
        };
        let foreign = call_service(&app, post("AAAA")).await;
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
        assert_eq!(house.chain(&case)[0].1, "notified");
        let done = call_service(&app, post(csrf)).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        assert_eq!(done.headers().get(LOCATION).unwrap(), "/eskalation/bestaetigt");
        assert_eq!(house.chain(&case)[0].1, "acknowledged");
        for request in [post(csrf), TestRequest::get().uri(&path).to_request()] {
            let answer = call_service(&app, request).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
            let html = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
            assert!(html.contains("ein Stück des Links fehlt") && !html.contains(&case.reference));
        }
        let thanks = call_service(&app, TestRequest::get().uri("/eskalation/bestaetigt").to_request()).await;
        assert_eq!(thanks.status(), StatusCode::OK);
    }
}
