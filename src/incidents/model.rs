//! What an incident is: its words, scales and the shape in which services give it out.

mod codes;
mod list;

use std::sync::Arc;

use jiff::Timestamp;

use super::merging::Merged;
use super::status::{CloseReason, Status};
use crate::core::error::Result;
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AccountId, EntryId, IncidentId, OrgId, ReportId};
use crate::core::text::{Line, MailAddress, Name, Prose, Title};
use crate::core::tlp::Tlp;
use crate::store::Tx;

pub use codes::{
    BehalfState, Category, Class, Impact, Inform, Nature, Observed, Part, Priority, Spread, Way, priority,
};
pub use list::{Brief, Filter, Place, Row, Sort, Tally};

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
    /// Where the case stands for those who are not of the team.
    #[must_use]
    pub fn as_told_status(&self) -> Status {
        self.merged.as_ref().map_or(self.status, |merged| merged.seen.status)
    }

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

/// The fact that marks a line from elsewhere; it says where.
pub const FROM: &str = "origin";

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

impl Entry {
    /// Whether the product wrote it by itself. Whoever answered by a mail or its link, or wrote in another installation, has
    /// no account here, and a name.
    #[must_use]
    pub fn is_of_product(&self) -> bool {
        let is_from_outside =
            ["mail_in", "fanout_answered"].contains(&self.kind.as_str()) || self.facts.contains_key(FROM);
        self.account.is_none() && !is_from_outside
    }
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
    /// When it became aware, where that is known.
    pub aware_at: Option<Timestamp>,
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

/// The title, or what stands for one that the reporter did not allow to be told or that was erased.
#[must_use]
pub fn shown_title(title: &str) -> String {
    if title.is_empty() { text(Lang::De, "incident-title-withheld").into_owned() } else { title.to_owned() }
}
