//! What a filter is made of, and how somebody's queue looks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::core::codes::codes;
use crate::core::error::{Error, Result};
use crate::core::ids::{AbsenceId, AccountId, BulkId, FilterId, OrgId};
use crate::core::text::{Fields, Line, Prose};
use crate::incidents::model::{Category, Class, Incident, Priority, Sort};
use crate::incidents::status::{CloseReason, Status};

codes! {
    /// Whose cases.
    Whose {
        Mine = "meine",
        Nobodys = "frei",
        /// Of colleagues who are absent today.
        Absent = "abwesende",
        /// Anybody's to which a note calls the viewer.
        Mentioned = "erwaehnt",
    }
}

codes! {
    /// When they are due.
    Due {
        Late = "ueberfaellig",
        /// Within 24 hours, late ones among them.
        Day = "tag",
        Week = "woche",
    }
}

codes! {
    /// Cases that wait, which a list leaves out otherwise.
    Waiting {
        Also = "auch",
        Only = "nur",
    }
}

codes! {
    /// Drills, which a list has among the others otherwise.
    Drills {
        Without = "ohne",
        Only = "nur",
    }
}

/// The longest text that a filter seeks, in characters.
pub const TEXT: usize = 100;

/// What a filter asks for; nothing: every open case that does not wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    pub status: Option<Status>,
    pub priority_at_most: Option<Priority>,
    pub class: Option<Class>,
    pub category: Option<Category>,
    pub organisation: Option<OrgId>,
    pub district: Option<OrgId>,
    pub whose: Option<Whose>,
    pub due: Option<Due>,
    pub waiting: Option<Waiting>,
    pub drills: Option<Drills>,
    /// Where people are in danger, or data of people are affected, as the report says.
    pub danger: bool,
    pub personal_data: bool,
    /// A part of the reference or title; empty for none.
    pub text: String,
    pub sort: Option<Sort>,
}

fn choice<T>(fields: &mut Fields, name: &'static str, text: &str, read: fn(&str) -> Option<T>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let read = read(text);
    if read.is_none() {
        fields.refuse(name, "error-choice");
    }
    read
}

fn tick(fields: &mut Fields, name: &'static str, text: &str) -> bool {
    choice(fields, name, text, |text| (text == "ja").then_some(())).is_some()
}

impl Terms {
    /// Reads the fields of the form, or of what was kept of one.
    ///
    /// # Errors
    /// [`Error::Invalid`] with each field that is refused.
    pub fn read<'a>(get: impl Fn(&'static str) -> &'a str) -> Result<Self> {
        let mut fields = Fields::default();
        let id = |text: &str| text.parse().ok();
        let priority = |text: &str| text.parse().ok().filter(|priority| (1..=4).contains(priority));
        let terms = Self {
            status: choice(&mut fields, "status", get("status"), Status::parse),
            priority_at_most: choice(&mut fields, "priority", get("priority"), priority),
            class: choice(&mut fields, "class", get("class"), Class::parse),
            category: choice(&mut fields, "category", get("category"), Category::parse),
            organisation: choice(&mut fields, "organisation", get("organisation"), id),
            district: choice(&mut fields, "district", get("district"), id),
            whose: choice(&mut fields, "whose", get("whose"), Whose::parse),
            due: choice(&mut fields, "due", get("due"), Due::parse),
            waiting: choice(&mut fields, "waiting", get("waiting"), Waiting::parse),
            drills: choice(&mut fields, "drills", get("drills"), Drills::parse),
            danger: tick(&mut fields, "danger", get("danger")),
            personal_data: tick(&mut fields, "personal_data", get("personal_data")),
            text: match get("text").trim() {
                "" => String::new(),
                text => {
                    fields.keep("text", Line::<TEXT>::parse(text)).map_or(String::new(), Line::into_string)
                }
            },
            sort: choice(&mut fields, "sort", get("sort"), Sort::parse),
        };
        if fields.is_empty() { Ok(terms) } else { Err(Error::Invalid(fields.0)) }
    }

    /// The fields with what they hold, those without anything left out.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let code = |code: Option<&'static str>| code.unwrap_or_default().to_owned();
        let id = |id: Option<OrgId>| id.map_or(String::new(), |id| id.to_string());
        let tick = |is: bool| if is { "ja" } else { "" }.to_owned();
        let mut all = vec![
            ("status", code(self.status.map(Status::code))),
            ("priority", self.priority_at_most.map_or(String::new(), |priority| priority.to_string())),
            ("class", code(self.class.map(Class::code))),
            ("category", code(self.category.map(Category::code))),
            ("organisation", id(self.organisation)),
            ("district", id(self.district)),
            ("whose", code(self.whose.map(Whose::code))),
            ("due", code(self.due.map(Due::code))),
            ("waiting", code(self.waiting.map(Waiting::code))),
            ("drills", code(self.drills.map(Drills::code))),
            ("danger", tick(self.danger)),
            ("personal_data", tick(self.personal_data)),
            ("text", self.text.clone()),
            ("sort", code(self.sort.map(Sort::code))),
        ];
        all.retain(|(_, value)| !value.is_empty());
        all
    }

    /// As it is kept: encoded as the form is.
    #[must_use]
    pub fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.fields()).finish()
    }

    /// Reads what [`Self::encoded`] made.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn decode(kept: &str) -> Result<Self> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(kept.as_bytes()).into_owned().collect();
        Self::read(|name| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str()))
    }
}

/// A filter that somebody keeps, or the team.
#[derive(Debug, Clone)]
pub struct SavedFilter {
    pub id: FilterId,
    pub maker: AccountId,
    pub name: String,
    /// Whether all who work on cases have it.
    pub is_team: bool,
    pub terms: Terms,
    pub version: i32,
}

/// What the form says of a filter, checked.
#[derive(Debug, Clone)]
pub struct FilterInput {
    pub name: Line<40>,
    pub is_team: bool,
    pub terms: Terms,
}

codes! {
    /// A column of the queue beside reference and title, which are always there.
    Column {
        Age = "alter",
        Organisation = "stelle",
        Class = "klasse",
        Category = "art",
        Priority = "prioritaet",
        Due = "frist",
        Assignee = "bei",
        Status = "status",
        Changed = "aenderung",
        Tlp = "tlp",
    }
}

/// How somebody's queue looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// In their own order, each at most once.
    pub columns: Vec<Column>,
    pub sort: Sort,
}

impl Default for Look {
    fn default() -> Self {
        use Column::{Age, Assignee, Category, Due, Organisation, Priority, Status};
        Self { columns: vec![Age, Organisation, Category, Priority, Due, Assignee, Status], sort: Sort::Due }
    }
}

impl Look {
    /// With these columns, in the order of the table.
    #[must_use]
    pub fn of(chosen: &[Column], sort: Sort) -> Self {
        let columns = Column::ALL.iter().copied().filter(|column| chosen.contains(column)).collect();
        Self { columns, sort }
    }
}

/// What each look at the queue begins with.
#[derive(Debug)]
pub struct Stand {
    /// How it looks.
    pub look: Look,
    /// The viewer's own filters and the team's, the oldest first.
    pub filters: Vec<SavedFilter>,
    /// The viewer's own open tasks, and how many of them are late; none for who works on no case.
    pub tasks: (usize, usize),
    /// When an open and when a closed case last changed: while both are the same, nothing is counted again.
    pub changed: (Option<Timestamp>, Option<Timestamp>),
    /// Whether any note calls the viewer to a case.
    pub is_called: bool,
}

/// How many cases a filter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many, and no more.
    Exactly(usize),
    /// So many among those that were looked at; there are more.
    AtLeast(usize),
    /// More than are counted.
    Over(usize),
}

/// When somebody of the team is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    pub id: AbsenceId,
    pub account: AccountId,
    /// Who stands in.
    pub deputy: Option<AccountId>,
    pub from: Timestamp,
    /// From then on they are there again.
    pub until: Timestamp,
}

/// How many cases are changed at once at most.
pub const MOST_AT_ONCE: usize = 200;
/// The outcome of a case that was changed, or taken back.
pub const CHANGED: &str = "changed";

codes! {
    /// What is done to many cases at once.
    BulkAction {
        Take = "uebernehmen",
        Assign = "zuweisen",
        Wait = "warten",
        Categorise = "art",
        Note = "notiz",
        Close = "schliessen",
    }
}

/// The same with what belongs to it.
#[derive(Debug, Clone)]
pub enum Command {
    /// To oneself, where it is nobody's.
    Take,
    Assign(Option<AccountId>),
    Wait(Line<120>, Timestamp),
    Categorise(Category),
    /// For the team.
    Note(Prose),
    Close(CloseReason),
}

impl Command {
    /// What is done.
    #[must_use]
    pub fn action(&self) -> BulkAction {
        match self {
            Self::Take => BulkAction::Take,
            Self::Assign(_) => BulkAction::Assign,
            Self::Wait(..) => BulkAction::Wait,
            Self::Categorise(_) => BulkAction::Categorise,
            Self::Note(_) => BulkAction::Note,
            Self::Close(_) => BulkAction::Close,
        }
    }
}

/// A case that was marked, in the version that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub reference: String,
    pub version: i32,
}

impl Mark {
    /// Reads `TH-2026-00042.7`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (reference, version) = text.rsplit_once('.')?;
        let is_one = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let fits = (1..=24).contains(&reference.len()) && reference.chars().all(is_one);
        let version = version.parse().ok().filter(|version| *version >= 0)?;
        fits.then(|| Self { reference: reference.to_owned(), version })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.reference, self.version)
    }
}

/// What a change may take back, as it was: codes, ids and instants, never words of the case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub assignee: Option<AccountId>,
    pub status: Option<String>,
    pub category: Option<String>,
    pub follow_up: Option<Timestamp>,
    /// The follow-up after the change.
    pub follow_up_after: Option<Timestamp>,
}

impl Before {
    /// The case before the change, and after it.
    #[must_use]
    pub fn of(before: &Incident, after: &Incident) -> Self {
        Self {
            assignee: before.assignee,
            status: Some(before.status.code().to_owned()),
            category: before.category.map(|category| category.code().to_owned()),
            follow_up: before.follow_up_at,
            follow_up_after: after.follow_up_at,
        }
    }
}

/// What became of one case of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub ordinal: i32,
    pub reference: String,
    /// [`CHANGED`], or the Fluent key of why not.
    pub outcome: String,
    /// What taking it back led to, alike.
    pub undone: Option<String>,
    /// The case's version after the change.
    pub version: Option<i32>,
    pub before: Option<Before>,
}

/// One change of many cases.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: BulkId,
    pub action: BulkAction,
    pub at: Timestamp,
    pub undone_at: Option<Timestamp>,
    pub items: Vec<Item>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_comes_back_as_it_was_kept_and_a_field_that_no_form_has_is_refused() {
        let terms = Terms {
            status: Some(Status::Reported),
            priority_at_most: Some(2),
            category: Some(Category::Phishing),
            whose: Some(Whose::Nobodys),
            due: Some(Due::Day),
            danger: true,
            text: "Straße & Co = 1".to_owned(),
            sort: Some(Sort::Changed),
            ..Terms::default()
        };
        assert_eq!(Terms::decode(&terms.encoded()).unwrap(), terms);
        assert_eq!(Terms::decode("").unwrap(), Terms::default());
        for (kept, field) in [
            ("priority=5", "priority"),
            ("status=offen", "status"),
            ("danger=nein", "danger"),
            ("organisation=x", "organisation"),
            ("sort=zufall", "sort"),
        ] {
            let Err(Error::Invalid(refused)) = Terms::decode(kept) else { panic!("{kept} is taken") };
            assert_eq!(refused.iter().map(|it| it.field).collect::<Vec<_>>(), [field]);
        }
    }
}
