//! What is answered when something does not work, to people and to programs.

use super::*;

#[actix_web::test]
async fn every_failure_is_a_page_that_says_what_happened_and_nothing_internal() {
    for (how, status) in [
        ("missing", 404),
        ("forbidden", 403),
        ("invalid", 422),
        ("conflict", 409),
        ("stale", 409),
        ("limited", 429),
        ("down", 503),
        ("internal", 500),
    ] {
        let got = send(TestRequest::get().uri(&format!("/fails/{how}"))).await;
        assert_eq!(got.status.as_u16(), status, "{how}");
        assert_clean(&got.body);
        assert!(got.body.contains("<title>Fehler: ") && got.body.contains("tel:+493023125001"), "{how}");
        assert!(!got.body.contains("web-error-"), "{how}: a text is missing");
        assert!(!got.body.contains("secret detail") && !got.body.contains("10.0.0.7"), "{how}");
    }
    assert_eq!(send(TestRequest::get().uri("/fails/limited")).await.header("retry-after"), "30");
}

#[actix_web::test]
async fn somebody_who_cannot_do_it_reads_what_to_do_instead_where_a_reload_changes_nothing() {
    let (own, general) =
        ("Lassen Sie dort, wo sie entstand, eine neue versenden.", "laden Sie die Seite neu");
    let page = send(TestRequest::get().uri("/fails/advised")).await.body;
    assert!(page.contains(own) && !page.contains(general), "{page}");
    let problem = send(TestRequest::get().uri("/api/v1/fails/advised")).await.body;
    assert!(problem.contains(own), "{problem}");
    let page = send(TestRequest::get().uri("/fails/conflict")).await.body;
    assert!(page.contains(general), "{page}");
}

#[actix_web::test]
async fn whoever_may_not_do_it_reads_one_sentence_what_happened_and_one_what_to_do_next() {
    let (what, kind) = ("Das dürfen Sie mit Ihrer Rolle nicht.", "mit Ihrem Konto nicht");
    let (next, kept) = ("Fragen Sie die Person, die bei Ihnen die Konten verwaltet", "nichts geändert");
    let page = send(TestRequest::get().uri("/fails/forbidden")).await.body;
    assert!(page.contains(what) && page.matches(next).count() == 1, "{page}");
    assert!(!page.contains(kind) && !page.contains(kept), "{page}");
    let sent = send(TestRequest::post().uri("/fails/forbidden")).await.body;
    assert!(sent.contains(kept), "{sent}");
    let problem = send(TestRequest::get().uri("/api/v1/fails/forbidden")).await.body;
    assert!(problem.contains(what) && problem.contains(next), "{problem}");
}

#[actix_web::test]
async fn somebody_who_is_not_signed_in_is_led_to_sign_in_and_back() {
    let got = send(TestRequest::get().uri("/fails/signin?x=1")).await;
    assert_eq!(
        (got.status, got.header("location")),
        (StatusCode::SEE_OTHER, "/anmelden?weiter=%2Ffails%2Fsignin%3Fx%3D1")
    );
    let got = send(TestRequest::post().uri("/fails/signin")).await;
    assert_eq!(got.status, StatusCode::UNAUTHORIZED);
    assert!(got.body.contains("In neuem Fenster anmelden"));
}

#[actix_web::test]
async fn unknown_pages_wrong_methods_and_odd_ids_are_told_apart() {
    assert_eq!(send(TestRequest::get().uri("/nirgends")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(TestRequest::get().uri("/eingang/keine-id")).await.status, StatusCode::NOT_FOUND);
    let got = send(TestRequest::delete().uri("/melden")).await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(got.body.contains("So geht das nicht"));
    let got = send(TestRequest::get().uri("/api/v1/nowhere")).await;
    assert_eq!(got.header("content-type"), "application/problem+json");
}

#[actix_web::test]
async fn a_program_gets_problem_details_with_field_and_reason() {
    let got = send(TestRequest::get().uri("/api/v1/fails/invalid")).await;
    insta::assert_snapshot!(got.body, @r#"{"type":"/probleme/field","title":"Angaben prüfen","status":422,"detail":"Einige Angaben passen nicht.","errors":[{"field":"title","reason":"Bitte füllen Sie dieses Feld aus."}]}"#);
    assert_eq!(
        send(TestRequest::get().uri("/api/v1/fails/signin")).await.header("www-authenticate"),
        "Bearer"
    );
    let post = |body: &'static str| {
        TestRequest::post()
            .uri("/api/v1/incidents")
            .insert_header(("content-type", "application/json"))
            .set_payload(body)
    };
    for (body, status, told) in [
        (
            "{\"title\":\"x\",\"admin\":true}",
            StatusCode::UNPROCESSABLE_ENTITY,
            "{\"field\":\"admin\",\"reason\":\"Dieses Feld kennt das Formular nicht.\"}",
        ),
        (
            "{}",
            StatusCode::UNPROCESSABLE_ENTITY,
            "{\"field\":\"title\",\"reason\":\"Bitte füllen Sie dieses Feld aus.\"}",
        ),
        (
            "{\"title\":7}",
            StatusCode::UNPROCESSABLE_ENTITY,
            "{\"field\":\"title\",\"reason\":\"Diese Angabe hat die falsche Form.\"}",
        ),
        ("{\"title\":", StatusCode::BAD_REQUEST, "Der Inhalt ist kein gültiges JSON."),
    ] {
        let got = send(post(body)).await;
        assert_eq!(got.status, status, "{body}");
        assert_eq!(got.header("content-type"), "application/problem+json");
        assert!(got.body.contains(told), "{body} gave {}", got.body);
    }
}
