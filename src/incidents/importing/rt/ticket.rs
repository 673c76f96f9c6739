//! A ticket as a case: who wrote what, and what cannot be taken over.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::answers::{Attachment, Ticket, Transaction, is_set, plain};
use crate::core::i18n::{Lang, text_with};
use crate::core::ids::OrgId;
use crate::core::when;
use crate::incidents::evidence::service::page_text;
use crate::incidents::importing::model::{Foreign, Line, Origin, Stated, System, from_there};
use crate::incidents::model::{Audience, Category, FILED_UNDER, FROM, Flags, Inform, Observed, Way};
use crate::incidents::status::{CloseReason, Status};

/// Characters of a title and of a text that are kept.
const TITLE: usize = 200;
const TEXT: usize = 200_000;

/// Classifications as RT for incident response and its users name them.
const CLASSIFICATIONS: [(&str, Category); 14] = [
    ("spam", Category::Spam),
    ("phishing", Category::Phishing),
    ("copyright", Category::Copyright),
    ("denial of service", Category::Dos),
    ("dos", Category::Dos),
    ("ddos", Category::Ddos),
    ("scan", Category::Scanner),
    ("scans", Category::Scanner),
    ("port scan", Category::Scanner),
    ("malware", Category::InfectedSystem),
    ("virus", Category::InfectedSystem),
    ("system compromise", Category::SystemCompromise),
    ("brute force", Category::BruteForce),
    ("vulnerability", Category::VulnerableSystem),
];

/// The category that a classification means, in RSIT's words or in RT's.
pub(super) fn category(classification: &str) -> Option<Category> {
    let word = classification.trim().to_lowercase();
    let known = CLASSIFICATIONS.iter().find(|(name, _)| *name == word).map(|(_, category)| *category);
    Category::parse(&word).or(known)
}

/// A part of a transaction, read.
#[derive(Debug)]
pub(super) enum Part {
    Words {
        text: String,
        /// Made of HTML.
        is_page: bool,
        /// Its end is left out.
        is_cut: bool,
    },
    File {
        name: String,
        media_type: String,
        bytes: Vec<u8>,
    },
    /// It holds others.
    Nothing,
}

impl Part {
    pub fn read(attachment: Attachment, place: u64) -> Result<Self, &'static str> {
        let Some(content) = attachment.content else { return Ok(Self::Nothing) };
        let packed: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, packed)
            .map_err(|_| "its content is not base64")?;
        let media_type = attachment.content_type.unwrap_or_default().to_lowercase();
        let name = attachment.filename.filter(|name| !name.trim().is_empty());
        match (name, media_type.as_str()) {
            _ if bytes.is_empty() => Ok(Self::Nothing),
            (None, "text/plain" | "") => Ok(Self::words(&String::from_utf8_lossy(&bytes), false)),
            (None, "text/html") => Ok(Self::words(&page_text(&String::from_utf8_lossy(&bytes)), true)),
            (name, _) => {
                let name = name.unwrap_or_else(|| format!("rt-{place}"));
                let media_type = media_type.chars().filter(char::is_ascii_graphic).take(100).collect();
                Ok(Self::File { name, media_type, bytes })
            }
        }
    }
}

impl Part {
    fn words(text: &str, is_page: bool) -> Self {
        Self::Words { text: legible(text), is_page, is_cut: text.chars().count() > TEXT }
    }
}

/// Without what no text holds.
fn legible(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let is_fine = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(is_fine).take(TEXT).collect::<String>().trim().to_owned()
}

fn one_line(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect();
    line.trim().to_owned()
}

/// Who may read what came with a transaction; none: it is no line of its own.
pub(super) fn readers(kind: &str, organisation: Option<OrgId>) -> Option<Audience> {
    let outside = organisation.map_or(Audience::Team, Audience::Organisation);
    match kind {
        "Create" | "Correspond" => Some(outside),
        "Comment" => Some(Audience::Team),
        _ => None,
    }
}

/// Where a ticket stands. What is open there has not been classed by anybody here.
fn status(ticket: &Ticket) -> (Status, Option<CloseReason>) {
    match ticket.status.to_lowercase().as_str() {
        "rejected" | "abandoned" => (Status::Closed, Some(CloseReason::FalseAlarm)),
        "resolved" | "closed" => (Status::Closed, Some(CloseReason::Resolved)),
        "new" | "open" | "stalled" => (Status::Reported, None),
        // Of a lifecycle of its own: whether it is over says the time.
        _ if is_set(ticket.resolved).is_some() => (Status::Closed, Some(CloseReason::Resolved)),
        _ => (Status::Reported, None),
    }
}

/// The name of a ticket.
pub(super) fn origin(installation: &str, number: u64) -> Origin {
    let reference = format!("RT#{number}");
    Origin { system: System::Rt, name: installation.to_owned(), reference, digest: None }
}

/// The case without its files. `said`: of each transaction its words. `lacks`: what is not taken over, by name.
pub(super) fn case(
    ticket: &Ticket,
    installation: &str,
    organisation: Option<OrgId>,
    said: &[(&Transaction, Vec<String>)],
    lacks: &[String],
    now: Timestamp,
) -> Foreign {
    let origin = origin(installation, ticket.number());
    let (status, close_reason) = status(ticket);
    let subject = one_line(ticket.subject.as_deref().unwrap_or_default(), TITLE);
    let title = if subject.is_empty() { origin.reference.clone() } else { subject };
    let mut lines = Vec::new();
    let mut description = String::new();
    for (transaction, words) in said {
        let body = words.join("\n\n");
        let mut facts = Map::from_iter([(FROM.to_owned(), Value::from(installation))]);
        let (kind, audience, body) = match (readers(&transaction.r#type, organisation), body.is_empty()) {
            (Some(_), true) => continue,
            (Some(audience), false) => {
                if transaction.r#type == "Create" {
                    description.clone_from(&body);
                }
                let kind = if transaction.r#type == "Comment" { "note" } else { "message" };
                (kind, audience, Some(body))
            }
            (None, _) if transaction.r#type == "Status" => {
                let value = |of: &Option<Value>| of.as_ref().map(plain).unwrap_or_default();
                let (from, to) = (value(&transaction.old_value), value(&transaction.new_value));
                facts.insert("name".to_owned(), one_line(&format!("{from} → {to}"), TITLE).into());
                ("imported_line", Audience::Team, None)
            }
            (None, _) => continue,
        };
        lines.push(Line {
            at: transaction.created,
            author: from_there(&one_line(&transaction.creator.name(), 120), installation),
            kind: kind.to_owned(),
            audience,
            facts,
            body,
            is_pinned: false,
        });
    }
    let requestors = ticket.requestors().join(", ");
    let classification = ticket.custom("Classification");
    Foreign {
        told: told(ticket, &origin, lacks, now),
        category: classification.iter().find_map(|it| category(it)),
        reports: vec![Stated {
            organisation,
            nature: None,
            stated_at: ticket.created,
            observed: Observed::Other,
            // Nobody there was asked whether others may be told.
            inform: Inform::Nobody,
            flags: Flags::default(),
            title: title.clone(),
            description,
            measures: String::new(),
            contact_name: one_line(&requestors, 120),
            contact_phone: String::new(),
            is_current: true,
        }],
        title,
        organisation,
        way: Way::Mail,
        claimed: None,
        named: Vec::new(),
        status,
        close_reason,
        class: None,
        impact: None,
        spread: None,
        priority: None,
        priority_reason: None,
        tlp: FILED_UNDER,
        waiting_on: None,
        follow_up_at: None,
        is_restricted: false,
        is_drill: false,
        occurred_at: None,
        detected_at: None,
        aware_at: None,
        reported_at: ticket.created,
        closed_at: (status == Status::Closed).then(|| {
            is_set(ticket.resolved).unwrap_or_else(|| said.last().map_or(ticket.created, |it| it.0.created))
        }),
        parts: Vec::new(),
        lines,
        files: Vec::new(),
        origin,
    }
}

/// Where it came from and what else RT knew, for the team; addresses in it are found as traces.
fn told(ticket: &Ticket, origin: &Origin, lacks: &[String], now: Timestamp) -> String {
    let args = [
        ("origin", (&origin.name).into()),
        ("reference", (&origin.reference).into()),
        ("at", when::absolute(now).into()),
        ("status", one_line(&ticket.status, 60).into()),
        ("owner", one_line(&ticket.owner.as_ref().map(|it| it.name()).unwrap_or_default(), 120).into()),
        ("requestors", one_line(&ticket.requestors().join(", "), 500).into()),
    ];
    let mut told = text_with(Lang::De, "dossier-imported-ticket", &args).into_owned();
    for name in ["Classification", "IP"] {
        let values = ticket.custom(name);
        if !values.is_empty() {
            told.push_str(&format!("\n{name}: {}", one_line(&values.join(", "), 2000)));
        }
    }
    if !lacks.is_empty() {
        let names = lacks.join("; ");
        let lacking = text_with(Lang::De, "dossier-imported-lacks", &[("names", names.into())]);
        told.push_str(&format!("\n{lacking}"));
    }
    told
}
