//! What was typed survives: a session that ended, a form that was used before, a time as people write it.

use super::rows::count;
use crate::policy::forms::advisory;
use crate::support::cast::PASSWORD;
use crate::support::client::{Door, Reply, Visitor};
use crate::support::guide::{self, hidden};
use crate::support::strangers::{self, COOKIE};
use crate::support::town::Town;

type Fields = Vec<(&'static str, String)>;

/// Signs in at the page that the error page leads to, in the same browser.
async fn sign_in_beside(door: &Door, browser: &mut Visitor, mail: &str) {
    let page = door.get(browser, "/anmelden").await;
    let entering = Visitor { csrf: page.csrf().expect("a form"), ..browser.clone() };
    let typed = [("mail", mail), ("password", PASSWORD), ("weiter", "/")];
    let entered = door.post(&entering, "/anmelden", &typed).await;
    assert_eq!(entered.status.as_u16(), 303, "{}", entered.text());
    browser.cookies.extend(entered.cookies);
}

/// Sends what was typed when the session is over, then once more, then after signing in again.
async fn send_signed_out(
    door: &Door,
    old: &str,
    mail: &str,
    path: &str,
    typed: &Fields,
    words: &str,
) -> Reply {
    let mut browser = Visitor { csrf: old.to_owned(), ..Visitor::default() };
    for _ in 0..2 {
        let refused = door.post(&browser, path, typed).await;
        let text = refused.text();
        assert_eq!(refused.status.as_u16(), 401, "{path}: {text}");
        assert!(text.contains(words) && text.contains("href=\"/anmelden\""), "{path}: {text}");
        browser.cookies.extend(refused.cookies.clone());
        browser.csrf = refused.csrf().expect("a form to send again");
    }
    sign_in_beside(door, &mut browser, mail).await;
    door.post(&browser, path, typed).await
}

#[actix_web::test]
async fn whatever_was_typed_when_the_session_ended_is_kept_and_goes_out_after_signing_in_again() {
    let (_house, door, town) = Town::settled().await;
    let reporter = town.cast.person("reporter");
    // Signed out in another window.
    let window = door.sign_in(&reporter.mail, PASSWORD).await;
    let path = guide::begin(&door, &window, "vorfall").await.replace("lage", "was");
    let page = door.get(&window, &path).await.text();
    let typed = vec![
        ("version", hidden(&page, "version")),
        ("observed", "encrypted".to_owned()),
        ("title", "Verschlüsselte Dateien".to_owned()),
        ("description", "Alle Dateien enden auf .lckd.".to_owned()),
    ];
    door.post::<&str, &str>(&window, "/abmelden", &[]).await;
    let sent = send_signed_out(&door, &window.csrf, &reporter.mail, &path, &typed, "enden auf .lckd.").await;
    assert_eq!(sent.status.as_u16(), 303, "{}", sent.text());
    let page = door.get(&reporter.visitor, &path).await.text();
    assert!(page.contains("enden auf .lckd."), "kept in the draft: {page}");

    let analyst = town.cast.person("analyst");
    let case = format!("/vorgaenge/{}", town.cases["foreign"].reference);
    let page = door.get(&analyst.visitor, &case).await.text();
    let (_, composer) = page.split_once("mk-composer").expect("the composer");
    let mut message = vec![("once", hidden(composer, "once"))];
    for (name, value) in [("an", "team"), ("senden", "team"), ("text", "Das Netz ist getrennt.")] {
        message.push((name, value.to_owned()));
    }
    let mut draft = advisory();
    draft.retain(|(name, _)| *name != "version");
    draft.push(("aktion", "speichern".to_owned()));
    let nachricht = format!("{case}/nachricht");
    for (path, typed, words) in [
        (nachricht.as_str(), &message, "Das Netz ist getrennt."),
        ("/warnmeldungen/neu", &draft, "Lücke in Beispiel"),
    ] {
        let sent = send_signed_out(&door, &analyst.visitor.csrf, &analyst.mail, path, typed, words).await;
        assert_eq!(sent.status.as_u16(), 303, "{path}: {}", sent.text());
        let page = door.get(&analyst.visitor, sent.to.as_deref().unwrap()).await.text();
        assert!(page.contains(words), "{path} is stored");
    }
}

#[actix_web::test]
async fn a_button_pressed_twice_begins_one_draft_and_the_other_button_another() {
    let (house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let page = door.get(reporter, "/melden").await.text();
    let once = hidden(&page, "once");
    let before = count(&house)["report_drafts"];
    let press = async |kind: &str| {
        let begun = door.post(reporter, "/melden", &[("once", once.as_str()), ("art", kind)]).await;
        begun.to.expect("the first question")
    };
    let (first, again, drill) = (press("vorfall").await, press("vorfall").await, press("probe").await);
    assert_eq!(first, again);
    assert_ne!(first, drill);
    assert_eq!(count(&house)["report_drafts"], before + 2);
    assert!(door.get(reporter, &drill).await.text().contains("ÜBUNG"));
    assert!(!door.get(reporter, &first).await.text().contains("ÜBUNG"));
}

#[actix_web::test]
async fn without_an_account_each_button_begins_its_own_draft_and_the_browser_holds_it_as_long_as_it_lies() {
    let (house, door, town) = Town::settled().await;
    let stranger = &town.cast.stranger;
    let card = hidden(&door.get(stranger, "/ohne-konto").await.text(), "karte");
    let before = count(&house)["report_drafts"];
    let press = async |kind: &str| {
        let begun = door.post(stranger, "/ohne-konto", &[("karte", card.as_str()), ("art", kind)]).await;
        let held = begun.cookies.into_iter().find(|cookie| cookie.name() == COOKIE);
        held.expect("the draft's code")
    };
    let (first, again, drill) = (press("vorfall").await, press("vorfall").await, press("probe").await);
    assert_eq!(first.value(), again.value());
    assert_ne!(first.value(), drill.value());
    assert_eq!(count(&house)["report_drafts"], before + 2);
    for (held, is_drill) in [(&first, false), (&drill, true)] {
        let browser = strangers::holding(stranger, held.value());
        let page = door.get(&browser, "/ohne-konto/lage").await.text();
        assert_eq!(page.contains("ÜBUNG"), is_drill);
        let typed = [("version", "1"), ("danger", "no"), ("tun", "weiter")];
        let saved = door.post(&browser, "/ohne-konto/lage", &typed).await;
        let again = saved.cookies.iter().find(|cookie| cookie.name() == COOKIE).expect("the code again");
        assert_eq!(again.value(), held.value());
        assert_eq!(again.max_age(), Some(actix_web::cookie::time::Duration::days(7)), "counted anew");
    }
}

#[actix_web::test]
async fn nobody_consents_by_oversight_whom_we_may_inform_is_asked_and_never_chosen_for_them() {
    let (house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let first = guide::begin(&door, reporter, "vorfall").await;
    let page = door.get(reporter, &first.replace("lage", "weitergabe")).await.text();
    assert!(page.contains("name=\"inform\"") && !page.contains(" checked"), "{page}");
    let text = guide::answer(&door, reporter, &first, "weitergabe", &[]).await.text();
    assert!(text.contains("Bitte eine Angabe prüfen") && text.contains("href=\"#inform\""), "{text}");
    assert_eq!(
        text.matches("Bitte wählen Sie eine der drei Antworten.").count(),
        2,
        "above and at the field"
    );
    let own = town.cast.houses.own.to_string();
    for (step, typed) in [
        ("was", [("observed", "mail"), ("title", "Fall ohne Antwort")]),
        ("erreichbar", [("contact_name", ""), ("contact_phone", "030 23125 114")]),
        ("fuer", [("organisation", own.as_str()), ("tun", "weiter")]),
    ] {
        guide::answer(&door, reporter, &first, step, &typed).await;
    }
    let before = count(&house);
    let refused = guide::send(&door, reporter, &first).await;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.text());
    assert!(refused.text().contains("/weitergabe#inform") && refused.text().contains("Fall ohne Antwort"));
    assert_eq!(count(&house), before);
    guide::answer(&door, reporter, &first, "weitergabe", &[("inform", "nobody")]).await;
    assert_eq!(guide::send(&door, reporter, &first).await.status.as_u16(), 303);
}

#[actix_web::test]
async fn another_message_or_escalation_under_a_used_form_comes_back_with_its_words_and_is_sent_then() {
    let (house, door, town) = Town::settled().await;
    let analyst = &town.cast.person("analyst").visitor;
    let case = format!("/vorgaenge/{}", town.cases["foreign"].reference);
    for (form, field, fixed) in [
        ("nachricht", "text", vec![("an", "team"), ("senden", "team")]),
        ("eskalation", "escalation_reason", vec![("escalation_to", "state_leadership")]),
    ] {
        let path = format!("{case}/{form}");
        let send = async |once: &str, words: &str| {
            let mut fields = fixed.clone();
            fields.extend([("once", once), (field, words)]);
            door.post(analyst, &path, &fields).await
        };
        let once = format!("formular-{form}");
        assert_eq!(send(&once, "Erster Text").await.status.as_u16(), 303);
        let before = count(&house);
        let asked = send(&once, "Zweiter Text").await;
        let text = asked.text();
        assert_eq!(asked.status.as_u16(), 422, "{form}: {text}");
        assert!(text.contains("Zweiter Text") && text.contains("schon etwas anderes gesendet"), "{form}");
        assert_eq!(count(&house), before, "{form}: not yet");
        assert_ne!(hidden(&text, "once"), once);
    }
}

#[actix_web::test]
async fn a_wrong_time_is_told_once_and_a_time_as_people_write_it_is_taken() {
    let (_house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let draft = guide::write(&door, reporter, town.cast.houses.own, "Fall").await;
    for wrong in ["gestern Abend", "31.02.2026 10:00", "21.12.2026 7 Uhr"] {
        let refused = guide::answer(&door, reporter, &draft, "seit", &[("detected_at", wrong)]).await;
        let text = refused.text();
        assert!(text.contains("Bitte eine Angabe prüfen"), "{wrong}: {text}");
        assert_eq!(text.matches("href=\"#detected_at\"").count(), 1, "{wrong}");
        assert!(text.contains(&format!("value=\"{wrong}\"")), "{wrong} is given back");
        let refused = guide::send(&door, reporter, &draft).await;
        assert_eq!(refused.status.as_u16(), 422, "nor is it sent: {wrong}");
        assert!(refused.text().contains("/seit#detected_at"), "and the summary leads there");
    }
    let taken = guide::answer(&door, reporter, &draft, "seit", &[("detected_at", "gestern 16:30 Uhr")]).await;
    assert_eq!(taken.status.as_u16(), 303, "{}", taken.text());
    let filed = guide::send(&door, reporter, &draft).await.to.expect("the case");
    let analyst = &town.cast.person("analyst").visitor;
    let page = door.get(analyst, filed.strip_suffix("/eingegangen").unwrap()).await.text();
    assert_eq!(page.matches("<dd>20.11.2026, 16:30 Uhr</dd>").count(), 2, "noticed, and known since: {page}");
}

#[actix_web::test]
async fn a_path_pasted_from_windows_is_filed_with_its_mark_visible_and_a_title_says_where_it_stands() {
    let (_house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let draft = guide::write(&door, reporter, town.cast.houses.own, "Seltsame Datei").await;
    let pasted = "Datei: \u{202a}C:\\Temp\\rechnung\u{202e}fdp.exe\u{b}Seit heute.";
    let mut typed = [("observed", "mail"), ("title", "Rechnung\u{202e}fdp.exe"), ("description", pasted)];
    let text = guide::answer(&door, reporter, &draft, "was", &typed).await.text();
    assert!(text.contains("Bitte eine Angabe prüfen"), "the title alone: {text}");
    assert!(
        text.contains("Hinter „Rechnung“ steht ein unsichtbares Zeichen") && text.contains("U+202E"),
        "{text}"
    );
    typed[1].1 = "Seltsame Datei";
    assert_eq!(guide::answer(&door, reporter, &draft, "was", &typed).await.status.as_u16(), 303);
    let filed = guide::send(&door, reporter, &draft).await;
    assert_eq!(filed.status.as_u16(), 303, "{}", filed.text());
    let page = door.get(reporter, filed.to.unwrap().strip_suffix("/eingegangen").unwrap()).await.text();
    assert!(page.contains("[U+202A]C:\\Temp\\rechnung[U+202E]fdp.exe\nSeit heute."), "{page}");
    assert!(!page.contains(['\u{202a}', '\u{202e}']), "never raw");
}
