//! Somebody else was faster: both versions are shown, and nothing that was typed is lost. The same form twice does its
//! work once.

use meldekette::incidents::guide::model::Step;
use meldekette::incidents::model::Category;
use meldekette::incidents::service as incidents;

use super::rows::count;
use crate::policy::forms::advisory;
use crate::policy::lock;
use crate::support::client::{Reply, form, form_request};
use crate::support::guide;
use crate::support::town::Town;

fn conflict(reply: &Reply, typed: &str, stored: &str) {
    let text = reply.text();
    assert_eq!(reply.status.as_u16(), 409, "{text}");
    assert!(text.contains(typed), "what was typed is lost: {typed}");
    assert!(text.contains(stored), "what is stored is not shown: {stored}");
}

#[actix_web::test]
async fn an_analyst_who_was_slower_sees_what_the_other_decided_beside_the_own_words() {
    let (house, door, town) = Town::settled().await;
    let case = &town.cases["foreign"];
    let path = format!("/vorgaenge/{}/einstufung", case.reference);
    let version = house.app.db.read_now(|tx| Ok(incidents::load(tx, case.id)?.version)).unwrap().to_string();
    let category = Category::InfectedSystem.code();
    let typed = |reason: &'static str, impact: &'static str| {
        vec![
            ("version", version.clone()),
            ("class", "incident".to_owned()),
            ("category", category.to_string()),
            ("impact", impact.to_owned()),
            ("spread", "one_device".to_owned()),
            ("tlp", "TLP:AMBER".to_owned()),
            ("priority", "2".to_owned()),
            ("priority_reason", reason.to_owned()),
        ]
    };
    let faster = &town.cast.person("cert_lead").visitor;
    let slower = &town.cast.person("analyst").visitor;
    assert_eq!(door.post(faster, &path, &typed("Die Schnellere", "low")).await.status.as_u16(), 303);
    conflict(
        &door.post(slower, &path, &typed("Der Langsamere", "severe")).await,
        "Der Langsamere",
        "Die Schnellere",
    );
}

#[actix_web::test]
async fn a_contact_and_an_advisory_that_somebody_else_changed_are_shown_in_both_versions() {
    let (house, door, town) = Town::settled().await;
    let (lead, administrator) =
        (&town.cast.person("org_lead").visitor, &town.cast.person("administrator").visitor);
    let things = &town.belongings["own"];
    let path = format!("/register/{}/kontakte/{}", things.org, things.contact);
    let contact = |name: &'static str| {
        [
            ("role", "it_security_officer"),
            ("nature", "function"),
            ("name", name),
            ("mail", "leitstelle@eigen.example"),
            ("phone", "030 23125 009"),
            ("version", "1"),
        ]
    };
    let first = door.post(administrator, &path, &contact("Schnelle Stelle")).await;
    assert_eq!(first.status.as_u16(), 303, "{}", first.text());
    conflict(
        &door.post(lead, &path, &contact("Langsame Stelle")).await,
        "Langsame Stelle",
        "Schnelle Stelle",
    );

    let reference = town.advisories["draft"].to_string();
    let path = format!("/warnmeldungen/{reference}/bearbeiten");
    let seen = lock(&house.app.db, &reference).to_string();
    let draft = |title: &str| {
        let mut fields = advisory();
        for (name, value) in &mut fields {
            match *name {
                "version" => value.clone_from(&seen),
                "title" => title.clone_into(value),
                _ => {}
            }
        }
        fields.push(("aktion", "speichern".to_owned()));
        fields
    };
    let (one, two) = (&town.cast.person("analyst").visitor, &town.cast.person("cert_lead").visitor);
    let first = door.post(one, &path, &draft("Schneller Titel")).await;
    assert_eq!(first.status.as_u16(), 303, "{}", first.text());
    conflict(&door.post(two, &path, &draft("Langsamer Titel")).await, "Langsamer Titel", "Schneller Titel");
}

fn with<'a>(version: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("version", version)], fields].concat()
}

#[actix_web::test]
async fn every_other_form_of_a_case_shows_the_slower_analyst_both_versions_and_the_rest_as_it_is_stored() {
    let (house, door, town) = Town::settled().await;
    let case = &town.cases["foreign"];
    let (lead, analyst) = (town.cast.person("cert_lead"), town.cast.person("analyst"));
    let third = town.cast.person("analyst2").account.to_string();
    let (lead_id, analyst_id) = (lead.account.to_string(), analyst.account.to_string());
    let marked = |id: &str, how: &str| format!("value=\"{id}\" {how}");
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let rounds: [(&str, Fields<'_>, &str, Fields<'_>, [String; 3]); 4] = [
        (
            "zuweisung",
            &[("assignee", "ich")],
            "zuweisung",
            &[("assignee", &third)],
            [marked(&third, "selected"), "bei Leitung Eins".to_owned(), String::new()],
        ),
        (
            "wiedervorlage",
            &[("waiting_on", "Die Schnellere"), ("follow_up_at", "24.11.2026 10:00")],
            "wiedervorlage",
            &[("waiting_on", "Der Langsamere"), ("follow_up_at", "25.11.2026 11:00")],
            ["Der Langsamere".to_owned(), "Die Schnellere".to_owned(), marked(&lead_id, "selected")],
        ),
        (
            "zuweisung",
            &[("assignee", &third)],
            "abschluss",
            &[("reason", "resolved")],
            [marked("resolved", "selected"), "bei Analyse Zwei".to_owned(), marked(&third, "selected")],
        ),
        (
            "beschraenkung",
            &[("restricted", "ja"), ("named", &analyst_id)],
            "beschraenkung",
            &[("restricted", "ja"), ("named", &third)],
            [marked(&third, "checked"), "Analyse Eins, Leitung Eins".to_owned(), marked(&third, "selected")],
        ),
    ];
    for (faster, first, slower, second, shown) in rounds {
        let version = house.app.db.read_now(|tx| Ok(incidents::load(tx, case.id)?.version)).unwrap();
        let version = version.to_string();
        let path = |form: &str| format!("/vorgaenge/{}/{form}", case.reference);
        let done = door.post(&lead.visitor, &path(faster), &with(&version, first)).await;
        assert_eq!(done.status.as_u16(), 303, "{faster}: {}", done.text());
        let reply = door.post(&analyst.visitor, &path(slower), &with(&version, second)).await;
        conflict(&reply, &shown[0], &shown[1]);
        assert!(reply.text().contains(&shown[2]), "{slower}: a form beside it lost what is stored");
    }
}

#[actix_web::test]
async fn an_organisation_and_a_returned_advisory_that_somebody_else_changed_are_shown_in_both_versions() {
    let (house, door, town) = Town::settled().await;
    let (one, two) =
        (&town.cast.person("administrator").visitor, &town.cast.person("administrator2").visitor);
    let organisation = |name: &'static str, version: &'static [(&str, &str)]| {
        let fields =
            [("name", name), ("kind", "state_agency"), ("level", "state"), ("valid_from", "01.01.2026")];
        [&fields, version].concat()
    };
    let added = door.post(one, "/register/neu", &organisation("Landesamt für Beispiele", &[])).await;
    let path = format!("{}/bearbeiten", added.to.expect("the new organisation's page"));
    let seen = &[("version", "1")];
    let first = door.post(one, &path, &organisation("Schnelles Amt", seen)).await;
    assert_eq!(first.status.as_u16(), 303, "{}", first.text());
    conflict(
        &door.post(two, &path, &organisation("Langsames Amt", seen)).await,
        "Langsames Amt",
        "Schnelles Amt",
    );

    let reference = town.advisories["draft"].to_string();
    let path = format!("/warnmeldungen/{reference}/freigabe");
    let seen = lock(&house.app.db, &reference).to_string();
    let back = |reason| [("version", seen.as_str()), ("aktion", "zurueckgeben"), ("grund", reason)];
    let (approver, lead) = (&town.cast.person("approver").visitor, &town.cast.person("cert_lead").visitor);
    let first = door.post(approver, &path, &back("Schneller Grund")).await;
    assert_eq!(first.status.as_u16(), 303, "{}", first.text());
    conflict(&door.post(lead, &path, &back("Langsamer Grund")).await, "Langsamer Grund", "Schneller Grund");
}

#[actix_web::test]
async fn a_report_that_is_sent_twice_by_a_double_click_is_filed_once() {
    let (house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let draft = guide::write(&door, reporter, town.cast.houses.own, "Zweimal geklickt").await;
    let path = draft.replace("lage", "pruefen");
    let version = guide::hidden(&door.get(reporter, &path).await.text(), "version");
    let before = count(&house)["incidents"];
    let first = door.post(reporter, &path, &[("version", &version)]).await;
    let second = door.post(reporter, &path, &[("version", &version)]).await;
    assert_eq!(first.status.as_u16(), 303, "{}", first.text());
    assert_eq!(first.to, second.to);
    assert_eq!(count(&house)["incidents"], before + 1);
    for step in Step::ALL.iter().filter(|step| **step != Step::Office) {
        let late = door.get(reporter, &draft.replace("lage", step.code())).await;
        assert_eq!(late.to, first.to, "a sent draft leads to its case: {step:?}");
    }
}

#[actix_web::test]
async fn who_goes_on_at_an_older_window_sees_both_answers_and_chooses() {
    let (house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let draft = guide::write(&door, reporter, town.cast.houses.own, "vom Rechner").await;
    let (was, review) = (draft.replace("lage", "was"), draft.replace("lage", "pruefen"));
    let typed = |version: &str| {
        let fields = [("version", version), ("observed", "mail"), ("title", "vom Telefon")];
        fields.map(|(name, value)| (name, value.to_owned()))
    };
    let refused = door.post(reporter, &was, &typed("1")).await;
    conflict(&refused, "value=\"vom Telefon\"", "<dd>vom Rechner</dd>");
    let before = count(&house)["incidents"];
    let sent = door.post(reporter, &review, &[("version", "1")]).await;
    conflict(&sent, "vom Rechner", "hat sich geändert");
    assert_eq!(count(&house)["incidents"], before, "what nobody has seen is not sent");
    let chosen = door.post(reporter, &was, &typed(&guide::hidden(&refused.text(), "version"))).await;
    assert_eq!(chosen.status.as_u16(), 303, "{}", chosen.text());
    assert!(door.get(reporter, &review).await.text().contains("vom Telefon"));
}

#[actix_web::test]
async fn a_page_saves_while_somebody_types_and_back_keeps_what_would_be_refused() {
    let (_house, door, town) = Town::settled().await;
    let reporter = &town.cast.person("reporter").visitor;
    let was = guide::begin(&door, reporter, "vorfall").await.replace("lage", "was");
    let typed = |version: &str, title: &str| form(&reporter.csrf, &[("version", version), ("title", title)]);
    let quiet = async |version: &str, title: &str| {
        let request = form_request(&was, typed(version, title)).insert_header(("prefer", "return=minimal"));
        door.send(reporter.dress(request, &was)).await
    };
    let saved = quiet("1", "Datei").await;
    assert_eq!((saved.status.as_u16(), saved.body.len()), (204, 0));
    assert_eq!(saved.headers.get("etag").unwrap(), "\"2\"", "the version for what comes next");
    assert_eq!(quiet("1", "Dateien").await.status.as_u16(), 409, "another window");
    assert_eq!(quiet("2", "Dateien\u{7}").await.status.as_u16(), 204);
    let back = [("version", "3"), ("title", "Dateien\u{7} gehen nicht auf"), ("tun", "zurueck")];
    let back = door.post(reporter, &was, &back).await;
    assert_eq!(back.to.as_deref(), Some(was.replace("was", "lage").as_str()));
    assert!(door.get(reporter, &was).await.text().contains("Dateien\u{7} gehen nicht auf"));
    let later = [("version", "4"), ("title", "Dateien"), ("tun", "spaeter")];
    assert_eq!(door.post(reporter, &was, &later).await.to.as_deref(), Some("/melden"));
    let start = door.get(reporter, "/melden").await.text();
    assert!(start.contains(">Dateien</a>") && start.contains("Gelöscht wird der Entwurf am"), "{start}");
}

#[actix_web::test]
async fn a_message_and_an_escalation_that_are_sent_twice_by_a_double_click_are_sent_once() {
    let (house, door, town) = Town::settled().await;
    let analyst = &town.cast.person("analyst").visitor;
    let case = format!("/vorgaenge/{}", town.cases["foreign"].reference);
    let page = door.get(analyst, &case).await.text();
    let tokens: Vec<_> =
        page.split("name=\"once\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let [for_escalation, for_message, _for_playbook] = tokens[..] else {
        panic!("{} tokens against double clicks", tokens.len())
    };
    let message = [("once", for_message), ("an", "team"), ("senden", "team"), ("text", "Einmal gemeint")];
    let escalation = [
        ("once", for_escalation),
        ("escalation_to", "state_leadership"),
        ("escalation_reason", "Einmal gemeint"),
    ];
    for (path, fields) in [("nachricht", &message[..]), ("eskalation", &escalation[..])] {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let path = format!("{case}/{path}");
        let first = door.post(analyst, &path, &fields).await;
        assert_eq!(first.status.as_u16(), 303, "{path}: {}", first.text());
        let after = count(&house);
        let second = door.post(analyst, &path, &fields).await;
        assert_eq!((second.status, second.to), (first.status, first.to), "{path}");
        assert_eq!(count(&house), after, "{path}: the second one wrote again");
    }
}
