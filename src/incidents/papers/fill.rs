//! What a case suggests for its papers: sentences that are true of it, the reporter's own words where they are meant for
//! the own house, and open places where only the organisation knows what to say. Pure.

use jiff::{SignedDuration, Timestamp};

use super::model::{Paper, Text};
use crate::core::i18n::{Arg, Lang, text, text_with};
use crate::core::when;
use crate::incidents::model::{Incident, Observed, Report};
use crate::incidents::status::Status;
use crate::web::site::Settings;

/// How many characters of the reporter's title, description and measures stand on the one page.
const QUOTED: usize = 120;
/// From becoming aware to reporting a breach of personal data (GDPR Art. 33 (1)).
const TO_REPORT: SignedDuration = SignedDuration::from_hours(72);

/// What is known of a case.
pub struct Known<'a> {
    pub case: &'a Incident,
    pub report: &'a Report,
    pub house: &'a str,
    pub cert: &'a Settings,
    pub now: Timestamp,
}

/// The paper as far as the case says it.
pub fn suggest(paper: Paper, known: &Known<'_>) -> Text {
    let mut said = Text::default();
    for (part, _) in paper.parts() {
        let lines = match paper {
            Paper::Situation => situation(part, known),
            Paper::Notice => notice(part, known),
            Paper::Letter => letter(part, known),
            Paper::Members => members(part, known),
        };
        said.set(part, lines.join("\n"));
    }
    said
}

fn say(key: &str) -> String {
    text(Lang::De, key).into_owned()
}

fn say_with(key: &str, name: &str, value: impl Into<Arg<'static>>) -> String {
    text_with(Lang::De, key, &[(name, value.into())]).into_owned()
}

/// The beginning of a text on one line, whole words, with an ellipsis where something is left out.
fn beginning(said: &str) -> String {
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED {
        return line;
    }
    let cut: String = line.chars().take(QUOTED).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}

/// The day on which it was noticed, as far as somebody said so; otherwise a place to fill in.
fn day_noticed(known: &Known<'_>) -> String {
    let said = [known.case.detected_at, known.case.aware_at].into_iter().flatten().min();
    said.map_or_else(
        || say("paper-fill-day"),
        |at| at.to_zoned(when::zone()).strftime("%d.%m.%Y").to_string(),
    )
}

/// When somebody in the house noticed it, as far as that is known.
fn noticed(known: &Known<'_>) -> Timestamp {
    let Incident { detected_at, aware_at, reported_at, .. } = known.case;
    [*detected_at, *aware_at, Some(*reported_at)].into_iter().flatten().min().unwrap_or(*reported_at)
}

/// By when the data protection commissioner is told, in the strictest reading: from the first notice on, nights and
/// weekends included.
fn report_by(known: &Known<'_>) -> Timestamp {
    noticed(known) + TO_REPORT
}

fn situation(part: &str, known: &Known<'_>) -> Vec<String> {
    let (case, report) = (known.case, known.report);
    let cert = || known.cert.cert_name.clone();
    match part {
        "happened" => happened(known),
        "works" => {
            let key = if report.flags.critical_service { "stands-still" } else { "works" };
            let mut lines = vec![say(&format!("paper-fill-{key}")), say("paper-fill-goes-on")];
            if report.flags.beyond_house {
                lines.push(say("paper-fill-beyond"));
            }
            lines
        }
        "steps" => {
            let own = beginning(&report.measures);
            let own = if own.is_empty() { say("paper-fill-done-nothing") } else { own };
            let args = [
                ("cert", cert().into()),
                ("at", when::absolute(case.reported_at).into()),
                ("reference", case.reference.clone().into()),
            ];
            vec![own, text_with(Lang::De, "paper-fill-done-reported", &args).into_owned()]
        }
        "next" => vec![match (case.status, case.deadline_at) {
            (Status::Closed, _) => say_with("paper-fill-next-closed", "cert", cert()),
            (_, Some(at)) => {
                let args = [("cert", cert().into()), ("at", when::absolute(at).into())];
                text_with(Lang::De, "paper-fill-next-by", &args).into_owned()
            }
            (Status::Reported, None) => say_with("paper-fill-next-reported", "cert", cert()),
            (_, None) => say_with("paper-fill-next-work", "cert", cert()),
        }],
        "decide" => decide(known),
        "say" => vec![say("paper-fill-say")],
        _ => {
            vec![contact(known), format!("{}: {}", cert(), known.cert.phone)]
        }
    }
}

/// Whom to ask in the house.
fn contact(known: &Known<'_>) -> String {
    let own = [known.report.contact_name.as_str(), known.report.contact_phone.as_str()];
    let own = own.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
    if own.is_empty() { say("paper-fill-ask-house") } else { own }
}

fn happened(known: &Known<'_>) -> Vec<String> {
    let (case, report) = (known.case, known.report);
    let mut lines = vec![say(&format!("paper-fill-{}", report.observed.code()))];
    if !case.title.is_empty() {
        lines.push(say_with("paper-fill-title", "title", beginning(&case.title)));
    }
    let description = beginning(&report.description);
    if !description.is_empty() {
        lines.push(description);
    }
    let times =
        [("noticed", case.detected_at), ("began", case.occurred_at)].into_iter().filter_map(|(key, at)| {
            at.map(|at| say_with(&format!("paper-fill-{key}"), "at", when::absolute(at)))
        });
    let times: Vec<_> = times.collect();
    if !times.is_empty() {
        lines.push(times.join(" · "));
    }
    lines
}

/// What only whoever leads the house decides.
fn decide(known: &Known<'_>) -> Vec<String> {
    let flags = known.report.flags;
    let mut lines = vec![say("paper-fill-decide-lead")];
    if flags.critical_service {
        lines.push(say("paper-fill-decide-service"));
    }
    if flags.personal_data {
        lines.push(say_with("paper-fill-decide-data", "at", when::absolute(report_by(known))));
        lines.push(say("paper-fill-decide-letter"));
    }
    if flags.malicious {
        lines.push(say("paper-fill-decide-police"));
    }
    if known.report.observed == Observed::Encrypted {
        lines.push(say("paper-fill-decide-ransom"));
    }
    lines.push(say("paper-fill-decide-speak"));
    lines
}

/// Which notice fits what is observed: the codes of its texts.
fn kind(observed: Observed) -> &'static str {
    match observed {
        Observed::Mail | Observed::Account => "mail",
        Observed::Website => "website",
        Observed::Data | Observed::Device => "data",
        Observed::Encrypted
        | Observed::Malware
        | Observed::Outage
        | Observed::Vulnerability
        | Observed::Other => "outage",
    }
}

/// What everybody may know. Nothing of the reporter's own words: they are not written for the public.
fn notice(part: &str, known: &Known<'_>) -> Vec<String> {
    let kind = kind(known.report.observed);
    if part == "heading" {
        return vec![say_with(&format!("paper-fill-notice-{kind}-heading"), "house", known.house.to_owned())];
    }
    vec![
        say_with(&format!("paper-fill-notice-{kind}"), "day", day_noticed(known)),
        say(&format!("paper-fill-notice-{kind}-do")),
        say("paper-fill-notice-reach"),
        say("paper-fill-notice-again"),
        say_with("paper-fill-notice-as-of", "at", when::absolute(known.now)),
    ]
}

/// What the people concerned must be told: what happened, whom to ask, what may follow, what is done (GDPR Art. 34 (2),
/// Art. 33 (3) b, c, d).
fn letter(part: &str, known: &Known<'_>) -> Vec<String> {
    let observed = known.report.observed;
    match part {
        "happened" => vec![
            say_with("paper-fill-letter-happened", "day", day_noticed(known)),
            say(&format!("paper-fill-{}", observed.code())),
        ],
        "data" => vec![say("paper-fill-letter-data")],
        "risks" => {
            vec![say(&format!("paper-fill-letter-{}-risk", kind(observed))), say("paper-fill-letter-risks")]
        }
        "steps" => vec![
            say_with("paper-fill-letter-reported", "cert", known.cert.cert_name.clone()),
            say("paper-fill-letter-done"),
        ],
        "advice" => vec![say("paper-fill-letter-advice"), say("paper-fill-letter-passwords")],
        _ => vec![say("paper-fill-letter-ask"), say("paper-fill-letter-authority")],
    }
}

/// What a mayor needs to know whose town hall this is: whether work goes on, what is done, what to say. Nothing of the
/// reporter's own words, which were meant for the CERT.
fn members(part: &str, known: &Known<'_>) -> Vec<String> {
    let (case, report) = (known.case, known.report);
    match part {
        "happened" => vec![
            say_with("paper-fill-members-happened", "day", day_noticed(known)),
            say(&format!("paper-fill-{}", report.observed.code())),
        ],
        "works" => {
            let mut lines = vec![say("paper-fill-works"), say("paper-fill-goes-on")];
            if report.flags.personal_data {
                lines.push(say("paper-fill-members-data"));
            }
            lines
        }
        "steps" => {
            let args = [
                ("cert", known.cert.cert_name.clone().into()),
                ("at", when::absolute(case.reported_at).into()),
                ("reference", case.reference.clone().into()),
            ];
            vec![
                text_with(Lang::De, "paper-fill-done-reported", &args).into_owned(),
                say("paper-fill-letter-done"),
            ]
        }
        "advice" => vec![say("paper-fill-members-advice"), say("paper-fill-members-speak")],
        _ => vec![contact(known)],
    }
}
