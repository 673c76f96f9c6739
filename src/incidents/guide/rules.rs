//! The pure rules: which question comes next, what the answers suggest, what helps at once.

use super::model::{
    About, Answers, Asker, Clicked, Danger, Devices, Known, Measure, Operator, Owner, Step, fields,
};
use crate::incidents::model::{Category, Class, Flags, Impact, Observed, Spread, Suggestion};

/// Whether a question is asked after these answers.
fn is_asked(step: Step, answers: &Answers, asker: Asker) -> bool {
    let observed = answers.observed();
    match step {
        Step::Closer => !fields(Step::Closer, observed).is_empty(),
        // Whose data they are was asked before.
        Step::Data => data_told(answers).is_none(),
        Step::Intent => intent_told(observed).is_none(),
        Step::Houses => asker == Asker::SeveralHouses,
        Step::Office => asker == Asker::Stranger,
        _ => true,
    }
}

/// The questions that are asked after these answers, in their order.
pub fn path(answers: &Answers, asker: Asker) -> Vec<Step> {
    Step::ALL.iter().copied().filter(|step| is_asked(*step, answers, asker)).collect()
}

/// The question after this one.
#[must_use]
pub fn next(step: Step, answers: &Answers, asker: Asker) -> Step {
    path(answers, asker).into_iter().find(|later| *later > step).unwrap_or(Step::Review)
}

/// The question before this one; none before the first.
#[must_use]
pub fn back(step: Step, answers: &Answers, asker: Asker) -> Option<Step> {
    path(answers, asker).into_iter().rfind(|earlier| *earlier < step)
}

/// Whether data of people are affected, where the answers about a leak say so.
fn data_told(answers: &Answers) -> Option<bool> {
    if answers.observed() != Some(Observed::Data) {
        return None;
    }
    match answers.one("data_about", About::parse)? {
        About::Citizens | About::Staff => Some(true),
        About::Nobody => Some(false),
        About::Unknown => None,
    }
}

/// Whether somebody meant it, where that is clear from what is observed.
fn intent_told(observed: Option<Observed>) -> Option<bool> {
    match observed? {
        Observed::Encrypted | Observed::Mail | Observed::Account | Observed::Malware => Some(true),
        Observed::Vulnerability => Some(false),
        Observed::Outage | Observed::Website | Observed::Data | Observed::Device | Observed::Other => None,
    }
}

/// What duties look at. What nobody knows raises no flag; the report's words say that it is open.
#[must_use]
pub fn flags(answers: &Answers) -> Flags {
    let says = |name| answers.one(name, Known::parse) == Some(Known::Yes);
    let danger = answers.one("danger", Danger::parse);
    Flags {
        personal_data: data_told(answers).unwrap_or_else(|| says("personal_data")),
        malicious: intent_told(answers.observed()).unwrap_or_else(|| says("malicious")),
        beyond_house: spread(answers) == Spread::SeveralHouses,
        critical_service: matches!(danger, Some(Danger::People | Danger::Service)),
    }
}

fn spread(answers: &Answers) -> Spread {
    let by_devices = || match answers.one("devices", Devices::parse) {
        Some(Devices::Many) => Spread::WholeHouse,
        Some(Devices::Few) => Spread::OneOffice,
        _ => Spread::OneDevice,
    };
    let has_devices = matches!(answers.observed(), Some(Observed::Encrypted | Observed::Malware));
    let unsaid = if has_devices { by_devices() } else { Spread::OneDevice };
    answers.one("spread", Spread::parse).unwrap_or(unsaid)
}

/// Whether a suspicious mail was seen through in time.
fn is_seen_through(answers: &Answers) -> bool {
    answers.observed() == Some(Observed::Mail)
        && answers.one("clicked", Clicked::parse) == Some(Clicked::Nothing)
}

fn impact(answers: &Answers) -> Impact {
    match answers.one("danger", Danger::parse) {
        Some(Danger::People) => Impact::Severe,
        Some(Danger::Service) => Impact::High,
        Some(Danger::No | Danger::Unknown) | None => match answers.observed() {
            Some(Observed::Encrypted) => Impact::High,
            Some(Observed::Vulnerability) => Impact::None,
            _ if is_seen_through(answers) => Impact::None,
            _ => Impact::Low,
        },
    }
}

fn category(answers: &Answers, observed: Observed) -> Category {
    match observed {
        Observed::Mail if answers.one("clicked", Clicked::parse) == Some(Clicked::Opened) => {
            Category::InfectedSystem
        }
        Observed::Account if answers.one("account_owner", Owner::parse) == Some(Owner::Admin) => {
            Category::PrivilegedAccount
        }
        Observed::Website if !flags(answers).malicious && has_provider(answers) => Category::Outage,
        other => other.suggests(),
    }
}

fn has_provider(answers: &Answers) -> bool {
    answers.one("operator", Operator::parse) == Some(Operator::Provider)
}

fn class(answers: &Answers, impact: Impact, spread: Spread) -> Class {
    match (answers.observed(), impact) {
        _ if is_seen_through(answers) => Class::NearMiss,
        (_, Impact::Severe) => Class::Significant,
        (_, Impact::High) if spread >= Spread::WholeHouse => Class::Significant,
        (Some(Observed::Vulnerability | Observed::Other) | None, _) => Class::Event,
        _ => Class::Incident,
    }
}

/// What the answers suggest for triage; nothing before it is said what is observed.
#[must_use]
pub fn suggest(answers: &Answers) -> Option<Suggestion> {
    let observed = answers.observed()?;
    let (impact, spread) = (impact(answers), spread(answers));
    Some(Suggestion {
        class: class(answers, impact, spread),
        category: category(answers, observed),
        impact,
        spread,
    })
}

/// Why a suggestion is what it is: a word for each of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reasons {
    pub class: &'static str,
    pub category: &'static str,
    pub impact: &'static str,
    pub spread: &'static str,
}

/// Why the answers suggest this, read back from what a report keeps of them.
#[must_use]
pub fn reasons(observed: Observed, flags: Flags, suggestion: Suggestion) -> Reasons {
    let impact = match suggestion.impact {
        Impact::Severe => "people",
        Impact::High if flags.critical_service => "service",
        Impact::High => "encrypted",
        Impact::Low => "hampered",
        Impact::None if observed == Observed::Vulnerability => "weakness",
        Impact::None => "seen-through",
    };
    let class = match suggestion.class {
        Class::NearMiss => "seen-through",
        Class::Significant if suggestion.impact == Impact::Severe => "people",
        Class::Significant => "wide",
        Class::Incident => "harm",
        Class::Event => "no-harm",
    };
    let category = match suggestion.category {
        Category::PrivilegedAccount => "admin",
        Category::InfectedSystem if observed == Observed::Mail => "opened",
        Category::Outage if observed == Observed::Website => "provider",
        _ => "observed",
    };
    let spread = match suggestion.spread {
        Spread::OneDevice => "one",
        Spread::OneOffice => "office",
        Spread::WholeHouse => "house",
        Spread::SeveralHouses => "houses",
    };
    Reasons { class, category, impact, spread }
}

/// What helps at once, the most urgent first. From the report alone, so that colleagues who open the page read the same.
#[must_use]
pub fn measures(observed: Observed, flags: Flags) -> Vec<Measure> {
    use Measure as M;
    let fitting: &[Measure] = match observed {
        Observed::Encrypted => &[M::Disconnect, M::LeaveOn, M::DoNotPay],
        Observed::Malware => &[M::Disconnect, M::LeaveOn],
        Observed::Mail => &[M::TouchNothing, M::Passwords, M::WarnColleagues],
        Observed::Account => &[M::Passwords, M::WarnColleagues],
        Observed::Outage => &[M::CallProvider],
        Observed::Website => &[M::CallProvider, M::Passwords],
        Observed::Data => &[M::CloseAccess],
        Observed::Device => &[M::LockDevice, M::Passwords],
        Observed::Vulnerability => &[M::TakeOffline],
        Observed::Other => &[],
    };
    let mut all = Vec::new();
    if flags.critical_service {
        all.push(M::CallUs);
    }
    all.extend_from_slice(fitting);
    all.push(M::Keep);
    if flags.personal_data {
        all.push(M::DataProtection);
    }
    if flags.malicious || observed == Observed::Device {
        all.push(M::Police);
    }
    all
}

/// Where somebody goes on who comes back: at the first question that is open.
#[must_use]
pub fn resume(answers: &Answers, asker: Asker, is_fine: impl Fn(Step) -> bool) -> Step {
    path(answers, asker)
        .into_iter()
        .find(|step| !answers.has_any(*step) || !is_fine(*step))
        .unwrap_or(Step::Review)
}
