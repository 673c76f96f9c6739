//! From answers as they were typed to a report: each step says what it refuses, and all of them together become one.

use jiff::{SignedDuration, Timestamp};

use super::model::{ALL_HOUSES, Answers, Asker, Danger, Field, House, Kind, NO_OFFICE, Step, Tick, fields};
use super::{rules, words};
use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::core::text::{Fields, Line, Name, Prose, Refusal, Title};
use crate::core::when;
use crate::incidents::model::{Inform, NewReport, Times};

/// How far a clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Who reports, what for, and when.
pub struct Context<'a> {
    pub asker: Asker,
    pub houses: &'a [House],
    /// What of the register the typed name may mean.
    pub offices: &'a [House],
    pub now: Timestamp,
}

/// A day said in words is another one tomorrow: what can be read as a time is kept with its date.
pub fn kept(field: &Field, value: &str, now: Timestamp) -> String {
    match field.kind {
        Kind::Time => when::parse_near(value, now).map_or_else(|_| value.to_owned(), when::absolute),
        _ => value.to_owned(),
    }
}

/// Checks what a step holds.
///
/// # Errors
/// [`crate::core::error::Error::Invalid`] with every field that is refused.
pub fn step(step: Step, answers: &Answers, context: &Context<'_>) -> Result<()> {
    let mut refused = Fields::default();
    note(&mut refused, step, answers, context);
    refused.done(Some(()))
}

/// Checks what of these steps is answered; what is open may be.
///
/// # Errors
/// As [`step`].
pub fn answered(steps: impl Iterator<Item = Step>, answers: &Answers, context: &Context<'_>) -> Result<()> {
    let mut refused = Fields::default();
    for step in steps {
        for field in
            fields(step, answers.observed()).iter().filter(|field| !answers.all(field.name).is_empty())
        {
            refused.keep(field.name, one(field, answers, context));
        }
    }
    refused.done(Some(()))
}

fn note(refused: &mut Fields, step: Step, answers: &Answers, context: &Context<'_>) {
    for field in fields(step, answers.observed()) {
        refused.keep(field.name, one(field, answers, context));
    }
    if step == Step::Reach
        && answers.get("contact_phone").is_empty()
        && answers.get("contact_other").is_empty()
    {
        refused.refuse("contact_phone", "guide-refused-reach");
    }
    // Whom nobody knows says a name.
    if step == Step::Reach && context.asker == Asker::Stranger && answers.get("contact_name").is_empty() {
        refused.refuse("contact_name", "error-required");
    }
    if let (Some(began), Some(noticed)) = (time(answers, "occurred_at"), time(answers, "detected_at"))
        && step == Step::Since
        && noticed < began
    {
        refused.refuse("detected_at", "error-date-order");
    }
}

fn one(field: &Field, answers: &Answers, context: &Context<'_>) -> Result<(), Refusal> {
    let values = answers.all(field.name);
    if matches!(field.kind, Kind::Offices) {
        return match values.first().map_or("", String::as_str) {
            // Chosen when the name still meant something.
            said if context.offices.is_empty() => {
                let is_idle = ["", NO_OFFICE].contains(&said) || said.parse::<OrgId>().is_ok();
                if is_idle { Ok(()) } else { Err("error-choice") }
            }
            _ if is_said(answers, context.offices) => Ok(()),
            _ => Err("guide-refused-office"),
        };
    }
    let Some(value) = values.first() else {
        return if field.is_required { Err(absent(field.name)) } else { Ok(()) };
    };
    let known = |codes: Vec<&str>| {
        if values.iter().all(|value| codes.contains(&value.as_str())) { Ok(()) } else { Err("error-choice") }
    };
    match field.kind {
        Kind::One(codes) | Kind::Any(codes) => known(codes()),
        Kind::Houses => {
            let ids: Vec<String> = context.houses.iter().map(|house| house.id.to_string()).collect();
            known(ids.iter().map(String::as_str).chain([ALL_HOUSES]).collect())
        }
        Kind::Offices => Ok(()),
        Kind::Line if field.name == "title" => Title::parse(value).map(|_| ()),
        Kind::Line => Name::parse(value).map(|_| ()),
        Kind::Phone => Line::<60>::parse(value).map(|_| ()),
        Kind::Prose => Prose::parse(value).map(|_| ()),
        Kind::Time => match when::parse_near(value, context.now)? {
            at if at > context.now + AHEAD => Err("error-date-future"),
            _ => Ok(()),
        },
    }
}

/// Whether it was said which of the register's organisations is meant, or that it is none of them.
fn is_said(answers: &Answers, offices: &[House]) -> bool {
    answers.get("office") == NO_OFFICE || claimed(answers, offices).is_some()
}

/// The register's organisation that the report is about, as its author says.
pub fn claimed(answers: &Answers, offices: &[House]) -> Option<OrgId> {
    let said = answers.get("office");
    offices.iter().map(|office| office.id).find(|id| id.to_string() == said)
}

/// Where nothing is chosen there is a choice to make, rather than a field to fill in.
fn absent(name: &str) -> Refusal {
    match name {
        "observed" => "incident-observed-required",
        "organisation" => "guide-refused-houses",
        "inform" => "incident-inform-required",
        _ => "error-required",
    }
}

/// What was typed has its date: see [`kept`].
fn time(answers: &Answers, name: &str) -> Option<Timestamp> {
    when::parse(answers.get(name)).ok()
}

/// The houses that a report concerns: for which one it is filed, and which its words name. Several have one report,
/// filed for the administration.
pub struct Concerned<'a> {
    /// None where somebody without an account says it in words.
    pub filed_for: Option<&'a House>,
    pub named: Vec<&'a House>,
}

impl<'a> Concerned<'a> {
    /// The others that take part in the case. For the rest somebody else speaks: they are only named.
    fn affected(&self) -> impl Iterator<Item = &'a House> {
        let filed_for = self.filed_for.map(|house| house.id);
        self.named.iter().copied().filter(move |house| house.is_ours && Some(house.id) != filed_for)
    }
}

/// Reads the choice of houses; none where nothing fits.
pub fn concerned<'a>(answers: &Answers, context: &Context<'a>) -> Option<Concerned<'a>> {
    if context.asker == Asker::Stranger {
        return Some(Concerned { filed_for: None, named: Vec::new() });
    }
    let houses = context.houses;
    let own = houses.first()?;
    if houses.len() == 1 {
        return Some(Concerned { filed_for: Some(own), named: Vec::new() });
    }
    let chosen = answers.all("organisation");
    let is_chosen = |house: &&House| {
        let id = house.id.to_string();
        chosen.iter().any(|value| *value == ALL_HOUSES || *value == id)
    };
    match houses.iter().filter(is_chosen).collect::<Vec<_>>().as_slice() {
        [] => None,
        [one] => Some(Concerned { filed_for: Some(one), named: Vec::new() }),
        many => Some(Concerned { filed_for: Some(own), named: many.to_vec() }),
    }
}

/// The report that the answers make.
///
/// # Errors
/// [`crate::core::error::Error::Invalid`] with every field of every step that is refused.
pub fn report(answers: &Answers, context: &Context<'_>, is_drill: bool) -> Result<NewReport> {
    let mut refused = Fields::default();
    for step in rules::path(answers, context.asker) {
        note(&mut refused, step, answers, context);
    }
    let concerned = concerned(answers, context);
    let report = concerned.as_ref().and_then(|concerned| made(answers, concerned, is_drill));
    // The composed words may be longer than the typed ones, and then say so where the longest is.
    if report.is_none() && refused.is_empty() {
        refused.refuse("description", "error-too-long");
    }
    refused.done(report)
}

fn made(answers: &Answers, concerned: &Concerned<'_>, is_drill: bool) -> Option<NewReport> {
    let noticed = time(answers, "detected_at");
    let unusable = time(answers, "unusable_since").filter(|_| words::is_told(answers, "unusable_since"));
    Some(NewReport {
        organisation: concerned.filed_for.map(|house| house.id),
        affected: concerned.affected().map(|house| house.id).collect(),
        title: Title::parse(answers.get("title")).ok()?,
        description: Prose::parse(&words::description(answers, concerned)).ok()?,
        measures: Prose::parse_optional(&measures(answers)).ok()?,
        observed: answers.observed()?,
        contact_name: Name::parse(answers.get("contact_name")).ok(),
        contact_phone: Line::parse(answers.get("contact_phone")).ok(),
        inform: answers.one("inform", Inform::parse)?,
        flags: rules::flags(answers),
        times: Times {
            occurred: time(answers, "occurred_at").or(unusable.filter(|at| noticed.is_none_or(|n| n >= *at))),
            detected: noticed,
            aware: noticed,
        },
        is_danger: answers.one("danger", Danger::parse) == Some(Danger::People),
        is_drill,
        suggestion: rules::suggest(answers),
    })
}

fn measures(answers: &Answers) -> String {
    let ticks = answers.all("done").iter().filter_map(|code| Tick::parse(code));
    let mut lines: Vec<String> = ticks.map(|tick| words::answer("done", tick.code())).collect();
    lines.push(answers.get("measures").to_owned());
    lines.join("\n").trim().to_owned()
}
