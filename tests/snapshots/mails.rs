//! Every mail that the product writes, as its recipient reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use jiff::SignedDuration;
use mail_parser::MessageParser;
use meldekette::access::service::factors::{self, Proof};
use meldekette::audit::sequencer::Sequencer;
use meldekette::directory::service as directory;
use meldekette::escalation::roster::service as roster;
use meldekette::incidents::model::Category;
use meldekette::incidents::service as incidents;
use meldekette::store::At;
use meldekette::store::schema::contacts;

use super::Reviewed;
use crate::support::app::House;
use crate::support::client::Door;
use crate::support::town::{Town, report};

/// Sets off what the town itself does not: a drill, a forgotten password, the end of a day.
async fn rest(house: &House, town: &Town, door: &Door) {
    let reporter = &town.cast.person("reporter").visitor;
    let mut drill = serde_json::to_value(report("probe", town.cast.houses.own, "by_name")).unwrap();
    drill["drill"] = true.into();
    let reply = door.json(reporter, "/api/v1/incidents", &drill).await;
    assert_eq!(reply.status.as_u16(), 201, "{}", reply.text());
    let mail = [("mail", town.cast.person("reporter").mail.as_str())];
    let reply = door.post(&town.cast.stranger, "/passwort-vergessen", &mail).await;
    assert_eq!(reply.status.as_u16(), 303, "{}", reply.text());
    in_clear(house, town, door).await;
    second_factor(house, town).await;
    silent_contacts(house).await;
    ending_keys(house).await;
    // Nobody is on call before February.
    house.write(roster::tell_gaps).await;
    mandates(house, town, door).await;
    house.work().await;
    house.clock.advance(SignedDuration::from_hours(24));
    let key = Arc::clone(&house.app.log_key);
    let day = Sequencer::new(house.app.db.clone(), key, &house.app.origin()).step().await;
    day.expect("the day's last checkpoint is mailed");
    house.work().await;
}

/// A mandate is laid down, and another one ends in a month and a day.
async fn mandates(house: &House, town: &Town, door: &Door) {
    let (lead, own) = (&town.cast.person("org_lead").visitor, &town.belongings["own"]);
    let day = |days: i64| {
        let now = house.app.env.now().to_zoned(meldekette::core::when::zone()).date();
        (now + jiff::Span::new().days(days)).strftime("%d.%m.%Y").to_string()
    };
    let path = format!("/register/{}/mandate", own.org);
    let (whom, from, until) = (town.cast.houses.foreign.to_string(), day(0), day(31));
    let grant = [
        ("mandated", &*whom),
        ("scope", "act"),
        ("valid_from", from.as_str()),
        ("valid_until", until.as_str()),
    ];
    let granted = door.post(lead, &format!("{path}/neu"), &grant).await;
    assert_eq!(granted.status.as_u16(), 303, "{}", granted.text());
    let laid_down = door.post::<&str, &str>(lead, &format!("{path}/{}/niederlegen", own.held), &[]).await;
    assert_eq!(laid_down.status.as_u16(), 303, "{}", laid_down.text());
}

/// What is said to contacts that were entered long ago and never heard of since.
async fn silent_contacts(house: &House) {
    let long_ago = At(house.app.env.now() - SignedDuration::from_hours(24 * 200));
    let asked = house
        .write(move |tx| {
            diesel::update(contacts::table).set(contacts::updated_at.eq(long_ago)).execute(tx.conn)?;
            directory::ask(tx)
        })
        .await;
    assert!(asked > 0, "somebody is enrolled and silent");
}

/// What is said of keys that end within the month.
async fn ending_keys(house: &House) {
    let soon = Some(At(house.app.env.now() + SignedDuration::from_hours(24 * 20)));
    let told = house
        .write(move |tx| {
            diesel::update(contacts::table).set(contacts::certificate_until.eq(soon)).execute(tx.conn)?;
            directory::announce_endings(tx)
        })
        .await;
    assert!(told > 0, "somebody has a key that ends");
}

/// What is said to somebody whose second factor is set up, used, renewed, taken away.
async fn second_factor(house: &House, town: &Town) {
    let (account, administrator) =
        (town.cast.person("reporter2").account, town.cast.person("administrator").account);
    let step = |step| Proof::Step { step, sealed: b"sealed".to_vec() };
    let codes = ["A".repeat(16), "B".repeat(16)];
    let hash = town.cast.hash.clone();
    house
        .act(account, move |tx, actor| {
            factors::begin(tx, actor, b"sealed")?;
            factors::confirm(tx, actor, &step(1), &codes)?;
            factors::pass(tx, actor, &Proof::Recovery("A".repeat(16)))?;
            factors::renew_codes(tx, actor, &step(2), &codes)?;
            factors::turn_off(tx, actor, &step(3), &hash, None)?;
            factors::begin(tx, actor, b"sealed")?;
            factors::confirm(tx, actor, &step(4), &codes)
        })
        .await;
    house.act(administrator, move |tx, actor| factors::reset(tx, actor, account)).await;
}

/// What is said of a case that may travel in clear: a message in it, and a step up.
async fn in_clear(house: &House, town: &Town, door: &Door) {
    let (analyst, case) = (&town.cast.person("analyst").visitor, &town.cases["foreign"]);
    let version = house.app.db.read_now(|tx| Ok(incidents::load(tx, case.id)?.version)).unwrap().to_string();
    let org = town.cast.houses.own.to_string();
    let triage: &[(&str, &str)] = &[
        ("version", &version),
        ("class", "incident"),
        ("category", Category::InfectedSystem.code()),
        ("impact", "low"),
        ("spread", "one_device"),
        ("tlp", "TLP:GREEN"),
        ("priority", ""),
        ("priority_reason", ""),
    ];
    let message: &[(&str, &str)] =
        &[("an", "organisation"), ("senden", "organisation"), ("text", "Bitte zurückrufen.")];
    let escalation: &[(&str, &str)] =
        &[("escalation_to", &org), ("escalation_reason", "Sie sind auch betroffen")];
    let provider = town.cast.houses.provider.to_string();
    let question: &[(&str, &str)] = &[
        ("source", &provider),
        ("heading", "Ausfall im Rechenzentrum"),
        ("notice", "Bitte prüfen Sie Ihre Fachverfahren."),
        ("patience", "8"),
        ("others", ""),
        // The provider's customers of today.
        ("anzahl", "2"),
        ("tun", "fragen"),
    ];
    let all = [
        ("einstufung", triage),
        ("nachricht", message),
        ("eskalation", escalation),
        ("betroffenheit", question),
    ];
    for (what, fields) in all {
        let path = format!("/vorgaenge/{}/{what}", case.reference);
        let reply = door.post(analyst, &path, fields).await;
        assert_eq!(reply.status.as_u16(), 303, "{what}: {}", reply.text());
    }
}

/// Texts of subjects in the Fluent file: key and the words between placeholders.
fn subjects() -> Vec<(String, Vec<String>)> {
    let file = include_str!("../../src/core/i18n/de.ftl");
    let pairs = file.lines().filter_map(|line| line.split_once(" = "));
    let is_subject = |key: &str| {
        key.ends_with("-mail-subject")
            || key.ends_with("checkpoint-subject")
            || key.ends_with("invitation-subject")
            || key.ends_with("reset-subject")
            // That a report has arrived is always said by the pointer: nobody has triaged it yet.
            || key == "incident-mail-message"
    };
    let words = |text: &str| text.split(['{', '}']).step_by(2).map(|part| part.trim().to_owned()).collect();
    pairs.filter(|(key, _)| is_subject(key)).map(|(key, text)| (key.to_owned(), words(text))).collect()
}

/// A checkpoint's line of signature without the signature, which is another one each time: `— KEY SIGNATURE`.
fn unsigned(line: &str) -> &str {
    match line.strip_prefix("— ").and_then(|rest| rest.rsplit_once(' ')) {
        Some((_, signature)) => &line[..line.len() - signature.len() - 1],
        None => line,
    }
}

#[actix_web::test]
async fn every_mail_is_as_it_was_reviewed() {
    let (house, door, town) = Town::settled().await;
    rest(&house, &town, &door).await;
    let mut kinds = BTreeMap::new();
    for (_, mail) in town.sent.iter().chain(&house.mails.take()) {
        let message = MessageParser::default().parse(mail).expect("a mail");
        let (subject, text) = (message.subject().expect("a subject"), message.body_text(0).expect("a text"));
        // What one kind says to many is reviewed once; the order of sending says nothing of which one.
        let mut kind: String = subject.chars().filter(|c| !c.is_ascii_digit()).collect();
        // Above TLP:GREEN the first sentence tells what is asked, not the subject.
        if text.contains("nie unverschlüsselt") {
            let said = text.split_once("Guten Tag,").expect("a greeting").1;
            kind.push_str(
                said.split(['.', ','])
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(|c: char| c.is_ascii_digit()),
            );
        }
        let said = (subject.to_owned(), text.replace("\r\n", "\n"));
        let unchanging = super::unchanging(&format!("{subject}\n{}", said.1));
        let wordings: &mut BTreeMap<_, _> = kinds.entry(kind).or_default();
        wordings.entry(unchanging).or_insert(said);
    }
    let kinds: BTreeMap<_, _> =
        kinds.into_iter().filter_map(|(kind, texts)| Some((kind, texts.into_values().next()?))).collect();
    let subjects_of = subjects();
    assert!(subjects_of.len() >= 6, "the subjects are read from the file");
    for (key, words) in subjects_of {
        let said =
            kinds.values().any(|(subject, _)| words.iter().all(|word| subject.contains(word.as_str())));
        assert!(said, "no mail with the subject {key}");
    }
    let mut reviewed = Reviewed::new("mails");
    for (kind, (subject, text)) in kinds {
        let text: Vec<_> = text.lines().map(unsigned).collect();
        reviewed.compare(&super::slug(&kind), &format!("{subject}\n\n{}", text.join("\n")));
    }
    reviewed.done();
}
