//! A process that is killed at every question of the guided report: no answer that was taken is lost, and the report is
//! filed once.

use std::time::Duration;

use diesel::prelude::*;
use meldekette::store::schema;

use super::house::House;
use super::process::Process;
use super::run::{Draw, is_full};
use super::sink::Sink;
use super::town::{Reporter, Town};

type Fields = &'static [(&'static str, &'static str)];

/// Every question with an answer, and the words by which the page shows it again.
const ANSWERS: [(&str, Fields); 10] = [
    ("lage", &[("danger", "service")]),
    (
        "was",
        &[("observed", "outage"), ("title", "Ausfall im Bürgerbüro"), ("description", "Seit heute früh.")],
    ),
    ("naeher", &[("unusable_since", "20.11.2026, 07:40 Uhr"), ("operator", "provider")]),
    ("umfang", &[("spread", "one_office")]),
    ("daten", &[("personal_data", "unknown")]),
    ("absicht", &[("malicious", "no")]),
    ("seit", &[("detected_at", "20.11.2026, 07:45 Uhr"), ("occurred_at", "20.11.2026, 07:00 Uhr")]),
    ("getan", &[("done", "provider"), ("measures", "Stecker gezogen")]),
    ("erreichbar", &[("contact_name", "IT-Sicherheit"), ("contact_phone", "030 23125 114")]),
    ("weitergabe", &[("inform", "anonymous")]),
];

fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap().to_owned()
}

/// Whether the page shows the answer: in a field, chosen, or as text.
fn shows(html: &str, value: &str) -> bool {
    html.contains(&format!("value=\"{value}\" checked"))
        || html.contains(&format!("value=\"{value}\" aria"))
        || html.contains(&format!("value=\"{value}\">"))
        || html.contains(&format!(">\n{value}</textarea>"))
}

/// Opens every question that was answered so far; how many answers are there, and which are not.
fn there(reporter: &mut Reporter, draft: &str, until: usize) -> (usize, Vec<String>) {
    let (mut found, mut lost) = (0, Vec::new());
    for (step, fields) in &ANSWERS[..until] {
        let (status, html) = reporter.get(&format!("{draft}/{step}"));
        assert_eq!(status, 200, "{step}");
        for (name, value) in *fields {
            if shows(&html, value) {
                found += 1;
            } else {
                lost.push(format!("{step}: {name} = {value}: {html}"));
            }
        }
    }
    (found, lost)
}

/// Kills the process and starts another on the same database.
fn kill(house: &House, sink: &Sink, process: &mut Process, reporter: &mut Reporter) {
    process.kill();
    *process = house.serve(sink, &[]);
    reporter.moved_to(process);
}

#[test]
fn killed_at_every_question_the_guided_report_loses_no_answer_and_is_filed_once() {
    let house = House::new();
    let app = house.app();
    Town::settle(&app);
    let sink = Sink::taking(Duration::ZERO);
    let mut process = house.serve(&sink, &[]);
    let mut reporter = Reporter::sign_in(&process);
    let (mut kills, mut unknown, mut kept, mut draw) = (0, 0, 0, Draw(0x4d4b));
    let (mut lost, mut twice) = (Vec::new(), 0);
    let rounds = if is_full() { 9 } else { 1 };
    for round in 0..rounds {
        let (_, start) = reporter.get("/melden");
        let begun = [("once", hidden(&start, "once")), ("art", "vorfall".to_owned())];
        let begun = begun.each_ref().map(|(name, value)| (*name, value.as_str()));
        let first = reporter.post_to("/melden", &begun).expect("a draft");
        let draft = first.strip_suffix("/lage").expect("the first question").to_owned();
        for (number, (step, fields)) in ANSWERS.iter().enumerate() {
            let path = format!("{draft}/{step}");
            // Somebody is typing: what has been saved so far is kept as it is.
            let (_, page) = reporter.get(&path);
            let version = hidden(&page, "version");
            let answer = [&[("version", version.as_str()), ("tun", "weiter")], *fields].concat();
            let sent = std::thread::scope(|scope| {
                let sending = scope.spawn(|| reporter.try_post(&path, &answer));
                std::thread::sleep(Duration::from_micros(draw.below(8000)));
                process.signal("KILL");
                sending.join().unwrap()
            });
            kill(&house, &sink, &mut process, &mut reporter);
            kills += 1;
            // What was answered is there; what was not may be.
            lost.extend(there(&mut reporter, &draft, number + usize::from(sent == Some(303))).1);
            unknown += usize::from(sent.is_none());
            // Whoever got no answer presses again.
            let (_, page) = reporter.get(&path);
            let version = hidden(&page, "version");
            let answer = [&[("version", version.as_str()), ("tun", "weiter")], *fields].concat();
            let (status, html) = reporter.post(&path, &answer);
            assert_eq!(status, 303, "{step}: {html}");
            kill(&house, &sink, &mut process, &mut reporter);
            kills += 1;
            let (found, gone) = there(&mut reporter, &draft, number + 1);
            kept += found;
            lost.extend(gone);
        }
        let review = format!("{draft}/pruefen");
        let version = hidden(&reporter.get(&review).1, "version");
        let to = reporter.post_to(&review, &[("version", &version)]).expect("the case");
        kill(&house, &sink, &mut process, &mut reporter);
        kills += 1;
        assert_eq!(
            reporter.post_to(&review, &[("version", &version)]).as_ref(),
            Some(&to),
            "the answer was lost"
        );
        assert_eq!(reporter.get(&to).0, 200);
        let filed: i64 =
            app.db.read_now(|tx| Ok(schema::incidents::table.count().get_result(tx.conn)?)).unwrap();
        twice = filed - (round + 1);
    }
    println!(
        "{kills} times kill -9 in the guided report, {unknown} in the middle of an answer: {kept} answers read again, \
         lost {}; {rounds} filed, twice {twice}",
        lost.len()
    );
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert_eq!(twice, 0);
    let answers: usize = ANSWERS.iter().map(|(_, fields)| fields.len()).sum();
    assert!(kept >= answers * usize::try_from(rounds).unwrap(), "only {kept} answers were read again");
    assert!(unknown > 0, "no kill met an answer that was on its way");
}
