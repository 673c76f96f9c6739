//! What is sent to the kit: forms, tokens, uploads, bodies that never end.

use futures_util::{StreamExt as _, stream};

use super::*;

fn anonymous_post(body: &str) -> TestRequest {
    let kit = kit();
    let token = csrf::token(&kit.form_key, csrf::Bound::Browser(&kit.env.token()));
    TestRequest::post()
        .uri("/melden")
        .cookie(actix_web::cookie::Cookie::new(csrf::COOKIE, kit.env.token()))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(format!("csrf={token}&{body}"))
}

#[actix_web::test]
async fn a_refused_form_gives_every_word_back_and_names_both_faults_twice() {
    let typed = "title=&text=%3Cb%3EZwei%0D%0AZeilen&noticed=31.11.2026+07%3A40&kind=ja&sure=nein&parts=ja&parts=nein&consent=ja";
    let got = send(anonymous_post(typed)).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_clean(&got.body);
    assert!(
        got.body.contains("<title>Fehler: Vorfall &#60;melden&#62; · Meldekette</title>"),
        "{}",
        got.body
    );
    assert!(got.body.contains("Bitte 2 Angaben prüfen"));
    assert!(got.body.contains("<a href=\"#title\">Bitte füllen Sie dieses Feld aus.</a>"));
    assert!(got.body.contains("<a href=\"#noticed\">Ihre Angaben: Bitte geben Sie Datum und Uhrzeit"));
    assert!(got.body.contains("aria-describedby=\"noticed-fehler noticed-hinweis\""));
    assert!(got.body.contains("value=\"31.11.2026 07:40\""));
    assert!(got.body.contains("\n&#60;b&#62;Zwei\r\nZeilen</textarea>"));
    assert!(got.body.contains("value=\"ja\" selected"));
    assert_eq!(got.body.matches(" checked").count(), 4, "one radio, two boxes, one consent");
}

#[actix_web::test]
async fn a_filed_form_leads_on_and_says_once_what_was_done() {
    let got = send(anonymous_post("title=Verschl%C3%BCsselt&noticed=19.11.2026+07:40")).await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/eingang"));
    let note = got.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert_eq!(note, "__Host-mk-note=web-demo");
    let next = send(TestRequest::get().uri("/eingang").insert_header(("cookie", note))).await;
    assert!(next.body.contains("role=\"status\""));
    let gone = next.headers.get_all("set-cookie").any(|c| c.to_str().is_ok_and(|c| c.contains("mk-note=;")));
    assert!(gone, "shown once");
}

#[actix_web::test]
async fn a_form_with_a_wrong_token_is_refused_and_gives_back_what_was_typed() {
    let post = |body: &'static str| {
        TestRequest::post()
            .uri("/melden")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body)
    };
    let got = send(post("csrf=falsch&title=Bauamt+%22%3E%3Cscript%3E&password=geheim")).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert_clean(&got.body);
    assert!(got.body.contains("Formular abgelaufen"));
    assert!(got.body.contains("name=\"title\" value=\"Bauamt &#34;&#62;&#60;script&#62;\""), "{}", got.body);
    assert!(!got.body.contains("geheim"), "a password is never shown");
    assert!(got.header("set-cookie").starts_with("__Host-mk-form="), "a fresh token to try again with");
    // The token of an anonymous visitor is worth nothing in a session.
    let session = actix_web::cookie::Cookie::new("session", "1");
    let got = send(anonymous_post("title=x&noticed=19.11.2026+07:40").cookie(session)).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
}

/// The token that a form of the analyst's session has.
fn token_of_session() -> String {
    csrf::token(&kit().form_key, csrf::Bound::Session("session secret"))
}

/// The token and the hidden fields of an error page, as the browser sends them again.
fn given_back(html: &str) -> String {
    let (_, rest) =
        html.split_once("<form method=\"post\" action=\"/melden\"").expect("a form to send again");
    let (form, _) = rest.split_once("</form>").expect("its end");
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    for field in form.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = field.split_once("\" value=\"").expect("a value");
        body.append_pair(name, rest.split('"').next().expect("its end"));
    }
    body.finish()
}

#[actix_web::test]
async fn a_report_typed_in_a_session_that_ended_is_there_to_copy_and_is_sent_after_signing_in_again() {
    let session = || actix_web::cookie::Cookie::new("session", "1");
    let post = |body: String| {
        TestRequest::post()
            .uri("/melden")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body)
    };
    let typed = "title=Alles+verschl%C3%BCsselt&noticed=19.11.2026+07:40&password=geheim+genug&version=AbCd";
    let got = send(post(format!("csrf={}&{typed}", token_of_session()))).await;
    assert_eq!(got.status, StatusCode::UNAUTHORIZED);
    assert_clean(&got.body);
    assert!(got.body.contains("<li>Alles verschlüsselt</li>"), "{}", got.body);
    assert!(got.body.contains("href=\"/anmelden\" target=\"_blank\"") && got.body.contains("030 23125 001"));
    assert!(!got.body.contains("geheim"), "a password is never given back");
    let cookie = got.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let again = given_back(&got.body);
    assert!(again.contains("version=AbCd") && !again.contains("password"), "{again}");
    // The cookie of the browser, then the one of the session that began in the other window.
    let mine = |body: &str| post(body.to_owned()).insert_header(("cookie", cookie.clone()));
    let both = post(again.clone()).insert_header(("cookie", format!("{cookie}; session=1")));
    assert_eq!(send(both).await.status, StatusCode::SEE_OTHER, "sent once after signing in");
    assert_eq!(
        send(mine(&again)).await.status,
        StatusCode::SEE_OTHER,
        "where nobody has to sign in, at once"
    );
    // The token is this browser's: another one's session does not take it.
    let other = actix_web::cookie::Cookie::new(csrf::COOKIE, "x".repeat(43));
    assert_eq!(send(post(again.clone()).cookie(session()).cookie(other)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(send(post(again).cookie(session())).await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn whatever_a_form_fails_at_what_was_typed_is_on_the_page_and_a_password_is_not() {
    for (how, is_sent_again) in [
        ("signin", true),
        ("conflict", true),
        ("down", true),
        ("internal", true),
        ("limited", true),
        ("stale", false),
        ("forbidden", false),
        ("invalid", false),
        ("missing", false),
    ] {
        let typed = "title=Alles+verschl%C3%BCsselt&present_password=geheim+genug&password=geheim+genug";
        let got = send(anonymous_post(typed).uri(&format!("/takes/{how}"))).await;
        assert!(got.status.is_client_error() || got.status.is_server_error(), "{how}");
        assert_clean(&got.body);
        assert!(got.body.contains("<li>Alles verschlüsselt</li>"), "{how}: {}", got.body);
        assert!(!got.body.contains("geheim"), "{how}: a password is never given back");
        assert_eq!(got.body.contains("Noch einmal senden"), is_sent_again, "{how}");
    }
}

#[actix_web::test]
async fn a_foreign_site_cannot_file_anything_even_with_a_token() {
    let post = anonymous_post("title=x&noticed=19.11.2026+07:40");
    let got = send(post.insert_header(("sec-fetch-site", "cross-site"))).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert!(got.body.contains("fremden Seite") && !got.body.contains("Noch einmal senden"));
    let post = anonymous_post("title=x&noticed=19.11.2026+07:40");
    let got = send(post.insert_header(("origin", "https://evil.example"))).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    let post = anonymous_post("title=x&noticed=19.11.2026+07:40");
    let got = send(post.insert_header(("origin", "https://meldekette.example"))).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn bodies_that_are_too_long_broken_or_strange_are_answered_with_the_reason() {
    let got = send(anonymous_post(&format!("title={}", "x".repeat(5000)))).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    let got = send(anonymous_post("title=%ff%fe")).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
    assert!(got.body.contains("UTF-8"));
    let got = send(anonymous_post("title=x&admin=1")).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.body.contains("Das Feld „admin“ kennt dieses Formular nicht."));
    let json = anonymous_post("").insert_header(("content-type", "application/json"));
    assert_eq!(send(json).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[actix_web::test]
async fn a_body_that_never_ends_is_answered_in_time_whatever_it_is() {
    let post = |to: &str, kind: &str| TestRequest::post().uri(to).insert_header(("content-type", kind));
    let session = actix_web::cookie::Cookie::new("session", "1");
    for (req, kind) in [
        (anonymous_post(""), "text/html; charset=utf-8"),
        (post("/liste", "multipart/form-data; boundary=x").cookie(session), "text/html; charset=utf-8"),
        (post("/api/v1/incidents", "application/json"), "application/problem+json"),
    ] {
        let body = stream::once(async { Ok(web::Bytes::from_static(b"--x")) }).chain(stream::pending());
        let answer = send_body(req, Some(Payload::Stream { payload: Box::pin(body) }));
        let got = tokio::time::timeout(Duration::from_secs(5), answer).await.expect("an answer in time");
        assert_eq!((got.status, got.header("content-type")), (StatusCode::REQUEST_TIMEOUT, kind));
        assert!(got.body.contains("Zu langsam"), "{}", got.body);
    }
}

#[actix_web::test]
async fn a_large_file_may_take_longer_as_long_as_its_bytes_come() {
    for (piece, status) in
        [(vec![b'x'; 64 << 10], StatusCode::BAD_REQUEST), (b"x".to_vec(), StatusCode::REQUEST_TIMEOUT)]
    {
        let begin = b"--x\r\nContent-Disposition: form-data; name=\"datei\"; filename=\"x\"\r\n\r\n";
        let pieces = stream::unfold(0, move |count| {
            let piece = web::Bytes::from(piece.clone());
            async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                (count < 30).then_some((Ok(piece), count + 1))
            }
        });
        let body = stream::once(async { Ok(web::Bytes::from_static(begin)) }).chain(pieces);
        let req = TestRequest::post()
            .uri("/liste")
            .insert_header(("content-type", "multipart/form-data; boundary=x"))
            .cookie(actix_web::cookie::Cookie::new("session", "1"));
        let mut kit = kit();
        kit.body_patience = Duration::from_secs(1);
        let got = send_to(kit, req, Some(Payload::Stream { payload: Box::pin(body) })).await;
        assert_eq!(got.status, status, "half as long again as the patience, and the end is missing");
    }
}
