//! What was typed survives: a session that ended, a form that was used before, a time as people write it.

use super::rows::count;
use crate::policy::forms::advisory;
use crate::support::cast::PASSWORD;
use crate::support::client::{Door, Reply, Visitor};
use crate::support::town::Town;

type Fields = Vec<(&'static str, String)>;

/// The value of the first hidden field of this name on the page.
fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap().to_owned()
}

fn report(town: &Town, once: String, title: &str) -> Fields {
    vec![
        ("once", once),
        ("organisation", town.cast.houses.own.to_string()),
        ("title", title.to_owned()),
        ("description", format!("{title}: alle Dateien enden auf .lckd.")),
        ("observed", "mail".to_owned()),
        ("inform", "by_name".to_owned()),
    ]
}

fn set(fields: &mut Fields, name: &'static str, value: &str) {
    fields.retain(|(n, _)| *n != name);
    fields.push((name, value.to_owned()));
}

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
    let (house, door, town) = Town::settled().await;
    let reporter = town.cast.person("reporter");
    // Signed out in another window.
    let window = door.sign_in(&reporter.mail, PASSWORD).await;
    let page = door.get(&window, "/melden").await.text();
    let typed = report(&town, hidden(&page, "once"), "Verschlüsselte Dateien");
    door.post::<&str, &str>(&window, "/abmelden", &[]).await;
    let before = count(&house)["incidents"];
    let sent =
        send_signed_out(&door, &window.csrf, &reporter.mail, "/melden", &typed, "enden auf .lckd.").await;
    assert_eq!(sent.status.as_u16(), 303, "{}", sent.text());
    assert_eq!(count(&house)["incidents"], before + 1, "filed, and once");

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
async fn a_second_report_under_the_form_of_the_first_is_asked_about_and_then_filed() {
    let (house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let page = door.get(reporter, "/melden").await.text();
    let once = hidden(&page, "once");
    let before = count(&house)["incidents"];
    let mut first = report(&town, once.clone(), "Fall A");
    let description = first[3].1.clone();
    set(&mut first, "description", "");
    assert_eq!(door.post(reporter, "/melden", &first).await.status.as_u16(), 422);
    set(&mut first, "description", &description);
    let filed = door.post(reporter, "/melden", &first).await.to.expect("the case");
    let reference = filed.rsplit('/').next().unwrap();

    let mut second = report(&town, once.clone(), "Fall B");
    let asked = door.post(reporter, "/melden", &second).await;
    let text = asked.text();
    assert_eq!(asked.status.as_u16(), 422, "{text}");
    assert!(text.contains(&format!("Unter diesem Formular kam schon {reference} an.")), "{text}");
    assert!(text.contains("Fall B: alle Dateien enden"), "what was typed is there");
    assert_eq!(count(&house)["incidents"], before + 1, "not yet");
    let fresh = hidden(&text, "once");
    assert_ne!(fresh, once);
    set(&mut second, "once", &fresh);
    let other = door.post(reporter, "/melden", &second).await;
    assert_eq!(other.status.as_u16(), 303, "{}", other.text());
    assert_ne!(other.to.as_deref(), Some(filed.as_str()));
    assert_eq!(door.post(reporter, "/melden", &second).await.to, other.to, "a double click");
    assert_eq!(door.post(reporter, "/melden", &first).await.to.as_deref(), Some(filed.as_str()));
    assert_eq!(count(&house)["incidents"], before + 2);
}

#[actix_web::test]
async fn nobody_consents_by_oversight_whom_we_may_inform_is_asked_and_never_chosen_for_them() {
    let (house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let page = door.get(reporter, "/melden").await.text();
    assert!(page.contains("name=\"inform\"") && !page.contains(" checked"), "{page}");
    let mut typed = report(&town, hidden(&page, "once"), "Fall ohne Antwort");
    typed.retain(|(name, _)| *name != "inform");
    let before = count(&house);
    let asked = door.post(reporter, "/melden", &typed).await;
    let text = asked.text();
    assert_eq!(asked.status.as_u16(), 422, "{text}");
    assert!(text.contains("Bitte eine Angabe prüfen") && text.contains("href=\"#inform\""), "{text}");
    assert_eq!(
        text.matches("Bitte wählen Sie eine der drei Antworten.").count(),
        2,
        "above and at the field"
    );
    assert!(text.contains("Fall ohne Antwort: alle Dateien enden"), "what was typed is there");
    assert_eq!(count(&house), before);
    set(&mut typed, "inform", "nobody");
    assert_eq!(door.post(reporter, "/melden", &typed).await.status.as_u16(), 303);
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
    for wrong in ["gestern Abend", "31.02.2026 10:00", "21.12.2026 7 Uhr"] {
        let mut typed = report(&town, format!("falsch-{}", wrong.len()), "Fall");
        set(&mut typed, "detected_at", wrong);
        let text = door.post(reporter, "/melden", &typed).await.text();
        assert!(text.contains("Bitte eine Angabe prüfen"), "{wrong}: {text}");
        assert_eq!(text.matches("href=\"#detected_at\"").count(), 1, "{wrong}");
        assert!(text.contains(&format!("value=\"{wrong}\"")), "{wrong} is given back");
    }
    let mut typed = report(&town, "richtig".to_owned(), "Fall");
    set(&mut typed, "detected_at", "gestern 16:30 Uhr");
    let filed = door.post(reporter, "/melden", &typed).await;
    assert_eq!(filed.status.as_u16(), 303, "{}", filed.text());
    let analyst = &town.cast.person("analyst").visitor;
    let page = door.get(analyst, &filed.to.expect("the case")).await.text();
    assert_eq!(page.matches("<dd>20.11.2026, 16:30 Uhr</dd>").count(), 2, "noticed, and known since: {page}");
}

#[actix_web::test]
async fn a_path_pasted_from_windows_is_filed_with_its_mark_visible_and_a_title_says_where_it_stands() {
    let (_house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let mut typed = report(&town, "windows".to_owned(), "Rechnung\u{202e}fdp.exe");
    set(&mut typed, "description", "Datei: \u{202a}C:\\Temp\\rechnung\u{202e}fdp.exe\u{b}Seit heute.");
    let refused = door.post(reporter, "/melden", &typed).await;
    let text = refused.text();
    assert!(text.contains("Bitte eine Angabe prüfen"), "the title alone: {text}");
    assert!(
        text.contains("Hinter „Rechnung“ steht ein unsichtbares Zeichen") && text.contains("U+202E"),
        "{text}"
    );
    set(&mut typed, "title", "Seltsame Datei");
    let filed = door.post(reporter, "/melden", &typed).await;
    assert_eq!(filed.status.as_u16(), 303, "{}", filed.text());
    let page = door.get(reporter, &filed.to.expect("the case")).await.text();
    assert!(page.contains("[U+202A]C:\\Temp\\rechnung[U+202E]fdp.exe\nSeit heute."), "{page}");
    assert!(!page.contains(['\u{202a}', '\u{202e}']), "never raw");
}
