//! What an incident is: its words, scales and the shape in which services give it out.

use std::sync::Arc;

use jiff::Timestamp;

use super::merging::Merged;
use super::status::{CloseReason, Status};
use crate::core::codes::codes;
use crate::core::error::Result;
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AccountId, EntryId, IncidentId, OrgId, ReportId};
use crate::core::text::{Line, MailAddress, Name, Prose, Title};
use crate::core::tlp::Tlp;
use crate::store::Tx;

codes! {
    /// How grave it is by kind: near miss, event, incident, significant incident (BSIG § 2 Nr. 1, 11, 40).
    Class {
        NearMiss = "near_miss",
        Event = "event",
        Incident = "incident",
        Significant = "significant",
    }
}

codes! {
    /// What it does to the work of the house.
    Impact {
        None = "none",
        Low = "low",
        High = "high",
        Severe = "severe",
    }
}

codes! {
    /// How far it reaches.
    Spread {
        OneDevice = "one_device",
        OneOffice = "one_office",
        WholeHouse = "whole_house",
        SeveralHouses = "several_houses",
    }
}

codes! {
    /// What the reporter sees, in everyday words; suggests a category, never replaces it.
    Observed {
        Encrypted = "encrypted",
        Mail = "mail",
        Account = "account",
        Malware = "malware",
        Outage = "outage",
        Website = "website",
        Data = "data",
        Device = "device",
        Vulnerability = "vulnerability",
        Other = "other",
    }
}

impl Observed {
    /// The category it suggests.
    #[must_use]
    pub fn suggests(self) -> Category {
        match self {
            Self::Encrypted | Self::Malware => Category::InfectedSystem,
            Self::Mail => Category::Phishing,
            Self::Account => Category::UnprivilegedAccount,
            Self::Outage => Category::Outage,
            Self::Website => Category::ApplicationCompromise,
            Self::Data => Category::DataLeak,
            Self::Device => Category::DataLoss,
            Self::Vulnerability => Category::VulnerableSystem,
            Self::Other => Category::Undetermined,
        }
    }
}

codes! {
    /// Whom the CERT may inform of it.
    Inform {
        ByName = "by_name",
        Anonymous = "anonymous",
        Nobody = "nobody",
    }
}

codes! {
    /// An organisation's part in the case.
    Part {
        Reporter = "reporter",
        Affected = "affected",
        Handler = "handler",
        Informed = "informed",
    }
}

codes! {
    /// Where a report stands that somebody else filed than the organisation itself.
    BehalfState {
        /// Filed under a mandate: it stands.
        Mandated = "mandated",
        /// Filed without an account, and attached to no organisation yet.
        Loose = "loose",
        /// Filed without a mandate: the organisation has yet to say whether it is its own.
        Pending = "pending",
        Confirmed = "confirmed",
        Refused = "refused",
    }
}

codes! {
    /// How a report came that the organisation did not file itself.
    Way {
        /// From an account of another organisation.
        House = "house",
        /// By the public form, from somebody without an account.
        Form = "form",
        Telephone = "telephone",
        Mail = "mail",
    }
}

codes! {
    /// Reference Security Incident Taxonomy (ENISA / TF-CSIRT), machine version 1003: class and type as `class/type`.
    Category {
        Spam = "abusive-content/spam",
        HarmfulSpeech = "abusive-content/harmful-speech",
        Violence = "abusive-content/violence",
        InfectedSystem = "malicious-code/infected-system",
        C2Server = "malicious-code/c2-server",
        MalwareDistribution = "malicious-code/malware-distribution",
        MalwareConfiguration = "malicious-code/malware-configuration",
        Scanner = "information-gathering/scanner",
        Sniffing = "information-gathering/sniffing",
        SocialEngineering = "information-gathering/social-engineering",
        IdsAlert = "intrusion-attempts/ids-alert",
        BruteForce = "intrusion-attempts/brute-force",
        Exploit = "intrusion-attempts/exploit",
        PrivilegedAccount = "intrusions/privileged-account-compromise",
        UnprivilegedAccount = "intrusions/unprivileged-account-compromise",
        ApplicationCompromise = "intrusions/application-compromise",
        SystemCompromise = "intrusions/system-compromise",
        Burglary = "intrusions/burglary",
        Dos = "availability/dos",
        Ddos = "availability/ddos",
        Misconfiguration = "availability/misconfiguration",
        Sabotage = "availability/sabotage",
        Outage = "availability/outage",
        UnauthorisedAccess = "information-content-security/unauthorised-information-access",
        UnauthorisedModification = "information-content-security/unauthorised-information-modification",
        DataLoss = "information-content-security/data-loss",
        DataLeak = "information-content-security/data-leak",
        UnauthorisedUse = "fraud/unauthorised-use-of-resources",
        Copyright = "fraud/copyright",
        Masquerade = "fraud/masquerade",
        Phishing = "fraud/phishing",
        WeakCrypto = "vulnerable/weak-crypto",
        DdosAmplifier = "vulnerable/ddos-amplifier",
        PotentiallyUnwanted = "vulnerable/potentially-unwanted-accessible",
        InformationDisclosure = "vulnerable/information-disclosure",
        VulnerableSystem = "vulnerable/vulnerable-system",
        Other = "other/other",
        Undetermined = "other/undetermined",
        Test = "test/test",
    }
}

impl Category {
    /// The Fluent key of its German name.
    #[must_use]
    pub fn label(self) -> String {
        format!("rsit-{}", self.code().replace('/', "-"))
    }
}

/// 1 (at once) to 4 (when there is time).
pub type Priority = i32;

/// Impact × spread → priority. The more it hurts and the further it reaches, the sooner.
#[must_use]
pub fn priority(impact: Impact, spread: Spread) -> Priority {
    use Impact::{High, Low, None, Severe};
    use Spread::{OneDevice, OneOffice, SeveralHouses, WholeHouse};
    match (impact, spread) {
        (Severe, _) | (High, WholeHouse | SeveralHouses) => 1,
        (High, _) | (Low, WholeHouse | SeveralHouses) => 2,
        (Low, _) | (None, SeveralHouses) => 3,
        (None, OneDevice | OneOffice | WholeHouse) => 4,
    }
}

/// A report as it comes in, checked.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// For whom it is reported; none where only people can say which organisation of the register is meant.
    pub organisation: Option<OrgId>,
    /// Which other organisations it concerns for which the reporter acts by register: the members of its association.
    pub affected: Vec<OrgId>,
    pub title: Title,
    pub description: Prose,
    pub measures: Option<Prose>,
    pub observed: Observed,
    pub contact_name: Option<Name>,
    pub contact_phone: Option<Line<60>>,
    pub inform: Inform,
    pub flags: Flags,
    pub times: Times,
    /// It says that people are in danger.
    pub is_danger: bool,
    /// A trial run: marked ÜBUNG, with its own numbers, without alarm.
    pub is_drill: bool,
    /// What the answers of the guided report suggest for triage.
    pub suggestion: Option<Suggestion>,
}

/// What answers in everyday words suggest to the team. A proposal: people decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    pub class: Class,
    pub category: Category,
    pub impact: Impact,
    pub spread: Spread,
}

codes! {
    /// What a later report is.
    Nature {
        News = "news",
        Correction = "correction",
        End = "end",
        Withdrawal = "withdrawal",
    }
}

impl Nature {
    /// The kind of report: a correction follows up, the end and a withdrawal are final.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::News | Self::Correction => "follow_up",
            Self::End | Self::Withdrawal => "final",
        }
    }
}

/// What an organisation states later in a case, checked.
#[derive(Debug, Clone)]
pub struct Supplement {
    pub nature: Nature,
    pub text: Prose,
    /// Where the organisation can be called now; as before where none is given.
    pub contact_phone: Option<Line<60>>,
    pub flags: Flags,
    pub inform: Inform,
}

/// What duties and triage look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    pub personal_data: bool,
    pub malicious: bool,
    pub beyond_house: bool,
    pub critical_service: bool,
}

/// When it happened, was detected, and when the organisation became aware: three different instants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    pub occurred: Option<Timestamp>,
    pub detected: Option<Timestamp>,
    pub aware: Option<Timestamp>,
}

/// What triage decides.
#[derive(Debug, Clone)]
pub struct Triage {
    pub class: Class,
    pub category: Category,
    pub impact: Impact,
    pub spread: Spread,
    /// Another priority than impact × spread gives, with the reason.
    pub priority: Option<(Priority, Line<300>)>,
    pub tlp: Tlp,
}

/// The label under which every report comes in.
pub const FILED_UNDER: Tlp = Tlp::Amber;

/// The widest label that the CERT may give: the report's own, unless its source permits wider sharing by letting it be
/// told by name. Being named to other authorities permits no publication, so never TLP:CLEAR. What the CERT itself narrowed, it may widen again as far as that.
#[must_use]
pub fn widest_label(inform: Inform) -> Tlp {
    match inform {
        Inform::ByName => Tlp::Green,
        Inform::Anonymous | Inform::Nobody => FILED_UNDER,
    }
}

/// An incident's skeleton and words.
#[derive(Debug, Clone)]
pub struct Incident {
    pub id: IncidentId,
    pub reference: String,
    pub title: String,
    pub organisation: Option<OrgId>,
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    pub class: Option<Class>,
    pub category: Option<Category>,
    pub impact: Option<Impact>,
    pub spread: Option<Spread>,
    pub priority: Option<Priority>,
    /// For the team, as are the two of waiting.
    pub priority_reason: Option<String>,
    pub tlp: Tlp,
    pub assignee: Option<AccountId>,
    pub holder: Option<OrgId>,
    pub waiting_on: Option<String>,
    pub follow_up_at: Option<Timestamp>,
    pub deadline_at: Option<Timestamp>,
    pub deadline_kind: Option<String>,
    pub is_restricted: bool,
    pub is_unconfirmed: bool,
    pub is_drill: bool,
    pub occurred_at: Option<Timestamp>,
    pub detected_at: Option<Timestamp>,
    pub aware_at: Option<Timestamp>,
    pub reported_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// Rises with each change; a form sends back the one it saw.
    pub version: i32,
    pub updated_at: Timestamp,
    /// Where it went, of a case that is part of another.
    pub merged: Option<Merged>,
}

impl Incident {
    /// The case as those see it who are not of the team: of a merged one, what became of the case that leads.
    #[must_use]
    pub fn as_told(mut self) -> Self {
        if let Some(merged) = &self.merged {
            self.status = merged.seen.status;
            self.close_reason = merged.seen.close_reason;
            self.closed_at = merged.seen.closed_at;
        }
        self
    }
}

/// What an organisation stated.
#[derive(Debug, Clone)]
pub struct Report {
    pub id: ReportId,
    pub organisation: Option<OrgId>,
    pub observed: Observed,
    pub inform: Inform,
    pub flags: Flags,
    pub stated_at: Timestamp,
    pub title: String,
    pub description: String,
    pub measures: String,
    pub contact_name: String,
    pub contact_phone: String,
    /// For the team.
    pub suggestion: Option<Suggestion>,
    /// What a later report is; none for the one that opened the case.
    pub nature: Option<Nature>,
    /// What the reporting organisation stated last.
    pub is_current: bool,
}

impl Report {
    /// What holds today of all that was stated, the report that opened the case first: its words, and what the reporting
    /// organisation said last of everything else.
    #[must_use]
    pub fn standing(stated: &[Self]) -> Option<Self> {
        let first = stated.first()?;
        let last = stated.iter().find(|report| report.is_current)?;
        Some(Self {
            organisation: last.organisation,
            inform: last.inform,
            flags: last.flags,
            contact_name: last.contact_name.clone(),
            contact_phone: last.contact_phone.clone(),
            ..first.clone()
        })
    }
}

/// Who may read a line of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The CERT's team alone.
    Team,
    /// The CERT and one organisation.
    Organisation(OrgId),
    /// Everybody involved.
    Involved,
}

impl Audience {
    /// The word in the database and the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Organisation(_) => "organisation",
            Self::Involved => "involved",
        }
    }

    /// From the two columns of the database. What they do not say clearly is the team's.
    #[must_use]
    pub(super) fn of(code: &str, organisation: Option<OrgId>) -> Self {
        match (code, organisation) {
            ("involved", _) => Self::Involved,
            ("organisation", Some(organisation)) => Self::Organisation(organisation),
            _ => Self::Team,
        }
    }
}

/// A line of the timeline.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: EntryId,
    pub at: Timestamp,
    pub account: Option<AccountId>,
    pub author: String,
    /// `filed`, `note`, `message`, `triaged`, `status`, `assigned`, `waiting`, `closed`, `reopened`, `restricted`, `escalation`…
    pub kind: String,
    pub audience: Audience,
    /// Codes, by name.
    pub facts: serde_json::Map<String, serde_json::Value>,
    pub body: Option<String>,
}

/// What somebody left for whoever works on the case next.
#[derive(Debug, Clone)]
pub struct Handover {
    pub author: String,
    pub at: Timestamp,
    pub text: String,
}

/// Who filed for whom, where that was not the organisation itself.
#[derive(Debug, Clone)]
pub struct Behalf {
    /// For whom it stands; none while it is attached to nobody.
    pub organisation: Option<OrgId>,
    /// The organisation that filed it; none where somebody without an account did.
    pub through: Option<OrgId>,
    pub way: Way,
    /// Whom it is about as its author says, where that one is in the register.
    pub claimed: Option<OrgId>,
    pub state: BehalfState,
    /// Whom the CERT may inform, as filed; until the organisation confirms it, nobody.
    pub inform: Inform,
}

/// An organisation's part.
#[derive(Debug, Clone)]
pub struct Involvement {
    pub organisation: OrgId,
    pub part: Part,
    pub affectedness: String,
    pub added_at: Timestamp,
}

/// Where an organisation's answers to mails about a case go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerTo {
    pub address: MailAddress,
    /// The Message-ID of what it wrote last, without brackets.
    pub last: Option<String>,
}

/// What incidents need to know of correspondence, which comes later in the order of features and hands it in.
pub trait Answers: Send + Sync {
    /// Where this organisation answers in this case; none where no mail comes in at all.
    ///
    /// # Errors
    /// The database's.
    fn answer_to(&self, tx: &mut Tx<'_>, case: IncidentId, organisation: OrgId) -> Result<Option<AnswerTo>>;
}

/// The same, handed in with `Provided::with`.
#[derive(Clone)]
pub struct AnswerBook(pub Arc<dyn Answers>);

/// A row of the queue or of a town hall's list.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: IncidentId,
    pub reference: String,
    pub title: String,
    pub organisation: Option<OrgId>,
    pub holder: Option<OrgId>,
    pub status: Status,
    pub class: Option<Class>,
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    pub tlp: Tlp,
    pub assignee: Option<AccountId>,
    pub deadline_at: Option<Timestamp>,
    pub deadline_kind: Option<String>,
    /// For the team: when a waiting case comes back.
    pub follow_up_at: Option<Timestamp>,
    pub is_restricted: bool,
    pub is_unconfirmed: bool,
    pub is_drill: bool,
    pub reported_at: Timestamp,
    pub updated_at: Timestamp,
    /// As a case's: what a form sends back.
    pub version: i32,
    /// Where the row stands in the viewer's list: what the next page goes on from.
    pub place: Place,
}

/// A row's place in a sorted list; equal ones stand in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What is sorted by before the instant: a priority, a name; empty where nothing is.
    pub key: String,
    pub at: Timestamp,
}

codes! {
    /// What the team's list is sorted by.
    Sort {
        /// What is due next first.
        Due = "frist",
        /// The longest here first.
        Oldest = "alter",
        Newest = "neu",
        /// Within a priority what is due next first; what nobody classed last.
        Priority = "prioritaet",
        /// By its name, within one what is due next first.
        Organisation = "stelle",
        /// What changed last first.
        Changed = "aenderung",
    }
}

/// What a list is narrowed to. `None` and empty mean: everything the viewer may see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Open ones (`Some(true)`), closed ones, or both.
    pub open: Option<bool>,
    pub status: Option<Status>,
    pub priority_at_most: Option<Priority>,
    pub class: Option<Class>,
    pub category: Option<Category>,
    /// `Some(None)`: nobody's.
    pub assignee: Option<Option<AccountId>>,
    /// Only those of one of these accounts.
    pub assignees: Option<Vec<AccountId>>,
    /// Only those to which a note calls this account.
    pub mentioned: Option<AccountId>,
    /// Only those that these organisations reported.
    pub organisations: Option<Vec<OrgId>>,
    /// Deadline before this instant.
    pub due_before: Option<Timestamp>,
    /// For the team: waiting cases whose follow-up lies ahead are left out unless this is set.
    pub with_waiting: bool,
    /// For the team: only those that wait.
    pub waiting_only: bool,
    /// Without drills.
    pub real_only: bool,
    pub drills_only: bool,
    /// Only where people are in danger, or data of people are affected, as the report says.
    pub danger_only: bool,
    pub personal_data_only: bool,
    /// For the team; others' lists begin with the newest.
    pub sort: Option<Sort>,
    /// A part of the reference or title.
    pub text: Option<String>,
}

/// What of a case a filter looks at.
#[derive(Debug, Clone)]
pub struct Brief {
    pub id: IncidentId,
    pub status: Status,
    pub class: Option<Class>,
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    pub organisation: Option<OrgId>,
    pub assignee: Option<AccountId>,
    pub deadline_at: Option<Timestamp>,
    pub follow_up_at: Option<Timestamp>,
    pub is_drill: bool,
    pub is_danger: bool,
    pub has_personal_data: bool,
}

impl Filter {
    /// Whether it is what everybody at the team begins with: all open cases but those that wait.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self { open: Some(true), sort: self.sort, ..Self::default() }
    }

    /// Whether the filter's list for the team holds this open case. Its words are not looked at.
    #[must_use]
    pub fn holds(&self, case: &Brief, now: Timestamp) -> bool {
        let is_back = case.follow_up_at.is_none_or(|at| at <= now);
        let waits =
            if self.waiting_only { case.follow_up_at.is_some() } else { self.with_waiting || is_back };
        waits
            && self.open.unwrap_or(true)
            && self.status.is_none_or(|status| status == case.status)
            && self.priority_at_most.is_none_or(|most| case.priority.is_some_and(|it| it <= most))
            && self.class.is_none_or(|class| case.class == Some(class))
            && self.category.is_none_or(|category| case.category == Some(category))
            && self.assignee.is_none_or(|who| case.assignee == who)
            && self.assignees.as_ref().is_none_or(|all| case.assignee.is_some_and(|one| all.contains(&one)))
            && self
                .organisations
                .as_ref()
                .is_none_or(|all| case.organisation.is_some_and(|one| all.contains(&one)))
            && self.due_before.is_none_or(|before| case.deadline_at.is_some_and(|at| at < before))
            && !(self.real_only && case.is_drill)
            && (!self.drills_only || case.is_drill)
            && (!self.danger_only || case.is_danger)
            && (!self.personal_data_only || case.has_personal_data)
    }
}

/// The title, or what stands for one that the reporter did not allow to be told or that was erased.
#[must_use]
pub fn shown_title(title: &str) -> String {
    if title.is_empty() { text(Lang::De, "incident-title-withheld").into_owned() } else { title.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_impact_or_spread_never_lowers_the_priority() {
        for (i, impact) in Impact::ALL.iter().enumerate() {
            for (s, spread) in Spread::ALL.iter().enumerate() {
                let here = priority(*impact, *spread);
                assert!((1..=4).contains(&here));
                for worse in &Impact::ALL[i..] {
                    assert!(priority(*worse, *spread) <= here, "{worse:?} {spread:?}");
                }
                for wider in &Spread::ALL[s..] {
                    assert!(priority(*impact, *wider) <= here, "{impact:?} {wider:?}");
                }
            }
        }
    }
}
