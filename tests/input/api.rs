//! Every body that the API takes, spoilt: wrong types, unknown fields, no JSON at all.

use std::collections::BTreeSet;

use actix_web::test::TestRequest;
use meldekette::incidents::tasks::model::Owner;
use serde_json::{Value, json};

use super::rows::count;
use crate::policy::forms::{Sent, body};
use crate::policy::{Outcome, Row, lock, path, rows, visitor};
use crate::support::app::House;
use crate::support::client::{Door, Reply, Visitor};
use crate::support::town::{Town, case, task};

/// The POST routes of the API, each once, asked by somebody who may.
fn posts() -> Vec<Row> {
    let mut seen = BTreeSet::new();
    rows()
        .into_iter()
        .filter(|row| row.method == "POST" && row.route.starts_with("/api/") && row.expected == Outcome::Ok)
        .filter(|row| seen.insert((row.route.clone(), row.variant.clone())))
        .collect()
}

struct Tried<'a> {
    house: &'a House,
    door: &'a Door,
    faults: Vec<String>,
    cases: usize,
}

impl Tried<'_> {
    /// Sends bytes; a refusal is a problem that says why and writes nothing.
    async fn refused(
        &mut self,
        row: &Row,
        path: &str,
        who: &Visitor,
        what: &str,
        bytes: Vec<u8>,
        by_name: Option<&str>,
    ) {
        let reply = self.send(row, path, who, what, bytes).await;
        if !reply.status.is_client_error() {
            self.fault(row, what, &reply);
            return;
        }
        let problem: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let says_why = problem["detail"].as_str().is_some_and(|detail| !detail.is_empty());
        let is_problem =
            reply.headers.get("content-type").is_some_and(|kind| kind == "application/problem+json");
        if !says_why || !is_problem {
            self.fault(row, &format!("{what}: no problem"), &reply);
        }
        if let Some(name) = by_name {
            let named = problem["errors"].as_array().is_some_and(|errors| {
                errors.iter().any(|error| {
                    let field = error["field"].as_str().unwrap_or_default();
                    let is_inside = field.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '[']));
                    (field == name || is_inside) && error["reason"].as_str().is_some_and(|r| !r.is_empty())
                })
            });
            if !named {
                self.fault(row, &format!("{what}: {name} is not named: {problem}"), &reply);
            }
        }
    }

    async fn send(&mut self, row: &Row, path: &str, who: &Visitor, what: &str, bytes: Vec<u8>) -> Reply {
        let before = count(self.house);
        let request = TestRequest::post()
            .uri(path)
            .insert_header(("content-type", "application/json"))
            .set_payload(bytes);
        let reply = self.door.send(who.dress(request, path)).await;
        self.cases += 1;
        if reply.status.is_server_error() {
            self.fault(row, what, &reply);
        }
        if !reply.status.is_success() && count(self.house) != before {
            self.fault(row, &format!("{what}: refused, but something was written"), &reply);
        }
        reply
    }

    fn fault(&mut self, row: &Row, what: &str, reply: &Reply) {
        self.faults.push(format!("{} {}#{}: {what}: {}", row.line, row.route, row.variant, reply.status));
    }
}

#[actix_web::test]
async fn whatever_a_program_sends_is_taken_or_answered_with_field_and_reason() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("what the requests set off is nobody's matter here");
    let mut tried = Tried { house: &house, door: &door, faults: Vec::new(), cases: 0 };
    for row in posts() {
        let Sent::Json(mut good) = body(&town, &row) else { panic!("{row}: no JSON") };
        let (mut path, who) = (path(&town, &row), visitor(&town, &door, &row).await);
        if row.route.contains("incidents/{reference}") && !row.route.contains("{step}") {
            let case = case(&house, &town.cast, "reporter2", "eigen", town.cast.houses.own, "by_name").await;
            path = row.route.replace("{reference}", &case.reference);
            if row.route.contains("{task}") {
                let owner = Owner::Organisation(town.cast.houses.own);
                let task = task(&house, &town.cast, &case, owner, "Netz trennen").await;
                path = path.replace("{task}", &task.to_string());
                good["version"] = 1.into();
            } else if good.get("version").is_some() {
                let version = house
                    .app
                    .db
                    .read_now(|tx| Ok(meldekette::incidents::service::load(tx, case.id)?.version));
                good["version"] = version.unwrap().into();
            }
        } else if row.route.contains("advisories/{reference}") {
            good["version"] = lock(&house.app.db, path.split('/').nth(4).expect("a reference")).into();
        }
        whole(&mut tried, &row, &path, &who, &good).await;
        if !row.route.contains("{step}") {
            fields(&mut tried, &row, &path, &who, &good).await;
        }
        if row.route == "/api/v1/incidents" {
            twice(&mut tried, &row, &path, &who, &good).await;
        }
    }
    println!(
        "bad input: {} bodies of the API, {} cases, {} faults",
        posts().len(),
        tried.cases,
        tried.faults.len()
    );
    assert!(tried.faults.is_empty(), "{} faults:\n{}", tried.faults.len(), tried.faults.join("\n"));
}

/// What is no JSON, or not this one.
async fn whole(tried: &mut Tried<'_>, row: &Row, path: &str, who: &Visitor, good: &Value) {
    let takes_a_body = good.as_object().is_some_and(|fields| !fields.is_empty());
    if !takes_a_body {
        return;
    }
    let mut not_utf8 = br#"{"title": ""#.to_vec();
    not_utf8.extend([0xff, 0xfe, b'"', b'}']);
    let huge = format!("{{\"title\": \"{}\"}}", "x".repeat(300_000)).into_bytes();
    let deep = "[".repeat(100_000).into_bytes();
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("no JSON", b"title=x".to_vec()),
        ("half a JSON", b"{\"title\": \"x".to_vec()),
        ("a list", b"[]".to_vec()),
        ("a number", b"7".to_vec()),
        ("null", b"null".to_vec()),
        ("not UTF-8", not_utf8),
        ("too large", huge),
        ("too deep", deep),
        ("half a character", br#"{"title": "\ud800"}"#.to_vec()),
    ] {
        tried.refused(row, path, who, what, bytes, None).await;
    }
    let mut more = good.clone();
    more["unbekannt"] = json!("x");
    tried.refused(row, path, who, "a field too many", more.to_string().into_bytes(), Some("unbekannt")).await;
    let request = TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "text/plain"))
        .set_payload(good.to_string());
    let reply = tried.door.send(who.dress(request, path)).await;
    if !reply.status.is_client_error() {
        tried.fault(row, "JSON as plain text", &reply);
    }
}

/// Each field with values of wrong types and with bad words.
async fn fields(tried: &mut Tried<'_>, row: &Row, path: &str, who: &Visitor, good: &Value) {
    for (name, value) in good.as_object().expect("an object") {
        let is_list = ["products", "cves", "affected"].contains(&name.as_str());
        let wrong: Vec<Value> = match value {
            Value::String(_) => vec![json!(7), json!(["x"]), json!({"x": 1}), json!(true)],
            Value::Number(_) => {
                vec![json!("7x"), json!(1.5), json!([1]), json!(99_999_999_999_999_i64), Value::Null]
            }
            Value::Bool(_) => vec![json!("ja"), json!(1)],
            Value::Array(_) => vec![json!("x"), json!([1]), json!([["x"]])],
            Value::Object(_) => {
                vec![json!("x"), json!({"by": "nonsense"}), json!({"by": "hand", "of": ["x"]})]
            }
            Value::Null => vec![],
        };
        for wrong in wrong {
            let what = format!("{name} = {wrong}");
            let bytes = with(good, name, wrong).to_string().into_bytes();
            tried.refused(row, path, who, &what, bytes, Some(name)).await;
        }
        let prose = ["description", "measures", "text", "body", "concerns", "why"].contains(&name.as_str());
        // In prose lines break, and marks that change the direction become visible.
        for (word, is_line_only) in [
            ("Betreff\u{7}Glocke", false),
            ("Null\u{0}Byte", false),
            ("Rechnung\u{202e}fdp.exe", true),
            ("Betreff\r\nBcc: fremd@boese.example", true),
        ] {
            if !(value.is_string() || is_list) || (is_line_only && prose) {
                continue;
            }
            let spoilt = if is_list { json!([word]) } else { json!(word) };
            let bytes = with(good, name, spoilt).to_string().into_bytes();
            tried.refused(row, path, who, &format!("{name} = {word:?}"), bytes, Some(name)).await;
        }
        if value.is_string() && !prose {
            let long = with(good, name, json!("x".repeat(10_000))).to_string().into_bytes();
            tried.refused(row, path, who, &format!("{name} of 10,000 characters"), long, Some(name)).await;
        }
        if name.ends_with("_at") {
            for date in ["1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "gestern", "+99999-01-01T00:00:00Z"]
            {
                let bytes = with(good, name, json!(date)).to_string().into_bytes();
                tried.refused(row, path, who, &format!("{name} = {date}"), bytes, Some(name)).await;
            }
        }
    }
}

fn with(good: &Value, name: &str, value: Value) -> Value {
    let mut spoilt = good.clone();
    spoilt[name] = value;
    spoilt
}

/// A request that is sent twice, because an answer got lost, is carried out once.
async fn twice(tried: &mut Tried<'_>, row: &Row, path: &str, who: &Visitor, good: &Value) {
    let send = |key: &str, body: Value| {
        let request =
            TestRequest::post().uri(path).insert_header(("idempotency-key", key.to_owned())).set_json(body);
        tried.door.send(who.dress(request, path))
    };
    let before = count(tried.house)["incidents"];
    let once = format!("einmal{}", row.variant);
    let first = send(&once, good.clone()).await;
    let second = send(&once, good.clone()).await;
    assert_eq!(
        (first.status.as_u16(), &first.body),
        (second.status.as_u16(), &second.body),
        "{}",
        first.text()
    );
    assert_eq!(first.status.as_u16(), 201, "{}", first.text());
    let other = send(&once, with(good, "title", json!("Etwas anderes"))).await;
    let (long, empty) = (send(&"k".repeat(201), good.clone()).await, send("", good.clone()).await);
    for refused in [&other, &long, &empty] {
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text());
    }
    assert_eq!(count(tried.house)["incidents"], before + 1, "filed once");
    tried.cases += 5;
}
