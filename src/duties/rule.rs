//! Whom a rule set binds, in which cases, and where each of its clocks stands. Pure: no database, no wall clock.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::book::{Binding, Clock, RuleSet, Sector, Stage};
use super::term::Term;
use crate::core::codes::codes;
use crate::directory::model::Kind;
use crate::incidents::model::Class;

/// What of an organisation decides which sets bind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: Kind,
    pub sectors: Vec<Sector>,
    /// Whether it is the CERT of the Land, which runs this installation.
    pub is_cert: bool,
    /// Whether the case is its own: it reported it or is affected. Who is not reports for the Land alone.
    pub is_party: bool,
    /// What people said of sets, by their keys: that one binds it, or that it does not.
    pub said: BTreeMap<String, bool>,
}

/// The sets that bind an organisation, each with why; `None` where a person said so.
#[must_use]
pub fn binding<'a>(sets: &'a [RuleSet], subject: &Subject) -> Vec<(&'a RuleSet, Option<&'a str>)> {
    let all: Vec<(&RuleSet, Option<&str>)> =
        sets.iter().filter_map(|set| Some((set, why(set, subject)?))).collect();
    let stands_for = |key: &str| all.iter().any(|(set, _)| set.instead_of.as_deref() == Some(key));
    all.iter().filter(|(set, _)| !stands_for(&set.key)).copied().collect()
}

#[expect(clippy::option_option, reason = "not bound, bound by a person, bound by a rule")]
fn why<'a>(set: &'a RuleSet, subject: &Subject) -> Option<Option<&'a str>> {
    let by_rule = set.bindings.iter().find(|binding| !binding.is_by_hand && holds(binding, subject));
    let by_hand = set.bindings.iter().find(|binding| binding.is_by_hand && holds(binding, subject));
    // Nobody says that somebody reports what is another's.
    let may_bind = set.bindings.iter().any(|it| if it.is_cert { subject.is_cert } else { subject.is_party });
    match subject.said.get(&set.key) {
        Some(false) => None,
        Some(true) if !may_bind => None,
        Some(true) => Some(by_hand.or(by_rule).map(|binding| binding.why.as_str())),
        None => by_rule.map(|binding| Some(binding.why.as_str())),
    }
}

fn holds(binding: &Binding, subject: &Subject) -> bool {
    (binding.kinds.is_empty() || binding.kinds.contains(&subject.kind))
        && (binding.sectors.is_empty() || binding.sectors.iter().any(|it| subject.sectors.contains(it)))
        && (if binding.is_cert { subject.is_cert } else { subject.is_party })
}

/// What of a case decides whether a set applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// None before triage.
    pub class: Option<Class>,
    pub personal_data: bool,
    pub is_drill: bool,
    pub is_false_alarm: bool,
}

/// Whether a set applies in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    Yes,
    /// It hangs on the class, which nobody decided yet; the clock runs meanwhile.
    Perhaps,
    No,
}

/// Whether a set applies. Nobody reports a drill to an authority, nor what was none.
#[must_use]
pub fn applies(set: &RuleSet, facts: Facts) -> Applies {
    if facts.is_drill || facts.is_false_alarm || set.is_for_personal_data && !facts.personal_data {
        return Applies::No;
    }
    match facts.class {
        _ if set.classes.is_empty() => Applies::Yes,
        Some(class) if set.classes.contains(&class) => Applies::Yes,
        Some(_) => Applies::No,
        None => Applies::Perhaps,
    }
}

/// What happened so far between an organisation and a recipient, by the stages' keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// When the organisation became aware: once, whatever is reported later.
    pub aware_at: Option<Timestamp>,
    pub asked_at: BTreeMap<String, Timestamp>,
    pub sent_at: BTreeMap<String, Timestamp>,
    /// When the case was closed, while it is.
    pub closed_at: Option<Timestamp>,
}

/// Where a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What starts its clock has not happened.
    Waits,
    /// To be sent by then.
    Runs { due_at: Timestamp },
    /// Was to be sent by then.
    Late { due_at: Timestamp },
    /// Sent. None: it was never due, or no figure says when it was too late.
    Sent { at: Timestamp, due_at: Option<Timestamp> },
    /// Another was sent for it, or it is not needed any more.
    Void,
}

impl Standing {
    /// When it is to be sent, while it is to be.
    #[must_use]
    pub fn due_at(self) -> Option<Timestamp> {
        match self {
            Self::Runs { due_at } | Self::Late { due_at } => Some(due_at),
            Self::Waits | Self::Sent { .. } | Self::Void => None,
        }
    }

    /// Whether it was sent after its time.
    #[must_use]
    pub fn was_late(self) -> bool {
        matches!(self, Self::Sent { at, due_at: Some(due_at) } if at > due_at)
    }
}

/// Where each stage of a set stands now, in the set's order.
#[must_use]
pub fn standings<'a>(set: &'a RuleSet, past: &Past, now: Timestamp) -> Vec<(&'a Stage, Standing)> {
    set.stages.iter().map(|stage| (stage, standing(set, stage, past, now))).collect()
}

fn standing(set: &RuleSet, stage: &Stage, past: &Past, now: Timestamp) -> Standing {
    let due_at = due_at(stage, past);
    if let Some(at) = past.sent_at.get(&stage.key) {
        return Standing::Sent { at: *at, due_at: due_at.filter(|_| stage.within != Term::AtOnce) };
    }
    // What is told at the end waits for it, and the stage that is sent meanwhile does not.
    let goes_on = past.closed_at.is_none();
    let stands_for = set.stages.iter().find(|it| it.instead_while_open.as_deref() == Some(&stage.key));
    let is_over = match stands_for {
        // What is sent while the case goes on is not needed behind its end.
        Some(end) => past.sent_at.contains_key(&end.key) || past.closed_at.is_some(),
        None => false,
    };
    match due_at {
        _ if is_over => Standing::Void,
        _ if goes_on && stage.instead_while_open.is_some() => Standing::Waits,
        None => Standing::Waits,
        Some(due_at) if late_at(stage, due_at, past) < now => Standing::Late { due_at },
        Some(due_at) => Standing::Runs { due_at },
    }
}

/// From when on it is too late: what is due without delay, and what is due with the end of the case, needs its time.
fn late_at(stage: &Stage, due_at: Timestamp, past: &Past) -> Timestamp {
    let grace = if past.closed_at == Some(due_at) { Term::AtOnce.grace() } else { stage.within.grace() };
    due_at.checked_add(grace).unwrap_or(due_at)
}

/// When a stage is due, as far as that can be said.
fn due_at(stage: &Stage, past: &Past) -> Option<Timestamp> {
    let from = match &stage.clock {
        Clock::Aware => past.aware_at,
        Clock::Asked => past.asked_at.get(&stage.key).copied(),
        Clock::Sent(earlier) => past.sent_at.get(earlier).copied(),
    };
    // Beyond the calendar nothing is due.
    let due_at = stage.within.end(from?).ok();
    let went_on = stage.instead_while_open.as_ref().is_some_and(|other| past.sent_at.contains_key(other));
    // The law sets no second month: without delay behind the end, and no sooner than the first date.
    if went_on { past.closed_at.zip(due_at).map(|(closed, due)| closed.max(due)) } else { due_at }
}

codes! {
    /// What people are told of a clock, each once.
    Reminder {
        /// It ends soon, if it is a duty at all: for the team.
        Open = "open",
        /// It ends soon.
        Before = "before",
        /// It is over, and nothing was sent.
        Over = "over",
    }
}

/// When people are told of a stage that is due then.
pub fn reminders(stage: &Stage, due_at: Timestamp) -> impl Iterator<Item = (Reminder, Timestamp)> {
    let before = stage.within.warning().and_then(|early| due_at.checked_sub(early).ok());
    let over = due_at.checked_add(stage.within.grace()).ok();
    let before = before.map(|at| (Reminder::Before, at));
    before.into_iter().chain(over.map(|at| (Reminder::Over, at)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::duties::book::Book;

    fn book() -> Book {
        Book::load(Path::new("")).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn town_hall() -> Subject {
        Subject {
            kind: Kind::Gemeinde,
            sectors: Vec::new(),
            is_cert: false,
            is_party: true,
            said: BTreeMap::new(),
        }
    }

    fn keys(subject: &Subject) -> Vec<String> {
        binding(book().sets(), subject).into_iter().map(|(set, _)| set.key.clone()).collect()
    }

    fn said(mut subject: Subject, all: &[(&str, bool)]) -> Subject {
        subject.said = all.iter().map(|(key, binds)| ((*key).to_owned(), *binds)).collect();
        subject
    }

    #[test]
    fn a_town_hall_reports_data_and_its_waterworks_incidents() {
        assert_eq!(keys(&town_hall()), ["dsgvo"]);
        let waterworks = Subject { sectors: vec![Sector::Water], ..town_hall() };
        assert_eq!(keys(&waterworks), ["bsig", "dsgvo"]);
        assert_eq!(keys(&Subject { is_cert: true, ..town_hall() }), ["dsgvo", "vcv"]);
        let beside = Subject { is_cert: true, is_party: false, ..town_hall() };
        assert_eq!(keys(&beside), ["vcv"], "data of others are not its own");
        let provider = Subject { kind: Kind::ServiceProvider, sectors: Vec::new(), ..town_hall() };
        assert_eq!(keys(&provider), ["dsgvo", "dsgvo-auftrag"]);
    }

    #[test]
    fn a_person_says_whom_else_a_set_binds_and_whom_not() {
        assert_eq!(keys(&said(town_hall(), &[("sachsen", true)])), ["dsgvo", "sachsen"]);
        assert_eq!(keys(&said(town_hall(), &[("dsgvo", false)])), Vec::<String>::new());
        let waterworks = Subject { sectors: vec![Sector::Water], ..town_hall() };
        let operator = said(waterworks, &[("bsig-kritis", true)]);
        assert_eq!(keys(&operator), ["bsig-kritis", "dsgvo"], "the one stands for the other");
        assert_eq!(
            keys(&said(town_hall(), &[("vcv", true)])),
            ["dsgvo"],
            "nobody reports for the Land but its CERT"
        );
        let cert = Subject { is_cert: true, is_party: false, ..town_hall() };
        assert_eq!(keys(&said(cert, &[("dsgvo", true)])), ["vcv"], "nor the CERT what is another's");
    }

    #[test]
    fn a_set_binds_with_the_reason_that_holds() {
        let book = book();
        let why = |subject: &Subject| binding(book.sets(), subject)[0].1.unwrap().to_owned();
        let waterworks = Subject { sectors: vec![Sector::Water], ..town_hall() };
        assert!(why(&waterworks).contains("Anlagen 1 und 2"));
        assert!(why(&said(town_hall(), &[("bsig", true)])).contains("eingetragen"));
    }

    #[test]
    fn the_class_decides_and_before_triage_perhaps() {
        let book = book();
        let (bsig, dsgvo) = (book.set("bsig").unwrap(), book.set("dsgvo").unwrap());
        let case =
            |class, personal_data| Facts { class, personal_data, is_drill: false, is_false_alarm: false };
        assert_eq!(applies(bsig, case(None, false)), Applies::Perhaps);
        assert_eq!(applies(bsig, case(Some(Class::Significant), false)), Applies::Yes);
        assert_eq!(applies(bsig, case(Some(Class::Incident), true)), Applies::No);
        assert_eq!(applies(dsgvo, case(None, true)), Applies::Yes);
        assert_eq!(applies(dsgvo, case(Some(Class::Significant), false)), Applies::No);
        let drill = Facts { is_drill: true, ..case(Some(Class::Significant), true) };
        assert_eq!((applies(bsig, drill), applies(dsgvo, drill)), (Applies::No, Applies::No));
        let nothing = Facts { is_false_alarm: true, ..case(Some(Class::Significant), true) };
        assert_eq!(applies(dsgvo, nothing), Applies::No);
    }

    fn stands(past: &Past, stage: &str, now: &str) -> Standing {
        let book = book();
        let all = standings(book.set("bsig").unwrap(), past, at(now));
        all.iter().find(|(one, _)| one.key == stage).unwrap().1
    }

    #[test]
    fn a_clock_begins_with_what_starts_it_and_never_again() {
        let mut past = Past::default();
        assert_eq!(stands(&past, "first", "2026-11-20T15:30:00Z"), Standing::Waits);
        past.aware_at = Some(at("2026-11-20T15:30:00Z"));
        let due_at = at("2026-11-21T15:30:00Z");
        assert_eq!(stands(&past, "first", "2026-11-21T15:30:00Z"), Standing::Runs { due_at });
        assert_eq!(stands(&past, "first", "2026-11-21T15:30:01Z"), Standing::Late { due_at });
        assert_eq!(stands(&past, "interim", "2026-11-21T15:30:01Z"), Standing::Waits, "nobody asked");
        assert_eq!(stands(&past, "final", "2026-11-21T15:30:01Z"), Standing::Waits, "nothing was sent");
        past.sent_at.insert("first".to_owned(), at("2026-11-21T16:00:00Z"));
        let sent = stands(&past, "first", "2026-11-30T00:00:00Z");
        assert_eq!(sent, Standing::Sent { at: at("2026-11-21T16:00:00Z"), due_at: Some(due_at) });
        assert!(sent.was_late());
    }

    #[test]
    fn while_a_case_goes_on_its_progress_is_told_and_its_end_behind_it() {
        let mut past = Past { aware_at: Some(at("2026-11-20T15:30:00Z")), ..Past::default() };
        past.sent_at.insert("report".to_owned(), at("2026-11-23T15:30:00Z"));
        let month = at("2026-12-23T22:59:59Z");
        let now = "2026-12-20T12:00:00Z";
        assert_eq!(stands(&past, "progress", now), Standing::Runs { due_at: month });
        assert_eq!(stands(&past, "final", now), Standing::Waits, "one of both is enough");
        past.sent_at.insert("progress".to_owned(), at("2026-12-22T12:00:00Z"));
        assert_eq!(stands(&past, "final", "2026-12-30T12:00:00Z"), Standing::Waits, "the case is open");
        past.closed_at = Some(at("2027-01-15T10:00:00Z"));
        let due_at = at("2027-01-15T10:00:00Z");
        assert_eq!(stands(&past, "final", "2027-01-16T10:00:00Z"), Standing::Runs { due_at });
        assert_eq!(stands(&past, "final", "2027-01-16T10:00:01Z"), Standing::Late { due_at });
    }

    #[test]
    fn a_clock_is_told_of_before_it_ends_and_when_it_is_over() {
        let book = book();
        let due_at = at("2026-11-23T12:00:00Z");
        let told = |set: &str, stage: &str| -> Vec<(Reminder, Timestamp)> {
            reminders(book.set(set).unwrap().stage(stage).unwrap(), due_at).collect()
        };
        let (before, over) = (Reminder::Before, (Reminder::Over, due_at));
        assert_eq!(told("dsgvo", "report"), [(before, at("2026-11-22T18:00:00Z")), over]);
        assert_eq!(told("bsig", "first"), [(before, at("2026-11-23T06:00:00Z")), over]);
        assert_eq!(told("bsig", "final"), [(before, at("2026-11-20T12:00:00Z")), over]);
        let at_once = told("bsig", "interim");
        assert_eq!(at_once, [(Reminder::Over, at("2026-11-24T12:00:00Z"))], "whoever noted it knows");
    }

    #[test]
    fn of_a_case_that_is_over_nobody_tells_progress() {
        let mut past = Past { aware_at: Some(at("2026-11-20T15:30:00Z")), ..Past::default() };
        past.sent_at.insert("report".to_owned(), at("2026-11-23T15:30:00Z"));
        past.closed_at = Some(at("2026-12-01T10:00:00Z"));
        let now = "2026-12-20T12:00:00Z";
        assert_eq!(stands(&past, "progress", now), Standing::Void);
        assert_eq!(stands(&past, "final", now), Standing::Runs { due_at: at("2026-12-23T22:59:59Z") });
        past.closed_at = None;
        past.sent_at.insert("final".to_owned(), at("2026-12-10T10:00:00Z"));
        assert_eq!(stands(&past, "progress", now), Standing::Void, "the end was told");
    }
}
