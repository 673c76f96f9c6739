//! The questions, in the order that helps, and the answers as they were typed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::codes::codes;
use crate::core::ids::{DraftId, OrgId};
use crate::incidents::model::{Inform, Observed, Spread};

codes! {
    /// A page of the report with its question. The code is the last part of its address.
    Step {
        Danger = "lage",
        Observed = "was",
        Closer = "naeher",
        Spread = "umfang",
        Data = "daten",
        Intent = "absicht",
        Since = "seit",
        Done = "getan",
        Reach = "erreichbar",
        /// For whom, asked of somebody whom nobody knows.
        Office = "stelle",
        Houses = "fuer",
        Inform = "weitergabe",
        /// All answers once more, and sending.
        Review = "pruefen",
    }
}

codes! {
    /// Is anybody in danger, or does an important service stand still?
    Danger { People = "people", Service = "service", No = "no", Unknown = "unknown" }
}

codes! {
    /// How many devices show it.
    Devices { One = "one", Few = "few", Many = "many", Unknown = "unknown" }
}

codes! {
    /// What somebody did with a suspicious mail.
    Clicked { Nothing = "nothing", Opened = "opened", Password = "password", Unknown = "unknown" }
}

codes! {
    /// Whose account it is.
    Owner { Person = "person", Function = "function", Admin = "admin", Unknown = "unknown" }
}

codes! {
    /// Yes, no, or nobody knows.
    Known { Yes = "yes", No = "no", Unknown = "unknown" }
}

codes! {
    /// Whom data tell about.
    About { Citizens = "citizens", Staff = "staff", Nobody = "nobody", Unknown = "unknown" }
}

codes! {
    /// About how many people data tell.
    People { Few = "few", Hundreds = "hundreds", Thousands = "thousands", Unknown = "unknown" }
}

codes! {
    /// Who runs what does not work.
    Operator { Own = "own", Provider = "provider", Unknown = "unknown" }
}

codes! {
    /// What was done already.
    Tick {
        Disconnected = "disconnected",
        SwitchedOff = "switched_off",
        Passwords = "passwords",
        Provider = "provider",
        Police = "police",
        Nothing = "nothing",
    }
}

codes! {
    /// What helps now, for the page after sending.
    Measure {
        CallUs = "call_us",
        Disconnect = "disconnect",
        LeaveOn = "leave_on",
        DoNotPay = "do_not_pay",
        TouchNothing = "touch_nothing",
        Passwords = "passwords",
        LockDevice = "lock_device",
        CallProvider = "call_provider",
        TakeOffline = "take_offline",
        CloseAccess = "close_access",
        WarnColleagues = "warn_colleagues",
        Keep = "keep",
        DataProtection = "data_protection",
        Police = "police",
    }
}

/// The word that stands for all houses at once.
pub const ALL_HOUSES: &str = "all";

/// The word for: what was typed means none of the organisations of the register.
pub const NO_OFFICE: &str = "none";

/// Of whom the questions are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Somebody who reports for one house.
    OneHouse,
    /// Somebody who must say for which.
    SeveralHouses,
    /// Somebody without an account, or whoever listens to them.
    Stranger,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// One of these codes.
    One(fn() -> Vec<&'static str>),
    /// Any of these codes.
    Any(fn() -> Vec<&'static str>),
    /// Any of the houses for which somebody reports.
    Houses,
    /// One of the register's organisations that the typed name may mean, or none of them.
    Offices,
    Line,
    Phone,
    Prose,
    Time,
}

/// One input of the report.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether a report cannot do without.
    pub is_required: bool,
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: false }
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: true }
}

macro_rules! codes_of {
    ($name:ident) => {
        || $name::ALL.iter().map(|v| v.code()).collect()
    };
}

const DANGER: &[Field] = &[field("danger", Kind::One(codes_of!(Danger)))];
const OBSERVED: &[Field] = &[
    required("observed", Kind::One(codes_of!(Observed))),
    required("title", Kind::Line),
    field("description", Kind::Prose),
];
const DEVICES: &[Field] = &[field("devices", Kind::One(codes_of!(Devices)))];
const MAIL: &[Field] = &[field("clicked", Kind::One(codes_of!(Clicked)))];
const ACCOUNT: &[Field] =
    &[field("account_owner", Kind::One(codes_of!(Owner))), field("still_used", Kind::One(codes_of!(Known)))];
const LEAK: &[Field] =
    &[field("data_about", Kind::One(codes_of!(About))), field("data_people", Kind::One(codes_of!(People)))];
const OUTAGE: &[Field] =
    &[field("unusable_since", Kind::Time), field("operator", Kind::One(codes_of!(Operator)))];
const SPREAD: &[Field] = &[field("spread", Kind::One(codes_of!(Spread)))];
const DATA: &[Field] = &[field("personal_data", Kind::One(codes_of!(Known)))];
const INTENT: &[Field] = &[field("malicious", Kind::One(codes_of!(Known)))];
const SINCE: &[Field] = &[field("detected_at", Kind::Time), field("occurred_at", Kind::Time)];
const DONE: &[Field] = &[field("done", Kind::Any(codes_of!(Tick))), field("measures", Kind::Prose)];
const REACH: &[Field] = &[
    field("contact_name", Kind::Line),
    field("contact_phone", Kind::Phone),
    field("contact_other", Kind::Line),
];
const OFFICE: &[Field] = &[required("office_name", Kind::Line), field("office", Kind::Offices)];
/// The questions of a call, in the order in which people tell it.
pub const TOLD: [(&str, &[Step]); 6] = [
    ("guide-call-who", &[Step::Office, Step::Reach]),
    ("guide-call-what", &[Step::Observed, Step::Closer]),
    ("guide-call-when", &[Step::Since]),
    ("guide-call-how-bad", &[Step::Danger, Step::Spread, Step::Data, Step::Intent]),
    ("guide-call-done", &[Step::Done]),
    ("guide-call-inform", &[Step::Inform]),
];

const HOUSES: &[Field] = &[required("organisation", Kind::Houses)];
const INFORM: &[Field] = &[required("inform", Kind::One(codes_of!(Inform)))];

/// The inputs of a step; of the one that asks closer, those that fit what is observed.
#[must_use]
pub fn fields(step: Step, observed: Option<Observed>) -> &'static [Field] {
    match step {
        Step::Danger => DANGER,
        Step::Observed => OBSERVED,
        Step::Closer => match observed {
            Some(Observed::Encrypted | Observed::Malware) => DEVICES,
            Some(Observed::Mail) => MAIL,
            Some(Observed::Account) => ACCOUNT,
            Some(Observed::Data) => LEAK,
            Some(Observed::Outage | Observed::Website) => OUTAGE,
            Some(Observed::Device | Observed::Vulnerability | Observed::Other) | None => &[],
        },
        Step::Spread => SPREAD,
        Step::Data => DATA,
        Step::Intent => INTENT,
        Step::Since => SINCE,
        Step::Done => DONE,
        Step::Reach => REACH,
        Step::Office => OFFICE,
        Step::Houses => HOUSES,
        Step::Inform => INFORM,
        Step::Review => &[],
    }
}

/// The inputs that a form of this step may send, whatever was observed when it was shown.
#[must_use]
pub fn all_fields(step: Step) -> Vec<Field> {
    match step {
        Step::Closer => [DEVICES, MAIL, ACCOUNT, LEAK, OUTAGE].concat(),
        _ => fields(step, None).to_vec(),
    }
}

/// What was typed, by field, as it was typed. Nothing is ever taken out because another answer makes it idle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    values: BTreeMap<String, Vec<String>>,
    /// By step: the draft's version that its answers were last changed in.
    touched: BTreeMap<String, i32>,
}

impl Answers {
    /// The first value of a field; empty where nothing was answered.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// All values of a field.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// What was chosen of a list of codes.
    #[must_use]
    pub fn one<T>(&self, name: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        parse(self.get(name))
    }

    /// What is observed.
    #[must_use]
    pub fn observed(&self) -> Option<Observed> {
        self.one("observed", Observed::parse)
    }

    /// Sets what a field says; blank values are no answer.
    pub fn set(&mut self, name: &str, mut values: Vec<String>) {
        values.retain(|value| !value.trim().is_empty());
        if values.is_empty() {
            self.values.remove(name);
        } else {
            self.values.insert(name.to_owned(), values);
        }
    }

    /// Notes that a step was changed in this version of the draft.
    pub fn touch(&mut self, step: Step, version: i32) {
        self.touched.insert(step.code().to_owned(), version);
    }

    /// The version that a step was last changed in.
    #[must_use]
    pub fn touched_in(&self, step: Step) -> i32 {
        self.touched.get(step.code()).copied().unwrap_or_default()
    }

    /// How many bytes were typed.
    #[must_use]
    pub fn size(&self) -> usize {
        self.values.values().flatten().map(String::len).sum()
    }

    /// Whether anything of this step is answered.
    #[must_use]
    pub fn has_any(&self, step: Step) -> bool {
        all_fields(step).iter().any(|field| !self.all(field.name).is_empty())
    }
}

/// An organisation that somebody reports for, or may mean; the own one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct House {
    pub id: OrgId,
    pub name: String,
    /// Whether the reporter acts for it by register.
    pub is_ours: bool,
}

/// A report that is being written.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: DraftId,
    /// A trial run, marked ÜBUNG on each page.
    pub is_drill: bool,
    pub answers: Answers,
    /// Rises with each change; a form sends back the one it saw.
    pub version: i32,
    pub updated_at: Timestamp,
    /// The case that it has become.
    pub reference: Option<String>,
    /// The receipt code, where that case is unconfirmed and so not for the reporter to see.
    pub receipt: Option<String>,
    /// Whether somebody without an account writes it.
    pub is_strangers: bool,
    /// Whether it is written down while somebody tells it on the telephone.
    pub is_call: bool,
}
