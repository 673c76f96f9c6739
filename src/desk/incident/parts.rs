//! What both pages about an incident show: the report, the steps of its escalation, who takes part.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{EvidenceId, OrgId, StepId};
use crate::desk::words::{Names, word};
use crate::duties::service::Due;
use crate::escalation::model::StepState;
use crate::escalation::service as escalation;
use crate::incidents::evidence::model::{Evidence, bytes_in_words, shortened};
use crate::incidents::model::{Behalf, BehalfState, Entry, Involvement, Report, Way};
use crate::incidents::service::Redaction;

/// An organisation with its parts in the case.
pub(super) struct Involved {
    pub name: String,
    pub parts: Vec<Cow<'static, str>>,
}

pub(super) fn involved(involvements: &[Involvement], names: &Names) -> Vec<Involved> {
    let mut found: Vec<(OrgId, Involved)> = Vec::new();
    for one in involvements {
        let part = word("incident-part", one.part.code());
        match found.iter_mut().find(|(organisation, _)| *organisation == one.organisation) {
            Some((_, involved)) => involved.parts.push(part),
            None => {
                let name = names.organisation(Some(one.organisation));
                found.push((one.organisation, Involved { name, parts: vec![part] }));
            }
        }
    }
    found.into_iter().map(|(_, involved)| involved).collect()
}

/// A step of the escalation in words, and what may be done with it.
pub(super) struct StepLine {
    pub id: StepId,
    pub name: String,
    pub state: Cow<'static, str>,
    pub tone: &'static str,
    pub when: String,
    pub can_acknowledge: bool,
    pub can_approve: bool,
    pub can_withdraw: bool,
}

/// `at` says an instant in the words of the page.
pub(super) fn step_line(step: escalation::StepView, at: impl Fn(Timestamp) -> String) -> StepLine {
    let state = word("escalation-state", step.state.code());
    let say = |key: &str, when: Timestamp| text_with(Lang::De, key, &[("at", at(when).into())]);
    let (tone, when) = match (step.acknowledged_at, step.acknowledge_by) {
        (Some(when), _) => {
            let who = step.acknowledged_by.unwrap_or_default();
            let args = [("who", who.into()), ("at", at(when).into())];
            ("ok", text_with(Lang::De, "desk-step-acknowledged", &args))
        }
        (None, _) if matches!(step.state, StepState::Withdrawn | StepState::Overtaken) => {
            ("", Cow::Borrowed(""))
        }
        (None, Some(by)) if step.can_acknowledge => ("warn", say("desk-step-by", by)),
        (None, Some(by)) => ("", say("desk-step-by", by)),
        (None, None) => ("", say("desk-step-due", step.due_at)),
    };
    StepLine {
        id: step.id,
        name: step.name,
        state,
        tone,
        when: when.into_owned(),
        can_acknowledge: step.can_acknowledge,
        can_approve: step.can_approve,
        can_withdraw: step.can_withdraw,
    }
}

/// A file of the case: what and from whom. The rest stands on the page of its files.
pub(super) struct FileLine {
    pub id: EvidenceId,
    pub name: String,
    pub size: String,
    /// Begin and end of the digest.
    pub sha256: String,
    pub author: String,
    pub at: Timestamp,
    pub is_sample: bool,
    pub is_damaged: bool,
}

impl FileLine {
    pub fn of(file: Evidence) -> Self {
        Self {
            id: file.id,
            name: file.name,
            size: bytes_in_words(file.size.unwrap_or_default()),
            sha256: file.sha256.as_ref().map(shortened).unwrap_or_default(),
            author: file.author,
            at: file.stored_at.unwrap_or(file.begun_at),
            is_sample: file.is_sample,
            is_damaged: file.is_damaged,
        }
    }
}

/// The report in words.
pub(super) struct Said {
    pub observed: Cow<'static, str>,
    pub stated_at: Timestamp,
    pub inform: Cow<'static, str>,
    pub description: String,
    pub measures: String,
    pub contact: String,
    pub flags: Vec<Cow<'static, str>>,
    /// What a later report is, in a word.
    pub nature: Cow<'static, str>,
}

impl Said {
    pub fn of(report: Report) -> Self {
        let flags = [
            (report.flags.critical_service, "critical_service"),
            (report.flags.personal_data, "personal_data"),
            (report.flags.malicious, "malicious"),
            (report.flags.beyond_house, "beyond_house"),
        ];
        let nature = report.nature.map(|nature| word("incident-stated", nature.code())).unwrap_or_default();
        let contact = [report.contact_name, report.contact_phone];
        Self {
            observed: word("incident-observed", report.observed.code()),
            stated_at: report.stated_at,
            inform: word("incident-inform", report.inform.code()),
            description: report.description,
            measures: report.measures,
            nature,
            contact: contact.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
            flags: flags
                .into_iter()
                .filter(|(set, _)| *set)
                .map(|(_, code)| word("incident-flag", code))
                .collect(),
        }
    }
}

/// Why a page does not show the report.
pub(super) fn withheld(redaction: Redaction) -> Option<&'static str> {
    match redaction {
        Redaction::None => None,
        Redaction::Anonymous => Some("desk-withheld-anonymous"),
        Redaction::Nobody => Some("desk-withheld-nobody"),
    }
}

/// What a page says of a report that the organisation did not file itself.
pub(super) fn on_behalf(behalf: &Behalf, names: &Names) -> String {
    let is_house = behalf.through.is_some();
    let key = match behalf.state {
        BehalfState::Mandated => "desk-behalf-mandated",
        BehalfState::Loose if behalf.way == Way::Telephone => "desk-behalf-loose-telephone",
        BehalfState::Loose if behalf.claimed.is_some() => "desk-behalf-loose-claimed",
        BehalfState::Loose => "desk-behalf-loose",
        BehalfState::Pending if is_house => "desk-behalf-pending",
        BehalfState::Pending if behalf.way == Way::Telephone => "desk-behalf-pending-telephone",
        BehalfState::Pending => "desk-behalf-pending-form",
        BehalfState::Confirmed if is_house => "desk-behalf-confirmed",
        BehalfState::Confirmed if behalf.way == Way::Telephone => "desk-behalf-confirmed-telephone",
        BehalfState::Confirmed => "desk-behalf-confirmed-form",
        BehalfState::Refused if is_house => "desk-behalf-refused",
        BehalfState::Refused if behalf.way == Way::Telephone => "desk-behalf-refused-telephone",
        BehalfState::Refused => "desk-behalf-refused-form",
    };
    let name = |id: Option<OrgId>| names.organisation(id).into();
    let args = [
        ("name", name(behalf.organisation)),
        ("through", name(behalf.through)),
        ("claimed", name(behalf.claimed)),
    ];
    let said = text_with(Lang::De, key, &args).into_owned();
    // What somebody else permitted is in force only with the organisation's own word.
    if ![BehalfState::Loose, BehalfState::Pending].contains(&behalf.state) {
        return said;
    }
    if behalf.way == Way::Mail {
        return format!("{said} {}", text(Lang::De, "desk-behalf-not-asked"));
    }
    let answer = word("incident-inform", behalf.inform.code());
    format!("{said} {}", text_with(Lang::De, "desk-behalf-inform", &[("answer", answer.as_ref().into())]))
}

/// The name beside a line; what the product does by itself has its own word, whoever wrote elsewhere the name from there.
pub(super) fn author(entry: &Entry) -> String {
    if entry.is_of_product() {
        text(Lang::De, "desk-author-system").into_owned()
    } else {
        entry.author.clone()
    }
}

/// A report to an authority that is to be sent.
pub(super) struct DueLine {
    pub name: String,
    pub set: String,
    pub house: String,
    pub due_at: Timestamp,
    pub is_at_once: bool,
}

impl DueLine {
    pub fn all(duties: Option<Vec<Due>>, names: &Names) -> Vec<Self> {
        let line = |due: Due| Self {
            name: due.name,
            set: due.set,
            house: names.organisation(Some(due.organisation)),
            due_at: due.due_at,
            is_at_once: due.is_at_once,
        };
        duties.into_iter().flatten().map(line).collect()
    }
}
