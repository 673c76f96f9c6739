//! Pages as they leave: frame, inputs, headers.

use super::*;

/// Hashes change with every version of a package; a page is compared without them.
fn without_hashes(html: &str) -> String {
    html.split('"')
        .map(|part| match part.strip_prefix("/assets/").and_then(|name| name.split_once('.')) {
            Some((stem, _)) => format!("/assets/{stem}"),
            None => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\"")
}

#[actix_web::test]
async fn a_page_for_the_town_hall_has_its_frame_and_every_input() {
    let got = send(TestRequest::get().uri("/melden")).await;
    assert_eq!(got.status, StatusCode::OK);
    assert_clean(&got.body);
    insta::assert_snapshot!("calm", without_hashes(&got.body));
}

#[actix_web::test]
async fn a_page_of_the_cert_has_the_bar_and_says_where_one_is() {
    let cookie = actix_web::cookie::Cookie::new("session", "1");
    let got = send(TestRequest::get().uri("/eingang").cookie(cookie)).await;
    assert_clean(&got.body);
    insta::assert_snapshot!("cert", without_hashes(&got.body));
}

#[actix_web::test]
async fn every_page_comes_with_the_strict_headers_and_is_not_kept() {
    let got = send(TestRequest::get().uri("/melden")).await;
    assert_eq!(
        got.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    assert_eq!(got.header("cache-control"), "no-store");
    assert_eq!(got.header("strict-transport-security"), "max-age=63072000");
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert_eq!(got.header("referrer-policy"), "no-referrer");
    assert_eq!(got.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(got.header("cross-origin-resource-policy"), "same-origin");
    let asset = send(TestRequest::get().uri(crate::web::assets::url("meldekette.js"))).await;
    assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(asset.header("x-content-type-options"), "nosniff");
}
